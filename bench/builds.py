"""Cold and one-page-changed builds beside the peers, in alternating rounds."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import Run, html_bytes, run
from bench.peers import Peer, clean, find_peers


@dataclass(kw_only=True)
class Result:
    """The runs of one peer at one size."""

    peer: str
    pages: int
    cold: list[Run] = field(default_factory=list)
    changed: list[Run] = field(default_factory=list)
    bytes_per_page: float = 0.0

    @property
    def cold_seconds(self) -> float:
        return statistics.median(one.seconds for one in self.cold)

    @property
    def changed_seconds(self) -> float:
        return statistics.median(one.seconds for one in self.changed)

    @property
    def peak_mib(self) -> float:
        return max(one.peak_mib for one in self.cold)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", help="the peers to run, 4site among them")


def run_part(arguments: argparse.Namespace) -> None:
    peers = [peer for peer in find_peers() if not arguments.only or peer.name in arguments.only]
    print("| pages | generator | cold s | × 4site | one page changed s | changed / cold "
          "| peak MiB | HTML KiB a page |\n|---:|---|---:|---:|---:|---:|---:|---:|")  # fmt: skip
    for size in arguments.sizes:
        _print_size(_compare(peers, size, arguments.rounds))


def _compare(peers: list[Peer], size: int, rounds: int) -> list[Result]:
    """Build with every peer in turn, round after round, so that noise falls on all alike."""
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        results, folders = [], []
        for peer in peers:
            project = Path(temporary) / peer.name
            project.mkdir()
            folders.append((project, peer.prepare(project, size)))
            results.append(Result(peer=peer.name, pages=size))
        for number in range(rounds):
            for peer, result, (project, docs) in zip(peers, results, folders, strict=True):
                _round(peer, result, project, docs, number)
        return results


def _round(peer: Peer, result: Result, project: Path, docs: Path, number: int) -> None:
    environ = {**os.environ, "FOURSITE_CACHE_DIR": str(project / "cache"), "HOME": str(project)}
    clean(peer, project)
    result.cold.append(run(peer.command, folder=project, environ=environ))
    pages, size = html_bytes(project / peer.out)
    result.bytes_per_page = size / pages
    page = sorted(docs.rglob("*.md"))[-1]
    with page.open("a") as file:
        file.write(f"\nOne more line, the {number}th.\n")
    result.changed.append(run(peer.command, folder=project, environ=environ))


def _print_size(results: list[Result]) -> None:
    ours = next((result for result in results if result.peer == "4site"), None)
    for result in results:
        ratio = f"{result.cold_seconds / ours.cold_seconds:.2f}" if ours else ""
        print(
            f"| {result.pages} | {result.peer} | {result.cold_seconds:.2f} | {ratio} "
            f"| {result.changed_seconds:.2f} "
            f"| {result.changed_seconds / result.cold_seconds:.2f} "
            f"| {result.peak_mib:.0f} | {result.bytes_per_page / 1024:.1f} |",
            flush=True,
        )
