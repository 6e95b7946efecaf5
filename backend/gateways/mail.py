"""Mail: laid out by `templates/mail/`, sent by SMTP, or shown on the console when none is set.

What a person typed reaches headers only as parsed addresses, so it cannot start a header.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache
from html import unescape
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from mrml import RenderOptions, to_html

from backend.domain.letters import Letter
from backend.errors import Invalid, Unavailable
from backend.gateways.languages import Words
from backend.settings import Settings
from generator.places import TEMPLATES
from generator.render.environment import make_environment

TIMEOUT_SECONDS = 20
SUBJECT_CHARACTERS = 200
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail's subject and its two parts, which say the same."""

    subject: str
    text: str
    html: str


def render(letter: Letter, words: Words, *, service_name: str, base_url: str) -> Mail:
    """Return a letter as plain text, and as HTML that every mail program shows."""
    values = {
        "letter": letter,
        "words": words,
        "phrase": words.phrase,
        "service_name": service_name,
        "base_url": base_url,
    }
    # The environment escapes values for HTML in every template; a text shows them as they are.
    text = unescape(_environment().get_template("mail/letter.txt").render(values)).strip()
    marked = _environment().get_template("mail/letter.mjml").render(values)
    return Mail(
        subject=letter.subject, text=f"{text}\n", html=to_html(marked, None, _OPTIONS).content
    )


def send(
    settings: Settings, *, to: str, mail: Mail, key: str, headers: Mapping[str, str] = NO_HEADERS
) -> None:
    """Hand a mail to the SMTP server, or print it where none is set.

    `key` makes the Message-ID, so that what is sent again by mistake is known as the same. Raises
    Unavailable when it may work later, Invalid when it never will.
    """
    message = compose(settings, to=to, mail=mail, key=key, headers=headers)
    if settings.smtp_url is None:
        print(f"--- mail to {to} ---\n{mail.text}--- end of mail ---", flush=True)
        return
    try:
        _deliver(settings.smtp_url, message)
    except (OSError, smtplib.SMTPException) as error:
        raise _failure(error) from error


def compose(
    settings: Settings, *, to: str, mail: Mail, key: str, headers: Mapping[str, str] = NO_HEADERS
) -> EmailMessage:
    """Return the mail as a message. Raises Invalid for an address or subject that cannot be."""
    try:
        message = EmailMessage(policy=SMTP)
        name, sender = parseaddr(settings.mail_from)
        message["From"] = Address(display_name=name, addr_spec=sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = mail.subject[:SUBJECT_CHARACTERS]
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Invalid(
            "This cannot be the header of a mail.", hint="Correct the address."
        ) from error
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _deliver(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    tls = ssl.create_default_context()
    is_secure = parts.scheme == "smtps"
    client: smtplib.SMTP
    if is_secure:
        client = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=tls)
    else:
        client = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
    with client:
        client.ehlo()
        if not is_secure and client.has_extn("starttls"):
            client.starttls(context=tls)
            is_secure = True
        if parts.username:
            if not is_secure and host not in _LOOPBACK:
                raise smtplib.SMTPNotSupportedError("no encryption to send a password through")
            client.login(unquote(parts.username), unquote(parts.password or ""))
        client.send_message(message)


# It would load the fonts that it knows by name from their maker.
_OPTIONS = RenderOptions(fonts={})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _failure(error: OSError | smtplib.SMTPException) -> Exception:
    """Return what a failure means: only what the server says of this very mail is for good."""
    reason, codes = type(error).__name__, [0]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [answer[0] for answer in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPDataError):
        codes = [error.smtp_code]
    if min(codes) >= 500:
        return Invalid(f"The mail server refused the mail for good: {reason} {max(codes)}.")
    return Unavailable(f"The mail server took no mail: {reason}.", hint="It is tried again.")


@cache
def _environment() -> Any:
    return make_environment([TEMPLATES])
