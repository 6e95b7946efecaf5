"""A ledger with something in it, for tests of the log over it."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.domain.ledger import Entry, EntryKind, Posting, own


def book_sales(context: Context, count: int, *, owner: str, first: int = 0) -> None:
    """Book sales of $29.00 whose 20 % are the owner's, one entry each."""
    entries = [
        Entry(
            kind=EntryKind.SALE,
            key=f"sale:{number}",
            at=context.clock.now(),
            postings=(
                Posting(account="cash.manual", currency="USD", amount=2900),
                Posting(account="sales", currency="USD", amount=-2900),
                Posting(account="commission", currency="USD", amount=580, level=1, line="base"),
                Posting(
                    account=own("partner.pending", owner),
                    currency="USD",
                    amount=-580,
                    level=1,
                    line="base",
                ),
            ),
            ref=f"payment-{number}",
        )
        for number in range(first, first + count)
    ]
    with context.database.transaction() as session:
        post(session, context, entries)
