"""What operators did: who, when, what, to whom, and the facts of it. Nothing is ever changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.domain.actors import ALL_SCOPES, Actor, Role
from backend.domain.canonical_json import encode
from backend.domain.instants import Instant

COMMAND = "command"
"""Who did what `4site server` was told to do without naming a person."""
FACTS_BYTES = 16_000
_ACTION = re.compile(r"[a-z_]{2,20}\.[a-z_]{2,30}")
_SUBJECT = re.compile(r"[a-z_]{2,20}:[!-~]{1,100}")
_SECRET = re.compile(r"secret|password|token|iban|account_number|email|address|cookie|key$")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act. `actor` is an account or `COMMAND`; `kind` and `subject` name what it was about;
    `facts` are a JSON object in its one spelling.
    """

    id: str
    at: Instant
    actor: str
    role: Role
    action: str
    kind: str
    subject: str
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries are looked for: of whom, what, about what, from `since` to before `until`."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: Instant | None = None
    until: Instant | None = None


def command_actor(tenant: str) -> Actor:
    """Return the machine's own operator, who may do everything."""
    return Actor(
        tenant=tenant, account=COMMAND, role=Role.ADMIN, scopes=ALL_SCOPES, is_session=True
    )


def check_action(action: str) -> str:
    """Return `AREA.VERB` (`account.suspend`) as it is. Raises ValueError: a mistake of ours."""
    if not _ACTION.fullmatch(action):
        raise ValueError(f"{action!r} is no action")
    return action


def split_subject(subject: str) -> tuple[str, str]:
    """Return kind and id of `KIND:ID`. Raises ValueError: a mistake of ours."""
    if not _SUBJECT.fullmatch(subject):
        raise ValueError(f"{subject!r} is no subject")
    kind, _, name = subject.partition(":")
    return kind, name


def write_facts(facts: dict[str, object]) -> str:
    """Return the facts in their one spelling.

    The log is never changed, so nothing personal and no secret may enter it: a name that smells of
    one is refused. Raises ValueError for that, and for more than `FACTS_BYTES`.
    """
    for name in facts:
        if _SECRET.search(name):
            raise ValueError(f"{name!r} does not belong into the audit log")
    text = encode(facts).decode()
    if len(text.encode()) > FACTS_BYTES:
        raise ValueError("too many facts for one entry of the audit log")
    return text
