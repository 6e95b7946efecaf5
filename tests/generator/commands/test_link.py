"""`4site link` against a service on the loopback that looks closely at what it is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

import cli
from tests.support.git_repositories import make_repository

TOKEN = "fs_test_0123456789"  # noqa: S105  the loopback service's
KEY = "Xk3vT9bQ2m"
ADDRESS = "https://example.org/lamp/"

Captured = pytest.CaptureFixture[str]


@dataclass(slots=True)
class FakeService:
    """What the service answers, and what it was asked. `answer` replaces the usual answer."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answer: tuple[int, dict[str, str], bytes] | None = None
    known: set[str] = field(default_factory=set)


@pytest.fixture
def service() -> Iterator[FakeService]:
    """Yield a service that knows `POST /api/v1/sites` and the public counts, and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        state: ClassVar[FakeService]

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on the test's terminal."""

        def do_GET(self) -> None:
            key = self.path.removeprefix("/widget/counts/").removesuffix(".json")
            if self.headers["Authorization"]:
                self.state.faults.append("a token where none is needed")
            status = 200 if key in self.state.known else 404
            self._send(status, {"Content-Type": "application/json"}, b'{"shares":0,"likes":0}')

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"] or 0)
            body = self.rfile.read(length)
            faults = self.state.faults
            if self.path != "/api/v1/sites":
                faults.append(f"asked {self.path}")
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                faults.append("wrong token")
            if self.headers["Content-Type"] != "application/json":
                faults.append("wrong type")
            if not 8 <= len(self.headers["Idempotency-Key"] or "") <= 64:
                faults.append("no idempotency key")
            asked = json.loads(body)
            fields = {"url", "title", "description", "repository", "kind", "language", "topics"}
            faults.extend(f"unknown field {name}" for name in set(asked) - fields)
            self.state.asked.append(asked | {"idempotency": self.headers["Idempotency-Key"]})
            if self.state.answer:
                self._send(*self.state.answer)
                return
            value = {"id": "site_1", "key": KEY, "referral_code": "ada7", "status": "draft"}
            self.state.known.add(KEY)
            self._send(201, {"Content-Type": "application/json"}, json.dumps(value).encode())

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.state = FakeService(url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Handler.state
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small tool with a forge, and let the environment hold the owner's token."""
    monkeypatch.setenv("FOURSITE_TOKEN", TOKEN)
    git = make_repository(tmp_path / "lamp", branch="main")
    git.commit(
        {
            "README.md": "# Lamp\n\nA light for dark rooms.\n",
            "Cargo.toml": '[package]\nname = "lamp"\ndescription = "A light for dark rooms"\n'
            'keywords = ["light", "Dark rooms", "c++", "dark_rooms"]\n',
            "src/main.rs": "fn main() {}\n",
            "4site.toml": "# ours\n[site]\nurl = 'https://example.org/lamp'\n",
        }
    )
    return tmp_path / "lamp"


def _link(source: Path, *flags: str) -> int:
    return cli.main(["link", str(source), "-q", *flags])


def _problem(status: int, title: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    body = {"type": "about:blank", "title": title, "status": status, "code": "code"}
    kind = {"Content-Type": "application/problem+json"}
    return status, kind | headers, json.dumps(body).encode()


def test_site_is_registered_with_what_the_repository_says(
    source: Path, service: FakeService
) -> None:
    forge = "https://github.com/example/lamp"
    assert _link(source, "--service", service.url, "--repo", forge) == 0
    (asked,) = service.asked
    assert service.faults == []
    del asked["idempotency"]
    assert asked == {
        "url": ADDRESS,
        "title": "Lamp",
        "description": "A light for dark rooms",
        "repository": forge,
        "kind": "tool",
        "language": "Rust",
        "topics": ["light", "dark-rooms"],
    }


def test_long_texts_are_cut_after_a_word(source: Path, service: FakeService) -> None:
    project = f'[project]\nname = "{"Lamp " * 40}"\npitch = "{"Very bright " * 40}"\n'
    (source / "4site.toml").write_text(f"{project}[site]\nurl = 'https://example.org/lamp'\n")
    assert _link(source, "--service", service.url) == 0
    (asked,) = service.asked
    assert asked["title"].endswith("Lamp…")
    assert len(asked["title"]) <= 120
    assert asked["description"].startswith("Very bright Very")
    assert 280 <= len(asked["description"]) <= 300


def test_key_and_code_are_written_and_the_rest_of_the_file_stays(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    assert _link(source, "--service", f"{service.url}/") == 0
    assert (source / "4site.toml").read_text() == (
        "# ours\n[site]\nurl = 'https://example.org/lamp'\n\n[service]\n"
        f'url = "{service.url}"\nsite_key = "{KEY}"\nreferral = "ada7"\n'
    )
    said = capsys.readouterr().out
    assert f"Registered {ADDRESS} at {service.url} (site site_1)." in said
    assert f'  site_key = "{KEY}"' in said
    assert TOKEN not in said


def test_a_build_afterwards_carries_the_key(source: Path, service: FakeService) -> None:
    _link(source, "--service", service.url)
    site = source.parent / "site"
    assert cli.main(["build", str(source), "-o", str(site), "-q", "--no-cache"]) == 0
    assert (site / "foursite-site.txt").read_text() == f"{KEY}\n"
    assert f"{service.url}/r/ada7" in (site / "index.html").read_text()


def test_second_run_asks_whether_the_key_is_known_and_changes_nothing(
    source: Path, service: FakeService, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    _link(source, "--service", service.url)
    before = (source / "4site.toml").read_bytes()
    monkeypatch.delenv("FOURSITE_TOKEN")
    assert _link(source) == 0
    assert len(service.asked) == 1
    assert service.faults == []
    assert (source / "4site.toml").read_bytes() == before
    assert "already linked" in capsys.readouterr().out


def test_key_that_the_service_does_not_know_is_named(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    _link(source, "--service", service.url)
    service.known.clear()
    assert _link(source) == 4
    assert f"knows no site with the key {KEY}" in capsys.readouterr().err


def test_repeating_a_lost_registration_uses_the_same_key_and_another_site_does_not(
    source: Path, service: FakeService
) -> None:
    service.answer = _problem(503, "Busy.")
    for flags in ((), (), ("--base-url", "https://example.org/other/")):
        assert _link(source, "--service", service.url, *flags) == 4
    first, second, other = (asked["idempotency"] for asked in service.asked)
    assert first == second != other


def test_another_service_gets_a_key_of_its_own(source: Path, service: FakeService) -> None:
    configuration = (source / "4site.toml").read_text()
    configuration += '[service]\nurl = "https://old.example"\nsite_key = "oldoldold"\n'
    (source / "4site.toml").write_text(configuration)
    assert _link(source, "--service", service.url) == 0
    assert len(service.asked) == 1
    assert "oldoldold" not in (source / "4site.toml").read_text()


def test_dry_run_shows_everything_and_does_nothing(
    source: Path, service: FakeService, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOURSITE_TOKEN")
    before = (source / "4site.toml").read_bytes()
    assert _link(source, "--service", service.url, "--dry-run") == 0
    said = capsys.readouterr().out
    assert '"title": "Lamp"' in said
    assert "Would write to 4site.toml:\n  [service]\n" in said
    assert service.asked == []
    assert (source / "4site.toml").read_bytes() == before


def test_json_is_one_object_in_every_state(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    states = []
    for flags in (("--dry-run",), (), ()):
        assert _link(source, "--service", service.url, "--json", *flags) == 0
        value = json.loads(capsys.readouterr().out)
        assert value["request"]["url"] == ADDRESS
        states.append((value["state"], value.get("key")))
    assert states == [("planned", None), ("registered", KEY), ("linked", KEY)]


def test_site_that_was_registered_before_is_found(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    service.answer = (200, {}, json.dumps({"id": 7, "key": KEY}).encode())
    assert _link(source, "--service", service.url) == 0
    assert capsys.readouterr().out.startswith("Found ")
    assert "referral" not in (source / "4site.toml").read_text()


def test_repository_from_elsewhere_gets_lines_to_add_and_never_names_the_service(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    (source / "4site.toml").write_text(f'[service]\nurl = "{service.url}"\n')
    make_repository(source, branch="main").commit({"x": "y"})
    words = ["link", source.as_uri(), "-q", "--base-url", ADDRESS]
    assert cli.main(words) == 2
    assert "No service to register with." in capsys.readouterr().err
    assert service.asked == []
    assert cli.main([*words, "--service", service.url]) == 0
    assert f'[service]\nurl = "{service.url}"\nsite_key = "{KEY}"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "said", "hint"),
    [
        (
            _problem(401, "The token has expired."),
            "(401): The token has expired.",
            "FOURSITE_TOKEN",
        ),
        (_problem(403, "The token may only read."), "may only read.", "scopes"),
        (_problem(409, "Another account has it."), "Another account has it.", "Sign in as"),
        (_problem(422, "url: not public"), "url: not public.", "Correct"),
        (_problem(429, "Slow down.", **{"Retry-After": "30"}), "Slow down.", "in 30 seconds"),
        (_problem(500, "Database locked"), "trouble of its own (500): Database locked", "later"),
        ((404, {}, b"<html>nothing"), "(404): Not Found.", "address of the service"),
        (
            (302, {"Location": "https://x.example/"}, b""),
            "redirects to https://x.example/",
            "really",
        ),
        ((200, {}, b"<html>hello"), "not with a site and its key", "Check the address"),
        ((201, {}, b'{"id":"a","key":"no way"}'), "not with a site and its key", "Check"),
        ((201, {}, b"x" * 70_000), "more than 64 KiB", "Check"),
    ],
)
def test_refusal_is_told_in_plain_words(
    source: Path,
    service: FakeService,
    capsys: Captured,
    *,
    answer: tuple[int, dict[str, str], bytes],
    said: str,
    hint: str,
) -> None:
    before = (source / "4site.toml").read_bytes()
    service.answer = answer
    assert _link(source, "--service", service.url) == 4
    error = capsys.readouterr().err
    message, told = error.splitlines()
    assert said in message
    assert hint in told
    assert (source / "4site.toml").read_bytes() == before


def test_advice_of_the_service_is_the_hint(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    body = {"title": "The free tier holds 3 sites.", "detail": "Remove a site."}
    service.answer = (403, {}, json.dumps(body).encode())
    assert _link(source, "--service", service.url) == 4
    message, hint = capsys.readouterr().err.splitlines()
    assert message.endswith("refused (403): The free tier holds 3 sites.")
    assert hint == "hint: Remove a site."


def test_foreign_words_cannot_command_a_terminal(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    service.answer = _problem(403, "No\x1b]0;pwned\x07 way\nerror: forged")
    assert _link(source, "--service", service.url) == 4
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert "\x07" not in error
    assert len(error.splitlines()) == 2


def test_service_that_does_not_listen_is_told(
    source: Path, service: FakeService, capsys: Captured
) -> None:
    assert _link(source, "--service", "http://127.0.0.1:9") == 4
    assert "http://127.0.0.1:9 cannot be reached" in capsys.readouterr().err


def test_token_is_needed_and_never_sent_in_the_clear(
    source: Path, service: FakeService, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _link(source, "--service", "http://share.example") == 4
    assert "is not https" in capsys.readouterr().err
    monkeypatch.delenv("FOURSITE_TOKEN")
    assert _link(source, "--service", service.url) == 4
    assert "FOURSITE_TOKEN is not set" in capsys.readouterr().err
    assert service.asked == []


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "No service to register with."),
        (("--service", "share.example"), "service.url"),
        (("--service", "https://share.example/?a=b"), "service.url"),
    ],
)
def test_service_must_be_an_address(
    source: Path, capsys: Captured, flags: tuple[str, ...], said: str
) -> None:
    assert _link(source, *flags) == 2
    assert said in capsys.readouterr().err


def test_address_of_the_site_must_be_known(source: Path, capsys: Captured) -> None:
    (source / "4site.toml").unlink()
    assert _link(source, "--service", "https://share.example") == 2
    assert "--base-url" in capsys.readouterr().err
