"""
GitLab's code quality report.
"""

from __future__ import annotations

import json

from cleaner.lines import Lines
from cleaner.model import Report
from cleaner.report import View
from cleaner.report.entries import identified, name
from cleaner.report.visible import visible


def dumps(report: Report, view: View | None = None) -> str:
    """Write each open finding as an issue; the fingerprint lets GitLab tell a new one from an old one that moved."""
    issues = []
    for cleaned in report.files:
        lines = Lines(cleaned.article.text)
        for mark, entry in identified(cleaned, view or View()):
            if entry.status == "open":
                first, _, last, _ = lines.of(entry.finding.span)
                issues.append(
                    {
                        "description": f"{entry.finding.rule}: {visible(entry.finding.message)}",
                        "check_name": entry.finding.rule,
                        "fingerprint": mark,
                        "severity": "minor",
                        "location": {"path": visible(name(cleaned)), "lines": {"begin": first, "end": last}},
                    }
                )
    return json.dumps(issues, indent=1) + "\n"
