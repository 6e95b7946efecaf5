"""What every action on hosted sites begins with: is it on, whose is it, under which name."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.sites import get_own
from backend.domain.actors import Actor
from backend.domain.releases import Hosting, candidate_names, host_label
from backend.domain.showcase import SiteStatus
from backend.domain.sites import MAX_ALL_ORIGINS, MAX_ORIGINS, Site
from backend.errors import Conflict, Forbidden, HostingOff, NotFound
from backend.ids import KEY_ALPHABET, new_text
from backend.store import releases, sites
from backend.store.database import Session

_REST = 8
"""Characters that make a name unlike any other."""


def check_is_on(context: Context) -> None:
    """Raise HostingOff when the service has no host name for sites."""
    if context.settings.sites_host is None:
        raise HostingOff(
            "This service hosts no sites.",
            hint="Its operator has to set FOURSITE_SITES_HOST; publish to another target.",
        )


def url_of(context: Context, name: str, preview: str | None = None) -> str:
    """Return where a site or a preview of it is served."""
    return context.settings.web_url_of(f"{host_label(name, preview)}.{context.settings.sites_host}")


def get_open(session: Session, actor: Actor, site: str) -> Site:
    """Return the actor's site. Raises NotFound, Forbidden for a suspended one."""
    return check_open(get_own(session, actor, site))


def check_open(site: Site | None) -> Site:
    """Return the site. Raises NotFound for none, Forbidden for a suspended one."""
    if site is None:
        raise NotFound("There is no such site.")
    if site.status is SiteStatus.SUSPENDED:
        raise Forbidden("The site is suspended.", hint="Write to the people of this service.")
    return site


def ensure_hosting(context: Context, session: Session, site: Site) -> Hosting:
    """Return how the site is hosted, under a name that nobody else has."""
    found = releases.find_hosting(session, site.tenant, site.id)
    if found is not None:
        return found
    rest = new_text(context.ids, KEY_ALPHABET[:36].lower(), _REST)
    for name in candidate_names(site.title, site.repository, rest):
        releases.claim_name(session, site.tenant, site.id, name)
        found = releases.find_hosting(session, site.tenant, site.id)
        if found is not None:
            allow_origin(session, site, url_of(context, found.name).rstrip("/"))
            return found
    raise Conflict("No name is free for the site.", hint="Try again.")


def allow_origin(session: Session, site: Site, origin: str) -> None:
    """Take pings from where the site is hosted, too, as far as there is room for an origin."""
    origins = (*site.origins, origin)
    if origin in site.origins or len(origins) > MAX_ORIGINS + 1:
        return
    if len(" ".join(origins)) <= MAX_ALL_ORIGINS:
        sites.save_origins(session, site.tenant, site.id, origins)
