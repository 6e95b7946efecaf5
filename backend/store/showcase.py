"""Places in the showcase, kept in the order they are shown.

Leans on `ix_showcase_order` (tenant, rank_score, rank_shares, published_at, site), on
`ix_showcase_until` and on the primary key (tenant, site).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Insert,
    Select,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.showcase import Listing, Rank, ShowcaseCard, ShowcaseFilter
from backend.domain.standing import Standing
from backend.domain.tiers import Tier
from backend.store.bulk import is_among
from backend.store.scores import FIRST, SiteRef, select_of_sites
from backend.store.tables.accounts import AccountRow
from backend.store.tables.sites import ScoreRow, ShowcaseRow, SiteRow


def place(session: Session, standings: Iterable[Standing], now: Instant) -> None:
    """Give each site the place that its standing has at `now`, or take the place away.

    The standings are saved already; what a card shows of the site itself is copied anew. The
    caller holds the sites' locks.
    """
    connection = session.connection()
    sites: dict[tuple[str, _Change], list[str]] = {}
    for standing in standings:
        change = _Change.of(standing.listing(now))
        sites.setdefault((standing.tenant, change), []).append(standing.site)
    for (tenant, change), some in sites.items():
        values: dict[str, object] = {"of_tenant": tenant, "of_sites": some}
        if change is _Change.TAKE_AWAY:
            connection.execute(_TAKE_AWAY, values)
        else:
            put = _put(connection.dialect.name, has_end=change is _Change.LIST_FOR_A_TIME)
            connection.execute(put, values | {"at": now})


class _Change(Enum):
    """What becomes of a place."""

    TAKE_AWAY = auto()
    LIST = auto()
    LIST_FOR_A_TIME = auto()

    @classmethod
    def of(cls, listing: Listing | None) -> _Change:
        if listing is None:
            return cls.TAKE_AWAY
        return cls.LIST if listing.until is None else cls.LIST_FOR_A_TIME


def drop_strays(session: Session) -> None:
    """Delete places of sites that have no standing."""
    session.connection().execute(
        delete(ShowcaseRow).where(
            ~exists().where(
                col(ScoreRow.tenant) == col(ShowcaseRow.tenant),
                col(ScoreRow.site) == col(ShowcaseRow.site),
            )
        )
    )


def find_ended(session: Session, now: Instant, *, limit: int) -> list[SiteRef]:
    """Return sites whose place ended by itself before or at `now`."""
    found = session.execute(
        select(col(ShowcaseRow.tenant), col(ShowcaseRow.site))
        .join(
            ScoreRow,
            (col(ScoreRow.tenant) == col(ShowcaseRow.tenant))
            & (col(ScoreRow.site) == col(ShowcaseRow.site)),
        )
        .where(col(ShowcaseRow.until) <= now)
        .limit(limit)
    )
    return [(row.tenant, row.site) for row in found]


def find_listed(
    session: Session, *, before: Instant, after: SiteRef = FIRST, limit: int
) -> list[SiteRef]:
    """Return the next sites, by key, that were listed before the instant."""
    key = (col(ShowcaseRow.tenant), col(ShowcaseRow.site))
    found = session.execute(
        select(*key)
        .where(tuple_(*key) > after, col(ShowcaseRow.listed_at) < before)
        .order_by(*key)
        .limit(limit)
    )
    return [(row.tenant, row.site) for row in found]


def list_cards(  # noqa: PLR0913  a page, and what it is to hold
    session: Session,
    tenant: str,
    now: Instant,
    *,
    wanted: ShowcaseFilter,
    after: Rank | None,
    limit: int,
) -> list[ShowcaseCard]:
    """Return the next cards in their order, without those whose time is over."""
    statement = select_cards(tenant, now, wanted=wanted, after=after).limit(limit)
    return [to_card(row) for row in session.execute(statement).scalars()]


def select_cards(
    tenant: str, now: Instant, *, wanted: ShowcaseFilter, after: Rank | None
) -> Select[Any]:
    """Return the query of `list_cards`: one walk along `ix_showcase_order`."""
    order = (
        col(ShowcaseRow.rank_score),
        col(ShowcaseRow.rank_shares),
        col(ShowcaseRow.published_at),
        col(ShowcaseRow.site),
    )
    statement = (
        select(ShowcaseRow)
        .where(col(ShowcaseRow.tenant) == tenant)
        .where(or_(col(ShowcaseRow.until).is_(None), col(ShowcaseRow.until) > now))
        .order_by(*order)
    )
    if after is not None:
        last = (-after.score, -after.shares, after.published_at, after.site)
        statement = statement.where(tuple_(*order) > last)
    if wanted.kind is not None:
        statement = statement.where(col(ShowcaseRow.kind) == wanted.kind)
    if wanted.language is not None:
        statement = statement.where(col(ShowcaseRow.language) == wanted.language)
    if wanted.topic is not None:
        words = literal(" ").concat(col(ShowcaseRow.topics)).concat(" ")
        statement = statement.where(words.contains(f" {wanted.topic} ", autoescape=True))
    return statement


def find_card(session: Session, key: str, now: Instant) -> ShowcaseCard | None:
    """Return the card of the site with this key while it has a place."""
    row = session.execute(
        select(ShowcaseRow)
        .join(
            SiteRow,
            (col(SiteRow.tenant) == col(ShowcaseRow.tenant))
            & (col(SiteRow.id) == col(ShowcaseRow.site)),
        )
        .where(col(SiteRow.key) == key)
        .where(or_(col(ShowcaseRow.until).is_(None), col(ShowcaseRow.until) > now))
    ).scalar_one_or_none()
    return None if row is None else to_card(row)


# What a card shows of the site itself, copied so that one index walk answers a page.
COPIED = (
    "key", "title", "description", "url", "repository", "kind", "language", "topics", "thumbnail",
)  # fmt: skip
_TAKE_AWAY = delete(ShowcaseRow).where(
    col(ShowcaseRow.tenant) == bindparam("of_tenant"),
    is_among(col(ShowcaseRow.site), "of_sites"),
)


@lru_cache(maxsize=4)
def _put(dialect_name: str, *, has_end: bool) -> Insert:
    """Return the statement that lists some sites, or moves those that are listed.

    With `has_end` a place ends with the featuring, without it does not end by itself.
    """
    table: Any = ShowcaseRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if dialect_name == "sqlite" else postgresql
    values: dict[str, Any] = {
        "tenant": col(SiteRow.tenant),
        "site": col(SiteRow.id),
        "published_at": func.coalesce(col(SiteRow.published_at), col(SiteRow.created_at)),
        "listed_at": bindparam("at", type_=table.c.listed_at.type),
        "rank_score": -col(ScoreRow.score),
        "rank_shares": -col(ScoreRow.shares),
        "until": col(ScoreRow.featured_until) if has_end else null(),
        "featured_until": col(ScoreRow.featured_until),
        "tier": col(AccountRow.tier),
        **{name: col(getattr(SiteRow, name)) for name in COPIED},
    }
    statement = dialect.insert(table).from_select(list(values), _select_sites(values))
    changed = {name: statement.excluded[name] for name in values if name not in {"tenant", "site"}}
    # A place that had ended and was not cleared away yet begins anew.
    changed["listed_at"] = case(
        (table.c.until <= statement.excluded.listed_at, statement.excluded.listed_at),
        else_=table.c.listed_at,
    )
    result: Insert = statement.on_conflict_do_update(
        index_elements=["tenant", "site"], set_=changed
    )
    return result


def _select_sites(values: Mapping[str, Any]) -> Select[Any]:
    """Return the query of some columns of some sites, their scores and their owners."""
    return (
        select_of_sites(*(value.label(name) for name, value in values.items()))
        .where(col(SiteRow.tenant) == bindparam("of_tenant"))
        .where(is_among(col(SiteRow.id), "of_sites"))
    )


def to_card(row: ShowcaseRow) -> ShowcaseCard:
    """Return the card in a row."""
    return ShowcaseCard(
        tenant=row.tenant,
        key=row.key,
        title=row.title,
        description=row.description,
        url=row.url,
        repository=row.repository,
        kind=row.kind,
        language=row.language,
        topics=tuple(row.topics.split()),
        tier=Tier(row.tier),
        thumbnail=row.thumbnail,
        rank=Rank(
            score=-row.rank_score,
            shares=-row.rank_shares,
            published_at=Instant(row.published_at),
            site=row.site,
        ),
        featured_until=None if row.featured_until is None else Instant(row.featured_until),
        listed_at=Instant(row.listed_at),
    )
