"""What a fraud rule counted, and against which limits, as a person would say it."""

from __future__ import annotations

from collections.abc import Mapping

_COUNTED = {
    "shares_in_an_hour": ("{} share in an hour", "{} shares in an hour"),
    "shares": ("{} share", "{} shares"),
    "sharers": ("{} sharer", "{} sharers"),
    "networks": ("from {} network", "from {} networks"),
    "milliseconds": ("within {} ms", "within {} ms"),
    "gaps": ("{} gap", "{} gaps"),
    "mean_seconds": ("of {} second on average", "of {} seconds on average"),
    "deviation_percent": (
        "differing by {}\N{NO-BREAK SPACE}%",
        "differing by {}\N{NO-BREAK SPACE}%",
    ),
    "without_a_view": ("{} without a view", "{} without a view"),
    "within_seconds_of_a_view": ("{} within seconds of a view", "{} within seconds of a view"),
    "engaged": ("{} stayed", "{} stayed"),
    "sign_ups": ("{} sign-up", "{} sign-ups"),
    "from_one_network": ("{} from one network", "{} from one network"),
    "published": ("{} published", "{} published"),
    "accounts": ("{} account", "{} accounts"),
    "instruments": ("{} instrument", "{} instruments"),
    "of_the_referrer": ("{} with the referrer's own", "{} with the referrer's own"),
    "conversions": ("{} conversion", "{} conversions"),
    "refunded": ("{} refunded", "{} refunded"),
}
"""One and several of each, in the order in which they are said."""
_LIMITS = {
    "more_than": "more than {}",
    "fewer_than": "fewer than {}",
    "above_percent": "above {}\N{NO-BREAK SPACE}%",
    "below_percent": "below {}\N{NO-BREAK SPACE}%",
    "deviation_percent": "differing by less than {}\N{NO-BREAK SPACE}%",
}
_BEGINNINGS = {"least": "at least {}", "within": "within {}", "after": "after {}"}


def say_counted(evidence: Mapping[str, int]) -> str:
    """Return what was counted: `31 shares, 31 sharers, from 1 network`."""
    order = list(_COUNTED)
    known = sorted(evidence, key=lambda name: order.index(name) if name in order else len(order))
    return ", ".join(_count(name, evidence[name]) for name in known)


def say_limits(limits: Mapping[str, int]) -> str:
    """Return what was looked for: `at least 10 shares, fewer than 3`."""
    # At first how much there has to be, then what is odd about it.
    names = sorted(limits, key=lambda name: (not name.startswith("least"), name))
    return ", ".join(_limit(name, limits[name]) for name in names)


def plain(name: str) -> str:
    """Return the name of a number in words."""
    return name.replace("sign_ups", "sign-ups").replace("_", " ")


def _count(name: str, number: int) -> str:
    one, several = _COUNTED.get(name, (f"{{}} {plain(name)}",) * 2)
    return (one if number == 1 else several).format(f"{number:,}")


def _limit(name: str, number: int) -> str:
    if words := _LIMITS.get(name):
        return words.format(f"{number:,}")
    begin, _, unit = name.partition("_")
    said = _BEGINNINGS.get(begin, f"{begin} {{}}").format(f"{number:,}")
    return f"{said} {plain(unit)}"
