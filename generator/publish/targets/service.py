"""A 4site service that hosts sites: files by digest, one switch for all of them, and back again.

The service keeps releases; a new one is live at once and whole, or not at all.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from generator.errors import CredentialsMissing, TargetRefused, TargetUnreachable, UsageError
from generator.publish.bundle import Bundle, SiteFile, in_sending_order
from generator.publish.http import Api, RefusedAnswer, fetch_served
from generator.publish.sending import send_all
from generator.publish.target import Destination, Plan, Published, Release, Report, Served

TOKEN = "FOURSITE_TOKEN"  # noqa: S105  the variable's name
TITLE = "The 4site service"
_PAGES_OF_SITES = 50
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def make_target(destination: Destination) -> ServiceTarget:
    """Return the target `service:https://SERVICE`. Raises UsageError for another address,
    CredentialsMissing without a token.
    """
    url, key = _read_address(destination)
    token = destination.environ.get(TOKEN, "").strip()
    if not token:
        raise CredentialsMissing(
            f"{TOKEN} is not set, so the service cannot know whose site it is.",
            hint=f"Make a token with the scopes sites:read and sites:write at {url}/dashboard"
            f" and set {TOKEN} to it.",
        )
    api = Api(TITLE, f"{url}/api/v1/", headers={"authorization": f"Bearer {token}"})
    return ServiceTarget(api, url=url, key=key, preview=destination.preview)


class ServiceTarget:
    """One site at a service, found by its key."""

    def __init__(self, api: Api, *, url: str, key: str | None, preview: str | None) -> None:
        self._api = api
        self._url = url
        self._key = key
        self._preview = preview
        self._site = ""
        self._release = ""
        self._digests: dict[str, str] = {}

    def plan(self, bundle: Bundle) -> Plan:
        self._find_site()
        self._digests = {path: _digest_of(file) for path, file in bundle.files.items()}
        listed = self._ask("GET", f"sites/{self._site}/releases")
        trial = self._ask(
            "POST", f"sites/{self._site}/releases", json=self._wish(bundle, is_trial=True)
        )
        upload = self._missing(bundle, trial["missing"])
        live = next((one for one in listed["items"] if one["is_live"]), None)
        where = _home_of(trial["url"])
        return Plan(
            title=where or f"A new site at {urlsplit(self._url).netloc}",
            upload=tuple(in_sending_order(upload)),
            unchanged=len(bundle.files) - len(upload),
            present=live["files"] if live else 0,
            url=where,
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        del plan
        begun = self._ask(
            "POST",
            f"sites/{self._site}/releases",
            json=self._wish(bundle, is_trial=False),
            headers={"idempotency-key": uuid.uuid4().hex},
        )
        self._release = str(begun["id"])
        upload = self._missing(bundle, begun["missing"])
        send_all(in_sending_order(upload), self._send, report)
        report("Making the release live")
        self._ask("POST", f"sites/{self._site}/releases/{self._release}/finish")
        return Published(url=_home_of(begun["url"]), release=self._release, sent=len(upload))

    def fetch(self, published: Published, path: str) -> Served | None:
        return fetch_served(published.url, path) if published.url else None

    def list_releases(self) -> list[Release]:
        self._find_site()
        listed = self._ask("GET", f"sites/{self._site}/releases")
        return [
            Release(
                id=one["id"],
                made_at=one["made_at"],
                is_live=one["is_live"],
                url=listed["url"] if one["is_live"] else None,
                note=f"preview {one['preview']}" if one["preview"] else one["origin"],
            )
            for one in listed["items"]
        ]

    def roll_back(self, release: str) -> Published:
        self._find_site()
        self._ask("POST", f"sites/{self._site}/releases/{quote(release, safe='')}/live")
        listed = self._ask("GET", f"sites/{self._site}/releases")
        return Published(url=_home_of(listed["url"]), release=release)

    def _wish(self, bundle: Bundle, *, is_trial: bool) -> dict[str, Any]:
        files = {
            path: {"digest": self._digests[path], "size": file.size}
            for path, file in bundle.files.items()
        }
        wish: dict[str, Any] = {"files": files, "is_trial": is_trial}
        return wish if self._preview is None else wish | {"preview": self._preview}

    def _missing(self, bundle: Bundle, digests: Iterable[str]) -> list[SiteFile]:
        """Return one file for each digest."""
        by_digest = {self._digests[path]: file for path, file in bundle.files.items()}
        return [by_digest[digest] for digest in digests]

    def _send(self, file: SiteFile) -> None:
        path = f"sites/{self._site}/releases/{self._release}/files/{self._digests[file.path]}"
        self._api.request("PUT", path, content=file.read())

    def _find_site(self) -> None:
        """Learn the id of the site with our key; without a key the account must have just one."""
        if self._site:
            return
        found: list[dict[str, Any]] = []
        after: str | None = None
        for _page in range(_PAGES_OF_SITES):
            query = {"limit": "100"} | ({"after": after} if after else {})
            page = self._ask("GET", "sites", params=query)
            found += page["items"]
            after = page["next"]
            if after is None:
                break
        fitting = [one for one in found if self._key in {None, one["key"]}]
        if len(fitting) != 1:
            raise TargetRefused(self._why(len(found)), hint='Run "4site link" in your repository.')
        self._site = str(fitting[0]["id"])

    def _why(self, sites: int) -> str:
        if self._key is not None:
            return f"The account of {TOKEN} has no site with the key {self._key} at {self._url}."
        return (
            f"The account of {TOKEN} has {sites} sites at {self._url}, and service.site_key"
            " does not say which one is meant."
        )

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            return self._api.request(method, path, **options).json()
        except RefusedAnswer as error:
            if error.status == 409 and "hosts no sites" in error.message:
                raise TargetRefused(
                    f"The service at {self._url} hosts no sites.",
                    hint="Its operator has to set FOURSITE_SITES_HOST; publish to another target.",
                ) from error
            raise
        except ValueError as error:
            raise TargetUnreachable(
                f"{self._url} does not answer as a 4site service does.",
                hint="Check the address after service: or service.url.",
            ) from error


def _read_address(destination: Destination) -> tuple[str, str | None]:
    """Return the address of the service and the site's key, which the configuration may name."""
    text = destination.address.strip()
    if text.startswith("//"):
        text = f"https:{text}"
    url = (text or destination.service_url or "").rstrip("/")
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or "@" in parts.netloc:
        raise UsageError(
            f"{url!r} is not the address of a service." if url else "No service to publish to.",
            hint="Say --to service:https://SERVICE, or service.url in 4site.toml.",
        )
    return url, destination.site_key


def _home_of(url: str | None) -> str | None:
    return None if url is None else url.rstrip("/")


def _digest_of(file: SiteFile) -> str:
    return hashlib.sha256(file.read()).hexdigest()
