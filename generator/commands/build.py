"""`4site build`: the main job."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.commands import options
from generator.commands.console import Console, environment
from generator.model.report import BuildReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_source(parser)
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("site"), metavar="DIR", help="default: site"
    )
    options.add_settings(parser)
    options.add_service(parser)
    options.add_network(parser)
    parser.add_argument(
        "--force", action="store_true", help="replace a folder that 4site did not write"
    )
    parser.add_argument("--strict", action="store_true", help="a warning fails the build")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    from generator.build import build  # noqa: PLC0415  after the arguments are known to be right

    console = Console(is_quiet=arguments.quiet or arguments.json, is_verbose=arguments.verbose)
    report = build(
        arguments.source,
        flags=options.flags_layer(arguments),
        environ=environment(),
        options=options.build_options(arguments, out=arguments.out),
        report=console.report,
    )
    console.clear()
    if arguments.json:
        _print_json(report)
    else:
        console.show_warnings(report.warnings)
        if not arguments.quiet:
            print(summarise(report))
    return 1 if arguments.strict and report.warnings else 0


def summarise(report: BuildReport) -> str:
    """Return the one line that says what happened."""
    size = f"{report.pages} pages, {report.files} files"
    if not report.written and not report.removed:
        return f"Nothing changed: {size} in {report.seconds:.1f} s → {_shown(report.out)}"
    changes = f" ({report.written} written, {report.removed} removed)"
    is_whole = report.written >= report.files
    what = size if is_whole and not report.removed else size + changes
    return f"Built {what} in {report.seconds:.1f} s → {_shown(report.out)}"


def _shown(path: Path) -> str:
    try:
        return f"{path.relative_to(Path.cwd())}/"
    except ValueError:
        return f"{path}/"


def _print_json(report: BuildReport) -> None:
    import msgspec  # noqa: PLC0415

    print(msgspec.json.encode(report, enc_hook=str).decode())
