"""`4site server`: a lazy table of what can be done with the service.

Each action's work is in a file of its own beside this one, imported when it is asked for: the
service needs libraries that the generator does without.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from generator.errors import UsageError

if TYPE_CHECKING:
    from backend.settings import Settings

ACTIONS = {
    "run": "Migrate the database and serve",
    "migrate": "Bring the database to the newest shape, or to another one",
    "check": "Compute everything anew from the facts and report differences",
    "demo": "Fill an empty database with a small world and serve it",
    "export": "Write all that is kept about one person to a file",
    "erase": "Erase all that is personal about one account",
    "payment": "Record what was paid outside of a payment provider",
    "replay": "Apply the recorded events of payment providers again",
    "log": "Write the transparency log to a folder that any host can publish",
    "rates": "Store exchange rates, from a file or from their provider",
    "plan": "List commission plans, load, acknowledge and use them",
    "payouts": "Draft, approve, submit and settle batches of payouts",
    "site": "Suspend a site, or end that",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, help=summary, description=f"{summary}.")
        action.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show a traceback on errors",
        )
        _ARGUMENTS[name](action)


def run(arguments: argparse.Namespace) -> int:
    try:
        action = import_module(f"backend.commands.{arguments.action}")
    except ModuleNotFoundError as error:
        raise _explain(error) from error
    status: int = action.run(arguments, _settings(arguments))
    return status


def _settings(arguments: argparse.Namespace) -> Settings:
    """Return the settings of the environment under those of the flags."""
    from backend.errors import Invalid  # noqa: PLC0415
    from backend.settings import Settings  # noqa: PLC0415

    flags = {
        f"FOURSITE_{name.upper()}": str(value)
        for name in ("host", "port", "workers")
        if (value := getattr(arguments, name, None)) is not None
    }
    try:
        return Settings.from_env({**os.environ, **flags})
    except Invalid as error:
        raise UsageError(error.message, hint=error.hint) from error


def _explain(error: ModuleNotFoundError) -> Exception:
    missing = (error.name or "").partition(".")[0]
    if missing in {"backend", "generator"}:
        return error
    return UsageError(
        f"The service needs libraries that are not installed: {missing} is missing.",
        hint="Install 4site[server], for example with: uv tool install '4site[server]'",
    )


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port (default 8000; 0 takes any free one)")


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_address(parser)
    parser.add_argument("--workers", type=int, help="processes; several need PostgreSQL")


def _add_migrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", metavar="REV", default="head", help="a revision, or base (default: the newest)"
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument(
        "--late", action="store_true", help="count what the daily jobs should have done, too"
    )


def _add_demo(parser: argparse.ArgumentParser) -> None:
    _add_address(parser)
    parser.add_argument("--only-fill", action="store_true", help="fill the database and stop")
    parser.add_argument(
        "--start", metavar="DATE", help="the first of the 60 days (default: they end today)"
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the person's address")
    parser.add_argument("-o", "--out", metavar="FILE", required=True, help="where to write")


def _add_erase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the person's address")
    parser.add_argument("--yes", action="store_true", help="really do it; it cannot be undone")


def _add_rates(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", title="steps", required=True)
    load = steps.add_parser("import", help="store the rates of a file of the ECB's form")
    load.add_argument("file", metavar="FILE", help="XML, CSV, or CSV in a ZIP archive")
    load.add_argument(
        "--provider", metavar="NAME", default="ecb", help="whose rates they are (default: ecb)"
    )
    steps.add_parser("fetch", help="store what is new at the provider")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", title="steps", required=True)
    listing = steps.add_parser("list", help="show every plan, and which one holds from when on")
    listing.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    load = steps.add_parser("load", help="store a version of a plan")
    load.add_argument("file", metavar="FILE", help="TOML or JSON")
    acknowledge = steps.add_parser("acknowledge", help="take responsibility for several levels")
    use = steps.add_parser("use", help="let a plan hold for payments from now on")
    use.add_argument("--from", dest="since", metavar="TIME", help="or from a later time on, UTC")
    for step in (acknowledge, use):
        step.add_argument("plan", metavar="PLAN", help="NAME, or NAME@VERSION (default: newest)")
    for step in (load, acknowledge, use):
        step.add_argument("--by", metavar="EMAIL", required=True, help="an administrator's address")


def _add_log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--out", metavar="FOLDER", required=True, help="only new files are written to it"
    )


def _add_payment(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", title="steps", required=True)
    record = steps.add_parser("record", help="an invoice was paid")
    record.add_argument("--account", metavar="EMAIL", required=True, help="whose it is")
    tiers = ("pro", "business", "enterprise")
    record.add_argument("--tier", choices=tiers, required=True, help="what it is for")
    record.add_argument("--currency", metavar="CODE", required=True, help="ISO 4217, like USD")
    record.add_argument("--tax", metavar="AMOUNT", default="0", help="the tax in it (default 0)")
    record.add_argument("--months", type=int, default=1, help="how many it is for (default 1)")
    record.add_argument("--from", dest="since", metavar="TIME", help="when they begin (--at)")
    refund = steps.add_parser("refund", help="an invoice, or a part of it, was paid back")
    refund.add_argument("--refund", metavar="REF", required=True, help="the refund's own number")
    for step in (record, refund):
        step.add_argument("--ref", metavar="INVOICE", required=True, help="the invoice's number")
        step.add_argument("--amount", required=True, help="like 29.00, with the tax")
        step.add_argument("--at", metavar="TIME", help="when, in UTC (default: now)")
        step.add_argument("--json", action="store_true", help="print one JSON object on stdout")


def _add_replay(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--since", metavar="TIME", help="only events from then on, UTC")
    which.add_argument("--event", metavar="ID", help="only this one")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")


def _add_payouts(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", title="steps", required=True)
    steps.add_parser("draft", help="claim what is due of everybody who can be paid")
    steps.add_parser("reseal", help="encrypt destinations anew with the present secret")
    listing = steps.add_parser("list", help="show batches, the newest first")
    listing.add_argument(
        "--state", choices=("draft", "approved", "submitted", "settled", "aborted")
    )
    for name, summary in (
        ("show", "show a batch and its payouts"),
        ("approve", "approve a batch; large ones need two administrators"),
        ("submit", "write the file of an approved batch, or make its transfers"),
        ("file", "write the file of a submitted batch, the same each time"),
        ("returns", "settle a batch by a file of what became of it"),
        ("settle", "note that all of a batch that is on its way was paid"),
        ("abort", "give back everything of a batch that was not submitted"),
    ):
        steps.add_parser(name, help=summary).add_argument("batch", metavar="BATCH")
    steps.choices["file"].add_argument("-o", "--out", metavar="FILE", help="where to write")
    steps.choices["returns"].add_argument("file", metavar="FILE")
    for step in steps.choices.values():
        step.add_argument(
            "--by", metavar="EMAIL", help="an administrator's address (default: the owner's)"
        )


def _add_site(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", title="steps", required=True)
    for name, summary in (
        ("suspend", "take a site out of the showcase, and count and redirect nothing for it"),
        ("resume", "end a suspension"),
    ):
        step = steps.add_parser(name, help=summary)
        step.add_argument("key", metavar="KEY", help="the site's key, as in its pages")
        step.add_argument("--reason", metavar="TEXT", required=True, help="why; it is noted")


_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "run": _add_run,
    "migrate": _add_migrate,
    "check": _add_check,
    "demo": _add_demo,
    "export": _add_export,
    "erase": _add_erase,
    "payment": _add_payment,
    "replay": _add_replay,
    "log": _add_log,
    "rates": _add_rates,
    "plan": _add_plan,
    "payouts": _add_payouts,
    "site": _add_site,
}
