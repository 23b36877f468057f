"""
What became of each finding: the list that every view shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cleaner.fingerprint import mark, place
from cleaner.model import PROSE, Article, Cleaned, Counts, Finding, Plan, Report, Span, Status
from cleaner.plan import within
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
    path = place(cleaned.article.origin.path, view.root)
    for entry in entries(cleaned, view):
        finding = entry.finding
        own = mark(finding.rule, finding.key or said(cleaned.article, finding.span), path)
        seen[own] += 1
        # A later reading of the text may find what an earlier one found elsewhere.
        yield own if seen[own] == 1 else mark(finding.rule, f"{own}-{seen[own]}", path), entry


def said(article: Article, span: Span) -> str:
    """Return the text that a span covers."""
    return article.text[span.start : span.end]


def name(cleaned: Cleaned) -> str:
    """Return a file's path as it is shown and fingerprinted: with slashes, without a leading `./`."""
    return place(cleaned.article.origin.path)


def title(rule: str) -> str:
    """Return the name of a rule, such as "repeated-paragraph"."""
    from cleaner.rules import AUDIT, CODES

    return CODES.get(rule) or AUDIT.get(rule, rule)


def total(report: Report, view: View) -> dict[str, int]:
    """Count a whole report: files, blocks, findings, fixed, open."""
    fates = Counter(entry.status for cleaned in report.files for entry in entries(cleaned, view))
    return {
        "files": len(report.files),
        "blocks": sum(counts(cleaned).blocks for cleaned in report.files),
        "findings": fates.total(),
        "fixed": fates["fixed"],
        "open": fates["open"],
    }


def counts(cleaned: Cleaned) -> Counts:
    """Count an article's blocks: all, those that were not compared, by kind, and those that the plan removes."""
    if cleaned.counts is not None:
        return cleaned.counts
    opaque = Counter(block.kind for block in cleaned.blocks if block.kind not in PROSE)
    return Counts(len(cleaned.blocks), tuple(sorted(opaque.items())), _removed(cleaned))


def slim(cleaned: Cleaned, view: View, *, language: bool = False) -> Cleaned:
    """
    Return a result without what no report shows: its blocks, what we would not bet on, and the text if nothing is left.

    Args:
        cleaned: One file's result.
        view: What will be shown of it.
        language: Whether the report names the language, for which the text is needed.
    """
    told = cleaned.language if language else None
    plan = Plan(
        tuple(finding for finding in cleaned.plan.taken if finding.edits or _shown(finding, view)),
        tuple(skip for skip in cleaned.plan.skipped if _shown(skip.finding, view)),
    )
    article = cleaned.article if plan.taken or plan.skipped else cleaned.article._replace(text="")
    return Cleaned(article, (), cleaned.profile, plan, cleaned.notes, counts(cleaned)._replace(language=told))


def _removed(cleaned: Cleaned) -> int:
    count = 0
    for edit in (edit for finding in cleaned.plan.taken if finding.keeper for edit in finding.edits if not edit.after.strip()):
        first, end = within(cleaned.blocks, edit.span)
        count += sum([block.span.start < block.span.end for block in cleaned.blocks[first:end]])
    return count


def _shown(finding: Finding, view: View) -> bool:
    return view.pedantic or finding.confidence == "shown"
