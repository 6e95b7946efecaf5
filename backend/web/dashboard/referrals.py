"""`/dashboard/referrals`: who signed up through the owner, what became of them, and the links."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import referrals, referred, sites
from backend.actions.context import Context
from backend.actions.referrals import ReferralLinks
from backend.actions.referred import OwnReferral, PeriodSums
from backend.domain.actors import Actor, Scope
from backend.domain.comparison import compare
from backend.domain.instants import Instant, date_of, day_of, to_text
from backend.domain.money import Money
from backend.domain.referrals import CUSTOM_CODES, Basis, ReferralState
from backend.errors import Conflict, Forbidden, Invalid, LimitReached, ServiceError
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.figures import Figure, spark
from backend.web.dashboard.filters import SITES_OFFERED, Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.panels import Panel, ShownPanel, charts_of, show_panel
from backend.web.dashboard.period_chart import draw_period, fold, spread
from backend.web.dashboard.tables import Column, Table, download
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.signed_in import csrf_token, require_actor
from generator.render.environment import format_short_day

PAGE = "/dashboard/referrals"
CHANGE_RATE = "120/hour"
_QR_SCALE = 8

STATE_WORDS: Mapping[ReferralState, str] = {
    ReferralState.PENDING: "Signed up, and has published no site yet. It ends after 90 days.",
    ReferralState.ACTIVATED: "Has published a first site.",
    ReferralState.CONVERTED: "Has paid a first invoice. You earn from what they pay.",
    ReferralState.CHURNED: "Has ended the last subscription. That is final.",
    ReferralState.EXPIRED: "Published and paid nothing within 90 days. That is final.",
}
_BASIS_WORDS = {Basis.TYPED: "Typed the code", Basis.CLICK: "Followed the link"}
_PEOPLE = (
    Column(key="person", words="Person", is_number=True),
    Column(key="signed_up", words="Signed up"),
    Column(key="state", words="State"),
    Column(key="came_by", words="How they came"),
    Column(key="expires", words="Ends on"),
    Column(key="earned", words="Earned you", is_number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """One of the five states: how many are in it, what it means, and where to see them alone."""

    name: str
    number: int
    words: str
    link: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLink:
    """A referral link that comes by way of one of the owner's sites."""

    title: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralsView:
    """The page. `next_link` and `first_link` are '' where there is nothing before or behind."""

    figures: tuple[Figure, ...]
    sign_ups: ShownPanel
    states: tuple[StateView, ...]
    chosen_state: str
    everybody_link: str
    people: Table
    next_link: str
    first_link: str
    links: ReferralLinks
    site_links: tuple[SiteLink, ...]
    codes_left: int
    is_empty: bool
    csrf_token: str
    problem: str
    hint: str
    problem_field: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page, of its QR code, and of the form for codes."""
    change_limit = limited("account", CHANGE_RATE, by="account")
    return [
        Route(PAGE, owner_page(_show), methods=["GET"]),
        Route(f"{PAGE}/qr.svg", owner_page(_draw_qr), methods=["GET"]),
        Route("/dashboard/codes", change_limit(form_endpoint(_claim_code)), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _page(request: Request, actor: Actor, problem: ServiceError | None = None) -> Response:
    context: Context = request.app.state.context
    state, after = _read_state(request), request.query_params.get("after", "")[:60]
    kept = (("state", state.value if state else ""), ("after", after))
    chosen = replace(read_filter(request, actor), path=PAGE, site=None, sites=(), kept=kept)
    now = referred.sum_period(context, actor, chosen.period)
    before = referred.sum_period(context, actor, chosen.before)
    page = referred.list_people(context, actor, state=state, after=after or None)
    sign_ups = _draw_days(chosen, now, before)
    people = _list_people(page.referrals)
    tables, charts = [sign_ups.table, people], charts_of([sign_ups])
    if problem is None and (file := download(request, tables, charts)):
        return file
    states = referred.count_states(context, actor)
    links = referrals.list_links(context, actor)
    view = ReferralsView(
        figures=_figures(chosen, now, before),
        sign_ups=show_panel(sign_ups),
        states=_view_states(states, chosen, state),
        chosen_state=state.value if state else "",
        everybody_link=chosen.link(state="", after=""),
        people=people,
        next_link=chosen.link(after=page.after) if page.after else "",
        first_link=chosen.link(after="") if after else "",
        links=links,
        site_links=_site_links(context, actor),
        codes_left=CUSTOM_CODES - sum(code.is_custom for code in links.codes),
        is_empty=not sum(states.values()),
        csrf_token=csrf_token(request),
        problem=problem.message if problem else "",
        hint=problem.hint if problem else "",
        problem_field=(problem.field or "") if isinstance(problem, Invalid) else "",
    )
    return render_dashboard(
        request,
        actor,
        "dashboard/referrals.html",
        view,
        title=title_of(sum(states.values()), states[ReferralState.CONVERTED]),
        chosen=chosen,
        status=status_of(problem) if problem else 200,
        section=PAGE,
    )


def title_of(people: int, paying: int) -> str:
    """Return the answer that the page gives first."""
    if not people:
        return "Nobody has signed up through you yet"
    if people == 1:
        return f"1 person signed up through you and {'pays' if paying else 'does not pay yet'}"
    if paying == people:
        rest = "all of them pay"
    elif paying > 1:
        rest = f"{paying:,} of them pay"
    else:
        rest = "1 of them pays" if paying else "none of them pays yet"
    return f"{people:,} people signed up through you, {rest}"


def _read_state(request: Request) -> ReferralState | None:
    text = request.query_params.get("state", "")
    try:
        return ReferralState(text) if text else None
    except ValueError as error:
        raise Invalid(
            "There is no such state.",
            field="state",
            hint=f"Use one of {', '.join(ReferralState)}.",
        ) from error


def _figures(chosen: Filter, now: PeriodSums, before: PeriodSums) -> tuple[Figure, ...]:
    sign_ups, conversions = sum(now.sign_ups.values()), sum(now.conversions.values())
    currencies = sorted(now.earned.keys() | before.earned.keys())
    alone = currencies[0] if len(currencies) == 1 else None
    return (
        Figure(
            label="Links followed",
            value=f"{now.touches:,}",
            change=compare(now.touches, before.touches),
        ),
        Figure(
            label="Signed up",
            value=f"{sign_ups:,}",
            change=compare(sign_ups, sum(before.sign_ups.values())),
            spark=spark(fold(spread(now.sign_ups, chosen.period))),
        ),
        Figure(
            label="Paid for the first time",
            value=f"{conversions:,}",
            change=compare(conversions, sum(before.conversions.values())),
            spark=spark(fold(spread(now.conversions, chosen.period))),
        ),
        Figure(
            label="Earned from them",
            value=_write(now.earned) or write_amount(0, alone or "USD"),
            change=compare(max(0, now.earned.get(alone, 0)), max(0, before.earned.get(alone, 0)))
            if alone
            else None,
            note=f"before: {_write(before.earned)}" if len(currencies) > 1 else "",
            link=chosen.link("/dashboard/earnings", state="", after=""),
        ),
    )


def _draw_days(chosen: Filter, now: PeriodSums, before: PeriodSums) -> Panel:
    return draw_period(
        "Sign-ups through you",
        chosen.period.first,
        spread(now.sign_ups, chosen.period),
        spread(before.sign_ups, chosen.before),
        name="sign-ups",
        key="sign_ups",
        kind="columns",
    )


def _view_states(
    states: Mapping[ReferralState, int], chosen: Filter, state: ReferralState | None
) -> tuple[StateView, ...]:
    return tuple(
        StateView(
            name=one.value,
            number=number,
            words=STATE_WORDS[one],
            link=chosen.link(state=one.value, after=""),
            is_chosen=one is state,
        )
        for one, number in states.items()
    )


def _list_people(found: tuple[OwnReferral, ...]) -> Table:
    return Table(
        name="people",
        columns=_PEOPLE,
        rows=tuple(
            (
                one.number,
                _day(one.referral.signed_up_at),
                one.state.value.capitalize(),
                f"{_BASIS_WORDS[one.referral.basis]} {one.referral.code}",
                _day(one.expires_at),
                _write(one.earned) or None,
            )
            for one in found
        ),
        raw=tuple(
            (
                one.number,
                to_text(one.referral.signed_up_at),
                one.state.value,
                f"{one.referral.basis.value} {one.referral.code}",
                to_text(one.expires_at) if one.expires_at is not None else None,
                ", ".join(
                    str(Money(minor=minor, currency=currency))
                    for currency, minor in sorted(one.earned.items())
                ),
            )
            for one in found
        ),
    )


def _day(at: Instant | None) -> str | None:
    return None if at is None else format_short_day(date_of(day_of(at)))


def _write(amounts: Mapping[str, int]) -> str:
    """Return amounts in several currencies beside each other; '' for none."""
    written = [write_amount(minor, currency) for currency, minor in sorted(amounts.items())]
    return " + ".join(written)


def _site_links(context: Context, actor: Actor) -> tuple[SiteLink, ...]:
    known = sites.list_sites(context, actor, limit=SITES_OFFERED).sites
    base = context.settings.base_url
    return tuple(SiteLink(title=one.title, link=f"{base}/r/{one.key}") for one in known)


def _draw_qr(request: Request, actor: Actor) -> Response:
    """Return the link as a QR code: dark on white whatever the page is, as cameras want it."""
    links = referrals.list_links(request.app.state.context, actor)
    file = io.BytesIO()
    segno.make_qr(links.link, error="m").save(
        file, kind="svg", scale=_QR_SCALE, light="#fff", xmldecl=False, title="QR code of the link"
    )
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="referral-link.svg"',
    }
    return Response(file.getvalue(), media_type="image/svg+xml", headers=headers)


def _claim_code(request: Request, form: Form) -> Response:
    actor = require_actor(request, Scope.ACCOUNT_READ)
    if not actor.is_session:
        raise Forbidden("A token does not open this page.", hint="Sign in with a browser.")
    try:
        referrals.claim_code(request.app.state.context, actor, form.get("code"))
    except (Invalid, Conflict, LimitReached) as error:
        return _page(request, actor, error)
    return RedirectResponse(f"{PAGE}#Panel-links", status_code=303)
