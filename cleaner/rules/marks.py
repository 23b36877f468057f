"""
M801 and S901: what the author left in the text for a person or for this tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.marks import Mark
from cleaner.model import Block, Finding, Span
from cleaner.page import Page


def find(page: Page) -> Iterator[Finding]:
    """Yield M801 for each conflict, from its first marker to its last, and for each marker that a resolved one left."""
    if not page.options.wants("M801") or not page.conflicts:
        return
    opening: Block | None = None
    for block in page.blocks:
        if block.kind != "conflict":
            continue
        said = page.source(block)
        if said.startswith("<<<<<<<"):
            if opening is not None:
                yield _conflict(opening.span)
            opening = block
        elif said.startswith(">>>>>>>"):
            yield _conflict(Span((opening or block).span.start, block.span.end))
            opening = None
    if opening is not None:
        yield _conflict(opening.span)


def _conflict(span: Span) -> Finding:
    return Finding(
        rule="M801",
        span=span,
        message="a merge conflict was left in the text; nothing is de-duplicated in this file until it is resolved",
        safety="report",
        key="<<<<<<<",
        because="both sides of a conflict say nearly the same, and only the author knows which stays",
    )


def unused(page: Page, marks: Sequence[Mark]) -> Iterator[Finding]:
    """Yield S901 for each comment that no longer keeps anything."""
    if not page.options.wants("S901"):
        return
    for mark in marks:
        yield Finding(
            rule="S901",
            span=mark.place,
            message="this comment no longer keeps anything from being found; it can go",
            safety="report",
            key=page.article.said(mark.place),
            because="a comment without effect misleads the next reader",
        )
