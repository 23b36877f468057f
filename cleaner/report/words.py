"""
Two copies side by side: which words only one of them has.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Words, single ideographs and kana (these scripts put no space between words), single marks, runs of space.
_WORD = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|[^\W_]+|_+|[^\w\s]")

_ENDS = ".!?;:,…。！？、؟।"

#: Copies longer than this are not aligned: the alignment takes time and memory with the product of the two.
LONGEST = 5_000


class Piece(NamedTuple):
    """A stretch of two copies: `gone` stands only in the copy that goes, `kept` only in the other; equal: both hold it."""

    gone: str
    kept: str

    @property
    def common(self) -> bool:
        return self.gone == self.kept


def compare(duplicate: str, keeper: str) -> list[Piece] | None:
    """
    Align two texts word by word.

    Returns:
        Pieces that spell the duplicate when `gone` is joined, and the keeper when `kept` is; None where either is too
        long to be aligned for show.
    """
    one, other = _WORD.findall(duplicate), _WORD.findall(keeper)
    if max(len(one), len(other)) > LONGEST:
        return None
    from rapidfuzz.distance import Indel

    pieces: list[Piece] = []
    for code in Indel.opcodes(one, other):
        gone, kept = "".join(one[code.src_start : code.src_end]), "".join(other[code.dest_start : code.dest_end])
        _add(pieces, Piece(gone, kept))
    return [piece for piece in _settled(pieces) if piece != ("", "")]


def trimmed(pieces: list[Piece], context: int = 5) -> list[Piece]:
    """Return the pieces with only so many words of common text around each change; `…` stands for the rest."""
    short: list[Piece] = []
    for number, piece in enumerate(pieces):
        if not piece.common:
            short.append(piece)
            continue
        words = _WORD.findall(piece.kept)
        head = [] if number == 0 else words[: 2 * context]
        tail = [] if number == len(pieces) - 1 else words[-2 * context :]
        if len(words) > len(head) + len(tail) + 2:
            text = f"{''.join(head).rstrip()} … {''.join(tail).lstrip()}"
            text = text.lstrip() if number == 0 else text.rstrip() if number == len(pieces) - 1 else text
            piece = Piece(text, text)
        short.append(piece)
    return short


def _settled(pieces: list[Piece]) -> list[Piece]:
    """
    Let what only one text has end where its sentence ends.

    Of "One." and "One. Two." an alignment may as well say that ". Two" is more as that " Two." is; people say the latter.
    """
    settled = list(pieces)
    for at in range(1, len(settled) - 1):
        before, piece, after = settled[at - 1 : at + 2]
        only = piece.gone or piece.kept
        mark = only[:1]
        if bool(piece.gone) == bool(piece.kept) or not mark or mark not in _ENDS:
            continue
        if before.common and after.common and after.kept.startswith(mark):
            moved = only[1:] + mark
            settled[at - 1] = Piece(before.gone + mark, before.kept + mark)
            settled[at] = Piece(moved, "") if piece.gone else Piece("", moved)
            settled[at + 1] = Piece(after.gone[1:], after.kept[1:])
    return settled


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Append a piece; changes that touch, or that only a space divides, become one: "[-a b-]" reads better than two."""
    between = len(pieces) > 1 and pieces[-1].common and pieces[-1].kept.isspace() and not pieces[-2].common
    joined = 2 if between else 1 if pieces and not pieces[-1].common else 0
    if piece.common or not joined:
        pieces.append(piece)
        return
    last = [*pieces[-joined:], piece]
    pieces[-joined:] = [Piece("".join(each.gone for each in last), "".join(each.kept for each in last))]
