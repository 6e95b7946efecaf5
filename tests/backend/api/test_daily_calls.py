"""How often a tier may use the REST interface in a day."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import change_tier
from backend.actions.context import Context
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.domain.tiers import TERMS, Tier
from backend.store.tables.base import TENANT
from tests.support.service import add_account


@pytest.mark.parametrize(
    ("tier", "calls"), [("free", 1_000), ("pro", 10_000), ("business", 100_000)]
)
def test_each_tier_has_its_calls_a_day(context: Context, tier: str, calls: int) -> None:
    owner = add_account(context, tier=tier)
    assert TERMS[Tier(tier)].calls_per_day == calls
    with TestClient(create_app(context)) as client:
        answer = client.get("/api/v1/sites", headers=_bearer(context, owner))
    assert answer.headers["ratelimit-limit"] == str(calls)
    assert answer.headers["ratelimit-remaining"] == str(calls - 1)


def test_the_call_after_the_last_waits_and_a_better_tier_need_not(context: Context) -> None:
    owner, other = add_account(context), add_account(context)
    headers = _bearer(context, owner)
    with TestClient(create_app(context)) as client:
        limiter = client.app.state.limiter  # type: ignore[attr-defined]  # Starlette's own
        for _ in range(1_000):
            limiter.spend("calls", "1000/day", f"{TENANT}/{owner}")
        refused = client.get("/api/v1/sites", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert 0 < int(refused.headers["retry-after"]) <= 24 * 3600
        assert client.get("/api/v1/sites", headers=_bearer(context, other)).status_code == 200

        change_tier(context, owner, Tier.PRO)
        assert client.get("/api/v1/sites", headers=headers).status_code == 200


def _bearer(context: Context, account: str) -> dict[str, str]:
    made = make_token(context, owner_of(TENANT, account), name="test", scopes=[Scope.SITES_READ])
    return {"authorization": f"Bearer {made.secret}"}
