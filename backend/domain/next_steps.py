"""What an owner can do next, from facts alone: the first things first, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.featuring import shares_to_featuring

STEPS_SHOWN = 3
NEAR = 2
"""So many shares before the next featuring are worth saying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What matters of a site. `shares` are counted ones over its life, `views` all of them."""

    id: str
    title: str
    is_verified: bool
    views: int
    shares: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where an owner stands. `review` says what waits for one, '' when nothing does."""

    sites: tuple[SiteFacts, ...]
    is_over_limit: bool
    review: str
    has_earned: bool
    is_payable: bool
    has_referred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to do: what and why in words, and the page that does it."""

    words: str
    why: str
    path: str


def next_steps(situation: Situation) -> list[Step]:
    """Return the first few steps; none when nothing has to be done."""
    return [step for step, _ in zip(_steps(situation), range(STEPS_SHOWN), strict=False)]


def _steps(situation: Situation) -> Iterator[Step]:
    if not situation.sites:
        yield Step(
            words="Add your first site",
            why="Run 4site link in your repository, or enter its address here.",
            path="/dashboard/sites",
        )
        return
    if situation.is_over_limit:
        yield Step(
            words="Choose a bigger plan, or wait for next month",
            why="This month has more page views than your plan holds. Your sites keep working.",
            path="/account/billing",
        )
    if situation.has_earned and not situation.is_payable:
        yield Step(
            words="Say where your money should go",
            why="You have earned something, and no payout method is confirmed.",
            path="/account/payout-method",
        )
    if situation.review:
        yield Step(
            words=situation.review,
            why="They look unusual, so a person looks at them. There is nothing to do: what is"
            " fine counts as if it had never waited.",
            path="/dashboard/audience",
        )
    for site in situation.sites:
        yield from _steps_of(site)
    if not situation.has_referred:
        yield Step(
            words="Show your link to somebody who has a repository",
            why="Whoever signs up within 30 days of following it is your referral.",
            path="/dashboard/referrals",
        )


def _steps_of(site: SiteFacts) -> Iterator[Step]:
    path = f"/dashboard/sites/{site.id}"
    if site.views == 0:
        yield Step(
            words=f"Put the widget into {site.title}",
            why="Nobody was counted there yet. The site's page has the line to paste.",
            path=path,
        )
    elif not site.is_verified:
        yield Step(
            words=f"Show that {site.title} is yours",
            why="Until then it cannot stand in the showcase.",
            path=path,
        )
    elif shares_to_featuring(site.shares) <= NEAR:
        missing = shares_to_featuring(site.shares)
        yield Step(
            words=f"Share {site.title} once more" if missing == 1 else f"Share {site.title}",
            why=f"{missing} more counted share{'s' if missing > 1 else ''} and it is featured in"
            " the showcase.",
            path=path,
        )
