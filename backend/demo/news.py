"""What the people of the demo world were told: the old of it is gone, read or mailed by now."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.notifications import forget_old, pass_over
from backend.domain.instants import DAY, Instant

NEW = 5 * DAY
"""How much of it nobody has read yet."""


def end_news(context: Context) -> None:
    """Bring notifications up to the last moment. No mail waits: a demo writes to nobody."""
    forget_old(context)
    pass_over(context, Instant(context.clock.now() - NEW))
