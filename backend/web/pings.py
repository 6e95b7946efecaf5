"""What a ping may say: the wire format of `POST /collect`, strictly. See `docs/collect.md`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from backend.actions.visitors import Visitor
from backend.domain.events import Event, EventKind
from backend.domain.gates import Gate, bare_url
from backend.domain.instants import Instant
from backend.domain.shares import Platform, find_platform
from backend.errors import Invalid
from backend.web.client import referrer_host_of

BODY_BYTES = 8 * 1024
EVENTS_A_BODY = 20
URL_CHARACTERS = 2000

Key = Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{8,32}\Z")]
EventId = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{11}\Z")]
Url = Annotated[str, Meta(max_length=URL_CHARACTERS, pattern=r"^https?://[^\s\x00-\x1f\x7f]+\Z")]


class Ping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One event on the wire; the letters are explained in the documentation."""

    s: Key
    t: Literal["view", "engage", "share", "like", "copy", "powered", "conversion"]
    i: EventId
    u: Url
    r: Annotated[str, Meta(max_length=URL_CHARACTERS)] | None = None
    v: EventId | None = None
    n: Annotated[str, Meta(max_length=16)] | None = None
    d: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    p: Annotated[int, Meta(ge=0, le=100)] | None = None


_ONE = msgspec.json.Decoder(Ping)
_MANY = msgspec.json.Decoder(Annotated[list[Ping], Meta(min_length=1, max_length=EVENTS_A_BODY)])
_KINDS = {
    "view": EventKind.VIEW,
    "engage": EventKind.ENGAGEMENT,
    "share": EventKind.SHARE,
    "like": EventKind.LIKE,
    "copy": EventKind.COPY,
    "powered": EventKind.POWERED_CLICK,
    "conversion": EventKind.CONVERSION,
}
# The optional letters that a type must not carry.
_FOREIGN = {
    "view": "ndp", "engage": "rvn", "share": "rvdp",
    "like": "rvndp", "copy": "rvndp", "powered": "rvndp", "conversion": "rvndp",
}  # fmt: skip


def decode(body: bytes) -> list[Ping]:
    """Return the pings of a body. Raises Invalid saying which value is wrong."""
    try:
        pings = _MANY.decode(body) if body[:1] == b"[" else [_ONE.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is not what /collect takes: {error}.", hint=_HINT) from error
    for ping in pings:
        _check(ping)
    return pings


def to_event(  # noqa: PLR0913  the request's facts, each named
    ping: Ping,
    gate: Gate,
    *,
    visitor: str,
    shared_by: Visitor | None,
    now: Instant,
    device: str,
    country: str | None,
) -> Event:
    """Return the event that a ping means for its site. `shared_by` belongs to shares."""
    kind = _KINDS[ping.t]
    return Event(
        tenant=gate.tenant,
        site=gate.site,
        # Once per visitor, site and day: the visitor is the like's id.
        id=f"like.{visitor}" if kind is EventKind.LIKE else ping.i,
        kind=kind,
        at=now,
        visitor=visitor,
        visitor_yesterday=shared_by.yesterday if shared_by else "",
        network=shared_by.network if shared_by else "",
        page=bare_url(ping.u),
        referrer_host=referrer_host_of(ping.r) if ping.r else None,
        via=ping.v,
        platform=_platform_of(ping),
        seconds=ping.d,
        depth=ping.p,
        country=country,
        device=device,
    )


_HINT = "See the documentation of /collect for the format."


def _check(ping: Ping) -> None:
    for letter in _FOREIGN[ping.t]:
        if getattr(ping, letter) is not None:
            raise Invalid(f"{letter!r} does not belong to {ping.t!r}.", field=letter, hint=_HINT)
    if not _fits(ping.u):
        raise Invalid("'u' is no address, or too long without its share.", field="u", hint=_HINT)
    if ping.t == "share" and _platform_of(ping) is None:
        raise Invalid(f"{ping.n!r} is not a platform.", field="n", hint=_HINT)


def _fits(url: str) -> bool:
    """Tell whether an address can be stored: leaving its share out writes the rest anew, and
    what is not ASCII becomes longer by that.
    """
    try:
        return len(bare_url(url)) <= URL_CHARACTERS
    except ValueError:
        return False


def _platform_of(ping: Ping) -> Platform | None:
    return find_platform(ping.n) if ping.n else None
