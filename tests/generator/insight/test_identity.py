"""Name, pitch, homepage, topics and version are taken from where their makers wrote them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from generator.insight.read import read_insight
from generator.insight.versions import read_version
from generator.model.insight import Insight
from generator.model.release import Release
from generator.model.repository import ForgeFacts, History, Tag
from generator.settings import ProjectSettings, Settings
from tests.generator.insight.conftest import MakeRepository

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def insight_of(
    make_repository: MakeRepository,
    contents: dict[str, str],
    *,
    settings: ProjectSettings | None = None,
    **more: object,
) -> Insight:
    chosen = Settings(project=settings or ProjectSettings())
    return read_insight(make_repository(contents, **more), chosen, warn=lambda _: None)


@pytest.mark.parametrize(
    ("repository", "readme", "manifest", "name"),
    [
        ("gizmo", "# Gizmo\n", "", "Gizmo"),
        ("gizmo", "# Gizmo: turns cranks\n", "", "Gizmo"),
        ("gizmo", "# [Gizmo](https://gizmo.test) ![badge](x.svg)\n", "", "Gizmo"),
        ("gizmo", '<h1 align="center">Gizmo</h1>\n', "", "Gizmo"),
        ("gizmo", "# :gear: Gizmo 🚀\n", "", "Gizmo"),
        ("gizmo", "# ada/gizmo\n", "", "gizmo"),
        ("bubbletea", "# Bubble Tea\n", "", "Bubble Tea"),
        ("cli", "# GitHub CLI\n", "", "GitHub CLI"),
        ("resvg_py", "# resvg_py\n", "", "resvg_py"),
        ("gizmo", "# Welcome!\n", "", "gizmo"),
        ("gizmo", "# Start\n\n# Who uses gizmo?\n", "", "gizmo"),
        ("gizmo", "# The long story of how we made a gizmo\n", "", "gizmo"),
        ("KaTeX", "# Fast math\n", '{"name": "katex"}', "KaTeX"),
        ("flask", "no title\n", '{"name": "Flask"}', "Flask"),
        ("gizmo", "no title\n", '{"name": "@ada/gizmo"}', "gizmo"),
        ("gizmo", "no title\n", '{"name": "unrelated"}', "gizmo"),
    ],
)
def test_the_name_is_spelled_as_its_makers_spell_it(
    make_repository: MakeRepository, repository: str, readme: str, manifest: str, name: str
) -> None:
    contents = {"README.md": readme} | ({"package.json": manifest} if manifest else {})
    assert insight_of(make_repository, contents, name=repository).name.value == name


def test_the_settings_win_over_everything(make_repository: MakeRepository) -> None:
    settings = ProjectSettings(
        name="GIZ", pitch="Ours.", homepage="https://giz.test", kind="library"
    )
    facts = ForgeFacts(description="Theirs.", homepage="https://other.test")
    found = insight_of(make_repository, {"README.md": "# Gizmo\n"}, settings=settings, facts=facts)
    assert (found.name.value, found.kind.value.value) == ("GIZ", "library")
    assert found.pitch is not None and found.pitch.value == "Ours."
    assert found.homepage is not None and found.homepage.value == "https://giz.test"
    assert {str(found.name.origin), str(found.pitch.origin)} == {"settings"}


def test_the_forges_description_wins_over_a_manifests(make_repository: MakeRepository) -> None:
    contents = {"package.json": '{\n "name": "gizmo",\n "description": "From npm."\n}'}
    with_forge = insight_of(
        make_repository, contents, facts=ForgeFacts(description="At  the forge.")
    )
    alone = insight_of(make_repository, contents)
    assert with_forge.pitch is not None and alone.pitch is not None
    assert (with_forge.pitch.value, str(with_forge.pitch.origin)) == ("At the forge.", "forge")
    assert (alone.pitch.value, str(alone.pitch.origin)) == ("From npm.", "package.json:3")


def test_a_description_that_only_repeats_the_name_is_no_pitch(
    make_repository: MakeRepository,
) -> None:
    contents = {"package.json": '{"name": "gizmo", "description": "Gizmo"}'}
    assert insight_of(make_repository, contents).pitch is None


@pytest.mark.parametrize(
    ("homepage", "is_kept"),
    [
        ("https://gizmo.test", True),
        ("https://ada.github.io/gizmo", True),
        ("https://github.com/ada/gizmo#readme", False),
        ("https://www.github.com/ada/gizmo", False),
        ("javascript:alert(1)", False),
        ("gizmo.test", False),
        ("https://[", False),
    ],
)
def test_a_homepage_is_a_web_address_beside_the_repository(
    make_repository: MakeRepository, homepage: str, is_kept: bool
) -> None:
    found = insight_of(make_repository, {}, facts=ForgeFacts(homepage=homepage)).homepage
    assert (found.value if found else None) == (homepage if is_kept else None)


def test_topics_come_from_the_forge_or_the_manifest(make_repository: MakeRepository) -> None:
    contents = {"package.json": '{"name": "gizmo", "keywords": ["Crank", "crank", "turn"]}'}
    assert insight_of(make_repository, contents).topics == ("crank", "turn")
    facts = ForgeFacts(topics=("forge",))
    assert insight_of(make_repository, contents, facts=facts).topics == ("forge",)


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        *(("v1.2.3", ("", "1.2.3")), ("1.2.3", ("", "1.2.3")), ("V2", ("", "2"))),
        *(
            ("release-1.2", ("", "1.2")),
            ("version-3.0", ("", "3.0")),
            ("jq-1.8.2", ("jq", "1.8.2")),
        ),
        *(("mermaid@11.14.0", ("mermaid", "11.14.0")), ("axum-v0.8.9", ("axum", "0.8.9"))),
        *(("@astrojs/starlight@0.41.7", ("@astrojs/starlight", "0.41.7")),),
        *(("1.0a37", ("", "1.0a37")), ("v3.0.0-rc.1+5", ("", "3.0.0-rc.1+5"))),
        *(("v20250625", ("", "20250625")), ("2024.01.05", ("", "2024.01.05"))),
        *(("nightly", None), ("latest", None), ("", None)),
    ],
)
def test_a_tag_is_a_package_and_a_version(tag: str, parts: tuple[str, str] | None) -> None:
    assert read_version(tag) == parts


def version_of(make_repository: MakeRepository, *tags: str, days_apart: int = 1) -> str | None:
    """Read the version of a repository whose tags are given newest first."""
    listed = tuple(
        Tag(name=name, commit="0" * 40, date=NOW - timedelta(days=days_apart * age))
        for age, name in enumerate(tags)
    )
    history = History(is_complete=True, tags=listed)
    found = insight_of(make_repository, {}, history=history).version
    return found.value if found else None


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        (("v1.0.1", "v1.0.0"), "1.0.1"),
        (("v4.22.2", "v5.2.1", "v4.22.1"), "5.2.1"),
        (("2.0.0-rc.1", "v1.9.0"), "1.9.0"),
        (("1.0a37", "0.65.2"), "0.65.2"),
        (("v0.26.0-dev", "0.25.2", "0.26.0-preview.0"), "0.25.2"),
        (("v0.1.0-alpha.2", "v0.1.0-alpha.1"), "0.1.0-alpha.2"),
        (("extra-v9.0", "gizmo-v1.2.0", "gizmo-v1.1.0"), "1.2.0"),
        (("nightly", "v1.0.0"), "1.0.0"),
        (("v1.10.0", "v1.9.0"), "1.10.0"),
        (("other-1.0",), None),
        ((), None),
    ],
)
def test_the_version_is_the_newest_that_is_no_prerelease(
    make_repository: MakeRepository, tags: tuple[str, ...], version: str | None
) -> None:
    assert version_of(make_repository, *tags) == version


def test_a_new_numbering_heals_itself_after_a_year(make_repository: MakeRepository) -> None:
    assert version_of(make_repository, "v1.0.0", "2019.1", days_apart=500) == "1.0.0"


def test_releases_win_over_tags_and_tags_over_manifests(make_repository: MakeRepository) -> None:
    contents = {"package.json": '{\n "name": "gizmo",\n "version": "0.1.0"\n}'}
    history = History(is_complete=True, tags=(Tag(name="v0.2.0", commit="0" * 40),))
    releases = (
        Release(tag="v0.4.0", name="", is_prerelease=True, published_at=NOW),
        Release(tag="v0.3.0", name="", published_at=NOW - timedelta(days=1)),
    )
    found = [
        insight_of(make_repository, contents, history=history, releases=releases).version,
        insight_of(make_repository, contents, history=history).version,
        insight_of(make_repository, contents).version,
    ]
    assert [(fact.value, str(fact.origin)) for fact in found if fact] == [
        ("0.3.0", "forge"),
        ("0.2.0", "git"),
        ("0.1.0", "package.json:3"),
    ]
