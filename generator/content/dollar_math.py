"""Math between dollar signs, as GitHub reads it: `$x$`, `$$x$$`, and `` $`x`$ `` against clashes.

A sum of money is not math: the opening sign must not follow, and the closing one not precede, a
letter or digit, and the formula must not begin or end with a space.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# Every alternative begins with another character, so that a failed match costs one walk.
_BODY = r"(?:[^$\\`]|\\.|`)"
_QUOTED = re.compile(r"\$`([^`]{1,4000})`\$(?![\w$])")
_DISPLAY = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$)){1,8000}?)\$\$(?!\$)", re.DOTALL)
_INLINE = re.compile(rf"\$(?![\s$`])({_BODY}{{1,2000}}?)(?<!\s)\$(?![\w$])", re.DOTALL)


def add_dollar_math(engine: MarkdownIt) -> None:
    """Teach the engine dollar math: tokens `math_inline`, `math_display` and `math_block`."""
    engine.inline.ruler.before("escape", "dollar_math", _read_inline)
    engine.block.ruler.before(
        "fence", "dollar_math", _read_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )


def _read_inline(state: StateInline, silent: bool) -> bool:
    source, position = state.src, state.pos
    if source[position] != "$" or (position and _is_word(source[position - 1])):
        return False
    if source.startswith("$$", position):
        kind, match = "math_display", _DISPLAY.match(source, position, state.posMax)
    elif source.startswith("$`", position):
        kind, match = "math_inline", _QUOTED.match(source, position, state.posMax)
    else:
        kind, match = "math_inline", _INLINE.match(source, position, state.posMax)
    if match is None or not match[1].strip():
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content, token.markup = match[1], match[0]
    state.pos = match.end()
    return True


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "$_"


def _read_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read lines from one that begins with `$$` to one that ends so, before any empty line."""
    if state.is_code_block(start) or not _line(state, start).startswith("$$"):
        return False
    last = _find_last(state, start, end)
    if last is None:
        return False
    if not silent:
        text = "\n".join(_line(state, number) for number in range(start, last + 1))
        token = state.push("math_block", "", 0)
        token.content = text.strip()[2:-2]
        token.block, token.map = True, [start, last + 1]
        state.line = last + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _find_last(state: StateBlock, start: int, end: int) -> int | None:
    first = _line(state, start).rstrip()
    if "$$" in first[2:]:
        return start if first.endswith("$$") and first.count("$$") == 2 and len(first) > 4 else None
    for number in range(start + 1, end):
        line = _line(state, number).rstrip()
        if not line or state.sCount[number] < state.blkIndent:
            return None
        if "$$" in line:
            return number if line.endswith("$$") and line.count("$$") == 1 else None
    return None
