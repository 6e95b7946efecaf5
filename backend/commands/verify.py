"""`4site verify`: checks the transparency log of a service, from outside.

Needs only the log's published files. It remembers what it saw, because a log can only be caught
changing its history by somebody who knows what it said before.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UsageError

if TYPE_CHECKING:
    from backend.domain.checkpoints import Checkpoint
    from backend.domain.proof_files import ProofFile
    from backend.domain.signed_notes import Verifier
    from backend.gateways.log_reader import LogReader
    from backend.gateways.seen_logs import SeenLogs

STATEMENT = "ledger.json"
STATEMENT_BYTES = 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked. `earlier` is the size that was seen before, None at the first time."""

    log: str
    size: int
    root: str
    key: str
    is_key_new: bool
    earlier: int | None
    lines: int | None
    entries: int | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="the service, or its log")
    parser.add_argument("--key", metavar="VKEY", help="the log's key (default: the one seen first)")
    parser.add_argument(
        "--statement", metavar="FILE", help="your export, or ledger.json of it: checks each line"
    )
    parser.add_argument(
        "--entries", action="store_true", help="fetch every entry and compute the root from them"
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="where to remember what was seen (default: your data folder)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    try:
        from backend.gateways.log_reader import LogReader  # noqa: PLC0415  needs cryptography
        from backend.gateways.seen_logs import SeenLogs  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in {"cryptography"}:
            raise
        raise UsageError(
            "Checking signatures needs a library that is not installed: cryptography.",
            hint="Install 4site[verify], for example with: uv tool install '4site[verify]'",
        ) from error
    file = _read_statement(arguments.statement)
    with LogReader(arguments.url) as reader:
        seen = SeenLogs.open(Path(arguments.state) if arguments.state else None)
        verified = _verify(arguments, reader, seen, file)
    if arguments.json:
        print(json.dumps(asdict(verified)))
    else:
        _say(verified, seen.path)
    return 0


def _verify(
    arguments: argparse.Namespace, reader: LogReader, seen: SeenLogs, file: ProofFile | None
) -> Verified:
    from backend.domain.log_watch import (  # noqa: PLC0415  as above
        check_continues,
        check_entries,
        check_proofs,
    )

    before = seen.find(reader.url)
    verifier = _choose_key(arguments.key or (before.key if before else None), reader)
    note = reader.checkpoint()
    now = _open(note, verifier, "The log's checkpoint")
    earlier = _open(before.checkpoint, before.verifier, "The one seen before") if before else None
    if earlier:
        check_continues(earlier, now, reader.tile)
    lines, proved = None, now
    if file:
        proved = _open(file.checkpoint, verifier, "The file's checkpoint")
        check_continues(proved, now, reader.tile)
        lines = check_proofs(file, proved)
    if arguments.entries:
        check_entries(reader.bundles(now.size), now, file, proved.size)
    # Only what holds is remembered; what does not must be found again.
    seen.remember(reader.url, key=str(verifier), checkpoint=note)
    return Verified(
        log=now.origin,
        size=now.size,
        root=now.root.hex(),
        key=str(verifier),
        is_key_new=not arguments.key and before is None,
        earlier=earlier.size if earlier else None,
        lines=lines,
        entries=now.size if arguments.entries else None,
    )


def _choose_key(known: str | None, reader: LogReader) -> Verifier:
    from backend.domain.signed_notes import parse_verifier  # noqa: PLC0415  as above

    return parse_verifier(known or reader.key())


def _open(note: str, verifier: Verifier, what: str) -> Checkpoint:
    from backend.domain.checkpoints import open_checkpoint  # noqa: PLC0415  as above
    from backend.errors import Invalid, LogBroken  # noqa: PLC0415

    try:
        return open_checkpoint(note, verifier)
    except Invalid as error:
        raise LogBroken(
            f"{what} is not to be believed. {error.message}",
            hint="If the log's owner announced another key, give it with --key.",
        ) from error


def _read_statement(name: str | None) -> ProofFile | None:
    from backend.domain.proof_files import read_proofs  # noqa: PLC0415  as above

    if name is None:
        return None
    path = Path(name)
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive, archive.open(STATEMENT) as member:
                content = member.read(STATEMENT_BYTES + 1)
        else:
            with path.open("rb") as plain:
                content = plain.read(STATEMENT_BYTES + 1)
        text = content.decode()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{path} cannot be read: {error}.", hint="Give an export, or ledger.json of one."
        ) from error
    if len(content) > STATEMENT_BYTES:
        raise UsageError(f"{path} is longer than {STATEMENT_BYTES >> 20} MB.")
    return read_proofs(text)


def _say(verified: Verified, remembered: Path) -> None:
    print(f"{verified.log}: {verified.size} entries, signed, root {verified.root}")
    if verified.is_key_new:
        print(f"This key was seen for the first time and is believed from now on:\n{verified.key}")
        print("Compare it with what the log's owner published elsewhere.")
    elif verified.earlier is not None:
        print(f"It continues the log of {verified.earlier} entries that was seen before.")
    if verified.entries is not None:
        print(f"All {verified.entries} published entries are those under the root.")
    if verified.lines is not None:
        print(f"Every line of the file is in the log, {verified.lines} in all.")
    print(f"Remembered in {remembered}.")
