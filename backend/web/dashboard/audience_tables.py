"""The tables of an audience: names that views were counted by, revenue, months of sign-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend.domain.audience import Audience, NamedCount, SourceRevenue
from backend.domain.cohorts import PAYING_AFTER, Cohort
from backend.domain.comparison import compare
from backend.domain.money import Money
from backend.domain.referrals import Basis
from backend.domain.sources import REST, UNKNOWN, SourceKind
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.audience_words import describe, shared_host
from backend.web.dashboard.panels import Panel
from backend.web.dashboard.tables import Column, Table, Value

_NAMES = {
    SourceKind.REFERRER: ("referrers", "Where they came from", "Referrer"),
    SourceKind.PAGE: ("pages", "What they read", "Page"),
    SourceKind.COUNTRY: ("countries", "Countries", "Country"),
    SourceKind.DEVICE: ("devices", "Devices", "Device"),
}
_REVENUE = (
    Column(key="source", words="How they came"),
    Column(key="payments", words="Payments", is_number=True),
    Column(key="revenue", words="Revenue", is_number=True),
    Column(key="before", words="Before", is_number=True),
    Column(key="change", words="Change", is_number=True),
)
_COHORTS = (
    Column(key="month", words="Signed up in"),
    Column(key="signed_up", words="Signed up", is_number=True),
    Column(key="activated", words="Published a site", is_number=True),
    Column(key="converted", words="Paid", is_number=True),
    *(
        Column(
            key=f"paying_after_{months}",
            words=f"{months} month{'' if months == 1 else 's'}",
            is_number=True,
        )
        for months in PAYING_AFTER
    ),
)


def list_names(found: Audience) -> tuple[Panel, ...]:
    """Return a panel for each kind of names that views are counted by."""
    host = shared_host([one.name for one in found.names[SourceKind.PAGE]])
    return tuple(
        Panel(
            title=title,
            table=_table_of(name, words, kind, found.names[kind], host),
            note="views",
        )
        for kind, (name, title, words) in _NAMES.items()
    )


def list_revenue(now: Sequence[SourceRevenue], before: Sequence[SourceRevenue]) -> Panel:
    """Return what referred people paid by how they came; every currency by itself."""
    earlier = {_source(one): one for one in before}
    nothing = {source: (one.currency, 0, 0) for source, one in earlier.items()}
    current = {_source(one): (one.currency, one.payments, one.minor) for one in now}
    rows: list[tuple[Value, ...]] = []
    raw: list[tuple[Value, ...]] = []
    for source, (currency, payments, minor) in (nothing | current).items():
        then = earlier[source].minor if source in earlier else 0
        words = _name_source(*source)
        rows.append(
            (
                words,
                payments,
                write_amount(minor, currency),
                write_amount(then, currency),
                write_change(minor, then),
            )
        )
        raw.append(
            (
                words,
                payments,
                str(Money(minor=minor, currency=currency)),
                str(Money(minor=then, currency=currency)),
                change_percent(minor, then),
            )
        )
    return Panel(
        title="What referred people paid",
        table=Table(name="revenue", columns=_REVENUE, rows=tuple(rows), raw=tuple(raw)),
        note="net of tax and refunds, by how they came to sign up",
        empty="Nobody who signed up through you paid in these days.",
    )


def list_cohorts(cohorts: Iterable[Cohort]) -> Panel:
    """Return referred people by the month of their sign-up."""
    rows = tuple(
        (
            f"{cohort.month:%Y-%m}",
            cohort.signed_up,
            cohort.activated,
            cohort.converted,
            *(f"{paying} of {due}" if due else None for paying, due in cohort.paying),
        )
        for cohort in cohorts
    )
    return Panel(
        title="Referred people, by month of sign-up",
        table=Table(name="cohorts", columns=_COHORTS, rows=rows),
        note="and how many still pay so many months after they first did",
        empty="Nobody signed up through you in these twelve months.",
    )


def write_change(now: int, before: int) -> str | None:
    """Return a change in words: `+12 %`, `new`, None without one."""
    change = compare(max(now, 0), max(before, 0))
    if change.percent is None:
        return "new" if now else None
    sign = "+" if change.is_more else "−" if change.is_less else "±"
    return f"{sign}{change.percent:,}\N{NO-BREAK SPACE}%"


def change_percent(now: int, before: int) -> int | None:
    """Return the same for programs: whole percent, None without a number to compare with."""
    change = compare(max(now, 0), max(before, 0))
    if change.percent is None:
        return None
    return -change.percent if change.is_less else change.percent


def _table_of(
    name: str,
    words: str,
    kind: SourceKind,
    counts: Sequence[NamedCount],
    host: str,
) -> Table:
    columns = (
        Column(key="name", words=words),
        Column(key="views", words="Views", is_number=True),
        Column(key="before", words="Before", is_number=True),
        Column(key="change", words="Change", is_number=True),
    )
    raw_names = {REST: "(others)", UNKNOWN: "(unknown)"}
    return Table(
        name=name,
        columns=columns,
        rows=tuple(
            (
                describe(kind, one.name, host),
                f"{one.count:,}",
                f"{one.before:,}",
                write_change(one.count, one.before),
            )
            for one in counts
        ),
        raw=tuple(
            (
                raw_names.get(one.name, one.name),
                one.count,
                one.before,
                change_percent(one.count, one.before),
            )
            for one in counts
        ),
    )


_Source = tuple[Basis, str | None, str]


def _source(one: SourceRevenue) -> _Source:
    return (one.basis, one.site, one.currency)


def _name_source(basis: Basis, site: str | None, _currency: str) -> str:
    if basis is Basis.TYPED:
        return "Typed your code"
    return f"Followed the link of {site}" if site else "Followed your link"
