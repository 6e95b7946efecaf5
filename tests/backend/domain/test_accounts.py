"""What an address and a name may be, and which addresses belong to one person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.accounts import read_address, read_name
from backend.errors import Invalid


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("ann+news@example.org", "ann@example.org"),
        ("ann+a+b@example.org", "ann@example.org"),
        ("a.nn@example.org", "a.nn@example.org"),
        ("A.n.n+x@gmail.com", "ann@gmail.com"),
        ("ann@googlemail.com", "ann@gmail.com"),
        ("+tag@example.org", "+tag@example.org"),
        ("owner@localhost", "owner@localhost"),
        ("  ann@example.org ", "ann@example.org"),
    ],
)
def test_addresses_of_one_person_have_one_key(written: str, key: str) -> None:
    assert read_address(written).key == key


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "ann@@example.org",
        "ann@example..org",
        "ann@-example.org",
        ".ann@example.org",
        "an..n@example.org",
        "ann@exam ple.org",
        "ann@example.org\r\nBcc: everyone@example.org",
        "ann\n@example.org",
        "ann@example.org\n",
        "ann\x00@example.org",
        '"ann"@example.org',
        "ann <ann@example.org>",
        "ann@example.org, bob@example.org",
        "ann@[127.0.0.1]",
        "änn@example.org",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
        "ann@" + ".".join(["a" * 60] * 5) + ".org",
    ],
)
def test_what_no_mail_header_should_carry_is_no_address(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_address(written)
    assert refused.value.field == "email"


@given(st.text(max_size=300))
def test_every_text_is_an_address_in_plain_ascii_or_refused(text: str) -> None:
    try:
        address = read_address(text)
    except Invalid:
        return
    assert address.email.isascii()
    assert address.email.isprintable()
    assert address.email.count("@") == 1
    assert not set(address.email) & set(' ,;:<>()[]"\\')
    assert read_address(address.key).key == address.key


def test_a_variant_of_an_address_is_not_the_same_mailbox() -> None:
    address = read_address("ann+news@example.org")
    assert address.is_same_mailbox("Ann+News@example.org")
    assert not address.is_same_mailbox("ann@example.org")


def test_a_name_is_one_line_without_what_nobody_sees() -> None:
    assert read_name("  Ann\r\n\tLantern\u200b\u202e ") == "Ann Lantern"
    assert read_name("") == ""
    assert read_name("نور 光") == "نور 光"


def test_a_name_has_at_most_a_hundred_characters() -> None:
    assert len(read_name("n" * 100)) == 100
    with pytest.raises(Invalid, match="at most 100 characters"):
        read_name("n" * 101)
