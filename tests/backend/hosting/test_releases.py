"""Releases: what makes one, when it is live, what is kept."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from backend.actions.context import Context
from backend.actions.manifests import blobs_of, read_manifest
from backend.actions.release_sweeping import sweep_releases
from backend.actions.releases import (
    Planned,
    finish_release,
    get_awaited,
    list_releases,
    plan_release,
    publish_folder,
    roll_back,
)
from backend.actions.sites import get_site, remove_site, suspend_site
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.instants import DAY, Instant
from backend.domain.releases import KEPT_RELEASES, Release, ReleaseFile
from backend.domain.tiers import TERMS, Tier
from backend.errors import (
    Conflict,
    FilesMissing,
    Forbidden,
    HostingOff,
    Invalid,
    LimitReached,
    NotFound,
    ReleaseRefused,
)
from backend.store.tables.base import TENANT
from tests.support.hosting import SITE, describe, hosted, send, upload
from tests.support.publishing import make_site
from tests.support.service import add_account, add_site


@pytest.fixture
def service(any_context: Context) -> Context:
    return hosted(any_context)


@pytest.fixture
def ann(service: Context) -> Actor:
    return owner_of(TENANT, add_account(service, tier="pro"))


@pytest.fixture
def site(service: Context, ann: Actor) -> str:
    return add_site(service, ann.account)[0]


def test_a_folder_that_was_built_becomes_the_live_release(
    service: Context, ann: Actor, site: str, tmp_path: Path
) -> None:
    made = publish_folder(service, TENANT, site, make_site(tmp_path / "site"), origin="build")
    (listed,) = list_releases(service, ann, site).releases
    assert (listed.id, listed.is_live, listed.origin, listed.files) == (made.id, True, "build", 8)
    assert list_releases(service, ann, site).url == "http://lantern.sites.localhost:8000/"
    files = read_manifest(blobs_of(service, TENANT, site), listed.manifest)
    css = files["assets/site.0a1b2c3d.css"]
    assert 0 < css.br < css.size
    assert 0 < css.gz < css.size
    assert files["assets/cards/home.png"].br == 0


def test_a_folder_that_nobody_built_is_refused(service: Context, site: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="not a site that 4site built"):
        publish_folder(service, TENANT, site, tmp_path, origin="build")


def test_a_folder_that_was_changed_after_the_build_is_refused_and_the_old_site_stays(
    service: Context, ann: Actor, site: str, tmp_path: Path
) -> None:
    folder = make_site(tmp_path / "site")
    first = publish_folder(service, TENANT, site, folder, origin="build")
    (folder / "index.html").write_bytes(b"<!doctype html><title>Evil</title>")
    with pytest.raises(Invalid, match="not what was built"):
        publish_folder(service, TENANT, site, folder, origin="build")
    (listed,) = list_releases(service, ann, site).releases
    assert (listed.id, listed.is_live) == (first.id, True)


def test_only_what_is_missing_has_to_be_sent(service: Context, ann: Actor, site: str) -> None:
    upload(service, ann, site, SITE)
    changed = {**SITE, "about.html": b"<!doctype html><title>About</title>"}
    planned = plan_release(service, ann, site, files_of(changed))
    assert planned.missing == (hashlib.sha256(changed["about.html"]).hexdigest(),)
    assert planned.release
    assert planned.release.awaited_bytes == len(changed["about.html"])


def test_a_release_with_files_missing_does_not_become_live(
    service: Context, ann: Actor, site: str
) -> None:
    first = upload(service, ann, site, SITE)
    planned = plan_release(service, ann, site, files_of({**SITE, "more.html": b"more"}))
    with pytest.raises(FilesMissing, match="1 files"):
        finish_release(service, ann, site, begun(planned).id)
    assert [(one.id, one.is_live) for one in listed(service, ann, site)] == [(first.id, True)]


def test_rolling_back_is_one_step_and_forward_again(
    service: Context, ann: Actor, site: str
) -> None:
    first = upload(service, ann, site, SITE)
    second = upload(service, ann, site, {**SITE, "b.html": b"b"})
    assert roll_back(service, ann, site, first.id).is_live
    assert {one.id for one in listed(service, ann, site) if one.is_live} == {first.id}
    roll_back(service, ann, site, second.id)
    assert {one.id for one in listed(service, ann, site) if one.is_live} == {second.id}


def test_a_preview_and_an_unfinished_release_cannot_be_made_live(
    service: Context, ann: Actor, site: str
) -> None:
    live = upload(service, ann, site, SITE)
    preview = upload(service, ann, site, {**SITE, "b.html": b"b"}, preview="pr-7")
    planned = plan_release(service, ann, site, files_of({**SITE, "c.html": b"c"}))
    for release in (preview.id, begun(planned).id):
        with pytest.raises(Conflict):
            roll_back(service, ann, site, release)
    assert [one.id for one in listed(service, ann, site) if one.is_live] == [live.id]


def test_finishing_twice_is_finishing_once(service: Context, ann: Actor, site: str) -> None:
    first = upload(service, ann, site, SITE)
    second = upload(service, ann, site, {**SITE, "b.html": b"b"})
    assert finish_release(service, ann, site, first.id).id == first.id
    assert [one.id for one in listed(service, ann, site) if one.is_live] == [second.id]
    with pytest.raises(Conflict, match="finished"):
        get_awaited(service, ann, site, first.id)


def test_two_publishes_at_once_leave_one_of_them_live_and_whole(
    service: Context, ann: Actor, site: str
) -> None:
    made: list[Release] = []
    threads = [
        threading.Thread(
            target=lambda n=number: made.append(
                upload(service, ann, site, {**SITE, "n.html": f"{n}".encode() * 40})
            )
        )
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    releases = listed(service, ann, site)
    assert len(releases) == 4
    (live,) = [one for one in releases if one.is_live]
    blobs = blobs_of(service, TENANT, site)
    files = read_manifest(blobs, live.manifest)
    assert all(blobs.size(file.digest) == file.size for file in files.values())


def test_another_owner_sees_and_changes_nothing(service: Context, ann: Actor, site: str) -> None:
    release = upload(service, ann, site, SITE)
    bob = owner_of(TENANT, add_account(service))
    for attempt in (
        lambda: plan_release(service, bob, site, files_of(SITE)),
        lambda: finish_release(service, bob, site, release.id),
        lambda: roll_back(service, bob, site, release.id),
        lambda: list_releases(service, bob, site),
        lambda: get_awaited(service, bob, site, release.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_release_of_another_site_is_not_found(service: Context, ann: Actor, site: str) -> None:
    release = upload(service, ann, site, SITE)
    other, _key = add_site(service, ann.account, url="https://other.example/")
    upload(service, ann, other, SITE)
    with pytest.raises(NotFound):
        roll_back(service, ann, other, release.id)


def test_a_suspended_site_takes_no_release(service: Context, ann: Actor, site: str) -> None:
    release = upload(service, ann, site, SITE)
    suspend_site(service, replace(ann, role=Role.ADMIN), site)
    with pytest.raises(Forbidden):
        plan_release(service, ann, site, files_of(SITE))
    with pytest.raises(Forbidden):
        roll_back(service, ann, site, release.id)


def test_without_a_host_for_sites_everything_is_refused(
    any_context: Context, tmp_path: Path
) -> None:
    ann = owner_of(TENANT, add_account(any_context))
    site, _key = add_site(any_context, ann.account)
    with pytest.raises(HostingOff, match="hosts no sites"):
        plan_release(any_context, ann, site, files_of(SITE))
    with pytest.raises(HostingOff):
        publish_folder(any_context, TENANT, site, make_site(tmp_path / "site"), origin="build")


def test_a_free_owner_stores_a_hundred_megabytes(service: Context) -> None:
    assert TERMS[Tier.FREE].storage_bytes == 100_000_000
    bob = owner_of(TENANT, add_account(service))
    one, _key = add_site(service, bob.account, url="https://one.example/")
    two, _key = add_site(service, bob.account, url="https://two.example/")
    big = {"index.html": ReleaseFile(digest="0" * 64, size=60_000_000)}
    for _try in range(3):  # what broke off does not count beside what takes its place
        plan_release(service, bob, one, big)
    other = {"index.html": ReleaseFile(digest="1" * 64, size=40_000_001)}
    for is_trial in (True, False):
        with pytest.raises(LimitReached, match="100,000,000"):
            plan_release(service, bob, two, other, is_trial=is_trial)
    plan_release(service, bob, two, {"index.html": replace(other["index.html"], size=40_000_000)})


def test_a_trial_changes_nothing(service: Context, ann: Actor, site: str) -> None:
    planned = plan_release(service, ann, site, files_of(SITE), is_trial=True)
    assert (planned.release, planned.url, len(planned.missing)) == (None, None, len(SITE))
    assert not service.settings.releases_dir.exists()
    assert list_releases(service, ann, site).url is None


def test_names_are_unique_and_never_reserved(service: Context, ann: Actor) -> None:
    names = []
    for number, title in enumerate(["Tool", "Tool", "WWW", "Ünïcode & Co.", "!!!"]):
        site, _key = add_site(service, ann.account, url=f"https://{number}.example/", title=title)
        upload(service, ann, site, SITE)
        url = list_releases(service, ann, site).url or ""
        names.append(url.removeprefix("http://").partition(".")[0])
        assert url.rstrip("/") in get_site(service, ann, site).origins
    assert names == ["tool", "tool-2", "www-2", "unicode-co", "site"]


def test_old_releases_are_forgotten_and_their_files_a_day_later(
    service: Context, ann: Actor, site: str
) -> None:
    first = upload(service, ann, site, {**SITE, "n.html": b"first, and nothing like it" * 20})
    for number in range(1, KEPT_RELEASES + 1):
        then = replace(service, clock=FixedClock(Instant(service.clock.now() + number)))
        upload(then, ann, site, {**SITE, "n.html": f"{number}".encode()})
    kept = listed(service, ann, site)
    assert len(kept) == KEPT_RELEASES == 20
    assert first.id not in {one.id for one in kept}
    blobs = blobs_of(service, TENANT, site)
    digest = hashlib.sha256(b"first, and nothing like it" * 20).hexdigest()
    sweep_releases(service)
    assert blobs.size(digest) is not None
    assert blobs.size(digest, "br") is not None
    age_files(service, seconds=86_500)
    sweep_releases(service)
    assert blobs.size(digest) is None
    assert blobs.size(digest, "br") is None
    live = next(one for one in kept if one.is_live)
    files = read_manifest(blobs, live.manifest)
    assert all(blobs.size(file.digest) == file.size for file in files.values())


def test_an_upload_that_was_given_up_is_forgotten_after_a_day(
    service: Context, ann: Actor, site: str
) -> None:
    planned = plan_release(service, ann, site, files_of({**SITE, "x.html": b"x"}))
    send(service, site, b"x")
    age_files(service, seconds=86_500)
    later = replace(service, clock=FixedClock(Instant(service.clock.now() + DAY + 1)))
    assert sweep_releases(later) == 1
    with pytest.raises(NotFound):
        finish_release(service, ann, site, begun(planned).id)
    assert blobs_of(service, TENANT, site).size(hashlib.sha256(b"x").hexdigest()) is None


def test_a_removed_site_leaves_no_files_behind(service: Context, ann: Actor, site: str) -> None:
    upload(service, ann, site, SITE)
    remove_site(service, ann, site)
    age_files(service, seconds=86_500)
    sweep_releases(service)
    folder = service.settings.releases_dir / TENANT / site
    assert not [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "path", ["../x", "a/../b", "/etc/passwd", "a//b", "a/", "", "a\\b", "a\nb", ".", "a" * 501]
)
def test_paths_that_no_site_has_are_refused(
    service: Context, ann: Actor, site: str, path: str
) -> None:
    with pytest.raises(ReleaseRefused, match="path"):
        plan_release(service, ann, site, files_of({**SITE, path: b"x"}))


def test_a_release_holds_at_most_twenty_thousand_files_and_the_set_bytes(
    service: Context, ann: Actor, site: str
) -> None:
    many = {f"{n}.html": ReleaseFile(digest="0" * 64, size=1) for n in range(20_000)}
    with pytest.raises(ReleaseRefused, match="20000"):
        plan_release(service, ann, site, many | files_of(SITE))
    assert service.settings.release_bytes == 500_000_000
    big = {"index.html": ReleaseFile(digest="0" * 64, size=500_000_001)}
    with pytest.raises(ReleaseRefused, match="500000000 are allowed"):
        plan_release(service, ann, site, big)


@pytest.mark.parametrize("name", ["", "-a", "a-", "a--b", "A", "a.b", "xn", "a" * 21])
def test_names_that_no_preview_can_have_are_refused(
    service: Context, ann: Actor, site: str, name: str
) -> None:
    with pytest.raises(Invalid, match="preview"):
        plan_release(service, ann, site, files_of(SITE), preview=name)


def files_of(files: Mapping[str, bytes]) -> dict[str, ReleaseFile]:
    return describe(files)


def begun(planned: Planned) -> Release:
    assert planned.release
    return planned.release


def listed(context: Context, actor: Actor, site: str) -> tuple[Release, ...]:
    return list_releases(context, actor, site).releases


def age_files(context: Context, *, seconds: float) -> None:
    for path in context.settings.releases_dir.rglob("*"):
        if path.is_file():
            at = path.stat().st_mtime - seconds
            os.utime(path, (at, at))
