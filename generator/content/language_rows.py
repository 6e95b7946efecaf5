"""Rows that lead to a README's translations: the site has a switcher of its own."""

from __future__ import annotations

import re

from generator.content.block_tree import links, take, take_lines
from generator.content.html_tree import Element, Node, squeeze

# As READMEs name languages: in the language itself, in English, or by a code.
_NAMES = """
    english | chinese | simplified chinese | traditional chinese | 中文 | 简体中文 | 繁體中文
    | 繁体中文 | 简中 | 繁中 | 正體中文 | 中文版 | 简体 | 繁體
    | 日本語 | 日文 | japanese | 한국어 | korean | 韩文
    | español | spanish | castellano | français | french | deutsch | german | português
    | portuguese | português (brasil) | português do brasil | brazilian portuguese | русский
    | russian | italiano | italian | polski | polish | türkçe | turkish | tiếng việt
    | vietnamese | العربية | عربي | arabic | فارسی | persian | farsi | हिन्दी | हिंदी | hindi
    | bahasa indonesia | indonesian | indonesia | українська | ukrainian | nederlands | dutch
    | svenska | swedish | čeština | česky | czech | magyar | hungarian | suomi | finnish
    | dansk | danish | norsk | norwegian | ไทย | thai | ελληνικά | greek | עברית | hebrew
    | română | romanian | català | catalan | malayalam | മലയാളം | bengali | বাংলা | schwizerdütsch
    | lang german | azərbaycan | ქართული | български | slovenčina | српски | hrvatski | esperanto
    | en | zh | zh-cn | zh-tw | ja | jp | ko | kr | es | fr | de | pt | pt-br | ru | it | pl | tr
    | vi | ar | fa | hi | id | uk | nl | sv | cs
"""
_LANGUAGES = frozenset(name.strip() for name in _NAMES.casefold().split("|"))
_NOISE = re.compile(
    r"\b(?:readme|version|docs?|documentation|translation|translated|in)\b|[^\w\s()-]",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?:\W*(?:read (?:this|me|it)|this|document|in|other|also|available|translations?|languages?"
    r"|is|lang|\d+)\b)+\W*|[^\w]*",
    re.IGNORECASE,
)
_ROWS = frozenset(("p", "div", "ul", "details", "blockquote"))
_LENGTH_LIMIT = 1500
_DIVIDERS = re.compile(r"[|•·,/\[\]◦︱:：-]+|\s{2,}")


def drop_language_rows(head: list[Element]) -> None:
    """Remove the row that leads to this README in other languages; the site has a switcher.

    Only where its links lead to pages of the site: then the translations are there.
    """
    for leaf in head:
        if leaf.tag not in _ROWS or len(leaf.text) > _LENGTH_LIMIT:
            continue
        if _is_switcher(leaf.children):
            take(leaf)
        elif leaf.tag in {"p", "div"}:
            take_lines(leaf, _is_switcher)


def _is_switcher(nodes: list[Node]) -> bool:
    found = [link for node in nodes if isinstance(node, Element) for link in links(node)]
    names = [_name_of(link) for link in found]
    # In a long row a language may go by a name that is not in the list.
    known = sum(map(_is_language, names))
    is_row = bool(found) and known >= max(1, len(found) * 2 // 3)
    return is_row and all(map(_is_own, found)) and _has_no_more(nodes, names)


def _name_of(link: Element) -> str:
    """Return a link's words, or the description of the flag it shows."""
    flags = (image.attributes.get("alt", "") for image in link.find_all("img"))
    return link.text or next(flags, "")


def _is_own(link: Element) -> bool:
    """Whether the link leads to a page of the site: those are relative."""
    return not re.match(r"[a-z][a-z0-9+.-]*:|//", link.attributes["href"], re.IGNORECASE)


def _is_language(name: str) -> bool:
    bare = squeeze(_NOISE.sub(" ", name)).casefold().strip(" -")
    return bare in _LANGUAGES or re.sub(r"\s*\(.*\)$", "", bare) in _LANGUAGES


def _has_no_more(nodes: list[Node], names: list[str]) -> bool:
    """Whether the row's other words only introduce it, or name the language being read."""
    rest = squeeze(" ".join(node if isinstance(node, str) else node.text for node in nodes))
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, " ", 1)
    words = (squeeze(word) for word in _DIVIDERS.split(rest))
    return all(_is_language(word) or bool(_LEADS.fullmatch(word)) for word in words)
