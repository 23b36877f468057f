"""
Edited and truncated copies: D102, D104, and D105 where the two differ in facts.

Loaded only where an article has two different texts with words in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.match.near import Pair, pairs
from cleaner.model import Block, Confidence, Difference, Finding, Safety
from cleaner.page import Page
from cleaner.rules.cut import Gone, cut
from cleaner.words import count

# What may differ between two states of one text without saying anything new.
_SLIPS = frozenset({"typo", "inflection", "case", "punctuation", "function", "markup", "missing"})


def find(page: Page, gone: Gone) -> Iterator[Finding]:
    """Yield a finding for every block that is an edited or truncated copy of one above it that stays."""
    staying: dict[str, Block] = {}
    for block in page.blocks:
        key = page.keys[block.number]
        if key and block.kind in ("paragraph", "item", "quote", "row") and block.number not in gone:
            staying.setdefault(key, block)
    keys = list(staying)
    found: list[tuple[Block, Block, Pair, tuple[Difference, ...]]] = []
    for pair in pairs(keys, page.options.few_blocks):
        keeper, duplicate = staying[keys[pair.first]], staying[keys[pair.second]]
        if not page.article.origin.sure or not _comparable(keeper, duplicate):
            continue
        if not page.options.pedantic and not _may_show(page, keeper, duplicate):
            continue  # how the two differ takes long to tell, and would not be told anybody
        shorter = count(page.mended[keeper.number]) < count(page.mended[duplicate.number])
        if shorter and (pair.relation == "contained" or page.options.keep == "longest" or _cut(page, duplicate, keeper)):
            keeper, duplicate = duplicate, keeper  # the more complete copy stays
        if pair.relation == "near" and _cut(page, keeper, duplicate):
            pair = pair._replace(relation="contained")
        found.append((keeper, duplicate, pair, _differences(page, keeper, duplicate)))
    going: dict[int, int] = {}
    said: set[int] = set()
    # Near copies down the page, then truncated ones from the longest: each is held against what stays, never against
    # a copy that goes, so no chain of small changes can remove a text that nothing like it is left of.
    for keeper, duplicate, pair, differing in sorted(found, key=_order):
        if duplicate.number in going or duplicate.number in said:
            continue
        if not _conflicting(differing):
            if keeper.number in going or duplicate.number in going.values():
                continue
            going[duplicate.number] = keeper.number
        said.add(duplicate.number)
        yield from _finding(page, keeper, duplicate, pair, differing, gone)


def _may_show(page: Page, keeper: Block, duplicate: Block) -> bool:
    """Whether two near copies stand so that a finding about them can be worth showing without --pedantic."""
    return page.profile == "article" or abs(keeper.number - duplicate.number) == 1 or keeper.section == duplicate.section


def _cut(page: Page, keeper: Block, duplicate: Block) -> bool:
    """Whether a block is another cut short: a teaser that ends in an ellipsis or "read more"."""
    from cleaner.match.facts import cut as cut_short

    return cut_short(page.mended[keeper.number], page.mended[duplicate.number])


def _order(match: tuple[Block, Block, Pair, tuple[Difference, ...]]) -> tuple[bool, bool, int, float, int]:
    keeper, duplicate, pair, differing = match
    return _conflicting(differing), pair.relation == "contained", duplicate.number, -pair.scores.ratio, keeper.number


def _differences(page: Page, keeper: Block, duplicate: Block) -> tuple[Difference, ...]:
    from cleaner.match.facts import differences

    return differences(page.mended[keeper.number], page.mended[duplicate.number], page.language)


def _conflicting(differing: Sequence[Difference]) -> bool:
    from cleaner.match.facts import conflicting

    return conflicting(tuple(differing))


def _comparable(one: Block, other: Block) -> bool:
    if one.kind == "row" or other.kind == "row":
        return one.kind == other.kind and one.group == other.group
    return one.role == other.role or "body" not in (one.role, other.role)


def _finding(
    page: Page, keeper: Block, duplicate: Block, pair: Pair, differing: tuple[Difference, ...], gone: Gone
) -> Iterator[Finding]:
    apart = abs(keeper.number - duplicate.number)
    percent = f"{int(pair.scores.ratio * 100)} %"
    size = count(page.mended[duplicate.number])
    safety: Safety = "unsafe"
    if _conflicting(differing):
        rule, safety = "D105", "report"
        message = f"a near copy with differing facts, {percent} alike: {_named(differing)}"
        because = "two texts that differ in facts are never merged"
    elif pair.relation == "contained":
        rule = "D104"
        message = f"these {size:,} words stand in a longer {duplicate.kind}"
        because = "the more complete copy stays"
    else:
        rule = "D102"
        message = f"an edited copy, {percent} alike: {size:,} words"
        because = "the first copy stays; read the differences before the other goes"
    if not page.options.wants(rule):
        return
    yield Finding(
        rule=rule,
        span=duplicate.span,
        message=message,
        safety=safety,
        edits=(cut(page, duplicate.number, duplicate.number, gone),) if safety != "report" else (),
        confidence=_confidence(page, rule, differing, apart, size, keeper, duplicate),
        keeper=keeper.span,
        relation=pair.relation,
        scores=pair.scores,
        differences=differing,
        words=size,
        key=page.keys[duplicate.number],
        because=because,
    )


def _confidence(page: Page, rule: str, differing: Sequence[Difference], apart: int, size: int, keeper: Block, duplicate: Block) -> Confidence:
    kinds = {difference.kind for difference in differing}
    if rule == "D104":
        likely = (apart == 1 and size >= 8) or (page.profile == "article" and size >= 12)
    elif rule == "D102":
        likely = kinds <= _SLIPS and size >= 8 and (apart == 1 or page.profile == "article" or (size >= 15 and keeper.section == duplicate.section))
    else:
        likely = page.profile == "article" and size >= 12
    return "shown" if likely else "pedantic"


def _named(differing: Sequence[Difference]) -> str:
    from cleaner.match.facts import FACTS

    facts = [f"{difference.keeper or 'nothing'} against {difference.duplicate or 'nothing'}" for difference in differing if difference.kind in FACTS]
    return ", ".join(facts[:3]) + (f" and {len(facts) - 3} more" if len(facts) > 3 else "")
