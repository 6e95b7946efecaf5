"""MDX made readable as Markdown: its code goes, the text inside its components stays."""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})")
_STATEMENT = re.compile(r"(?:import|export)\s")
_COMMENT = re.compile(r"\{/\*[\s\S]*?\*/\}")
# JSX components are named in upper case (`<Tabs>`) or with a dot (`<Tabs.Item>`), or have no name.
_COMPONENT = re.compile(r"</?(?:[A-Z][\w.]*|[a-z]+\.[\w.]+)?(?:\s[^<>`]*)?/?>")
_TITLE = re.compile(r"\s(?:title|label)=[\"']([^\"'<>]{1,200})[\"']")


def read_mdx(text: str) -> str:
    """Return Markdown without MDX's imports, exports, comments and component tags."""
    parts: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opening = _FENCE.match(line)
        if fence:
            parts.append(line)
            if opening and opening[1].startswith(fence) and line.strip() == opening[1]:
                fence = ""
        elif opening:
            parts += (*_read_prose(prose), line)
            prose, fence = [], opening[1]
        else:
            prose.append(line)
    return "\n".join([*parts, *_read_prose(prose)])


def _read_prose(lines: list[str]) -> list[str]:
    """Return what stands between code blocks, readable, as lines."""
    if not lines:
        return []
    text = _COMMENT.sub("", _drop_statements("\n".join(lines)))
    return [_COMPONENT.sub(_keep_title, text)]


def _drop_statements(text: str) -> str:
    """Drop each `import` or `export` that begins a paragraph, to the paragraph's end."""
    kept: list[str] = []
    is_statement = False
    previous = ""
    for line in text.split("\n"):
        if not line.strip():
            is_statement = False
        elif not previous.strip() and _STATEMENT.match(line):
            is_statement = True
        if not is_statement:
            kept.append(line)
        previous = line
    return "\n".join(kept)


def _keep_title(match: re.Match[str]) -> str:
    """Return the title that a component would have shown, as bold text."""
    title = _TITLE.search(match[0])
    return f"\n\n**{title[1]}**\n\n" if title and match[0].startswith("<") else ""
