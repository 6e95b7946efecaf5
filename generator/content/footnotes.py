"""Footnotes as GitHub shows them: numbered by first use, at the end, with links back.

A definition is read by the footnote plugin of markdown-it-py; what a reference is, which
definition it means and where notes go follows cmark-gfm (`footnotes.c`, `blocks.c`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def

_REFERENCE = re.compile(r"\[\^([^\]\s\[]{1,200})\]")
_DEFINED = "footnotes"
_NOTES = "notes"


@dataclass(slots=True)
class Note:
    """A note that is used: its label as its first reference spells it, and its number from 1."""

    label: str
    number: int
    uses: int = 0
    tokens: list[Token] = field(default_factory=list)


def add_footnotes(engine: MarkdownIt) -> None:
    """Teach the engine `[^label]` and `[^label]: text`."""
    engine.block.ruler.before(
        "reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]}
    )
    engine.inline.ruler.after("image", "footnote_ref", _read_reference)
    engine.core.ruler.after("inline", "footnote_tail", _move_notes)


def note_id(note: Note) -> str:
    """Return the part of an id that names the note, such as `fn-LABEL` behind its `fn-`."""
    return re.sub(r"[^\w-]", "", note.label) or str(note.number)


def use_id(note: Note, use: int) -> str:
    """Return the part of an id that names the note's `use`-th reference, from 1."""
    return note_id(note) if use == 1 else f"{note_id(note)}-{use}"


def _read_reference(state: StateInline, silent: bool) -> bool:
    if _DEFINED not in state.env or not state.src.startswith("[^", state.pos):
        return False
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None or _key(match[1]) not in _defined_keys(state):
        return False
    if not silent:
        notes: dict[str, Note] = state.env.setdefault(_NOTES, {})
        note = notes.setdefault(_key(match[1]), Note(match[1], len(notes) + 1))
        note.uses += 1
        state.push("footnote_ref", "", 0).meta = {"note": note, "use": note.uses}
    state.pos = match.end()
    return True


def _key(label: str) -> str:
    return label.casefold()


def _defined_keys(state: StateInline) -> set[str]:
    """Return every label that has a definition; all of them are read before any text is."""
    keys: set[str] | None = state.env.get("footnote_keys")
    if keys is None:
        keys = {_key(label[1:]) for label in state.env[_DEFINED]["refs"]}
        state.env["footnote_keys"] = keys
    return keys


def _move_notes(state: StateCore) -> None:
    """Take the definitions out of the text, and put those that are used at its end."""
    if _DEFINED not in state.env:
        return
    definitions: dict[str, list[Token]] = {}
    state.tokens = _take_definitions(state.tokens, definitions)
    notes: dict[str, Note] = state.env.get(_NOTES, {})
    if not notes:
        return
    state.tokens.append(Token("footnotes_open", "section", 1))
    for key, note in notes.items():
        note.tokens = definitions.get(key, [])
        state.tokens += _show(note)
    state.tokens.append(Token("footnotes_close", "section", -1))


def _take_definitions(tokens: list[Token], definitions: dict[str, list[Token]]) -> list[Token]:
    """Return the tokens without the definitions, which go into the dictionary; the first wins."""
    kept: list[Token] = []
    open_bodies = [kept]
    for token in tokens:
        if token.type == "footnote_reference_open":
            open_bodies.append([])
            definitions.setdefault(_key(token.meta["label"]), open_bodies[-1])
        elif token.type == "footnote_reference_close":
            open_bodies.pop()
        else:
            open_bodies[-1].append(token)
    return kept


def _show(note: Note) -> Iterator[Token]:
    """Yield the note as a list item, its links back inside its last paragraph if it ends in one."""
    yield Token("footnote_open", "li", 1, meta={"note": note})
    back = Token("footnote_back", "", 0, meta={"note": note})
    if note.tokens and note.tokens[-1].type == "paragraph_close":
        yield from note.tokens[:-1]
        back.meta["is_inside"] = True
        yield back
        yield note.tokens[-1]
    else:
        yield from note.tokens
        yield back
    yield Token("footnote_close", "li", -1)
