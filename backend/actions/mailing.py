"""Makes each kind of mail from what its task says, and sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backend.actions.context import Context
from backend.actions.payees import confirm_link_of
from backend.actions.sign_in import link_of
from backend.domain.instants import DAY, MINUTE
from backend.domain.payees import CONFIRM_LIFETIME, COOL_DOWN
from backend.domain.sign_in import LINK_LIFETIME
from backend.gateways import mail

SERVICE_NAME = "4site"
Values = Mapping[str, str]


def send_mail(context: Context, values: Values, *, key: str) -> None:
    """Send the mail `template` to the address `to`.

    `key` is the same for every try. Raises Unavailable when it may work later, Invalid when it
    never will.
    """
    template = values["template"]
    facts = {
        "service_name": SERVICE_NAME,
        "base_url": context.settings.base_url,
        **_FACTS[template](context, values),
    }
    mail.send(context.settings, to=values["to"], mail=mail.render(template, facts), key=key)


def _sign_in(context: Context, values: Values) -> dict[str, object]:
    return {
        "link": link_of(context, values["ticket"]),
        "minutes": LINK_LIFETIME // MINUTE,
    }


def _payee_confirm(context: Context, values: Values) -> dict[str, object]:
    return {
        "link": confirm_link_of(context, values["ticket"]),
        "days": CONFIRM_LIFETIME // DAY,
        **{name: values[name] for name in ("method", "currency", "masked")},
    }


def _payee_changed(_context: Context, values: Values) -> dict[str, object]:
    return {"days": COOL_DOWN // DAY} | {
        name: values[name] for name in ("method", "currency", "masked", "before")
    }


def _payouts_due(_context: Context, values: Values) -> dict[str, object]:
    return {name: values[name] for name in ("drafted", "batches")}


# What each template is told beside the service's name and address.
_FACTS: dict[str, Callable[[Context, Values], dict[str, object]]] = {
    "sign_in": _sign_in,
    "payee_confirm": _payee_confirm,
    "payee_changed": _payee_changed,
    "payouts_due": _payouts_due,
}
