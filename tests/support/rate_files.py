"""Files of exchange rates as the European Central Bank writes them, with figures of our own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

DAILY = {
    "USD": "1.0723", "JPY": "157.30", "CZK": "25.297", "DKK": "7.4592", "GBP": "0.83380",
    "HUF": "411.68", "PLN": "4.3455", "RON": "4.9770", "SEK": "11.5860", "CHF": "0.9303",
    "ISK": "145.10", "NOK": "11.6525", "TRY": "36.3010", "AUD": "1.6098", "BRL": "6.0980",
    "CAD": "1.4730", "CNY": "7.6172", "HKD": "8.1822", "IDR": "16749.80", "ILS": "3.9126",
    "INR": "88.8280", "KRW": "1474.82", "MXN": "21.4586", "MYR": "4.6939", "NZD": "1.7953",
    "PHP": "61.918", "SGD": "1.4160", "THB": "36.384", "ZAR": "19.0205",
}  # fmt: skip
"""What one euro was on a day, as it is written."""


def daily_xml(day: str = "2026-09-03", rates: Mapping[str, str] = DAILY) -> bytes:
    return history_xml({day: rates})


def history_xml(days: Mapping[str, Mapping[str, str]]) -> bytes:
    cubes = "\n".join(
        f"<Cube time='{day}'>\n"
        + "\n".join(f"<Cube currency='{code}' rate='{rate}'/>" for code, rate in rates.items())
        + "\n</Cube>"
        for day, rates in days.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n'
        "<gesmes:subject>Reference rates</gesmes:subject>\n<gesmes:Sender>\n"
        "<gesmes:name>European Central Bank</gesmes:name>\n</gesmes:Sender>\n"
        f"<Cube>\n{cubes}\n</Cube>\n</gesmes:Envelope>\n"
    ).encode()


def daily_csv(day: str = "03 September 2026", rates: Mapping[str, str] = DAILY) -> bytes:
    """Return `eurofxref.csv`: spaces behind the commas, and one comma at the end."""
    return f"Date, {', '.join(rates)}, \n{day}, {', '.join(rates.values())}, \n".encode()


def history_csv(days: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return `eurofxref-hist.csv`: no spaces, `N/A` where a day has no rate."""
    codes = sorted({code for rates in days.values() for code in rates})
    lines = [
        f"{day},{''.join(rates.get(code, 'N/A') + ',' for code in codes)}"
        for day, rates in days.items()
    ]
    return "\n".join([f"Date,{''.join(f'{code},' for code in codes)}", *lines, ""]).encode()


def packed(content: bytes, *names: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names or ("eurofxref.csv",):
            file.writestr(name, content)
    return archive.getvalue()
