"""
Where a Markdown text can be cut in two, so that each part reads alone as it reads in the whole.

That is before a line which stands at the margin under a blank line and is no list item or quote, since it ends every list,
quote, table and paragraph above it; unless a fence or raw HTML is open there, which alone go on over blank lines. Those few are
tracked here. Where one may stand in a list item or a block of HTML, or not, and that decides where it ends, no cut is made
below: the text is then proved in longer parts, or whole. A property test holds every cut against the reader.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cleaner.model import Edit, Span

_LOOK_BACK = 4000  # characters above an indented fence, in which the list item is looked for that it may belong to


class Part(NamedTuple):
    """A stretch of the original, the stretch of the edited text that it became, and the edits that lie in it."""

    before: Span
    after: Span
    edits: tuple[Edit, ...]


class Parted(NamedTuple):
    """The parts of two texts in which all edits lie, and all places of the original where both can be cut."""

    parts: tuple[Part, ...]
    cuts: tuple[int, ...]


def parts(before: str, after: str, edits: Sequence[Edit]) -> Parted:
    """
    Return the parts of two texts in which all edits lie; what is not in one of them is the same in both, and reads the same.

    Args:
        before: The original text.
        after: The text with the edits carried out.
        edits: Sorted and disjoint, in offsets of `before`.
    """
    places, moved = of(before), set(of(after))
    ends = [edit.span.end for edit in edits]
    shifts = [0]
    for edit in edits:
        shifts.append(shifts[-1] + len(edit.after) - len(edit.before))
    starts = [edit.span.start for edit in edits]
    common: list[int] = []
    for cut in places:
        at = bisect_right(ends, cut)  # so many edits end above the cut
        if at == bisect_right(starts, cut) and cut + shifts[at] in moved:
            common.append(cut)
    found: list[tuple[Span, list[Edit]]] = []
    for edit in edits:
        low = bisect_left(common, edit.span.start) - 1
        high = bisect_left(common, edit.span.end)
        start = common[low] if low >= 0 else 0
        end = common[high] if high < len(common) else len(before)
        if found and start < found[-1][0].end:
            above, own = found[-1]
            own.append(edit)
            found[-1] = Span(above.start, end), own
        else:
            found.append((Span(start, end), [edit]))
    moves = [Span(start + shifts[bisect_right(ends, start)] if start else 0, end + shifts[bisect_right(ends, end)]) for (start, end), _ in found]
    return Parted(tuple(Part(span, move, tuple(own)) for (span, own), move in zip(found, moves)), tuple(common))


_OPENING = r"(?P<indent> {0,3})(?P<item>(?:[*+-]|\d{1,9}[.)]) {1,4})?(?:(?P<fence>`{3,}|~{3,})(?P<info>.*)|(?P<markup><!--|<(?:script|pre|style|textarea)(?=[\s>]|$)|<[!?])).*"


@cache
def _first_opening() -> re.Pattern[str]:
    return re.compile(_OPENING, re.MULTILINE | re.IGNORECASE)


@cache
def _openings() -> re.Pattern[str]:
    return re.compile(rf"\n{_OPENING}", re.MULTILINE | re.IGNORECASE)  # a line end is what the engine looks for at once


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)


@cache
def _fences() -> re.Pattern[str]:
    return re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t\r]*$", re.MULTILINE)


@cache
def _items() -> re.Pattern[str]:
    return re.compile(r"^[ \t>]*(?:[*+-]|\d{1,9}[.)])(?=\s|$)", re.MULTILINE)


@cache
def _item(content: int) -> re.Pattern[str]:
    return re.compile(rf"(?:\n(?: {{{content}}}.*|[ \t\r]*$))*", re.MULTILINE)


@cache
def _blank() -> re.Pattern[str]:
    return re.compile(r"\n[ \t]*\r?\n")


@cache
def _places() -> re.Pattern[str]:
    return re.compile(r"\n[ \t]*\r?\n(?=[^\s\d>*+-])")


@lru_cache(maxsize=2)  # one original is proved against many edited texts, and the last of these is the original of the next reading
def of(text: str) -> tuple[int, ...]:
    """Return where a text can be cut."""
    return tuple(_cuts(text))


def _cuts(text: str) -> Iterator[int]:
    """Yield where a text can be cut, whatever stands below; in order."""
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return  # one alone ends a line, too
    held = _held(text)
    over = next(held, None)
    for place in _places().finditer(text):
        cut = place.end()
        while over is not None and over.end <= cut:
            over = next(held, None)
        if over is None or cut <= over.start:
            yield cut


def _held(text: str) -> Iterator[Span]:
    """Yield the stretches that a fence or raw HTML goes over, and the rest of the text from where that cannot be told."""
    if not ("```" in text or "~~~" in text or "<" in text):
        return
    at = closed = 0
    while (opening := _opening(text, at)) is not None:
        start = opening.start("indent")
        if opening["fence"] and opening["fence"][0] == "`" and "`" in opening["info"]:
            at = opening.end()  # a code span
            continue
        if opening["item"]:
            at = opening.end()
            if opening["fence"] and (end := _end_in_item(text, opening)) > 0:
                yield Span(start, end)
                at = closed = end
            continue
        end = _end(text, opening, _indent(text, opening, closed))
        within = _in_markup(text, max(closed, start - _LOOK_BACK), start, closed)
        if within and opening["markup"] and end >= 0 and not _blank().search(text, start, end):
            at = end  # it ends before the block does, whichever of the two it is
        elif within or end < 0:
            yield Span(start, len(text) + 1)
            return
        else:
            yield Span(start, end)
            at = closed = end


def _opening(text: str, at: int) -> re.Match[str] | None:
    """Return the next fence or raw HTML that begins in a line which begins at a place or below it."""
    if at == 0 and (first := _first_opening().match(text)) is not None:
        return first
    return _openings().search(text, at - 1 if at and text[at - 1] == "\n" else at)


def _in_markup(text: str, low: int, start: int, closed: int) -> bool:
    """Whether a line may be inside a block of HTML, which goes on to the next blank line: neither fence nor markup begins there."""
    above = text[low:start]
    blank = -1
    for place in _blank().finditer(above):
        blank = place.start()
    if blank < 0 and low > closed:
        return True  # what it began with is out of sight
    return any(line.lstrip().startswith("<") for line in above[blank + 1 :].split("\n"))


def _indent(text: str, opening: re.Match[str], closed: int) -> str:
    """Return how far an opening is indented, if it may stand in a list item; nothing where no item is open above it."""
    indent = opening["indent"]
    if len(indent) < 2:
        return ""  # no item's content begins so far left
    start = opening.start("indent")
    low = max(closed, start - _LOOK_BACK)
    window = text[low:start] if low else f"\n\n{text[:start]}"
    at = -1
    for place in _places().finditer(window):
        at = place.end()
    return "" if at >= 0 and not _items().search(window, at) else indent


def _end(text: str, opening: re.Match[str], indent: str) -> int:
    """Return where an opening ends; -1 where it depends on more than itself."""
    if opening["markup"]:
        return _end_of_markup(text, opening, indent)
    for closing in _closings(text, opening, len(text)):
        if len(closing["indent"].expandtabs(4)) > 3:
            if indent:
                return -1  # it closes a fence inside a list item, and no other
            continue
        return closing.end() if _at_least(indent, text[opening.end() : closing.end()]) else -1
    return -1


def _closings(text: str, opening: re.Match[str], end: int) -> Iterator[re.Match[str]]:
    """Yield the fences below an opening one that may close it, however they are indented."""
    fence = opening["fence"]
    for closing in _fences().finditer(text, opening.end(), end):
        if closing["fence"][0] == fence[0] and len(closing["fence"]) >= len(fence):
            yield closing


def _end_in_item(text: str, opening: re.Match[str]) -> int:
    """Return where a fence ends that begins a list item, if the item goes on as far; -1 otherwise, since whatever ends the item ends it, too."""
    start = opening.start("indent")
    content = opening.start("fence") - start
    if start and text[text.rfind("\n", 0, start - 1) + 1 : start].strip():
        return -1  # below a line of text it may be no item
    item = _item(content).match(text, opening.end())
    closings = _closings(text, opening, item.end() if item else opening.end())
    return next((closing.end() for closing in closings if len(closing["indent"].expandtabs(4)) <= content + 3), -1)


def _end_of_markup(text: str, opening: re.Match[str], indent: str) -> int:
    """Return the end of the line in which a comment, or an element whose content is raw, ends."""
    markup, start = opening["markup"], opening.start("markup")
    if markup == "<!--":
        end = text.find("-->", start)
    elif markup in ("<!", "<?"):
        # A declaration, an instruction or neither: where it ends in its line, no line below belongs to it.
        last = "]]>" if text.startswith("<![CDATA[", start) else "?>" if markup == "<?" else ">"
        return opening.end() if last in opening.group() else -1
    else:
        closing = _closing().search(text, start)
        end = closing.start() if closing else -1
    if end < 0:
        return -1
    if end < opening.end():
        return opening.end()
    after = text.find("\n", end) + 1 or len(text)
    return after if _at_least(indent, text[opening.end() : after]) else -1


def _at_least(indent: str, inside: str) -> bool:
    """Whether all lines are indented as much. What is indented may stand inside a list item, and then ends with it at the latest."""
    return not indent or not any(line.strip(" \t\r") and not line.startswith(indent) for line in inside.split("\n")[1:])
