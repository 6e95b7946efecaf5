"""The client of vendors' interfaces: what is tried again, how long it waits, what it says."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

import pytest

from generator.errors import TargetUnreachable, UsageError
from generator.publish.http import (
    LONGEST_WAIT_SECONDS,
    TRIES,
    Api,
    RefusedAnswer,
    choose_base_url,
    fetch_served,
)
from tests.support.scripted_server import Script, ScriptedServer, answer, serve_scripts

TOKEN = "nfp_a-secret-that-nobody-may-see"  # noqa: S105


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as running:
        yield running


def _api(server: ScriptedServer, first_wait: float = 0.001, **headers: str) -> Api:
    sent = headers or {"authorization": f"Bearer {TOKEN}"}
    return Api("Vendor", server.url(""), headers=sent, first_wait=first_wait)


def _in_turn(*scripts: Script) -> Script:
    """Return a script that answers by another at each request, by the last one in the end."""
    left = list(scripts)

    def send(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return send


def _cut(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(server: ScriptedServer, status: int) -> None:
    server.scripts["/x"] = _in_turn(answer(status=status), _cut, answer(b"done"))
    assert _api(server).request("GET", "/x").content == b"done"
    assert len(server.asked) == 3


def test_it_gives_up_after_six_tries_and_says_so_once(server: ScriptedServer) -> None:
    assert TRIES == 6
    server.scripts |= {"/busy": answer(status=503), "/cut": _cut}
    with pytest.raises(TargetUnreachable) as busy:
        _api(server).request("GET", "/busy")
    assert busy.value.message == "Vendor answered 503 to 6 tries."
    with pytest.raises(TargetUnreachable) as cut:
        _api(server).request("GET", "/cut")
    assert cut.value.message.startswith("Vendor cannot be reached: ")
    assert [path for path, _ in server.asked] == ["/busy"] * 6 + ["/cut"] * 6


def test_an_answer_that_cannot_be_decoded_is_one_that_did_not_come(server: ScriptedServer) -> None:
    broken = answer(b"not gzip", Content_Encoding="gzip")
    server.scripts["/x"] = _in_turn(broken, answer(b"done"))
    assert _api(server).request("GET", "/x").content == b"done"
    server.scripts["/x"] = broken
    with pytest.raises(TargetUnreachable):
        _api(server).request("GET", "/x")


def _seconds(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def test_retry_after_is_honoured_as_seconds_and_as_a_date(server: ScriptedServer) -> None:
    api = _api(server)
    soon = answer(status=429, Retry_After="1")
    server.scripts["/x"] = _in_turn(soon, answer())
    assert 1.0 <= _seconds(lambda: api.request("GET", "/x")) < 3.0
    dated = answer(status=503, Retry_After=formatdate(time.time() + 2, usegmt=True))
    server.scripts["/x"] = _in_turn(dated, answer())
    assert 0.5 <= _seconds(lambda: api.request("GET", "/x")) < 4.0


@pytest.mark.parametrize("asked", ["0", "²", "-5", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", "1e9"])
def test_a_retry_after_that_is_over_or_no_time_costs_none(
    server: ScriptedServer, asked: str
) -> None:
    odd = answer(status=503, Retry_After=asked.encode().decode("latin-1"))
    server.scripts["/x"] = _in_turn(odd, answer())
    assert _seconds(lambda: _api(server).request("GET", "/x")) < 1.0


def test_nobody_makes_us_wait_longer_than_thirty_seconds(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LONGEST_WAIT_SECONDS == 30.0
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    for asked in ("86400", formatdate(time.time() + 86400, usegmt=True)):
        server.scripts["/x"] = _in_turn(answer(status=429, Retry_After=asked), answer())
        _api(server).request("GET", "/x")
    server.scripts["/y"] = answer(status=500)
    with pytest.raises(TargetUnreachable):
        _api(server, first_wait=4.0).request("GET", "/y")
    mine = [seconds for seconds in waited if seconds > 1]
    assert mine[:2] == [30.0, 30.0]
    # 4, 8, 16, 30, 30, each with up to 4 more by chance.
    assert len(mine) == 7
    assert all(low <= one <= low + 4 for one, low in zip(mine[2:], (4, 8, 16, 30, 30), strict=True))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"message": "No such site."}', "No such site"),
        (b'{"error": {"code": "forbidden", "message": "Not authorized"}}', "Not authorized"),
        (b'{"errors": [{"code": 10000, "message": "Authentication error"}]}', "Authentication"),
        (b'{"errors": ["first", "second"]}', "first"),
        (b'{"title": "Gone", "detail": "for good"}', "for good"),
        (b"plain\nwords \x1b[31mof it", "plain words [31mof it"),
        (b'{"message": ["a"', '{"message": ["a"'),
        (b"[]", "400"),
        (b'{"message": 3, "errors": []}', "400"),
    ],
)
def test_a_refusal_says_the_vendors_own_words(
    server: ScriptedServer, body: bytes, said: str
) -> None:
    server.scripts["/x"] = answer(body, status=400)
    with pytest.raises(RefusedAnswer) as refused:
        _api(server).request("GET", "/x")
    assert said in refused.value.message
    assert refused.value.message.startswith("Vendor refused GET /x with 400")
    assert refused.value.message.isprintable()
    assert (refused.value.status, refused.value.exit_code) == (400, 5)
    assert len(server.asked) == 1


def test_a_page_for_browsers_and_a_flood_of_words_are_left_out(server: ScriptedServer) -> None:
    server.scripts["/html"] = answer(b"<h1>No</h1>", status=403, Content_Type="text/html")
    with pytest.raises(RefusedAnswer) as page:
        _api(server).request("GET", "/html")
    assert page.value.message == "Vendor refused GET /html with 403."
    assert "rights" in page.value.hint
    server.scripts["/long"] = answer(b"x" * 100_000, status=400)
    with pytest.raises(RefusedAnswer) as flood:
        _api(server).request("GET", "/long")
    assert len(flood.value.message) < 400


def test_a_redirect_is_not_followed_with_our_credentials(server: ScriptedServer) -> None:
    server.scripts["/x"] = answer(status=302, Location=server.url("/elsewhere"))
    with pytest.raises(RefusedAnswer):
        _api(server).request("GET", "/x")
    assert [path for path, _ in server.asked] == ["/x"]


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {TOKEN}"},
        {"x-api-key": TOKEN},
        {"private-token": TOKEN},
        {"authorization": f"Basic {base64.b64encode(f'ada:{TOKEN}'.encode()).decode()}"},
    ],
)
def test_a_vendor_that_repeats_a_credential_does_not_bring_it_to_the_terminal(
    server: ScriptedServer, headers: dict[str, str]
) -> None:
    words = f"Bad credential {TOKEN} in {next(iter(headers.values()))}"
    server.scripts["/x"] = answer(words.encode(), status=401)
    with pytest.raises(RefusedAnswer) as refused:
        _api(server, **headers).request("GET", "/x")
    assert TOKEN not in refused.value.message
    assert next(iter(headers.values())) not in refused.value.message
    assert "Bad credential ***" in refused.value.message


def test_a_served_file_is_found_at_its_address_and_nothing_is_none(server: ScriptedServer) -> None:
    server.scripts |= {
        "/site/": answer(b"home"),
        "/site/a%20b/": answer(b"page", Content_Type="text/html"),
        "/site/moved.txt": answer(status=301, Location="/site/"),
    }
    base = server.url("/site/")
    assert [
        found and found.content
        for found in (
            fetch_served(base, path)
            for path in ("index.html", "a b/index.html", "moved.txt", "gone.html")
        )
    ] == [b"home", b"page", b"home", None]
    with pytest.raises(TargetUnreachable):
        fetch_served("http://127.0.0.1:9", "index.html")
    with pytest.raises(TargetUnreachable):
        fetch_served("http://[::1", "index.html")


def test_a_vendors_address_is_replaced_by_https_or_loopback_alone() -> None:
    default = "https://api.example.org/v1"
    assert choose_base_url({}, "V_URL", default) == default
    assert choose_base_url({"V_URL": " "}, "V_URL", default) == default
    for fine in ("https://proxy.example.org/v1/", "http://127.0.0.1:8080", "http://localhost"):
        assert choose_base_url({"V_URL": fine}, "V_URL", default) == fine.rstrip("/")
    for wrong in (
        "http://proxy.example.org", "ftp://127.0.0.1", "proxy", "https://", "https://[::1",
        "https://ada:password@proxy.example.org", "http://127.0.0.1.example.org",
    ):  # fmt: skip
        with pytest.raises(UsageError) as refused:
            choose_base_url({"V_URL": wrong}, "V_URL", default)
        assert "password@" not in refused.value.message


def test_connections_end_with_their_client(server: ScriptedServer) -> None:
    server.scripts["/x"] = answer()
    api = _api(server)
    api.request("GET", "/x")
    api.close()
    with pytest.raises(RuntimeError, match="closed"):
        api.request("GET", "/x")
