"""The whole audit of a folder, from its files alone."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from generator.audit.finding import AuditReport
from generator.audit.links import check_links, count_links
from generator.audit.markup import check_markup
from generator.audit.privacy import check_privacy, check_secrets
from generator.audit.site import read_site
from generator.audit.weight import check_weight
from generator.errors import SourceMissing


def audit_folder(folder: Path) -> AuditReport:
    """Return what is wrong with the site in `folder`. Raises SourceMissing when there is none."""
    if not folder.is_dir():
        raise SourceMissing(f"No site in {folder}.", hint="Build one first: 4site build")
    site = read_site(folder)
    if not site.pages:
        raise SourceMissing(f"{folder} holds no HTML page.", hint="Build one first: 4site build")
    checks = (check_links, check_markup, check_weight, check_privacy, check_secrets)
    findings = chain.from_iterable(check(site) for check in checks)
    return AuditReport(
        pages=len(site.pages),
        files=len(site.sizes),
        links=count_links(site),
        findings=tuple(sorted(findings, key=lambda found: (found.path, found.line, found.rule))),
    )
