"""Keeps what payees declare for tax reports, and makes the report of a year."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog

from backend.actions.audit import note_alone
from backend.actions.context import Context
from backend.actions.payees import vault_of
from backend.domain.actors import Actor, Role, Scope
from backend.domain.csv_files import Cell, write_csv
from backend.domain.exchange import RateBook
from backend.domain.money import format_amount
from backend.domain.statements import days_of, span_of
from backend.domain.tax import (
    FIELDS,
    Disbursement,
    Form,
    PaidYear,
    TaxProfile,
    add_up,
    check_declaration,
    regime_of,
    report_for,
    shown_of,
)
from backend.gateways.vault import Vault
from backend.store import rates, statements, tax
from backend.store.tables.base import TENANT

HEADER = (
    "year", "account", "email", "country", "form", "report", "threshold", "currency", "paid",
    "quarter_1", "quarter_2", "quarter_3", "quarter_4", "withheld", "note", *FIELDS,
)  # fmt: skip
_LOG = structlog.get_logger("tax")
_PURPOSE = "tax_profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payee:
    """Somebody who was paid, with what is known of them."""

    account: str
    email: str
    profile: TaxProfile | None
    fields: Mapping[str, str]
    paid: tuple[Disbursement, ...]


def get_profile(context: Context, actor: Actor) -> TaxProfile | None:
    """Return what the actor declared, without the number. Raises Forbidden."""
    actor.needs(Scope.ACCOUNT_READ)
    with context.database.reading() as session:
        return tax.find_profile(session, actor)


def declare(
    context: Context, actor: Actor, form: Form, *, country: str, fields: Mapping[str, str]
) -> TaxProfile:
    """Keep what the actor declares, in place of an earlier form. Raises Invalid, Forbidden."""
    actor.needs(Scope.ACCOUNT_WRITE)
    declared = check_declaration(form, country, fields)
    profile = TaxProfile(
        account=actor.account,
        country=declared.country,
        form=declared.form,
        shown=shown_of(declared),
        declared_at=context.clock.now(),
    )
    sealed = vault_of(context).seal_text(
        context.ids, json.dumps(declared.fields), _PURPOSE, actor.tenant, actor.account
    )
    with context.database.transaction() as session:
        tax.save_profile(session, actor.tenant, profile, sealed)
    return profile


def forget_profile(context: Context, actor: Actor) -> bool:
    """Delete what the actor declared; tell whether there was anything. Raises Forbidden."""
    actor.needs(Scope.ACCOUNT_WRITE)
    with context.database.transaction() as session:
        return tax.remove_profile(session, actor)


def tax_report(context: Context, actor: Actor, year: int) -> bytes:
    """Return the CSV of everybody who has to be reported for a year, for finance alone.

    Who was paid and declared nothing, or lacks a rate, is in it with a note. That somebody read it
    is logged: it holds tax numbers. Raises Forbidden.
    """
    actor.needs_role(Role.FINANCE)
    first, last = days_of(year)
    with context.database.reading() as session:
        paid = statements.read_disbursements(session, TENANT, *span_of(year))
        profiles = tax.read_profiles(session, TENANT)
        emails = tax.read_emails(session, TENANT)
        book = rates.rates_between(session, TENANT, first, last)
    by_account: defaultdict[str, list[Disbursement]] = defaultdict(list)
    for one in paid:
        by_account[one.account].append(one)
    vault = vault_of(context)
    payees = (
        _payee(vault, account, emails.get(account, ""), profiles.get(account), found)
        for account, found in sorted(by_account.items())
    )
    rows = [row for payee in payees for row in _rows(year, payee, book)]
    note_alone(context, actor, "tax.report", f"year:{year}", rows=len(rows))
    _LOG.info("tax_report_read", year=year, by=actor.account, rows=len(rows))
    return write_csv(HEADER, rows)


def _payee(
    vault: Vault,
    account: str,
    email: str,
    known: tuple[TaxProfile, str] | None,
    paid: list[Disbursement],
) -> _Payee:
    fields = {}
    if known is not None:
        fields = json.loads(vault.open_text(known[1], _PURPOSE, TENANT, account))
    return _Payee(
        account=account,
        email=email,
        profile=known[0] if known else None,
        fields=fields,
        paid=tuple(paid),
    )


def _rows(year: int, payee: _Payee, book: RateBook) -> Iterator[list[Cell]]:
    """Yield the payee's row, none when nothing has to be reported."""
    profile = payee.profile
    regime = regime_of(year, profile.country) if profile else None
    if profile is not None and regime is None:
        return
    currency = regime.least.currency if regime else "USD"
    paid = add_up(payee.paid, currency, book)
    note = "" if profile else "declared nothing"
    if paid is None:
        note = f"no rate into {currency}: " + ", ".join(sorted({p.currency for p in payee.paid}))
    elif profile and not report_for(year, profile.country, paid.total).is_reportable:
        return
    yield [
        year, payee.account, payee.email,
        profile.country if profile else "", profile.form.value if profile else "",
        regime.name if regime else "",
        format_amount(regime.least.minor, currency) if regime else "",
        currency, *_amounts(paid, currency), note,
        *(payee.fields.get(name, "") for name in FIELDS),
    ]  # fmt: skip


def _amounts(paid: PaidYear | None, currency: str) -> list[Cell]:
    if paid is None:
        return [""] * 6
    amounts = (paid.total, *paid.quarters, paid.withheld)
    return [format_amount(amount, currency) for amount in amounts]
