"""The small files beside the pages: sitemap, robots, llms.txt, Markdown twins, host files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from generator.model.output import OutputFile
from generator.model.page import Page, PageKind
from generator.model.serving import CACHE_RULES, SECURITY_HEADERS
from generator.render.metadata import absolute


def make_sitemap(pages: Iterable[Page], site_url: str) -> OutputFile:
    """Return `sitemap.xml` of the pages meant for readers. Format: https://www.sitemaps.org/."""
    entries = []
    for page in pages:
        if page.is_indexed:
            modified = f"<lastmod>{page.modified_at}</lastmod>" if page.modified_at else ""
            address = escape(absolute(site_url, page.place.url) or "")
            entries.append(f"<url><loc>{address}</loc>{modified}</url>\n")
    body = "".join(entries)
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n'
    )
    return OutputFile(path="sitemap.xml", content=text.encode())


def make_robots(site_url: str | None) -> OutputFile:
    """Return `robots.txt`: everything may be read; the sitemap where its address is known."""
    sitemap = f"Sitemap: {site_url}sitemap.xml\n" if site_url else ""
    return OutputFile(path="robots.txt", content=f"User-agent: *\nAllow: /\n{sitemap}".encode())


def make_llms(
    pages: Sequence[Page], *, name: str, pitch: str | None, site_url: str | None
) -> OutputFile:
    """Return `llms.txt`: the site's pages as Markdown links to their twins. https://llmstxt.org/"""
    docs = [page for page in pages if page.markdown is not None and _is_doc(page)]
    rest = [page for page in pages if page.markdown is not None and not _is_doc(page)]
    summary = f"> {pitch}\n\n" if pitch else ""
    text = f"# {name}\n\n{summary}{_links('Docs', docs, site_url)}{_links('More', rest, site_url)}"
    return OutputFile(path="llms.txt", content=text.encode("utf-8", "replace"))


def make_twins(pages: Iterable[Page]) -> Iterable[OutputFile]:
    """Yield the Markdown twin of each page that has a text: `docs/start/index.md`."""
    for page in pages:
        if page.markdown is not None:
            text = page.markdown if page.markdown.endswith("\n") else f"{page.markdown}\n"
            yield OutputFile(path=twin_path(page), content=text.encode("utf-8", "replace"))


def twin_path(page: Page) -> str:
    return f"{page.place.url}index.md"


def make_site_proof(site_key: str) -> OutputFile:
    """Return `foursite-site.txt`, by which a service sees that the site's owner named its key."""
    return OutputFile(path="foursite-site.txt", content=f"{site_key}\n".encode())


def make_host_files() -> tuple[OutputFile, ...]:
    """Return `_headers` for hosts that read it, and `.nojekyll` for the one that needs it.

    Files with a hash in their name never change; pages are asked for again each time.
    """
    lines = ["/*"]
    lines += [f"  {name}: {value}" for name, value in SECURITY_HEADERS.items()]
    for start, value in CACHE_RULES:
        if start:  # a later rule would be added to an earlier one, not take its place
            lines += [f"/{start}*", "  ! Cache-Control"]
        lines.append(f"  Cache-Control: {value}")
    headers = "\n".join(lines) + "\n"
    return (
        OutputFile(path="_headers", content=headers.encode()),
        OutputFile(path=".nojekyll", content=b""),
    )


def _is_doc(page: Page) -> bool:
    return page.place.kind in {PageKind.HOME, PageKind.DOC}


def _links(title: str, pages: Sequence[Page], site_url: str | None) -> str:
    if not pages:
        return ""
    lines = []
    for page in pages:
        address = absolute(site_url, twin_path(page)) or twin_path(page)
        note = f": {page.description}" if page.description else ""
        lines.append(f"- [{_plain(page.title)}]({address}){note}\n")
    return f"## {title}\n\n{''.join(lines)}\n"


def _plain(title: str) -> str:
    return title.replace("[", "(").replace("]", ")").replace("\n", " ")
