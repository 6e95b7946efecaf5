"""The widget beside its peers: bytes on the wire, and what loading it costs a slow processor.

The peers' scripts come from npm and are minified by the bundler that makes the widget, so that
only what they do differs. Loads are traced in Chromium on a processor a quarter as fast, in two
ways. Chromium slows a page down by a thread that interrupts it and wants a processor of its own:
where the machine has other work, its figures are the machine's. Four times the processor's time of
a load that nothing slows down is the same for an idle machine and hardly differs on a busy one.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import brotli

from bench.loading import Loader, Work, loading
from tests.support.collector import DIST

_HOME = Path(".cache/bench/trackers")
_WIDGET = DIST.parent
_TARGET = "es2022,chrome115,firefox115,safari16.4"
_SLOWER = 4
_LOADS = 15
_TASK_LIMIT_MS = 5.0

# Package, version, and the few lines that make a page's script of it.
_PEERS = (
    ("Umami", "umami", "2.10.0", 'import "./umami/src/tracker/index.js";'),
    (
        "Plausible",
        "@plausible-analytics/tracker",
        "0.4.6",
        'import { init } from "./plausible-analytics-tracker/plausible.js";'
        'init({ domain: "site.example", endpoint: "/api/event" });',
    ),
)
_OURS = (
    ("4site ping", "ping.js", 700),
    ("4site ping and button", "widget.js", 3072),
    ("4site panel, on first use", "panel.js", 8192),
)
_PAGE = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>A page</title>"
    '<link rel="icon" href="data:,"><script defer src="/script.js" data-site="Lantern0Key" '
    'data-service="{url}" data-website-id="1" data-host-url="{url}"></script></head><body>'
    + "<h2>Part</h2><p>Some text of a page, and a <a href='#'>link</a>.</p>"
    * 200
)
# As generated sites have it: the button in the text, which is there before the script.
_PAGE_WITH_BUTTON = _PAGE + "<foursite-share></foursite-share>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script as served, and the page that loads it. `limit` is in bytes with Brotli."""

    name: str
    code: bytes
    limit: int | None = None
    page: str = _PAGE


# What no script can do without, and what none that reports a view can: the measure of the machine.
_FLOOR = (
    Script(name="an empty script", code=b";"),
    Script(
        name="one fetch and nothing else",
        code=b'fetch("/collect", { method: "POST", body: "view", keepalive: true });',
    ),
)


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Take none: what is compared is fixed."""


def run_part(_arguments: argparse.Namespace) -> None:
    """Print both tables."""
    ours = [
        Script(name=name, code=(DIST / file).read_bytes(), limit=limit)
        for name, file, limit in _OURS
    ]
    peers = list(_bundle_peers())
    _print_sizes([*ours, *peers])
    print()
    ping, button, _ = ours
    in_text = replace(button, name="4site ping and button in the text", page=_PAGE_WITH_BUTTON)
    _print_loads([*_FLOOR, ping, button, in_text, *peers])


def _print_sizes(scripts: list[Script]) -> None:
    sizes = [len(brotli.compress(script.code)) for script in scripts]
    print(
        "| script | bytes | gzip | Brotli | of our ping | limit |\n|---|---:|---:|---:|---:|---:|"
    )
    for script, size in zip(scripts, sizes, strict=True):
        limit = f"{script.limit}: {_judge(size, script.limit)}" if script.limit else ""
        packed = len(gzip.compress(script.code, 9))
        print(f"| {script.name} | {len(script.code)} | {packed} | {size} "
              f"| {size / sizes[0]:.2f} | {limit} |")  # fmt: skip


def _judge(size: float, limit: float) -> str:
    return "kept" if size <= limit else "broken"


def _print_loads(scripts: list[Script]) -> None:
    with loading() as loader:
        # Alternating, so that the machine's other work falls on all alike.
        rounds = [[_measure(loader, script) for script in scripts] for _ in range(_LOADS)]
    print(
        f"Ms of the longest task of {_LOADS} loads, median and worst; at most {_TASK_LIMIT_MS} "
        f"is allowed for 4site.\n\n"
        f"| script | processor's time × {_SLOWER} | worst | tasks "
        f"| slowed {_SLOWER} times by Chromium | worst | until done | worst | in all |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    for script, loads in zip(scripts, zip(*rounds, strict=True), strict=True):
        plain = [[one.processor * _SLOWER for one in load.plain] for load in loads]
        slowed = [[one.processor for one in load.slowed] for load in loads]
        done = [[one.wall for one in load.slowed] for load in loads]
        count = statistics.median(map(len, plain))
        whole = statistics.median(map(sum, plain))
        print(f"| {script.name} | {_longest(plain)} | {count:.0f} | {_longest(slowed)} "
              f"| {_longest(done)} | {whole:.2f} |")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One load of a script as the processor is, and one that Chromium slowed down."""

    plain: list[Work]
    slowed: list[Work]


def _measure(loader: Loader, script: Script) -> Loaded:
    return Loaded(
        plain=loader.load(script.page, script.code, slower=1),
        slowed=loader.load(script.page, script.code, slower=_SLOWER),
    )


def _longest(loads: list[list[float]]) -> str:
    """Return two cells: the median and the worst of each load's longest task."""
    longest = [max(load, default=0.0) for load in loads]
    return f"{statistics.median(longest):.2f} | {max(longest):.2f}"


def _bundle_peers() -> Iterator[Script]:
    bundler = _WIDGET / "node_modules" / ".bin" / "esbuild"
    npm = shutil.which("npm")
    if not (bundler.exists() and npm):
        print("left out: the peers need Node.js and `npm ci` in widget/", file=sys.stderr)
        return
    _HOME.mkdir(parents=True, exist_ok=True)
    for name, package, version, entry in _PEERS:
        folder = _HOME / package.removeprefix("@").replace("/", "-")
        if not folder.exists() and not _fetch(npm, package, version, folder):
            print(f"left out: {name} could not be fetched", file=sys.stderr)
            continue
        done = subprocess.run(
            [bundler.resolve(), "--bundle", "--minify", "--format=iife", f"--target={_TARGET}"],
            input=entry.encode(), cwd=_HOME, capture_output=True, check=True,
        )  # fmt: skip
        yield Script(name=f"{name} {version}", code=done.stdout)


def _fetch(npm: str, package: str, version: str, folder: Path) -> bool:
    """Unpack one package, without what it depends on."""
    command = [npm, "pack", f"{package}@{version}", "--silent", "--pack-destination", str(_HOME)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return False
    archive = _HOME / done.stdout.split()[-1]
    with tarfile.open(archive) as packed:
        packed.extractall(folder.with_suffix(".part"), filter="data")
    (folder.with_suffix(".part") / "package").rename(folder)
    return True
