"""The transparency log for programs of every origin: checkpoint, tiles, proofs, key."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.transparency import (
    LeafProof,
    find_checkpoint,
    prove_consistency,
    prove_leaf,
    read_tile,
    verifier_of,
)
from backend.domain.merkle import leaf_hash
from backend.domain.tiles import WIDTH, parse_path
from backend.errors import Invalid, NotFound
from backend.web.assets import YEAR_SECONDS
from backend.web.limits import limited

PROOF_RATE = "600/minute"
TILE_RATE = "3000/minute"
CHECKPOINT_SECONDS = 2
"""How long caches keep the checkpoint: a new one is seen within this time."""
_PROOF_SECONDS = 60
_DIGITS = 18
_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of the log's published files and proofs."""

    def checkpoint(_request: Request) -> Response:
        return PlainTextResponse(
            find_checkpoint(context).note, headers=_headers(CHECKPOINT_SECONDS)
        )

    def key(_request: Request) -> Response:
        return PlainTextResponse(f"{verifier_of(context)}\n", headers=_headers(_PROOF_SECONDS))

    @limited("log-tile", TILE_RATE)
    def tile(request: Request) -> Response:
        found = parse_path(f"tile/{request.path_params['path']}")
        if found is None:
            raise NotFound("The log has no such tile.")
        level, index, width = found
        headers = _headers(YEAR_SECONDS if width == WIDTH else _PROOF_SECONDS)
        if width == WIDTH:
            headers["Cache-Control"] += ", immutable"
        content = read_tile(context, level, index, width)
        return Response(content, media_type="application/octet-stream", headers=headers)

    @limited("log-proof", PROOF_RATE)
    def proof(request: Request) -> Response:
        found = prove_leaf(context, entry_of(request))
        return JSONResponse(describe(found), headers=_headers(_PROOF_SECONDS))

    @limited("log-proof", PROOF_RATE)
    def consistency(request: Request) -> Response:
        old, new = _size(request, "from"), None
        if "to" in request.query_params:
            new = _size(request, "to")
        found = prove_consistency(context, old, new)
        value = {
            "from": found.old,
            "to": found.new,
            "hashes": [each.hex() for each in found.hashes],
        }
        return JSONResponse(value, headers=_headers(_PROOF_SECONDS if new else CHECKPOINT_SECONDS))

    return [
        Route("/log/checkpoint", checkpoint, methods=["GET"]),
        Route("/log/vkey", key, methods=["GET"]),
        Route("/log/tile/{path:path}", tile, methods=["GET"]),
        Route("/log/proof/{seq}", proof, methods=["GET"]),
        Route("/log/consistency", consistency, methods=["GET"]),
    ]


def describe(proof: LeafProof) -> dict[str, object]:
    """Return a proof as programs read it; hashes are hexadecimal."""
    return {
        "seq": proof.seq,
        "leaf": proof.leaf,
        "leaf_hash": leaf_hash(proof.leaf.encode()).hex(),
        "size": proof.size,
        "root": proof.root.hex(),
        "hashes": [each.hex() for each in proof.hashes],
        "checkpoint": proof.checkpoint,
    }


def entry_of(request: Request) -> int:
    """Return the entry that a path names. Raises NotFound when it is no number."""
    text: str = request.path_params["seq"]
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise NotFound(f"The log has no entry {text[:40]}.")
    return int(text)


def _size(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise Invalid(
            f"{name!r} is not a size of the log.",
            field=name,
            hint="Ask like /log/consistency?from=10&to=20.",
        )
    return int(text)


def _headers(seconds: int) -> dict[str, str]:
    return {**_OPEN, "Cache-Control": f"public, max-age={seconds}"}
