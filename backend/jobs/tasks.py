"""Work that actions queue: which function does it, how often it is tried, in which queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.actions import checks, thumbnails
from backend.actions.context import Context
from backend.actions.digests import DIGEST_TASK, send_digest
from backend.actions.mailing import send_mail
from backend.actions.news_mails import NEWS_TASK, send_news
from backend.actions.payout_submission import TRANSFERS_TASK, send_transfers

Work = Callable[[Context, Mapping[str, str], str], object]
"""Does a task with its values; the text is the same for every try of one task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A kind of task. After the n-th failure it rests `pause_seconds` × 4ⁿ⁻¹."""

    work: Work
    queue: str
    tries: int
    pause_seconds: int


def _send_mail(context: Context, values: Mapping[str, str], key: str) -> None:
    send_mail(context, values, key=key)


def _take_thumbnail(context: Context, values: Mapping[str, str], _key: str) -> None:
    thumbnails.take(context, values["site"])


def _send_transfers(context: Context, values: Mapping[str, str], _key: str) -> None:
    send_transfers(context, values["batch"])


def _check_now(context: Context, values: Mapping[str, str], _key: str) -> None:
    checks.run_check(context, by=values["by"])


# A sign-in link is good for 15 minutes: the last try comes after 14.
TASKS: dict[str, Task] = {
    "send_mail": Task(work=_send_mail, queue="mail", tries=5, pause_seconds=10),
    NEWS_TASK: Task(work=send_news, queue="mail", tries=5, pause_seconds=60),
    DIGEST_TASK: Task(work=send_digest, queue="mail", tries=5, pause_seconds=60),
    # The last try comes after 14 hours: within the day that Stripe remembers keys for.
    TRANSFERS_TASK: Task(work=_send_transfers, queue="slow", tries=8, pause_seconds=3),
    checks.CHECK_TASK: Task(work=_check_now, queue="slow", tries=2, pause_seconds=60),
    "take_thumbnail": Task(work=_take_thumbnail, queue="slow", tries=3, pause_seconds=60),
}

# Tasks at a time, and how often the queue is looked at, in seconds.
QUEUES: dict[str, tuple[int, float]] = {
    "mail": (5, 1.0),
    "slow": (1, 5.0),
    "clock": (1, 2.0),
}
