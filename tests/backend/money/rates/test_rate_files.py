"""Files of rates: every form of the European Central Bank, taken whole or not at all."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.instants import date_of
from backend.errors import Invalid
from backend.gateways import rate_files
from backend.gateways.rate_files import RateFile, read_rates
from tests.support.rate_files import (
    DAILY,
    daily_csv,
    daily_xml,
    history_csv,
    history_xml,
    packed,
)

DAYS = {"2026-09-03": {"USD": "1.0723", "JPY": "157.30"}, "2026-09-02": {"USD": "1.0702"}}


def read(content: bytes) -> RateFile:
    return read_rates(content, provider="ecb")


def refusal(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(content)
    return refused.value


@pytest.mark.parametrize(
    "content",
    [
        daily_xml(),
        b"\xef\xbb\xbf" + daily_xml(),
        daily_csv(),
        daily_csv("2026-09-03").replace(b"\n", b"\r\n"),
        packed(daily_csv()),
    ],
    ids=["xml", "xml with a mark", "csv", "csv of Windows", "zip"],
)
def test_every_daily_form_gives_the_same_rates_of_more_than_twelve_currencies(
    content: bytes,
) -> None:
    found = read(content).rates
    assert len(found) == len(DAILY) >= 12
    by_currency = {rate.currency: rate for rate in found}
    assert by_currency["SEK"].per_euro == "11.586"
    assert {date_of(rate.day) for rate in found} == {datetime.date(2026, 9, 3)}
    assert {rate.provider for rate in found} == {"ecb"}


@pytest.mark.parametrize(
    "content",
    [history_xml(DAYS), history_csv(DAYS), packed(history_csv(DAYS), "eurofxref-hist.csv")],
    ids=["xml", "csv", "zip"],
)
def test_history_gives_each_day_and_nothing_where_there_was_no_rate(content: bytes) -> None:
    found = {(str(date_of(rate.day)), rate.currency): rate.per_euro for rate in read(content).rates}
    assert found == {
        ("2026-09-03", "USD"): "1.0723",
        ("2026-09-03", "JPY"): "157.3",
        ("2026-09-02", "USD"): "1.0702",
    }


@pytest.mark.parametrize("write", [history_xml, history_csv])
def test_currencies_that_nobody_knows_here_are_skipped_and_named(write: object) -> None:
    days = {"2008-12-31": {"USD": "1.3917", "SKK": "30.126", "EEK": "15.6466"}}
    found = read(write(days))  # type: ignore[operator]  # one of the two
    assert (len(found.rates), found.skipped) == (1, ("EEK", "SKK"))


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"Date,USD\n2026-09-03,1.07\n2026-09-02,1,07\n", 3, "it has 3 cells"),
        (b"Date,USD\n2026-09-03,-1.07\n", 2, "'-1.07' is no rate"),
        (b"Date,USD\n\n2026-09-03,0\n", 3, "'0' is no rate"),
        (b"Date,USD\n2026-13-03,1.07\n", 2, "'2026-13-03' is no date"),
        (b"Date,USD\n3 Septembre 2026,1.07\n", 2, "'3 Septembre 2026' is no date"),
        (b"Date,USD\n2026-09-03,1.07\n2026-09-03,1.08\n", 3, "USD has a rate of that day already"),
        (b"Date,USD,USD\n2026-09-03,1.07,1.07\n", 2, "USD has a rate of that day already"),
        (b"Date,usd\n2026-09-03,1.07\n", 2, "'usd' is no code of a currency"),
        (b"Date,EUR\n2026-09-03,1\n", 2, "EUR needs no rate"),
        (b"Date,USD,\n2026-09-03,1.07,5\n", 2, "'5' stands in a column without a currency"),
        (b"Day,USD\n2026-09-03,1.07\n", 1, "it has to begin with Date"),
        (b"", 1, "it has to begin with Date"),
        (b'Date,USD\n2026-09-03,"1.07\n', 2, "it is not CSV"),
        (b"Date,USD\n2026-09-03,1.\xff\n", 2, "it holds bytes that are no text"),
        (b"\x00\x01\x02", 1, "it"),
        (daily_xml(rates={"USD": "1,07"}), 9, "'1,07' is no rate"),
        (daily_xml(rates={"usd": "1.07"}), 9, "'usd' is no code"),
        (daily_xml("03.09.2026"), 8, "'03.09.2026' is no date"),
        (daily_xml()[:-40], 37, "it is not well-formed XML"),
        (b"<Cube currency='USD' rate='1.07'/>", 1, "a rate stands before its day"),
    ],
)
def test_line_that_is_wrong_is_named(content: bytes, line: int, reason: str) -> None:
    refused = refusal(content)
    assert refused.message.startswith(f"Line {line} of the file: {reason}")
    assert refused.field == f"line {line}"
    assert refused.hint == "Nothing of the file was stored."


def test_file_without_any_known_currency_is_refused() -> None:
    assert "no rate of a currency" in refusal(b"Date,SKK\n2026-09-03,30\n").message
    assert "no rate of a currency" in refusal(b"<html><body>Not here</body></html>").message


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
        "<!DOCTYPE html>",
    ],
)
def test_xml_that_declares_entities_is_refused_before_they_mean_anything(declared: str) -> None:
    content = f"{declared}<x><Cube time='2026-09-03'/>&a;</x>".encode()
    assert "declares no document type" in refusal(content).message


def test_archive_is_bounded_whatever_it_says_of_itself() -> None:
    bomb = packed(b"Date,USD\n" + b"\n" * (rate_files.FILE_BYTES + 1))
    assert len(bomb) < 100_000
    assert "is longer than" in refusal(bomb).message
    assert "is longer than" in refusal(b" " * (rate_files.FILE_BYTES + 1)).message


@pytest.mark.parametrize(
    "content",
    [
        packed(daily_csv(), "a.csv", "b.csv"),
        packed(daily_csv(), "readme.txt"),
        packed(daily_csv())[:-30],
        b"PK\x03\x04" + b"\0" * 100,
    ],
    ids=["two files", "no file", "torn", "no archive"],
)
def test_archive_that_is_not_one_file_of_rates_is_refused(content: bytes) -> None:
    assert "archive" in refusal(content).message


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_other_bytes_are_refused_in_words(content: bytes) -> None:
    for begin in (b"", b"<", b"Date,USD\n", b"PK\x03\x04"):
        try:
            read(begin + content)
        except Invalid as refused:
            assert refused.message
