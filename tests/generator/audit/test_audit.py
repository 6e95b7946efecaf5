"""The audit finds what is planted, and nothing in a clean site."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from generator.audit.finding import Area
from generator.audit.formats import format_report
from generator.audit.run import audit_folder
from generator.errors import SourceMissing

_PAGE = (
    '<!doctype html><html lang="en"><head><title>T</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    "<body><main><h1>T</h1>{body}</main></body></html>"
)


def _site(tmp_path: Path, **pages: str) -> Path:
    for name, body in pages.items():
        path = tmp_path / name.replace("__", "/") / "index.html"
        path = tmp_path / "index.html" if name == "home" else path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_PAGE.replace("{body}", body))
    return tmp_path


def _rules(folder: Path) -> list[str]:
    return [finding.rule for finding in audit_folder(folder).findings]


def test_clean_site_has_no_findings_and_full_scores(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(b"x")
    folder = _site(
        tmp_path,
        home='<a href="docs/#here">d</a> <a href="./">home</a> <img src="a%20b.png" alt="">'
        '<a href="https://example.org/">out</a> <a href="#top">top</a>',
        docs='<h2 id="here">x</h2> <a href="../">up</a> <a href="../index.html">up</a>',
    )
    report = audit_folder(folder)
    assert report.findings == ()
    assert report.score == 100
    assert report.links == 7


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<a href="gone/">x</a>', "link-broken"),
        ('<a href="../../etc/passwd">x</a>', "link-broken"),
        ('<a href="#nowhere">x</a>', "anchor-missing"),
        ('<img src="gone.png" alt="">', "asset-missing"),
        ('<img srcset="gone.png 2x" src="./index.html" alt="">', "asset-missing"),
        ('<p id="a">x</p><p id="a">y</p>', "id-duplicate"),
        ('<img src="./index.html">', "alt-missing"),
        ("<h1>again</h1>", "h1-count"),
        ('<script src="https://cdn.example/x.js"></script>', "third-party-request"),
        ('<img src="//cdn.example/x.png" alt="">', "third-party-request"),
        ("<p>ghp_" + "a1B2" * 9 + "</p>", "secret"),
        ("<p>AKIA" + "ABCD1234EFGH5678" + "</p>", "secret"),
        ("<p>/home/marianne/project/key.txt</p>", "private-path"),
    ],
)
def test_planted_fault_is_found(tmp_path: Path, body: str, rule: str) -> None:
    report = audit_folder(_site(tmp_path, home=body))
    assert [finding.rule for finding in report.findings] == [rule]
    assert report.findings[0].path == "index.html"
    assert report.findings[0].line == 1
    assert report.score < 100


def test_documented_example_key_and_generic_paths_are_no_secrets(tmp_path: Path) -> None:
    assert not _rules(_site(tmp_path, home="AKIAIOSFODNN7EXAMPLE /home/user/x /Users/you/y"))


def test_style_sheet_that_asks_another_host_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text('@import "https://fonts.example/x.css";')
    assert _rules(_site(tmp_path, home="")) == ["third-party-request"]


_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; connect-src 'self' https://share.example\">"
)
_WIDGET = '<script defer src="./w.js" data-site="abcd1234" data-service="https://share.example">'


def test_service_that_the_widget_names_is_no_third_party(tmp_path: Path) -> None:
    (tmp_path / "w.js").write_text("")
    own = '<img src="https://share.example/badge.png" alt="">'
    assert _rules(_site(tmp_path, home=f"{_POLICY}{_WIDGET}</script>{own}")) == []


def test_policy_that_allows_another_host_is_found(tmp_path: Path) -> None:
    (tmp_path / "w.js").write_text("")
    assert _rules(_site(tmp_path, home=_POLICY)) == ["third-party-allowed"]
    other = _WIDGET.replace("share.example", "other.example")
    assert _rules(_site(tmp_path, home=f"{_POLICY}{other}</script>")) == ["third-party-allowed"]


def test_heavy_pictures_are_found(tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(b"0" * 2_000_000)
    assert _rules(_site(tmp_path, home='<img src="big.png" alt="">')) == ["pictures-heavy"]


def test_one_leak_is_not_outweighed_by_clean_pages(tmp_path: Path) -> None:
    clean = {f"page{number}": "" for number in range(30)}
    report = audit_folder(_site(tmp_path, home="ghp_" + "a1B2" * 9, **clean))
    assert report.scores[Area.SECRETS] == 0


def test_formats_hold_every_finding(tmp_path: Path) -> None:
    report = audit_folder(_site(tmp_path, home='<a href="a:b,c%/">x</a><a href="gone/">x</a>'))
    sarif = msgspec.json.decode(format_report(report, "sarif"))
    assert sarif["runs"][0]["results"][0]["ruleId"] == "link-broken"
    found = msgspec.json.decode(format_report(report, "json"))
    assert found["findings"][0]["cure"]
    assert format_report(report, "github").startswith("::error file=index.html,line=1,")
    assert "link-broken" in format_report(report, "text")


def test_folder_without_a_site_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing) as caught:
        audit_folder(tmp_path / "gone")
    assert "4site build" in caught.value.hint
    with pytest.raises(SourceMissing):
        audit_folder(tmp_path)
