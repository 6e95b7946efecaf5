"""How the engine's tokens are written for a page: generated parts become pieces.

Raw HTML in a text cannot imitate them, and links and ids of ours begin with `Site-`, which no
anchor of an author does.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from generator.content.footnotes import Note, note_id, use_id
from generator.content.markdown_html import Env, GfmHtml
from generator.content.pieces import Pieces
from generator.content.tag_filter import tame_tags
from generator.model.document import Feature

_FOOTNOTES_ID = "Site-footnotes"


class SiteHtml(GfmHtml):
    """GFM with what GitHub's pages add to it: alerts, math, diagrams, coloured code."""

    def __init__(self, engine: MarkdownIt) -> None:
        super().__init__(engine)
        self.rules |= {
            "alert_open": self.alert_open,
            "alert_close": lambda _token, _env: "</div>\n",
            "alert_title_open": self.alert_title_open,
            "alert_title_close": lambda _token, _env: "</p>\n",
            "math_inline": lambda token, env: _math(token, env["pieces"], display=False),
            "math_display": lambda token, env: _math(token, env["pieces"], display=True),
            "math_block": lambda token, env: (
                f"<p>{_math(token, env['pieces'], display=True)}</p>\n"
            ),
        }

    def fence(self, token: Token, env: Env) -> str:
        from generator.content.highlight import code_block  # noqa: PLC0415  Pygments

        info = unescapeAll(token.info).strip()
        match info.split(maxsplit=1)[0].lower() if info else "":
            case "mermaid":
                return _mermaid(token.content, env["pieces"])
            case "math":
                return f"<p>{_math(token, env['pieces'], display=True)}</p>\n"
        return _block(env["pieces"], code_block(token.content, info), Feature.CODE)

    def code_block(self, token: Token, env: Env) -> str:
        from generator.content.highlight import code_block  # noqa: PLC0415  Pygments

        return _block(env["pieces"], code_block(token.content, ""), Feature.CODE)

    def alert_open(self, token: Token, env: Env) -> str:
        pieces: Pieces = env["pieces"]
        kind = token.info.lower()
        box = pieces.add_attributes(class_=f"callout callout-{kind}", role="note")
        return f'<div class="{box}">\n'

    def alert_title_open(self, _token: Token, env: Env) -> str:
        return f'<p class="{env["pieces"].add_attributes(class_="callout-title")}">'

    def raw(self, token: Token, _env: Env) -> str:
        return tame_tags(token.content)

    def list_item(self, token: Token, env: Env) -> str:
        if "checked" not in token.meta:
            return "<li>"
        item = env["pieces"].add_attributes(class_="task")
        return f'<li class="{item}">{self.checkbox(token.meta["checked"], env)} '

    def checkbox(self, is_checked: bool, env: Env) -> str:
        pieces: Pieces = env["pieces"]
        label, checked = ("Done", " checked") if is_checked else ("To do", "")
        return pieces.add(f'<input type="checkbox" aria-label="{label}" disabled{checked}>')

    def footnote_ref(self, token: Token, env: Env) -> str:
        note, use = token.meta["note"], token.meta["use"]
        pieces: Pieces = env["pieces"]
        mark = pieces.add_attributes(class_="footnote-ref")
        link = pieces.add_attributes(
            href=f"#Site-fn-{note_id(note)}",
            id=f"Site-fnref-{use_id(note, use)}",
            aria_describedby=_FOOTNOTES_ID,
        )
        return f'<sup class="{mark}"><a class="{link}">{note.number}</a></sup>'

    def footnotes_open(self, _token: Token, env: Env) -> str:
        pieces: Pieces = env["pieces"]
        section = pieces.add_attributes(class_="footnotes", aria_labelledby=_FOOTNOTES_ID)
        title = pieces.add(f'<h2 id="{_FOOTNOTES_ID}" class="sr-only">Footnotes</h2>')
        return f'<section class="{section}">\n{title}\n<ol>\n'

    def footnote_open(self, token: Token, env: Env) -> str:
        item = env["pieces"].add_attributes(id=f"Site-fn-{note_id(token.meta['note'])}")
        return f'<li class="{item}">\n'

    def back_link(self, note: Note, use: int, env: Env) -> str:
        pieces: Pieces = env["pieces"]
        name = f"{note.number}" if use == 1 else f"{note.number}-{use}"
        link = pieces.add_attributes(
            class_="footnote-back",
            href=f"#Site-fnref-{use_id(note, use)}",
            aria_label=f"Back to reference {name}",
        )
        mark = "" if use == 1 else f"<sup>{use}</sup>"
        return f'<a class="{link}">↩{mark}</a>'


def _block(pieces: Pieces, html: str, feature: Feature) -> str:
    return f"<pre>{pieces.add(html, feature=feature)}</pre>\n"


def _mermaid(source: str, pieces: Pieces) -> str:
    from generator.content.mermaid import mermaid_block  # noqa: PLC0415  rarely needed

    return _block(pieces, mermaid_block(source), Feature.MERMAID)


def _math(token: Token, pieces: Pieces, *, display: bool) -> str:
    from generator.content.maths import math_to_html  # noqa: PLC0415  rarely needed

    html = math_to_html(token.content.strip(), display=display)
    return pieces.add(html, feature=Feature.MATH, source=token.markup)
