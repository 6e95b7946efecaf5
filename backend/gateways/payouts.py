"""The door to payment formats: files written, return files read.

The libraries behind it are the extra `payouts`, loaded when the first of these is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.domain.destinations import Method
from backend.domain.payout_files import (
    FileOrder,
    PayoutFile,
    PayoutLine,
    Returned,
    check_line,
    check_order,
)
from backend.gateways.destinations import lacking

if TYPE_CHECKING:
    from backend.gateways.payout_files.formats import Format


def check_payable(method: Method, line: PayoutLine) -> None:
    """Raise Invalid, naming the line, for what a file of the method could not pay."""
    check_line(line)
    found = _formats().get(method)
    if found is not None:
        found.check(line)


def write_file(method: Method, order: FileOrder) -> PayoutFile:
    """Return the file of an order: the same order, the same bytes.

    Raises Invalid naming the line that cannot be paid so, and for methods without a file.
    """
    check_order(order, method)
    return _formats()[method].write(order)


def read_returns(method: Method, content: bytes) -> list[Returned]:
    """Return what a return file says of its lines, in the file's order; `match_returns` follows.

    Each method also takes the plain CSV `id,status,reason`. Raises Invalid, and tells nothing of
    the file, when a row of it cannot be understood.
    """
    found = _formats().get(method)
    return (found or _formats()[Method.CRYPTO]).read(content)


def _formats() -> dict[Method, Format]:
    try:
        from backend.gateways.payout_files.formats import FORMATS  # noqa: PLC0415  an extra
    except ImportError as error:
        raise lacking() from error
    return FORMATS
