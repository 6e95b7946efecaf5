"""Implementations of others read our log: Sigstore's verifier, and pymerkle's tree."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from pymerkle import (  # type: ignore[import-untyped]  # it has none
    InmemoryTree,
    verify_consistency,
)
from starlette.applications import Starlette

from backend.actions.context import Context
from backend.actions.transparency import integrate, verifier_of
from backend.app import create_app
from backend.domain.merkle import leaf_hash, root
from tests.support.http_service import serve_app
from tests.support.service import make_context
from tests.support.tools import NODE_FOLDER, find_node_packages
from tests.support.transparency import book_sales

SCRIPT = Path(__file__).parents[3] / "support" / "sigstore_log.cjs"
SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")
SEQS = [0, 1, 255, 256, 298, 299]


@pytest.mark.node
def test_sigstores_verifier_believes_our_checkpoint_and_proofs(tmp_path: Path) -> None:
    if not find_node_packages():
        pytest.skip("the packages of tests/support/node are not installed")
    made: list[Context] = []

    def make(url: str) -> Starlette:
        made.append(make_context(tmp_path, environment={"FOURSITE_BASE_URL": url}))
        book_sales(made[0], 300, owner="a" * 32)
        integrate(made[0])
        return create_app(made[0])

    with serve_app(make) as url:
        public = base64.b64encode(SPKI_ED25519 + verifier_of(made[0]).public).decode()
        said = subprocess.run(
            ["node", SCRIPT, NODE_FOLDER / "node_modules", f"{url}/log", public, *map(str, SEQS)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    made[0].database.close()
    assert json.loads(said.stdout) == [{"seq": seq, "size": 300, "isCaught": True} for seq in SEQS]


def test_pymerkle_has_the_same_roots_and_finds_them_consistent() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    leaves = [str(number).encode() for number in range(70)]
    for leaf in leaves:
        theirs.append_entry(leaf)
    roots = [root(map(leaf_hash, leaves[:size])) for size in range(71)]
    for size in range(1, 71):
        assert theirs.get_root(size) == roots[size]
        for earlier in range(1, size, 7):
            verify_consistency(roots[earlier], roots[size], theirs.prove_consistency(earlier, size))
