"""`/api/v1/account/tax`: what a payee declares; `/api/v1/finance/tax`: the report of a year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import tax
from backend.actions.context import Context
from backend.domain.actors import Scope
from backend.domain.instants import to_text
from backend.domain.statements import check_year
from backend.domain.tax import (
    COUNTRIES,
    FIELDS,
    NUMBER,
    TEXT,
    US_NUMBER,
    Form,
    TaxProfile,
)
from backend.web.api.fields import Time
from backend.web.api.operation import PREFIX, Call, Input, Operation, Output
from backend.web.limits import limited
from backend.web.signed_in import require_actor

REPORT_RATE = "30/hour"


class TaxAnswer(Output, frozen=True):
    """What you declared; of the number only its end is shown."""

    country: str
    form: str
    shown: str
    declared_at: Time


class TaxState(Output, frozen=True):
    """What you declared, null when you did not."""

    declared: TaxAnswer | None


def _text(name: str, pattern: str) -> Meta:
    return Meta(pattern=pattern, max_length=FIELDS[name])


_NAME = Annotated[str, _text("legal_name", TEXT)]
_ADDRESS = Annotated[str, _text("address", TEXT)]
_NUMBER = Annotated[str, _text("tax_number", NUMBER)]
_VAT_NUMBER = Annotated[str, _text("vat_number", NUMBER)]
_BIRTH = Annotated[str, _text("birth_or_registration", NUMBER)]


class W9Body(Input, frozen=True):
    """A person or company of the United States."""

    legal_name: _NAME
    address: _ADDRESS
    tax_number: Annotated[str, _text("tax_number", US_NUMBER)]


class W8BenBody(Input, frozen=True):
    """A person or company of any other country."""

    country: Annotated[str, Meta(pattern=COUNTRIES[Form.W8BEN])]
    legal_name: _NAME
    address: _ADDRESS
    tax_number: _NUMBER | None = None
    birth_or_registration: _BIRTH | None = None


class Dac7Body(Input, frozen=True):
    """A person or company of the European Union. `birth_or_registration` is a date of birth, or a
    number in the register of companies.
    """

    country: Annotated[str, Meta(pattern=COUNTRIES[Form.DAC7])]
    legal_name: _NAME
    address: _ADDRESS
    tax_number: _NUMBER
    birth_or_registration: _BIRTH
    vat_number: _VAT_NUMBER | None = None


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the report, which is a file and so no operation."""
    limit = limited("finance", REPORT_RATE, by="account")
    return [Route(f"{PREFIX}/finance/tax/{{year}}", limit(_report), methods=["GET"])]


def _report(request: Request) -> Response:
    context: Context = request.app.state.context
    actor = require_actor(request)
    year = check_year(str(request.path_params["year"]), context.clock.now())
    return Response(
        tax.tax_report(context, actor, year),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="tax-{year}.csv"',
            "Cache-Control": "no-store",
        },
    )


def read(call: Call) -> TaxState:
    profile = tax.get_profile(call.context, call.owner)
    return TaxState(declared=None if profile is None else _answer(profile))


def _declaring(form: Form) -> Callable[[Call], TaxAnswer]:
    def declare(call: Call) -> TaxAnswer:
        fields = {name: getattr(call.body, name, None) or "" for name in FIELDS}
        country = getattr(call.body, "country", "US")
        return _answer(tax.declare(call.context, call.owner, form, country=country, fields=fields))

    return declare


def forget(call: Call) -> None:
    tax.forget_profile(call.context, call.owner)


def _answer(profile: TaxProfile) -> TaxAnswer:
    return TaxAnswer(
        country=profile.country,
        form=profile.form.value,
        shown=profile.shown,
        declared_at=to_text(profile.declared_at),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/account/tax",
        name="read_tax",
        summary="What you declared for tax reports",
        tag="earnings",
        run=read,
        scope=Scope.ACCOUNT_READ,
        result=TaxState,
    ),
    *(
        Operation(
            method="PUT",
            path=f"/account/tax/{form.value}",
            name=f"declare_{form.value}",
            summary=f"Declare what tax reports need, for {words}",
            tag="earnings",
            run=_declaring(form),
            scope=Scope.ACCOUNT_WRITE,
            body=body,
            result=TaxAnswer,
        )
        for form, words, body in (
            (Form.W9, "a payee of the United States", W9Body),
            (Form.W8BEN, "a payee of another country", W8BenBody),
            (Form.DAC7, "a payee of the European Union", Dac7Body),
        )
    ),
    Operation(
        method="DELETE",
        path="/account/tax",
        name="forget_tax",
        summary="Delete what you declared",
        tag="earnings",
        run=forget,
        scope=Scope.ACCOUNT_WRITE,
        status=204,
    ),
)
