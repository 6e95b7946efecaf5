"""What a payout claims: every matured commission that no payout has claimed, of both signs.

Source: the rules, "Commission plans" (a later reversal is repaid by later earnings first; a payout
converts at the stored rate of its day, and the rate is kept on the entry).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend.domain.earnings import Changes, Commission, CommissionState, aggregate, with_state
from backend.domain.exchange import Rates, convert
from backend.domain.instants import Day, Instant, date_of
from backend.domain.ledger import Entry, EntryKind, Posting, own


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLine:
    """What a payout claims of one commission, in minor units; below zero, what it repays."""

    payment: str
    level: int
    line: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """All of one currency that a payout claims, and what that is in the payee's own currency.

    `rate` is exact (`1.0723`, `157.3/1.0723`), '1' within one currency; `day` is that of the rate.
    """

    currency: str
    amount: int
    converted: int
    rate: str
    day: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is to be paid to an owner: `amount` minor units of `currency`."""

    account: str
    currency: str
    amount: int
    parts: tuple[Part, ...]
    lines: tuple[ClaimedLine, ...]


def is_claimable(commission: Commission) -> bool:
    """Tell whether a payout may claim what is outstanding of a commission."""
    if commission.matured_at is None or not commission.outstanding:
        return False
    return commission.outstanding < 0 or not (commission.is_disputed or commission.is_held)


def make_claim(
    account: str, currency: str, commissions: Iterable[Commission], rates: Rates
) -> Claim:
    """Return what a payout in `currency` would claim. Raises RateMissing.

    What is owed back in one currency lowers what is paid of the others, too.
    """
    lines = tuple(
        ClaimedLine(
            payment=one.payment,
            level=one.level,
            line=one.line.value,
            currency=one.currency,
            amount=one.outstanding,
        )
        for one in commissions
        if is_claimable(one)
    )
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.currency] += line.amount
    parts = []
    for source, amount in sorted(sums.items()):
        into = convert(amount, source, currency, rates)
        parts.append(
            Part(
                currency=source,
                amount=amount,
                converted=into.amount,
                rate=into.rate.text,
                day=into.rate.day,
            )
        )
    return Claim(
        account=account,
        currency=currency,
        amount=sum(part.converted for part in parts),
        parts=tuple(parts),
        lines=lines,
    )


def claim(commission: Commission, payout: str) -> Commission:
    """Return a commission all of which a payout has claimed."""
    state = commission.state
    is_new = state is CommissionState.AVAILABLE
    return replace(
        commission,
        settled=commission.booked,
        payout=payout,
        state=CommissionState.IN_PAYOUT if is_new else state,
    )


def give_back(commission: Commission, amount: int, others: Iterable[CommissionState]) -> Commission:
    """Return a commission of which a payout does not pay `amount` after all.

    `others` is what the other payouts that claimed of it say of it: in_payout or paid.
    """
    back = replace(commission, settled=commission.settled - amount)
    state = state_among(others)
    if state is not None:
        return replace(back, state=state)
    return with_state(replace(back, payout=None))


def state_among(payouts: Iterable[CommissionState]) -> CommissionState | None:
    """Return what the payouts that claimed of a commission make of it, None without any."""
    known = set(payouts)
    if CommissionState.IN_PAYOUT in known:
        return CommissionState.IN_PAYOUT
    return CommissionState.PAID if CommissionState.PAID in known else None


def claim_entry(payout: str, made: Claim, changes: Changes, at: Instant) -> Entry:
    """Return the entry of a claim: what stood available, less what is owed back, is on its way."""
    return Entry(
        kind=EntryKind.CLAIM,
        key=f"payout:{payout}:claim",
        at=at,
        ref=payout,
        postings=[*aggregate(changes), *_way(made.account, made.currency, made.amount, made.parts)],
        facts=_facts(made.currency, made.parts),
    )


def return_entry(payout: str, made: Claim, changes: Changes, at: Instant, *, reason: str) -> Entry:
    """Return the entry that gives a claim back, at the very rates that it was made with."""
    way = _way(made.account, made.currency, made.amount, made.parts)
    return Entry(
        kind=EntryKind.PAYOUT_FAILURE,
        key=f"payout:{payout}:return",
        at=at,
        ref=payout,
        postings=[*aggregate(changes), *(replace(one, amount=-one.amount) for one in way)],
        facts={**_facts(made.currency, made.parts), "reason": reason},
    )


def _way(account: str, currency: str, amount: int, parts: Sequence[Part]) -> list[Posting]:
    """Return the postings of money on its way, and of its change from one currency to another."""
    fx: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        if part.currency != currency:
            fx[part.currency] -= part.amount
            fx[currency] += part.converted
    return [
        Posting(account=own("payout", account), currency=currency, amount=-amount),
        *(
            Posting(account="fx", currency=code, amount=change)
            for code, change in sorted(fx.items())
            if change
        ),
    ]


def _facts(currency: str, parts: Sequence[Part]) -> Mapping[str, str]:
    return {
        f"rate {part.currency}-{currency}": f"{part.rate} of {date_of(part.day)}"
        for part in parts
        if part.currency != currency
    }
