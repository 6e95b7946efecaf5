"""What comes back of ACH credits: entries with an addenda of type 99 and a return code.

Only failures come back: a credit that was not returned within two banking days has arrived, and is
told to us in a plain list. Notifications of change (type 98) move no money and are left out.
Source: the Nacha Operating Rules, appendices three and four.
"""

from __future__ import annotations

import re

from achkit import RETURN_CODES

from backend.domain.csv_files import LARGEST_CONTENT, MOST_ROWS
from backend.domain.payout_files import Returned
from backend.errors import Invalid
from backend.gateways.payout_files.csv_returns import read_plain

RECORD_LENGTH = 94

_ENTRY = re.compile(r"6[0-9]{11}.{17}(?P<cents>[0-9]{10})(?P<id>.{15}).{24}1[0-9]{15}")
_RETURN = re.compile(r"799(?P<code>R[0-9]{2}).{88}")


def read_nacha_returns(content: bytes) -> list[Returned]:
    """Return the failed entries of a return file, by the id that each was sent with."""
    if not content.lstrip().startswith(b"101"):
        return read_plain(content)
    found: list[Returned] = []
    entry: re.Match[str] | None = None
    for number, record in enumerate(_records(content), 1):
        if record.startswith("6"):
            entry = _ENTRY.fullmatch(record)
        elif record.startswith("799"):
            code = _RETURN.fullmatch(record)
            if entry is None or code is None:
                raise _unreadable(f"Record {number} returns no entry.")
            found.append(_returned(entry, code["code"]))
    return found


def _records(content: bytes) -> list[str]:
    """Return the file's records, with line ends or without any."""
    if len(content) > LARGEST_CONTENT:
        raise _unreadable(f"The file has more than {LARGEST_CONTENT // 2**20} MB.")
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        raise _unreadable("The file is no ASCII text.") from None
    lines = [line for line in text.splitlines() if line]
    if len(lines) == 1:
        whole = lines[0]
        lines = [
            whole[start : start + RECORD_LENGTH] for start in range(0, len(whole), RECORD_LENGTH)
        ]
    if len(lines) > 2 * MOST_ROWS or any(len(line) != RECORD_LENGTH for line in lines):
        raise _unreadable(f"The file is not of records with {RECORD_LENGTH} characters.")
    return lines


def _returned(entry: re.Match[str], code: str) -> Returned:
    return Returned(
        line_id=entry["id"].strip(),
        outcome="failed",
        reason=f"{code} {RETURN_CODES.get(code, '')}".strip(),
        amount=int(entry["cents"]),
        currency="USD",
    )


def _unreadable(message: str) -> Invalid:
    return Invalid(message, field="file", hint="Send the file as the bank gave it.")
