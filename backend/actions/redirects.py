"""Share links: where one leads, and the click that following it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.visitors import Visitors
from backend.domain.events import Event, EventKind
from backend.domain.gates import origin_of
from backend.domain.instants import DAY, HOUR, Instant
from backend.domain.showcase import SiteStatus
from backend.errors import NotFound
from backend.store.shares import ShareTarget, find_target
from backend.store.sites import find_gate_of

__all__ = ["Follower", "ShareTarget", "find_share", "make_click"]

_SHARE_ID = re.compile(r"[0-9A-Za-z_-]{11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Who follows a share link, as far as a request says; the address is hashed and forgotten."""

    address: str
    user_agent: str
    device: str
    country: str | None
    referrer_host: str | None


def find_share(context: Context, share: str) -> ShareTarget:
    """Return where a share link leads: to the bare address in the share's own row.

    Raises NotFound for an unknown share, one of a suspended site, and one whose page is no
    longer at an origin of the site.
    """
    gone = NotFound(
        "This share link leads nowhere.", hint="The site may have been removed by its owner."
    )
    if not _SHARE_ID.fullmatch(share):
        raise gone
    with context.database.reading() as session:
        target = find_target(session, share)
        gate = find_gate_of(session, target.tenant, target.site) if target else None
    if target is None or gate is None or gate.status is SiteStatus.SUSPENDED:
        raise gone
    if origin_of(target.page) not in gate.origins:
        raise gone
    return target


def make_click(visitors: Visitors, target: ShareTarget, follower: Follower, now: Instant) -> Event:
    """Return the share click that following the link at `now` is.

    The same visitor on the same link within the same hour is the same click. Raises Unavailable
    when the day's salt cannot be had.
    """
    visitor = visitors.hash_today(target.site, follower.address, follower.user_agent, now)
    return Event(
        tenant=target.tenant,
        site=target.site,
        id=f"{target.id}.{visitor}.{now % DAY // HOUR}",
        kind=EventKind.REFERRAL_CLICK,
        at=now,
        visitor=visitor,
        page=target.page,
        referrer_host=follower.referrer_host,
        via=target.id,
        country=follower.country,
        device=follower.device,
    )
