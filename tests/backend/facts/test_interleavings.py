"""Whatever happens in whatever order, the service ends where the rules, read plainly, end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.recording import record
from backend.actions.retention import close_days, purge
from backend.actions.standings import (
    age_scores,
    end_featuring,
    rebuild_showcase,
    refresh,
    review_showcase,
)
from backend.clock import FixedClock
from backend.domain.events import Event, EventKind
from backend.domain.instants import DAY, Instant, day_of
from backend.domain.shares import Platform
from backend.store.database import Database
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.events import ShareRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, ShowcaseRow, SiteRow
from tests.support.facts import clock_of
from tests.support.naive import Fact, NaiveSite
from tests.support.postgresql import PostgreSQL
from tests.support.service import NOON, add_account, add_site, make_context

PEOPLE = ("ada", "ben", "cem", "dee")
PAGES = ("https://lantern.example/", "https://lantern.example/docs/")
HOUR = 3_600_000_000
_names = count()


@dataclass(slots=True, kw_only=True)
class Sent:
    """A fact to send; `again` sends an earlier one once more, `via` is an earlier share."""

    kind: str
    person: str
    page: str
    platform: str | None
    via: int | None
    again: int | None


@dataclass(slots=True, kw_only=True)
class Run:
    """The service and the naive site side by side."""

    context: Context
    site: str
    account: str
    naive: NaiveSite
    sent: list[Fact] = field(default_factory=list)

    @property
    def now(self) -> Instant:
        return self.context.clock.now()

    def send(self, batch: list[Sent]) -> None:
        facts = [self._fact(one) for one in batch]
        with self.context.database.transaction() as session:
            record(session, [self._event(fact) for fact in facts], self.now)
        for fact in facts:
            self.naive.tell(fact, self.now)

    def _fact(self, one: Sent) -> Fact:
        if one.again is not None and self.sent:
            repeated = self.sent[one.again % len(self.sent)]
            return replace(repeated, at=self.now)
        shares = [fact for fact in self.sent if fact.kind == "share"]
        is_arrival = one.via is not None and one.kind == "view" and bool(shares)
        fact = Fact(
            id=f"e{next(_names):010d}",
            kind=one.kind,
            person=one.person,
            at=self.now,
            page=one.page,
            platform=(one.platform or "x") if one.kind == "share" else None,
            via=shares[(one.via or 0) % len(shares)].id if is_arrival else None,
        )
        self.sent.append(fact)
        return fact

    def _event(self, fact: Fact) -> Event:
        day = day_of(Instant(fact.at))
        is_like = fact.kind == "like"
        return Event(
            tenant=TENANT,
            site=self.site,
            id=f"like.{self._hash(fact.person, day)}" if is_like else fact.id,
            kind=EventKind(fact.kind),
            at=Instant(fact.at),
            visitor=self._hash(fact.person, day),
            visitor_yesterday=self._hash(fact.person, day - 1) if fact.kind == "share" else "",
            page=fact.page,
            platform=None if fact.platform is None else Platform(fact.platform),
            via=fact.via,
        )

    def _hash(self, person: str, day: int) -> str:
        return f"{self.site[-4:]}{person}{day}"

    def change(self, **values: str) -> None:
        """Change tier, wish or status as the owner's actions do."""
        with self.context.database.transaction() as session:
            site = session.get_one(SiteRow, (TENANT, self.site))
            account = session.get_one(AccountRow, (TENANT, self.account))
            for name, value in values.items():
                setattr(account if name == "tier" else site, name, value)
                setattr(self.naive, name, value)
            session.flush()
            refresh(session, [(TENANT, self.site)], self.now)

    def stored_score(self) -> int:
        with self.context.database.reading() as session:
            return session.get_one(ScoreRow, (TENANT, self.site)).score

    def compare(self) -> None:
        """Bring the service up to the clock and compare all that the naive site can tell."""
        for job in (age_scores, end_featuring):
            job(self.context)
        naive = self.naive
        with self.context.database.reading() as session:
            stored = session.get_one(ScoreRow, (TENANT, self.site))
            here = col(FeaturingRow.site) == self.site
            featurings = session.exec(select(FeaturingRow).where(here)).all()
            shares = session.exec(select(ShareRow).where(col(ShareRow.site) == self.site)).all()
            place = session.get(ShowcaseRow, (TENANT, self.site))
            assert stored.score == naive.score(self.now)
            assert stored.shares == naive.counted()
            assert stored.featured_until == naive.featured_until()
            assert sorted((one.threshold, one.ends_at) for one in featurings) == naive.featurings
            assert {one.id: one.is_counted for one in shares} == {
                made.fact.id: made.is_counted for made in naive.shares
            }
            assert {one.id: one.clicks for one in shares} == naive.clicks()
            assert (place is not None) == naive.is_listed(self.now)
            if place:
                assert place.rank_score == -naive.score(self.now)
                assert place.rank_shares == -naive.counted()


kinds = st.sampled_from([*(["view", "share"] * 3), *(kind.value for kind in EventKind)]).filter(
    lambda kind: kind != "referral_click"
)
sent = st.builds(
    Sent,
    kind=kinds,
    person=st.sampled_from(PEOPLE),
    page=st.sampled_from(PAGES),
    platform=st.sampled_from(["x", "reddit", "email", "mastodon", "hackernews"]),
    via=st.none() | st.integers(0, 20),
    again=st.none() | st.none() | st.none() | st.integers(0, 20),
)
steps = st.one_of(
    st.lists(sent, min_size=1, max_size=8),
    st.sampled_from([1, 60, 5 * HOUR, 11 * HOUR, DAY - 1, DAY, 3 * DAY, 8 * DAY, 29 * DAY]),
    st.fixed_dictionaries({"tier": st.sampled_from(["free", "pro", "business", "enterprise"])}),
    st.fixed_dictionaries({"wish": st.sampled_from(["in", "out", "unsaid"])}),
    st.fixed_dictionaries({"status": st.sampled_from(["active", "suspended"])}),
    st.sampled_from([age_scores, end_featuring, review_showcase, rebuild_showcase, close_days]),
)


def follow(context: Context, story: list[object]) -> Run:
    account = add_account(context)
    site, _ = add_site(context, account)
    naive = NaiveSite(published_at=context.clock.now(), tier="free")
    run = Run(context=context, site=site, account=account, naive=naive)
    for step in story:
        if isinstance(step, list):
            run.send(step)
        elif isinstance(step, int):
            clock_of(context).move(step)
        elif isinstance(step, dict):
            run.change(**step)
        else:
            assert callable(step)
            step(context)
    return run


@pytest.fixture(scope="module")
def template() -> Iterator[Context]:
    """A migrated SQLite database, to be copied for each example."""
    with TemporaryDirectory() as folder:
        context = make_context(Path(folder))
        context.database.close()
        yield context


@contextmanager
def copy_of(template: Context) -> Iterator[Context]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "4site.db"
        shutil.copy(template.settings.database_url.removeprefix("sqlite:///"), file)
        chosen = replace(template.settings, database_url=f"sqlite:///{file}", synchronous="NORMAL")
        database = Database(chosen)
        try:
            yield replace(template, database=database, clock=FixedClock(NOON))
        finally:
            database.close()


def a_share(person: str = "ada", page: str = PAGES[0], platform: str = "x") -> Sent:
    return Sent(kind="share", person=person, page=page, platform=platform, via=None, again=None)


def a_sign(kind: str) -> Sent:
    return Sent(kind=kind, person="ben", page=PAGES[0], platform=None, via=0, again=None)


@settings(max_examples=25, deadline=None)
@example(story=[[a_sign("conversion"), a_sign("engagement")], 29 * DAY])
@example(story=[[a_sign("conversion"), a_sign("engagement")], 29 * DAY, DAY])
@example(story=[[a_share()], DAY - 1, [a_share()], 1, [a_share()], DAY, [a_share()]])
@example(story=[[a_share(), a_share(page=PAGES[1]), a_share(platform="reddit")], DAY, [a_share()]])
@example(story=[[*map(a_share, PEOPLE), a_share("ada", PAGES[1])], 7 * DAY, [a_sign("view")], DAY])
@given(story=st.lists(steps, max_size=30))
def test_any_order_of_events_ends_where_the_rules_end(
    template: Context, story: list[object]
) -> None:
    with copy_of(template) as context:
        run = follow(context, story)
        assert check(context) == []
        run.compare()
        purge(context)
        assert run.stored_score() == run.naive.score(run.now)
        assert check(context, is_late=True) == []
        assert_rebuilding_changes_nothing(context)


def assert_rebuilding_changes_nothing(context: Context) -> None:
    def showcase() -> list[dict[str, object]]:
        with context.database.reading() as session:
            return [row.model_dump() for row in session.exec(select(ShowcaseRow)).all()]

    before = showcase()
    rebuild_showcase(context)
    assert showcase() == before


@pytest.fixture(scope="module")
def on_postgresql(postgresql: PostgreSQL) -> Iterator[Context]:
    with TemporaryDirectory() as folder:
        context = make_context(Path(folder), postgresql.new_database())
        yield context
        context.database.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=st.lists(steps, max_size=12))
def test_postgresql_ends_there_too(on_postgresql: Context, story: list[object]) -> None:
    follow(on_postgresql, story).compare()
    assert check(on_postgresql, is_late=True) == []
