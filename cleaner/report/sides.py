"""
Two texts side by side for a page: what both say, what only one of them says, and no more than a reader looks at.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from cleaner.report.words import Piece, compare, trimmed

#: So many characters of one side are shown; what comes after is counted.
ROOM = 4_000
#: Longer texts are first freed of the paragraphs that they begin and end with alike; if still longer, they are not compared.
_LONG = 20_000
#: A change longer than this is shown by its two ends.
_END = 400


class Part(NamedTuple):
    """A stretch of one side; `only`: the other side does not say it."""

    text: str
    only: bool


class Sides(NamedTuple):
    """
    Two texts to be shown.

    Attributes:
        state: "same": word for word; "long": too long to be compared; "none": one of them is empty; else "differ".
        left, right: Their parts, where they differ.
        more: How many further places differ and are not shown.
    """

    state: Literal["same", "long", "none", "differ"]
    left: tuple[Part, ...] = ()
    right: tuple[Part, ...] = ()
    more: int = 0

    @property
    def size(self) -> int:
        return sum(len(part.text) for part in (*self.left, *self.right))


def sides(one: str, other: str, context: int = 8) -> Sides:
    """Hold two texts against each other word by word, with so many words around each change; space alone is no difference."""
    one, other = one.strip(), other.strip()
    if not one or not other:
        return Sides("none")
    if one == other or one.split() == other.split():
        return Sides("same")
    before, after = "", ""
    if max(len(one), len(other)) > _LONG:
        before, one, other, after = _apart(one, other)
    pieces = compare(one, other) if max(len(one), len(other)) <= 4 * _LONG else None
    if pieces is None:
        return Sides("long")
    return _cut([Piece(before, before), *trimmed(pieces, context), Piece(after, after)])


def full(one: str, other: str) -> Sides:
    """Hold two texts against each other word by word, and leave nothing out: for a reader who decides about them."""
    if one == other or one.split() == other.split():
        return Sides("same", (Part(one, False),), (Part(other, False),))
    pieces = compare(one, other) if max(len(one), len(other)) <= 4 * _LONG else None
    if pieces is None:
        return Sides("long", (Part(one, False),), (Part(other, False),))
    left = [part for piece in pieces for part in _parts(piece.gone, _common(piece))]
    right = [part for piece in pieces for part in _parts(piece.kept, _common(piece))]
    return Sides("differ", tuple(left), tuple(right))


def _apart(one: str, other: str) -> tuple[str, str, str, str]:
    """Take off the paragraphs with which both texts begin and end, and leave a mark of them."""
    first, second = one.split("\n\n"), other.split("\n\n")
    shorter = min(len(first), len(second))
    head = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    tail = next((at for at in range(shorter - head) if first[-1 - at] != second[-1 - at]), shorter - head)
    texts = ["\n\n".join(each[head : len(each) - tail]) for each in (first, second)]
    return "… " if head else "", texts[0], texts[1], " …" if tail else ""


def _cut(pieces: list[Piece]) -> Sides:
    left: list[Part] = []
    right: list[Part] = []
    used = 0
    for at, piece in enumerate(pieces):
        if used > ROOM:
            more = sum(not _common(each) for each in pieces[at:])
            return Sides("differ", tuple(left), tuple(right), more)
        common = _common(piece)
        for side, text in ((left, piece.gone), (right, piece.kept)):
            side += _parts(_ends(text), common)
        used += max(len(_ends(piece.gone)), len(_ends(piece.kept)))
    return Sides("differ", tuple(left), tuple(right))


def _parts(text: str, common: bool) -> list[Part]:
    """Return a piece as parts; the space around what only one side says is not marked."""
    inside = text.strip()
    if common or not inside:
        return [Part(text, False)] if text else []
    at = text.index(inside)
    parts = [Part(text[:at], False), Part(inside, True), Part(text[at + len(inside) :], False)]
    return [part for part in parts if part.text]


def _common(piece: Piece) -> bool:
    return piece.gone.split() == piece.kept.split()


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END + 50 else f"{text[:_END].rstrip()} … {text[-_END:].lstrip()}"
