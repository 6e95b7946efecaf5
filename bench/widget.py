"""The widget beside its peers: bytes on the wire, and what loading it costs a slow processor.

The peers' scripts come from npm and are minified by the bundler that makes the widget, so that
only what they do differs. The load is traced in Chromium with its processor slowed four times.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import ARGUMENTS, find_executable
from tests.support.collector import DIST, Collector, collecting

_HOME = Path(".cache/bench/trackers")
_WIDGET = DIST.parent
_TARGET = "es2022,chrome115,firefox115,safari16.4"
_SLOWER = 4
_LOADS = 9
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script as served. `limit` is in bytes with Brotli."""

    name: str
    code: bytes
    limit: int | None = None


# What no script that reports a view can do without: the measure of a busy machine.
_SINGLE_FETCH = Script(
    name="one fetch and nothing else",
    code=b'fetch("/collect", { method: "POST", body: "view", keepalive: true });',
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
    _print_loads([_SINGLE_FETCH, *ours[:2], *peers])


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
    print(f"| processor {_SLOWER} times slower, medians of {_LOADS} loads | ms in all "
          f"| longest piece ms | least of these | longest allowed |")  # fmt: skip
    print("|---|---:|---:|---:|---:|")
    with sync_playwright() as playwright, collecting() as server:
        path = find_executable(playwright.chromium)
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        # Alternating, so that the machine's other work falls on all alike.
        loads: dict[str, list[list[float]]] = {script.name: [] for script in scripts}
        for _ in range(_LOADS):
            for script in scripts:
                loads[script.name].append(_trace_load(browser, server, script))
        browser.close()
    for name, pieces in loads.items():
        whole = statistics.median(sum(one) for one in pieces)
        longest = [max(one, default=0) for one in pieces]
        print(f"| {name} | {whole:.2f} | {statistics.median(longest):.2f} | {min(longest):.2f} "
              f"| {_TASK_LIMIT_MS if '4site' in name else ''} |")  # fmt: skip


def _trace_load(browser: Browser, server: Collector, script: Script) -> list[float]:
    """Return the milliseconds of each piece of work of the script in its first second."""
    server.script("/script.js", script.code)
    url = server.page("/", _PAGE.replace("{url}", server.url))
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(url)
    page.wait_for_timeout(1000)
    trace = json.loads(browser.stop_tracing())
    context.close()
    return [piece / 1000 for piece in _find_work(trace["traceEvents"], "/script.js")]


def _find_work(events: list[dict[str, Any]], path: str) -> Iterator[float]:
    """Yield the processor's microseconds of each outermost piece of work that a script did."""
    mine = [
        event
        for event in events
        if event["name"] in {"EvaluateScript", "FunctionCall"}
        and event.get("args", {}).get("data", {}).get("url", "").endswith(path)
    ]
    end = 0.0
    for event in sorted(mine, key=lambda event: event["ts"]):
        if event["ts"] >= end:
            end = event["ts"] + event.get("dur", 0)
            yield event.get("tdur", 0)


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
