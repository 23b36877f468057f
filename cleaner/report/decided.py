"""
What a decision on one finding says of its equals: the entries for the file of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.decisions import Decision
from cleaner.fingerprint import Key, mark, place
from cleaner.model import Cleaned
from cleaner.report.entries import Entry, said
from cleaner.report.visible import snippet


def decisions(kind: str, own: str, cleaned: Cleaned, entry: Entry, root: str, reason: str = "") -> Iterator[Decision]:
    """
    Yield what a decision on one finding says of its equals.

    Equal findings are told apart by their number only. So who accepts the third copy accepts the second with it, and who
    confirms one as a duplicate confirms all: otherwise a mended file would change what the decision is about.

    Args:
        kind: "meant" or "duplicate".
        own: The finding's id, as `entries.identified` gives it.
        cleaned: The file it was found in.
        entry: The finding.
        root: The project's folder.
        reason: For the reader.
    """
    finding = entry.finding
    path = place(cleaned.article.origin.path, root)
    key = Key.of(finding.key)
    ids = [own]
    if mark(finding.rule, finding.key, path) == own:
        numbers = range(1, key.number + 1)
        keys = [key._replace(number=number) for number in numbers] if kind == "meant" else [Key(key.content)]
        ids = [mark(finding.rule, str(each), path) for each in keys]
    text = begin(cleaned, entry)
    keeper = snippet(said(cleaned.article, finding.keeper)) if finding.keeper is not None else ""
    for each in ids:
        yield Decision(kind, path, finding.rule, each, text, keeper, reason)


def begin(cleaned: Cleaned, entry: Entry) -> str:
    """Return how a finding's text begins."""
    return snippet(said(cleaned.article, entry.finding.span))
