"""Referrals that may not be what they seem. Source: the rules, "Fraud".

Only referrals that nobody has decided about yet are looked at: what a person cleared or confirmed
is not asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.domain import fraud_rules as names
from backend.domain.fraud import Signal, Verdict, signal_of
from backend.domain.fraud_rules import RuleBook
from backend.domain.instants import DAY, HOUR, Instant

SIGN_UPS_LOOKED_AT = 1_000
"""How many of a referrer's newest sign-ups are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """A referred account. `network` and `instruments` are keyed hashes, '' or none if unknown.

    `of_referrer` are those of the instruments that the referrer pays with, too. `is_refunded` says
    that something of what it paid was given back.
    """

    referred: str
    at: Instant
    has_published: bool
    has_converted: bool
    is_refunded: bool
    network: str = ""
    instruments: frozenset[str] = frozenset()
    of_referrer: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """The verdict on a referrer, and the referred accounts that it is about."""

    verdict: Verdict
    suspects: frozenset[str]


_Found = tuple[dict[str, int], Sequence[SignUp]] | None
_Look = Callable[[Sequence[SignUp], Mapping[str, int], Instant], _Found]


def judge_referrals(sign_ups: Sequence[SignUp], book: RuleBook, now: Instant) -> Suspicion:
    """Return what a referrer's sign-ups, the oldest first, look like at `now`."""
    signals: list[Signal] = []
    suspects: set[str] = set()
    for name, look in _LOOKS.items():
        rule = book.rules[name]
        found = look(sign_ups, rule.limits, now) if rule.weight else None
        if found is not None:
            evidence, about = found
            signals.append(signal_of(rule, book, **evidence))
            suspects |= {one.referred for one in about}
    return Suspicion(
        verdict=Verdict(signals=tuple(signals), high=book.high), suspects=frozenset(suspects)
    )


def find_one_network(
    sign_ups: Sequence[SignUp], limits: Mapping[str, int], _now: Instant
) -> _Found:
    """At least 5 sign-ups, more than 60 % of them from one network. Networks are known for a day
    or two.
    """
    known = [one for one in sign_ups if one.network]
    if len(known) < limits["least_sign_ups"]:
        return None
    network, most = Counter(one.network for one in known).most_common(1)[0]
    if most < limits["least_sign_ups"] or most * 100 <= len(known) * limits["above_percent"]:
        return None
    about = [one for one in known if one.network == network]
    return {"sign_ups": len(known), "from_one_network": most}, about


def find_one_instrument(
    sign_ups: Sequence[SignUp], limits: Mapping[str, int], _now: Instant
) -> _Found:
    """At least 2 accounts that paid with the same instrument; the referrer's own is one of them."""
    uses = Counter(instrument for one in sign_ups for instrument in one.instruments)
    uses.update(frozenset[str]().union(*(one.of_referrer for one in sign_ups)))
    shared = {name for name, number in uses.items() if number >= max(2, limits["least_accounts"])}
    about = [one for one in sign_ups if one.instruments & shared]
    if not about:
        return None
    own = sum(bool(one.of_referrer & shared) for one in about)
    evidence = {"accounts": len(about), "instruments": len(shared), "of_the_referrer": own}
    return evidence, about


def find_refunds(sign_ups: Sequence[SignUp], limits: Mapping[str, int], _now: Instant) -> _Found:
    """More than 30 % of at least 4 conversions were refunded; all of them are in question."""
    converted = [one for one in sign_ups if one.has_converted]
    refunded = sum(one.is_refunded for one in converted)
    if len(converted) < limits["least_conversions"]:
        return None
    if refunded * 100 <= len(converted) * limits["above_percent"]:
        return None
    return {"conversions": len(converted), "refunded": refunded}, converted


def find_never_published(
    sign_ups: Sequence[SignUp], limits: Mapping[str, int], now: Instant
) -> _Found:
    """At least 10 sign-ups within 24 hours, of which after a week fewer than a tenth published."""
    ripe = [one for one in sign_ups if one.at <= now - limits["after_days"] * DAY]
    least, first = limits["least_sign_ups"], 0
    best: Sequence[SignUp] = ()
    for last, one in enumerate(ripe):
        while ripe[first].at <= one.at - limits["within_hours"] * HOUR:
            first += 1
        if last - first + 1 > len(best):
            best = ripe[first : last + 1]
    idle = [one for one in best if not one.has_published]
    published = len(best) - len(idle)
    if len(best) < least or published * 100 >= len(best) * limits["below_percent"]:
        return None
    return {"sign_ups": len(best), "published": published}, idle


_LOOKS: dict[str, _Look] = {
    names.ONE_NETWORK: find_one_network,
    names.ONE_INSTRUMENT: find_one_instrument,
    names.REFUNDS: find_refunds,
    names.NEVER_PUBLISHED: find_never_published,
}
