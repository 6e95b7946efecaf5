"""Links: every address inside the site leads to a file, every anchor to an id."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from generator.audit.finding import Area, Finding, Severity
from generator.audit.site import PageFile, Reference, SiteFiles

# A browser scrolls to the top for these, whether or not an id has that name.
_TOP = {"", "top"}


def check_links(site: SiteFiles) -> Iterator[Finding]:
    """Yield a finding for each internal link, picture or anchor that leads nowhere."""
    anchors = {path: frozenset(page.ids) for path, page in site.pages.items()}
    for page in site.pages.values():
        for reference in page.references():
            problem = _problem(site, anchors, page, reference)
            if problem:
                yield problem


def count_links(site: SiteFiles) -> int:
    return sum(1 for page in site.pages.values() for _ in page.references())


def _problem(
    site: SiteFiles, anchors: dict[str, frozenset[str]], page: PageFile, reference: Reference
) -> Finding | None:
    split = urlsplit(reference.url)
    if split.scheme or split.netloc:
        return None
    target = _target(page.path, split.path)
    # The not-found page is shown anywhere, so with a known address its links begin at the root.
    if target is None or (target not in site.sizes and page.path != "404.html"):
        rule = "asset-missing" if reference.is_loaded else "link-broken"
        return _finding(page, reference, rule, f"{reference.url} leads to no file of the site.")
    fragment = unquote(split.fragment)
    is_page = target in anchors and not reference.is_loaded
    if is_page and fragment not in _TOP and fragment not in anchors[target]:
        return _finding(page, reference, "anchor-missing", f"{reference.url} leads to no id.")
    return None


def _target(page: str, path: str) -> str | None:
    """Return the file that a relative address means, None when it leaves the site."""
    if not path:
        return page
    base = "" if path.startswith("/") else posixpath.dirname(page)
    joined = posixpath.normpath(posixpath.join(base, unquote(path).lstrip("/")))
    if joined == ".." or joined.startswith("../"):
        return None
    if path.endswith("/") or joined == ".":
        return "index.html" if joined == "." else f"{joined}/index.html"
    return joined


def _finding(page: PageFile, reference: Reference, rule: str, message: str) -> Finding:
    return Finding(
        area=Area.LINKS,
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        cure="Correct the link, or add what it leads to.",
        path=page.path,
        line=reference.line,
    )
