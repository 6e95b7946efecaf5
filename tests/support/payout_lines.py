"""Payouts to each kind of destination, and orders of them, for tests of files."""

from __future__ import annotations

from backend.domain.destinations import Destination, Method
from backend.domain.instants import Day, Instant
from backend.domain.payout_files import AchSender, FileOrder, PayoutLine, Sender, SepaSender
from backend.gateways.destinations import read_destination

AT = Instant(1_793_620_800_000_000)  # 2026-11-02T12:00:00Z
PAY_ON = Day(20_760)  # 2026-11-03
ORDER = "0199c0ffee007000800000000000000b"

FIELDS: dict[Method, dict[str, str]] = {
    Method.SEPA: {"iban": "DE89 3704 0044 0532 0130 00", "name": "Jörg Müller & Söhne"},
    Method.ACH: {
        "routing": "021000021",
        "account": "12345-6789",
        "kind": "checking",
        "name": "Zoë O’Brien",
    },
    Method.PAYPAL: {"email": "ann@example.org"},
    Method.WISE: {"email": "lu@example.org", "name": "Łukasz Żółw", "currency": "PLN"},
    Method.STRIPE: {"id": "acct_1032D82eZvKYlo2C"},
    Method.CRYPTO: {
        "network": "ethereum",
        "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    },
}
CURRENCY = {Method.SEPA: "EUR"}
SENDERS: dict[Method, Sender] = {
    Method.SEPA: SepaSender(name="Fourside GmbH", iban="NL91 ABNA 0417 1643 00", bic="ABNANL2A"),
    Method.ACH: AchSender(
        routing="121000248",
        bank_name="Wells Fargo",
        company_name="Fourside Inc.",
        company_id="1234567890",
    ),
}
WITH_FILES = (Method.SEPA, Method.ACH, Method.PAYPAL, Method.WISE, Method.CRYPTO)


def line_id(number: int) -> str:
    """Return ids like the service's own: 32 hexadecimal digits."""
    return f"0199c0ffee0070008{number:015x}"


def make_line(
    method: Method,
    number: int = 1,
    *,
    amount: int = 5_000,
    currency: str = "",
    destination: Destination | None = None,
) -> PayoutLine:
    return PayoutLine(
        id=line_id(number),
        amount=amount,
        currency=currency or CURRENCY.get(method, "USD"),
        name="Ann",
        destination=destination or read_destination(method, FIELDS[method]),
        purpose="Commission October 2026",
    )


def make_order(method: Method, *lines: PayoutLine, number: int = 0) -> FileOrder:
    return FileOrder(
        id=ORDER,
        created_at=AT,
        pay_on=PAY_ON,
        lines=lines or (make_line(method, 1), make_line(method, 2, amount=123_456)),
        sender=SENDERS.get(method),
        number=number,
    )
