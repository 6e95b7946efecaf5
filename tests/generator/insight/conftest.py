"""Small repositories on disk, as the source stage would hand them on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from generator.model.files import FileTree
from generator.model.forge import parse_forge
from generator.model.report import BuildWarning
from generator.model.repository import Repository

MakeTree = Callable[[Mapping[str, str | bytes]], FileTree]
MakeRepository = Callable[..., Repository]


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Return a function that writes files and lists them."""

    def make(contents: Mapping[str, str | bytes]) -> FileTree:
        sizes = {}
        for path, content in contents.items():
            raw = content if isinstance(content, bytes) else content.encode()
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(raw)
            sizes[path] = len(raw)
        return FileTree(root=tmp_path, sizes=dict(sorted(sizes.items())))

    return make


@pytest.fixture
def make_repository(make_tree: MakeTree) -> MakeRepository:
    """Return a function that makes `ada/NAME` at GitHub from files; keywords go to Repository."""

    def make(
        contents: Mapping[str, str | bytes], *, name: str = "gizmo", **more: object
    ) -> Repository:
        fields: dict[str, object] = {"forge": parse_forge(f"https://github.com/ada/{name}"), **more}
        return Repository(name=name, files=make_tree(contents), **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def warned() -> list[BuildWarning]:
    """Return the list that a test hands over as `warn=warned.append`."""
    return []
