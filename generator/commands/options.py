"""The flags that several verbs share, and what they mean for a build."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.commands.console import environment
from generator.configuration import Layer
from generator.settings import BuildOptions

# Flag → the setting it overrides.
_SETTINGS = {
    "theme": ("theme", "name"),
    "kind": ("project", "kind"),
    "base_url": ("site", "url"),
    "repo": ("source", "forge"),
    "service": ("service", "url"),
    "site_key": ("service", "site_key"),
}


def add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        default=".",
        metavar="SOURCE",
        help="a folder (default: this one), owner/name[@ref], a GitHub URL, or any git URL",
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the flags that override the configuration file."""
    parser.add_argument("--theme", metavar="NAME", help="the look; see `4site themes`")
    parser.add_argument("--kind", metavar="KIND", help="the kind of project; see `4site kinds`")
    parser.add_argument("--base-url", metavar="URL", help="where the site will be served")
    parser.add_argument("--repo", metavar="URL", help="the forge of a plain folder")


def add_service(parser: argparse.ArgumentParser) -> None:
    """Add the flags that tell a site's pages whom to report visits and shares to."""
    parser.add_argument("--service", metavar="URL", help="the service that counts visits")
    parser.add_argument("--site-key", metavar="KEY", help="the site's key at the service")


def add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--enrich",
        action="store_true",
        help="ask a local checkout's forge for releases, stars and people",
    )
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, no warnings")
    parser.add_argument("-v", "--verbose", action="store_true", help="every step, every warning")


def flags_layer(arguments: argparse.Namespace) -> Layer:
    """Return the settings that were given as flags."""
    values: dict[str, dict[str, Any]] = {}
    for flag, (table, key) in _SETTINGS.items():
        value = getattr(arguments, flag, None)
        if value is not None:
            values.setdefault(table, {})[key] = value
    return Layer(name="command line", values=values)


def build_options(arguments: argparse.Namespace, *, out: Path) -> BuildOptions:
    """Return the options of one run; the token comes from the environment, never from a flag."""
    from platformdirs import user_cache_path  # noqa: PLC0415  only verbs that build need it

    environ = environment()
    cache_dir = environ.get("FOURSITE_CACHE_DIR")
    is_online = not arguments.offline
    return BuildOptions(
        out=out,
        enrich=arguments.enrich,
        offline=arguments.offline,
        use_cache=not arguments.no_cache,
        force=getattr(arguments, "force", False),
        strict=getattr(arguments, "strict", False),
        cache_dir=Path(cache_dir) if cache_dir else user_cache_path("4site"),
        token=_token(arguments) if is_online else None,
        github_host=_github_host(environ),
    )


def _token(arguments: argparse.Namespace) -> str | None:
    """Return the forge's token where this run may ask the forge at all."""
    if Path(arguments.source).exists() and not arguments.enrich:
        return None
    from generator.source.tokens import default_host, find_token  # noqa: PLC0415

    environ = environment()
    return find_token(environ, host=default_host(environ))


def _github_host(environ: Mapping[str, str]) -> str | None:
    from generator.source.tokens import default_host  # noqa: PLC0415

    return default_host(environ) if environ.get("GH_HOST") else None
