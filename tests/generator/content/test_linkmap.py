"""Links and pictures of a text lead to a page, a copy or the forge, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.content.anchors import check_anchors
from generator.content.linkmap import LinkMap, Resolver
from generator.content.targets import relative
from generator.model.document import Document
from generator.model.files import FileTree
from generator.model.forge import Forge, ForgeKind
from generator.model.links import LinkResolver
from generator.model.page import PageKind, Place
from generator.model.repository import Repository

SHA = "0123456789abcdef0123456789abcdef01234567"
PIN = f"https://github.com/Ada/Engine/blob/{SHA}"
FORGE = Forge(kind=ForgeKind.GITHUB, base="https://github.com", owner="Ada", name="Engine")

FILES = {
    "README.md": b"# Engine\n\nSee [missing](gone.md).\n",
    "CHANGELOG.md": b"# Changes\n",
    "LICENSE": b"MIT\n",
    "src/engine.py": b"print()\n",
    "src/README.md": b"# Sources\n",
    "docs/index.md": b"# Docs\n",
    "docs/start.md": b"# Start\n",
    "docs/guide/deep dive.md": b"# Deep\n",
    "docs/guide/intro.md": b"# Intro\n",
    "docs/reference/README.md": b"# Reference\n",
    "docs/manual.pdf": b"%PDF\n",
    "docs/img/shot.png": b"",
    "docs/static/logo.svg": b"<svg viewBox='0 0 40 20'></svg>",
    "docs/img/large picture.gif": b"GIF89a",
    "docs/über.md": b"# Umlaut\n",
    "media/film.mp4": b"",
    "media/big.bin": b"version https://git-lfs.github.com/spec/v1\n",
    "media/big.png": b"version https://git-lfs.github.com/spec/v1\n",
}
PLACES = (
    Place(url="", kind=PageKind.HOME, source="README.md"),
    Place(url="de/", kind=PageKind.HOME, source="README.de.md", language="de"),
    Place(url="docs/", kind=PageKind.DOC, source="docs/index.md"),
    Place(url="docs/start/", kind=PageKind.DOC, source="docs/start.md"),
    Place(url="docs/guide/deep-dive/", kind=PageKind.DOC, source="docs/guide/deep dive.md"),
    Place(url="docs/guide/intro/", kind=PageKind.DOC, source="docs/guide/intro.md"),
    Place(url="docs/reference/", kind=PageKind.DOC, source="docs/reference/README.md"),
    Place(url="docs/über/", kind=PageKind.DOC, source="docs/über.md"),
    Place(url="changelog/", kind=PageKind.CHANGELOG, source="CHANGELOG.md"),
    Place(url="404.html", kind=PageKind.NOT_FOUND),
)


def png(width: int, height: int) -> bytes:
    content = BytesIO()
    Image.new("1", (width, height)).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> FileTree:
    root = tmp_path_factory.mktemp("engine")
    contents = FILES | {"docs/img/shot.png": png(640, 480)}
    for path, content in contents.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return FileTree(root=root, sizes={path: len(content) for path, content in contents.items()})


def asset_url(path: str) -> str:
    return f"assets/media/{path.rpartition('/')[2].replace(' ', '-')}"


def make_repository(
    tree: FileTree, *, forge: Forge | None = FORGE, subfolder: str = ""
) -> Repository:
    return Repository(
        name="Engine",
        files=tree,
        forge=forge,
        ref="trunk",
        default_branch="trunk",
        commit=SHA,
        subfolder=subfolder,
        submodules={"vendor/parts": "https://github.com/Ada/Parts.git", "near": "../Sibling.git"},
        lfs_pointers=frozenset(("media/big.bin", "media/big.png")),
    )


def make_map(
    tree: FileTree,
    *,
    forge: Forge | None = FORGE,
    subfolder: str = "",
    remote: Mapping[str, str] | None = None,
    site_url: str | None = None,
) -> LinkMap:
    return LinkMap(
        make_repository(tree, forge=forge, subfolder=subfolder),
        PLACES,
        asset_url=asset_url,
        remote=remote or {},
        site_url=site_url,
    )


@pytest.fixture
def home(tree: FileTree) -> Resolver:
    return make_map(tree).resolver(path="README.md", url="")


@pytest.fixture
def intro(tree: FileTree) -> Resolver:
    return make_map(tree).resolver(path="docs/guide/intro.md", url="docs/guide/intro/")


@pytest.fixture
def alone(tree: FileTree) -> Resolver:
    return make_map(tree, forge=None).resolver(path="README.md", url="")


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
