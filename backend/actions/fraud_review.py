"""Decides cases: what waited is left out for good, or counts as if nothing had been.

What is restored are the shares' days, the site's standing and its place. Featurings that the
restored shares are due begin at the review. What becomes of commissions is up to `fraud_holds`.
"""

from __future__ import annotations

from backend.actions import audit
from backend.actions.context import Context
from backend.actions.fraud_holds import end_hold, lock_case
from backend.actions.recording import advance_sites
from backend.domain.actors import Actor, Role
from backend.domain.fraud_cases import Case, CaseState, decide
from backend.domain.holds import check_reason
from backend.domain.instants import Instant, day_of
from backend.domain.shares import Platform, share_points
from backend.domain.standing import DayTally, Standing, add_up
from backend.store import fraud, fraud_shares, scores
from backend.store.database import Session
from backend.store.events import DayRef
from backend.store.scores import SiteRef
from backend.store.tables.base import TENANT


def clear_case(context: Context, actor: Actor, case: str, reason: str) -> Case:
    """Let everything count that waited with a case.

    Raises Forbidden, NotFound, Conflict when the case is not open or the actor's own, Invalid
    without a reason.
    """
    return _decide(context, actor, case, CaseState.CLEARED, reason)


def confirm_case(context: Context, actor: Actor, case: str, reason: str) -> Case:
    """Leave out for good what waited with a case. Raises as `clear_case` does."""
    return _decide(context, actor, case, CaseState.CONFIRMED, reason)


def _decide(context: Context, actor: Actor, case_id: str, state: CaseState, reason: str) -> Case:
    actor.needs_role(Role.REVIEWER)
    said = check_reason(reason)
    with context.database.transaction() as session:
        case = fraud.get_case(session, TENANT, case_id)
        lock_case(session, case)
        refs = [(case.tenant, case.site)] if case.site else []
        standings = scores.lock_standings(session, refs)
        now = context.clock.now()
        # Read again under the lock: somebody else may have been quicker.
        case = fraud.get_case(session, TENANT, case_id, is_locked=True)
        decided = decide(case, state, by=actor.account, reason=said, at=now)
        restored = _restore(session, decided, standings, now)
        fraud.save(session, [decided])
        end_hold(session, context, decided, by=actor.account)
        verb = "clear" if state is CaseState.CLEARED else "confirm"
        audit.note(
            session, context, actor, f"fraud.{verb}", f"case:{case.id}", held=case.held,
            counted=restored, reason=said,
        )  # fmt: skip
    context.live.publish(f"account:{case.account}", {"fraud": decided.state.value})
    return decided


def _restore(session: Session, case: Case, standings: dict[SiteRef, Standing], now: Instant) -> int:
    """Let a cleared case's shares count that are due; return how many that are."""
    if case.state is not CaseState.CLEARED or not standings or case.site is None:
        return 0
    due = fraud_shares.list_due(session, case)
    fraud_shares.let_count(session, case, due)
    days: dict[DayRef, list[DayTally]] = {}
    for share in due:
        points = share_points(Platform(share.platform))
        tally = DayTally(counted_shares=1, share_points=points)
        days.setdefault((case.tenant, case.site, day_of(share.at)), []).append(tally)
    tallies = {ref: add_up(some) for ref, some in days.items()}
    # A clock that was set back must not put the review before what it restores.
    latest = max([now, *(standing.as_of for standing in standings.values())])
    advance_sites(session, standings, tallies, latest)
    return len(due)
