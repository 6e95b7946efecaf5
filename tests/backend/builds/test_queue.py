"""Who is built next, what may follow what, and what is lost when a worker is."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from backend.actions.building import begin_next, recover_lost
from backend.actions.builds import cancel_build, get_build, list_builds, retry_build, start_build
from backend.actions.context import Context
from backend.actions.sites import register_site
from backend.domain.actors import Actor
from backend.domain.builds import (
    FOLLOWS,
    LEASE,
    QUEUED_EACH,
    TRIES,
    Build,
    BuildCause,
    BuildState,
    Waiting,
    check_repository,
    choose_next,
    same_repository,
)
from backend.domain.instants import SECOND, Instant
from backend.domain.sites import SiteDraft
from backend.domain.tiers import Tier
from backend.errors import Conflict, HostingOff, LimitReached, NotFound
from backend.store import builds
from tests.support.builds import add_built_site
from tests.support.hosting import hosted

REPOSITORY = "https://github.com/ada/lantern"


@pytest.fixture
def context(any_context: Context) -> Context:
    return hosted(any_context)


def ask(context: Context, actor: Actor, site: str) -> Build:
    context.clock.move(SECOND)  # type: ignore[attr-defined]  # a clock for tests
    return start_build(context, actor, site, cause=BuildCause.BUTTON)


def end(context: Context, build: Build, state: BuildState = BuildState.SUCCEEDED) -> None:
    with context.database.transaction() as session:
        assert builds.end(session, build, state, now=context.clock.now())


def sites_of(context: Context, count: int, tier: str = "enterprise") -> tuple[Actor, list[str]]:
    """Return an owner with some sites of one repository."""
    owner, first, _key = add_built_site(context, REPOSITORY, tier=tier)
    more = [
        add_site_of(context, owner, f"https://s{number}.example/") for number in range(count - 1)
    ]
    return owner, [first, *more]


def add_site_of(context: Context, owner: Actor, url: str) -> str:
    return register_site(
        context, owner, SiteDraft(url=url, title="One more", repository=REPOSITORY)
    ).id


def test_the_numbers_are_those_of_the_docs() -> None:
    assert (TRIES, LEASE) == (2, 20_000_000)
    assert [QUEUED_EACH[tier] for tier in Tier] == [2, 10, 30, 100]
    ends = {state for state, following in FOLLOWS.items() if not following}
    assert ends == {"succeeded", "failed", "cancelled", "timed_out"}


def test_who_was_served_longest_ago_is_next_and_nobody_twice_at_once() -> None:
    def waiting(account: str, since: int, last: int | None, *, runs: bool = False) -> Waiting:
        return Waiting(
            tenant="t",
            account=account,
            since=Instant(since),
            last_began=None if last is None else Instant(last),
            is_running=runs,
        )

    new = waiting("new", 90, None)
    old, recent = waiting("old", 10, 50), waiting("recent", 1, 80)
    busy = waiting("busy", 0, None, runs=True)
    assert choose_next([recent, old, busy, new]) == new
    assert choose_next([recent, old, busy]) == old
    assert choose_next([busy]) is None
    assert choose_next([]) is None


def test_an_owner_with_many_builds_does_not_keep_another_waiting(context: Context) -> None:
    many, sites = sites_of(context, 6)
    few, only, _key = add_built_site(context, REPOSITORY)
    for site in sites:
        ask(context, many, site)
    ask(context, few, only)
    order = []
    while build := begin_next(context, "w"):
        assert build.state is BuildState.RUNNING
        order.append(build.account)
        context.clock.move(SECOND)  # type: ignore[attr-defined]
        end(context, build)
    assert order[:2] == [many.account, few.account]
    assert order[2:] == [many.account] * 5


def test_an_owner_has_one_build_running(context: Context) -> None:
    owner, sites = sites_of(context, 2)
    for site in sites:
        ask(context, owner, site)
    first = begin_next(context, "w1")
    assert first is not None
    assert begin_next(context, "w2") is None
    end(context, first)
    assert begin_next(context, "w2") is not None


def test_many_workers_at_once_begin_each_build_once(context: Context) -> None:
    for _ in range(8):
        owner, site, _key = add_built_site(context, REPOSITORY)
        ask(context, owner, site)
    begun: list[Build] = []

    def work(name: str) -> None:
        misses = 0
        while misses < 20:
            build = begin_next(context, name)
            misses += build is None
            if build is not None:
                begun.append(build)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 8
    assert len({build.id for build in begun}) == len({build.account for build in begun}) == 8


def test_a_build_that_waits_is_the_one_that_is_asked_for(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    assert ask(context, owner, site).id == ask(context, owner, site).id
    running = begin_next(context, "w")
    assert running is not None
    assert ask(context, owner, site).id != running.id


@pytest.mark.parametrize(("tier", "limit"), [("free", 2), ("pro", 10)])
def test_each_tier_has_its_number_of_waiting_builds(
    context: Context, tier: str, limit: int
) -> None:
    owner, sites = sites_of(context, min(limit + 1, 3) if tier == "free" else limit + 1, tier)
    for site in sites[:limit]:
        ask(context, owner, site)
    with pytest.raises(LimitReached, match=f"holds {limit} waiting builds"):
        ask(context, owner, sites[limit])


def test_a_waiting_build_is_cancelled_at_once_and_a_running_one_is_asked_to_end(
    context: Context,
) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    waiting = ask(context, owner, site)
    cancelled = cancel_build(context, owner, site, waiting.id)
    assert (cancelled.state, cancelled.reason) == (BuildState.CANCELLED, "You cancelled it.")
    with pytest.raises(Conflict, match="is cancelled, so it cannot become cancelled"):
        cancel_build(context, owner, site, waiting.id)
    ask(context, owner, site)
    running = begin_next(context, "w")
    assert running is not None
    assert cancel_build(context, owner, site, running.id).is_cancelling
    assert get_build(context, owner, site, running.id).state is BuildState.RUNNING


def test_only_what_has_ended_is_tried_again(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    build = ask(context, owner, site)
    with pytest.raises(Conflict, match="has not ended"):
        retry_build(context, owner, site, build.id)
    running = begin_next(context, "w")
    assert running is not None
    end(context, running, BuildState.FAILED)
    again = retry_build(context, owner, site, build.id)
    assert (again.cause, again.state) == (BuildCause.RETRY, BuildState.QUEUED)


def test_a_lost_build_is_tried_once_more_and_then_fails(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    build = ask(context, owner, site)
    for number, after in ((1, BuildState.QUEUED), (2, BuildState.FAILED)):
        begun = begin_next(context, f"w{number}")
        assert begun is not None
        assert begun.tries == number
        context.clock.move(LEASE)  # type: ignore[attr-defined]
        assert recover_lost(context) == 0
        context.clock.move(1)  # type: ignore[attr-defined]
        assert recover_lost(context) == 1
        assert get_build(context, owner, site, build.id).state is after
    ended = get_build(context, owner, site, build.id)
    assert (ended.reason, begin_next(context, "w3")) == ("Its worker was lost.", None)


def test_a_worker_that_lost_its_build_changes_nothing_any_more(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    ask(context, owner, site)
    first = begin_next(context, "w1")
    assert first is not None
    context.clock.move(LEASE + 1)  # type: ignore[attr-defined]
    recover_lost(context)
    second = begin_next(context, "w2")
    assert second is not None
    with context.database.transaction() as session:
        assert builds.see(session, first, context.clock.now()) is None
        assert not builds.end(session, first, BuildState.SUCCEEDED, now=context.clock.now())
        assert builds.see(session, second, context.clock.now()) is not None


def test_a_site_remembers_a_hundred_builds(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    for _ in range(builds.KEPT_BUILDS + 3):
        ask(context, owner, site)
        running = begin_next(context, "w")
        assert running is not None
        end(context, running)
    page = list_builds(context, owner, site, limit=100)
    assert (len(page.builds), page.after) == (100, None)


def test_nobody_sees_or_starts_anothers_builds(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    other, _site, _key = add_built_site(context, REPOSITORY)
    build = ask(context, owner, site)
    for act in (
        lambda: start_build(context, other, site, cause=BuildCause.API),
        lambda: cancel_build(context, other, site, build.id),
        lambda: get_build(context, other, site, build.id),
        lambda: list_builds(context, other, site),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_service_that_hosts_nothing_builds_nothing(context: Context) -> None:
    owner, site, _key = add_built_site(context, REPOSITORY)
    settings = replace(context.settings, sites_host=None)
    with pytest.raises(HostingOff, match="hosts no sites"):
        ask(replace(context, settings=settings), owner, site)


@pytest.mark.parametrize(
    "repository",
    [
        None,
        "https://gitlab.com/ada/lantern",
        "http://github.com/ada/lantern",
        "https://github.com/ada",
        "https://github.com/ada/lantern/tree/main",
        "https://github.com.evil.example/ada/lantern",
        "https://github.com:8443/ada/lantern",
    ],
)
def test_only_repositories_of_the_forge_are_built(repository: str | None) -> None:
    with pytest.raises(Conflict):
        check_repository(repository, "https://github.com")


def test_a_repository_is_the_same_in_any_case() -> None:
    assert check_repository(REPOSITORY, "https://github.com") == REPOSITORY
    assert same_repository(REPOSITORY, "https://github.com", "Ada/Lantern")
    assert not same_repository(REPOSITORY, "https://github.com", "ada/lantern2")
    assert not same_repository(None, "https://github.com", "ada/lantern")
