"""`4site card`: the social card of the home page, alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.commands import options
from generator.commands.console import Console, environment
from generator.errors import OutputRefused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_source(parser)
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("card.png"), metavar="FILE", help="default: card.png"
    )
    options.add_settings(parser)
    options.add_network(parser)
    options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    from generator.assembly.picturing import draw_home_card  # noqa: PLC0415
    from generator.build import detect  # noqa: PLC0415

    console = Console(is_quiet=arguments.quiet, is_verbose=arguments.verbose)
    found = detect(
        arguments.source,
        flags=options.flags_layer(arguments),
        environ=environment(),
        options=options.build_options(arguments, out=Path("site")),
        report=console.report,
        warn=lambda _: None,
    )
    console.clear()
    content = draw_home_card(found.repository, found.insight, found.settings)
    try:
        arguments.out.write_bytes(content)
    except OSError as error:
        raise OutputRefused(
            f"Cannot write {arguments.out}: {error.strerror}.", hint="Name another file with --out."
        ) from error
    if not arguments.quiet:
        print(f"Drew a card of {len(content) / 1000:.0f} kB → {arguments.out}")
    return 0
