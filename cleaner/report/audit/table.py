"""
The audit as CSV, for a spreadsheet: a row a finding, beside it what it was held against. RFC 4180, in UTF-8.

A spreadsheet takes a cell that begins with `=` for a formula, and a title is anybody's to write. Such a cell gets an
apostrophe in front, as OWASP advises ("CSV Injection").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cleaner.feeds.item import Item
from cleaner.model import Difference, Scores
from cleaner.report.audit import AuditView
from cleaner.report.audit.figures import BOILERPLATE
from cleaner.report.audit.terminal import differing
from cleaner.report.entries import title as name
from cleaner.stories.model import Audit, Change, Member


class Row(NamedTuple):
    """The columns. What "original" is, depends on `kind`: the story's original, the first of its like, the earlier state."""

    kind: str  # duplicate, change, boilerplate, not-duplicate, error
    rule: str = ""
    name: str = ""
    relation: str = ""
    status: str = ""
    source: str = ""
    key: str = ""
    id: str = ""
    url: str = ""
    title: str = ""
    published: str = ""
    original_source: str = ""
    original_key: str = ""
    original_url: str = ""
    original_title: str = ""
    original_published: str = ""
    jaccard: str = ""
    ratio: str = ""
    containment: str = ""
    differences: str = ""
    evidence: str = ""
    advice: str = ""
    finding: str = ""


def rows(audit: Audit, view: AuditView | None = None) -> str:
    """Write a head and a row a finding; what is no duplicate has a row for each of its items but the first."""
    import csv
    from io import StringIO

    written = StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(Row._fields)
    table.writerows([cell(text) for text in row] for row in _rows(audit))
    return written.getvalue()


#: No character of RFC 4180, nothing a cell shows, or (lone surrogates) nothing UTF-8 can hold.
_UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: What makes a formula of a cell: also behind space, which some programs drop, and in full width, which some fold.
_FORMULA = re.compile("\\s*[=+\\-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]")


def cell(text: str) -> str:
    """
    Return a text as a spreadsheet shows it, and never as a formula.

    >>> cell("=1+1"), cell("a=b")
    ("'=1+1", 'a=b')
    """
    sound = _UNSOUND.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{sound}" if _FORMULA.match(sound) else sound


def _rows(audit: Audit) -> Iterator[Row]:
    for cluster in audit.clusters:
        for member in cluster.members:
            yield _judged("duplicate", member, cluster.original)._replace(relation=member.relation)
    for change in audit.changes:
        yield _judged("change", change, change.before)
    for passage in audit.boilerplate:
        evidence = f"in {passage.items} of {passage.of} items: “{' '.join(passage.text.split())}”"
        row = Row("boilerplate", BOILERPLATE, name(BOILERPLATE), status=passage.status, source=passage.source, key=next(iter(passage.keys), ""))
        yield row._replace(evidence=evidence, advice=passage.advice, finding=passage.id)
    for aside in audit.asides:
        first, *others = aside.items
        for item in others:
            row = _placed(Row("not-duplicate", aside.rule, name(aside.rule), status=aside.status), item, first)
            yield row._replace(differences=_said(aside.differences), evidence=aside.reason, finding=aside.id)
    for problem in audit.errors:
        yield Row("error", source=problem.path, evidence=problem.message)


def _judged(kind: str, finding: Member | Change, other: Item) -> Row:
    row = _placed(Row(kind, finding.rule, name(finding.rule), status=finding.status), finding.item, other)
    return _scored(row, finding.scores)._replace(
        differences=_said(finding.differences),
        evidence="; ".join(finding.evidence),
        advice=finding.advice,
        finding=finding.id,
    )


def _placed(row: Row, item: Item, other: Item) -> Row:
    return row._replace(
        source=item.source,
        key=item.key,
        id=item.id,
        url=item.url,
        title=item.title,
        published=item.date,
        original_source=other.source,
        original_key=other.key,
        original_url=other.url,
        original_title=other.title,
        original_published=other.date,
    )


def _scored(row: Row, scores: Scores | None) -> Row:
    if scores is None:
        return row
    # Cut, not rounded: two texts that differ are not the same to 1.
    jaccard, ratio, containment = (f"{int(score * 10000) / 10000:.4f}" for score in scores)
    return row._replace(jaccard=jaccard, ratio=ratio, containment=containment)


def _said(differences: tuple[Difference, ...]) -> str:
    return "; ".join(differing(differences))
