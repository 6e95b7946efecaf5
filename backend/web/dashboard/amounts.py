"""Amounts as people read them: `$1,234.50`, `€12.00`, `CHF 3.20`, with a real minus."""

from __future__ import annotations

from backend.domain.money import CURRENCIES, format_amount

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def write_amount(minor: int, currency: str) -> str:
    """Return an amount with its currency, which never breaks off it."""
    whole, point, rest = format_amount(abs(minor), currency).partition(".")
    sign = _SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{'−' if minor < 0 else ''}{sign}{int(whole):,}{point}{rest}"


def to_major(minor: int, currency: str) -> float:
    """Return an amount in whole units, for the height of a chart's point and nothing else."""
    return float(minor / 10 ** CURRENCIES[currency])


def write_rate(rate_bp: int) -> str:
    """Return basis points as a percentage: `20 %`, `0.5 %`."""
    return f"{rate_bp / 100:g}\N{NO-BREAK SPACE}%"
