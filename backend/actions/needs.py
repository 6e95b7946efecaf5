"""What waits for somebody: one count for each queue of the operators."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Role
from backend.domain.checks import CheckRun
from backend.domain.disputes import DisputeState
from backend.domain.instants import DAY
from backend.domain.payouts import BatchState
from backend.store import checks, disputes, fraud, jobs, payout_batches, people
from backend.store.tables.base import TENANT

SOON = 2 * DAY
_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """How much waits in each queue. Disputes are `due` when they should be decided in two days;
    `check` is the last check of everything that is kept, None before the first.
    """

    cases: int
    drafts: int
    approved: int
    disputes: int
    disputes_due: int
    failures: int
    people_suspended: int
    sites_suspended: int
    check: CheckRun | None


def read_needs(context: Context, actor: Actor) -> Needs:
    """Return what waits. Raises Forbidden unless an operator asks."""
    actor.needs_role(Role.REVIEWER, Role.FINANCE, Role.SUPPORT)
    soon = context.clock.now() + SOON
    with context.database.reading() as session:
        batches = {
            state: payout_batches.list_batches(session, TENANT, state=state, limit=_MOST)
            for state in (BatchState.DRAFT, BatchState.APPROVED)
        }
        undecided = disputes.list_all(session, TENANT, DisputeState.OPEN, before="", limit=_MOST)
        accounts, sites = people.count_suspended(session, TENANT)
        last = checks.list_runs(session, TENANT, limit=1)
        return Needs(
            cases=fraud.count_open(session, TENANT),
            drafts=len(batches[BatchState.DRAFT]),
            approved=len(batches[BatchState.APPROVED]),
            disputes=len(undecided),
            disputes_due=sum(one.due_at is None or one.due_at < soon for one in undecided),
            failures=jobs.count_open_failures(session, TENANT),
            people_suspended=accounts,
            sites_suspended=sites,
            check=last[0] if last else None,
        )
