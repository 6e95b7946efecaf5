"""What the writers of all formats share: one function from an order to a file, and its seal."""

from __future__ import annotations

import hashlib
from typing import Protocol, TypeVar

from backend.domain.destinations import Destination
from backend.domain.payout_files import FileOrder, PayoutFile, PayoutLine, refuse
from backend.errors import Invalid

Shape = TypeVar("Shape", bound=Destination)


class Writer(Protocol):
    """A format. The order was checked by `check_order`; raises Invalid naming the line."""

    def __call__(self, order: FileOrder) -> PayoutFile: ...


def seal(order: FileOrder, content: bytes, *, ending: str, media_type: str) -> PayoutFile:
    """Return the finished file of an order, named by its id, with its sums and digest."""
    return PayoutFile(
        name=f"payout-{order.id}.{ending}",
        media_type=media_type,
        content=content,
        lines=len(order.lines),
        total=sum(line.amount for line in order.lines),
        currency=order.lines[0].currency,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def destination_of(line: PayoutLine, shape: type[Shape]) -> Shape:
    """Return where the line goes. Raises Invalid when that is no destination of the format."""
    if not isinstance(line.destination, shape):
        raise refuse(
            line,
            "its destination is one of another method.",
            field="destination",
            hint="Put it into a batch of that method.",
        )
    return line.destination


def of_line(line: PayoutLine, error: Invalid) -> Invalid:
    """Return the error as one that names the line."""
    return refuse(line, error.message, field=error.field, hint=error.hint)
