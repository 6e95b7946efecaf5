"""Our calls to Vercel beside those of its own tool, over the same site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generator.publish.bundle import open_bundle
from generator.publish.targets.vercel_output import CONFIG_PATH, STATIC_FOLDER, gather, is_served
from tests.support.publishing import PAGES, make_site, run_publish
from tests.support.recording_server import Call
from tests.support.tools import NODE_FOLDER, find_node_packages
from tests.support.vercel_server import PROJECT, PROJECT_ID, TEAM, TOKEN, environment, serve_vercel

pytestmark = pytest.mark.node

MORE = {"_redirects": b"/old/* /new/:splat 301\n", "docs/a b.html": b"<p>x", "data": b"plain",
        "twin/index.html": PAGES["index.html"], "empty.txt": b""}  # fmt: skip


@pytest.fixture(autouse=True)
def _packages() -> None:
    if not find_node_packages():
        pytest.skip("the packages of tests/support/node are not installed")


def _lay_out(site: Path, folder: Path) -> Path:
    """Write a site as the finished build that we would deploy."""
    bundle = open_bundle(site)
    for path in filter(is_served, bundle.files):
        target = folder / STATIC_FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / path, target)
    (folder / CONFIG_PATH).write_bytes(gather(bundle).config)
    link = {"projectId": PROJECT_ID, "orgId": TEAM}
    (folder / ".vercel/project.json").write_text(json.dumps(link))
    return folder


def _run_tool(folder: Path, url: str, words: list[str], home: Path) -> None:
    ran = subprocess.run(
        [NODE_FOLDER / "node_modules/.bin/vercel", "deploy", ".", "--prebuilt", "--yes", *words,
         "--token", TOKEN, "--api", url],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "CI": "1",
             "VERCEL_TELEMETRY_DISABLED": "1", "NO_UPDATE_NOTIFIER": "1"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


def _essence(calls: list[Call]) -> dict[str, Any]:
    """What calls come to: the order of the steps, and what was said in them."""
    asked = [call for call in calls if call.method == "POST" and "deployments" in call.path]
    first, last = asked[0].json, asked[-1].json
    steps = [f"{call.method} {call.path}" for call in calls if call.method == "POST"]
    kept = [call for call in calls if call.path == "/v2/files"]
    return {
        "steps": list(dict.fromkeys(steps)),
        "asked": len(asked),
        "query": dict(sorted(asked[0].query.items())),
        "same": first["files"] == last["files"],
        "name": last["name"],
        "target": last.get("target"),
        "files": sorted((one["file"], one["sha"], one["size"]) for one in last["files"]),
        "sent": sorted((call.headers["x-now-digest"], call.headers["x-now-size"], call.body,
                        call.headers["content-type"]) for call in kept),
        "team": {call.query.get("teamId") for call in kept},
        "waited": calls[-1].path.rpartition("/")[0],
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["production", "preview"])
def test_we_send_what_its_tool_sends(kind: str, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", PAGES | MORE)
    built = _lay_out(site, tmp_path / PROJECT)
    with serve_vercel() as (server, _):
        _run_tool(built, server.url, ["--prod"] if kind == "production" else [], tmp_path)
        theirs = _essence(server.calls)
    with serve_vercel() as (server, _):
        words = [] if kind == "production" else ["--preview", "try-it"]
        ran = run_publish(site, "--to", f"vercel:{PROJECT}", "--no-verify", *words,
                          environ=environment(server.url))  # fmt: skip
        assert ran.status == 0, ran.stderr
        ours = _essence(server.calls)

    assert ours == theirs
    assert (ours["asked"], ours["query"]["prebuilt"]) == (2, "1")
    assert len(ours["sent"]) == 6 + 3 + 1, "twins are sent once, and the rules beside"
