"""A Stripe on loopback with a memory: the official library is its client and its verifier.

It speaks the documented API for what a subscription service needs: form-encoded nested parameters,
errors in Stripe's envelope, expansion, pagination, idempotency keys. Parameters that Stripe does
not know are refused. What happens in the world is done through `books`.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support import stripe_api
from tests.support.stripe_books import Books
from tests.support.stripe_shapes import Shape, problem

KEY, SECRET = "sk_test_of_the_tests", "whsec_of_the_tests"


@dataclass(slots=True)
class Kept:
    """A request with an idempotency key; without an answer it is still running."""

    digest: str
    status: int = 0
    body: bytes = b""


@dataclass(slots=True, kw_only=True)
class FakeStripe:
    """A running server. `asked` are its requests, `broken` how many it will answer with 500, and
    `hold` what a request with an idempotency key waits for.
    """

    books: Books
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    broken: int = 0
    hold: threading.Event | None = None
    kept: dict[str, Kept] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the settings of a service that uses this Stripe."""
        return {
            "FOURSITE_STRIPE_KEY": KEY,
            "FOURSITE_STRIPE_WEBHOOK_SECRET": SECRET,
            "FOURSITE_STRIPE_URL": self.url,
        }

    def signed(
        self, event: Shape, *, secret: str = SECRET, at: int | None = None
    ) -> tuple[bytes, str]:
        """Return an event's body and its `Stripe-Signature`, as a delivery of now."""
        body = json.dumps(event, indent=2).encode()
        return body, sign(body, secret, self.books.now if at is None else at)


def sign(body: bytes, *secrets_and_time: Any) -> str:
    """Return the header of a delivery, signed with each secret; the time comes last."""
    *secrets, at = secrets_and_time
    text = f"{at}.".encode() + body
    made = [hmac.new(secret.encode(), text, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={one}" for one in made)])


def read_form(text: str) -> Shape:
    """Return nested parameters: `items[0][price]=x` is a list of one object."""
    root: Shape = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        keys = re.findall(r"[^\[\]]+", name)
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    made: Shape = _with_lists(root)
    return made


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(each) for key, each in value.items()}


def answer(state: FakeStripe, method: str, path: str, params: Shape) -> tuple[int, Shape]:
    """Return what the API answers."""
    for verb, pattern, allowed, work in stripe_api.ROUTES:
        found = re.fullmatch(pattern, path)
        if verb != method or found is None:
            continue
        expand = params.pop("expand", [])
        strange = sorted(set(params) - allowed)
        if strange:
            text = f"Received unknown parameter: {strange[0]}"
            return 400, problem(text, code="parameter_unknown", param=strange[0])
        try:
            with state.books.lock:
                made = work(state.books, params, *found.groups())
                return 200, expanded(state.books, made, expand)
        except stripe_api.Refusal as refusal:
            return refusal.status, refusal.body
    return 404, problem(f"Unrecognized request URL ({method}: {path}).")


def expanded(books: Books, made: Shape, paths: list[str]) -> Shape:
    """Return an object with ids replaced by what they name, along the given paths alone."""
    shown = copy.deepcopy(made)
    if "payments" not in paths:
        shown.pop("payments", None)
    for path in paths:
        place: Any = shown
        for name in path.split("."):
            value = place.get(name)
            if isinstance(value, str):
                place[name] = copy.deepcopy(books.objects[value])
            place = place.get(name) or {}
    return shown


@contextmanager
def run_stripe(now: int) -> Iterator[FakeStripe]:
    """Run a server until the block ends."""
    state = FakeStripe(books=Books(now))

    class Handler(_Handler):
        fake = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeStripe
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._serve(parts.path, parts.query)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self._serve(self.path, self.rfile.read(length).decode())

    def do_DELETE(self) -> None:
        self.do_POST()

    def _serve(self, path: str, text: str) -> None:
        fake = self.fake
        fake.asked.append((self.command, path))
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._send(401, problem("Invalid API Key provided: sk_test_****"))
        elif fake.broken > 0:
            fake.broken -= 1
            self._send(500, problem("Something is wrong on our end.", kind="api_error"))
        elif self.command == "POST" and (key := self.headers.get("Idempotency-Key")):
            self._once(key, path, text)
        else:
            self._send(*answer(fake, self.command, path, read_form(text)))

    def _once(self, key: str, path: str, text: str) -> None:
        """Source: Stripe's API reference, "Idempotent requests"."""
        digest = f"{path}?{text}"
        with self.fake.books.lock:
            kept = self.fake.kept.get(key)
            if kept is None:
                self.fake.kept[key] = Kept(digest)
        if kept is None:
            if self.fake.hold is not None:
                self.fake.hold.wait(10)
            status, made = answer(self.fake, "POST", path, read_form(text))
            self.fake.kept[key] = Kept(digest, status, json.dumps(made).encode())
            self._send(status, made)
        elif kept.digest != digest:
            text = "Keys for idempotent requests can only be used with the same parameters."
            self._send(400, problem(text, kind="idempotency_error"))
        elif not kept.status:
            text = "There is currently another in-progress request using this Stripe key."
            more = {"code": "idempotency_key_in_use"}
            self._send(409, problem(text, kind="idempotency_error", **more))
        else:
            self._write(kept.status, kept.body, {"Idempotent-Replayed": "true"})

    def _send(self, status: int, made: Shape) -> None:
        self._write(status, json.dumps(made).encode(), {})

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        more = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**more, **headers, "Request-Id": "req_test"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""
