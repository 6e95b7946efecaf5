"""Rewards with their cards, leaderboards and challenges: every route of the subject."""

from __future__ import annotations

from starlette.routing import BaseRoute

from backend.actions.context import Context
from backend.web.dashboard import challenges as own_challenges
from backend.web.dashboard import leaderboards as own_places
from backend.web.dashboard import rewards
from backend.web.pages import challenges, leaderboards, reward_cards


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes, public ones first."""
    return [
        *leaderboards.routes(context),
        *challenges.routes(context),
        *reward_cards.routes(context),
        *rewards.routes(context),
        *own_places.routes(context),
        *own_challenges.routes(context),
    ]
