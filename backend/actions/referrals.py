"""Referrals: a touch, an attribution at sign-up, what follows, and what a referrer sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.cursors import make_cursor, read_cursor
from backend.domain.instants import Instant
from backend.domain.referrals import (
    CUSTOM_CODES,
    Basis,
    Claim,
    MilestoneProgress,
    Referral,
    ReferralCode,
    ReferralState,
    Touch,
    choose_claim,
    fold_code,
    has_survived,
    milestone_progress,
    read_custom_code,
    state_of,
)
from backend.errors import LimitReached
from backend.ids import new_id
from backend.store import accounts as account_store
from backend.store import referrals
from backend.store.database import Session
from backend.store.referrals import CodeOwner
from backend.store.tables.base import TENANT

REFERRALS_A_PAGE = 100
# What a database may be asked about; anything else is no code of ours.
_CODE_OR_KEY = re.compile(r"[0-9A-Za-z-]{1,32}")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPage:
    """Some referrals with their states; `after` is the cursor of the next page, None at the end."""

    referrals: tuple[tuple[Referral, ReferralState], ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLinks:
    """An owner's codes. `code` is the one shown, `link` leads through it."""

    code: str
    link: str
    codes: tuple[ReferralCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSummary:
    """What became of an owner's links. `code` is the one shown, `link` leads through it.

    `touches` counts followed links, `states` the referrals by what they are now, and `progress`
    the conversions that survived their hold.
    """

    code: str
    link: str
    codes: tuple[ReferralCode, ...]
    touches: int
    states: Mapping[ReferralState, int]
    progress: MilestoneProgress


def touch(context: Context, code_or_key: str) -> Touch | None:
    """Return the touch that following `/r/CODE` is, and record it; None for an unknown code.

    Raises Unavailable when it cannot be looked up or recorded.
    """
    now = context.clock.now()
    owner = _find_owner(context, code_or_key)
    if owner is None:
        return None
    with context.database.transaction() as session:
        referrals.insert_touch(session, TENANT, new_id(context.ids, now), owner, now)
    return Touch(code=owner.code, at=now)


def find_touch(context: Context, code_or_key: str) -> Touch | None:
    """Return the same without recording it: for visitors who want no trace."""
    owner = _find_owner(context, code_or_key)
    return None if owner is None else Touch(code=owner.code, at=context.clock.now())


def attribute(  # noqa: PLR0913  what a sign-up knows of how it came about, each named
    session: Session,
    *,
    account: str,
    email_key: str,
    code: str | None,
    is_typed: bool,
    touch: Touch | None,
    now: Instant,
) -> Referral | None:
    """Say who brought a new account, within the transaction of its sign-up.

    `code` was typed in, or came with the link of a visitor who wants no cookie; `touch` is what
    the browser carries. Returns None when nobody brought it. The first attribution is final: an
    account that has one, or that has brought somebody already, gets no other.
    """
    if referrals.has_referred(session, TENANT, account):
        return None
    claims = []
    if code:
        basis = Basis.TYPED if is_typed else Basis.CLICK
        claims.append(_find_claim(session, code, basis, now))
    if touch is not None:
        # Processes' clocks differ by a little; a touch is never later than its sign-up.
        claims.append(_find_claim(session, touch.code, Basis.CLICK, Instant(min(touch.at, now))))
    claim = choose_claim(
        [found for found in claims if found is not None],
        account=account,
        email_key=email_key,
        signed_up_at=now,
    )
    if claim is None:
        return None
    referral = Referral(
        tenant=TENANT,
        referred=account,
        referrer=claim.referrer,
        code=claim.code,
        basis=claim.basis,
        touched_at=claim.at if claim.basis is Basis.CLICK else None,
        signed_up_at=now,
    )
    return referral if referrals.insert_referral(session, referral) else None


def activate(session: Session, account: str, now: Instant) -> Referral | None:
    """Note that `account` published its first site. Changes nothing when it is too late."""
    referral = referrals.lock_referral(session, TENANT, account)
    if referral is None or referral.activated_at is not None:
        return referral
    if state_of(referral, now) is ReferralState.EXPIRED:
        return referral
    return _save(session, replace(referral, activated_at=now))


def convert(session: Session, account: str, now: Instant) -> Referral | None:
    """Note that `account` paid its first invoice. Changes nothing when it is too late."""
    referral = referrals.lock_referral(session, TENANT, account)
    if referral is None or referral.converted_at is not None:
        return referral
    if state_of(referral, now) is ReferralState.EXPIRED:
        return referral
    return _save(session, replace(referral, converted_at=now))


def churn(session: Session, account: str, now: Instant) -> Referral | None:
    """Note that the last subscription of `account` ended."""
    referral = referrals.lock_referral(session, TENANT, account)
    if referral is None or state_of(referral, now) is not ReferralState.CONVERTED:
        return referral
    return _save(session, replace(referral, churned_at=now))


def resume(session: Session, account: str) -> Referral | None:
    """Note that `account` has a subscription, so that it has not churned, whatever came before."""
    referral = referrals.lock_referral(session, TENANT, account)
    if referral is None or referral.churned_at is None:
        return referral
    return _save(session, replace(referral, churned_at=None))


def claim_code(context: Context, actor: Actor, code: str) -> ReferralCode:
    """Give the actor a code of their choice, which is the one shown from now on.

    Claiming one's own code again only shows it. Raises Invalid for what cannot be a code,
    Conflict when somebody has it, LimitReached past five custom codes.
    """
    wanted = read_custom_code(code)
    now = context.clock.now()
    with context.database.transaction() as session:
        referrals.lock_account(session, actor)
        own = {known.code: known for known in referrals.list_codes(session, actor)}
        if wanted not in own:
            if sum(known.is_custom for known in own.values()) >= CUSTOM_CODES:
                raise LimitReached(
                    f"You have {CUSTOM_CODES} codes of your own choice, which is all there can be.",
                    hint="All of them go on working.",
                )
            referrals.insert_custom_code(session, actor, wanted, now)
            own[wanted] = ReferralCode(code=wanted, is_custom=True, created_at=now)
        account = account_store.get_own(session, actor)
        account_store.set_shown_code(session, account, wanted)
    return own[wanted]


def list_referrals(
    context: Context, actor: Actor, *, after: str | None = None, limit: int = 20
) -> ReferralPage:
    """Return a page of whom the actor brought, the newest first.

    `after` is the cursor of an earlier page. Raises Invalid when it is none.
    """
    size = max(1, min(limit, REFERRALS_A_PAGE))
    now = context.clock.now()
    place = None if after is None else read_cursor(after)
    with context.database.reading() as session:
        found = referrals.list_referrals(session, actor, after=place, limit=size + 1)
    shown = found[:size]
    return ReferralPage(
        referrals=tuple((referral, state_of(referral, now)) for referral in shown),
        after=make_cursor(shown[-1].signed_up_at, shown[-1].referred)
        if len(found) > size
        else None,
    )


def list_links(context: Context, actor: Actor) -> ReferralLinks:
    """Return the actor's codes and the link that shows the newest of them."""
    with context.database.reading() as session:
        account = account_store.get_own(session, actor)
        codes = referrals.list_codes(session, actor)
    return ReferralLinks(
        code=account.code,
        link=f"{context.settings.base_url}/r/{account.code}",
        codes=tuple(codes),
    )


def referral_summary(context: Context, actor: Actor) -> ReferralSummary:
    """Return what became of the actor's links, as of now."""
    now = context.clock.now()
    with context.database.reading() as session:
        account = account_store.get_own(session, actor)
        codes = referrals.list_codes(session, actor)
        touches = referrals.count_touches(session, actor)
        found = referrals.list_referrals(session, actor, after=None, limit=None)
    states = Counter(state_of(referral, now) for referral in found)
    return ReferralSummary(
        code=account.code,
        link=f"{context.settings.base_url}/r/{account.code}",
        codes=tuple(codes),
        touches=touches,
        states={state: states[state] for state in ReferralState},
        progress=milestone_progress(sum(has_survived(referral, now) for referral in found)),
    )


def _find_owner(context: Context, code_or_key: str) -> CodeOwner | None:
    """Return whose a code is; a site's key stands for its owner's code."""
    if not _CODE_OR_KEY.fullmatch(code_or_key):
        return None
    with context.database.reading() as session:
        owner = referrals.find_key_owner(session, TENANT, code_or_key)
        return owner or referrals.find_code_owner(session, TENANT, fold_code(code_or_key))


def _find_claim(session: Session, code: str, basis: Basis, at: Instant) -> Claim | None:
    if not _CODE_OR_KEY.fullmatch(code.strip()):
        return None
    owner = referrals.find_code_owner(session, TENANT, fold_code(code))
    if owner is None:
        return None
    return Claim(
        code=owner.code,
        basis=basis,
        at=at,
        referrer=owner.account,
        email_key=owner.email_key,
        joined_at=owner.joined_at,
    )


def _save(session: Session, referral: Referral) -> Referral:
    referrals.save_progress(session, referral)
    return referral
