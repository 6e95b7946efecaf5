"""Names and texts in the few letters that payment formats take.

Letters outside a format's set are transliterated, never dropped; what has no transliteration is
refused. Source: EPC217-08, "SEPA Requirements for an Extended Character Set": the set and the
signs that stand for others.
"""

from __future__ import annotations

import string
import unicodedata

from anyascii import anyascii

from backend.errors import Invalid

_LATIN = frozenset(string.ascii_letters + string.digits + "/-?:().,'+ ")
# EPC217-08, 6.2: what stands for ASCII signs outside the set.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys('!"#$%*<=>@^', "."),
        **{"&": "+", ";": ",", "[": "(", "]": ")", "{": "(", "}": ")"},
        **{"\\": "/", "|": "/", "_": "-", "~": "-", "`": "'"},
    }
)
# Marks were composed or belong to a letter; format characters show nothing.
_SILENT = frozenset({"Mn", "Cf"})
_NO_LETTERS = frozenset({"So", "Cc", "Cs", "Co", "Cn"})


def to_latin(text: str, *, field: str, length: int) -> str:
    """Return the text in SEPA's basic Latin letters, on one line, at most `length` of them.

    Raises Invalid naming `field` for a sign without a transliteration, for a text that is empty
    and for one that is too long: a name is never cut.
    """
    plain = to_ascii(text, field=field).translate(_SIGNS)
    plain = "".join(char for char in plain if char in _LATIN)
    while "//" in plain:
        plain = plain.replace("//", "/")
    return _fitting(plain.strip("/ "), text, field=field, length=length)


def to_capitals(text: str, *, field: str, length: int) -> str:
    """Return the text in ASCII capitals as NACHA writes them. Raises Invalid like `to_latin`."""
    return _fitting(to_ascii(text, field=field).upper(), text, field=field, length=length)


def to_ascii(text: str, *, field: str) -> str:
    """Return the text in printable ASCII with single spaces. Raises Invalid naming `field`."""
    found = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char.isspace():
            found.append(" ")
        elif category not in _SILENT:
            plain = "" if category in _NO_LETTERS else anyascii(char)
            if not plain:
                raise Invalid(
                    f"{field} holds U+{ord(char):04X}, which has no letters to write it with.",
                    field=field,
                    hint="Write it in letters, as the bank has it.",
                )
            found.append(plain)
    return " ".join("".join(found).split())


def _fitting(plain: str, text: str, *, field: str, length: int) -> str:
    if not any(char.isalnum() for char in plain):
        raise Invalid(
            f"{text[:40]!r} has no letters to write in {field}.",
            field=field,
            hint="Write it in letters, as the bank has it.",
        )
    if len(plain) > length:
        raise Invalid(
            f"{field} has {len(plain)} letters in a payment file; {length} is the most.",
            field=field,
            hint="Shorten it as the bank does.",
        )
    return plain
