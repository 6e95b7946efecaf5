"""A GitHub on the loopback: a host in the shape of an Enterprise server, with a memory.

It counts questions against a quota, answers conditional ones with 304 (which cost nothing when
asked with a token), pages lists by `Link`, and can be told to fail. Its address belongs into the
settings as `forges = {server.host: "github"}`; a repository is then `server.base + "/owner/name"`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.git_http import serve_git
from tests.support.github_answers import Answers, FakeRepository

RESET_AT = 1_900_000_000
_API = "/api/v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question that the server was asked."""

    path: str
    status: int
    authorization: str | None


@dataclass(slots=True, kw_only=True)
class Trouble:
    """A failure to give instead of an answer: to how many questions, and to which paths."""

    status: int
    times: int = 1_000_000
    path: str = ""
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class FakeGitHub:
    """The state of the server, open for a test to change while it runs."""

    base: str = ""
    repositories: dict[str, FakeRepository] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    """Old `owner/name` → new one."""
    tokens: frozenset[str] = frozenset({"good-token"})
    quota: int = 5000
    asked: list[Asked] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def add(self, repository: FakeRepository) -> str:
        """Take in a repository and return its address."""
        self.repositories[repository.slug] = repository
        return f"{self.base}/{repository.slug}"

    def paths(self, *, status: int | None = None) -> list[str]:
        """Return the paths asked for so far, those with one status only if given."""
        return [one.path for one in self.asked if status in {None, one.status}]


@contextmanager
def serve_github() -> Iterator[FakeGitHub]:
    """Run a GitHub until the block ends."""
    state = FakeGitHub()

    class Handler(_Handler):
        github = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.base = f"http://127.0.0.1:{server.server_address[1]}"
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
    github: FakeGitHub

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent; what was asked is kept in the state."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/codeload/"):
            self._send_tarball(*path.removeprefix("/codeload/").split("/"))
        elif ".git/" in path:
            self._serve_git()
        elif path.startswith(f"{_API}/"):
            self._answer_api(path.removeprefix(_API))
        else:
            self._send(404, {"message": "Not Found"})

    def do_POST(self) -> None:
        if ".git/" in self.path:
            self._serve_git()
        elif self.path == "/api/graphql":
            self._answer_graphql()
        else:
            self._send(404, {"message": "Not Found"})

    def _answer_api(self, path: str) -> None:
        github = self.github
        if self._give_trouble():
            return
        if self._token is not None and self._token not in github.tokens:
            self._send(
                401, {"message": "Bad credentials", "documentation_url": "", "status": "401"}
            )
            return
        with github.lock:
            is_spent = github.quota <= 0
        if is_spent:
            self._send(403, {"message": "API rate limit exceeded for 127.0.0.1."})
            return
        parts = unquote(path).strip("/").split("/")
        slug = "/".join(parts[1:3])
        if slug in github.renamed:
            new = "/".join(["repos", github.renamed[slug], *parts[3:]])
            self._count()
            location = f"{github.base}{_API}/{new}"
            self._send(301, {"message": "Moved Permanently", "url": location}, location=location)
            return
        repo = github.repositories.get(slug) if parts[0] == "repos" else None
        if repo is None or (repo.is_private and self._token is None):
            self._count()
            self._send(404, {"message": "Not Found", "documentation_url": "", "status": "404"})
            return
        self._answer_about(repo, "/".join(parts[3:]))

    def _answer_about(self, repo: FakeRepository, what: str) -> None:
        answers = Answers(repo=repo, base=self.github.base)
        lists = {
            "releases": answers.releases,
            "contributors": answers.contributors,
            "tags": answers.tags,
            "pulls": answers.pulls,
        }
        objects = {"": answers.repository, "community/profile": answers.profile}
        if what in objects:
            self._send_known(objects[what]())
        elif what in lists:
            self._send_page(lists[what]())
        elif what == "languages":
            self._send_known(repo.languages)
        elif what == "commits":
            self._answer_commits(repo, answers)
        elif what.startswith("git/matching-refs/"):
            self._send_page(answers.matching_refs(what.removeprefix("git/matching-refs/")))
        elif what.startswith("git/trees/"):
            self._send_known(answers.tree(what.removeprefix("git/trees/")))
        elif what.startswith("tarball/"):
            self._count()
            ref = what.removeprefix("tarball/")
            location = f"{self.github.base}/codeload/{repo.slug}/{ref}"
            self._send(302, None, location=location)
        else:
            self._count()
            self._send(404, {"message": "Not Found", "documentation_url": "", "status": "404"})

    def _answer_commits(self, repo: FakeRepository, answers: Answers) -> None:
        ref = parse_qs(urlsplit(self.path).query).get("sha", ["HEAD"])[0]
        try:
            repo.git.git("rev-parse", "--verify", "--quiet", "HEAD")
        except subprocess.CalledProcessError:
            self._count()
            self._send(409, {"message": "Git Repository is empty.", "documentation_url": ""})
            return
        try:
            self._send_page(answers.commits(ref))
        except LookupError:
            self._count()
            self._send(404, {"message": "Not Found", "documentation_url": "", "status": "404"})

    def _answer_graphql(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._give_trouble():
            return
        variables = asked["variables"]
        repo = self.github.repositories[f"{variables['owner']}/{variables['name']}"]
        links = [{"platform": platform, "url": url} for platform, url in repo.funding]
        self._send(200, {"data": {"repository": {"fundingLinks": links}}})

    @property
    def _token(self) -> str | None:
        words = self.headers.get("Authorization", "").split(" ")
        return words[1] if len(words) == 2 else None

    def _give_trouble(self) -> bool:
        """Answer with the first trouble that fits; return whether there was one."""
        github = self.github
        with github.lock:
            fitting = [one for one in github.troubles if one.path in self.path and one.times > 0]
            if not fitting:
                return False
            trouble = fitting[0]
            trouble.times -= 1
        time.sleep(trouble.delay_seconds)
        self._send(trouble.status, {"message": trouble.message}, **trouble.headers)
        return True

    def _count(self) -> None:
        with self.github.lock:
            self.github.quota -= 1

    def _send_page(self, items: list[Any]) -> None:
        split = urlsplit(self.path)
        query = parse_qs(split.query)
        size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
        last = max(1, -(-len(items) // size))
        links = {"next": page + 1, "last": last} if page < last else {}
        links |= {"prev": page - 1, "first": 1} if page > 1 else {}
        rest = "&".join(f"{key}={values[0]}" for key, values in query.items() if key != "page")
        url = f"{self.github.base}{split.path}?{rest}&page="
        header = ", ".join(f'<{url}{number}>; rel="{name}"' for name, number in links.items())
        shown = items[(page - 1) * size : page * size]
        self._send_known(shown, **({"link": header} if header else {}))

    def _send_known(self, body: Any, **headers: str) -> None:
        """Send with an ETag, or 304 to who has it; only a question without a token then counts."""
        raw = json.dumps(body).encode()
        etag = f'W/"{hashlib.sha256(raw + repr(headers).encode()).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            if self._token is None:
                self._count()
            self._send(304, None, etag=etag, **headers)
            return
        self._count()
        self._send(200, body, etag=etag, **headers)

    def _send(self, status: int, body: Any, **headers: str) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self._note(status)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("X-RateLimit-Limit", "5000" if self._token else "60")
        self.send_header("X-RateLimit-Remaining", str(max(self.github.quota, 0)))
        self.send_header("X-RateLimit-Reset", str(RESET_AT))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def _send_tarball(self, owner: str, name: str, ref: str) -> None:
        repo = self.github.repositories[f"{owner}/{name}"]
        done = subprocess.run(
            ["git", "archive", "--format=tar.gz", f"--prefix={owner}-{name}-{ref[:7]}/", ref],
            cwd=repo.git.folder,
            capture_output=True,
            check=True,
        )
        self._note(200)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-gzip")
        self.send_header("Content-Length", str(len(done.stdout)))
        self.end_headers()
        self.wfile.write(done.stdout)

    def _serve_git(self) -> None:
        slug, _, rest = self.path.lstrip("/").partition(".git/")
        repo = self.github.repositories.get(self.github.renamed.get(slug, slug))
        if repo is None or (repo.is_private and "Basic" not in self._authorization):
            self._note(401)
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._note(200)
        serve_git(self, repo.git.folder / ".git", f"/{rest}")

    @property
    def _authorization(self) -> str:
        return self.headers.get("Authorization", "")

    def _note(self, status: int) -> None:
        asked = Asked(
            path=self.path, status=status, authorization=self.headers.get("Authorization")
        )
        with self.github.lock:
            self.github.asked.append(asked)
