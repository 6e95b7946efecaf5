"""Accounts, and what their names and addresses may look like. Source: the rules, "Referrals".

An address has a `key`: addresses with the same key belong to one person, so that nobody refers
themselves by writing their address differently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from backend.domain.actors import Actor, Role
from backend.domain.instants import Instant
from backend.domain.tiers import Tier
from backend.errors import Conflict, Invalid

EMAIL_LENGTH = 254
"""RFC 5321, 4.5.3.1.3, less the two angle brackets of a path."""
LOCAL_LENGTH = 64
NAME_LENGTH = 100

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.I)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I)
# Google delivers to the address without its dots, under both names.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An e-mail address as it was written, and the key that its variants share."""

    email: str
    key: str

    def is_same_mailbox(self, other: str) -> bool:
        """Tell whether `other` is this very address, not merely one with the same key.

        Some hosts let anybody open `ann+news@…` beside `ann@…`: the key decides who may refer
        whom, and never who may sign in.
        """
        return self.email.casefold() == other.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is personal about an account."""

    address: Address
    name: str
    github_id: int | None = None
    github_login: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An owner or operator. `person` is None when it was erased; `code` is the one to show."""

    tenant: str
    id: str
    tier: Tier
    role: Role
    code: str
    created_at: Instant
    suspended_at: Instant | None
    erased_at: Instant | None
    person: Person | None

    @property
    def is_open(self) -> bool:
        """Whether its owner may sign in and its tokens work."""
        return self.suspended_at is None and self.erased_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubIdentity:
    """Somebody whom GitHub has signed in, with their verified primary address."""

    id: int
    login: str
    name: str
    email: str


def read_address(text: str, *, field: str = "email") -> Address:
    """Return the address that `text` holds. Raises Invalid naming `field`.

    Plain ASCII addresses without quotes, comments or line breaks: what mail headers can carry
    and nothing that could add one.
    """
    email = text.strip(" ")
    local, at, domain = email.rpartition("@")
    labels = domain.split(".")
    is_valid = (
        at
        and len(email) <= EMAIL_LENGTH
        and len(local) <= LOCAL_LENGTH
        and _LOCAL.fullmatch(local)
        and all(_LABEL.fullmatch(label) for label in labels)
        and (len(labels) > 1 or domain.lower() == "localhost")
    )
    if not is_valid:
        raise Invalid(
            "That is not an e-mail address.", field=field, hint="Write it like ann@example.org."
        )
    return Address(email=email, key=_key_of(local, domain))


def check_still_administered(by: Actor, account: str, admins: Collection[str]) -> None:
    """Raise Conflict when `account` may not stop to be one of `admins`, those that can sign in."""
    if by.account == account:
        raise Conflict(
            "Nobody takes the administrator's role from themselves.",
            hint="Ask another administrator to do it.",
        )
    if not set(admins) - {account}:
        raise Conflict(
            "This is the last administrator.", hint="Make somebody else one before that."
        )


def _key_of(local: str, domain: str) -> str:
    """Return the address in lower case, without a tag, and at Gmail without dots."""
    host = domain.lower()
    name = local.lower().split("+", 1)[0] or local.lower()
    if host in _DOTLESS:
        host, name = _DOTLESS[host], name.replace(".", "") or name
    return f"{name}@{host}"


def read_name(text: str) -> str:
    """Return a person's name on one line, '' when there is none. Raises Invalid when too long."""
    shown = "".join(" " if char.isspace() else char for char in text)
    plain = "".join(char for char in shown if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    name = " ".join(plain.split())
    if len(name) > NAME_LENGTH:
        raise Invalid(
            f"A name has at most {NAME_LENGTH} characters.", field="name", hint="Shorten it."
        )
    return name
