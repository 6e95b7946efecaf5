"""Signed-in browsers. Leans on the primary key (tenant, id) and `ix_session_account`."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from backend.domain.accounts import Account
from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.sign_in import SESSION_IDLE, BrowserSession
from backend.store.accounts import select_accounts, to_account
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow, SessionRow

_LISTED = 100


def insert_session(session: Session, tenant: str, made: BrowserSession) -> None:
    """Store a session that was just made."""
    session.connection().execute(
        insert(SessionRow),
        {
            "tenant": tenant,
            "id": made.id,
            "account": made.account,
            "created_at": made.created_at,
            "seen_at": made.seen_at,
            "expires_at": made.expires_at,
            "device": made.device,
        },
    )


def find_session(
    session: Session, tenant: str, digest: str
) -> tuple[BrowserSession, Account] | None:
    """Return the session with this digest and its account, good or not."""
    row = session.execute(
        select_accounts()
        .add_columns(SessionRow)
        .join(
            SessionRow,
            (col(SessionRow.tenant) == col(AccountRow.tenant))
            & (col(SessionRow.account) == col(AccountRow.id)),
        )
        .where(col(SessionRow.tenant) == tenant, col(SessionRow.id) == digest)
    ).one_or_none()
    return None if row is None else (_to_session(row.SessionRow), to_account(row))


def list_sessions(session: Session, actor: Actor, now: Instant) -> list[BrowserSession]:
    """Return the actor's sessions that are good, the one used last first."""
    statement = owned(select(SessionRow), SessionRow, actor).where(
        col(SessionRow.revoked_at).is_(None),
        col(SessionRow.expires_at) > now,
        col(SessionRow.seen_at) > now - SESSION_IDLE,
    )
    ordered = statement.order_by(col(SessionRow.seen_at).desc(), col(SessionRow.id))
    return [_to_session(row) for row in session.execute(ordered.limit(_LISTED)).scalars()]


def mark_seen(session: Session, tenant: str, digest: str, now: Instant) -> None:
    """Note that the session was used now."""
    session.connection().execute(
        update(SessionRow)
        .where(col(SessionRow.tenant) == tenant, col(SessionRow.id) == digest)
        .values(seen_at=now)
    )


def revoke_session(session: Session, actor: Actor, digest: str, now: Instant) -> bool:
    """End one of the actor's sessions; False when it is not one, or ended already."""
    statement = owned(update(SessionRow), SessionRow, actor).where(
        col(SessionRow.id) == digest, col(SessionRow.revoked_at).is_(None)
    )
    return session.connection().execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_sessions(session: Session, actor: Actor, now: Instant, *, but: str = "") -> int:
    """End the actor's sessions except the one with the digest `but`; return how many."""
    statement = owned(update(SessionRow), SessionRow, actor).where(
        col(SessionRow.id) != but, col(SessionRow.revoked_at).is_(None)
    )
    return session.connection().execute(statement.values(revoked_at=now)).rowcount


def purge_sessions(session: Session, tenant: str, before: Instant) -> int:
    """Delete sessions that ran out before an instant, and return how many there were."""
    done = session.connection().execute(
        delete(SessionRow).where(
            col(SessionRow.tenant) == tenant, col(SessionRow.expires_at) < before
        )
    )
    return done.rowcount


def _to_session(row: SessionRow) -> BrowserSession:
    return BrowserSession(
        id=row.id,
        account=row.account,
        device=row.device,
        created_at=Instant(row.created_at),
        seen_at=Instant(row.seen_at),
        expires_at=Instant(row.expires_at),
        revoked_at=None if row.revoked_at is None else Instant(row.revoked_at),
    )
