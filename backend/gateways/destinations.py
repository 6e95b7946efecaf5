"""The door to destinations: what a person typed, with every checksum verified.

The libraries behind it are the extra `payouts`, loaded when a destination is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.domain.destinations import Destination, Method
from backend.errors import Unavailable


def read_destination(method: Method, fields: Mapping[str, str]) -> Destination:
    """Return the destination that the fields describe; `fields_of` gives them back.

    Raises Invalid naming the field that is missing or wrong.
    """
    try:
        from backend.gateways.payout_files.accounts import READERS  # noqa: PLC0415  an extra
    except ImportError as error:
        raise lacking() from error
    return READERS[method](fields)


def lacking() -> Unavailable:
    """Return the error of a service that was installed without the extra."""
    return Unavailable(
        "Payouts need libraries that are not installed.", hint="Install 4site[server,payouts]."
    )
