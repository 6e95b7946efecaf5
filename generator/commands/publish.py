"""`4site publish`: sends a finished site to where people read it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from generator.commands import options
from generator.commands.console import Console, environment
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.publish.run import Outcome
    from generator.publish.target import Destination, Plan, Release, Target
    from generator.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from generator.publish.destinations import KINDS  # noqa: PLC0415  only for this verb

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    lines = "\n".join(f"  {name + kind.form:<29}{kind.meaning}" for name, kind in KINDS.items())
    parser.epilog = f"targets:\n{lines}\n\n{_EXAMPLES}"
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("site"), metavar="DIR", help="default: site"
    )
    parser.add_argument(
        "--to", metavar="TARGET", help="where to; else publish.target of the configuration here"
    )
    parser.add_argument("--preview", metavar="NAME", help="publish a preview beside the site")
    parser.add_argument("--url", help="where people will reach the site, to check it there")
    parser.add_argument("--branch", help="the branch to push to (github-pages)")
    parser.add_argument(
        "--keep-history", action="store_true", help="keep earlier versions as commits"
    )
    parser.add_argument(
        "--max-deletions", type=_count, metavar="N", help="allow the plan to delete so many files"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan, change nothing")
    parser.add_argument("--no-verify", action="store_true", help="leave out the check at the end")
    parser.add_argument("--list", action="store_true", help="list the releases the target keeps")
    parser.add_argument("--rollback", metavar="ID", help="make an earlier release the live one")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    from generator.publish.destinations import make_target  # noqa: PLC0415

    destination = choose_destination(arguments, _settings())
    target = make_target(destination)
    if arguments.list or arguments.rollback is not None:
        return _use_releases(arguments, destination, target)
    return _publish(arguments, destination, target)


def choose_destination(arguments: argparse.Namespace, configured: Settings) -> Destination:
    """Return where to publish: what flags say, then the configuration of the current folder."""
    from generator.publish.destinations import parse_destination  # noqa: PLC0415
    from generator.publish.target import Destination  # noqa: PLC0415

    settings, service = configured.publish, configured.service
    text = arguments.to or settings.target
    if not text:
        raise UsageError(
            "No target to publish to.",
            hint='Say --to TARGET or publish.target; "4site publish --help" lists them.',
        )
    kind, address = parse_destination(text)
    return Destination(
        kind=kind,
        address=address,
        environ=environment(),
        url=arguments.url or settings.url,
        preview=arguments.preview,
        keep_history=arguments.keep_history or settings.keep_history,
        branch=arguments.branch or settings.branch,
        service_url=service.url,
        site_key=service.site_key,
    )


_EXAMPLES = """examples:
  4site publish --to github-pages --dry-run
  4site publish --to s3://docs.example.org --preview pr-12
  4site publish --to sftp://me@example.org/var/www/tool --rollback ID
"""


def _settings() -> Settings:
    """Return what the configuration of the current folder and the environment say."""
    from generator.configuration import (  # noqa: PLC0415
        merge_layers,
        read_environment_layer,
        read_file_layer,
    )

    def read(name: str) -> str | None:
        path = Path(name)
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None

    layers = [layer for layer in (read_file_layer(read),) if layer is not None]
    return merge_layers(*layers, read_environment_layer(environment()))


def _publish(arguments: argparse.Namespace, destination: Destination, target: Target) -> int:
    from generator.publish.bundle import open_bundle  # noqa: PLC0415
    from generator.publish.run import Wishes, publish  # noqa: PLC0415

    console = Console(is_quiet=arguments.quiet or arguments.json, is_verbose=arguments.verbose)

    def show(plan: Plan) -> None:
        console.clear()
        if not arguments.json and not arguments.quiet:
            _print_plan(plan, is_whole=arguments.dry_run)

    outcome = publish(
        open_bundle(arguments.folder),
        target,
        Wishes(
            max_deletions=arguments.max_deletions,
            is_dry_run=arguments.dry_run,
            is_verifying=not arguments.no_verify,
        ),
        show=show,
        report=console.report,
    )
    console.clear()
    if arguments.json:
        print(msgspec.json.encode(_as_json(destination, outcome)).decode())
    elif not arguments.quiet:
        _print_outcome(outcome)
    return 0


def _use_releases(arguments: argparse.Namespace, destination: Destination, target: Target) -> int:
    from generator.publish.target import KeepsReleases  # noqa: PLC0415

    if not isinstance(target, KeepsReleases):
        raise UsageError(
            f"{destination.kind} keeps no releases.",
            hint="Build the version you want again, and publish that.",
        )
    if not arguments.list and (arguments.dry_run or not arguments.rollback):
        raise UsageError(
            "--rollback takes a release and no --dry-run.", hint="--list shows the releases."
        )
    if arguments.list:
        _print_releases(target.list_releases(), is_json=arguments.json)
        return 0
    published = target.roll_back(arguments.rollback)
    if arguments.json:
        print(msgspec.json.encode({"release": published.release, "url": published.url}).decode())
    else:
        print(f"{published.release} is live{f' at {published.url}' if published.url else ''}.")
    return 0


def _print_plan(plan: Plan, *, is_whole: bool) -> None:
    size = f"{plan.bytes_to_send / 1024:,.0f} KiB"
    print(f"{plan.title}: {len(plan.upload)} files to send ({size}), {len(plan.delete)} to delete,"
          f" {plan.unchanged} unchanged.", flush=True)  # fmt: skip
    for note in plan.notes:
        print(f"note: {note}")
    if is_whole:
        for file in plan.upload:
            print(f"  + {file.path}")
        for path in plan.delete:
            print(f"  - {path}")


def _print_outcome(outcome: Outcome) -> None:
    published, verified = outcome.published, outcome.verified
    if published is None:
        print("Nothing was changed: this was a dry run.")
        return
    for note in (*published.notes, *(verified.notes if verified else ())):
        print(f"note: {note}")
    where = f" at {published.url}" if published.url else ""
    checked = f", {verified.checked} files checked" if verified and verified.checked else ""
    print(f"Published{where}: {published.sent} files sent, {published.deleted} deleted{checked}.")


def _print_releases(releases: list[Release], *, is_json: bool) -> None:
    if is_json:
        print(msgspec.json.encode(releases).decode())
        return
    for release in releases:
        live = "live  " if release.is_live else "      "
        print(f"{live}{release.id}  {release.made_at}  {release.url or ''} {release.note}".rstrip())


def _as_json(destination: Destination, outcome: Outcome) -> dict[str, object]:
    plan, published, verified = outcome.plan, outcome.published, outcome.verified
    return {
        "target": destination.kind,
        "title": plan.title,
        "is_dry_run": published is None,
        "send": [file.path for file in plan.upload],
        "delete": list(plan.delete),
        "unchanged": plan.unchanged,
        "url": published.url if published else plan.url,
        "release": published.release if published else None,
        "checked": verified.checked if verified else 0,
        "notes": [
            *plan.notes,
            *(published.notes if published else ()),
            *(verified.notes if verified else ()),
        ],
    }


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a whole number")
    return int(text)
