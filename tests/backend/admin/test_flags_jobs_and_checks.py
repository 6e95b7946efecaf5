"""Features behind flags, what is known of jobs, and checks that keep what they found."""

from __future__ import annotations

import pytest
from sqlmodel import update

from backend.actions import checks, flags, jobs
from backend.actions.context import Context
from backend.actions.disputes import Opening, open_dispute, withdraw
from backend.actions.priority import list_first
from backend.domain.actors import Role, owner_of
from backend.domain.audit import command_actor
from backend.domain.disputes import DisputeKind
from backend.domain.flags import FeatureFlag, check_flag, has_feature
from backend.domain.instants import DAY, HOUR, MINUTE, Instant
from backend.domain.jobs import Job, next_run
from backend.domain.tiers import Tier
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.jobs.schedules import SCHEDULES
from backend.store.tables.base import TENANT
from backend.store.tables.sites import ScoreRow
from tests.support.service import add_account, add_site
from tests.support.tasks import with_recorded_tasks

ADMIN = command_actor(TENANT)
PEOPLE = [f"{number:032x}" for number in range(5_000)]


def flag(**values: object) -> FeatureFlag:
    return FeatureFlag(name="new_editor", description="", **values)  # type: ignore[arg-type]  # as named


def having(wanted: FeatureFlag) -> set[str]:
    return {one for one in PEOPLE if has_feature(wanted, wanted.name, one, Tier.FREE)}


def test_a_share_of_people_is_the_same_each_time_and_grows_without_losing_any() -> None:
    few, more = having(flag(percent=10)), having(flag(percent=30))
    assert having(flag(percent=10)) == few
    assert few < more
    assert 0.08 < len(few) / len(PEOPLE) < 0.12
    assert 0.27 < len(more) / len(PEOPLE) < 0.33
    assert having(flag(percent=0)) == set()
    assert having(flag(percent=100)) == having(flag(is_on=True)) == set(PEOPLE)


def test_two_features_are_given_to_different_shares() -> None:
    other = FeatureFlag(name="other", description="", percent=10)
    both = having(flag(percent=10)) & having(other)
    assert len(both) / len(PEOPLE) < 0.03


def test_a_feature_is_given_by_name_tier_or_reward() -> None:
    ann = PEOPLE[7]
    assert has_feature(flag(accounts=(ann,)), "new_editor", ann, Tier.FREE)
    assert has_feature(flag(tiers=(Tier.PRO,)), "new_editor", ann, Tier.PRO)
    assert not has_feature(flag(tiers=(Tier.PRO,)), "new_editor", ann, Tier.FREE)
    assert has_feature(None, "ai_coach", ann, Tier.FREE, granted={"ai_coach"})
    assert not has_feature(None, "ai_coach", ann, Tier.FREE)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"percent": 101}, "percent"),
        ({"percent": -1}, "percent"),
        ({"accounts": ("ann",)}, "accounts"),
        ({"accounts": tuple(PEOPLE[:201])}, "accounts"),
    ],
)
def test_a_flag_that_cannot_be_is_refused(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_flag(flag(**values))
    assert refused.value.field == field


def test_flags_are_set_by_administrators_and_in_use_at_once(any_context: Context) -> None:
    ann = add_account(any_context)
    assert not flags.has(any_context, "new_editor", ann)
    for role in (Role.OWNER, Role.FINANCE, Role.SUPPORT, Role.REVIEWER):
        with pytest.raises(Forbidden):
            flags.set_flag(any_context, owner_of(TENANT, ann, role), flag(is_on=True))
    flags.set_flag(any_context, ADMIN, flag(accounts=(ann,)))
    assert flags.has(any_context, "new_editor", ann)
    with pytest.raises(NotFound):
        flags.set_flag(any_context, ADMIN, flag(accounts=(PEOPLE[1],)))
    flags.remove_flag(any_context, ADMIN, "new_editor")
    assert not flags.has(any_context, "new_editor", ann)


def test_a_check_keeps_what_it_found(any_context: Context) -> None:
    site, _key = add_site(any_context, add_account(any_context))
    assert checks.run_check(any_context, by="clock") == []
    with any_context.database.transaction() as session:
        session.connection().execute(update(ScoreRow).values(shares=99))
    any_context.clock.move(MINUTE)  # type: ignore[attr-defined]  # the tests' own clock
    found = checks.run_check(any_context, by="command")
    newest, oldest = checks.list_checks(any_context, ADMIN)
    assert (oldest.by, oldest.differences, oldest.found) == ("clock", 0, ())
    assert newest.differences == len(found) > 0
    assert site in newest.found[0].where


def test_only_thirty_checks_are_kept(context: Context) -> None:
    for number in range(32):
        checks.run_check(context, by=str(number))
        context.clock.move(MINUTE)  # type: ignore[attr-defined]  # the tests' own clock
    kept = [run.by for run in checks.list_checks(context, ADMIN)]
    assert kept == [str(number) for number in range(31, 1, -1)]


def a_try(outcome: str, at: Instant, *, name: str = "send_mail", reason: str = "") -> Job:
    return Job(
        name=name,
        schedule=None,
        started_at=at,
        ended_at=Instant(at + 5),
        outcome=outcome,
        reason=reason,
        number=1,
    )


def test_jobs_are_known_by_their_last_try_and_their_next_time(any_context: Context) -> None:
    now = any_context.clock.now()
    jobs.note_schedules(any_context, {"purge": "0 * * * *", "gone": "* * * * *"})
    jobs.note_run(any_context, a_try("retry", now, name="purge", reason="busy"), "k1")
    jobs.note_run(any_context, a_try("done", now, name="purge"), "k1.2")
    jobs.note_run(any_context, a_try("done", now), "k2")
    jobs.note_schedules(any_context, {"purge": "0 * * * *"})
    report = jobs.read_jobs(any_context, ADMIN)
    ((purge, following),) = report.scheduled
    assert (purge.name, purge.outcome, purge.reason) == ("purge", "done", "")
    assert 0 < following - now <= HOUR
    assert following % HOUR == 0
    assert {job.name for job in report.queued} == {"gone", "send_mail"}
    assert report.failures == ()


def test_a_job_that_was_given_up_is_tried_again_once(any_context: Context) -> None:
    context, tasks = with_recorded_tasks(any_context)
    jobs.note_run(context, a_try("given_up", context.clock.now(), reason="no server"), "k1.5")
    (failed,) = jobs.read_jobs(context, ADMIN).failures
    assert (failed.name, failed.reason, failed.retried_at) == ("send_mail", "no server", None)
    jobs.retry_failure(context, ADMIN, failed.id)
    with pytest.raises(Conflict, match="already"):
        jobs.retry_failure(context, ADMIN, failed.id)
    assert tasks.queued == [("again", {"key": "k1.5"})]


def test_a_job_that_the_engine_forgot_stays_in_the_list(context: Context) -> None:
    context, _tasks = with_recorded_tasks(context)
    jobs.note_run(context, a_try("given_up", context.clock.now()), "forgotten")
    with pytest.raises(Conflict, match="not kept"):
        jobs.retry_failure(context, ADMIN, "forgotten")
    (failed,) = jobs.read_jobs(context, ADMIN).failures
    assert failed.retried_at is None


def test_failures_are_forgotten_after_thirty_days(context: Context) -> None:
    now = context.clock.now()
    jobs.note_run(context, a_try("given_up", now), "old")
    jobs.note_run(context, a_try("given_up", Instant(now + 31 * DAY)), "new")
    assert [one.id for one in jobs.read_jobs(context, ADMIN).failures] == ["new"]


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_has_a_next_time(name: str) -> None:
    now = Instant(1_800_000_000_000_000)
    assert now < next_run(SCHEDULES[name].when, now) <= now + 32 * DAY


def test_disputes_of_people_with_priority_come_first_the_oldest_first(any_context: Context) -> None:
    ann, bob, cy = (add_account(any_context) for _ in range(3))
    opened: dict[str, list[str]] = {}
    for account in (ann, bob, cy, ann):
        said = Opening(kind=DisputeKind.ATTRIBUTION, text="She came by me.")
        made = open_dispute(any_context, owner_of(TENANT, account), said)
        opened.setdefault(account, []).append(made.id)
        any_context.clock.move(MINUTE)  # type: ignore[attr-defined]  # the tests' own clock
    assert list_first(any_context, ADMIN) == []
    priority = FeatureFlag(name="priority_support", description="", accounts=(ann, cy))
    flags.set_flag(any_context, ADMIN, priority)
    first = [one.id for one in list_first(any_context, ADMIN)]
    assert first == [opened[ann][0], opened[cy][0], opened[ann][1]]
    withdraw(any_context, owner_of(TENANT, cy), opened[cy][0])
    assert [one.id for one in list_first(any_context, ADMIN)] == opened[ann]
