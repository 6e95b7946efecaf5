"""Links by mail: who gets one, what it opens, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import func, select

from backend.actions.accounts import find_account, reopen, suspend
from backend.actions.context import Context
from backend.actions.referrals import referral_summary
from backend.actions.sessions import Browser, SignedIn, find_actor
from backend.actions.sign_in import (
    ensure_owner,
    follow_link,
    link_of,
    preview_link,
    request_link,
)
from backend.clock import FixedClock
from backend.domain.actors import Role, owner_of
from backend.domain.instants import HOUR, MINUTE
from backend.domain.referrals import ReferralState, Touch
from backend.domain.sign_in import Arrival
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.store.tables.accounts import AccountRow, PersonRow, SignInRow
from tests.support.service import BROWSER, add_account
from tests.support.tasks import RecordedTasks

Service = tuple[Context, RecordedTasks]
ANN = "ann@example.org"


def ask(service: Service, email: str = ANN, **more: object) -> str | None:
    """Ask for a link; return its secret, None when no mail was sent."""
    context, tasks = service
    before = len(tasks.queued)
    request_link(context, email=email, **{"arrival": Arrival(), **more})  # type: ignore[arg-type]
    if len(tasks.queued) == before:
        return None
    return link_of(context, tasks.queued[-1][1]["ticket"]).rpartition("/")[2]


def follow(service: Service, secret: str | None) -> SignedIn:
    assert secret is not None
    return follow_link(service[0], secret, Browser(user_agent=BROWSER))


def wait(service: Service, microseconds: int) -> None:
    clock = service[0].clock
    assert isinstance(clock, FixedClock)
    clock.move(microseconds)


def count(context: Context, table: type) -> int:
    with context.database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_following_a_link_makes_an_account_with_a_code_and_signs_in(service: Service) -> None:
    made = follow(service, ask(service, name="Ann Lantern"))
    assert made.is_new
    assert made.account.person is not None
    assert (made.account.person.address.email, made.account.person.name) == (ANN, "Ann Lantern")
    assert len(made.account.code) == 8
    actor = find_actor(service[0], made.secret)
    assert actor is not None
    assert (actor.account, actor.role, actor.is_session) == (made.account.id, Role.OWNER, True)


def test_the_second_link_signs_in_to_the_same_account(service: Service) -> None:
    first = follow(service, ask(service))
    second = follow(service, ask(service, "Ann+News@Example.org"))
    assert not second.is_new
    assert second.account.id == first.account.id
    assert count(service[0], AccountRow) == 1


def test_a_link_works_once(service: Service) -> None:
    secret = ask(service)
    follow(service, secret)
    with pytest.raises(NotFound, match="was used or has run out"):
        follow(service, secret)


def test_a_link_works_for_fifteen_minutes(service: Service) -> None:
    in_time, too_late = ask(service), ask(service, "bob@example.org")
    wait(service, 15 * MINUTE - 1)
    follow(service, in_time)
    wait(service, 1)
    with pytest.raises(NotFound):
        follow(service, too_late)
    with pytest.raises(NotFound):
        preview_link(service[0], too_late or "")


def test_looking_at_a_link_uses_nothing_up(service: Service) -> None:
    secret = ask(service) or ""
    for _ in range(3):
        assert preview_link(service[0], secret).is_new
    assert count(service[0], AccountRow) == 0
    follow(service, secret)


def test_a_link_that_many_follow_at_once_lets_one_in(service: Service) -> None:
    secret = ask(service)

    def attempt(_: int) -> bool:
        try:
            follow(service, secret)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1


def test_two_links_followed_at_once_make_one_account(service: Service) -> None:
    secrets = [ask(service), ask(service, "ANN@example.org"), ask(service, "Ann@example.org")]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda secret: follow(service, secret), secrets))
    assert len({one.account.id for one in made}) == 1
    assert [one.is_new for one in made].count(True) == 1


def test_a_request_does_the_same_for_known_and_unknown_addresses(service: Service) -> None:
    context, tasks = service
    add_account(context, email=ANN)
    for email in (ANN, "nobody@example.org"):
        assert ask(service, email) is not None
    known, unknown = (set(values) for _name, values in tasks.queued)
    assert known == unknown
    assert count(context, SignInRow) == 2


def test_mail_for_a_variant_goes_to_the_address_of_the_account(service: Service) -> None:
    add_account(service[0], email=ANN)
    ask(service, "ann+thief@example.org")
    assert service[1].queued[-1][1]["to"] == ANN


def test_a_link_to_a_variant_does_not_open_the_account_that_came_meanwhile(
    service: Service,
) -> None:
    thief = ask(service, "ann+thief@example.org")
    owner = follow(service, ask(service))
    assert owner.is_new
    with pytest.raises(Conflict):
        preview_link(service[0], thief or "")
    with pytest.raises(Conflict):
        follow(service, thief)
    assert count(service[0], AccountRow) == 1


def test_writing_an_address_differently_does_not_get_it_more_mail(service: Service) -> None:
    spellings = ("ann@example.org", "Ann@example.org", "ann+1@Example.org", "ann+2@example.org")
    assert [ask(service, spelling) is not None for spelling in spellings] == [True] * 3 + [False]


def test_asking_many_times_at_once_does_not_get_an_address_more_mail(service: Service) -> None:
    context, tasks = service
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: request_link(context, email=ANN, arrival=Arrival()), range(12)))
    assert len(tasks.mails_to(ANN)) == count(context, SignInRow) == 3


def test_a_fourth_open_link_to_an_address_is_not_sent(service: Service) -> None:
    assert all(ask(service) for _ in range(3))
    assert ask(service) is None
    assert ask(service, "bob@example.org") is not None
    wait(service, 15 * MINUTE)
    assert ask(service) is not None


def test_an_address_that_would_add_a_header_is_refused(service: Service) -> None:
    with pytest.raises(Invalid):
        ask(service, "ann@example.org\r\nBcc: everyone@example.org")
    assert service[1].queued == []


def test_nothing_that_is_stored_or_queued_opens_an_account(
    tmp_path: Path, service: Service
) -> None:
    context, tasks = service
    secret = ask(service) or ""
    made = follow(service, ask(service, "bob@example.org"))
    with context.database.reading() as session:
        stored = [str(row) for row in session.exec(select(SignInRow)).all()]
    for text in (*stored, str(tasks.queued)):
        assert secret not in text
        assert made.secret not in text
    if context.settings.is_sqlite:
        for path in tmp_path.glob("4site.db*"):
            assert secret.encode() not in path.read_bytes()
            assert made.secret.encode() not in path.read_bytes()


def test_a_ticket_opens_nothing_without_the_services_secret(service: Service) -> None:
    ask(service)
    ticket = service[1].queued[-1][1]["ticket"]
    with pytest.raises(NotFound):
        follow(service, ticket)


def test_a_suspended_account_cannot_sign_in_until_it_is_open_again(service: Service) -> None:
    made = follow(service, ask(service))
    suspend(service[0], made.account.id)
    assert find_actor(service[0], made.secret) is None
    secret = ask(service)
    with pytest.raises(Forbidden, match="suspended"):
        follow(service, secret)
    reopen(service[0], made.account.id)
    assert find_actor(service[0], made.secret) is None  # it was signed out for good
    assert not follow(service, secret).is_new


def states(context: Context, account: str) -> int:
    summary = referral_summary(context, owner_of("default", account))
    return summary.states[ReferralState.PENDING]


@pytest.mark.parametrize(
    "arrive",
    [
        lambda code, _now: Arrival(code=code, is_typed=True),
        lambda code, _now: Arrival(code=code),
        lambda code, now: Arrival(touch=Touch(code=code, at=now)),
    ],
    ids=["typed", "by link", "by touch"],
)
def test_a_sign_up_is_attributed_to_whom_it_came_through(
    service: Service, arrive: Callable[..., Arrival]
) -> None:
    context = service[0]
    referrer = add_account(context, email="rita@example.org")
    account = find_account(context, account=referrer)
    assert account is not None
    secret = ask(service, arrival=arrive(account.code, context.clock.now()))
    assert states(context, referrer) == 0
    wait(service, MINUTE)
    follow(service, secret)
    assert states(context, referrer) == 1


def test_nobody_refers_themselves_by_another_spelling(service: Service) -> None:
    context = service[0]
    made = follow(service, ask(service))
    arrival = Arrival(code=made.account.code, is_typed=True)
    again = follow(service, ask(service, "ann+2@example.org", arrival=arrival))
    assert not again.is_new
    assert states(context, made.account.id) == 0


def test_first_start_makes_an_administrator_and_a_link_that_works_once(service: Service) -> None:
    context, tasks = service
    link = ensure_owner(context)
    assert link is not None
    assert link.startswith(f"{context.settings.base_url}/sign-in/")
    assert ensure_owner(context) is None
    wait(service, 23 * HOUR)
    made = follow(service, link.rpartition("/")[2])
    assert made.account.role is Role.ADMIN
    assert made.account.person is not None
    assert made.account.person.address.email == "owner@localhost"
    with pytest.raises(NotFound):
        follow(service, link.rpartition("/")[2])
    assert tasks.queued == []


def test_first_start_takes_an_account_that_the_owners_address_has(service: Service) -> None:
    account = add_account(service[0], email="owner@localhost")
    assert ensure_owner(service[0]) is not None
    found = find_account(service[0], account=account)
    assert found is not None
    assert found.role is Role.ADMIN
    assert count(service[0], PersonRow) == 1
