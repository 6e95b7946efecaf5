"""Public profiles.

Leans on the primary keys and on `uq_profile_handle` (tenant, handle).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.profiles import Profile, PublicName
from backend.domain.showcase import ShowcaseCard
from backend.errors import Conflict
from backend.store.ownership import owned
from backend.store.showcase import to_card
from backend.store.tables.accounts import AccountRow
from backend.store.tables.profiles import HiddenSiteRow, ProfileRow
from backend.store.tables.sites import ShowcaseRow, SiteRow

_NAMES_AT_A_TIME = 500


def find_public_names(
    session: Session, tenant: str, accounts: Collection[str]
) -> dict[str, PublicName]:
    """Return by account how those of them are called that have a public profile."""
    wanted = sorted(set(accounts))
    names = {}
    for begin in range(0, len(wanted), _NAMES_AT_A_TIME):
        some = wanted[begin : begin + _NAMES_AT_A_TIME]
        for row in session.execute(_select_public(tenant).where(col(ProfileRow.account).in_(some))):
            profile = _to_profile(row.ProfileRow)
            names[profile.account] = PublicName(
                account=profile.account, handle=profile.handle, name=profile.shown_name
            )
    return names


def find_public(session: Session, tenant: str, handle: str) -> Profile | None:
    """Return the public profile with this handle in lower case."""
    row = session.execute(
        _select_public(tenant).where(col(ProfileRow.handle) == handle)
    ).one_or_none()
    return None if row is None else _to_profile(row.ProfileRow)


def list_handles(session: Session, tenant: str, *, after: str, limit: int) -> list[str]:
    """Return the next handles of public profiles, in their order."""
    found = session.execute(
        _select_public(tenant)
        .where(col(ProfileRow.handle) > after)
        .order_by(col(ProfileRow.handle))
        .limit(limit)
    )
    return [row.ProfileRow.handle for row in found]


def find_own(session: Session, actor: Actor) -> Profile | None:
    """Return the actor's profile, whether or not it is public."""
    row = session.execute(owned(select(ProfileRow), ProfileRow, actor)).scalar_one_or_none()
    return None if row is None else _to_profile(row)


def list_hidden(session: Session, actor: Actor) -> frozenset[str]:
    """Return which of the actor's sites the profile leaves out."""
    found = session.execute(owned(select(col(HiddenSiteRow.site)), HiddenSiteRow, actor))
    return frozenset(found.scalars())


def save(session: Session, profile: Profile) -> None:
    """Store a profile. Raises Conflict when the handle is taken; the transaction is over then.

    The caller holds the account.
    """
    key = {"tenant": profile.tenant, "account": profile.account}
    values = {
        "handle": profile.handle,
        "name": profile.name,
        "text": profile.text,
        "links": " ".join(profile.links),
        "is_public": profile.is_public,
        "shows_achievements": profile.shows_achievements,
        "changed_at": profile.changed_at,
    }
    connection = session.connection()
    own = and_(col(ProfileRow.tenant) == profile.tenant, col(ProfileRow.account) == profile.account)
    try:
        if not connection.execute(update(ProfileRow).where(own).values(values)).rowcount:
            connection.execute(insert(ProfileRow), key | values)
    except IntegrityError as error:
        raise Conflict(
            f"The handle {profile.handle} is taken.", hint="Choose another one."
        ) from error


def save_hidden(session: Session, actor: Actor, sites: Iterable[str]) -> None:
    """Set which sites the actor's profile leaves out; any not the actor's is passed over."""
    wanted = sorted(set(sites))
    connection = session.connection()
    connection.execute(owned(delete(HiddenSiteRow), HiddenSiteRow, actor))
    if not wanted:
        return
    own = owned(select(col(SiteRow.id)), SiteRow, actor).where(col(SiteRow.id).in_(wanted))
    if found := session.execute(own).scalars().all():
        connection.execute(
            insert(HiddenSiteRow), [{"tenant": actor.tenant, "site": site} for site in found]
        )


def list_cards(
    session: Session, profile: Profile, now: Instant, *, limit: int
) -> list[ShowcaseCard]:
    """Return the sites that a profile shows: those in the showcase, without those left out."""
    hidden = exists().where(
        col(HiddenSiteRow.tenant) == col(ShowcaseRow.tenant),
        col(HiddenSiteRow.site) == col(ShowcaseRow.site),
    )
    found = session.execute(
        select(ShowcaseRow)
        .join(
            SiteRow,
            and_(
                col(SiteRow.tenant) == col(ShowcaseRow.tenant),
                col(SiteRow.id) == col(ShowcaseRow.site),
            ),
        )
        .where(col(SiteRow.tenant) == profile.tenant, col(SiteRow.account) == profile.account)
        .where(or_(col(ShowcaseRow.until).is_(None), col(ShowcaseRow.until) > now), ~hidden)
        .order_by(
            col(ShowcaseRow.rank_score),
            col(ShowcaseRow.rank_shares),
            col(ShowcaseRow.published_at),
            col(ShowcaseRow.site),
        )
        .limit(limit)
    )
    return [to_card(row) for row in found.scalars()]


def _select_public(tenant: str) -> Any:
    """Return the select of profiles that everybody may see."""
    return (
        select(ProfileRow)
        .join(
            AccountRow,
            and_(
                col(AccountRow.tenant) == col(ProfileRow.tenant),
                col(AccountRow.id) == col(ProfileRow.account),
            ),
        )
        .where(
            col(ProfileRow.tenant) == tenant,
            col(ProfileRow.is_public).is_(True),
            col(AccountRow.suspended_at).is_(None),
            col(AccountRow.erased_at).is_(None),
        )
    )


def _to_profile(row: ProfileRow) -> Profile:
    return Profile(
        tenant=row.tenant,
        account=row.account,
        handle=row.handle,
        name=row.name,
        text=row.text,
        links=tuple(row.links.split()),
        is_public=row.is_public,
        shows_achievements=row.shows_achievements,
        changed_at=Instant(row.changed_at),
    )
