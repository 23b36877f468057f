"""
Workflow commands: GitHub shows each finding at its line in a pull request.
"""

from __future__ import annotations

from cleaner.lines import Lines
from cleaner.model import Report
from cleaner.report import View
from cleaner.report.entries import left, name, title
from cleaner.report.visible import visible


def commands(report: Report, view: View | None = None) -> str:
    """Write a `::warning` for each open finding, and an `::error` for each input that could not be handled."""
    view = view or View()
    rows: list[str] = []
    for cleaned in report.files:
        lines = Lines(cleaned.article.text)
        for entry in left(cleaned, view):
            finding = entry.finding
            line, column, end_line, end_column = lines.of(finding.span)
            place = f"file={_property(name(cleaned))},line={line},endLine={end_line}"
            if line == end_line:  # GitHub shows columns only where a finding stays in one line
                place += f",col={column},endColumn={end_column}"
            head = _property(f"{finding.rule} {title(finding.rule)}")
            rows.append(f"::warning title={head},{place}::{_data(finding.message)}")
    rows += [f"::error file={_property(problem.path)}::{_data(problem.message)}" for problem in report.errors]
    return "".join(row + "\n" for row in rows)


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    # A name with a line feed in it has to reach GitHub whole, so it is encoded before the rest is made visible.
    whole = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(whole.replace(":", "%3A").replace(",", "%2C"))
