"""
Which edits of a Markdown text need no proof: whole plain paragraphs, with plain paragraphs above and below.

A paragraph of words that stands between blank lines and other such paragraphs leaves nothing behind it: no list to
join, no line to become a heading. Saying so costs microseconds; reading the text twice to prove it costs a commit hook
more than all its other work. A property test holds the gate against the proof: what it lets through, the proof accepts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner import lines
from cleaner.model import Block, Edit
from cleaner.page import Page
from cleaner.plan import within

# What a line of plain prose begins with. All marks that can begin a block are left out, and so are indentation and "[".
_PLAIN = re.compile(r"(?:\*\*)?[^\W\d_]|[\"'“‘„«(]\w")


def obvious(page: Page, edits: Sequence[Edit]) -> bool:
    """Whether sorted, disjoint edits only delete plain top-level paragraphs, or words inside a line of them."""
    text = page.article.text
    # "]:" may define a link that others use. Tags in the midst of a line begin no block, and all lines are told below.
    if "\t" in text or "]:" in text or "\r" in text.replace("\r\n", ""):
        return False
    blocks = page.blocks
    if any(not _plain(page, block) for block in page.firsts):
        return False
    for edit in edits:
        at, touched = within(blocks, edit.span)
        if touched == at or edit.after or blocks[at].kind == "front":
            return False
        if (at and blocks[at - 1].span.end > edit.span.start) or (touched < len(blocks) and blocks[touched].span.start < edit.span.end):
            return False  # a part of a block goes
        # What is left above and below must still be set apart as they were: by a blank line where either side had one.
        if at and touched < len(blocks):
            before, after = blocks[at - 1].span.end, blocks[touched].span.start
            # What goes may have been the end of one paragraph and the beginning of the next: the lines between count, too.
            apart = text.count("\n", before, after) > touched - at + 1  # they are of one line each
            left = text.count("\n", before, edit.span.start) + text.count("\n", edit.span.end, after)
            if min(2, left) != 1 + apart:
                return False
            # A heading sets two paragraphs apart without a blank line.
            beside = blocks[at - 1].kind, blocks[touched].kind
            if left < 2 and "heading" not in beside and any(block.kind == "heading" for block in blocks[at:touched]):
                return False
    return True


def _plain(page: Page, block: Block) -> bool:
    if block.kind == "front":
        return True
    if block.kind == "heading":
        return block.group == 0 and page.source(block).startswith("#")
    return (
        block.kind == "paragraph"
        and block.group == 0
        and block.level == 0
        and _PLAIN.match(page.article.text, block.span.start) is not None
        and "\n" not in page.source(block)
    )


# With a mark of emphasis, code or a link in front a line is no less a paragraph; it takes a space, or more marks, to be a block.
_LINE = re.compile(r"(?:\*{1,2}|_{1,2}|`|\[)?[^\W\d_]|[\"'“‘„«(]\w")


def plain(before: str, after: str, edits: Sequence[Edit]) -> bool:
    """
    Whether two texts are paragraphs of one line each, set apart by blank lines, and edits only delete some of them whole.

    Told from the lines alone, without our own reading of the text. "]:" may define a link.
    """
    if "]:" in before or "\t" in before or "\r" in before:
        return False
    left: list[str] = []
    at = 0
    blank = True
    for row in lines.split(before):
        said = before[row.start : row.end]
        if not said.strip(" "):
            blank = True
            continue
        while at < len(edits) and edits[at].span.end <= row.start:
            at += 1
        if not blank or not _LINE.match(said):
            return False
        blank = False
        if at < len(edits) and edits[at].span.start < row.end:
            if edits[at].after or not edits[at].span.holds(row):
                return False
        else:
            left.append(said)
    return not any(edit.after for edit in edits) and _paragraphs(after) == left


def _paragraphs(text: str) -> list[str] | None:
    """Return the lines of a text; None where two stand together."""
    found: list[str] = []
    blank = True
    for row in lines.split(text):
        said = text[row.start : row.end]
        if not said.strip(" "):
            blank = True
        elif not blank:
            return None
        else:
            found.append(said)
            blank = False
    return found
