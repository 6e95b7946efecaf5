"""Durable jobs in real processes: done once, taken up again after a crash, on both databases."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from backend.actions.context import Context
from backend.jobs.engine import Engine
from backend.jobs.schedules import SCHEDULES
from backend.jobs.tasks import TASKS
from tests.support.mail_server import TAKEN, MailServer, start_mail_server
from tests.support.postgresql import PostgreSQL
from tests.support.running import run_server
from tests.support.service import make_context

MAIL = {"to": "zoe@people.example", "template": "sign_in", "ticket": "ticket"}


@pytest.fixture(params=["sqlite", "postgresql"])
def context(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    """A migrated service whose processes the test starts itself."""
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    made = make_context(tmp_path, url)
    Engine(made.settings).prepare()
    yield made
    made.database.close()


@pytest.fixture
def queue(context: Context) -> Iterator[Engine]:
    """What any process queues tasks with."""
    engine = Engine(context.settings)
    yield engine
    engine.stop()


def environment(context: Context, server: MailServer | None = None) -> dict[str, str]:
    url = context.settings.database_url.replace("+psycopg", "")
    return {
        "FOURSITE_DATABASE_URL": url,
        "FOURSITE_SMTP_URL": server.url if server else "smtp://127.0.0.1:1",
        "FOURSITE_SECRET": "a secret that all processes of a test share",
    }


def until(is_so: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_queued_mail_is_sent_once(context: Context, queue: Engine, tmp_path: Path) -> None:
    with start_mail_server() as server:
        queue.add("send_mail", MAIL)  # before any process that could send it
        with run_server(tmp_path, environment=environment(context, server)) as running:
            (mail,) = server.wait_for(1)
            assert mail["to"] == "zoe@people.example"
            assert "/sign-in/" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            queue.add("send_mail", {**MAIL, "to": "ada@people.example"})
            server.wait_for(2)
            assert running.stop() == 0
        with run_server(tmp_path, environment=environment(context, server)) as running:
            until(lambda: "jobs_started" in running.text)
            time.sleep(3)  # the queues are looked at every second or two
            done = 'foursite_jobs_total{name="end_featuring",outcome="done"}'
            until(lambda: done in httpx.get(f"{running.url}/metrics").text)
    assert [each["to"] for each in server.mails] == ["zoe@people.example", "ada@people.example"]
    assert queue.forget() == 0  # everything is younger than two days
    assert queue.forget(datetime.timedelta(0)) >= 4  # two mails, and what the clock starts
    assert queue.forget(datetime.timedelta(0)) == 0


def test_a_refused_mail_is_tried_again_under_the_same_message_id(
    context: Context, queue: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {1: "451 not now"}
    with start_mail_server(lambda number: answers.get(number, TAKEN)) as server:
        queue.add("send_mail", MAIL)
        with run_server(tmp_path, environment=environment(context, server)) as running:
            until(lambda: server.tried == 1)
            until(lambda: "job_failed" in running.text)
            assert "next=retry" in running.text
            server.wait_for(1)
    assert server.tried == 2


def test_a_mail_refused_for_good_is_not_tried_again(
    context: Context, queue: Engine, tmp_path: Path
) -> None:
    with start_mail_server(lambda _number: "554 never") as server:
        queue.add("send_mail", MAIL)
        with run_server(tmp_path, environment=environment(context, server)) as running:
            until(lambda: "job_refused" in running.text)
            assert "zoe@people.example" not in running.text
    assert server.tried == 1


def test_a_job_that_was_under_way_at_a_crash_is_taken_up_again(
    context: Context, queue: Engine, tmp_path: Path
) -> None:
    is_there, may_answer = threading.Event(), threading.Event()

    def answer(number: int) -> str:
        if number == 1:
            is_there.set()
            may_answer.wait(60)
            return "451 too late"
        return TAKEN

    with start_mail_server(answer) as server:
        queue.add("send_mail", MAIL)
        with run_server(tmp_path, environment=environment(context, server)) as running:
            assert is_there.wait(40)
            running.kill()
        may_answer.set()
        with run_server(tmp_path, environment=environment(context, server)):
            server.wait_for(1, seconds=40)
    assert server.tried == 2
    assert len(server.mails) == 1


def test_several_processes_do_the_clock_s_work_once(postgresql: PostgreSQL, tmp_path: Path) -> None:
    url = postgresql.new_database()
    variables = {"FOURSITE_DATABASE_URL": url}
    with run_server(tmp_path / "one", environment=variables) as one:
        until(lambda: "jobs_started" in one.text)
        with run_server(tmp_path / "two", environment=variables) as two:
            time.sleep(5)
            assert "jobs_started" not in two.text
            one.kill()  # the lead dies: the other one takes over
            until(lambda: "jobs_started" in two.text)
            assert two.stop() == 0


def test_every_task_and_schedule_is_one_that_the_documentation_names() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "service.md").read_text()
    assert not [name for name in {**TASKS, **SCHEDULES} if f"`{name}`" not in page]
