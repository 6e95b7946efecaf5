"""Who brought whom is a forest, and every referral's times can be: what `check` asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.checking import Difference
from backend.domain.instants import Instant
from backend.domain.referrals import TOUCH_WINDOW, Basis, Referral


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A referral with the times at which both of its people signed up.

    `is_loop` says that following referrers from here comes back here.
    """

    referral: Referral
    referrer_joined_at: Instant
    referred_joined_at: Instant
    is_loop: bool


def compare_branch(branch: Branch) -> Iterator[Difference]:
    """Compare a referral with the rules: an earlier referrer, no loop, times in their order."""
    referral = branch.referral
    wrong = {
        "referral.referrer": (
            branch.is_loop or branch.referrer_joined_at > branch.referred_joined_at,
            "a referrer who signed up before, and no loop",
        ),
        "referral.signed_up_at": (
            referral.signed_up_at != branch.referred_joined_at,
            "when the account was made",
        ),
        "referral.touched_at": (
            not _is_attributable(referral),
            "a touch within the 30 days before, or a typed code",
        ),
        "referral.activated_at": (
            _is_before(referral.activated_at, referral.signed_up_at),
            "not before the sign-up",
        ),
        "referral.converted_at": (
            _is_before(referral.converted_at, referral.signed_up_at),
            "not before the sign-up",
        ),
        "referral.churned_at": (
            referral.churned_at is not None
            and (referral.converted_at is None or referral.churned_at < referral.converted_at),
            "not before the conversion",
        ),
    }
    for what, (is_wrong, computed) in wrong.items():
        if is_wrong:
            stored = getattr(referral, what.removeprefix("referral."))
            yield Difference(
                what=what,
                where=f"account {referral.referred}",
                stored=str(stored),
                computed=computed,
            )


def _is_attributable(referral: Referral) -> bool:
    if referral.touched_at is None:
        return referral.basis is Basis.TYPED
    return 0 <= referral.signed_up_at - referral.touched_at <= TOUCH_WINDOW


def _is_before(at: Instant | None, other: Instant) -> bool:
    return at is not None and at < other
