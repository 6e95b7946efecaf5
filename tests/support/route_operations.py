"""What is expected of the routes of the REST interface, from its own description."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from backend.web.api.operation import PREFIX, Operation
from tests.support.route_lines import Door, Line

EMPTY = hashlib.sha256(b"").hexdigest()
"""The only file of the releases that were begun."""


def an_operation(operation: Operation) -> Line:
    own, other = _STATUS.get(operation.name, (operation.status, operation.status))
    # Years and periods are nobody's, and a challenge is for whoever has its link; what is
    # finance's is nobody's here.
    shared = {"year", "period", "challenge"}
    if set(operation.parameters) - shared and operation.scope and operation.tag != "finance":
        other = 404
    if operation.tag == "finance":
        own = other = 403
    return Line(
        door=Door.SCOPE if operation.scope else Door.OPEN,
        own=own,
        other=other,
        stranger=401 if operation.scope else own,
        path=_path_of(operation),
        query=_QUERIES.get(operation.name, {}),
        json=_BODIES.get(operation.name),
        headers={"idempotency-key": "walk"} if operation.needs_key else {},
        scope=operation.scope,
        needs_person=operation.name == "set_payee",
    )


def _path_of(operation: Operation) -> str:
    path = (PREFIX + operation.path).replace("{digest}", EMPTY).replace("{year}", "2026")
    path = path.replace("{period}", "month")
    # Whoever takes part in a challenge of another changes it: that is what it is there for.
    return path.replace("{challenge}", "0" * 16) if operation.name in _PARTS else path


_PARTS = {"found_team", "join_team", "follow_challenge", "unfollow_challenge"}
_BODIES: dict[str, Mapping[str, object]] = {
    "change_visibility": {"is_listed": True, "shows_cards": True},
    "create_challenge": {
        "title": "Another",
        "metric": "shares",
        "goal": 9,
        "first_day": "2026-09-09",
        "days": 3,
    },
    "found_team": {"name": "T"},
    "join_team": {"team": 1},
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
    **dict.fromkeys(_PARTS, (404, 404)),
    "cancel_challenge": (200, 404),
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
