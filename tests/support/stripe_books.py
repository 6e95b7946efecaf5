"""What a fake Stripe knows: customers, subscriptions, invoices, what was paid and what came after.

Its methods are what happens in the world: a person pays at checkout, a card fails, a bank takes
money back. Each changes the objects and leaves the events that Stripe would send, in its order.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from typing import Any

from tests.support import stripe_shapes as shapes
from tests.support.stripe_shapes import MONTH, Shape

FEE_FIXED, FEE_BP = 30, 290
"""What Stripe keeps of a card payment in these books: 30 and 2.9 %."""
DISPUTE_FEE = 1_500


class Books:
    """All objects by id, and the events in the order they happened. `now` is in seconds."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.objects: dict[str, Shape] = {}
        self.events: list[Shape] = []
        self.balance = 1_000_000
        self.cards: dict[str, str] = {}
        """The fingerprints of the cards that customers pay with; one of their own by default."""
        self.lock = threading.RLock()
        self._counts: dict[str, int] = {}

    def new_id(self, prefix: str) -> str:
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}_{self._counts[prefix]:014d}"

    def add(self, made: Shape) -> Shape:
        self.objects[made["id"]] = made
        return made

    def all(self, kind: str, **wanted: Any) -> list[Shape]:
        """Return the objects of a kind, the newest first as Stripe lists them."""
        found = [each for each in self.objects.values() if each["object"] == kind]
        return [
            each
            for each in reversed(found)
            if all(each.get(name) == value for name, value in wanted.items())
        ]

    def emit(self, kind: str, about: Shape) -> Shape:
        shown = {name: value for name, value in about.items() if name != "payments"}
        made = shapes.event(self.new_id("evt"), self.now, kind, copy.deepcopy(shown))
        self.events.append(made)
        return made

    def take_events(self) -> list[Shape]:
        """Return the events so far and forget them."""
        taken, self.events = self.events, []
        return taken

    def pay(self, session: str, *, tax: int = 0, is_settled: bool = True) -> Shape:
        """A person pays at a checkout session; return its subscription."""
        found = self.objects[session]
        price = found["line_items"][0]["price"]
        made = self.subscribe(
            found["customer"], price, metadata=found["subscription_data"].get("metadata", {})
        )
        self.bill(made, tax=tax, reason="subscription_create", is_settled=is_settled)
        found |= {
            "status": "complete", "payment_status": "paid", "subscription": made["id"], "url": None,
        }  # fmt: skip
        self.emit("checkout.session.completed", found)
        return made

    def subscribe(self, customer: str, price: str, **more: Any) -> Shape:
        made = shapes.subscription(
            self.new_id("sub"), self.new_id("si"), self.now, self.objects[price],
            customer=customer, **more,
        )  # fmt: skip
        self.emit("customer.subscription.created", self.add(made))
        return made

    def bill(
        self,
        subscription: Shape,
        *,
        tax: int = 0,
        reason: str = "subscription_cycle",
        from_balance: int = 0,
        is_settled: bool = True,
        **more: Any,
    ) -> Shape:
        """An invoice of the subscription's period is paid by card, or from a credit balance."""
        item = subscription["items"]["data"][0]
        amount = more.pop("amount", item["price"]["unit_amount"])
        made = shapes.invoice(
            self.new_id("in"), self.new_id("il"), self.now, amount, tax,
            start=item["current_period_start"], customer=subscription["customer"],
            billing_reason=reason, starting_balance=-from_balance,
            **{"currency": item["price"]["currency"]} | more,
        )  # fmt: skip
        self._pay_invoice(self.add(made), made["total"] - from_balance, is_settled)
        subscription |= {"latest_invoice": made["id"]}
        if subscription["status"] != "active":
            subscription["status"] = "active"
            self.emit("customer.subscription.updated", subscription)
        return made

    def _pay_invoice(self, invoice: Shape, amount: int, is_settled: bool) -> None:
        invoice |= {"amount_paid": amount, "amount_due": amount, "amount_remaining": 0}
        invoice |= {"status": "paid", "ending_balance": 0}
        invoice["status_transitions"]["paid_at"] = self.now
        payments = []
        if amount > 0:
            intent = self._charge(invoice, amount, is_settled)
            by = {"type": "payment_intent", "payment_intent": intent["id"]}
            made = shapes.invoice_payment(self.new_id("inpay"), self.now, invoice, by)
            payments.append(self.add(made))
        invoice["payments"] = shapes.listed(payments, "/v1/invoice_payments")
        self.emit("invoice.paid", invoice)

    def _charge(self, invoice: Shape, amount: int, is_settled: bool) -> Shape:
        of = {"currency": invoice["currency"], "customer": invoice["customer"]}
        intent = self.add(shapes.intent(self.new_id("pi"), self.now, amount, **of))
        card = self.cards.get(invoice["customer"], f"card of {invoice['customer']}")
        of |= {"payment_intent": intent["id"], "payment_method_details": shapes.card(card)}
        charge = self.add(shapes.charge(self.new_id("ch"), self.now, amount, **of))
        intent["latest_charge"] = charge["id"]
        self.emit("charge.succeeded", charge)
        if is_settled:
            self._settle(charge)
        return intent

    def settle(self, charge: str) -> None:
        """What Stripe keeps of a charge becomes known."""
        self._settle(self.objects[charge])
        self.emit("charge.updated", self.objects[charge])

    def _settle(self, charge: Shape) -> None:
        fee = FEE_FIXED + charge["amount"] * FEE_BP // 10_000
        made = shapes.moved(
            self.new_id("txn"), self.now, charge["amount"], fee, currency=charge["currency"],
            source=charge["id"],
        )  # fmt: skip
        charge["balance_transaction"] = self.add(made)["id"]

    def renew(self, subscription: Shape, *, is_paid: bool = True, **more: Any) -> Shape | None:
        """The next period begins: its invoice is paid, or the card fails."""
        item = subscription["items"]["data"][0]
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] += MONTH
        if is_paid:
            self.emit("customer.subscription.updated", subscription)
            return self.bill(subscription, **more)
        subscription["status"] = "past_due"
        self.emit("invoice.payment_failed", self._unpaid(subscription))
        self.emit("customer.subscription.updated", subscription)
        return None

    def _unpaid(self, subscription: Shape) -> Shape:
        amount = subscription["items"]["data"][0]["price"]["unit_amount"]
        made = shapes.invoice(self.new_id("in"), self.new_id("il"), self.now, amount, 0)
        return self.add(made | {"customer": subscription["customer"], "attempted": True})

    def change_price(self, subscription: Shape, price: str) -> None:
        subscription["items"]["data"][0]["price"] = self.objects[price]
        self.emit("customer.subscription.updated", subscription)

    def cancel(self, subscription: Shape, *, at_period_end: bool = False) -> None:
        """A person cancels: at once, or for the end of what is paid."""
        subscription |= {"canceled_at": self.now, "cancel_at_period_end": at_period_end}
        if at_period_end:
            subscription["cancel_at"] = subscription["items"]["data"][0]["current_period_end"]
            self.emit("customer.subscription.updated", subscription)
        else:
            subscription |= {"status": "canceled", "ended_at": self.now}
            self.emit("customer.subscription.deleted", subscription)

    def refund(self, invoice: Shape, amount: int, *, status: str = "succeeded") -> Shape:
        charge = self.charge_of(invoice)
        made = shapes.refund(
            self.new_id("re"), self.now, amount, currency=charge["currency"], status=status,
            charge=charge["id"], payment_intent=charge["payment_intent"],
        )  # fmt: skip
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.emit("refund.created", self.add(made))
        self.emit("charge.refunded", charge)
        return made

    def fail_refund(self, refund: Shape) -> None:
        """The bank does not take a refund; the money is back with the platform."""
        refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        self.objects[refund["charge"]]["amount_refunded"] -= refund["amount"]
        self.emit("refund.updated", refund)
        self.emit("refund.failed", refund)

    def dispute(self, invoice: Shape, *, status: str = "needs_response") -> Shape:
        charge = self.charge_of(invoice)
        charge["disputed"] = True
        is_inquiry = status.startswith("warning")
        taken = [] if is_inquiry else [self._taken(charge)]
        made = shapes.dispute(
            self.new_id("du"), self.now, charge["amount"], currency=charge["currency"],
            charge=charge["id"], payment_intent=charge["payment_intent"], status=status,
            balance_transactions=taken,
        )  # fmt: skip
        self.emit("charge.dispute.created", self.add(made))
        if not is_inquiry:
            self.emit("charge.dispute.funds_withdrawn", made)
        return made

    def _taken(self, charge: Shape) -> Shape:
        return self.add(
            shapes.moved(
                self.new_id("txn"), self.now, -charge["amount"], DISPUTE_FEE, type="adjustment",
                currency=charge["currency"], reporting_category="dispute", source=charge["id"],
            )
        )  # fmt: skip

    def close_dispute(self, dispute: Shape, *, is_won: bool) -> None:
        dispute["status"] = "won" if is_won else "lost"
        if is_won:
            self.emit("charge.dispute.funds_reinstated", dispute)
        self.emit("charge.dispute.closed", dispute)

    def credit(self, invoice: Shape, amount: int, *, outside: int = 0, refunded: int = 0) -> Shape:
        """A credit note: `outside` was paid back without Stripe, `refunded` through it, and the
        rest lowers later invoices.
        """
        refunds = []
        if refunded:
            made = self.refund(invoice, refunded)
            refunds.append({"type": "refund", "refund": made["id"], "amount_refunded": refunded})
        note = shapes.credit_note(
            self.new_id("cn"), self.now, amount, currency=invoice["currency"], refunds=refunds,
            customer=invoice["customer"], invoice=invoice["id"],
            out_of_band_amount=outside or None,
        )  # fmt: skip
        self.emit("credit_note.created", self.add(note))
        return note

    def void(self, note: Shape) -> None:
        note |= {"status": "void", "voided_at": self.now}
        self.emit("credit_note.voided", note)

    def reverse(self, transfer: Shape, amount: int) -> Shape:
        made = shapes.reversal(
            self.new_id("trr"), self.now, amount, currency=transfer["currency"],
            transfer=transfer["id"],
        )  # fmt: skip
        transfer["reversals"]["data"].append(self.add(made))
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        self.emit("transfer.reversed", transfer)
        return made

    def charge_of(self, invoice: Shape) -> Shape:
        """Return the charge that paid an invoice."""
        intent = invoice["payments"]["data"][0]["payment"]["payment_intent"]
        return self.objects[self.objects[intent]["latest_charge"]]


def every_object(books: Books) -> Iterator[Shape]:
    """Return all objects, and what stands inside of them."""
    for made in books.objects.values():
        yield made
        if made["object"] == "subscription":
            yield from made["items"]["data"]
        if made["object"] == "invoice":
            yield from made["lines"]["data"]
    yield from books.events
