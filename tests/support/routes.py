"""What is expected of every route of the service: who is let in, and with which answer.

A route without a line here fails `tests/backend/test_every_route.py`, and so does a line without a
route. `{site}`, `{token}` and the like stand for what belongs to the person that is asked about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from starlette.routing import Route

from backend.app import App
from backend.domain.actors import Role, Scope
from backend.domain.notifications import Kind
from backend.web.api.interface import OPERATIONS
from backend.web.api.operation import PREFIX, Operation
from backend.web.assets import asset_url
from tests.support.service import BROWSER


class Door(StrEnum):
    """Who is let in: everybody, whoever has a form of ours, a signed-in person, or a scope."""

    OPEN = "open"
    FORM = "form"
    PERSON = "person"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One route. `own` is what its owner gets, `other` another owner who names the first one's
    things, `stranger` somebody without an account.

    `is_shared` lets pages of other origins read it, `may_write` is a GET that is documented to
    write, `needs_person` refuses tokens though they have the scope, `tells` is one that shows what
    it is asked for by a secret. Where `roles` is not None, only operators with one of them and
    administrators get anything: `as_operator`.
    """

    door: Door
    own: int
    other: int
    stranger: int
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scope: Scope | None = None
    is_shared: bool = False
    needs_person: bool = False
    may_write: bool = False
    tells: bool = False
    roles: tuple[Role, ...] | None = None
    as_operator: int = 200


def routes_of(app: App) -> set[str]:
    """Return every route as `METHOD /path/{parameter}`."""
    found = set()
    for route in app.routes:
        assert isinstance(route, Route)
        # `/collect` looks at the method itself.
        for method in (route.methods or {"POST"}) - {"HEAD"}:
            found.add(f"{method} {route.path}")
    return found


def _open(path: str, status: int = 200, **more: object) -> Line:
    values: dict[str, object] = {"own": status, "other": status, "stranger": status, **more}
    return Line(door=Door.OPEN, path=path, **values)  # type: ignore[arg-type]  # as named above


def _form(path: str, status: int, **fields: str) -> Line:
    return Line(door=Door.FORM, own=status, other=status, stranger=status, path=path, form=fields)


def _person(path: str, own: int, other: int | None = None, **fields: str) -> Line:
    return Line(
        door=Door.PERSON,
        own=own,
        other=own if other is None else other,
        stranger=401,
        path=path,
        form=fields,
    )


def _desk(path: str, own: int = 200, other: int | None = None) -> Line:
    """A page of the dashboard: whoever is not signed in is sent to the way in."""
    return replace(_person(path, own, other), stranger=303)


def _admin(path: str, *roles: Role, status: int = 200, **fields: str) -> Line:
    """A page or form of operators: for everybody else who is signed in there is nothing.

    Without `roles` it is for administrators alone. The forms are sent with `fields`.
    """
    return replace(_desk(path, 404), form=fields, roles=roles, as_operator=status)


REVIEWER, FINANCE, SUPPORT = Role.REVIEWER, Role.FINANCE, Role.SUPPORT
EVERY = (REVIEWER, FINANCE, SUPPORT)


NOTIFICATION_WAYS = {kind.value: "off" for kind in Kind}
EMPTY = hashlib.sha256(b"").hexdigest()
"""The only file of the releases that were begun."""


def _operation(operation: Operation) -> Line:
    own, other = _STATUS.get(operation.name, (operation.status, operation.status))
    # A year is nobody's; and what is finance's is nobody's here.
    if set(operation.parameters) - {"year"} and operation.scope and operation.tag != "finance":
        other = 404
    if operation.tag == "finance":
        own = other = 403
    return Line(
        door=Door.SCOPE if operation.scope else Door.OPEN,
        own=own,
        other=other,
        stranger=401 if operation.scope else own,
        path=(PREFIX + operation.path).replace("{digest}", EMPTY).replace("{year}", "2026"),
        query=_QUERIES.get(operation.name, {}),
        json=_BODIES.get(operation.name),
        headers={"idempotency-key": "walk"} if operation.needs_key else {},
        scope=operation.scope,
        needs_person=operation.name == "set_payee",
    )


_BODIES: dict[str, Mapping[str, object]] = {
    "set_payee": {
        "method": "paypal",
        "currency": "USD",
        "destination": {"email": "new@pay.example"},
    },
    "open_dispute": {"kind": "attribution", "text": "Bob came by me."},
    "add_evidence": {"text": "This mail says so."},
    "ask_for_evidence": {"text": "Which mail?"},
    "decide_dispute": {"is_upheld": True, "reason": "So it is."},
    "hold_commissions": {"reason": "one network"},
    "release_commissions": {"reason": "it is explained"},
    "confirm_hold": {"reason": "it is what it looked like"},
    "draft_batch": {"method": "paypal", "currency": "USD"},
    "approve_batch": {"total": 6_000},
    "upload_returns": {"content": "id,status,reason"},
    "withdraw_payout": {"reason": "odd"},
    "end_payout": {"outcome": "paid"},
    "restrict_payee": {"is_held": True},
    "change_account": {"name": "Another name"},
    "change_profile": {"handle": "walked", "is_public": True},
    "make_token": {"name": "made", "scopes": ["sites:read"]},
    "register_site": {"url": "{url}", "title": "Again"},
    "change_site": {"title": "Changed"},
    "claim_code": {"code": "{code}"},
    "declare_w9": {"legal_name": "A", "address": "B", "tax_number": "123-45-6789"},
    "declare_w8ben": {"country": "JP", "legal_name": "A", "address": "B"},
    "declare_dac7": {
        "country": "DE",
        "legal_name": "A",
        "address": "B",
        "tax_number": "12345678901",
        "birth_or_registration": "1990-12-31",
    },
    "load_plan": {
        "name": "flat",
        "version": 1,
        "steps": [{"name": "always", "from_month": 0, "rate_bp": 1_000}],
    },
    "acknowledge_plan": {"name": "seven-level"},
    "use_plan": {"name": "lifetime"},
    "use_credits": {"account": "0" * 32, "ref": "in_1", "amount": 1},
    "return_credits": {"account": "0" * 32, "ref": "in_1"},
    "plan_release": {"files": {"index.html": {"digest": "0" * 64, "size": 1}}},
    "add_domain": {"domain": "other.domains.example"},
    "choose_plan": {"tier": "pro"},
    "record_payment": {
        "account": "0" * 32,
        "tier": "pro",
        "amount": "29.00",
        "currency": "USD",
        "ref": "R-1",
    },
    "record_refund": {"payment": "R-1", "ref": "R-2", "amount": "29.00"},
}
_QUERIES = {
    "list_commissions": {"after": f"{'f' * 32}.1.base"},
    "list_sites": {"after": "{site}"},
    "read_sources": {"site": "{site}"},
    "read_funnel": {"site": "{site}"},
    "list_payouts": {"after": "f" * 32},
    "list_builds": {"after": "{build}"},
    "read_domain_known": {"domain": "{domain}"},
    "list_shares": {"after": "9999999999999999.{share}"},
    "list_referrals": {"after": "9999999999999999.{friend}"},
}
# Where the owner does not get the operation's own status, or another owner gets another one.
_STATUS = {
    "verify_site": (409, 404),
    "retry_build": (409, 404),
    "claim_code": (201, 409),
    "list_plans": (403, 403),
    "choose_plan": (409, 409),
    "open_billing_portal": (409, 409),
    "load_plan": (403, 403),
    "acknowledge_plan": (403, 403),
    "use_plan": (403, 403),
    "use_credits": (403, 403),
    "return_credits": (403, 403),
    "make_release_live": (409, 404),
    # The free tier has no domain of its own.
    "add_domain": (403, 404),
    "read_domain_known": (404, 404),
    "read_card": (404, 404),
    "read_sources": (200, 404),
    "read_funnel": (200, 404),
}
# Who asks not to be counted gets the same answers, and no batch has to be waited for.
_ORIGIN = {"origin": "{origin}", "dnt": "1"}
_PING = {"s": "{key}", "t": "view", "i": "event000001", "u": "{url}"}

LINES: dict[str, Line] = {
    "POST /collect": _open("/collect", 202, json=_PING, headers=_ORIGIN, is_shared=True),
    # Only who has the secret, which nobody here has, finds anything there.
    "POST /collect/edge": _open("/collect/edge", 404),
    "GET /healthz": _open("/healthz"),
    # The collector only runs where the application is started, which nobody does here.
    "GET /readyz": _open("/readyz", 503),
    "GET /metrics": _open("/metrics", 404),
    "GET /s/{share}": _open("/s/{share}", 302, may_write=True),
    "GET /r/{code}": _open("/r/{code}", 302, may_write=True),
    "GET /widget/counts/{key}.json": _open("/widget/counts/{key}.json", is_shared=True),
    "GET /api/v1/stream": _open("/api/v1/stream"),
    "GET /api/v1/openapi.json": _open("/api/v1/openapi.json", is_shared=True),
    "GET /assets/{path:path}": _open(asset_url("site.css")),
    "GET /thumbnails/{name}": _open(f"/thumbnails/{'0' * 32}.webp", 404),
    "GET /widget/integrity.json": _open("/widget/integrity.json", is_shared=True),
    "GET /widget/{name}": _open("/widget/nothing.js", 404),
    "GET /widget.js": _open("/widget.js", is_shared=True),
    "GET /panel.js": _open("/panel.js", is_shared=True),
    "GET /words.{language}.js": _open("/words.de.js", is_shared=True),
    "GET /oembed": _open(
        "/oembed", query={"url": "http://127.0.0.1:8000/showcase"}, is_shared=True
    ),
    # A site that nobody has verified is hidden; what is said of it is a badge all the same.
    "GET /badge/{key}/{kind}.svg": _open("/badge/{key}/score.svg", 404, is_shared=True),
    "GET /badge/{key}/{kind}.json": _open("/badge/{key}/score.json", 404, is_shared=True),
    "GET /embed/{key}/counter": _open("/embed/{key}/counter", 404),
    # The log of an empty ledger.
    "GET /log/checkpoint": _open("/log/checkpoint", is_shared=True),
    "GET /log/vkey": _open("/log/vkey", is_shared=True),
    "GET /log/tile/{path:path}": _open("/log/tile/0/000.p/1", 404, is_shared=True),
    "GET /log/proof/{seq}": _open("/log/proof/0", 404, is_shared=True),
    "GET /log/consistency": _open("/log/consistency", query={"from": "0"}, is_shared=True),
    "GET /log": _open("/log", 308),
    "GET /log/": _open("/log/"),
    "GET /log/entry/{seq}": _open("/log/entry/0", 404),
    "GET /": _open("/"),
    "GET /showcase": _open("/showcase", query={"format": "json"}, is_shared=True),
    "GET /showcase/strip": _open("/showcase/strip"),
    "GET /pricing": _open("/pricing", query={"format": "json"}, is_shared=True),
    "GET /terms": _open("/terms"),
    "GET /privacy": _open("/privacy"),
    "GET /status": _open("/status", query={"format": "json"}, is_shared=True),
    "GET /showcase/{key}": _open("/showcase/{key}", 404),
    "GET /people/{handle}": _open("/people/nobody-here", 404),
    "GET /robots.txt": _open("/robots.txt"),
    "GET /sitemap.xml": _open("/sitemap.xml"),
    "GET /sign-up": _open("/sign-up", own=303, other=303),
    "GET /sign-in": _open("/sign-in", own=303, other=303),
    "GET /sign-in/{secret}": _open("/sign-in/{secret}", tells=True),
    "GET /auth/github/callback": _open("/auth/github/callback", 403, query={"code": "x"}),
    "POST /sign-up": _form("/sign-up", 200, email="new@new.example"),
    "POST /sign-in": _form("/sign-in", 200, email="new@new.example"),
    "POST /sign-in/{secret}": _form("/sign-in/{secret}", 303),
    "POST /auth/github": _form("/auth/github", 303),
    "POST /sign-out": _person("/sign-out", 303),
    "GET /dashboard": _desk("/dashboard"),
    "GET /dashboard/audience": _desk("/dashboard/audience"),
    "GET /dashboard/settings": _desk("/dashboard/settings"),
    "GET /dashboard/settings/notifications": _desk("/dashboard/settings/notifications"),
    "POST /dashboard/settings/notifications": _person(
        "/dashboard/settings/notifications", 303, language="de", **NOTIFICATION_WAYS
    ),
    "GET /dashboard/notifications": _desk("/dashboard/notifications"),
    "POST /dashboard/notifications/read": _person("/dashboard/notifications/read", 303),
    # A link of nobody; `tests/backend/mail` has those that are signed.
    "GET /unsubscribe/{token}": _open("/unsubscribe/none", 404),
    "POST /unsubscribe/{token}": _open("/unsubscribe/none", 404, form={"scope": "everything"}),
    "GET /dashboard/tax": _desk("/dashboard/tax"),
    "POST /dashboard/tax": _person(
        "/dashboard/tax",
        303,
        form="w9",
        legal_name="New Name",
        address="1 New Street",
        tax_number="123-45-6789",
    ),
    "POST /dashboard/tax/forget": _person("/dashboard/tax/forget", 303),
    "GET /dashboard/network": _desk("/dashboard/network"),
    "GET /dashboard/referrals": _desk("/dashboard/referrals"),
    "GET /dashboard/referrals/qr.svg": _desk("/dashboard/referrals/qr.svg"),
    "GET /dashboard/earnings": _desk("/dashboard/earnings"),
    # Nobody here has a commission.
    "GET /dashboard/earnings/{commission}": _desk(f"/dashboard/earnings/{'0' * 32}-1", 404),
    "POST /dashboard/earnings/{commission}": _person(
        f"/dashboard/earnings/{'0' * 32}-1", 404, text="It is too little."
    ),
    "GET /dashboard/earnings/disputes": _desk("/dashboard/earnings/disputes"),
    "POST /dashboard/earnings/disputes": _person(
        "/dashboard/earnings/disputes", 303, text="Bob came by me."
    ),
    "GET /dashboard/earnings/disputes/{dispute}": _desk(
        "/dashboard/earnings/disputes/{dispute}", 200, 404
    ),
    "POST /dashboard/earnings/disputes/{dispute}/evidence": _person(
        "/dashboard/earnings/disputes/{dispute}/evidence", 303, 404, text="This mail says so."
    ),
    "POST /dashboard/earnings/disputes/{dispute}/withdraw": _person(
        "/dashboard/earnings/disputes/{dispute}/withdraw", 303, 404
    ),
    "GET /leaderboards": _open("/leaderboards", query={"format": "json"}, is_shared=True),
    "GET /dashboard/rewards": _desk("/dashboard/rewards"),
    "GET /challenges": _open("/challenges", query={"format": "json"}, is_shared=True),
    # Nobody here was granted anything.
    "GET /cards/{who}/{reward}.png": _open("/cards/{account}/ambassador.png", 404),
    "GET /cards/{who}/{reward}": _open("/cards/{account}/ambassador", 404),
    # Whoever has the link of a challenge may look at it, join it and follow it.
    "GET /challenges/{challenge}": _open(
        "/challenges/{challenge}", query={"format": "json"}, is_shared=True
    ),
    "GET /dashboard/challenges": _desk("/dashboard/challenges"),
    "POST /dashboard/challenges": _person(
        "/dashboard/challenges",
        303,
        title="Another",
        metric="shares",
        goal="9",
        first_day="2026-09-09",
        days="3",
    ),
    "GET /dashboard/challenges/{challenge}": _desk("/dashboard/challenges/{challenge}"),
    **{
        f"POST /dashboard/challenges/{{challenge}}/{act}": _person(
            f"/dashboard/challenges/{'0' * 16}/{act}", 404, team="1", name="T", wanted="yes"
        )
        for act in ("teams", "join", "follow")
    },
    "POST /dashboard/challenges/{challenge}/leave": _person(
        "/dashboard/challenges/{challenge}/leave", 303
    ),
    "POST /dashboard/challenges/{challenge}/cancel": _person(
        "/dashboard/challenges/{challenge}/cancel", 303, 404
    ),
    "GET /dashboard/leaderboards": _desk("/dashboard/leaderboards"),
    "POST /dashboard/rewards/choice": _person("/dashboard/rewards/choice", 303, listed="yes"),
    "GET /dashboard/sites/{site}/builds": _person("/dashboard/sites/{site}/builds", 200, 404),
    "POST /dashboard/sites/{site}/builds": _person("/dashboard/sites/{site}/builds", 303, 404),
    "GET /dashboard/sites/{site}/builds/{build}": _person(
        "/dashboard/sites/{site}/builds/{build}", 200, 404
    ),
    "POST /dashboard/sites/{site}/builds/{build}/cancel": _person(
        "/dashboard/sites/{site}/builds/{build}/cancel", 303, 404
    ),
    "POST /dashboard/sites/{site}/builds/{build}/retry": _person(
        "/dashboard/sites/{site}/builds/{build}/retry", 409, 404
    ),
    "GET /api/v1/sites/{site}/builds/{build}/log": Line(
        door=Door.SCOPE,
        own=200,
        other=404,
        stranger=401,
        path="/api/v1/sites/{site}/builds/{build}/log",
        scope=Scope.SITES_READ,
    ),
    # Without a signature it is nobody's; `tests/backend/builds` has those that are signed.
    "POST /hooks/github/{key}": _open("/hooks/github/{key}", 403),
    # Without Stripe's keys there is nothing behind it.
    "POST /hooks/stripe": _open("/hooks/stripe", 404),
    "GET /admin/fraud": _admin("/admin/fraud", REVIEWER),
    "GET /admin/fraud/rules": _admin("/admin/fraud/rules", REVIEWER),
    # Nothing is changed by what was sent, so that is refused on the page.
    "POST /admin/fraud/rules": _admin("/admin/fraud/rules", REVIEWER, status=400),
    # There is no such case.
    "GET /admin/fraud/{case}": _admin(f"/admin/fraud/{'0' * 32}", REVIEWER, status=404),
    "POST /admin/fraud/{case}/clear": _admin(
        f"/admin/fraud/{'0' * 32}/clear", REVIEWER, status=404, reason="Walked"
    ),
    "POST /admin/fraud/{case}/confirm": _admin(
        f"/admin/fraud/{'0' * 32}/confirm", REVIEWER, status=404, reason="Walked"
    ),
    "GET /account/payout-method": _desk("/account/payout-method", 200),
    "POST /account/payout-method": _person(
        "/account/payout-method", 303, method="paypal", currency="USD", email="new@pay.example"
    ),
    # The link of nobody: it is stale for everybody.
    "GET /account/payout-method/confirm/{secret}": _person(
        "/account/payout-method/confirm/none", 409
    ),
    "POST /account/payout-method/confirm/{secret}": _person(
        "/account/payout-method/confirm/none", 409
    ),
    "GET /api/v1/finance/payouts/{batch}/file": _person(
        "/api/v1/finance/payouts/{batch}/file", 403
    ),
    "GET /account/statements": _desk("/account/statements", 303),
    "GET /account/statements/{year}": _desk("/account/statements/2026", 200),
    "GET /account/statements/{year}.csv": _person("/account/statements/2026.csv", 200),
    # For finance alone, which nobody here is.
    "GET /api/v1/finance/tax/{year}": _person("/api/v1/finance/tax/2026", 403),
    "GET /account/billing": _desk("/account/billing", 200),
    # This service has no keys of Stripe's: an administrator records what is paid.
    "POST /account/billing/plan": _person("/account/billing/plan", 409, tier="pro"),
    "POST /account/billing/portal": _person("/account/billing/portal", 409),
    "GET /dashboard/export": _person("/dashboard/export", 200),
    "POST /dashboard/profile": _person("/dashboard/profile", 303, name="Another name"),
    "POST /dashboard/github/forget": _person("/dashboard/github/forget", 303),
    "POST /dashboard/codes": _person("/dashboard/codes", 303, 409, code="{code}"),
    "GET /dashboard/sites": _desk("/dashboard/sites"),
    "GET /dashboard/sites/{site}": _desk("/dashboard/sites/{site}", 200, 404),
    "GET /dashboard/sites/{site}/widget": _desk("/dashboard/sites/{site}/widget", 200, 404),
    "GET /dashboard/sites/{site}/preview": _desk("/dashboard/sites/{site}/preview", 200, 404),
    "GET /dashboard/sites/{site}/publishing": _desk("/dashboard/sites/{site}/publishing", 200, 404),
    "POST /dashboard/sites/{site}": _person(
        "/dashboard/sites/{site}", 303, 404, title="T", kind="tool", showcase="in"
    ),
    # The release is unfinished, and nobody but its owner knows of the site.
    "POST /dashboard/sites/{site}/publishing/live": _person(
        "/dashboard/sites/{site}/publishing/live", 409, 404, release="{release}"
    ),
    "POST /dashboard/sites/{site}/publishing/domains": _person(
        "/dashboard/sites/{site}/publishing/domains", 403, 404, domain="other.domains.example"
    ),
    # Nothing is there that could show whose the domain is.
    "POST /dashboard/sites/{site}/publishing/domains/check": _person(
        "/dashboard/sites/{site}/publishing/domains/check", 409, 404, domain="{domain}"
    ),
    "POST /dashboard/sites/{site}/publishing/domains/remove": _person(
        "/dashboard/sites/{site}/publishing/domains/remove", 303, 404, domain="{domain}"
    ),
    "POST /dashboard/public-profile": _person(
        "/dashboard/public-profile", 303, handle="walker", is_public="on"
    ),
    "POST /dashboard/sites": _person("/dashboard/sites", 303, url="{url}", title="Again"),
    "POST /dashboard/sites/remove": _person("/dashboard/sites/remove", 303, 404, site="{site}"),
    "POST /dashboard/sites/verify": _person("/dashboard/sites/verify", 409, 404, site="{site}"),
    "POST /dashboard/tokens": _person("/dashboard/tokens", 200, name="n", scope="sites:read"),
    "POST /dashboard/tokens/revoke": _person(
        "/dashboard/tokens/revoke", 303, 404, **{"token": "{token}"}
    ),
    "POST /dashboard/sessions/revoke": _person(
        "/dashboard/sessions/revoke", 303, 404, session="{session}"
    ),
    "POST /dashboard/sessions/revoke-others": _person("/dashboard/sessions/revoke-others", 303),
    "POST /dashboard/erase": _person("/dashboard/erase", 303, 400, email="{email}"),
    "GET /admin": _admin("/admin", *EVERY),
    "GET /admin/payouts": _admin("/admin/payouts", FINANCE),
    "POST /admin/payouts": _admin("/admin/payouts", FINANCE, status=400, method="ach"),
    "GET /admin/payouts/{id}": _admin("/admin/payouts/{batch}", FINANCE),
    "POST /admin/payouts/{id}/approve": _admin(
        "/admin/payouts/{batch}/approve", FINANCE, status=303, total="60.00"
    ),
    "POST /admin/payouts/{id}/submit": _admin("/admin/payouts/{batch}/submit", FINANCE, status=409),
    "POST /admin/payouts/{id}/abort": _admin("/admin/payouts/none/abort", FINANCE, status=404),
    "POST /admin/payouts/{id}/settle": _admin("/admin/payouts/{batch}/settle", FINANCE, status=409),
    "POST /admin/payouts/{id}/withdraw": _admin(
        "/admin/payouts/{batch}/withdraw", FINANCE, status=400, payout="{payout}"
    ),
    "POST /admin/payouts/{id}/end": _admin(
        "/admin/payouts/{batch}/end", FINANCE, status=409, payout="{payout}", outcome="paid"
    ),
    # Without a file there is nothing to read.
    "POST /admin/payouts/{id}/returns": _admin(
        "/admin/payouts/{batch}/returns", FINANCE, status=400
    ),
    "GET /admin/plans": _admin("/admin/plans", FINANCE),
    "POST /admin/plans": _admin("/admin/plans", status=400),
    "POST /admin/plans/acknowledge": _admin(
        "/admin/plans/acknowledge", status=303, name="seven-level", version="1", word="yes"
    ),
    "POST /admin/plans/use": _admin("/admin/plans/use", status=303, name="lifetime", version="1"),
    "GET /admin/disputes": _admin("/admin/disputes", FINANCE),
    "GET /admin/disputes/{id}": _admin("/admin/disputes/{dispute}", FINANCE),
    "POST /admin/disputes/{id}/ask": _admin(
        "/admin/disputes/{dispute}/ask", FINANCE, status=303, text="Which mail?"
    ),
    "POST /admin/disputes/{id}/decide": _admin(
        "/admin/disputes/{dispute}/decide",
        FINANCE,
        status=303,
        outcome="rejected",
        reason="The plan says so.",
    ),
    "GET /admin/people": _admin("/admin/people", *EVERY),
    "GET /admin/people/{id}": _admin("/admin/people/{account}", *EVERY),
    "POST /admin/people/{id}/show": _admin(
        "/admin/people/{account}/show", *EVERY, reason="A mail of theirs"
    ),
    "POST /admin/people/{id}/tier": _admin("/admin/people/{account}/tier", status=303, tier="pro"),
    "POST /admin/people/{id}/role": _admin(
        "/admin/people/{account}/role", status=303, role="support"
    ),
    "POST /admin/people/{id}/suspend": _admin(
        "/admin/people/{account}/suspend", REVIEWER, SUPPORT, status=303, reason="Spam"
    ),
    "POST /admin/people/{id}/reopen": _admin(
        "/admin/people/{account}/reopen", REVIEWER, SUPPORT, status=303, reason="No spam"
    ),
    "POST /admin/people/{id}/hold": _admin(
        "/admin/people/{account}/hold", REVIEWER, FINANCE, status=303, reason="Odd"
    ),
    # Nothing of hers is held.
    "POST /admin/people/{id}/release": _admin(
        "/admin/people/{account}/release", REVIEWER, FINANCE, status=409, reason="Fine"
    ),
    "POST /admin/people/{id}/confirm": _admin(
        "/admin/people/{account}/confirm", REVIEWER, FINANCE, status=409, reason="Bad"
    ),
    "GET /admin/sites": _admin("/admin/sites", *EVERY),
    "GET /admin/sites/{id}": _admin("/admin/sites/{site}", *EVERY),
    "POST /admin/sites/{id}/suspend": _admin(
        "/admin/sites/{site}/suspend", REVIEWER, SUPPORT, status=303, reason="Spam"
    ),
    "POST /admin/sites/{id}/resume": _admin(
        "/admin/sites/{site}/resume", REVIEWER, SUPPORT, status=303, reason="No spam"
    ),
    "POST /admin/sites/{id}/picture": _admin(
        "/admin/sites/{site}/picture", REVIEWER, SUPPORT, status=303
    ),
    "GET /admin/flags": _admin("/admin/flags"),
    "POST /admin/flags": _admin("/admin/flags", status=303, name="new_editor", percent="10"),
    "POST /admin/flags/{id}/remove": _admin("/admin/flags/none/remove", status=404),
    "GET /admin/jobs": _admin("/admin/jobs"),
    "POST /admin/jobs/{id}/retry": _admin("/admin/jobs/none/retry", status=409),
    "GET /admin/checks": _admin("/admin/checks", FINANCE),
    "POST /admin/checks": _admin("/admin/checks", FINANCE, status=303),
    "GET /admin/audit": _admin("/admin/audit"),
    **{f"{one.method} {PREFIX}{one.path}": _operation(one) for one in OPERATIONS},
}
"""Every route of the service by its method and path."""

AGENT = {"user-agent": BROWSER}
