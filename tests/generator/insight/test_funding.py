"""FUNDING.yml becomes links that are safe to follow."""

from __future__ import annotations

import pytest

from generator.insight.funding import read_funding
from generator.model.insight import FundingLink
from generator.model.report import BuildWarning
from generator.model.repository import ForgeFacts
from tests.generator.insight.conftest import MakeTree

ALL = """\
# These are supported
github: [ada, eve]
patreon: ada
open_collective: gizmo
ko_fi: ada
tidelift: pypi/gizmo
community_bridge: gizmo
liberapay: ada
issuehunt: ada
buy_me_a_coffee: ada
polar: ada
thanks_dev: u/gh/ada
custom: ["https://gizmo.test/give", "gizmo.test/more"]
"""


def links_of(
    make_tree: MakeTree, text: str, facts: ForgeFacts | None = None
) -> tuple[FundingLink, ...]:
    files = make_tree({".github/FUNDING.yml": text})
    return read_funding(
        files, ".github/FUNDING.yml", facts=facts, warn=lambda warning: pytest.fail(str(warning))
    )


def test_every_platform_has_its_address(make_tree: MakeTree) -> None:
    assert [(link.label, link.url) for link in links_of(make_tree, ALL)] == [
        ("GitHub Sponsors: ada", "https://github.com/sponsors/ada"),
        ("GitHub Sponsors: eve", "https://github.com/sponsors/eve"),
        ("Patreon", "https://www.patreon.com/ada"),
        ("Open Collective", "https://opencollective.com/gizmo"),
        ("Ko-fi", "https://ko-fi.com/ada"),
        ("Tidelift", "https://tidelift.com/subscription/pkg/pypi/gizmo"),
        ("LFX Crowdfunding", "https://crowdfunding.lfx.linuxfoundation.org/projects/gizmo"),
        ("Liberapay", "https://liberapay.com/ada"),
        ("IssueHunt", "https://issuehunt.io/r/ada"),
        ("Buy Me a Coffee", "https://www.buymeacoffee.com/ada"),
        ("Polar", "https://polar.sh/ada"),
        ("thanks.dev", "https://thanks.dev/u/gh/ada"),
        ("gizmo.test", "https://gizmo.test/give"),
        ("gizmo.test", "https://gizmo.test/more"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "custom: http://gizmo.test\n",
        "custom: 'javascript:alert(1)'\n",
        "custom: ['https://', 'https://nodots', 'https://[']\n",
        "github: '../../evil'\n",
        "patreon: 'a\" onclick=\"x'\n",
        "unknown: ada\n",
        "github: # nobody yet\n",
        "github: {a: b}\n",
        "github: 7\n",
        "# nothing\n",
        "",
    ],
)
def test_what_is_no_safe_link_is_left_out(make_tree: MakeTree, text: str) -> None:
    files = make_tree({"FUNDING.yml": text})
    assert read_funding(files, "FUNDING.yml", facts=None, warn=lambda _: None) == ()


def test_an_address_stands_once_and_the_list_is_bounded(make_tree: MakeTree) -> None:
    assert (
        len(links_of(make_tree, "github: [ada, ada]\ncustom: https://github.com/sponsors/ada\n"))
        == 1
    )
    many = ", ".join(f"https://gizmo.test/{number}" for number in range(90))
    assert len(links_of(make_tree, f"custom: [{many}]\n")) == 20


def test_a_broken_file_is_reported(make_tree: MakeTree, warned: list[BuildWarning]) -> None:
    files = make_tree({"FUNDING.yml": "github: [ada\n"})
    assert read_funding(files, "FUNDING.yml", facts=None, warn=warned.append) == ()
    assert [(warning.code, warning.path) for warning in warned] == [
        ("funding_unreadable", "FUNDING.yml")
    ]


def test_the_forge_is_asked_where_there_is_no_file(make_tree: MakeTree) -> None:
    facts = ForgeFacts(
        funding=(("GITHUB", "https://github.com/sponsors/ada"), ("CUSTOM", "https://gizmo.test/x"))
    )
    found = read_funding(make_tree({}), None, facts=facts, warn=lambda _: None)
    assert [link.label for link in found] == ["GitHub Sponsors: ada", "gizmo.test"]
