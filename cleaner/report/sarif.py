"""
SARIF 2.1.0, for code scanning: the finding on the copy that may go, the copy that stays beside it, and the fix.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cleaner.known import MEANT
from cleaner.lines import Lines
from cleaner.model import Cleaned, Finding, Place, Report, Span
from cleaner.report import View
from cleaner.report.entries import Entry, identified, name, title
from cleaner.report.json import text

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def dumps(report: Report, view: View | None = None) -> str:
    """
    Write open, suppressed and known findings as SARIF.

    Offsets are left out of regions: SARIF counts them in UTF-16 or code points as `columnKind` says, but of the file
    with its byte order mark or without it, which readers take differently. Lines and columns have no such doubt.
    """
    from cleaner import __version__

    results = [
        _result(mark, entry, cleaned, lines)
        for cleaned in report.files
        for lines in (Lines(cleaned.article.text),)
        for mark, entry in identified(cleaned, view or View())
        if entry.status in ("open", "suppressed", "baseline")
    ]
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    if any("baselineState" in result for result in results):
        for result in results:  # all of a run say it, or none does (3.27.24)
            result.setdefault("baselineState", "new")
    driver = {
        "name": "cleaner",
        "version": __version__,
        "rules": [{"id": rule, "name": title(rule), "shortDescription": {"text": title(rule)}} for rule in rules],
    }
    problems = [
        {
            "level": "error",
            "message": {"text": problem.message},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(problem.path)}}}],
        }
        for problem in report.errors
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not problems, "toolExecutionNotifications": problems}],
        "results": results,
    }
    return text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _result(mark: str, entry: Entry, cleaned: Cleaned, lines: Lines) -> dict[str, Any]:
    finding, uri = entry.finding, _uri(name(cleaned))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": "note" if finding.safety == "report" else "warning",
        "message": {"text": finding.message},
        "locations": [_location(uri, finding.span, lines)],
        "partialFingerprints": {"cleaner/v1": mark},
    }
    if finding.keeper is not None:
        stays = {
            "id": 1,
            **_location(uri, finding.keeper, lines),
            "message": {"text": finding.because or "the copy that stays"},
        }
        result["relatedLocations"] = [stays]
    elif finding.elsewhere:
        result["relatedLocations"] = [_elsewhere(number, place, finding) for number, place in enumerate(finding.elsewhere, 1)]
    if entry.mendable:
        replacements = [
            {
                "deletedRegion": _region(edit.span, lines),
                **({"insertedContent": {"text": edit.after}} if edit.after else {}),
            }
            for edit in finding.edits
        ]
        change = {"artifactLocation": {"uri": uri}, "replacements": replacements}
        result["fixes"] = [{"description": {"text": finding.message}, "artifactChanges": [change]}]
    if entry.status == "suppressed":
        kind = "external" if entry.reason.startswith(MEANT) else "inSource"
        result["suppressions"] = [{"kind": kind, **({"justification": entry.reason} if entry.reason else {})}]
    if entry.status == "baseline":
        result["baselineState"] = "unchanged"
    return result


def _elsewhere(number: int, place: Place, finding: Finding) -> dict[str, Any]:
    """Return a passage of another file: whole lines, as its text is not at hand to count columns in."""
    region = {"startLine": place.start_line, "endLine": place.end_line}
    return {
        "id": number,
        "physicalLocation": {"artifactLocation": {"uri": _uri(place.path)}, "region": region},
        "message": {"text": (finding.because if number == 1 else "") or "the same text"},
    }


def _location(uri: str, span: Span, lines: Lines) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": _region(span, lines)}}


def _region(span: Span, lines: Lines) -> dict[str, int]:
    # SARIF's end column is the one after the last character; an empty region is an insertion.
    line, column = lines.at(span.start)
    end_line, end_column = lines.at(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _uri(path: str) -> str:
    raw = path.encode("utf-8", "surrogateescape")
    return ("file://" if path.startswith("/") else "") + quote(raw, safe="/~-._")
