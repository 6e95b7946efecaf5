"""Cloudflare Pages by direct upload: files go into its store, then a deployment names them all.

Nobody sees a deployment before it is whole, so the old site stays as it is until then.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from generator.errors import (
    CredentialsMissing,
    PublishError,
    PublishRefused,
    TargetRefused,
    UsageError,
)
from generator.publish.bundle import Bundle, SiteFile, in_sending_order
from generator.publish.http import Api, RefusedAnswer, choose_base_url, fetch_served
from generator.publish.target import Destination, Plan, Published, Release, Report, Served
from generator.publish.targets.cloudflare_answers import (
    AccountsAnswer,
    Deployment,
    DeploymentAnswer,
    DeploymentsAnswer,
    LogsAnswer,
    Project,
    ProjectAnswer,
)
from generator.publish.targets.cloudflare_assets import AssetStore, hash_asset
from generator.publish.vendors import credential, read_answer, wait_for

TITLE = "Cloudflare Pages"
FILE_BYTES = 25 * 1024 * 1024
"""The largest file that Pages takes. Source: its documentation, "Limits"."""
RELEASES = 25
_API = "https://api.cloudflare.com/client/v4"
_HINT = 'Make a token with the right "Cloudflare Pages: Edit" and set CLOUDFLARE_API_TOKEN.'
_PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,57}")
_RULES = ("_headers", "_redirects")
_CODE = frozenset({"_worker.js", "_routes.json"})
"""Names that Pages takes for programs of the project: a site of ours never brings one."""


def make_target(destination: Destination, *, pause: float | None = None) -> CloudflarePages:
    """Return the target; `pause` is the first wait in seconds before a request is repeated."""
    if not _PROJECT.fullmatch(destination.address):
        raise UsageError(
            f"{destination.address!r} is no name of a Cloudflare Pages project.",
            hint="Say --to cloudflare-pages:PROJECT: small letters, digits and hyphens.",
        )
    token = credential(destination.environ, "CLOUDFLARE_API_TOKEN", hint=_HINT)
    api = Api(
        TITLE,
        choose_base_url(destination.environ, "CLOUDFLARE_API_BASE_URL", _API),
        headers={"authorization": f"Bearer {token}"},
        first_wait=pause,
    )
    return CloudflarePages(destination, api, pause=0.5 if pause is None else pause)


class CloudflarePages:
    """One project of an account: its production branch, or the branch that a preview is named
    after.
    """

    def __init__(self, destination: Destination, api: Api, *, pause: float) -> None:
        self._name, self._preview = destination.address, destination.preview
        self._url = None if destination.preview else destination.url
        self._account = destination.environ.get("CLOUDFLARE_ACCOUNT_ID", "").strip()
        self._api, self._pause = api, pause
        self._keys: dict[str, str] = {}
        self._store: AssetStore | None = None

    def plan(self, bundle: Bundle) -> Plan:
        project = self._find_project()
        self._check_place(project)
        store = AssetStore(api=self._api, token_path=f"{self._path}/upload-token")
        files = [file for path, file in bundle.files.items() if path not in _RULES]
        check_sizes(files, store.files_limit())
        self._store = store
        self._keys = {file.path: hash_asset(file.read(), file.path) for file in files}
        missing = store.find_missing(list(dict.fromkeys(self._keys.values())))
        # Files with the same content and extension are one to the store, and are sent once.
        first = {self._keys[file.path]: file for file in reversed(in_sending_order(files))}
        upload = in_sending_order(file for key, file in first.items() if key in missing)
        return Plan(
            title=f"{TITLE}, project {self._name}",
            upload=tuple(upload),
            unchanged=len(files) - len(upload),
            url=self._url or self._site_url(project),
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        if self._store is None:
            raise RuntimeError("a plan comes before its apply")
        project = self._find_project()
        live = project.canonical_deployment
        if not (self._preview or plan.upload) and live and live.is_of(_message(bundle)):
            return Published(url=plan.url, release=live.id, notes=("The site is live already.",))
        sent = self._store.upload(((self._keys[file.path], file) for file in plan.upload), report)
        notes = self._remember(self._store)
        deployment = self._deploy(bundle, self._preview or project.production_branch)
        report("Waiting for the deployment")
        done = wait_for(TITLE, lambda: self._ask_if_done(deployment.id), pause=self._pause)
        url = plan.url or next(iter(done.aliases or ()), done.url)
        return Published(url=url, release=done.id, sent=sent, notes=notes)

    def fetch(self, published: Published, path: str) -> Served | None:
        return fetch_served(published.url, path) if published.url else None

    def list_releases(self) -> list[Release]:
        project = self._find_project()
        found = self._api.request(
            "GET",
            f"{self._path}/deployments",
            params={"env": "production", "per_page": str(RELEASES)},
        )
        live = project.canonical_deployment
        return [
            Release(
                id=each.id,
                made_at=each.created_on,
                is_live=live is not None and each.id == live.id,
                url=each.url,
                note="" if each.latest_stage.is_success else each.latest_stage.status,
            )
            for each in read_answer(TITLE, found, DeploymentsAnswer).result
        ]

    def roll_back(self, release: str) -> Published:
        project = self._find_project()
        path = f"{self._path}/deployments/{quote(release, safe='')}/rollback"
        done = read_answer(TITLE, self._api.request("POST", path), DeploymentAnswer).result
        return Published(url=self._url or self._site_url(project), release=done.id)

    @property
    def _path(self) -> str:
        account = quote(self._account, safe="")
        return f"/accounts/{account}/pages/projects/{self._name}"

    def _find_project(self) -> Project:
        self._account = self._account or self._find_account()
        try:
            return read_answer(TITLE, self._api.request("GET", self._path), ProjectAnswer).result
        except RefusedAnswer as error:
            if error.status != 404:
                raise
            raise TargetRefused(
                f"There is no Cloudflare Pages project {self._name} in account {self._account}.",
                hint="Check the name and CLOUDFLARE_ACCOUNT_ID, or create the project first:"
                " wrangler pages project create",
            ) from error

    def _find_account(self) -> str:
        """Return the account of the token when there is just one."""
        found = read_answer(TITLE, self._api.request("GET", "/accounts"), AccountsAnswer).result
        if len(found) != 1:
            raise CredentialsMissing(
                f"CLOUDFLARE_ACCOUNT_ID is not set, and the token sees {len(found)} accounts.",
                hint="Set it to the account that the project is in.",
            )
        return found[0].id

    def _check_place(self, project: Project) -> None:
        if self._preview and self._preview == project.production_branch:
            raise PublishRefused(
                f"{self._preview} is the production branch of {self._name}, no preview.",
                hint="Name the preview otherwise, or leave --preview out.",
            )
        source = project.source
        if not self._preview and source and source.config.production_deployments_enabled:
            raise PublishRefused(
                f"{self._name} is built from its repository {source.config.repo_name}:"
                " the next push would replace what is published.",
                hint="Turn off its automatic production deployments, or name another project.",
            )

    def _site_url(self, project: Project) -> str | None:
        """Return where the site is; a preview's address is known only when it is made."""
        if self._preview or not project.subdomain:
            return None
        return f"https://{project.subdomain}"

    def _remember(self, store: AssetStore) -> tuple[str, ...]:
        try:
            store.remember(list(dict.fromkeys(self._keys.values())))
        except PublishError:
            return ("Cloudflare did not note which files are in use: the next run may send more.",)
        return ()

    def _deploy(self, bundle: Bundle, branch: str) -> Deployment:
        manifest = {f"/{path}": key for path, key in self._keys.items()}
        parts: list[tuple[str, tuple[str | None, bytes]]] = [
            ("manifest", (None, msgspec.json.encode(manifest))),
            ("branch", (None, branch.encode())),
            ("commit_message", (None, _message(bundle).encode())),
        ]
        rules = [bundle.files[name] for name in _RULES if name in bundle.files]
        parts += [(file.path, (file.path, file.read())) for file in rules]
        answer = self._api.request("POST", f"{self._path}/deployments", files=parts)
        return read_answer(TITLE, answer, DeploymentAnswer).result

    def _ask_if_done(self, deployment: str) -> Deployment | None:
        path = f"{self._path}/deployments/{deployment}"
        found = read_answer(TITLE, self._api.request("GET", path), DeploymentAnswer).result
        stage = found.latest_stage
        if stage.status in {"failure", "canceled"}:
            said = self._last_log_line(path)
            raise TargetRefused(
                f"Cloudflare Pages did not finish deployment {deployment}"
                f" ({stage.name}: {stage.status}){f': {said}' if said else ''}.",
                hint="The site that was live still is. Look at the project, then publish again.",
            )
        return found if stage.is_success else None

    def _last_log_line(self, path: str) -> str:
        with contextlib.suppress(PublishError):
            answer = self._api.request("GET", f"{path}/history/logs")
            lines = read_answer(TITLE, answer, LogsAnswer).result.data
            return lines[-1].line.strip().rstrip(".")[:300] if lines else ""
        return ""


def check_sizes(files: Iterable[SiteFile], limit: int) -> None:
    """Refuse what Pages would not take, before anything is sent."""
    count = 0
    for count, file in enumerate(files, 1):  # noqa: B007  counted, too
        if file.size > FILE_BYTES:
            raise PublishRefused(
                f"{file.path} has {file.size / 1024**2:.1f} MiB; Cloudflare Pages takes 25 MiB.",
                hint="Make it smaller, or link to it where it is.",
            )
        if file.path in _CODE or file.path.startswith("_worker.js/"):
            raise PublishRefused(
                f"Cloudflare Pages would run {file.path} as a program.",
                hint="Rename the file, or choose another target.",
            )
    if count > limit:
        raise PublishRefused(
            f"The site has {count} files; this account's Cloudflare Pages take {limit}.",
            hint="A paid plan takes more.",
        )


def _message(bundle: Bundle) -> str:
    """Return the line that the project's dashboard shows, by which a live site is known again."""
    return f"4site {bundle.digest}"
