"""Code blocks and code spans as clean shell commands: no prompts, no output, no comments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.insight.outline import CodeBlock, CodeSpans

BLOCK_LINES_LIMIT = 60

# A block in one of these languages holds a program or data, not commands.
_NOT_SHELL = """
    python py python3 pycon js javascript jsx ts typescript tsx go rust rs toml yaml yml json jsonc
    json5 html xml css scss diff ruby rb php java kotlin c cpp c++ csharp cs fsharp swift lua vim
    viml sql graphql ini dockerfile make makefile cmake mermaid elisp emacs-lisp lisp scheme clojure
    haskell hs elixir ex erlang nix groovy gradle scala dart r julia matlab perl tex latex math md
    markdown vue svelte astro svg regex jq http properties conf config cfg csv protobuf proto hcl
"""
_NOT_SHELL_LANGUAGES = frozenset(_NOT_SHELL.split())

_PROMPT = re.compile(
    r"^[ \t]*(?:"
    r"(?:PS(?:[ \t]+[A-Za-z]:[^>\n]{0,80})?|[A-Za-z]:\\[^>\n]{0,80})>"  # PowerShell, cmd
    r"|[\w.-]{1,32}@[\w.-]{1,32}[:~ ][^$#\n]{0,60}[$#]"  # user@host:~$
    r"|\([\w.-]{1,32}\)[ \t]*\$"  # (venv) $
    r"|[$❯➜λ»]|%(?=[ \t])|>(?=[ \t]*[a-z])|!(?=[a-z])"
    r")[ \t]*"
)
_ROOT_PROMPT = re.compile(r"^[ \t]*#[ \t]+(?=[a-z])")
_ROOT_TOOL = re.compile(
    r"^(?:apt(?:-get)?|dnf|yum|pacman|apk|zypper|emerge|pkg|pkg_add|xbps-install|snap|eopkg)[ \t]"
)
_COMMENT_LINE = re.compile(r"^[ \t]*(?:#|//|;;|::|REM\b)", re.IGNORECASE)
_TRAILING_COMMENT = re.compile(r"[ \t]+(?:#|//)[ \t].*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as its author broke it over lines, and the same on one line."""

    text: str
    flat: str
    line: int


def read_commands(block: CodeBlock | CodeSpans) -> list[list[Command]]:
    """Return runs of commands that belong together: a block is one run, a line of spans several."""
    if isinstance(block, CodeSpans):
        return [_read_spans(group, block.line) for group in block.groups]
    if block.language in _NOT_SHELL_LANGUAGES:
        return []
    lines = list(block.lines[:BLOCK_LINES_LIMIT])
    return [_join(_select(lines, block.line))]


def _read_spans(group: tuple[str, ...], line: int) -> list[Command]:
    found = []
    for span in group:
        text = _strip_prompt(span).replace("\\|", "|")
        found.append(Command(text=text, flat=" ".join(text.split()), line=line))
    return found


def _select(lines: list[str], first: int) -> list[tuple[str, int]]:
    """Keep the typed lines: where any line has a prompt, a line without one is output."""
    numbered = [(line, first + at) for at, line in enumerate(lines)]
    has_prompts = any(_PROMPT.match(line) for line in lines)
    found: list[tuple[str, int]] = []
    continues = False
    for line, number in numbered:
        typed = _typed_part(line, has_prompts=has_prompts, continues=continues)
        if typed is not None:
            found.append((typed, number))
        continues = typed is not None and _is_continued(typed)
    return found


def _typed_part(line: str, *, has_prompts: bool, continues: bool) -> str | None:
    if continues:
        return re.sub(r"^[ \t]*>[ \t]", "", line).rstrip()
    root = _ROOT_PROMPT.match(line)
    if root and _ROOT_TOOL.match(line[root.end() :]):
        return line[root.end() :].rstrip()
    if _COMMENT_LINE.match(line) or not line.strip():
        return None
    if has_prompts and not _PROMPT.match(line):
        return None
    return _strip_prompt(line)


def _strip_prompt(line: str) -> str:
    bare = _PROMPT.sub("", line, count=1)
    comment = _TRAILING_COMMENT.search(bare)
    if comment and bare[: comment.start()].count('"') % 2 == 0:
        bare = bare[: comment.start()]
    return bare.strip()


def _is_continued(line: str) -> bool:
    return line.endswith(("\\", "`", "^", " |", "&&"))


def _join(lines: list[tuple[str, int]]) -> list[Command]:
    found: list[Command] = []
    pending: list[str] = []
    start = 0
    for text, number in lines:
        start = start if pending else number
        pending.append(text)
        if not _is_continued(text):
            found.append(_command(pending, start))
            pending = []
    if pending:
        found.append(_command(pending, start))
    return found


def _command(lines: list[str], start: int) -> Command:
    bare = (re.sub(r"[ \t]*[\\`^]$", "", line) for line in lines)
    flat = " ".join(" ".join(bare).split())
    return Command(text="\n".join(lines), flat=flat, line=start)
