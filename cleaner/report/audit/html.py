"""
The audit as one page for a publisher: self-contained, readable without script, on a telephone and on paper.

Nothing of an item can become part of the page: see `cleaner.report.web`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cleaner.feeds.item import Item
from cleaner.report import web
from cleaner.report.audit import AuditView
from cleaner.report.audit.figures import (
    LABELS,
    MEANINGS,
    Story,
    Timeline,
    advice,
    copies,
    counts,
    day,
    label,
    matrix,
    shares,
    span,
    stories,
    timeline,
    written,
)
from cleaner.report.audit.terminal import changed, likeness, share_of, titled, told
from cleaner.report.entries import title as rule
from cleaner.report.sides import Sides, sides
from cleaner.report.web import link
from cleaner.stories.model import Audit

#: What a browser shows without effort. The rest is counted, and stands in the JSON report.
STORIES = 2_000
MEMBERS = 25
ROWS = 500
SOURCES = 25
#: Characters of word diffs on one page.
ROOM = 3_000_000


def page(audit: Audit, view: AuditView | None = None) -> str:
    """Write the page. It holds every finding whatever its status, and the words that the reader may filter by."""
    view = view or AuditView()
    return web.written("cleaner.report.audit", _values(audit, view), _filters())


def moment(text: str) -> str:
    """
    Return a date as people write it; what is none stays as it is.

    >>> moment("2026-11-23T08:30:00Z"), moment("2026-11-23"), moment("")
    ('23 Nov 2026, 08:30 UTC', '23 Nov 2026', 'no date')
    """
    found = day(text)
    if found is None:
        return text or "no date"
    clock = re.match(r".{10}T([0-9]{2}:[0-9]{2})(?::[0-9.]+)?Z$", text)
    return f"{written(found)}, {clock[1]} UTC" if clock else written(found)


class Cell(NamedTuple):
    """How many items of a source repeat those of another; `heat` from 0 to 5 says how much of the source that is."""

    number: int
    ratio: float
    heat: int
    own: bool


class Matrix(NamedTuple):
    """Who repeats whom. `left` counts sources that are left out of rows or columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    left: int

    @property
    def own(self) -> bool:
        return any(cell.own and cell.number for _, cells in self.rows for cell in cells)


class _Room:
    """Gives out the space for word diffs until it is used up, so that the page stays light."""

    def __init__(self) -> None:
        self.left = ROOM

    def sides(self, one: str, other: str) -> Sides | None:
        """Compare two texts; None where the page is full."""
        if self.left <= 0:
            return None
        found = sides(one, other)
        self.left -= found.size + 100
        return found


def _values(audit: Audit, view: AuditView) -> dict[str, Any]:
    """Return all that the template shows."""
    from cleaner import __version__

    found, room = counts(audit), _Room()
    limit = STORIES if view.limit is None else min(view.limit, STORIES)
    listed, left = stories(audit, view._replace(verbose=True, limit=limit))
    numbers = _numbers(audit)
    repeated = sum(1 for _ in copies(audit))
    statuses = [status for status, number in (("new", found.new), ("known", found.known), ("accepted", found.accepted)) if number]
    kinds = [(key, label) for key, label in LABELS.items() if any(each.relation == key for story in listed for each in story.members)]
    kinds += [("change", "changed since last read")] if audit.changes else []
    kinds += [("boilerplate", "in many items")] if audit.boilerplate else []
    kinds += [("aside", "not a duplicate")] if audit.asides else []
    return {
        "audit": audit,
        "counts": found,
        "ratio": repeated / found.items if found.items else 0.0,
        "repeated": repeated,
        "range": span(audit),
        "shares": shares(audit),
        "matrix": _matrix(audit),
        "timeline": timeline(audit),
        "stories": listed,
        "left": left,
        "kinds": kinds,
        "used": [key for key in LABELS if any(key == kind for kind, _ in kinds)],
        "statuses": statuses,
        "numbers": numbers,
        "room": room,
        "version": view.version or __version__,
        "LABELS": LABELS,
        "MEANINGS": MEANINGS,
        "MEMBERS": MEMBERS,
        "ROWS": ROWS,
    }


def _numbers(audit: Audit) -> dict[str, int]:
    """Number all sources that are named, from 1: those of the audit, then those that only the history knows."""
    numbers: dict[str, int] = {}
    every = [source.name for source in audit.sources]
    for cluster in audit.clusters:
        every += [cluster.original.source, *(member.item.source for member in cluster.members)]
    every += [passage.source for passage in audit.boilerplate]
    every += [change.item.source for change in audit.changes]
    every += [item.source for aside in audit.asides for item in aside.items]
    for name in every:
        numbers.setdefault(name, len(numbers) + 1)
    return numbers


def _matrix(audit: Audit) -> Matrix:
    pairs = matrix(audit)
    sizes = {source.name: len(source.items) for source in audit.sources}
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    for (one, other), number in pairs.items():
        rows[one] = rows.get(one, 0) + number
        columns[other] = columns.get(other, 0) + number
    order = _numbers(audit)
    kept_rows = sorted(sorted(rows, key=lambda name: (-rows[name], order[name]))[:SOURCES], key=order.__getitem__)
    kept_columns = sorted(sorted(columns, key=lambda name: (-columns[name], order[name]))[:SOURCES], key=order.__getitem__)
    left = len(rows) + len(columns) - len(kept_rows) - len(kept_columns)
    cells = tuple(
        (one, tuple(_cell(pairs[one, other], sizes.get(one, 0), one == other) for other in kept_columns)) for one in kept_rows
    )
    return Matrix(tuple(kept_columns), cells, left)


def _cell(number: int, size: int, own: bool) -> Cell:
    ratio = number / size if size else 0.0
    heat = 0 if not number else 1 + sum(ratio >= step for step in (0.02, 0.05, 0.15, 0.4))
    return Cell(number, ratio, heat, own)


def _filters() -> dict[str, Callable[..., Any]]:
    return {
        "link": link,
        "moment": moment,
        "written": written,
        "share": share_of,
        "titled": titled,
        "likeness": likeness,
        "told": lambda story: told(story.copies, story.updates),
        "changed": changed,
        "label": label,
        "rule": rule,
        "advice": lambda findings: [text for text, _ in advice(findings)],
        "names": _names,
        "place": _place,
        "bars": _bars,
    }


def _names(story: Story) -> list[str]:
    """Return the sources of a story, each once, its original's first."""
    return list(dict.fromkeys([story.cluster.original.source, *(member.item.source for member in story.members)]))


def _place(items: Sequence[Item], numbers: dict[str, int]) -> str:
    """Return the numbers of the items' sources, as the filter looks for them."""
    return " ".join(str(number) for number in sorted({numbers[item.source] for item in items}))


class _Bar(NamedTuple):
    """A bar of the chart, in percent of its height; the parts stand on each other."""

    label: str
    items: int
    copies: int
    updates: int
    rest: int
    heights: tuple[float, float, float]  # rest, updates, copies


def _bars(line: Timeline) -> list[_Bar]:
    most = max((bar.items for bar in line.bars), default=1)
    return [
        _Bar(bar.label, bar.items, bar.copies, bar.updates, rest, (_height(rest, most), _height(bar.updates, most), _height(bar.copies, most)))
        for bar in line.bars
        for rest in [bar.items - bar.copies - bar.updates]
    ]


def _height(number: int, most: int) -> float:
    return round(100 * number / most, 2)
