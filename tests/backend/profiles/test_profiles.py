"""Public profiles: who may be called what, what they show, and that they end with the account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.actions.accounts import suspend
from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.profiles import (
    get_profile,
    get_public_profile,
    list_public_handles,
    save_profile,
)
from backend.actions.sites import remove_site
from backend.domain.actors import Actor, owner_of
from backend.domain.profiles import (
    MAX_LINKS,
    ProfileDraft,
    clean_handle,
    clean_profile,
    words_of_link,
)
from backend.domain.rewards import Grant, RewardKind
from backend.errors import Conflict, Invalid, NotFound
from backend.store.profiles import find_public_names
from backend.store.rewards import add_grant
from backend.store.tables.base import TENANT
from tests.support.listed_sites import set_views
from tests.support.service import add_account, add_site

ANN = ProfileDraft(handle="Ann-L", name="Ann Lantern", is_public=True)


@pytest.fixture
def ann(any_context: Context) -> Actor:
    return owner_of(TENANT, add_account(any_context, tier="pro"))


@pytest.mark.parametrize(
    "handle", ["ab", "a" * 31, "-ann", "ann-", "ann lee", "ännchen", "a.b", ""]
)
def test_a_handle_has_three_to_thirty_letters_digits_and_dashes(handle: str) -> None:
    with pytest.raises(Invalid, match="3 to 30"):
        clean_handle(handle)


@pytest.mark.parametrize("handle", ["admin", "Support", "4SITE", "people", "you", "api"])
def test_what_could_be_the_service_is_nobodys_handle(handle: str) -> None:
    with pytest.raises(Invalid, match="taken for this service"):
        clean_handle(handle)


def test_a_handle_is_kept_in_lower_case() -> None:
    assert clean_handle(" Ann-L33 ") == "ann-l33"
    assert len(clean_handle("a" * 30)) == 30


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "ftp://a.example/", "//a.example", "https://u:p@a.example/",
     "https://a.example/\\x", "data:text/html,x", "https://"],
)  # fmt: skip
def test_a_link_is_an_address_on_the_web(link: str) -> None:
    with pytest.raises(Invalid):
        clean_profile(replace(ANN, links=(link,)))


def test_links_are_written_as_browsers_do_and_are_at_most_five() -> None:
    draft = replace(ANN, links=("HTTPS://Ann.Example/a?b=c d".replace(" ", "%20"), "", " "))
    assert clean_profile(draft).links == ("https://ann.example/a?b=c%20d",)
    assert words_of_link("https://www.ann.example/a/") == "ann.example/a"
    assert MAX_LINKS == 5
    with pytest.raises(Invalid, match="at most 5 links"):
        clean_profile(replace(ANN, links=tuple(f"https://{n}.example/" for n in range(6))))


def test_nobody_has_a_profile_before_turning_it_on(any_context: Context, ann: Actor) -> None:
    assert get_profile(any_context, ann).profile is None
    save_profile(any_context, ann, replace(ANN, is_public=False))
    with pytest.raises(NotFound):
        get_public_profile(any_context, "ann-l")
    save_profile(any_context, ann, ANN)
    assert get_public_profile(any_context, "ANN-L").profile.name == "Ann Lantern"
    save_profile(any_context, ann, replace(ANN, is_public=False))
    with pytest.raises(NotFound):
        get_public_profile(any_context, "ann-l")
    assert list(list_public_handles(any_context, at_most=9)) == []


def test_a_handle_is_one_persons_also_while_the_profile_is_off(
    any_context: Context, ann: Actor
) -> None:
    bob = owner_of(TENANT, add_account(any_context))
    save_profile(any_context, ann, replace(ANN, is_public=False))
    with pytest.raises(Conflict, match="ann-l is taken"):
        save_profile(any_context, bob, replace(ANN, handle="ANN-L"))
    assert get_profile(any_context, bob).profile is None
    save_profile(any_context, ann, replace(ANN, handle="lantern"))
    save_profile(any_context, bob, replace(ANN, name="Bob"))
    assert list(list_public_handles(any_context, at_most=9)) == ["ann-l", "lantern"]
    assert list(list_public_handles(any_context, at_most=1)) == ["ann-l"]


def test_lists_get_the_names_of_public_profiles_alone(any_context: Context, ann: Actor) -> None:
    bob = owner_of(TENANT, add_account(any_context))
    sue = owner_of(TENANT, add_account(any_context))
    save_profile(any_context, ann, ANN)
    save_profile(any_context, bob, ProfileDraft(handle="bob", name="Bob"))
    save_profile(any_context, sue, ProfileDraft(handle="sue", is_public=True))
    everybody = [ann.account, bob.account, sue.account, "0" * 32]
    with any_context.database.reading() as session:
        names = find_public_names(session, TENANT, everybody)
        assert find_public_names(session, "elsewhere", everybody) == {}
        assert find_public_names(session, TENANT, []) == {}
    assert {account: (name.name, name.path) for account, name in names.items()} == {
        ann.account: ("Ann Lantern", "/people/ann-l"),
        sue.account: ("sue", "/people/sue"),
    }


def test_a_profile_shows_showcase_sites_but_those_left_out(
    any_context: Context, ann: Actor
) -> None:
    one, key = add_site(any_context, ann.account, url="https://one.example/", wish="in")
    two, _key = add_site(any_context, ann.account, url="https://two.example/", wish="in")
    add_site(any_context, ann.account, url="https://three.example/", wish="out")
    other = add_account(any_context, tier="pro")
    foreign, _key = add_site(any_context, other, wish="in")
    for site, views in ((one, 100), (two, 200), (foreign, 300)):
        set_views(any_context, site, views)
    save_profile(any_context, ann, ANN)
    shown = get_public_profile(any_context, "ann-l")
    assert [card.url for card in shown.cards] == ["https://two.example/", "https://one.example/"]
    save_profile(any_context, ann, replace(ANN, hidden=frozenset({two})))
    assert [card.key for card in get_public_profile(any_context, "ann-l").cards] == [key]
    assert get_profile(any_context, ann).hidden == {two}
    save_profile(any_context, ann, replace(ANN, hidden=frozenset({two, foreign})))
    assert get_profile(any_context, ann).hidden == {two}
    remove_site(any_context, ann, two)
    assert get_profile(any_context, ann).hidden == frozenset()


def test_achievements_are_shown_to_others_when_allowed(any_context: Context, ann: Actor) -> None:
    with any_context.database.transaction() as session:
        for key, kind in (
            ("ambassador", RewardKind.ACHIEVEMENT),
            ("milestone_1", RewardKind.MILESTONE),
        ):
            now = any_context.clock.now()
            grant = Grant(account=ann.account, key=key, kind=kind, at=now, granted_at=now)
            add_grant(session, TENANT, grant)
    save_profile(any_context, ann, ANN)
    assert get_public_profile(any_context, "ann-l").achievements == ()
    save_profile(any_context, ann, replace(ANN, shows_achievements=True))
    shown = get_public_profile(any_context, "ann-l").achievements
    assert [achievement.name for achievement in shown] == ["Ambassador"]


def test_closing_an_account_hides_its_profile_and_erasing_removes_it(
    any_context: Context, ann: Actor
) -> None:
    save_profile(any_context, ann, ANN)
    suspend(any_context, ann.account)
    with pytest.raises(NotFound):
        get_public_profile(any_context, "ann-l")
    with any_context.database.reading() as session:
        assert find_public_names(session, TENANT, [ann.account]) == {}
    erase_account(any_context, ann)
    bob = owner_of(TENANT, add_account(any_context))
    assert save_profile(any_context, bob, ANN).handle == "ann-l"
