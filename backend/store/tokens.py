"""API tokens. Leans on `uq_api_token_digest` and `ix_api_token_account`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlmodel import Session, col

from backend.domain.accounts import Account
from backend.domain.actors import Actor, Scope
from backend.domain.instants import Instant
from backend.domain.sign_in import ApiToken
from backend.store.accounts import select_accounts, to_account
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow, TokenRow

_LISTED = 100


def insert_token(session: Session, tenant: str, token: ApiToken, digest: str) -> None:
    """Store a token that was just made."""
    session.connection().execute(
        insert(TokenRow),
        {
            "tenant": tenant,
            "id": token.id,
            "account": token.account,
            "name": token.name,
            "digest": digest,
            "scopes": " ".join(sorted(token.scopes)),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        },
    )


def find_token(session: Session, digest: str) -> tuple[ApiToken, Account, str] | None:
    """Return the token with this digest, its account, and the digest as it is stored."""
    row = session.execute(
        select_accounts()
        .add_columns(TokenRow)
        .join(
            TokenRow,
            (col(TokenRow.tenant) == col(AccountRow.tenant))
            & (col(TokenRow.account) == col(AccountRow.id)),
        )
        .where(col(TokenRow.digest) == digest)
    ).one_or_none()
    if row is None:
        return None
    return _to_token(row.TokenRow), to_account(row), row.TokenRow.digest


def list_tokens(session: Session, actor: Actor, now: Instant) -> list[ApiToken]:
    """Return the actor's tokens that work, the newest first."""
    statement = owned(select(TokenRow), TokenRow, actor).where(*_works(now))
    ordered = statement.order_by(col(TokenRow.created_at).desc(), col(TokenRow.id))
    return [_to_token(row) for row in session.execute(ordered.limit(_LISTED)).scalars()]


def count_tokens(session: Session, actor: Actor, now: Instant) -> int:
    """Return how many tokens of the actor work."""
    statement = owned(select(func.count()).select_from(TokenRow), TokenRow, actor)
    return int(session.execute(statement.where(*_works(now))).scalar_one())


def mark_used(session: Session, tenant: str, token: str, now: Instant) -> None:
    """Note that the token was used now."""
    session.connection().execute(
        update(TokenRow)
        .where(col(TokenRow.tenant) == tenant, col(TokenRow.id) == token)
        .values(used_at=now)
    )


def revoke_token(session: Session, actor: Actor, token: str, now: Instant) -> bool:
    """End one of the actor's tokens; False when it is not one, or ended already."""
    statement = owned(update(TokenRow), TokenRow, actor).where(
        col(TokenRow.id) == token, col(TokenRow.revoked_at).is_(None)
    )
    return session.connection().execute(statement.values(revoked_at=now)).rowcount == 1


def _works(now: Instant) -> tuple[ColumnElement[bool], ...]:
    return (
        col(TokenRow.revoked_at).is_(None),
        or_(col(TokenRow.expires_at).is_(None), col(TokenRow.expires_at) > now),
    )


def _to_token(row: TokenRow) -> ApiToken:
    return ApiToken(
        id=row.id,
        account=row.account,
        name=row.name,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        created_at=Instant(row.created_at),
        used_at=None if row.used_at is None else Instant(row.used_at),
        expires_at=None if row.expires_at is None else Instant(row.expires_at),
        revoked_at=None if row.revoked_at is None else Instant(row.revoked_at),
    )
