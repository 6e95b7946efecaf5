"""The workflow that builds a repository's site on every push, for each CI that we know."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from generator.errors import UsageError
from generator.model.forge import Forge, ForgeKind
from generator.places import TEMPLATES

_HOLE = re.compile(r"@([a-z_]+)@")
# A branch becomes part of YAML and, at GitLab, of an expression between quotes.
_BRANCH = re.compile(r"[\w./+-]{1,200}")
_GITLAB_PART = ".gitlab/site.yml"


class Ci(StrEnum):
    """A CI that `4site init` writes for."""

    GITHUB = "github"
    GITLAB = "gitlab"
    FORGEJO = "forgejo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A file for CI, and what a person has to do besides committing it."""

    path: str
    content: str
    then: tuple[str, ...] = ()


_CI_OF_FORGE = {
    ForgeKind.GITHUB: Ci.GITHUB,
    ForgeKind.GITLAB: Ci.GITLAB,
    ForgeKind.FORGEJO: Ci.FORGEJO,
}


def find_ci(forge: Forge | None) -> Ci | None:
    """Return the CI that comes with a forge, if it is one we know."""
    return _CI_OF_FORGE.get(forge.kind) if forge else None


def make_workflow(ci: Ci, *, branch: str, version: str, exists: Callable[[str], bool]) -> Workflow:
    """Return the workflow that publishes `branch` with this `version` of 4site.

    `exists` tells which files the repository has. Raises UsageError for a branch whose name cannot
    stand in such a file.
    """
    if not _BRANCH.fullmatch(branch):
        raise UsageError(
            f"A workflow cannot name the branch {branch!r}.",
            hint="Rename it, or use --ci none and write the workflow yourself.",
        )
    values = {"branch": json.dumps(branch), "plain_branch": branch, "version": version}
    text = (TEMPLATES / "ci" / f"{ci}.yml").read_text(encoding="utf-8")
    content = _HOLE.sub(lambda found: values[found[1]], text)
    match ci:
        case Ci.GITHUB:
            then = ("Push, then choose the branch gh-pages under Settings, Pages.",)
            return Workflow(path=".github/workflows/site.yml", content=content, then=then)
        case Ci.FORGEJO:
            then = ("Push. The site goes to the branch pages, which Codeberg serves by itself.",)
            return Workflow(path=".forgejo/workflows/site.yml", content=content, then=then)
        case Ci.GITLAB:
            return _gitlab(content, has_pipeline=exists(".gitlab-ci.yml"))


def find_pages_url(ci: Ci | None, forge: Forge | None) -> str | None:
    """Return where the forge's own pages will be served, where its name tells.

    Source: the pages of GitHub ("About GitHub Pages") and Codeberg ("Codeberg Pages"). GitLab gives
    new projects a name that only its CI knows.
    """
    if forge is None:
        return None
    owner, name = forge.owner.lower(), forge.name
    hosts = {(Ci.GITHUB, "https://github.com"): f"{owner}.github.io",
             (Ci.FORGEJO, "https://codeberg.org"): f"{owner}.codeberg.page"}  # fmt: skip
    host = hosts.get((ci, forge.base)) if ci else None
    if host is None:
        return None
    is_root = name.lower() == (host if ci is Ci.GITHUB else "pages")
    return f"https://{host}/" if is_root else f"https://{host}/{name}/"


def publish_settings(ci: Ci) -> dict[str, str]:
    """Return the `[publish]` settings of a workflow that publishes by `4site publish`."""
    match ci:
        case Ci.GITHUB:
            return {"target": "github-pages"}
        case Ci.FORGEJO:
            return {"target": "github-pages", "branch": "pages"}
        case Ci.GITLAB:
            return {}


def _gitlab(content: str, *, has_pipeline: bool) -> Workflow:
    """Return the whole pipeline, or a part that an existing one includes."""
    if not has_pipeline:
        return Workflow(path=".gitlab-ci.yml", content=content, then=("Push.",))
    then = (f"Add to .gitlab-ci.yml, then push:\ninclude:\n  - local: {_GITLAB_PART}",)
    return Workflow(path=_GITLAB_PART, content=content, then=then)
