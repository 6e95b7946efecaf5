"""Every verb works as its help says: what it prints where, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from generator.model.insight import ProjectKind

ROOT = Path(__file__).parents[3]
HEAVY = ("jinja2", "markdown_it", "httpx", "github", "PIL", "pygments", "docutils", "msgspec")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a small tool with docs."""
    folder = tmp_path / "lamp"
    (folder / "docs").mkdir(parents=True)
    (folder / "README.md").write_text("# Lamp\n\nA light for dark rooms.\n\n## Use\n\nPress it.\n")
    (folder / "Cargo.toml").write_text('[package]\nname = "lamp"\nversion = "1.2.0"\n')
    (folder / "docs" / "start.md").write_text("# Start\n\nBegin.\n")
    return folder


def _run(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=60,
    )  # fmt: skip


def test_help_names_every_verb_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stderr.strip() == "[]"
    for verb, summary in cli.VERBS.items():
        assert re.search(rf"^\s+{verb}\s+{re.escape(summary[:20])}", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help(verb: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([verb, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: 4site {verb}")


def test_no_verb_at_all_shows_the_help(capsys: Captured) -> None:
    assert cli.main([]) == 0
    assert "examples:" in capsys.readouterr().out


def test_version_is_printed() -> None:
    done = _run("--version")
    assert re.fullmatch(r"4site \d+\.\d+\.\d+\S*\n", done.stdout)


@pytest.mark.parametrize("words", [["buidl"], ["build", "--colour"], ["completion", "csh"]])
def test_wrong_use_exits_with_two_and_says_why(words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert words[-1] in capsys.readouterr().err


def test_build_says_what_it_made_and_where(source: Path, tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["build", str(source), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"Built \d+ pages, \d+ files in [\d.]+ s → \S+/\n", said.out)
    assert "Writing" in said.err
    assert cli.main(["build", str(source), "-o", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.startswith("Nothing changed: ")


def test_quiet_build_is_silent(source: Path, tmp_path: Path, capsys: Captured) -> None:
    with (source / "README.md").open("a") as readme:
        readme.write("\n[gone](docs/gone.md)\n")
    assert cli.main(["build", str(source), "-o", str(tmp_path / "out"), "-q"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_json_build_prints_one_object_and_nothing_else(
    source: Path, tmp_path: Path, capsys: Captured
) -> None:
    with (source / "README.md").open("a") as readme:
        readme.write("\n[gone](docs/gone.md)\n")
    out = tmp_path / "out"
    assert cli.main(["build", str(source), "-o", str(out), "--json"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert {"pages", "files", "bytes", "seconds", "warnings", "out"} <= set(report)
    files = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".4")]
    assert report["files"] == len(files)
    assert report["bytes"] == sum(path.stat().st_size for path in files)
    assert Path(report["out"]) == out.resolve()
    assert [warning["path"] for warning in report["warnings"]] == ["README.md"]
    assert said.err == ""


def test_warning_names_place_and_cure(source: Path, tmp_path: Path, capsys: Captured) -> None:
    with (source / "README.md").open("a") as readme:
        readme.write("\n[gone](docs/gone.md)\n")
    assert cli.main(["build", str(source), "-o", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().err.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("warning: README")]
    assert "docs/gone.md" in lines[place]
    assert lines[place + 1].startswith("  hint: ")


@pytest.mark.parametrize("is_plain", [False, True])
def test_colour_is_for_terminals_without_no_color(
    source: Path, tmp_path: Path, is_plain: bool
) -> None:
    with (source / "README.md").open("a") as readme:
        readme.write("\n[gone](docs/gone.md)\n")
    environment = os.environ | {"TERM": "xterm", "PYTHONPATH": str(ROOT)}
    if is_plain:
        environment["NO_COLOR"] = "1"
    reader, terminal = pty.openpty()
    with os.fdopen(reader, "rb", buffering=0) as screen:
        subprocess.run(
            [sys.executable, "-m", "cli", "build", str(source), "-o", str(tmp_path / "out")],
            stdout=subprocess.PIPE, stderr=terminal, check=True, cwd=ROOT, env=environment,
        )  # fmt: skip
        os.set_blocking(reader, False)
        shown = screen.read() or b""
        os.close(terminal)
    assert b"warning:" in shown
    assert (b"\x1b[33m" in shown) is not is_plain


def test_themes_and_kinds_are_listed(capsys: Captured) -> None:
    for verb, names in (
        ("themes", {"atlas", "press", "terminal"}),
        ("kinds", {kind.value for kind in ProjectKind}),
    ):
        assert cli.main([verb]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert {line.split()[0] for line in lines} == names
        assert cli.main([verb, "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert {row["name"] for row in rows} == names
        assert all(len(row["description"]) > 10 for row in rows)


def test_schema_knows_every_table(capsys: Captured) -> None:
    assert cli.main(["schema"]) == 0
    text = capsys.readouterr().out
    schema = json.loads(text)
    assert schema["$schema"].startswith("https://json-schema.org/")
    for table in ("project", "source", "site", "theme", "pages", "home", "share", "cards"):
        assert f'"{table}"' in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_is_a_script_that_knows_verbs_and_flags(shell: str, capsys: Captured) -> None:
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(verb in script for verb in cli.VERBS)
    assert "base-url" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_render_reads_standard_input(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO("# Ä\n\n> [!TIP]\n> See #1. <script>x</script>".encode()))
    monkeypatch.setattr("sys.stdin", text)
    assert cli.main(["render", "-", "--repo", "https://github.com/ada/lamp"]) == 0
    html = capsys.readouterr().out
    assert "Ä" in html
    assert "https://github.com/ada/lamp/issues/1" in html
    assert "<script" not in html


def test_render_reads_a_file_by_its_format(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "notes.rst").write_text("Notes\n=====\n\nSome *emphasis*.\n")
    assert cli.main(["render", str(tmp_path / "notes.rst")]) == 0
    assert "<em>emphasis</em>" in capsys.readouterr().out


def test_inspect_says_where_each_fact_was_read(source: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(source), "-q"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^version\s+1\.2\.0\s+\(Cargo\.toml", shown, re.MULTILINE)
    assert "/docs/start/" in shown


def test_inspect_as_json_is_one_object(source: Path, capsys: Captured) -> None:
    assert cli.main(["inspect", str(source), "--json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["insight"]["version"]["value"] == "1.2.0"
    assert found["insight"]["version"]["origin"]["path"] == "Cargo.toml"
    assert {"url": "docs/start/", "kind": "doc"}.items() <= found["pages"][1].items()
    assert said.err == ""


def test_card_is_a_picture_of_the_size_platforms_ask_for(
    source: Path, tmp_path: Path, capsys: Captured
) -> None:
    card = tmp_path / "card.png"
    assert cli.main(["card", str(source), "-o", str(card)]) == 0
    head = card.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1200, 630)
    assert "card.png" in capsys.readouterr().out


def test_card_in_no_folder_is_refused(source: Path, tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["card", str(source), "-q", "-o", str(tmp_path / "gone" / "card.png")]) == 1
    assert capsys.readouterr().err.startswith("error: Cannot write ")


def test_doctor_asks_nothing_of_the_network_when_offline(source: Path, capsys: Captured) -> None:
    assert cli.main(["doctor", str(source), "--offline"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^ok\s+git: ", shown, re.MULTILINE)
    assert re.search(r"^missing\s+token: ", shown, re.MULTILINE)
    assert cli.main(["doctor", str(source), "--offline", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert {finding["state"] for finding in findings} <= {"ok", "missing", "warning"}
    assert all(finding["cure"] for finding in findings if finding["state"] != "ok")
    assert "network" not in {finding["name"] for finding in findings}


def test_doctor_says_that_the_network_is_dead(source: Path, capsys: Captured) -> None:
    assert cli.main(["doctor", str(source), "--json"]) == 0
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["network"]["state"] == "warning"


def test_audit_ends_with_three_below_the_bar(
    source: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "out"
    assert cli.main(["build", str(source), "-o", str(out), "-q"]) == 0
    assert cli.main(["audit", str(out)]) == 0
    capsys.readouterr()
    page = out / "index.html"
    page.write_text(page.read_text().replace("</main>", '<a href="gone/">gone</a></main>'))
    assert cli.main(["audit", str(out), "--json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert "index.html" in {finding["path"] for finding in report["findings"]}
    assert cli.main(["audit", str(out), "--fail-under", "0"]) == 0


def test_audit_of_no_site_says_how_to_build_one(tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["audit", str(tmp_path / "gone")]) == 4
    assert "4site build" in capsys.readouterr().err


def test_traceback_is_shown_only_with_debug(tmp_path: Path, capsys: Captured) -> None:
    for flags, is_shown in (([], False), (["--debug"], True)):
        words = ["build", str(tmp_path / "gone"), "-o", str(tmp_path / "out"), *flags]
        assert cli.main(words) == 4
        assert ("Traceback" in capsys.readouterr().err) is is_shown


def test_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m cli schema | head -n 1'],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
