"""AsciiDoc's lines before they are read: attributes, conditions, comments, includes."""

from __future__ import annotations

import re

from generator.content.formats.asciidoc_inline import Inline

_ATTRIBUTE = re.compile(r":(!?[A-Za-z_][\w-]{0,60}!?):(?:\s+(.*))?$")
_CONDITION = re.compile(r"(ifdef|ifndef|ifeval|endif)::([^\[\]]{0,300})\[(.*)\]\s*$")
_INCLUDE = re.compile(r"include::([^\[\]\n]{1,500})\[[^\]\n]*\]\s*$")
_VERBATIM = re.compile(r"(-{4,}|\.{4,}|`{3,}|\+{4,}|/{4,})")


def read_source(text: str, inline: Inline) -> list[str]:
    """Return the lines that count, attributes stored in `inline`.

    Attributes are those of the whole document: a later value of a name wins only for lines that
    come after it when it is used in this pass, which is all that READMEs need.
    """
    lines: list[str] = []
    fence = ""
    conditions: list[bool] = []
    pending = ""
    for raw in text.split("\n"):
        line = raw.rstrip()
        if pending:
            pending = _continue_attribute(pending, line, inline)
            continue
        condition = None if fence else _CONDITION.match(line)
        if condition:
            _step(condition, conditions, inline, lines)
            continue
        if not all(conditions):
            continue
        mark = _VERBATIM.match(line)
        if mark and (line == fence or (not fence and (mark[0] == line or line[0] == "`"))):
            fence = "" if fence else mark[0]
        if not fence and line.startswith(":"):
            attribute = _ATTRIBUTE.match(line)
            if attribute:
                pending = _set_attribute(attribute, inline)
                continue
        include = None if fence else _INCLUDE.match(line)
        if include:
            line = f"link:{include[1]}[{include[1]}]"
        if fence or not line.startswith("//") or line.startswith("///"):
            lines.append(line)
    return lines


def _set_attribute(match: re.Match[str], inline: Inline) -> str:
    """Store an attribute; return its name when its value goes on in the next line."""
    name, value = match[1].lower(), match[2] or ""
    if "!" in name:
        inline.attributes.pop(name.strip("!"), None)
        return ""
    goes_on = value.endswith(" \\")
    inline.attributes[name] = inline.expand(value.removesuffix("\\").strip())[:4_000]
    return name if goes_on else ""


def _continue_attribute(name: str, line: str, inline: Inline) -> str:
    goes_on = line.endswith(" \\")
    more = inline.expand(line.removesuffix("\\").strip())
    inline.attributes[name] = f"{inline.attributes.get(name, '')} {more}"[:4_000]
    return name if goes_on else ""


def _step(match: re.Match[str], conditions: list[bool], inline: Inline, lines: list[str]) -> None:
    kind, names, content = match.groups()
    if kind == "endif":
        if conditions:
            conditions.pop()
        return
    wanted = [name.strip().lower() for name in re.split(r"[,+]", names)]
    found = [name in inline.attributes for name in wanted]
    is_met = all(found) if "+" in names else any(found)
    if kind == "ifndef":
        is_met = not is_met
    elif kind == "ifeval":
        is_met = True
    if content and kind != "ifeval":
        if is_met and all(conditions):
            attribute = _ATTRIBUTE.match(content)
            if attribute:
                _set_attribute(attribute, inline)
            else:
                lines.append(content)
    else:
        conditions.append(is_met)
