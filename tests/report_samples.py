"""Small reports made by hand, so that the views are tested without the rules."""

from __future__ import annotations

from hashlib import sha256

from cleaner.lines import split
from cleaner.model import (
    SAME,
    Article,
    Block,
    Cleaned,
    Difference,
    Edit,
    Finding,
    Origin,
    Plan,
    Report,
    Scores,
    Skipped,
    Span,
)

FIRST = "The council approved the new bridge on Monday after a debate of three hours."
SECOND = "Work on the eastern bank begins in spring and is to last for two years."


def article(text: str, path: str = "story.txt", encoding: str = "utf-8", bom: bytes = b"") -> Article:
    data = bom + text.encode(encoding)
    return Article(text, "text", Origin(path, encoding, bom, sha256(data).hexdigest()))


def repeated_lines(given: Article) -> Cleaned:
    """Find each line of some length that stands again, as the real rules would, but with ten lines of code."""
    spans = [span for span in split(given.text) if given.text[span.start : span.end].strip()]
    blocks = tuple(Block(number, "paragraph", span, span) for number, span in enumerate(spans))
    first: dict[str, Span] = {}
    taken = []
    for span in spans:
        line = given.text[span.start : span.end]
        keeper = first.setdefault(line, span)
        if keeper != span and len(line) > 10:
            end = (
                span.end + len("\r\n")
                if given.text.startswith("\r\n", span.end)
                else min(span.end + 1, len(given.text))
            )
            edit = Edit(Span(span.start, end), given.text[span.start : end], "")
            taken.append(repeat(span, keeper, (edit,), key=line))
    return Cleaned(given, blocks, "article", Plan(tuple(taken), ()))


def repeat(span: Span, keeper: Span, edits: tuple[Edit, ...] = (), key: str = "k") -> Finding:
    return Finding(
        "D101",
        span,
        "this paragraph stands twice",
        "safe",
        edits,
        keeper=keeper,
        relation="exact",
        scores=SAME,
        words=14,
        key=key,
        because="the first in reading order",
    )


def conflict(path: str = "story.txt") -> Cleaned:
    """Two lines that differ in a number: reported, never edited."""
    text = "The fire injured 12 people in the old town.\n\nThe fire injured 21 people in the old town.\n"
    keeper, span = (span for span in split(text) if span.start < span.end)
    finding = Finding(
        "D105",
        span,
        "a near copy with differing facts",
        "report",
        keeper=keeper,
        relation="near",
        scores=Scores(0.9, 0.9565, 0.9),
        differences=(Difference("number", "12", "21"),),
        words=9,
        key="fire",
        because="the facts differ",
    )
    given = article(text, path)
    blocks = (Block(0, "paragraph", keeper, keeper), Block(1, "paragraph", span, span))
    return Cleaned(given, blocks, "article", Plan((), (Skipped(finding, "open", "its facts differ"),)))


def twice(path: str = "story.txt", encoding: str = "utf-8", bom: bytes = b"") -> Cleaned:
    return repeated_lines(article(f"{FIRST}\n{SECOND}\n{FIRST}\n", path, encoding, bom))


def report(*files: Cleaned) -> Report:
    return Report(files, (), 0.25)
