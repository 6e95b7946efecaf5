"""Whole tags of sanitised HTML, where one attribute alone could not be decided.

Anchors become unique ids, alignment becomes classes (a page may not carry inline styles, and the
old attributes are no valid HTML), pictures get sizes or give way to a link, tables can scroll.
"""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from generator.content.attributes import AttributeFilter

# nh3 writes attributes as ` name="value"` with `<`, `>`, `"` and `&` escaped, and text with `<` and
# `>` escaped: what looks like a tag is one. The private-use characters can only be a signature.
_TAG = re.compile(
    r"<(/?)(a|img|source|video|table|details|center|tt|strike)((?: [^<>]*)?)>"
    r"|<()([a-z][a-z0-9]*)( [^<>\ue000-\uefff]*[\ue000-\uefff][^<>]*)>"
)
_ATTRIBUTE = re.compile(r' ([a-z][a-z\-]*)="([^"]*)"')
_ANY_TAG = re.compile(r"<[^<>]*>")
_EMPTY_PICTURE = re.compile(r"<picture>(?>(?:(?!</picture>|<img )[\s\S])*)</picture>")
_HEADER_CELL = re.compile(r"<th[ >][\s\S]*?</th>")
_RENAMED = {"center": "div", "tt": "code", "strike": "s"}
_WIDTHS = (10, 15, 20, 25, 30, 33, 40, 45, 50, 55, 60, 66, 70, 75, 80, 85, 90, 100)
_LONGEST_LABEL = 80


class TagFinisher:
    """Rewrites the tags of one text from its start to its end."""

    def __init__(self, attributes: AttributeFilter, *, taken: set[str]) -> None:
        """`taken` are the ids that headings have; it grows by those of the text."""
        self._sign = attributes.sign
        self._sizes = attributes.sizes
        self._taken = taken
        self._out: list[str] = []
        self._link_start: int | None = None
        self._bare_picture: int | None = None
        self._lost_pictures = False
        self._open_links: list[bool] = []

    def finish(self, html: str) -> str:
        """Return the HTML with every tag as the page shows it."""
        done = 0
        for match in _TAG.finditer(html):
            self._out.append(html[done : match.start()])
            self._out.append(self._close(match[2]) if match[1] else self._open(match, html))
            done = match.end()
        self._out.append(html[done:])
        text = "".join(self._out)
        return _EMPTY_PICTURE.sub(_keep_links, text) if self._lost_pictures else text

    def _open(self, match: re.Match[str], html: str) -> str:
        tag: str = match[2] or match[5]
        attributes = dict(_ATTRIBUTE.findall(match[3] or match[6] or ""))
        self._settle(tag, attributes)
        match tag:
            case "img":
                return self._picture(attributes)
            case "source" if "src" not in attributes and "srcset" not in attributes:
                return ""
            case "a":
                return self._open_link(attributes)
            case "video":
                attributes |= {"controls": "", "preload": "metadata"}
            case "details" if not _has_summary(html, match.end()):
                return _write("details", attributes) + "<summary>Details</summary>"
            case "table":
                label = _table_label(html, match.end())
                return (
                    f'<div class="table-scroll" role="group" aria-label="{label}" tabindex="0">'
                    + _write("table", attributes)
                )
        return _write(_RENAMED.get(tag, tag), attributes)

    def _open_link(self, attributes: dict[str, str]) -> str:
        """Write a link unless it says nothing, or stands in another (as a heading's may)."""
        is_shown = bool(attributes) and not any(self._open_links)
        self._open_links.append(is_shown)
        if not is_shown:
            return ""
        self._link_start = len(self._out) if "href" in attributes else None
        self._bare_picture = None
        return _write("a", attributes)

    def _close(self, tag: str) -> str:
        if tag == "a":
            if not (self._open_links and self._open_links.pop()):
                return ""
            self._name_link()
            return "</a>"
        return f"</{_RENAMED.get(tag, tag)}>" + ("</div>" if tag == "table" else "")

    def _settle(self, tag: str, attributes: dict[str, str]) -> None:
        """Turn signed values, and the old presentational attributes, into ids and classes."""
        classes = ["align-center"] if tag == "center" else []
        for name in ("id", "name", "align", "valign", "width", "height"):
            if attributes.get(name, "").startswith(self._sign):
                value = attributes.pop(name).removeprefix(self._sign)
                if name in {"id", "name"}:
                    self._anchor(value, attributes)
                elif name == "width":
                    classes.append(_width_class(int(value)))
                elif name != "height":
                    classes.append(f"{name}-{value}")
        if classes:
            attributes["class"] = " ".join(classes)

    def _anchor(self, value: str, attributes: dict[str, str]) -> None:
        if value not in self._taken and "id" not in attributes:
            self._taken.add(value)
            attributes["id"] = value

    def _picture(self, attributes: dict[str, str]) -> str:
        source = attributes.get("src", self._sign)
        if source.startswith(self._sign):
            return self._instead(source.removeprefix(self._sign), attributes)
        self._give_size(attributes)
        attributes.setdefault("alt", "")
        if self._link_start is not None and not attributes["alt"]:
            self._bare_picture = len(self._out)
        return _write("img", attributes | {"loading": "lazy", "decoding": "async"})

    def _instead(self, target: str, attributes: dict[str, str]) -> str:
        """Return what stands in for a picture that only a third party could show."""
        self._lost_pictures = True
        text = attributes.get("alt", "").strip() or _file_name(target)
        if not target:
            return text
        if self._link_start is not None:
            return f'<span class="image-text" data-src="{target}">{text}</span>'
        return f'<a class="image-link" href="{target}">{text}</a>'

    def _give_size(self, attributes: dict[str, str]) -> None:
        """Complete width and height, in the picture's proportions, so that nothing moves later."""
        size = self._sizes.get(unescape(attributes["src"]))
        width, height = attributes.get("width"), attributes.get("height")
        if size is None or not all(size) or (width and height):
            return
        if width:
            attributes["height"] = str(max(1, round(int(width) * size[1] / size[0])))
        elif height:
            attributes["width"] = str(max(1, round(int(height) * size[0] / size[1])))
        else:
            attributes["width"], attributes["height"] = map(str, size)

    def _name_link(self) -> None:
        """Give a link that holds only a picture without description the file's name to go by."""
        start, picture = self._link_start, self._bare_picture
        self._link_start = self._bare_picture = None
        if start is None or picture is None:
            return
        if _ANY_TAG.sub("", "".join(self._out[start:])).strip():
            return
        tag = self._out[picture]
        source = dict(_ATTRIBUTE.findall(tag)).get("src", "")
        self._out[picture] = tag.replace(' alt=""', f' alt="{_file_name(source)}"', 1)


def _width_class(percent: int) -> str:
    return f"width-{min(_WIDTHS, key=lambda width: abs(width - percent))}"


def _write(tag: str, attributes: dict[str, str]) -> str:
    pairs = "".join([f' {name}="{value}"' for name, value in attributes.items()])
    return f"<{tag}{pairs}>"


def _keep_links(match: re.Match[str]) -> str:
    """Return what a `<picture>` holds that has no picture left."""
    return match[0].removeprefix("<picture>").removesuffix("</picture>").strip()


def _file_name(target: str) -> str:
    """Return a few words for a picture nobody described; `target` and the result are escaped."""
    name = PurePosixPath(unquote(urlsplit(unescape(target)).path)).stem
    return escape(name.replace("-", " ").replace("_", " ").strip()) or "image"


def _has_summary(html: str, start: int) -> bool:
    """Tell whether a summary comes before the end; without one browsers show a word of theirs."""
    return html.find("<summary", start, html.find("</details>", start)) >= 0


def _table_label(html: str, start: int) -> str:
    """Return a name for a table that may scroll: its column heads."""
    end = html.find("</tr>", start, start + 4000)
    row = html[start:end] if end > 0 else ""
    heads = [_ANY_TAG.sub("", cell).strip() for cell in _HEADER_CELL.findall(row)]
    label = ", ".join(" ".join(head.split()) for head in heads if head).replace('"', "&quot;")
    if not label or len(label) > _LONGEST_LABEL:
        return "Table"
    return f"Table: {label}"
