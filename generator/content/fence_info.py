"""The info string of a fence: language, title and marked lines, as many tools write them.

Known forms, all seen in real repositories:

    js title="src/a.js" {1,3-5}         Docusaurus, Astro
    ts {4,7} ins={2} del={3-4}          Expressive Code
    go {hl_lines=[1,"3-5"],linenos=true}  Hugo
    python hl_lines="1 3-5"             Material for MkDocs
    js{1,3}                             VuePress, VitePress
    rust,no_run                         rustdoc
    ruby:lib/a.rb                       Zenn, Qiita
    {.python .numberLines}              Pandoc
    {code-block} python                 MyST
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LIMIT = 1000  # an info string is one line; what stands further right is nobody's option
_LINES_LIMIT = 5000

_DIRECTIVE = re.compile(r"\{(?:code-block|code-cell|code|sourcecode|highlight)\}\s*", re.IGNORECASE)
_CLASS = re.compile(r"\{\s*\.?([\w+#-]+)")
_LANGUAGE = re.compile(r"[^\s,:{}\[\]\"'=;]+")
_FILE = re.compile(r":([^\s:{}\"']+)")
_TITLE = re.compile(
    r"""\b(?:title|filename|file|name|caption)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))"""
)
_MARKS = re.compile(r"""\b(ins|del|mark|hl_lines)=[{\["']{1,2}([\d\s,"'-]+)|\{([\d\s,-]+)\}""")
_RANGE = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceInfo:
    """What a fence says about its code.

    `language` is as written, in lower case; `marks` maps a line, counted from 1, to how it
    stands out: `mark`, `ins` or `del`.
    """

    language: str = ""
    title: str = ""
    marks: dict[int, str] = field(default_factory=dict)


def parse_fence_info(info: str) -> FenceInfo:
    """Read the text after a fence's backticks; what it does not understand it leaves out."""
    info = _DIRECTIVE.sub("", info[:_LIMIT].strip(), count=1)
    language, rest = _split_language(info)
    title = _TITLE.search(rest) or _FILE.match(rest)
    return FenceInfo(
        language=language.lower(),
        title=next((part for part in title.groups() if part), "").strip() if title else "",
        marks=_read_marks(rest),
    )


def _split_language(info: str) -> tuple[str, str]:
    in_braces = _CLASS.match(info)
    if in_braces and not in_braces[1].isdigit():
        return in_braces[1], info[in_braces.end() :]
    match = _LANGUAGE.match(info)
    # `title="x"` with no language before it is an option, not a language.
    if match is None or info[match.end() : match.end() + 1] == "=":
        return "", info
    return match[0], info[match.end() :]


def _read_marks(options: str) -> dict[int, str]:
    marks: dict[int, str] = {}
    for match in _MARKS.finditer(options):
        kind = match[1] if match[1] in {"ins", "del"} else "mark"
        for first, last in _RANGE.findall(match[2] or match[3]):
            stop = min(int(last or first), int(first) + _LINES_LIMIT)
            marks.update(dict.fromkeys(range(int(first), stop + 1), kind))
    return marks
