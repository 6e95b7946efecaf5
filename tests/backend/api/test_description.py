"""The OpenAPI description is true: requests made from it find nothing that it does not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from backend.actions.tokens import make_token
from backend.app import App, create_app
from backend.domain.actors import Scope, owner_of
from backend.store.tables.base import TENANT
from backend.web.api.description import describe
from backend.web.api.interface import OPERATIONS
from backend.web.limits import Limiter
from tests.support.hosting import hosted
from tests.support.http_service import serve_app
from tests.support.service import add_account, add_site, make_context


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """One service for all generated requests, with an owner who has a site and a token."""

    url: str
    secret: str
    app: App


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_World]:
    context = hosted(make_context(tmp_path_factory.mktemp("described")))
    owner = add_account(context, tier="enterprise")
    add_site(context, owner)
    made = make_token(context, owner_of(TENANT, owner), name="test", scopes=list(Scope))
    app = create_app(context)
    with serve_app(lambda _url: app) as url:
        yield _World(url=url, secret=made.secret, app=app)
    context.database.close()


schema = schemathesis.openapi.from_dict(describe(OPERATIONS, version="0"))


@schema.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_description_allows(case: Case, world: _World) -> None:
    world.app.state.limiter = Limiter(None)  # there are more requests than a minute allows
    case.call_and_validate(base_url=world.url, headers={"Authorization": f"Bearer {world.secret}"})
