"""What referrals are judged by, the traces that sign-ups left, and what waits with a case.

Leans on `ix_referral_referrer`, `ix_payment_account`, `ix_fraud_referral_referred`,
`ix_fraud_trace_kind` and the primary keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from backend.domain.fraud_cases import CaseState
from backend.domain.fraud_referrals import SIGN_UPS_LOOKED_AT, SignUp
from backend.domain.instants import Instant
from backend.store.bulk import is_among
from backend.store.tables.commissions import PaymentRow
from backend.store.tables.fraud import FraudCaseRow, FraudReferralRow, FraudTraceRow
from backend.store.tables.referrals import ReferralRow

NETWORK, INSTRUMENT = "network", "instrument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A keyed hash of what an account signed up from or paid with."""

    account: str
    kind: str
    value: str
    at: Instant


def keep_trace(session: Session, tenant: str, trace: Trace) -> None:
    """Remember a trace since it was left first, whichever order it is told in."""
    known = session.get(FraudTraceRow, (tenant, trace.account, trace.kind, trace.value))
    if known is None:
        session.add(FraudTraceRow(tenant=tenant, **asdict(trace)))
    else:
        known.at = min(known.at, trace.at)
    session.flush()


def forget_networks(session: Session, tenant: str, before: Instant) -> int:
    """Delete the networks of sign-ups before `before`; return how many."""
    done = session.connection().execute(
        delete(FraudTraceRow).where(
            col(FraudTraceRow.tenant) == tenant,
            col(FraudTraceRow.kind) == NETWORK,
            col(FraudTraceRow.at) < before,
        )
    )
    return done.rowcount


def list_sign_ups(session: Session, tenant: str, referrer: str) -> list[SignUp]:
    """Return a referrer's newest sign-ups that no case was decided about, the oldest first."""
    found = list(
        session.execute(
            select(ReferralRow, _is_refunded().label("is_refunded"))
            .where(
                col(ReferralRow.tenant) == tenant,
                col(ReferralRow.referrer) == referrer,
                ~is_in_case(CaseState.CLEARED, CaseState.CONFIRMED),
            )
            .order_by(col(ReferralRow.signed_up_at).desc())
            .limit(SIGN_UPS_LOOKED_AT)
        )
    )
    traces = _read_traces(session, tenant, (referrer, *(row.ReferralRow.referred for row in found)))
    return [_to_sign_up(row, traces) for row in reversed(found)]


def is_in_case(*states: CaseState) -> Any:
    """Return the condition that a referral belongs to a case in one of some states."""
    return (
        exists()
        .where(
            col(FraudReferralRow.tenant) == col(ReferralRow.tenant),
            col(FraudReferralRow.referred) == col(ReferralRow.referred),
            col(FraudCaseRow.tenant) == col(FraudReferralRow.tenant),
            col(FraudCaseRow.id) == col(FraudReferralRow.fraud_case),
            col(FraudCaseRow.state).in_([state.value for state in states]),
        )
        .correlate(ReferralRow)
    )


def _is_refunded() -> Any:
    return (
        exists()
        .where(
            col(PaymentRow.tenant) == col(ReferralRow.tenant),
            col(PaymentRow.account) == col(ReferralRow.referred),
            col(PaymentRow.returned) > 0,
        )
        .correlate(ReferralRow)
    )


def _read_traces(
    session: Session, tenant: str, accounts: Iterable[str]
) -> dict[tuple[str, str], list[str]]:
    traces: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    found = session.execute(
        select(FraudTraceRow).where(
            col(FraudTraceRow.tenant) == tenant, is_among(col(FraudTraceRow.account), "accounts")
        ),
        {"accounts": sorted(set(accounts))},
    )
    for row in found.scalars():
        traces[row.account, row.kind].append(row.value)
    return traces


def _to_sign_up(row: Any, traces: dict[tuple[str, str], list[str]]) -> SignUp:
    referral = row.ReferralRow
    networks = traces.get((referral.referred, NETWORK), [""])
    instruments = frozenset(traces.get((referral.referred, INSTRUMENT), ()))
    return SignUp(
        referred=referral.referred,
        at=Instant(referral.signed_up_at),
        has_published=referral.activated_at is not None,
        has_converted=referral.converted_at is not None,
        is_refunded=row.is_refunded,
        network=networks[0],
        instruments=instruments,
        of_referrer=instruments.intersection(traces.get((referral.referrer, INSTRUMENT), ())),
    )
