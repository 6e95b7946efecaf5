"""The demo world: the same every time, as its rules say, and never in somebody else's database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.actions import referrals
from backend.actions.checking import check
from backend.actions.context import Context
from backend.demo.cast import HEROINE, PROJECTS
from backend.demo.suspects import EVERYBODY
from backend.demo.world import DAYS, WorldState, email_of, heroine_link, state_of
from backend.domain.actors import owner_of
from backend.domain.instants import Day, date_of
from backend.domain.referrals import ReferralState
from backend.store.tables.all import METADATA
from tests.support.demo_world import SAID, copy_folder, demo_command, make_world
from tests.support.postgresql import PostgreSQL
from tests.support.running import server_command as server
from tests.support.service import add_account, make_context


def rows(context: Context) -> dict[str, list[str]]:
    """Return every row of every table as text, in a fixed order."""
    with context.database.reading() as session:
        return {
            table.name: sorted(
                _text_of(table.name, tuple(row))
                for row in session.connection().execute(table.select())
            )
            for table in METADATA.sorted_tables
            if table.name != "sign_in"  # a link that another test asks for
        }


def _text_of(table: str, row: tuple[object, ...]) -> str:
    # Each service signs its log with a key of its own.
    return repr(row).partition("— ")[0] if table == "log_checkpoint" else repr(row)


def one(context: Context, query: str) -> int:
    with context.database.reading() as session:
        return int(session.connection().execute(text(query)).scalar_one())


def test_the_same_start_makes_the_same_rows_also_on_postgresql(
    world: Context, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    """The first world is of another process, and on SQLite."""
    again = make_world(tmp_path, postgresql.new_database())
    first, second = rows(world), rows(again)
    again.database.close()
    assert {name: len(found) for name, found in first.items()} == {
        name: len(found) for name, found in second.items()
    }
    for name, found in first.items():
        assert found == second[name], name


def test_everything_agrees_with_its_facts(world: Context) -> None:
    assert check(world, is_late=True) == []


def test_there_is_something_to_see_everywhere(world: Context) -> None:
    assert one(world, "SELECT count(*) FROM account") == len(EVERYBODY)
    assert one(world, "SELECT count(*) FROM site WHERE status = 'active'") == len(PROJECTS)
    assert one(world, "SELECT count(DISTINCT tier) FROM account") == 4
    assert one(world, "SELECT count(DISTINCT platform) FROM share") >= 10
    assert one(world, "SELECT count(*) FROM showcase") >= 15
    now = world.clock.now()
    featured = f"SELECT count(*) FROM showcase WHERE featured_until > {now}"  # noqa: S608
    assert one(world, featured) >= 5
    assert one(world, "SELECT count(DISTINCT kind) FROM event") == 8


def test_weekends_are_quiet_and_one_day_is_not(world: Context) -> None:
    with world.database.reading() as session:
        found = session.connection().execute(
            text("SELECT day, sum(views) FROM site_day GROUP BY day ORDER BY day")
        )
        views = {int(day): int(total) for day, total in found}
    assert len(views) == DAYS
    usual = sorted(views.values())[DAYS // 2]
    assert max(views.values()) > 2 * usual
    weekends = [total for day, total in views.items() if date_of(Day(day)).weekday() >= 5]
    assert max(weekends) < max(views.values())
    assert sum(weekends) / len(weekends) < 0.75 * usual


def test_referrals_are_in_every_state(world: Context) -> None:
    states: Counter[ReferralState] = Counter()
    with world.database.reading() as session:
        accounts = session.connection().execute(text("SELECT DISTINCT referrer FROM referral"))
        referrers = [str(row[0]) for row in accounts]
    for referrer in referrers:
        summary = referrals.referral_summary(world, owner_of("default", referrer))
        states.update({state: count for state, count in summary.states.items() if count})
    assert set(states) == set(ReferralState)


def test_its_owner_can_sign_in(world: Context) -> None:
    assert state_of(world) is WorldState.COMPLETE
    link = heroine_link(world)
    assert link.startswith("http://127.0.0.1:8000/sign-in/")


def test_a_database_with_accounts_is_left_alone(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    assert state_of(context) is WorldState.EMPTY
    add_account(context)
    assert state_of(context) is WorldState.FOREIGN
    context.database.close()
    refused = server(tmp_path, "demo", "--only-fill")
    assert refused.returncode == 2
    assert "holds accounts already" in refused.stderr


def test_a_world_that_was_not_finished_is_told_from_a_whole_one(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    add_account(context, email=email_of(HEROINE))
    assert state_of(context) is WorldState.PARTIAL
    context.database.close()


def test_the_command_fills_once_and_then_says_so(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    copy_folder(tmp_path_factory, tmp_path)
    said = (tmp_path / SAID).read_text()
    assert "25 people and 31 sites with 60 days of visits from 2026-07-06" in said
    again = demo_command(tmp_path, "demo", "--only-fill")
    assert (again.returncode, "is there already" in again.stdout) == (0, True)
    checked = demo_command(tmp_path, "check", "--json")
    assert (checked.returncode, checked.stdout) == (0, '{"differences": []}\n')


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    refused = server(tmp_path, "demo", "--only-fill", "--start", "soon")
    assert (refused.returncode, "'soon' is no date." in refused.stderr) == (2, True)
