"""Where owners are paid: sealed, masked, confirmed by mail, and resting after a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from backend.actions.audit import at_the_machine, list_entries
from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.mailing import send_mail
from backend.actions.payees import (
    confirm_destination,
    confirm_link_of,
    get_report,
    list_sharing,
    preview_confirmation,
    renew_seals,
    set_destination,
)
from backend.actions.payout_returns import settle_all
from backend.actions.payout_submission import submit
from backend.actions.payouts import draft
from backend.domain.actors import Actor, owner_of
from backend.domain.audit import AuditQuery
from backend.domain.destinations import Method
from backend.domain.instants import DAY
from backend.domain.payees import COOL_DOWN, MINIMUM, PayeeState, Reason
from backend.domain.payouts import SECOND_APPROVAL_FROM
from backend.errors import Conflict, Forbidden, Invalid, Unavailable
from backend.gateways.vault import Vault
from backend.ids import SeededIds
from backend.store import payees as payee_store
from backend.store.tables.base import TENANT
from tests.support.payouts import (
    add_earner,
    add_finance,
    add_rates,
    approved,
    earn,
    pass_days,
    payouts_of,
)
from tests.support.service import add_account
from tests.support.tasks import RecordedTasks, with_recorded_tasks

IBAN = {"iban": "DE89 3704 0044 0532 0130 00", "name": "Ann Example"}


def set_paypal(context: Context, owner: Actor, email: str) -> None:
    set_destination(context, owner, method=Method.PAYPAL, currency="USD", fields={"email": email})


def secret_in(context: Context, tasks: RecordedTasks) -> str:
    ticket = next(
        values["ticket"]
        for _name, values in reversed(tasks.queued)
        if values["template"] == "payee_confirm"
    )
    return confirm_link_of(context, ticket).rpartition("/")[2]


def templates_to(tasks: RecordedTasks, email: str) -> list[str]:
    return [mail["template"] for mail in tasks.mails_to(email)]


def test_the_rules_are_50_dollars_7_days_and_10_000_dollars() -> None:
    assert (MINIMUM.minor, MINIMUM.currency) == (5_000, "USD")
    assert COOL_DOWN == 7 * DAY
    assert (SECOND_APPROVAL_FROM.minor, SECOND_APPROVAL_FROM.currency) == (1_000_000, "USD")


def test_a_destination_is_confirmed_by_the_link_in_the_mail_once(any_paying: Context) -> None:
    context, tasks = with_recorded_tasks(any_paying)
    ann = owner_of(TENANT, add_account(context, email="ann@people.example"))
    set_paypal(context, ann, "ann@pay.example")
    assert get_report(context, ann).reason is Reason.UNCONFIRMED
    secret = secret_in(context, tasks)
    bob = owner_of(TENANT, add_account(context))
    for stranger in (bob, replace(ann, account=bob.account)):
        with pytest.raises(Conflict):
            confirm_destination(context, stranger, secret)
    assert preview_confirmation(context, ann, secret).masked == "a…@pay.example"
    assert confirm_destination(context, ann, secret).state is PayeeState.CONFIRMED
    with pytest.raises(Conflict):
        confirm_destination(context, ann, secret)
    assert templates_to(tasks, "ann@people.example") == ["payee_confirm"]


def test_a_link_runs_out_and_does_not_confirm_a_later_destination(paying: Context) -> None:
    context, tasks = with_recorded_tasks(paying)
    ann = owner_of(TENANT, add_account(context))
    set_paypal(context, ann, "ann@pay.example")
    first = secret_in(context, tasks)
    set_paypal(context, ann, "other@pay.example")
    with pytest.raises(Conflict):
        confirm_destination(context, ann, first)
    second = secret_in(context, tasks)
    pass_days(context, 3)
    with pytest.raises(Conflict):
        confirm_destination(context, ann, second)


def test_a_change_rests_for_7_days_and_both_mailboxes_are_told(any_paying: Context) -> None:
    context, tasks = with_recorded_tasks(any_paying)
    add_rates(context, USD="1.10")
    cleo = add_finance(context)
    ann = owner_of(TENANT, add_account(context, email="ann@people.example"))
    set_paypal(context, ann, "ann@pay.example")
    confirm_destination(context, ann, secret_in(context, tasks))
    earn(context, ann, 30_000)
    assert get_report(context, ann).reason is None
    set_paypal(context, ann, "thief@pay.example")
    told = ["payee_confirm", "payee_confirm", "payee_changed"]
    assert templates_to(tasks, "ann@people.example") == told
    assert templates_to(tasks, "ann@pay.example") == ["payee_changed"]
    confirm_destination(context, ann, secret_in(context, tasks))
    pass_days(context, 6)
    found = draft(context, cleo, Method.PAYPAL, "USD")
    assert found.skipped == ((ann.account, Reason.COOLING_DOWN),)
    pass_days(context, 1)
    assert draft(context, cleo, Method.PAYPAL, "USD").claimed == 1


def test_the_same_destination_again_is_no_change(paying: Context) -> None:
    context, tasks = with_recorded_tasks(paying)
    ann = owner_of(TENANT, add_account(context))
    fields = dict(IBAN)
    set_destination(context, ann, method=Method.SEPA, currency="EUR", fields=fields)
    confirm_destination(context, ann, secret_in(context, tasks))
    fields = {"iban": "DE89370400440532013000", "name": "Ann B. Example"}
    payee = set_destination(context, ann, method=Method.SEPA, currency="EUR", fields=fields)
    assert (payee.state, payee.cools_until) == (PayeeState.CONFIRMED, None)


@pytest.mark.parametrize(
    ("method", "currency", "fields", "field"),
    [
        (Method.SEPA, "USD", IBAN, "currency"),
        (Method.SEPA, "EUR", IBAN | {"iban": "DE88 3704 0044 0532 0130 00"}, "iban"),
        (Method.PAYPAL, "USD", {"email": "=cmd@x.example"}, "email"),
        (Method.PAYPAL, "KWD", {"email": "ann@pay.example"}, "currency"),
        (Method.PAYPAL, "XXX", {"email": "ann@pay.example"}, "currency"),
        (Method.ACH, "USD", {}, "routing"),
    ],
)
def test_what_cannot_be_paid_is_refused_by_its_field(
    paying: Context, method: Method, currency: str, fields: Mapping[str, str], field: str
) -> None:
    ann = owner_of(TENANT, add_account(paying))
    with pytest.raises(Invalid) as caught:
        set_destination(paying, ann, method=method, currency=currency, fields=fields)
    assert caught.value.field == field
    assert get_report(paying, ann).reason is Reason.NO_METHOD


def test_crypto_is_off_until_an_administrator_turns_it_on(context: Context) -> None:
    ann = owner_of(TENANT, add_account(context))
    fields = {"network": "bitcoin", "address": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"}
    with pytest.raises(Invalid, match="does not pay by crypto"):
        set_destination(context, ann, method=Method.CRYPTO, currency="USD", fields=fields)


def test_a_token_does_not_change_where_money_goes(paying: Context) -> None:
    ann = replace(owner_of(TENANT, add_account(paying)), is_session=False)
    with pytest.raises(Forbidden):
        set_paypal(paying, ann, "ann@pay.example")


def test_two_accounts_with_one_destination_are_found_without_opening_it(paying: Context) -> None:
    cleo = add_finance(paying)
    ann, bob = (owner_of(TENANT, add_account(paying)) for _ in range(2))
    for owner in (ann, bob):
        set_paypal(paying, owner, "Same@pay.example")
    assert list_sharing(paying, cleo, ann.account) == [bob.account]


def test_another_secret_still_opens_with_the_old_one_named_and_seals_are_renewed(
    paying: Context,
) -> None:
    ann = add_earner(paying)
    fresh = b"another secret of thirty-two byte"
    renewed = replace(
        paying,
        secret=fresh,
        settings=replace(paying.settings, old_secrets=(paying.secret.decode(),)),
    )
    cleo = replace(add_finance(paying), is_session=True)
    assert (renew_seals(renewed, cleo), renew_seals(renewed, cleo)) == (1, 0)
    noted = list_entries(paying, at_the_machine(), AuditQuery(action="payees.reseal")).entries
    assert [(one.actor, one.facts) for one in noted] == [(cleo.account, '{"renewed":1}')]
    with pytest.raises(Forbidden):
        renew_seals(renewed, ann)
    alone = replace(renewed, settings=paying.settings)
    assert renew_seals(alone, cleo) == 0
    with paying.database.reading() as session:
        payee = payee_store.find(session, TENANT, ann.account)
    assert payee is not None
    with pytest.raises(Unavailable, match="another secret"):
        Vault(b"x" * 32).open_text(payee.sealed, "destination", TENANT, ann.account)


def test_a_seal_opens_only_where_it_belongs_and_unchanged() -> None:
    vault = Vault(b"s" * 32)
    sealed = vault.seal(SeededIds(1), b"secret", "destination", "default", "ann")
    assert vault.open(sealed, "destination", "default", "ann") == b"secret"
    assert b"secret" not in sealed
    for bound in (("destination", "default", "bob"), ("destination", "defaultann", "")):
        with pytest.raises(Unavailable):
            vault.open(sealed, *bound)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unavailable):
            vault.open(changed, "destination", "default", "ann")


def test_erasing_a_person_forgets_where_they_were_paid(any_paying: Context) -> None:
    ann = owner_of(TENANT, add_account(any_paying))
    set_paypal(any_paying, ann, "ann@pay.example")
    erase_account(any_paying, ann)
    with any_paying.database.reading() as session:
        assert payee_store.find(session, TENANT, ann.account) is None


def test_a_payout_under_way_forgets_an_erased_person_when_it_ends(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    batch = approved(any_paying, cleo)
    submit(any_paying, cleo, batch.id)
    erase_account(any_paying, ann)
    assert payouts_of(any_paying, cleo, batch.id)[0].sealed
    settle_all(any_paying, cleo, batch.id)
    (payout,) = payouts_of(any_paying, cleo, batch.id)
    assert (payout.sealed, payout.masked, payout.digest) == ("", "erased", "")


def test_the_mails_say_what_they_are_for(
    paying: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"method": "paypal", "currency": "USD", "masked": "a…@pay.example"}
    for template, more in (
        ("payee_confirm", {"ticket": "t"}),
        ("payee_changed", {"before": "DE … 3000"}),
    ):
        values = {"to": "ann@people.example", "template": template, **told, **more}
        send_mail(paying, values, key="k")
    said = capsys.readouterr().out
    assert "/account/payout-method/confirm/" in said
    assert "Before: DE … 3000\nNow: a…@pay.example\n" in said
