"""Sending the files of a release: streamed, bounded, checked, and only by its owner."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from backend.actions.context import Context
from backend.actions.manifests import blobs_of
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.store.tables.base import TENANT
from tests.support.hosting import hosted
from tests.support.http_service import serve_app
from tests.support.service import add_account, add_site

CONTENT = b"<!doctype html><title>Long</title>" + bytes(200_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
FILES = {"index.html": {"digest": DIGEST, "size": len(CONTENT)}}


class Client:
    """Ann's program, and what it knows."""

    def __init__(self, url: str, context: Context) -> None:
        self.context = context
        self.ann = owner_of(TENANT, add_account(context))
        self.site, _key = add_site(context, self.ann.account)
        made = make_token(context, self.ann, name="all", scopes=list(Scope))
        weak = make_token(context, self.ann, name="weak", scopes=[Scope.SITES_READ])
        bob = owner_of(TENANT, add_account(context))
        other = make_token(context, bob, name="all", scopes=list(Scope))
        self.tokens = {"ann": made.secret, "weak": weak.secret, "bob": other.secret, "none": "x"}
        self.base = f"{url}/api/v1/sites/{self.site}/releases"

    def begin(self) -> str:
        answer = httpx.post(self.base, json={"files": FILES}, headers=self.headers())
        assert (answer.status_code, answer.json()["missing"]) == (201, [DIGEST])
        return str(answer.json()["id"])

    def put(
        self, release: str, content: bytes, *, digest: str = DIGEST, who: str = "ann"
    ) -> httpx.Response:
        url = f"{self.base}/{release}/files/{digest}"
        return httpx.put(url, content=content, headers=self.headers(who))

    def headers(self, who: str = "ann") -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[who]}"}


@pytest.fixture
def client(any_context: Context) -> Iterator[Client]:
    context = hosted(any_context, release_bytes=1_000_000)
    with serve_app(lambda _url: create_app(context)) as url:
        yield Client(url, context)


def test_a_file_longer_than_other_bodies_is_taken_and_the_release_becomes_live(
    client: Client,
) -> None:
    release = client.begin()
    assert client.put(release, CONTENT).status_code == 204
    done = httpx.post(f"{client.base}/{release}/finish", headers=client.headers())
    assert (done.status_code, done.json()["is_live"]) == (200, True)
    assert client.put(release, CONTENT).status_code == 409


@pytest.mark.parametrize(
    "content", [b"", CONTENT[:-1], CONTENT + b"x", bytes(len(CONTENT))],
    ids=["nothing", "short", "long", "another"],
)  # fmt: skip
def test_what_is_not_the_announced_file_is_refused_and_leaves_nothing(
    client: Client, content: bytes
) -> None:
    release = client.begin()
    assert client.put(release, content).status_code == 400
    folder = client.context.settings.releases_dir / TENANT / client.site
    assert blobs_of(client.context, TENANT, client.site).size(DIGEST) is None
    assert list((folder / "incoming").iterdir()) == []
    done = httpx.post(f"{client.base}/{release}/finish", headers=client.headers())
    assert (done.status_code, done.json()["code"]) == (409, "files_missing")


def test_a_body_over_the_services_bound_is_not_read(client: Client) -> None:
    assert client.put(client.begin(), bytes(1_000_001)).status_code == 413


@pytest.mark.parametrize(("who", "status"), [("none", 401), ("weak", 403), ("bob", 404)])
def test_nobody_else_sends_a_file(client: Client, who: str, status: int) -> None:
    assert client.put(client.begin(), CONTENT, who=who).status_code == status


def test_a_file_that_the_release_does_not_name_is_not_taken(client: Client) -> None:
    release = client.begin()
    other = hashlib.sha256(b"other").hexdigest()
    assert client.put(release, b"other", digest=other).status_code == 404
    assert client.put("0" * 32, CONTENT).status_code == 404
    assert client.put(release, b"x", digest="x").status_code == 400
