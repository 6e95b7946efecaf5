"""A finished 4site folder, read as the generator left it: what it wrote and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backend.errors import Invalid
from generator.errors import FourSiteError
from generator.publish.bundle import open_bundle


def read_finished_site(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give path and content of each file, as they were built.

    Raises Invalid when 4site did not build the folder, or it was changed since.
    """
    try:
        for path, file in open_bundle(folder).files.items():
            yield path, file.read()
    except FourSiteError as error:
        raise Invalid(error.message, field="folder", hint=error.hint) from error
