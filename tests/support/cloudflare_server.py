"""A Cloudflare Pages on the loopback: projects, a store of files, deployments, and their sites.

It answers as Cloudflare's description says; `test_cloudflare_stand_in.py` checks that. The site
that is live is at `/~live/`, each deployment at `/~deployments/ID/`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.recording_server import Answer, Call, RecordingServer, serve_stand_in

ACCOUNT, PROJECT, TOKEN = "0123456789abcdef0123456789abcdef", "demo", "good-token-of-the-account"
MOMENT = "2026-05-01T10:00:00.000000Z"
API = "/client/v4"
_CONFIG = {
    "compatibility_date": "2026-04-01",
    "compatibility_flags": [],
    "fail_open": True,
    "always_use_latest_compatibility_date": False,
    "build_image_major_version": 3,
    "usage_model": "standard",
    "env_vars": None,
}
_HOME = f"{API}/accounts/{ACCOUNT}/pages/projects/{PROJECT}"


@dataclass(slots=True, kw_only=True)
class StandInDeployment:
    id: str
    branch: str
    message: str
    manifest: dict[str, str]
    rules: dict[str, bytes]
    asked: int = 0
    has_failed: bool = False


@dataclass(slots=True, kw_only=True)
class CloudflareStandIn:
    """`token_uses` is how many requests a token for uploads is good for; `source` makes the
    project one that is built from a repository.
    """

    url: str
    token_uses: int = 1000
    files_limit: int = 20_000
    source: dict[str, Any] | None = None
    is_failing: bool = False
    store: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    uploads: list[int] = field(default_factory=list)
    deployments: list[StandInDeployment] = field(default_factory=list)
    live: StandInDeployment | None = None
    uses_left: dict[str, int] = field(default_factory=dict)

    def answer(self, call: Call) -> Answer:
        if call.path.startswith("/~"):
            return self._serve(call.path)
        if call.path.startswith(f"{API}/pages/assets/"):
            return self._use_store(call)
        if call.bearer != TOKEN:
            return _refuse(401, 10000, "Authentication error")
        if (call.method, call.path) == ("GET", f"{API}/accounts"):
            return _give([{"id": ACCOUNT, "name": "Test"}])
        if not f"{call.path}/".startswith(f"{_HOME}/"):
            return _refuse(404, 8000007, "Project not found. The specified project name does not"
                           " match any of your existing projects.")  # fmt: skip
        return self._use_project(call, call.path.removeprefix(_HOME))

    def _use_project(self, call: Call, rest: str) -> Answer:
        words = rest.strip("/").split("/")
        if words[0] == "deployments":
            return self._use_deployments(call, words[1:])
        if call.method == "GET" and words == [""]:
            return _give(self._project())
        if call.method == "GET" and words == ["upload-token"]:
            return _give({"jwt": self._make_token()})
        return _refuse(404, 7003, "Could not route to this path")

    def _use_deployments(self, call: Call, words: list[str]) -> Answer:
        if not words and call.method == "POST":
            return self._deploy(call)
        if not words:
            wanted = call.query.get("env", "")
            listed = [self._deployment(each) for each in reversed(self.deployments)]
            return _give([one for one in listed if wanted in {"", one["environment"]}])
        found = next((each for each in self.deployments if each.id == words[0]), None)
        if found is None:
            return _refuse(404, 8000009, "Deployment not found")
        if words[1:] == ["history", "logs"]:
            line = {"line": "Error: the assets could not be published", "ts": MOMENT}
            return _give({"data": [line], "includes_container_logs": False, "total": 1})
        return self._roll_back(found) if words[1:] == ["rollback"] else self._look_at(found)

    def _make_token(self) -> str:
        claims = {"max_file_count_allowed": self.files_limit, "exp": 4102444800}
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"e30.{body}.{len(self.uses_left)}"
        self.uses_left[token] = self.token_uses
        return token

    def _use_store(self, call: Call) -> Answer:
        if self.uses_left.get(call.bearer, 0) <= 0:
            return _refuse(401, 8000013, "Authorization failed")
        self.uses_left[call.bearer] -= 1
        verb = call.path.rpartition("/")[2]
        if verb == "check-missing":
            return _give([key for key in call.json["hashes"] if key not in self.store])
        if verb == "upload":
            return self._keep(call)
        return _give(None)

    def _keep(self, call: Call) -> Answer:
        try:
            files = {
                each["key"]: (
                    base64.b64decode(each["value"], validate=True),
                    each["metadata"]["contentType"],
                )
                for each in call.json
                if each["base64"]
            }
        except (ValueError, LookupError):
            return _refuse(400, 8000000, "Malformed upload")
        self.uploads.append(len(files))
        self.store |= files
        return _give(None)

    def _deploy(self, call: Call) -> Answer:
        form = call.form
        try:
            manifest: dict[str, str] = json.loads(form["manifest"])
        except (ValueError, LookupError):
            return _refuse(400, 8000096, 'A "manifest" field was expected in the request body')
        if any(key not in self.store for key in manifest.values()):
            return _refuse(400, 8000000, "The manifest names files that were not uploaded")
        made = StandInDeployment(
            id=f"{len(self.deployments) + 1:08x}-0000-4000-8000-000000000000",
            branch=form.get("branch", b"main").decode(),
            message=form.get("commit_message", b"").decode(),
            manifest=manifest,
            rules={name: form[name] for name in ("_headers", "_redirects") if name in form},
            has_failed=self.is_failing,
        )
        self.deployments.append(made)
        return _give(self._deployment(made))

    def _look_at(self, found: StandInDeployment) -> Answer:
        found.asked += 1
        if found.asked >= 2 and found.branch == "main" and not found.has_failed:
            self.live = found
        return _give(self._deployment(found))

    def _roll_back(self, found: StandInDeployment) -> Answer:
        if found.branch != "main" or found.has_failed:
            return _refuse(400, 8000039, "Only successful production deployments can be restored")
        self.live = found
        return _give(self._deployment(found))

    def _serve(self, path: str) -> Answer:
        kind, _, rest = path.removeprefix("/~").partition("/")
        shown = self.live
        if kind == "deployments":
            name, _, rest = rest.partition("/")
            shown = next((each for each in self.deployments if each.id == name), None)
        wanted = f"/{rest}index.html" if rest.endswith("/") or not rest else f"/{rest}"
        if shown is None or wanted not in shown.manifest:
            return Answer(status=404, body=b"not here")
        content, media_type = self.store[shown.manifest[wanted]]
        return Answer(body=content, headers={"Content-Type": media_type})

    def _project(self) -> dict[str, Any]:
        newest = self.deployments[-1] if self.deployments else None
        return {
            "id": "7b162ea7-7367-4d67-bcde-1160995d5000",
            "name": PROJECT,
            "created_on": MOMENT,
            "subdomain": f"{PROJECT}.pages.dev",
            "domains": [f"{PROJECT}.pages.dev"],
            "production_branch": "main",
            "framework": "",
            "framework_version": "",
            "preview_script_name": "pages-worker--1-preview",
            "production_script_name": "pages-worker--1-production",
            "uses_functions": False,
            "deployment_configs": {"production": _CONFIG, "preview": _CONFIG},
            "source": self.source,
            "canonical_deployment": self._deployment(self.live) if self.live else None,
            "latest_deployment": self._deployment(newest) if newest else None,
        }

    def _deployment(self, made: StandInDeployment) -> dict[str, Any]:
        status = "active" if made.asked < 2 else "failure" if made.has_failed else "success"
        deploy = {"name": "deploy", "status": status, "started_on": MOMENT, "ended_on": None}
        first = {"name": "queued", "status": "success", "started_on": MOMENT, "ended_on": MOMENT}
        url = f"{self.url}/~deployments/{made.id}"
        return {
            "id": made.id,
            "short_id": made.id[:8],
            "project_id": "7b162ea7-7367-4d67-bcde-1160995d5000",
            "project_name": PROJECT,
            "environment": "production" if made.branch == "main" else "preview",
            "url": url,
            "aliases": None if made.branch == "main" else [url],
            "created_on": MOMENT,
            "modified_on": MOMENT,
            "is_skipped": False,
            "uses_functions": False,
            "build_config": {"build_command": None, "web_analytics_tag": None,
                             "web_analytics_token": None},
            "deployment_trigger": {
                "type": "ad_hoc",
                "metadata": {"branch": made.branch, "commit_hash": "0" * 40,
                             "commit_message": made.message, "commit_dirty": False},
            },
            "env_vars": None,
            "latest_stage": deploy,
            "stages": [first, deploy],
            "source": self.source,
        }  # fmt: skip


def _give(result: object) -> Answer:
    return Answer(body={"result": result, "success": True, "errors": [], "messages": []})


def _refuse(status: int, code: int, message: str) -> Answer:
    errors = [{"code": code, "message": message}]
    return Answer(
        status=status, body={"result": None, "success": False, "errors": errors, "messages": []}
    )


def source_of(owner: str, repository: str) -> dict[str, Any]:
    """Return what a project says that is built from its repository at each push."""
    return {
        "type": "github",
        "config": {
            "owner": owner,
            "owner_id": "1",
            "repo_name": repository,
            "repo_id": "2",
            "production_branch": "main",
            "production_deployments_enabled": True,
            "deployments_enabled": True,
            "pr_comments_enabled": True,
            "preview_deployment_setting": "all",
            "preview_branch_includes": ["*"],
            "preview_branch_excludes": [],
            "path_includes": ["*"],
            "path_excludes": [],
        },
    }


def environment(url: str) -> dict[str, str]:
    """Return the variables of somebody who may publish to the project."""
    return {
        "CLOUDFLARE_API_TOKEN": TOKEN,
        "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
        "CLOUDFLARE_API_BASE_URL": f"{url}{API}",
    }


@contextmanager
def serve_cloudflare() -> Iterator[tuple[RecordingServer, CloudflareStandIn]]:
    with serve_stand_in(lambda url: CloudflareStandIn(url=url)) as served:
        yield served
