"""
A file as the index knows it: a digest of each block's key with its number of words, and a sketch of the whole.

Everything here is made by `segment` and `keys`, as the rules inside one file see a text; only mending is left out. The
places of blocks are not kept: what is reported is read from the file itself, which holds them.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from cleaner.model import PROSE, Article, Block

# A block of fewer words ("See also", "Returns", an attribution) stands in many files and shows nothing by itself.
ANCHOR_WORDS = 8
# A file of fewer words is a stub, a redirect or a list of links: its like is no copy that anybody would join.
FEWEST_WORDS = 40
# But for this: a manual page that is one long indented text counts as code, and its like as a copy, if it is the same throughout.
LONG_CODE = 1000  # characters
# Of two files whose shingles have a Jaccard similarity of 0.7, some one of the 16 smallest hashes is the same in both with
# probability 1 - 0.3**16, and at least four of them are with probability 0.99999.
SKETCH = 16
_MASK = (1 << 64) - 1
# Odd numbers without a pattern, so that a triple of words becomes one number of 64 bits. Never to change: see index.SCHEMA.
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


class Sheet(NamedTuple):
    """
    A file as the index knows it.

    Attributes:
        keys: A digest of each block's comparison key, in reading order; 0 where a block says nothing.
        words: How many words each block holds; for code, markup and other opaque blocks their length in characters, negative.
        sketch: The smallest hashes of its shingles of three words, ascending; empty for a short file.
        whole: A digest of all keys but the front matter's: equal for two files that say the same throughout; 0 for a
            short file.
        size: How many words the file holds.
    """

    keys: Sequence[int]
    words: Sequence[int]
    sketch: Sequence[int] = ()
    whole: int = 0
    size: int = 0

    @property
    def anchors(self) -> frozenset[int]:
        """The digests by which a passage of this file is found in others."""
        return frozenset(key for key, words in zip(self.keys, self.words) if words >= ANCHOR_WORDS)

    @property
    def postings(self) -> frozenset[int]:
        """All numbers under which the index lists this file."""
        return frozenset((*self.anchors, *self.sketch, *((self.whole,) if self.whole else ())))


class Text(NamedTuple):
    """A file as it reads: what a proposal of the index is held against."""

    article: Article
    blocks: tuple[Block, ...]
    keys: tuple[str, ...]  # as in `Page.keys`: those of opaque blocks begin with their kind and NUL
    sizes: tuple[int, ...]  # words of prose blocks; 0 for others

    @property
    def size(self) -> int:
        """How many words the file holds."""
        return sum(self.sizes)

    @property
    def said(self) -> tuple[str, ...]:
        """The keys of all blocks that say something, without the front matter."""
        return tuple(key for key, block in zip(self.keys, self.blocks) if key and block.kind not in ("front", "break"))

    @property
    def opaque(self) -> Counter[str]:
        """How long the blocks are that are no prose (code, markup, directives), in characters."""
        made: Counter[str] = Counter()
        for key, block in zip(self.keys, self.blocks):
            if _is_opaque(block):
                made[key] += len(key)
        return made

    @property
    def title(self) -> str:
        """The title as the front matter has it, else the first heading; "" where there is neither."""
        from cleaner.rules.titles import front_title

        if said := front_title(self.article, self.blocks):
            return said
        return next((self.article.said(block.inner) for block in self.blocks if block.kind == "heading"), "")

    @property
    def words(self) -> list[str]:
        """All words of the prose, in order."""
        from cleaner.words import words

        return [word for key, size in zip(self.keys, self.sizes) if size for word in words(key)]


def _is_opaque(block: Block) -> bool:
    return block.kind not in PROSE and block.kind not in ("front", "break")


def read(article: Article) -> Text:
    """Cut an article into blocks, and make the key of each."""
    from cleaner import keys
    from cleaner.segment import segment
    from cleaner.words import count

    blocks = segment(article)
    made: list[str] = []
    sizes: list[int] = []
    for block in blocks:
        if block.kind in PROSE:
            key = keys.key(article.text[block.inner.start : block.inner.end], article.format)
            made.append(key)
            sizes.append(count(key))
        else:
            source = article.text[block.span.start : block.span.end]
            folded = keys.exact(source) if block.kind in ("html", "directive", "definition") else source
            made.append("" if _is_comment(source) else f"{block.kind}\0{folded}")
            sizes.append(0)
    return Text(article, blocks, tuple(made), tuple(sizes))


def _is_comment(source: str) -> bool:
    """Whether a block is a comment, to readers of the source or to this tool: it says nothing to those of the text."""
    bare = source.strip()
    if bare.startswith("<!--"):
        return bare.find("-->") == len(bare) - 3
    return bare.startswith(("{/*", "[//]:", "..", "//")) and "cleaner:" in bare and "\n" not in bare


def sheet(text: Text) -> Sheet:
    """Make the sheet of a text."""
    keys = array("q", (digest(key) if key else 0 for key in text.keys))
    words = array("i", (size or (-len(key) if _is_opaque(block) else 0) for key, size, block in zip(text.keys, text.sizes, text.blocks)))
    long = text.size >= FEWEST_WORDS
    if not long and text.opaque.total() < LONG_CODE:
        return Sheet(keys, words, size=text.size)
    whole = digest("\0".join(("whole", *text.said)))
    return Sheet(keys, words, array("q", sketch(text.words) if long else ()), whole, text.size)


def digest(text: str) -> int:
    """Return 64 bits of a text's BLAKE2 digest as a signed number, as SQLite holds them; never 0."""
    from hashlib import blake2b

    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True) or 1


def sketch(said: Sequence[str]) -> list[int]:
    """
    Return the smallest hashes of a text's shingles of three words: a bottom-k sketch.

    How many of the smallest of two sketches' union both hold estimates the Jaccard similarity of the two texts.

    Source: Broder, On the resemblance and containment of documents (1997).
    """
    known: dict[str, int] = {}
    hashed = [known[word] if word in known else known.setdefault(word, crc32(word.encode("utf-8", "surrogatepass"))) for word in said]
    a, b, c = _MIX
    triples = {(x * a + y * b + z * c) & _MASK for x, y, z in zip(hashed, hashed[1:], hashed[2:])}
    # Such sums of short words lie near each other; one more multiplication spreads them over all 64 bits.
    mixed = {((value ^ (value >> 32)) * a) & _MASK for value in triples}
    from heapq import nsmallest

    return [value - (1 << 63) for value in nsmallest(SKETCH, mixed)]


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate the Jaccard similarity of two texts from their sketches."""
    smallest = sorted({*one, *other})[:SKETCH]
    both = {*one} & {*other}
    return sum(value in both for value in smallest) / len(smallest) if smallest else 0.0


_HEAD = struct.Struct("<IIIIq")


def pack(made: Sheet) -> bytes:
    """Write a sheet as bytes, with a checksum before them."""
    body = _HEAD.pack(0, len(made.keys), len(made.sketch), made.size, made.whole)[4:] + _raw("q", made.keys) + _raw("i", made.words) + _raw("q", made.sketch)
    return struct.pack("<I", crc32(body)) + body


def unpack(data: bytes) -> Sheet:
    """
    Read a sheet from bytes.

    Raises:
        ValueError: If they are not a sheet that `pack` wrote.
    """
    if len(data) < _HEAD.size or crc32(data[4:]) != struct.unpack_from("<I", data)[0]:
        raise ValueError("not a sheet")
    _, blocks, hashes, size, whole = _HEAD.unpack_from(data)
    at = _HEAD.size
    if len(data) != at + 12 * blocks + 8 * hashes:
        raise ValueError("not a sheet")
    keys, words, sketched = array("q"), array("i"), array("q")
    for part, width, length in ((keys, 8, blocks), (words, 4, blocks), (sketched, 8, hashes)):
        part.frombytes(data[at : at + width * length])
        at += width * length
        if sys.byteorder == "big":
            part.byteswap()
    return Sheet(keys, words, sketched, whole, size)


def _raw(code: str, values: Sequence[int]) -> bytes:
    made = array(code, values)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()
