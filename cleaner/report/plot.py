"""
The self-similarity picture of an article in a terminal: where it says again what it said before.

    1 │⡢⡀
      │ ⠈⠢⡀
    7 │   ⠈⠢⡀
      │     ⠈⠢⡀
   11 │   ⠙⢦⡀a ⠈⠢⡀
      └────────────
       1    7   11
    a  lines 11-14 repeat lines 7-10

The text runs from left to right and from top to bottom, each stretch as long as it is in characters. A dot says that the text of
its row stands in its column, too: the thin diagonal is the text itself, each line beside it a passage that was pasted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from cleaner.lines import Lines
from cleaner.model import Span
from cleaner.report.visible import Paint, flow

#: Columns and rows, at most: a picture fits a terminal of 80 by 24.
_WIDE = 40
_NAMES = "abcdefghijklmnopqrstuvwxyz"

Cells = Literal["braille", "blocks", "ascii"]
_Shape = Literal["itself", "same", "near"]

#: Dots in a character, across and down. With each of them dots are as far apart across as down, or nearly.
_DOTS: dict[Cells, tuple[int, int]] = {"braille": (2, 4), "blocks": (1, 2), "ascii": (1, 1)}
#: By row and column of a braille character: the bit of its dot.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_HALVES = " ▀▄█"
_ASCII: dict[_Shape, str] = {"itself": ".", "same": "\\", "near": ":"}


class Repeat(NamedTuple):
    """
    A passage and the one that it repeats.

    Attributes:
        span: The copy; several in a row are one.
        keeper: The other.
        times: How many copies there are in the span.
        exact: Whether the two are the same.
        gone: Whether the copy goes, or would with --fix.
        label: What the legend says.
    """

    span: Span
    keeper: Span
    times: int
    exact: bool
    gone: bool
    label: str


def cells(encoding: str, term: str = "") -> Cells:
    """
    Return what a stream can show: braille dots, else blocks, else ASCII. The console of Linux has no braille in its fonts.

    >>> cells("utf-8"), cells("cp437"), cells("latin-1")
    ('braille', 'blocks', 'ascii')
    """
    if _holds(encoding, "\N{BRAILLE PATTERN DOTS-12345678}│└─") and term != "linux":
        return "braille"
    return "blocks" if _holds(encoding, _HALVES + "│└─") else "ascii"


def plot(length: int, lines: Lines, repeats: Sequence[Repeat], kind: Cells, width: int, paint: Paint) -> list[str]:
    """
    Draw a text of so many characters and what it repeats, with the numbers of its lines and a legend.

    Args:
        length: Of the text.
        lines: Its lines.
        repeats: In reading order. The first 26 have a letter and a row in the legend.
        kind: What to draw with.
        width: Columns of the terminal; a smaller picture is drawn where they are few.
        paint: Colours.
    """
    gutter = len(f"{len(lines)}")
    across = max(8, min(width - gutter - 4, _WIDE))
    canvas = _Canvas(length, across, across // 2, kind)
    canvas.line(Span(0, length), Span(0, length), "itself")
    for repeat in repeats:
        canvas.repeat(repeat)
    for name, repeat in zip(_NAMES, repeats):
        canvas.name(name, repeat)
    side, corner, edge = ("|", "+", "-") if kind == "ascii" else ("│", "└", "─")
    rows = [f"{label:>{gutter}} {side}{shown}".rstrip() for label, shown in zip(canvas.numbers(lines), canvas.rows(paint))]
    rows += [f"{'':{gutter}} {corner}{edge * across}", f"{'':{gutter}}  {canvas.feet(lines)}".rstrip()]
    rows += _legend(repeats, width, paint)
    return rows


def _legend(repeats: Sequence[Repeat], width: int, paint: Paint) -> Iterator[str]:
    for name, repeat in zip(_NAMES, repeats):
        first, *more = flow(repeat.label, width - 5) or [""]
        yield f"  {_painted(name, repeat.gone, paint)}  {first}"
        yield from (f"     {row}" for row in more)
    if len(repeats) > len(_NAMES):
        yield f"     and {len(repeats) - len(_NAMES):,} more"


class _Canvas:
    """Dots, in characters that hold some each, over a square of which both sides are the text."""

    def __init__(self, length: int, across: int, down: int, kind: Cells) -> None:
        self._length = max(length, 1)
        self._across, self._down, self._kind = across, down, kind
        self._wide, self._high = across * _DOTS[kind][0], down * _DOTS[kind][1]
        self._cells: dict[tuple[int, int], int] = {}  # by row and column, the dots
        self._shapes: dict[tuple[int, int], tuple[_Shape, bool]] = {}  # and what was drawn there last
        self._names: dict[tuple[int, int], tuple[str, bool]] = {}

    def repeat(self, repeat: Repeat) -> None:
        each = (repeat.span.end - repeat.span.start) / repeat.times
        for number in range(repeat.times):
            start = repeat.span.start + round(number * each)
            self.line(Span(start, round(start + each)), repeat.keeper, "same" if repeat.exact else "near", gone=repeat.gone)

    def line(self, down: Span, across: Span, shape: _Shape, *, gone: bool = False) -> None:
        """Draw a line from where two spans begin to where they end: thin for the text itself and near copies, thick for others."""
        first, last = self._dot(across.start, down.start), self._dot(max(across.end - 1, across.start), max(down.end - 1, down.start))
        steps = max(last[1] - first[1], 1 if self._kind == "ascii" else last[0] - first[0], 1)
        for step in range(steps + 1):
            x = round(first[0] + (last[0] - first[0]) * step / steps)
            y = round(first[1] + (last[1] - first[1]) * step / steps)
            if shape == "itself" and self._kind == "braille" and x % 2:
                continue  # so that it is told apart without colour
            self._set(x, y, shape, gone)
            if shape == "same" and self._kind == "braille":
                self._set(min(x + 1, last[0]), y, shape, gone)

    def name(self, name: str, repeat: Repeat) -> None:
        """Put a letter beside a line, where there is room: right of its end, else left of its beginning."""
        across, down = _DOTS[self._kind]
        x, y = self._dot(max(repeat.keeper.end - 1, 0), max(repeat.span.end - 1, 0))
        ends = [(y // down, x // across + step) for step in (2, 3)]
        x, y = self._dot(repeat.keeper.start, repeat.span.start)
        ends += [(y // down, x // across - step) for step in (2, 3)]
        ends += [(row + step, column) for row, column in ends for step in (1, -1)]
        for row, column in ends:
            free = not any((row, column + step) in self._cells or (row, column + step) in self._names for step in (-1, 0, 1))
            if free and 0 <= row < self._down and 0 <= column < self._across:
                self._names[row, column] = name, repeat.gone
                return

    def rows(self, paint: Paint) -> Iterator[str]:
        for row in range(self._down):
            yield "".join(self._character(row, column, paint) for column in range(self._across))

    def numbers(self, lines: Lines) -> list[str]:
        """Return for each row the number of the line that it begins with, where there is another one than in the rows above."""
        labels, last, above = [], 0, 9
        for row in range(self._down):
            number = lines.at(row * self._length // self._down)[0]
            shown = number != last and above >= 2
            labels.append(f"{number}" if shown else "")
            last, above = (number, 0) if shown else (last, above + 1)
        return labels

    def feet(self, lines: Lines) -> str:
        """Return the numbers of lines below the picture, where there is room for them."""
        said, last = "", 0
        for column in range(self._across):
            number = lines.at(column * self._length // self._across)[0]
            fits = column == 0 or (column >= len(said) + 2 and column + len(f"{number}") <= self._across)
            if number != last and fits:
                said, last = said.ljust(column) + f"{number}", number
        return said

    def _dot(self, x: int, y: int) -> tuple[int, int]:
        return min(x * self._wide // self._length, self._wide - 1), min(y * self._high // self._length, self._high - 1)

    def _set(self, x: int, y: int, shape: _Shape, gone: bool) -> None:
        across, down = _DOTS[self._kind]
        place = y // down, x // across
        bit = _BITS[y % 4][x % 2] if self._kind == "braille" else 1 << y % down
        self._cells[place] = self._cells.get(place, 0) | bit
        self._shapes[place] = shape, gone

    def _character(self, row: int, column: int, paint: Paint) -> str:
        if (named := self._names.get((row, column))) is not None:
            return _painted(*named, paint)
        dots = self._cells.get((row, column), 0)
        if not dots:
            return " "
        shape, gone = self._shapes[row, column]
        if self._kind == "ascii":
            drawn = _ASCII[shape]
        else:
            drawn = chr(0x2800 + dots) if self._kind == "braille" else _HALVES[dots] if shape != "itself" else "·"
        return paint.dim(drawn) if shape == "itself" else _painted(drawn, gone, paint)


def _painted(text: str, gone: bool, paint: Paint) -> str:
    return paint.red(text) if gone else paint.yellow(text)


def _holds(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
