"""`/pricing`: what the service costs, and what referring could pay beside what it really paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.earnings_estimate import estimate_earnings, plan_in_force
from backend.domain.earnings_estimate import MOST_MONTHS, MOST_PEOPLE, Comparison
from backend.domain.landing import Terms, terms_of_service
from backend.domain.money import BASIS_POINTS
from backend.domain.plans import Plan
from backend.domain.rewards import CURRENCY
from backend.domain.tiers import Tier, is_paying
from backend.errors import Invalid
from backend.web.dashboard.amounts import to_major, write_amount
from backend.web.limits import limited
from backend.web.pages.rendering import answer_json, render_page, wants_json
from generator.render.charts import Chart, Series, draw

PAGE = "/pricing"
RATE = "60/minute"
SHARED_SECONDS = 300
_TIERS = tuple(tier for tier in Tier if is_paying(tier))
DESCRIPTION = "What each plan of the service costs and holds, and what bringing others really pays."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is reckoned with: `people` who pay for `tier`, each bringing `each` more a level."""

    people: int
    each: int
    tier: Tier
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingView:
    """The page. Amounts are words with their currency; `median` is None where none can be told."""

    terms: Terms
    tiers: tuple[Tier, ...]
    question: Question
    levels: int
    most_people: int
    most_months: int
    best: str
    by_level: tuple[tuple[int, str], ...]
    median: str | None
    referrers: int
    chart: Markup
    problem: str


def routes(context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    show = _page_of(context, terms_of_service())
    return [Route(PAGE, limited("pricing", RATE)(show), methods=["GET"])]


def _page_of(context: Context, terms: Terms) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        plan, problem = plan_in_force(context), ""
        try:
            question = _read(request.query_params)
            compared = _reckon(context, plan, question)
        except Invalid as error:
            problem = f"{error.message} {error.hint}".strip()
            question = _read({})
            compared = _reckon(context, plan, question)
        if wants_json(request):
            return answer_json(
                request, _describe(question, compared), shared_seconds=SHARED_SECONDS
            )
        view = _view(terms, plan, question, compared, problem)
        return render_page(
            request,
            "pricing.html",
            view,
            title="Prices and referrals",
            description=DESCRIPTION,
            status=422 if problem else 200,
            shared_seconds=SHARED_SECONDS,
        )

    return show


def _read(query: Mapping[str, str]) -> Question:
    tier = query.get("tier", Tier.PRO.value)
    if tier not in {each.value for each in _TIERS}:
        raise Invalid("There is no such paid plan.", field="tier", hint="Choose one of the list.")
    return Question(
        people=_number(query, "people", 10, MOST_PEOPLE),
        each=_number(query, "each", 0, 100),
        tier=Tier(tier),
        months=_number(query, "months", 12, MOST_MONTHS, least=1),
    )


def _number(query: Mapping[str, str], name: str, default: int, most: int, least: int = 0) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
        raise Invalid(
            f"{name.capitalize()} is not a whole number from {least:,} to {most:,}.",
            field=name,
            hint="The numbers below are an example.",
        )
    return int(text)


def _reckon(context: Context, plan: Plan, question: Question) -> Comparison:
    levels = 1 + len(plan.deeper_bp) if question.each else 1
    network = [min(MOST_PEOPLE, question.people * question.each**level) for level in range(levels)]
    mix = {question.tier: BASIS_POINTS}
    return estimate_earnings(context, mix, network, months=question.months, plan=plan)


def _view(
    terms: Terms, plan: Plan, question: Question, compared: Comparison, problem: str
) -> PricingView:
    return PricingView(
        terms=terms,
        tiers=_TIERS,
        question=question,
        levels=1 + len(plan.deeper_bp),
        most_people=MOST_PEOPLE,
        most_months=MOST_MONTHS,
        best=write_amount(compared.best.total, CURRENCY),
        by_level=tuple(
            (number, write_amount(cents, CURRENCY))
            for number, cents in enumerate(compared.best.by_level, start=1)
        ),
        median=None if compared.median is None else write_amount(compared.median, CURRENCY),
        referrers=compared.referrers,
        chart=draw(_chart(compared)),
        problem=problem,
    )


def _chart(compared: Comparison) -> Chart:
    months = compared.best.by_month
    return Chart(
        kind="columns",
        title="Best case by month",
        labels=tuple(f"Month {number}" for number in range(1, len(months) + 1)),
        series=(
            Series(name="Best case", values=tuple(to_major(cents, CURRENCY) for cents in months)),
        ),
        show="${:,.2f}".format,
    )


def _describe(question: Question, compared: Comparison) -> dict[str, object]:
    """Return the JSON twin; money is whole cents."""
    return {
        "people": question.people,
        "each": question.each,
        "tier": question.tier.value,
        "months": question.months,
        "currency": CURRENCY,
        "best_case": compared.best.total,
        "best_case_by_month": list(compared.best.by_month),
        "median_result": compared.median,
        "referrers": compared.referrers,
    }
