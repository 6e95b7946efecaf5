"""Git repositories to push to over smart HTTP, behind a login, and the pages one branch holds."""

from __future__ import annotations

import base64
import io
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.git_http import serve_git
from tests.support.git_repositories import make_repository

TOKEN = "token-of-the-test"  # noqa: S105  the one this server knows


@dataclass(slots=True, kw_only=True)
class GitServer:
    """`host` is what `GH_HOST` takes; `sent` the bytes of each push as they came in."""

    folder: Path
    host: str = ""
    sent: list[int] = field(default_factory=list)
    logins: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def environ(self) -> dict[str, str]:
        return {"GH_HOST": self.host, "GITHUB_TOKEN": TOKEN, "HOME": str(self.folder)}

    def add(self, slug: str = "kim/tool") -> Path:
        """Make a repository with one commit on main; return its bare folder."""
        source = make_repository(self.folder / f"{slug}-work")
        source.commit({"README.md": "# Tool\n"})
        bare = self.folder / f"{slug}.git"
        subprocess.run(["git", "clone", "--quiet", "--bare", source.folder, bare], check=True)
        for setting in ("http.receivepack=true", "receive.autogc=false"):
            git(bare, "config", *setting.split("="))
        return bare


def git(bare: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", bare, *args], check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace").strip()


def files_of(bare: Path, branch: str = "gh-pages") -> dict[str, str]:
    """Return path → content of a branch, {} without the branch."""
    if not git(bare, "for-each-ref", f"refs/heads/{branch}"):
        return {}
    paths = git(bare, "ls-tree", "-r", "--name-only", branch).splitlines()
    asked = "".join(f"{branch}:{path}\n" for path in paths).encode()
    command = ["git", "-C", str(bare), "cat-file", "--batch=%(objectsize)"]
    said = io.BytesIO(subprocess.run(command, input=asked, check=True, capture_output=True).stdout)
    return {path: _read_blob(said) for path in paths}


def _read_blob(said: io.BytesIO) -> str:
    """Read one answer of `cat-file --batch`: a line with the size, the content, a line's end."""
    content = said.read(int(said.readline()))
    said.readline()
    return content.decode("utf-8", "replace").strip()


@contextmanager
def serve_pushes(folder: Path) -> Iterator[GitServer]:
    """Run the server until the block ends; only `TOKEN` may read and push."""
    state = GitServer(folder=folder)

    class Handler(_Handler):
        git_server = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    git_server: GitServer

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        if self.path.startswith("/pages/"):
            self._serve_page()
        else:
            self._serve_git()

    def do_POST(self) -> None:
        if "git-receive-pack" in self.path:
            self.git_server.sent.append(int(self.headers.get("Content-Length") or 0))
        self._serve_git()

    def _serve_git(self) -> None:
        login = self.headers.get("Authorization", "")
        if login:
            self.git_server.logins.add(login)
        wanted = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if login != f"Basic {wanted}":
            self._send(401, b"", {"WWW-Authenticate": 'Basic realm="git"'})
            return
        bare = self.git_server.folder / self.path.lstrip("/").partition(".git")[0]
        if not bare.with_name(f"{bare.name}.git").is_dir():
            self._send(404, b"", {})
            return
        serve_git(self, self.git_server.folder, self.path)

    def _serve_page(self) -> None:
        """Serve `/pages/OWNER/NAME/PATH` from gh-pages, as the host of pages would."""
        owner, name, path = self.path.removeprefix("/pages/").split("/", 2)
        path = f"{path}index.html" if not path or path.endswith("/") else path
        done = subprocess.run(
            ["git", "-C", self.git_server.folder / owner / f"{name}.git", "cat-file", "blob",
             f"gh-pages:{path}"],
            capture_output=True, check=False,
        )  # fmt: skip
        self._send(200 if done.returncode == 0 else 404, done.stdout, {})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        if length := int(self.headers.get("Content-Length") or 0):
            self.rfile.read(length) if not self.path.startswith("/pages/") else None
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
