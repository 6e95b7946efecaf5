"""`4site serve`: preview while writing."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from pathlib import Path

from generator.commands import options
from generator.commands.build import summarise
from generator.commands.console import Console, environment
from generator.errors import FourSiteError, UsageError

_PORT = 4000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_source(parser)
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", help="default: a temporary folder")
    parser.add_argument("-p", "--port", type=int, default=_PORT, help=f"default: {_PORT}")
    options.add_settings(parser)
    options.add_service(parser)
    options.add_network(parser)
    options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="4site-") as temporary:
        return _serve(arguments, arguments.out or Path(temporary) / "site")


def _serve(arguments: argparse.Namespace, out: Path) -> int:
    from generator.preview import Preview, watch  # noqa: PLC0415

    console = Console(is_quiet=arguments.quiet, is_verbose=arguments.verbose)
    _build(arguments, out, console)
    try:
        preview = Preview(out, port=arguments.port)
    except OSError as error:
        raise UsageError(
            f"Port {arguments.port} on 127.0.0.1 cannot be used: {error.strerror}.",
            hint="Choose another one with --port, or 0 for any free one.",
        ) from error
    preview.start()
    print(f"Serving {preview.url} (Ctrl+C stops)", flush=True)
    folder = Path(arguments.source)

    def rebuild() -> None:
        try:
            _build(arguments, out, console)
        except FourSiteError as error:
            print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
        preview.reload()

    stop = _stop_on_interrupt()
    try:
        if folder.is_dir():
            watch(folder, ignore=[out, folder / ".git"], changed=rebuild, stop=stop)
        else:
            stop.wait()
    except KeyboardInterrupt:
        pass
    finally:
        preview.stop()
    return 0


def _stop_on_interrupt() -> threading.Event:
    """Return what the first Ctrl+C sets; the second one interrupts whatever runs.

    An interruption in the middle of anything could leave a lock taken that stopping needs.
    """
    stop = threading.Event()

    def ask_to_stop(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    signal.signal(signal.SIGINT, ask_to_stop)
    return stop


def _build(arguments: argparse.Namespace, out: Path, console: Console) -> None:
    from generator.build import build  # noqa: PLC0415

    report = build(
        arguments.source,
        flags=options.flags_layer(arguments),
        environ=environment(),
        options=options.build_options(arguments, out=out),
        report=console.report,
    )
    console.clear()
    console.show_warnings(report.warnings)
    if not arguments.quiet:
        print(summarise(report), flush=True)
