"""Grants rewards, each once, and takes back the money of those whose conversions were taken back.

All of it happens under the ledger's lock, so that nothing is granted twice however many ask.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.actions.notifying import notify
from backend.actions.subscriptions import grant_months, grant_until
from backend.domain.actors import Actor, Scope, owner_of
from backend.domain.earnings import move
from backend.domain.instants import Instant, from_datetime, to_datetime
from backend.domain.ledger import Entry, EntryKind, Posting, own
from backend.domain.news import of_grant
from backend.domain.rewards import (
    CURRENCY,
    HOLD,
    REWARDS,
    Facts,
    Flag,
    Grant,
    Reached,
    Reward,
    RewardKind,
    commission_of,
    entry_key,
    find_reached,
    flags_of,
    held_of,
    is_upheld,
    tier_above,
    value_of,
    words_of,
)
from backend.domain.subscriptions import Entitlement
from backend.domain.tiers import Tier
from backend.store import accounts, commissions, holds, ledger, reward_facts, rewards
from backend.store.database import Session
from backend.store.tables.base import TENANT

REFERRERS_AT_ONCE = 200
SOURCE = "reward"
_LOG = structlog.get_logger("rewards")


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardProgress:
    """How far an account is on the way to a reward that it does not have."""

    reward: Reward
    value: int
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardReport:
    """What an account was granted and what it can get, as its facts say; `usable` of its credits
    count by now.
    """

    grants: tuple[Grant, ...]
    progress: tuple[RewardProgress, ...]
    flags: frozenset[Flag]
    credits: int
    usable: int
    facts: Facts


def grant_rewards(context: Context, account: str) -> tuple[Grant, ...]:
    """Give an account what it has reached and does not have, and return that.

    Any number of callers at once give each reward once. Nothing for an account that is closed.
    """
    actor = owner_of(TENANT, account)
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        found = accounts.find_account(session, TENANT, account)
        if found is None or not found.is_open:
            return ()
        now = context.clock.now()
        facts = reward_facts.read_facts(session, TENANT, [account], now)[account]
        grants = rewards.list_own(session, actor)
        for grant in grants:
            _correct(session, context, actor, grant, facts)
        known = {grant.key for grant in grants}
        made = [
            given
            for reward in REWARDS.values()
            if reward.key not in known and (reached := find_reached(reward, facts, now))
            if (given := _give(session, context, actor, reward, reached))
        ]
    for grant in made:
        context.live.publish(f"account:{account}", {"reward": grant.key})
    return tuple(made)


def grant_all(context: Context) -> int:
    """Do the same for everybody who brought somebody, and return how many rewards were given.

    It runs every hour. Only where something is due the ledger is locked.
    """
    given, after = 0, ""
    while True:
        now = context.clock.now()
        with context.database.reading() as session:
            page = reward_facts.list_referrers(
                session, TENANT, after=after, limit=REFERRERS_AT_ONCE
            )
            facts = reward_facts.read_facts(session, TENANT, page, now)
            grants = rewards.list_of_accounts(session, TENANT, page)
        for account in page:
            if _is_due(facts[account], grants.get(account, ()), now):
                given += len(grant_rewards(context, account))
        if len(page) < REFERRERS_AT_ONCE:
            return given
        after = page[-1]


def read_rewards(context: Context, actor: Actor) -> RewardReport:
    """Return what the actor was granted, and how far they are with the rest. Raises Forbidden."""
    actor.needs(Scope.REFERRALS_READ)
    now = context.clock.now()
    with context.database.reading() as session:
        grants = rewards.list_own(session, actor)
        facts = reward_facts.read_facts(session, TENANT, [actor.account], now)[actor.account]
        credits = credit_balance(session, actor.account)
    known = {grant.key for grant in grants}
    return RewardReport(
        grants=tuple(grants),
        progress=tuple(
            RewardProgress(reward=reward, value=value_of(reward, facts), depth=facts.depth)
            for reward in REWARDS.values()
            if reward.key not in known
        ),
        flags=flags_of(grants),
        credits=credits,
        usable=max(0, credits - held_of(grants, now)),
        facts=facts,
    )


def credit_balance(session: Session, account: str) -> int:
    """Return an account's credits, those that cannot be used yet among them."""
    return -ledger.find_balance(session, TENANT, own("credit", account), CURRENCY)


def _is_due(facts: Facts, grants: Sequence[Grant], now: Instant) -> bool:
    known = {grant.key for grant in grants}
    return any(
        reward.key not in known and find_reached(reward, facts, now) for reward in REWARDS.values()
    ) or any(_target(grant, facts) != grant.booked for grant in grants)


def _give(
    session: Session, context: Context, actor: Actor, reward: Reward, reached: Reached
) -> Grant | None:
    """Give a reward; None when its money is beyond the month's budget: it waits for the next."""
    now = context.clock.now()
    tier = _tier_given(session, actor, reward)
    credits = reward.credits or (reward.credits_instead if reward.tier_up and not tier else 0)
    cents = reward.cents or credits
    if reward.kind is RewardKind.MILESTONE and _is_over_budget(session, context, cents):
        _LOG.warning("rewards_over_budget", reward=reward.key, cents=cents)
        return None
    grant = Grant(
        account=actor.account,
        key=reward.key,
        kind=reward.kind,
        at=reached.at,
        granted_at=now,
        evidence=reached.evidence,
        until=Instant(now + reward.tier_up) if tier else None,
        cents=cents,
        usable_at=Instant(now + HOLD) if cents else None,
    )
    if not rewards.add_grant(session, TENANT, grant):
        return None
    notify(session, context, [of_grant(grant)])
    key = f"{SOURCE}:{reward.key}"
    if tier:
        entitlement = Entitlement(tier=tier, until=grant.until, source=SOURCE)
        grant_until(session, actor, key=key, entitlement=entitlement, now=now)
    if reward.months:
        grant_months(
            session,
            actor,
            key=key,
            tier=Tier.PRO,
            source=SOURCE,
            months=reward.months,
            now=now,
        )
    return _book(session, context, actor, grant, cents)


def _tier_given(session: Session, actor: Actor, reward: Reward) -> Tier | None:
    """Return the tier that a reward lifts to, None when it lifts none."""
    return tier_above(accounts.get_own(session, actor).tier) if reward.tier_up else None


def _is_over_budget(session: Session, context: Context, cents: int) -> bool:
    today = to_datetime(context.clock.now())
    first = datetime.datetime(today.year, today.month, 1, tzinfo=datetime.UTC)
    spent = rewards.sum_granted(session, TENANT, RewardKind.MILESTONE, from_datetime(first))
    return cents > 0 and spent + cents > context.settings.rewards_budget * 100


def _correct(session: Session, context: Context, actor: Actor, grant: Grant, facts: Facts) -> None:
    """Let the money of a reward follow its conversions. Credits that were used already stay; money
    that was paid out already is owed back.
    """
    target = _target(grant, facts)
    if target < grant.booked and not grant.is_paid_out:
        target = max(target, grant.booked - credit_balance(session, actor.account))
    _book(session, context, actor, grant, target)


def _target(grant: Grant, facts: Facts) -> int:
    reward = REWARDS.get(grant.key)
    return grant.cents if reward is None or is_upheld(reward, facts) else 0


def _book(session: Session, context: Context, actor: Actor, grant: Grant, target: int) -> Grant:
    """Book what a grant's money lacks to `target`, and return it as it is then."""
    amount = target - grant.booked
    if not amount:
        return grant
    after = replace(grant, booked=target, revision=grant.revision + 1)
    is_first = grant.revision == 0
    entry = Entry(
        kind=EntryKind.REWARD,
        key=entry_key(after, after.revision),
        at=grant.at if is_first else context.clock.now(),
        postings=[
            Posting(account="rewards", currency=CURRENCY, amount=amount),
            *_for_owner(session, after, amount),
        ],
        ref=grant.key,
        reverses=None if is_first else _first_entry(session, grant),
        facts={"reward": grant.key, "because": words_of(grant.evidence)},
    )
    post(session, context, [entry])
    rewards.save_booked(session, actor, after)
    return after


def _for_owner(session: Session, grant: Grant, amount: int) -> list[Posting]:
    """Return the postings on the owner's side: of a commission, which is stored, or of credits."""
    if not grant.is_paid_out:
        return [Posting(account=own("credit", grant.account), currency=CURRENCY, amount=-amount)]
    known = commissions.list_of_payment(session, TENANT, grant.payment)
    before = known[0] if known else None
    is_held = grant.account in holds.find_held(session, TENANT, [grant.account])
    after = commission_of(grant, before, is_held=is_held)
    commissions.save(session, TENANT, [after])
    return move(before, after)


def _first_entry(session: Session, grant: Grant) -> int:
    key = entry_key(grant, 1)
    return ledger.find_keys(session, TENANT, [key])[key][0]
