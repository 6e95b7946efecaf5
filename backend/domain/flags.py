"""Features that some people have: by name, by tier, by a share of everybody, or all.

The decision is a pure function; the share is told by a hash of flag and account, so that it is the
same every time, and that raising it takes the feature from nobody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.tiers import Tier
from backend.errors import Invalid

MOST_ACCOUNTS = 200
LONGEST_DESCRIPTION = 300
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_ACCOUNT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFlag:
    """A feature. `is_on` gives it to everybody; else `accounts`, `tiers` and `percent` of all."""

    name: str
    description: str
    is_on: bool = False
    percent: int = 0
    accounts: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()


def has_feature(
    flag: FeatureFlag | None, name: str, account: str, tier: Tier, granted: Iterable[str] = ()
) -> bool:
    """Tell whether an account has the feature `name`; `granted` are those that rewards gave it.

    `flag` is None for a feature that no operator knows of.
    """
    if name in granted:
        return True
    if flag is None:
        return False
    return (
        flag.is_on
        or account in flag.accounts
        or tier in flag.tiers
        or _place(flag.name, account) < flag.percent
    )


def check_flag(flag: FeatureFlag) -> FeatureFlag:
    """Return the flag as it is kept. Raises Invalid naming the field that cannot be."""
    if not _NAME.fullmatch(flag.name):
        raise Invalid(
            "A flag's name has 2 to 40 lower-case letters, digits and underscores.",
            field="name",
            hint="Begin with a letter, like new_editor.",
        )
    if len(flag.description) > LONGEST_DESCRIPTION:
        raise Invalid(f"A description has at most {LONGEST_DESCRIPTION} characters.", field="text")
    if not 0 <= flag.percent <= 100:
        raise Invalid("A share is a whole number from 0 to 100.", field="percent")
    if len(flag.accounts) > MOST_ACCOUNTS:
        raise Invalid(f"A flag names at most {MOST_ACCOUNTS} accounts.", field="accounts")
    for account in flag.accounts:
        if not _ACCOUNT.fullmatch(account):
            raise Invalid(
                f"{account[:40]!r} is no account.",
                field="accounts",
                hint="Name accounts by their ids of 32 digits, with spaces between them.",
            )
    return flag


def _place(name: str, account: str) -> int:
    """Return where an account stands among all for this flag: 0 to 99, evenly spread."""
    digest = hashlib.blake2b(f"{name}:{account}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 100
