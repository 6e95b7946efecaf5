"""Markup: what a reader's software and a search engine need of each page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.audit.finding import Area, Finding, Severity
from generator.audit.site import PageFile, SiteFiles

_TITLE_LIMIT = 120


def check_markup(site: SiteFiles) -> Iterator[Finding]:
    """Yield findings on ids, language, titles, headings and text alternatives."""
    for page in site.pages.values():
        yield from _check_ids(page)
        yield from _check_structure(page)
        yield from _check_pictures(page)
        yield from _check_seo(page)


def _check_ids(page: PageFile) -> Iterator[Finding]:
    ids = [node.attributes.get("id") or "" for node in page.tree.css("[id]")]
    for name, count in Counter(ids).items():
        if count > 1:
            yield Finding(
                area=Area.HTML, rule="id-duplicate", severity=Severity.ERROR,
                message=f"The id {name!r} stands {count} times.",
                cure="Rename all but one: links and labels find only the first.",
                path=page.path, line=page.line_of(f'id="{name}"'),
            )  # fmt: skip


def _check_structure(page: PageFile) -> Iterator[Finding]:
    root = page.tree.css_first("html")
    if root is None or not root.attributes.get("lang"):
        yield _finding(page, Area.ACCESSIBILITY, "lang-missing", "The page names no language.",
                       "Set lang on the html element.")  # fmt: skip
    titles = len(page.tree.css("h1"))
    if titles != 1:
        yield _finding(page, Area.ACCESSIBILITY, "h1-count", f"The page has {titles} h1 headings.",
                       "Give it exactly one.", Severity.WARNING)  # fmt: skip
    if page.tree.css_first("main") is None:
        yield _finding(page, Area.ACCESSIBILITY, "main-missing", "The page has no main landmark.",
                       "Put its content into a main element.")  # fmt: skip


def _check_pictures(page: PageFile) -> Iterator[Finding]:
    for node in page.tree.css("img"):
        if "alt" not in node.attributes:
            source = node.attributes.get("src") or ""
            yield Finding(
                area=Area.ACCESSIBILITY, rule="alt-missing", severity=Severity.WARNING,
                message=f"The picture {source} has no text alternative.",
                cure='Say what it shows, or alt="" if it only decorates.',
                path=page.path, line=page.line_of(source),
            )  # fmt: skip


def _check_seo(page: PageFile) -> Iterator[Finding]:
    title = page.tree.css_first("title")
    text = title.text(strip=True) if title else ""
    if not text:
        yield _finding(page, Area.SEO, "title-missing", "The page has no title.",
                       "Give it one that names its subject.")  # fmt: skip
    elif len(text) > _TITLE_LIMIT:
        yield _finding(page, Area.SEO, "title-long", f"The title has {len(text)} characters.",
                       f"Keep it under {_TITLE_LIMIT}.", Severity.WARNING)  # fmt: skip
    if page.tree.css_first('meta[name="viewport"]') is None:
        yield _finding(page, Area.SEO, "viewport-missing", "The page sets no viewport.",
                       "Without one a phone shows it tiny.")  # fmt: skip


def _finding(  # noqa: PLR0913, PLR0917  the fields of one value
    page: PageFile,
    area: Area,
    rule: str,
    message: str,
    cure: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(
        area=area, rule=rule, severity=severity, message=message, cure=cure, path=page.path, line=1
    )
