"""`/api/v1/showcase`: what the showcase lists, for everybody."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions import standings
from backend.domain.instants import Instant
from backend.domain.showcase import ShowcaseCard
from backend.errors import NotFound
from backend.web.api.fields import Limit, Page, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

RankCursor = Annotated[str, Meta(pattern=r"^[0-9]{1,15}\.[0-9]{1,15}\.[0-9]{1,16}\.[0-9a-f]{32}$")]
Filter = Annotated[str, Meta(min_length=1, max_length=50)]


class ShowcaseQuery(Input, frozen=True):
    """A page of the showcase, of one kind, language or topic."""

    after: RankCursor | None = None
    limit: Limit = 20
    kind: Filter | None = None
    language: Filter | None = None
    topic: Filter | None = None


class CardAnswer(Output, frozen=True):
    """A site in the showcase."""

    key: str
    title: str
    description: str
    url: str
    repository: str | None
    kind: str
    language: str | None
    topics: list[str]
    score: str
    shares: int
    featured_until: Time | None
    thumbnail: str | None


def list_cards(call: Call) -> Page[CardAnswer]:
    page = standings.list_showcase(
        call.context,
        kind=call.query.kind,
        language=call.query.language,
        topic=call.query.topic,
        after=call.query.after,
        limit=call.query.limit,
    )
    now = call.context.clock.now()
    return Page(items=[_answer(card, now) for card in page.cards], next=page.after)


def read_card(call: Call) -> CardAnswer:
    card = standings.find_card(call.context, call.path["key"])
    if card is None:
        raise NotFound("The showcase does not list this site.")
    return _answer(card, call.context.clock.now())


def _answer(card: ShowcaseCard, now: Instant) -> CardAnswer:
    score = card.rank.score
    return CardAnswer(
        key=card.key,
        title=card.title,
        description=card.description,
        url=card.url,
        repository=card.repository,
        kind=card.kind,
        language=card.language,
        topics=list(card.topics),
        score=f"{score // 100}.{score % 100:02d}",
        shares=card.rank.shares,
        featured_until=time_of(card.featured_until) if card.is_featured(now) else None,
        thumbnail=f"/thumbnails/{card.thumbnail}" if card.thumbnail else None,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/showcase",
        name="list_showcase",
        summary="The showcase in its order",
        tag="showcase",
        run=list_cards,
        scope=None,
        query=ShowcaseQuery,
        result=Page[CardAnswer],
    ),
    Operation(
        method="GET",
        path="/showcase/{key}",
        name="read_card",
        summary="One site of the showcase",
        tag="showcase",
        run=read_card,
        scope=None,
        result=CardAnswer,
    ),
)
