"""What an audit says: findings by area, and a score for each area."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """What a finding is about; each area has a score of its own."""

    LINKS = "links"
    HTML = "html"
    ACCESSIBILITY = "accessibility"
    SEO = "seo"
    WEIGHT = "weight"
    PRIVACY = "privacy"
    SECRETS = "secrets"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


# Points an error or a warning takes from its area's hundred, per page of the site that has one.
_COST = {Severity.ERROR: 50, Severity.WARNING: 15}
# One of these is never outweighed by many clean pages.
_ALWAYS_FATAL = {Area.SECRETS, Area.PRIVACY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend. `path` is relative to the site, `line` counts from one, 0 if unknown."""

    area: Area
    rule: str
    severity: Severity
    message: str
    cure: str
    path: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """All findings of one site, in the order of its files."""

    pages: int
    files: int
    links: int
    findings: tuple[Finding, ...]

    @property
    def scores(self) -> dict[Area, int]:
        """Return 0..100 for each area: the mean over pages, or 0 for a leaked secret."""
        return {area: self._score(area) for area in Area}

    @property
    def score(self) -> int:
        """Return the lowest score: a site is as good as its worst area."""
        return min(self.scores.values())

    def _score(self, area: Area) -> int:
        found = [finding for finding in self.findings if finding.area is area]
        if any(finding.severity is Severity.ERROR for finding in found) and area in _ALWAYS_FATAL:
            return 0
        lost = sum(min(100, cost) for cost in _costs_by_page(found))
        return max(0, 100 - round(lost / max(1, self.pages) + (1 if lost else 0)))


def _costs_by_page(findings: Iterable[Finding]) -> list[int]:
    costs: dict[str, int] = {}
    for finding in findings:
        costs[finding.path] = costs.get(finding.path, 0) + _COST[finding.severity]
    return list(costs.values())
