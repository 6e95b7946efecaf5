"""Publishing to a real S3 server beside its peers: seconds and bytes, first, again and changed.

1 000 files, of which 10 change. Every tool goes through a relay on loopback that counts what it
sends and how many connections it opens; each publishes to a bucket of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.relay import Relay, start_relay
from generator.model.output import OutputFile
from generator.write.folder import open_folder
from tests.support.s3_server import KEY, SECRET, start_s3

_PAGE_BYTES = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that brings a folder into a bucket; `{url}` and `{bucket}` stand in its words."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One run: how long it took and what went over the line to the server."""

    seconds: float
    sent_bytes: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--changed", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)


def run_part(arguments: argparse.Namespace) -> None:
    print("| run | tool | seconds | × 4site | MiB sent | × 4site |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        (folder / "buckets").mkdir()
        with start_s3(folder / "buckets") as server, start_relay(server.url) as relay:
            make_bucket = server.client().create_bucket
            for number in range(arguments.rounds):
                _round(folder, relay, arguments, number, lambda name: make_bucket(Bucket=name))


def find_tools(site: Path) -> list[Tool]:
    """Return 4site and those peers that are here."""
    programs = str(Path(sys.executable).parent)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    ours = ("4site", "publish", str(site), "--to", "s3://{bucket}", "--no-verify", "--quiet")
    rclone = (
        "rclone", "--config", os.devnull, "sync", "--checksum", str(site), ":s3:{bucket}",
        "--s3-provider", "Rclone", "--s3-endpoint", "{url}", "--s3-env-auth", "--transfers", "8",
    )  # fmt: skip
    aws = ("aws", "s3", "sync", "--only-show-errors", "--delete", str(site), "s3://{bucket}")
    found = [
        Tool(name=name, command=(program, *command[1:]))
        for name, command in (("4site", ours), ("rclone sync", rclone), ("aws s3 sync", aws))
        if (program := shutil.which(command[0], path=path))
    ]
    for name in {"rclone sync", "aws s3 sync"} - {tool.name for tool in found}:
        print(f"left out: {name} is not installed", file=sys.stderr)
    return found


def _round(
    folder: Path,
    relay: Relay,
    arguments: argparse.Namespace,
    number: int,
    make_bucket: Callable[[str], object],
) -> None:
    site = folder / f"site-{number}"
    files = _make_files(arguments.files)
    _write_site(site, files)
    tools = find_tools(site)
    buckets = {tool.name: f"bench-{number}-{place}" for place, tool in enumerate(tools)}
    for bucket in buckets.values():
        make_bucket(bucket)
    for title in ("first", "again"):
        _print_run(title, [(tool, _run(tool, buckets[tool.name], relay)) for tool in tools])
    for path in random.Random(number).sample(sorted(files), arguments.changed):  # noqa: S311
        files[path] += b"<p>changed</p>"
    _write_site(site, files)
    title = f"{arguments.changed} of {arguments.files} changed"
    _print_run(title, [(tool, _run(tool, buckets[tool.name], relay)) for tool in tools])


def _run(tool: Tool, bucket: str, relay: Relay) -> Sent:
    environ: Mapping[str, str] = {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": relay.url,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    words = [word.format(bucket=bucket, url=relay.url) for word in tool.command]
    before, began = relay.sent_bytes, time.perf_counter()
    subprocess.run(words, env=environ, check=True, stdout=subprocess.DEVNULL)
    return Sent(seconds=time.perf_counter() - began, sent_bytes=relay.sent_bytes - before)


def _print_run(title: str, runs: list[tuple[Tool, Sent]]) -> None:
    ours = runs[0][1]
    for tool, sent in runs:
        print(
            f"| {title} | {tool.name} | {sent.seconds:.2f} | {sent.seconds / ours.seconds:.2f} "
            f"| {sent.sent_bytes / 2**20:.2f} | {sent.sent_bytes / ours.sent_bytes:.2f} |",
            flush=True,
        )


def _make_files(count: int) -> dict[str, bytes]:
    """Return pages of words, as like each other as pages of one site are."""
    words = [f"word{number}" for number in range(500)]
    chance = random.Random(count)  # noqa: S311
    files = {"index.html": b"<!doctype html><title>Home</title>"}
    for number in range(count - 1):
        text = " ".join(chance.choices(words, k=_PAGE_BYTES // 8))
        files[f"docs/page-{number}/index.html"] = f"<!doctype html><p>{text}</p>".encode()
    return files


def _write_site(site: Path, files: Mapping[str, bytes]) -> None:
    output = open_folder(site)
    output.record(output.put(OutputFile(path=path, content=files[path])) for path in files)
    output.finish()
