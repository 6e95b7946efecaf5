"""Our calls to Cloudflare Pages beside those of its own tool, over the same site."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generator.write.manifest import MANIFEST_NAME
from tests.support.cloudflare_server import (
    ACCOUNT,
    API,
    PROJECT,
    environment,
    serve_cloudflare,
)
from tests.support.publishing import PAGES, make_site, run_publish
from tests.support.recording_server import Call
from tests.support.tools import NODE_FOLDER, find_node_packages

pytestmark = pytest.mark.node

RULES = {"_redirects": b"/old/* /new/:splat 301\n"}
TRICKY = {"docs/a b.html": b"<p>x", "img/LOGO.PNG": b"\x89PNG", "data": b"no extension",
          "twin/index.html": PAGES["index.html"], "empty.txt": b"", "x.tar.gz": b"zip"}  # fmt: skip

# Feeds and archives: we name the registered types, wrangler those of its table.
TYPES_OF_OUR_OWN = {"application/xml", "text/xml", "application/octet-stream", "application/gzip"}


def _run_wrangler(site: Path, url: str, branch: str, home: Path) -> list[str]:
    if not find_node_packages():
        pytest.skip("the packages of tests/support/node are not installed")
    ran = subprocess.run(
        [NODE_FOLDER / "node_modules/.bin/wrangler", "pages", "deploy", site,
         "--project-name", PROJECT, "--branch", branch],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "CI": "1",
             "WRANGLER_SEND_METRICS": "false", **environment(url)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()


def _essence(calls: list[Call]) -> dict[str, Any]:
    """What calls come to: the steps in their order, each once, and what was said in them."""
    steps = [f"{call.method} {call.path.removeprefix(API)}" for call in calls]
    bodies = {call.path.rpartition("/")[2]: call for call in calls if call.method == "POST"}
    uploads = [file for call in calls if call.path.endswith("/upload") for file in call.json]
    form = bodies["deployments"].form
    return {
        "steps": [step for step in dict.fromkeys(steps) if "/deployments/" not in step],
        "asked": sorted(set(bodies["check-missing"].json["hashes"])),
        "remembered": sorted(set(bodies["upsert-hashes"].json["hashes"])),
        # Files with the same content are one to the store; wrangler sends each all the same.
        "uploaded": {(file["key"], file["value"], file["base64"]) for file in uploads},
        "types": {
            (file["key"], file["metadata"]["contentType"].partition(";")[0]) for file in uploads
        },
        "manifest": json.loads(form["manifest"]),
        "branch": form["branch"],
        "rules": {name: form.get(name) for name in ("_headers", "_redirects")},
    }


@pytest.mark.parametrize("branch", ["main", "try-it"])
def test_we_send_what_wrangler_sends(branch: str, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", PAGES | RULES | TRICKY)
    plain = make_site(tmp_path / "plain", PAGES | RULES | TRICKY)
    (plain / MANIFEST_NAME).unlink()  # ours alone: nobody publishes it

    with serve_cloudflare() as (server, _):
        _run_wrangler(plain, server.url, branch, tmp_path)
        theirs = _essence(server.calls)
    with serve_cloudflare() as (server, _):
        words = [] if branch == "main" else ["--preview", branch]
        ran = run_publish(site, "--to", f"cloudflare-pages:{PROJECT}", "--no-verify", *words,
                          environ=environment(server.url))  # fmt: skip
        assert ran.status == 0, ran.stderr
        ours = _essence(server.calls)

    different = theirs.pop("types") ^ ours.pop("types")
    assert {media_type for _, media_type in different} <= TYPES_OF_OUR_OWN
    assert ours == theirs
    assert ours["steps"][:3] == [
        f"GET /accounts/{ACCOUNT}/pages/projects/{PROJECT}",
        f"GET /accounts/{ACCOUNT}/pages/projects/{PROJECT}/upload-token",
        "POST /pages/assets/check-missing",
    ]
    assert len(ours["manifest"]) == 7 + 6


def test_after_us_wrangler_has_nothing_to_send(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", PAGES | TRICKY)
    with serve_cloudflare() as (server, pages):
        assert run_publish(site, "--to", f"cloudflare-pages:{PROJECT}", "--no-verify",
                           environ=environment(server.url)).status == 0  # fmt: skip
        pages.uploads.clear()
        (site / MANIFEST_NAME).unlink()
        _run_wrangler(site, server.url, "main", tmp_path)
        assert sum(pages.uploads) == 0
