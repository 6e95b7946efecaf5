"""The demo world's cases, flags, jobs and check: every page of operators has something to show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.actions import accounts, audit, checks, flags, fraud_queue, jobs
from backend.actions.context import Context
from backend.demo.cast import HEROINE
from backend.demo.world import email_of
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.audit import AuditQuery
from backend.domain.fraud_cases import CaseKind, CaseState


@pytest.fixture(scope="module")
def admin(world: Context) -> Actor:
    account = accounts.find_account(world, email=email_of(HEROINE))
    assert account is not None
    return replace(owner_of(account.tenant, account.id), role=Role.ADMIN)


def test_six_cases_of_different_kinds_wait(world: Context, admin: Actor) -> None:
    waiting = [one.case for one in fraud_queue.list_queue(world, admin)]
    assert len(waiting) == 6
    assert {case.kind for case in waiting} == set(CaseKind)
    assert {rule for case in waiting for rule in case.rules} >= {
        "few_networks", "unseen", "regular_gaps", "hasty", "inhuman_pace", "one_instrument",
        "refunds",
    }  # fmt: skip
    assert all(case.held for case in waiting)
    assert any(fraud_queue.read_case(world, admin, case.id).similar for case in waiting)


def test_one_farm_was_confirmed_and_two_cases_were_cleared(world: Context, admin: Actor) -> None:
    (confirmed,) = fraud_queue.list_others(world, admin, CaseState.CONFIRMED)
    cleared = fraud_queue.list_others(world, admin, CaseState.CLEARED)
    assert confirmed.case.kind is CaseKind.SHARES
    assert {one.case.kind for one in cleared} == set(CaseKind)
    assert all(one.case.reason and one.case.decided_by for one in (confirmed, *cleared))


def test_flags_jobs_a_check_and_what_operators_did_are_there(world: Context, admin: Actor) -> None:
    assert {flag.name for flag in flags.list_flags(world, admin)} == {
        "ai_coach", "priority_support",
    }  # fmt: skip
    report = jobs.read_jobs(world, admin)
    assert any(job.outcome == "done" for job, _next in report.scheduled)
    assert [failure.name for failure in report.failures] == ["send_mail"]
    (run,) = checks.list_checks(world, admin)
    assert run.differences == 0
    actions = set(audit.list_entries(world, admin, AuditQuery()).actions)
    assert actions >= {"fraud.clear", "fraud.confirm", "flag.set"}
