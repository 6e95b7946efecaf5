"""Proof that a package is published: an address, a badge, or a workflow that uploads it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.insight.manifests.facts import ManifestFacts
from generator.insight.texts import SourceText, read_source
from generator.model.files import FileTree
from generator.model.insight import Origin

WORKFLOWS_LIMIT = 40

# Where a registry or a badge names a package: `{}` is the name. Letter case does not matter.
_ADDRESSES = {
    "python": (
        *("pypi.org/project/{}", "pypi.org/p/{}", "pypi.python.org/pypi/{}", "pypi.org/pypi/{}"),
        *("img.shields.io/pypi/[a-z]+/{}", "badge.fury.io/py/{}", "pepy.tech/projects?/{}"),
        *("pepy.tech/badge/{}", "pypistats.org/packages/{}", "anaconda.org/conda-forge/{}"),
        "static.pepy.tech/[a-z-]+/{}",
    ),
    "npm": (
        *("npmjs.com/package/{}", "npmjs.org/package/{}", "npm.im/{}", "npmx.dev/package/{}"),
        *("img.shields.io/npm/[a-z]+/{}", "badge.fury.io/js/{}", "unpkg.com/{}"),
        *("cdn.jsdelivr.net/npm/{}", "esm.sh/{}", "nodei.co/npm/{}", "badgen.net/npm/[a-z]+/{}"),
        *("bundlephobia.com/(?:result\\?p=|package/){}", "npm-stat.com/charts.html\\?package={}"),
        *("npmtrends.com/{}", "jsdelivr.com/package/npm/{}", "flat.badgen.net/npm/[a-z]+/{}"),
        "packagephobia.(?:now.sh|com)/(?:result|badge)\\?p={}",
    ),
    "cargo": (
        *(
            "crates.io/crates/{}",
            "img.shields.io/crates/[a-z]+/{}",
            "docs.rs/{}",
            "lib.rs/crates/{}",
        ),
        *("docs.rs/crate/{}", "img.shields.io/docsrs/{}", "badgen.net/crates/[a-z]+/{}"),
    ),
    "gem": ("rubygems.org/gems/{}", "badge.fury.io/rb/{}", "img.shields.io/gem/[a-z]+/{}"),
    "composer": (
        *("packagist.org/packages/{}", "poser.pugx.org/{}", "img.shields.io/packagist/[a-z]+/{}"),
        "badgen.net/packagist/[a-z]+/{}",
    ),
    "nuget": (
        *("nuget.org/packages/{}", "img.shields.io/nuget/[a-z]+/{}", "badge.fury.io/nu/{}"),
        "buildstats.info/nuget/{}",
    ),
    "hex": ("hex.pm/packages/{}", "img.shields.io/hexpm/[a-z]+/{}", "hexdocs.pm/{}"),
    "pub": ("pub.dev/packages/{}", "img.shields.io/pub/[a-z]+/{}"),
    "hackage": ("hackage.haskell.org/package/{}", "img.shields.io/hackage/[a-z]+/{}"),
    "luarocks": ("luarocks.org/modules/[\\w-]+/{}", "img.shields.io/luarocks/[a-z]+/[\\w-]+/{}"),
}

# A step of a workflow that uploads what the root manifest describes.
_UPLOADS = {
    "python": r"gh-action-pypi-publish|twine upload|uv publish|poetry publish|flit publish"
    r"|hatch publish|pdm publish|maturin (?:publish|upload)",
    "npm": r"\bnpm publish|changesets/action|pnpm (?:-r )?publish|yarn npm publish|lerna publish"
    r"|npx semantic-release|JS-DevTools/npm-publish",
    "cargo": r"cargo publish|cargo release|release-plz|katyo/publish-crates",
    "gem": r"\bgem push|rubygems/release-gem",
    "nuget": r"nuget push",
    "hex": r"mix hex\.publish|erlangpack/github-action",
    "pub": r"pub publish|dart-lang/setup-dart/\.github/workflows/publish",
    "hackage": r"cabal upload",
    "luarocks": r"luarocks upload|luarocks-tag-release",
}


def find_evidence(
    facts: ManifestFacts, texts: Iterable[SourceText], workflows: Iterable[SourceText]
) -> Origin | None:
    """Return where publication of the manifest's package is shown, None when nothing shows it."""
    name = facts.name.value if facts.name else ""
    if not name:
        return None
    patterns = [
        address.format(_name_pattern(name)) for address in _ADDRESSES.get(facts.ecosystem, ())
    ]
    if patterns:
        wanted = re.compile(rf"(?:{'|'.join(patterns)})(?![\w-]|\.[a-z0-9]{{3,}}/)", re.IGNORECASE)
        found = _first_match(wanted, texts)
        if found:
            return found
    upload = _UPLOADS.get(facts.ecosystem)
    return _first_match(re.compile(upload), workflows) if upload and not facts.folder else None


def read_workflows(files: FileTree) -> list[SourceText]:
    """Return the forge's workflow files, a bounded number of them."""
    paths = [
        path
        for folder in (".github/workflows", ".forgejo/workflows", ".gitea/workflows")
        for path in files.under(folder)
        if path.endswith((".yml", ".yaml"))
    ]
    paths += [path for path in (".gitlab-ci.yml", ".travis.yml") if files.has(path)]
    return [source for path in paths[:WORKFLOWS_LIMIT] if (source := read_source(files, path))]


def _name_pattern(name: str) -> str:
    """PyPI and others hold `-`, `_` and `.` equal; a scope may be percent-encoded."""
    escaped = re.escape(name).replace("@", "(?:@|%40)").replace("/", "(?:/|%2F)")
    return re.sub(r"\\?[-_.]+", "[-_.]", escaped)


def _first_match(pattern: re.Pattern[str], texts: Iterable[SourceText]) -> Origin | None:
    for source in texts:
        match = pattern.search(source.text)
        if match:
            return Origin(path=source.path, line=source.line_at(match.start()))
    return None
