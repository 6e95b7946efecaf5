"""Mail through a real SMTP server: what arrives, and what a failure means."""

from __future__ import annotations

import re
import ssl
import subprocess
from pathlib import Path

import pytest

from backend.domain.letters import Letter, Row, button, rows, text
from backend.errors import Invalid, Unavailable
from backend.gateways.languages import words_of
from backend.gateways.mail import Mail, compose, render, send
from backend.settings import Settings
from tests.support.mail_server import start_mail_server

MAIL = Mail(subject="Hello, Zoë", text="Grüße & more\n", html="<p>Grüße &amp; more</p>\n")


def settings(folder: Path, **variables: str) -> Settings:
    named = {f"FOURSITE_{name.upper()}": value for name, value in variables.items()}
    return Settings.from_env({"FOURSITE_DATA_DIR": str(folder), **named})


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for localhost that this process trusts."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def test_both_parts_arrive_with_headers_that_mailers_expect(tmp_path: Path) -> None:
    with start_mail_server() as server:
        chosen = settings(tmp_path, smtp_url=server.url, mail_from="Föursite <hi@share.example>")
        send(chosen, to="zoe@people.example", mail=MAIL, key="job-1")
    (mail,) = server.mails
    assert mail["from"] == "Föursite <hi@share.example>"
    assert mail["to"] == "zoe@people.example"
    assert mail["subject"] == "Hello, Zoë"
    assert mail["message-id"] == "<job-1@share.example>"
    assert mail["auto-submitted"] == "auto-generated"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "Grüße & more" in text.get_content()
    assert "Grüße &amp; more" in html.get_content()
    assert server.recipients == [["zoe@people.example"]]


def test_without_a_server_a_mail_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send(settings(tmp_path), to="zoe@people.example", mail=MAIL, key="job-1")
    printed = capsys.readouterr().out
    assert "mail to zoe@people.example" in printed
    assert "Grüße & more" in printed


@pytest.mark.parametrize(
    "address",
    [
        "zoe@people.example\r\nBcc: everybody@people.example",
        "zoe@people.example\nBcc: everybody@people.example",
        "zoe@people.example, everybody@people.example",
        "Zoë <zoe@people.example>",
        "zoe",
        "",
        "\0zoe@people.example",
    ],
)
def test_an_address_cannot_start_a_header(tmp_path: Path, address: str) -> None:
    with pytest.raises(Invalid):
        compose(settings(tmp_path), to=address, mail=MAIL, key="job-1")


def test_a_subject_cannot_start_a_header(tmp_path: Path) -> None:
    mail = Mail(subject="Hello\r\nBcc: everybody@people.example", text="", html="")
    with pytest.raises(Invalid):
        compose(settings(tmp_path), to="zoe@people.example", mail=mail, key="job-1")


@pytest.mark.parametrize("is_implicit", [True, False])
def test_encryption_from_the_first_byte_and_after_asking(
    tmp_path: Path, certificate: ssl.SSLContext, *, is_implicit: bool
) -> None:
    with start_mail_server(tls=certificate, is_implicit=is_implicit) as server:
        send(settings(tmp_path, smtp_url=server.url), to="zoe@people.example", mail=MAIL, key="1")
    assert len(server.mails) == 1
    assert is_implicit or server.sessions[0].ssl is not None


def test_a_certificate_that_nobody_trusts_is_refused(
    tmp_path: Path, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with start_mail_server(tls=certificate) as server, pytest.raises(Unavailable):
        send(settings(tmp_path, smtp_url=server.url), to="zoe@people.example", mail=MAIL, key="1")
    assert server.mails == []


def test_user_and_password_come_from_the_url(tmp_path: Path, certificate: ssl.SSLContext) -> None:
    with start_mail_server(tls=certificate, password=("postman", "p@ss/word")) as server:
        for given, is_right in (("p%40ss%2Fword", True), ("wrong", False)):
            url = server.url.replace("://", f"://postman:{given}@")
            chosen = settings(tmp_path, smtp_url=url)
            if is_right:
                send(chosen, to="zoe@people.example", mail=MAIL, key="1")
                continue
            with pytest.raises(Unavailable, match="SMTPAuthenticationError"):
                send(chosen, to="zoe@people.example", mail=MAIL, key="2")
    assert len(server.mails) == 1


def test_a_password_is_not_sent_in_the_open(tmp_path: Path) -> None:
    """0.0.0.0 leads to this machine, and is no name of loopback."""
    with start_mail_server() as server:
        url = server.url.replace("://localhost", "://postman:secret@0.0.0.0")
        with pytest.raises(Unavailable, match="SMTPNotSupportedError"):
            send(settings(tmp_path, smtp_url=url), to="zoe@people.example", mail=MAIL, key="1")
    assert server.mails == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("451 not now", Unavailable),
        ("554 never", Invalid),
    ],
)
def test_only_what_the_server_refuses_for_good_is_not_tried_again(
    tmp_path: Path, answer: str, error: type[Exception]
) -> None:
    with start_mail_server(lambda _number: answer) as server, pytest.raises(error):
        send(settings(tmp_path, smtp_url=server.url), to="zoe@people.example", mail=MAIL, key="1")


def test_a_server_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    chosen = settings(tmp_path, smtp_url="smtp://127.0.0.1:1")
    with pytest.raises(Unavailable):
        send(chosen, to="zoe@people.example", mail=MAIL, key="1")


def test_a_rendered_mail_says_the_same_twice_and_escapes_once() -> None:
    link = "https://share.example/sign-in/a&b<c>"
    letter = Letter(
        subject="Ann & Bob",
        title="</mj-text><b>Ann",
        parts=(text("1 < 2"), button("Go", link), rows(Row(label="A", value="B & C"))),
    )
    mail = render(letter, words_of("en"), service_name="4site", base_url="https://share.example")
    assert mail.subject == "Ann & Bob"
    assert mail.text.startswith("</mj-text><b>Ann\n")
    assert link in mail.text
    assert "A: B & C" in mail.text
    assert "a&amp;b&lt;c&gt;" in mail.html
    assert "&lt;/mj-text&gt;&lt;b&gt;Ann" in mail.html
    assert "<title>Ann &amp; Bob</title>" in mail.html


def test_a_mail_loads_nothing_from_anywhere() -> None:
    """The layout's library would load the fonts that it knows by name from their maker."""
    letter = Letter(subject="A", title="A", parts=(text("B"),))
    mail = render(letter, words_of("en"), service_name="4site", base_url="https://share.example")
    addresses = set(re.findall(r"""(?:href|src|url)\s*[=(]\s*["']?(https?://[^"')]+)""", mail.html))
    assert addresses == {"https://share.example"}
    assert "@import" not in mail.html
