"""A real mail server on loopback that keeps what it is given."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

Answer = Callable[[int], str]
"""What the server says to the n-th mail, counted from 1."""
TAKEN = "250 taken"


class MailServer:
    """What arrived, in order. `tried` counts the refused ones too."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._arrived = threading.Condition()
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.sessions: list[Any] = []
        self.tried = 0
        self.url = ""

    async def handle_DATA(self, _server: object, session: Any, envelope: Envelope) -> str:
        self.tried += 1
        answer = self._answer(self.tried)
        if answer == TAKEN:
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            with self._arrived:
                mail = message_from_bytes(content, policy=policy.default)
                assert isinstance(mail, EmailMessage)
                self.mails.append(mail)
                self.recipients.append(envelope.rcpt_tos)
                self.sessions.append(session)
                self._arrived.notify_all()
        return answer

    def wait_for(self, count: int, seconds: float = 30) -> list[EmailMessage]:
        """Wait until so many mails are there and return all."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) >= count, seconds), self.mails
        return self.mails


@contextmanager
def start_mail_server(
    answer: Answer = lambda _number: TAKEN,
    *,
    tls: ssl.SSLContext | None = None,
    is_implicit: bool = False,
    password: tuple[str, str] | None = None,
) -> Iterator[MailServer]:
    """Run a server until the end: plain, with STARTTLS, or encrypted from the first byte."""
    server = MailServer(answer)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "ready_timeout": 20}
    if tls and is_implicit:
        options["ssl_context"] = tls
    elif tls:
        options |= {"tls_context": tls, "require_starttls": True}
    if password:
        options |= {
            "authenticator": lambda *given: _check(given[-1], password),
            "auth_required": True,
        }
    controller = Controller(server, **options)
    controller.start()
    server.url = f"{'smtps' if is_implicit else 'smtp'}://localhost:{port}"
    try:
        yield server
    finally:
        controller.stop()


def _check(given: Any, wanted: tuple[str, str]) -> AuthResult:
    user, password = wanted
    is_right = given.login == user.encode() and given.password == password.encode()
    return AuthResult(success=is_right, handled=False)
