"""GitHub's OAuth on loopback, as its documentation describes it: authorize, token, user, emails.

Errors of the token endpoint come with status 200; codes work once, for ten minutes, for the same
application, address and PKCE verifier.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID = "Iv1.0123456789abcdef"
CLIENT_SECRET = "a secret of the application"  # noqa: S105  a test's own
ADA = {"id": 583231, "login": "ada", "name": "Ada Lantern", "email": None}
ADA_EMAILS = [
    {"email": "old@ada.example", "primary": False, "verified": True, "visibility": None},
    {"email": "ada@ada.example", "primary": True, "verified": True, "visibility": "private"},
]


@dataclass(slots=True)
class GitHubOAuth:
    """The server's state, for tests to set and to look at."""

    url: str = ""
    is_refusing: bool = False
    is_down: bool = False
    has_expired_codes: bool = False
    grants_emails: bool = True
    user: dict[str, object] = field(default_factory=lambda: dict(ADA))
    emails: list[dict[str, object]] = field(default_factory=lambda: [dict(e) for e in ADA_EMAILS])
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a service that is registered here."""
        return {
            "FOURSITE_GITHUB_CLIENT_ID": CLIENT_ID,
            "FOURSITE_GITHUB_CLIENT_SECRET": CLIENT_SECRET,
            "FOURSITE_GITHUB_URL": self.url,
            "FOURSITE_GITHUB_API_URL": f"{self.url}/api",
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent after the person has decided."""
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert query["scope"] == "user:email"
        answer = {"state": query["state"]}
        if self.is_refusing:
            answer |= {"error": "access_denied", "error_description": "The user has denied access"}
        else:
            answer["code"] = secrets.token_hex(10)
            self.codes[answer["code"]] = query
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, fields: dict[str, str]) -> dict[str, str]:
        """Return the answer of the token endpoint."""
        if fields.get("client_secret") != CLIENT_SECRET:
            return {"error": "incorrect_client_credentials"}
        granted = self.codes.pop(fields.get("code", ""), None)
        if granted is None or self.has_expired_codes:
            return {"error": "bad_verification_code"}
        if granted["redirect_uri"] != fields.get("redirect_uri"):
            return {"error": "redirect_uri_mismatch"}
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != granted["code_challenge"]:
            return {"error": "bad_verification_code"}
        token = f"gho_{secrets.token_hex(18)}"
        self.tokens.add(token)
        return {"access_token": token, "scope": "user:email", "token_type": "bearer"}


@contextmanager
def start_github_oauth() -> Iterator[GitHubOAuth]:
    """Run the server until the block ends."""
    state = GitHubOAuth()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            state.asked.append(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/login/oauth/authorize":
                self._answer(302, None, location=state.authorize(query))
            elif self.headers["Authorization"].removeprefix("Bearer ") not in state.tokens:
                self._answer(401, {"message": "Bad credentials", "status": "401"})
            elif parts.path == "/api/user":
                self._answer(200, state.user)
            elif parts.path == "/api/user/emails" and state.grants_emails:
                self._answer(200, state.emails)
            else:
                self._answer(404, {"message": "Not Found", "status": "404"})

        def do_POST(self) -> None:
            state.asked.append(self.path)
            assert self.path == "/login/oauth/access_token"
            assert self.headers["Accept"] == "application/json"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            if state.is_down:
                self._answer(502, {"message": "Bad gateway"})
            else:
                self._answer(200, state.exchange(fields))

        def _answer(self, status: int, value: object, *, location: str = "") -> None:
            body = b"" if value is None else json.dumps(value).encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
