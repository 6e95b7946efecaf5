"""What the service runs to build a site: the command, its environment, its folders, its bounds."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from backend.actions.builds import check_buildable
from backend.actions.context import Context
from backend.domain.actors import owner_of
from backend.domain.builds import Build
from backend.domain.sites import Site
from backend.domain.tiers import TERMS, Tier
from backend.errors import NotFound
from backend.gateways.builds import Bounds, Run, weigh
from backend.settings import Settings
from backend.store import accounts, sites

MEGABYTE = 1_000_000
_GITHUB = (
    *("github.com", "api.github.com", "codeload.github.com", "raw.githubusercontent.com"),
    *("objects.githubusercontent.com", "media.githubusercontent.com"),
    *("avatars.githubusercontent.com", "user-images.githubusercontent.com"),
    *("camo.githubusercontent.com", "github.githubassets.com"),
)
"""What GitHub serves a repository, its pictures and its people from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A run, the repository that it builds, and the folder in which the site will be."""

    run: Run
    bounds: Bounds
    repository: str
    out: Path


def prepare_run(context: Context, build: Build) -> Prepared:
    """Make a build's folders and say what is to run.

    Raises NotFound when the site is gone, and what `check_buildable` raises.
    """
    with context.database.reading() as session:
        site = sites.find_site(session, build.tenant, build.site)
        if site is None:
            raise NotFound("There is no such site.")
        tier = accounts.get_own(session, owner_of(build.tenant, build.account)).tier
    repository = check_buildable(context, site)
    work, home = _work_folder(context, build), _home(context, build)
    shutil.rmtree(work, ignore_errors=True)  # what a try that was lost left half written
    for folder in (work, home):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    out = work / "site"
    words = ["-m", "cli", "build", repository, "--out", str(out), "--verbose"]
    run = Run(
        command=[sys.executable, "-I", *words],
        environment={
            **_environment(context.settings, site, tier),
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "TMPDIR": str(work),
        },
        folder=work.parent,
        hosts=_hosts(context.settings),
        private_hosts=context.settings.private_hosts,
    )
    return Prepared(run=run, bounds=_bounds(context.settings), repository=repository, out=out)


def tidy(context: Context, build: Build) -> None:
    """Remove what a build left, and caches that fill more than half of the space."""
    shutil.rmtree(_work_folder(context, build), ignore_errors=True)
    home, enough = _home(context, build), _bounds(context.settings).folder_bytes // 2
    if weigh(home, enough) > enough:
        shutil.rmtree(home, ignore_errors=True)


def _environment(settings: Settings, site: Site, tier: Tier) -> dict[str, str]:
    """Return all that a build is told; nothing of it is secret."""
    told = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "GIT_TERMINAL_PROMPT": "0",
        "FOURSITE_SITE_URL": site.url,
        "FOURSITE_SERVICE_URL": settings.base_url,
        "FOURSITE_SITE_KEY": site.key,
    }
    if not TERMS[tier].can_remove_powered_by:
        told["FOURSITE_SHARE_POWERED_BY"] = "true"
    elif not site.has_powered_by:
        told["FOURSITE_SHARE_POWERED_BY"] = "false"
    forge = urlsplit(settings.github_url).netloc
    if forge != "github.com":
        told |= {"GH_HOST": forge, "FOURSITE_SOURCE_FORGES": f"{forge}=github"}
    return told


def _hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts, with ports, that a build may reach: those of the forge."""
    found = set()
    for url in (settings.github_url, settings.github_api_url):
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found.add(f"{parts.hostname}:{port}")
    if "github.com:443" in found:
        found |= {f"{host}:443" for host in _GITHUB}
    return frozenset(found)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        seconds=settings.build_seconds,
        memory_bytes=settings.build_memory * MEGABYTE,
        folder_bytes=settings.build_space * MEGABYTE,
    )


def _home(context: Context, build: Build) -> Path:
    """Return the home of a site's builds, whose caches make the next one faster."""
    return _folder(context, build) / "home"


def _work_folder(context: Context, build: Build) -> Path:
    return _folder(context, build) / f"build-{build.id}"


def _folder(context: Context, build: Build) -> Path:
    return context.settings.data_dir / "builds" / build.site
