"""Events of widgets: their kinds, what each adds to a day, and what a ping may say.

Source of the points: the rules, "Viral score of a site"; of the wire format: `docs/collect.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import Instant
from backend.domain.shares import Platform


class EventKind(StrEnum):
    VIEW = "view"
    ENGAGEMENT = "engagement"
    SHARE = "share"
    LIKE = "like"
    COMMENT = "comment"
    REFERRAL_CLICK = "referral_click"
    CONVERSION = "conversion"
    COPY = "copy"
    POWERED_CLICK = "powered_click"


# Thousandths that one event adds to a site's engagement; views, shares, likes and comments are
# counted elsewhere in the score, once.
ENGAGEMENT_POINTS: dict[EventKind, int] = {
    EventKind.ENGAGEMENT: 500,
    EventKind.CONVERSION: 2_000,
    EventKind.REFERRAL_CLICK: 1_000,
    EventKind.COPY: 100,
    EventKind.POWERED_CLICK: 100,
}


@dataclass(slots=True, kw_only=True)  # not frozen: that costs 4 µs a ping, a tenth of its time
class Event:
    """One accepted event, never changed after it is made.

    `id` is unique within its site and UTC day; a repeat changes nothing.

    `visitor` is today's hash, `visitor_yesterday` the same visitor under yesterday's salt (only
    shares look back); `network` a keyed hash of the visitor's network, kept as long as the salt.
    `page` is the bare URL, `via` the share this visit came through, `seconds` and `depth` belong
    to engagement. `country` is ISO 3166 alpha-2 or None.
    """

    tenant: str
    site: str
    id: str
    kind: EventKind
    at: Instant
    visitor: str
    page: str
    visitor_yesterday: str = ""
    network: str = ""
    referrer_host: str | None = None
    via: str | None = None
    platform: Platform | None = None
    seconds: int | None = None
    depth: int | None = None
    country: str | None = None
    device: str | None = None
