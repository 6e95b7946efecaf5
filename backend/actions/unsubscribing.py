"""Links that stop mails without signing in (RFC 8058). Nobody can make one without the secret.

A link says whose mails of which kind it stops; stopping them is all it can do.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from backend.actions.context import Context
from backend.domain.actors import owner_of
from backend.domain.notifications import EVENTS, Kind, complete, without_mail
from backend.errors import NotFound
from backend.store import notifications, readers
from backend.store.tables.base import TENANT

EVERY_EVENT = "events"
_SALT = "unsubscribe"
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLink:
    """Whose mails a link stops: those of one kind, or, with None, of every event."""

    account: str
    kind: Kind | None


def make_link(context: Context, account: str, kind: Kind | None) -> str:
    """Return the page that stops an account's mails of a kind, or of every event."""
    token = _signer(context).dumps([account, kind.value if kind else EVERY_EVENT])
    return f"{context.settings.base_url}/unsubscribe/{token}"


def read_link(context: Context, token: str) -> StopLink:
    """Return what a link stops. Raises NotFound for one that is not ours."""
    try:
        account, kind = _signer(context).loads(token[:_LONGEST])
    except BadSignature as error:
        raise NotFound(
            "This link stops no mails.", hint="Choose what you hear of in your settings."
        ) from error
    return StopLink(account=account, kind=None if kind == EVERY_EVENT else Kind(kind))


def stop_mails(context: Context, token: str, *, is_everything: bool = False) -> StopLink:
    """Stop the mails that a link is about, or every mail that is not necessary.

    What was told by mail is still told on the dashboard. It can be repeated.
    """
    stopped = read_link(context, token)
    kinds = tuple(Kind) if is_everything else (stopped.kind,) if stopped.kind else EVENTS
    actor = owner_of(TENANT, stopped.account)
    with context.database.transaction() as session:
        if readers.find_reader(session, TENANT, stopped.account) is not None:
            ways = complete(readers.list_ways(session, actor))
            changed = {kind: without_mail(kind, ways[kind]) for kind in kinds}
            readers.save_ways(session, actor, changed)
            notifications.drop_mails(session, actor, kinds)
    return stopped


def headers_of(link: str, *, host: str, list_name: str) -> dict[str, str]:
    """Return the headers of a mail that can be stopped by one click.

    Source: RFC 2369, RFC 2919, RFC 8058.
    """
    return {
        "List-Id": f"<{list_name}.{host}>",
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _signer(context: Context) -> URLSafeSerializer:
    old = [one.encode() for one in reversed(context.settings.old_secrets)]
    return URLSafeSerializer([*old, context.secret], salt=_SALT)
