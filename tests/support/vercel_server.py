"""A Vercel on the loopback: a project, the files it was sent, deployments, and their sites.

It answers as the types of Vercel's own SDK say; `test_vercel_stand_in.py` checks that. The site
that is live is at `/~live/`, each deployment at `/~deployments/ID/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.recording_server import Answer, Call, RecordingServer, serve_stand_in

TEAM, PROJECT_ID, PROJECT, TOKEN = "team_1", "prj_1", "demo", "goodTokenOfTheTeam"
STATIC = ".vercel/output/static/"
_CREATED = 1_777_629_600_000
_CREATOR = {"uid": "u1", "username": "me"}


@dataclass(slots=True, kw_only=True)
class StandInDeployment:
    id: str
    target: str | None
    files: dict[str, str]
    meta: dict[str, str]
    asked: int = 0
    has_failed: bool = False

    @property
    def state(self) -> str:
        if self.asked < 2:
            return "BUILDING"
        return "ERROR" if self.has_failed else "READY"


@dataclass(slots=True, kw_only=True)
class VercelStandIn:
    """`is_staging` keeps the domains where they are until a deployment is promoted; `is_guarded`
    asks for a login before previews; `is_forgetful` never has a file.
    """

    url: str
    is_failing: bool = False
    is_staging: bool = False
    is_guarded: bool = False
    is_forgetful: bool = False
    link: dict[str, Any] | None = None
    store: dict[str, bytes] = field(default_factory=dict)
    deployments: list[StandInDeployment] = field(default_factory=list)
    live: StandInDeployment | None = None
    moved: dict[str, Any] | None = None

    def answer(self, call: Call) -> Answer:
        if call.path.startswith("/~"):
            return self._serve(call.path)
        if call.bearer != TOKEN:
            return _refuse(403, "forbidden", "Not authorized")
        if call.path in _PEOPLE:
            return Answer(body=_PEOPLE[call.path])
        rooms = {"files": self._keep, "projects": self._use_project,
                 "deployments": self._use_deployments}  # fmt: skip
        room = rooms.get([*call.path.split("/"), ""][2])
        if room is None or call.query.get("teamId") != TEAM:
            return _refuse(404, "not_found", "Project not found")
        return room(call)

    def _keep(self, call: Call) -> Answer:
        sha = call.headers["x-now-digest"]
        if hashlib.sha1(call.body, usedforsecurity=False).hexdigest() != sha:
            return _refuse(400, "bad_request", "The digest does not match the content")
        if not self.is_forgetful:
            self.store[sha] = call.body
        return Answer(body={"urls": []})

    def _use_project(self, call: Call) -> Answer:
        words = call.path.split("/")[3:]
        if words[0] not in {PROJECT, PROJECT_ID}:
            return _refuse(404, "not_found", "Project not found")
        if words[1:2] == ["promote"]:
            return self._promote(words[2])
        live = self._production(self.live) if self.live else None
        return Answer(
            body={
                "id": PROJECT_ID,
                "name": PROJECT,
                "accountId": TEAM,
                "alias": [],
                "framework": None,
                "directoryListing": False,
                "nodeVersion": "24.x",
                "link": self.link,
                "createdAt": _CREATED,
                "updatedAt": _CREATED,
                "defaultResourceConfig": _RESOURCES,
                "resourceConfig": _RESOURCES,
                "deploymentExpiration": {},
                "lastAliasRequest": self.moved,
                "targets": {"production": live} if live else {},
            }
            | ({} if self.link else {"link": None})
        )

    def _production(self, made: StandInDeployment) -> dict[str, Any]:
        return {
            "id": made.id,
            "name": PROJECT,
            "url": f"{PROJECT}-{made.id[4:]}.vercel.app",
            "deploymentHostname": f"{PROJECT}-{made.id[4:]}",
            "alias": [f"{PROJECT}.vercel.app"],
            "createdAt": _CREATED,
            "createdIn": "iad1",
            "creator": {**_CREATOR, "email": "me@example.org"},
            "plan": "pro",
            "private": False,
            "type": "LAMBDAS",
            "meta": made.meta,
            "readyState": made.state,
            "target": made.target,
        }

    def _promote(self, name: str) -> Answer:
        found = next((each for each in self.deployments if each.id == name), None)
        if found is None or found.target != "production" or found.state != "READY":
            return _refuse(404, "not_found", "Deployment not found")
        self.moved = {
            "fromDeploymentId": self.live.id if self.live else None,
            "toDeploymentId": name,
            "jobStatus": "succeeded",
            "requestedAt": _CREATED,
            "type": "promote",
        }
        self.live = found
        return Answer(status=201)

    def _use_deployments(self, call: Call) -> Answer:
        words = call.path.split("/")[3:]
        if not words and call.method == "POST":
            return self._deploy(call)
        if not words:
            target = call.query.get("target")
            listed = [self._listed(one) for one in reversed(self.deployments)
                      if one.target == target]  # fmt: skip
            page = {"count": len(listed), "next": None, "prev": None}
            return Answer(body={"deployments": listed, "pagination": page})
        found = next((each for each in self.deployments if each.id == words[0]), None)
        if found is None:
            return _refuse(404, "not_found", "Deployment not found")
        if words[1:] == ["files"]:
            return Answer(body=_tree(found.files))
        found.asked += 1
        if found.asked == 2 and found.target and not (found.has_failed or self.is_staging):
            self.live = found
        return Answer(body=self._deployment(found))

    def _deploy(self, call: Call) -> Answer:
        body = call.json
        files = {each["file"]: each["sha"] for each in body["files"]}
        missing = sorted({sha for sha in files.values() if sha not in self.store})
        if missing:
            return _refuse(400, "missing_files", "Missing files", missing=missing)
        made = StandInDeployment(
            id=f"dpl_{len(self.deployments) + 1}",
            target=body.get("target"),
            files=files,
            meta=body.get("meta", {}),
            has_failed=self.is_failing,
        )
        self.deployments.append(made)
        return Answer(body=self._deployment(made))

    def _deployment(self, made: StandInDeployment) -> dict[str, Any]:
        is_live = made is self.live
        staged = {"readySubstate": "PROMOTED" if is_live else "STAGED"} if made.target else {}
        failed = {"errorCode": "BUILD_FAILED", "errorMessage": "The output is broken."}
        return {
            "id": made.id,
            "url": self._host(f"/~deployments/{made.id}"),
            "name": PROJECT,
            "projectId": PROJECT_ID,
            "ownerId": TEAM,
            "type": "LAMBDAS",
            "version": 2,
            "plan": "pro",
            "public": False,
            "target": made.target,
            "readyState": made.state,
            "status": made.state,
            "alias": [self._host("/~live")] if made.target else [],
            "aliasAssigned": is_live or (not made.target and made.asked > 1),
            "aliasError": None,
            "meta": made.meta,
            "creator": _CREATOR,
            "bootedAt": _CREATED,
            "buildingAt": _CREATED,
            "createdAt": _CREATED,
            "createdIn": "iad1",
            "regions": ["iad1"],
            "routes": None,
            "build": {"env": []},
            "env": [],
            "projectSettings": {"framework": None},
            "inspectorUrl": f"{self.url}/~inspect/{made.id}",
        } | (staged | failed if made.state == "ERROR" else staged)

    def _listed(self, made: StandInDeployment) -> dict[str, Any]:
        return {
            "uid": made.id,
            "name": PROJECT,
            "projectId": PROJECT_ID,
            "url": f"{PROJECT}-{made.id[4:]}.vercel.app",
            "created": _CREATED,
            "createdAt": _CREATED,
            "creator": _CREATOR,
            "inspectorUrl": None,
            "type": "LAMBDAS",
            "target": made.target,
            "state": made.state,
            "readyState": made.state,
        }

    def _host(self, path: str) -> str:
        return f"{self.url.removeprefix('http://')}{path}"

    def _serve(self, path: str) -> Answer:
        kind, _, rest = path.removeprefix("/~").partition("/")
        shown = self.live
        if kind == "deployments":
            name, _, rest = rest.partition("/")
            shown = next((each for each in self.deployments if each.id == name), None)
            if self.is_guarded:
                return Answer(status=401, body=b"<title>Authentication Required</title>",
                              headers={"Content-Type": "text/html"})  # fmt: skip
        wanted = f"{rest}index.html" if rest.endswith("/") or not rest else rest
        if shown is None or f"{STATIC}{wanted}" not in shown.files:
            return Answer(status=404, body=b"not here")
        return Answer(body=self.store[shown.files[f"{STATIC}{wanted}"]])


_PEOPLE: dict[str, dict[str, Any]] = {
    "/v2/user": {
        "user": {"id": "u1", "username": "me", "email": "me@example.org", "version": "northstar"}
    },
    f"/teams/{TEAM}": {"id": TEAM, "slug": "team", "name": "Team", "createdAt": _CREATED},
}
_RESOURCES = {"functionDefaultRegions": ["iad1"], "fluid": True}


def _tree(files: dict[str, str]) -> list[dict[str, Any]]:
    """Return files by path and hash as nested folders."""
    folders: dict[str, list[dict[str, Any]]] = {"": []}

    def open_folder(path: str) -> list[dict[str, Any]]:
        if path not in folders:
            parent, _, name = path.rpartition("/")
            folders[path] = []
            open_folder(parent).append({"name": name, "type": "directory", "mode": 16877,
                                        "children": folders[path]})  # fmt: skip
        return folders[path]

    for path, sha in files.items():
        folder, _, name = path.rpartition("/")
        open_folder(folder).append({"name": name, "type": "file", "uid": sha, "mode": 33188})
    return folders[""]


def _refuse(status: int, code: str, message: str, **more: object) -> Answer:
    return Answer(status=status, body={"error": {"code": code, "message": message, **more}})


def environment(url: str) -> dict[str, str]:
    """Return the variables of somebody who may publish to the project."""
    return {"VERCEL_TOKEN": TOKEN, "VERCEL_TEAM_ID": TEAM, "VERCEL_API_BASE_URL": url}


@contextmanager
def serve_vercel() -> Iterator[tuple[RecordingServer, VercelStandIn]]:
    with serve_stand_in(lambda url: VercelStandIn(url=url)) as served:
        yield served
