"""Two at the same moment: what may happen once happens once, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlmodel import func, select

from backend.actions.accounts import find_account, sign_up
from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.referrals import claim_code
from backend.actions.sites import register_site
from backend.actions.tokens import find_actor, list_tokens, make_token, revoke_token
from backend.domain.actors import Actor, Scope, owner_of
from backend.domain.sites import SiteDraft
from backend.errors import Conflict, LimitReached, NotFound, ServiceError
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.base import TENANT
from backend.store.tables.referrals import CodeRow
from backend.store.tables.sites import SiteRow
from tests.support.service import SITE_URL, add_account

T = TypeVar("T")
ANN = "ann@example.org"


def together(work: Callable[[int], T], times: int = 6) -> list[T | ServiceError]:
    """Do the work several times at the same moment; return what came of each."""
    ready = Barrier(times)

    def one(number: int) -> T | ServiceError:
        ready.wait(20)
        try:
            return work(number)
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def kinds(results: list[T | ServiceError]) -> set[type]:
    return {type(one) for one in results if isinstance(one, ServiceError)}


def count(context: Context, table: type) -> int:
    with context.database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def an_owner(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context))


def test_one_address_never_gets_two_accounts(any_context: Context) -> None:
    spellings = (ANN, "Ann@example.org", "ann+x@example.org") * 2
    made = together(
        lambda n: sign_up(
            any_context, email=spellings[n], name="", code=None, is_typed=False, touch=None
        )
    )
    assert sum(not isinstance(one, ServiceError) for one in made) == 1
    assert kinds(made) == {Conflict}
    assert (count(any_context, AccountRow), count(any_context, PersonRow)) == (1, 1)


def test_one_code_never_belongs_to_two_owners(any_context: Context) -> None:
    owners = [an_owner(any_context) for _ in range(6)]
    made = together(lambda n: claim_code(any_context, owners[n], "LANTERN"))
    assert sum(not isinstance(one, ServiceError) for one in made) == 1
    assert kinds(made) == {Conflict}


def test_one_owner_never_has_more_codes_than_allowed(any_context: Context) -> None:
    owner = an_owner(any_context)
    made = together(lambda n: claim_code(any_context, owner, f"LANTERN-{'ABCDEFGH'[n]}"), times=8)
    assert kinds(made) == {LimitReached}
    assert count(any_context, CodeRow) == 1 + 5


def test_one_address_of_a_site_is_never_two_sites_of_an_owner(any_context: Context) -> None:
    owner = an_owner(any_context)
    draft = SiteDraft(url=SITE_URL, title="Lantern")
    made = together(lambda _: register_site(any_context, owner, draft))
    assert len({one.id for one in made if not isinstance(one, ServiceError)}) == 1
    assert (kinds(made), count(any_context, SiteRow)) == (set(), 1)


def test_one_account_never_has_more_tokens_than_allowed(any_context: Context) -> None:
    owner = an_owner(any_context)
    for number in range(18):
        make_token(any_context, owner, name=f"t{number}", scopes=["sites:read"])
    made = together(lambda _: make_token(any_context, owner, name="t", scopes=["sites:read"]))
    assert kinds(made) == {LimitReached}
    assert len(list_tokens(any_context, owner)) == 20


def test_a_token_is_revoked_once_and_works_never_again(any_context: Context) -> None:
    owner = an_owner(any_context)
    made = make_token(any_context, owner, name="t", scopes=list(Scope))
    ended = together(
        lambda n: (
            revoke_token(any_context, owner, made.token.id)
            if n % 2
            else find_actor(any_context, made.secret)
        )
    )
    assert [type(one) for one in ended].count(NotFound) == 2
    assert find_actor(any_context, made.secret) is None


def test_an_erased_account_gets_no_site_from_a_request_that_began_before(
    any_context: Context,
) -> None:
    owner = an_owner(any_context)
    erase_account(any_context, owner)
    with pytest.raises(NotFound):
        register_site(any_context, owner, SiteDraft(url=SITE_URL, title="Lantern"))
    with pytest.raises(NotFound):
        make_token(any_context, owner, name="t", scopes=["sites:read"])
    with pytest.raises(NotFound):
        claim_code(any_context, owner, "LANTERN")


def test_erasing_while_sites_are_registered_leaves_none(any_context: Context) -> None:
    owner = an_owner(any_context)

    def work(number: int) -> None:
        if number == 0:
            erase_account(any_context, owner)
        else:
            draft = SiteDraft(url=f"https://s{number}.example/", title="Lantern")
            register_site(any_context, owner, draft)

    together(work, times=3)
    assert count(any_context, SiteRow) == 0
    found = find_account(any_context, account=owner.account)
    assert found is not None
    assert (found.person, found.is_open) == (None, False)
