"""The well-known documents are found where GitHub and people look for them."""

from __future__ import annotations

import pytest

from generator.insight.papers import find_papers, find_readme
from generator.insight.translations import find_translations, read_language_tag
from generator.model.insight import Papers
from generator.model.report import BuildWarning
from generator.settings import SourceSettings
from tests.generator.insight.conftest import MakeTree


def papers_of(make_tree: MakeTree, *paths: str) -> Papers:
    files = make_tree(dict.fromkeys(paths, "text\n"))
    return find_papers(files, SourceSettings(), warn=lambda warning: pytest.fail(str(warning)))


@pytest.mark.parametrize(
    ("paths", "readme"),
    [
        (("README.md", "docs/README.md", ".github/README.md"), ".github/README.md"),
        (("README.rst", "docs/README.md"), "README.rst"),
        (("docs/Readme.markdown",), "docs/Readme.markdown"),
        (("README", "README.rst", "readme.md"), "readme.md"),
        (("README.TXT",), "README.TXT"),
        (("README.org", "README.txt"), "README.org"),
        (("src/README.md",), None),
    ],
)
def test_the_readme_is_the_one_that_github_shows(
    make_tree: MakeTree, paths: tuple[str, ...], readme: str | None
) -> None:
    assert find_readme(make_tree(dict.fromkeys(paths, "x"))) == readme


def test_an_empty_readme_is_none(make_tree: MakeTree) -> None:
    assert find_readme(make_tree({"README.md": "", "README.rst": "x"})) == "README.rst"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        *(("zh-CN", "zh-CN"), ("zh_cn", "zh-CN"), ("zh_Hans", "zh-Hans"), ("cn", "zh-CN")),
        *(("zh-hant-TW", "zh-Hant-TW"), ("PTBR", "pt-BR"), ("pt_br", "pt-BR"), ("br", "pt-BR")),
        *(("JP", "ja"), ("kr", "ko"), ("UA", "uk"), ("GR", "el"), ("VN", "vi"), ("cz", "cs")),
        *(("fr", "fr"), ("es-419", "es-419"), ("de-ch", "de-CH"), ("chinese", "zh"), ("eo", "eo")),
        *(("dev", None), ("windows", None), ("ts", None), ("os", None), ("rn", None)),
        *(("api", None), ("v2", None), ("de-", None), ("de-chips", None), ("template", None)),
    ],
)
def test_a_name_is_a_language_or_is_not(text: str, tag: str | None) -> None:
    assert read_language_tag(text) == tag


def test_translations_are_found_in_every_spelling(make_tree: MakeTree) -> None:
    files = make_tree(
        dict.fromkeys(
            [
                *("README.md", "README.zh-CN.md", "README_ja.md", "README-de.md", "readme.ru.rst"),
                *("docs/README.fr.md", "docs/README-ES.md", "i18n/README.ko.md", "README.zh_TW.md"),
                *("README.dev.md", "README.windows.md", "packages/x/README.it.md", "README-go.md"),
            ],
            "x",
        )
    )
    assert dict(find_translations(files, readme="README.md")) == {
        "de": "README-de.md",
        "es": "docs/README-ES.md",
        "fr": "docs/README.fr.md",
        "ja": "README_ja.md",
        "ko": "i18n/README.ko.md",
        "ru": "readme.ru.rst",
        "zh-CN": "README.zh-CN.md",
        "zh-TW": "README.zh_TW.md",
    }


def test_one_translation_a_language_the_one_nearest_the_root(make_tree: MakeTree) -> None:
    files = make_tree({"docs/README.fr.md": "x", "README-fr.md": "x"})
    assert find_translations(files, readme=None) == (("fr", "README-fr.md"),)


def test_community_files_are_found_in_any_case_and_folder(make_tree: MakeTree) -> None:
    papers = papers_of(
        make_tree,
        *(".github/SECURITY.md", "docs/Contributing.rst", "code-of-conduct.md", "SUPPORT.md"),
        *("GOVERNANCE.md", ".github/funding.yml", "CITATION.cff", "History.md"),
    )
    assert papers.security == ".github/SECURITY.md"
    assert papers.contributing == "docs/Contributing.rst"
    assert papers.conduct == "code-of-conduct.md"
    assert papers.support == "SUPPORT.md"
    assert papers.governance == "GOVERNANCE.md"
    assert papers.funding == ".github/funding.yml"
    assert papers.citation == "CITATION.cff"
    assert papers.changelog == "History.md"


def test_a_changelog_we_can_render_wins_over_a_plain_one(make_tree: MakeTree) -> None:
    assert papers_of(make_tree, "ChangeLog", "NEWS.md").changelog == "NEWS.md"


def test_a_changelog_among_the_docs_is_found(make_tree: MakeTree) -> None:
    assert papers_of(make_tree, "docs/changelog.rst").changelog == "docs/changelog.rst"


def test_licences_are_texts_not_code_and_the_plain_one_is_first(make_tree: MakeTree) -> None:
    papers = papers_of(
        make_tree,
        *("LICENSE-MIT", "LICENSE", "COPYING", "UNLICENSE", "MIT-LICENSE", "LGPL_LICENSE"),
        *("license.py", "LICENSE-THIRD-PARTY", "license-check.json", "LICENSES/MIT.txt"),
    )
    assert papers.licenses[:3] == ("COPYING", "LICENSE", "UNLICENSE")
    assert set(papers.licenses[3:]) == {
        *("LICENSE-MIT", "MIT-LICENSE", "LGPL_LICENSE", "LICENSES/MIT.txt")
    }


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (("docs/start.md",), "docs"),
        (("doc/guide/start.rst",), "doc"),
        (("Documentation/api.adoc",), "Documentation"),
        (("website/docs/intro.mdx", "website/package.json"), "website/docs"),
        (("docs/src/content/docs/a.mdx", "docs/src/content/docs/b.mdx"), "docs/src/content/docs"),
        (("docs/content/en/a.md", "docs/content/en/b.md", "docs/README.md"), "docs/content/en"),
        (("docs/content/a.md", "docs/content/b/c.md"), "docs/content"),
        (("docs/source/index.rst", "docs/source/api.rst"), "docs/source"),
        (("docs/README-FR.md", "docs/CONTRIBUTING.md", "docs/SECURITY.md"), None),
        (("docs/logo.svg",), None),
        (("src/docs.md",), None),
    ],
)
def test_the_docs_folder_is_the_one_with_documents(
    make_tree: MakeTree, paths: tuple[str, ...], folder: str | None
) -> None:
    assert papers_of(make_tree, *paths).docs == folder


@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        ("mkdocs.yml", "site_name: x\ndocs_dir: manual/pages\n"),
        ("zensical.toml", '[project]\ndocs_dir = "manual/pages"\n'),
        ("book.toml", '[book]\nsrc = "./manual/pages"\n'),
    ],
)
def test_a_generators_own_file_names_the_docs_folder(
    make_tree: MakeTree, configuration: str, text: str
) -> None:
    files = make_tree({configuration: text, "manual/pages/start.md": "x", "docs/other.md": "x"})
    papers = find_papers(files, SourceSettings(), warn=lambda warning: pytest.fail(str(warning)))
    assert papers.docs == "manual/pages"


def test_a_docs_folder_outside_the_repository_is_not_followed(make_tree: MakeTree) -> None:
    files = make_tree({"mkdocs.yml": "docs_dir: ../../etc\n", "docs/start.md": "x"})
    papers = find_papers(files, SourceSettings(), warn=lambda warning: pytest.fail(str(warning)))
    assert papers.docs == "docs"


def test_the_settings_win_and_a_missing_path_is_reported(
    make_tree: MakeTree, warned: list[BuildWarning]
) -> None:
    files = make_tree({"README.md": "x", "START.md": "x", "docs/a.md": "x", "guide/b.md": "x"})
    settings = SourceSettings(readme="start.md", docs="./guide/", changelog="NOPE.md")
    papers = find_papers(files, settings, warn=warned.append)
    assert (papers.readme, papers.docs, papers.changelog) == ("START.md", "guide", None)
    assert [(warning.code, "NOPE.md" in warning.message) for warning in warned] == [
        ("setting_path_missing", True)
    ]
