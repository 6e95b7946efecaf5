"""GFM's extended autolinks: bare web addresses and mail addresses become links.

Web addresses are found while a paragraph is read, before emphasis gets a say in their underscores;
mail addresses afterwards, in the joined text, as a local part may hold what looked like markup.
Source: GFM 0.29, "Autolinks (extension)", and cmark-gfm's `autolink.c` where it goes further.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdurl import encode

# Where the text rule must stop for us; `:` is among the characters at which it stops anyway.
WWW = "www\\."

_SCHEME = re.compile(r"(?:https?|ftp)$", re.IGNORECASE)
_LETTERS_BEHIND = 6
_URL = re.compile(r"[^\s<]+")
_DOMAIN = re.compile(r"[\w.\-\u0080-\U0010ffff]+")
_TRAILING = "?!.,:*_~'\""
_ENTITY = re.compile(r"&[A-Za-z0-9]+;$")
_ENTITY_LIMIT = 40
_WWW_MAY_FOLLOW = " \t\n*_~("

# The lookbehind lets a match begin only where a run begins: one try a run keeps this linear.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9.+_\-])(?:(?:mailto|xmpp):)?[A-Za-z0-9.+_\-]++"
    r"@[A-Za-z0-9_\-]++(?>(?:\.[A-Za-z0-9_\-]++)+)(?!@)(?:/[A-Za-z0-9@.]+)?"
)


def add_autolinks(engine: MarkdownIt) -> None:
    """Teach the engine the extended autolinks. Its text rule must stop at `WWW`."""
    engine.inline.ruler.push("bare_url", _read_bare_url)
    engine.core.ruler.push("bare_email", _link_emails)


def _read_bare_url(state: StateInline, silent: bool) -> bool:
    if silent or state.linkLevel > 0:
        return False
    start = _find_start(state)
    if start is None:
        return False
    behind = state.pos - start
    match = _URL.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    end = _trim_end(state.src, match)
    text = state.src[start:end]
    if not _has_domain(text, needs_dot=behind == 0):
        return False
    if behind:
        state.pending = state.pending[:-behind]
    _push_link(state, href=text if behind else f"http://{text}", text=text)
    state.pos = end
    return True


def _find_start(state: StateInline) -> int | None:
    """Return where the address around the current position begins, or None."""
    source, position = state.src, state.pos
    if source[position] == ":":
        if not source.startswith("://", position):
            return None
        scheme = _SCHEME.search(state.pending[-_LETTERS_BEHIND:])
        if scheme is None:
            return None
        before = state.pending[: -len(scheme[0])][-1:]
        return None if before.isascii() and before.isalpha() else position - len(scheme[0])
    if source.startswith("www.", position):
        return position if position == 0 or source[position - 1] in _WWW_MAY_FOLLOW else None
    return None


def _trim_end(source: str, match: re.Match[str]) -> int:
    """Return where the address ends: final punctuation and unmatched `)` are not part of it."""
    start, end = match.span()
    closing = source.count(")", start, end) - source.count("(", start, end)
    while end > start:
        last = source[end - 1]
        if last in _TRAILING:
            end -= 1
        elif last == ")" and closing > 0:
            closing -= 1
            end -= 1
        elif last == ";":
            entity = _ENTITY.search(source, max(start, end - _ENTITY_LIMIT), end)
            end = entity.start() if entity else end - 1
        else:
            break
    return end


def _has_domain(url: str, *, needs_dot: bool) -> bool:
    """Tell whether a domain follows the scheme: no underscore in its last two parts."""
    match = _DOMAIN.match(url, 0 if needs_dot else url.find("://") + 3)
    if match is None or not (match[0][0].isalnum() or not match[0][0].isascii()):
        return False
    parts = match[0].rstrip(".").split(".")
    return "_" not in "".join(parts[-2:]) and (len(parts) > 1 or not needs_dot)


def _push_link(state: StateInline, *, href: str, text: str) -> None:
    opening = state.push("link_open", "a", 1)
    # As in cmark, a name beyond ASCII is percent-encoded and left to the browser's own IDNA.
    opening.attrs = {"href": encode(href)}
    opening.markup, opening.info = "linkify", "auto"
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def _link_emails(state: StateCore) -> None:
    for block in state.tokens:
        if block.type == "inline" and block.children and "@" in block.content:
            block.children = _split_emails(block.children)


def _split_emails(tokens: list[Token]) -> list[Token]:
    result: list[Token] = []
    depth = 0
    for token in tokens:
        if token.type == "link_open":
            depth += 1
        elif token.type == "link_close":
            depth -= 1
        elif token.type == "html_inline":
            depth = max(0, depth + _link_step(token.content))
        if token.type == "text" and not depth and "@" in token.content:
            result += _split_text(token)
        else:
            result.append(token)
    return result


def _link_step(tag: str) -> int:
    start = tag[:3].lower()
    return 1 if start in {"<a ", "<a>", "<a\n"} else -1 if start == "</a" else 0


def _split_text(token: Token) -> list[Token]:
    text, result, done = token.content, [], 0
    for match in _EMAIL.finditer(text):
        end = _email_end(match)
        if end is None:
            continue
        address = text[match.start() : end]
        href = address if ":" in address else f"mailto:{address}"
        result += [
            Token("text", "", 0, content=text[done : match.start()]),
            Token("link_open", "a", 1, attrs={"href": href}),
            Token("text", "", 0, content=address),
            Token("link_close", "a", -1),
        ]
        done = end
    return [*result, Token("text", "", 0, content=text[done:])] if done else [token]


def _email_end(match: re.Match[str]) -> int | None:
    """Return where the mail address ends. It is none unless its last part ends with a letter.

    So a package with its version (`name@1.2.3`) stays text.
    """
    address, slash, _ = match[0].partition("/")
    if address.startswith("xmpp:") and slash:
        return match.end()
    return match.start() + len(address) if address[-1].isalpha() else None
