"""
An article from top to bottom with every edit in place: what goes, what comes, where each finding stands and which copy stays.

A page shows what this returns and decides nothing itself. Long stretches in which nothing happens are told apart, so that
they can be folded; long texts are cut in their middle, and what is left out is counted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from cleaner.lines import Lines
from cleaner.model import Article, Block, Edit, Span
from cleaner.report.entries import Entry
from cleaner.report.visible import visible

#: Blocks shown on either side of one in which something happens.
CONTEXT = 1
#: A stretch is folded from so many blocks on; of a longer one than `HELD` only the number is told.
FOLDED = 3
HELD = 60
#: Characters shown of one piece of text; and of one where the page is full already.
LONG = 1_800
SHORT = 240

#: "same": nothing happens to it; "gone", "new": what an edit takes and brings; "noted": a finding that edits nothing;
#: "kept": the copy that stays, where it is part of a block; "left": a number of characters that are not shown.
Kind = Literal["same", "gone", "new", "noted", "kept", "left"]


class Piece(NamedTuple):
    """A piece of a row's text."""

    kind: Kind
    text: str


class Row(NamedTuple):
    """
    A block, or what stands between two, with what happens to it.

    Attributes:
        number: Its place among all rows of the article, from 0.
        kind: The block's kind; "between": markup between blocks; "new": inserted; "blank": only line ends that come or go.
        line: Where it begins.
        last: The line where it ends.
        pieces: Its text.
        opens: The findings that begin here.
        stays: The findings whose other copy begins here, if they themselves do not.
        gone: All of its text goes.
        by: The finding whose edit stands here, the first of several; 0: none does.
    """

    number: int
    kind: str
    line: int
    last: int
    pieces: tuple[Piece, ...]
    opens: tuple[int, ...] = ()
    stays: tuple[int, ...] = ()
    gone: bool = False
    by: int = 0

    @property
    def quiet(self) -> bool:
        """Whether nothing happens here but that a blank line comes or goes."""
        return self.kind == "blank" or (not self.opens and not self.stays and all(piece.kind in ("same", "left") for piece in self.pieces))


class Stretch(NamedTuple):
    """Rows that stand together. Folded ones are closed until somebody asks; of the longest only first and last line are known."""

    rows: tuple[Row, ...]
    folded: bool = False
    blocks: int = 0
    first: int = 0
    last: int = 0


class _Change(NamedTuple):
    """An edit or a mark, clipped to one row."""

    start: int
    end: int
    kind: Kind
    after: str = ""
    by: int = 0


def rows(article: Article, blocks: Sequence[Block], found: Sequence[tuple[int, Entry]], lines: Lines, *, brief: bool = False) -> list[Row]:
    """
    Return an article's rows, in reading order.

    Args:
        article: The original text.
        blocks: Its blocks.
        found: Its findings with the numbers by which the page calls them.
        lines: Where its lines begin.
        brief: Show little of each text.
    """
    whole = article.text
    spans = list(_spans(whole, blocks))
    if not spans:
        return []
    places = _Places(whole, spans)
    changes: dict[int, list[_Change]] = {}
    edits = [(edit, number) for number, entry in found if entry.mendable for edit in entry.finding.edits]
    for edit, number in sorted(edits, key=lambda each: each[0].span):
        for row, change in places.edit(edit):
            changes.setdefault(row, []).append(change._replace(by=number))
    opens: dict[int, list[int]] = {}
    stays: dict[int, list[int]] = {}
    for number, entry in found:
        opens.setdefault(places.home(entry.finding.span), []).append(number)
        keeper = entry.finding.keeper
        if keeper is not None and entry.status != "skipped" and places.home(keeper) != places.home(entry.finding.span):
            stays.setdefault(places.home(keeper), []).append(number)
        for row, change in places.marks(entry):
            changes.setdefault(row, []).append(change)
    made: list[Row] = []
    for place, (span, kind) in enumerate(spans):
        about = tuple(opens.get(place, ())), tuple(stays.get(place, ()))
        for made_row in _row(whole, span, kind, changes.get(place, ()), lines, SHORT if brief else LONG):
            alone = made_row.kind == "new"
            made.append(made_row._replace(number=len(made), opens=about[0], stays=() if alone else about[1]))
            about = (), about[1] if alone else ()
    return made


def stretches(every: Sequence[Row], least: int = FOLDED) -> list[Stretch]:
    """Return the rows as stretches, with those folded in which nothing happens; `least` is the fewest blocks to fold."""
    near = [False] * len(every)
    for at, row in enumerate(every):
        if not row.quiet:
            for other in range(max(0, at - CONTEXT), min(len(every), at + CONTEXT + 1)):
                near[other] = True
    made: list[Stretch] = []
    at = 0
    while at < len(every):
        end = at
        while end < len(every) and near[end] == near[at]:
            end += 1
        part = tuple(every[at:end])
        if near[at] or len(part) < least:
            made.append(Stretch((*made.pop().rows, *part)) if made and not made[-1].folded else Stretch(part))
        else:
            blocks = sum(row.kind not in ("blank", "between") for row in part)
            made.append(Stretch(part if len(part) <= HELD else (), True, blocks, part[0].line, part[-1].last))
        at = end
    return made


class _Places:
    """Which rows an offset or a span belongs to."""

    def __init__(self, whole: str, spans: Sequence[tuple[Span, str]]) -> None:
        self._whole = whole
        self._spans = spans
        self._starts = [span.start for span, _ in spans]

    def at(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)

    def home(self, span: Span) -> int:
        """Return the row in which a span begins; white space between blocks belongs to the block that follows."""
        row = self.at(span.start)
        while row + 1 < len(self._spans) and not self._says(row) and self._spans[row + 1][0].start < max(span.end, span.start + 1):
            row += 1
        return row

    def _says(self, row: int) -> bool:
        span, kind = self._spans[row]
        return bool(kind) or bool(self._whole[span.start : span.end].strip())

    def edit(self, edit: Edit) -> Iterator[tuple[int, _Change]]:
        """Yield an edit row by row; what it brings stands in the last one in which there is text."""
        start, end = edit.span
        if start == end:
            yield self.at(start), _Change(start, end, "gone", edit.after)
            return
        first, last = self.at(start), self.at(end - 1)
        home = next((row for row in range(last, first - 1, -1) if self._says(row)), first)
        for row in range(first, last + 1):
            span, _ = self._spans[row]
            yield row, _Change(max(start, span.start), min(end, span.end), "gone", edit.after if row == home else "")

    def marks(self, entry: Entry) -> Iterator[tuple[int, _Change]]:
        """Yield the parts of rows that a finding is about, without editing them. What is about a whole row says so above it."""
        finding = entry.finding
        if entry.status == "skipped":
            return
        kinds: list[tuple[Span | None, Kind]] = [(finding.keeper, "kept")]
        if not entry.mendable:
            kinds.append((finding.span, "noted"))
        for span, kind in kinds:
            if span is None or span.start >= span.end:
                continue
            row = self.home(span)
            held = self._spans[row][0]
            inside = self._whole[span.start : span.end].strip()
            if span.end <= held.end and 2 * len(inside) < 1.6 * len(self._whole[held.start : held.end].strip()):
                yield row, _Change(max(span.start, held.start), span.end, kind)


def _spans(whole: str, blocks: Sequence[Block]) -> Iterator[tuple[Span, str]]:
    """Yield blocks and what stands between them, without a hole; the kind of the latter is ""."""
    at = 0
    for block in sorted(blocks, key=lambda block: block.span):
        start, end = max(at, block.span.start), block.span.end
        if end <= start:
            continue
        if start > at:
            yield Span(at, start), ""
        yield Span(start, end), block.kind
        at = end
    if at < len(whole):
        yield Span(at, len(whole)), ""


def _row(whole: str, span: Span, kind: str, changes: Sequence[_Change], lines: Lines, longest: int) -> Iterator[Row]:
    """Yield the rows of one span: what is inserted above it, and itself where it says anything."""
    left: list[_Change] = []
    for change in changes:
        alone = change.start == change.end == span.start and "\n" in change.after.strip(" \t") and change.after.strip()
        if alone:
            yield Row(0, "new", lines.at(span.start)[0], lines.at(span.start)[0], tuple(_cut("new", change.after.strip("\r\n"), longest)), by=change.by)
        else:
            left.append(change)
    text = whole[span.start : span.end]
    if not kind and not text.strip() and not any(change.after.strip() for change in left):
        yield from _blank(whole, span, left, lines)
        return
    start = span.start + len(text) - len(text.lstrip("\r\n")) if not kind else span.start
    end = max(start, span.end - (len(text) - len(text.rstrip())) if not kind else span.end)
    pieces = tuple(_pieces(whole, start, end, left, longest))
    if not pieces:
        return
    said = [piece for piece in pieces if piece.text.strip()]
    gone = bool(said) and all(piece.kind == "gone" or piece.kind == "left" for piece in said) and any(piece.kind == "gone" for piece in said)
    yield Row(0, kind or "between", lines.at(start)[0], lines.at(max(start, end - 1))[0], pieces, gone=gone, by=next((change.by for change in left if change.by), 0))


def _blank(whole: str, span: Span, changes: Sequence[_Change], lines: Lines) -> Iterator[Row]:
    """Yield a row where only line ends come or go, and that is all that an edit does."""
    before = sum(_ends(whole[change.start : change.end]) for change in changes if not _over(change, span))
    after = sum(_ends(change.after) for change in changes if not _over(change, span))
    if before == after:
        return
    number = abs(after - before)
    text = "a blank line" if number == 1 else f"{number:,} blank lines"
    line = lines.at(span.start)[0]
    yield Row(0, "blank", line, line, (Piece("new" if after > before else "gone", text),))


def _over(change: _Change, span: Span) -> bool:
    """Whether a change takes white space along as part of something larger: it fills the span up to its end and brings nothing."""
    return change.start < change.end and not change.after and (change.end == span.end or change.start == span.start)


def _pieces(whole: str, start: int, end: int, changes: Sequence[_Change], longest: int) -> Iterator[Piece]:
    """Yield a row's text in pieces: edits where they are, marks where no edit is."""
    edits = sorted((change for change in changes if change.kind == "gone"), key=lambda change: change[:2])
    notes = [change for change in changes if change.kind != "gone"]
    at = start
    for change in edits:
        low, high = min(max(change.start, start), end), min(max(change.end, start), end)
        yield from _noted(whole, at, low, notes, longest)
        yield from _cut("gone", _plain(whole[low:high]), longest)
        yield from _cut("new", _plain(change.after), longest)
        at = max(at, high)
    yield from _noted(whole, at, end, notes, longest)


def _noted(whole: str, start: int, end: int, notes: Sequence[_Change], longest: int) -> Iterator[Piece]:
    if start >= end:
        return
    borders = sorted({start, end, *(min(max(place, start), end) for note in notes for place in (note.start, note.end))})
    for low, high in zip(borders, borders[1:]):
        kinds = {note.kind for note in notes if note.start <= low and high <= note.end}
        kind: Kind = "noted" if "noted" in kinds else "kept" if "kept" in kinds else "same"
        yield from _cut(kind, whole[low:high], longest)


def _cut(kind: Kind, text: str, longest: int) -> Iterator[Piece]:
    """Yield a text, with its middle left out where it is long."""
    if not text:
        return
    if len(text) <= longest:
        yield Piece(kind, text)
        return
    half = longest // 2 - 50
    yield Piece(kind, text[:half])
    yield Piece("left", f"… {len(text) - 2 * half:,} characters …")
    yield Piece(kind, text[-half:])


def _plain(text: str) -> str:
    """Return a text that comes or goes so that it is seen: white space alone, and characters that have no shape, are spelt out."""
    if text.isprintable() and text.strip():
        return text
    if not text.strip():
        return "".join(_SEEN.get(character, visible(character)) for character in text.replace("\r\n", "\n"))
    return "\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n"))


_SEEN = {" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"}


def _ends(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def held(blocks: Sequence[Block], span: Span) -> range:
    """Return the numbers of the blocks that a span touches; blocks are sorted and disjoint."""
    low = bisect_right(blocks, span.start, key=lambda block: block.span.end)
    high = bisect_left(blocks, max(span.end, span.start + 1), key=lambda block: block.span.start)
    return range(low, max(low, high))
