"""Where pages are, and in what order they are read."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from generator.model.document import Document
from generator.model.files import FileTree
from generator.model.insight import Fact, Insight, Origin, Papers, ProjectKind
from generator.model.page import PageKind, Place
from generator.model.repository import Repository
from generator.pages.navigation import build_tree
from generator.pages.plan import plan_site
from generator.settings import PagesSettings, Settings

_HERE = Origin(path="test")


def _plan(paths: list[str], papers: Papers, wanted: Settings | None = None) -> list[Place]:
    tree = FileTree(root=Path(), sizes=dict.fromkeys(paths, 1))
    insight = Insight(
        kind=Fact(value=ProjectKind.PROJECT, origin=_HERE),
        name=Fact(value="x", origin=_HERE),
        papers=papers,
    )
    return list(plan_site(Repository(name="x", files=tree), insight, wanted or Settings()))


def _docs(paths: list[str], folder: str | None = "docs") -> dict[str | None, str]:
    places = _plan(paths, Papers(docs=folder))
    return {place.source: place.url for place in places if place.kind is PageKind.DOC}


def test_docs_files_become_clean_addresses() -> None:
    assert _docs(["docs/README.md", "docs/guide/Getting Started.md", "docs/guide/index.rst"]) == {
        "docs/README.md": "docs/",
        "docs/guide/Getting Started.md": "docs/guide/getting-started/",
        "docs/guide/index.rst": "docs/guide/",
    }


def test_guides_beside_the_readme_are_docs_too() -> None:
    found = _docs(["GUIDE.md", "FAQ.md", "main.rs", ".hidden.md", "notes.txt"], folder=None)
    assert found == {"FAQ.md": "docs/faq/", "GUIDE.md": "docs/guide/"}


def test_papers_are_pages_of_their_own_and_not_docs() -> None:
    papers = Papers(readme="README.md", contributing="CONTRIBUTING.md", docs="docs")
    places = _plan(["README.md", "CONTRIBUTING.md", "docs/a.md"], papers)
    by_source = {place.source: place for place in places if place.source}
    assert by_source["CONTRIBUTING.md"].kind is PageKind.PAPER
    assert by_source["README.md"].url == ""
    assert [place.source for place in places if place.kind is PageKind.DOC] == ["docs/a.md"]


def test_translated_readme_is_a_home_page_in_its_language() -> None:
    places = _plan(["README.md", "README.zh-CN.md"], Papers(
        readme="README.md", translations=(("zh-CN", "README.zh-CN.md"),)
    ))  # fmt: skip
    assert [(place.url, place.language) for place in places][:2] == [("", ""), ("zh-cn/", "zh-CN")]


def test_files_of_one_name_in_two_formats_get_two_addresses() -> None:
    found = _docs(["docs/guide.md", "docs/guide.rst", "docs/Guide/readme.md"])
    assert len(set(found.values())) == 3


def test_page_turned_off_is_not_planned() -> None:
    wanted = Settings(pages=PagesSettings(docs=False, search=False))
    kinds = {place.kind for place in _plan(["docs/a.md"], Papers(docs="docs"), wanted)}
    assert kinds == {PageKind.HOME, PageKind.NOT_FOUND}


_NAMES = st.text(alphabet="abcXYZ09 -_.é漢%#?&\\'", min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(_NAMES, min_size=1, max_size=3), max_size=12))
def test_no_two_pages_share_a_file_and_none_leaves_the_site(parts: list[list[str]]) -> None:
    paths = sorted({"docs/" + "/".join(path) + ".md" for path in parts})
    places = _plan(paths, Papers(docs="docs"))
    files = [place.file.casefold() for place in places]
    assert len(files) == len(set(files))
    assert all(".." not in file.split("/") and not file.startswith("/") for file in files)


def _order(urls: list[str]) -> list[str]:
    places = [Place(url=url, kind=PageKind.DOC, source=url) for url in urls]
    return [place.url for place in build_tree(places, {}).order]


def test_reading_order_is_index_then_pages_then_folders_with_numbers_as_numbers() -> None:
    shuffled = ["docs/b/z/", "docs/10-x/", "docs/2-y/", "docs/b/", "docs/", "docs/b/a/", "docs/c/"]
    assert _order(shuffled) == [
        "docs/", "docs/2-y/", "docs/10-x/", "docs/c/", "docs/b/", "docs/b/a/", "docs/b/z/",
    ]  # fmt: skip


def _listed(urls: list[str], **links: str) -> list[str]:
    """Return the order of pages where pages, by their address below docs/, link to others."""
    places = [Place(url=url, kind=PageKind.DOC, source=url) for url in urls]
    documents = {
        f"docs/{name}": Document(path=name, html=Markup(), links=tuple(found.split()))
        for name, found in links.items()
    } | {"docs/": Document(path="", html=Markup(), links=tuple(links.get("_", "").split()))}
    return [place.url for place in build_tree(places, documents).order]


def test_order_of_links_in_the_index_is_the_reading_order() -> None:
    urls = ["docs/", "docs/api/", "docs/errors/", "docs/start/", "docs/themes/"]
    assert _listed(urls, _="docs/start/ docs/themes/#dark docs/api/ docs/start/") == [
        "docs/", "docs/start/", "docs/themes/", "docs/api/", "docs/errors/",
    ]  # fmt: skip


def test_index_orders_folders_by_what_it_names_in_them() -> None:
    urls = ["docs/", "docs/a/x/", "docs/a/y/", "docs/b/", "docs/c/", "docs/d/z/"]
    assert _listed(urls, _="docs/d/z/ docs/a/y/ docs/a/x/ docs/c/") == [
        "docs/", "docs/d/z/", "docs/a/y/", "docs/a/x/", "docs/c/", "docs/b/",
    ]  # fmt: skip


def test_index_of_a_folder_wins_over_the_one_above() -> None:
    urls = ["docs/", "docs/a/", "docs/a/x/", "docs/a/y/", "docs/b/"]
    links = {"_": "docs/a/x/ docs/a/y/ docs/b/", "a/": "docs/a/y/ docs/a/x/"}
    assert _listed(urls, **links) == ["docs/", "docs/a/", "docs/a/y/", "docs/a/x/", "docs/b/"]


def test_one_link_is_no_order_and_numbers_in_names_win() -> None:
    assert _listed(["docs/", "docs/a/", "docs/b/"], _="docs/b/") == ["docs/", "docs/a/", "docs/b/"]
    urls = ["docs/", "docs/1-a/", "docs/2-b/"]
    assert _listed(urls, _="docs/2-b/ docs/1-a/") == urls


def test_large_tree_shows_each_page_only_its_own_section() -> None:
    urls = [f"docs/s{section}/p{page}/" for section in range(10) for page in range(10)]
    places = [Place(url=url, kind=PageKind.DOC, source=url) for url in urls]
    tree = build_tree(places, {})
    sidebar = tree.sidebars["docs/s3/p4/"]
    assert [len(node.children) for node in sidebar.nodes] == [0, 0, 0, 10, 0, 0, 0, 0, 0, 0]
    assert sidebar.nodes[0].url == "docs/s0/p0/"
