"""How the engine's tokens are written, as the specifications print them.

The engine's own renderer is not used: this one knows the few forms there are, looks each token up
once, and is several times faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from generator.content.footnotes import Note, note_id, use_id
from generator.content.tag_filter import filter_tags

Env: TypeAlias = Mapping[str, Any]
"""What one rendering hands through the engine, whose own type for it is this wide."""

Rule: TypeAlias = Callable[[Token, Env], str]

_BLOCKS = ("table", "thead", "tbody", "tr", "blockquote", "ul", "ol")
_LINES = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td")
_OPENING = {
    **{tag: f"<{tag}>\n" for tag in _BLOCKS},
    **{tag: f"<{tag}>" for tag in (*_LINES, "li", "em", "strong")},
    "s": "<del>",
}
_CLOSING = {
    **{tag: f"</{tag}>\n" for tag in (*_BLOCKS, *_LINES, "li")},
    **{tag: f"</{tag}>" for tag in ("em", "strong", "a")},
    "s": "</del>",
}


class CommonMarkHtml:
    """The output of cmark, to the byte where the specification's examples show it."""

    __output__: ClassVar[str] = "html"

    def __init__(self, _engine: MarkdownIt) -> None:
        self.rules: dict[str, Rule] = {
            "code_block": self.code_block,
            "code_inline": lambda token, _: f"<code>{escape(token.content)}</code>",
            "fence": self.fence,
            "hardbreak": lambda _token, _env: "<br />\n",
            "hr": lambda _token, _env: "<hr />\n",
            "html_block": self.raw,
            "html_inline": self.raw,
            "image": self.image,
            "link_open": lambda token, _: f"<a{_attributes(token)}>",
            "list_item_open": self.list_item,
            "ordered_list_open": lambda token, _: f"<ol{_attributes(token)}>\n",
            "softbreak": lambda _token, _env: "\n",
            "text": lambda token, _: escape(token.content),
        }

    def render(self, tokens: Sequence[Token], _options: Mapping[str, Any], env: Env) -> str:
        """Return the HTML of block tokens.

        A tight list hides its paragraphs; what follows such a text, or a `<li>`, on a line of its
        own is only known when it comes.
        """
        out: list[str] = []
        may_break = False
        for token in tokens:
            if token.hidden:
                may_break = token.nesting == -1
            elif token.type == "inline":
                out.append(self.write(token.children or (), env))
                may_break = False
            else:
                if may_break and token.nesting != -1:
                    out.append("\n")
                out.append(self._write_one(token, env))
                may_break = token.type == "list_item_open"
        return "".join(out)

    def write(self, tokens: Sequence[Token], env: Env) -> str:
        """Return the HTML of inline tokens."""
        return "".join([self._write_one(token, env) for token in tokens])

    def _write_one(self, token: Token, env: Env) -> str:
        rule = self.rules.get(token.type)
        if rule is not None:
            return rule(token, env)
        return (_OPENING if token.nesting == 1 else _CLOSING)[token.tag]

    def code_block(self, token: Token, _env: Env) -> str:
        return f"<pre><code>{escape(token.content)}</code></pre>\n"

    def fence(self, token: Token, _env: Env) -> str:
        words = unescapeAll(token.info).split(maxsplit=1)
        language = f' class="language-{escape(words[0])}"' if words else ""
        return f"<pre><code{language}>{escape(token.content)}</code></pre>\n"

    def raw(self, token: Token, _env: Env) -> str:
        return token.content

    def list_item(self, _token: Token, _env: Env) -> str:
        return "<li>"

    def image(self, token: Token, _env: Env) -> str:
        token.attrs["alt"] = _plain(token.children or ())
        return f"<img{_attributes(token)} />"


class GfmHtml(CommonMarkHtml):
    """The output of cmark-gfm (2025) for what GFM adds, and where it departs from cmark."""

    def __init__(self, engine: MarkdownIt) -> None:
        super().__init__(engine)
        self._filters_tags = bool(engine.options.get("tagfilter"))
        self.rules |= {
            "th_open": lambda token, _: f"<th{_align(token)}>",
            "td_open": lambda token, _: f"<td{_align(token)}>",
            "footnote_ref": self.footnote_ref,
            "footnotes_open": self.footnotes_open,
            "footnotes_close": lambda _token, _env: "</ol>\n</section>\n",
            "footnote_open": self.footnote_open,
            "footnote_close": lambda _token, _env: "</li>\n",
            "footnote_back": self.footnote_back,
        }

    def write(self, tokens: Sequence[Token], env: Env) -> str:
        """Return the HTML of inline tokens; strong right inside strong is not marked again."""
        around: list[str] = []
        out = []
        for token in tokens:
            if token.nesting == 1:
                is_doubled = token.tag == "strong" and around[-1:] in (["strong"], [""])
                around.append("" if is_doubled else token.tag)
                if is_doubled:
                    continue
            elif token.nesting == -1 and around and not around.pop():
                continue
            out.append(self._write_one(token, env))
        return "".join(out)

    def raw(self, token: Token, _env: Env) -> str:
        return filter_tags(token.content) if self._filters_tags else token.content

    def list_item(self, token: Token, env: Env) -> str:
        if "checked" not in token.meta:
            return "<li>"
        return f"<li>{self.checkbox(token.meta['checked'], env)} "

    def checkbox(self, is_checked: bool, _env: Env) -> str:
        checked = ' checked=""' if is_checked else ""
        return f'<input type="checkbox"{checked} disabled="" />'

    def footnote_ref(self, token: Token, _env: Env) -> str:
        note, use = token.meta["note"], token.meta["use"]
        return (
            f'<sup class="footnote-ref"><a href="#fn-{note_id(note)}"'
            f' id="fnref-{use_id(note, use)}" data-footnote-ref>{note.number}</a></sup>'
        )

    def footnotes_open(self, _token: Token, _env: Env) -> str:
        return '<section class="footnotes" data-footnotes>\n<ol>\n'

    def footnote_open(self, token: Token, _env: Env) -> str:
        return f'<li id="fn-{note_id(token.meta["note"])}">\n'

    def footnote_back(self, token: Token, env: Env) -> str:
        note: Note = token.meta["note"]
        links = " ".join(self.back_link(note, use, env) for use in range(1, note.uses + 1))
        return f" {links}" if "is_inside" in token.meta else f"{links}\n"

    def back_link(self, note: Note, use: int, _env: Env) -> str:
        name = f"{note.number}" if use == 1 else f"{note.number}-{use}"
        mark = "" if use == 1 else f'<sup class="footnote-ref">{use}</sup>'
        return (
            f'<a href="#fnref-{use_id(note, use)}" class="footnote-backref" data-footnote-backref'
            f' data-footnote-backref-idx="{name}" aria-label="Back to reference {name}">↩{mark}</a>'
        )


def escape(text: str) -> str:
    """Return the text with the four characters escaped that cmark escapes, apostrophes not."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")


def _attributes(token: Token) -> str:
    return "".join([f' {name}="{escape(str(value))}"' for name, value in token.attrs.items()])


def _align(token: Token) -> str:
    style = token.attrs.get("style")
    return f' align="{str(style).removeprefix("text-align:")}"' if style else ""


def _plain(tokens: Sequence[Token]) -> str:
    """Return the text of a picture's description, which shows no markup."""
    out = []
    for token in tokens:
        if token.type == "image":
            out.append(_plain(token.children or ()))
        elif token.type in {"softbreak", "hardbreak"}:
            out.append("\n")
        elif token.type in {"math_inline", "math_display"}:
            out.append(token.markup)
        else:
            out.append(token.content)
    return "".join(out)
