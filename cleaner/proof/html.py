"""
Prove an edited HTML source before it is written: its tags must be what they were, but for the elements taken out.

Both sources are cut into tags, comments and raw text from first to last character. The tags under an edit are struck
from the first list and those of its replacement put in their place; what is left has to equal the second list, tag by
tag, attributes and all. So an edit that cuts a tag in two, joins two characters into a new one, or takes an opening tag
and leaves its end tag is found out, and so is a file that lost its tail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from cleaner.model import Edit, Span
from cleaner.plan import apply
from cleaner.tags import BLOCKS, OPTIONAL, TEXTUAL, VOID, Token, tokens


def unchanged(before: str, after: str, edits: Sequence[Edit]) -> bool:
    """
    Whether an HTML source still has the same tags, but for what the edits say.

    Args:
        before: The original source.
        after: The source with the edits carried out.
        edits: Sorted and disjoint, in offsets of `before`.

    Returns:
        True if `after` is `before` with the edits carried out, each edit takes out and puts in whole elements only,
        all other tags, comments and scripts are the same in the same order, and no more tags lack their partner.
    """
    try:
        if apply(before, edits) != after:
            return False
    except ValueError:
        return False
    old = list(_marks(before))
    expected = _struck(before, old, edits)
    if expected is None:
        return False
    new = [after[token.start : token.end] for token in _marks(after)]
    return new == expected and _as_balanced(_loose(old), _loose(list(_marks(after))))


def _marks(source: str) -> Iterable[Token]:
    """All that is not text to a reader. The text of a title or text area is text."""
    return (
        token
        for token in tokens(source)
        if token.sort != "text" and not (token.sort == "raw" and token.name in TEXTUAL)
    )


def _struck(before: str, marks: Sequence[Token], edits: Sequence[Edit]) -> list[str] | None:
    """Return the marks that the edited source should have; None where an edit cuts a mark or part of an element."""
    expected: list[str] = []
    at = 0
    for edit in edits:
        while at < len(marks) and marks[at].end <= edit.span.start:
            expected.append(before[marks[at].start : marks[at].end])
            at += 1
        gone: list[Token] = []
        while at < len(marks) and marks[at].start < edit.span.end:
            if not edit.span.holds(Span(marks[at].start, marks[at].end)):
                return None
            gone.append(marks[at])
            at += 1
        if at < len(marks) and marks[at].start < edit.span.start:  # an insertion into a tag
            return None
        if _joins(before, marks, at - len(gone), at, edit):
            return None
        come = list(_marks(edit.after))
        if not (_whole(gone) and _whole(come)):
            return None
        expected += [edit.after[token.start : token.end] for token in come]
    expected += [before[token.start : token.end] for token in marks[at:]]
    return expected


def _joins(before: str, marks: Sequence[Token], first: int, last: int, edit: Edit) -> bool:
    """Whether an edit takes out all that kept the text before it apart from the text after it."""
    if edit.after.strip() or not any(token.name in BLOCKS or token.name == "br" for token in marks[first:last]):
        return False
    left = edit.span.start
    while first > 0 and not before[marks[first - 1].end : left].strip() and _runs_on(marks[first - 1]):
        first -= 1
        left = marks[first].start
    right = edit.span.end
    while last < len(marks) and not before[right : marks[last].start].strip() and _runs_on(marks[last]):
        right = marks[last].end
        last += 1
    left_text = before[marks[first - 1].end if first else 0 : left]
    right_text = before[right : marks[last].start if last < len(marks) else len(before)]
    return bool(left_text.strip()) and bool(right_text.strip())


def _runs_on(token: Token) -> bool:
    return token.name not in BLOCKS and token.name != "br"


def _whole(marks: Sequence[Token]) -> bool:
    """Whether tags make up whole elements. What may be left open, such as a paragraph, may be left open."""
    if any(token.sort == "raw" and (not at or marks[at - 1].sort != "open") for at, token in enumerate(marks)):
        return False  # a script's content without the script
    strays, left = _loose(marks)
    return not strays and not left and all(token.sort != "broken" for token in marks)


def _loose(marks: Sequence[Token]) -> tuple[Counter[str], Counter[str]]:
    """Count, by name, end tags that close nothing and opening tags that need an end tag and have none."""
    strays: Counter[str] = Counter()
    left: Counter[str] = Counter()
    depth: Counter[str] = Counter()
    stack: list[str] = []
    for token in marks:
        if token.sort == "open" and token.name not in VOID and not token.closed:
            stack.append(token.name)
            depth[token.name] += 1
        elif token.sort == "close" and token.name not in VOID:
            if not depth[token.name]:
                strays[token.name] += 1
                continue
            while True:
                name = stack.pop()
                depth[name] -= 1
                if name == token.name:
                    break
                if name not in OPTIONAL:
                    left[name] += 1
    left.update(name for name in stack if name not in OPTIONAL)
    return strays, left


def _as_balanced(old: tuple[Counter[str], Counter[str]], new: tuple[Counter[str], Counter[str]]) -> bool:
    return new[0] == old[0] and new[1] == old[1]
