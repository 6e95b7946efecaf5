"""The log's published files, proofs and pages."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.transparency import find_checkpoint, integrate, verifier_of
from backend.app import create_app
from backend.domain.checkpoints import open_checkpoint
from backend.domain.merkle import leaf_hash
from backend.domain.proofs import continues, includes
from backend.domain.signed_notes import parse_verifier
from tests.support.transparency import book_sales

OWNER = "0123456789abcdef" * 2


@pytest.fixture
def client(context: Context) -> TestClient:
    book_sales(context, 300, owner=OWNER)
    integrate(context)
    return TestClient(create_app(context), follow_redirects=False)


def test_checkpoint_and_key_are_short_texts_for_every_origin(
    client: TestClient, context: Context
) -> None:
    answer = client.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=2"
    assert answer.headers["access-control-allow-origin"] == "*"
    key = parse_verifier(client.get("/log/vkey").text)
    assert key == verifier_of(context)
    assert open_checkpoint(answer.text, key).size == 300


def test_full_tiles_never_change_and_partial_ones_may(client: TestClient) -> None:
    full, partial = client.get("/log/tile/0/000"), client.get("/log/tile/0/001.p/44")
    assert full.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in partial.headers["cache-control"]
    assert (len(full.content), len(partial.content)) == (256 * 32, 44 * 32)
    assert full.headers["access-control-allow-origin"] == "*"
    assert full.headers["content-type"] == "application/octet-stream"
    entries = client.get("/log/tile/entries/001.p/44").content
    first = entries[2 : 2 + int.from_bytes(entries[:2], "big")]
    assert json.loads(first)["seq"] == 256
    assert leaf_hash(first) == partial.content[:32]


@pytest.mark.parametrize(
    "path",
    ["tile/0/001", "tile/0/001.p/45", "tile/0/x", "tile/0/x000/000", "tile/entries/002.p/1",
     "tile/7/000", "proof/300", "proof/-1", "proof/x", "proof/9999999999999999999999", "entry/300",
     "entry/%D9%A3"],
)  # fmt: skip
def test_what_the_log_does_not_have_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"/log/{path}").status_code == 404


def test_a_proof_shows_its_leaf_under_the_signed_root(client: TestClient, context: Context) -> None:
    proof = client.get("/log/proof/123").json()
    signed = open_checkpoint(proof["checkpoint"], verifier_of(context))
    hashes = [bytes.fromhex(each) for each in proof["hashes"]]
    leaf = leaf_hash(proof["leaf"].encode())
    assert leaf.hex() == proof["leaf_hash"]
    assert includes(leaf, 123, signed.size, hashes, signed.root)
    assert OWNER not in json.dumps(proof)


def test_consistency_is_proved_between_any_two_sizes(client: TestClient, context: Context) -> None:
    before = find_checkpoint(context)
    book_sales(context, 33, owner=OWNER, first=300)
    integrate(context)
    shown = client.get("/log/consistency", params={"from": 300}).json()
    assert (shown["from"], shown["to"]) == (300, 333)
    hashes = [bytes.fromhex(each) for each in shown["hashes"]]
    assert continues(300, before.root, 333, find_checkpoint(context).root, hashes)
    assert client.get("/log/consistency", params={"from": 300, "to": 301}).json()["to"] == 301


@pytest.mark.parametrize("query", ["", "from=x", "from=2&to=1", "from=1&to=301", "from=-1"])
def test_sizes_that_are_none_are_bad_requests(client: TestClient, query: str) -> None:
    answer = client.get(f"/log/consistency?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_before_the_first_checkpoint_the_log_says_so(context: Context) -> None:
    client = TestClient(create_app(context))
    for path in ("checkpoint", "proof/0", "consistency?from=0", ""):
        answer = client.get(f"/log/{path}")
        assert answer.status_code == 404
        assert "no checkpoint yet" in answer.text


def test_the_page_shows_what_was_signed_and_leads_to_entries(
    client: TestClient, context: Context
) -> None:
    page = client.get("/log/").text
    assert find_checkpoint(context).root.hex() in page
    assert str(verifier_of(context)).split("+")[1] in page
    assert '<a href="/log/entry/299">299</a>' in page
    assert "4site verify http://127.0.0.1:8000" in page
    assert client.get("/log/?entry=17").headers["location"] == "/log/entry/17"
    assert client.get("/log").headers["location"] == "/log/"
    integrate(context)


def test_an_entrys_page_climbs_from_its_text_to_the_root(client: TestClient) -> None:
    proof = client.get("/log/proof/123").json()
    page = client.get("/log/entry/123").text
    for each in [proof["leaf_hash"], *proof["hashes"], proof["root"]]:
        assert f'title="{each}"' in page
    assert "Cash taken by hand" in page
    assert ">29.00<" in page
    assert ">5.80<" in page
    assert OWNER not in page
    assert 'href="/log/entry/122"' in page
    assert 'href="/log/entry/124"' in page
    assert "<script>" not in page


def test_an_empty_log_has_a_page_too(context: Context) -> None:
    integrate(context)
    assert "The log is empty so far." in TestClient(create_app(context)).get("/log/").text
