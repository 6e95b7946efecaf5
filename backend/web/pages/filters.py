"""The showcase's filters: what is chosen, and every other choice as a link that can be shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from backend.actions.context import Context
from backend.actions.standings import list_showcase
from backend.domain.instants import MINUTE, Instant
from backend.errors import Invalid
from backend.web.pages.cards import KIND_LABELS

CARDS_A_PAGE = 24
MOST_CARDS = 48
OFFERED = 12
"""How many languages and topics are offered, the most common first."""
_LOOKED_AT = 100
_REMEMBERED_FOR = MINUTE
_LONGEST = {"kind": 32, "language": 40, "topic": 50, "after": 100, "limit": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader asked to see; None asks for everything."""

    kind: str | None = None
    language: str | None = None
    topic: str | None = None
    after: str | None = None
    limit: int = CARDS_A_PAGE

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.language or self.topic)

    @property
    def query(self) -> str:
        """Return the filters as a query, with its `?`; empty for the plain showcase."""
        chosen = {
            "kind": self.kind,
            "language": self.language,
            "topic": self.topic,
            "limit": str(self.limit) if self.limit != CARDS_A_PAGE else None,
            "after": self.after,
        }
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"?{query}" if query else ""

    def with_cursor(self, after: str) -> Filters:
        """Return the filters for the page that follows."""
        return replace(self, after=after)

    @property
    def address(self) -> str:
        return f"/showcase{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One link of a filter."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceGroup:
    """One filter: its name and its choices; the first one takes the filter away."""

    name: str
    choices: tuple[Choice, ...]


def read_filters(query: QueryParams) -> Filters:
    """Return the filters of an address. Raises Invalid naming the value that cannot be."""
    for name, longest in _LONGEST.items():
        if len(query.get(name, "")) > longest or "\0" in query.get(name, ""):
            raise Invalid(f"{name} is too long.", field=name, hint="Start at the showcase again.")
    limit = query.get("limit", "")
    if limit and not (limit.isascii() and limit.isdecimal()):
        raise Invalid(f"{limit!r} is not a number of cards.", field="limit")
    return Filters(
        kind=query.get("kind") or None,
        language=query.get("language") or None,
        topic=query.get("topic") or None,
        after=query.get("after") or None,
        limit=min(max(int(limit or CARDS_A_PAGE), 1), MOST_CARDS),
    )


class Offers:
    """The languages and topics that the showcase's first sites have, remembered for a minute."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._until = Instant(0)
        self._languages: tuple[str, ...] = ()
        self._topics: tuple[str, ...] = ()

    def groups(self, filters: Filters) -> tuple[ChoiceGroup, ...]:
        """Return every filter as links that keep the other filters."""
        self._renew()
        first = replace(filters, after=None)
        kinds = [(kind, many) for kind, (_one, many) in KIND_LABELS.items()]
        languages = _with_chosen(self._languages, filters.language)
        topics = _with_chosen(self._topics, filters.topic)
        groups = (
            _group("Kind", kinds, first.kind, lambda value: replace(first, kind=value)),
            _group(
                "Language",
                [(name, name) for name in languages],
                first.language,
                lambda value: replace(first, language=value),
            ),
            _group(
                "Topic",
                [(name, name) for name in topics],
                first.topic,
                lambda value: replace(first, topic=value),
            ),
        )
        return tuple(group for group in groups if len(group.choices) > 1)

    def _renew(self) -> None:
        now = self._context.clock.now()
        if now < self._until:
            return
        cards = list_showcase(self._context, limit=_LOOKED_AT).cards
        self._languages = _commonest(card.language for card in cards if card.language)
        self._topics = _commonest(topic for card in cards for topic in card.topics)
        self._until = Instant(now + _REMEMBERED_FOR)


def _commonest(names: Iterable[str]) -> tuple[str, ...]:
    counted = Counter(names)
    return tuple(sorted(counted, key=lambda name: (-counted[name], name))[:OFFERED])


def _with_chosen(names: tuple[str, ...], chosen: str | None) -> tuple[str, ...]:
    return names if chosen is None or chosen in names else (chosen, *names)


def _group(
    name: str,
    offered: Iterable[tuple[str, str]],
    chosen: str | None,
    choose: Callable[[str | None], Filters],
) -> ChoiceGroup:
    everything = Choice(label="All", address=choose(None).address, is_current=chosen is None)
    others = (
        Choice(label=label, address=choose(value).address, is_current=chosen == value)
        for value, label in offered
    )
    return ChoiceGroup(name=name, choices=(everything, *others))
