"""Privacy and secrets: what a page asks of others, and what it gives away by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from generator.audit.finding import Area, Finding, Severity
from generator.audit.site import PageFile, SiteFiles

_CSS_URL = re.compile(
    r"url\(\s*[\"']?((?:https?:)?//[^\"')\s]+)|@import\s+[\"']((?:https?:)?//[^\"']+)"
)
_TEXT_SUFFIXES = (".html", ".md", ".txt", ".json", ".xml", ".js", ".css", ".webmanifest")
_LARGEST_TEXT_BYTES = 4 * 1024 * 1024

# Forms that their issuers document, so that a match is a secret and not a word.
_SECRETS = (
    (
        "GitHub token",
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b"),
    ),
    ("AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}")),
    ("Stripe live key", re.compile(r"\b[sr]k_live_[A-Za-z0-9]{20,}\b")),
    ("Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b")),
    ("npm token", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("PyPI token", re.compile(r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}")),
    ("private key", re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40,}")),
)
# AWS's own documentation uses these two; everybody copies them.
_EXAMPLES = ("AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE")
_PRIVATE_PATH = re.compile(
    r"(?:file:///|(?<![\w./-]))(/(?:home|Users)/(?!(?:user|username|you|me|runner|linuxbrew|name|USER"
    r"|example|vscode|app|node|ubuntu|alice|bob|foo|john|jane|jdoe|git)\b)[A-Za-z][\w.-]{2,}/[\w./-]+)"
)


def check_privacy(site: SiteFiles) -> Iterator[Finding]:
    """Yield a finding for everything a browser would fetch from another host, or may ask.

    The service that a page's own widget names is meant to be asked; that one is no finding.
    """
    for page in site.pages.values():
        service = _service_host(page)
        for reference in page.references():
            split = urlsplit(reference.url)
            is_foreign = split.netloc or split.scheme in {"http", "https"}
            if reference.is_loaded and is_foreign and split.netloc != service:
                yield _third_party(page.path, reference.line, split.netloc)
        for host in _hosts_of_policy(page):
            if host != service:
                yield _third_party_allowed(page.path, page.line_of("connect-src"), host)
    for name in site.sizes:
        if name.endswith(".css"):
            text = _read(site, name)
            for match in _CSS_URL.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield _third_party(name, line, urlsplit(match[1] or match[2]).netloc)


def _service_host(page: PageFile) -> str | None:
    """Return the host that the page's widget reports to: the script says it with the site's key."""
    script = page.tree.css_first("script[data-site][data-service]")
    return urlsplit(script.attributes.get("data-service") or "").netloc if script else None


def _hosts_of_policy(page: PageFile) -> Iterator[str]:
    """Yield the other hosts that the page's own policy lets its scripts talk to."""
    for meta in page.tree.css("meta[http-equiv='Content-Security-Policy' i]"):
        for rule in (meta.attributes.get("content") or "").split(";"):
            name, *allowed = rule.split() or [""]
            if name.lower() == "connect-src":
                yield from (urlsplit(word).netloc or word for word in allowed if "'" not in word)


def check_secrets(site: SiteFiles) -> Iterator[Finding]:
    """Yield a finding for each token, key or private path in the site's texts."""
    for name, size in site.sizes.items():
        if name.endswith(_TEXT_SUFFIXES) and size <= _LARGEST_TEXT_BYTES:
            text = site.pages[name].html if name in site.pages else _read(site, name)
            yield from _find_secrets(name, text)


def _find_secrets(name: str, text: str) -> Iterator[Finding]:
    for label, pattern in _SECRETS:
        for match in pattern.finditer(text):
            if match[0] not in _EXAMPLES:
                yield _leak(
                    name, text, match.start(), "secret", Severity.ERROR,
                    f"This looks like a {label}.",
                    "Revoke it, then take it out of the repository and its history.",
                )  # fmt: skip
    for match in _PRIVATE_PATH.finditer(text):
        yield _leak(
            name, text, match.start(), "private-path", Severity.WARNING,
            f"The path {match[1][:80]} names a person's machine.",
            "Write a path that holds for every reader.",
        )  # fmt: skip


def _leak(  # noqa: PLR0913, PLR0917  the fields of one value
    name: str, text: str, start: int, rule: str, severity: Severity, message: str, cure: str
) -> Finding:
    return Finding(
        area=Area.SECRETS, rule=rule, severity=severity, message=message, cure=cure, path=name,
        line=text.count("\n", 0, start) + 1,
    )  # fmt: skip


def _third_party(path: str, line: int, host: str) -> Finding:
    return Finding(
        area=Area.PRIVACY,
        rule="third-party-request",
        severity=Severity.ERROR,
        message=f"Showing the page asks {host} for a file.",
        cure="Copy the file into the site, or link to it instead.",
        path=path,
        line=line,
    )


def _third_party_allowed(path: str, line: int, host: str) -> Finding:
    return Finding(
        area=Area.PRIVACY,
        rule="third-party-allowed",
        severity=Severity.WARNING,
        message=f"The page's policy lets scripts talk to {host}, which no widget on it names.",
        cure="Take the host out of connect-src, or name it as the widget's data-service.",
        path=path,
        line=line,
    )


def _read(site: SiteFiles, name: str) -> str:
    return (site.folder / name).read_text(encoding="utf-8", errors="replace")
