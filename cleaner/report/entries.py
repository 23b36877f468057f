"""
What became of each finding: the list that every view shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from os import sep
from typing import NamedTuple

from cleaner.model import Article, Cleaned, Finding, Report, Span, Status
from cleaner.report import View


class Entry(NamedTuple):
    """A finding and its fate."""

    finding: Finding
    status: Status
    reason: str = ""
    winner: Finding | None = None
    mendable: bool = False  # --fix carries it out, or has done so


def entries(cleaned: Cleaned, view: View) -> list[Entry]:
    """
    Return a file's findings in reading order, each with its fate.

    Where two findings insert at one place, undo depends on their order; then that of the plan comes before the reader's.
    Findings that we would not bet on are left out unless asked for or carried out.
    """
    every: list[Entry] = []
    for finding in cleaned.plan.taken:
        if finding.edits:
            every.append(Entry(finding, "fixed" if view.fixed else "open", mendable=True))
        elif _shown(finding, view):
            every.append(Entry(finding, "open"))
    for finding, status, reason, winner in cleaned.plan.skipped:
        if _shown(finding, view):
            every.append(Entry(finding, status, reason, winner))
    ordered = sorted(every, key=lambda entry: (entry.finding.span, entry.finding.rule, entry.finding.message))
    edits = [edit for entry in ordered if entry.mendable for edit in entry.finding.edits]
    return ordered if sorted(edits, key=lambda edit: edit.span) == list(cleaned.plan.edits) else every


def left(cleaned: Cleaned, view: View) -> list[Entry]:
    """Return the findings that a person still has to look at: open, and shown."""
    return [entry for entry in entries(cleaned, view) if entry.status == "open"]


def identified(cleaned: Cleaned, view: View) -> Iterator[tuple[str, Entry]]:
    """
    Yield each entry with its fingerprint: the same as long as the finding is, wherever it moves in its file.

    It is made of rule, content and path, never of a place; equal ones are numbered in reading order.
    """
    seen: Counter[str] = Counter()
    for entry in entries(cleaned, view):
        finding = entry.finding
        key = finding.key or " ".join(said(cleaned.article, finding.span).split())
        whole = "\0".join((finding.rule, key, name(cleaned)))
        seen[whole] += 1
        number = f"\0{seen[whole]}" if seen[whole] > 1 else ""
        yield sha256((whole + number).encode("utf-8", "surrogatepass")).hexdigest()[:20], entry


def said(article: Article, span: Span) -> str:
    """Return the text that a span covers."""
    return article.text[span.start : span.end]


def name(cleaned: Cleaned) -> str:
    """Return a file's path as it is shown and fingerprinted: with slashes, without a leading `./`."""
    path = cleaned.article.origin.path.replace(sep, "/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


def title(rule: str) -> str:
    """Return the name of a rule, such as "repeated-paragraph"."""
    from cleaner.rules import CODES

    return CODES.get(rule, rule)


def total(report: Report, view: View) -> dict[str, int]:
    """Count a whole report: files, blocks, findings, fixed, open."""
    fates = Counter(entry.status for cleaned in report.files for entry in entries(cleaned, view))
    return {
        "files": len(report.files),
        "blocks": sum(len(cleaned.blocks) for cleaned in report.files),
        "findings": fates.total(),
        "fixed": fates["fixed"],
        "open": fates["open"],
    }


def removed(cleaned: Cleaned) -> int:
    """Return how many blocks the plan removes because another copy stays."""
    gone = sorted(
        edit.span
        for finding in cleaned.plan.taken
        if finding.keeper
        for edit in finding.edits
        if not edit.after.strip()
    )
    count = at = 0
    for block in sorted(cleaned.blocks, key=lambda block: block.span):
        while at < len(gone) and gone[at].end < block.span.end:
            at += 1
        count += at < len(gone) and block.span.start < block.span.end and gone[at].holds(block.span)
    return count


def _shown(finding: Finding, view: View) -> bool:
    return view.pedantic or finding.confidence == "shown"
