"""Links sent by mail. Leans on the primary key (tenant, id) and on `ix_sign_in_email_key`."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, text, update
from sqlmodel import Session, col

from backend.domain.accounts import Address
from backend.domain.instants import Instant
from backend.domain.referrals import Touch
from backend.domain.sign_in import Arrival, SignInLink
from backend.store.tables.accounts import SignInRow


def insert_link(session: Session, tenant: str, link: SignInLink, now: Instant) -> None:
    """Store a link that was asked for now."""
    arrival = link.arrival
    session.connection().execute(
        insert(SignInRow),
        {
            "tenant": tenant,
            "id": link.id,
            "email": link.address.email,
            "email_key": link.address.key,
            "name": link.name,
            "code": arrival.code,
            "is_typed": arrival.is_typed,
            "touch_code": arrival.touch.code if arrival.touch else None,
            "touched_at": arrival.touch.at if arrival.touch else None,
            "created_at": now,
            "expires_at": link.expires_at,
        },
    )


def lock_mailbox(session: Session, key: str) -> None:
    """Hold an address until the transaction ends, so that what is counted of it stays true.

    A transaction on SQLite holds the database's write lock already.
    """
    if session.connection().dialect.name != "sqlite":
        statement = text("SELECT pg_advisory_xact_lock(:space, hashtext(:key))")
        session.execute(statement, {"space": _MAILBOXES, "key": key})


def count_open_links(session: Session, tenant: str, key: str, now: Instant) -> int:
    """Return how many unused links to addresses with this key are still good."""
    found = session.execute(
        select(func.count())
        .select_from(SignInRow)
        .where(
            col(SignInRow.tenant) == tenant,
            col(SignInRow.email_key) == key,
            col(SignInRow.expires_at) > now,
            col(SignInRow.used_at).is_(None),
        )
    )
    return int(found.scalar_one())


def find_link(session: Session, tenant: str, link: str, now: Instant) -> SignInLink | None:
    """Return the link if it is still good."""
    row = session.execute(
        select(SignInRow).where(
            col(SignInRow.tenant) == tenant,
            col(SignInRow.id) == link,
            col(SignInRow.expires_at) > now,
            col(SignInRow.used_at).is_(None),
        )
    ).scalar_one_or_none()
    return None if row is None else _to_link(row)


def use_link(session: Session, tenant: str, link: str, now: Instant) -> SignInLink | None:
    """Use the link up and return it; None for everybody but the first."""
    found = find_link(session, tenant, link, now)
    used = session.connection().execute(
        update(SignInRow)
        .where(
            col(SignInRow.tenant) == tenant,
            col(SignInRow.id) == link,
            col(SignInRow.expires_at) > now,
            col(SignInRow.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return found if used.rowcount == 1 else None


def forget_links_to(session: Session, tenant: str, key: str) -> None:
    """Delete every link to addresses with this key."""
    session.connection().execute(
        delete(SignInRow).where(col(SignInRow.tenant) == tenant, col(SignInRow.email_key) == key)
    )


def purge_links(session: Session, tenant: str, before: Instant) -> int:
    """Delete the links that ran out before an instant, and return how many there were."""
    done = session.connection().execute(
        delete(SignInRow).where(col(SignInRow.tenant) == tenant, col(SignInRow.expires_at) < before)
    )
    return done.rowcount


_MAILBOXES = 4_519_874  # any number: it keeps these locks apart from other uses


def _to_link(row: SignInRow) -> SignInLink:
    has_touch = row.touch_code is not None and row.touched_at is not None
    touch = Touch(code=row.touch_code or "", at=Instant(row.touched_at or 0)) if has_touch else None
    return SignInLink(
        id=row.id,
        address=Address(email=row.email, key=row.email_key),
        name=row.name,
        arrival=Arrival(code=row.code, is_typed=row.is_typed, touch=touch),
        expires_at=Instant(row.expires_at),
    )
