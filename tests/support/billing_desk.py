"""An owner's browser and API token before a service that takes money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.testclient import TestClient

from backend.actions.accounts import find_account
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Actor, Scope, owner_of
from tests.support.billing import Shop
from tests.support.signing_in import sign_in, token_of
from tests.support.tasks import with_recorded_tasks

PAGE = "/account/billing"


class BillingDesk:
    """A signed-in owner's browser before a shop."""

    def __init__(self, shop: Shop) -> None:
        context, tasks = with_recorded_tasks(shop.context)
        self.shop = replace(shop, context=context)
        self.client = TestClient(create_app(context), follow_redirects=False)
        sign_in(self.client, context, tasks, "ann@example.org", name="Ann")
        account = find_account(context, email="ann@example.org")
        assert account is not None
        self.actor: Actor = owner_of(account.tenant, account.id)
        self.token = make_token(context, self.actor, name="t", scopes=list(Scope)).secret

    def see(self, query: str = "") -> str:
        return self.client.get(PAGE + query).text

    def press(self, what: str, **fields: str) -> tuple[int, str]:
        sent = {"csrf_token": token_of(self.see()), **fields}
        answer = self.client.post(f"{PAGE}/{what}", data=sent)
        return answer.status_code, answer.headers.get("location", answer.text)

    def ask(
        self, method: str, path: str, *, key: str = "", **body: str
    ) -> tuple[int, dict[str, str]]:
        headers = {"authorization": f"Bearer {self.token}"}
        headers |= {"idempotency-key": key} if key else {}
        client = TestClient(self.client.app)
        answer = client.request(method, f"/api/v1{path}", json=body or None, headers=headers)
        return answer.status_code, answer.json()

    def send(self, path: str, body: dict[str, str], *, key: str = "k") -> Any:
        """Ask the API as the signed-in person."""
        token = token_of(self.client.get("/dashboard").text)
        headers = {"x-csrf-token": token, **({"idempotency-key": key} if key else {})}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)
