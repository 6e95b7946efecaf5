"""A README as headings, code blocks and code spans, whatever markup it is written in.

A light scan for facts, line by line: it never makes HTML and need not be right about every corner
of a markup language, only never slow and never wrong about what a line says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from generator.insight.texts import SourceText

LINES_LIMIT = 40_000
LINE_LIMIT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBlock:
    """Lines of code with the headings above them; `line` is the first one's (1-based)."""

    section: tuple[str, ...]
    language: str
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSpans:
    """Code in one line of running text; commands joined only by a line break stand together."""

    section: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What the scan found, in document order. `title` is the first heading of the top rank."""

    source: SourceText
    title: str | None
    first_heading: str | None
    blocks: tuple[CodeBlock | CodeSpans, ...]


_FENCE = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)")
_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_EQUALS = re.compile(r"^(={1,6})[ \t]+(.*?)(?:[ \t]+=+)?[ \t]*$")
_STARS = re.compile(r"^(\*{1,6})[ \t]+(.+)$")
_TEXTILE = re.compile(r"^h([1-6])(?:\([^)]*\))?\.[ \t]+(.*)$")
_ONE_LINE_HEADINGS = frozenset({".org", ".textile"})
_ASCIIDOC = frozenset({".adoc", ".asciidoc", ".asc"})
_HTML_HEADING = re.compile(r"<h([1-6])[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_UNDERLINE = re.compile(r"^([=\-~^\"'`*+#:.])\1{2,}[ \t]*$")
_ORG_BEGIN = re.compile(r"^[ \t]*#\+begin_(src|example|quote)\b[ \t]*([\w+-]*)", re.IGNORECASE)
_ORG_END = re.compile(r"^[ \t]*#\+end_", re.IGNORECASE)
_ADOC_FENCE = re.compile(r"^(-{4,}|\.{4,})[ \t]*$")
_HTML_PRE = re.compile(r"<pre\b[^>]{0,200}>(?:<code\b[^>]{0,200}>)?", re.IGNORECASE)
_TEXTILE_CODE = re.compile(r"^(?:bc|pre)(?:\([^)]*\))?\.\.?[ \t]+(.*)$")
_INDENTED = re.compile(r"^(?: {2,}| ?\t)")
_LIST_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_TAGS = re.compile(r"<[^<>]{0,300}>")
_BREAK = re.compile(r"^[\s,;&]*(?:<br ?/?>[\s,;]*)*$")

# One code span in each markup: the delimiters stand next to the text. Bounded, so never quadratic.
_SPAN_BY_SUFFIX = {
    ".org": re.compile(r"(?<![\w=~])([~=])(\S[^\n]{0,300}?)\1(?![\w~=])"),
    ".textile": re.compile(r"(@)([^@\n]{1,300})@"),
    ".rdoc": re.compile(r"(\+|<tt>)([^+<\n]{1,300})(?:\+|</tt>)"),
}
_SPAN = re.compile(r"(`+)([^`\n]{1,300})\1(?!`)")
_HTML_SPAN = re.compile(r"(<(?:code|kbd|tt)>)([^<\n]{1,300})</", re.IGNORECASE)


@dataclass(slots=True)
class _Scan:
    """The state of one pass; `section` holds the open headings with their ranks."""

    suffix: str
    section: list[tuple[int, str]] = field(default_factory=list)
    blocks: list[CodeBlock | CodeSpans] = field(default_factory=list)
    titles: list[tuple[int, str]] = field(default_factory=list)
    ranks: list[str] = field(default_factory=list)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.section)

    def open_section(self, rank: int, text: str) -> None:
        clean = _TAGS.sub("", text).strip()
        while self.section and self.section[-1][0] >= rank:
            self.section.pop()
        self.section.append((rank, clean))
        self.titles.append((rank, clean))

    def rank_of(self, mark: str) -> int:
        """The rank of an underline: 1 and 2 in Markdown, by first use in reStructuredText."""
        if self.suffix != ".rst":
            return 1 if mark == "=" else 2
        if mark not in self.ranks:
            self.ranks.append(mark)
        return self.ranks.index(mark) + 1

    def add_block(self, language: str, lines: list[str], line: int) -> None:
        while lines and not lines[-1].strip():
            lines.pop()
        if lines:
            block = CodeBlock(
                section=self.headings, language=language.casefold(), lines=tuple(lines), line=line
            )
            self.blocks.append(block)


def read_outline(source: SourceText) -> Outline:
    """Scan the first `LINES_LIMIT` lines of a text; its path's suffix says which markup it is."""
    suffix = "." + source.path.rpartition(".")[2].casefold() if "." in source.path else ""
    scan = _Scan(suffix=suffix)
    lines = source.text.split("\n")[:LINES_LIMIT]
    at = 0
    while at < len(lines):
        at = _step(scan, lines, at)
    title = min(scan.titles, key=lambda item: item[0])[1] if scan.titles else None
    return Outline(
        source=source,
        title=title or None,
        first_heading=scan.titles[0][1] if scan.titles else None,
        blocks=tuple(scan.blocks),
    )


def _step(scan: _Scan, lines: list[str], at: int) -> int:
    """Take one construct that begins at line `at`; return the line after it."""
    line = lines[at]
    if fence := _FENCE.match(line):
        return _take_fence(scan, lines, at, fence)
    if pre := _HTML_PRE.search(line):
        return _take_pre(scan, lines, at, pre)
    if _is_indented_code(scan, lines, at):
        return _take_indented(scan, lines, at)
    return _take_by_markup(scan, lines, at) or _take_text(scan, lines, at)


def _take_by_markup(scan: _Scan, lines: list[str], at: int) -> int | None:
    """Take a block that only one markup language has, None when none begins here."""
    line = lines[at]
    if scan.suffix == ".org" and (begin := _ORG_BEGIN.match(line)):
        return _take_until(scan, lines, at, language=begin[2], end=_ORG_END)
    if scan.suffix in _ASCIIDOC and (opening := _ADOC_FENCE.match(line)):
        closing = re.compile(rf"^{re.escape(opening[1])}[ \t]*$")
        return _take_until(scan, lines, at, language="", end=closing)
    if scan.suffix == ".textile" and (code := _TEXTILE_CODE.match(line)):
        scan.add_block("", [code[1]], at + 1)
        return at + 1
    return None


def _take_text(scan: _Scan, lines: list[str], at: int) -> int:
    line = lines[at]
    following = lines[at + 1] if at + 1 < len(lines) else ""
    heading = _heading(scan.suffix, line)
    if heading:
        scan.open_section(*heading)
        return at + 1
    underline = _UNDERLINE.match(following)
    if underline and _is_title(scan, line, underline):
        scan.open_section(scan.rank_of(underline[1]), line.strip())
        return at + 2
    _add_spans(scan, line, at + 1)
    return at + 1


def _heading(suffix: str, line: str) -> tuple[int, str] | None:
    if suffix == ".org":
        match = _STARS.match(line)
        return (len(match[1]), match[2]) if match else None
    if suffix in {".adoc", ".asciidoc", ".asc", ".rdoc", ".mediawiki", ".wiki", ".creole"}:
        match = _EQUALS.match(line)
        return (len(match[1]), match[2]) if match else None
    if suffix == ".textile":
        match = _TEXTILE.match(line)
        return (int(match[1]), match[2]) if match else None
    if suffix in {".rst", ".rest"}:
        return None
    match = _ATX.match(line)
    if match:
        return (len(match[1]), match[2])
    html = _HTML_HEADING.search(line)
    return (int(html[1]), html[2]) if html else None


def _is_title(scan: _Scan, line: str, underline: re.Match[str]) -> bool:
    if not line.strip() or _UNDERLINE.match(line) or scan.suffix in _ONE_LINE_HEADINGS:
        return False
    if scan.suffix in _ASCIIDOC:
        # A row of four marks also opens a block there; a title's is as long as the title.
        return line[0].isalnum() and abs(len(underline[0].strip()) - len(line.strip())) <= 2
    if scan.suffix in {".rst", ".rest"}:
        return len(underline[0].strip()) >= len(line.strip()) // 2 and len(line) < 200
    return underline[1] in "=-" and not _LIST_ITEM.match(line) and "|" not in line


def _take_fence(scan: _Scan, lines: list[str], at: int, fence: re.Match[str]) -> int:
    mark, language = fence[1], fence[2]
    body: list[str] = []
    for number in range(at + 1, len(lines)):
        bare = lines[number].lstrip(" \t>")
        if bare.startswith(mark) and not bare.strip(mark[0] + " \t"):
            scan.add_block(language, body, at + 2)
            return number + 1
        body.append(lines[number])
    scan.add_block(language, body, at + 2)
    return len(lines)


def _take_until(
    scan: _Scan, lines: list[str], at: int, *, language: str, end: re.Pattern[str]
) -> int:
    for number in range(at + 1, len(lines)):
        if end.match(lines[number]):
            scan.add_block(language, lines[at + 1 : number], at + 2)
            return number + 1
    return at + 1


def _take_pre(scan: _Scan, lines: list[str], at: int, pre: re.Match[str]) -> int:
    body = [lines[at][pre.end() :]]
    number = at
    while "</pre>" not in lines[number].casefold() and number + 1 < min(len(lines), at + 400):
        number += 1
        body.append(lines[number])
    scan.add_block("", [_TAGS.sub("", text) for text in body], at + 1)
    return number + 1


def _is_indented_code(scan: _Scan, lines: list[str], at: int) -> bool:
    depth = 2 if scan.suffix in {".rst", ".rest", ".rdoc"} else 4
    line = lines[at].expandtabs(4)
    if len(line) - len(line.lstrip()) < depth or not line.strip() or _LIST_ITEM.match(line):
        return False
    above = lines[at - 1].strip() if at else ""
    return not above or _UNDERLINE.match(above) is not None or _ATX.match(above) is not None


def _take_indented(scan: _Scan, lines: list[str], at: int) -> int:
    body = [lines[at]]
    number = at + 1
    while number < len(lines) and (not lines[number].strip() or _INDENTED.match(lines[number])):
        body.append(lines[number])
        number += 1
    if scan.suffix == ".rst":
        body = [line for line in body if not line.lstrip().startswith(":")]
    scan.add_block("", body, at + 1)
    return number


def _add_spans(scan: _Scan, line: str, number: int) -> None:
    """Record the code of one line; spans with only a line break between them form a group."""
    if len(line) > LINE_LIMIT:
        return
    pattern = _SPAN_BY_SUFFIX.get(scan.suffix, _SPAN)
    matches = list(pattern.finditer(line)) or list(_HTML_SPAN.finditer(line))
    groups: list[list[str]] = []
    end = -1
    for match in matches:
        between = line[end : match.start()] if end >= 0 else "x"
        if groups and "<br" in between and _BREAK.match(between):
            groups[-1].append(match[2].strip())
        else:
            groups.append([match[2].strip()])
        end = match.end()
    if groups:
        scan.blocks.append(
            CodeSpans(
                section=scan.headings,
                groups=tuple(tuple(group) for group in groups),
                line=number,
            )
        )
