"""
Plain text to blocks. Paragraphs are set apart by blank lines, hard-wrapped, or one a line; the text is asked which.

Only what plain text has by custom is told apart: `# ` headings, underlined headings, list items, quoted mail lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, count, repeat
from operator import not_
from typing import NamedTuple

from cleaner import lines
from cleaner.model import Block, Kind, Span
from cleaner.patterns import pattern
from cleaner.segment import IN_FRONT, shape

_HEADING = pattern(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = pattern(r"([=\-~^*])\1{2,}[ \t]*$")
_ITEM = pattern(r"(?:[-*+•‣◦–—]|\d{1,3}[.)]|[a-z]\))[ \t]+(?=\S)")
_RULE = pattern(r"(?:[-*_=~#•][ \t]*){3,}$")
# So many plain lines are remembered: what repeats, repeats soon.
MOST_PLAIN = 10_000
# Of so many lines that stand below one another it is worth asking whether they are all the same.
FEWEST_ALIKE = 12
_CONFLICT = pattern(r"(?:<{7}|>{7}|\|{7})(?: |$)|={7}$")


class _Chunk(NamedTuple):
    """The lines between two blank ones: where each stands, and what it says."""

    rows: list[Span]
    said: list[str]

    def span(self, first: int, last: int) -> Span:
        """Return where lines stand, from the first of them to the last."""
        return self.rows[first] if first == last else Span(self.rows[first].start, self.rows[last].end)


def blocks(text: str, alike: list[range] | None = None) -> Iterator[Block]:
    """
    Return the blocks of a plain text; see `Block` for what each field holds.

    Args:
        text: The text.
        alike: The numbers of blocks that are seen to be twins of those above them are put here. Not of all that are.
    """
    return chain.from_iterable(_made(text, [] if alike is None else alike))


def _made(text: str, alike: list[range]) -> Iterator[Iterable[Block]]:
    ends_alike = "\r" not in text
    number, group, section = 0, 0, -1
    listing = False
    for piece in _pieces(text):
        if isinstance(piece, _Chunk):
            rows, said = piece
            made = zip(count(number), repeat("paragraph"), rows, rows, repeat(0), repeat(0), repeat(section), repeat("body"))
            yield map(partial(tuple.__new__, Block), made)
            if len(said) > FEWEST_ALIKE and ends_alike and said.count(said[0]) == len(said):
                alike.append(range(number + IN_FRONT, number + len(said)))  # in front of the first few stands something else
            number += len(rows)
            listing = False
            continue
        kind, span, inner, level = piece
        if kind == "item" and not listing:
            group += 1
        listing = kind == "item"
        if inner != span or text[inner.end - 1].isspace():  # else, which is nearly always, it is one value
            inner = _trimmed(text, inner.start, inner.end)
        yield (Block(number, kind, span, inner, level, group if listing else 0, section),)
        if kind == "heading":
            section = number
        number += 1


#: Kind, span, inner (white space at its end included), and level; or lines of which each is a paragraph, to the letter.
_Piece = tuple[Kind, Span, Span, int] | _Chunk


def _pieces(text: str) -> Iterator[_Piece]:
    chunks = [*_chunks(_Chunk(lines.split(text), lines.texts(text)))]
    single = shape.one_a_line([chunk.said for chunk in chunks if len(chunk.said) > 1])
    plain: set[str] = set()
    for chunk in chunks:
        yield from _split(chunk, single, plain)


def _chunks(whole: _Chunk) -> Iterator[_Chunk]:
    blank = bytes(map(not_, map(str.strip, whole.said)))
    end = -1
    while (begin := blank.find(False, end + 1)) >= 0:
        end = blank.find(True, begin)
        if end < 0:
            end = len(blank)
        yield _Chunk(whole.rows[begin:end], whole.said[begin:end])


def _split(chunk: _Chunk, single: bool, plain: set[str]) -> Iterator[_Piece]:
    """
    Yield the blocks of a run of lines.

    What is found to be a plain line, with no space around it, is put into `plain`: the same line is not looked at again, and
    under a plain line a plain line underlines nothing.
    """
    at, size = 0, len(chunk.said)
    while at < size:
        row, said = chunk.rows[at], chunk.said[at]
        if said in plain:
            end = _past(chunk.said, at, plain)
            end -= end < size  # the last of them may be underlined
            if end > at:
                yield _Chunk(chunk.rows[at:end], chunk.said[at:end])
                at = end
                continue
        indent = len(said) - len(said.lstrip())
        bare = said.strip()
        start = row.start + indent
        first, last, level = start, at, 0  # where the prose begins, the last line, and the level
        kind: Kind = "paragraph"
        if _CONFLICT.match(said):
            kind = "conflict"
        elif mark := _HEADING.match(bare):
            kind, first, level = "heading", start + mark.end(), len(mark.group(1))
        elif _RULE.match(bare) and len(bare) >= 3:
            kind = "break"
        elif at + 1 < size and _underlines(said, chunk.said[at + 1]):
            yield "heading", chunk.span(at, at + 1), Span(start, row.end), 2
            at += 2
            continue
        elif bare.startswith(">"):
            kind, level = "quote", 1
            while last + 1 < size and not single and chunk.said[last + 1].lstrip().startswith(">"):
                last += 1
        elif mark := _ITEM.match(bare):
            kind, first, level = "item", start + mark.end(), 1 + indent // 2
            last = at if single else _wrapped(chunk.said, at)
        elif not single:
            last = _wrapped(chunk.said, at)
        elif said == bare and len(plain) < MOST_PLAIN and not _UNDERLINE.match(bare):
            plain.add(said)
        span = chunk.span(at, last)
        yield kind, span, span if first == span.start else Span(first, span.end), level
        at = last + 1


def _past(said: list[str], at: int, plain: set[str]) -> int:
    """Return the first line below a plain one that is not known to be plain. Looked for in more lines at a time, as there are a million or two."""
    some = 8
    while at < len(said):
        known = bytes(map(plain.__contains__, said[at : at + some]))
        if False in known:
            return at + known.index(False)
        at += some
        some *= 4
    return len(said)


def _begins(said: list[str], at: int) -> bool:
    """Whether a line under a wrapped paragraph begins something else."""
    bare = said[at].strip()
    return bool(
        _HEADING.match(bare)
        or _CONFLICT.match(bare)
        or (len(bare) >= 3 and _RULE.match(bare))
        or bare.startswith(">")
        or _ITEM.match(bare)
        or (at + 1 < len(said) and _underlines(said[at], said[at + 1]))
    )


def _wrapped(said: list[str], at: int) -> int:
    """Return the last line of what a line begins, wrapped by hand: the lines below it that begin nothing new."""
    end = at
    while end + 1 < len(said) and not _begins(said, end + 1):
        end += 1
    return end


def _underlines(said: str, below: str) -> bool:
    under = below.strip()
    if not _UNDERLINE.match(under):
        return False
    title = said.strip()
    return bool(title) and len(title) <= len(under) * 2 and len(under) <= len(title) + 8 and not _UNDERLINE.match(title)


def _trimmed(text: str, start: int, end: int) -> Span:
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
