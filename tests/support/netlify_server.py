"""A Netlify for tests: sites, deploys by digest, previews, restoring; judged by its description."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from generator.model.serving import HOST_FILES, cache_control, content_type
from tests.support import netlify_description

SITE = "3970e0fe-8564-4903-9a55-c5f8de49fb8b"
NAME = "tool"
TOKEN = "nfp_a-token-of-tests"  # noqa: S105
FILES_A_PAGE = 5


@dataclass(slots=True, kw_only=True)
class Deploy:
    """One version of the site; `files` are SHA-1 digests by path."""

    id: str
    files: dict[str, str]
    draft: bool
    branch: str
    title: str
    state: str
    number: int
    missing: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class FakeNetlify:
    """`url` is for NETLIFY_API_URL; `live` is the deploy that visitors see. `faults` is what the
    description would not have. With `error` set, deploys fail with it while they are processed.
    """

    url: str = ""
    token: str = TOKEN
    error: str = ""
    deploys: dict[str, Deploy] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    live: Deploy | None = None
    faults: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environ(self) -> dict[str, str]:
        return {"NETLIFY_API_URL": f"{self.url}/api/v1", "NETLIFY_AUTH_TOKEN": self.token}

    def served(self, deploy: Deploy | None = None) -> dict[str, bytes]:
        """Return what visitors see: the files of a deploy, of the live one by default."""
        shown = deploy or self.live
        files = shown.files if shown else {}
        return {path.removeprefix("/"): self.contents[digest] for path, digest in files.items()}

    # The API. Each method returns status, answer and, for lists, the number of the next page.

    def answer(  # noqa: PLR0911  a table of operations
        self, method: str, path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        match [method, *path.strip("/").split("/", 3)]:
            case [_, "sites", site, *_] if site not in {SITE, f"{NAME}.netlify.app"}:
                return 404, {"code": 404, "message": "Not Found"}
            case ["GET", "sites", _]:
                return 200, self._site()
            case ["GET", "sites", _, "files"]:
                return 200, self._files(int(query.get("page", "1")))
            case ["GET", "sites", _, "deploys"]:
                kept = [one for one in self.deploys.values() if one.state == "ready"]
                kept = [one for one in kept if not one.draft]
                return 200, [self._shown(one) for one in sorted(kept, key=_newest_first)]
            case ["POST", "sites", _, "deploys"]:
                return 200, self._create(query.get("title", ""), body)
            case ["GET", "sites", _, "deploys", deploy] if deploy in self.deploys:
                return 200, self._advance(self.deploys[deploy])
            case ["POST", "sites", _, "deploys", action] if action.endswith("/restore"):
                return self._restore(action.removesuffix("/restore"))
            case ["PUT", "deploys", deploy, "files", name] if deploy in self.deploys:
                return self._put(self.deploys[deploy], f"/{unquote(name)}", body)
        return 404, {"code": 404, "message": "Not Found"}

    def _site(self) -> dict[str, Any]:
        site: dict[str, Any] = {"id": SITE, "name": NAME, "ssl_url": f"{self.url}/live"}
        return site | ({"published_deploy": self._shown(self.live)} if self.live else {})

    def _files(self, page: int) -> list[dict[str, Any]]:
        files = sorted(self.live.files.items()) if self.live else []
        some = files[(page - 1) * FILES_A_PAGE : page * FILES_A_PAGE]
        return [{"id": path, "path": path, "sha": digest} for path, digest in some]

    def _create(self, title: str, body: dict[str, Any]) -> dict[str, Any]:
        number = len(self.deploys) + 1
        deploy = Deploy(
            id=f"{number:024x}", files=body["files"], draft=body.get("draft", False), title=title,
            branch=body.get("branch", ""), number=number,
            state="preparing" if body.get("async") else "uploading",
        )  # fmt: skip
        deploy.missing = set(deploy.files.values()) - set(self.contents)
        if not deploy.missing and deploy.state == "uploading":
            deploy.state = "uploaded"
        self.deploys[deploy.id] = deploy
        return self._shown(deploy)

    def _advance(self, deploy: Deploy) -> dict[str, Any]:
        """Go on by one step with each question, as time does with the real one."""
        if deploy.state == "preparing":
            deploy.state = "prepared" if deploy.missing else "uploaded"
        elif deploy.state == "uploaded":
            deploy.state = "processing"
        elif deploy.state == "processing":
            deploy.state = "error" if self.error else "ready"
            if deploy.state == "ready" and not deploy.draft:
                # A later deploy that was published stays.
                self.live = max(self.live or deploy, deploy, key=lambda one: one.number)
        return self._shown(deploy)

    def _put(self, deploy: Deploy, path: str, content: bytes) -> tuple[int, Any]:
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if deploy.files.get(path) != digest:
            return 422, {"code": 422, "message": f"The digest of {path} is another"}
        self.contents[digest] = content
        deploy.missing.discard(digest)
        if not deploy.missing and deploy.state in {"uploading", "prepared"}:
            deploy.state = "uploaded"
        return 200, {"id": path, "path": path, "sha": digest, "size": len(content)}

    def _restore(self, deploy: str) -> tuple[int, Any]:
        found = self.deploys.get(deploy)
        if found is None or found.state != "ready":
            return 404, {"code": 404, "message": "Not Found"}
        self.live = found
        return 201, self._shown(found)

    def _shown(self, deploy: Deploy) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": deploy.id, "site_id": SITE, "state": deploy.state, "draft": deploy.draft,
            "title": deploy.title, "created_at": f"2026-01-{deploy.number:02}T00:00:00Z",
            "deploy_ssl_url": f"{self.url}/deploys/{deploy.id}",
        }  # fmt: skip
        if deploy.state != "preparing":
            shown["required"] = sorted(deploy.missing)
        return shown | ({"error_message": self.error} if deploy.state == "error" else {})


def _newest_first(deploy: Deploy) -> int:
    return -deploy.number


@contextmanager
def serve_netlify() -> Iterator[FakeNetlify]:
    """Run it until the block ends."""
    state = FakeNetlify()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with state.lock:
                if parts.path.startswith("/api/v1/"):
                    query = dict(parse_qsl(parts.query))
                    self._answer_call(parts.path.removeprefix("/api/v1"), query, body)
                else:
                    self._serve(unquote(parts.path))

        do_POST = do_PUT = do_GET

        def _answer_call(self, path: str, query: dict[str, str], content: bytes) -> None:
            kind = self.headers.get("Content-Type", "")
            body: Any = json.loads(content) if kind == "application/json" else content
            status, answer = 401, {"code": 401, "message": "Access Denied"}
            if self.headers.get("Authorization") == f"Bearer {state.token}":
                status, answer = state.answer(self.command, path, query, body)
            state.calls.append(f"{self.command} {path} {status}")
            if netlify_description.is_present():
                query.pop("page", None)  # only Link headers name it
                state.faults += netlify_description.find_faults(
                    self.command, path, query, body if self.command == "PUT" else body or None,
                    kind=kind, status=status, answer=answer,
                )  # fmt: skip
            headers = {"Content-Type": "application/json"}
            if isinstance(answer, list) and path.endswith("/files") and len(answer) >= FILES_A_PAGE:
                page = int(dict(parse_qsl(urlsplit(self.path).query)).get("page", "1")) + 1
                headers["Link"] = f'<{state.url}/api/v1{path}?page={page}>; rel="next"'
            self._send(status, json.dumps(answer).encode(), headers)

        def _serve(self, path: str) -> None:
            _, place, *rest = path.split("/")
            deploy = state.deploys.get(rest.pop(0)) if place == "deploys" else state.live
            name = "/".join(rest)
            name = f"{name}index.html" if not name or name.endswith("/") else name
            served = state.served(deploy) if deploy else {}
            if name not in served or name in HOST_FILES:
                self._send(404, b"", {})
                return
            kinds = {"Content-Type": content_type(name), "Cache-Control": cache_control(name)}
            self._send(200, served[name], kinds)

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield state
        assert not state.faults, state.faults
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
