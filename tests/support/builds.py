"""Sites that the service builds from a GitHub on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import update

from backend.actions.context import Context
from backend.actions.manifests import blobs_of, read_manifest
from backend.clock import SystemClock
from backend.domain.actors import Actor, owner_of
from backend.domain.releases import ReleaseFile
from backend.store.releases import list_releases
from backend.store.tables.base import TENANT
from backend.store.tables.sites import SiteRow
from tests.support.git_repositories import make_repository
from tests.support.github_answers import FakeRepository
from tests.support.github_server import FakeGitHub, serve_github
from tests.support.service import add_account, add_site, make_context

HOST = "sites.localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """A GitHub with one repository, `ada/lantern`; `address` is the repository's."""

    github: FakeGitHub
    repository: FakeRepository
    address: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a service that builds from here."""
        return {
            "FOURSITE_SITES_HOST": HOST,
            "FOURSITE_GITHUB_URL": self.github.base,
            "FOURSITE_GITHUB_API_URL": f"{self.github.base}/api/v3",
            "FOURSITE_PRIVATE_HOSTS": "127.0.0.1",
        }


@contextmanager
def serve_forge(folder: Path) -> Iterator[Forge]:
    """Run a GitHub that has a repository with a README."""
    git = make_repository(folder / "lantern")
    git.commit({"README.md": "# Lantern\n\nLight for long nights.\n"})
    with serve_github() as github:
        repository = FakeRepository(owner="ada", name="lantern", git=git)
        yield Forge(github=github, repository=repository, address=github.add(repository))


def make_build_context(
    folder: Path, forge: Forge, database_url: str | None = None, **environment: str
) -> Context:
    """Return a service of the present that builds from the forge."""
    made = make_context(folder, database_url, environment=forge.environment | environment)
    return replace(made, clock=SystemClock())


def add_built_site(
    context: Context, repository: str, *, tier: str = "pro", url: str = "https://lantern.example/"
) -> tuple[Actor, str, str]:
    """Store an owner with a site of this repository; return the owner, its id and its key."""
    account = add_account(context, tier=tier)
    site, key = add_site(context, account, url=url)
    with context.database.transaction() as session:
        session.connection().execute(
            update(SiteRow)
            .where(SiteRow.id == site)  # type: ignore[arg-type]  # a condition, to SQLAlchemy
            .values(repository=repository)
        )
    return owner_of(TENANT, account), site, key


def live_files(context: Context, site: str) -> dict[str, ReleaseFile]:
    """Return the files of a site's live release, nothing before there is one."""
    with context.database.reading() as session:
        live = [one for one in list_releases(session, TENANT, site) if one.is_live]
    return read_manifest(blobs_of(context, TENANT, site), live[0].manifest) if live else {}
