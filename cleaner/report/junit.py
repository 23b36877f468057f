"""
JUnit XML, which nearly every build server shows: a suite a file, a failed case a finding.
"""

from __future__ import annotations

from cleaner.lines import Lines
from cleaner.model import Cleaned, Report
from cleaner.report import View
from cleaner.report.entries import Entry, left, name, title
from cleaner.report.terminal import elsewhere, places
from cleaner.report.visible import visible


def suites(report: Report, view: View | None = None) -> str:
    """Write a test suite for each file; a file in which nothing is left has one case, which passed."""
    view = view or View()
    parts = [_suite(cleaned, view) for cleaned in report.files]
    parts += [
        f' <testsuite name="{_xml(problem.path)}" tests="1" failures="0" errors="1">\n'
        f'  <testcase name="read" classname="{_xml(problem.path)}"><error message="{_xml(problem.message)}"/></testcase>\n'
        " </testsuite>\n"
        for problem in report.errors
    ]
    failures = sum(len(left(cleaned, view)) for cleaned in report.files)
    tests = sum(max(len(left(cleaned, view)), 1) for cleaned in report.files) + len(report.errors)
    head = f'<testsuites name="cleaner" tests="{tests}" failures="{failures}" errors="{len(report.errors)}">\n'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{"".join(parts)}</testsuites>\n'


def _suite(cleaned: Cleaned, view: View) -> str:
    found, path, lines = left(cleaned, view), _xml(name(cleaned)), Lines(cleaned.article.text)
    cases = [
        f'  <testcase name="{_xml(f"{e.finding.rule} {title(e.finding.rule)}")}" classname="{path}"'
        f' line="{lines.at(e.finding.span.start)[0]}">'
        f'<failure message="{_xml(e.finding.message)}">{_xml(_where(e, lines))}</failure></testcase>\n'
        for e in found
    ] or [f'  <testcase name="no repeats" classname="{path}"/>\n']
    count = f'tests="{len(cases)}" failures="{len(found)}" errors="0"'
    return f' <testsuite name="{path}" {count}>\n{"".join(cases)} </testsuite>\n'


def _where(entry: Entry, lines: Lines) -> str:
    also = [f"{place.path}, {elsewhere(place)}" for place in entry.finding.elsewhere]
    return "; ".join((f"line {places(entry.finding.span, lines)}", *also))


def _xml(text: str) -> str:
    # XML has no way to hold a control character, so what `visible` does is needed here, not only kind.
    shown = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return shown.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
