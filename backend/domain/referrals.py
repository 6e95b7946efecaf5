"""Referrals: codes, who brought whom, and what became of it. Source: the rules, "Referrals".

Everything follows from times that are facts and from the clock; the time at which a fact is
worked on never matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from backend.domain.instants import DAY, Instant
from backend.errors import Invalid

TOUCH_WINDOW = 30 * DAY
"""How long after the click a sign-up is still due to it."""
PENDING_LIFETIME = 90 * DAY
"""How long a referral may stay pending before it is expired."""
HOLD = 30 * DAY
"""How long a conversion is held before it counts towards a milestone."""
MILESTONES = (1, 10, 50, 100, 500)
"""Conversions that survived their hold, at which something is granted."""
CUSTOM_CODES = 5
"""Custom codes of one account; all stay, so that printed links go on working."""
CODE_CHARACTERS = range(4, 25)

_CUSTOM_CODE = re.compile(r"[A-Z2-9]+(?:-[A-Z2-9]+)*")
_RESERVED = frozenset({
    "ABOUT", "ACCOUNT", "ADMIN", "API", "BILLING", "DASHBOARD", "FOURSITE", "FREE", "HELP", "LOGIN",
    "LOGOUT", "MAIL", "OFFICIAL", "PRICING", "ROOT", "SECURITY", "SETTINGS", "SHOWCASE", "SIGN-IN",
    "SIGN-UP", "SIGNIN", "SIGNUP", "STAFF", "STATUS", "SUPPORT", "SYSTEM", "TEAM", "TEST", "WIDGET",
})  # fmt: skip


class ReferralState(StrEnum):
    PENDING = "pending"
    ACTIVATED = "activated"
    CONVERTED = "converted"
    CHURNED = "churned"
    EXPIRED = "expired"


class Basis(StrEnum):
    """What an attribution rests on."""

    TYPED = "typed"
    CLICK = "click"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Somebody followed a referral link; it is kept in their browser alone."""

    code: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A code that says who brought somebody: followed or typed in `at` that time.

    `email_key` is that of the referrer, `joined_at` when the referrer signed up.
    """

    code: str
    basis: Basis
    at: Instant
    referrer: str
    email_key: str | None
    joined_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Who brought whom, and when what followed happened. Written once, at sign-up."""

    tenant: str
    referred: str
    referrer: str
    code: str
    basis: Basis
    touched_at: Instant | None
    signed_up_at: Instant
    activated_at: Instant | None = None
    converted_at: Instant | None = None
    churned_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralCode:
    """One of an account's codes; `is_custom` ones were chosen by their owner."""

    code: str
    is_custom: bool
    created_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneProgress:
    """The milestones reached, and how many conversions the next one is away; None past the last."""

    converted: int
    reached: tuple[int, ...]
    next: int | None
    missing: int


def fold_code(text: str) -> str:
    """Return a code as it is stored: in capitals, so that nobody has to mind them.

    Letters beyond ASCII stay as they are: some of them have capitals that ASCII has too.
    """
    code = text.strip()
    return code.upper() if code.isascii() else code


def read_custom_code(text: str) -> str:
    """Return a code that an owner chose, in capitals. Raises Invalid when it may not be one."""
    code = fold_code(text)
    if len(code) not in CODE_CHARACTERS or not _CUSTOM_CODE.fullmatch(code):
        raise Invalid(
            "A code has 4 to 24 characters: A to Z, 2 to 9, and single hyphens between them.",
            field="code",
            hint="0 and 1 are left out because they look like O and I.",
        )
    if code in _RESERVED:
        raise Invalid(f"The code {code} is reserved.", field="code", hint="Choose another one.")
    return code


def choose_claim(
    claims: Iterable[Claim], *, account: str, email_key: str, signed_up_at: Instant
) -> Claim | None:
    """Return the claim that a sign-up is due to, whatever order they come in; None for none.

    A typed code beats a click, the later click beats the earlier, and a click counts for 30 days.
    Nobody refers themselves, and a referrer signed up before the referred.
    """
    standing = [
        claim
        for claim in claims
        if claim.referrer != account
        and claim.email_key != email_key
        and claim.joined_at <= signed_up_at
        and 0 <= signed_up_at - claim.at <= TOUCH_WINDOW
    ]
    return max(
        standing, key=lambda claim: (claim.basis is Basis.TYPED, claim.at, claim.code), default=None
    )


def state_of(referral: Referral, now: Instant) -> ReferralState:
    """Return the state at `now`; facts later than `now` have not happened yet.

    What comes after 90 days pending comes too late: expired is final, like churned.
    """
    deadline = referral.signed_up_at + PENDING_LIFETIME
    steps = [at for at in (referral.activated_at, referral.converted_at) if at is not None]
    first_step = min(steps, default=None)
    if first_step is None or first_step > now or first_step >= deadline:
        return ReferralState.PENDING if now < deadline else ReferralState.EXPIRED
    if referral.converted_at is None or referral.converted_at > now:
        return ReferralState.ACTIVATED
    if referral.churned_at is None or referral.churned_at > now:
        return ReferralState.CONVERTED
    return ReferralState.CHURNED


def has_survived(referral: Referral, now: Instant) -> bool:
    """Tell whether the referral's conversion has stood for the 30 days of its hold."""
    if referral.converted_at is None:
        return False
    held_until = Instant(referral.converted_at + HOLD)
    is_standing = state_of(referral, held_until) is ReferralState.CONVERTED
    return held_until <= now and is_standing


def milestone_progress(converted: int) -> MilestoneProgress:
    """Return where `converted` conversions that survived their hold stand."""
    following = next((milestone for milestone in MILESTONES if milestone > converted), None)
    return MilestoneProgress(
        converted=converted,
        reached=tuple(milestone for milestone in MILESTONES if milestone <= converted),
        next=following,
        missing=0 if following is None else following - converted,
    )


def k_factor(*, sign_ups: int, active: int) -> Fraction | None:
    """Return sign-ups attributed to a set of users ÷ users of that set who were active.

    Exact; None when nobody was active.
    """
    return Fraction(sign_ups, active) if active else None
