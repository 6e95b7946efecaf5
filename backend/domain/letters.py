"""A mail before it has a form: a subject, a title, and parts that every mail program can show.

The HTML and the plain text are made of the same letter, so that both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label with its value; `note` says what it is compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a letter. `words` is a text, a heading, a quiet note, a command, or what a button
    and a link to `link` say; rows have `rows` instead.
    """

    kind: Literal["text", "heading", "note", "command", "button", "link", "rows"]
    words: str = ""
    link: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody is sent. `preview` is the line that lists of mails show behind the subject;
    `stop` is where mails of its kind are stopped, '' for those that are necessary.
    """

    subject: str
    title: str
    parts: tuple[Part, ...]
    preview: str = ""
    stop: str = ""
    """The page that stops mails like it."""
    choose: str = ""
    """The page where its reader chooses what they hear of."""

    def with_stop(self, link: str) -> Letter:
        """Return the letter with the page that stops mails like it."""
        return replace(self, stop=link)


def text(words: str) -> Part:
    """Return a paragraph."""
    return Part(kind="text", words=words)


def heading(words: str) -> Part:
    """Return a heading within the letter."""
    return Part(kind="heading", words=words)


def note(words: str) -> Part:
    """Return a quiet paragraph at the end."""
    return Part(kind="note", words=words)


def command(words: str) -> Part:
    """Return something to type into a shell."""
    return Part(kind="command", words=words)


def button(words: str, link: str) -> Part:
    """Return what is to be done now."""
    return Part(kind="button", words=words, link=link)


def link_to(words: str, link: str) -> Part:
    """Return a way to more."""
    return Part(kind="link", words=words, link=link)


def rows(*some: Row) -> Part:
    """Return labels with their values."""
    return Part(kind="rows", rows=some)
