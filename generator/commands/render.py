"""`4site render`: one text to the HTML fragment that a page would hold."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.errors import SourceMissing
from generator.model.files import FileTree, decode_text
from generator.model.repository import Repository

_STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a text, or - for Markdown on stdin")
    parser.add_argument("--repo", metavar="URL", help="the forge that links may lead to")


def run(arguments: argparse.Namespace) -> int:
    from generator.content.document import read_document  # noqa: PLC0415
    from generator.content.linkmap import LinkMap  # noqa: PLC0415
    from generator.model.forge import parse_forge  # noqa: PLC0415

    name, text, root = _read(arguments.file)
    forge = parse_forge(arguments.repo) if arguments.repo else None
    neighbours = {path.name: path.stat().st_size for path in root.iterdir() if path.is_file()}
    repository = Repository(
        name=root.name, files=FileTree(root=root, sizes=neighbours), forge=forge, ref="HEAD"
    )
    # A fragment alone has no site to copy pictures into: they keep their own address.
    links = LinkMap(repository, (), asset_url=lambda path: path, remote={})
    document = read_document(name, text, links=links.resolver(path=name, url=""), forge=forge)
    print(document.html)
    return 0


def _read(file: str) -> tuple[str, str, Path]:
    """Return the name that decides the format, the text, and the folder links start from."""
    if file == _STDIN:
        return "README.md", decode_text(sys.stdin.buffer.read()), Path.cwd()
    path = Path(file)
    if not path.is_file():
        raise SourceMissing(f"No file at {file}.", hint="Name a text file, or - for stdin.")
    return path.name, decode_text(path.read_bytes()), path.resolve().parent
