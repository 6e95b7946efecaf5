"""The service's settings: `FOURSITE_*` variables over defaults, read once, all optional.

No other file of the service reads the environment.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import platformdirs

from backend.domain.destinations import Method
from backend.errors import Invalid

OFFERED = frozenset({Method.SEPA, Method.ACH, Method.PAYPAL, Method.WISE})
"""How owners may be paid when nothing is said."""
SECRET_CHARACTERS = 32
KEY_BYTES = 32
Synchronous = Literal["FULL", "NORMAL"]
RATES_URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the service may depend on beside its database.

    `base_url` is where people reach it, without a final slash. `trusted_proxies` are the networks
    whose `X-Forwarded-For` is believed; `private_hosts` the host names that may be fetched although
    they lead to a private address (for tests and closed networks).
    """

    data_dir: Path
    database_url: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    docs_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    secret: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    owner_email: str = "owner@localhost"
    operator_name: str | None = None
    operator_contact: str | None = None
    """Who runs the service, and how people reach them: for the terms and the privacy page."""
    trusted_proxies: frozenset[Network] = frozenset()
    country_header: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "4site <no-reply@localhost>"
    github_client_id: str | None = None
    github_client_secret: str | None = field(default=None, repr=False)
    github_url: str = "https://github.com"
    github_api_url: str = "https://api.github.com"
    synchronous: Synchronous = "FULL"
    queue_size: int = 10_000
    private_hosts: tuple[str, ...] = ()
    log_format: Literal["json", "text"] = "text"
    metrics_token: str | None = field(default=None, repr=False)
    edge_secret: str | None = field(default=None, repr=False)
    log_key: bytes | None = field(default=None, repr=False)
    """What signs the transparency log, when it is not in the data folder."""
    builds: bool = True
    """Whether this process builds sites; another one may, of the same database."""
    build_concurrency: int = 1
    build_seconds: int = 600
    build_memory: int = 1_024
    """In megabytes, as the next one."""
    build_space: int = 500
    """What one site's build may keep and write in its folder."""
    rates_url: str | None = RATES_URL
    """Where exchange rates of each day come from; None when they are only imported."""
    stripe_key: str | None = field(default=None, repr=False)
    """None leaves the service in manual mode: an administrator records what was paid."""
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    """Several while one takes the place of another."""
    stripe_url: str = "https://api.stripe.com"
    rewards_budget: int = 10_000
    """Dollars of milestones' money a calendar month; more waits for the next."""
    metrics_dir: Path | None = None
    """Where several processes keep their metrics; set by `server run` itself."""

    sites_host: str | None = None
    """Sites are served at `NAME.` this host; None when the service hosts none."""
    sites_dir: Path | None = None
    """Where their files are, when not in the data folder."""
    release_bytes: int = 500_000_000

    payout_methods: frozenset[Method] = OFFERED
    """How owners may be paid; an address list of crypto currencies only when it is named."""
    payout_drafts: Literal["remind", "draft", "off"] = "remind"
    """What happens on the first of a month."""
    sepa_sender: str | None = None
    ach_sender: str | None = None
    """The accounts that files pay from: their parts between semicolons."""
    old_secrets: tuple[str, ...] = field(default=(), repr=False)
    """Earlier secrets, newest first, that still open what they sealed."""

    @property
    def releases_dir(self) -> Path:
        """Where the files of hosted sites are."""
        return self.sites_dir or self.data_dir / "sites"

    @property
    def base_host(self) -> str:
        """The host name that people reach the service under."""
        return (urlsplit(self.base_url).hostname or "").lower()

    def web_url_of(self, host: str) -> str:
        """Return the address of a hosted site: as the service's own, with another host."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}/"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_secure(self) -> bool:
        """Whether people reach the service over TLS, so that cookies may insist on it."""
        return self.base_url.startswith("https://")

    @property
    def jobs_url(self) -> str:
        """Where the jobs' engine keeps its tables: a file beside the facts, or the same server."""
        if self.is_sqlite:
            return f"{self.database_url.removesuffix('.db')}-jobs.db"
        return self.database_url

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings of an environment. Raises Invalid naming the variable."""
        read = _Reader(environment)
        data_dir = Path(read.text("DATA_DIR") or platformdirs.user_data_dir("4site"))
        port = read.number("PORT", 8000, limit=65_535)
        host = read.text("HOST") or "127.0.0.1"
        return cls(
            data_dir=data_dir,
            database_url=_driver(read.text("DATABASE_URL") or f"sqlite:///{data_dir / '4site.db'}"),
            base_url=read.web_url("BASE_URL", f"http://{host}:{port}"),
            docs_url=read.text("DOCS_URL") and read.web_url("DOCS_URL", ""),
            host=host,
            port=port,
            workers=max(1, read.number("WORKERS", 1)),
            secret=read.secret("SECRET"),
            redis_url=read.url("REDIS_URL", "redis", "rediss", "unix"),
            owner_email=read.text("OWNER_EMAIL") or "owner@localhost",
            operator_name=read.text("OPERATOR_NAME"),
            operator_contact=read.text("OPERATOR_CONTACT"),
            trusted_proxies=read.networks("TRUSTED_PROXIES"),
            country_header=read.text("COUNTRY_HEADER"),
            smtp_url=read.url("SMTP_URL", "smtp", "smtps"),
            mail_from=read.text("MAIL_FROM") or "4site <no-reply@localhost>",
            github_client_id=read.text("GITHUB_CLIENT_ID"),
            github_client_secret=read.text("GITHUB_CLIENT_SECRET"),
            github_url=read.web_url("GITHUB_URL", "https://github.com"),
            github_api_url=read.web_url("GITHUB_API_URL", "https://api.github.com"),
            synchronous="NORMAL"
            if read.choice("SYNCHRONOUS", "FULL", "NORMAL") == "NORMAL"
            else "FULL",
            queue_size=read.number("QUEUE_SIZE", 10_000),
            private_hosts=tuple((read.text("PRIVATE_HOSTS") or "").split()),
            log_format="json" if read.choice("LOG_FORMAT", "text", "json") == "json" else "text",
            metrics_token=read.text("METRICS_TOKEN"),
            edge_secret=read.secret("EDGE_SECRET"),
            log_key=read.key("LOG_KEY"),
            rates_url=None
            if read.text("RATES_URL") == "off"
            else read.web_url("RATES_URL", RATES_URL),
            stripe_key=read.stripe_key(),
            stripe_webhook_secrets=tuple((read.text("STRIPE_WEBHOOK_SECRET") or "").split()),
            stripe_url=read.web_url("STRIPE_URL", "https://api.stripe.com"),
            sites_host=read.sites_host(read.web_url("BASE_URL", f"http://{host}:{port}")),
            sites_dir=Path(folder) if (folder := read.text("SITES_DIR")) else None,
            payout_methods=read.methods("PAYOUT_METHODS"),
            payout_drafts=read.drafts("PAYOUT_DRAFTS"),
            sepa_sender=read.text("SEPA_SENDER"),
            ach_sender=read.text("ACH_SENDER"),
            old_secrets=tuple((read.text("OLD_SECRETS") or "").split()),
            rewards_budget=read.number("REWARDS_BUDGET", 10_000, limit=1_000_000_000),
            release_bytes=read.number("RELEASE_BYTES", 500_000_000, limit=10_000_000_000),
            builds=read.choice("BUILD_ENABLED", "yes", "no") == "yes",
            build_concurrency=max(1, read.number("BUILD_CONCURRENCY", 1, limit=64)),
            build_seconds=max(1, read.number("BUILD_SECONDS", 600, limit=86_400)),
            build_memory=max(128, read.number("BUILD_MEMORY", 1_024)),
            build_space=max(10, read.number("BUILD_SPACE", 500)),
        )


class _Reader:
    """Reads `FOURSITE_*` variables and says which one is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str | None:
        return self._environment.get(f"FOURSITE_{name}", "").strip() or None

    def number(self, name: str, default: int, *, limit: int = 1_000_000) -> int:
        text = self.text(name)
        if text is not None and not (text.isdecimal() and int(text[:8]) <= limit):
            raise self._wrong(name, text, f"a whole number up to {limit}")
        return default if text is None else int(text)

    def url(self, name: str, *schemes: str) -> str | None:
        """Read an address that may hold a password, which no error may show."""
        text = self.text(name)
        if text is not None and _scheme_of(text) not in schemes:
            raise Invalid(
                f"FOURSITE_{name} is not an address that begins with {' or '.join(schemes)}.",
                field=f"FOURSITE_{name}",
                hint="Correct the variable or unset it.",
            )
        return text

    def secret(self, name: str) -> str | None:
        text = self.text(name)
        if text is not None and len(text) < SECRET_CHARACTERS:
            raise Invalid(
                f"FOURSITE_{name} is shorter than {SECRET_CHARACTERS} characters.",
                field=f"FOURSITE_{name}",
                hint="Take more of them, at random, or unset it.",
            )
        return text

    def key(self, name: str) -> bytes | None:
        """Read 32 bytes in base64, which no error may show."""
        text = self.text(name)
        try:
            key = None if text is None else base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if key is not None and len(key) != KEY_BYTES:
            raise Invalid(
                f"FOURSITE_{name} is not {KEY_BYTES} bytes in base64.",
                field=f"FOURSITE_{name}",
                hint="Make one with: openssl rand -base64 32",
            )
        return key

    def choice(self, name: str, *known: str) -> str:
        text = self.text(name) or known[0]
        if text not in known:
            raise self._wrong(name, text, f"one of {', '.join(known)}")
        return text

    def web_url(self, name: str, default: str) -> str:
        text = (self.text(name) or default).rstrip("/")
        if urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).hostname:
            raise self._wrong(name, text, "an http or https address")
        return text

    def sites_host(self, base_url: str) -> str | None:
        """Read the host of hosted sites, which must not share cookies with the service."""
        text = (self.text("SITES_HOST") or "").lower()
        if not text:
            return None
        if not _HOST.fullmatch(text) or len(text) > _LONGEST_HOST:
            raise self._wrong("SITES_HOST", text, "a host name like sites.example.org")
        own = (urlsplit(base_url).hostname or "").lower()
        if f".{own}".endswith(f".{text}"):
            raise Invalid(
                f"FOURSITE_SITES_HOST is {text!r}, and the service itself is at {own!r}:"
                " sites could read and plant its cookies.",
                field="FOURSITE_SITES_HOST",
                hint="Take another host, best under a domain of its own.",
            )
        return text

    def stripe_key(self) -> str | None:
        """Read Stripe's key, which is of no use without the secret of its webhooks: people would
        pay, and nobody here would know.
        """
        key = self.text("STRIPE_KEY")
        if (key is None) != (self.text("STRIPE_WEBHOOK_SECRET") is None):
            raise Invalid(
                "Only one of FOURSITE_STRIPE_KEY and FOURSITE_STRIPE_WEBHOOK_SECRET is set.",
                field="FOURSITE_STRIPE_WEBHOOK_SECRET",
                hint="Set both, or unset both: then an administrator records payments.",
            )
        return key

    def methods(self, name: str) -> frozenset[Method]:
        words = (self.text(name) or " ".join(OFFERED)).lower().split()
        try:
            return frozenset(Method(word) for word in words)
        except ValueError as error:
            raise self._wrong(name, " ".join(words), f"words among {', '.join(Method)}") from error

    def drafts(self, name: str) -> Literal["remind", "draft", "off"]:
        text = self.choice(name, "remind", "draft", "off")
        return "draft" if text == "draft" else "off" if text == "off" else "remind"

    def networks(self, name: str) -> frozenset[Network]:
        words = (self.text(name) or "").split()
        try:
            return frozenset(ipaddress.ip_network(word) for word in words)
        except ValueError as error:
            raise self._wrong(name, " ".join(words), "networks like 10.0.0.0/8") from error

    def _wrong(self, name: str, value: str, wanted: str) -> Invalid:
        variable = f"FOURSITE_{name}"
        return Invalid(
            f"{variable} is {value!r}, which is not {wanted}.",
            field=variable,
            hint="Correct the variable or unset it.",
        )


_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_HOST = 189  # 253 for all of it, and a label of 63 with its dot before it


def _scheme_of(url: str) -> str:
    """Return the scheme of an address, '' when it cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname  # both are parsed only now
    except ValueError:
        return ""
    return parts.scheme


def _driver(url: str) -> str:
    """Return a database URL with the driver that is installed."""
    scheme = _scheme_of(url)
    if scheme in {"postgresql", "postgres"}:
        return "postgresql+psycopg" + url.removeprefix(scheme)
    if scheme == "postgresql+psycopg" or (scheme == "sqlite" and url.startswith("sqlite:///")):
        return url
    raise Invalid(
        "FOURSITE_DATABASE_URL names an unknown kind of database.",
        field="FOURSITE_DATABASE_URL",
        hint="Use sqlite:///FILE or postgresql://USER@HOST/NAME.",
    )
