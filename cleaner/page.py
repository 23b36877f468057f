"""
A page: one article, cut into blocks, with all that the rules may ask of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, islice
from typing import NamedTuple

from cleaner.lines import Lines
from cleaner.model import PROSE, Article, Block, Profile, Span
from cleaner.options import Options
from cleaner.segment.inline import masks, may_mask


@lru_cache(maxsize=1)
def _language(text: str) -> str:
    from cleaner.language import guess

    return guess(text)


_masks = lru_cache(maxsize=10_000)(masks)


@lru_cache(maxsize=1)
def _lines(text: str) -> Lines:
    return Lines(text)


class Memory(NamedTuple):
    """What one reading of an article learnt about its texts. The next, of the cleaned text, meets nearly all of them again."""

    keys: dict[str, tuple[str, str]]  # what a block says -> the same, held once, and its comparison key
    plain: set[str]  # what blocks say in which no word stands twice in a row


@cache
def _firsts() -> re.Pattern[bytes]:
    return re.compile(b"\0+")


def passed(blocks: Iterator[Block], some: int) -> None:
    """Pass over so many blocks: a million that say what was heard already are passed over at once."""
    next(islice(blocks, some, some), None)


class Page(NamedTuple):
    """
    What every rule is given.

    Attributes:
        article: The text, as decoded.
        blocks: Its blocks, in reading order; `blocks[n].number == n`.
        options: What the run may do.
        profile: What kind of text it is; decides what is safe.
        mended: For each block, its inner text as it will be once the edits inside blocks are carried out. Comparing
            these, a damaged copy meets its sound twin the first time, and cleaning twice equals cleaning once.
        written_in: The language where it is known beforehand; None: told from the text when it is first asked for.
        keys: For each block, the comparison key made from the mended text; "" where the block is not to be compared.
        twins: For each block, whether the one directly above it says the same, after the same few characters, and is alike in all but where
            it stands; once the page is mended, whether it will also say the same then. Where a line stands a million times, all but the first
            are passed over together. Empty where nobody told.
        memory: What readings of this article learn for one another; None where there is one alone.
    """

    article: Article
    blocks: tuple[Block, ...]
    options: Options
    profile: Profile = "docs"
    mended: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    written_in: str | None = None
    memory: Memory | None = None
    twins: bytes = b""

    @property
    def language(self) -> str:
        """The article's language as an ISO 639-1 code; "" where it cannot be told. Told when it is first asked for."""
        return _language(self.article.text) if self.written_in is None else self.written_in

    @property
    def lines(self) -> Lines:
        """Where the article's lines begin."""
        return _lines(self.article.text)

    @property
    def firsts(self) -> Sequence[Block]:
        """Return the blocks without the twins below each: what is asked of all that is said is asked of these."""
        if 1 not in self.twins:
            return self.blocks
        return [*chain.from_iterable(self.blocks[run.start() : run.end()] for run in _firsts().finditer(self.twins))]

    @property
    def conflicts(self) -> bool:
        """Whether a merge conflict was left in the article."""
        return any(block.kind == "conflict" for block in self.firsts)

    def is_twin(self, number: int) -> bool:
        """Whether a block is a twin of the one above it."""
        return bool(self.twins) and self.twins[number] == 1

    def past_twins(self, number: int) -> int:
        """Return the number of the first block below one that is not its twin."""
        if not self.twins:
            return number + 1  # not asked for
        end = self.twins.find(0, number + 1)
        return end if end >= 0 else len(self.blocks)

    def source(self, block: Block) -> str:
        """Return a block's whole text as it stands in the article."""
        return self.article.text[block.span.start : block.span.end]

    def inner(self, block: Block) -> str:
        """Return a block's prose as it stands in the article, inline markup included."""
        return self.article.text[block.inner.start : block.inner.end]

    def prose(self) -> Sequence[Block]:
        """Return the blocks that hold prose: what rules may compare and mend."""
        return [block for block in self.blocks if block.kind in PROSE]

    def masks(self, block: Block) -> list[Span]:
        """Return the spans inside a block where nothing may be mended: code, URLs, tags, templates. Sorted, disjoint."""
        text, inner = self.article.text, block.inner
        return _masks(text, inner, self.article.format) if may_mask(text[inner.start : inner.end]) else []
