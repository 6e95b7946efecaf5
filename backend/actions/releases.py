"""Releases of hosted sites: planned, sent, finished, and made live again.

A release becomes live by one update of one row, after all of its files are on disk; who kills the
service in between leaves the old site as it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from backend.actions.context import Context
from backend.actions.hosting import check_is_on, check_open, ensure_hosting, get_open, url_of
from backend.actions.manifests import blobs_of, pack_files, read_manifest, store_manifest
from backend.actions.sites import get_own
from backend.domain.actors import Actor, owner_of
from backend.domain.releases import (
    Release,
    ReleaseFile,
    ReleaseFiles,
    ReleaseOrigin,
    check_files,
    check_preview,
    check_storage,
    choose_outdated,
    digest_of,
)
from backend.domain.sites import Site
from backend.errors import Conflict, FilesMissing, NotFound
from backend.gateways.blobs import Blobs
from backend.gateways.finished_site import read_finished_site
from backend.ids import new_id
from backend.store import accounts, releases, sites
from backend.store.database import Session
from backend.store.referrals import lock_account
from backend.store.thumbnails import ask_for_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A release that was planned: where it will be, and the digests of files still to be sent.

    Of a trial there is no release, and no address before the site has a name.
    """

    release: Release | None
    url: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """A site's releases, the newest first, and where it is; `url` None before the first one."""

    url: str | None
    releases: tuple[Release, ...]


def plan_release(  # noqa: PLR0913  what it is, and how far to go
    context: Context,
    actor: Actor,
    site: str,
    files: ReleaseFiles,
    *,
    preview: str | None = None,
    is_trial: bool = False,
) -> Planned:
    """Begin a release of these files, and give the site a name if it has none.

    A trial tells what would be missing and changes nothing. Raises HostingOff, NotFound, Forbidden
    for a suspended site, ReleaseRefused for files that no release can have, LimitReached when the
    tier stores no more.
    """
    check_is_on(context)
    check_files(files, limit_bytes=context.settings.release_bytes)
    if preview is not None:
        check_preview(preview)
    with context.database.reading() as session:
        found = get_open(session, actor, site)
    blobs = blobs_of(context, found.tenant, site)
    missing = {file.digest: file.size for file in files.values() if not blobs.keep(file.digest)}
    awaited = sum(missing.values())
    if is_trial:
        with context.database.reading() as session:
            _check_room(session, actor, site, awaited)
            known = releases.find_hosting(session, actor.tenant, site)
        url = url_of(context, known.name, preview) if known else None
        return Planned(release=None, url=url, missing=tuple(missing))
    manifest = store_manifest(blobs, files)
    release = replace(
        _make(context, found, files, ReleaseOrigin.UPLOAD, manifest=manifest),
        preview=preview,
        is_finished=False,
        awaited_bytes=awaited,
    )
    with context.database.transaction() as session:
        lock_account(session, actor)  # two at once would both find room for one
        _check_room(session, actor, site, awaited)
        hosting = ensure_hosting(context, session, get_open(session, actor, site))
        releases.insert_release(session, found.tenant, release)
        _forget_outdated(context, session, actor.tenant, site)
    url = url_of(context, hosting.name, preview)
    return Planned(release=release, url=url, missing=tuple(missing))


def get_awaited(context: Context, actor: Actor, site: str, release: str) -> dict[str, int]:
    """Return the sizes by digest of the files of an unfinished release.

    Raises NotFound, Conflict when the release is finished.
    """
    with context.database.reading() as session:
        get_open(session, actor, site)
        found = _get_release(session, actor.tenant, site, release)
    if found.is_finished:
        raise Conflict("The release is finished: nothing can be added to it.")
    files = read_manifest(blobs_of(context, actor.tenant, site), found.manifest)
    return {file.digest: file.size for file in files.values()}


def finish_release(context: Context, actor: Actor, site: str, release: str) -> Release:
    """Make a release whose files are all here live, or reachable as the preview that it is.

    A finished release is returned as it is. Raises NotFound, FilesMissing, Forbidden for a
    suspended site.
    """
    check_is_on(context)
    with context.database.reading() as session:
        get_open(session, actor, site)
        found = _get_release(session, actor.tenant, site, release)
    if found.is_finished:
        return found
    blobs = blobs_of(context, actor.tenant, site)
    packed = _pack_whole(blobs, read_manifest(blobs, found.manifest))
    with context.database.transaction() as session:
        get_open(session, actor, site)
        releases.lock_hosting(session, actor.tenant, site)
        found = _get_release(session, actor.tenant, site, release)
        if not found.is_finished:
            _finish(context, session, actor.tenant, replace(found, manifest=packed))
        return _get_release(session, actor.tenant, site, release)


def roll_back(context: Context, actor: Actor, site: str, release: str) -> Release:
    """Make a finished release the live one.

    Raises NotFound, Conflict for one that is unfinished or a preview.
    """
    check_is_on(context)
    with context.database.transaction() as session:
        get_open(session, actor, site)
        releases.lock_hosting(session, actor.tenant, site)
        found = _get_release(session, actor.tenant, site, release)
        if not found.is_finished or found.preview is not None:
            what = "a preview" if found.preview is not None else "not finished"
            raise Conflict(f"The release is {what}.", hint="Choose one that was live before.")
        _show(context, session, actor.tenant, found)
    return replace(found, is_live=True)


def list_releases(context: Context, actor: Actor, site: str) -> Releases:
    """Return the finished releases of a site. Raises HostingOff, NotFound."""
    check_is_on(context)
    with context.database.reading() as session:
        get_own(session, actor, site)
        hosting = releases.find_hosting(session, actor.tenant, site)
        found = releases.list_releases(session, actor.tenant, site)
    return Releases(
        url=url_of(context, hosting.name) if hosting else None,
        releases=tuple(one for one in found if one.is_finished),
    )


def publish_folder(
    context: Context, tenant: str, site: str, folder: Path, *, origin: str
) -> Release:
    """Make a finished 4site folder the live release of a site and return it.

    For work in the owner's name: nobody is asked whether they may. Raises HostingOff, NotFound,
    Forbidden for a suspended site, Invalid for a folder that 4site did not build, ReleaseRefused
    for one that holds too much, LimitReached.
    """
    check_is_on(context)
    with context.database.reading() as session:
        found = check_open(sites.find_site(session, tenant, site))
    actor = owner_of(tenant, found.account)
    blobs = blobs_of(context, tenant, site)
    stored, files = 0, {}
    for path, content in read_finished_site(folder):
        digest = hashlib.sha256(content).hexdigest()
        if not blobs.keep(digest):
            stored += len(content)
            with context.database.reading() as session:
                _check_room(session, actor, site, stored)
            blobs.put(content)
        files[path] = ReleaseFile(digest=digest, size=len(content))
    check_files(files, limit_bytes=context.settings.release_bytes)
    release = _make(
        context, found, files, ReleaseOrigin(origin), manifest=_pack_whole(blobs, files)
    )
    with context.database.transaction() as session:
        ensure_hosting(context, session, check_open(sites.find_site(session, tenant, site)))
        releases.lock_hosting(session, tenant, site)
        unfinished = replace(release, is_finished=False, awaited_bytes=stored)
        releases.insert_release(session, tenant, unfinished)
        _finish(context, session, tenant, unfinished)
    return replace(release, is_live=True)


def _pack_whole(blobs: Blobs, files: ReleaseFiles) -> str:
    """Return the digest of the list of files, with their compressed forms, when all are here."""
    missing = {file.digest for file in files.values() if blobs.size(file.digest) != file.size}
    if missing:
        raise FilesMissing(
            f"{len(missing)} files of the release are not here yet.",
            hint="Send them, or plan the release again to see which.",
        )
    return store_manifest(blobs, pack_files(blobs, files))


def _finish(context: Context, session: Session, tenant: str, release: Release) -> None:
    """Finish a release under the lock of its hosting, and forget those that it replaces."""
    now = context.clock.now()
    releases.finish_release(session, tenant, release, now)
    if release.preview is None:
        _show(context, session, tenant, release)
    _forget_outdated(context, session, tenant, release.site)


def _show(context: Context, session: Session, tenant: str, release: Release) -> None:
    """Make a release the live one; its picture is another one, too."""
    releases.set_live(session, tenant, release.site, release.id)
    ask_for_picture(session, tenant, release.site, context.clock.now())


def _forget_outdated(context: Context, session: Session, tenant: str, site: str) -> None:
    known = releases.list_releases(session, tenant, site)
    if outdated := choose_outdated(known, context.clock.now()):
        releases.delete_releases(session, tenant, outdated)


def _make(
    context: Context, site: Site, files: ReleaseFiles, origin: ReleaseOrigin, *, manifest: str
) -> Release:
    now = context.clock.now()
    return Release(
        id=new_id(context.ids, now),
        site=site.id,
        digest=digest_of(files),
        made_at=now,
        is_live=False,
        origin=origin,
        files=len(files),
        bytes=sum(file.size for file in files.values()),
        manifest=manifest,
    )


def _check_room(session: Session, actor: Actor, site: str, added: int) -> None:
    tier = accounts.get_own(session, actor).tier
    check_storage(tier, releases.count_stored(session, actor, but_for=site), added)


def _get_release(session: Session, tenant: str, site: str, release: str) -> Release:
    found = releases.find_release(session, tenant, site, release)
    if found is None:
        raise NotFound("The site has no such release.", hint="It may have been replaced long ago.")
    return found
