"""The accounts that payout files pay from, as a setting names them."""

from __future__ import annotations

from typing import Literal

from backend.domain.destinations import Method
from backend.domain.payout_files import AchSender, Sender, SepaSender
from backend.errors import Invalid

SHAPES: dict[Method, str] = {
    Method.SEPA: "NAME; IBAN; BIC",
    Method.ACH: "ROUTING; BANK; COMPANY; COMPANY ID; PPD",
}
"""What each text holds; the last part may be left out."""


def read_sender(method: Method, text: str, *, field: str) -> Sender:
    """Return the account that a file of the method pays from. Raises Invalid naming `field`."""
    parts = [part.strip() for part in text.split(";")]
    whole = SHAPES[method].count(";") + 1
    if len(parts) not in {whole - 1, whole} or not all(parts[: whole - 1]):
        raise Invalid(
            f"{field} does not say which account pays.",
            field=field,
            hint=f"Set it to {SHAPES[method]}; the last part may be left out.",
        )
    last = parts[whole - 1] if len(parts) == whole else ""
    if method is Method.SEPA:
        return SepaSender(name=parts[0], iban=parts[1].replace(" ", ""), bic=last or None)
    entry_class: Literal["PPD", "CCD"] = "CCD" if last.upper() == "CCD" else "PPD"
    return AchSender(
        routing=parts[0],
        bank_name=parts[1],
        company_name=parts[2],
        company_id=parts[3],
        entry_class=entry_class,
    )
