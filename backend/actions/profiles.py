"""Public profiles: the owner's own, and what everybody sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.accounts import Account
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import Instant
from backend.domain.profiles import (
    MAX_HIDDEN,
    Profile,
    ProfileDraft,
    clean_handle,
    clean_profile,
)
from backend.domain.rewards import REWARDS, RewardKind
from backend.domain.showcase import ShowcaseCard
from backend.errors import Invalid, NotFound
from backend.store import accounts, profiles, rewards
from backend.store.database import Session
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT

SITES_SHOWN = 60
HANDLES_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProfile:
    """A profile as its owner sees it; None before the first one. `hidden` are ids of sites."""

    profile: Profile | None
    hidden: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAchievement:
    """An achievement that was granted, and when."""

    key: str
    name: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProfile:
    """What everybody sees of an owner. `shares` are those that counted, of the sites shown."""

    profile: Profile
    since: Instant
    cards: tuple[ShowcaseCard, ...]
    shares: int
    achievements: tuple[ShownAchievement, ...]


def get_profile(context: Context, actor: Actor) -> OwnProfile:
    """Return the actor's own profile."""
    with context.database.reading() as session:
        return OwnProfile(
            profile=profiles.find_own(session, actor),
            hidden=profiles.list_hidden(session, actor),
        )


def save_profile(context: Context, actor: Actor, draft: ProfileDraft) -> Profile:
    """Store the actor's profile; public ones are seen by everybody from now on.

    Raises Invalid naming the field, Conflict when the handle is taken.
    """
    wanted = clean_profile(draft)
    if len(wanted.hidden) > MAX_HIDDEN:
        raise Invalid(f"At most {MAX_HIDDEN} sites can be left out.", field="hidden_sites")
    profile = Profile(
        tenant=actor.tenant,
        account=actor.account,
        handle=wanted.handle,
        name=wanted.name,
        text=wanted.text,
        links=wanted.links,
        is_public=wanted.is_public,
        shows_achievements=wanted.shows_achievements,
        changed_at=context.clock.now(),
    )
    with context.database.transaction() as session:
        lock_account(session, actor)
        profiles.save_hidden(session, actor, wanted.hidden)
        profiles.save(session, profile)
    return profile


def get_public_profile(context: Context, handle: str) -> PublicProfile:
    """Return what everybody sees under a handle. Raises NotFound."""
    try:
        wanted = clean_handle(handle[:40])
    except Invalid as error:
        raise _no_profile() from error
    now = context.clock.now()
    with context.database.reading() as session:
        profile = profiles.find_public(session, TENANT, wanted)
        account = accounts.find_account(session, TENANT, profile.account) if profile else None
        if profile is None or account is None:
            raise _no_profile()
        cards = tuple(profiles.list_cards(session, profile, now, limit=SITES_SHOWN))
        return PublicProfile(
            profile=profile,
            since=account.created_at,
            cards=cards,
            shares=sum(card.rank.shares for card in cards),
            achievements=_list_achievements(session, account, profile),
        )


def list_public_handles(context: Context, *, at_most: int) -> Iterator[str]:
    """Yield the handles of public profiles in their order."""
    after = ""
    while at_most > 0:
        with context.database.reading() as session:
            some = profiles.list_handles(
                session, TENANT, after=after, limit=min(HANDLES_AT_ONCE, at_most)
            )
        if not some:
            return
        yield from some
        after, at_most = some[-1], at_most - len(some)


def _list_achievements(
    session: Session, account: Account, profile: Profile
) -> tuple[ShownAchievement, ...]:
    if not profile.shows_achievements:
        return ()
    granted = rewards.list_own(session, owner_of(account.tenant, account.id))
    return tuple(
        ShownAchievement(key=grant.key, name=REWARDS[grant.key].name, at=grant.at)
        for grant in granted
        if grant.kind is RewardKind.ACHIEVEMENT
    )


def _no_profile() -> NotFound:
    return NotFound("Nobody has a public profile here.", hint="It may have been turned off.")
