"""Forgets releases that were replaced long ago, and then the files that none refers to."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.manifests import blobs_of, read_manifest
from backend.domain.instants import SECOND
from backend.domain.releases import UNFINISHED_KEPT, Hosting, choose_outdated
from backend.gateways.blobs import seconds_ago, sites_of
from backend.store import releases

SITES_A_BATCH = 100


def sweep_releases(context: Context) -> int:
    """Forget old releases, and files a day after the last one needed them; return how many
    releases. It can be interrupted and repeated.
    """
    forgotten, after = 0, ("", "")
    hosted: set[tuple[str, str]] = set()
    while True:
        with context.database.reading() as session:
            found = releases.list_hostings(session, after=after, limit=SITES_A_BATCH)
        for hosting in found:
            hosted.add((hosting.tenant, hosting.site))
            forgotten += _sweep_site(context, hosting)
        if len(found) < SITES_A_BATCH:
            break
        after = (found[-1].tenant, found[-1].site)
    _sweep_removed(context, hosted)
    return forgotten


def _sweep_site(context: Context, hosting: Hosting) -> int:
    before = seconds_ago(UNFINISHED_KEPT / SECOND)
    with context.database.transaction() as session:
        if releases.lock_hosting(session, hosting.tenant, hosting.site) is None:
            return 0
        known = releases.list_releases(session, hosting.tenant, hosting.site)
        outdated = choose_outdated(known, context.clock.now())
        releases.delete_releases(session, hosting.tenant, outdated)
    blobs = blobs_of(context, hosting.tenant, hosting.site)
    needed: set[str] = set()
    for release in known:
        if release.id not in outdated:
            needed.add(release.manifest)
            needed.update(file.digest for file in read_manifest(blobs, release.manifest).values())
    # What a release that begins right now needs was touched by it, and is too young to go.
    left = blobs.sweep(needed, before=before)
    with context.database.transaction() as session:
        releases.save_stored(session, hosting.tenant, hosting.site, left)
    return len(outdated)


def _sweep_removed(context: Context, hosted: set[tuple[str, str]]) -> None:
    """Delete the files of sites that are gone; those of one that just begins are young."""
    before = seconds_ago(UNFINISHED_KEPT / SECOND)
    for tenant, site in sites_of(context.settings.releases_dir):
        if (tenant, site) not in hosted:
            blobs_of(context, tenant, site).sweep((), before=before)
