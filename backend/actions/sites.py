"""Sites: registering, changing, suspending and removing them. Proving them is `verification.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.standings import hold, refresh
from backend.actions.usage import read_usage
from backend.domain.actors import Actor, Role
from backend.domain.showcase import SiteStatus
from backend.domain.sites import Site, SiteDraft, SiteEdit, check_room, clean_draft, edit_site
from backend.domain.usage import check_views
from backend.errors import Conflict, Invalid, NotFound
from backend.ids import new_id, new_site_key
from backend.store import accounts, sites
from backend.store.database import Session
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT

SITES_A_PAGE = 100
_KEY = re.compile(r"[0-9A-Za-z]{8,32}")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """Some sites, the oldest first; `after` is the cursor of the next page, None at the end."""

    sites: tuple[Site, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a widget shows beside its button: counted shares, and likes."""

    shares: int
    likes: int


def register_site(context: Context, actor: Actor, draft: SiteDraft) -> Site:
    """Register a site as a draft with a key of its own; its pings are taken from now on.

    The same address again is the same site, returned as it is. Raises Invalid naming the field,
    LimitReached when the tier holds no further site, or no more views this month.
    """
    wanted = clean_draft(draft)
    now = context.clock.now()
    with context.database.transaction() as session:
        lock_account(session, actor)  # two at once would both find room for one
        known = sites.find_own_by_url(session, actor, wanted.url)
        if known is not None:
            return known
        usage = read_usage(session, actor, now)
        check_room(usage.tier, usage.sites)
        check_views(usage)
        site = Site(
            tenant=actor.tenant,
            id=new_id(context.ids, now),
            account=actor.account,
            key=new_site_key(context.ids),
            url=wanted.url,
            origins=wanted.origins,
            title=wanted.title,
            description=wanted.description,
            repository=wanted.repository,
            kind=wanted.kind,
            language=wanted.language,
            topics=wanted.topics,
            status=SiteStatus.DRAFT,
            wish=wanted.wish,
            has_powered_by=True,
            created_at=now,
        )
        sites.insert_site(session, site)
    return site


def list_sites(
    context: Context, actor: Actor, *, after: str | None = None, limit: int = 20
) -> SitePage:
    """Return a page of the actor's sites, the oldest first.

    `after` is the cursor of an earlier page. Raises Invalid when it cannot be one.
    """
    if after is not None and not _ID.fullmatch(after):
        raise Invalid(
            "The cursor is not one of this list.",
            field="after",
            hint="Use the cursor of the page before, or none.",
        )
    size = max(1, min(limit, SITES_A_PAGE))
    with context.database.reading() as session:
        found = sites.list_own(session, actor, after=after or "", limit=size + 1)
    shown = tuple(found[:size])
    return SitePage(sites=shown, after=shown[-1].id if len(found) > size else None)


def get_site(context: Context, actor: Actor, site: str) -> Site:
    """Return the actor's site with this id. Raises NotFound."""
    with context.database.reading() as session:
        return get_own(session, actor, site)


def update_site(context: Context, actor: Actor, site: str, edit: SiteEdit) -> Site:
    """Change what an owner may change; score, place and card follow at once.

    Raises NotFound, Invalid naming the field, LimitReached for what the tier lacks.
    """
    with context.database.transaction() as session:
        lock_account(session, actor)  # so that two edits at once do not undo each other
        hold(session, [(actor.tenant, get_own(session, actor, site).id)])
        account = accounts.get_own(session, actor)
        changed = edit_site(get_own(session, actor, site), edit, account.tier)
        sites.save_edit(session, actor, changed)
        refresh(session, [(changed.tenant, changed.id)], context.clock.now())
    return changed


def remove_site(context: Context, actor: Actor, site: str) -> None:
    """Remove a site with its events, shares, days and score; its key is refused from then on.

    Events go first, a day a transaction, so that nobody waits long: until the last transaction
    the site is there, and removing can be repeated. Raises NotFound.
    """
    with context.database.reading() as session:
        get_own(session, actor, site)
        days = sites.list_days(session, actor, site)
    for day in days:
        with context.database.transaction() as session:
            sites.delete_raw(session, actor, site, day)
    with context.database.transaction() as session:
        hold(session, [(actor.tenant, site)])
        for day in sites.list_days(session, actor, site):  # what came in meanwhile
            sites.delete_raw(session, actor, site, day)
        if not sites.delete_site(session, actor, site):
            raise NotFound("There is no such site.")


def suspend_site(context: Context, operator: Actor, site: str, *, reason: str = "") -> Site:
    """Take a site out of the showcase and stop counting and redirecting for it.

    Raises Forbidden unless the operator reviews or supports, NotFound.
    """
    return _move(context, operator, site, to=SiteStatus.SUSPENDED, reason=reason)


def resume_site(context: Context, operator: Actor, site: str, *, reason: str = "") -> Site:
    """End a suspension: a verified site is active again, any other a draft.

    Raises as `suspend_site` does, and Conflict for the operator's own site.
    """
    return _move(context, operator, site, to=None, reason=reason)


def get_counts(context: Context, key: str) -> Counts:
    """Return the public counts of the site with this key. Raises NotFound."""
    found = None
    if _KEY.fullmatch(key):
        with context.database.reading() as session:
            found = sites.find_counts(session, key)
    if found is None:
        raise NotFound("No site has this key.", hint="Check data-site.")
    return Counts(shares=found[0], likes=found[1])


def get_own(session: Session, actor: Actor, site: str) -> Site:
    """Return the actor's site with this id, within a transaction. Raises NotFound."""
    found = sites.find_own(session, actor, site) if _ID.fullmatch(site) else None
    if found is None:
        raise NotFound("There is no such site.")
    return found


def _move(
    context: Context, operator: Actor, site: str, *, to: SiteStatus | None, reason: str
) -> Site:
    operator.needs_role(Role.REVIEWER, Role.SUPPORT)
    ref = (TENANT, site if _ID.fullmatch(site) else "")
    with context.database.transaction() as session:
        hold(session, [ref])
        found = sites.find_site(session, *ref)
        if found is None:
            raise NotFound("There is no such site.")
        if to is None and found.account == operator.account:
            raise Conflict("Nobody resumes a site of their own.", hint="Ask somebody else.")
        usual = SiteStatus.DRAFT if found.verified_at is None else SiteStatus.ACTIVE
        if to is None and found.status is not SiteStatus.SUSPENDED:
            return found
        moved = replace(found, status=to or usual)
        sites.save_status(session, moved, before=found.status)
        refresh(session, [ref], context.clock.now())
        act = "site.resume" if to is None else "site.suspend"
        note(session, context, operator, act, f"site:{found.id}", reason=reason)
    return moved
