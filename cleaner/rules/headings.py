"""
D111 for what repeats.py, which compares block by block, does not see.

Twins: two sections of one name under one heading, with nearly the same text. Elsewhere equal headings are no error: every
entry of a reference has its "Syntax" and its "Example".

Echoes: a heading that says again what the heading directly above it says, in other marks: D111.

Where one text of two headings is the same to the letter, repeats.py finds them with all other blocks. Here are those that
a person reads as the same: "About Arrays" over "about_Arrays", or one of the two a link. Nothing stands between them, so one
of the two has no section.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cleaner.model import Block, Finding, Span
from cleaner.outline import Frames, Outline
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.words import count, words

# How alike the texts of two sections of one name are, and how long they have to be to tell and may be to be compared.
ALIKE = 0.8
FEWEST_WORDS = 8
MOST_WORDS = 20_000
# Sections of one name with more between them are entries of a long reference.
MOST_BETWEEN = 8

_TARGET = pattern(r"(?<=\])(?:\([^()\s]*\)|\[[^\[\]]*\])|<[^<>]*>|\{#[\w.-]+\}")
_TAB = pattern(r"\(#tab/")
_MARKS = pattern(r"[\W_]+")


def find(page: Page) -> Iterator[Finding]:
    """Yield D111 for each heading that reads like the one directly above it, and for each section that stands twice."""
    if not page.options.wants("D111"):
        return
    yield from _echoes(page)
    if page.article.format != "text":  # there a heading is a guess
        yield from _twins(page)


def _echoes(page: Page) -> Iterator[Finding]:
    for block in page.firsts:
        above = page.blocks[block.number - 1] if block.number else block
        if above.kind != "heading" or block.kind != "heading" or page.keys[above.number] == page.keys[block.number]:
            continue
        said = _read(page.mended[block.number])
        if said and said == _read(page.mended[above.number]):
            yield Finding(
                rule="D111",
                span=block.span,
                message="{here} {repeats} the heading in {there} in other marks, and nothing stands between them",
                safety="report",
                keeper=above.span,
                relation="near",
                words=count(said),
                key=page.keys[block.number],
                because="which of the two is meant is for the author to say",
            )


def _twins(page: Page) -> Iterator[Finding]:
    headings = [block for block in page.blocks if block.kind == "heading"]
    if len({page.keys[block.number] for block in headings}) == len(headings):
        return
    outline, frames = Outline(page.blocks), Frames(page.article.text, page.blocks)
    above: dict[tuple[int, int, str], list[Block]] = {}
    places: dict[int, int] = {}  # how many headings of its level stand above a heading
    levels: Counter[int] = Counter()
    for block in headings:
        places[block.number] = levels[block.level]
        levels[block.level] += 1
        above.setdefault((outline.home(block), block.level, _read(page.mended[block.number])), []).append(block)
    for (_, _, said), group in above.items():
        if len(group) != 2 or not said:
            continue
        keeper, twin = group
        if twin.role == "title" or twin.number == keeper.number + 1:
            continue  # a title, or a heading below itself: found with all other copies
        between = places[twin.number] - places[keeper.number] - 1
        if between > MOST_BETWEEN or _TAB.search(page.source(twin)) or frames.part(keeper, twin):
            continue  # each reader is shown one of the two
        bodies = [_body(page, block) for block in group]
        if [page.keys[block.number] for block in bodies[0]] == [page.keys[block.number] for block in bodies[1]]:
            continue  # found with all other copies
        if not all(bodies) or _alike(page, *bodies):
            yield Finding(
                rule="D111",
                span=Span(twin.span.start, (bodies[1] or [twin])[-1].span.end),
                message="{here} {repeats} the section in {there}: the same heading under the same heading, and nearly the same text",
                safety="report",
                keeper=Span(keeper.span.start, (bodies[0] or [keeper])[-1].span.end),
                relation="near",
                words=sum(count(page.mended[block.number]) for block in bodies[1]),
                key=page.keys[twin.number],
                because="two sections of one name beside each other are two states of one",
            )


def _body(page: Page, heading: Block) -> list[Block]:
    body: list[Block] = []
    for number in range(heading.number + 1, len(page.blocks)):
        block = page.blocks[number]
        if block.kind == "heading" and block.level <= heading.level:
            break
        body.append(block)
    return body


def _alike(page: Page, one: Sequence[Block], other: Sequence[Block]) -> bool:
    """Whether two sections say nearly the same: their words in order, or most of the blocks of the shorter one."""
    words_of = [words("\n".join(page.keys[block.number] for block in body if page.keys[block.number])) for body in (one, other)]
    shorter, longer = sorted(words_of, key=len)
    if len(shorter) < FEWEST_WORDS or len(longer) > MOST_WORDS:
        return False
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(shorter, longer, score_cutoff=ALIKE) >= ALIKE


def _read(text: str) -> str:
    """Return a heading as it is read aloud: without link targets, anchors, marks and case."""
    return _MARKS.sub(" ", _TARGET.sub(" ", text)).strip().casefold()
