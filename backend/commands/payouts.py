"""`4site server payouts`: drafts, shows, approves and submits batches of payouts at the machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from backend.actions.context import Context
from backend.actions.payees import renew_seals
from backend.actions.payout_returns import LARGEST_RETURN, apply_returns, settle_all
from backend.actions.payout_submission import read_file, send_transfers, submit
from backend.actions.payouts import abort, approve, draft_all, get_batch, list_batches
from backend.commands.export import find
from backend.commands.opening import opened
from backend.domain.actors import Actor, owner_of
from backend.domain.money import format_amount
from backend.domain.payees import REASON_WORDS
from backend.domain.payouts import Batch, BatchState
from backend.settings import Settings
from generator.errors import UsageError

LISTED = 50


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as context:
        account = find(context, arguments.by or settings.owner_email)
        actor = owner_of(account.tenant, account.id, account.role)
        print(_STEPS[arguments.step](context, actor, arguments))
    return 0


def _draft(context: Context, actor: Actor, _arguments: argparse.Namespace) -> str:
    lines = []
    for (method, currency), made in draft_all(context, actor).items():
        lines += [_line(get_batch(context, actor, batch).batch) for batch in made.batches]
        lines += [
            f"{method} {currency}: {account} is not paid. {REASON_WORDS[reason]}"
            for account, reason in made.skipped
        ]
    return "\n".join(lines) or "Nothing is due."


def _list(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    state = BatchState(arguments.state) if arguments.state else None
    found = list_batches(context, actor, state=state, limit=LISTED)
    return "\n".join(_line(batch) for batch in found) or "There are no batches."


def _show(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    report = get_batch(context, actor, arguments.batch, limit=1_000)
    batch = report.batch
    lines = [_line(batch)]
    lines += [f"  approved by {one.account}" for one in report.approvals]
    if report.file:
        lines.append(f"  {report.file.name}, sha256 {report.file.sha256}")
    lines += [
        f"  {one.id}  {format_amount(one.net, one.currency)}  {one.masked}  {one.state}"
        + (f"  {one.reason}" if one.reason else "")
        for one in report.payouts
    ]
    if report.after:
        lines.append("  and more")
    return "\n".join(lines)


def _approve(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    known = get_batch(context, actor, arguments.batch, limit=1).batch
    batch = approve(context, actor, known.id, total=known.total)
    if batch.state is BatchState.DRAFT:
        return f"{_line(batch)}\nIt needs the approval of another administrator, too."
    return _line(batch)


def _submit(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    done = submit(context, actor, arguments.batch)
    lines = [_line(done.batch)]
    lines += [f"  {one.id} was taken out: {one.reason}" for one in done.cancelled]
    if done.batch.state is BatchState.SUBMITTED and not done.batch.has_file:
        lines.append(f"{send_transfers(context, done.batch.id)} transfers were made.")
    elif done.batch.state is BatchState.SUBMITTED:
        lines.append(f"Get its file: 4site server payouts file {done.batch.id} --out FILE")
    return "\n".join(lines)


def _file(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    file, content = read_file(context, actor, arguments.batch)
    out = Path(arguments.out or file.name)
    try:
        # It says where people's money goes: nobody else on this machine has to read it.
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}.", hint="Name a file that is not there."
        ) from error
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
    return f"Wrote {file.lines} payouts to {out}, sha256 {file.sha256}."


def _returns(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    path = Path(arguments.file)
    try:
        with path.open("rb") as source:
            content = source.read(LARGEST_RETURN + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    report = apply_returns(context, actor, arguments.batch, content)
    lines = [
        f"{report.paid} paid, {report.failed} failed, {report.unchanged} known before,"
        f" {report.waiting} still on their way."
    ]
    lines += [
        f"{one} says something that cannot be; nothing was booked." for one in report.differing
    ]
    lines += [f"{one} is not of this batch." for one in report.unknown]
    return "\n".join(lines)


def _settle(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    return _line(settle_all(context, actor, arguments.batch))


def _abort(context: Context, actor: Actor, arguments: argparse.Namespace) -> str:
    return _line(abort(context, actor, arguments.batch))


def _reseal(context: Context, actor: Actor, _arguments: argparse.Namespace) -> str:
    return f"{renew_seals(context, actor)} destinations were sealed anew."


_STEPS = {
    "draft": _draft,
    "list": _list,
    "show": _show,
    "approve": _approve,
    "submit": _submit,
    "file": _file,
    "returns": _returns,
    "settle": _settle,
    "abort": _abort,
    "reseal": _reseal,
}


def _line(batch: Batch) -> str:
    total = format_amount(batch.total, batch.currency)
    return f"{batch.id}  {batch.method} {total} {batch.currency} in {batch.items}: {batch.state}"
