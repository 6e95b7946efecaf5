"""The audit's report as Markdown, and reports written into files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli
from generator.audit.finding import Area, AuditReport, Finding, Severity
from generator.audit.summary import format_markdown
from generator.content.markdown import render_specified


def _report(*messages: str) -> AuditReport:
    findings = tuple(
        Finding(area=Area.LINKS, rule="link-broken", severity=Severity.ERROR, message=message,
                cure="Mend it.", path="index.html", line=3)
        for message in messages
    )  # fmt: skip
    return AuditReport(pages=4, files=9, links=17, findings=findings)


def test_the_table_has_every_area_and_the_lowest_score_last() -> None:
    text = format_markdown(_report("`gone/` leads nowhere."))
    # An error takes 50 of a page's points: 12.5 of four pages', and one for not being clean.
    assert [line for line in text.splitlines() if line.startswith("|")][2:] == [
        "| links | 86 |",
        *(f"| {area} | 100 |" for area in list(Area)[1:]),
        "| **all** | **86** |",
    ]
    assert "4 pages, 17 links, 1 findings." in text


def test_a_clean_site_has_a_table_and_no_findings() -> None:
    assert "<details>" not in format_markdown(_report())


@pytest.mark.parametrize(
    "message",
    ["@everyone", "![x](https://example.org/x.png)", "a ``` b @ada", "`@ada", "x\n\n# @ada"],
)
def test_what_a_stranger_wrote_stays_code(message: str) -> None:
    page = render_specified(format_markdown(_report(message)), ["table"])
    assert page.count("<code>") == 2
    assert "<img" not in page
    assert "<h1" not in page
    assert "@" not in page.replace(page[page.rindex("<code>") : page.rindex("</code>")], "")


def test_a_long_list_says_how_much_is_left_out() -> None:
    text = format_markdown(_report(*["gone"] * 25))
    assert text.count("- error:") == 20
    assert "- … and 5 more" in text


def test_one_run_saves_a_report_of_every_kind(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><a href='gone/'>x</a>", encoding="utf-8")
    files = [tmp_path / f"audit{suffix}" for suffix in (".json", ".sarif", ".md", ".txt")]
    saves = [word for file in files for word in ("--save", str(file))]
    assert cli.main(["audit", str(site), "--format", "github", *saves]) == 3
    assert json.loads(files[0].read_text())["pages"] == 1
    assert json.loads(files[1].read_text())["version"] == "2.1.0"
    assert files[2].read_text().startswith("| Area | Score |")
    assert "link-broken" in files[3].read_text()


def test_a_file_of_unknown_kind_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["audit", "--save", "audit.pdf"])
    assert stopped.value.code == 2
    assert "a name that ends with .txt, .json, .sarif, .md" in capsys.readouterr().err
