"""
What each block is for the reader, and what kind of text the article is.

A title may stand as a bold line, a heading or in the front matter; decks stand around it; a pull quote repeats the body
on purpose. Nothing here looks at how often a text stands, only at which different texts there are, so that removing
copies changes neither the roles nor the profile (law 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cleaner.model import Block, Profile, Role
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.segment.shape import ends_sentence, stands_alone
from cleaner.words import count

# Titles and decks stand before the first paragraph of running text; this is how long that is, in words.
BODY_WORDS = 15
LONGEST_TITLE = 30
# A text of more different headings is a reference or a book, however much prose stands under each.
MOST_SECTIONS = 20
_BYLINE = pattern(r"(?:by|von|par|por|di|av|door)\s+\S+(?:\s+\S+){0,7}$", re.IGNORECASE)
_CAPTION = pattern(r"(?:photo|image|picture|figure|foto|bild|abbildung|photographie|imagen|caption)\b[^.]{0,40}[:.]", re.IGNORECASE)
_CAPTION_SIGNS = frozenset("PIFBACpifbacİı")  # what it can begin with
_NUMBERED = pattern(r"\d+[.)]")
# A comment to this tool, in any format: whoever keeps a paragraph by one has not changed what kind of text it is.
_COMMENT = pattern(r"\s*(?:<!--|\{/\*|\[//\]:[ \t]*#[ \t]*\(|\.\.|//)[ \t]*cleaner:")


def assign(page: Page) -> tuple[Block, ...]:
    """Return the blocks of a mended page with their roles; a role that the markup gave already stays."""
    blocks = page.blocks
    head = list(_head(page))
    title = _title(page, head)
    said = "" if title is None else _bare(page, title)
    roles: dict[int, Block] = {}
    for block in head:
        if block.role != "body" or block.kind not in ("paragraph", "heading"):
            continue
        text = _bare(page, block)
        role: Role
        if said and text == said:
            role = "title"
        elif block.kind == "paragraph" and _BYLINE.match(text):
            role = "byline"
        elif title is not None and block.kind == "paragraph" and stands_alone(page.mended[block.number]):
            role = "deck"
        else:
            continue
        roles.update((number, blocks[number]._replace(role=role)) for number in range(block.number, page.past_twins(block.number)))
    captions = {text for text in set(page.mended) if text[:1] in _CAPTION_SIGNS and _CAPTION.match(text)}
    for block in blocks if captions else ():
        if block.kind == "paragraph" and block.role == "body" and page.mended[block.number] in captions:
            roles.setdefault(block.number, block._replace(role="caption"))
    return tuple([roles.get(block.number, block) for block in blocks]) if roles else blocks


def profile(page: Page) -> Profile:
    """
    Choose the profile from the text.

    "article": prose with few sections and little else, so that a repeated paragraph is an accident wherever it stands.
    "list": mostly list items or table rows. "docs": all others.
    """
    seen: set[str] = set()
    paragraphs: list[int] = []
    headings = listed = opaque = 0
    whole = 0
    for block in page.firsts:
        text, key = page.mended[block.number], page.keys[block.number]
        if key in seen:
            continue
        seen.add(key)
        if block.kind in ("paragraph", "quote"):
            if block.role == "body":
                size = count(text)
                paragraphs.append(size)
                whole += size >= 8 and (ends_sentence(text) or "\u0e00" <= text.rstrip()[-1:] <= "\u0eff")  # Thai and Lao set no full stop
        elif block.kind == "heading":
            headings += block.role != "title"
        elif block.kind in ("item", "row"):
            listed += 1
        elif block.kind in ("code", "directive", "definition", "conflict"):
            opaque += not _COMMENT.match(page.source(block))
        elif block.kind == "html" and page.article.format != "html":  # there a page is made of tags
            opaque += not _COMMENT.match(page.source(block))
    running = [size for size in paragraphs if size >= 8]
    if listed > 3 * len(running) and listed >= 4:
        return "list"
    prose = sum(running)
    if page.options.prose_is_article and running and not (headings or listed or opaque):
        return "article"
    # A few paragraphs and nothing else are a short article; among headings, lists and code they would be part of a page.
    bare = not (headings or listed or opaque) and len(running) == len(paragraphs) == whole
    if (
        len(running) >= 2
        and prose >= (24 if bare else 60)
        and prose >= (12 if bare else 18) * len(running)
        and whole * 4 >= len(running) * 3
        and len(running) * 2 >= len(paragraphs)
        and headings * 3 <= len(running)
        and headings <= MOST_SECTIONS
        and listed * 4 <= len(running)
        and opaque * 6 <= len(running)
    ):
        return "article"
    return "docs"


def _head(page: Page) -> Iterable[Block]:
    """Yield the blocks above the first paragraph of running text, without the twins of each."""
    for block in page.firsts:
        said = page.mended[block.number]
        if block.kind == "paragraph" and not stands_alone(said) and count(said) >= BODY_WORDS:
            return
        if block.kind in ("item", "row", "quote", "code"):
            return
        yield block


def _title(page: Page, head: Sequence[Block]) -> Block | None:
    marked = next((block for block in head if block.role == "title"), None)
    if marked is not None:
        return marked
    for block in head:
        if block.kind == "heading" and block.level == 1:
            return block
    if any(block.kind == "front" or (block.kind == "heading" and block.level == 1) for block in page.firsts):
        return None
    alone = {text for text in {page.mended[block.number] for block in head} if stands_alone(text)}
    bold = [block for block in head if block.kind == "paragraph" and page.mended[block.number] in alone] if alone else []
    for block in bold:
        text = _bare(page, block)
        if not ends_sentence(text) and count(text) <= LONGEST_TITLE:
            return block
    if bold:
        return bold[0] if count(_bare(page, bold[0])) <= LONGEST_TITLE else None
    if page.article.format == "text" and head:
        first = head[0]
        text = _bare(page, first)
        if (
            first.kind == "paragraph"
            and 2 <= count(text) <= 20
            and "\n" not in text
            and not ends_sentence(text)
            and not _BYLINE.match(text)
            and not _NUMBERED.match(text)
            and (text[0].isupper() or text[0].isdigit() or text[0] in "\"'“‘«„")
        ):
            return first
    return None


def _bare(page: Page, block: Block) -> str:
    text = page.mended[block.number].strip()
    return text[2:-2].strip() if stands_alone(text) and text[:1] != "#" else text
