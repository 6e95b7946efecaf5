"""The targets by name, each made when it is asked for: most bring a library of their own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from generator.errors import UsageError
from generator.publish.target import Destination, Target


class Kind(NamedTuple):
    """A module under `generator.publish.targets`, and for the help: what follows the name, and what
    the target is.
    """

    module: str
    form: str
    meaning: str


KINDS: dict[str, Kind] = {
    "cloudflare-pages": Kind("cloudflare_pages", ":PROJECT", "Cloudflare Pages, by direct upload"),
    "folder": Kind("folder", ":PATH", "a folder on this machine"),
    "github-actions": Kind("github_actions", "", "GitHub Pages, from a job of Actions"),
    "github-pages": Kind("github_pages", "[:OWNER/NAME]", "a branch that GitHub Pages serves"),
    "netlify": Kind("netlify", ":SITE", "Netlify, by the site's name, id or domain"),
    "rsync": Kind("rsync", ":USER@HOST:/PATH", "a folder on a server, by rsync over ssh"),
    "s3": Kind("s3", "://BUCKET[/PREFIX]", "S3, R2, B2, MinIO, Spaces and what speaks like them"),
    "service": Kind("service", "[:https://HOST]", "a 4site service that hosts sites"),
    "sftp": Kind("sftp", "://USER@HOST/PATH", "a folder on a server, by sftp"),
    "vercel": Kind("vercel", ":PROJECT", "Vercel, as a finished build"),
    "webdav": Kind(
        "webdav", "://HOST/PATH", "a folder on a WebDAV server of this machine, without TLS"
    ),
    "webdavs": Kind("webdav", "://HOST/PATH", "a folder on a WebDAV server"),
    "zip": Kind("zip", ":FILE.zip", "an archive, the same bytes for the same site"),
}
"""Every target, by what `--to` begins with."""

_FORM = re.compile(r"(?P<kind>[a-z0-9-]+)(?::(?P<address>.*))?", re.DOTALL)
_PREVIEW = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,98}[A-Za-z0-9])?")


def parse_destination(text: str) -> tuple[str, str]:
    """Return kind and address of a `--to`: `KIND`, `KIND:ADDRESS` or `KIND://ADDRESS`.

    Raises UsageError when there is no such kind.
    """
    found = _FORM.fullmatch(text.strip())
    # What follows may be an address with a password in it.
    kind = found["kind"] if found else text.strip().partition(":")[0]
    if found is None or kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        raise UsageError(
            f"There is no target {kind!r}.",
            hint=f"Did you mean {near[0]}?" if near else f"Targets: {', '.join(KINDS)}.",
        )
    return kind, (found["address"] or "").removeprefix("//")


def make_target(destination: Destination) -> Target:
    """Return the target. Raises PublishError when credentials or a library are missing, UsageError
    when the address makes no sense for it.
    """
    _check_preview(destination.preview)
    _check_url(destination.url)
    module = import_module(f"generator.publish.targets.{KINDS[destination.kind].module}")
    make = cast(Callable[[Destination], Target], module.make_target)
    return make(destination)


def _check_preview(name: str | None) -> None:
    """Refuse what is no name: an empty one, from a variable that is not set, would be the site."""
    is_fine = name is None or (_PREVIEW.fullmatch(name) and ".." not in name and "//" not in name)
    if not is_fine:
        raise UsageError(
            f"{name!r} cannot be the name of a preview.",
            hint="Letters, digits and ._/- between them, at most 100.",
        )


def _check_url(url: str | None) -> None:
    if url is None:
        return
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in {"http", "https"} and bool(parts.hostname)
        has_login = "@" in parts.netloc
    except ValueError:
        is_fine, has_login = False, False
    if not is_fine or has_login:
        raise UsageError(
            "--url holds a login." if has_login else f"--url {url!r} is no address of a site.",
            hint="Say where people reach the site: https://tool.example.org.",
        )
