"""What fraud rules look for, as data: weights and limits with a version.

Defaults stand here; a service's own numbers are kept as versions, each with who chose it and why.
Source: the rules, "Fraud".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from backend.errors import Invalid

LARGEST = 100_000
"""The largest weight or limit that somebody may choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing to look for. `limits` are its numbers by name, `weight` what it adds when it holds.

    `words` say what it looks for; a limit's unit is the end of its name.
    """

    name: str
    words: str
    weight: int
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Every rule with its numbers. `high` is the sum of weights from which a case holds."""

    version: int
    high: int
    rules: Mapping[str, Rule]


def _rule(name: str, weight: int, words: str, **limits: int) -> Rule:
    return Rule(name=name, words=words, weight=weight, limits=MappingProxyType(limits))


SHARE_BURST = "share_burst"
FEW_NETWORKS = "few_networks"
INHUMAN_PACE = "inhuman_pace"
REGULAR_GAPS = "regular_gaps"
UNIFORM = "uniform"
UNSEEN = "unseen"
HASTY = "hasty"
UNENGAGED = "unengaged"
ONE_NETWORK = "sign_ups_one_network"
ONE_INSTRUMENT = "one_instrument"
REFUNDS = "refunds"
NEVER_PUBLISHED = "never_published"

DEFAULT = RuleBook(
    version=1,
    high=80,
    rules=MappingProxyType(
        {
            rule.name: rule
            for rule in (
                _rule(SHARE_BURST, 25, "Many shares of one owner's sites in an hour", more_than=50),
                _rule(
                    FEW_NETWORKS,
                    35,
                    "Shares of a site in a day from few networks",
                    least_shares=10,
                    fewer_than=3,
                ),
                _rule(
                    INHUMAN_PACE,
                    100,
                    "A visitor shares faster than a person can",
                    least_shares=5,
                    within_seconds=5,
                ),
                _rule(
                    REGULAR_GAPS,
                    40,
                    "Shares follow each other like the ticks of a clock",
                    least_gaps=10,
                    deviation_percent=15,
                ),
                _rule(UNIFORM, 15, "Every share is of one page on one platform", least_shares=10),
                _rule(
                    UNSEEN,
                    65,
                    "Most sharers never looked at a page before",
                    least_sharers=8,
                    above_percent=50,
                ),
                _rule(
                    HASTY,
                    40,
                    "Most sharers shared as soon as the page was there",
                    least_sharers=8,
                    within_seconds=3,
                    above_percent=50,
                ),
                _rule(
                    UNENGAGED,
                    30,
                    "Hardly any sharer stayed on the page",
                    least_sharers=8,
                    below_percent=10,
                    after_minutes=15,
                ),
                _rule(
                    ONE_NETWORK,
                    50,
                    "Referred people sign up from one network",
                    least_sign_ups=5,
                    above_percent=60,
                ),
                _rule(
                    ONE_INSTRUMENT,
                    80,
                    "Referred accounts pay with one instrument",
                    least_accounts=2,
                ),
                _rule(
                    REFUNDS,
                    80,
                    "Much of what referred people paid was given back",
                    least_conversions=4,
                    above_percent=30,
                ),
                _rule(
                    NEVER_PUBLISHED,
                    50,
                    "A burst of referred people who never published a site",
                    least_sign_ups=10,
                    within_hours=24,
                    after_days=7,
                    below_percent=10,
                ),
            )
        }
    ),
)


def amend(book: RuleBook, changes: Mapping[str, int], version: int) -> RuleBook:
    """Return the book with some numbers changed: `RULE.weight`, `RULE.LIMIT` or `high`.

    Raises Invalid for a name that there is not, or a number that makes no sense.
    """
    high, rules = book.high, dict(book.rules)
    for name, value in changes.items():
        if not 0 <= value <= LARGEST or (name == "high" and value == 0):
            raise Invalid(
                f"{name} is a whole number up to {LARGEST}.",
                field=name,
                hint="Weights may be 0, which turns a rule off.",
            )
        if name == "high":
            high = value
            continue
        rule_name, _, number = name.partition(".")
        rule = rules.get(rule_name)
        if rule is None or (number != "weight" and number not in rule.limits):
            raise Invalid(
                f"There is no number called {name}.", field=name, hint="See the page of rules."
            )
        rules[rule_name] = (
            replace(rule, weight=value)
            if number == "weight"
            else replace(rule, limits=MappingProxyType({**rule.limits, number: value}))
        )
    return RuleBook(version=version, high=high, rules=MappingProxyType(rules))


def numbers_of(book: RuleBook) -> dict[str, int]:
    """Return every number of a book by the name under which `amend` takes it."""
    numbers = {"high": book.high}
    for rule in book.rules.values():
        numbers[f"{rule.name}.weight"] = rule.weight
        numbers |= {f"{rule.name}.{name}": value for name, value in rule.limits.items()}
    return numbers


def write_changes(book: RuleBook) -> str:
    """Return what differs from the defaults, as JSON: what a version keeps."""
    usual = numbers_of(DEFAULT)
    changed = {name: value for name, value in numbers_of(book).items() if usual[name] != value}
    return json.dumps(changed, sort_keys=True)


def read_changes(text: str, version: int) -> RuleBook:
    """Return the book that `write_changes` wrote; a number that is no more is passed over."""
    known = numbers_of(DEFAULT)
    kept = {name: value for name, value in json.loads(text).items() if name in known}
    return amend(DEFAULT, kept, version)
