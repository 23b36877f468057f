"""
Text to blocks: one module a format, each with `blocks(text)`, imported when its format is met.

Segmentation decides everything: what is not a block of its own can be neither compared nor removed. A segmenter that
is in doubt says so by calling a stretch opaque ("html", "directive", "code"); nothing is then done to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.model import Article, Block


def segment(article: Article) -> tuple[Block, ...]:
    """Cut an article into blocks: disjoint, in reading order, numbered from 0."""
    return tuple(_blocks(article))


def _blocks(article: Article) -> Iterator[Block]:
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

            return plain.blocks(article.text)
