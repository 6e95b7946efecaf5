"""Operators' acts: who may, what is noted, and what is refused."""

from __future__ import annotations

import json
import threading

import pytest

from backend.actions import accounts, holds, people, plans, site_review
from backend.actions.audit import list_entries
from backend.actions.context import Context
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.audit import AuditEntry, AuditQuery, command_actor
from backend.domain.tiers import Tier
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.store.tables.base import TENANT
from tests.support.service import add_account, add_site

ADMIN = command_actor(TENANT)


def make_operator(context: Context, role: Role) -> Actor:
    account = add_account(context)
    accounts.change_role(context, account, role)
    return owner_of(TENANT, account, role)


def entries_of(context: Context, **query: str) -> list[AuditEntry]:
    return list(list_entries(context, ADMIN, AuditQuery(**query)).entries)  # type: ignore[arg-type]  # texts


def acts_of(context: Context, **query: str) -> list[str]:
    return [entry.action for entry in entries_of(context, **query)]


def test_what_is_done_to_an_account_is_noted_with_what_it_was_before(any_context: Context) -> None:
    admin, ann = make_operator(any_context, Role.ADMIN), add_account(any_context)
    accounts.change_tier(any_context, ann, Tier.PRO, by=admin)
    accounts.change_role(any_context, ann, Role.SUPPORT, by=admin)
    accounts.suspend(any_context, ann, by=admin, reason="  spam  ")
    accounts.reopen(any_context, ann, by=admin, reason="no spam")
    noted = sorted(entries_of(any_context, subject=ann), key=lambda entry: entry.action)
    assert [(entry.action, json.loads(entry.facts)) for entry in noted] == [
        ("account.reopen", {"reason": "no spam"}),
        ("account.role", {"after": "support", "before": "owner"}),
        ("account.suspend", {"reason": "spam"}),
        ("account.tier", {"after": "pro", "before": "free"}),
    ]
    assert {(entry.actor, entry.role) for entry in noted} == {(admin.account, Role.ADMIN)}


def test_a_person_gives_a_reason_and_nothing_happens_without_one(context: Context) -> None:
    support, ann = make_operator(context, Role.SUPPORT), add_account(context)
    _site, key = add_site(context, ann)
    site = site_review.find_by_key(context, key)
    with pytest.raises(Invalid):
        accounts.suspend(context, ann, by=support, reason=" ")
    with pytest.raises(Invalid):
        site_review.suspend(context, support, site.id, "")
    assert people.read_person(context, support, ann).account.is_open
    assert acts_of(context, subject=ann) == acts_of(context, subject=site.id) == []


def test_the_last_administrator_stays_one_and_nobody_lowers_themselves(context: Context) -> None:
    admin = make_operator(context, Role.ADMIN)
    with pytest.raises(Conflict, match="last administrator"):
        accounts.change_role(context, admin.account, Role.OWNER)
    with pytest.raises(Conflict, match="last administrator"):
        accounts.suspend(context, admin.account)
    other = make_operator(context, Role.ADMIN)
    with pytest.raises(Conflict, match="from themselves"):
        accounts.change_role(context, admin.account, Role.SUPPORT, by=admin)
    accounts.change_role(context, other.account, Role.OWNER, by=admin)
    assert acts_of(context, subject=admin.account) == ["account.role"]  # when it was made


def test_two_administrators_who_lower_each_other_at_once_leave_one(any_context: Context) -> None:
    one, two = (make_operator(any_context, Role.ADMIN) for _ in range(2))
    refused: list[Conflict] = []
    start = threading.Barrier(2)

    def lower(by: Actor, other: Actor) -> None:
        start.wait()
        try:
            accounts.change_role(any_context, other.account, Role.OWNER, by=by)
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=lower, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPPORT])
def test_only_administrators_suspend_operators(context: Context, role: Role) -> None:
    by, other = make_operator(context, role), make_operator(context, Role.FINANCE)
    with pytest.raises(Forbidden):
        accounts.suspend(context, other.account, by=by, reason="a quarrel")
    assert people.read_person(context, by, other.account).account.is_open


@pytest.mark.parametrize("role", [Role.OWNER, Role.FINANCE])
def test_who_may_not_suspend_does_not(context: Context, role: Role) -> None:
    by, ann = owner_of(TENANT, add_account(context), role), add_account(context)
    with pytest.raises(Forbidden):
        accounts.suspend(context, ann, by=by, reason="why not")


def test_reviews_plans_and_sites_leave_their_lines(any_context: Context) -> None:
    reviewer, ann = make_operator(any_context, Role.REVIEWER), add_account(any_context)
    site, _key = add_site(any_context, ann)
    holds.hold_commissions(any_context, reviewer, ann, "one network")
    holds.release_commissions(any_context, reviewer, ann, "a school")
    site_review.suspend(any_context, reviewer, site, "malware")
    site_review.resume(any_context, reviewer, site, "gone")
    admin = make_operator(any_context, Role.ADMIN)
    for _ in range(2):
        plans.acknowledge_plan(any_context, admin, "seven-level")
    assert sorted(acts_of(any_context, subject=ann)) == ["commissions.hold", "commissions.release"]
    assert sorted(acts_of(any_context, subject=site)) == ["site.resume", "site.suspend"]
    # The second acknowledgement changed nothing.
    assert acts_of(any_context, subject="seven-level@1") == ["plan.acknowledge"]


def test_the_log_is_read_by_person_act_and_subject_a_page_at_a_time(any_context: Context) -> None:
    one, two = (make_operator(any_context, Role.ADMIN) for _ in range(2))
    ann = add_account(any_context)
    for by, tier in ((one, Tier.PRO), (two, Tier.FREE), (one, Tier.BUSINESS)):
        accounts.change_tier(any_context, ann, tier, by=by)
    assert len(entries_of(any_context, actor=one.account)) == 2
    assert acts_of(any_context, actor=two.account, action="account.tier") == ["account.tier"]
    assert acts_of(any_context, actor=two.account, action="account.role") == []
    everything = [entry.id for entry in entries_of(any_context)]
    found, after = [], None
    while True:
        page = list_entries(any_context, ADMIN, AuditQuery(), after=after, limit=2)
        found += [entry.id for entry in page.entries]
        after = page.after
        if after is None:
            break
    assert found == everything
    assert len(found) == 5


def test_who_somebody_is_stays_masked_until_it_is_asked_for(context: Context) -> None:
    support, ann = make_operator(context, Role.SUPPORT), add_account(context, email="ann@a.example")
    report = people.read_person(context, support, ann)
    assert (report.address, report.is_masked) == ("a…@a.example", True)
    (listed,) = people.search(context, support, "Ann@a.example").people
    assert (listed.account.id, listed.address) == (ann, "a…@a.example")
    people.note_look(context, support, ann, "she wrote")
    assert people.read_person(context, support, ann, is_shown=True).address == "ann@a.example"
    assert acts_of(context, subject=ann) == ["account.show"]
    admin = make_operator(context, Role.ADMIN)
    assert people.read_person(context, admin, ann).address == "ann@a.example"


@pytest.mark.parametrize("text", ["nobody@a.example", "f" * 32, "NOCODE22", "%", "@", "' OR 1=1"])
def test_a_search_for_nobody_finds_nobody(context: Context, text: str) -> None:
    add_account(context, email="ann@a.example")
    assert people.search(context, ADMIN, text).people == ()


def test_people_are_found_by_their_code_and_listed_a_page_at_a_time(context: Context) -> None:
    ids = [add_account(context) for _ in range(people.PEOPLE_A_PAGE + 3)]
    code = people.read_person(context, ADMIN, ids[0]).account.code
    (found,) = people.search(context, ADMIN, code.lower()).people
    assert found.account.id == ids[0]
    first = people.search(context, ADMIN, "")
    rest = people.search(context, ADMIN, "", before=first.after or "")
    listed = [one.account.id for one in (*first.people, *rest.people)]
    assert listed == sorted(ids, reverse=True)
    assert rest.after is None


def test_an_unknown_site_cannot_be_suspended(context: Context) -> None:
    for act in (site_review.suspend, site_review.resume):
        with pytest.raises(NotFound):
            act(context, ADMIN, "0" * 32, "why")
