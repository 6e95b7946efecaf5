"""Who asks, and what they may do: every query of an owner's rows is scoped by an `Actor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import Instant
from backend.domain.tiers import TERMS, Tier
from backend.errors import Forbidden


class Role(StrEnum):
    """What an account is on this service; everybody is an owner, operators are more."""

    OWNER = "owner"
    REVIEWER = "reviewer"
    FINANCE = "finance"
    SUPPORT = "support"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a token may be allowed. Nothing here reaches beyond the rows of its own account."""

    SITES_READ = "sites:read"
    SITES_WRITE = "sites:write"
    STATS_READ = "stats:read"
    REFERRALS_READ = "referrals:read"
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An account that asks for something. A signed-in browser has every scope, a token its own."""

    tenant: str
    account: str
    role: Role
    scopes: frozenset[Scope]
    is_session: bool
    tier: Tier = Tier.FREE
    ends_at: Instant | None = None
    """When the token ends that speaks for the account; None for one without end, and a session."""

    @property
    def calls_per_day(self) -> int | None:
        """How often the account may use the REST interface in a day; None is without a limit."""
        return TERMS[self.tier].calls_per_day

    def needs(self, scope: Scope) -> None:
        """Raise Forbidden unless the actor has `scope`."""
        if scope not in self.scopes:
            raise Forbidden(
                f"This token may not do that: it lacks the scope {scope}.",
                hint="Make a token with that scope on your account page.",
            )

    def needs_role(self, *roles: Role) -> None:
        """Raise Forbidden unless a person with one of `roles` is signed in; admins have them all.

        A token never acts in a role: it is for its own account alone.
        """
        if not self.is_session or self.role not in {*roles, Role.ADMIN}:
            raise Forbidden(
                "Your account may not do that.", hint="Ask an administrator of this service."
            )


def owner_of(tenant: str, account: str, role: Role = Role.OWNER) -> Actor:
    """Return the account itself as an actor: for commands and jobs that work in its name."""
    return Actor(tenant=tenant, account=account, role=role, scopes=ALL_SCOPES, is_session=True)
