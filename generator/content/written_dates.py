"""Dates as people write them beside a version; only those that can be read in one way."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
DATE = re.compile(
    rf"(?<![\d.])(?:{_YEAR}[-/年]\s?(?P<number>\d{{1,2}})[-/月]\s?{_DAY}日?"
    rf"|{_MONTH.replace('month', 'month2')}\s+{_DAY.replace('day', 'day2')},?\s+"
    rf"{_YEAR.replace('year', 'year2')}"
    rf"|{_DAY.replace('day', 'day3')}[\s-]+{_MONTH.replace('month', 'month3')},?[\s-]+"
    rf"{_YEAR.replace('year', 'year3')}"
    rf"|{_YEAR.replace('year', 'year4')}[\s-]+{_MONTH.replace('month', 'month4')}[\s-]+"
    rf"{_DAY.replace('day', 'day4')})(?![\d])",
    re.IGNORECASE,
)


def find_date(text: str) -> date | None:
    """Return the first date in a text; a month without a day is none."""
    match = DATE.search(text)
    return _date_of(match) if match else None


def _date_of(match: re.Match[str]) -> date | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    found = {re.sub(r"\d", "", name): value for name, value in groups.items()}
    month = found.get("number") or _MONTHS.index(found["month"].lower()) + 1
    try:
        return date(int(found["year"]), int(month), int(found["day"]))
    except ValueError:
        return None
