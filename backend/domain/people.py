"""What operators look for among accounts, and how much of a person they see unasked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.accounts import Person


class Only(StrEnum):
    """Which accounts, or sites, are listed."""

    ALL = "all"
    OPERATORS = "operators"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleQuery:
    """An account by what it was found to be called, or those that `only` says."""

    account: str | None = None
    email_key: str | None = None
    only: Only = Only.ALL


def mask_email(email: str) -> str:
    """Return an address that says no more than its host: `a…@example.org`."""
    local, _, host = email.rpartition("@")
    return f"{local[:1]}…@{host}"


def mask_person(person: Person) -> str:
    """Return how a person is called where nobody needs to know who it is."""
    return mask_email(person.address.email)
