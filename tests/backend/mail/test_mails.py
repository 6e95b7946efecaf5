"""Mails of news through a real SMTP server: gathered, once, and stopped by one click."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import suspend
from backend.actions.context import Context
from backend.actions.digests import last_week, queue_digests, send_digest
from backend.actions.mailing import send_mail
from backend.actions.news_mails import queue_news, send_news
from backend.actions.notifications import (
    Choices,
    choose,
    count_unread,
    get_choices,
    list_notifications,
    pass_over,
)
from backend.actions.notifying import note
from backend.actions.unsubscribing import make_link
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.actors import Actor, owner_of
from backend.domain.events import EventKind
from backend.domain.instants import DAY, HOUR, MINUTE, Day, day_of
from backend.domain.notifications import Facts, Kind, News, Way
from backend.errors import Unavailable
from backend.store.tables.base import TENANT
from tests.support.facts import an_event, clock_of, record_now
from tests.support.mail_server import TAKEN, MailServer, start_mail_server
from tests.support.service import NOON, add_account, add_site, make_context
from tests.support.tasks import RecordedTasks, with_recorded_tasks

ANN = "ann@people.example"
MONDAY = 3 * DAY - 5 * HOUR
"""From Friday noon, where the clock stands, to Monday, 07:00."""


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with start_mail_server() as running:
        yield running


@pytest.fixture
def service(
    tmp_path: Path, any_database: str | None, server: MailServer
) -> Iterator[tuple[Context, RecordedTasks]]:
    """A service on each database that sends to the server, with an empty mail box."""
    environment = {
        "FOURSITE_SMTP_URL": server.url,
        "FOURSITE_BASE_URL": "https://share.example",
        "FOURSITE_MAIL_FROM": "4site <mail@share.example>",
    }
    made = make_context(tmp_path, any_database, environment=environment)
    server.mails.clear()
    yield with_recorded_tasks(made)
    made.database.close()


def add_ann(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context, email=ANN))


def tell(context: Context, actor: Actor, *keys: str, kind: Kind = Kind.SITE_FEATURED) -> None:
    facts: Facts = {"title": "Lantern", "until": int(NOON)}
    news = [News(account=actor.account, kind=kind, key=key, facts=facts) for key in keys]
    with context.database.transaction() as session:
        note(session, news, context.clock.now())


def send_queued(context: Context, tasks: RecordedTasks) -> int:
    """Do the mails' tasks that are queued, and return how many sent something."""
    work = {"send_news": send_news, "send_digest": send_digest}
    queued, tasks.queued[:] = list(tasks.queued), []
    return sum(
        work[name](context, values, f"job-{name}-{number}-{context.clock.now()}")
        for number, (name, values) in enumerate(queued)
    )


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_one_event_is_one_mail_with_the_headers_that_stop_it(
    service: tuple[Context, RecordedTasks], server: MailServer
) -> None:
    context, tasks = service
    tell(context, add_ann(context), "first")
    assert queue_news(context) == 1
    assert send_queued(context, tasks) == 1
    (mail,) = server.mails
    assert (mail["to"], mail["subject"]) == (ANN, "Lantern is featured")
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["list-id"] == "<site_featured.share.example>"
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    link = mail["list-unsubscribe"].strip("<>")
    assert link.startswith("https://share.example/unsubscribe/")
    assert link in text_of(mail)
    assert queue_news(context) == 0


def test_a_burst_is_gathered_into_one_mail_an_hour(
    service: tuple[Context, RecordedTasks], server: MailServer
) -> None:
    """At most one mail an hour and person."""
    context, tasks = service
    ann, clock = add_ann(context), clock_of(context)
    tell(context, ann, "first")
    queue_news(context)
    assert send_queued(context, tasks) == 1
    for number in range(30):
        clock.move(MINUTE)
        tell(context, ann, f"more {number}")
        queue_news(context)
        assert send_queued(context, tasks) == 0
    clock.move(30 * MINUTE - 1)
    assert queue_news(context) == 0
    clock.move(1)
    assert queue_news(context) == 1
    assert send_queued(context, tasks) == 1
    assert [mail["subject"] for mail in server.mails] == [
        "Lantern is featured",
        "What is new for you",
    ]
    # All of one kind: stopping it stops that kind alone.
    assert server.mails[1]["list-id"] == "<site_featured.share.example>"
    clock.move(DAY)
    assert queue_news(context) == 0


def test_two_jobs_at_once_send_one_mail(
    service: tuple[Context, RecordedTasks], server: MailServer
) -> None:
    context, _tasks = service
    ann = add_ann(context)
    tell(context, ann, "first", "second")
    start = threading.Barrier(4)

    def work(number: int) -> None:
        start.wait()
        send_news(context, {"account": ann.account}, f"job-{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.mails) == 1


def test_a_try_again_sends_the_same_mail(tmp_path: Path) -> None:
    with start_mail_server(lambda number: TAKEN if number > 1 else "451 later") as server:
        context = make_context(tmp_path, environment={"FOURSITE_SMTP_URL": server.url})
        ann = add_ann(context)
        tell(context, ann, "first")
        with pytest.raises(Unavailable):
            send_news(context, {"account": ann.account}, "job")
        tell(context, ann, "second")
        assert not send_news(context, {"account": ann.account}, "another job")
        assert send_news(context, {"account": ann.account}, "job")
        (mail,) = server.mails
        assert mail["message-id"] == "<job@localhost>"
        context.database.close()


def test_nobody_is_mailed_who_chose_another_way_or_is_suspended(
    service: tuple[Context, RecordedTasks],
) -> None:
    context, tasks = service
    ann, bob = add_ann(context), owner_of(TENANT, add_account(context))
    for way in (Way.APP, Way.DIGEST, Way.OFF):
        choose(context, ann, Choices(language="en", ways={Kind.SITE_FEATURED: way}))
        tell(context, ann, way.value)
    tell(context, bob, "bob's")
    suspend(context, bob.account)
    queue_news(context)
    assert send_queued(context, tasks) == 0
    assert queue_news(context) == 0


def test_mails_are_in_the_language_that_was_chosen(
    service: tuple[Context, RecordedTasks], server: MailServer
) -> None:
    context, tasks = service
    ann = add_ann(context)
    choose(context, ann, Choices(language="de", ways={Kind.SITE_FEATURED: Way.MAIL}))
    tell(context, ann, "first")
    queue_news(context)
    send_queued(context, tasks)
    # The account's language comes before that of the browser that asked.
    values = {"to": ANN, "template": "sign_in", "ticket": "t", "language": "fr"}
    send_mail(context, values, key="k1")
    send_mail(context, {**values, "to": "new@people.example"}, key="k2")
    send_mail(context, {**values, "to": "new@people.example", "language": "xx"}, key="k3")
    assert [mail["subject"] for mail in server.mails] == [
        "Lantern ist hervorgehoben",
        "Bei 4site anmelden",
        "Se connecter à 4site",
        "Sign in to 4site",
    ]
    assert all(mail["list-unsubscribe"] is None for mail in server.mails[1:])


def test_the_digest_comes_once_a_week_to_whoever_it_says_something(
    service: tuple[Context, RecordedTasks], server: MailServer
) -> None:
    context, tasks = service
    ann = add_ann(context)
    add_account(context)  # nothing happened to this one
    site, _key = add_site(context, ann.account)
    record_now(context, [an_event(context, site, EventKind.VIEW) for _ in range(3)])
    clock_of(context).move(MONDAY)
    assert queue_digests(context) == 1
    assert send_queued(context, tasks) == 1
    for _repeat in range(3):
        clock_of(context).move(HOUR)
        queue_digests(context)
        assert send_queued(context, tasks) == 0
    (mail,) = server.mails
    assert (mail["subject"], mail["list-id"]) == (
        "Your week in numbers",
        "<weekly_digest.share.example>",
    )
    said = text_of(mail)
    assert "Aug 31, 2026 to Sep 6, 2026, in UTC" in said
    assert "Page views: 3 (0 the week before)" in said
    assert "nobody shared" in said
    (kept,) = list_notifications(context, ann).notifications
    assert kept.kind is Kind.WEEKLY_DIGEST
    clock_of(context).move(7 * DAY)
    # The week after was empty, but the one before it was not.
    queue_digests(context)
    assert send_queued(context, tasks) == 0


def test_news_of_the_hour_before_keeps_the_digest_waiting(
    service: tuple[Context, RecordedTasks], server: MailServer
) -> None:
    context, tasks = service
    ann, clock = add_ann(context), clock_of(context)
    tell(context, ann, "friday")
    clock.move(MONDAY)
    queue_news(context)
    send_queued(context, tasks)
    queue_digests(context)
    assert send_queued(context, tasks) == 0
    clock.move(HOUR)
    queue_digests(context)
    assert send_queued(context, tasks) == 1
    assert [mail["subject"] for mail in server.mails] == [
        "Lantern is featured",
        "Your week in numbers",
    ]
    assert "Lantern is featured" in text_of(server.mails[1])


def test_what_is_passed_over_is_read_and_never_mailed(
    service: tuple[Context, RecordedTasks],
) -> None:
    context, _tasks = service
    ann, clock = add_ann(context), clock_of(context)
    tell(context, ann, "old")
    clock.move(DAY)
    tell(context, ann, "new")
    pass_over(context, clock.now())
    assert (count_unread(context, ann), queue_news(context)) == (1, 0)


def test_the_last_week_is_the_one_that_ended_on_a_sunday() -> None:
    friday = day_of(NOON)
    for days, first in ((0, -11), (2, -11), (3, -4), (9, -4), (10, 3)):
        assert last_week(Day(friday + days)).first == friday + first


@pytest.fixture
def at_door(tmp_path: Path) -> Iterator[tuple[Context, TestClient]]:
    made = make_context(tmp_path)
    context = replace(made, clock=FixedClock(NOON))
    yield context, TestClient(create_app(context))
    made.database.close()


def test_one_click_stops_mails_without_signing_in(at_door: tuple[Context, TestClient]) -> None:
    context, client = at_door
    ann, bob = add_ann(context), owner_of(TENANT, add_account(context))
    tell(context, ann, "waits for its mail")
    path = make_link(context, ann.account, Kind.SITE_FEATURED).removeprefix(
        context.settings.base_url
    )
    page = client.get(path)
    assert page.status_code == 200
    assert "Stop mails about featured sites" in page.text
    assert get_choices(context, ann).ways[Kind.SITE_FEATURED] is Way.MAIL
    for _repeat in range(2):
        # What a mail program sends: no cookie, no token, from another site.
        answer = client.post(
            path,
            data={"List-Unsubscribe": "One-Click"},
            headers={"origin": "https://mail.example", "sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 200
    ways = get_choices(context, ann).ways
    assert (ways[Kind.SITE_FEATURED], ways[Kind.PAYOUT_SENT]) == (Way.APP, Way.MAIL)
    assert get_choices(context, bob).ways[Kind.SITE_FEATURED] is Way.MAIL
    assert queue_news(context) == 0


def test_one_click_may_come_as_multipart(at_door: tuple[Context, TestClient]) -> None:
    context, client = at_door
    ann = add_ann(context)
    path = make_link(context, ann.account, Kind.WEEKLY_DIGEST).removeprefix(
        context.settings.base_url
    )
    assert client.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert get_choices(context, ann).ways[Kind.WEEKLY_DIGEST] is Way.OFF


def test_everything_but_the_necessary_stops(at_door: tuple[Context, TestClient]) -> None:
    context, client = at_door
    ann = add_ann(context)
    choose(context, ann, Choices(language="en", ways={Kind.BUILD_FAILED: Way.OFF}))
    path = make_link(context, ann.account, None).removeprefix(context.settings.base_url)
    assert client.post(path, data={"scope": "everything"}).status_code == 200
    ways = get_choices(context, ann).ways
    assert {way for kind, way in ways.items() if kind is not Kind.WEEKLY_DIGEST} == {
        Way.APP,
        Way.OFF,
    }
    assert (ways[Kind.BUILD_FAILED], ways[Kind.WEEKLY_DIGEST]) == (Way.OFF, Way.OFF)


def test_a_link_cannot_be_guessed_or_changed(at_door: tuple[Context, TestClient]) -> None:
    context, client = at_door
    ann, bob = add_ann(context), owner_of(TENANT, add_account(context))
    link = make_link(context, ann.account, Kind.SITE_FEATURED)
    token = link.rpartition("/")[2]
    other = make_link(context, bob.account, Kind.SITE_FEATURED).rpartition("/")[2]
    body, _, sign = token.rpartition(".")
    changed = f"{other.rpartition('.')[0]}.{sign}"
    for bad in ("none", body, f"{body}.", changed, token[:-1], f"{token}x", "a" * 5_000):
        assert client.get(f"/unsubscribe/{bad}").status_code == 404
        assert client.post(f"/unsubscribe/{bad}").status_code == 404
    assert get_choices(context, bob).ways[Kind.SITE_FEATURED] is Way.MAIL
    # Made with a secret that was replaced since, and is still known.
    settings = replace(context.settings, old_secrets=(context.secret.decode(),))
    renewed = replace(context, settings=settings, secret=b"another secret of thirty-two byt")
    path = f"/unsubscribe/{token}"
    assert TestClient(create_app(renewed)).get(path).status_code == 200
    forgotten = replace(context, secret=b"another secret of thirty-two byt")
    assert TestClient(create_app(forgotten)).get(path).status_code == 404
