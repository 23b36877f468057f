"""
A heading that says again what the heading directly above it says, in other marks: D111.

Where one text of two headings is the same to the letter, repeats.py finds them with all other blocks. Here are those that
a person reads as the same: "About Arrays" over "about_Arrays", or one of the two a link. Nothing stands between them, so one
of the two has no section.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cleaner.model import Finding
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.words import count

_TARGET = pattern(r"(?<=\])(?:\([^()\s]*\)|\[[^\[\]]*\])|<[^<>]*>|\{#[\w.-]+\}")
_MARKS = pattern(r"[\W_]+")


def find(page: Page) -> Iterator[Finding]:
    """Yield D111 for each heading that reads like the one directly above it."""
    if not page.options.wants("D111"):
        return
    for above, block in pairwise(page.blocks):
        if above.kind != "heading" or block.kind != "heading" or page.keys[above.number] == page.keys[block.number]:
            continue
        said = _read(page.mended[block.number])
        if said and said == _read(page.mended[above.number]):
            yield Finding(
                rule="D111",
                span=block.span,
                message="{here} {repeats} the heading in {there} in other marks, and nothing stands between them",
                safety="report",
                keeper=above.span,
                relation="near",
                words=count(said),
                key=page.keys[block.number],
                because="which of the two is meant is for the author to say",
            )


def _read(text: str) -> str:
    """Return a heading as it is read aloud: without link targets, anchors, marks and case."""
    return _MARKS.sub(" ", _TARGET.sub(" ", text)).strip().casefold()
