"""Every route of operators as every role: only those that may get anything, or change anything.

Strangers, owners, tokens and closed accounts walk them in `test_every_route.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx2
import pytest

from backend.actions.accounts import change_role
from backend.domain.actors import Role
from tests.backend.test_every_route import OWNED, check_tells_nothing, of
from tests.backend.test_every_route import ask as ask_for
from tests.support.people import Person, World, open_world, save
from tests.support.routes import AGENT, LINES

ADMIN = {name: line for name, line in LINES.items() if line.roles is not None}
ROLES = [Role.REVIEWER, Role.FINANCE, Role.SUPPORT, Role.ADMIN]
OTHERS = [name for name in OWNED if LINES[name].roles is None]
NOTHING = "There is nothing at this address."


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann, an owner, and somebody of each role."""
    names = [role.value for role in ROLES]
    with open_world(tmp_path_factory.mktemp("world"), "ann", *names) as world:
        for role in ROLES:
            change_role(world.context, world.people[role.value].actor.account, role)
        save(world)
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


def ask(world: World, name: str, about: Person, role: Role) -> httpx2.Response:
    """Ask for a route as an operator, about what belongs to an owner."""
    line, operator = ADMIN[name], world.people[role.value]
    values = {**about.of, "email": about.email, "url": about.url}
    client = world.browser(operator)
    path = fill(line.path, values)
    if name.startswith("GET "):
        query = {key: fill(text, values) for key, text in line.query.items()}
        return client.get(path, params=query, headers=AGENT, follow_redirects=False)
    form = {key: fill(text, values) for key, text in line.form.items()}
    return client.post(
        path, data={**form, "csrf_token": operator.csrf}, headers=AGENT, follow_redirects=False
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def may(name: str, role: Role) -> bool:
    return role is Role.ADMIN or role in (ADMIN[name].roles or ())


def test_everything_below_admin_says_which_roles_may() -> None:
    assert {name for name in LINES if name.partition(" ")[2].startswith("/admin")} == set(ADMIN)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ADMIN)
def test_a_role_gets_what_is_for_it_and_nothing_else(world: World, name: str, role: Role) -> None:
    ann, before = world.people["ann"], world.rows()
    answer = ask(world, name, ann, role)
    if may(name, role):
        assert answer.status_code == ADMIN[name].as_operator, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return
    assert answer.status_code == 404
    assert NOTHING in answer.text
    known = str(answer.request.url)
    assert not {mark for mark in ann.marks if mark in answer.text and mark not in known}
    assert world.rows() == before


def roles_of(name: str) -> set[Role]:
    """Return who may use an operation of the REST interface that is for operators."""
    if "/finance/" not in name:
        return set()
    if "/finance/plans" in name or "/finance/programme" in name:
        return {Role.ADMIN}
    reviewer = {Role.REVIEWER} if "/finance/holds/" in name else set()
    return {Role.ADMIN, Role.FINANCE} | reviewer


@pytest.mark.parametrize("name", OTHERS)
def test_a_role_opens_nothing_of_an_owner_by_the_owners_own_doors(world: World, name: str) -> None:
    ann, before = world.people["ann"], of(world.people["ann"], world.rows())
    for role in ROLES:
        world.restore()
        operator = world.people[role.value]
        client = world.browser(operator)
        answer = ask_for(world, name, about=ann, client=client, csrf=operator.csrf)
        if role in roles_of(name):
            assert answer.status_code != 403, role
            continue
        assert answer.status_code == LINES[name].other, role
        check_tells_nothing(name, answer, ann)
        assert of(ann, world.rows()) == before
