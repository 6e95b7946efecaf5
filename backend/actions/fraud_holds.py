"""Holds what owners earned while a grave case about them is open, until a person has decided.

Source: the rules, "Fraud". A share is never a part of an amount: once a case about shares is
decided, the commissions go on as they were, whatever becomes of the shares. What was confirmed
about referrals makes void what they brought.
"""

from __future__ import annotations

from dataclasses import replace

from backend.actions.context import Context
from backend.actions.holds import take_step
from backend.domain.fraud_cases import Case, CaseKind, CaseState
from backend.domain.holds import HoldStep
from backend.store import fraud, holds, ledger, scores
from backend.store.database import Session
from backend.store.tables.base import TENANT

CASES_A_RUN = 1_000
_REASONS = {
    CaseKind.SHARES: "Shares wait for a review.",
    CaseKind.REFERRALS: "Referrals wait for a review.",
}


def hold_for_cases(context: Context) -> int:
    """Hold the commissions of owners about whom a case was opened; return how many.

    Apart from the recorder, which opens cases about shares and must not wait for the ledger.
    """
    with context.database.reading() as session:
        found = fraud.list_cases(session, TENANT, (CaseState.OPEN,), limit=CASES_A_RUN)
        wanted = {case.account: case for case in found if not is_held(session, case.account)}
    return sum(_hold(context, case.id) for _account, case in sorted(wanted.items()))


def begin_hold(session: Session, context: Context, case: Case) -> Case:
    """Return an open case with the review that it begins, unless the owner has one already.

    The caller holds the locks of `lock_case`, and stores the case.
    """
    if is_held(session, case.account):
        return case
    reason = _REASONS[case.kind]
    taken = take_step(session, context, case.account, HoldStep.ACTIVE, reason=reason, by=None)
    return replace(case, hold=taken.hold.n)


def end_hold(session: Session, context: Context, case: Case, *, by: str) -> None:
    """End the review that a decided case began; another open case of the owner begins its own.

    Whoever took another step of the review meanwhile has decided that already.
    """
    last = holds.find_last(session, TENANT, case.account)
    if case.hold is None or last is None or last.n != case.hold:
        return
    is_void = case.kind is CaseKind.REFERRALS and case.state is CaseState.CONFIRMED
    step = HoldStep.CONFIRMED if is_void else HoldStep.RELEASED
    take_step(session, context, case.account, step, reason=case.reason, by=by)
    others = [one for one in _open_cases(session, case.account) if one.id != case.id]
    if others:
        fraud.save(session, [begin_hold(session, context, others[0])])


def lock_case(session: Session, case: Case) -> None:
    """Take the locks of a case: the ledger's first, then those of the sites that its owner's open
    cases are about, as the recorder changes these.
    """
    ledger.lock(session, TENANT)
    sites = {one.site for one in (case, *_open_cases(session, case.account)) if one.site}
    scores.lock_sites(session, [(case.tenant, site) for site in sorted(sites)])


def is_held(session: Session, account: str) -> bool:
    """Tell whether an account's commissions are held by a review."""
    last = holds.find_last(session, TENANT, account)
    return last is not None and last.step is HoldStep.ACTIVE


def _hold(context: Context, case_id: str) -> bool:
    with context.database.transaction() as session:
        lock_case(session, fraud.get_case(session, TENANT, case_id))
        case = fraud.get_case(session, TENANT, case_id, is_locked=True)
        if case.state is not CaseState.OPEN:
            return False
        held = begin_hold(session, context, case)
        fraud.save(session, [held])
    if held.hold == case.hold:
        return False
    context.live.publish(f"account:{case.account}", {"fraud": case.state.value})
    return True


def _open_cases(session: Session, account: str) -> list[Case]:
    found = fraud.list_of_account(session, TENANT, account)
    return [case for case in found if case.state is CaseState.OPEN]
