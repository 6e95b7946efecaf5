"""`4site themes`: what a site can look like."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON list on stdout")


def run(arguments: argparse.Namespace) -> int:
    from generator.render.theme import list_themes  # noqa: PLC0415

    themes = list_themes()
    if arguments.json:
        import msgspec  # noqa: PLC0415

        rows = [{"name": theme.name, "description": theme.description} for theme in themes]
        print(msgspec.json.encode(rows).decode())
        return 0
    width = max(len(theme.name) for theme in themes)
    for theme in themes:
        print(f"{theme.name:<{width}}  {theme.description}")
    return 0
