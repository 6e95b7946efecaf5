"""What reviewers read before they decide, and what owners are told meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.accounts import Person
from backend.domain.actors import Actor, Role
from backend.domain.fraud_cases import Case, CaseKind, CaseState
from backend.domain.fraud_rules import RuleBook
from backend.domain.instants import HOUR, MINUTE, Instant
from backend.domain.people import mask_person
from backend.store import accounts, fraud, fraud_shares, sites
from backend.store.database import Session
from backend.store.tables.base import TENANT

CASES_A_PAGE = 200
SIMILAR = 10
ALIKE = 0.5
"""Above what part of their rules in common two cases are similar."""
MINUTES_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom and what a case is about; the owner's address is masked unless an administrator asks."""

    owner: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case of the queue."""

    case: Case
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteOfShares:
    """One minute of a site: when it began, its shares, and those of them that the case holds."""

    at: Instant
    every: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything about a case: earlier ones of the owner, and similar ones of others."""

    case: Case
    subject: Subject
    minutes: tuple[MinuteOfShares, ...]
    earlier: tuple[Listed, ...]
    similar: tuple[Listed, ...]
    book: RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much of an owner's waits for a review."""

    shares: int
    referrals: int

    @property
    def words(self) -> str:
        """Return what the owner is told; '' when nothing waits."""
        parts = [
            f"{number:,} {one if number == 1 else one + 's'}"
            for number, one in ((self.shares, "share"), (self.referrals, "referral"))
            if number
        ]
        if not parts:
            return ""
        verb = "waits" if self.shares + self.referrals == 1 else "wait"
        return f"{' and '.join(parts)} {verb} for a review"


def list_queue(context: Context, actor: Actor) -> list[Listed]:
    """Return the open cases, the gravest first and of these the oldest."""
    return _list(context, actor, CaseState.OPEN, lambda case: (-case.score, case.opened_at))


def list_others(context: Context, actor: Actor, state: CaseState) -> list[Listed]:
    """Return the newest cases that were only noted, or were decided."""
    return _list(context, actor, state, lambda case: (-case.updated_at, 0))


def read_case(context: Context, actor: Actor, case_id: str) -> CaseFile:
    """Return everything about a case. Raises Forbidden and NotFound."""
    actor.needs_role(Role.REVIEWER)
    with context.database.reading() as session:
        case = fraud.get_case(session, TENANT, case_id)
        own = fraud.list_of_account(session, TENANT, case.account)
        recent = fraud.list_cases(session, TENANT, tuple(CaseState), limit=CASES_A_PAGE)
        names: dict[str, Subject] = {}
        return CaseFile(
            case=case,
            subject=_subject(session, actor, case, names),
            minutes=_read_minutes(session, case),
            earlier=_listed(session, actor, [one for one in own if one.id != case.id], names),
            similar=_listed(session, actor, _find_similar(case, recent), names),
            book=fraud.read_book(session, TENANT),
        )


def count_waiting(context: Context, actor: Actor) -> int:
    """Return how many cases wait for a decision."""
    actor.needs_role(Role.REVIEWER)
    with context.database.reading() as session:
        return fraud.count_open(session, TENANT)


def read_waiting(context: Context, actor: Actor) -> Waiting:
    """Return how many of the actor's own shares and referrals wait."""
    with context.database.reading() as session:
        held = fraud.count_own_waiting(session, actor)
    return Waiting(shares=held.get(CaseKind.SHARES, 0), referrals=held.get(CaseKind.REFERRALS, 0))


def _list(
    context: Context, actor: Actor, state: CaseState, key: Callable[[Case], tuple[int, int]]
) -> list[Listed]:
    actor.needs_role(Role.REVIEWER)
    with context.database.reading() as session:
        found = fraud.list_cases(session, TENANT, (state,), limit=CASES_A_PAGE)
        return list(_listed(session, actor, sorted(found, key=key), {}))


def _listed(
    session: Session, actor: Actor, cases: list[Case], names: dict[str, Subject]
) -> tuple[Listed, ...]:
    return tuple(Listed(case=case, subject=_subject(session, actor, case, names)) for case in cases)


def _subject(session: Session, actor: Actor, case: Case, names: dict[str, Subject]) -> Subject:
    key = case.site or case.account
    if key not in names:
        owner = accounts.find_account(session, case.tenant, case.account)
        person = owner.person if owner else None
        title = "Referrals"
        if case.site is not None:
            site = sites.find_site(session, case.tenant, case.site)
            title = site.title if site else "a removed site"
        names[key] = Subject(
            owner=_name(actor, person) if person else "a closed account",
            site=title,
        )
    return names[key]


def _name(actor: Actor, person: Person) -> str:
    return person.address.email if actor.role is Role.ADMIN else mask_person(person)


def _find_similar(case: Case, others: Sequence[Case]) -> list[Case]:
    """Return cases of other people that have most of their rules in common, the nearest first."""
    alike = {
        one.id: len(one.rules & case.rules) / len(one.rules | case.rules)
        for one in others
        if one.account != case.account and one.rules
    }
    found = [one for one in others if alike.get(one.id, 0) > ALIKE]
    return sorted(found, key=lambda one: -alike[one.id])[:SIMILAR]


def _read_minutes(session: Session, case: Case) -> tuple[MinuteOfShares, ...]:
    """Return the minutes around the beginning of a case, quiet ones too."""
    if case.site is None:
        return ()
    first = Instant((case.opened_at - HOUR // 4) // MINUTE * MINUTE)
    last = Instant(first + MINUTES_SHOWN * MINUTE - 1)
    found = fraud_shares.count_by_minute(session, case, first=first, last=last)
    minutes = []
    for minute in range(first // MINUTE, first // MINUTE + MINUTES_SHOWN):
        every, held = found.get(minute, (0, 0))
        minutes.append(MinuteOfShares(at=Instant(minute * MINUTE), every=every, held=held))
    return tuple(minutes)
