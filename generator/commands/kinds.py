"""`4site kinds`: the kinds of project, and what each changes."""

from __future__ import annotations

import argparse

from generator.model.insight import ProjectKind

_DESCRIPTIONS = {
    ProjectKind.TOOL: "a command or program that people run: installing comes first",
    ProjectKind.LIBRARY: "code that people import: installing, then the quick start",
    ProjectKind.APPLICATION: "a product with a screen: the picture and downloads come first",
    ProjectKind.DOCUMENTS: "texts, lists, standards: the text itself is the home page",
    ProjectKind.PROFILE: "a person's or organisation's own README",
    ProjectKind.PROJECT: "anything else",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON list on stdout")


def run(arguments: argparse.Namespace) -> int:
    if arguments.json:
        import msgspec  # noqa: PLC0415

        rows = [{"name": kind.value, "description": text} for kind, text in _DESCRIPTIONS.items()]
        print(msgspec.json.encode(rows).decode())
        return 0
    for kind, text in _DESCRIPTIONS.items():
        print(f"{kind.value:<12} {text}")
    return 0
