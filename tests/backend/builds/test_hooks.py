"""GitHub's webhook: who may ask for a build by it, and what it asks for."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from starlette.testclient import TestClient

from backend.actions.builds import list_builds, start_build
from backend.actions.context import Context
from backend.actions.hooks import secret_of
from backend.app import create_app
from backend.domain.actors import Actor
from backend.domain.builds import BuildCause, BuildState
from backend.web.middleware import HOOK_BYTES
from tests.support.builds import add_built_site
from tests.support.git_repositories import make_repository
from tests.support.github_answers import Answers, FakeRepository
from tests.support.hosting import hosted
from tests.support.openapi import ABSENT, load_description

REPOSITORY = "https://github.com/Ada/Lantern"
COMMIT = "a10867b14bb761a232cd80139fbd4c0d33264240"
NOWHERE = "0" * 40
Site = tuple[Actor, str, str]


@pytest.fixture
def context(any_context: Context) -> Context:
    return hosted(any_context)


@pytest.fixture
def site(context: Context) -> Site:
    return add_built_site(context, REPOSITORY)


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    yield TestClient(create_app(context))


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Make a push to `Ada/Lantern` with everything that GitHub sends."""
    git = make_repository(tmp_path_factory.mktemp("git") / "lantern")
    git.commit({"README.md": "# Lantern\n"})
    repo = FakeRepository(owner="Ada", name="Lantern", git=git)
    repository = Answers(repo=repo, base="https://github.com").repository()

    def make(
        ref: str = "refs/heads/main", after: str = COMMIT, **of_repository: object
    ) -> dict[str, Any]:
        deleted = after == NOWHERE
        return {
            "ref": ref,
            "before": "b" * 40,
            "after": after,
            "created": False,
            "deleted": deleted,
            "forced": False,
            "base_ref": None,
            "compare": "https://github.com/Ada/Lantern/compare/b...a",
            "commits": [],
            "head_commit": None,
            "pusher": {"name": "ada", "email": "ada@example.org"},
            "repository": {**repository, "default_branch": "main", **of_repository},
        }

    return make


def send(
    client: TestClient,
    context: Context,
    site: Site,
    body: object,
    *,
    event: str = "push",
    delivery: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    signature: str | None = None,
    as_form: bool = False,
) -> httpx2.Response:
    raw = json.dumps(body).encode() if not isinstance(body, bytes) else body
    kind = "application/json"
    if as_form:
        raw, kind = (
            urlencode({"payload": raw.decode()}).encode(),
            "application/x-www-form-urlencoded",
        )
    secret = secret_of(context, site[1]).encode()
    made = f"sha256={hmac.new(secret, raw, hashlib.sha256).hexdigest()}"
    headers = {
        "content-type": kind,
        "x-github-event": event,
        "x-github-delivery": delivery,
        "x-hub-signature-256": made if signature is None else signature,
    }
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    return client.post(f"/hooks/github/{site[2]}", content=raw, headers=encoded)


def builds_of(context: Context, site: Site) -> list[tuple[str, str, str | None]]:
    page = list_builds(context, site[0], site[1])
    return [(build.cause.value, build.state.value, build.commit) for build in page.builds]


def test_the_payload_of_these_tests_is_as_github_describes_it(
    payload: Callable[..., dict[str, Any]],
) -> None:
    from jsonschema import Draft4Validator  # noqa: PLC0415 - only this test

    description = load_description()
    if description is None:
        pytest.skip(ABSENT)
    schema = description.schema_of("webhook-push")
    problems = [error.message for error in Draft4Validator(schema).iter_errors(payload())]
    assert problems == []
    assert {"ref", "after", "deleted", "repository"} <= set(schema["required"])
    inner = schema["properties"]["repository"]
    assert {"full_name", "default_branch"} <= set(inner["required"])


@pytest.mark.parametrize("as_form", [False, True])
def test_a_push_to_the_default_branch_queues_a_build(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
    as_form: bool,
) -> None:
    answer = send(client, context, site, payload(), as_form=as_form)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert builds_of(context, site) == [("push", "queued", COMMIT)]


def test_the_signature_is_githubs_own_example() -> None:
    made = hmac.new(b"It's a Secret to Everybody", b"Hello, World!", hashlib.sha256).hexdigest()
    assert made == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "é"])
def test_who_does_not_know_the_secret_gets_nothing(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
    signature: str,
) -> None:
    answer = send(client, context, site, payload(), signature=signature)
    assert answer.status_code == 403
    assert builds_of(context, site) == []


def test_the_secret_of_one_site_is_not_that_of_another(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
) -> None:
    other = add_built_site(context, REPOSITORY)
    stolen = (site[0], other[1], site[2])
    assert send(client, context, stolen, payload()).status_code == 403
    assert len({secret_of(context, one) for one in (site[1], other[1])}) == 2


def test_one_delivery_is_one_build(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
) -> None:
    first, again = (send(client, context, site, payload()).json() for _ in range(2))
    assert first == again
    assert len(builds_of(context, site)) == 1


def test_a_newer_push_takes_the_place_of_one_that_waits(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
) -> None:
    start_build(context, site[0], site[1], cause=BuildCause.BUTTON)
    send(client, context, site, payload(), delivery="delivery-1")
    send(client, context, site, payload(after="c" * 40), delivery="delivery-2")
    assert builds_of(context, site) == [
        ("push", "queued", "c" * 40),
        ("push", "cancelled", COMMIT),
        ("button", "cancelled", None),
    ]
    replaced = list_builds(context, site[0], site[1]).builds[1]
    assert (replaced.state, replaced.reason) == (
        BuildState.CANCELLED,
        "A newer push took its place.",
    )


@pytest.mark.parametrize(
    "case",
    [
        ("ping", {}, "it is a ping: the webhook works"),
        ("issues", {}, "only pushes are built"),
        ("push", {"ref": "refs/heads/other"}, "only pushes to main are built"),
        ("push", {"ref": "refs/tags/main"}, "only pushes to main are built"),
        ("push", {"after": NOWHERE}, "the branch was deleted"),
    ],
)
def test_anything_else_is_acknowledged_and_ignored(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
    case: tuple[str, dict[str, str], str],
) -> None:
    event, change, reason = case
    answer = send(client, context, site, payload(**change), event=event)
    assert (answer.status_code, answer.json()) == (202, {"ignored": reason})
    assert builds_of(context, site) == []


def test_a_push_to_another_repository_is_refused(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
) -> None:
    answer = send(client, context, site, payload(full_name="Eve/Lantern"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert builds_of(context, site) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"ref": 1, "after": 2}', b'{"ref": "\\ud800"}'],
)
def test_what_is_no_push_is_refused(
    client: TestClient, context: Context, site: Site, body: bytes
) -> None:
    assert send(client, context, site, body).status_code == 400


def test_a_delivery_has_an_id_and_a_bound(
    client: TestClient,
    context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
) -> None:
    assert send(client, context, site, payload(), delivery="").status_code == 400
    assert send(client, context, site, b" " * (HOOK_BYTES + 1)).status_code == 413
    big = payload() | {"commits": ["x" * 100_000]}
    assert send(client, context, site, big).status_code == 202


def test_an_unknown_site_and_a_service_without_hosting_say_so(
    client: TestClient,
    context: Context,
    any_context: Context,
    site: Site,
    payload: Callable[..., dict[str, Any]],
) -> None:
    nobody = (site[0], site[1], "nobodysSiteKey")
    assert send(client, context, nobody, payload()).status_code == 404
    without = TestClient(create_app(any_context))
    answer = send(without, any_context, site, payload())
    assert (answer.status_code, "hosts no sites" in answer.text) == (409, True)
