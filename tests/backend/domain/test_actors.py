"""What actors may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.actors import Role, Scope, owner_of
from backend.domain.devices import device_words
from backend.errors import Forbidden


def test_a_token_may_do_what_its_scopes_say_and_no_more() -> None:
    reader = replace(
        owner_of("default", "ann"), scopes=frozenset({Scope.SITES_READ}), is_session=False
    )
    reader.needs(Scope.SITES_READ)
    with pytest.raises(Forbidden, match="lacks the scope sites:write"):
        reader.needs(Scope.SITES_WRITE)


def test_somebody_signed_in_has_every_scope() -> None:
    for scope in Scope:
        owner_of("default", "ann").needs(scope)


def test_a_role_is_for_people_with_it_and_for_admins() -> None:
    owner_of("default", "ann", Role.REVIEWER).needs_role(Role.REVIEWER)
    owner_of("default", "ann", Role.ADMIN).needs_role(Role.REVIEWER)
    for role in (Role.OWNER, Role.FINANCE, Role.SUPPORT):
        with pytest.raises(Forbidden):
            owner_of("default", "ann", role).needs_role(Role.REVIEWER)


def test_a_token_of_an_admin_has_no_role() -> None:
    token = replace(owner_of("default", "ann", Role.ADMIN), is_session=False)
    with pytest.raises(Forbidden):
        token.needs_role(Role.ADMIN)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_named_as_people_name_it(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words
