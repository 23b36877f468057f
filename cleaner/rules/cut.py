"""
Removing blocks: which white space goes with them.

Of the white space above and below a removed stretch the larger stays, so that a paragraph never ends up under a list
as its last item's text. Stretches that touch share the space between them out, so their edits never overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from cleaner.model import Edit, Span
from cleaner.page import Page


class Gone:
    """The numbers of all blocks that are removed from a page; knows the nearest one that stays at once."""

    def __init__(self, numbers: Iterable[int]) -> None:
        # By stretches of blocks that follow one another: where each begins and ends.
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        last = -2
        for number in sorted(numbers):
            if number > last + 1:
                self._firsts.append(number)
                self._lasts.append(number)
            last = self._lasts[-1] = number

    def _stretch(self, number: int) -> int:
        """Return which stretch a block is in; -1 for none."""
        at = bisect_right(self._firsts, number) - 1
        return at if at >= 0 and number <= self._lasts[at] else -1

    def __contains__(self, number: int) -> bool:
        return self._stretch(number) >= 0

    def above(self, number: int) -> int:
        """Return the nearest block above one that stays; -1 for none."""
        at = self._stretch(number - 1)
        return number - 1 if at < 0 else self._firsts[at] - 1

    def below(self, number: int) -> int:
        """Return the nearest block below one that stays; the number of blocks for none."""
        at = self._stretch(number + 1)
        return number + 1 if at < 0 else self._lasts[at] + 1


def cut(page: Page, first: int, last: int, gone: Gone) -> Edit:
    """
    Return the edit that removes consecutive blocks.

    Args:
        page: The page.
        first: The number of the first block to remove.
        last: The number of the last.
        gone: All other blocks that are removed from the page; these may be among them.
    """
    if page.article.format == "html":
        return _element(page, first, last)
    blocks, text = page.blocks, page.article.text
    above, below = gone.above(first), gone.below(last)
    top = text[blocks[above].span.end : blocks[above + 1].span.start] if above >= 0 else None
    bottom = text[blocks[below - 1].span.end : blocks[below].span.start] if below < len(blocks) else None
    if top is not None and (bottom is None or _breaks(bottom) > _breaks(top)):
        start, end = blocks[first - 1].span.end, blocks[last].span.end
    elif bottom is not None:
        start, end = blocks[first].span.start, blocks[last + 1].span.start
    else:
        start, end = blocks[first].span.start, blocks[last].span.end
    # Marks between blocks, such as a quote's empty lines, belong to whatever stays: then only the lines themselves go.
    if text[start : blocks[first].span.start].strip() or text[blocks[last].span.end : end].strip():
        start, end = blocks[first].span.start, _line_end(text, blocks[last].span.end)
    return Edit(Span(start, end), text[start:end], "")


def _breaks(gap: str) -> int:
    return gap.count("\n") or gap.count("\r")


def _line_end(text: str, at: int) -> int:
    for end in ("\r\n", "\n", "\r"):
        if text.startswith(end, at):
            return at + len(end)
    return at


def _element(page: Page, first: int, last: int) -> Edit:
    """Remove elements with the line they stand on, where nothing else stands there."""
    text = page.article.text
    start, end = page.blocks[first].span.start, page.blocks[last].span.end
    line = start
    while line > 0 and text[line - 1] in " \t":
        line -= 1
    after = end
    while after < len(text) and text[after] in " \t":
        after += 1
    if (line == 0 or text[line - 1] in "\r\n") and _line_end(text, after) > after:
        start, end = line, _line_end(text, after)
    return Edit(Span(start, end), text[start:end], "")
