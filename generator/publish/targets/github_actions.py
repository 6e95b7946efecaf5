"""GitHub Pages by the deployment API, from a job of GitHub Actions.

Sources: actions/deploy-pages; GitHub's OpenAPI description, `pages/deployments`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from generator.errors import PublishError, TargetRefused, UsageError
from generator.publish.artifact import read_job, upload_artifact
from generator.publish.bundle import Bundle, in_sending_order
from generator.publish.http import Api, RefusedAnswer, choose_base_url, fetch_served
from generator.publish.target import Destination, Plan, Published, Report, Served
from generator.publish.vendors import credential, read_answer, wait_for

TITLE = "GitHub Pages"
LARGEST_BYTES = 1 << 30
"""What GitHub allows a published site. Source: GitHub's documentation, "GitHub Pages limits"."""
FIRST_PAUSE_SECONDS = 1.0
_FAILED = {
    "deployment_failed": "the deployment failed",
    "deployment_content_failed": "the content was refused",
    "deployment_cancelled": "somebody cancelled the deployment",
    "deployment_lost": "the deployment was lost",
}
_OUTSIDE = "This target works inside a job of GitHub Actions; from elsewhere use github-pages."
_NO_ID = "Give the job `permissions: id-token: write`."
_NO_RUNTIME = "GitHub gives it to actions alone: hand it on to the step that publishes."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    html_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deployment:
    id: int | str = ""
    page_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    value: str


def make_target(destination: Destination) -> GitHubActions:
    if destination.address:
        raise UsageError(
            "github-actions publishes to the repository that the job runs for.",
            hint="Say --to github-actions alone.",
        )
    if destination.preview is not None:
        raise UsageError(
            "github-actions makes no previews.", hint="Use github-pages, or another host."
        )
    return GitHubActions(destination)


class GitHubActions:
    """Every deployment is a whole site; GitHub switches to it when it has all of it."""

    def __init__(self, destination: Destination) -> None:
        environ = destination.environ
        self._url = destination.url
        self._version = credential(environ, "GITHUB_SHA", hint=_OUTSIDE)
        slug = credential(environ, "GITHUB_REPOSITORY", hint=_OUTSIDE)
        token = credential(environ, "GITHUB_TOKEN", hint="Set it to ${{ github.token }}.")
        runtime = credential(environ, "ACTIONS_RUNTIME_TOKEN", hint=_NO_RUNTIME)
        asking = credential(environ, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", hint=_NO_ID)
        credential(environ, "ACTIONS_ID_TOKEN_REQUEST_URL", hint=_NO_ID)
        credential(environ, "ACTIONS_RESULTS_URL", hint=_NO_RUNTIME)
        self._job = read_job(runtime)
        self._identity_url = choose_base_url(environ, "ACTIONS_ID_TOKEN_REQUEST_URL", "")
        self._identity = Api(TITLE, "", headers={"authorization": f"Bearer {asking}"})
        results = choose_base_url(environ, "ACTIONS_RESULTS_URL", "")
        self._results = Api("GitHub's artifact service", results,
                            headers={"authorization": f"Bearer {runtime}"})  # fmt: skip
        api = choose_base_url(environ, "GITHUB_API_URL", "https://api.github.com")
        self._api = Api(TITLE, api, headers={
            "authorization": f"Bearer {token}", "accept": "application/vnd.github+json",
            "x-github-api-version": "2022-11-28",
        })  # fmt: skip
        self._pages = f"/repos/{quote(slug)}/pages"

    def plan(self, bundle: Bundle) -> Plan:
        size = sum(file.size for file in bundle.files.values())
        if size > LARGEST_BYTES:
            raise TargetRefused(
                f"The site has {size >> 20} MiB; {TITLE} takes {LARGEST_BYTES >> 20}.",
                hint="Leave large files to a release, or use another host.",
            )
        try:
            found = read_answer(TITLE, self._api.request("GET", self._pages), _Pages)
        except RefusedAnswer as error:
            raise _explain(error) from error
        return Plan(
            title=f"{TITLE} of {self._pages.removeprefix('/repos/').removesuffix('/pages')}",
            upload=tuple(in_sending_order(bundle.files.values())),
            url=self._url or found.html_url or None,
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        report("Packing the site")
        artifact = upload_artifact(self._results, self._job, bundle, report)
        said = self._identity.request("GET", self._identity_url)
        identity = read_answer(TITLE, said, _Identity).value
        deployment = self._deploy(artifact, identity)
        name = str(deployment.id or self._version)
        try:
            wait_for(TITLE, lambda: self._ask(name, report), pause=FIRST_PAUSE_SECONDS)
        except _Failed:
            raise
        except BaseException:
            # Interrupted, or nobody can tell how it went: the old site is to stay.
            with suppress(PublishError):
                self._api.request("POST", f"{self._deployments}/{quote(name, safe='')}/cancel")
            raise
        url = self._url or deployment.page_url or plan.url
        if url and "://" not in url:
            url = f"https://{url}"
        return Published(url=url, release=name[:12], sent=len(plan.upload))

    def fetch(self, published: Published, path: str) -> Served | None:
        return fetch_served(published.url, path) if published.url else None

    @property
    def _deployments(self) -> str:
        return f"{self._pages}/deployments"

    def _deploy(self, artifact: int, identity: str) -> _Deployment:
        body = {
            "artifact_id": artifact,
            "pages_build_version": self._version,
            "oidc_token": identity,
        }
        try:
            said = self._api.request("POST", self._deployments, json=body)
        except RefusedAnswer as error:
            raise _explain(error) from error
        return read_answer(TITLE, said, _Deployment)

    def _ask(self, name: str, report: Report) -> bool | None:
        """Return True when it is done, None while it is not. Raises _Failed when it cannot be."""
        said = self._api.request("GET", f"{self._deployments}/{quote(name, safe='')}")
        status = read_answer(TITLE, said, _Status).status
        if status in _FAILED:
            raise _Failed(
                f"{TITLE}: {_FAILED[status]}.", hint="The old site is whole. Run the job again."
            )
        report(f"{TITLE}: {status.replace('_', ' ')}")
        return True if status == "succeed" else None


class _Failed(TargetRefused):
    """GitHub ended the deployment; there is nothing left to cancel."""


def _explain(error: RefusedAnswer) -> TargetRefused:
    hints = {
        403: "Give the job `permissions: pages: write`.",
        404: "Choose *GitHub Actions* as the source under the repository's Settings, Pages.",
    }
    if error.status not in hints:
        return error
    return TargetRefused(error.message, hint=hints[error.status])
