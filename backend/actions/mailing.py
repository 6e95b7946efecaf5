"""Makes each kind of mail from what its task says, in the language of its reader, and sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from backend.actions import letters
from backend.actions.context import Context
from backend.actions.letters import SERVICE_NAME, Destination
from backend.actions.payees import confirm_link_of
from backend.actions.sign_in import link_of
from backend.actions.unsubscribing import EVERY_EVENT, headers_of, make_link
from backend.domain.letters import Letter
from backend.domain.notifications import Kind
from backend.gateways import mail
from backend.gateways.languages import ENGLISH, Words, words_of
from backend.store import readers
from backend.store.readers import Reader
from backend.store.tables.base import TENANT

Values = Mapping[str, str]


def send_mail(context: Context, values: Values, *, key: str) -> None:
    """Send the necessary mail `template` to the address `to`.

    It is in the language of the account with that address, else in `language`. `key` is the same
    for every try. Raises Unavailable when it may work later, Invalid when it never will.
    """
    with context.database.reading() as session:
        chosen = readers.find_languages(session, TENANT, [values["to"]])
    words = words_of(chosen.get(values["to"], values.get("language", ENGLISH)))
    letter = _LETTERS[values["template"]](context, words, values)
    _send(context, values["to"], letter, words, key=key, headers={})


def send_to_reader(  # noqa: PLR0913  a mail and what goes with it, each named
    context: Context,
    account: str,
    reader: Reader,
    write: Callable[[Words], Letter],
    *,
    stops: Kind | None,
    key: str,
) -> None:
    """Send an account a letter that it can stop: mails of one kind, or, with None, of all events.

    Raises as `send_mail` does.
    """
    words = words_of(reader.language)
    link = make_link(context, account, stops)
    host = urlsplit(context.settings.base_url).hostname or "localhost"
    headers = headers_of(link, host=host, list_name=stops.value if stops else EVERY_EVENT)
    letter = write(words).with_stop(link)
    _send(context, reader.email, letter, words, key=key, headers=headers)


def _send(  # noqa: PLR0913  a mail and what goes with it, each named
    context: Context, to: str, letter: Letter, words: Words, *, key: str, headers: Values
) -> None:
    base_url = context.settings.base_url
    made = mail.render(letter, words, service_name=SERVICE_NAME, base_url=base_url)
    mail.send(context.settings, to=to, mail=made, key=key, headers=headers)


def _sign_in(context: Context, words: Words, values: Values) -> Letter:
    return letters.write_sign_in(words, link_of(context, values["ticket"]))


def _payee_confirm(context: Context, words: Words, values: Values) -> Letter:
    link = confirm_link_of(context, values["ticket"])
    return letters.write_payee_confirm(words, link, _destination(values))


def _payee_changed(_context: Context, words: Words, values: Values) -> Letter:
    return letters.write_payee_changed(words, values["before"], _destination(values))


def _payouts_due(_context: Context, words: Words, values: Values) -> Letter:
    return letters.write_payouts_due(words, int(values["drafted"]), int(values["batches"]))


def _destination(values: Values) -> Destination:
    named = {name: values[name] for name in ("method", "currency", "masked")}
    return Destination(**named)


# What is written for each task's `template`.
_LETTERS: dict[str, Callable[[Context, Words, Values], Letter]] = {
    "sign_in": _sign_in,
    "payee_confirm": _payee_confirm,
    "payee_changed": _payee_changed,
    "payouts_due": _payouts_due,
}
