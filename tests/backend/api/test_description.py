"""The OpenAPI description is true: requests made from it find nothing that it does not say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.store.tables.base import TENANT
from backend.web.api.description import describe
from backend.web.api.interface import OPERATIONS
from backend.web.limits import Limiter, Spent
from tests.support.hosting import hosted
from tests.support.http_service import serve_app
from tests.support.service import add_account, add_site, make_context

# By the first name in their paths: parts take about as long as one another.
PARTS = {
    "sites": "sites",
    "account": "account|audience|billing|challenges",
    "finance": "finance",
    "others": "(?!(sites|account|audience|billing|challenges|finance)(/|$))[a-z-]+",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """A service, with an owner who has a site and a token."""

    url: str
    secret: str


class _Generous(Limiter):
    """Counts, and refuses nobody: there are more requests than a minute allows."""

    def spend(self, name: str, rate: str, key: str) -> Spent:
        return replace(super().spend(name, rate, key), is_over=False)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[_World]:
    context = hosted(make_context(tmp_path))
    owner = add_account(context, tier="enterprise")
    add_site(context, owner, repository="https://github.com/acme/lantern")
    made = make_token(context, owner_of(TENANT, owner), name="test", scopes=list(Scope))
    app = create_app(context)
    app.state.limiter = _Generous(None)
    with serve_app(lambda _url: app) as url:
        yield _World(url=url, secret=made.secret)
    context.database.close()


@pytest.mark.parametrize("paths", PARTS.values(), ids=PARTS)
def test_every_answer_is_one_that_the_description_allows(
    paths: str, world: _World, tmp_path: Path
) -> None:
    """By Schemathesis's command: its plug-in makes all requests while tests are collected, in each
    process anew.
    """
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(describe(OPERATIONS, version="0")), encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", str(described),
            f"--url={world.url}", f"--header=Authorization: Bearer {world.secret}",
            f"--include-path-regex={_beginning(paths)}", "--phases=examples,coverage,fuzzing",
            "--max-examples=10", "--generation-deterministic", "--suppress-health-check=all",
            "--continue-on-failure",
        ],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]


def test_each_operation_is_in_one_part() -> None:
    for path in describe(OPERATIONS, version="0")["paths"]:
        parts = [part for part, paths in PARTS.items() if re.match(_beginning(paths), path)]
        assert len(parts) == 1, path


def _beginning(paths: str) -> str:
    return f"^/api/v1/({paths})(/|$)"
