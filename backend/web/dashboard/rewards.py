"""`/dashboard/rewards`: what the owner reached, what comes next, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.boards import Choice, choose, read_choice
from backend.actions.context import Context
from backend.actions.rewards import RewardProgress, RewardReport, read_rewards
from backend.actions.statistics import Level, get_level
from backend.domain.actors import Actor
from backend.domain.instants import Instant, to_datetime
from backend.domain.reward_words import (
    FLAG_WORDS,
    amount_words,
    booked_words,
    dollars,
    evidence_words,
    gift_words,
    goal_words,
    progress_words,
)
from backend.domain.rewards import REWARDS, Grant, Measure, Reward, RewardKind
from backend.domain.scores import next_level
from backend.web.dashboard.figures import Figure
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.tables import Column, Table, download
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import CHANGE_RATE, page_owner

PATH = "/dashboard/rewards"
_COLUMNS = (
    Column(key="reward", words="Reward"),
    Column(key="kind", words="Kind"),
    Column(key="asks", words="Asks for"),
    Column(key="gives", words="Gives"),
    Column(key="value", words="You have", is_number=True),
    Column(key="goal", words="Goal", is_number=True),
    Column(key="granted", words="Granted"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A reward that was given. `waits_until` is when its money can be used, if it waits."""

    key: str
    name: str
    gift: str
    evidence: str
    granted_at: datetime
    until: datetime | None
    booked: str
    waits_until: datetime | None
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """A reward that can be had: `value` of `goal` for the bar, the same in words, and what it
    waits for when its goal is reached.
    """

    key: str
    name: str
    asks: str
    gift: str
    value: int
    goal: int
    words: str
    pending: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardsView:
    figures: tuple[Figure, ...]
    granted: tuple[GrantView, ...]
    milestones: tuple[ProgressView, ...]
    achievements: tuple[ProgressView, ...]
    flags: tuple[str, ...]
    choice: Choice
    table: Table


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and its form."""
    guard = limited("account", CHANGE_RATE, by="account")
    return [
        Route(PATH, owner_page(_show), methods=["GET"]),
        Route(f"{PATH}/choice", guard(form_endpoint(_choose)), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    report, level = read_rewards(context, actor), get_level(context, actor)
    table = _table(report)
    if file := download(request, [table], {}):
        return file
    choice = read_choice(context, actor)
    now = context.clock.now()
    who = choice.name.handle if choice.name else actor.account
    progress = [_view_progress(one, report) for one in report.progress]
    view = RewardsView(
        figures=_figures(report, level),
        granted=tuple(
            _view_grant(one, now, f"/cards/{who}/{one.key}" if choice.shows_cards else "")
            for one in sorted(report.grants, key=lambda one: one.granted_at, reverse=True)
            if one.key in REWARDS
        ),
        milestones=tuple(one for one in progress if REWARDS[one.key].kind is RewardKind.MILESTONE),
        achievements=tuple(
            one for one in progress if REWARDS[one.key].kind is RewardKind.ACHIEVEMENT
        ),
        flags=tuple(sorted(FLAG_WORDS[flag] for flag in report.flags)),
        choice=choice,
        table=table,
    )
    return render_dashboard(request, actor, "dashboard/rewards.html", view, title=_title(report))


def _choose(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    context: Context = request.app.state.context
    choose(
        context,
        actor,
        is_listed=form.get("listed") == "yes",
        shows_cards=form.get("cards") == "yes",
    )
    return RedirectResponse(f"{PATH}#Rewards-public", status_code=303)


def _title(report: RewardReport) -> str:
    """Return where the owner stands, and what is nearest by its part of the way."""
    had = len(report.grants)
    start = f"You have {had} of {len(REWARDS)} rewards" if had else "No reward yet"
    ahead = [one for one in report.progress if one.value < one.reward.goal]
    if not ahead:
        return start
    nearest = max(ahead, key=lambda one: one.value / one.reward.goal)
    missing = amount_words(nearest.reward.measure, nearest.reward.goal - nearest.value)
    return f"{start}; the next is {missing} away"


def _figures(report: RewardReport, level: Level) -> tuple[Figure, ...]:
    following = next_level(level.shares)
    way = f"{level.shares:,} counted shares, the highest level"
    if following:
        way = f"{level.shares:,} counted shares, {following[1]:,} more to {following[0].value}"
    review = ", less while something is reviewed" if level.is_reduced else ""
    stood = sum(one.survived_at is not None for one in report.facts.conversions)
    waiting = report.credits - report.usable
    return (
        Figure(
            label="Boost level",
            value=level.level.value.capitalize(),
            note=f"× {level.coefficient_hundredths / 100:g}{review}; {way}",
            link="/dashboard/audience",
        ),
        Figure(
            label="Conversions that stood",
            value=f"{stood:,}",
            note=f"for 30 days, of {len(report.facts.conversions):,} in all",
            link="/dashboard/referrals",
        ),
        Figure(
            label="Rewards",
            value=f"{len(report.grants)} of {len(REWARDS)}",
            note="each is given once",
        ),
        Figure(
            label="Credits",
            value=f"{report.usable:,}",
            note=f"{waiting:,} more wait for 30 days" if waiting else "a credit is one US cent",
            link="/account/billing",
        ),
    )


def _view_grant(grant: Grant, now: Instant, card: str) -> GrantView:
    reward = REWARDS[grant.key]
    waits = grant.booked and grant.usable_at is not None and grant.usable_at > now
    return GrantView(
        key=grant.key,
        name=reward.name,
        gift=gift_words(reward),
        evidence=evidence_words(reward, grant.evidence),
        granted_at=to_datetime(grant.granted_at),
        until=to_datetime(grant.until) if grant.until else None,
        booked=booked_words(grant),
        waits_until=to_datetime(grant.usable_at) if waits and grant.usable_at else None,
        card=card,
    )


def _view_progress(one: RewardProgress, report: RewardReport) -> ProgressView:
    reward = one.reward
    return ProgressView(
        key=reward.key,
        name=reward.name,
        asks=goal_words(reward),
        gift=gift_words(reward),
        value=min(one.value, reward.goal),
        goal=reward.goal,
        words=progress_words(reward, one.value, one.depth),
        pending=_pending(reward, one, report),
    )


def _pending(reward: Reward, one: RewardProgress, report: RewardReport) -> str:
    """Return what a reward waits for that is on its way, '' when nothing but the goal is missing.

    Its goal reached, it is given within the hour; a milestone's money may wait for the budget.
    """
    if one.value >= reward.goal and one.depth >= reward.depth:
        if reward.cents:
            return (
                "Reached. It is given within the hour, or with the next month’s budget, or when a"
                " dispute of its conversions is over."
            )
        return "Reached. It is given within the hour, or when a dispute of its conversions is over."
    milestones = (way for way in report.progress if way.reward.measure is Measure.SURVIVED)
    if one is next((way for way in milestones if way.value < way.reward.goal), None):
        held = len(report.facts.conversions) - one.value
        if held > 0:
            verb = "has" if held == 1 else "have"
            return f"{amount_words(reward.measure, held)} {verb} not stood for 30 days yet."
    return ""


def _table(report: RewardReport) -> Table:
    """Return every reward with what there is of it."""
    granted = {one.key: one for one in report.grants}
    ways = {one.reward.key: one for one in report.progress}
    rows = []
    for reward in REWARDS.values():
        grant, way = granted.get(reward.key), ways.get(reward.key)
        value = way.value if way else reward.goal
        is_money = reward.measure is Measure.REVENUE
        rows.append(
            (
                reward.name,
                reward.kind.value,
                goal_words(reward),
                gift_words(reward),
                dollars(value) if is_money else value,
                dollars(reward.goal) if is_money else reward.goal,
                f"{to_datetime(grant.granted_at):%Y-%m-%d}" if grant else None,
            )
        )
    return Table(name="rewards", columns=_COLUMNS, rows=tuple(rows))
