"""
The self-similarity picture of an article: block by block, which says the same as which.

A row and a column for each block. A mark says that the block of its row is a copy of the block of its column; a passage that
was pasted again is a line of marks beside the diagonal. Of long articles several blocks share a row and a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from cleaner.model import Block, Finding, Span
from cleaner.report.entries import Entry
from cleaner.report.inplace import held

#: Rows and columns, at most.
SIZE = 96
#: Marks, at most.
MARKS = 2_000

Shape = Literal["exact", "normalised", "near", "contained", "part", "facts"]

#: What a mark of each shape says, in the order of a legend.
SHAPES: dict[Shape, str] = {
    "exact": "the same",
    "normalised": "the same but for case, space or markup",
    "near": "an edited copy",
    "contained": "part of a longer text",
    "part": "inside a block: a sentence, a word",
    "facts": "alike, but the facts differ",
}


class Mark(NamedTuple):
    """A block that says what another says: its place in cells, the finding that says so, and how many stand in this cell."""

    row: int
    column: int
    shape: Shape
    finding: int
    times: int = 1


class Line(NamedTuple):
    """A run: the first and the last of its marks."""

    row: int
    column: int
    last_row: int
    last_column: int
    finding: int


class Picture(NamedTuple):
    """
    What to draw.

    Attributes:
        size: Rows and columns.
        blocks: How many blocks share one.
        marks: In reading order; below the diagonal where the copy that goes is the later one.
        lines: Runs, which join their marks.
        gone: The cells of the diagonal in which a block goes because another copy stays.
        left: How many marks are left out.
    """

    size: int
    blocks: int
    marks: tuple[Mark, ...] = ()
    lines: tuple[Line, ...] = ()
    gone: tuple[int, ...] = ()
    left: int = 0

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes that are there, in the order of the legend."""
        return tuple(shape for shape in SHAPES if any(mark.shape == shape for mark in self.marks))

    @property
    def above(self) -> bool:
        """Whether there are marks above the diagonal: copies that go and stand before those that stay."""
        return any(mark.column > mark.row for mark in self.marks)


def draw(blocks: Sequence[Block], found: Iterable[tuple[int, Entry]], size: int = SIZE) -> Picture:
    """
    Draw the pairs that findings name.

    Args:
        blocks: The article's blocks, in reading order.
        found: Its findings with the numbers by which they are called; those without another copy in the article are passed over.
        size: Rows and columns, at most.
    """
    each = -(-len(blocks) // size) or 1
    cells: dict[tuple[int, int], Mark] = {}
    lines: set[Line] = set()
    gone: set[int] = set()
    for number, entry in found:
        finding = entry.finding
        if finding.keeper is None or entry.status == "skipped":
            continue
        copy, keeper = held(blocks, finding.span), held(blocks, finding.keeper)
        if not copy or not keeper:
            continue
        shape = _shape(finding, blocks[copy[0]])
        places = [(block // each, keeper[at * len(keeper) // len(copy)] // each) for at, block in enumerate(copy)]
        for place in dict.fromkeys(places):
            known = cells.get(place)
            cells[place] = known._replace(times=known.times + 1) if known else Mark(*place, shape, number)
        if places[0] != places[-1]:
            lines.add(Line(*places[0], *places[-1], number))
        if entry.mendable:
            gone |= {block // each for block in copy if finding.span.holds(_core(blocks[block]))}
    marks = tuple(cells[place] for place in sorted(cells))
    drawn = sorted(lines)[:MARKS]
    return Picture(-(-len(blocks) // each), each, marks[:MARKS], tuple(drawn), tuple(sorted(gone)), max(0, len(marks) - MARKS))


def _core(block: Block) -> Span:
    return block.inner if block.inner.start < block.inner.end else block.span


def _shape(finding: Finding, first: Block) -> Shape:
    if finding.rule == "D105":
        return "facts"
    core = _core(first)
    if finding.span.end - finding.span.start < 0.8 * (core.end - core.start):
        return "part"
    return finding.relation or "near"
