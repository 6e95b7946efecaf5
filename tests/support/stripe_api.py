"""The routes of the fake Stripe: what each takes, as the official library declares, and gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe import params as declared

from tests.support import stripe_shapes as shapes
from tests.support.stripe_books import Books
from tests.support.stripe_shapes import Shape, problem


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, body: Shape) -> None:
        super().__init__(body["error"]["message"])
        self.status, self.body = status, body


def _get(books: Books, _params: Shape, id: str) -> Shape:
    if id not in books.objects:
        text = f"No such object: '{id}'"
        raise Refusal(404, problem(text, code="resource_missing", param="id"))
    return books.objects[id]


def _named(books: Books, params: Shape, name: str) -> Shape:
    if name not in params:
        text = f"Missing required param: {name}."
        raise Refusal(400, problem(text, code="parameter_missing", param=name))
    if params[name] not in books.objects:
        text = f"No such {name}: '{params[name]}'"
        raise Refusal(400, problem(text, code="resource_missing", param=name))
    return books.objects[params[name]]


def _amount(params: Shape) -> int:
    text = str(params.get("amount", ""))
    if not text.lstrip("-").isdigit() or int(text) < 1:
        text = "Invalid positive integer"
        raise Refusal(400, problem(text, code="parameter_invalid_integer", param="amount"))
    return int(text)


def _page(params: Shape, found: list[Shape], url: str) -> Shape:
    limit = min(100, int(params.get("limit", 10)))
    ids = [each["id"] for each in found]
    start = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
    shown = found[start : start + limit]
    return shapes.listed(shown, url, has_more=len(found) > start + limit)


def _make_customer(books: Books, params: Shape) -> Shape:
    made = shapes.customer(books.new_id("cus"), books.now, **params)
    books.emit("customer.created", books.add(made))
    return made


def _change_customer(books: Books, params: Shape, id: str) -> Shape:
    found = _get(books, {}, id)
    found["metadata"] = found["metadata"] | params.pop("metadata", {})
    found |= params
    books.emit("customer.updated", found)
    return found


def _list_prices(books: Books, params: Shape) -> Shape:
    keys = params.get("lookup_keys", [])
    found = [each for each in books.all("price") if each["lookup_key"] in keys]
    return _page(params, found, "/v1/prices")


def _make_price(books: Books, params: Shape) -> Shape:
    key = params.get("lookup_key")
    if key and books.all("price", lookup_key=key):
        text = f"A price already exists with lookup key `{key}`."
        raise Refusal(400, problem(text, code="resource_already_exists", param="lookup_key"))
    name = params.pop("product_data", {}).get("name", "")
    made = books.add(shapes.product(books.new_id("prod"), books.now, name))
    amount = int(params.pop("unit_amount"))
    values = params | {"product": made["id"], "unit_amount": amount}
    values["recurring"] = {"interval_count": 1, "usage_type": "licensed"} | params["recurring"]
    return books.add(shapes.price(books.new_id("price"), books.now, **values))


def _make_session(books: Books, params: Shape) -> Shape:
    _named(books, params, "customer")
    for line in params["line_items"]:
        _named(books, line, "price")
    # Neither is among what Stripe shows of a session.
    made = shapes.session(books.new_id("cs_test"), books.now, **params)
    return books.add(made)


def _make_portal(books: Books, params: Shape) -> Shape:
    _named(books, params, "customer")
    flow = params.pop("flow_data", None)
    return books.add(shapes.portal(books.new_id("bps"), books.now, **params, flow=flow))


def _end_subscription(books: Books, _params: Shape, id: str) -> Shape:
    found = _get(books, {}, id)
    if found["status"] == "canceled":
        text = f"No such subscription: '{id}'"
        raise Refusal(404, problem(text, code="resource_missing", param="id"))
    books.cancel(found)
    return found


def _list_payments(books: Books, params: Shape) -> Shape:
    wanted = {name: value for name, value in params.get("payment", {}).items() if name != "type"}
    found = [
        each
        for each in books.all("invoice_payment")
        if wanted.items() <= each["payment"].items()
        and params.get("invoice", each["invoice"]) == each["invoice"]
    ]
    return _page(params, found, "/v1/invoice_payments")


def _list_refunds(books: Books, params: Shape) -> Shape:
    wanted = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return _page(params, books.all("refund", **wanted), "/v1/refunds")


def _make_account(books: Books, params: Shape) -> Shape:
    values: dict[str, Any] = {name: params[name] for name in ("country", "type") if name in params}
    return books.add(shapes.connected(books.new_id("acct"), books.now, **values))


def _make_transfer(books: Books, params: Shape) -> Shape:
    amount = _amount(params)
    _named(books, params, "destination")
    if amount > books.balance:
        text = "You have insufficient available funds in your Stripe account."
        raise Refusal(400, problem(text, code="balance_insufficient"))
    books.balance -= amount
    made = shapes.transfer(books.new_id("tr"), books.now, **params | {"amount": amount})
    books.emit("transfer.created", books.add(made))
    return made


def _make_reversal(books: Books, params: Shape, id: str) -> Shape:
    found = _get(books, {}, id)
    amount = int(params.get("amount", found["amount"] - found["amount_reversed"]))
    if not 0 < amount <= found["amount"] - found["amount_reversed"]:
        raise Refusal(400, problem("The transfer has less left than that.", param="amount"))
    books.balance += amount
    return books.reverse(found, amount)


def _list_events(books: Books, params: Shape) -> Shape:
    found = [
        each for each in reversed(books.events) if params.get("type", each["type"]) == each["type"]
    ]
    return _page(params, found, "/v1/events")


def _allowed(name: str) -> frozenset[str]:
    """Return the parameters that the official library knows for a request."""
    place: Any = declared
    for part in name.split("."):
        place = getattr(place, part)
    return frozenset(place.__annotations__)


_NONE: frozenset[str] = frozenset()
Route = tuple[str, str, frozenset[str], Callable[..., Shape]]
ROUTES: list[Route] = [
    ("POST", "/v1/customers", _allowed("CustomerCreateParams"), _make_customer),
    ("POST", "/v1/customers/(cus_[^/]+)", _allowed("CustomerUpdateParams"), _change_customer),
    ("GET", "/v1/prices", _allowed("PriceListParams"), _list_prices),
    ("POST", "/v1/prices", _allowed("PriceCreateParams"), _make_price),
    ("POST", "/v1/checkout/sessions", _allowed("checkout.SessionCreateParams"), _make_session),
    (
        "POST",
        "/v1/billing_portal/sessions",
        _allowed("billing_portal.SessionCreateParams"),
        _make_portal,
    ),
    (
        "DELETE",
        "/v1/subscriptions/(sub_[^/]+)",
        _allowed("SubscriptionCancelParams"),
        _end_subscription,
    ),
    ("GET", "/v1/invoice_payments", _allowed("InvoicePaymentListParams"), _list_payments),
    ("GET", "/v1/refunds", _allowed("RefundListParams"), _list_refunds),
    ("POST", "/v1/accounts", _allowed("AccountCreateParams"), _make_account),
    ("POST", "/v1/transfers", _allowed("TransferCreateParams"), _make_transfer),
    (
        "POST",
        "/v1/transfers/(tr_[^/]+)/reversals",
        _allowed("TransferCreateReversalParams"),
        _make_reversal,
    ),
    ("GET", "/v1/events", _allowed("EventListParams"), _list_events),
    *(
        ("GET", f"/v1/{folder}/([^/]+)", _NONE, _get)
        for folder in (
            "accounts",
            "charges",
            "checkout/sessions",
            "credit_notes",
            "customers",
            "disputes",
            "invoices",
            "payment_intents",
            "prices",
            "refunds",
            "subscriptions",
            "transfers",
        )
    ),
]
