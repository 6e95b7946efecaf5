"""Versions are found in changelogs of every habit, and told once, newest first."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from generator.content.changelog import merge_versions, split_changelog
from generator.content.document import read_document
from generator.content.html_tree import parse_html
from generator.content.linkmap import LinkMap
from generator.content.version_headings import read_heading
from generator.content.version_names import read_version
from generator.content.written_dates import find_date
from generator.model.changelog import Version
from generator.model.document import Document
from generator.model.files import FileTree
from generator.model.forge import parse_forge
from generator.model.release import Release
from generator.model.repository import Repository, Tag

FORGE = parse_forge("https://github.com/acme/acme")


def read(text: str, path: str = "CHANGELOG.md") -> Document:
    repository = Repository(name="acme", files=FileTree(root=Path("/nowhere")))
    links = LinkMap(repository, [], asset_url=str, remote={})
    resolver = links.resolver(path=path, url="changelog/")
    return read_document(path, text, links=resolver, forge=None)


def split(text: str, path: str = "CHANGELOG.md") -> list[Version]:
    return split_changelog(read(text, path))


def names(text: str, path: str = "CHANGELOG.md") -> list[tuple[str, date | None]]:
    return [(version.name, version.date) for version in split(text, path)]


def plain(version: Version) -> str:
    return parse_html(version.html).text


def release(tag: str, *, name: str = "", day: int = 1, is_prerelease: bool = False) -> Release:
    moment = datetime(2024, 1, day, tzinfo=UTC)
    url = f"https://github.com/acme/acme/releases/tag/{tag}"
    return Release(tag=tag, name=name, published_at=moment, url=url, is_prerelease=is_prerelease)


def tag(name: str, *, day: int | None = 1) -> Tag:
    moment = datetime(2024, 2, day, tzinfo=UTC) if day else None
    return Tag(name=name, commit="0" * 40, date=moment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# Changelog\n\n## [Unreleased]\n\n- x\n\n## [1.2.0] - 2024-01-02\n\n- y\n\n"
            "## [1.1.0] - 2023-12-01 [YANKED]\n\n- z\n\n[1.2.0]: https://example.org/a...b\n",
            [("Unreleased", None), ("1.2.0", date(2024, 1, 2)), ("1.1.0", date(2023, 12, 1))],
        ),
        (
            "## v1.2.3 (2024-01-02)\n\na\n\n## v1.2.2 (January 5, 2023)\n\nb\n",
            [("1.2.3", date(2024, 1, 2)), ("1.2.2", date(2023, 1, 5))],
        ),
        (
            "### 1.2.3 / 2nd March 2024\n\n * a\n\n### 1.2.2 / 2024-1-9\n\n * b\n",
            [("1.2.3", date(2024, 3, 2)), ("1.2.2", date(2024, 1, 9))],
        ),
        (
            "1.2.3 (2024-01-02)\n===\n\na\n\n1.2.2\n===\n\nb\n",
            [("1.2.3", date(2024, 1, 2)), ("1.2.2", None)],
        ),
        ("# 2.0.0\n\na\n\n## Added\n\nx\n\n# 1.0.0\n\nb\n", [("2.0.0", None), ("1.0.0", None)]),
        (
            "# [1.1.0](https://example.org/compare/v1.0.1...v1.1.0) (2024-02-01)\n\n### New\n\n"
            "* a\n\n## [1.0.1](https://example.org/compare/v1.0.0...v1.0.1) (2024-01-01)\n\n* b\n",
            [("1.1.0", date(2024, 2, 1)), ("1.0.1", date(2024, 1, 1))],
        ),
        (
            "## Acme 1.0.0-rc.1 \u2014 the big one\n\na\n\n## Acme 0.9\n\nb\n",
            [("1.0.0-rc.1", None), ("0.9", None)],
        ),
        (
            "## @acme/core@2.1.0\n\na\n\n## @acme/core@2.0.0\n\nb\n",
            [("@acme/core 2.1.0", None), ("@acme/core 2.0.0", None)],
        ),
        (
            "## Version 8.2.0\n\nReleased 2024-05-01\n\n- a\n\n"
            "## Version 8.3.0\n\nUnreleased\n\n- b\n",
            [("8.2.0", date(2024, 5, 1)), ("8.3.0", None)],
        ),
        (
            "## 2024-01-02\n\na\n\n## 2023-12-01\n\nb\n",
            [("2024-01-02", date(2024, 1, 2)), ("2023-12-01", date(2023, 12, 1))],
        ),
        ("# Changelog\n\nNothing was ever written down.\n", []),
        ("", []),
    ],
)  # fmt: skip
def test_versions_are_found_however_they_are_headed(
    text: str, expected: list[tuple[str, date | None]]
) -> None:
    assert names(text) == expected


def test_restructured_text_works_the_same() -> None:
    text = (
        "Version 1.1.0\n-------------\n\nReleased 2024-05-01\n\n-   Fixed.\n\n"
        "Version 1.0.0\n-------------\n\nReleased 2023-05-01\n\n-   First.\n"
    )
    found = split(text, "CHANGES.rst")
    assert [version.date for version in found] == [date(2024, 5, 1), date(2023, 5, 1)]
    assert [plain(version) for version in found] == ["Fixed.", "First."]


def test_notes_reach_to_the_next_version_and_their_headings_start_at_three() -> None:
    first, second = split(
        "# Changes\n\n## 2.0\n\nBig.\n\n### Added\n\n- a\n\n#### Deep\n\n- b\n\n## 1.0\n\nOld.\n"
    )
    assert plain(first) == "Big. Added a Deep b"
    assert re.findall(r"<(h\d)", first.html) == ["h3", "h4"]
    assert plain(second) == "Old."


def test_numbers_in_the_notes_open_no_version() -> None:
    (version,) = split(
        "## 3.0.0\n\n### Upgrading from 2.1.0\n\na\n\n### 3.1.0 and later\n\nb\n\n"
        "### Python 3.12 support\n\nc\n\n### 4.0.0\n\nd\n"
    )
    assert version.name == "3.0.0"
    assert plain(version).endswith("4.0.0 d")


def test_links_in_the_heading_are_kept() -> None:
    (version,) = split("## [1.1](https://example.org/acme/compare/1.0...1.1) (2024-01-02)\n\na\n")
    assert version.compare_url == "https://example.org/acme/compare/1.0...1.1"
    assert [str(origin) for origin in version.origins] == ["CHANGELOG.md"]


@pytest.mark.parametrize(
    "text",
    [
        "Migrating from 1.0 to 2.0", "Changes since 1.0", "Requires Node 18.2", "1.2 API", "Added",
        "Security", "Step 1.5", "HTTP 2.0 is here for everyone and it is good", "2024", "10 things",
        "1.0 beats 2.0 in every single test we ran",
    ],
)  # fmt: skip
def test_other_headings_open_no_version(text: str) -> None:
    assert read_heading(text) is None


@pytest.mark.parametrize(
    "text", ["Unreleased", "[Unreleased]", "Next release", "main", "HEAD", "TBD"]
)
def test_headings_of_what_is_to_come_are_known(text: str) -> None:
    found = read_heading(text)
    assert found is not None
    assert found.is_unreleased


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v1.2.3", ("", "1.2.3")), ("1.2.3", ("", "1.2.3")), ("release-1.2", ("", "1.2")),
        ("REL_9_6_1", ("", "9.6.1")), ("acme-v1.2", ("", "1.2")), ("core-v1.2", ("core", "1.2")),
        ("core/v1.2", ("core", "1.2")), ("@a/b@1.2.3-beta.4", ("@a/b", "1.2.3-beta.4")),
        ("refs/tags/v2", ("", "2")), ("2024.01.05", ("", "2024.01.05")),
        ("nightly", None), ("", None), ("x" * 200, None), ("stable", None),
    ],
)  # fmt: skip
def test_tags_name_versions_and_packages(text: str, expected: tuple[str, str] | None) -> None:
    found = read_version(text, project="acme")
    assert (found and (found.package, found.number)) == expected


def test_versions_are_in_order() -> None:
    rising = [
        "0.9", "1.0.0.dev1", "1.0.0a1", "1.0.0-alpha.2", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-rc.1",
        "1.0.0rc2", "1.0", "1.0.0.post1", "1.0.1", "1.2", "1.10", "2.0.0-rc.1", "2", "2024.1.2",
    ]  # fmt: skip
    orders = [found.order for text in rising if (found := read_version(text))]
    assert len(orders) == len(rising)
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02", date(2024, 1, 2)), ("(Jan 2nd, 2024)", date(2024, 1, 2)),
        ("2 January 2024", date(2024, 1, 2)), ("2024/1/2", date(2024, 1, 2)),
        ("2024年1月2日", date(2024, 1, 2)), ("2024-Jan-02", date(2024, 1, 2)),
        ("01/02/2024", None), ("January 2024", None), ("2024-13-45", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_only_whole_and_clear_dates_are_read(text: str, expected: date | None) -> None:
    assert find_date(text) == expected


def test_the_changelog_wins_and_nothing_is_told_twice() -> None:
    sections = split("## 1.1.0 - 2024-01-20\n\nOurs.\n\n## 1.0.0\n\nFirst.\n")
    releases = [
        (release("v1.1.0", day=21), Markup("<p>Theirs.</p>"), ()),
        (release("v1.0.0", day=3), Markup("<p>Theirs.</p>"), ()),
        (release("v0.9.0", day=2), Markup("<p>Only there.</p>"), ()),
    ]
    tags = [tag("v1.1.0"), tag("v0.8.0", day=4), tag("v0.7.0", day=None)]
    found = merge_versions(sections, releases, tags, forge=FORGE)
    assert [(each.name, each.date, plain(each)) for each in found] == [
        ("1.1.0", date(2024, 1, 20), "Ours."),
        ("1.0.0", date(2024, 1, 3), "First."),
        ("0.9.0", date(2024, 1, 2), "Only there."),
        ("0.8.0", date(2024, 2, 4), ""),
        ("0.7.0", None, ""),
    ]
    assert [each.anchor for each in found] == ["v1.1.0", "v1.0.0", "v0.9.0", "v0.8.0", "v0.7.0"]
    assert found[0].url == "https://github.com/acme/acme/releases/tag/v1.1.0"
    assert found[0].compare_url == "https://github.com/acme/acme/compare/v1.0.0...v1.1.0"
    assert found[-1].compare_url is None
    assert [str(origin) for origin in found[0].origins] == ["CHANGELOG.md", "forge", "git"]
    assert [str(origin) for origin in found[-1].origins] == ["git"]


def test_two_ways_to_write_a_version_are_one() -> None:
    found = merge_versions(
        split("## 1.0\n\nOurs.\n"), [(release("v1.0.0"), None, ())], [tag("v1.0.0")], forge=FORGE
    )
    assert [(each.name, each.tag) for each in found] == [("1.0", "v1.0.0")]


def test_the_links_an_author_made_to_a_heading_still_arrive() -> None:
    (found,) = merge_versions(split("## [1.0.0] - 2024-01-02\n\nx\n"), [], [], forge=None)
    assert found.anchor == "v1.0.0"
    assert 'id="100---2024-01-02"' in found.html


def test_unreleased_changes_come_first_and_only_with_words() -> None:
    text = "## Unreleased\n\n{}\n\n## 1.0\n\nx\n"
    full = merge_versions(split(text.format("- New.")), [], [], forge=None)
    assert [(each.name, each.is_unreleased) for each in full] == [
        ("Unreleased", True), ("1.0", False),
    ]  # fmt: skip
    for empty in ("", "### Added\n\n### Fixed"):
        found = merge_versions(split(text.format(empty)), [], [], forge=None)
        assert [each.name for each in found] == ["1.0"]


def test_a_version_called_unreleased_is_released_once_it_has_a_tag() -> None:
    sections = split("## 2.0 (unreleased)\n\nx\n")
    assert sections[0].is_unreleased
    assert not merge_versions(sections, [], [tag("v2.0")], forge=None)[0].is_unreleased


def test_packages_of_one_repository_stay_apart() -> None:
    releases = [
        (release("core@1.0.0", day=5), Markup("<p>Core.</p>"), ()),
        (release("web@1.0.0", day=6), Markup("<p>Web.</p>"), ()),
    ]
    found = merge_versions([], releases, [], forge=FORGE)
    assert [each.name for each in found] == ["web 1.0.0", "core 1.0.0"]
    assert len({each.anchor for each in found}) == 2


def test_the_projects_name_in_front_of_every_tag_is_no_package() -> None:
    found = merge_versions(
        split("## tool-1.1\n\nx\n"), [], [tag("tool-1.1"), tag("tool-1.0")], forge=None
    )
    assert [each.name for each in found] == ["1.1", "1.0"]


def test_bare_tags_of_previews_and_other_packages_are_left_out() -> None:
    tags = [tag("v1.0.0"), tag("v1.1.0-rc.1"), tag("v0.9"), tag("v0.8"), tag("helper-0.1")]
    found = merge_versions(split("## 1.0.0\n\nx\n"), [], tags, forge=FORGE)
    assert [each.name for each in found] == ["1.0.0", "0.9", "0.8"]
    assert len(merge_versions([], [], tags, forge=FORGE)) == 5


def test_an_abandoned_preview_is_not_the_newest_for_ever() -> None:
    releases = [
        (release("v2.0.0-beta", day=1, is_prerelease=True), Markup("<p>Big.</p>"), ()),
        (release("v1.1.0", day=20), Markup("<p>Fine.</p>"), ()),
        (release("v1.2.0-rc.1", day=25, is_prerelease=True), Markup("<p>Soon.</p>"), ()),
    ]
    found = merge_versions([], releases, [], forge=None)
    assert [each.name for each in found] == ["1.2.0-rc.1", "1.1.0", "2.0.0-beta"]
    assert [each.is_prerelease for each in found] == [True, False, True]


def test_releases_without_a_number_keep_their_name_and_place() -> None:
    releases = [
        (release("nightly", name="Nightly build", day=15), Markup("<p>x</p>"), ()),
        (release("v1.1.0", day=20), None, ()),
        (release("v1.0.0", day=10), None, ()),
    ]
    found = merge_versions([], releases, [], forge=None)
    assert [each.name for each in found] == ["1.1.0", "Nightly build", "1.0.0"]


def test_notes_of_two_releases_share_no_anchor() -> None:
    notes = read("## Fixed\n\nSee [below](#fixed-1).[^1]\n\n## Fixed\n\nx\n\n[^1]: y\n").html
    releases = [(release(name), notes, ()) for name in ("v1.1.0", "v1.0.0")]
    found = merge_versions([], releases, [], forge=None)
    ids = re.findall(r' id="([^"]*)"', Markup("").join(each.html for each in found))
    assert len(ids) == len(set(ids))
    assert 'href="#v1.0.0-fixed-1"' in found[1].html


_NUMBERS = st.from_regex(r"v?[0-9]{1,3}(\.[0-9]{1,3}){1,2}(-rc\.[0-9])?", fullmatch=True)


@settings(deadline=None, max_examples=60)
@given(told=st.lists(_NUMBERS, max_size=6), tagged=st.lists(_NUMBERS, max_size=6))
def test_every_version_is_told_once_with_its_own_anchor(told: list[str], tagged: list[str]) -> None:
    sections = split("".join(f"## {name}\n\nNotes.\n\n" for name in told))
    found = merge_versions(sections, [], [tag(name) for name in tagged], forge=None)
    keys = [name.key for each in found if (name := read_version(each.name))]
    told_keys = {name.key for each in told if (name := read_version(each))}
    assert len(keys) == len(set(keys)) == len(found)
    assert len({each.anchor for each in found}) == len(found)
    assert told_keys <= set(keys)
    assert merge_versions(sections, [], [tag(name) for name in tagged], forge=None) == found


@settings(deadline=None, max_examples=80)
@given(text=st.text(st.sampled_from("v1.20-_@/ abrc()[]:\u2014"), max_size=160))
def test_no_heading_or_tag_is_too_odd(text: str) -> None:
    read_heading(text)
    found = read_version(text)
    assert found is None or found.number


# How many versions there are in the changelogs of the corpus, counted by hand or by their headings.
_COUNTED = {
    "BurntSushi__ripgrep/CHANGELOG.md": 42, "KaTeX__KaTeX/CHANGELOG.md": 113,
    "Textualize__rich/CHANGELOG.md": 189, "aio-libs__aiohttp/CHANGES.rst": 228,
    "encode__httpx/CHANGELOG.md": 78, "expressjs__express/History.md": 299,
    "getzola__zola/CHANGELOG.md": 52, "gin-gonic__gin/CHANGELOG.md": 34,
    "jonas__tig/NEWS.adoc": 50, "jqlang__jq/NEWS.md": 5,
    "majidh1__JalaliDatePicker/ChangeLog.md": 39, "openai__whisper/CHANGELOG.md": 13,
    "pallets__click/CHANGES.md": 53, "pallets__flask/CHANGES.rst": 63,
    "sharkdp__bat/CHANGELOG.md": 44, "starship__starship/CHANGELOG.md": 41,
    "symfony__console/CHANGELOG.md": 28, "tokio-rs__axum/CHANGELOG.md": 0,
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(_COUNTED))
def test_real_changelogs_are_read_whole(corpus: Path, path: str) -> None:
    text = (corpus / path).read_text(encoding="utf-8", errors="replace")
    found = split(text, path.rpartition("/")[2])
    assert len(found) == _COUNTED[path]
    shown = merge_versions(found, [], [], forge=None)
    assert len({each.anchor for each in shown}) == len(shown)


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("## What's changed\n\n- a\n\n### New people\n\n- b\n", ["h3", "h4"]),
        ("# 1.0\n\nSome words.\n\n## Fixed\n\n#### Deep\n", ["h3", "h4", "h6"]),
        ("Some words.\n\n#### Added\n\n- x\n\n##### More\n", ["h3", "h4"]),
        ("No headings.\n", []),
    ],
)
def test_notes_of_a_release_start_one_level_below_their_version(
    body: str, levels: list[str]
) -> None:
    notes = [(release("v1.0"), read(body).html, ())]
    (version,) = merge_versions([], notes, [], forge=FORGE)
    assert re.findall(r"<(h[1-6])", version.html) == levels
    assert plain(version).split() == parse_html(read(body).html).text.split()
