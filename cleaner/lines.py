"""
Offsets to lines and columns, in one place: every idea of a line end is named here.

A line ends at \\n, \\r\\n or \\r, as CommonMark has it. `str.splitlines()` also ends lines at form feeds, U+0085 and
U+2028; indexing with it shifts every later line, so it is not used anywhere in this package.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import accumulate, chain, count, islice, repeat
from operator import add, sub

from cleaner.model import Span

_END = re.compile(r"\r\n|\n|\r")
# So many characters are split at once.
_TOGETHER = 1_000_000
# A line that follows itself so many times is not looked for each time.
MANY = 1_000


def split(text: str) -> list[Span]:
    """Return each line's span without its line end. A final line end does not begin another line."""
    starts = [*_starts(text)]
    ends = [*map(sub, islice(starts, 1, None), repeat(1))] if "\r" not in text else [mark.start() for mark in _END.finditer(text)]
    if starts[-1] < len(text):
        ends.append(len(text))
    # A million lines are no rare thing, and so they are made in a third of the time that calling the class takes.
    return [*map(partial(tuple.__new__, Span), zip(starts, ends))]


def texts(text: str) -> list[str]:
    """Return what each line says, without its line end; of the lines that `split` tells the places of. What stands many times is held once."""
    if "\r" in text:
        return [text[start:end] for start, end in split(text)]
    said: list[str] = []
    for at, end, period in _stretches(text):
        if period:
            said += [text[at : at + period - 1]] * ((end - at) // period)
            continue
        said += text[at:end].split("\n")
        if text[end - 1] == "\n":
            said.pop()
    return said


def _starts(text: str) -> Iterator[int]:
    """Return where lines begin, what follows the last line end included."""
    return chain((0,), chain.from_iterable(_more_starts(text)))


def _more_starts(text: str) -> Iterator[Iterable[int]]:
    if "\r" in text:
        yield (mark.end() for mark in _END.finditer(text))
        return
    for at, end, period in _stretches(text):
        if period:
            yield range(at + period, end + 1, period)
            continue
        # To split lines and add up how long they are takes a third of the time of looking for each.
        *parts, _ = text[at:end].split("\n")
        yield map(add, accumulate(map(len, parts)), count(at + 1))


def _stretches(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield stretches of whole lines, where lines end in \\n: begin, end, and the length of its lines, or 0 where they are not all the same."""
    at, size = 0, len(text)
    while at < size:
        period = text.find("\n", at) + 1 - at
        times = _times(text, at, period) if period > 0 else 0
        end = at + times * period
        if times < MANY and end < at + _TOGETHER:
            period, end = 0, text.find("\n", at + _TOGETHER) + 1 or size
        yield at, end, period
        at = end


def _times(text: str, at: int, period: int) -> int:
    """Return how many times what stands at a place, so long, follows itself at once. What is known to do so is compared with what follows it."""
    times = 1
    while text.startswith(text[at : at + times * period], at + times * period):
        times *= 2
    step = times // 2
    while step:
        if text.startswith(text[at : at + step * period], at + times * period):
            times += step
        step //= 2
    return times


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
