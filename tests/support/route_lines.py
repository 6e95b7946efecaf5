"""What is expected of one route, and the kinds of routes there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from backend.domain.actors import Role, Scope


class Door(StrEnum):
    """Who is let in: everybody, whoever has a form of ours, a signed-in person, or a scope."""

    OPEN = "open"
    FORM = "form"
    PERSON = "person"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One route. `own` is what its owner gets, `other` another owner who names the first one's
    things, `stranger` somebody without an account.

    `is_shared` lets pages of other origins read it, `may_write` is a GET that is documented to
    write, `needs_person` refuses tokens though they have the scope, `tells` is one that shows what
    it is asked for by a secret. Where `roles` is not None, only operators with one of them and
    administrators get anything: `as_operator`.
    """

    door: Door
    own: int
    other: int
    stranger: int
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scope: Scope | None = None
    is_shared: bool = False
    needs_person: bool = False
    may_write: bool = False
    tells: bool = False
    roles: tuple[Role, ...] | None = None
    as_operator: int = 200


def an_open(path: str, status: int = 200, **more: object) -> Line:
    values: dict[str, object] = {"own": status, "other": status, "stranger": status, **more}
    return Line(door=Door.OPEN, path=path, **values)  # type: ignore[arg-type]  # as named above


def a_form(path: str, status: int, **fields: str) -> Line:
    return Line(door=Door.FORM, own=status, other=status, stranger=status, path=path, form=fields)


def a_person(path: str, own: int, other: int | None = None, **fields: str) -> Line:
    return Line(
        door=Door.PERSON,
        own=own,
        other=own if other is None else other,
        stranger=401,
        path=path,
        form=fields,
    )


def a_desk(path: str, own: int = 200, other: int | None = None) -> Line:
    """A page of the dashboard: whoever is not signed in is sent to the way in."""
    return replace(a_person(path, own, other), stranger=303)


def an_admin(path: str, *roles: Role, status: int = 200, **fields: str) -> Line:
    """A page or form of operators: for everybody else who is signed in there is nothing.

    Without `roles` it is for administrators alone. The forms are sent with `fields`.
    """
    return replace(a_desk(path, 404), form=fields, roles=roles, as_operator=status)


REVIEWER, FINANCE, SUPPORT = Role.REVIEWER, Role.FINANCE, Role.SUPPORT
EVERY = (REVIEWER, FINANCE, SUPPORT)
