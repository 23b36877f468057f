"""
What `check` writes down for the next run: known findings and people's decisions.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from cleaner.baseline import Line
from cleaner.decisions import Decision
from cleaner.fingerprint import place
from cleaner.lines import Lines
from cleaner.model import Cleaned, Report
from cleaner.report import View
from cleaner.report.decided import begin
from cleaner.report.decided import decisions as decisions_of
from cleaner.report.entries import Entry, identified, name
from cleaner.report.visible import visible

#: So many characters of an id are enough, as long as they name one finding.
SHORTEST = 8


def known(cleaned: Cleaned, view: View) -> list[Line]:
    """Return a line of a baseline for each finding of a file that is left open."""
    path = place(cleaned.article.origin.path, view.root)
    return [
        Line(path, entry.finding.rule, own, begin(cleaned, entry))
        for own, entry in identified(cleaned, view)
        if entry.status == "open"
    ]


def decided(
    report: Report, view: View, decisions: Sequence[Decision], wanted: Sequence[tuple[str, str]], reason: str
) -> tuple[list[Decision], list[str]]:
    """
    Add decisions to those there are.

    Args:
        report: What was found.
        view: As it is shown.
        decisions: What was decided before; a new word on the same finding takes the place of the old one.
        wanted: Pairs of "meant" or "duplicate" with an id, or the beginning of one.
        reason: The same for all.

    Returns:
        All decisions, and a line for each new one.

    Raises:
        UsageError: If an id is too short, or names no finding here, or more than one.
    """
    found = {own: (cleaned, entry) for cleaned in report.files for own, entry in identified(cleaned, view)}
    every = {decision.id: decision for decision in decisions}
    rows: list[str] = []
    for kind, prefix in wanted:
        own = _one(prefix, found)
        cleaned, entry = found[own]
        for decision in decisions_of(kind, own, cleaned, entry, view.root, reason):
            every[decision.id] = decision
        line = Lines(cleaned.article.text).at(entry.finding.span.start)[0]
        rows.append(f"{name(cleaned)}:{line}: {entry.finding.rule} is recorded as {kind if kind == 'meant' else 'a duplicate'}")
    return list(every.values()), rows


def _one(prefix: str, found: dict[str, tuple[Cleaned, Entry]]) -> str:
    if len(prefix) < SHORTEST:
        raise click.UsageError(f"{visible(prefix)!r} is too short for an id; give at least {SHORTEST} of its characters")
    fits = [own for own in found if own.startswith(prefix.lower())]
    if not fits:
        raise click.UsageError(f"no finding here has an id that begins with {visible(prefix)}; cleaner check -v shows ids")
    if len(fits) > 1:
        raise click.UsageError(f"{visible(prefix)} begins the ids of {len(fits)} findings: {', '.join(fits[:4])}; give more of it")
    return fits[0]
