"""READMEs in other languages: what a file's name says about the language it is written in."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from generator.model.files import FileTree

FOLDERS = (
    "",
    ".github",
    "docs",
    "doc",
    "i18n",
    "docs/i18n",
    "doc/i18n",
    ".github/i18n",
    "translations",
    "docs/translations",
    "locales",
    "lang",
    "readme",
    "readmes",
    "docs/readme",
    "docs/readmes",
)
"""Where projects keep translated READMEs; a README deeper down speaks about its own folder."""

_NAME = re.compile(
    r"^readme[._-](?P<tag>[a-z]{2,12}(?:[._-][a-z0-9]{2,4}){0,2})"
    r"\.(?:md|markdown|mdown|mkd|rst|adoc|asciidoc|org|textile|txt)$",
    re.IGNORECASE,
)

# ISO 639-1 without the codes that name a technology far more often than a language
# (README.ts.md, README.ng.md, README.os.md), and the three-letter codes met in practice.
_LANGUAGE_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo bs ca ce ch co cr cs cv cy da de dv
    dz el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz id ig ik
    is it iu ja jv ka kg ki kk kl km kn ko ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk
    ml mn mr ms mt my na nb nd ne nl nn no nr nv ny oc oj om or pa pi pl ps pt qu rm ro ru rw sa sc
    sd sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr tt ty ug uk ur uz ve
    vi wa wo xh yi yo za zh zu fil ckb yue kab hsb ast kmr tzm gsw haw
"""
_CODES = frozenset(_LANGUAGE_CODES.split())

# What people write instead of a language code: a country, a name, a shorthand.
_ALIASES = {
    "br": "pt-BR",
    "ptbr": "pt-BR",
    "ptpt": "pt-PT",
    "cn": "zh-CN",
    "chs": "zh-CN",
    "zhs": "zh-CN",
    "zhcn": "zh-CN",
    "cht": "zh-TW",
    "zht": "zh-TW",
    "zhtw": "zh-TW",
    "tw": "zh-TW",
    "hk": "zh-HK",
    "zhhk": "zh-HK",
    "hans": "zh-Hans",
    "hant": "zh-Hant",
    "kr": "ko",
    "kor": "ko",
    "jp": "ja",
    "jpn": "ja",
    "ua": "uk",
    "gr": "el",
    "vn": "vi",
    "cz": "cs",
    "dk": "da",
    "se": "sv",
    "ir": "fa",
    "eng": "en",
    "esp": "es",
    "fra": "fr",
    "deu": "de",
    "ger": "de",
    "ita": "it",
    "rus": "ru",
    "tur": "tr",
    "arabic": "ar",
    "bengali": "bn",
    "chinese": "zh",
    "czech": "cs",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "deutsch": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "espanol": "es",
    "swedish": "sv",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "vietnamese": "vi",
}


def read_language_tag(text: str) -> str | None:
    """Return the BCP 47 tag that `zh_cn`, `PTBR` or `kr` stands for, None when none."""
    parts = re.split(r"[._-]", text.casefold())
    first, rest = parts[0], parts[1:]
    if not rest and first in _ALIASES:
        return _ALIASES[first]
    if first not in _CODES or not all(_is_subtag(part) for part in rest):
        return None
    return "-".join([first, *(_spell_subtag(part) for part in rest)])


def find_translations(files: FileTree, *, readme: str | None) -> tuple[tuple[str, str], ...]:
    """Return pairs of language tag and README path, one a language, in the order of the tags."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(files.sizes):
        tag = _tag_of(path)
        if tag is None or path == readme:
            continue
        rank = FOLDERS.index(_folder_of(path))
        if tag not in found or (rank, path) < found[tag]:
            found[tag] = (rank, path)
    return tuple((tag, path) for tag, (_, path) in sorted(found.items()))


def _tag_of(path: str) -> str | None:
    if _folder_of(path) not in FOLDERS:
        return None
    match = _NAME.match(PurePosixPath(path).name)
    return read_language_tag(match["tag"]) if match else None


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0].casefold()


def _is_subtag(part: str) -> bool:
    """A region (two letters, three digits) or a script (four letters)."""
    return (part.isalpha() and len(part) in {2, 4}) or (part.isdigit() and len(part) == 3)


def _spell_subtag(part: str) -> str:
    return part.title() if len(part) == 4 else part.upper()
