"""reStructuredText by docutils, the reference implementation, with nothing read from disk.

Roles and directives that docutils does not know are Sphinx's more often than mistakes: a role
shows its text as code, a directive shows its content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.content.formats import plain
from generator.content.pieces import Pieces

if TYPE_CHECKING:
    from docutils import nodes
    from docutils.parsers.rst import Directive

_NAMES_LIMIT = 300
_LINES_LIMIT = 20_000
_COST_LIMIT = 60_000_000

_SETTINGS = {
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectnum_xform": False,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 6,
    "report_level": 5,
    "line_length_limit": 100_000,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "warning_stream": "",
}

_DIRECTIVE = re.compile(
    r"^[ \t]*\.\. (?:\|[^|\n]{1,100}\| )?([A-Za-z][\w:.+-]{0,60})::", re.MULTILINE
)
_ROLE = re.compile(r":([A-Za-z][\w:.+-]{0,60}):`")
_NEW_BLOCK = re.compile(r"\s*(?:$|[-*+•]\s|\w{1,9}[.)]\s|\.\.\s|[|+].*[|+]\s*$)")
_TARGET = re.compile(r"^(.*?)\s*<([^<>]+)>$", re.DOTALL)

# Sphinx's directives whose content makes sense only to Sphinx, or is made by it.
_SILENT = frozenset(
    {
        "toctree", "index", "currentmodule", "module", "py:module", "py:currentmodule", "highlight",
        "automodule", "autoclass", "autofunction", "autosummary", "autoexception", "automethod",
        "autodata", "literalinclude", "tabularcolumns", "testsetup", "testcleanup", "ifconfig",
        "bibliography", "inheritance-diagram",
    }
)  # fmt: skip
_CODE = frozenset({"code-block", "sourcecode", "code-cell", "doctest", "testcode", "prompt"})
_UNTITLED = frozenset({"only", "tabs", "tab-set", "grid", "hlist", "glossary", "centered"})
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
}


def to_html(text: str, path: str, pieces: Pieces) -> str:
    """Return untrusted HTML; a text that docutils cannot take is shown as plain text."""
    if len(text) > plain.RICH_LIMIT or not _is_bounded(text):
        return plain.to_html(text, path, pieces)
    from docutils.core import publish_doctree  # noqa: PLC0415  100 ms, only for this format

    from generator.content.formats.rst_html import write_html  # noqa: PLC0415  needs docutils

    _register_names(text)
    try:
        tree = publish_doctree(text, settings_overrides=_SETTINGS)
        return write_html(tree, pieces)
    except Exception:  # a fault of docutils on a strange text; the words are still worth reading
        return plain.to_html(text, path, pieces)


def _is_bounded(text: str) -> bool:
    """Tell whether docutils can read the text in seconds.

    It looks for the end of each inline mark to the end of the paragraph: the square of a
    paragraph's length where no end is there. The costs of a change log of 300 KB are a tenth.
    """
    if text.count("\n") > _LINES_LIMIT:
        return False
    cost = marks = length = 0
    for line in text.split("\n"):
        if _NEW_BLOCK.match(line):
            cost += marks * length
            marks = length = 0
        marks += sum(line.count(mark) for mark in "*`|_")
        length += len(line)
    return cost + marks * length <= _COST_LIMIT


def _register_names(text: str) -> None:
    """Give each role and directive of the text that docutils lacks a plain meaning."""
    from docutils.parsers.rst import directives, roles  # noqa: PLC0415  as in to_html
    from docutils.parsers.rst.languages import en  # noqa: PLC0415  as in to_html

    own = _directives()
    for name in _distinct(_DIRECTIVE.findall(text)):
        if name in own or name not in en.directives:
            directives.register_directive(name, own.get(name, own["*"]))
    for name in _distinct(_ROLE.findall(text)):
        if name not in en.roles:
            roles.register_local_role(name, _read_role)


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(name.lower() for name in names))[:_NAMES_LIMIT]


def _read_role(  # the signature is docutils'
    name: str,
    rawtext: str,
    text: str,
    _lineno: int,
    _inliner: object,
    _options: Mapping[str, Any] | None = None,
    _content: Sequence[str] | None = None,
) -> tuple[list[Any], list[Any]]:
    """Show a Sphinx role: its title, or the last part of its target (`~a.b.c` is `c`)."""
    from docutils import nodes, utils  # noqa: PLC0415  as in to_html

    text = utils.unescape(text)
    match = _TARGET.match(text)
    title = match[1] if match and match[1] else text.lstrip("!")
    if title.startswith("~"):
        title = title.rpartition(".")[2].lstrip("~")
    if name.rpartition(":")[2].lower() in {"ref", "doc", "term", "abbr", "guilabel", "numref"}:
        return [nodes.inline(rawtext, title)], []
    return [nodes.literal(rawtext, title)], []


@cache
def _directives() -> dict[str, type[Directive]]:
    """Return our directives by name; `*` stands for any that nobody knows."""
    from docutils import nodes  # noqa: PLC0415  as in to_html
    from docutils.parsers.rst import Directive  # noqa: PLC0415  as in to_html

    class Anything(Directive):
        """Takes whatever is written, and shows the content with its argument as a title."""

        has_content = True
        optional_arguments = 1
        final_argument_whitespace = True
        option_spec = _AnyOption()

        def run(self) -> list[nodes.Node]:
            box = nodes.container()
            self.state.nested_parse(self.content, self.content_offset, box)
            title = "".join(self.arguments)
            lead = [nodes.paragraph("", "", nodes.strong(title, title))] if title else []
            return [*lead, *box.children]

    class Untitled(Anything):
        def run(self) -> list[nodes.Node]:
            self.arguments = []
            return super().run()

    class Silent(Anything):
        def run(self) -> list[nodes.Node]:
            return []

    class Code(Anything):
        def run(self) -> list[nodes.Node]:
            code = "\n".join(self.content)
            language = "pycon" if self.name == "doctest" else " ".join(self.arguments).strip()
            block = nodes.literal_block(code, code, info=language)
            block["caption"] = self.options.get("caption", "")
            block["marks"] = self.options.get("emphasize-lines", "")
            return [block] if code else []

    class Version(Anything):
        required_arguments = 1
        optional_arguments = 0

        def run(self) -> list[nodes.Node]:
            number, *rest = "".join(self.arguments).split(maxsplit=1)
            lead = f"{_VERSIONS[self.name.lower()]} {number}: "
            paragraph = nodes.paragraph("", "", nodes.emphasis(lead, lead))
            inline, _ = self.state.inline_text("".join(rest), self.lineno)
            paragraph += inline
            box = nodes.container()
            self.state.nested_parse(self.content, self.content_offset, box)
            return [paragraph, *box.children]

    class Box(Anything):
        def run(self) -> list[nodes.Node]:
            note = nodes.note()
            note["kind"] = self.name
            self.state.nested_parse(self.content, self.content_offset, note)
            return [note]

    found: dict[str, type[Directive]] = {"*": Anything, "seealso": Box}
    found |= dict.fromkeys(_SILENT, Silent) | dict.fromkeys(_CODE, Code)
    found |= dict.fromkeys(_UNTITLED, Untitled)
    return found | dict.fromkeys(_VERSIONS, Version)


class _AnyOption(dict[str, Any]):
    """An option table that knows every option, and takes its value as written."""

    def __missing__(self, key: str) -> Any:
        return lambda value: value or ""

    def __bool__(self) -> bool:
        return True
