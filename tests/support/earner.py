"""An owner with a browser who earns something, for tests of the pages about money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from backend.actions.accounts import change_role, find_account
from backend.actions.context import Context
from backend.app import App, create_app
from backend.domain.actors import Actor, Role, owner_of
from backend.web.limits import Limiter
from tests.support.payouts import PAYING
from tests.support.service import make_context
from tests.support.signing_in import sign_in, token_of
from tests.support.tasks import RecordedTasks, with_recorded_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A service, and who sits in front of it."""

    context: Context
    tasks: RecordedTasks
    app: App

    def enter(self, email: str, role: Role = Role.OWNER) -> Seat:
        """Sign somebody in, after giving them a role."""
        self.app.state.limiter = Limiter(None)
        client = TestClient(self.app, follow_redirects=False)
        sign_in(client, self.context, self.tasks, email, name=email.partition("@")[0].title())
        account = find_account(self.context, email=email)
        assert account is not None
        if role is not Role.OWNER:
            change_role(self.context, account.id, role)
        return Seat(client=client, actor=owner_of(account.tenant, account.id, role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A signed-in browser and who it is."""

    client: TestClient
    actor: Actor

    def read(self, path: str, status: int = 200) -> str:
        """Return a page's text."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2_000])
        return answer.text

    def send(self, path: str, status: int = 303, **fields: str) -> str:
        """Send a form with its token; return where it leads, or the page it answers with."""
        token = token_of(self.client.get("/dashboard/earnings/disputes").text)
        answer = self.client.post(path, data={"csrf_token": token, **fields})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2_000])
        return answer.headers["location"] if status == 303 else answer.text


def open_desk(folder: Path, environment: Mapping[str, str] | None = None) -> Desk:
    """Return a service that can pay by every method."""
    made = make_context(folder, environment={**PAYING, **(environment or {})})
    context, tasks = with_recorded_tasks(made)
    return Desk(context=context, tasks=tasks, app=create_app(context))
