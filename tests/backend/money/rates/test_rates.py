"""Rates as they are kept: facts of a day, imported and fetched, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from backend.actions.audit import at_the_machine, list_entries
from backend.actions.context import Context
from backend.actions.exchange import (
    fetch_if_needed,
    fetch_rates,
    import_rates,
    rates_at,
    rates_for,
)
from backend.clock import FixedClock
from backend.domain.audit import AuditQuery
from backend.domain.exchange import Rates
from backend.domain.instants import DAY, Day, Instant, day_of
from backend.errors import Conflict, FetchFailed, Invalid, RateMissing
from backend.gateways.exchange_rates import EuropeanCentralBank, KnownRates
from backend.gateways.rate_files import read_rates
from backend.settings import RATES_URL, Settings
from cli import main
from tests.support.rate_files import DAILY, daily_csv, daily_xml, history_xml, packed
from tests.support.scripted_server import ScriptedServer, answer, serve_scripts
from tests.support.service import NOON

TODAY = day_of(NOON)  # 2026-09-04
YESTERDAY = Day(TODAY - 1)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


def bank(server: ScriptedServer, context: Context, url: str = "") -> EuropeanCentralBank:
    settings = replace(
        context.settings, rates_url=url or server.url("/rates"), private_hosts=("127.0.0.1",)
    )
    return EuropeanCentralBank(settings)


def on(context: Context, day: Day) -> Rates:
    with context.database.reading() as session:
        return rates_for(session, day)


def dollars(context: Context, day: Day = TODAY) -> str:
    return on(context, day).between("EUR", "USD").text


def test_imported_rates_hold_on_their_day_and_shortly_after(any_context: Context) -> None:
    imported = import_rates(any_context, daily_xml())
    assert (imported.new, imported.known, imported.currencies) == (29, 0, 29)
    assert (imported.first, imported.last) == (YESTERDAY, YESTERDAY)
    assert dollars(any_context) == dollars(any_context, Day(YESTERDAY + 7)) == "1.0723"
    assert rates_at(any_context, NOON) == on(any_context, TODAY)
    for day in (Day(YESTERDAY - 1), Day(YESTERDAY + 8)):
        with pytest.raises(RateMissing):
            dollars(any_context, day)


def test_what_somebody_imports_by_hand_is_noted_once(any_context: Context) -> None:
    import_rates(any_context, b"Date,USD\n2026-09-02,1.08\n", provider="clock")
    for _ in range(2):
        import_rates(any_context, daily_xml(), by=at_the_machine())
    (noted,) = list_entries(any_context, at_the_machine(), AuditQuery()).entries
    assert (noted.actor, noted.action, noted.subject) == ("command", "rates.store", "ecb")
    assert noted.facts == '{"last":"2026-09-03","new":29}'


def test_importing_the_same_again_in_any_form_changes_nothing(any_context: Context) -> None:
    import_rates(any_context, daily_xml())
    before = on(any_context, TODAY)
    for content in (daily_xml(), daily_csv(), packed(daily_csv())):
        again = import_rates(any_context, content)
        assert (again.new, again.known) == (0, 29)
    assert on(any_context, TODAY) == before


def test_file_that_changes_a_stored_day_is_refused_whole(any_context: Context) -> None:
    import_rates(any_context, daily_xml())
    changed = history_xml({"2026-09-03": {**DAILY, "USD": "1.08"}, "2026-09-02": DAILY})
    with pytest.raises(Conflict) as refused:
        import_rates(any_context, changed)
    assert refused.value.message == (
        "USD is stored with 1.0723 for 2026-09-03 by ecb, and the file says 1.08."
    )
    assert dollars(any_context) == "1.0723"
    with pytest.raises(RateMissing):
        dollars(any_context, Day(YESTERDAY - 1))


def test_correction_under_another_name_is_used_from_then_on(any_context: Context) -> None:
    import_rates(any_context, daily_xml())
    assert isinstance(any_context.clock, FixedClock)
    any_context.clock.move(1)
    import_rates(any_context, b"Date,USD\n2026-09-03,1.08\n", provider="corrected")
    found = on(any_context, TODAY).between("USD", "JPY")
    assert (found.text, found.providers) == ("157.3/1.08", ("corrected", "ecb"))


def test_currencies_that_the_bank_lacks_come_from_a_file_of_ones_own(any_context: Context) -> None:
    import_rates(any_context, daily_xml())
    import_rates(any_context, b"Date,KES\n2026-09-04,138.95\n", provider="own")
    found = on(any_context, TODAY).between("USD", "KES")
    assert (found.text, found.day) == ("138.95/1.0723", YESTERDAY)


def test_rates_of_a_day_to_come_are_refused(any_context: Context) -> None:
    with pytest.raises(Invalid, match="2026-09-05, a day that has not begun"):
        import_rates(any_context, daily_xml("2026-09-05"))
    assert import_rates(any_context, daily_xml("2026-09-04")).new == 29


def test_bad_line_stores_nothing(any_context: Context) -> None:
    with pytest.raises(Invalid, match="Line 3 of the file"):
        import_rates(any_context, b"Date,USD\n2026-09-03,1.0723\n2026-09-02,nothing\n")
    with pytest.raises(Invalid, match="no name of a provider"):
        import_rates(any_context, daily_xml(), provider="../../ecb")
    with pytest.raises(RateMissing):
        dollars(any_context)


def test_imports_at_the_same_time_store_each_rate_once(any_context: Context) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: import_rates(any_context, daily_xml()), range(4)))
    assert sum(one.new for one in done) == 29


def test_long_history_is_stored_in_pieces(context: Context) -> None:
    days = {f"{year}-{month:02}-{day:02}": DAILY for year in (2024, 2025)
            for month in range(1, 13) for day in range(1, 29)}  # fmt: skip
    assert import_rates(context, history_xml(days)).new == 2 * 12 * 28 * 29


def test_fetched_rates_are_stored_and_a_gap_fills_up(
    any_context: Context, server: ScriptedServer
) -> None:
    server.scripts["/rates"] = answer(daily_xml("2026-09-01"))
    assert fetch_rates(any_context, bank(server, any_context)).new == 29
    days = {f"2026-09-0{number}": DAILY for number in (4, 3, 2, 1)}
    server.scripts["/rates"] = answer(history_xml(days))
    fetched = fetch_rates(any_context, bank(server, any_context))
    assert (fetched.new, fetched.known) == (87, 29)


def test_rate_that_the_bank_changed_later_stays_as_stored_and_is_told(context: Context) -> None:
    import_rates(context, daily_xml())
    later = history_xml({"2026-09-04": {"USD": "1.09"}, "2026-09-03": {"USD": "1.08"}})
    fetched = fetch_rates(context, KnownRates(read_rates(later, provider="ecb")))
    assert [(rate.currency, rate.per_euro) for rate in fetched.changed] == [("USD", "1.08")]
    assert (dollars(context, YESTERDAY), dollars(context)) == ("1.0723", "1.09")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, b"", "status 404"),
        (500, daily_xml(), "status 500"),
        (200, b"<html>Sorry</html>", "holds no rate"),
        (200, daily_xml()[:-300], "not well-formed"),
    ],
)
def test_answer_that_is_no_file_of_rates_stores_nothing(
    context: Context, server: ScriptedServer, status: int, body: bytes, reason: str
) -> None:
    server.scripts["/rates"] = answer(body, status)
    with pytest.raises(FetchFailed, match=reason):
        fetch_rates(context, bank(server, context))
    with pytest.raises(RateMissing):
        dollars(context)


def test_rates_are_not_fetched_from_a_private_address(
    context: Context, server: ScriptedServer
) -> None:
    settings = replace(context.settings, rates_url=server.url("/rates"))
    with pytest.raises(FetchFailed):
        EuropeanCentralBank(settings).fetch()
    assert server.asked == []


def test_nothing_is_fetched_without_money_or_when_it_is_off(context: Context) -> None:
    assert fetch_if_needed(context) is None
    with pytest.raises(FetchFailed, match="is off"):
        EuropeanCentralBank(replace(context.settings, rates_url=None)).fetch()


def test_the_bank_is_asked_unless_a_setting_says_otherwise() -> None:
    assert Settings.from_env({}).rates_url == RATES_URL
    assert RATES_URL.startswith("https://www.ecb.europa.eu/stats/eurofxref/")
    assert Settings.from_env({"FOURSITE_RATES_URL": "off"}).rates_url is None
    own = Settings.from_env({"FOURSITE_RATES_URL": "https://rates.example/x.xml"})
    assert own.rates_url == "https://rates.example/x.xml"
    with pytest.raises(Invalid, match="FOURSITE_RATES_URL"):
        Settings.from_env({"FOURSITE_RATES_URL": "file:///etc/passwd"})


def test_operator_imports_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOURSITE_DATA_DIR", str(tmp_path))
    file = tmp_path / "rates.csv"
    file.write_bytes(b"Date,USD,SKK\n2026-09-03,1.0723,30.126\n")
    assert main(["server", "rates", "import", str(file)]) == 0
    assert capsys.readouterr().out == (
        "Stored 1 new rates of 1 currencies from 2026-09-03 to 2026-09-03."
        " 0 were there already.\nSkipped, because they are not known here: SKK.\n"
    )
    file.write_bytes(b"Date,USD\n2026-09-03,1.08\n")
    assert main(["server", "rates", "import", str(file)]) == 1
    assert "--provider" in capsys.readouterr().err
    assert main(["server", "rates", "import", str(file), "--provider", "corrected"]) == 0
    assert main(["server", "rates", "import", str(tmp_path / "nothing")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_instants_of_one_day_have_the_same_rates(context: Context) -> None:
    import_rates(context, daily_xml())
    first = rates_at(context, Instant(TODAY * DAY))
    assert first == rates_at(context, Instant(TODAY * DAY + DAY - 1))
