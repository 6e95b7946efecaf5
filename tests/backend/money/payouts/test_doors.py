"""The doors: the page of an owner, the interface of finance, the command at the machine."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import change_role, find_account
from backend.actions.context import Context
from backend.actions.payees import confirm_link_of
from backend.actions.payout_calendar import begin_month
from backend.app import create_app
from backend.commands.server import add_arguments, run
from backend.domain.actors import Role, owner_of
from backend.store.tables.base import TENANT
from tests.support.money import balances
from tests.support.payouts import add_earner, add_finance, add_rates, drafted
from tests.support.service import add_account
from tests.support.signing_in import sign_in, token_of
from tests.support.tasks import RecordedTasks, with_recorded_tasks

PAGE = "/account/payout-method"
FINANCE = "/api/v1/finance/payouts"


class Browser:
    """A signed-in browser."""

    def __init__(self, context: Context, tasks: RecordedTasks, email: str) -> None:
        self.client = TestClient(create_app(context))
        sign_in(self.client, context, tasks, email)
        account = find_account(context, email=email)
        assert account is not None
        self.account = account.id

    @property
    def csrf(self) -> str:
        return token_of(self.client.get("/dashboard").text)

    def post(self, path: str, body: object = None, key: str = "k") -> tuple[int, dict[str, object]]:
        headers = {"x-csrf-token": self.csrf, "idempotency-key": key}
        answer = self.client.post(FINANCE + path, json=body, headers=headers)
        return answer.status_code, answer.json()

    def fill_in(self, **fields: str) -> str:
        sent = {"csrf_token": self.csrf, **fields}
        return self.client.post(PAGE, data=sent).text


@pytest.fixture
def told(paying: Context) -> Iterator[tuple[Context, RecordedTasks]]:
    context, tasks = with_recorded_tasks(paying)
    add_rates(context, USD="1.10")
    yield context, tasks


def test_an_owner_sets_and_confirms_where_they_are_paid(
    told: tuple[Context, RecordedTasks],
) -> None:
    context, tasks = told
    ann = Browser(context, tasks, "ann@people.example")
    assert "Nowhere yet" in ann.client.get(PAGE).text
    wrong = ann.fill_in(method="sepa", currency="EUR", name="Ann", iban="DE00")
    assert "That is no IBAN" in wrong
    assert 'value="DE00"' in wrong
    said = ann.fill_in(method="sepa", currency="EUR", name="Ann", iban="DE89370400440532013000")
    assert "Look into your mail" in said
    assert "DE … 3000" in said
    assert "0532" not in said.replace("0532 0130 00", "")
    ticket = tasks.mails_to("ann@people.example")[-1]["ticket"]
    path = confirm_link_of(context, ticket).removeprefix(context.settings.base_url)
    page = ann.client.get(path)
    assert "Yes, pay me there" in page.text
    assert page.headers["referrer-policy"] == "strict-origin"
    done = ann.client.post(path, data={"csrf_token": token_of(page.text)})
    assert "Confirmed" in done.text
    assert ann.client.get(path).status_code == 409
    answer = ann.client.get("/api/v1/payee").json()
    assert (answer["state"], answer["destination"]) == ("confirmed", "DE … 3000")
    assert answer["reason"] == "below_minimum"


def test_every_method_has_a_form(told: tuple[Context, RecordedTasks]) -> None:
    context, tasks = told
    ann = Browser(context, tasks, "ann@people.example")
    fields = {"ach": "routing", "wise": "is_business", "stripe": "id", "crypto": "network"}
    for method, field in fields.items():
        page = ann.client.get(PAGE, params={"method": method}).text
        assert f'name="{field}"' in page
        assert f'value="{method}"' in page


def test_finance_takes_a_batch_from_draft_to_settled(told: tuple[Context, RecordedTasks]) -> None:
    context, tasks = told
    cleo = Browser(context, tasks, "cleo@people.example")
    owner = add_earner(context)
    cleo = Browser(context, tasks, "cleo@people.example")
    draft = {"method": "paypal", "currency": "USD"}
    assert cleo.post("", draft)[0] == 403
    change_role(context, cleo.account, Role.FINANCE)
    headers = {"x-csrf-token": cleo.csrf}
    unkeyed = cleo.client.post(FINANCE, json=draft, headers=headers)
    assert (unkeyed.status_code, unkeyed.json()["field"]) == (400, "Idempotency-Key")
    status, made = cleo.post("", draft, "d")
    assert (status, made["claimed"]) == (200, 1)
    assert cleo.post("", draft, "d") == (status, made)
    (batch,) = made["batches"]  # type: ignore[misc]  # a list of one
    assert cleo.post(f"/{batch}/approve", {"total": 5_999}, "a")[0] == 409
    assert cleo.post(f"/{batch}/approve", {"total": 6_000}, "b")[1]["state"] == "approved"
    assert cleo.post(f"/{batch}/submit", None, "c")[1]["state"] == "submitted"
    file = cleo.client.get(f"{FINANCE}/{batch}/file")
    assert b"60.00" in file.content
    assert file.content == cleo.client.get(f"{FINANCE}/{batch}/file").content
    shown = cleo.client.get(f"{FINANCE}/{batch}").json()
    (item,) = shown["items"]
    assert shown["file"]["sha256"] in file.headers["content-digest"]
    content = f"id,status,reason\n{item['id']},paid,\n"
    status, report = cleo.post(f"/{batch}/returns", {"content": content}, "e")
    assert (status, report["paid"]) == (200, 1)
    assert cleo.post(f"/{batch}/returns", {"content": content}, "f")[1] == report
    listed = cleo.client.get(FINANCE, params={"state": "settled"}).json()
    assert [one["id"] for one in listed["items"]] == [batch]
    assert balances(context, owner.account) == {}


def test_finance_holds_a_payee(told: tuple[Context, RecordedTasks]) -> None:
    context, tasks = told
    owner = add_earner(context)
    cleo = Browser(context, tasks, "cleo@people.example")
    change_role(context, cleo.account, Role.FINANCE)
    answer = cleo.client.put(
        f"/api/v1/finance/payees/{owner.account}",
        json={"is_held": True, "note": "ask first"},
        headers={"x-csrf-token": cleo.csrf},
    )
    assert (answer.status_code, answer.json()["is_held"]) == (200, True)
    _status, made = cleo.post("", {"method": "paypal", "currency": "USD"})
    assert made["skipped"] == [{"account": owner.account, "reason": "held"}]


def test_an_owner_sees_their_payout_and_its_parts(told: tuple[Context, RecordedTasks]) -> None:
    context, tasks = told
    ann = Browser(context, tasks, "ann@people.example")
    owner = owner_of(TENANT, ann.account)
    add_earner(context, owner=owner)
    drafted(context, add_finance(context))
    ann = Browser(context, tasks, "ann@people.example")
    (payout,) = ann.client.get("/api/v1/payouts").json()["items"]
    assert (payout["net"], payout["state"], payout["method"]) == (6_000, "queued", "paypal")
    details = ann.client.get(f"/api/v1/payouts/{payout['id']}").json()
    assert [line["amount"] for line in details["lines"]] == [6_000]
    assert "$60.00" in ann.client.get(PAGE).text


@pytest.mark.parametrize(("wish", "mails"), [("remind", 1), ("draft", 1), ("off", 0)])
def test_the_first_of_the_month_drafts_or_reminds(
    told: tuple[Context, RecordedTasks], wish: str, mails: int
) -> None:
    context, tasks = told
    settings = replace(context.settings, payout_drafts=wish)  # type: ignore[arg-type]  # as above
    context = replace(context, settings=settings)
    cleo = add_account(context, email="cleo@people.example")
    change_role(context, cleo, Role.FINANCE)
    add_earner(context)
    assert begin_month(context) == (1 if wish == "draft" else 0)
    assert len(tasks.mails_to("cleo@people.example")) == mails
    assert begin_month(context) == 0


def test_the_command_runs_a_batch_and_a_large_one_needs_two(
    paying: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add_rates(paying, USD="1.10")
    for email in ("owner@localhost", "dora@people.example"):
        change_role(paying, add_account(paying, email=email), Role.ADMIN)
    add_earner(paying, 5_000_000)
    monkeypatch.setenv("FOURSITE_DATA_DIR", str(paying.settings.data_dir))
    (paying.settings.data_dir / "secret").write_bytes(paying.secret)

    def do(*words: str) -> str:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        assert run(parser.parse_args(["payouts", *words])) == 0
        return capsys.readouterr().out

    assert "paypal 10000.00 USD in 1: draft" in do("draft")
    assert "Nothing is due" in do("draft")
    batch = do("list").split()[0]
    assert "10000.00 USD in 1: draft" in do("list")
    assert "another administrator" in do("approve", batch)
    assert "approved" in do("approve", batch, "--by", "dora@people.example")
    assert "Get its file" in do("submit", batch)
    out = tmp_path / "march.csv"
    assert "Wrote 1 payouts" in do("file", batch, "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    assert b"10000.00" in out.read_bytes()
    payout = do("show", batch).split("\n")[4].split()[0]
    back = tmp_path / "back.csv"
    back.write_text(f"id,status,reason\n{payout},paid,\n")
    assert "1 paid, 0 failed" in do("returns", batch, str(back))
    assert "settled" in do("list", "--state", "settled")
