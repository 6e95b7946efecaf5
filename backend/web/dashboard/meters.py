"""What a tier limits, and how much of it is used: in words, and as bars."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from backend.actions.billing import Billing, read_billing
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.landing import Price
from backend.domain.tiers import TERMS
from backend.web.limits import Limiter, caller_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Something that a tier limits; `allowed` is '' without a limit, `percent` None where there is
    nothing to fill.
    """

    label: str
    used: str
    allowed: str
    percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The owner's tier in words, and what of it is used."""

    tier: str
    meters: tuple[Meter, ...]
    is_over: bool


def read_limits(request: Request, actor: Actor) -> Limits:
    """Return what the actor has used of everything that their tier limits."""
    context: Context = request.app.state.context
    billing = read_billing(context, actor)
    return Limits(
        tier=billing.tier.value.capitalize(),
        meters=list_meters(request, billing),
        is_over=billing.usage.is_over,
    )


def list_meters(request: Request, billing: Billing) -> tuple[Meter, ...]:
    """Return the meters of the signed-in owner, whose plan `billing` is."""
    terms = TERMS[billing.tier]
    calls = _count_calls(request, terms.calls_per_day)
    counts = (
        ("Sites", billing.usage.sites, terms.sites),
        ("Page views this month", billing.usage.views, terms.views_per_month),
        ("API calls within a day", calls, terms.calls_per_day),
        ("Own domains", billing.domains, terms.custom_domains),
    )
    megabytes = f"{-(-billing.stored_bytes // 1_000_000):,} MB"
    return (
        *(
            Meter(
                label=label,
                used="not counted" if used is None else f"{used:,}",
                allowed="" if allowed is None else f"{allowed:,}",
                percent=None if used is None else _percent(used, allowed),
            )
            for label, used, allowed in counts
        ),
        Meter(
            label="Storage",
            used=megabytes,
            allowed=Price(tier=billing.tier, terms=terms).storage,
            percent=_percent(billing.stored_bytes, terms.storage_bytes),
        ),
    )


def _count_calls(request: Request, allowed: int | None) -> int | None:
    """Return how often the account asked the REST interface within a day; None is not counted."""
    if allowed is None:
        return None
    limiter: Limiter = request.app.state.limiter
    spent = limiter.look("calls", f"{allowed}/day", caller_key(request, "account"))
    return spent.limit - spent.remaining


def _percent(used: int, allowed: int | None) -> int | None:
    return min(100, used * 100 // allowed) if allowed else None
