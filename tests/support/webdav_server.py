"""A real WebDAV server for tests: nginx on a free port of loopback, with a login."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.tools import find_webdav

USER, PASSWORD = "ada", "a-password-of-tests"
ABSENT = "no nginx with its WebDAV module: nginx and libnginx-mod-http-dav-ext on Debian"
START_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDavServer:
    """`url` is where WebDAV answers, `site_url` where visitors do; `root` is what both show."""

    url: str
    site_url: str
    root: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"FOURSITE_WEBDAV_USER": USER, "FOURSITE_WEBDAV_PASSWORD": PASSWORD}


@contextmanager
def serve_webdav(folder: Path, *, methods: str = "PUT DELETE MKCOL MOVE") -> Iterator[WebDavServer]:
    """Run nginx over `folder` until the block ends; `methods` is what its WebDAV knows."""
    module = find_webdav()
    if module is None:
        pytest.skip(ABSENT)
    root, state = folder / "root", folder / "nginx"
    for one in (root, state):
        one.mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    (state / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    configuration = state / "nginx.conf"
    configuration.write_text(_configuration(module, root, state, port, methods), encoding="utf-8")
    process = subprocess.Popen(
        [
            shutil.which("nginx") or "nginx",
            "-p",
            state,
            "-c",
            configuration,
            "-e",
            state / "errors",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = WebDavServer(
        url=f"http://127.0.0.1:{port}/dav", site_url=f"http://127.0.0.1:{port}/site", root=root
    )
    try:
        _await_answer(server.site_url, process, state / "errors")
        yield server
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _configuration(module: str, root: Path, state: Path, port: int, methods: str) -> str:
    # As root its worker would be somebody else, who may not enter a test's folder.
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    temporary = "\n".join(
        f"    {kind}_temp_path {state}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
load_module {module};
daemon off;
master_process off;
{user}
pid {state}/pid;
error_log {state}/errors;
events {{}}
http {{
    access_log off;
{temporary}
    types {{
        text/html html; text/css css; image/png png; application/xml xml;
    }}
    server {{
        listen 127.0.0.1:{port};
        location /dav/ {{
            alias {root}/;
            auth_basic "site";
            auth_basic_user_file {state}/users;
            client_max_body_size 16m;
            dav_methods {methods};
            dav_ext_methods PROPFIND OPTIONS;
            min_delete_depth 0;
        }}
        location /site/ {{
            alias {root}/;
        }}
    }}
}}
"""


def _await_answer(url: str, process: subprocess.Popen[bytes], errors: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{url}/")
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > deadline:
                said = errors.read_text(encoding="utf-8") if errors.exists() else "nothing"
                raise RuntimeError(f"nginx did not start: {said}") from None
            time.sleep(0.02)
        else:
            return
