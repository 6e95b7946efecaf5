"""A terminal session apart: prompts, commands and what was printed.

Pygments' own session lexer takes every `# comment` for a root prompt; in READMEs it is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# `$ `, `❯ `, `user@host:~$ `, `[root@box ~]# `, `(venv) $ `, `C:\dir> `; every part is bounded.
_PROMPT = re.compile(
    r"[ \t]{0,8}(?:\([\w.-]{1,40}\) ?)?"
    r"(?:[$%❯➜λ]|\[?[\w.-]{1,64}@[\w.-]{1,64}[^$#%>\n]{0,120}[$#%>]|[A-Za-z]:\\[^>\n]{0,120}>)"
    r"(?:[ \t]|(?=\n)|\Z)"
)
_BARE_DOLLAR = re.compile(r"[ \t]{0,8}\$ ")
_CONTINUATION = "> "


def has_prompt(code: str) -> bool:
    """Tell whether any line starts with a prompt."""
    return any(_PROMPT.match(line) for line in code.split("\n"))


def starts_with_prompt(code: str) -> bool:
    """Tell whether the first line with text starts with `$ `: a session, not a shell script."""
    return _BARE_DOLLAR.match(code.lstrip("\n")) is not None


def split_session(code: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of role and text that together are the whole code.

    Roles: `prompt`, `command` (with its line end), `comment`, `output`.
    """
    is_open = False
    for line in code.splitlines(keepends=True):
        prompt = _prompt_of(line, is_open=is_open)
        if prompt or is_open:
            if prompt:
                yield "prompt", prompt
            yield "command", line[len(prompt) :]
            is_open = line.rstrip().endswith("\\")
        else:
            yield ("comment" if line.lstrip().startswith("# ") else "output"), line


def _prompt_of(line: str, *, is_open: bool) -> str:
    match = _PROMPT.match(line)
    if match:
        return match[0]
    return _CONTINUATION if is_open and line.startswith(_CONTINUATION) else ""
