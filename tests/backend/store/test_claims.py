"""What is stored the first time alone says so, on each database."""

from __future__ import annotations

from backend.actions.context import Context
from backend.domain.actors import owner_of
from backend.domain.idempotency import Kept
from backend.domain.referrals import Basis, Referral
from backend.store import idempotency, referrals
from backend.store.tables.base import TENANT
from tests.support.service import add_account


def test_a_key_is_claimed_once(any_context: Context) -> None:
    actor = owner_of(TENANT, add_account(any_context))
    now = any_context.clock.now()
    kept = Kept(key="k", route="POST /sites", digest="d", status=None, body="", began_at=now)
    answers = []
    for _ in range(2):
        with any_context.database.transaction() as session:
            answers.append(idempotency.claim(session, actor, kept, now))
    assert answers == [True, False]


def test_the_first_attribution_is_the_one_that_counts(any_context: Context) -> None:
    first, second, new = (add_account(any_context) for _ in range(3))
    now = any_context.clock.now()
    answers = []
    for referrer in (first, second):
        referral = Referral(
            tenant=TENANT,
            referred=new,
            referrer=referrer,
            code="ada",
            basis=Basis.TYPED,
            touched_at=None,
            signed_up_at=now,
        )
        with any_context.database.transaction() as session:
            answers.append(referrals.insert_referral(session, referral))
    assert answers == [True, False]
