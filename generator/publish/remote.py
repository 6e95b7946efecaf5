"""Which repository a person means, and what says who is asking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import SourceError, UsageError
from generator.publish.git import Remote
from generator.source.git import Git as Checkout
from generator.source.reference import FolderReference, GitHubReference, parse_reference
from generator.source.tokens import default_host, find_token

_SLUG = re.compile(r"[A-Za-z0-9][\w-]*/[\w.-]+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def find_remote(address: str, environ: Mapping[str, str], folder: Path) -> Remote:
    """Return the repository at `address`: owner/name, a git URL, or '' for `folder`'s origin.

    Raises UsageError when it names none.
    """
    text = address or (Checkout(folder=folder).text("config", "--get", "remote.origin.url") or "")
    if not text:
        raise UsageError(
            "There is no repository here whose origin could be pushed to.",
            hint="Run it in a checkout, or say --to github-pages:owner/name.",
        )
    host = default_host(environ)
    if _SLUG.fullmatch(text):
        text = f"https://{host}/{text}"
        if urlsplit(text).hostname in _LOOPBACK:
            text = text.replace("https:", "http:", 1)
    try:
        place = parse_reference(text, forges={}, default_host=host)
    except SourceError as error:
        raise UsageError(error.message, hint=error.hint) from error
    if isinstance(place, FolderReference):
        return Remote(url=str(place.path.resolve()))
    if place.ref is not None:
        raise UsageError(f"{text} names a branch.", hint="Say the branch with --branch.")
    if not isinstance(place, GitHubReference):
        return Remote(url=place.url)
    web = urlsplit(place.base)
    is_safe = web.scheme == "https" or web.hostname in _LOOPBACK
    is_web = place.clone_url.startswith(("https:", "http:"))
    return Remote(
        url=place.clone_url,
        host=web.netloc,
        slug=place.slug,
        token=find_token(environ, host=web.netloc) if is_safe and is_web else None,
    )
