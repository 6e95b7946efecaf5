"""`4site audit`: is the site fit to be published?"""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.errors import OutputRefused

_FORMATS = ("text", "json", "sarif", "github", "markdown")
_FORMAT_OF_FILE = {".txt": "text", ".json": "json", ".sarif": "sarif", ".md": "markdown"}
_BELOW_THE_BAR = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("site"), metavar="DIR", help="default: site"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument(
        "--save", type=_report_file, action="append", default=[], metavar="FILE",
        help="write the report into a file too: .txt, .json, .sarif or .md; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--fail-under", type=_score, default=100, metavar="N",
        help="the lowest score of any area that passes, 0 to 100 (default: 100)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    from generator.audit.formats import format_report  # noqa: PLC0415
    from generator.audit.run import audit_folder  # noqa: PLC0415

    report = audit_folder(arguments.folder)
    text = format_report(report, "json" if arguments.json else arguments.format)
    if text:
        print(text, flush=True)
    for file in arguments.save:
        _save(file, format_report(report, _FORMAT_OF_FILE[file.suffix]))
    return _BELOW_THE_BAR if report.score < arguments.fail_under else 0


def _save(file: Path, text: str) -> None:
    try:
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise OutputRefused(
            f"Cannot write {file}: {error.strerror or error}.",
            hint="Choose another file with --save.",
        ) from error


def _report_file(text: str) -> Path:
    file = Path(text)
    if file.suffix not in _FORMAT_OF_FILE:
        raise argparse.ArgumentTypeError(f"a name that ends with {', '.join(_FORMAT_OF_FILE)}")
    return file


def _score(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError("a whole number from 0 to 100")
    return int(text)
