"""
Where a Markdown text can be cut in two, so that each part reads alone as it reads in the whole.

That is before a line which stands at the margin under a blank line and is no list item or quote, since it ends every list,
quote, table and paragraph above it; unless a fence or raw HTML is open there, which alone go on over blank lines. Those few are
tracked here, and wherever it takes more than a look at their first line to know whether they are open, no cut is made
below: the text is then proved in longer parts, or whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cleaner.model import Edit, Span


class Part(NamedTuple):
    """A stretch of the original and the stretch of the edited text that it became."""

    before: Span
    after: Span


def parts(before: str, after: str, edits: Sequence[Edit]) -> list[Part]:
    """
    Return the parts of two texts in which all edits lie; what is not in one of them is the same in both, and reads the same.

    Args:
        before: The original text.
        after: The text with the edits carried out.
        edits: Sorted and disjoint, in offsets of `before`.
    """
    moved = set(_cuts(after))
    ends = [edit.span.end for edit in edits]
    shifts = [0]
    for edit in edits:
        shifts.append(shifts[-1] + len(edit.after) - len(edit.before))
    starts = [edit.span.start for edit in edits]
    common: list[int] = []
    for cut in of(before):
        at = bisect_right(ends, cut)  # so many edits end above the cut
        if at == bisect_right(starts, cut) and cut + shifts[at] in moved:
            common.append(cut)
    found: list[Part] = []
    for edit in edits:
        low = bisect_left(common, edit.span.start) - 1
        high = bisect_left(common, edit.span.end)
        start = common[low] if low >= 0 else 0
        end = common[high] if high < len(common) else len(before)
        if found and start < found[-1].before.end:
            start = found.pop().before.start
        moved_start = start + shifts[bisect_right(ends, start)] if start else 0
        found.append(Part(Span(start, end), Span(moved_start, end + shifts[bisect_right(ends, end)])))
    return found


@cache
def _openings() -> re.Pattern[str]:
    return re.compile(
        r"^(?P<indent> {0,3})(?:(?P<fence>`{3,}|~{3,})(?P<info>.*)|(?P<comment><!--)|<(?:script|pre|style|textarea|[!?])).*", re.MULTILINE | re.IGNORECASE
    )


@cache
def _fences() -> re.Pattern[str]:
    return re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*$", re.MULTILINE)


@cache
def _places() -> re.Pattern[str]:
    return re.compile(r"\n[ \t]*\n(?=[^\s\d>*+-])")


@lru_cache(maxsize=1)  # one original is proved against many edited texts
def of(text: str) -> tuple[int, ...]:
    """Return where an original text can be cut."""
    return tuple(_cuts(text))


def _cuts(text: str) -> Iterator[int]:
    """Yield where a text can be cut, whatever stands below; in order."""
    if "\r" in text:
        return
    held = _held(text)
    over = next(held, None)
    for place in _places().finditer(text):
        cut = place.end()
        while over is not None and over.end <= cut:
            over = next(held, None)
        if over is None or cut <= over.start:
            yield cut


def _held(text: str) -> Iterator[Span]:
    """Yield the stretches that a fence or a comment goes over, and the rest of the text from where that cannot be told."""
    if not ("```" in text or "~~~" in text or "<" in text):
        return
    at = closed = 0
    while (opening := _openings().search(text, at)) is not None:
        if opening["fence"] and opening["fence"][0] == "`" and "`" in opening["info"]:
            at = opening.end()  # a code span
            continue
        end = _end(text, opening)
        # In a block of HTML, which goes on to the next blank line, neither fence nor comment begins.
        chunk = text[max(closed, text.rfind("\n\n", 0, opening.start()) + 1) : opening.start()]
        within = any(line.lstrip().startswith("<") for line in chunk.split("\n"))
        if within and end == opening.end():
            at = end
        elif within or end < 0:
            yield Span(opening.start(), len(text) + 1)
            return
        else:
            yield Span(opening.start(), end)
            at = closed = end


def _end(text: str, opening: re.Match[str]) -> int:
    """Return where an opening ends; -1 where it depends on more than itself."""
    if not opening["fence"]:
        said = opening.group()
        if opening["comment"] is None:
            return -1
        if "-->" in said:
            return opening.end()
        end = text.find("-->", opening.end())
        return -1 if opening["indent"] or end < 0 else (text.find("\n", end) + 1 or len(text))
    fence, indent = opening["fence"], opening["indent"]
    for closing in _fences().finditer(text, opening.end()):
        if closing["fence"][0] != fence[0] or len(closing["fence"]) < len(fence):
            continue
        if len(closing["indent"].expandtabs(4)) > 3:
            if indent:
                return -1  # it closes a fence inside a list item, and no other
            continue
        # Indented, it may stand inside a list item, and then ends with it at the latest.
        inside = text[opening.end() : closing.end()].split("\n") if indent else ()
        if any(line.strip(" \t") and not line.startswith(indent) for line in inside[1:]):
            return -1
        return closing.end()
    return -1
