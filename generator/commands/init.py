"""`4site init`: writes the first configuration and the CI workflow, after showing them."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands import options
from generator.commands.console import Console, environment
from generator.configuration import Layer, merge_layers, read_file_layer
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.build import Detected
    from generator.write.first_configuration import Entry
    from generator.write.proposals import Proposal
    from generator.write.workflows import Ci, Workflow

_CONFIGURATION = "4site.toml"
_WHY = {
    ("site", "url"): "Where the site is served: feeds, canonical links and social cards name it.",
    ("theme", "name"): "The look; see `4site themes`.",
    ("project", "kind"): "What the repository holds; see `4site kinds`.",
    ("source", "forge"): "The repository's address.",
    ("publish", "target"): "Where `4site publish` sends the site.",
    ("publish", "branch"): "The branch that is served.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposed:
    """All that is to be written; `then` is what is left to a person."""

    ci: str
    files: tuple[Proposal, ...]
    then: tuple[str, ...]

    @property
    def writes(self) -> bool:
        return any(file.is_written for file in self.files)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", nargs="?", default=".", metavar="SOURCE", help="a folder (default: this one)"
    )
    options.add_settings(parser)
    parser.add_argument(
        "--ci",
        choices=("github", "gitlab", "forgejo", "none"),
        help="whose workflow to write (default: that of the checkout's origin)",
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    parser.add_argument("--dry-run", action="store_true", help="show the files, write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options.add_output(parser)
    parser.set_defaults(offline=True, no_cache=True, enrich=False)


def run(arguments: argparse.Namespace) -> int:
    from generator.write.proposals import save  # noqa: PLC0415

    folder = _folder(arguments.source)
    proposed = _propose(arguments, folder, _detect(arguments, folder))
    if not arguments.json:
        _show(proposed, is_quiet=arguments.quiet)
    is_written = proposed.writes and not arguments.dry_run and _agrees(arguments)
    if is_written:
        for file in proposed.files:
            if file.is_written:
                save(folder, file)
    _say(arguments, proposed, is_written=is_written)
    return 0


def _folder(source: str) -> Path:
    folder = Path(source)
    if not folder.is_dir():
        raise UsageError(
            f"{source} is no folder of this machine.",
            hint="Clone the repository, and run 4site init in the checkout.",
        )
    return folder


def _detect(arguments: argparse.Namespace, folder: Path) -> Detected:
    """Return what is known without the flags, so that they are written where they differ."""
    from generator.build import detect  # noqa: PLC0415

    console = Console(is_quiet=arguments.quiet or arguments.json, is_verbose=arguments.verbose)
    detected = detect(
        str(folder),
        flags=Layer(name="command line", values={}),
        environ=environment(),
        options=options.build_options(arguments, out=Path("site")),
        report=console.report,
        warn=lambda _warning: None,
    )
    console.clear()
    return detected


def _propose(arguments: argparse.Namespace, folder: Path, detected: Detected) -> _Proposed:
    from generator.write.first_configuration import format_configuration  # noqa: PLC0415
    from generator.write.proposals import propose  # noqa: PLC0415

    ci = _choose_ci(arguments, detected)
    entries = _entries(arguments, detected, ci)
    files: list[Proposal] = []
    then: list[str] = []
    known = read_file_layer(lambda name: _read(folder / name))
    if entries and known and not (arguments.force and known.name == _CONFIGURATION):
        then.append(_advise(known, entries))
    elif entries:
        content = format_configuration(entries)
        files.append(propose(folder, _CONFIGURATION, content, force=arguments.force))
    if ci:
        workflow = _make_workflow(ci, folder, detected)
        files.append(propose(folder, workflow.path, workflow.content, force=arguments.force))
        then.extend(workflow.then)
    return _Proposed(ci=ci or "none", files=tuple(files), then=tuple(filter(None, then)))


def _choose_ci(arguments: argparse.Namespace, detected: Detected) -> Ci | None:
    from generator.write.workflows import Ci, find_ci  # noqa: PLC0415

    if arguments.ci:
        return None if arguments.ci == "none" else Ci(arguments.ci)
    return find_ci(detected.repository.forge)


def _make_workflow(ci: Ci, folder: Path, detected: Detected) -> Workflow:
    from importlib.metadata import version  # noqa: PLC0415

    from generator.write.workflows import make_workflow  # noqa: PLC0415

    if detected.repository.subfolder:
        raise UsageError(
            f"{folder} is a part of a checkout, and its CI reads the top folder only.",
            hint="Run 4site init there, or with --ci none here.",
        )
    return make_workflow(
        ci,
        branch=detected.repository.default_branch or "main",
        version=version("4site"),
        exists=lambda path: (folder / path).exists(),
    )


def _entries(arguments: argparse.Namespace, detected: Detected, ci: Ci | None) -> list[Entry]:
    """Return the settings that differ from what is detected, in the order of the file."""
    from generator.write.first_configuration import Entry  # noqa: PLC0415
    from generator.write.workflows import find_pages_url, publish_settings  # noqa: PLC0415

    settings, forge = detected.settings, detected.repository.forge
    flags = options.flags_layer(arguments)
    merge_layers(flags)  # refuses what no setting may be
    wanted: dict[tuple[str, str], str | None] = {}
    if settings.site.url is None:
        wanted["site", "url"] = find_pages_url(ci, forge)
    if ci and settings.publish.target is None:
        publish = publish_settings(ci)
        wanted |= {("publish", key): value for key, value in publish.items()}
    for table, values in flags.values.items():
        wanted |= {(table, key): value for key, value in values.items()}
    known = {
        ("theme", "name"): settings.theme.name,
        ("project", "kind"): detected.insight.kind.value.value,
        ("source", "forge"): forge.url if forge else None,
        ("site", "url"): settings.site.url,
    }
    return [
        Entry(table=place[0], key=place[1], value=value, why=_WHY[place])
        for place in _WHY
        if (value := wanted.get(place)) and value != known.get(place)
    ]


def _advise(known: Layer, entries: list[Entry]) -> str:
    """Return what to add to a configuration that is there, in its own form."""
    prefix = "".join(f"{part}." for part in known.table)
    lines = [
        f"[{prefix}{table}]\n"
        + "\n".join(f'{one.key} = "{one.value}"' for one in entries if one.table == table)
        for table in dict.fromkeys(entry.table for entry in entries)
    ]
    return "\n".join([f"Add to {known.name}, which is left alone:", *lines])


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def _show(proposed: _Proposed, *, is_quiet: bool) -> None:
    for file in proposed.files:
        if file.is_written and not is_quiet:
            print(f"{file.path} ({file.state})")
            print("".join(f"    {line}\n" for line in file.content.splitlines()))
        elif not is_quiet:
            kept = "exists and is kept; --force replaces it"
            print(f"{file.path} {'is as it should be' if file.state == 'same' else kept}.")


def _agrees(arguments: argparse.Namespace) -> bool:
    """Ask on a terminal; elsewhere only `--yes` agrees."""
    if arguments.yes:
        return True
    if arguments.json or not sys.stdin.isatty():
        raise UsageError(
            "Nothing was written: nobody could be asked.",
            hint="Use --yes to write these files, or --dry-run to see them.",
        )
    print("Write this? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _say(arguments: argparse.Namespace, proposed: _Proposed, *, is_written: bool) -> None:
    if arguments.json:
        import msgspec  # noqa: PLC0415

        value = {
            "ci": proposed.ci,
            "is_written": is_written,
            "files": proposed.files,
            "then": proposed.then,
        }
        print(msgspec.json.encode(value).decode())
        return
    if arguments.quiet:
        return
    count = sum(file.is_written for file in proposed.files)
    print(
        f"Wrote {count} file{'s' if count != 1 else ''}." if is_written else "Nothing was written."
    )
    for line in proposed.then:
        print(f"next: {line}")
