"""A leaf is canonical JSON, and a commitment an HMAC, though both are written out by hand."""

from __future__ import annotations

import hmac
import json

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical_json import encode
from backend.domain.instants import Instant
from backend.domain.ledger import (
    ACCOUNTS,
    OWNER_ACCOUNTS,
    Entry,
    EntryKind,
    Posting,
    check_entry,
    make_leaf,
    own,
)
from backend.domain.merkle import leaf_hash
from backend.domain.money import CURRENCIES, LARGEST

OWNERS = ["0" * 32, "f" * 32]
accounts = st.sampled_from(sorted(ACCOUNTS)) | st.builds(
    own, st.sampled_from(sorted(OWNER_ACCOUNTS)), st.sampled_from(OWNERS)
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Return an entry that adds up, of pairs of postings."""
    postings = []
    for _ in range(draw(st.integers(1, 4))):
        amount = draw(st.integers(1, LARGEST))
        currency = draw(st.sampled_from(sorted(CURRENCIES)))
        postings += [
            Posting(
                account=draw(accounts),
                currency=currency,
                amount=signed,
                level=draw(st.integers(0, 7)),
                line=draw(st.sampled_from(["", "base", "bonus", "region"])),
            )
            for signed in (amount, -amount)
        ]
    return Entry(
        kind=draw(st.sampled_from(EntryKind)),
        key="key",
        at=Instant(draw(st.integers(0, 4 * 10**15))),
        postings=postings,
    )


@given(entry=entries(), seq=st.integers(0, 10**9), salt=st.binary(min_size=32, max_size=32))
def test_a_leaf_is_canonical_json_and_its_commitments_are_hmacs(
    entry: Entry, seq: int, salt: bytes
) -> None:
    check_entry(entry)
    leaf, digest = make_leaf(entry, seq, dict.fromkeys(OWNERS, salt))
    assert leaf.encode() == encode(json.loads(leaf))
    assert digest == leaf_hash(leaf.encode()).hex()
    body = json.loads(leaf)
    assert list(body) == ["at", "kind", "postings", "seq", "v"]
    for public, posting in zip(body["postings"], entry.postings, strict=True):
        kind, _, owner = posting.account.partition(":")
        message = f"{seq}:{posting.account}".encode()
        assert public == {
            "account": kind,
            "amount": posting.amount,
            "currency": posting.currency,
            **({"level": posting.level} if posting.level else {}),
            **({"line": posting.line} if posting.line else {}),
            **({"owner": hmac.digest(salt, message, "sha256").hex()} if owner else {}),
        }
