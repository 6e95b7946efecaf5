"""Code becomes coloured HTML at build time: short classes, no styles, nothing that runs.

The classes a theme gives colours to, inside `.code`:

    k  keyword, word operator            t  type, class, module
    s  string, character, date           v  variable, attribute, property, constant
    n  number, literal such as `true`    x  tag of a markup language, decorator's name
    c  comment                           o  operator
    f  function, built-in function       e  escape or placeholder inside a string
    m  directive: preprocessor, decorator, front matter mark
    h  heading: of prose, of a diff (file, hunk)
    g  inserted line(s) of a diff        r  deleted line(s) of a diff
    b  strong, i  emphasis (of prose)    u  what a program printed
    q  prompt: empty, its text is in `data-prompt`, so that it is neither selected nor copied;
       a theme shows it by `.code .q::before { content: attr(data-prompt) }`

`g` and `r` hold whole lines with their line end; so do the marks that an author asks for:
`<span class="line mark">`, `line ins`, `line del`. All four may be `display: block`.
Punctuation, plain names and what the lexer could not read have no span at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

from generator.content.console import has_prompt, split_session, starts_with_prompt
from generator.content.fence_info import parse_fence_info
from generator.content.lexers import find_lexer, resolve_language

if TYPE_CHECKING:
    from pygments.token import _TokenType

# A longer block or line is data, not something to read.
PLAIN_ABOVE_CHARACTERS = 100_000
_LINE_LIMIT = 2_000

# Many lexers look for the end of a comment from each of its beginnings, which takes the square of
# the length when no end is there: long code is read in pieces, a flood of beginnings not at all.
_PIECE_CHARACTERS = 12_000
_OPENERS = (("/*", "*/"), ("<!--", "-->"))
_UNCLOSED_LIMIT = 200

_CLASSES = {
    "Keyword": "k",
    "Keyword.Constant": "n",
    "Keyword.Type": "t",
    "Operator": "o",
    "Operator.Word": "k",
    "Literal": "s",
    "Literal.Number": "n",
    "Literal.String": "s",
    "Literal.String.Escape": "e",
    "Literal.String.Interpol": "e",
    "Comment": "c",
    "Comment.Preproc": "m",
    "Comment.PreprocFile": "s",
    "Name.Attribute": "v",
    "Name.Builtin": "f",
    "Name.Builtin.Pseudo": "v",
    "Name.Class": "t",
    "Name.Constant": "v",
    "Name.Decorator": "m",
    "Name.Entity": "e",
    "Name.Exception": "t",
    "Name.Function": "f",
    "Name.Label": "v",
    "Name.Namespace": "t",
    "Name.Property": "v",
    "Name.Tag": "x",
    "Name.Variable": "v",
    "Generic.Deleted": "r",
    "Generic.Inserted": "g",
    "Generic.Heading": "h",
    "Generic.Subheading": "h",
    "Generic.Strong": "b",
    "Generic.Emph": "i",
    "Generic.EmphStrong": "b",
    "Generic.Output": "u",
    "Generic.Traceback": "u",
    "Generic.Prompt": "q",
}

_SHELLS = frozenset({"bash", "sh", "zsh", "ksh", "fish", "fishshell", "shell"})
_SESSIONS = frozenset({"console", "shell-session"})
_SESSION_CLASSES = {"prompt": "q", "comment": "c", "output": "u"}

_WHOLE_LINE = frozenset("ghru")

_Token = tuple[str, str]


def code_block(code: str, info: str) -> str:
    """Return a fence's code as a figure; `info` is what stands behind the backticks.

    The figure names the language as the author wrote it; a caption is there only for a title.
    """
    fence = parse_fence_info(info)
    code = code.removesuffix("\n")
    if fence.marks:
        inner = "".join(_mark_lines(_tokens(code, fence.language), fence.marks))
    else:
        inner = highlight(code, fence.language)
    language = f' data-language="{escape(fence.language)}"' if fence.language else ""
    caption = f"<figcaption>{escape(fence.title)}</figcaption>" if fence.title else ""
    return (
        f'<figure class="code"{language}>{caption}'
        f'<pre tabindex="0"><code>{inner}</code></pre></figure>'
    )


@lru_cache(maxsize=4096)
def highlight(code: str, language: str) -> str:
    """Return `code` escaped, with spans where the language is known; its text is never changed.

    Remembers distinct blocks: documentation repeats its install lines on many pages.
    """
    return "".join(_span(name, text) for name, text in _tokens(code, language))


def _span(name: str, text: str) -> str:
    if name == "q":
        return f'<span class="q" data-prompt="{escape(text)}"></span>'
    return f'<span class="{name}">{_escape(text)}</span>' if name else _escape(text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tokens(code: str, language: str) -> list[_Token]:
    """Return pairs of class and text that together are the whole code, neighbours merged."""
    if not _is_readable(code):
        return [("", code)]
    name = _choose_language(code, language)
    return _session_tokens(code) if name in _SESSIONS else _lexer_tokens(code, name)


def _session_tokens(code: str) -> list[_Token]:
    tokens: list[_Token] = []
    for role, text in split_session(code):
        if role == "command":
            tokens += _lexer_tokens(text, "bash")
        else:
            tokens.append((_SESSION_CLASSES[role], text))
    return tokens


def _lexer_tokens(code: str, name: str) -> list[_Token]:
    lexer = find_lexer(name)
    if lexer is None:
        return [("", code)]
    try:
        tokens = _merge(
            (_class_of(kind), text)
            for piece in _split_pieces(code)
            for kind, text in lexer.get_tokens(piece)
        )
    except Exception:  # six hundred lexers of others: a fault costs colour only
        return [("", code)]
    if tokens and not code.endswith("\n"):
        last, text = tokens.pop()  # Pygments ends every text with a line end
        tokens += [(last, text.removesuffix("\n"))] if text != "\n" else []
    is_whole = sum(len(text) for _, text in tokens) == len(code)
    return tokens if is_whole else [("", code)]


def _split_pieces(code: str) -> Iterator[str]:
    """Yield the code in pieces of whole lines, cut at a blank line where there is one."""
    start = 0
    while len(code) - start > 2 * _PIECE_CHARACTERS:
        near = start + _PIECE_CHARACTERS
        blank = code.find("\n\n", near, near + _PIECE_CHARACTERS)
        end = (blank if blank >= 0 else code.find("\n", near)) + 1
        if not end:
            break
        yield code[start:end]
        start = end
    yield code[start:]


def _choose_language(code: str, language: str) -> str:
    """Return the lexer's name; with prompts, a shell's fence or an unnamed one is a session."""
    name = resolve_language(language) if language else ""
    if (name in _SHELLS or not name) and starts_with_prompt(code):
        return "console"
    return "bash" if name in _SESSIONS and not has_prompt(code) else name


def _is_readable(code: str) -> bool:
    return (
        len(code) <= PLAIN_ABOVE_CHARACTERS
        and all(len(line) <= _LINE_LIMIT for line in code.split("\n"))
        and all(code.count(a) - code.count(b) <= _UNCLOSED_LIMIT for a, b in _OPENERS)
    )


@cache
def _class_of(kind: _TokenType) -> str:
    """Return the class of a token type: its own, or that of its nearest known parent."""
    parts = list(kind)
    while parts:
        name = _CLASSES.get(".".join(parts))
        if name is not None:
            return name
        parts.pop()
    return ""


def _merge(tokens: Iterable[_Token]) -> list[_Token]:
    """Join neighbours of one class; white space joins whatever stands before it."""
    merged: list[_Token] = []
    last, parts = "", [""]
    for name, text in tokens:
        if name == last or (name == "" and text.isspace() and _takes_space(last, text)):
            parts.append(text)
        elif text:
            merged.append((last, "".join(parts)))
            last, parts = name, [text]
    merged.append((last, "".join(parts)))
    return [token for token in merged if token[1]]


def _takes_space(name: str, text: str) -> bool:
    """Tell whether white space may join: a prompt takes none, a whole-line class its line end."""
    return text == "\n" if name in _WHOLE_LINE else name != "q"


def _mark_lines(tokens: list[_Token], marks: dict[int, str]) -> Iterator[str]:
    """Yield HTML line by line; a span that reaches over a line end is closed and opened again."""
    for number, line in enumerate(_split_lines(tokens), start=1):
        inner = "".join(_span(name, text) for name, text in line)
        kind = marks.get(number)
        yield f'<span class="line {kind}">{inner}</span>' if kind else inner


def _split_lines(tokens: list[_Token]) -> Iterator[list[_Token]]:
    line: list[_Token] = []
    for name, text in tokens:
        for piece in text.splitlines(keepends=True):
            line.append((name, piece))
            if piece.endswith("\n"):
                yield line
                line = []
    if line:
        yield line
