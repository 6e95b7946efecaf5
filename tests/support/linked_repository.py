"""A repository whose texts link to everything that links can lead to, and its link map."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image

from generator.content.linkmap import LinkMap
from generator.model.files import FileTree
from generator.model.forge import Forge, ForgeKind
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


def make_tree(root: Path) -> FileTree:
    """Write the repository's files below `root`."""
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
