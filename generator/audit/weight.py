"""Weight: what a visitor's browser downloads to show one page."""

from __future__ import annotations

import gzip
import posixpath
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from generator.audit.finding import Area, Finding, Severity
from generator.audit.site import PageFile, SiteFiles

_HTML_LIMIT_BYTES = 150_000
_PICTURE_LIMIT_BYTES = 1_500_000
_SCRIPT_LIMIT_BYTES = 60_000
_SCRIPT_SUFFIXES = (".js", ".css")


def check_weight(site: SiteFiles) -> Iterator[Finding]:
    """Yield a finding for each page over the budget: HTML and scripts gzipped, pictures as are."""
    packed: dict[str, int] = {}
    for page in site.pages.values():
        html = len(gzip.compress(page.html.encode(), 6))
        if html > _HTML_LIMIT_BYTES:
            yield _finding(page, "html-heavy", f"{html // 1000} kB of HTML after gzip.",
                           "Split the text into several pages.")  # fmt: skip
        loaded = set(_loaded(site, page))
        scripts = sum(
            _packed_size(site, name, packed) for name in loaded if name.endswith(_SCRIPT_SUFFIXES)
        )
        if scripts > _SCRIPT_LIMIT_BYTES:
            yield _finding(page, "scripts-heavy", f"{scripts // 1000} kB of scripts and styles.",
                           "Leave out what the page does not use.")  # fmt: skip
        pictures = sum(site.sizes[name] for name in loaded if not name.endswith(_SCRIPT_SUFFIXES))
        if pictures > _PICTURE_LIMIT_BYTES:
            yield _finding(page, "pictures-heavy", f"{pictures / 1e6:.1f} MB of pictures.",
                           "Make them smaller; a recording can be a video.")  # fmt: skip


def _loaded(site: SiteFiles, page: PageFile) -> Iterator[str]:
    for reference in page.references():
        split = urlsplit(reference.url)
        if reference.is_loaded and not split.scheme and not split.netloc:
            folder = posixpath.dirname(page.path)
            name = posixpath.normpath(posixpath.join(folder, unquote(split.path).lstrip("/")))
            if name in site.sizes:
                yield name


def _packed_size(site: SiteFiles, name: str, packed: dict[str, int]) -> int:
    if name not in packed:
        packed[name] = len(gzip.compress((site.folder / name).read_bytes(), 6))
    return packed[name]


def _finding(page: PageFile, rule: str, message: str, cure: str) -> Finding:
    return Finding(
        area=Area.WEIGHT, rule=rule, severity=Severity.WARNING, message=message, cure=cure,
        path=page.path, line=1,
    )  # fmt: skip
