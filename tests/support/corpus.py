"""Where the documents of real repositories are: never in the project, beside it when present."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("FOURSITE_CORPUS") or ROOT.parent / "shared" / "corpus")
ABSENT = "the corpus of real repositories is not beside the checkout (set FOURSITE_CORPUS)"


def is_present() -> bool:
    return CORPUS.is_dir()


def repositories() -> list[Path]:
    """Return the corpus folders in name order; empty when there is no corpus."""
    return sorted(facts.parent for facts in CORPUS.glob("*/facts.json"))
