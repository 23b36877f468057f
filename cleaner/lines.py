"""
Offsets to lines and columns, in one place: every idea of a line end is named here.

A line ends at \\n, \\r\\n or \\r, as CommonMark has it. `str.splitlines()` also ends lines at form feeds, U+0085 and
U+2028; indexing with it shifts every later line, so it is not used anywhere in this package.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import accumulate, count
from operator import add

from cleaner.model import Span

_END = re.compile(r"\r\n|\n|\r")
# So many characters are split at once.
_TOGETHER = 1_000_000


def split(text: str) -> list[Span]:
    """Return each line's span without its line end. A final line end does not begin another line."""
    starts = [*_starts(text)]
    ends = [start - 1 for start in starts[1:]] if "\r" not in text else [mark.start() for mark in _END.finditer(text)]
    if starts[-1] < len(text):
        ends.append(len(text))
    # A million lines are no rare thing, and so they are made in a third of the time that calling the class takes.
    return [*map(partial(tuple.__new__, Span), zip(starts, ends))]


def _starts(text: str) -> Iterator[int]:
    """Yield where lines begin, what follows the last line end included."""
    yield 0
    if "\r" in text:
        for mark in _END.finditer(text):
            yield mark.end()
        return
    at, size = 0, len(text)
    while at < size:  # some lines at a time: to split them and add up how long they are takes a third of the time of looking for each
        end = text.find("\n", at + _TOGETHER) + 1 or size
        *parts, _ = text[at:end].split("\n")
        yield from map(add, accumulate(map(len, parts)), count(at + 1))
        at = end


class Lines:
    """Where the lines of one text begin. Built once for a report; answers in logarithmic time."""

    def __init__(self, text: str) -> None:
        self._starts = array("q", _starts(text))  # a fifth of the memory of a list

    def __len__(self) -> int:
        """Return how many lines there are; what follows the last line end is one, too."""
        return len(self._starts)

    def start(self, line: int) -> int:
        """Return the offset at which a line begins, counted from 1."""
        return self._starts[line - 1]

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1; columns count code points."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def of(self, span: Span) -> tuple[int, int, int, int]:
        """Return start line, start column, end line and end column of a span, all 1-based and inclusive."""
        last = max(span.start, span.end - 1)
        return (*self.at(span.start), *self.at(last))

    def named(self, span: Span) -> str:
        """Return the lines of a span as people say them: "line 4", "lines 11-14"."""
        first, _, last, _ = self.of(span)
        return f"line {first:,}" if first == last else f"lines {first:,}-{last:,}"


def line_end(text: str) -> str:
    """Return the line end a text uses first: what new lines are made with; a line feed where it has none."""
    mark = _END.search(text)
    return mark.group() if mark else "\n"
