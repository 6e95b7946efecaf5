"""Netlify by the digests of files: it says which it lacks, and switches when it has them all.

A deploy that breaks off is never published: visitors see the last one that was whole. Source:
https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/ and the description
that Netlify keeps of its API (operations are named beside their calls).
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from generator.errors import CredentialsMissing, TargetRefused, TargetUnreachable, UsageError
from generator.publish.bundle import Bundle, SiteFile, in_sending_order
from generator.publish.http import Api, RefusedAnswer, choose_base_url, fetch_served
from generator.publish.sending import send_all
from generator.publish.target import (
    Destination,
    Plan,
    Published,
    Release,
    Report,
    Served,
)

API = "https://api.netlify.com/api/v1"
SYNC_FILES = 100
"""Netlify's own tool lets it compare longer lists in the background, and so do we."""
PREPARING_SECONDS, READY_SECONDS = 300.0, 600.0
_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
PAGES = 50
RELEASES = 100
_SITE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PREVIEW = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,35}[a-z0-9])?")


def make_target(destination: Destination) -> NetlifyTarget:
    if not _SITE.fullmatch(destination.address):
        raise UsageError(
            f"{destination.address!r} is no site of Netlify.",
            hint="Say --to netlify:SITE with its name, its id or its domain.",
        )
    if destination.preview is not None and not _PREVIEW.fullmatch(destination.preview):
        raise UsageError(
            f"{destination.preview!r} cannot be a preview's name at Netlify.",
            hint="It becomes part of a host name: a-z, 0-9 and -, at most 37.",
        )
    token = destination.environ.get("NETLIFY_AUTH_TOKEN", "").strip()
    if not token:
        raise CredentialsMissing(
            "Netlify must know who publishes.",
            hint="Put a personal access token into NETLIFY_AUTH_TOKEN.",
        )
    api = Api(
        "Netlify",
        choose_base_url(destination.environ, "NETLIFY_API_URL", API),
        headers={"authorization": f"Bearer {token}", "user-agent": "4site"},
    )
    return NetlifyTarget(api, destination)


class NetlifyTarget:
    """One site of Netlify. The site itself is made beforehand, by its owner."""

    def __init__(self, api: Api, destination: Destination) -> None:
        self._api = api
        self._address = destination.address
        self._url = destination.url
        self._preview = destination.preview
        self._site: dict[str, Any] = {}
        self._sha1: dict[str, str] = {}
        self._is_live_already = False

    def plan(self, bundle: Bundle) -> Plan:
        site = self._find_site()
        self._sha1 = {path: _sha1_of(file) for path, file in bundle.files.items()}
        present = self._list_files() if site.get("published_deploy") else {}
        known = set(present.values())
        new = [file for path, file in bundle.files.items() if self._sha1[path] not in known]
        gone = sorted(set(present) - set(bundle.files)) if self._preview is None else []
        self._is_live_already = self._preview is None and present == self._sha1
        return Plan(
            title=f"Netlify {site['name']}{f', preview {self._preview}' if self._preview else ''}",
            upload=tuple(in_sending_order(new)),
            delete=tuple(gone),
            unchanged=len(bundle.files) - len(new),
            present=len(present),
            url=None if self._preview else self._live_url(),
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        if self._is_live_already:
            return Published(url=plan.url, release=self._live_id())
        deploy = self._create(bundle)
        deploy = self._await(deploy, {"prepared", "uploading", "uploaded", "ready"}, report)
        wanted = set(deploy.get("required") or ())
        files = in_sending_order(
            file for path, file in bundle.files.items() if self._sha1[path] in wanted
        )
        send_all(files, lambda file: self._send(deploy["id"], file), report)
        deploy = self._await(deploy, {"ready"}, report)
        url = deploy.get("deploy_ssl_url") or deploy.get("deploy_url")
        return Published(
            url=url if self._preview else self._live_url(),
            release=deploy["id"],
            sent=len(files),
            deleted=len(plan.delete),
        )

    def fetch(self, published: Published, path: str) -> Served | None:
        return fetch_served(published.url, path) if published.url else None

    def list_releases(self) -> list[Release]:
        live = self._live_id() if self._find_site() else None
        query = {"production": "true", "state": "ready", "per_page": str(RELEASES), "page": "1"}
        # listSiteDeploys
        found = self._api.request("GET", f"{self._path}/deploys", params=query).json()
        return [
            Release(
                id=one["id"],
                made_at=one.get("published_at") or one.get("created_at") or "",
                is_live=one["id"] == live,
                url=one.get("deploy_ssl_url"),
                note=one.get("title") or "",
            )
            for one in found
        ]

    def roll_back(self, release: str) -> Published:
        if not re.fullmatch("[0-9a-zA-Z-]{1,64}", release):
            raise UsageError(f"{release!r} is no release.", hint="--list names them.")
        self._find_site()
        # restoreSiteDeploy
        self._api.request("POST", f"{self._path}/deploys/{release}/restore")
        return Published(url=self._live_url(), release=release)

    @property
    def _path(self) -> str:
        return f"/sites/{self._site['id']}"

    def _find_site(self) -> dict[str, Any]:
        """Ask for the site by what it was called: Netlify takes ids and domains (getSite)."""
        is_full = "." in self._address or _ID.fullmatch(self._address)
        name = self._address if is_full else f"{self._address}.netlify.app"
        try:
            found = self._api.request("GET", f"/sites/{name}").json()
        except RefusedAnswer as error:
            if error.status != 404:
                raise
            raise TargetRefused(
                f"Netlify knows no site {self._address} that this token may see.",
                hint="Check the name, make the site at app.netlify.com, or use its owner's token.",
            ) from error
        if not isinstance(found, dict) or not _is_plain(found.get("id")):
            raise TargetUnreachable("Netlify's answer is not understood.", hint="Try again later.")
        self._site = {"name": self._address} | found
        return self._site

    def _live_url(self) -> str | None:
        return self._url or self._site.get("ssl_url") or self._site.get("url")

    def _live_id(self) -> str | None:
        return (self._site.get("published_deploy") or {}).get("id")

    def _list_files(self) -> dict[str, str]:
        """Return the SHA-1 of each file of the live deploy by its path (listSiteFiles)."""
        return {
            str(one.get("path", "")).removeprefix("/"): str(one.get("sha", ""))
            for page in self._pages(f"{self._path}/files")
            for one in page
        }

    def _pages(self, path: str) -> Iterator[list[dict[str, Any]]]:
        """Return what a list says, and what its next pages say while its Link header names one."""
        query = ""
        for _ in range(PAGES):
            response = self._api.request("GET", f"{path}{query}")
            yield response.json()
            following = urlsplit(response.links.get("next", {}).get("url", "")).query
            if not following:
                return
            query = f"?{following}"

    def _create(self, bundle: Bundle) -> dict[str, Any]:
        """Make a deploy of the digests (createSiteDeploy). Made twice, the first stays behind."""
        body: dict[str, Any] = {
            "files": {f"/{path}": digest for path, digest in sorted(self._sha1.items())},
            "async": len(bundle.files) > SYNC_FILES,
            "draft": self._preview is not None,
        }
        if self._preview is not None:
            body["branch"] = self._preview
        title = {"title": f"4site {bundle.digest[:12]}"}
        created = self._api.request("POST", f"{self._path}/deploys", params=title, json=body)
        return dict(created.json())

    def _send(self, deploy: str, file: SiteFile) -> None:
        content = file.read()
        kind = {"content-type": "application/octet-stream"}
        # uploadDeployFile
        self._api.request(
            "PUT", f"/deploys/{deploy}/files/{quote(file.path)}", content=content, headers=kind
        )

    def _await(self, deploy: dict[str, Any], states: set[str], report: Report) -> dict[str, Any]:
        """Return the deploy once its state is one of these (getSiteDeploy)."""
        patience = READY_SECONDS if states == {"ready"} else PREPARING_SECONDS
        deadline = time.monotonic() + patience
        pauses = iter(_PAUSE_SECONDS)
        while deploy.get("state") not in states:
            if deploy.get("state") in {"error", "rejected"}:
                said = str(deploy.get("error_message") or "it does not say why")[:300]
                raise TargetRefused(
                    f"Netlify could not make this deploy: {said}.",
                    hint="The old site is still live. Look at the deploy in Netlify's dashboard.",
                )
            if time.monotonic() > deadline:
                raise TargetUnreachable(
                    f"Netlify's deploy {deploy['id']} is still {deploy.get('state')}"
                    f" after {patience:.0f} s.",
                    hint="The old site is live until it is ready. Publish again later.",
                )
            report(f"Netlify: {deploy.get('state')}")
            time.sleep(next(pauses, _PAUSE_SECONDS[-1]))
            found = self._api.request("GET", f"{self._path}/deploys/{deploy['id']}").json()
            # What is required is said once; later answers may leave it out.
            deploy = {"required": deploy.get("required")} | found
        return deploy


def _sha1_of(file: SiteFile) -> str:
    return hashlib.sha1(file.read(), usedforsecurity=False).hexdigest()


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-zA-Z-]{1,64}", value) is not None
