"""`/dashboard/sites/SITE/widget`: what the widget looks like, tried out, with the lines to paste.

The preview is a page of its own with the real widget in it. It names no site, so nothing that is
tried out is counted.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import sites
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.sites import Site
from backend.domain.tiers import TERMS
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.sites import PAGE, SiteTab, page_of, tabs_of
from backend.web.dashboard.widget_options import (
    ACCENT,
    LANGUAGES,
    MAX_RADIUS,
    PLATFORMS,
    POSITIONS,
    SCHEMES,
    WidgetOptions,
    embed_lines,
    read_options,
)
from backend.web.pages.rendering import POLICY, render_page
from generator.render.languages import language_name

PREVIEW_POLICY = (
    "default-src 'none'; base-uri 'none'; script-src 'self'; style-src 'self'{style}; "
    "font-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A value of a choice, in words."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetView:
    """The page. `accent` is what the colour field shows, `radius` '' for the widget's own."""

    site: Site
    path: str
    tabs: tuple[SiteTab, ...]
    positions: tuple[Pick, ...]
    schemes: tuple[Pick, ...]
    platforms: tuple[Pick, ...]
    languages: tuple[Pick, ...]
    has_counts: bool
    has_powered_by: bool
    can_remove_powered_by: bool
    has_accent: bool
    accent: str
    radius: str
    max_radius: int
    is_usual: bool
    embed: str
    preview_url: str
    has_badges: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """The page in the frame. `css` is '' or a rule without quotes; the policy names its hash."""

    title: str
    description: str
    attributes: dict[str, str]
    is_inline: bool
    scheme: str
    css: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its preview."""
    return [
        Route(f"{PAGE}/{{site}}/widget", owner_page(_show), methods=["GET"]),
        Route(f"{PAGE}/{{site}}/preview", owner_page(_preview), methods=["GET"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    site = sites.get_site(context, actor, str(request.path_params["site"]))
    options = _options(request, actor)
    view = WidgetView(
        site=site,
        path=page_of(site.id, "widget"),
        tabs=tabs_of(site.id, "widget"),
        positions=_picks(POSITIONS, {options.position}),
        schemes=_picks(SCHEMES, {options.scheme}),
        platforms=_picks(PLATFORMS, set(options.platforms)),
        languages=_picks(
            {"": "The page’s own"} | {tag: language_name(tag) for tag in LANGUAGES},
            {options.language},
        ),
        has_counts=options.has_counts,
        has_powered_by=options.has_powered_by,
        can_remove_powered_by=TERMS[actor.tier].can_remove_powered_by,
        has_accent=bool(options.accent),
        accent=options.accent or ACCENT,
        radius="" if options.radius is None else str(options.radius),
        max_radius=MAX_RADIUS,
        is_usual=options == WidgetOptions(),
        embed=embed_lines(options, base_url=context.settings.base_url, key=site.key),
        preview_url=f"{page_of(site.id, 'preview')}?{options.query}".rstrip("?"),
        has_badges=site.status is SiteStatus.ACTIVE and site.wish is not ShowcaseWish.OUT,
    )
    return render_dashboard(
        request,
        actor,
        "dashboard/site_widget.html",
        view,
        title=f"How the widget of {site.title} looks",
        section=PAGE,
        policy=f"{POLICY}; frame-src 'self'",
        is_live=False,
    )


def _preview(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    site = sites.get_site(context, actor, str(request.path_params["site"]))
    options = _options(request, actor)
    attributes = options.attributes("data-")
    # Without a key nothing is sent; the line at the panel's end needs one to appear.
    if options.has_powered_by:
        attributes["data-powered-by"] = site.key
    view = PreviewView(
        title=site.title,
        description=site.description,
        attributes=attributes,
        is_inline=options.position == "inline",
        scheme=options.scheme,
        css=options.css,
    )
    digest = base64.b64encode(hashlib.sha256(options.css.encode()).digest()).decode()
    style = f" 'sha256-{digest}'" if options.css else ""
    return render_page(
        request,
        "dashboard/preview.html",
        view,
        title=site.title,
        is_signed_in=True,
        policy=PREVIEW_POLICY.format(style=style),
    )


def _options(request: Request, actor: Actor) -> WidgetOptions:
    return read_options(
        request.query_params, can_remove_powered_by=TERMS[actor.tier].can_remove_powered_by
    )


def _picks(known: dict[str, str], chosen: set[str]) -> tuple[Pick, ...]:
    return tuple(
        Pick(value=value, words=words, is_chosen=value in chosen) for value, words in known.items()
    )
