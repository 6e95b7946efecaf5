"""The table of formats: who writes a method's file, who reads what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.destinations import Method
from backend.domain.payout_files import PayoutLine, Returned
from backend.gateways.payout_files.crypto import row_of as crypto_row
from backend.gateways.payout_files.crypto import write_crypto
from backend.gateways.payout_files.csv_returns import (
    read_paypal_report,
    read_plain,
    read_wise_history,
)
from backend.gateways.payout_files.nacha import check_entry, write_nacha
from backend.gateways.payout_files.nacha_returns import read_nacha_returns
from backend.gateways.payout_files.orders import Writer
from backend.gateways.payout_files.paypal import row_of as paypal_row
from backend.gateways.payout_files.paypal import write_paypal
from backend.gateways.payout_files.sepa import check_transfer, write_sepa
from backend.gateways.payout_files.sepa_status import read_sepa_returns
from backend.gateways.payout_files.wise import row_of as wise_row
from backend.gateways.payout_files.wise import write_wise


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A method's file. `check` and `write` raise Invalid naming the line, `read` the row."""

    check: Callable[[PayoutLine], object]
    write: Writer
    read: Callable[[bytes], list[Returned]]


FORMATS: dict[Method, Format] = {
    Method.SEPA: Format(check=check_transfer, write=write_sepa, read=read_sepa_returns),
    Method.ACH: Format(check=check_entry, write=write_nacha, read=read_nacha_returns),
    Method.PAYPAL: Format(check=paypal_row, write=write_paypal, read=read_paypal_report),
    Method.WISE: Format(check=wise_row, write=write_wise, read=read_wise_history),
    Method.CRYPTO: Format(check=crypto_row, write=write_crypto, read=read_plain),
}
"""Stripe is not here: its transfers are made one by one, without a file."""
