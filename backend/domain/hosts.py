"""Host names of sites: domains of owners' own, and what a host serves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.domain.instants import Instant
from backend.domain.tiers import TERMS, Tier
from backend.errors import Invalid, LimitReached

MAX_DOMAIN = 253
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain of an owner's own, proved when it was added."""

    site: str
    name: str
    made_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSite:
    """What a host name serves; `manifest` is None when there is no such release."""

    tenant: str
    site: str
    is_suspended: bool
    manifest: str | None


def clean_domain(text: str, *, sites_host: str, own_host: str) -> str:
    """Return a domain in lower case. Raises Invalid when it cannot be an owner's."""
    domain = text.strip().lower().removesuffix(".")
    if not _DOMAIN.fullmatch(domain) or len(domain) > MAX_DOMAIN:
        raise Invalid(
            f"{text[:100]!r} is not a domain.",
            field="domain",
            hint="Give a name like www.example.org, an international one in its xn-- form.",
        )
    if domain == own_host or f".{domain}".endswith(f".{sites_host}"):
        raise Invalid(f"{domain} belongs to this service.", field="domain")
    return domain


def check_domains(tier: Tier, domains: int) -> None:
    """Raise LimitReached when an owner of `domains` domains can add no further one."""
    limit = TERMS[tier].custom_domains
    if limit is not None and domains >= limit:
        raise LimitReached(
            f"The {tier} tier holds {limit} domains of your own, and you have {domains}.",
            hint="Remove a domain, or change the tier.",
        )
