"""Markdown as GitHub shows it, to *untrusted* HTML: raw HTML passes, `trusted` cleans it.

markdown-it-py is the engine; this file is the only one that builds it, and everybody else calls
`render_markdown`. The rules that GitHub adds stand one subject a file: `autolinks`, `footnotes`,
`dollar_math`, `tag_filter`. Mentions and emoji are found later, in the HTML of every format
(`references`). Importing this file is expensive (80 ms), so it is imported where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from markdown_it import MarkdownIt

from generator.content.autolinks import WWW, add_autolinks
from generator.content.dollar_math import add_dollar_math
from generator.content.footnotes import add_footnotes
from generator.content.markdown_html import CommonMarkHtml, GfmHtml
from generator.content.markdown_site import SiteHtml
from generator.content.pieces import Pieces

EXTENSIONS = frozenset(("table", "strikethrough", "autolink", "tagfilter", "footnotes", "tasklist"))
"""What GFM adds to CommonMark, by the names of its specification's examples."""

# Lists nested deeper are shown flat. Each level is a handful of Python frames.
_DEEPEST = 60

# Where plain text may end. The engine stops at every mark that some plugin might want.
_TERMINATORS = re.compile(rf"[\n!&*<\[\\\]_`~:$]|{WWW}")


def render_markdown(text: str, *, pieces: Pieces) -> str:
    """Return the HTML of GitHub-flavoured Markdown whose front matter is already gone.

    Code blocks, math, alerts and the like are in `pieces`, which must stem from a text that holds
    this one.
    """
    html: str = _site_engine().render(text, {"pieces": pieces})
    return html


def render_specified(text: str, extensions: Collection[str] | None = None) -> str:
    """Return the HTML that the specifications print: the same engine without what a site adds.

    No extensions (None) means CommonMark; else GFM with exactly those.
    """
    html: str = _specified_engine(None if extensions is None else frozenset(extensions)).render(
        text, {}
    )
    return html


@cache
def _site_engine() -> MarkdownIt:
    engine = _build_engine(EXTENSIONS, SiteHtml)
    engine.options["alerts"] = True
    add_dollar_math(engine)
    return engine


@cache
def _specified_engine(extensions: frozenset[str] | None) -> MarkdownIt:
    if extensions is None:
        return _build_engine(frozenset(), CommonMarkHtml)
    return _build_engine(extensions, GfmHtml)


def _build_engine(extensions: frozenset[str], html: type[CommonMarkHtml]) -> MarkdownIt:
    options = {
        "maxNesting": _DEEPEST,
        "strikethrough_single_tilde": True,
        "tasklists": "tasklist" in extensions,
        "tagfilter": "tagfilter" in extensions,
    }
    engine = MarkdownIt("commonmark", options)
    engine.renderer = html(engine)
    # Which addresses are allowed is the sanitiser's to say, for every format alike.
    engine.validateLink = _allow_every_address  # type: ignore[assignment,method-assign]
    engine.enable([rule for rule in ("table", "strikethrough") if rule in extensions])
    engine.inline.terminator_re = _TERMINATORS
    if "autolink" in extensions:
        add_autolinks(engine)
    if "footnotes" in extensions:
        add_footnotes(engine)
    return engine


def _allow_every_address(_url: str) -> bool:
    return True
