"""Makes the demo world day by day, through the same actions that people and widgets go through."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from backend.actions import (
    accounts,
    exchange,
    maturing,
    plans,
    referrals,
    retention,
    rewards,
    sign_in,
    sites,
    standings,
    subscriptions,
    transparency,
    verification,
)
from backend.actions.context import Context, NoLive, NoTasks
from backend.actions.recording import record
from backend.actions.visitors import Visitors
from backend.clock import FixedClock
from backend.demo.bills import MISHAPS, Bills
from backend.demo.cast import HEROINE, PROJECTS, Owner, Project
from backend.demo.community import Community
from backend.demo.disputes import Disputes
from backend.demo.fraud import Suspicions
from backend.demo.news import end_news
from backend.demo.operations import end_checks, end_jobs, set_flags
from backend.demo.paydays import TREASURER, Paydays, Ticket
from backend.demo.rates import PROVIDER, write_rates
from backend.demo.suspects import EVERYBODY, REFUNDS
from backend.demo.visits import PARTS, Crowd, Stage
from backend.domain.accounts import GitHubIdentity
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.instants import HOUR, MINUTE, SECOND, Day, Instant, date_of, start_of
from backend.domain.sign_in import LINK_LIFETIME, Arrival
from backend.domain.sites import SiteDraft
from backend.errors import TooMany
from backend.ids import SeededIds
from backend.store.accounts import has_accounts
from backend.store.tables.base import TENANT

DAYS = 60
EARLIEST = -380
PLAN, PLAN_FROM = "lifetime-seven-level", 0
"""The plan that several levels are paid by, and the day from which on; before it is one level."""
_WEEK = 7
_SEED = 41
_FIRST_GITHUB_ID = 9_000_000_000


def fill(context: Context, start: Day, schedules: Mapping[str, str]) -> None:
    """Fill an empty database with the world whose 60 days of visits begin on `start`.

    The same start makes the same rows. What the context's clock and ids are does not matter.
    `schedules` say when the service's clock starts which job.
    """
    clock = FixedClock(start_of(Day(start + EARLIEST)))
    world = _World(
        # Seeds of other worlds differ: the same number never seals two texts under one secret.
        replace(
            context,
            clock=clock,
            ids=SeededIds(start * 100 + _SEED),
            tasks=NoTasks(),
            live=NoLive(),
        ),
        clock,
        start,
    )
    for day in range(EARLIEST, DAYS):
        world.live_through(day)
    world.end()
    # With the service's own ids: a key that everybody could make would sign nothing.
    transparency.integrate(replace(context, clock=clock))
    world.look_back(schedules)


class WorldState(StrEnum):
    """What a database holds: nobody, the demo world, a part of it, or somebody else's world."""

    EMPTY = "empty"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FOREIGN = "foreign"


def state_of(context: Context) -> WorldState:
    """Return what the context's database holds."""
    with context.database.reading() as session:
        if not has_accounts(session, TENANT):
            return WorldState.EMPTY
    heroine = accounts.find_account(context, email=email_of(HEROINE))
    if heroine is None:
        return WorldState.FOREIGN
    # She administers the service from the moment in which everything is done.
    return WorldState.COMPLETE if heroine.role is Role.ADMIN else WorldState.PARTIAL


def heroine_link(context: Context) -> str:
    """Return a link that signs in as the heroine, once within 15 minutes."""
    asked = Ticket()
    sign_in.request_link(replace(context, tasks=asked), email=email_of(HEROINE), arrival=Arrival())
    if asked.ticket is None:
        raise TooMany(
            "Too many links to the demo's owner are open.",
            retry_after=LINK_LIFETIME // SECOND,
            hint="Use the last one, or wait 15 minutes.",
        )
    return sign_in.link_of(context, asked.ticket)


def email_of(login: str) -> str:
    """Return the address of one of the world's people."""
    return f"{login}@people.example"


class _World:
    """What exists so far: people as actors by login, projects as stages by name."""

    def __init__(self, context: Context, clock: FixedClock, start: Day) -> None:
        self._context = context
        self._clock = clock
        self._start = start
        self._people: dict[str, Actor] = {}
        self._codes: dict[str, str] = {}
        self._stages: dict[str, Stage] = {}
        self._chance = random.Random(_SEED)  # noqa: S311  repeatable on purpose
        self._crowd = Crowd(Visitors(self._context), self._chance)
        self._bills = Bills(context, (*MISHAPS, *REFUNDS))
        self._paydays = Paydays(context, self._people)
        self._disputes = Disputes(context, self._people)
        self._community = Community(context, self._people)
        self._suspicions = Suspicions(context, self._people, self._stages)

    def live_through(self, day: int) -> None:
        """Let everything happen that happens on a day."""
        morning = start_of(Day(self._start + day))
        self._clock.set(morning)
        self._keep_time(day)
        for owner in EVERYBODY:
            self._clock.move(MINUTE)
            self._live(owner, day)
        self._bills.collect()
        self._handle_money(day)
        self._suspicions.handle_referrals(day)
        self._community.live_through(day)
        for project in PROJECTS:
            if project.launched == day:
                self._clock.move(MINUTE)
                self._publish(project)
        if day >= 0:
            for at, part in PARTS:
                self._visit(day, Instant(morning + at * HOUR), part)
            self._suspicions.handle_shares(day)

    def end(self) -> None:
        """Bring everything up to the moment after the last day."""
        self._clock.set(start_of(Day(self._start + DAYS)))
        self._keep_time(DAYS)
        self._community.end()
        end_news(self._context)
        set_flags(self._context, replace(self._people[HEROINE], role=Role.ADMIN))
        accounts.change_role(self._context, self._people[TREASURER].account, Role.FINANCE)
        accounts.change_role(self._context, self._people[HEROINE].account, Role.ADMIN)

    def look_back(self, schedules: Mapping[str, str]) -> None:
        """Note how the jobs went that brought everything here, and check what they kept."""
        end_jobs(self._context, schedules)
        end_checks(self._context)

    def _keep_time(self, day: int) -> None:
        """Do what the jobs do."""
        maturing.mature_commissions(self._context)
        subscriptions.end_entitlements(self._context)
        if day % _WEEK == 0:
            last = self._start + day
            exchange.import_rates(
                self._context, write_rates(range(last - _WEEK + 1, last + 1)), provider=PROVIDER
            )
            rewards.grant_all(self._context)
        if day > 0:
            standings.end_featuring(self._context)
            standings.age_scores(self._context)
            retention.close_days(self._context)
            retention.purge(self._context)

    def _live(self, owner: Owner, day: int) -> None:
        if owner.joined == day:
            self._sign_up(owner)
        if owner.paid == day:
            self._bills.begin(owner, self._people[owner.login].account)
        if owner.left == day:
            self._bills.cancel(owner)

    def _sign_up(self, owner: Owner) -> None:
        code = self._codes[owner.through] if owner.through else None
        touch = None
        if code and not owner.is_typed:
            touch = referrals.touch(self._context, code)
            self._clock.move(7 * MINUTE)
        account = accounts.sign_up(
            self._context,
            email=email_of(owner.login),
            name=owner.name,
            code=code if owner.is_typed else None,
            is_typed=owner.is_typed,
            touch=touch,
            github=GitHubIdentity(
                id=_FIRST_GITHUB_ID + len(self._people),
                login=owner.login,
                name=owner.name,
                email=email_of(owner.login),
            ),
        )
        self._people[owner.login] = owner_of(account.tenant, account.id)
        self._codes[owner.login] = account.code

    def _handle_money(self, day: int) -> None:
        """Do what whoever is in charge of the finances does."""
        heroine = replace(self._people[HEROINE], role=Role.ADMIN)
        if day == PLAN_FROM:
            plans.acknowledge_plan(self._context, heroine, PLAN)
            plans.use_plan(self._context, heroine, PLAN)
        self._paydays.live_through(day, heroine)
        self._disputes.live_through(day)

    def _publish(self, project: Project) -> None:
        actor = self._people[project.owner]
        home = f"https://{project.owner}.github.io/"
        is_profile = project.name == f"{project.owner}.github.io"
        draft = SiteDraft(
            url=home if is_profile else f"{home}{project.name}/",
            title=project.name if is_profile else project.name.replace("-", " ").capitalize(),
            description=project.pitch,
            repository=f"https://github.com/{project.owner}/{project.name}",
            kind=project.kind,
            language=project.language,
            topics=tuple(project.topics.split()),
            wish=project.wish,
        )
        site = sites.register_site(self._context, actor, draft)
        verified = verification.verify_site(self._context, actor, site.id)
        self._stages[project.name] = Stage(project=project, site=verified)

    def _visit(self, day: int, since: Instant, part: float) -> None:
        events = []
        weekday = date_of(Day(self._start + day)).weekday()
        for stage in self._stages.values():
            views = round(stage.views_on(day, weekday, self._chance) * part)
            events += self._crowd.visit(stage, views=views, since=since, day=day)
        now = Instant(since + 6 * HOUR - 1)
        self._clock.set(now)
        with self._context.database.transaction() as session:
            record(session, events, now)
