"""The command line: a lazy table of verbs. Each verb's arguments and printing live in a file of
its own under `generator/commands/` or `backend/commands/`, imported when that verb is asked for.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

VERBS = {
    "build": "Build the site of a repository",
    "serve": "Build, serve on this machine, rebuild and reload on change",
    "render": "Render one Markdown file to the HTML a page would hold",
    "inspect": "Show what was detected, and why",
    "init": "Write 4site.toml and the CI workflow, after showing them",
    "link": "Register the site with a service that counts visits and shares",
    "audit": "Check a finished site: links, anchors, pictures, privacy, weight",
    "publish": "Send a finished site to a host, a CDN or a folder",
    "themes": "List the themes",
    "kinds": "List the kinds of project that change the home page",
    "card": "Draw the social card alone",
    "doctor": "Check the token, git, the cache and optional tools",
    "server": "Run the service that widgets talk to",
    "verify": "Check the transparency log of a service, from outside",
    "schema": "Print the JSON Schema of 4site.toml",
    "completion": "Print a completion script for your shell",
}

_EXAMPLES = """examples:
  4site build                     the site of this folder, into site/
  4site build sharkdp/bat         the site of a repository on GitHub
  4site serve                     preview at http://127.0.0.1:4000, rebuilt as you write
  4site audit site                check what was built
  4site publish --to github-pages publish it

Run "4site VERB --help" for the flags of a verb. Exit status: 0 done, 1 build failed,
2 wrong use or configuration, 3 audit below the bar, 4 source or service unreachable,
5 publish failed, 130 interrupted.
"""


class _Verb(Protocol):
    """What a file in a `commands/` folder offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if not word.startswith("-")), None)
    parser = make_parser([chosen] if chosen in VERBS else [])
    arguments = parser.parse_args(words)
    if arguments.verb is None:
        parser.print_help()
        return 0
    from generator.commands.running import run_verb  # noqa: PLC0415  not needed for --help

    return run_verb(_load(arguments.verb).run, arguments)


def make_parser(loaded: Sequence[str] = tuple(VERBS)) -> argparse.ArgumentParser:
    """Return the parser; only the verbs in `loaded` know their own arguments."""
    parser = argparse.ArgumentParser(
        prog="4site",
        description="Turn a repository into a site its maintainers are proud of.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion, nargs=0, help="print the version")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for name, summary in VERBS.items():
        verb = verbs.add_parser(name, help=summary, description=f"{summary}.")
        verb.add_argument("--debug", action="store_true", help="show a traceback on errors")
        if name in loaded:
            _load(name).add_arguments(verb)
    return parser


class _PrintVersion(argparse.Action):
    """Looks the version up only when it is asked for: that costs 20 ms."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        print(f"4site {version('4site')}")
        parser.exit()


def _load(verb: str) -> _Verb:
    folder = "backend" if verb in {"server", "verify"} else "generator"
    return cast(_Verb, import_module(f"{folder}.commands.{verb}"))


if __name__ == "__main__":
    sys.exit(main())
