"""READMEs of a small imaginary project, rendered and taken apart as a build does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from generator.content.document import read_document
from generator.content.html_tree import parse_html
from generator.content.linkmap import LinkMap
from generator.content.readme import compose
from generator.model.files import FileTree
from generator.model.forge import parse_forge
from generator.model.page import PageKind, Place
from generator.model.readme import ReadmeParts
from generator.model.repository import Repository
from generator.settings import HomeSettings

PICTURES = {
    "logo.png": (300, 120),
    "dark.png": (300, 120),
    "screenshot.png": (1200, 700),
    "wide.png": (1280, 720),
    "demo.gif": (900, 500),
}
BADGE = "https://img.shields.io"


def make_pictures(root: Path) -> FileTree:
    sizes = {"README.md": 0, "README.de.md": 0, "README.ja.md": 0, "LICENSE": 0}
    for name, side in PICTURES.items():
        content = BytesIO()
        Image.new("1", side).save(content, "GIF" if name.endswith("gif") else "PNG")
        (root / name).write_bytes(content.getvalue())
        sizes[name] = len(content.getvalue())
    for name in ("README.md", "README.de.md", "README.ja.md", "LICENSE"):
        (root / name).write_text("", encoding="utf-8")
    return FileTree(root=root, sizes=sizes)


class Taker:
    """Renders a README and takes it apart."""

    def __init__(self, files: FileTree) -> None:
        self._files = files

    def __call__(
        self,
        text: str,
        *,
        path: str = "README.md",
        commands: Sequence[str] = (),
        settings: HomeSettings | None = None,
        remote: Mapping[str, str] | None = None,
        shown_pitch: str | None = None,
    ) -> ReadmeParts:
        repository = Repository(
            name="acme", files=self._files, forge=parse_forge("https://github.com/acme/acme"),
            ref="main", default_branch="main",
        )  # fmt: skip
        places = [
            Place(url="", kind=PageKind.HOME, source="README.md"),
            Place(url="de/", kind=PageKind.HOME, source="README.de.md", language="de"),
            Place(url="ja/", kind=PageKind.HOME, source="README.ja.md", language="ja"),
        ]
        links = LinkMap(
            repository, places, asset_url=lambda path: f"assets/{path}", remote=remote or {}
        )
        resolver = links.resolver(path=path, url="")
        document = read_document(path, text, links=resolver, forge=repository.forge)
        return compose(
            document,
            settings=settings or HomeSettings(),
            install_commands=commands,
            links=links.resolver(path=path, url=""),
            shown_pitch=shown_pitch,
        )


def plain(html: str) -> str:
    return parse_html(html).text
