"""Hosted sites for tests: a service that hosts, a small site, and its upload."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from backend.actions.context import Context
from backend.actions.manifests import blobs_of
from backend.actions.releases import finish_release, plan_release
from backend.domain.actors import Actor
from backend.domain.releases import Release, ReleaseFile
from backend.store.tables.base import TENANT

SITES_HOST = "sites.localhost"
SITE: dict[str, bytes] = {
    "index.html": b"<!doctype html><title>Home</title><p>" + b"All of it. " * 40,
    "404.html": b"<!doctype html><title>Not here</title>",
    "docs/index.html": b"<!doctype html><title>Docs</title>",
    "assets/site.0a1b2c3d.css": b"body{color:#222}" * 40,
    "assets/cards/home.png": b"\x89PNG\r\n\x1a\n" + bytes(300),
}


def hosted(context: Context, **settings: object) -> Context:
    """Return the same service, hosting sites."""
    values: dict[str, object] = {"sites_host": SITES_HOST, **settings}
    return replace(context, settings=replace(context.settings, **values))  # type: ignore[arg-type]


def describe(files: Mapping[str, bytes]) -> dict[str, ReleaseFile]:
    """Return what a release says of files."""
    return {
        path: ReleaseFile(digest=hashlib.sha256(content).hexdigest(), size=len(content))
        for path, content in files.items()
    }


def send(context: Context, site: str, content: bytes) -> None:
    """Store a file as an upload does."""
    blobs_of(context, TENANT, site).put(content)


def upload(
    context: Context,
    actor: Actor,
    site: str,
    files: Mapping[str, bytes],
    *,
    preview: str | None = None,
) -> Release:
    """Publish files as a client does, and return the finished release."""
    planned = plan_release(context, actor, site, describe(files), preview=preview)
    contents = {hashlib.sha256(content).hexdigest(): content for content in files.values()}
    for digest in planned.missing:
        send(context, site, contents[digest])
    assert planned.release
    return finish_release(context, actor, site, planned.release.id)
