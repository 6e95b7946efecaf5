"""The pages that everybody sees: the landing page, the showcase, a site's card, the strip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.profiles import list_public_handles
from backend.actions.standings import find_card, list_showcase
from backend.domain.landing import Terms, terms_of_service
from backend.domain.profiles import profile_path
from backend.domain.showcase import ShowcaseCard
from backend.errors import NotFound
from backend.web.limits import limited
from backend.web.oembed import discovery_url, frame_html
from backend.web.pages.cards import KIND_LABELS, CardView, describe_card, view_card
from backend.web.pages.filters import ChoiceGroup, Filters, Offers, read_filters
from backend.web.pages.rendering import FRAMED_POLICY, answer, answer_json, render_page, wants_json

SHARED_SECONDS = 2
"""How long caches keep a page: a change of score is seen within this time."""
CARDS_AT_HOME = 6
CARDS_IN_STRIP = 4
SITEMAP_PAGES = 100
PEOPLE_IN_SITEMAP = 10_000
SITEMAP_RATE = "10/minute"
"""It reads the whole showcase."""
THEMES = ("auto", "light", "dark")
PITCH = (
    "One command turns a repository into a site that says what the project is, how to install it, "
    "what changed and who made it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallMethod:
    """One tab of the block that says how to begin."""

    label: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingView:
    pitch: str
    install: tuple[InstallMethod, ...]
    cards: tuple[CardView, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowcaseView:
    """`next_address` is None on the last page; `chosen` says in words what was asked for."""

    cards: tuple[CardView, ...]
    groups: tuple[ChoiceGroup, ...]
    filters: Filters
    chosen: str
    first_address: str
    next_address: str | None
    strip_html: str
    discovery_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    card: CardView
    frame_html: str
    discovery_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StripView:
    """`theme` is auto, light or dark."""

    cards: tuple[CardView, ...]
    theme: str
    is_single: bool


_INSTALL = (
    InstallMethod(label="From GitHub", commands=("4site build owner/name",)),
    InstallMethod(label="From a folder", commands=("cd project", "4site build")),
    InstallMethod(label="While you write", commands=("4site serve",)),
)


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of the public pages."""
    pages = _PublicPages(context)
    return [
        Route("/", pages.landing),
        Route("/showcase", pages.showcase),
        Route("/showcase/strip", pages.strip),
        Route("/showcase/{key}", pages.site),
        Route("/robots.txt", pages.robots),
        Route("/sitemap.xml", limited("sitemap", SITEMAP_RATE)(pages.sitemap)),
    ]


class _PublicPages:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._base_url = context.settings.base_url
        self._offers = Offers(context)
        self._terms = terms_of_service()

    def landing(self, request: Request) -> Response:
        cards = list_showcase(self._context, limit=CARDS_AT_HOME).cards
        if wants_json(request):
            return answer_json(
                request,
                {
                    "name": "4site",
                    "description": PITCH,
                    "showcase": [self._describe(card) for card in cards],
                },
                shared_seconds=SHARED_SECONDS,
            )
        view = LandingView(
            pitch=PITCH, install=_INSTALL, cards=self._views(cards), terms=self._terms
        )
        return render_page(
            request,
            "landing.html",
            view,
            title="4site – a repository becomes a site",
            description=PITCH,
            shared_seconds=SHARED_SECONDS,
        )

    def showcase(self, request: Request) -> Response:
        filters = read_filters(request.query_params)
        page = list_showcase(
            self._context,
            kind=filters.kind,
            language=filters.language,
            topic=filters.topic,
            after=filters.after,
            limit=filters.limit,
        )
        following = filters.with_cursor(page.after).address if page.after else None
        if wants_json(request):
            value = {
                "sites": [self._describe(card) for card in page.cards],
                "next": f"{self._base_url}{following}" if following else None,
                "cursor": page.after,
            }
            return answer_json(request, value, shared_seconds=SHARED_SECONDS)
        chosen = _name_choice(filters)
        view = ShowcaseView(
            cards=self._views(page.cards),
            groups=self._offers.groups(filters),
            filters=filters,
            chosen=chosen,
            first_address=replace(filters, after=None).address,
            next_address=following,
            strip_html=frame_html(
                f"{self._base_url}/showcase/strip{_strip_query(filters)}",
                title="Showcase of 4site",
                width="100%",
                height=300,
            ),
            discovery_url=discovery_url(self._base_url, f"{self._base_url}{filters.address}"),
        )
        return render_page(
            request,
            "showcase.html",
            view,
            title=f"{chosen} in the showcase" if filters.is_narrowed else "Showcase",
            description="Sites made from repositories, in the order of their score.",
            shared_seconds=SHARED_SECONDS,
        )

    def site(self, request: Request) -> Response:
        card = self._find(request.path_params["key"])
        if wants_json(request):
            return answer_json(request, self._describe(card), shared_seconds=SHARED_SECONDS)
        view = SiteView(
            card=view_card(card, self._context.clock.now()),
            frame_html=frame_html(
                f"{self._base_url}/showcase/strip?key={card.key}",
                title=card.title,
                width=360,
                height=400,
            ),
            discovery_url=discovery_url(self._base_url, f"{self._base_url}/showcase/{card.key}"),
        )
        return render_page(
            request,
            "card.html",
            view,
            title=card.title,
            description=card.description,
            shared_seconds=SHARED_SECONDS,
        )

    def strip(self, request: Request) -> Response:
        """Return a row of cards for a frame in somebody else's page: no script, no cookie."""
        query = request.query_params
        filters = read_filters(query)
        if key := query.get("key"):
            cards: tuple[ShowcaseCard, ...] = (self._find(key),)
        else:
            cards = list_showcase(
                self._context,
                kind=filters.kind,
                language=filters.language,
                topic=filters.topic,
                limit=filters.limit if "limit" in query else CARDS_IN_STRIP,
            ).cards
        theme = query.get("theme", "auto")
        view = StripView(
            cards=self._views(cards),
            theme=theme if theme in THEMES else "auto",
            is_single=bool(key),
        )
        return render_page(
            request,
            "strip.html",
            view,
            title="Showcase of 4site",
            policy=FRAMED_POLICY,
            shared_seconds=SHARED_SECONDS,
        )

    def robots(self, _request: Request) -> Response:
        private = (f"Disallow: {path}" for path in ("/api/", "/dashboard", "/r/", "/s/"))
        text = "\n".join(["User-agent: *", *private, f"Sitemap: {self._base_url}/sitemap.xml", ""])
        return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=3600"})

    def sitemap(self, request: Request) -> Response:
        listed = (f"/showcase/{key}" for key in self._listed_keys())
        people = map(profile_path, list_public_handles(self._context, at_most=PEOPLE_IN_SITEMAP))
        pages = ("/leaderboards", "/challenges")
        addresses = ["/", "/showcase", "/pricing", "/terms", "/privacy", *pages, *listed, *people]
        entries = "".join(
            f"<url><loc>{escape(self._base_url + address)}</loc></url>\n" for address in addresses
        )
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
        )
        return answer(request, Response(text, media_type="application/xml"), shared_seconds=3600)

    def _listed_keys(self) -> Iterator[str]:
        after = None
        for _ in range(SITEMAP_PAGES):
            page = list_showcase(self._context, after=after, limit=100)
            yield from (card.key for card in page.cards)
            after = page.after
            if after is None:
                return

    def _find(self, key: str) -> ShowcaseCard:
        card = find_card(self._context, key[:32])
        if card is None:
            raise NotFound(
                "The showcase has no such site.", hint="It may have left; look at the showcase."
            )
        return card

    def _views(self, cards: tuple[ShowcaseCard, ...]) -> tuple[CardView, ...]:
        now = self._context.clock.now()
        return tuple(view_card(card, now) for card in cards)

    def _describe(self, card: ShowcaseCard) -> dict[str, object]:
        return describe_card(card, self._context.clock.now(), base_url=self._base_url)


def _name_choice(filters: Filters) -> str:
    """Return what was asked for in words: `Libraries in Python about parsing`."""
    kind = KIND_LABELS.get(filters.kind or "", ("Site", "Sites"))[1]
    language = f" in {filters.language}" if filters.language else ""
    topic = f" about {filters.topic}" if filters.topic else ""
    return f"{kind}{language}{topic}"


def _strip_query(filters: Filters) -> str:
    chosen = {"kind": filters.kind, "language": filters.language, "topic": filters.topic}
    query = urlencode({name: value for name, value in chosen.items() if value}, quote_via=quote)
    return f"?{query}" if query else ""
