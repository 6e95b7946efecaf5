"""Forgets a person: the account's row stays, for the sums that refer to it, and says nothing.

Leans on the primary keys, `ix_session_account`, `ix_api_token_account`, `ix_sign_in_email_key` and
`ix_referral_code_account`.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from backend.domain.accounts import Account
from backend.domain.actors import Actor
from backend.domain.instants import Instant, day_of
from backend.store import (
    accounts,
    boards,
    challenges,
    disputes,
    ledger,
    payees,
    payouts,
    readers,
    sign_ins,
)
from backend.store.ownership import owned
from backend.store.tables.accounts import IdempotencyRow, PersonRow, SessionRow, TokenRow
from backend.store.tables.fraud import FraudTraceRow
from backend.store.tables.profiles import ProfileRow
from backend.store.tables.rates import TaxProfileRow
from backend.store.tables.referrals import CodeRow, ReferralRow, TouchRow


def erase_person(session: Session, actor: Actor, account: Account, now: Instant) -> None:
    """Delete what is personal about the actor's account, and every way into it.

    Codes of their own choice may name them: where one brought somebody, the code that the
    account was given at sign-up stands from now on.
    """
    connection = session.connection()
    if account.person is not None:
        sign_ins.forget_links_to(session, account.tenant, account.person.address.key)
    for table in (
        PersonRow, ProfileRow, SessionRow, TokenRow, IdempotencyRow, TaxProfileRow, FraudTraceRow
    ):  # fmt: skip
        connection.execute(owned(delete(table), table, actor))
    payees.remove_own(session, actor)
    payouts.forget_destinations(session, actor)
    disputes.forget_texts(session, actor)
    boards.forget_own(session, actor)
    challenges.forget_own(session, actor, now, day_of(now))
    readers.forget(session, actor)
    given = session.execute(
        owned(select(col(CodeRow.code)), CodeRow, actor).where(col(CodeRow.is_custom).is_(False))
    ).scalar_one()
    for links in (ReferralRow, TouchRow):
        connection.execute(owned(update(links), links, actor).values(code=given))
    connection.execute(
        owned(delete(CodeRow), CodeRow, actor).where(col(CodeRow.is_custom).is_(True))
    )
    # The log's commitments stay, and nobody can open them any more.
    ledger.destroy_salt(session, account.tenant, account.id)
    accounts.set_shown_code(session, account, given)
    accounts.set_erased(session, account, now)
