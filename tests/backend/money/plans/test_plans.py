"""Plans from a file to the programme: what is refused, who said so, and from when on it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.actions.accounts import change_role
from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.actions.plans import acknowledge_plan, list_plans, load_plan, use_plan
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.instants import DAY, Instant
from backend.domain.plans import BUILT_IN, Plan, check_plan
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.gateways.plan_files import read_plan_file
from backend.store.tables.base import TENANT
from tests.support.money import add_chain, balances, paid
from tests.support.service import NOON, add_account

TOML = b"""
name = "partners"
version = 1
deeper_bp = [1000, 500]
hold_days = 14

[[steps]]
name = "first year"
from_month = 0
until_month = 11
rate_bp = 3000

[[steps]]
name = "later"
from_month = 12
rate_bp = 1500

[regions]
IN = 5000
US = 11000
"""


def administrator(context: Context) -> Actor:
    account = add_account(context)
    change_role(context, account, Role.ADMIN)
    return owner_of(TENANT, account, Role.ADMIN)


def plan_with(text: bytes, old: bytes, new: bytes) -> Plan:
    assert old in text
    return read_plan_file(text.replace(old, new), "plan.toml")


def test_a_plan_in_toml_is_the_plan_in_json() -> None:
    written = (
        b'{"name":"partners","version":1,"deeper_bp":[1000,500],"hold_days":14,'
        b'"steps":[{"name":"first year","from_month":0,"until_month":11,"rate_bp":3000},'
        b'{"name":"later","from_month":12,"rate_bp":1500}],"regions":{"US":11000,"IN":5000}}'
    )
    plan = read_plan_file(TOML, "plan.toml")
    assert plan == read_plan_file(written, "plan.json")
    assert plan.hold == 14 * DAY
    assert plan.rates_at(11) == (3_000, 1_000, 500)
    assert plan.rates_at(12) == (1_500, 1_000, 500)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"rate_bp = 3000", b"rate_bp = 30.5", "steps[0].rate_bp"),
        (b"rate_bp = 3000", b"rate_bp = 10001", "steps[0].rate_bp"),
        (b"deeper_bp = [1000, 500]", b"deeper_bp = [1, 1, 1, 1, 1, 1, 1]", "deeper_bp"),
        (b"IN = 5000", b"india = 5000", "regions"),
        (b"hold_days = 14", b"hold_days = -1", "hold_days"),
        (b"hold_days = 14", b"holds = 14", "plan"),
        (b'name = "partners"', b'name = "The Partners"', "name"),
        (b"version = 1", b"version = 0", "version"),
    ],
)
def test_a_wrong_field_is_named(old: bytes, new: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_with(TOML, old, new)
    assert refused.value.field == field
    assert field in refused.value.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"from_month = 12", b"from_month = 13"),
        (b"until_month = 11", b"until_month = 12"),
        (b"until_month = 11\n", b""),
        (b"from_month = 12\n", b"from_month = 12\nuntil_month = 24\n"),
    ],
)
def test_steps_have_no_gap_and_no_end(old: bytes, new: bytes) -> None:
    with pytest.raises(Invalid):
        plan_with(TOML, old, new)


def test_a_file_that_is_no_plan_is_refused() -> None:
    for content in (b"[[", b"\xff", b"[1]", b"{}" * 40_000, b"[" * 60_000):
        for name in ("plan.toml", "plan.json"):
            with pytest.raises(Invalid):
                read_plan_file(content, name)


def test_levels_times_multiplier_times_bonus_stay_within_the_payment() -> None:
    # 30 % + 10 % + 5 %, times 1.1, times the largest bonus of 1.05: 51.975 %, rounded up.
    assert read_plan_file(TOML, "plan.toml").largest_bp == 5_198
    # 45 % × 2.1164 × 1.05 = 99.9999 %; a little more is over it.
    assert plan_with(TOML, b"US = 11000", b"US = 21164").largest_bp == 10_000
    with pytest.raises(Invalid, match=r"100\.01 % of a payment"):
        plan_with(TOML, b"US = 11000", b"US = 21166")
    with pytest.raises(Invalid, match="would pay 105 % of a payment"):
        check_plan(read_plan_file(
            b'{"name":"all","version":1,"steps":[{"name":"s","from_month":0,"rate_bp":10000}]}',
            "plan.json",
        ))  # fmt: skip


def test_the_four_plans_of_the_rules_are_within_it() -> None:
    assert {plan.name: check_plan(plan).largest_bp for plan in BUILT_IN} == {
        "lifetime": 4_200,  # 40 % × 1.05
        "seven-level": 6_615,
        "seven-level-lean": 4_358,
        "lifetime-seven-level": 8_715,
    }


def test_a_version_never_changes(any_context: Context) -> None:
    actor = administrator(any_context)
    plan = read_plan_file(TOML, "plan.toml")
    assert load_plan(any_context, actor, plan)
    assert not load_plan(any_context, actor, plan)
    with pytest.raises(Conflict):
        load_plan(any_context, actor, plan_with(TOML, b"IN = 5000", b"IN = 6000"))
    assert load_plan(any_context, actor, plan_with(TOML, b"version = 1", b"version = 2"))
    found = [known.plan for known in list_plans(any_context).known if known.plan.name == "partners"]
    assert [one.version for one in found] == [1, 2]
    assert found[0] == plan


def test_a_built_in_version_cannot_be_replaced(context: Context) -> None:
    text = TOML.replace(b'"partners"', b'"lifetime"')
    with pytest.raises(Conflict):
        load_plan(context, administrator(context), read_plan_file(text, "plan.toml"))


def test_only_lifetime_is_on_at_first_and_several_levels_need_somebodys_word(
    any_context: Context,
) -> None:
    actor = administrator(any_context)
    assert list_plans(any_context).current.name == "lifetime"
    for plan in BUILT_IN[1:]:
        with pytest.raises(Forbidden, match="7 levels"):
            use_plan(any_context, actor, plan.name)
    known = acknowledge_plan(any_context, actor, "seven-level")
    assert (known.acknowledged_by, known.acknowledged_at) == (actor.account, NOON)
    later = administrator(any_context)
    assert acknowledge_plan(any_context, later, "seven-level") == known
    chosen = use_plan(any_context, actor, "seven-level")
    assert (chosen.since, chosen.chosen_by) == (NOON, actor.account)
    assert list_plans(any_context).current.name == "seven-level"
    with pytest.raises(NotFound):
        use_plan(any_context, actor, "seven-level", 2)


def test_a_plan_holds_from_an_instant_on_and_never_from_the_past(any_context: Context) -> None:
    actor = administrator(any_context)
    acknowledge_plan(any_context, actor, "seven-level")
    with pytest.raises(Invalid, match="has passed"):
        use_plan(any_context, actor, "seven-level", since=Instant(NOON - 1))
    use_plan(any_context, actor, "seven-level", since=Instant(NOON + DAY))
    use_plan(any_context, actor, "lifetime", since=Instant(NOON + 2 * DAY))
    eve, ann, bob = add_chain(any_context, 3)
    for number in range(3):
        apply_event(any_context, paid(bob, ref=f"in_{number}", at=NOON + number * DAY))
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -3 * 580}
    assert balances(any_context, eve) == {f"partner.pending:{eve} USD": -435}


def test_nobody_but_an_administrator_does_any_of_it(context: Context) -> None:
    plan = read_plan_file(TOML, "plan.toml")
    for role in set(Role) - {Role.ADMIN}:
        actor = owner_of(TENANT, add_account(context), role)
        with pytest.raises(Forbidden):
            load_plan(context, actor, plan)
        with pytest.raises(Forbidden):
            acknowledge_plan(context, actor, "seven-level")
        with pytest.raises(Forbidden):
            use_plan(context, actor, "lifetime")


def test_a_region_multiplies_what_its_payers_bring(any_context: Context, tmp_path: Path) -> None:
    actor = administrator(any_context)
    file = tmp_path / "plan.toml"
    file.write_bytes(TOML)
    load_plan(any_context, actor, read_plan_file(file.read_bytes(), file.name))
    acknowledge_plan(any_context, actor, "partners")
    use_plan(any_context, actor, "partners")
    ann, bob = add_chain(any_context, 2)
    apply_event(any_context, paid(bob, country="IN"))
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -435}
