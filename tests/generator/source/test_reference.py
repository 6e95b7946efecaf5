"""What may be typed as SOURCE, and what must never reach git."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import SourceError, SourceMissing, SourceRefused
from generator.source.reference import (
    FolderReference,
    GitHubReference,
    GitReference,
    parse_reference,
)

FORGES = {"git.example.com": "github", "127.0.0.1:8080": "github", "lab.example.com": "gitlab"}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _github(text: str) -> GitHubReference:
    reference = parse_reference(text, forges=FORGES)
    assert isinstance(reference, GitHubReference)
    return reference


@pytest.mark.parametrize(
    ("text", "slug", "ref"),
    [
        ("octo/hello", "octo/hello", None),
        ("octo/hello.js@v1.2", "octo/hello.js", "v1.2"),
        ("octo/hello@feature/x", "octo/hello", "feature/x"),
        ("https://github.com/octo/hello", "octo/hello", None),
        ("https://www.github.com/octo/hello/", "octo/hello", None),
        ("http://github.com/octo/hello.git", "octo/hello", None),
        ("github.com/octo/hello", "octo/hello", None),
        ("https://github.com/octo/hello?tab=readme#install", "octo/hello", None),
        ("https://github.com/octo/hello/issues/3", "octo/hello", None),
        ("https://github.com/octo/hello/tree/v2", "octo/hello", "v2"),
        ("https://github.com/octo/hello/releases/tag/v2.0", "octo/hello", "v2.0"),
        ("https://github.com/octo/hello/commit/abc123", "octo/hello", "abc123"),
        ("git@github.com:octo/hello.git", "octo/hello", None),
        ("ssh://git@github.com/octo/hello.git", "octo/hello", None),
        ("git+https://github.com/octo/hello", "octo/hello", None),
    ],
)
def test_every_way_to_write_a_github_repository_is_understood(
    text: str, slug: str, ref: str | None
) -> None:
    reference = _github(text)
    assert (reference.slug, reference.ref) == (slug, ref)
    assert reference.base in {"https://github.com", "http://github.com"}


def test_a_tree_url_offers_the_longest_ref_first() -> None:
    reference = _github("https://github.com/octo/hello/tree/feature/x/docs")
    assert list(reference.readings()) == [
        ("feature/x/docs", ""),
        ("feature/x", "docs"),
        ("feature", "x/docs"),
    ]


def test_a_file_url_names_a_ref_but_no_subfolder() -> None:
    reference = _github("https://github.com/octo/hello/blob/release/2/docs/a%20b.md")
    assert ("release/2", "") in list(reference.readings())
    assert all(not folder for _, folder in reference.readings())


def test_an_enterprise_host_counts_as_github_only_when_the_settings_say_so() -> None:
    assert _github("https://git.example.com/octo/hello").base == "https://git.example.com"
    assert _github("http://127.0.0.1:8080/octo/hello").base == "http://127.0.0.1:8080"
    other = parse_reference("https://evil.example.com/octo/hello", forges=FORGES)
    assert other == GitReference(url="https://evil.example.com/octo/hello")


def test_an_ssh_address_stays_what_git_clones() -> None:
    assert _github("git@github.com:octo/hello.git").clone_url == "git@github.com:octo/hello.git"


@pytest.mark.parametrize(
    ("text", "url", "ref"),
    [
        ("https://gitlab.com/group/sub/name.git", "https://gitlab.com/group/sub/name.git", None),
        ("https://gitlab.com/group/name/-/tree/v1", "https://gitlab.com/group/name", "v1"),
        ("https://codeberg.org/a/b#stable", "https://codeberg.org/a/b", "stable"),
        ("ssh://git@host.example/~me/name.git", "ssh://git@host.example/~me/name.git", None),
        ("git://host.example/name.git", "git://host.example/name.git", None),
        ("file:///srv/name.git", "file:///srv/name.git", None),
        ("me@host.example:path/name.git", "me@host.example:path/name.git", None),
        ("https://gist.github.com/octo/0123abc", "https://gist.github.com/0123abc.git", None),
    ],
)
def test_any_git_url_is_cloned(text: str, url: str, ref: str | None) -> None:
    assert parse_reference(text, forges=FORGES) == GitReference(url=url, ref=ref)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-rf",
        "--upload-pack=touch x",
        "ext::sh -c whoami",
        "fd::17",
        "https://user:secret@example.com/a/b",
        "file://server/share",
        "gopher://example.com/a",
        "ssh://-oProxyCommand=x/a",
        "host.example:-x",
        "octo/hello@--help",
        "octo/hello@a..b",
        "octo/hello@a b",
        "octo/hello ;",
        "octo/he\x00llo",
        "https://github.com/octo/..",
        "https://[::1/a",
    ],
)
def test_what_could_harm_is_refused(text: str) -> None:
    with pytest.raises((SourceRefused, SourceMissing)) as caught:
        parse_reference(text, forges=FORGES)
    assert "secret" not in caught.value.message


def test_an_existing_folder_wins_over_a_repository_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "octo" / "hello").mkdir(parents=True)
    assert parse_reference("octo/hello", forges={}) == FolderReference(path=Path("octo/hello"))


def test_a_path_that_does_not_exist_says_what_to_do() -> None:
    with pytest.raises(SourceMissing) as caught:
        parse_reference("./nowhere/at/all", forges={})
    assert "./nowhere/at/all" in caught.value.message
    assert "owner/name" in caught.value.hint


def test_a_single_word_is_explained_with_its_owner() -> None:
    with pytest.raises(SourceMissing) as caught:
        parse_reference("requests", forges={})
    assert "owner/requests" in caught.value.hint


def test_a_file_in_place_of_a_folder_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Hello")
    with pytest.raises(SourceMissing, match="is a file"):
        parse_reference("README.md", forges={})


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[a-z@:/.\-]{1,40}", fullmatch=True))
def test_any_text_is_a_reference_or_a_clear_error(text: str) -> None:
    try:
        reference = parse_reference(text, forges=FORGES)
    except SourceError as error:
        assert error.message
        return
    match reference:
        case GitReference():
            assert not reference.url.startswith("-")
            assert not re.match(r"[\w.+-]*::", reference.url)
        case GitHubReference():
            assert reference.slug.count("/") == 1
            assert reference.owner not in {".", ".."}
            assert reference.name not in {".", ".."}
        case FolderReference():
            assert reference.path.expanduser().is_dir()


def test_short_names_and_urls_belong_to_the_preferred_host() -> None:
    for text in (
        "octo/hello",
        "https://git.team.example/octo/hello",
        "git.team.example/octo/hello",
    ):
        reference = parse_reference(text, forges={}, default_host="git.team.example")
        assert isinstance(reference, GitHubReference)
        assert reference.url == "https://git.team.example/octo/hello"
    reference = parse_reference("github.com/octo/hello", forges={}, default_host="git.team.example")
    assert isinstance(reference, GitHubReference)
    assert reference.base == "https://github.com"
