"""The command and the REST interface of plans, as an administrator uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backend.actions.accounts import change_role
from backend.actions.tokens import make_token
from backend.domain.actors import Role, Scope
from tests.backend.money.plans.test_plans import TOML
from tests.support.people import open_world
from tests.support.running import server_command
from tests.support.service import add_account, make_context

EMAIL = "zoe@people.example"
STEP = {"name": "always", "from_month": 0, "until_month": None, "rate_bp": 2_000}


def test_the_command_loads_acknowledges_and_uses_a_plan(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    account = add_account(context, email=EMAIL)
    file = tmp_path / "plan.toml"
    file.write_bytes(TOML)
    load = ("plan", "load", str(file), "--by", EMAIL)
    refused = server_command(tmp_path, *load)
    assert (refused.returncode, "may not do that" in refused.stderr) == (1, True)
    change_role(context, account, Role.ADMIN)
    context.database.close()
    assert server_command(tmp_path, *load).stdout == "Loaded partners 1.\n"
    assert server_command(tmp_path, *load).stdout == "Nothing changed: partners 1.\n"
    use = ("plan", "use", "partners@1", "--from", "2100-01-01", "--by", EMAIL)
    refused = server_command(tmp_path, *use)
    assert (refused.returncode, "acknowledge" in refused.stderr) == (1, True)
    said = server_command(tmp_path, "plan", "acknowledge", "partners", "--by", EMAIL).stdout
    assert said.startswith("partners 1 is acknowledged since 20")
    assert server_command(tmp_path, *use).stdout == (
        "partners 1 holds from 2100-01-01T00:00:00Z on.\n"
    )
    listed = server_command(tmp_path, "plan", "list").stdout
    assert "lifetime 1: pays at most 42 % of a payment, in use\n" in listed
    assert "seven-level 1: pays at most 66.15 % of a payment, not acknowledged\n" in listed
    assert listed.endswith("From 2100-01-01T00:00:00Z on: partners 1\n")
    found = json.loads(server_command(tmp_path, "plan", "list", "--json").stdout)
    assert found["current"] == {"name": "lifetime", "version": 1}


def test_the_interface_is_for_administrators_who_are_signed_in(tmp_path: Path) -> None:
    world = open_world(tmp_path, "ann", "bob")
    ann = world.people["ann"]
    change_role(world.context, ann.actor.account, Role.ADMIN)
    plan = {"name": "partners", "version": 1, "steps": [STEP], "deeper_bp": [500]}
    browser = world.browser(ann)
    headers = {"x-csrf-token": ann.csrf, "origin": world.context.settings.base_url}

    def post(path: str, body: dict[str, Any], key: str) -> Any:
        return browser.post(
            f"/api/v1/finance/{path}", json=body, headers={**headers, "idempotency-key": key}
        )

    first = post("plans", plan, "one")
    assert (first.status_code, first.json()["is_new"]) == (200, True), first.text
    assert post("plans", plan, "one").json() == first.json()
    assert post("plans", plan, "two").json()["is_new"] is False
    assert post("plans", {**plan, "deeper_bp": [400]}, "three").status_code == 409
    over = {**plan, "version": 2, "deeper_bp": [5_000, 3_000]}
    assert "105 %" in post("plans", over, "four").json()["title"]
    assert post("programme", {"name": "partners"}, "five").status_code == 403
    said = post("plans/acknowledgements", {"name": "partners"}, "six").json()
    assert said["acknowledged_by"] == ann.actor.account
    past = {"name": "partners", "since": "2020-01-01T00:00:00Z"}
    assert post("programme", past, "seven").json()["field"] == "since"
    assert post("programme", {"name": "partners"}, "eight").status_code == 200
    listed = browser.get("/api/v1/finance/plans").json()
    assert (listed["current"], listed["current_version"]) == ("partners", 1)
    assert listed["choices"][0]["chosen_by"] == ann.actor.account
    token = make_token(world.context, ann.actor, name="all", scopes=list(Scope)).secret
    browser = world.browser(world.people["bob"])
    assert browser.get("/api/v1/finance/plans").status_code == 403
    browser.cookies.clear()
    bearer = {"authorization": f"Bearer {token}"}
    assert browser.get("/api/v1/finance/plans", headers=bearer).status_code == 403
    world.close()
