"""Looks at referrers every hour: what is suspect waits, and so does the money it would bring."""

from __future__ import annotations

import hmac
from dataclasses import replace

from backend.actions.context import Context
from backend.actions.fraud_holds import begin_hold
from backend.domain.fraud_cases import (
    Case,
    CaseKind,
    CaseState,
    follow_referrer,
    name_case,
)
from backend.domain.fraud_referrals import judge_referrals
from backend.domain.fraud_rules import RuleBook
from backend.domain.instants import Instant, day_of
from backend.domain.visitors import SALT_BYTES, network_of
from backend.store import accounts, fraud, fraud_referrals, ledger, reward_facts
from backend.store.database import Session
from backend.store.fraud_referrals import NETWORK, Trace, keep_trace
from backend.store.salts import keep_salt
from backend.store.tables.base import TENANT

REFERRERS_AT_ONCE = 200


def remember_network(context: Context, account: str, address: str) -> None:
    """Remember from which network an account signed up, for as long as the day's salt lives."""
    if not address:
        return
    now = context.clock.now()
    proposed = context.ids.random_bytes(SALT_BYTES)
    with context.database.transaction() as session:
        salt = keep_salt(session, TENANT, day_of(now), proposed)
        value = hmac.digest(salt, network_of(address).encode(), "sha256").hex()[:32]
        trace = Trace(account=account, kind=NETWORK, value=value, at=now)
        keep_trace(session, TENANT, trace)


def watch_referrals(context: Context) -> int:
    """Open a case about each referrer whose sign-ups look wrong; return how many changed."""
    changed, after = 0, ""
    while True:
        now = context.clock.now()
        with context.database.reading() as session:
            book = fraud.read_book(session, TENANT)
            page = reward_facts.list_referrers(
                session, TENANT, after=after, limit=REFERRERS_AT_ONCE
            )
            suspect = [one for one in page if _looks_wrong(session, one, book, now)]
        changed += sum(_open(context, account) for account in suspect)
        if len(page) < REFERRERS_AT_ONCE:
            return changed
        after = page[-1]


def _looks_wrong(session: Session, account: str, book: RuleBook, now: Instant) -> bool:
    sign_ups = fraud_referrals.list_sign_ups(session, TENANT, account)
    return bool(judge_referrals(sign_ups, book, now).verdict.signals)


def _open(context: Context, account: str) -> bool:
    """Write down what is wrong with a referrer's sign-ups, and hold what it would bring."""
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        owner = accounts.find_account(session, TENANT, account)
        if owner is None or not owner.is_open:
            return False
        now = context.clock.now()
        book = fraud.read_book(session, TENANT)
        sign_ups = fraud_referrals.list_sign_ups(session, TENANT, account)
        found = judge_referrals(sign_ups, book, now)
        last = fraud.find_last_of_account(session, TENANT, account)
        case, is_held = follow_referrer(last, found.verdict, _begin(account, now))
        if case is None:
            return False
        if not is_held:
            fraud.save(session, [case])
            return True
        before = last.held if last is not None and last.id == case.id else 0
        fraud.save(session, [case])
        held = fraud.add_referrals(session, case, found.suspects)
        fraud.save(session, [begin_hold(session, context, replace(case, held=held))])
    context.live.publish(f"account:{account}", {"fraud": case.state.value})
    return held != before


def _begin(account: str, now: Instant) -> Case:
    return Case(
        tenant=TENANT,
        id=name_case(TENANT, account, str(now)),
        account=account,
        site=None,
        kind=CaseKind.REFERRALS,
        state=CaseState.NOTED,
        score=0,
        signals=(),
        held=0,
        opened_at=now,
        updated_at=now,
    )
