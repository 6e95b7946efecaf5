"""The one place that says whose a row is: every owner's query passes through `owned`."""

from __future__ import annotations

from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from backend.domain.actors import Actor
from backend.store.tables.accounts import (
    AccountRow,
    IdempotencyRow,
    PersonRow,
    SessionRow,
    TokenRow,
)
from backend.store.tables.base import Row
from backend.store.tables.billing import CustomerRow, EntitlementRow, SubscriptionRow
from backend.store.tables.builds import BuildLineRow, BuildRow
from backend.store.tables.commissions import CommissionRow
from backend.store.tables.community import (
    BoardPlaceRow,
    ChallengeRow,
    ChoiceRow,
    FollowRow,
    MemberRow,
    TeamRow,
)
from backend.store.tables.disputes import DisputeRow
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.fraud import FraudCaseRow, FraudTraceRow
from backend.store.tables.hosting import DomainRow, HostingRow, ReleaseRow
from backend.store.tables.notifications import NotificationRow, NotificationWayRow, ReaderRow
from backend.store.tables.payouts import PayeeRow, PayoutRow
from backend.store.tables.profiles import HiddenSiteRow, ProfileRow
from backend.store.tables.rates import TaxProfileRow
from backend.store.tables.referrals import CodeRow, ReferralRow, TouchRow
from backend.store.tables.rewards import GrantRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, ShowcaseRow, SiteRow
from backend.store.tables.statistics import SiteSourceRow, SourceDayRow, SourceWeekRow

# The column that names the owner. A referral belongs to whom it may earn something.
_OWNER: dict[type[Row], str] = {
    AccountRow: "id",
    PersonRow: "account",
    SessionRow: "account",
    TokenRow: "account",
    IdempotencyRow: "account",
    CodeRow: "account",
    TouchRow: "account",
    ReferralRow: "referrer",
    GrantRow: "account",
    SiteRow: "account",
    BuildRow: "account",
    TaxProfileRow: "account",
    CommissionRow: "beneficiary",
    CustomerRow: "account",
    SubscriptionRow: "account",
    EntitlementRow: "account",
    PayeeRow: "account",
    PayoutRow: "account",
    DisputeRow: "account",
    FraudCaseRow: "account",
    FraudTraceRow: "account",
    ChoiceRow: "account",
    BoardPlaceRow: "account",
    ChallengeRow: "account",
    TeamRow: "account",
    MemberRow: "account",
    FollowRow: "account",
    NotificationRow: "account",
    NotificationWayRow: "account",
    ReaderRow: "account",
    ProfileRow: "account",
    SourceWeekRow: "account",
}
# Rows that belong to a site, and by way of it to its owner.
_OF_SITE: frozenset[type[Row]] = frozenset(
    {
        ScoreRow,
        FeaturingRow,
        ShowcaseRow,
        EventRow,
        SiteDayRow,
        SourceDayRow,
        SiteSourceRow,
        ShareRow,
        BuildLineRow,
        HostingRow,
        ReleaseRow,
        DomainRow,
        HiddenSiteRow,
    }
)


class _Filtered(Protocol):
    """A select, an update or a delete."""

    def where(self, *conditions: ColumnElement[bool]) -> Self: ...


_S = TypeVar("_S", bound=_Filtered)


def owned(statement: _S, table: type[Row], actor: Actor) -> _S:
    """Return the statement limited to the rows of `table` that are the actor's own.

    A table that nobody declared above is refused: a KeyError in the first test that runs it.
    """
    return statement.where(is_owned(table, actor))


def is_owned(table: type[Row], actor: Actor) -> ColumnElement[bool]:
    """Return the condition behind `owned`, for joins."""
    columns: Any = table
    if table in _OF_SITE:
        own = select(col(SiteRow.id)).where(is_owned(SiteRow, actor))
        return and_(columns.tenant == actor.tenant, columns.site.in_(own))
    owner = getattr(columns, _OWNER[table])
    return and_(columns.tenant == actor.tenant, owner == actor.account)
