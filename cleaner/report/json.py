"""
The report for programs: `cleaner.report/1`, whose schema lies beside this file and does not change its meaning.

It holds the edits themselves with the text they took away, so it is also what `cleaner undo` reads.
"""

from __future__ import annotations

import json
import re
from typing import Any

from cleaner.errors import EncodingError
from cleaner.lines import Lines
from cleaner.model import Article, Cleaned, Edit, Finding, Place, Report, Span
from cleaner.report import Output, View
from cleaner.report.entries import Entry, counts, identified, name, title, total

SCHEMA = "cleaner.report/1"

#: Valid in JSON, but not on a terminal, in a browser, or (the surrogates) in UTF-8: written as escapes.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def document(report: Report, view: View | None = None) -> dict[str, Any]:
    """
    Build the report as plain values.

    Args:
        report: What a run found.
        view: Whether the edits were carried out, where to, and whether to show what we would not bet on.

    Returns:
        A document that the published schema describes (`schema()`).
    """
    from cleaner import __version__

    view = view or View()
    return {
        "schema": SCHEMA,
        "version": __version__,
        "files": [_file(cleaned, view) for cleaned in report.files],
        "errors": [{**located(problem.path), "message": problem.message} for problem in report.errors],
        "summary": {**total(report, view), "seconds": round(report.seconds, 3)},
    }


def dumps(report: Report, view: View | None = None) -> str:
    """Write the report as one JSON document."""
    return text(document(report, view), indent=1) + "\n"


def one_a_line(report: Report, view: View | None = None) -> str:
    """Write one JSON object a line: a finding with its file's path, or an error."""
    whole = document(report, view)
    rows = [
        {**{key: file[key] for key in ("path", "path_bytes") if key in file}, **finding}
        for file in whole["files"]
        for finding in file["findings"]
    ]
    return "".join(text(row) + "\n" for row in [*rows, *whole["errors"]])


def schema() -> str:
    """Return the JSON Schema of `cleaner.report/1`."""
    from importlib.resources import files

    return files("cleaner.report").joinpath("schema/report-1.json").read_text(encoding="utf-8")


def text(value: object, indent: int | None = None) -> str:
    """Write plain values as JSON in which nothing can steer a terminal and everything is UTF-8."""
    plain = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", plain)


def _file(cleaned: Cleaned, view: View) -> dict[str, Any]:
    article, lines = cleaned.article, Lines(cleaned.article.text)
    findings = [_finding(mark, entry, cleaned, lines) for mark, entry in identified(cleaned, view)]
    output = view.outputs.get(article.origin.path)
    return {
        **located(name(cleaned)),
        "format": article.format,
        "profile": cleaned.profile,
        "language": cleaned.language,
        "encoding": article.origin.encoding,
        "bom": article.origin.bom.hex(),
        "sha256": article.origin.sha256,
        "sha256_after": _digest_after(cleaned, view, output),
        **({"output": _output(output)} if output else {}),
        "blocks": counts(cleaned).blocks,
        "skipped_blocks": dict(counts(cleaned).opaque),
        "notes": list(cleaned.notes),
        "findings": findings,
    }


def _output(output: Output) -> dict[str, Any]:
    return {**located(output.path), "encoding": output.encoding, "bom": output.bom.hex()}


def _digest_after(cleaned: Cleaned, view: View, output: Output | None) -> str:
    """Return the digest of the bytes this run leaves: those it found, where nothing was edited."""
    before = cleaned.article.origin.sha256
    if not view.fixed or (not cleaned.plan.edits and output is None):
        return before
    from hashlib import sha256

    try:
        data = written(cleaned.article, cleaned.text, output)
    except EncodingError:  # half a surrogate pair, in a text that a caller handed in: no file holds it
        data = cleaned.text.encode("utf-8", "surrogatepass")
    return sha256(data).hexdigest()


def written(article: Article, text: str, output: Output | None = None) -> bytes:
    """Return a text as bytes: in its article's own encoding, or in that of the output asked for."""
    if output is not None and (output.encoding, output.bom) != (article.origin.encoding, article.origin.bom):
        return output.bom + text.encode(output.encoding)
    from cleaner.source import encode

    return encode(article, text)


def _finding(mark: str, entry: Entry, cleaned: Cleaned, lines: Lines) -> dict[str, Any]:
    finding = entry.finding
    row: dict[str, Any] = {
        "id": mark,
        "rule": finding.rule,
        "name": title(finding.rule),
        "message": finding.message,
        "safety": finding.safety,
        "confidence": finding.confidence,
        "status": entry.status,
    }
    if entry.reason:
        row["reason"] = entry.reason
    if entry.winner is not None:
        row["winner"] = {"rule": entry.winner.rule, "start": entry.winner.span.start, "end": entry.winner.span.end}
    return {
        **row,
        "span": _place(finding.span, lines),
        "keeper": _keeper(finding, cleaned, lines),
        **({"also": [_elsewhere(place) for place in finding.elsewhere[1:]]} if finding.elsewhere[1:] else {}),
        "relation": finding.relation,
        "scores": finding.scores._asdict() if finding.scores else None,
        "differences": [difference._asdict() for difference in finding.differences],
        "words": finding.words,
        "because": finding.because,
        "edits": [_edit(edit) for edit in finding.edits],
    }


def _place(span: Span, lines: Lines) -> dict[str, int]:
    line, column, end_line, end_column = lines.of(span)
    return {
        "start": span.start,
        "end": span.end,
        "start_line": line,
        "start_column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _keeper(finding: Finding, cleaned: Cleaned, lines: Lines) -> dict[str, Any] | None:
    if finding.keeper is None:
        return _elsewhere(finding.elsewhere[0]) if finding.elsewhere else None
    return {**located(name(cleaned)), **_place(finding.keeper, lines)}


def _elsewhere(place: Place) -> dict[str, Any]:
    lines = {"start_line": place.start_line, "end_line": place.end_line}
    return {**located(place.path), "start": place.span.start, "end": place.span.end, **lines}


def _edit(edit: Edit) -> dict[str, Any]:
    return {"start": edit.span.start, "end": edit.span.end, "before": edit.before, "after": edit.after}


def located(path: str) -> dict[str, str]:
    """
    Return a path as JSON can hold it.

    The name of a file may be any bytes; those that are not UTF-8 are shown as U+FFFD, and given exactly beside it.
    """
    if path.isascii() or not any("\udc80" <= char <= "\udcff" for char in path):
        return {"path": path}
    raw = path.encode("utf-8", "surrogateescape")
    return {"path": raw.decode("utf-8", "replace"), "path_bytes": raw.hex()}
