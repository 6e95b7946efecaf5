"""Pictures are shown from the site alone; parts, forges and odd texts keep the map's promise."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.anchors import check_anchors
from generator.content.linkmap import Resolver
from generator.content.targets import relative
from generator.model.document import Document
from generator.model.files import FileTree
from generator.model.forge import Forge, ForgeKind
from generator.model.page import Place
from tests.support.linked_repository import (
    FILES,
    FORGE,
    PIN,
    PLACES,
    SHA,
    asset_url,
    make_map,
    png,
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("docs/img/shot.png", "assets/media/shot.png"),
        ("docs/img/shot.png?raw=true", "assets/media/shot.png"),
        ("docs/img/large%20picture.gif", "assets/media/large-picture.gif"),
        ("docs/img/shot.png#gh-dark-mode-only", "assets/media/shot.png#gh-dark-mode-only"),
        (
            "https://github.com/Ada/Engine/blob/trunk/docs/img/shot.png?raw=true",
            "assets/media/shot.png",
        ),
        (
            "https://raw.githubusercontent.com/ada/engine/trunk/docs/img/shot.png",
            "assets/media/shot.png",
        ),
        ("https://img.example.org/far.png", "assets/baked.png"),
    ],
)
def test_a_picture_is_shown_from_the_site(tree: FileTree, target: str, expected: str) -> None:
    links = make_map(tree, remote={"https://img.example.org/far.png": "assets/baked.png"})
    home = links.resolver(path="README.md", url="")
    assert home.image(target) == expected
    assert not home.warnings


@pytest.mark.parametrize(
    "target", ["https://img.example.org/x.png", "media/big.png", "src/engine.py", "data:image/png,"]
)
def test_a_picture_that_the_site_does_not_hold_is_not_shown(home: Resolver, target: str) -> None:
    assert home.image(target) is None
    assert home.size(target) is None
    assert not home.warnings


def test_a_missing_picture_is_reported(home: Resolver) -> None:
    assert home.image("docs/img/gone.png") is None
    assert [warning.code for warning in home.warnings] == ["link_missing"]


def test_a_picture_may_come_from_a_site_generators_static_folder(intro: Resolver) -> None:
    assert intro.image("/logo.svg") == "../../../assets/media/logo.svg"
    assert intro.size("/logo.svg") == (40, 20)


def test_sizes_assets_and_internal_targets_are_remembered(home: Resolver) -> None:
    home.image("docs/img/shot.png")
    home.link("docs/start.md#a%20b")
    home.link("#Usage")
    home.link("docs")
    assert home.size("docs/img/shot.png") == (640, 480)
    assert home.assets == ("docs/img/shot.png",)
    assert home.internal == ("docs/start.md#a b", "README.md#Usage", "docs/index.md")


def test_links_to_the_future_site_itself_become_links_between_its_pages(tree: FileTree) -> None:
    links = make_map(tree, site_url="https://engine.example/base")
    page = links.resolver(path="docs/start.md", url="docs/start/")
    assert page.link("https://Engine.example/base/docs/guide/intro#x") == "../guide/intro/#x"
    assert page.link("https://engine.example/base/docs/guide/intro/index.html") == "../guide/intro/"
    assert page.link("https://engine.example/base") == "../../"
    assert page.link("https://engine.example/other/") == "https://engine.example/other/"
    assert page.link("https://engine.example/base/gone/") == "https://engine.example/base/gone/"


def test_a_part_of_a_repository_is_named_in_full_at_the_forge(tree: FileTree) -> None:
    home = make_map(tree, subfolder="packages/core").resolver(path="README.md", url="")
    assert home.link("docs/start.md") == "docs/start/"
    assert home.link("src/engine.py") == f"{PIN}/packages/core/src/engine.py"
    assert home.link("../other/README.md") == f"{PIN}/packages/other/README.md"
    assert home.link("/SECURITY.md") == f"{PIN}/SECURITY.md"
    whole = "https://github.com/Ada/Engine/blob/trunk"
    assert home.link(f"{whole}/packages/core/docs/start.md") == "docs/start/"
    assert home.link(f"{whole}/README.md") == f"{whole}/README.md"
    assert not home.warnings


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (ForgeKind.GITLAB, "https://git.example/Ada/Engine/-/blob/trunk/docs/start.md"),
        (ForgeKind.GITLAB, "https://git.example/ada/engine/raw/trunk/docs/start.md"),
        (ForgeKind.FORGEJO, "https://git.example/Ada/Engine/src/branch/trunk/docs/start.md"),
        (ForgeKind.FORGEJO, f"https://git.example/Ada/Engine/raw/commit/{SHA}/docs/start.md"),
        (ForgeKind.BITBUCKET, "https://git.example/Ada/Engine/src/trunk/docs/start.md"),
    ],
)
def test_other_forges_have_their_own_addresses(
    tree: FileTree, kind: ForgeKind, address: str
) -> None:
    forge = Forge(kind=kind, base="https://git.example", owner="Ada", name="Engine")
    home = make_map(tree, forge=forge).resolver(path="README.md", url="")
    assert home.link(address) == "docs/start/"


def test_an_anchor_that_no_heading_has_is_reported() -> None:
    documents = {
        "a.md": Document(
            path="a.md",
            html="",  # type: ignore[arg-type]  # the check reads anchors alone
            anchors=frozenset(("Usage", "größe")),
            links=("a.md#usage", "a.md#gr%C3%B6%C3%9Fe", "a.md#top", "a.md#nope", "b.md#x", "a.md"),
        )
    }
    (warning,) = check_anchors(documents)
    assert (warning.code, warning.path) == ("anchor_missing", "a.md")
    assert "#nope" in warning.message


_SEGMENT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\"), min_size=1
).filter(lambda part: part not in {".", ".."})
_URL = st.lists(_SEGMENT, max_size=5).map(lambda parts: "".join(f"{part}/" for part in parts))


@settings(deadline=None, max_examples=150)
@given(page=_URL, target=_URL, name=st.one_of(st.just(""), _SEGMENT))
def test_a_relative_link_joined_to_its_page_gives_the_target(
    page: str, target: str, name: str
) -> None:
    base = "https://site.example/base/"
    encoded = [urljoin(base, relative("", url)) for url in (page, target + name)]
    assert urljoin(encoded[0], relative(page, target + name)) == encoded[1]


_PIECES = st.sampled_from(
    [
        *(*FILES, "..", ".", "/", "//", "#", "?", "%2e%2e", "%2F", "\\", "docs", "docs/start"),
        *(":", "javascript", "https", "github.com", "/Ada/Engine/blob/trunk/", "raw=true", "L3"),
        *(" ", "\t", "\x00", "é", "%", "%zz", "index.html", "&#x2e;", "issues"),
    ]
)


@settings(deadline=None, max_examples=400)
@given(
    target=st.one_of(st.lists(_PIECES, max_size=6).map("".join), st.text(max_size=60)),
    place=st.sampled_from([place for place in PLACES if place.source in FILES]),
    has_forge=st.booleans(),
)
def test_whatever_a_text_says_a_link_leads_to_a_page_a_copy_or_out(
    tree: FileTree, target: str, place: Place, has_forge: bool
) -> None:
    links = make_map(tree, forge=FORGE if has_forge else None)
    page = links.resolver(path=str(place.source), url=place.url)
    known = {urljoin("/base/", relative("", each.url)) for each in PLACES}
    shown = urljoin("https://site.example/base/", relative("", place.url))
    for answer in (page.link(target), page.image(target)):
        if answer is None:
            continue
        known |= {urljoin("/base/", relative("", asset_url(path))) for path in page.assets}
        split = urlsplit(answer)
        if split.scheme:
            assert split.scheme in {"http", "https", "mailto", "tel"}
        else:
            joined = urlsplit(urljoin(shown, answer))
            assert joined.netloc == "site.example"
            assert joined.path in known
        assert not set(answer) & set(' \t\n\r\x00"<>\\')


def test_the_answers_cost_no_reading_of_files_outside_the_repository(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(1, 1))
    root = tmp_path / "repository"
    root.mkdir()
    page = make_map(FileTree(root=root)).resolver(path="README.md", url="")
    for target in ("../secret.png", "/../secret.png", "%2e%2e/secret.png", str(secret)):
        assert page.image(target) is None
        assert page.size(target) is None
