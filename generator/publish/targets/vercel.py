"""Vercel: a deployment is asked for by the hashes of its files, and what is missing is sent.

Nobody sees a deployment before it is ready, so the old site stays as it is until then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from generator.errors import PublishError, TargetRefused, UsageError
from generator.publish.bundle import Bundle, in_sending_order
from generator.publish.http import (
    Api,
    RefusedAnswer,
    choose_base_url,
    fetch_served,
)
from generator.publish.sending import send_all
from generator.publish.target import Destination, Plan, Published, Release, Report, Served
from generator.publish.targets.vercel_answers import (
    Deployment,
    Deployments,
    FileTree,
    LiveDeployment,
    Project,
    Refusal,
)
from generator.publish.targets.vercel_output import (
    STATIC_FOLDER,
    Content,
    gather,
    is_served,
)
from generator.publish.vendors import credential, read_answer, wait_for

TITLE = "Vercel"
RELEASES = 20
ATTEMPTS = 3
"""How often a deployment is asked for: Vercel may forget a file between two of them."""
_API = "https://api.vercel.com"
_HINT = "Make a token in the settings of your Vercel account and set VERCEL_TOKEN."
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MARK = "foursite"
_LOOK_SECONDS = 10.0


def make_target(destination: Destination, *, pause: float | None = None) -> Vercel:
    """Return the target; `pause` is the first wait in seconds before a request is repeated."""
    if not _PROJECT.fullmatch(destination.address):
        raise UsageError(
            f"{destination.address!r} is no name of a Vercel project.",
            hint="Say --to vercel:PROJECT, with the project's name or its id.",
        )
    token = credential(destination.environ, "VERCEL_TOKEN", hint=_HINT)
    api = Api(
        TITLE,
        choose_base_url(destination.environ, "VERCEL_API_BASE_URL", _API),
        headers={"authorization": f"Bearer {token}"},
        first_wait=pause,
    )
    return Vercel(destination, api, pause=0.5 if pause is None else pause)


def choose_team(environ: Mapping[str, str]) -> dict[str, str]:
    """Return how requests name the team; none for a personal account, whose id is a user's."""
    team, owner = (environ.get(name, "").strip() for name in ("VERCEL_TEAM_ID", "VERCEL_ORG_ID"))
    found = team or owner
    if found.startswith("team_"):
        return {"teamId": found}
    return {"slug": team} if team else {}


class Vercel:
    """One project: its production deployment, or a preview beside it."""

    def __init__(self, destination: Destination, api: Api, *, pause: float) -> None:
        self._name, self._preview = destination.address, destination.preview
        self._url = None if destination.preview else destination.url
        self._team = choose_team(destination.environ)
        self._api, self._pause = api, pause

    def plan(self, bundle: Bundle) -> Plan:
        project = self._find_project()
        content = gather(bundle)
        there, notes = self._look_at_live(project.live)
        served = [file for path, file in bundle.files.items() if is_served(path)]
        known = set((there or {}).values())
        upload = [file for file in served if content.sha_of[file.path] not in known]
        delete = () if self._preview else tuple(sorted(set(there or {}) - set(content.sha_of)))
        if project.link and not self._preview:
            notes += (f"{project.name} is also built from its repository: a push replaces this.",)
        return Plan(
            title=f"{TITLE}, project {project.name}",
            upload=tuple(in_sending_order(upload)),
            delete=delete,
            unchanged=len(served) - len(upload),
            present=None if there is None else len(there),
            url=self._url or self._site_url(project.live),
            notes=(*content.notes, *notes),
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        project = self._find_project()
        live = project.live
        if not self._preview and live and self._is_of(live, bundle):
            return Published(url=plan.url, release=live.id, notes=("The site is live already.",))
        content = gather(bundle)
        deployment, sent = self._deploy(project, bundle, content, report)
        report("Waiting for the deployment")
        done = wait_for(TITLE, lambda: self._ask_if_ready(deployment.id), pause=self._pause)
        if not self._preview and not done.aliasAssigned:
            self._promote(project, done.id)
        url = self._url or f"https://{next(iter(done.alias), done.url)}"
        guarded = is_guarded(url)
        return Published(
            url=url,
            release=done.id,
            sent=sent,
            deleted=len(plan.delete),
            notes=("Vercel asks for a login there: nothing could be checked.",) if guarded else (),
            is_guarded=guarded,
        )

    def fetch(self, published: Published, path: str) -> Served | None:
        return fetch_served(published.url, path) if published.url else None

    def list_releases(self) -> list[Release]:
        project = self._find_project()
        params = {"projectId": project.id, "target": "production", "limit": str(RELEASES)}
        found = read_answer(TITLE, self._ask("GET", "/v7/deployments", params), Deployments)
        return [
            Release(
                id=each.uid,
                made_at=datetime.fromtimestamp(each.created / 1000, UTC).isoformat("T", "seconds"),
                is_live=project.live is not None and each.uid == project.live.id,
                url=f"https://{each.url}",
                note="" if each.readyState == "READY" else each.readyState.lower(),
            )
            for each in found.deployments
        ]

    def roll_back(self, release: str) -> Published:
        project = self._find_project()
        self._promote(project, release)
        return Published(url=self._url or self._site_url(project.live), release=release)

    def _ask(
        self, method: str, path: str, params: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        return self._api.request(method, path, params={**self._team, **(params or {})}, **options)

    def _find_project(self) -> Project:
        try:
            return read_answer(TITLE, self._ask("GET", f"/v9/projects/{self._name}"), Project)
        except RefusedAnswer as error:
            if error.status != 404:
                raise
            raise TargetRefused(
                f"There is no Vercel project {self._name} here.",
                hint="Check the name and VERCEL_TEAM_ID, or create the project first:"
                " vercel project add",
            ) from error

    def _site_url(self, live: LiveDeployment | None) -> str | None:
        if self._preview or live is None or not live.alias:
            return None
        return f"https://{live.alias[0]}"

    def _look_at_live(
        self, live: LiveDeployment | None
    ) -> tuple[dict[str, str] | None, tuple[str, ...]]:
        """Return path and SHA-1 of what is live; None when Vercel does not tell."""
        if live is None:
            return {}, ()
        try:
            tree = msgspec.json.decode(
                self._ask("GET", f"/v6/deployments/{live.id}/files").content, type=list[FileTree]
            )
        except (RefusedAnswer, msgspec.DecodeError):
            return None, ("Vercel does not tell what files are live: see what is sent.",)
        files = dict(pair for each in tree for pair in each.files())
        ours = {
            path.partition(STATIC_FOLDER)[2]: sha
            for path, sha in files.items()
            if STATIC_FOLDER in path
        }
        if ours or not files:
            return ours, ()
        return files, ("4site did not publish what is live there: it is replaced.",)

    def _is_of(self, live: LiveDeployment, bundle: Bundle) -> bool:
        """Tell whether the live deployment is just this site."""
        answer = self._ask("GET", f"/v13/deployments/{live.id}")
        found = read_answer(TITLE, answer, Deployment)
        return found.readyState == "READY" and found.meta.get(_MARK) == bundle.digest

    def _deploy(
        self, project: Project, bundle: Bundle, content: Content, report: Report
    ) -> tuple[Deployment, int]:
        """Ask for the deployment until Vercel has every file; return it and how many were sent."""
        meta = {_MARK: bundle.digest} | ({"preview": self._preview} if self._preview else {})
        body: dict[str, object] = {
            "name": project.name,
            "project": project.id,
            "files": content.deployed,
            "meta": meta,
            "projectSettings": {"framework": None},
        }
        if not self._preview:
            body["target"] = "production"
        params = {"prebuilt": "1", "skipAutoDetectionConfirmation": "1"}
        sent = 0
        for _ in range(ATTEMPTS):
            try:
                answer = self._ask("POST", "/v13/deployments", params, json=body)
                return read_answer(TITLE, answer, Deployment), sent
            except RefusedAnswer as error:
                missing = missing_files(error)
                if not missing:
                    raise
                sent += self._send(content, missing, report)
        raise TargetRefused(
            "Vercel keeps asking for files that were sent.", hint="Publish again later."
        )

    def _send(self, content: Content, missing: list[str], report: Report) -> int:
        """Send the files of these hashes; the rules are not counted, being none of the site's."""
        if content.config_sha in missing:
            self._send_file(content.config_sha, content.config)
        files = [content.by_sha[sha] for sha in missing if sha in content.by_sha]
        shas = content.sha_of
        send_all(
            in_sending_order(files),
            lambda file: self._send_file(shas[file.path], file.read()),
            report,
        )
        return len(files)

    def _send_file(self, sha: str, content: bytes) -> None:
        headers = {
            "content-type": "application/octet-stream",
            "x-now-digest": sha,
            "x-now-size": str(len(content)),
        }
        self._ask("POST", "/v2/files", content=content, headers=headers)

    def _ask_if_ready(self, deployment: str) -> Deployment | None:
        answer = self._ask("GET", f"/v13/deployments/{deployment}")
        found = read_answer(TITLE, answer, Deployment)
        if found.readyState in {"ERROR", "CANCELED", "BLOCKED", "DELETED"}:
            said = f": {found.errorMessage.strip().rstrip('.')[:300]}" if found.errorMessage else ""
            raise TargetRefused(
                f"Vercel did not finish deployment {deployment}"
                f" ({found.readyState.lower()}){said}.",
                hint="The site that was live still is. Look at the project, then publish again.",
            )
        if found.readyState != "READY":
            return None
        # A project may be set to keep its domains where they are until somebody moves them.
        is_settled = self._preview or found.aliasAssigned or found.readySubstate == "STAGED"
        return found if is_settled else None

    def _promote(self, project: Project, deployment: str) -> None:
        """Move the project's domains to a deployment that is there, and wait until they are moved.

        Vercel's own rollback would keep them there when the next deployment comes.
        """
        wanted = quote(deployment, safe="")
        self._ask("POST", f"/v10/projects/{project.id}/promote/{wanted}", json={})
        wait_for(TITLE, lambda: self._ask_if_moved(deployment), pause=self._pause)

    def _ask_if_moved(self, deployment: str) -> bool | None:
        project = self._find_project()
        request = project.lastAliasRequest
        if request and request.toDeploymentId == deployment and request.jobStatus == "failed":
            raise PublishError(
                f"Vercel could not move the domains of {project.name} to {deployment}.",
                hint="Look at the project's domains, then try again.",
            )
        return True if project.live and project.live.id == deployment else None


def is_guarded(url: str) -> bool:
    """Tell whether Vercel asks for a login first, as it does at previews unless told otherwise."""
    try:
        answer = httpx.get(url, timeout=_LOOK_SECONDS, follow_redirects=False)
    except httpx.TransportError:
        return False  # the check at the end says so, more patiently
    return answer.status_code == 401 or (
        answer.has_redirect_location and "vercel.com/sso" in answer.headers["location"]
    )


def missing_files(error: RefusedAnswer) -> list[str]:
    """Return the hashes that Vercel asks for; none when it refused for another reason."""
    try:
        refusal = msgspec.json.decode(error.content, type=Refusal).error
    except msgspec.DecodeError:
        return []
    return list(dict.fromkeys(refusal.missing)) if refusal.code == "missing_files" else []
