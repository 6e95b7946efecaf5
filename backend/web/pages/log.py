"""The transparency log for people: what it says now, and how one entry is proved, step by step."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.transparency import LeafProof, find_checkpoint, prove_leaf, verifier_of
from backend.domain.instants import to_datetime
from backend.domain.merkle import leaf_hash
from backend.domain.money import CURRENCIES, format_amount
from backend.domain.proofs import climb
from backend.web.limits import limited
from backend.web.log import CHECKPOINT_SECONDS, PROOF_RATE, entry_of
from backend.web.pages.rendering import render_page

SHOWN = 8
"""How many of the newest entries the first page links to."""
_ENTRY_SECONDS = 60
_ACCOUNTS = {
    "cash.stripe": "Cash at Stripe",
    "cash.manual": "Cash taken by hand",
    "cash.bank": "Cash at the bank",
    "sales": "Sales",
    "tax": "Tax owed",
    "commission": "Commissions",
    "rewards": "Rewards",
    "fees": "Fees",
    "withheld": "Tax withheld",
    "fx": "Exchange",
    "rounding": "Rounding",
    "partner.pending": "Earned, in its hold",
    "partner.available": "Earned, to be paid out",
    "partner.held": "Earned, under review",
    "partner.receivable": "Owed back",
    "payout": "On its way out",
    "credit": "Credit for invoices",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """`entries` are the newest, newest first; `note` is the checkpoint as it is published."""

    size: int
    root: str
    signed_at: datetime.datetime
    note: str
    key: str
    command: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One posting; `owner` is a commitment, '' when the account is the service's own."""

    account: str
    owner: str
    level: int
    debit: str
    credit: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step up the tree. The hash so far stands on the other side of `beside`."""

    beside: str
    is_left: bool
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    seq: int
    size: int
    kind: str
    at: datetime.datetime
    lines: tuple[Line, ...]
    leaf: str
    leaf_hash: str
    rungs: tuple[Rung, ...]
    root: str
    note: str
    command: str


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of the log's pages."""
    command = f"4site verify {context.settings.base_url}"

    def overview(request: Request) -> Response:
        wanted = request.query_params.get("entry", "").strip()
        if wanted.isascii() and wanted.isdecimal():
            return RedirectResponse(f"/log/entry/{int(wanted[:18])}", status_code=303)
        latest = find_checkpoint(context)
        view = LogView(
            size=latest.size,
            root=latest.root.hex(),
            signed_at=to_datetime(latest.at),
            note=latest.note,
            key=str(verifier_of(context)),
            command=command,
            entries=tuple(range(latest.size - 1, max(-1, latest.size - 1 - SHOWN), -1)),
        )
        return render_page(
            request,
            "log.html",
            view,
            title="Transparency log",
            description="Every movement of money, in an order that nobody can change unnoticed.",
            shared_seconds=CHECKPOINT_SECONDS,
        )

    @limited("log-proof", PROOF_RATE)
    def entry(request: Request) -> Response:
        proof = prove_leaf(context, entry_of(request))
        return render_page(
            request,
            "log_entry.html",
            _view(proof, command),
            title=f"Entry {proof.seq} of the log",
            description=f"What entry {proof.seq} says, and the proof that the log holds it.",
            shared_seconds=_ENTRY_SECONDS,
        )

    def shorter(_request: Request) -> Response:
        return RedirectResponse("/log/", status_code=308)

    return [
        Route("/log", shorter, methods=["GET"]),
        Route("/log/", overview, methods=["GET"]),
        Route("/log/entry/{seq}", entry, methods=["GET"]),
    ]


def _view(proof: LeafProof, command: str) -> EntryView:
    leaf: dict[str, Any] = json.loads(proof.leaf)
    hashed = leaf_hash(proof.leaf.encode())
    return EntryView(
        seq=proof.seq,
        size=proof.size,
        kind=str(leaf["kind"]).replace("_", " "),
        at=datetime.datetime.fromisoformat(leaf["at"]),
        lines=tuple(_line(posting) for posting in leaf["postings"]),
        leaf=proof.leaf,
        leaf_hash=hashed.hex(),
        rungs=tuple(
            Rung(beside=step.beside.hex(), is_left=step.is_left, made=step.made.hex())
            for step in climb(hashed, proof.seq, proof.size, proof.hashes)
        ),
        root=proof.root.hex(),
        note=proof.checkpoint,
        command=command,
    )


def _line(posting: Mapping[str, Any]) -> Line:
    amount, currency = posting["amount"], posting["currency"]
    shown = format_amount(abs(amount), currency) if currency in CURRENCIES else str(abs(amount))
    return Line(
        account=_ACCOUNTS.get(posting["account"], posting["account"]),
        owner=posting.get("owner", ""),
        level=posting.get("level", 0),
        debit=shown if amount > 0 else "",
        credit=shown if amount < 0 else "",
        currency=currency,
    )
