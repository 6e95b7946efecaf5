"""What a job of GitHub Actions talks to when it publishes: identity, artifacts, storage, Pages.

Bodies of the Pages API are checked against GitHub's own description where that is installed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema  # type: ignore[import-untyped]  # ships no types

from tests.support.openapi import load_description

IDENTITY = "identity-of-the-job"
PAGES = "/repos/kim/tool/pages"
_RUN, _JOB = "ce7f54c7-61c7-4aae-887f-30da475f5f1a", "ca395085-040a-526b-2ce8-bdc85f692774"
_SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService/"
_STEPS = ["deployment_in_progress", "syncing_files", "deployment_attempt_error", "updating_pages"]


@dataclass(slots=True, kw_only=True)
class ActionsServer:
    """Its state, open for a test to change; `site` is what Pages serves now."""

    url: str = ""
    front: str = ""
    """The address that clients know, if a proxy stands before."""
    site: dict[str, bytes] = field(default_factory=dict)
    artifacts: dict[int, bytes] = field(default_factory=dict)
    open_names: dict[str, dict[str, bytes]] = field(default_factory=dict)
    blob: bytes = b""
    finished: dict[str, int] = field(default_factory=dict)
    deployments: dict[str, list[str]] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    outcome: str = "succeed"
    is_enabled: bool = True
    may_write: bool = True

    @property
    def environ(self) -> dict[str, str]:
        front = self.front or self.url
        claims = json.dumps({"scp": f"Actions.Example Actions.Results:{_RUN}:{_JOB}"}).encode()
        payload = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
        return {
            "GITHUB_API_URL": front,
            "GITHUB_REPOSITORY": "kim/tool",
            "GITHUB_SHA": "4fd754f7e594640989b406850d0bc8f06a121251",
            "GITHUB_TOKEN": "job-token",
            "ACTIONS_RUNTIME_TOKEN": f"e30.{payload}.c2ln",
            "ACTIONS_RESULTS_URL": f"{front}/",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{front}/identity?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "asking-token",
        }


@contextmanager
def serve_actions() -> Iterator[ActionsServer]:
    """Run the server until the block ends."""
    state = ActionsServer()

    class Handler(_Handler):
        actions = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
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
    actions: ActionsServer

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        path, state = urlsplit(self.path).path, self.actions
        if path.startswith("/served/"):
            name = path.removeprefix("/served/")
            content = state.site.get(f"{name}index.html" if name[-1:] in {"", "/"} else name)
            self._send(200 if content is not None else 404, content or b"", kind="text/plain")
        elif path == "/identity":
            self._answer_if("asking-token", {"count": 1, "value": IDENTITY})
        elif not self._is_from("job-token"):
            self._send_json(401, {"message": "Bad credentials"})
        elif path == PAGES and state.is_enabled:
            self._send_json(200, {"html_url": f"{state.url}/served/", "status": "built"})
        elif found := re.fullmatch(f"{PAGES}/deployments/(.+)", path):
            self._answer_status(found[1])
        else:
            self._send_json(404, {"message": "Not Found"})

    def do_PUT(self) -> None:
        content, state = self._read(), self.actions
        query = parse_qs(urlsplit(self.path).query)
        wanted = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        blocks = state.open_names.get("github-pages")
        if self.headers["content-md5"] != wanted:
            self._send(400, b"<Error><Code>Md5Mismatch</Code></Error>", kind="application/xml")
        elif query.get("sig") != ["signed"] or blocks is None or "Authorization" in self.headers:
            self._send(403, b"<Error><Code>AuthenticationFailed</Code></Error>", kind="text/xml")
        elif query["comp"] == ["block"]:
            blocks[query["blockid"][0]] = content
            self._send(201, b"")
        else:
            names = re.findall(r"<Latest>([^<]+)</Latest>", content.decode())
            state.blob = b"".join(blocks[name] for name in names)
            self._send(201, b"")

    def do_POST(self) -> None:
        body = json.loads(self._read() or b"{}")
        if self.path.startswith(_SERVICE):
            self._answer_artifacts(self.path.removeprefix(_SERVICE), body)
        elif not self._is_from("job-token"):
            self._send_json(401, {"message": "Bad credentials"})
        elif self.path == f"{PAGES}/deployments":
            self._deploy(body)
        elif self.path.endswith("/cancel"):
            self.actions.cancelled.append(self.path.split("/")[-2])
            self._send(204, b"")
        else:
            self._send_json(404, {"message": "Not Found"})

    def _answer_artifacts(self, method: str, body: dict[str, Any]) -> None:
        state, name = self.actions, str(body.get("name", ""))
        ids = (body.get("workflow_run_backend_id"), body.get("workflow_job_run_backend_id"))
        token = state.environ["ACTIONS_RUNTIME_TOKEN"]
        if not self._is_from(token) or ids != (_RUN, _JOB):
            self._send_json(401, {"code": "unauthenticated", "msg": "invalid token"})
        elif method == "CreateArtifact" and name not in {*state.open_names, *state.finished}:
            state.open_names[name] = {}
            url = f"{state.front or state.url}/blob/1?sig=signed"
            self._send_json(200, {"ok": True, "signed_upload_url": url})
        elif method == "DeleteArtifact":
            state.open_names.pop(name, None)
            state.finished.pop(name, None)
            self._send_json(200, {"ok": True, "artifact_id": "1"})
        elif method == "FinalizeArtifact" and name in state.open_names:
            self._finalize(name, body)
        elif method == "ListArtifacts":
            listed = [
                {
                    "database_id": str(number),
                    "name": one,
                    "digest": _digest(state.artifacts[number]),
                }
                for one, number in state.finished.items()
            ]
            self._send_json(200, {"artifacts": listed})
        else:
            self._send_json(409, {"code": "already_exists", "msg": "an artifact is there"})

    def _finalize(self, name: str, body: dict[str, Any]) -> None:
        state = self.actions
        if (body["size"], body["hash"]) != (str(len(state.blob)), _digest(state.blob)):
            self._send_json(400, {"code": "invalid_argument", "msg": "size or hash differ"})
            return
        number = 4000 + len(state.artifacts)
        state.artifacts[number], state.finished[name] = state.blob, number
        del state.open_names[name]
        self._send_json(200, {"ok": True, "artifact_id": str(number)})

    def _deploy(self, body: dict[str, Any]) -> None:
        state = self.actions
        description = load_description()
        if description is not None:
            path = description.document["paths"]["/repos/{owner}/{repo}/pages/deployments"]
            wanted = path["post"]["requestBody"]["content"]["application/json"]["schema"]
            jsonschema.validate(body, wanted)
        state.bodies.append(body)
        if not state.may_write:
            self._send_json(403, {"message": "Resource not accessible by integration"})
        elif body["oidc_token"] != IDENTITY or body["artifact_id"] not in state.artifacts:
            self._send_json(400, {"message": "Invalid deployment"})
        else:
            name = body["pages_build_version"]
            state.deployments[name] = [*_STEPS, state.outcome]
            answer = {
                "id": name,
                "status_url": f"{state.url}{PAGES}/deployments/{name}",
                "page_url": f"{state.url}/served/",
            }
            if description is not None:
                jsonschema.validate(answer, description.schema_of("page-deployment"))
            self._send_json(200, answer)

    def _answer_status(self, name: str) -> None:
        steps = self.actions.deployments.get(name)
        if steps is None:
            self._send_json(404, {"message": "Not Found"})
            return
        status = steps.pop(0) if len(steps) > 1 else steps[0]
        if status == "succeed":
            number = self.actions.bodies[-1]["artifact_id"]
            self.actions.site = unpack(self.actions.artifacts[number])
        description = load_description()
        if description is not None:
            jsonschema.validate(
                {"status": status}, description.schema_of("pages-deployment-status")
            )
        self._send_json(200, {"status": status})

    def _answer_if(self, token: str, answer: dict[str, Any]) -> None:
        is_from = self._is_from(token)
        self._send_json(200 if is_from else 401, answer if is_from else {"message": "no"})

    def _is_from(self, token: str) -> bool:
        return self.headers.get("Authorization") == f"Bearer {token}"

    def _read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send_json(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), kind="application/json")

    def _send(self, status: int, content: bytes, *, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def unpack(package: bytes) -> dict[str, bytes]:
    """Return the files of an artifact for Pages: a zip that holds one tar."""
    with zipfile.ZipFile(io.BytesIO(package)) as whole:
        assert whole.namelist() == ["artifact.tar"]
        packed = whole.read("artifact.tar")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {}
        for member in archive.getmembers():
            assert member.isfile()
            content = archive.extractfile(member)
            assert content is not None
            files[member.name.removeprefix("./")] = content.read()
    return files


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
