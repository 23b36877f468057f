"""
Plain text to blocks. Paragraphs are set apart by blank lines, hard-wrapped, or one a line; the text is asked which.

Only what plain text has by custom is told apart: `# ` headings, underlined headings, list items, quoted mail lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner import lines
from cleaner.model import Block, Kind, Span
from cleaner.patterns import pattern
from cleaner.segment import shape

_HEADING = pattern(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = pattern(r"([=\-~^*])\1{2,}[ \t]*$")
_ITEM = pattern(r"(?:[-*+•‣◦–—]|\d{1,3}[.)]|[a-z]\))[ \t]+(?=\S)")
_RULE = pattern(r"(?:[-*_=~#•][ \t]*){3,}$")
# So many plain lines are remembered: what repeats, repeats soon.
MOST_PLAIN = 10_000
_CONFLICT = pattern(r"(?:<{7}|>{7}|\|{7})(?: |$)|={7}$")


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a plain text; see `Block` for what each field holds."""
    rows = lines.split(text)
    section = -1
    for number, (kind, span, inner, level, group) in enumerate(_pieces(text, rows)):
        yield Block(number, kind, span, inner, level, group, section)
        if kind == "heading":
            section = number


_Piece = tuple[Kind, Span, Span, int, int]


def _pieces(text: str, rows: list[Span]) -> Iterator[_Piece]:
    chunks = _chunks(text, rows)
    single = shape.one_a_line([[text[row.start : row.end] for row in chunk] for chunk in chunks if len(chunk) > 1])
    group = 0
    listing = False
    plain: dict[str, int] = {}
    for chunk in chunks:
        for kind, first, last, at, level in _split(text, chunk, single, plain):
            if kind == "item" and not listing:
                group += 1
            listing = kind == "item"
            span = first if first is last else Span(first.start, last.end)
            end = first.end if kind == "heading" else last.end
            if (at, end) == span and not text[end - 1].isspace():
                inner = span  # nearly always, and one value less for each line
            else:
                inner = _trimmed(text, at, end)
            yield kind, span, inner, level, group if listing else 0


def _chunks(text: str, rows: list[Span]) -> list[list[Span]]:
    chunks: list[list[Span]] = []
    open_chunk = False
    for row in rows:
        if row.start == row.end or not text[row.start : row.end].strip():
            open_chunk = False
        elif open_chunk:
            chunks[-1].append(row)
        else:
            chunks.append([row])
            open_chunk = True
    return chunks


def _split(text: str, chunk: list[Span], single: bool, plain: dict[str, int]) -> Iterator[tuple[Kind, Span, Span, int, int]]:
    """
    Yield kind, first line, last line, where the prose begins, and level, for each block of a run of lines.

    What is found to be a plain line is put into `plain`, with its indentation: the same line is not looked at again, and
    under a plain line a plain line underlines nothing.
    """
    at, size = 0, len(chunk)
    while at < size:
        row = chunk[at]
        said = text[row.start : row.end]
        if said in plain and (at + 1 == size or text[chunk[at + 1].start : chunk[at + 1].end] in plain):
            yield "paragraph", row, row, row.start + plain[said], 0
            at += 1
            continue
        indent = len(said) - len(said.lstrip())
        bare = said.strip()
        start = row.start + indent
        if _CONFLICT.match(said):
            yield "conflict", row, row, start, 0
        elif mark := _HEADING.match(bare):
            yield "heading", row, row, start + mark.end(), len(mark.group(1))
        elif _RULE.match(bare) and len(bare) >= 3:
            yield "break", row, row, start, 0
        elif at + 1 < len(chunk) and _underlines(text, row, chunk[at + 1]):
            yield "heading", row, chunk[at + 1], start, 2
            at += 1
        elif bare.startswith(">"):
            end = at
            while end + 1 < len(chunk) and not single and text[chunk[end + 1].start : chunk[end + 1].end].lstrip().startswith(">"):
                end += 1
            yield "quote", row, chunk[end], start, 1
            at = end
        elif mark := _ITEM.match(bare):
            end = _continued(text, chunk, at) if not single else at
            yield "item", row, chunk[end], start + mark.end(), 1 + indent // 2
            at = end
        elif single:
            if len(plain) < MOST_PLAIN and not _UNDERLINE.match(bare):
                plain[said] = indent
            yield "paragraph", row, row, start, 0
        else:
            end = at
            while end + 1 < len(chunk) and not _begins(text, chunk, end + 1):
                end += 1
            yield "paragraph", row, chunk[end], start, 0
            at = end
        at += 1


def _begins(text: str, chunk: list[Span], at: int) -> bool:
    """Whether a line under a wrapped paragraph begins something else."""
    row = chunk[at]
    bare = text[row.start : row.end].strip()
    return bool(
        _HEADING.match(bare)
        or _CONFLICT.match(bare)
        or (len(bare) >= 3 and _RULE.match(bare))
        or bare.startswith(">")
        or _ITEM.match(bare)
        or (at + 1 < len(chunk) and _underlines(text, row, chunk[at + 1]))
    )


def _continued(text: str, chunk: list[Span], at: int) -> int:
    """Return the last line of a wrapped list item: the lines below it that are indented or begin nothing new."""
    end = at
    while end + 1 < len(chunk) and not _begins(text, chunk, end + 1):
        end += 1
    return end


def _underlines(text: str, row: Span, below: Span) -> bool:
    under = text[below.start : below.end].strip()
    if not _UNDERLINE.match(under):
        return False
    title = text[row.start : row.end].strip()
    return bool(title) and len(title) <= len(under) * 2 and len(under) <= len(title) + 8 and not _UNDERLINE.match(title)


def _trimmed(text: str, start: int, end: int) -> Span:
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
