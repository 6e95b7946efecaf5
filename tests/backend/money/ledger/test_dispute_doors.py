"""Disputes and reviews over HTTP, as an owner and as who decides use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backend.actions.accounts import change_role
from backend.actions.payments import apply_event
from backend.domain.actors import Role
from tests.support.money import add_referral, paid
from tests.support.people import Person, World, open_world


def ask(  # noqa: PLR0917  a request in one line
    world: World, person: Person, method: str, path: str, body: Any = None, key: str = ""
) -> Any:
    headers = {"x-csrf-token": person.csrf, "origin": world.context.settings.base_url}
    if key:
        headers["idempotency-key"] = key
    return world.browser(person).request(method, f"/api/v1{path}", json=body, headers=headers)


def test_an_owner_disputes_and_finance_gives_once_however_often_it_is_sent(tmp_path: Path) -> None:
    world = open_world(tmp_path, "ann", "bob", "fin")
    ann, bob, fin = (world.people[name] for name in ("ann", "bob", "fin"))
    change_role(world.context, fin.actor.account, Role.FINANCE)
    add_referral(world.context, ann.actor.account, bob.actor.account)
    now = world.context.clock.now()
    payment = apply_event(world.context, paid(bob.actor.account, at=now)).payment

    new = {"kind": "commission", "payment": payment, "text": "A quarter was agreed."}
    assert ask(world, ann, "POST", "/disputes", new).status_code == 400, "it needs a key"
    opened = ask(world, ann, "POST", "/disputes", new, "one")
    assert (opened.status_code, opened.json()["state"]) == (201, "open"), opened.text
    dispute = opened.json()["id"]
    assert ask(world, bob, "POST", "/disputes", new, "one").status_code == 404

    decision = {"is_upheld": True, "reason": "So it was.", "amount": 145}
    where = f"/finance/disputes/{dispute}"
    assert ask(world, ann, "POST", f"{where}/decision", decision, "two").status_code == 403
    asked = ask(world, fin, "POST", f"{where}/question", {"text": "By whom?"}, "three")
    assert asked.json()["state"] == "evidence"
    link = {"text": "By her.", "link": "https://ann.example/mail.txt"}
    assert ask(world, ann, "POST", f"/disputes/{dispute}/evidence", link, "four").status_code == 200
    first = ask(world, fin, "POST", f"{where}/decision", decision, "five")
    assert (first.status_code, first.json()["amount"]) == (200, 145), first.text
    assert ask(world, fin, "POST", f"{where}/decision", decision, "five").json() == first.json()
    assert ask(world, fin, "POST", f"{where}/decision", decision, "six").status_code == 409
    seen = ask(world, ann, "GET", f"/disputes/{dispute}").json()
    assert [one["by"] for one in seen["messages"]] == ["owner", "finance", "owner"]
    upheld = ask(world, fin, "GET", "/finance/disputes?state=upheld").json()
    assert [one["id"] for one in upheld["items"]] == [dispute]

    account = ann.actor.account
    held = ask(world, fin, "POST", f"/finance/holds/{account}", {"reason": "odd"}, "seven")
    assert held.json()["step"] == "active"
    path = f"/finance/holds/{account}/release"
    assert ask(world, fin, "POST", path, {"reason": "fine"}, "eight").json()["step"] == "released"
    steps = ask(world, fin, "GET", f"/finance/holds/{account}").json()["steps"]
    assert [one["reason"] for one in steps] == ["odd", "fine"]
    world.close()
