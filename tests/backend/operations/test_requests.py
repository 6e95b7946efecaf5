"""What every answer carries and what every request leaves behind, over the real application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from backend.actions.context import Context
from backend.app import App, create_app
from backend.web.limits import limited
from tests.support.service import make_context

SECRET = "sign-in-secret-that-no-log-may-hold"  # noqa: S105  the text that is searched for


def break_down(_request: Request) -> Response:
    raise RuntimeError(f"a fault of ours with {SECRET}")


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


@limited("narrow", "2/minute")
def narrow(_request: Request) -> Response:
    return PlainTextResponse("here you are")


def make_client(context: Context) -> TestClient:
    app: App = create_app(context)
    app.router.routes += [
        Route("/broken", break_down),
        Route("/api/broken", break_down),
        Route("/echo", echo, methods=["POST"]),
        Route("/narrow", narrow),
        Route("/ticket/{secret}", narrow),
    ]
    return TestClient(app, raise_server_exceptions=False, client=("198.51.100.7", 50_000))


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    with make_client(context) as started:
        yield started


def test_a_request_has_an_id_that_a_proxy_may_have_given(client: TestClient) -> None:
    made = client.get("/healthz").headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{20}", made)
    given = client.get("/healthz", headers={"x-request-id": "proxy-4711"})
    assert given.headers["x-request-id"] == "proxy-4711"


@pytest.mark.parametrize(
    "insane", ["short", "x" * 65, "two words here", "a\tb\tc\td\te", "<script>1"]
)
def test_an_insane_id_is_replaced(client: TestClient, insane: str) -> None:
    answer = client.get("/healthz", headers={"x-request-id": insane})
    assert answer.headers["x-request-id"] != insane


def test_one_line_is_logged_without_path_query_or_address(client: TestClient) -> None:
    with capture_logs() as lines:
        client.get(f"/ticket/{SECRET}?token={SECRET}", headers={"x-forwarded-for": "203.0.113.9"})
        client.get(f"/no/such/{SECRET}")
    assert [(line["route"], line["status"], line["method"]) for line in lines] == [
        ("/ticket/{secret}", 200, "GET"),
        ("unmatched", 404, "GET"),
    ]
    assert all(line["ms"] >= 0 for line in lines)
    for unwanted in (SECRET, "203.0.113.9", "198.51.100.7"):
        assert unwanted not in str(lines)


def test_pings_are_counted_and_not_logged(client: TestClient) -> None:
    before = metric(client, 'foursite_requests_total{method="POST",route="/collect",status="400"}')
    with capture_logs() as lines:
        assert client.post("/collect", content="nothing").status_code == 400
    assert lines == []
    after = metric(client, 'foursite_requests_total{method="POST",route="/collect",status="400"}')
    assert after == before + 1


def metric(client: TestClient, name: str) -> float:
    context = client.app.state.context  # type: ignore[attr-defined]  # it is a Starlette
    with TestClient(create_app(context), client=("127.0.0.1", 1)) as inside:
        text = inside.get("/metrics").text
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_every_answer_is_protected(client: TestClient) -> None:
    for path in ("/healthz", "/nothing", "/api/nothing", "/broken"):
        with capture_logs():
            headers = client.get(path).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
        assert "server" not in headers


def test_browsers_are_told_to_insist_on_tls_where_there_is_tls(tmp_path: Path) -> None:
    secure = make_context(tmp_path, environment={"FOURSITE_BASE_URL": "https://share.example"})
    with TestClient(create_app(secure)) as client:
        sent = client.get("/healthz").headers["strict-transport-security"]
    assert sent == "max-age=31536000"
    secure.database.close()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/healthz", 405, "refused"),
        ("GET", "/api/broken", 500, "fault"),
    ],
)
def test_programs_get_problem_details(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    with capture_logs():
        answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)
    assert SECRET not in answer.text
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 500)])
def test_people_get_a_page(client: TestClient, path: str, status: int) -> None:
    with capture_logs():
        answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"] in answer.text
    assert SECRET not in answer.text
    assert "style-src 'self'" in answer.headers["content-security-policy"]


def test_the_api_answers_programs_even_in_a_browser(client: TestClient) -> None:
    answer = client.get("/api/nothing", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_is_logged_with_its_trace_and_the_id_of_the_answer(client: TestClient) -> None:
    with capture_logs() as lines:
        client.get("/broken", headers={"x-request-id": "proxy-4711"})
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert (failed["route"], failed["exc_info"]) == ("/broken", True)
    assert lines[-1]["status"] == 500


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_over_64_kib_is_refused(client: TestClient, *, is_announced: bool) -> None:
    def chunks(size: int) -> Iterator[bytes]:
        for _ in range(size // 1024):
            yield b"x" * 1024

    for size, status in ((64 * 1024, 200), (65 * 1024, 413)):
        body = b"x" * size if is_announced else chunks(size)
        assert client.post("/echo", content=body).status_code == status


def test_a_limit_says_what_is_left_and_when_to_come_back(client: TestClient) -> None:
    first = client.get("/narrow")
    assert first.headers["ratelimit-limit"] == "2"
    assert first.headers["ratelimit-remaining"] == "1"
    assert 1 <= int(first.headers["ratelimit-reset"]) <= 61
    client.get("/narrow")
    refused = client.get("/narrow")
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many"
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
    assert refused.headers["ratelimit-remaining"] == "0"


def test_every_route_but_probes_has_a_limit_by_default(client: TestClient) -> None:
    assert client.get("/nothing").headers["ratelimit-limit"] == "1200"
    for path in ("/healthz", "/readyz"):
        assert "ratelimit-limit" not in client.get(path).headers


def test_1200_requests_a_minute_are_enough_for_one_address(client: TestClient) -> None:
    statuses = [client.get("/nothing").status_code for _ in range(1_201)]
    assert statuses == [404] * 1_200 + [429]
    assert client.get("/healthz").status_code == 200
