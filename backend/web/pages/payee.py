"""`/account/payout-method`: where an owner is paid, the link that confirms it, and payouts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import payees, payouts
from backend.actions.context import Context
from backend.actions.payees import PayeeReport
from backend.domain.actors import Actor
from backend.domain.destinations import Method, Network, check_method
from backend.domain.instants import DAY, Instant, to_datetime
from backend.domain.payees import CONFIRM_LIFETIME, PayeeState, Reason
from backend.domain.payout_currencies import CURRENCIES_OF
from backend.domain.payouts import Payout, PayoutState
from backend.errors import Invalid
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import page_owner
from backend.web.pages.rendering import render_page
from backend.web.signed_in import csrf_token

PAGE = "/account/payout-method"
RATE = "20/hour"
SHOWN = 24
"""Payouts on the page; the REST interface lists them all."""

NAMES: dict[Method, str] = {
    Method.SEPA: "Bank in euro (SEPA)",
    Method.ACH: "Bank in the US (ACH)",
    Method.PAYPAL: "PayPal",
    Method.WISE: "Wise",
    Method.STRIPE: "Stripe",
    Method.CRYPTO: "Crypto currency",
}
STATES: dict[PayoutState, str] = {
    PayoutState.QUEUED: "Waits for approval",
    PayoutState.SENT: "On its way",
    PayoutState.PAID: "Paid",
    PayoutState.FAILED: "Failed",
    PayoutState.CANCELLED: "Not sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of a method's form; with `choices` one of them is chosen."""

    name: str
    label: str
    note: str = ""
    kind: str = "text"
    maxlength: int = 100
    is_required: bool = True
    autocomplete: str = "off"
    choices: tuple[tuple[str, str], ...] = ()


_EMAIL = FieldView(
    name="email", label="E-mail address", kind="email", maxlength=127, autocomplete="email"
)
_NAME = FieldView(name="name", label="Name of the account's owner", maxlength=70)
FIELDS: dict[Method, tuple[FieldView, ...]] = {
    Method.SEPA: (
        _NAME,
        FieldView(name="iban", label="IBAN", maxlength=50, note="Like DE89 3704 0044 0532 0130 00"),
        FieldView(
            name="bic", label="BIC", maxlength=11, is_required=False, note="May be left out."
        ),
    ),
    Method.ACH: (
        FieldView(name="name", label="Name of the account's owner", maxlength=22),
        FieldView(
            name="routing",
            label="Routing number",
            maxlength=11,
            note="The first nine digits at the bottom of a check",
        ),
        FieldView(name="account", label="Account number", maxlength=17),
        FieldView(
            name="kind",
            label="Kind of account",
            choices=(("checking", "Checking"), ("savings", "Savings")),
        ),
    ),
    Method.PAYPAL: (_EMAIL,),
    Method.WISE: (
        FieldView(name="name", label="Your name", maxlength=100, autocomplete="name"),
        FieldView(
            name="email",
            label="E-mail address",
            kind="email",
            autocomplete="email",
            note="Wise asks there for your bank details.",
        ),
        FieldView(
            name="is_business",
            label="Who is paid",
            choices=(("", "A person"), ("yes", "A business")),
            is_required=False,
        ),
    ),
    Method.STRIPE: (FieldView(name="id", label="Connected account", note="It begins with acct_"),),
    Method.CRYPTO: (
        FieldView(
            name="network",
            label="Network",
            choices=tuple((network.value, network.value.capitalize()) for network in Network),
        ),
        FieldView(
            name="address",
            label="Address",
            maxlength=120,
            note="Its checksum is verified. Money that goes to a wrong address is lost.",
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """A way to be paid: chosen, or one to choose."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutView:
    """A payout in words."""

    at: datetime.datetime
    amount: str
    destination: str
    words: str
    reason: str
    is_bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeView:
    """The page. `amount` is what a payout would come to now."""

    csrf_token: str
    method: str
    currency: str
    destination: str
    is_confirmed: bool
    is_cooling: bool
    cools_until: datetime.datetime | None
    confirm_days: int
    amount: str
    words: str
    is_below_minimum: bool
    methods: tuple[MethodView, ...]
    chosen: str
    chosen_name: str
    fields: tuple[FieldView, ...]
    currencies: tuple[str, ...]
    chosen_currency: str
    values: dict[str, str]
    payouts: tuple[PayoutView, ...]
    has_more: bool
    problem: str = ""
    hint: str = ""
    problem_field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmView:
    """The page behind the link in the mail."""

    csrf_token: str
    action: str
    method: str
    currency: str
    destination: str
    cools_until: datetime.datetime | None


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page, of its form, and of the link in the mail."""
    limit = limited("payee", RATE, by="account")
    confirm = f"{PAGE}/confirm/{{secret}}"
    return [
        Route(PAGE, owner_page(_show), methods=["GET"]),
        Route(PAGE, limit(form_endpoint(_save)), methods=["POST"]),
        Route(confirm, _preview, methods=["GET"]),
        Route(confirm, limit(form_endpoint(_confirm)), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, request.query_params.get("method", ""))


def _save(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    method, currency = form.get("method", 20), form.get("currency", 3)
    try:
        wanted = check_method(method)
        fields = {one.name: form.get(one.name, 300) for one in FIELDS[wanted]}
        payees.set_destination(
            _context(request), actor, method=wanted, currency=currency, fields=fields
        )
    except Invalid as error:
        return _page(request, actor, method, form=form, problem=error)
    return RedirectResponse(PAGE, status_code=303)


def _preview(request: Request) -> Response:
    actor = page_owner(request)
    payee = payees.preview_confirmation(_context(request), actor, request.path_params["secret"])
    view = ConfirmView(
        csrf_token=csrf_token(request),
        action=request.url.path,
        method=NAMES[payee.method],
        currency=payee.currency,
        destination=payee.masked,
        cools_until=_moment(payee.cools_until),
    )
    response = render_page(
        request, "payee_confirm.html", view, title="Confirm a payout method", is_signed_in=True
    )
    response.headers["Referrer-Policy"] = "strict-origin"  # the address itself is the secret
    return response


def _confirm(request: Request, _form: Form) -> Response:
    actor = page_owner(request)
    payees.confirm_destination(_context(request), actor, request.path_params["secret"])
    return RedirectResponse(PAGE, status_code=303)


def _page(
    request: Request,
    actor: Actor,
    chosen: str,
    *,
    form: Form | None = None,
    problem: Invalid | None = None,
) -> Response:
    context = _context(request)
    report = payees.get_report(context, actor)
    offered = [one for one in NAMES if one in context.settings.payout_methods]
    found = payouts.list_own(context, actor, limit=SHOWN + 1)
    wanted = _choose(chosen, report, offered)
    view = _view(request, report, offered, wanted, found, form=form, problem=problem)
    return render_dashboard(
        request,
        actor,
        "dashboard/payee.html",
        view,
        title="Payouts",
        status=400 if problem else 200,
        section="/dashboard/settings",
    )


def _choose(chosen: str, report: PayeeReport, offered: list[Method]) -> Method | None:
    """Return the method whose form is shown: the one asked for, else the present one."""
    if chosen in offered:
        return Method(chosen)
    if report.payee and report.payee.method in offered:
        return report.payee.method
    return offered[0] if offered else None


def _view(  # noqa: PLR0913  what the page shows, each named
    request: Request,
    report: PayeeReport,
    offered: list[Method],
    wanted: Method | None,
    found: list[tuple[Payout, Method]],
    *,
    form: Form | None,
    problem: Invalid | None,
) -> PayeeView:
    payee, claim = report.payee, report.claim
    currencies = tuple(sorted(CURRENCIES_OF[wanted])) if wanted else ()
    given = form.get("currency", 3) if form else payee.currency if payee else "USD"
    fields = FIELDS[wanted] if wanted else ()
    return PayeeView(
        csrf_token=csrf_token(request),
        method=NAMES[payee.method] if payee else "",
        currency=payee.currency if payee else "",
        destination=payee.masked if payee else "",
        is_confirmed=payee is not None and payee.state is PayeeState.CONFIRMED,
        is_cooling=report.reason is Reason.COOLING_DOWN,
        cools_until=_moment(payee.cools_until) if payee else None,
        confirm_days=CONFIRM_LIFETIME // DAY,
        amount=write_amount(claim.amount, claim.currency) if claim else "",
        words=report.words,
        is_below_minimum=report.reason is Reason.BELOW_MINIMUM,
        methods=tuple(
            MethodView(value=one.value, name=NAMES[one], is_chosen=one is wanted) for one in offered
        ),
        chosen=wanted.value if wanted else "",
        chosen_name=NAMES[wanted] if wanted else "",
        fields=fields,
        currencies=currencies,
        chosen_currency=given if given in currencies else (currencies or ("",))[0],
        values={one.name: form.get(one.name, 300) for one in fields} if form else {},
        payouts=tuple(_payout_view(payout) for payout, _method in found[:SHOWN]),
        has_more=len(found) > SHOWN,
        problem=problem.message if problem else "",
        hint=problem.hint if problem else "",
        problem_field=problem.field if problem else "",
    )


def _payout_view(payout: Payout) -> PayoutView:
    is_bad = payout.state in {PayoutState.FAILED, PayoutState.CANCELLED}
    return PayoutView(
        at=to_datetime(payout.ended_at or payout.sent_at or payout.claimed_at),
        amount=write_amount(payout.net, payout.currency),
        destination=payout.masked,
        words=STATES[payout.state],
        reason=f"{payout.reason} The money is available again." if is_bad else "",
        is_bad=is_bad,
    )


def _moment(at: Instant | None) -> datetime.datetime | None:
    return None if at is None else to_datetime(at)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
