"""Hashes of visitors: the same within a day and a site, unlinkable beyond."""

from __future__ import annotations

import pytest

from backend.domain.visitors import hash_network, hash_visitor, network_of

SALT, OTHER_SALT = b"a" * 16, b"b" * 16


def visitor(
    salt: bytes = SALT, site: str = "site", address: str = "203.0.113.7", agent: str = "Browser"
) -> str:
    return hash_visitor(salt, site=site, address=address, user_agent=agent)


def test_one_visitor_of_one_site_has_one_hash_a_day() -> None:
    assert visitor() == visitor()
    assert len(visitor()) == 16
    assert len({visitor(), visitor(OTHER_SALT), visitor(site="other"), visitor(agent="Other")}) == 4


def test_parts_cannot_be_shifted_into_one_another() -> None:
    assert visitor(address="203.0.113.7", agent="7x") != visitor(address="203.0.113.77", agent="x")


def test_a_user_agent_that_is_not_text_is_hashed_too() -> None:
    assert visitor(agent="\udcff\ud800")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_network_is_a_24_or_a_48(address: str, network: str) -> None:
    assert network_of(address) == network


def test_neighbours_share_a_network_and_not_a_visitor() -> None:
    near = [hash_network(SALT, site="site", address=f"203.0.113.{n}") for n in (1, 2)]
    assert near[0] == near[1]
    assert visitor(address="203.0.113.1") != visitor(address="203.0.113.2")
    assert hash_network(SALT, site="other", address="203.0.113.1") != near[0]
