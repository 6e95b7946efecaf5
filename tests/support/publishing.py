"""Small finished sites, changed as builds change them, and the command run over them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from cli import main
from generator.model.output import OutputFile
from generator.write.folder import open_folder

PAGES: dict[str, bytes] = {
    "index.html": b"<!doctype html><title>Home</title>",
    "docs/start/index.html": b"<!doctype html><title>Start</title>",
    "404.html": b"<!doctype html><title>Not here</title>",
    "assets/site.0a1b2c3d.css": b"body{color:#222}" * 40,
    "assets/cards/home.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "feed.xml": b"<feed/>",
    "_headers": b"/*\n  X-Content-Type-Options: nosniff\n",
    ".nojekyll": b"",
}


def make_site(folder: Path, files: Mapping[str, bytes] = PAGES) -> Path:
    """Write a finished site, manifest and all, with exactly these files."""
    output = open_folder(folder)
    output.record(output.put(OutputFile(path=path, content=files[path])) for path in files)
    output.finish()
    return folder


def add_page(folder: Path, path: str, content: bytes) -> None:
    """Build the site again with one file more, or with that file changed."""
    change(folder, path, content)


def change(folder: Path, path: str, content: bytes | None) -> None:
    """Build the site again with other content at `path`; None leaves the file out."""
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in _files_of(folder)}
    files = {name: old for name, old in files.items() if name != path}
    make_site(folder, files if content is None else files | {path: content})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a run of the command line ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        assert self.status == 0, self.stderr
        return json.loads(self.stdout)


def run_publish(*words: object, environ: Mapping[str, str] | None = None) -> Ran:
    """Run `4site publish` in this process with a bare environment beside `environ`."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict("os.environ", _BARE | dict(environ or {}), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = main(["publish", *map(str, words)])
    return Ran(status=status, stdout=out.getvalue(), stderr=err.getvalue())


_BARE = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


def _files_of(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and "manifest" not in file.name]
