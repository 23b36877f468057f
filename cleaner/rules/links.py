"""
List items that say one thing in two ways: D130.

Linked and not: two items of one list that read the same aloud, where only one is a link or set in bold.

Entries of link lists that lead to one place under two wordings.

Which page a link opens says more than how it is named: of two entries of one list that lead to the same address, one was
added by somebody who did not see the other. Entries that are equal to the letter are found with all other blocks, in
repeats.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.addresses import below, place
from cleaner.model import Block, Confidence, Finding
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.words import count

# How alike two names of one link are, letter by letter; below, they may name two parts of one page.
ALIKE = 0.7
# Items of fewer words are names; of more, they are compared with all other texts, in nears.py.
FEWEST, MOST = 3, 6
# One page may be linked a thousand times: each entry is held against so many of those above it.
LOOK_BACK = 64
_UNREAD = pattern(r"(?<=\])\([^()\s]*\)|[\[\]*_]")
_ENTRY = pattern(r"(?:[ \t>|]|&[a-z]{2,6};)*(?:(?:[-*+]|\d+[.)]|[^\w\s`*_#<>|\[\](){}!-]{1,3})[ \t]+)?[*_]{0,2}\[(?![ xX]\])(?P<name>[^\[\]]+)\]\((?P<target>[^()\s]{3,})\)(?P<rest>.*)", 16)


def find(page: Page) -> Iterator[Finding]:
    """Yield D130 for each entry that leads where one above it in the same list or section leads."""
    if page.article.format != "markdown" or not page.options.wants("D130"):
        return
    yield from _read_alike(page)
    yield from _lead_alike(page)


def _read_alike(page: Page) -> Iterator[Finding]:
    above: dict[tuple[int, str], Block] = {}
    for block in page.blocks:
        if block.kind != "item":
            continue
        said = page.mended[block.number]
        marked = "[" in said or "]" in said or "*" in said or "_" in said
        read = " ".join((_UNREAD.sub("", said) if marked else said).split()).casefold()
        other = above.setdefault((block.group, read), block)
        if other is block or page.keys[other.number] == page.keys[block.number] or not FEWEST <= count(read) < MOST:
            continue
        if _targets(said) and _targets(page.mended[other.number]):
            continue  # the same name for two places
        yield Finding(
            rule="D130",
            span=block.span,
            message="{here} {repeats} the list item in {there}, one of them linked or marked up",
            safety="report",
            keeper=other.span,
            relation="normalised",
            words=count(read),
            key=page.keys[block.number],
            because="the two read the same",
        )


def _targets(text: str) -> bool:
    return _UNREAD.search(text) is not None and "](" in text


def _lead_alike(page: Page) -> Iterator[Finding]:
    above: dict[str, list[tuple[Block, tuple[str, str]]]] = {}
    names: dict[str, tuple[Block, str]] = {}
    for block in page.blocks:
        if block.kind not in ("item", "paragraph", "row"):
            continue
        found = _ENTRY.match(page.mended[block.number]) if "](" in page.mended[block.number] else None
        if found is None:
            continue
        target, said = place(found["target"]), (found["name"].strip().casefold(), found["rest"].strip().casefold())
        twin = next(((other, name) for other, name in above.get(target, ())[:LOOK_BACK] if _same(page, other, block, name, said)), None)
        above.setdefault(target, []).append((block, said))
        namesake, led = names.setdefault(found["name"].casefold(), (block, target))
        if twin is None and namesake is not block and below(led, target) and count(found["name"]) >= FEWEST:
            yield _renamed(page, namesake, block)
            continue
        before = page.blocks[block.number - 1] if block.number else None
        if twin is None and before is not None and (over := _ENTRY.match(page.mended[before.number])) and over["name"] == found["name"] and over["target"] != found["target"]:
            yield _renamed(page, before, block)
        if twin is None or page.keys[twin[0].number] == page.keys[block.number]:
            continue
        other = twin[0]
        close = other.kind == block.kind and (other.section == block.section or (other.group == block.group != 0))
        confidence: Confidence = "shown" if close and len(above[target]) == 2 else "pedantic"
        yield Finding(
            rule="D130",
            span=block.span,
            message="{here} leads where {there} does, under nearly the same name",
            safety="report",
            confidence=confidence,
            keeper=other.span,
            relation="near",
            words=count(page.mended[block.number]),
            key=page.keys[block.number],
            because="two entries of one list lead to the same place",
        )


def _renamed(page: Page, other: Block, block: Block) -> Finding:
    return Finding(
        rule="D130",
        span=block.span,
        message="{here} has the name of the link in {there}, and leads elsewhere",
        safety="report",
        confidence="pedantic",
        keeper=other.span,
        relation="near",
        words=count(page.mended[block.number]),
        key=page.keys[block.number],
        because="one of the two links may be old",
    )


def _same(page: Page, other: Block, block: Block, one: tuple[str, str], two: tuple[str, str]) -> bool:
    """Whether two entries have nearly one name, and nothing else to say: people and projects are linked again and again."""
    from rapidfuzz.distance import Indel

    whole = " ".join(one), " ".join(two)
    return (
        {other.kind, block.kind} != {"row", "paragraph"}
        and Indel.normalized_similarity(one[0], two[0], score_cutoff=ALIKE) >= ALIKE
        and Indel.normalized_similarity(*whole, score_cutoff=ALIKE) >= ALIKE
    )
