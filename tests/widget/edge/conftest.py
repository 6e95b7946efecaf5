"""A service as a process of its own, the edge before it, and visitors of either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.edge import run_edge
from tests.support.edge_visitors import Door, World, opened, running_world
from tests.support.faulty_proxy import FaultyProxy, faulty_proxy


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running service with one site, for all tests of a process."""
    with running_world(tmp_path_factory.mktemp("service")) as made:
        yield made


@pytest.fixture(scope="session")
def way(world: World) -> Iterator[FaultyProxy]:
    """The way from the edge to the service, which can be broken."""
    with faulty_proxy(world.url, keep_host=False) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def edge(world: World, way: FaultyProxy) -> Iterator[Door]:
    with run_edge(way.url) as running, opened(running.url, world) as door:
        yield door


@pytest.fixture(scope="session")
def service(world: World) -> Iterator[Door]:
    with opened(world.url, world) as door:
        yield door


@pytest.fixture(params=["service", "edge"])
def door(request: pytest.FixtureRequest) -> Door:
    """Where visitors come in: the service itself, or the edge before it."""
    found: Door = request.getfixturevalue(request.param)
    return found
