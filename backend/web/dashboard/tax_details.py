"""`/dashboard/tax`: what the owner declares for tax reports, and from which amount on it counts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import tax
from backend.actions.context import Context
from backend.actions.statements import read_statement
from backend.domain.actors import Actor
from backend.domain.instants import to_datetime
from backend.domain.tax import (
    EUROPEAN_UNION,
    FIELDS,
    REGIMES,
    REQUIRED,
    Form,
    Regime,
    TaxProfile,
    regime_of,
)
from backend.errors import Invalid
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.forms import Form as Sent
from backend.web.forms import form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import page_owner
from backend.web.signed_in import csrf_token

PAGE = "/dashboard/tax"
RATE = "30/hour"
FORMS: dict[Form, str] = {
    Form.W9: "United States (W-9)",
    Form.DAC7: "European Union (DAC7)",
    Form.W8BEN: "Anywhere else (W-8BEN)",
}
_LABELS = {
    "legal_name": "Legal name",
    "address": "Address",
    "tax_number": "Tax number",
    "vat_number": "VAT number",
    "birth_or_registration": "Date of birth, or number in the register of companies",
}
_NOTES = {
    (Form.W9, "tax_number"): "Nine digits: a social security or an employer number.",
    (Form.W8BEN, "tax_number"): "May be left out where your country gives none.",
}
_OF_FORM: dict[Form, tuple[str, ...]] = {
    Form.W9: ("legal_name", "address", "tax_number"),
    Form.W8BEN: ("legal_name", "address", "tax_number", "birth_or_registration"),
    Form.DAC7: tuple(FIELDS),
}
_COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CY": "Cyprus", "CZ": "Czechia",
    "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland",
    "FR": "France", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland",
    "IT": "Italy", "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta",
    "NL": "Netherlands", "PL": "Poland", "PT": "Portugal", "RO": "Romania", "SE": "Sweden",
    "SI": "Slovenia", "SK": "Slovakia",
}  # fmt: skip
assert set(_COUNTRIES) == EUROPEAN_UNION  # noqa: S101  a name for each


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of the form."""

    name: str
    label: str
    note: str
    maxlength: int
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeView:
    """A report in words."""

    name: str
    who: str
    least: str
    source: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxView:
    """The page. `declared` is the form that was declared, '' for none."""

    csrf_token: str
    declared: str
    country: str
    shown: str
    declared_on: datetime.datetime | None
    year: int
    paid: str
    regimes: tuple[RegimeView, ...]
    forms: tuple[tuple[str, str, bool], ...]
    form: str
    form_name: str
    countries: tuple[tuple[str, str], ...]
    needs_country: bool
    fields: tuple[FieldView, ...]
    values: Mapping[str, str]
    problem: str
    hint: str
    problem_field: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its forms."""
    limit = limited("tax", RATE, by="account")
    return [
        Route(PAGE, owner_page(_show), methods=["GET"]),
        Route(PAGE, limit(form_endpoint(_declare)), methods=["POST"]),
        Route(f"{PAGE}/forget", limit(form_endpoint(_forget)), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, request.query_params.get("form", "")[:8])


def _declare(request: Request, sent: Sent) -> Response:
    actor, chosen = page_owner(request), sent.get("form", 8)
    try:
        form = _read_form(chosen)
        country = "US" if form is Form.W9 else sent.get("country", 20).strip().upper()
        fields = {name: sent.get(name).strip() for name in _OF_FORM[form]}
        tax.declare(_context(request), actor, form, country=country, fields=fields)
    except Invalid as error:
        return _page(request, actor, chosen, sent=sent, problem=error)
    return RedirectResponse(PAGE, status_code=303)


def _forget(request: Request, _sent: Sent) -> Response:
    tax.forget_profile(_context(request), page_owner(request))
    return RedirectResponse(PAGE, status_code=303)


def _read_form(text: str) -> Form:
    if text not in set(Form):
        raise Invalid(
            "There is no such form.", field="form", hint="Say where you live or your company is."
        )
    return Form(text)


def _page(
    request: Request,
    actor: Actor,
    chosen: str,
    *,
    sent: Sent | None = None,
    problem: Invalid | None = None,
) -> Response:
    context = _context(request)
    known = tax.get_profile(context, actor)
    own = known.form if known else Form.W9
    form = Form(chosen) if chosen in set(Form) else own
    year = to_datetime(context.clock.now()).year
    view = TaxView(
        csrf_token=csrf_token(request),
        declared=FORMS[known.form] if known else "",
        country=_COUNTRIES.get(known.country, known.country) if known else "",
        shown=known.shown if known else "",
        declared_on=to_datetime(known.declared_at) if known else None,
        year=year,
        paid=_paid(context, actor, year),
        regimes=_regimes(year, known),
        forms=tuple((one.value, words, one is form) for one, words in FORMS.items()),
        form=form.value,
        form_name=FORMS[form],
        countries=_sorted_countries() if form is Form.DAC7 else (),
        needs_country=form is Form.W8BEN,
        fields=_fields(form),
        values=_values(form, sent),
        problem=problem.message if problem else "",
        hint=problem.hint if problem else "",
        problem_field=problem.field if problem else "",
    )
    return render_dashboard(
        request,
        actor,
        "dashboard/tax.html",
        view,
        title="Your tax details are here" if known else "Your tax details are missing",
        status=400 if problem else 200,
        section="/dashboard/earnings",
    )


def _paid(context: Context, actor: Actor, year: int) -> str:
    found = read_statement(context, actor, str(year)).statement
    amounts = [write_amount(one.sums.paid, one.currency) for one in found.totals if one.sums.paid]
    return " and ".join(amounts)


def _regimes(year: int, known: TaxProfile | None) -> tuple[RegimeView, ...]:
    own = regime_of(year, known.country) if known else None
    return tuple(
        RegimeView(
            name=one.name,
            who="people and companies of the United States"
            if one.countries == {"US"}
            else "people and companies of the European Union",
            least=_least(one),
            source=one.source,
            is_own=one is own,
        )
        for one in _holding(year)
    )


def _holding(year: int) -> Sequence[Regime]:
    return [
        one
        for one in REGIMES
        if one.first_year <= year and (one.last_year is None or year <= one.last_year)
    ]


def _least(regime: Regime) -> str:
    if regime.least.minor <= 1:
        return "whatever the amount"
    return f"from {write_amount(regime.least.minor, regime.least.currency)} in a year on"


def _sorted_countries() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_COUNTRIES.items(), key=lambda pair: pair[1]))


def _fields(form: Form) -> tuple[FieldView, ...]:
    return tuple(
        FieldView(
            name=name,
            label=_LABELS[name],
            note=_NOTES.get((form, name), ""),
            maxlength=FIELDS[name],
            is_required=name in REQUIRED[form],
        )
        for name in _OF_FORM[form]
    )


def _values(form: Form, sent: Sent | None) -> dict[str, str]:
    names = ("country", *_OF_FORM[form])
    return {name: sent.get(name) if sent else "" for name in names}


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
