"""What is expected of every route of the service: who is let in, and with which answer.

A route without a line here fails `tests/backend/test_every_route.py`, and so does a line without a
route. `{site}`, `{token}` and the like stand for what belongs to the person that is asked about.
"""

from __future__ import annotations

from starlette.routing import Route

from backend.app import App
from backend.domain.actors import Scope
from backend.domain.notifications import Kind
from backend.web.api.interface import OPERATIONS
from backend.web.api.operation import PREFIX
from backend.web.assets import asset_url
from tests.support.route_lines import (
    EVERY,
    FINANCE,
    REVIEWER,
    SUPPORT,
    Door,
    Line,
    a_desk,
    a_form,
    a_person,
    an_admin,
    an_open,
)
from tests.support.route_operations import an_operation
from tests.support.service import BROWSER

NOTIFICATION_WAYS = {kind.value: "off" for kind in Kind}
_ORIGIN = {"origin": "{origin}", "dnt": "1"}
_PING = {"s": "{key}", "t": "view", "i": "event000001", "u": "{url}"}

LINES: dict[str, Line] = {
    "POST /collect": an_open("/collect", 202, json=_PING, headers=_ORIGIN, is_shared=True),
    # Only who has the secret, which nobody here has, finds anything there.
    "POST /collect/edge": an_open("/collect/edge", 404),
    "GET /healthz": an_open("/healthz"),
    # The collector only runs where the application is started, which nobody does here.
    "GET /readyz": an_open("/readyz", 503),
    "GET /metrics": an_open("/metrics", 404),
    "GET /s/{share}": an_open("/s/{share}", 302, may_write=True),
    "GET /r/{code}": an_open("/r/{code}", 302, may_write=True),
    "GET /widget/counts/{key}.json": an_open("/widget/counts/{key}.json", is_shared=True),
    "GET /api/v1/stream": an_open("/api/v1/stream"),
    "GET /api/v1/openapi.json": an_open("/api/v1/openapi.json", is_shared=True),
    "GET /assets/{path:path}": an_open(asset_url("site.css")),
    "GET /thumbnails/{name}": an_open(f"/thumbnails/{'0' * 32}.webp", 404),
    "GET /widget/integrity.json": an_open("/widget/integrity.json", is_shared=True),
    "GET /widget/{name}": an_open("/widget/nothing.js", 404),
    "GET /widget.js": an_open("/widget.js", is_shared=True),
    "GET /panel.js": an_open("/panel.js", is_shared=True),
    "GET /words.{language}.js": an_open("/words.de.js", is_shared=True),
    "GET /oembed": an_open(
        "/oembed", query={"url": "http://127.0.0.1:8000/showcase"}, is_shared=True
    ),
    # A site that nobody has verified is hidden; what is said of it is a badge all the same.
    "GET /badge/{key}/{kind}.svg": an_open("/badge/{key}/score.svg", 404, is_shared=True),
    "GET /badge/{key}/{kind}.json": an_open("/badge/{key}/score.json", 404, is_shared=True),
    "GET /embed/{key}/counter": an_open("/embed/{key}/counter", 404),
    # The log of an empty ledger.
    "GET /log/checkpoint": an_open("/log/checkpoint", is_shared=True),
    "GET /log/vkey": an_open("/log/vkey", is_shared=True),
    "GET /log/tile/{path:path}": an_open("/log/tile/0/000.p/1", 404, is_shared=True),
    "GET /log/proof/{seq}": an_open("/log/proof/0", 404, is_shared=True),
    "GET /log/consistency": an_open("/log/consistency", query={"from": "0"}, is_shared=True),
    "GET /log": an_open("/log", 308),
    "GET /log/": an_open("/log/"),
    "GET /log/entry/{seq}": an_open("/log/entry/0", 404),
    "GET /": an_open("/"),
    "GET /showcase": an_open("/showcase", query={"format": "json"}, is_shared=True),
    "GET /showcase/strip": an_open("/showcase/strip"),
    "GET /pricing": an_open("/pricing", query={"format": "json"}, is_shared=True),
    "GET /terms": an_open("/terms"),
    "GET /privacy": an_open("/privacy"),
    "GET /status": an_open("/status", query={"format": "json"}, is_shared=True),
    "GET /showcase/{key}": an_open("/showcase/{key}", 404),
    "GET /people/{handle}": an_open("/people/nobody-here", 404),
    "GET /robots.txt": an_open("/robots.txt"),
    "GET /sitemap.xml": an_open("/sitemap.xml"),
    "GET /sign-up": an_open("/sign-up", own=303, other=303),
    "GET /sign-in": an_open("/sign-in", own=303, other=303),
    "GET /sign-in/{secret}": an_open("/sign-in/{secret}", tells=True),
    "GET /auth/github/callback": an_open("/auth/github/callback", 403, query={"code": "x"}),
    "POST /sign-up": a_form("/sign-up", 200, email="new@new.example"),
    "POST /sign-in": a_form("/sign-in", 200, email="new@new.example"),
    "POST /sign-in/{secret}": a_form("/sign-in/{secret}", 303),
    "POST /auth/github": a_form("/auth/github", 303),
    "POST /sign-out": a_person("/sign-out", 303),
    "GET /dashboard": a_desk("/dashboard"),
    "GET /dashboard/audience": a_desk("/dashboard/audience"),
    "GET /dashboard/settings": a_desk("/dashboard/settings"),
    "GET /dashboard/settings/notifications": a_desk("/dashboard/settings/notifications"),
    "POST /dashboard/settings/notifications": a_person(
        "/dashboard/settings/notifications", 303, language="de", **NOTIFICATION_WAYS
    ),
    "GET /dashboard/notifications": a_desk("/dashboard/notifications"),
    "POST /dashboard/notifications/read": a_person("/dashboard/notifications/read", 303),
    # A link of nobody; `tests/backend/mail` has those that are signed.
    "GET /unsubscribe/{token}": an_open("/unsubscribe/none", 404),
    "POST /unsubscribe/{token}": an_open("/unsubscribe/none", 404, form={"scope": "everything"}),
    "GET /dashboard/tax": a_desk("/dashboard/tax"),
    "POST /dashboard/tax": a_person(
        "/dashboard/tax",
        303,
        form="w9",
        legal_name="New Name",
        address="1 New Street",
        tax_number="123-45-6789",
    ),
    "POST /dashboard/tax/forget": a_person("/dashboard/tax/forget", 303),
    "GET /dashboard/network": a_desk("/dashboard/network"),
    "GET /dashboard/referrals": a_desk("/dashboard/referrals"),
    "GET /dashboard/referrals/qr.svg": a_desk("/dashboard/referrals/qr.svg"),
    "GET /dashboard/earnings": a_desk("/dashboard/earnings"),
    # Nobody here has a commission.
    "GET /dashboard/earnings/{commission}": a_desk(f"/dashboard/earnings/{'0' * 32}-1", 404),
    "POST /dashboard/earnings/{commission}": a_person(
        f"/dashboard/earnings/{'0' * 32}-1", 404, text="It is too little."
    ),
    "GET /dashboard/earnings/disputes": a_desk("/dashboard/earnings/disputes"),
    "POST /dashboard/earnings/disputes": a_person(
        "/dashboard/earnings/disputes", 303, text="Bob came by me."
    ),
    "GET /dashboard/earnings/disputes/{dispute}": a_desk(
        "/dashboard/earnings/disputes/{dispute}", 200, 404
    ),
    "POST /dashboard/earnings/disputes/{dispute}/evidence": a_person(
        "/dashboard/earnings/disputes/{dispute}/evidence", 303, 404, text="This mail says so."
    ),
    "POST /dashboard/earnings/disputes/{dispute}/withdraw": a_person(
        "/dashboard/earnings/disputes/{dispute}/withdraw", 303, 404
    ),
    "GET /leaderboards": an_open("/leaderboards", query={"format": "json"}, is_shared=True),
    "GET /dashboard/rewards": a_desk("/dashboard/rewards"),
    "GET /challenges": an_open("/challenges", query={"format": "json"}, is_shared=True),
    # Nobody here was granted anything.
    "GET /cards/{who}/{reward}.png": an_open("/cards/{account}/ambassador.png", 404),
    "GET /cards/{who}/{reward}": an_open("/cards/{account}/ambassador", 404),
    # Whoever has the link of a challenge may look at it, join it and follow it.
    "GET /challenges/{challenge}": an_open(
        "/challenges/{challenge}", query={"format": "json"}, is_shared=True
    ),
    "GET /dashboard/challenges": a_desk("/dashboard/challenges"),
    "POST /dashboard/challenges": a_person(
        "/dashboard/challenges",
        303,
        title="Another",
        metric="shares",
        goal="9",
        first_day="2026-09-09",
        days="3",
    ),
    "GET /dashboard/challenges/{challenge}": a_desk("/dashboard/challenges/{challenge}"),
    **{
        f"POST /dashboard/challenges/{{challenge}}/{act}": a_person(
            f"/dashboard/challenges/{'0' * 16}/{act}", 404, team="1", name="T", wanted="yes"
        )
        for act in ("teams", "join", "follow")
    },
    "POST /dashboard/challenges/{challenge}/leave": a_person(
        "/dashboard/challenges/{challenge}/leave", 303
    ),
    "POST /dashboard/challenges/{challenge}/cancel": a_person(
        "/dashboard/challenges/{challenge}/cancel", 303, 404
    ),
    "GET /dashboard/leaderboards": a_desk("/dashboard/leaderboards"),
    "POST /dashboard/rewards/choice": a_person("/dashboard/rewards/choice", 303, listed="yes"),
    "GET /dashboard/sites/{site}/builds": a_person("/dashboard/sites/{site}/builds", 200, 404),
    "POST /dashboard/sites/{site}/builds": a_person("/dashboard/sites/{site}/builds", 303, 404),
    "GET /dashboard/sites/{site}/builds/{build}": a_person(
        "/dashboard/sites/{site}/builds/{build}", 200, 404
    ),
    "POST /dashboard/sites/{site}/builds/{build}/cancel": a_person(
        "/dashboard/sites/{site}/builds/{build}/cancel", 303, 404
    ),
    "POST /dashboard/sites/{site}/builds/{build}/retry": a_person(
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
    "POST /hooks/github/{key}": an_open("/hooks/github/{key}", 403),
    # Without Stripe's keys there is nothing behind it.
    "POST /hooks/stripe": an_open("/hooks/stripe", 404),
    "GET /admin/fraud": an_admin("/admin/fraud", REVIEWER),
    "GET /admin/fraud/rules": an_admin("/admin/fraud/rules", REVIEWER),
    # Nothing is changed by what was sent, so that is refused on the page.
    "POST /admin/fraud/rules": an_admin("/admin/fraud/rules", REVIEWER, status=400),
    # There is no such case.
    "GET /admin/fraud/{case}": an_admin(f"/admin/fraud/{'0' * 32}", REVIEWER, status=404),
    "POST /admin/fraud/{case}/clear": an_admin(
        f"/admin/fraud/{'0' * 32}/clear", REVIEWER, status=404, reason="Walked"
    ),
    "POST /admin/fraud/{case}/confirm": an_admin(
        f"/admin/fraud/{'0' * 32}/confirm", REVIEWER, status=404, reason="Walked"
    ),
    "GET /account/payout-method": a_desk("/account/payout-method", 200),
    "POST /account/payout-method": a_person(
        "/account/payout-method", 303, method="paypal", currency="USD", email="new@pay.example"
    ),
    # The link of nobody: it is stale for everybody.
    "GET /account/payout-method/confirm/{secret}": a_person(
        "/account/payout-method/confirm/none", 409
    ),
    "POST /account/payout-method/confirm/{secret}": a_person(
        "/account/payout-method/confirm/none", 409
    ),
    "GET /api/v1/finance/payouts/{batch}/file": a_person(
        "/api/v1/finance/payouts/{batch}/file", 403
    ),
    "GET /account/statements": a_desk("/account/statements", 303),
    "GET /account/statements/{year}": a_desk("/account/statements/2026", 200),
    "GET /account/statements/{year}.csv": a_person("/account/statements/2026.csv", 200),
    # For finance alone, which nobody here is.
    "GET /api/v1/finance/tax/{year}": a_person("/api/v1/finance/tax/2026", 403),
    "GET /account/billing": a_desk("/account/billing", 200),
    # This service has no keys of Stripe's: an administrator records what is paid.
    "POST /account/billing/plan": a_person("/account/billing/plan", 409, tier="pro"),
    "POST /account/billing/portal": a_person("/account/billing/portal", 409),
    "GET /dashboard/export": a_person("/dashboard/export", 200),
    "POST /dashboard/profile": a_person("/dashboard/profile", 303, name="Another name"),
    "POST /dashboard/github/forget": a_person("/dashboard/github/forget", 303),
    "POST /dashboard/codes": a_person("/dashboard/codes", 303, 409, code="{code}"),
    "GET /dashboard/sites": a_desk("/dashboard/sites"),
    "GET /dashboard/sites/{site}": a_desk("/dashboard/sites/{site}", 200, 404),
    "GET /dashboard/sites/{site}/widget": a_desk("/dashboard/sites/{site}/widget", 200, 404),
    "GET /dashboard/sites/{site}/preview": a_desk("/dashboard/sites/{site}/preview", 200, 404),
    "GET /dashboard/sites/{site}/publishing": a_desk(
        "/dashboard/sites/{site}/publishing", 200, 404
    ),
    "POST /dashboard/sites/{site}": a_person(
        "/dashboard/sites/{site}", 303, 404, title="T", kind="tool", showcase="in"
    ),
    # The release is unfinished, and nobody but its owner knows of the site.
    "POST /dashboard/sites/{site}/publishing/live": a_person(
        "/dashboard/sites/{site}/publishing/live", 409, 404, release="{release}"
    ),
    "POST /dashboard/sites/{site}/publishing/domains": a_person(
        "/dashboard/sites/{site}/publishing/domains", 403, 404, domain="other.domains.example"
    ),
    # Nothing is there that could show whose the domain is.
    "POST /dashboard/sites/{site}/publishing/domains/check": a_person(
        "/dashboard/sites/{site}/publishing/domains/check", 409, 404, domain="{domain}"
    ),
    "POST /dashboard/sites/{site}/publishing/domains/remove": a_person(
        "/dashboard/sites/{site}/publishing/domains/remove", 303, 404, domain="{domain}"
    ),
    "POST /dashboard/public-profile": a_person(
        "/dashboard/public-profile", 303, handle="walker", is_public="on"
    ),
    "POST /dashboard/sites": a_person("/dashboard/sites", 303, url="{url}", title="Again"),
    "POST /dashboard/sites/remove": a_person("/dashboard/sites/remove", 303, 404, site="{site}"),
    "POST /dashboard/sites/verify": a_person("/dashboard/sites/verify", 409, 404, site="{site}"),
    "POST /dashboard/tokens": a_person("/dashboard/tokens", 200, name="n", scope="sites:read"),
    "POST /dashboard/tokens/revoke": a_person(
        "/dashboard/tokens/revoke", 303, 404, **{"token": "{token}"}
    ),
    "POST /dashboard/sessions/revoke": a_person(
        "/dashboard/sessions/revoke", 303, 404, session="{session}"
    ),
    "POST /dashboard/sessions/revoke-others": a_person("/dashboard/sessions/revoke-others", 303),
    "POST /dashboard/erase": a_person("/dashboard/erase", 303, 400, email="{email}"),
    "GET /admin": an_admin("/admin", *EVERY),
    "GET /admin/payouts": an_admin("/admin/payouts", FINANCE),
    "POST /admin/payouts": an_admin("/admin/payouts", FINANCE, status=400, method="ach"),
    "GET /admin/payouts/{id}": an_admin("/admin/payouts/{batch}", FINANCE),
    "POST /admin/payouts/{id}/approve": an_admin(
        "/admin/payouts/{batch}/approve", FINANCE, status=303, total="60.00"
    ),
    "POST /admin/payouts/{id}/submit": an_admin(
        "/admin/payouts/{batch}/submit", FINANCE, status=409
    ),
    "POST /admin/payouts/{id}/abort": an_admin("/admin/payouts/none/abort", FINANCE, status=404),
    "POST /admin/payouts/{id}/settle": an_admin(
        "/admin/payouts/{batch}/settle", FINANCE, status=409
    ),
    "POST /admin/payouts/{id}/withdraw": an_admin(
        "/admin/payouts/{batch}/withdraw", FINANCE, status=400, payout="{payout}"
    ),
    "POST /admin/payouts/{id}/end": an_admin(
        "/admin/payouts/{batch}/end", FINANCE, status=409, payout="{payout}", outcome="paid"
    ),
    # Without a file there is nothing to read.
    "POST /admin/payouts/{id}/returns": an_admin(
        "/admin/payouts/{batch}/returns", FINANCE, status=400
    ),
    "GET /admin/plans": an_admin("/admin/plans", FINANCE),
    "POST /admin/plans": an_admin("/admin/plans", status=400),
    "POST /admin/plans/acknowledge": an_admin(
        "/admin/plans/acknowledge", status=303, name="seven-level", version="1", word="yes"
    ),
    "POST /admin/plans/use": an_admin("/admin/plans/use", status=303, name="lifetime", version="1"),
    "GET /admin/disputes": an_admin("/admin/disputes", FINANCE),
    "GET /admin/disputes/{id}": an_admin("/admin/disputes/{dispute}", FINANCE),
    "POST /admin/disputes/{id}/ask": an_admin(
        "/admin/disputes/{dispute}/ask", FINANCE, status=303, text="Which mail?"
    ),
    "POST /admin/disputes/{id}/decide": an_admin(
        "/admin/disputes/{dispute}/decide",
        FINANCE,
        status=303,
        outcome="rejected",
        reason="The plan says so.",
    ),
    "GET /admin/people": an_admin("/admin/people", *EVERY),
    "GET /admin/people/{id}": an_admin("/admin/people/{account}", *EVERY),
    "POST /admin/people/{id}/show": an_admin(
        "/admin/people/{account}/show", *EVERY, reason="A mail of theirs"
    ),
    "POST /admin/people/{id}/tier": an_admin(
        "/admin/people/{account}/tier", status=303, tier="pro"
    ),
    "POST /admin/people/{id}/role": an_admin(
        "/admin/people/{account}/role", status=303, role="support"
    ),
    "POST /admin/people/{id}/suspend": an_admin(
        "/admin/people/{account}/suspend", REVIEWER, SUPPORT, status=303, reason="Spam"
    ),
    "POST /admin/people/{id}/reopen": an_admin(
        "/admin/people/{account}/reopen", REVIEWER, SUPPORT, status=303, reason="No spam"
    ),
    "POST /admin/people/{id}/hold": an_admin(
        "/admin/people/{account}/hold", REVIEWER, FINANCE, status=303, reason="Odd"
    ),
    # Nothing of hers is held.
    "POST /admin/people/{id}/release": an_admin(
        "/admin/people/{account}/release", REVIEWER, FINANCE, status=409, reason="Fine"
    ),
    "POST /admin/people/{id}/confirm": an_admin(
        "/admin/people/{account}/confirm", REVIEWER, FINANCE, status=409, reason="Bad"
    ),
    "GET /admin/sites": an_admin("/admin/sites", *EVERY),
    "GET /admin/sites/{id}": an_admin("/admin/sites/{site}", *EVERY),
    "POST /admin/sites/{id}/suspend": an_admin(
        "/admin/sites/{site}/suspend", REVIEWER, SUPPORT, status=303, reason="Spam"
    ),
    "POST /admin/sites/{id}/resume": an_admin(
        "/admin/sites/{site}/resume", REVIEWER, SUPPORT, status=303, reason="No spam"
    ),
    "POST /admin/sites/{id}/picture": an_admin(
        "/admin/sites/{site}/picture", REVIEWER, SUPPORT, status=303
    ),
    "GET /admin/flags": an_admin("/admin/flags"),
    "POST /admin/flags": an_admin("/admin/flags", status=303, name="new_editor", percent="10"),
    "POST /admin/flags/{id}/remove": an_admin("/admin/flags/none/remove", status=404),
    "GET /admin/jobs": an_admin("/admin/jobs"),
    "POST /admin/jobs/{id}/retry": an_admin("/admin/jobs/none/retry", status=409),
    "GET /admin/checks": an_admin("/admin/checks", FINANCE),
    "POST /admin/checks": an_admin("/admin/checks", FINANCE, status=303),
    "GET /admin/audit": an_admin("/admin/audit"),
    **{f"{one.method} {PREFIX}{one.path}": an_operation(one) for one in OPERATIONS},
}
"""Every route of the service by its method and path."""

AGENT = {"user-agent": BROWSER}


def routes_of(app: App) -> set[str]:
    """Return every route as `METHOD /path/{parameter}`."""
    found = set()
    for route in app.routes:
        assert isinstance(route, Route)
        # `/collect` looks at the method itself.
        for method in (route.methods or {"POST"}) - {"HEAD"}:
            found.add(f"{method} {route.path}")
    return found
