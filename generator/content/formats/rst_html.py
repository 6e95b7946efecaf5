"""A docutils tree as plain HTML: no classes, no numbers of its own, nothing read from disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from docutils import nodes

from generator.content.formats.boxes import callout
from generator.content.highlight import code_block
from generator.content.maths import math_to_html
from generator.content.pieces import Pieces
from generator.model.document import Feature

_Writer = Callable[[nodes.Element, "_Tree"], str]

# Nodes that are one element with their content in it; an empty name is the content alone.
_PLAIN = {
    "abbreviation": "abbr",
    "acronym": "abbr",
    "block_quote": "blockquote",
    "caption": "figcaption",
    "classifier": "em",
    "compound": "div",
    "container": "div",
    "definition": "dd",
    "definition_list": "dl",
    "definition_list_item": "",
    "description": "dd",
    "document": "",
    "emphasis": "em",
    "field": "",
    "field_body": "dd",
    "field_list": "dl",
    "field_name": "dt",
    "figure": "figure",
    "legend": "div",
    "list_item": "li",
    "literal": "code",
    "option_group": "dt",
    "option_list": "dl",
    "option_list_item": "",
    "option_string": "code",
    "paragraph": "p",
    "row": "tr",
    "rubric": "p",
    "section": "",
    "sidebar": "blockquote",
    "strong": "strong",
    "subscript": "sub",
    "superscript": "sup",
    "table": "table",
    "tbody": "tbody",
    "term": "dt",
    "tgroup": "",
    "thead": "thead",
    "title_reference": "cite",
    "topic": "div",
}
_SILENT = frozenset(
    {
        "colspec", "comment", "docinfo", "meta", "pending", "raw", "substitution_definition",
        "system_message",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "blockquote", "dd", "div", "dl", "dt", "figure", "li", "ol", "p", "table", "tbody",
        "thead", "tr", "ul",
    }
)  # fmt: skip
_ADMONITIONS = frozenset(
    {"attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning"}
)
_LIST_TYPES = {
    "loweralpha": "a",
    "upperalpha": "A",
    "lowerroman": "i",
    "upperroman": "I",
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:px)?|(\d+(?:\.\d+)?%)")
_ROLE_SOURCE = re.compile(r":[\w:.+-]+:`([^`]*)`|`([^`]*)`:[\w:.+-]+:")


def write_html(document: nodes.document, pieces: Pieces) -> str:
    """Return untrusted HTML of the whole tree. Raises RecursionError on a bottomless one."""
    return _Tree(pieces).write(document)


class _Tree:
    """The state of one walk: how deep the sections are, and whether a table's head is open."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.level = 0
        self.is_head = False

    def write(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return escape(node.astext(), quote=False)
        assert isinstance(node, nodes.Element)  # noqa: S101  a node is one or the other
        name = type(node).__name__
        if name in _SILENT:
            return ""
        writer = _WRITERS.get(name)
        if writer is not None:
            return writer(node, self)
        if name in _ADMONITIONS:
            return callout(node.get("kind", name), self.inner(node), pieces=self.pieces)
        return self.element(_PLAIN.get(name, ""), node)

    def inner(self, node: nodes.Element) -> str:
        if isinstance(node, nodes.section | nodes.document):
            return "".join(self._write_blocks(node.children))
        return "".join(self.write(child) for child in node.children)

    def _write_blocks(self, children: list[nodes.Node]) -> Iterator[str]:
        """Yield blocks; pictures and links that stand alone, such as badges, share a line."""
        for is_inline, run in groupby(children, key=_is_inline):
            html = [self.write(child) for child in run]
            yield f"<p>{' '.join(html)}</p>\n" if is_inline else "".join(html)

    def element(self, tag: str, node: nodes.Element, attributes: str = "") -> str:
        inner = self.inner(node)
        if not tag:
            return _anchors(_ids(node)) + inner
        first = _ids(node)[:1]
        identity = f' id="{escape(first[0])}"' if first else ""
        end = "\n" if tag in _BLOCKS else ""
        return f"<{tag}{identity}{attributes}>{inner}</{tag}>{end}"


def _ids(node: nodes.Element) -> list[str]:
    names: list[object] = node.get("ids", [])
    return [str(name) for name in names]


def _anchors(names: list[str]) -> str:
    return "".join(f'<a id="{escape(name)}"></a>' for name in names)


def _is_inline(node: nodes.Node) -> bool:
    is_anchor = isinstance(node, nodes.target)
    return isinstance(node, nodes.Inline | nodes.image) and not is_anchor


def _section(node: nodes.Element, tree: _Tree) -> str:
    tree.level += 1
    inner = tree.inner(node)
    tree.level -= 1
    return inner


def _title(node: nodes.Element, tree: _Tree) -> str:
    if not isinstance(node.parent, nodes.section):
        tag = "caption" if isinstance(node.parent, nodes.table) else "strong"
        return tree.element(tag, node)
    level = min(tree.level, 6)
    # The section's first name is the heading's anchor anyway; the others are targets of links.
    marks = _anchors(_ids(node.parent)[1:])
    return f"{marks}<h{level}>{tree.inner(node)}</h{level}>\n"


def _topic(node: nodes.Element, tree: _Tree) -> str:
    # The page brings its own contents.
    return "" if "contents" in node.get("classes", ()) else tree.element("blockquote", node)


def _literal_block(node: nodes.Element, tree: _Tree) -> str:
    classes: list[object] = node.get("classes", [])
    info = str(node.get("info") or next((name for name in classes if name != "code"), ""))
    if node.get("caption"):
        caption = str(node["caption"]).replace('"', "")
        info += f' title="{caption}"'
    if node.get("marks"):
        info += f" {{{node['marks']}}}"
    return _code(node.astext(), info, tree)


def _code(code: str, info: str, tree: _Tree) -> str:
    return f"<pre>{tree.pieces.add(code_block(code, info), feature=Feature.CODE)}</pre>\n"


def _math(node: nodes.Element, tree: _Tree) -> str:
    display = isinstance(node, nodes.math_block)
    html = math_to_html(node.astext(), display=display)
    token = tree.pieces.add(html, feature=Feature.MATH, source=node.astext())
    return f"<p>{token}</p>\n" if display else token


def _reference(node: nodes.Element, tree: _Tree) -> str:
    url = node.get("refuri") or (f"#{node['refid']}" if node.get("refid") else "")
    inner = tree.inner(node)
    return f'<a href="{escape(url)}">{inner}</a>' if url else inner


def _footnote_reference(node: nodes.Element, tree: _Tree) -> str:
    identity = escape("".join(_ids(node)[:1]))
    target = escape(str(node.get("refid", "")))
    return f'<sup><a id="{identity}" href="#{target}">[{tree.inner(node)}]</a></sup>'


def _footnote(node: nodes.Element, tree: _Tree) -> str:
    """Write a note with its label at the start of its first paragraph, linked to its first use."""
    label, *rest = node.children
    mark = f"[{escape(label.astext())}]"
    uses: list[object] = node.get("backrefs", [])
    if uses:
        mark = f'<a href="#{escape(str(uses[0]))}">{mark}</a>'
    if rest and isinstance(rest[0], nodes.paragraph):
        first, rest = rest[0], rest[1:]
        mark += " " + tree.inner(first)
    return f"<p>{_anchors(_ids(node))}{mark}</p>\n" + "".join(tree.write(child) for child in rest)


def _image(node: nodes.Element, _tree: _Tree) -> str:
    attributes = {"src": node.get("uri", ""), "alt": node.get("alt", "")}
    for name in ("width", "height"):
        match = _SIZE.fullmatch(str(node.get(name, "")).strip())
        if match:
            attributes[name] = match[1] or match[2]
    if node.get("align"):
        attributes["align"] = node["align"]
    return (
        "<img"
        + "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
        + ">"
    )


def _enumerated_list(node: nodes.Element, tree: _Tree) -> str:
    kind = _LIST_TYPES.get(str(node.get("enumtype", "")))
    attributes = f' type="{kind}"' if kind else ""
    if node.get("start"):
        attributes += f' start="{int(node["start"])}"'
    return f"<ol{attributes}>{_items(node, tree)}</ol>\n"


def _thead(node: nodes.Element, tree: _Tree) -> str:
    tree.is_head = True
    html = tree.element("thead", node)
    tree.is_head = False
    return html


def _entry(node: nodes.Element, tree: _Tree) -> str:
    tag = "th" if tree.is_head else "td"
    attributes = "".join(
        f' {name}="{int(node[key]) + 1}"'
        for key, name in (("morecols", "colspan"), ("morerows", "rowspan"))
        if node.get(key)
    )
    only = node.children[0] if len(node.children) == 1 else None
    if isinstance(only, nodes.paragraph):
        return f"<{tag}{attributes}>{tree.inner(only)}</{tag}>"
    return tree.element(tag, node, attributes)


def _bullet_list(node: nodes.Element, tree: _Tree) -> str:
    return f"<ul>{_items(node, tree)}</ul>\n"


def _items(node: nodes.Element, tree: _Tree) -> str:
    """Write items, without paragraphs where each of them is a single one."""
    is_tight = all(_is_short(item) for item in node.children)
    return "".join(_list_item(item, tree, is_tight=is_tight) for item in node.children)


def _list_item(item: nodes.Node, tree: _Tree, *, is_tight: bool) -> str:
    first = item.children[0] if item.children else None
    if is_tight and isinstance(first, nodes.paragraph):
        rest = "".join(tree.write(child) for child in item.children[1:])
        return f"<li>{tree.inner(first)}{rest}</li>\n"
    return tree.write(item)


def _is_short(item: nodes.Node) -> bool:
    lists = nodes.bullet_list | nodes.enumerated_list
    return all(isinstance(child, lists) for child in item.children[1:])


def _line_block(node: nodes.Element, tree: _Tree) -> str:
    return f"<p>{_lines(node, tree)}</p>\n"


def _lines(node: nodes.Element, tree: _Tree) -> str:
    return "<br>\n".join(
        _lines(child, tree) if isinstance(child, nodes.line_block) else tree.write(child)
        for child in node.children
    )


def _admonition(node: nodes.Element, tree: _Tree) -> str:
    title = node.children[0].astext() if isinstance(node.children[0], nodes.title) else ""
    content = "".join(tree.write(child) for child in node.children[1 if title else 0 :])
    return callout("note", content, pieces=tree.pieces, title=title)


def _problematic(node: nodes.Element, _tree: _Tree) -> str:
    text = node.astext()
    match = _ROLE_SOURCE.fullmatch(text)
    return f"<code>{escape(match[1] or match[2])}</code>" if match else escape(text, quote=False)


def _target(node: nodes.Element, tree: _Tree) -> str:
    """Write an anchor, unless the target only names an address elsewhere."""
    if node.get("refuri") or node.get("refid"):
        return tree.inner(node)
    return _anchors(_ids(node)) + tree.inner(node)


_WRITERS: dict[str, _Writer] = {
    "admonition": _admonition,
    "bullet_list": _bullet_list,
    "attribution": lambda node, tree: f"<p>— {tree.inner(node)}</p>\n",
    "doctest_block": lambda node, tree: _code(node.astext(), "pycon", tree),
    "entry": _entry,
    "enumerated_list": _enumerated_list,
    "footnote": _footnote,
    "citation": _footnote,
    "footnote_reference": _footnote_reference,
    "citation_reference": _footnote_reference,
    "image": _image,
    "line": lambda node, tree: tree.inner(node),
    "line_block": _line_block,
    "literal_block": _literal_block,
    "math": _math,
    "math_block": _math,
    "option": lambda node, tree: tree.inner(node) + " ",
    "option_argument": lambda node, tree: f" <var>{tree.inner(node)}</var>",
    "problematic": _problematic,
    "reference": _reference,
    "rubric": lambda node, tree: f"<p><strong>{tree.inner(node)}</strong></p>\n",
    "section": _section,
    "target": _target,
    "thead": _thead,
    "title": _title,
    "topic": _topic,
    "transition": lambda _node, _tree: "<hr>\n",
}
