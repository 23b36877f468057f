"""
The canonical article: title once and first, one blank line between blocks. L401, L402, L403.

Layout speaks last, over what the plan leaves, and is part of the plan like all else: explained, proved, undone. It
moves and spaces; not a character of what is said changes. Only running text is laid out: lists, tables, code and
markup keep the lines they have.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from cleaner import lines
from cleaner.model import Block, Edit, Finding, Span
from cleaner.page import Page
from cleaner.plan import within
from cleaner.segment.shape import stands_alone
from cleaner.words import count


def find(page: Page, edits: Sequence[Edit]) -> Iterator[Finding]:
    """Yield the layout findings for what sorted, disjoint edits leave of a page."""
    if page.article.format not in ("markdown", "text") or not page.article.origin.sure:
        return
    # A short text with a title is no less an article; one with sections, code or lists keeps the layout it has.
    titled = page.article.format == "text" and page.profile == "docs" and any(block.role == "title" for block in page.blocks)
    running = all(block.kind in ("paragraph", "quote") or block.role == "title" for block in page.blocks)
    if page.profile != "article" and not (titled and running):
        return
    left = _left(page.blocks, edits)
    title = next((block for block in left if block.role == "title"), None)
    moved = None
    if title is not None and page.options.wants("L401") and _may_move(left, title) and not _touched(title, edits):
        moved = title
        yield _title_first(page, left[0], title)
    elif title is not None and page.options.wants("L402") and not _touched(title, edits):
        yield from _as_heading(page, title)
    if page.options.wants("L403"):
        yield from _spacing(page, [block for block in left if block is not moved], moved, edits)


def _left(blocks: Sequence[Block], edits: Sequence[Edit]) -> list[Block]:
    """Return the blocks that no edit removes as a whole."""
    left: list[Block] = []
    at = 0
    for edit in edits:
        if not edit.after:
            first, end = within(blocks, edit.span, at)
            left += blocks[at:first]
            at = end
    left += blocks[at:]
    return left


def _touched(block: Block, edits: Sequence[Edit]) -> bool:
    return any(edit.span.start < block.span.end and block.span.start < edit.span.end for edit in _near(edits, block.span))


def _near(edits: Sequence[Edit], span: Span) -> Sequence[Edit]:
    at = bisect_right(edits, span.end, key=lambda edit: edit.span.start)
    low = max(0, bisect_right(edits, span.start, key=lambda edit: edit.span.start) - 1)
    return edits[low:at]


def _may_move(left: Sequence[Block], title: Block) -> bool:
    """Whether the title stands below its own decks, and below nothing else."""
    above = [block for block in left if block.number < title.number]
    return bool(above) and all(block.role in ("deck", "byline") and block.kind == "paragraph" for block in above)


def _heading(page: Page, title: Block) -> str:
    source = page.source(title)
    if title.kind == "heading" or not page.options.wants("L402"):
        return source.strip()
    bare = source.strip()
    return "# " + (bare[2:-2].strip() if stands_alone(bare) else " ".join(bare.split()))


def _title_first(page: Page, first: Block, title: Block) -> Finding:
    end = lines.line_end(page.article.text)
    return Finding(
        rule="L401",
        span=title.span,
        message="the title goes to the top, above its decks",
        safety="safe",
        edits=(
            Edit(Span(first.span.start, first.span.start), "", _heading(page, title) + 2 * end),
            Edit(title.span, page.source(title), ""),
        ),
        words=count(page.inner(title)),
        key=page.keys[title.number],
        because="an article begins with its title",
    )


def _as_heading(page: Page, title: Block) -> Iterator[Finding]:
    if title.kind == "heading":
        return
    text = page.article.text
    source = page.source(title)
    start = title.span.start + len(source) - len(source.lstrip())
    end = title.span.start + len(source.rstrip())
    edits: tuple[Edit, ...]
    if stands_alone(source):
        edits = (Edit(Span(start, start + 2), text[start : start + 2], "# "), Edit(Span(end - 2, end), text[end - 2 : end], ""))
    elif page.article.format == "text":
        edits = (Edit(Span(start, start), "", "# "),)
    else:
        return
    yield Finding(
        rule="L402",
        span=title.span,
        message="the title becomes a heading",
        safety="safe",
        edits=edits,
        words=count(page.inner(title)),
        key=page.keys[title.number],
        because="readers and programs tell a title by its heading mark",
    )


def _spacing(page: Page, left: Sequence[Block], moved: Block | None, edits: Sequence[Edit]) -> Iterator[Finding]:
    end = lines.line_end(page.article.text)
    changes: list[Edit] = []
    if left and (lead := _pieces(0, left[0].span.start, moved, edits)) and left[0].kind != "front":
        changes += _rewrite(page, lead, "")
    for above, below in zip(left, left[1:]):
        pieces = _pieces(above.span.end, below.span.start, moved, edits)
        gap = "".join(page.article.text[piece.start : piece.end] for piece in pieces)
        if gap.strip() or gap == 2 * end or not _spaced(page, above, below, gap):
            continue
        if not pieces:
            pieces = [Span(above.span.end, above.span.end)]
        changes += _rewrite(page, pieces, 2 * end)
    if not changes:
        return
    places = len(changes)
    yield Finding(
        rule="L403",
        span=Span(changes[0].span.start, changes[-1].span.end),
        message=f"one blank line between blocks: {places:,} {'place' if places == 1 else 'places'}",
        safety="safe",
        edits=tuple(changes),
        key="blank lines",
        because="paragraphs that are set apart read as paragraphs in every format",
    )


def _spaced(page: Page, above: Block, below: Block, gap: str) -> bool:
    """Whether the gap between two blocks is ours to set."""
    running = ("paragraph", "heading", "quote")
    if above.kind == "quote" == below.kind and above.group == below.group and above.group:
        return False
    if above.kind in running and below.kind in running and (above.level == 0 or above.kind == "heading"):
        return True
    # Between all other blocks a blank line can mean something; more than one means no more than one.
    return above.kind not in ("front", "code") and below.kind != "code" and gap.count("\n") > 2 and "item" not in (above.kind, below.kind)


def _pieces(start: int, end: int, moved: Block | None, edits: Sequence[Edit]) -> list[Span]:
    """Return what of a gap neither the edits nor the moved title take."""
    taken = [edit.span for edit in _near(edits, Span(start, end))]
    if moved is not None:
        taken = sorted([*taken, moved.span])
    pieces: list[Span] = []
    at = start
    for span in taken:
        if span.end <= start or span.start >= end:
            continue
        if span.start > at:
            pieces.append(Span(at, span.start))
        at = max(at, span.end)
    if at < end:
        pieces.append(Span(at, end))
    return pieces


def _rewrite(page: Page, pieces: Sequence[Span], wanted: str) -> Iterator[Edit]:
    """Make the pieces of a gap say what is wanted: the first says it, the others go."""
    for number, piece in enumerate(pieces):
        before = page.article.text[piece.start : piece.end]
        after = wanted if number == 0 else ""
        if before != after and not before.strip():
            yield Edit(piece, before, after)
