"""
Text to blocks: one module a format, each with `blocks(text)`, imported when its format is met.

Segmentation decides everything: what is not a block of its own can be neither compared nor removed. A segmenter that
is in doubt says so by calling a stretch opaque ("html", "directive", "code"); nothing is then done to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.model import Article, Block

# What stands so far in front of a block is seen by the patterns that look into it.
IN_FRONT = 3


def segment(article: Article) -> tuple[Block, ...]:
    """Cut an article into blocks: disjoint, in reading order, numbered from 0."""
    return tuple(_blocks(article, []))


def with_twins(article: Article) -> tuple[tuple[Block, ...], bytes]:
    """Cut an article into blocks, and tell of each whether it is a twin of the one above it; see `cleaner.page.Page`."""
    alike: list[range] = []
    blocks = tuple(_blocks(article, alike))
    return blocks, _twins(article.text, blocks, alike)


def _twins(text: str, blocks: Sequence[Block], alike: Sequence[range]) -> bytes:
    found = bytearray(len(blocks))
    size, said = -1, ""
    rest: tuple[object, ...] = ()
    begin = 0
    for told in (*alike, range(len(blocks), len(blocks))):
        for block in blocks[begin : told.start]:
            start, end = block[3]  # what it says; by place, since this is asked of every block
            if end - start == size and text[start - IN_FRONT : end] == said and (block[1], block[4:]) == rest:
                found[block[0]] = 1
            else:
                rest = block[1], block[4:]
                size, said = (end - start, text[start - IN_FRONT : end]) if start >= IN_FRONT else (-1, "")
        found[told.start : told.stop] = b"\1" * len(told)
        begin = told.stop
    return bytes(found)


def _blocks(article: Article, alike: list[range]) -> Iterator[Block]:
    """Yield the blocks; whoever knows beforehand that some are twins of those above them puts their numbers into `alike`."""
    match article.format:
        case "markdown":
            from cleaner.segment import markdown

            return markdown.blocks(article.text)
        case "html":
            from cleaner.segment import html

            return html.blocks(article.text)
        case "rst":
            from cleaner.segment import rst

            return rst.blocks(article.text)
        case "asciidoc":
            from cleaner.segment import asciidoc

            return asciidoc.blocks(article.text)
        case _:
            from cleaner.segment import plain

            return plain.blocks(article.text, alike)
