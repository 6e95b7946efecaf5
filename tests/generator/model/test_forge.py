"""Remotes in every spelling, and the addresses that each family of forges gives to things."""

from __future__ import annotations

import pytest

from generator.model.forge import Forge, ForgeKind, parse_forge

_SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/ada/lamp.git", "https://github.com/ada/lamp"),
        ("git@github.com:ada/lamp.git", "https://github.com/ada/lamp"),
        ("ssh://git@github.com/ada/lamp", "https://github.com/ada/lamp"),
        ("https://user:secret@github.com/ada/lamp/", "https://github.com/ada/lamp"),
        ("https://gitlab.com/a/b/c.git", "https://gitlab.com/a/b/c"),
        ("https://codeberg.org/ada/lamp", "https://codeberg.org/ada/lamp"),
        ("https://git.example.com:8443/ada/lamp.git", "https://git.example.com:8443/ada/lamp"),
    ],
)
def test_remote_is_read_in_every_spelling(url: str, expected: str) -> None:
    forge = parse_forge(url, kinds={"git.example.com:8443": ForgeKind.GITHUB})
    assert forge is not None
    assert forge.url == expected


@pytest.mark.parametrize(
    "url", ["", "/srv/lamp.git", "https://github.com/ada", "https://x.org/a/b"]
)
def test_what_is_no_known_forge_gives_none(url: str) -> None:
    assert parse_forge(url) is None


@pytest.mark.parametrize(
    ("kind", "file", "edit", "issue"),
    [
        (ForgeKind.GITHUB, f"blob/{_SHA}/a%20b.py#L3", "edit/main/a%20b.py", "issues/7"),
        (ForgeKind.GITLAB, f"-/blob/{_SHA}/a%20b.py#L3", "-/edit/main/a%20b.py", "-/issues/7"),
        (ForgeKind.FORGEJO, f"src/commit/{_SHA}/a%20b.py#L3", "_edit/main/a%20b.py", "issues/7"),
        (ForgeKind.BITBUCKET, f"src/{_SHA}/a%20b.py#L3", "src/main/a%20b.py?mode=edit", "issues/7"),
    ],
)
def test_each_family_has_its_own_addresses(
    kind: ForgeKind, file: str, edit: str, issue: str
) -> None:
    forge = Forge(kind=kind, base="https://f.example", owner="o", name="n")
    start = "https://f.example/o/n/"
    assert forge.file_url("a b.py", ref=_SHA, lines="L3") == start + file
    assert forge.edit_url("a b.py", branch="main") == start + edit
    assert forge.issue_url(7) == start + issue
