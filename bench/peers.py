"""The generators that are compared: how each is set up for a folder of Markdown, and run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.pages import write_docs

_HOME = Path(".cache/bench")
# Peers live in an environment of their own: their dependencies are none of ours.
_PACKAGES = ("hugo", "zensical", "mkdocs-material<10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One generator. `prepare` writes a project and returns its pages' folder; `out` is where the
    HTML lies, relative to the project; `clean` names what a cold build must not find.
    """

    name: str
    prepare: Callable[[Path, int], Path]
    command: tuple[str, ...]
    out: str
    clean: tuple[str, ...]


def find_peers() -> list[Peer]:
    """Return 4site and every peer that can be had here, installing them on first use."""
    program = str(Path(sys.executable).parent / "4site")
    peers = [
        Peer(
            name="4site",
            prepare=_prepare_4site,
            command=(program, "build", ".", "-o", "site", "-q"),
            out="site",
            clean=("site", "cache"),
        )
    ]
    folder = _install_peers()
    for name, prepare, arguments, out, clean in (
        ("hugo", _prepare_hugo, ("--quiet",), "public", ("public", "resources")),
        ("zensical", _prepare_zensical, ("build",), "site", ("site", ".cache")),
        ("mkdocs", _prepare_mkdocs, ("build", "-q"), "site", ("site",)),
    ):
        tool = folder / name
        if tool.exists():
            label = "mkdocs-material" if name == "mkdocs" else name
            peers.append(
                Peer(
                    name=label, prepare=prepare, command=(str(tool), *arguments), out=out,
                    clean=clean,
                )
            )  # fmt: skip
        else:
            print(f"left out: {name} could not be installed", file=sys.stderr)
    return peers


def _install_peers() -> Path:
    """Return the folder of the peers' programs, installing them the first time."""
    folder = (_HOME / "venv").resolve()
    programs = folder / "bin"
    if not (programs / "mkdocs").exists():
        print(f"Installing the peers into {_HOME}: {', '.join(_PACKAGES)}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run(
            [programs / "python", "-m", "pip", "install", "--quiet", *_PACKAGES], check=False
        )
    return programs


def _prepare_4site(project: Path, count: int) -> Path:
    write_docs(project / "docs", count)
    (project / "README.md").write_text("# Bench\n\nA folder of documentation.\n")
    # No peer draws social cards, so nobody does.
    (project / "4site.toml").write_text("[cards]\nenabled = false\n")
    return project / "docs"


def _prepare_hugo(project: Path, count: int) -> Path:
    """Hugo with the barest theme that still links pages and highlights code with classes."""
    layouts = project / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (project / "hugo.toml").write_text(
        'baseURL = "https://example.org/"\ntitle = "Bench"\ndisableKinds = ["taxonomy", "term"]\n'
        "[markup.highlight]\nnoClasses = false\n"
    )
    page = (
        "<!doctype html><html><head><title>{{ .Title }}</title></head><body><nav>"
        '{{ range .CurrentSection.Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}'
        "</nav><main>{{ .Content }}</main></body></html>"
    )
    for name in ("single.html", "list.html"):
        (layouts / name).write_text(page)
    content = project / "content"
    for path in write_docs(content, count):
        text = path.read_text()
        title = text.split("\n", 1)[0].removeprefix("# ")
        path.write_text(f'---\ntitle: "{title}"\n---\n{text}')
    (content / "index.md").rename(content / "_index.md")
    return content


def _prepare_zensical(project: Path, count: int) -> Path:
    write_docs(project / "docs", count)
    (project / "zensical.toml").write_text('[project]\nsite_name = "Bench"\n')
    return project / "docs"


def _prepare_mkdocs(project: Path, count: int) -> Path:
    write_docs(project / "docs", count)
    (project / "mkdocs.yml").write_text(
        "site_name: Bench\ntheme:\n  name: material\nmarkdown_extensions:\n"
        "  - pymdownx.highlight\n  - pymdownx.superfences\n  - tables\n"
    )
    return project / "docs"


def clean(peer: Peer, project: Path) -> None:
    """Remove what an earlier build of `peer` left."""
    for name in peer.clean:
        shutil.rmtree(project / name, ignore_errors=True)
