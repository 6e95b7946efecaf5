"""An audit's report for people, for programs, for code scanning, and for a workflow's log."""

from __future__ import annotations

from typing import Any

import msgspec

from generator.audit.finding import AuditReport, Finding, Severity
from generator.audit.summary import format_markdown

_SHOWN = 60


def format_report(report: AuditReport, kind: str) -> str:
    """Return the report as `text`, `json`, `sarif`, `github` or `markdown`."""
    if kind == "json":
        return _json(
            {
                "score": report.score,
                "scores": report.scores,
                "pages": report.pages,
                "files": report.files,
                "links": report.links,
                "findings": report.findings,
            }
        )
    if kind == "sarif":
        return _json(_sarif(report))
    if kind == "markdown":
        return format_markdown(report)
    if kind == "github":
        return "\n".join(_annotation(finding) for finding in report.findings)
    return _text(report)


def _text(report: AuditReport) -> str:
    lines = [
        f"{finding.path}:{finding.line}: {finding.severity}: {finding.message} "
        f"[{finding.rule}]\n    {finding.cure}"
        for finding in report.findings[:_SHOWN]
    ]
    if len(report.findings) > _SHOWN:
        lines.append(f"… and {len(report.findings) - _SHOWN} more; --json shows all.")
    lines += [f"{area:<14}{score:>4}" for area, score in report.scores.items()]
    counts = f"{report.pages} pages, {report.links} links, {len(report.findings)} findings"
    return "\n".join([*lines, f"{'score':<14}{report.score:>4}   {counts}"])


def _annotation(finding: Finding) -> str:
    """Return a workflow command: docs.github.com, "Workflow commands", error and warning."""
    message = f"{finding.message} {finding.cure}"
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    place = f"file={_property(finding.path)},line={max(1, finding.line)}"
    return f"::{finding.severity} {place},title={_property(finding.rule)}::{escaped}"


def _property(value: str) -> str:
    escaped = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C")


def _sarif(report: AuditReport) -> dict[str, Any]:
    """Return SARIF 2.1.0: one run, a rule for each kind of finding."""
    rules = {finding.rule: finding for finding in report.findings}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "4site audit",
                        "rules": [
                            {
                                "id": rule,
                                "shortDescription": {"text": rule.replace("-", " ")},
                                "help": {"text": rules[rule].cure},
                            }
                            for rule in sorted(rules)
                        ],
                    }
                },
                "results": [_result(finding) for finding in report.findings],
            }
        ],
    }


def _result(finding: Finding) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "level": "error" if finding.severity is Severity.ERROR else "warning",
        "message": {"text": f"{finding.message} {finding.cure}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": finding.path},
                    "region": {"startLine": max(1, finding.line)},
                }
            }
        ],
    }


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
