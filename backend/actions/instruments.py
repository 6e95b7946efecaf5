"""What people pay with, as keyed hashes: whether two accounts pay with the same, and no more."""

from __future__ import annotations

import hmac

from backend.actions.context import Context
from backend.domain.billing_events import Paid
from backend.store.database import Session
from backend.store.fraud_referrals import INSTRUMENT, Trace, keep_trace
from backend.store.tables.base import TENANT

HIDDEN_LENGTH = 32


def hide_instrument(context: Context, name: str) -> str:
    """Return the keyed hash of a card or bank account; `name` is what the provider calls it, the
    same for whoever uses it. What the provider says is kept nowhere.
    """
    key = hmac.digest(context.secret, b"instrument", "sha256")
    return hmac.digest(key, name.encode(), "sha256").hex()[:HIDDEN_LENGTH]


def remember_instruments(session: Session, paid: Paid) -> None:
    """Remember what a payment was paid with, once. Called in the transaction that books it."""
    for value in paid.instruments:
        trace = Trace(account=paid.account, kind=INSTRUMENT, value=value, at=paid.paid_at)
        keep_trace(session, TENANT, trace)
