"""The weekly digest: numbers, what happened, what to do next. Once a week and person.

It is a notification like any other, whose key is the week; so it cannot be made twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.letters import Week, WeekNumber, write_week
from backend.actions.mailing import send_to_reader
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import Day, date_of, day_of, start_of
from backend.domain.notifications import DEFAULTS, Kind, News, Notification, Way, mail_time
from backend.domain.periods import Period, end_of, previous
from backend.gateways.languages import Words
from backend.store import notifications, payees, readers, sites, statistics, weeks
from backend.store.database import Session
from backend.store.notifications import NewNotification
from backend.store.readers import Reader
from backend.store.tables.base import TENANT

DIGEST_TASK = "send_digest"
ACCOUNTS_AT_ONCE = 500
HAPPENED = 10
DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """What the digest is made of: each number now and in the week before."""

    period: Period
    views: tuple[int, int]
    shares: tuple[int, int]
    clicks: tuple[int, int]
    sign_ups: tuple[int, int]
    conversions: tuple[int, int]
    earned: tuple[tuple[int, str], ...]
    happened: tuple[Notification, ...]
    has_site: bool
    is_payable: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say of the week."""
        counted = (self.views, self.shares, self.clicks, self.sign_ups, self.conversions)
        return not (any(now for now, _before in counted) or self.earned or self.happened)


def queue_digests(context: Context) -> int:
    """Queue a digest for everybody whom the week before this Monday concerned; return how many.

    It runs from 07:00 UTC on Mondays. Repeating it sends nothing twice.
    """
    queued, after = 0, ""
    period = last_week(day_of(context.clock.now()))
    while True:
        with context.database.reading() as session:
            page = weeks.list_concerned(
                session, TENANT, first=period.first, after=after, limit=ACCOUNTS_AT_ONCE
            )
        for account in page:
            context.tasks.add(DIGEST_TASK, {"account": account, "week": str(period.first)})
        queued += len(page)
        if len(page) < ACCOUNTS_AT_ONCE:
            return queued
        after = page[-1]


def last_week(today: Day) -> Period:
    """Return the last week from Monday to Sunday that is over."""
    last = Day(today - date_of(today).isoweekday())
    first = Day(last - DAYS + 1)
    return Period(key=f"{date_of(first)}..{date_of(last)}", first=first, last=last)


def send_digest(context: Context, values: Mapping[str, str], key: str) -> bool:
    """Send an account the digest of a week, unless it was sent or says nothing; tell whether.

    Raises as `mail.send` does; every try with the same key sends the same.
    """
    account, first = values["account"], Day(int(values["week"]))
    taken = _take(context, account, last_week(Day(first + DAYS)), key)
    if taken is None:
        return False
    reader, facts = taken
    send_to_reader(
        context,
        account,
        reader,
        lambda words: write_week(words, context.settings.base_url, _in_words(words, facts)),
        stops=Kind.WEEKLY_DIGEST,
        key=key,
    )
    return True


def _take(
    context: Context, account: str, period: Period, key: str
) -> tuple[Reader, WeekFacts] | None:
    actor, now = owner_of(TENANT, account), context.clock.now()
    with context.database.transaction() as session:
        if readers.find_reader(session, TENANT, account) is None:
            return None
        readers.lock_reader(session, actor)
        reader = readers.find_reader(session, TENANT, account)
        chosen = readers.list_ways(session, actor)
        way = chosen.get(Kind.WEEKLY_DIGEST, DEFAULTS[Kind.WEEKLY_DIGEST])
        facts = read_week(session, actor, period)
        if reader is None or way is not Way.MAIL or facts.is_empty:
            return None
        if reader.mail != key:
            # News went out within the hour: the digest comes with the next run.
            if mail_time(now, reader.mailed_at) > now:
                return None
            told = _told(account, facts)
            made = NewNotification(news=told, way=way, at=now, mail=key)
            if not notifications.add(session, TENANT, [made]):
                return None
            readers.begin_mail(session, actor, key, now)
    return reader, facts


def read_week(session: Session, actor: Actor, period: Period) -> WeekFacts:
    """Return what a week was for an owner."""
    counted = [_count(session, actor, each) for each in (period, previous(period))]
    pairs = {name: (counted[0][name], counted[1][name]) for name in counted[0]}
    since, before = start_of(period.first), end_of(period)
    ways = (Way.DIGEST, Way.MAIL)
    happened = notifications.list_since(session, actor, since=since, ways=ways, limit=HAPPENED)
    return WeekFacts(
        period=period,
        **pairs,
        earned=tuple(weeks.sum_earned(session, actor, since=since, before=before)),
        happened=tuple(each for each in happened if each.at < before),
        has_site=sites.count_own(session, actor) > 0,
        is_payable=payees.find_own(session, actor) is not None,
    )


def _count(session: Session, actor: Actor, period: Period) -> dict[str, int]:
    days = statistics.sum_days(session, actor, None, first=period.first, last=period.last)
    since, before = start_of(period.first), end_of(period)
    sign_ups, conversions = weeks.count_referrals(session, actor, since=since, before=before)
    return {
        "views": sum(each.tally.views for each in days),
        "shares": sum(each.tally.counted_shares for each in days),
        "clicks": sum(each.tally.referral_clicks for each in days),
        "sign_ups": sign_ups,
        "conversions": conversions,
    }


def _told(account: str, facts: WeekFacts) -> News:
    week = date_of(facts.period.first).isocalendar()
    return News(
        account=account,
        kind=Kind.WEEKLY_DIGEST,
        key=f"{week.year}-W{week.week:02}",
        facts={"views": facts.views[0], "shares": facts.shares[0]},
    )


def _in_words(words: Words, facts: WeekFacts) -> Week:
    numbers = (
        (words.phrase("Page views"), facts.views),
        (words.phrase("Shares that count"), facts.shares),
        (words.phrase("Visits through shares"), facts.clicks),
        (words.phrase("Sign-ups through you"), facts.sign_ups),
        (words.phrase("Conversions"), facts.conversions),
    )
    step, action, link = _next_step(words, facts)
    return Week(
        period=facts.period,
        numbers=tuple(
            WeekNumber(label=label, now=now, before=before) for label, (now, before) in numbers
        ),
        earned=facts.earned,
        happened=facts.happened,
        next_step=step,
        next_action=action,
        next_link=link,
    )


def _next_step(words: Words, facts: WeekFacts) -> tuple[str, str, str]:
    """Return what to do next, from facts: a sentence, what its button says, and where it leads."""
    if facts.earned and not facts.is_payable:
        return (
            words.phrase("You have earned money. Say where it is to be paid."),
            words.phrase("Set a payout method"),
            "/account/payout-method",
        )
    if not facts.has_site:
        return (
            words.phrase("Add your first site. It counts from the moment its key is in its pages."),
            words.phrase("Add a site"),
            "/dashboard/sites",
        )
    if facts.views[0] and not facts.shares[0]:
        return (
            words.phrase("People read, and nobody shared. Put the share button where they finish."),
            words.phrase("Look at your sites"),
            "/dashboard/sites",
        )
    return (
        words.phrase("Show your referral link to people who publish. You earn when they pay."),
        words.phrase("Copy your link"),
        "/dashboard/referrals",
    )
