"""What machines read about a page: JSON-LD of the right type, and absolute addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from markupsafe import Markup

from generator.model.page import Page, PageKind

_SCRIPT_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def absolute(site_url: str | None, url: str) -> str | None:
    """Return a site URL as an absolute one, percent-encoded; None without the site's address."""
    return None if site_url is None else site_url + quote(url, safe="/#?=&;,:+@~")


def json_ld(page: Page, facts: dict[str, Any]) -> Markup:
    """Return the page's JSON-LD, safe inside a script element.

    `facts` are the frame's: name, pitch, url, repository_url, license_name, version, logo.
    Types: https://schema.org/SoftwareSourceCode, TechArticle, BreadcrumbList.
    """
    site_url = facts.get("url")
    own = absolute(site_url, page.place.url)
    if page.place.kind is PageKind.HOME:
        node = {
            "@type": "SoftwareSourceCode",
            "name": facts["name"],
            "description": page.description or None,
            "url": own,
            "codeRepository": facts.get("repository_url"),
            "license": facts.get("license_name"),
            "version": facts.get("version"),
            "inLanguage": page.place.language or facts["language"],
        }
    else:
        is_article = page.place.kind in {PageKind.DOC, PageKind.PAPER}
        node = {
            "@type": "TechArticle" if is_article else "WebPage",
            "name": page.title,
            "headline": page.title if is_article else None,
            "description": page.description or None,
            "url": own,
            "dateModified": page.modified_at,
            "isPartOf": {"@type": "WebSite", "name": facts["name"], "url": site_url},
            "breadcrumb": _breadcrumb(page, facts) if site_url else None,
        }
    text = msgspec.json.encode(_without_none({"@context": "https://schema.org", **node})).decode()
    return Markup(text.translate(_SCRIPT_ESCAPES))  # noqa: S704  no `<` can be left in it


def _breadcrumb(page: Page, facts: dict[str, Any]) -> dict[str, Any]:
    steps = [(facts["name"], ""), *((link.label, link.url) for link in page.breadcrumbs)]
    steps.append((page.title, page.place.url))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": label,
                "item": absolute(facts["url"], url),
            }
            for position, (label, url) in enumerate(steps, start=1)
        ],
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return value
