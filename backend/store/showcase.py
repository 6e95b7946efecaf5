"""Places in the showcase, kept in the order they are shown.

Leans on `ix_showcase_order` (tenant, rank_score, rank_shares, published_at, site), on
`ix_showcase_until` and on the primary key (tenant, site).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert, Select, bindparam, case, delete, exists, literal, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.showcase import Rank, ShowcaseCard, ShowcaseFilter
from backend.domain.standing import Standing
from backend.domain.tiers import Tier
from backend.store.scores import FIRST, SiteRef
from backend.store.tables.sites import ScoreRow, ShowcaseRow, SiteRow


def place(session: Session, standings: Sequence[Standing], now: Instant) -> None:
    """Give each site the place that its standing has at `now`, or take the place away.

    What a card shows of the site itself is copied anew. The caller holds the sites' locks.
    """
    placed: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for standing in standings:
        key = {"key_tenant": standing.tenant, "key_site": standing.site}
        listing = standing.listing(now)
        if listing is None:
            gone.append(key)
        else:
            placed.append(key | _ranks(standing) | {"new_until": listing.until, "new_now": now})
    if gone:
        session.connection().execute(_TAKE_AWAY, gone)
    if placed:
        session.connection().execute(_put(session), placed)


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
    return [_to_card(row) for row in session.execute(statement).scalars()]


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
    return None if row is None else _to_card(row)


# What a card shows of the site itself, copied so that one index walk answers a page.
COPIED = (
    "key", "title", "description", "url", "repository", "kind", "language", "topics", "thumbnail",
)  # fmt: skip
_RANKED = ("rank_score", "rank_shares", "until", "featured_until", "tier")
_TAKE_AWAY = delete(ShowcaseRow).where(
    col(ShowcaseRow.tenant) == bindparam("key_tenant"),
    col(ShowcaseRow.site) == bindparam("key_site"),
)


def _ranks(standing: Standing) -> dict[str, Any]:
    return {
        "new_rank_score": -standing.score,
        "new_rank_shares": -standing.shares,
        "new_featured_until": standing.featured_until,
        "new_tier": standing.tier.value,
    }


def _put(session: Session) -> Insert:
    """Return one statement that lists a site, or moves it when it is listed."""
    table: Any = ShowcaseRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    site: Any = SiteRow.__table__  # type: ignore[attr-defined]  # as above
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    ranks = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in _RANKED}
    now = bindparam("new_now", type_=table.c.listed_at.type)
    first_seen = case((site.c.published_at.is_(None), site.c.created_at), else_=site.c.published_at)
    values = {
        "tenant": site.c.tenant,
        "site": site.c.id,
        "published_at": first_seen,
        "listed_at": now,
        **{name: site.c[name] for name in COPIED},
        **ranks,
    }
    source = select(*values.values()).where(
        site.c.tenant == bindparam("key_tenant"), site.c.id == bindparam("key_site")
    )
    statement = dialect.insert(table).from_select(list(values), source)
    changed = {name: statement.excluded[name] for name in values if name not in {"tenant", "site"}}
    # A place that had ended and was not cleared away yet begins anew.
    had_ended = table.c.until <= statement.excluded.listed_at
    changed["listed_at"] = case((had_ended, statement.excluded.listed_at), else_=table.c.listed_at)
    result: Insert = statement.on_conflict_do_update(
        index_elements=["tenant", "site"], set_=changed
    )
    return result


def _to_card(row: ShowcaseRow) -> ShowcaseCard:
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
