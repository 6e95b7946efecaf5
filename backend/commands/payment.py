"""`4site server payment`: records what was paid, or paid back, outside of a payment provider."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from backend.actions.context import Context
from backend.actions.manual_payments import (
    ManualPayment,
    ManualRefund,
    get_payment,
    record_payment,
    record_refund,
)
from backend.actions.provider_events import Result
from backend.commands.export import find
from backend.commands.opening import opened
from backend.commands.times import read_time
from backend.domain.instants import Instant
from backend.domain.money import Money, check_currency, parse_amount
from backend.domain.tiers import Tier
from backend.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as context:
        work = _record if arguments.step == "record" else _refund
        what, result = work(arguments, context)
    if arguments.json:
        print(json.dumps(asdict(result)))
    else:
        print(what if result.is_changed else f"{what} Nothing changed: it was recorded before.")
    return 0


def _record(arguments: argparse.Namespace, context: Context) -> tuple[str, Result]:
    currency = check_currency(arguments.currency)
    paid_at = _time(context, arguments.at)
    payment = ManualPayment(
        account=find(context, arguments.account).id,
        tier=Tier(arguments.tier),
        currency=currency,
        gross=parse_amount(arguments.amount, currency),
        tax=parse_amount(arguments.tax, currency, field="tax"),
        ref=arguments.ref,
        paid_at=paid_at,
        period_start=read_time(arguments.since) if arguments.since else paid_at,
        months=arguments.months,
    )
    result = record_payment(context, payment)
    paid = Money(minor=payment.gross, currency=currency)
    return f"Recorded {payment.ref}: {paid} of {arguments.account} for {payment.tier}.", result


def _refund(arguments: argparse.Namespace, context: Context) -> tuple[str, Result]:
    paid = get_payment(context, arguments.ref)
    refund = ManualRefund(
        payment=arguments.ref,
        ref=arguments.refund,
        amount=parse_amount(arguments.amount, paid.currency),
        at=_time(context, arguments.at),
    )
    result = record_refund(context, refund)
    given = Money(minor=refund.amount, currency=paid.currency)
    return f"Recorded {refund.ref}: {given} of {refund.payment} went back.", result


def _time(context: Context, text: str | None) -> Instant:
    return context.clock.now() if text is None else read_time(text)
