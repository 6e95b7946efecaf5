"""Stripe: customers, checkout, portal, transfers, what events lack, and who really sent them.

The only file that knows Stripe's library. Every request that makes something carries an
idempotency key of the caller's, so that a repeat after a lost answer makes nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import stripe
from stripe import StripeClient, WebhookSignature

from backend.domain.instants import SECOND, Instant
from backend.domain.tiers import TERMS, Tier
from backend.errors import BillingOff, Conflict, Forbidden, NotFound, Refused, Unavailable
from backend.gateways.stripe_objects import (
    Charge,
    Invoice,
    InvoicePayments,
    PaymentIntent,
    Refund,
    convert,
)
from backend.settings import Settings

TOLERANCE_SECONDS = 300
"""How far the time of a signature may be from ours. Source: Stripe, "Verify manually"."""
TIMEOUT_SECONDS = 20
CURRENCY = "usd"
_REFUNDS = 100
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money sent to a connected account; `reversed` of it came back."""

    id: str
    amount: int
    currency: str
    reversed: int


def verify(secrets: tuple[str, ...], body: bytes, header: str, now: Instant) -> None:
    """Raise Forbidden unless the body was signed with one of the secrets, within 300 s of `now`.

    `header` is `Stripe-Signature`: `t=…,v1=…`, with several v1 while a secret is replaced.
    """
    if not any(_is_signed(secret, body, header) for secret in secrets):
        raise Forbidden(
            "The signature does not fit.",
            hint="Set FOURSITE_STRIPE_WEBHOOK_SECRET to the secret of this webhook endpoint.",
        )
    times = [part[2:] for part in header.split(",") if part.startswith("t=")]
    if abs(now // SECOND - int(times[0])) > TOLERANCE_SECONDS:
        raise Forbidden(
            f"The signature's time is more than {TOLERANCE_SECONDS} seconds from ours.",
            hint="Set this machine's clock; Stripe sends the event again by itself.",
        )


def _is_signed(secret: str, body: bytes, header: str) -> bool:
    # The library would take the time from its own clock: ours is compared afterwards.
    with suppress(stripe.SignatureVerificationError, ValueError, TypeError):
        return bool(WebhookSignature.verify_header(body, header, secret, tolerance=None))
    return False


def connect(settings: Settings) -> Stripe:
    """Return the client of the settings. Raises BillingOff when the service has no key."""
    if settings.stripe_key is None:
        raise BillingOff(
            "This service takes no payments by itself.",
            hint="Ask its administrator for an upgrade.",
        )
    return _connect(settings.stripe_key, settings.stripe_url)


@lru_cache(maxsize=8)
def _connect(key: str, url: str) -> Stripe:
    return Stripe(key, url)


class Stripe:
    """Stripe under one key. Raises Unavailable when there is no answer, Refused for a refusal."""

    def __init__(self, key: str, url: str) -> None:
        self.is_live = key.startswith(("sk_live_", "rk_live_"))
        self._client = StripeClient(
            key,
            base_addresses={"api": url},
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )

    def make_customer(self, *, account: str, email: str) -> str:
        """Return the id of a new customer that knows its account here; the same one for a day."""
        key = hashlib.sha256(f"{account}\0{email}".encode()).hexdigest()
        made = _asking(
            lambda: self._client.v1.customers.create(
                {"email": email, "metadata": {"account": account}},
                {"idempotency_key": f"4site:customer:{key}"},
            )
        )
        return made.id

    def start_checkout(
        self, *, customer: str, account: str, tier: Tier, back_url: str, key: str
    ) -> str:
        """Return the address of a page where the customer subscribes to a tier."""
        price = self._price_of(tier)
        made = _asking(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "subscription",
                    "customer": customer,
                    "client_reference_id": account,
                    "line_items": [{"price": price, "quantity": 1}],
                    "subscription_data": {"metadata": {"account": account}},
                    "success_url": f"{back_url}?paid=1",
                    "cancel_url": back_url,
                },
                {"idempotency_key": key},
            )
        )
        return made.url or ""

    def open_portal(self, *, customer: str, back_url: str, subscription: str | None) -> str:
        """Return the address of a page where the customer changes cards and plans, and cancels.

        With a subscription it opens where its plan is changed.
        """
        params: Any = {"customer": customer, "return_url": back_url}
        if subscription is not None:
            params["flow_data"] = {
                "type": "subscription_update",
                "subscription_update": {"subscription": subscription},
            }
        made = _asking(lambda: self._client.v1.billing_portal.sessions.create(params))
        return made.url

    def end_subscription(self, subscription: str) -> Instant | None:
        """End a subscription at once, and return when that was; None for one that is gone."""
        try:
            ended = _asking(lambda: self._client.v1.subscriptions.cancel(subscription))
        except NotFound:
            return None
        return None if ended.ended_at is None else Instant(ended.ended_at * SECOND)

    def transfer(  # noqa: PLR0913  what a transfer is made of, each named
        self,
        *,
        destination: str,
        amount: int,
        currency: str,
        key: str,
        group: str = "",
        facts: Mapping[str, str] | None = None,
    ) -> Transfer:
        """Send money of the platform's balance to a connected account, once for each `key`.

        The same key again returns the first transfer. Raises Refused when Stripe says no (nothing
        moved), Conflict when the key was used for another transfer, and Unavailable when nobody
        knows: then repeat it with the same key.
        """
        params: Any = {
            "destination": destination,
            "amount": amount,
            "currency": currency.lower(),
            "metadata": dict(facts or {}),
            **({"transfer_group": group} if group else {}),
        }
        made = _asking(lambda: self._client.v1.transfers.create(params, {"idempotency_key": key}))
        return _to_transfer(made)

    def get_transfer(self, transfer: str) -> Transfer:
        """Return a transfer as it is now."""
        return _to_transfer(_asking(lambda: self._client.v1.transfers.retrieve(transfer)))

    def get_invoice(self, invoice: str) -> Invoice:
        """Return an invoice with what it was paid by, which events leave out."""
        found = _asking(
            lambda: self._client.v1.invoices.retrieve(invoice, {"expand": ["payments"]})
        )
        return convert(found.to_dict(), Invoice)

    def get_intent(self, intent: str) -> PaymentIntent:
        """Return a payment intent with its charge and what that moved on the balance."""
        expand = ["latest_charge.balance_transaction"]
        found = _asking(
            lambda: self._client.v1.payment_intents.retrieve(intent, {"expand": expand})
        )
        return convert(found.to_dict(), PaymentIntent)

    def get_charge(self, charge: str) -> Charge:
        """Return a charge with what it moved on the balance."""
        found = _asking(
            lambda: self._client.v1.charges.retrieve(charge, {"expand": ["balance_transaction"]})
        )
        return convert(found.to_dict(), Charge)

    def list_refunds(self, charge: str) -> list[Refund]:
        """Return the refunds of a charge, at most 100 of them."""
        found = _asking(lambda: self._client.v1.refunds.list({"charge": charge, "limit": _REFUNDS}))
        return [convert(each.to_dict(), Refund) for each in found.data]

    def find_invoice(self, *, intent: str | None, charge: str | None) -> str | None:
        """Return the invoice that was paid by a payment intent or a charge; None for none."""
        if intent is None and charge is None:
            return None
        kind, value = ("payment_intent", intent) if intent else ("charge", charge)
        params: Any = {"payment": {"type": kind, kind: value}, "limit": 1}
        found = _asking(lambda: self._client.v1.invoice_payments.list(params))
        payments = convert(found.to_dict(), InvoicePayments).data
        return payments[0].invoice if payments else None

    def _price_of(self, tier: Tier) -> str:
        """Return Stripe's price of a tier, made from the tier's terms when it is not there yet."""
        lookup_key = lookup_key_of(tier)
        found = _asking(lambda: self._client.v1.prices.list({"lookup_keys": [lookup_key]}))
        if found.data:
            return found.data[0].id
        made = _asking(
            lambda: self._client.v1.prices.create(
                {
                    "currency": CURRENCY,
                    "unit_amount": TERMS[tier].price_cents,
                    "recurring": {"interval": "month"},
                    "lookup_key": lookup_key,
                    "metadata": {"tier": tier.value},
                    "product_data": {"name": f"4site {tier.value.capitalize()}"},
                },
                {"idempotency_key": f"4site:price:{lookup_key}"},
            )
        )
        return made.id


def lookup_key_of(tier: Tier) -> str:
    """Return the lookup key of a tier's monthly price; another price has another key."""
    return f"4site_{tier.value}_{TERMS[tier].price_cents}_{CURRENCY}_month"


def _to_transfer(made: stripe.Transfer) -> Transfer:
    return Transfer(
        id=made.id,
        amount=made.amount,
        currency=made.currency.upper(),
        reversed=made.amount_reversed,
    )


def _asking(ask: Callable[[], _T]) -> _T:
    """Return what Stripe answers, its errors as ours."""
    try:
        return ask()
    except (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError) as error:
        raise Unavailable(
            "Stripe gives no answer at the moment.", hint="Try again in some minutes."
        ) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Unavailable(
            "Stripe does not accept this service's key.", hint="Correct FOURSITE_STRIPE_KEY."
        ) from error
    except stripe.IdempotencyError as error:
        raise Conflict(
            "Stripe was asked for something else with the same key before.",
            hint="Nothing was done; look at what the first request made.",
        ) from error
    except stripe.StripeError as error:
        if error.http_status == 404:
            raise NotFound(f"Stripe knows no such thing: {error.user_message}") from error
        raise Refused(
            f"Stripe refuses: {error.user_message or 'it does not say why'}",
            reason=error.code or "",
        ) from error
