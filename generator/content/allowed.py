"""What HTML a repository's text may hold: GitHub's allowances, and little more.

Source: the allow-list of github/markup's pipeline (elements, attributes, schemes). Added here are
`video` with its sources, which GitHub itself makes, and `u`, `center` and `section`. `style`,
event handlers, forms and frames are in no list. `class` is, but the attribute filter lets only
the generator's own tokens through.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = _names(
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl"
    " dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt"
    " ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th"
    " thead time tr tt u ul var video wbr"
)

TAGS_DROPPED_WITH_CONTENT = _names("math object script style svg template")

_CELL = "abbr colspan headers rowspan scope valign width"

ATTRIBUTES = {
    tag: set(_names(names))
    for tag, names in {
        "*": "align aria-hidden aria-label class dir id lang name title",
        "a": "href",
        "blockquote": "cite",
        "col": "span",
        "colgroup": "span",
        "del": "cite datetime",
        "details": "open",
        "img": "alt height sizes src srcset width",
        "ins": "cite datetime",
        "li": "value",
        "ol": "reversed start type",
        "q": "cite",
        "source": "height media sizes src srcset type width",
        "td": _CELL,
        "th": _CELL,
        "time": "datetime",
        "video": "height loop muted playsinline poster src width",
    }.items()
}

SCHEMES = _names("ftp http https irc ircs mailto tel xmpp")
