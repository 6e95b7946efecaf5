"""Everything about a repository at once: real ones, hostile ones, and none at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from generator.insight.read import read_insight
from generator.model.files import FileTree
from generator.model.forge import parse_forge
from generator.model.insight import Fact, Insight, ProjectKind
from generator.model.report import BuildWarning
from generator.model.repository import History, Repository, Tag
from generator.settings import Settings
from tests.generator.insight.conftest import MakeRepository

KINDS = {
    ProjectKind.TOOL: """BurntSushi__ripgrep cli__cli getzola__zola gohugoio__hugo openai__whisper
        sharkdp__bat simonw__datasette starship__starship zensical__zensical""",
    ProjectKind.APPLICATION: """VOICEVOX__voicevox_engine formancehq__ledger refrefhq__refref
        rustdesk__rustdesk umami-software__umami""",
    ProjectKind.DOCUMENTS: """bitcoin__bips git__htmldocs google-research__tuning_playbook
        sindresorhus__awesome""",
    ProjectKind.PROFILE: "simonw__simonw",
    ProjectKind.LIBRARY: """KaTeX__KaTeX Textualize__rich aio-libs__aiohttp alpinejs__alpine
        charmbracelet__bubbletea encode__httpx expressjs__express gin-gonic__gin gofiber__fiber
        huggingface__tokenizers majidh1__JalaliDatePicker mermaid-js__mermaid pallets__click
        pallets__flask serde-rs__serde sindresorhus__got symfony__console textile__php-textile
        tokio-rs__axum withastro__starlight""",
}
VERSIONS = {
    **{"BurntSushi__ripgrep": "15.2.0", "expressjs__express": "5.2.1", "jqlang__jq": "1.8.2"},
    **{"mermaid-js__mermaid": "11.14.0", "tokio-rs__axum": "0.8.9", "rustdesk__rustdesk": "1.4.9"},
    **{
        "simonw__datasette": "0.65.2",
        "withastro__starlight": "0.41.7",
        "serde-rs__serde": "1.0.228",
    },
    **{"formancehq__ledger": "2.4.12", "openai__whisper": "20250625", "minad__vertico": "2.12"},
}
NAMES = {
    **{
        "charmbracelet__bubbletea": "Bubble Tea",
        "cli__cli": "GitHub CLI",
        "pallets__flask": "Flask",
    },
    **{"google-research__tuning_playbook": "Deep Learning Tuning Playbook", "jonas__tig": "Tig"},
    **{
        "KaTeX__KaTeX": "KaTeX",
        "aio-libs__aiohttp": "aiohttp",
        "withastro__starlight": "Starlight",
    },
    **{"umami-software__umami": "Umami", "formancehq__ledger": "Formance Ledger"},
}
FIRST_COMMANDS = {
    "BurntSushi__ripgrep": ("brew install ripgrep",),
    "Textualize__rich": ("python -m pip install rich",),
    "VOICEVOX__voicevox_engine": (
        "docker pull voicevox/voicevox_engine:cpu-latest",
        "docker run --rm -p '127.0.0.1:50021:50021' voicevox/voicevox_engine:cpu-latest",
    ),
    "charmbracelet__bubbletea": ("go get charm.land/bubbletea/v2",),
    "expressjs__express": ("npm install express",),
    "gohugoio__hugo": ("CGO_ENABLED=0 go install github.com/gohugoio/hugo@latest",),
    "openai__whisper": ("pip install -U openai-whisper",),
    "rails__thor": ("gem install thor",),
    "serde-rs__serde": ("cargo add serde",),
    "simonw__datasette": ("brew install datasette",),
    "starship__starship": ("curl -sS https://starship.rs/install.sh | sh",),
    "textile__php-textile": ("composer require netcarver/textile",),
}
WITHOUT_COMMANDS = """
    antirez__kilo bitcoin__bips formancehq__ledger git__htmldocs id-Software__DOOM jonas__tig
    karpathy__nanoGPT octocat__Hello-World refrefhq__refref rustdesk__rustdesk simonw__simonw
    sindresorhus__awesome google-research__tuning_playbook
"""


def read_repository(folder: Path) -> Repository:
    """Return a corpus folder as a repository: its documents on disk, all paths in the listing.

    Files that the corpus leaves out are listed and cannot be read, as when one vanishes.
    """
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    sizes = {path: size or 0 for path, size in facts["tree"]}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "facts.json":
            sizes[str(path.relative_to(folder))] = path.stat().st_size
    tags = tuple(
        Tag(name=tag["name"], commit=tag["commit"], date=datetime.fromisoformat(tag["date"]))
        for tag in facts["tags"]
    )
    return Repository(
        name=facts["name"],
        files=FileTree(root=folder, sizes=dict(sorted(sizes.items()))),
        forge=parse_forge(facts["source"]),
        history=History(is_complete=True, tags=tags),
    )


@pytest.fixture(scope="module")
def insights(corpus: Path) -> dict[str, Insight]:
    found = {}
    for facts in sorted(corpus.glob("*__*/facts.json")):
        warnings: list[BuildWarning] = []
        repository = read_repository(facts.parent)
        found[facts.parent.name] = read_insight(repository, Settings(), warn=warnings.append)
        assert warnings == [], facts.parent.name
    return found


def facts_of(insight: Insight) -> Iterator[Fact[object]]:
    for name in Insight.__dataclass_fields__:
        value = getattr(insight, name)
        if isinstance(value, Fact):
            yield value


def test_every_real_repository_is_read_without_a_warning(insights: dict[str, Insight]) -> None:
    assert len(insights) == 50


def test_kinds_of_real_repositories(insights: dict[str, Insight]) -> None:
    expected = {name: kind for kind, names in KINDS.items() for name in names.split()}
    found = {name: insight.kind.value for name, insight in insights.items()}
    assert found == {name: expected.get(name, ProjectKind.PROJECT) for name in found}


def test_versions_and_names_of_real_repositories(insights: dict[str, Insight]) -> None:
    versions = {
        name: insight.version.value for name, insight in insights.items() if insight.version
    }
    assert {name: versions[name] for name in VERSIONS} == VERSIONS
    assert {name: insights[name].name.value for name in NAMES} == NAMES


def test_install_commands_of_real_repositories(insights: dict[str, Insight]) -> None:
    found = {name: insights[name].install[0].commands for name in FIRST_COMMANDS}
    assert found == FIRST_COMMANDS
    assert {name: insights[name].install for name in WITHOUT_COMMANDS.split()} == dict.fromkeys(
        WITHOUT_COMMANDS.split(), ()
    )


def test_every_install_method_is_clean_and_stands_where_it_says(
    insights: dict[str, Insight], corpus: Path
) -> None:
    for name, insight in insights.items():
        tabs = [(method.tool, method.label) for method in insight.install]
        assert len(tabs) == len(set(tabs)) <= 10, name
        for method in insight.install:
            assert method.commands and not any(
                re.match(r"\s|[$%>#] ", command) or command != command.strip()
                for command in method.commands
            ), (name, method)
            lines = (corpus / name / method.origin.path).read_text(encoding="utf-8").split("\n")
            assert method.origin.line and method.origin.line <= len(lines)


def test_every_written_command_is_on_its_line(insights: dict[str, Insight], corpus: Path) -> None:
    checked = 0
    for name, insight in insights.items():
        for method in insight.install:
            if method.origin.path != insight.papers.readme:
                continue
            lines = (corpus / name / method.origin.path).read_text(encoding="utf-8").split("\n")
            line = lines[(method.origin.line or 1) - 1].replace("\\|", "|")
            package = method.commands[-1].split("\n")[0].split(" ")[-1]
            checked += method.commands[-1].split("\n")[0] in line or package.split("@")[0] in line
    written = sum(
        method.origin.path == insight.papers.readme
        for insight in insights.values()
        for method in insight.install
    )
    assert checked == written > 50


def test_every_fact_of_a_file_names_a_file_of_the_repository(
    insights: dict[str, Insight], corpus: Path
) -> None:
    for name, insight in insights.items():
        files = read_repository(corpus / name).files
        for fact in facts_of(insight):
            path = fact.origin.path
            assert (
                files.has(path)
                or path in {"git", "forge", "repository name"}
                or (path == read_repository(corpus / name).name)
            ), (name, fact)


def test_the_translations_of_real_readmes_are_found(insights: dict[str, Insight]) -> None:
    count = {name: len(insight.papers.translations) for name, insight in insights.items()}
    assert {name: number for name, number in count.items() if number} == {
        **{"Textualize__rich": 17, "majidh1__JalaliDatePicker": 1, "mermaid-js__mermaid": 1},
        **{"rustdesk__rustdesk": 26, "sharkdp__bat": 4},
    }


def test_reading_twice_gives_the_same(insights: dict[str, Insight], corpus: Path) -> None:
    for name in ("gohugoio__hugo", "sharkdp__bat", "octocat__Hello-World"):
        again = read_insight(read_repository(corpus / name), Settings(), warn=lambda _: None)
        assert again == insights[name]


def test_an_empty_repository_has_a_name_and_a_kind_and_nothing_else(
    make_repository: MakeRepository,
) -> None:
    found = read_insight(make_repository({}, forge=None), Settings(), warn=lambda _: None)
    assert (found.name.value, found.kind.value) == ("gizmo", ProjectKind.PROJECT)
    empty = (found.pitch, found.version, found.homepage, found.license, found.logo, found.accent)
    assert empty == (None,) * 6
    assert (found.install, found.languages, found.topics, found.funding) == ((), (), (), ())


def test_files_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    names = [
        *("README.md", "pyproject.toml", "LICENSE", "logo.png", "logo.svg", ".gitattributes"),
        *(".github/FUNDING.yml", "mkdocs.yml", "docs/install.md", ".github/workflows/x.yml"),
    ]
    repository = Repository(
        name="gizmo", files=FileTree(root=tmp_path, sizes=dict.fromkeys(names, 10))
    )
    found = read_insight(repository, Settings(), warn=lambda warning: pytest.fail(str(warning)))
    assert (found.name.value, found.install, found.license) == ("gizmo", (), None)


def test_bytes_of_every_kind_in_every_file_are_survived(make_repository: MakeRepository) -> None:
    noise = bytes(range(256)) * 40
    names = [
        *("README.md", "README.rst", "pyproject.toml", "setup.cfg", "setup.py", "Cargo.toml"),
        *("package.json", "go.mod", "composer.json", "pom.xml", "build.gradle", "mix.exs"),
        *("pubspec.yaml", "Package.swift", "Chart.yaml", "action.yml", "flake.nix", "Dockerfile"),
        *("x.gemspec", "x.nuspec", "x.csproj", "x.cabal", "x.rockspec", "LICENSE", "logo.png"),
        *("logo.svg", ".gitattributes", ".github/FUNDING.yml", "mkdocs.yml", "book.toml"),
    ]
    warnings: list[BuildWarning] = []
    repository = make_repository(dict.fromkeys(names, noise))
    read_insight(repository, Settings(), warn=warnings.append)
    assert {warning.code for warning in warnings} == {"manifest_unreadable", "funding_unreadable"}
