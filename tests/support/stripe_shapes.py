"""Objects of Stripe's in the shape of its API, with every member that the reference requires.

`tests/backend/money/billing/test_stripe_shapes.py` holds them against the official library's types.
"""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
MONTH = 30 * 86_400


def listed(data: list[Shape], url: str, *, has_more: bool = False) -> Shape:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def customer(id: str, now: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "customer", "created": now, "livemode": False, "email": None,
        "metadata": {}, "balance": 0, "currency": None, "delinquent": False, "discount": None,
    } | more  # fmt: skip


def product(id: str, now: int, name: str) -> Shape:
    return {
        "id": id, "object": "product", "active": True, "created": now, "updated": now,
        "images": [], "livemode": False, "marketing_features": [], "metadata": {}, "name": name,
        "type": "service",
    }  # fmt: skip


def price(id: str, now: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "price", "active": True, "billing_scheme": "per_unit", "created": now,
        "currency": "usd", "livemode": False, "metadata": {}, "type": "recurring",
        "lookup_key": None, "unit_amount": 0, "product": "",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    } | more  # fmt: skip


def session(id: str, now: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "checkout.session", "created": now, "livemode": False,
        "automatic_tax": {"enabled": False}, "custom_fields": [], "custom_text": {},
        "expires_at": now + 86_400, "mode": "subscription", "payment_method_types": ["card"],
        "payment_status": "unpaid", "status": "open", "shipping_options": [], "metadata": {},
        "url": f"https://checkout.stripe.com/c/pay/{id}", "customer": None, "subscription": None,
        "client_reference_id": None, "success_url": None, "cancel_url": None,
    } | more  # fmt: skip


def portal(id: str, now: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "billing_portal.session", "created": now, "livemode": False,
        "configuration": "bpc_1", "url": f"https://billing.stripe.com/p/session/{id}",
        "return_url": None, "flow": None,
    } | more  # fmt: skip


def plan(of: Shape) -> Shape:
    """What a price was before there were prices; items still carry it."""
    return {
        "id": of["id"], "object": "plan", "active": True, "amount": of["unit_amount"],
        "billing_scheme": "per_unit", "created": of["created"], "currency": of["currency"],
        "interval": "month", "interval_count": 1, "livemode": False, "usage_type": "licensed",
        "metadata": of["metadata"], "product": of["product"],
    }  # fmt: skip


def subscription(id: str, item: str, now: int, paid_price: Shape, **more: Any) -> Shape:
    made = {
        "id": item, "object": "subscription_item", "created": now, "subscription": id,
        "current_period_start": now, "current_period_end": now + MONTH, "discounts": [],
        "metadata": {}, "price": paid_price, "plan": plan(paid_price), "quantity": 1,
    }  # fmt: skip
    return {
        "id": id, "object": "subscription", "created": now, "start_date": now, "livemode": False,
        "automatic_tax": {"enabled": False}, "billing_cycle_anchor": now,
        "billing_mode": {"type": "flexible"}, "billing_schedules": [], "discounts": [],
        "cancel_at": None, "cancel_at_period_end": False, "canceled_at": None, "ended_at": None,
        "collection_method": "charge_automatically", "currency": paid_price["currency"],
        "customer": "", "invoice_settings": {"issuer": {"type": "self"}}, "metadata": {},
        "items": listed([made], f"/v1/subscription_items?subscription={id}"),
        "latest_invoice": None, "status": "incomplete",
    } | more  # fmt: skip


def invoice(id: str, line: str, now: int, amount: int, tax: int, **more: Any) -> Shape:
    """`amount` is without the tax that is added to it."""
    currency, start = more.get("currency", "usd"), more.pop("start", now)
    made = {
        "id": line, "object": "line_item", "amount": amount, "currency": currency,
        "discountable": True, "discounts": [], "livemode": False, "metadata": {},
        "period": {"start": start, "end": start + MONTH}, "subtotal": amount, "invoice": id,
    }  # fmt: skip
    return {
        "id": id, "object": "invoice", "created": now, "livemode": False, "currency": currency,
        "amount_due": amount + tax, "amount_overpaid": 0, "amount_paid": 0,
        "amount_remaining": amount + tax, "amount_shipping": 0, "attempt_count": 0,
        "attempted": False, "automatic_tax": {"enabled": tax > 0},
        "billing_reason": "subscription_cycle", "collection_method": "charge_automatically",
        "customer": "", "customer_address": None, "default_tax_rates": [], "discounts": [],
        "issuer": {"type": "self"}, "lines": listed([made], f"/v1/invoices/{id}/lines"),
        "metadata": {}, "payment_settings": {}, "period_start": now - MONTH, "period_end": now,
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0, "ending_balance": None, "status": "open",
        "status_transitions": {"finalized_at": now, "paid_at": None},
        "subtotal": amount, "total": amount + tax, "total_excluding_tax": amount,
        "total_taxes": [{"amount": tax, "tax_behavior": "exclusive", "type": "tax_rate_details"}],
    } | more  # fmt: skip


def invoice_payment(id: str, now: int, paid: Shape, by: Shape) -> Shape:
    return {
        "id": id, "object": "invoice_payment", "created": now, "livemode": False,
        "amount_paid": paid["amount_paid"], "amount_requested": paid["amount_paid"],
        "currency": paid["currency"], "invoice": paid["id"], "is_default": True, "status": "paid",
        "payment": by, "status_transitions": {"paid_at": now, "canceled_at": None},
    }  # fmt: skip


def intent(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "payment_intent", "created": now, "livemode": False, "amount": amount,
        "amount_capturable": 0, "amount_received": amount, "capture_method": "automatic_async",
        "confirmation_method": "automatic", "currency": "usd", "customer": None, "metadata": {},
        "payment_method_types": ["card"], "status": "succeeded", "latest_charge": None,
    } | more  # fmt: skip


def card(fingerprint: str) -> Shape:
    """How a charge was paid. Source: Stripe's API reference, `payment_method_details`."""
    details = {
        "amount_authorized": None, "authorization_code": None, "brand": "visa",
        "checks": {
            "address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass",
        },
        "country": "US", "exp_month": 8, "exp_year": 2034, "fingerprint": fingerprint,
        "funding": "credit", "installments": None, "last4": "4242", "mandate": None,
        "network": "visa", "three_d_secure": None, "wallet": None,
    }  # fmt: skip
    return {"type": "card", "card": details}


def charge(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "charge", "created": now, "livemode": False, "amount": amount,
        "amount_captured": amount, "amount_refunded": 0, "billing_details": {}, "captured": True,
        "currency": "usd", "customer": None, "disputed": False, "metadata": {}, "paid": True,
        "refunded": False, "status": "succeeded", "payment_intent": None,
        "balance_transaction": None, "payment_method_details": card(f"card of {id}"),
    } | more  # fmt: skip


def moved(id: str, now: int, amount: int, fee: int, **more: Any) -> Shape:
    """A balance transaction."""
    return {
        "id": id, "object": "balance_transaction", "created": now, "available_on": now,
        "amount": amount, "fee": fee, "net": amount - fee, "currency": "usd", "fee_details": [],
        "balance_type": "payments", "exchange_rate": None, "reporting_category": "charge",
        "status": "available", "type": "charge", "source": None,
    } | more  # fmt: skip


def refund(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "refund", "created": now, "amount": amount, "currency": "usd",
        "charge": None, "payment_intent": None, "status": "succeeded", "metadata": {},
        "reason": None, "balance_transaction": None,
    } | more  # fmt: skip


def dispute(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "dispute", "created": now, "livemode": False, "amount": amount,
        "balance_transactions": [], "charge": "", "currency": "usd", "evidence": {},
        "enhanced_eligibility_types": [],
        "evidence_details": {"due_by": now + 7 * 86_400, "has_evidence": False},
        "is_charge_refundable": False, "metadata": {}, "payment_intent": None,
        "reason": "fraudulent", "status": "needs_response",
    } | more  # fmt: skip


def credit_note(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "credit_note", "created": now, "livemode": False, "amount": amount,
        "amount_shipping": 0, "currency": "usd", "customer": "", "discount_amount": 0,
        "discount_amounts": [], "invoice": "", "lines": listed([], f"/v1/credit_notes/{id}/lines"),
        "number": f"CN-{id}", "out_of_band_amount": None, "pdf": f"https://pay.stripe.com/{id}/pdf",
        "post_payment_amount": amount, "pre_payment_amount": 0, "pretax_credit_amounts": [],
        "refunds": [], "status": "issued", "subtotal": amount, "total": amount,
        "type": "post_payment", "voided_at": None, "metadata": {},
    } | more  # fmt: skip


def connected(id: str, now: int, **more: Any) -> Shape:
    """A connected account."""
    return {
        "id": id, "object": "account", "created": now, "type": "express", "country": "US",
        "payouts_enabled": True, "charges_enabled": True, "details_submitted": True,
        "metadata": {},
    } | more  # fmt: skip


def transfer(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "transfer", "created": now, "livemode": False, "amount": amount,
        "amount_reversed": 0, "currency": "usd", "metadata": {}, "reversed": False,
        "reversals": listed([], f"/v1/transfers/{id}/reversals"), "destination": None,
        "transfer_group": None,
    } | more  # fmt: skip


def reversal(id: str, now: int, amount: int, **more: Any) -> Shape:
    return {
        "id": id, "object": "transfer_reversal", "created": now, "amount": amount,
        "currency": "usd", "metadata": {}, "transfer": "",
    } | more  # fmt: skip


def event(id: str, now: int, kind: str, about: Shape) -> Shape:
    return {
        "id": id, "object": "event", "created": now, "livemode": False, "type": kind,
        "api_version": "2026-10-28.endive", "data": {"object": about}, "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
    }  # fmt: skip


def problem(message: str, *, kind: str = "invalid_request_error", **more: str) -> Shape:
    return {"error": {"type": kind, "message": message, **more}}
