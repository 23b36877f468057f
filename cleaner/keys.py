"""
The comparison key: what a block says, whatever it looks like. It is compared and never written.

Folded away: case, width, white space, line wrapping, typographic quotes and dashes, emphasis marks. Kept: code, URLs
and tags to the letter, and all digits and punctuation. Tools that strip those call "£6.5m for 120 homes" and "£4.2m for
980 homes" the same text, and two links of one name the same link.
"""

from __future__ import annotations

from functools import lru_cache

from cleaner.model import Format, Span
from cleaner.normal import normal
from cleaner.patterns import pattern
from cleaner.segment.inline import masks, may_mask

_FOLDED = {
    **dict.fromkeys(map(ord, "‘’‚‛′´ʼ"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    ord("…"): "...",
    **dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}\N{THIN SPACE}"), " "),
    # With no width and no meaning for what is said:
    **dict.fromkeys(map(ord, "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"), None),
}
_SPACES = pattern(r"[ \t\r\n\f\v]+(?:(?<=[\r\n])[ \t]*>[> \t]*)?")
_EMPHASIS = {"markdown": ("**", "__"), "text": ("**", "__"), "rst": ("**",), "asciidoc": ("**", "__"), "html": ()}


def exact(text: str) -> str:
    """Return a text with its white space folded: what has to be equal for two copies to be the same to the letter."""
    return _squeezed(text)


@lru_cache(maxsize=10_000)  # an article is read again once it is cleaned, and nearly all its blocks are as they were
def key(text: str, format: Format = "text") -> str:
    """Return the comparison key of a block's (mended) text; "" where it says nothing at all."""
    if not may_mask(text):
        folded = _squeezed(_fold(text, format))
        return folded if folded[:1].isalnum() or any(map(str.isalnum, folded)) else ""
    verbatim = masks(text, Span(0, len(text)), format)
    if not verbatim:
        folded = _fold(text, format)
    else:
        parts: list[str] = []
        at = 0
        for mask in verbatim:
            parts += _fold(text[at : mask.start], format), text[mask.start : mask.end]
            at = mask.end
        parts.append(_fold(text[at:], format))
        folded = "".join(parts)
    folded = _squeezed(folded)
    return folded if any(map(str.isalnum, folded)) else ""


def _fold(text: str, format: Format) -> str:
    for mark in _EMPHASIS[format]:
        text = text.replace(mark, "")
    if not text.isascii():
        text = normal("NFKC", text.translate(_FOLDED))
    return text.casefold()


def _squeezed(text: str) -> str:
    # A line end inside a block quote is followed by its mark. Only ASCII white space folds: U+2028 and U+0085 are text.
    if not ("  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text):
        return text.strip(" ")
    return _SPACES.sub(" ", text).strip(" ")
