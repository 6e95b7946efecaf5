"""go.mod, and which of the module's packages are programs."""

from __future__ import annotations

import re

from generator.insight.manifests.facts import ITEMS_LIMIT, ManifestFacts, fact_at
from generator.insight.texts import SourceText
from generator.model.files import FileTree

_MODULE = re.compile(r"^module[ \t]+[\"']?([\w.~/-]+)", re.MULTILINE)
_REQUIRE = re.compile(
    r"^[ \t]*(?:require[ \t]+)?([\w.-]+\.[a-z]+/[\w.~/-]+)[ \t]+v\d", re.MULTILINE
)
_REPLACE = re.compile(r"^[ \t]*(?:replace[ \t]+)?[\w./-]+(?:[ \t]+v\S+)?[ \t]+=>", re.MULTILINE)
_MAJOR = re.compile(r"/v\d+$")
_NO_PROGRAM = re.compile(r"^(gen|test|example|demo|internal|doc|tool|script|lint|bench|fuzz|debug)")


def read_go_mod(source: SourceText, files: FileTree) -> ManifestFacts | None:
    """Return the module with its main program, if it has one at the root or below `cmd/`.

    A package clause cannot be seen without reading every file, so `main.go` at the root and a
    folder in `cmd/` are taken for programs: the convention of nearly all Go projects. `go install`
    refuses a program whose module has `replace` lines, so that one counts as private.
    """
    match = _MODULE.search(source.text)
    if match is None:
        return None
    module = match[1]
    folder = f"{source.path.rpartition('/')[0]}/".lstrip("/")
    name = _MAJOR.sub("", module).rpartition("/")[2]
    has_root_program = files.has(f"{folder}main.go")
    commands = _commands(files, folder)
    main = name if name in commands else commands[0] if len(commands) == 1 else None
    target = module if has_root_program or main is None else f"{module}/cmd/{main}"
    return ManifestFacts(
        ecosystem="go",
        path=source.path,
        name=fact_at(source, name, _MODULE.pattern),
        executables=(name,) if has_root_program else (main,) if main else tuple(commands),
        dependencies=frozenset(_REQUIRE.findall(source.text)[:500]),
        is_private=bool(main or has_root_program) and _REPLACE.search(source.text) is not None,
        is_library=not has_root_program,
        target=target,
    )


def _commands(files: FileTree, folder: str) -> list[str]:
    """The folders of `cmd/` with Go files directly in them, without generators and tests."""
    prefix = f"{folder}cmd/"
    names = {
        parts[0]
        for path in files.sizes
        if path.startswith(prefix) and path.endswith(".go")
        if len(parts := path[len(prefix) :].split("/")) == 2
    }
    return sorted(name for name in names if not _NO_PROGRAM.match(name))[:ITEMS_LIMIT]
