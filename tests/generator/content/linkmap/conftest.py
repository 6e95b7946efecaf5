"""Resolvers of a repository, seen from its README, from a deep page, and without a forge."""

from __future__ import annotations

import pytest

from generator.content.linkmap import Resolver
from generator.model.files import FileTree
from tests.support.linked_repository import (
    make_map,
    make_tree,
)


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> FileTree:
    return make_tree(tmp_path_factory.mktemp("engine"))


@pytest.fixture
def home(tree: FileTree) -> Resolver:
    return make_map(tree).resolver(path="README.md", url="")


@pytest.fixture
def intro(tree: FileTree) -> Resolver:
    return make_map(tree).resolver(path="docs/guide/intro.md", url="docs/guide/intro/")


@pytest.fixture
def alone(tree: FileTree) -> Resolver:
    return make_map(tree, forge=None).resolver(path="README.md", url="")
