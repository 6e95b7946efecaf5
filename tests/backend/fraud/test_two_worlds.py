"""Whatever was held and cleared, in any order: the world ends as if no case had ever been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.fraud_review import clear_case
from backend.actions.fraud_tuning import change_rules
from backend.actions.standings import age_scores
from backend.actions.statistics import Level, get_level
from backend.domain.actors import Role, owner_of
from backend.domain.events import Event, EventKind
from backend.domain.fraud_cases import CaseState
from backend.domain.fraud_rules import DEFAULT
from backend.domain.instants import DAY, HOUR, MINUTE, SECOND
from backend.domain.shares import Platform
from backend.domain.standing import add_up
from backend.store import fraud
from backend.store.events import tally_rows
from backend.store.scores import read_standings
from backend.store.tables.base import TENANT
from backend.store.tables.events import ShareRow, SiteDayRow
from backend.store.tables.sites import FeaturingRow
from tests.support.facts import clock_of, record_now
from tests.support.postgresql import PostgreSQL
from tests.support.service import add_account, add_site, make_context
from tests.support.sharing import PAGE, a_share, an_act

PAGES = (PAGE, f"{PAGE}docs/")
_numbers = count()

# A run of shares: how many, how far apart, by how many visitors, on how many pages; or a pause in
# microseconds; or "clear"; or "views".
run = st.tuples(
    st.integers(1, 14),
    st.sampled_from([0, SECOND, MINUTE, HOUR]),
    st.sampled_from([1, 3, 14]),
    st.integers(1, 2),
)
steps = st.one_of(
    run, run, st.sampled_from([MINUTE, HOUR, 7 * HOUR, DAY]), st.sampled_from(["clear", "views"])
)


class Pair:
    """One service that holds what is suspect, and one whose rules are turned off."""

    def __init__(self, watched: Context, free: Context) -> None:
        self.worlds = (watched, free)
        self.sites: list[str] = []
        self.owners: list[str] = []
        for world in self.worlds:
            owner = add_account(world, tier="pro")
            self.owners.append(owner)
            number = next(_numbers)
            self.sites.append(add_site(world, owner, url=f"https://s{number}.example/")[0])
        self.reviewers = [
            owner_of(TENANT, add_account(world), Role.REVIEWER) for world in self.worlds
        ]

    def follow(self, story: list[object]) -> None:
        for number, step in enumerate(story):
            if isinstance(step, int):
                for world in self.worlds:
                    clock_of(world).move(step)
            elif isinstance(step, tuple):
                self._share(number, *step)
            elif step == "views":
                self._look(number)
            else:
                self.clear()
        self.clear()

    def clear(self) -> None:
        world, reviewer = self.worlds[0], self.reviewers[0]
        with world.database.reading() as session:
            found = fraud.list_of_account(session, TENANT, self.owners[0])
        for case in found:
            if case.state is CaseState.OPEN:
                clear_case(world, reviewer, case.id, "It was fine")

    def _share(self, number: int, shares: int, gap: int, people: int, pages: int) -> None:
        for each in range(shares):
            for world, site in zip(self.worlds, self.sites, strict=True):
                clock_of(world).move(gap)
                visitor = f"{number % 3}v{each % people}.{site[-9:]}"
                share = a_share(
                    site,
                    visitor,
                    world.clock.now(),
                    network="one",
                    platform=list(Platform)[each % 2],
                    page=PAGES[each % pages],
                )
                record_now(world, [share])

    def _look(self, number: int) -> None:
        for world, site in zip(self.worlds, self.sites, strict=True):
            views: list[Event] = [
                an_act(site, EventKind.VIEW, f"{number % 3}v{n}.{site[-9:]}", world.clock.now())
                for n in range(14)
            ]
            record_now(world, views)

    def state(self, which: int) -> tuple[object, ...]:
        """Return what must be alike: all but ids, and when featurings began."""
        world, site = self.worlds[which], self.sites[which]
        age_scores(world)
        level: Level = get_level(world, owner_of(TENANT, self.owners[which]))
        with world.database.reading() as session:
            standing = next(s for s in read_standings(session, limit=500) if s.site == site)
            days = session.exec(select(SiteDayRow).where(col(SiteDayRow.site) == site)).all()
            shares = session.exec(
                select(ShareRow.at, ShareRow.is_due, ShareRow.is_counted, ShareRow.points)
                .where(col(ShareRow.site) == site)
                # Shares of one moment come in any order.
                .order_by(col(ShareRow.at), col(ShareRow.points), col(ShareRow.is_counted))
            ).all()
            begun = session.exec(
                select(FeaturingRow.threshold).where(col(FeaturingRow.site) == site)
            ).all()
            total = add_up([*tally_rows(days).values()])
        now = (standing.score, standing.shares, standing.share_points, standing.views)
        return now, total, [tuple(one) for one in shares], sorted(begun), level


def make_pair(stack: ExitStack, urls: tuple[str | None, str | None]) -> tuple[Context, Context]:
    made = []
    for url in urls:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        world = make_context(folder, url, environment={"FOURSITE_SYNCHRONOUS": "NORMAL"})
        stack.callback(world.database.close)
        made.append(world)
    watched, free = made
    admin = owner_of(TENANT, add_account(free), Role.ADMIN)
    off = {f"{name}.weight": 0 for name in DEFAULT.rules}
    change_rules(free, admin, off, "Nothing is looked for here")
    return watched, free


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[tuple[Context, Context]]:
    with ExitStack() as stack:
        yield make_pair(stack, (None, None))


@pytest.fixture(scope="module")
def on_postgresql(postgresql: PostgreSQL) -> Iterator[tuple[Context, Context]]:
    with ExitStack() as stack:
        yield make_pair(stack, (postgresql.new_database(), postgresql.new_database()))


def compare(worlds: tuple[Context, Context], story: list[object]) -> int:
    """Follow a story in both worlds and compare them; return how many cases there were."""
    for world in worlds[1:]:  # both clocks stand where the first one does
        clock_of(world).set(worlds[0].clock.now())
    pair = Pair(*worlds)
    pair.follow(story)
    assert pair.state(0) == pair.state(1)
    assert check(worlds[0]) == []
    with worlds[0].database.reading() as session:
        return sum(
            case.state is CaseState.CLEARED
            for case in fraud.list_of_account(session, TENANT, pair.owners[0])
        )


FARM = (14, MINUTE, 14, 2)


def test_a_cleared_farm_ends_like_a_world_without_rules(
    on_sqlite: tuple[Context, Context],
) -> None:
    assert compare(on_sqlite, [FARM, HOUR, FARM, "clear", DAY, FARM, FARM]) >= 2


QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
@example(story=[(14, 0, 1, 2), DAY, (14, SECOND, 3, 1), "views", (14, MINUTE, 14, 1)])
@given(story=st.lists(steps, min_size=3, max_size=7))
def test_any_order_ends_like_a_world_without_cases(
    on_sqlite: tuple[Context, Context], story: list[object]
) -> None:
    compare(on_sqlite, story)


@settings(max_examples=3, deadline=None, suppress_health_check=QUIET)
@example(story=[FARM, "clear", FARM, DAY, FARM])
@given(story=st.lists(steps, min_size=3, max_size=6))
def test_it_does_on_postgresql_too(
    on_postgresql: tuple[Context, Context], story: list[object]
) -> None:
    compare(on_postgresql, story)
