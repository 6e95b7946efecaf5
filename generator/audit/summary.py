"""An audit's report as Markdown, for a comment on a pull request or the summary of a job.

What it quotes was written in a repository by whoever opened the pull request: a comment must not
mention people, load pictures or link anywhere because of it, so every quoted text is code.
"""

from __future__ import annotations

import re

from generator.audit.finding import AuditReport, Finding

_SHOWN = 20
_QUOTE_LIMIT = 160


def format_markdown(report: AuditReport) -> str:
    """Return a table of the scores by area and the first findings."""
    counts = f"{report.pages} pages, {report.links} links, {len(report.findings)} findings"
    scores = [f"| {area} | {score} |" for area, score in report.scores.items()]
    table = ["| Area | Score |", "|---|---:|", *scores, f"| **all** | **{report.score}** |"]
    return "\n".join([*table, "", counts + ".", *_findings(report.findings)])


def _findings(findings: tuple[Finding, ...]) -> list[str]:
    if not findings:
        return []
    shown = [
        f"- {finding.severity}: {_code(f'{finding.path}:{finding.line}')} {_code(finding.message)}"
        for finding in findings[:_SHOWN]
    ]
    hidden = len(findings) - len(shown)
    more = [f"- … and {hidden} more"] if hidden else []
    return ["", "<details><summary>Findings</summary>", "", *shown, *more, "", "</details>"]


def _code(text: str) -> str:
    """Return the text as a code span of one line, which nothing inside can end.

    CommonMark 0.31, "Code spans": the fence is longer than any run of backticks within.
    """
    line = " ".join(text.split())[:_QUOTE_LIMIT]
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"
