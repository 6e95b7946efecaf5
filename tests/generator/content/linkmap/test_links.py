"""Links of a text lead to a page, a copy or the forge, and nowhere else."""

from __future__ import annotations

import pytest

from generator.content.linkmap import Resolver
from generator.model.links import LinkResolver
from tests.support.linked_repository import (
    PIN,
    SHA,
)


def test_a_resolver_answers_the_shared_question(home: Resolver) -> None:
    asked: LinkResolver = home
    assert asked.link("CHANGELOG.md") == "changelog/"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("docs/start.md", "docs/start/"),
        ("./docs/start.md", "docs/start/"),
        ("/docs/start.md", "docs/start/"),
        ("docs//start.md", "docs/start/"),
        ("docs/../docs/start.md", "docs/start/"),
        ("docs\\start.md", "docs/start/"),
        ("docs/start.md#install", "docs/start/#install"),
        ("docs/start.md#user-content-install", "docs/start/#install"),
        ("docs/start.md?raw=true", "docs/start/"),
        ("docs/start", "docs/start/"),
        ("docs/start/", "docs/start/"),
        ("docs/start.html", "docs/start/"),
        ("docs/START.md", "docs/start/"),
        ("docs/index.html", "docs/"),
        ("docs", "docs/"),
        ("docs/", "docs/"),
        ("docs/reference/", "docs/reference/"),
        ("docs/guide/deep%20dive.md", "docs/guide/deep-dive/"),
        ("docs/guide/deep dive.md", "docs/guide/deep-dive/"),
        ("docs/%C3%BCber.md", "docs/%C3%BCber/"),
        ("docs/über.md", "docs/%C3%BCber/"),
        (" \tdocs/start.md\n", "docs/start/"),
        ("README.md", "./"),
        ("/", "./"),
        (".", "./"),
        ("README.md#usage", "#usage"),
        ("#usage", "#usage"),
        ("#user-content-usage", "#usage"),
        ("../CHANGELOG.md", "changelog/"),
        ("https://github.com/Ada/Engine/blob/trunk/docs/start.md", "docs/start/"),
        ("https://GitHub.com/ada/ENGINE/blob/trunk/docs/start.md#a", "docs/start/#a"),
        ("http://www.github.com/Ada/Engine/blob/HEAD/docs/start.md", "docs/start/"),
        ("//github.com/Ada/Engine/tree/trunk/docs", "docs/"),
        (f"https://github.com/Ada/Engine/blob/{SHA}/docs/start.md", "docs/start/"),
        ("https://raw.githubusercontent.com/Ada/Engine/trunk/docs/start.md", "docs/start/"),
        ("https://github.com/Ada/Engine/raw/refs/heads/trunk/docs/start.md", "docs/start/"),
        ("docs/img/shot.png", "assets/media/shot.png"),
        ("media/film.mp4", "assets/media/film.mp4"),
    ],
)
def test_a_link_into_the_repository_stays_on_the_site(
    home: Resolver, target: str, expected: str
) -> None:
    assert home.link(target) == expected
    assert not home.warnings


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("deep dive.md", "../deep-dive/"),
        ("../start.md#a", "../../start/#a"),
        ("../../README.md", "../../../"),
        ("../../", "../../../"),
        ("/CHANGELOG.md", "../../../changelog/"),
        ("intro.md", "./"),
        ("intro.md#top", "#top"),
        ("/start", "../../start/"),
        ("../deep dive/", "../deep-dive/"),
        ("../img/shot.png", "../../../assets/media/shot.png"),
    ],
)
def test_a_link_of_a_deep_page_is_relative_to_it(
    intro: Resolver, target: str, expected: str
) -> None:
    assert intro.link(target) == expected
    assert not intro.warnings


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("src/engine.py", f"{PIN}/src/engine.py"),
        ("src/engine.py#L10", f"{PIN}/src/engine.py#L10"),
        ("src/engine.py#L3-L9", f"{PIN}/src/engine.py#L3-L9"),
        ("README.md#L3", f"{PIN}/README.md?plain=1#L3"),
        ("README.md?plain=1#L3-L4", f"{PIN}/README.md?plain=1#L3-L4"),
        ("LICENSE", f"{PIN}/LICENSE"),
        ("docs/manual.pdf", f"{PIN}/docs/manual.pdf"),
        ("src", f"https://github.com/Ada/Engine/tree/{SHA}/src"),
        ("src/engine.py?raw=true", f"https://github.com/Ada/Engine/raw/{SHA}/src/engine.py"),
        (
            "https://raw.githubusercontent.com/Ada/Engine/trunk/src/engine.py",
            f"https://github.com/Ada/Engine/raw/{SHA}/src/engine.py",
        ),
        ("https://github.com/ada/engine/blob/trunk/src/engine.py#L1", f"{PIN}/src/engine.py#L1"),
        (
            "media/big.bin",
            f"https://media.githubusercontent.com/media/Ada/Engine/{SHA}/media/big.bin",
        ),
        ("vendor/parts", "https://github.com/Ada/Parts"),
        ("vendor/parts/bolt.c", "https://github.com/Ada/Parts/tree/HEAD/bolt.c"),
        ("near", "https://github.com/Ada/Sibling"),
        ("../../issues", "https://github.com/Ada/Engine/issues"),
        ("../../issues/new?labels=a%20b", "https://github.com/Ada/Engine/issues/new?labels=a%20b"),
        ("../../../Other", "https://github.com/Ada/Other"),
    ],
)
def test_a_link_to_what_is_no_page_leads_to_the_forge(
    home: Resolver, target: str, expected: str
) -> None:
    assert home.link(target) == expected
    assert not home.warnings


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/a?b=c#d",
        "https://github.com/Ada/Engine",
        "https://github.com/Ada/Engine#usage",
        "https://github.com/Ada/Engine/issues/1",
        "https://github.com/Ada/Engine/edit/trunk/README.md",
        "https://github.com/Ada/Engine/blob/v1.0/README.md",
        "https://github.com/Ada/Engine/blob/trunk2/README.md",
        "https://github.com/Ada/EngineRoom/blob/trunk/README.md",
        "https://github.com.example.org/Ada/Engine/blob/trunk/README.md",
        "mailto:ada@example.org",
        "tel:+123",
        "xmpp:ada@example.org",
        "ircs://irc.example.org/engine",
    ],
)
def test_every_other_address_is_left_as_it_is(home: Resolver, target: str) -> None:
    assert home.link(target) == target
    assert not home.warnings


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01 javascript:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "blob:https://example.org/1",
        "http://",
        "https:///",
        "http://[broken",
        "https://example.org:port/",
        "",
        "   ",
        "x" * 9000,
    ],
)
def test_a_target_that_may_not_stand_in_a_page_gives_no_link(home: Resolver, target: str) -> None:
    assert home.link(target) is None
    assert home.image(target) is None


def test_a_backslash_does_not_smuggle_a_host(home: Resolver) -> None:
    assert home.link("\\\\evil.example/x") == "https://evil.example/x"
    assert str(home.link("/%5C/evil.example/x")).startswith("https://github.com/Ada/Engine/blob/")


def test_a_missing_target_is_reported_with_its_line_and_leads_to_the_forge(home: Resolver) -> None:
    assert home.link("gone.md") == "https://github.com/Ada/Engine/blob/trunk/gone.md"
    assert home.link("gone.md") is not None
    (warning,) = home.warnings
    assert (warning.code, warning.path, warning.line) == ("link_missing", "README.md", 3)
    assert "gone.md" in warning.message


def test_without_a_forge_a_missing_target_is_plain_text_and_reported(alone: Resolver) -> None:
    assert alone.link("gone.md") is None
    assert [warning.code for warning in alone.warnings] == ["link_missing"]


def test_without_a_forge_documents_are_copied_and_sources_are_plain_text(alone: Resolver) -> None:
    assert alone.link("docs/manual.pdf") == "assets/media/manual.pdf"
    assert alone.link("src/engine.py") is None
    assert alone.link("src") is None
    assert alone.link("docs/start.md#L3") == "docs/start/#L3"
    assert not alone.warnings


def test_an_absolute_link_to_a_file_that_is_gone_stays_and_is_reported(home: Resolver) -> None:
    target = "https://github.com/Ada/Engine/blob/trunk/gone.md"
    assert home.link(target) == target
    assert [warning.code for warning in home.warnings] == ["link_missing"]
