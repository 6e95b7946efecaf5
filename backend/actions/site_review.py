"""Sites as operators see them: found by key, id, address or owner; suspended, pictured anew."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.actions import sites as site_actions
from backend.actions.audit import note
from backend.actions.context import Context
from backend.domain.actors import Actor, Role
from backend.domain.audit import AuditEntry, AuditQuery
from backend.domain.holds import check_reason
from backend.domain.people import Only
from backend.domain.sites import Site
from backend.errors import Invalid, NotFound
from backend.store import audit, people, sites
from backend.store.tables.base import TENANT

SITES_A_PAGE = 50
ENTRIES_SHOWN = 20
EVERY = (Role.REVIEWER, Role.FINANCE, Role.SUPPORT)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesFound:
    """Some sites, the newest first; `after` is the cursor of the next page, None at the end."""

    sites: tuple[Site, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """A site, its public counts, and for administrators what operators did to it."""

    site: Site
    shares: int
    likes: int
    entries: tuple[AuditEntry, ...]


def search(
    context: Context, actor: Actor, text: str, only: Only = Only.ALL, *, before: str = ""
) -> SitesFound:
    """Return sites: those that `text` names, or all. Raises Forbidden, Invalid for a cursor."""
    actor.needs_role(*EVERY)
    if before and not _ID.fullmatch(before):
        raise Invalid("The cursor is not one of this list.", field="after", hint="Begin anew.")
    with context.database.reading() as session:
        found = people.list_sites(
            session, TENANT, text.strip(), only, before=before, limit=SITES_A_PAGE + 1
        )
    shown = tuple(found[:SITES_A_PAGE])
    return SitesFound(sites=shown, after=shown[-1].id if len(found) > len(shown) else None)


def read_site(context: Context, actor: Actor, site: str) -> SiteReport:
    """Return a site, whoever owns it. Raises Forbidden, NotFound."""
    actor.needs_role(*EVERY)
    with context.database.reading() as session:
        found = sites.find_site(session, TENANT, site) if _ID.fullmatch(site) else None
        if found is None:
            raise NotFound("There is no such site.")
        shares, likes = sites.find_counts(session, found.key) or (0, 0)
        query = AuditQuery(subject=site)
        noted = audit.list_entries(session, TENANT, query, after=None, limit=ENTRIES_SHOWN)
    entries = tuple(noted) if actor.role is Role.ADMIN else ()
    return SiteReport(site=found, shares=shares, likes=likes, entries=entries)


def find_by_key(context: Context, key: str) -> Site:
    """Return the site with this key, for commands. Raises NotFound."""
    with context.database.reading() as session:
        found = people.find_by_key(session, TENANT, key)
    if found is None:
        raise NotFound(f"No site has the key {key[:40]!r}.", hint="It is in its pages: data-site.")
    return found


def suspend(context: Context, actor: Actor, site: str, reason: str) -> Site:
    """Suspend a site with a reason. Raises Forbidden, NotFound, Invalid without a reason."""
    return site_actions.suspend_site(context, actor, site, reason=check_reason(reason))


def resume(context: Context, actor: Actor, site: str, reason: str) -> Site:
    """End a suspension with a reason, in the same way."""
    return site_actions.resume_site(context, actor, site, reason=check_reason(reason))


def retake_thumbnail(context: Context, actor: Actor, site: str) -> None:
    """Queue a new picture of a site. Raises Forbidden, NotFound."""
    actor.needs_role(Role.REVIEWER, Role.SUPPORT)
    with context.database.transaction() as session:
        if not _ID.fullmatch(site) or sites.find_site(session, TENANT, site) is None:
            raise NotFound("There is no such site.")
        note(session, context, actor, "site.picture", f"site:{site}")
    context.tasks.add("take_thumbnail", {"site": site})
