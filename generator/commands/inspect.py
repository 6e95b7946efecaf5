"""`4site inspect`: what was detected, and where each fact was read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from generator.commands import options
from generator.commands.console import Console, environment
from generator.model.insight import Fact, Insight
from generator.model.page import Place
from generator.model.report import BuildWarning

_LABEL_WIDTH = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_source(parser)
    options.add_settings(parser)
    options.add_network(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    from generator.build import detect  # noqa: PLC0415

    console = Console(is_quiet=arguments.quiet or arguments.json, is_verbose=arguments.verbose)
    warnings: list[BuildWarning] = []
    detected = detect(
        arguments.source,
        flags=options.flags_layer(arguments),
        environ=environment(),
        options=options.build_options(arguments, out=Path("site")),
        report=console.report,
        warn=warnings.append,
    )
    console.clear()
    if arguments.json:
        import msgspec  # noqa: PLC0415

        value = {"insight": detected.insight, "pages": detected.places, "warnings": warnings}
        print(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode())
        return 0
    for line in _lines(detected.insight, detected.places):
        print(line)
    console.show_warnings(tuple(warnings))
    return 0


def _lines(insight: Insight, places: tuple[Place, ...]) -> Iterator[str]:
    facts: tuple[tuple[str, Fact[str] | None], ...] = (
        ("name", insight.name),
        ("pitch", insight.pitch),
        ("version", insight.version),
        ("homepage", insight.homepage),
        ("logo", insight.logo),
        ("accent", insight.accent),
    )
    yield _line("kind", insight.kind.value.value, str(insight.kind.origin))
    for label, fact in facts:
        yield _line(label, fact.value, str(fact.origin)) if fact else _line(label, "unknown", "")
    if insight.license:
        spdx = insight.license.spdx or insight.license.name
        yield _line("licence", spdx, str(insight.license.origin))
    for method in insight.install:
        yield _line("install", f"{method.label}: {method.commands[0]}", str(method.origin))
    for language in insight.languages[:6]:
        yield _line("language", f"{language.name} {language.permille / 10:.1f} %", "")
    for place in places:
        yield _line("page", f"/{place.url}", place.source or "")


def _line(label: str, value: str, origin: str) -> str:
    shown = f"{label:<{_LABEL_WIDTH}}{value}"
    return f"{shown}  ({origin})" if origin else shown
