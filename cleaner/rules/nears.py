"""
Edited and truncated copies: D102, D104, and D105 where the two differ in facts.

Loaded only where an article has two different texts with words in common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cleaner.addresses import below, place
from cleaner.match.facts import FACTS
from cleaner.match.near import Pair, pairs
from cleaner.match.shingles import FEWEST_WORDS
from cleaner.model import PROSE, Block, Confidence, Difference, Finding, Relation, Safety
from cleaner.outline import Outline
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.rules.cut import Gone, cut
from cleaner.words import count

# What one section says twice, in other words, is worth a look from so many words on.
FEWEST_IN_SECTION = 15
# A name or a word more makes another thing of a short item, and not of a sentence...
FEWEST_ADDED = 12
# ... and a figure more makes another thing of that, too.
FEWEST_IN_FULL = 25
# Of two texts that differ in facts, those of fewer words are two entries of one list.
FEWEST_STATED = 20
_FIGURES = frozenset({"number", "date", "unit", "currency", "negation", "opposite", "modality", "quotation", "code", "sign"})
_COMPARED = frozenset({"paragraph", "item", "quote", "row"})
_TEMPLATE = pattern(r"(?:\{\{[^{}]*\}\}|\{%[^%]*%\}|\s)+")
_TARGET = pattern(r"[ \t]*[*_]{0,2}\[[^\[\]]*\]\(([^()\s]{4,})\)")
# The same words with another link target are a repeat only where there are so many of them.
FEWEST_LINKED = 15
# In so many words one may have been put in the place of another.
FEWEST_REWORDED = 40
_HREF = pattern(r"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
# What is not read aloud: link targets, tags, template marks, code ticks.
_UNREAD = pattern(r"(?<=\])(?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])|</?[A-Za-z!][^<>]*>|\{\{[^{}]*\}\}|\{%[^%]*%\}|`+|[\[\]]")
# What may differ between two states of one text without saying anything new.
_SLIPS = frozenset({"typo", "inflection", "case", "punctuation", "function", "markup", "missing"})


def find(page: Page, gone: Gone, outline: Outline) -> Iterator[Finding]:
    """Yield a finding for every block that is an edited or truncated copy of one above it that stays."""
    staying: dict[str, Block] = {}
    for block, key in zip(page.blocks, page.keys):
        if key and key not in staying and block.kind in _COMPARED and block.number not in gone:
            staying[key] = block
    keys = list(staying)
    read = [_read(key) for key in keys]
    found: list[tuple[Block, Block, Pair, tuple[Difference, ...]]] = []
    for pair in pairs(read, page.options.few_blocks):
        keeper, duplicate = staying[keys[pair.first]], staying[keys[pair.second]]
        if not page.article.origin.sure or not _comparable(keeper, duplicate):
            continue
        if not page.options.pedantic and not _may_show(page, outline, keeper, duplicate):
            continue  # how the two differ takes long to tell, and would not be told anybody
        shorter = count(page.mended[keeper.number]) < count(page.mended[duplicate.number])
        if shorter and (pair.relation == "contained" or page.options.keep == "longest" or _cut(page, duplicate, keeper)):
            keeper, duplicate = duplicate, keeper  # the more complete copy stays
        if pair.relation == "near" and _cut(page, keeper, duplicate):
            pair = pair._replace(relation="contained")
        found.append((keeper, duplicate, pair, _differences(page, keeper, duplicate)))
    passages = _passages(page, found)
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
        for finding in _finding(page, outline, keeper, duplicate, pair, differing, gone):
            chained = (keeper.number, duplicate.number) in passages
            yield finding._replace(confidence="shown") if chained else finding


def _passages(page: Page, found: Sequence[tuple[Block, Block, Pair, tuple[Difference, ...]]]) -> set[tuple[int, int]]:
    """
    Return the pairs that belong to a passage which stands in one section in two states: those beside them are copies, too.

    A text that is like several others is one of a series of entries; and so are items, and texts that say opposite things
    in the same words.
    """
    partners = Counter(block.number for keeper, duplicate, *_ in found for block in (keeper, duplicate))
    pairs = {
        (keeper.number, duplicate.number)
        for keeper, duplicate, _, differing in found
        if partners[keeper.number] == partners[duplicate.number] == 1
        and keeper.section == duplicate.section
        and keeper.kind == duplicate.kind
        and keeper.kind in ("paragraph", "item")
        and (keeper.group != duplicate.group or not keeper.group)
        and not page.mended[keeper.number].startswith("|")
        and count(page.mended[duplicate.number]) >= FEWEST_IN_FULL
        and not any(each.kind in _FIGURES and each.keeper and each.duplicate for each in differing)
    }
    passages: set[tuple[int, int]] = set()
    for one, other in pairs:
        together = {(one + step, other + step) for step in (-2, -1, 0, 1, 2)} & pairs
        if len(together) > 1 and any(page.blocks[number].kind == "paragraph" for number, _ in together):
            passages.add((one, other))
    return passages


def _read(key: str) -> str:
    """Return a key as it is read aloud, where that is enough to be compared: two that differ in a link say the same."""
    if "]" not in key and "<" not in key and "{" not in key and "`" not in key:
        return key
    read = _UNREAD.sub(" ", key)
    return read if count(read) >= FEWEST_WORDS else key


def _may_show(page: Page, outline: Outline, keeper: Block, duplicate: Block) -> bool:
    """Whether two near copies stand so that a finding about them can be worth showing without --pedantic."""
    return page.profile == "article" or abs(keeper.number - duplicate.number) == 1 or _in_one_section(outline, keeper, duplicate)


def _in_one_section(outline: Outline, keeper: Block, duplicate: Block) -> bool:
    """Whether two blocks stand in one section, or one of them at its top and the other further down."""
    return keeper.section == duplicate.section or outline.relation(keeper, duplicate) == "within"


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
    page: Page, outline: Outline, keeper: Block, duplicate: Block, pair: Pair, differing: tuple[Difference, ...], gone: Gone
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
    confidence = _confidence(page, outline, rule, pair.relation, differing, apart, size, keeper, duplicate)
    if confidence == "pedantic" and page.profile != "article":
        if page.article.format != "markdown" and apart == 1 and {difference.kind for difference in differing} == {"link"}:
            pass  # one name for two places: one of the two links may be old; in Markdown, links.py says so
        elif size < FEWEST_STATED and _exchanged(differing):
            return  # two entries, rows or steps that say two things
        elif rule != "D104" and size < FEWEST_ADDED and not (apart == 1 or _in_one_section(outline, keeper, duplicate)):
            return
        elif _exchanged(differing) and not _in_one_section(outline, keeper, duplicate):
            return  # two sections that say two things in the same way
    yield Finding(
        rule=rule,
        span=duplicate.span,
        message=message,
        safety=safety,
        edits=(cut(page, duplicate.number, duplicate.number, gone),) if safety != "report" else (),
        confidence=confidence,
        keeper=keeper.span,
        relation=pair.relation,
        scores=pair.scores,
        differences=differing,
        words=size,
        key=page.keys[duplicate.number],
        because=because,
    )


def _confidence(page: Page, outline: Outline, rule: str, relation: Relation, differing: Sequence[Difference], apart: int, size: int, keeper: Block, duplicate: Block) -> Confidence:
    article = page.profile == "article"
    if rule == "D104":
        return "shown" if (apart == 1 and size >= 8) or (article and size >= 12) else "pedantic"
    if rule == "D105" and article and keeper.kind == duplicate.kind == "paragraph" and relation == "near" and not any(map(_technical, differing)):
        return "shown" if size >= 12 else "pedantic"
    slips = {difference.kind for difference in differing} <= _SLIPS
    if rule == "D102" and article and slips and size >= 8:
        return "shown"
    if rule == "D102" and slips and size >= 8 and _in_passing(page, keeper, duplicate):
        return "shown"
    close = apart == 1 or (keeper.group == duplicate.group != 0) or (size >= FEWEST_IN_SECTION and _in_one_section(outline, keeper, duplicate))
    return "shown" if close and _state(differing, size, apart, linked=_same_link(page, keeper, duplicate), listed=_listed(page, keeper) and _listed(page, duplicate)) else "pedantic"


def _technical(difference: Difference) -> bool:
    """Whether a difference is of code: parallel entries of a reference differ in it."""
    if difference.kind in ("code", "link", "sign"):
        return True
    return difference.kind == "number" and any(map(str.isalpha, difference.keeper + difference.duplicate))


def _in_passing(page: Page, keeper: Block, duplicate: Block) -> bool:
    """Whether two near copies in one section go on with a passage that stands there twice."""
    if keeper.section != duplicate.section:
        return False
    for step in (-1, 1, -2, 2):
        one, other = keeper.number + step, duplicate.number + step
        if 0 <= min(one, other) and max(one, other) < len(page.keys) and one != duplicate.number:
            if page.keys[one] and page.keys[one] == page.keys[other] and page.blocks[one].kind in PROSE and count(page.mended[one]) >= 8:
                return True
    return False


def _state(differing: Sequence[Difference], size: int, apart: int, *, linked: bool, listed: bool) -> bool:
    """
    Whether two texts are two states of one text: nothing in the one takes the place of something else in the other.

    Of pairs that are meant, 98 of 109 put a number or a word in the place of another; of those that people removed, 8
    of 24 do (counted in the history of 53 repositories). What one of the two leaves out, how it is marked up and where its
    links lead is changed by editing.
    """
    said = _unmarked(differing)
    exchanged = [difference for difference in said if not _edited(difference)]
    kept, added = _sides(said)
    links = [difference for difference in differing if difference.kind == "link" and difference.keeper and difference.duplicate and not _leads_alike(difference)]
    if links and (size < FEWEST_LINKED or apart > 1 or len(links) * 12 > size):
        return False  # the same name for two places is no repeat
    if kept and added:
        return False
    figures = {difference.kind for difference in (*kept, *added)} & _FIGURES
    if figures and (size < FEWEST_IN_FULL or apart > 1):
        return False  # "for Windows" and "for Windows, 64 bit" are two things
    if (kept or added) and not linked and (listed or exchanged or size < (FEWEST_ADDED if apart == 1 else FEWEST_IN_FULL)):
        return False
    facts = [difference for difference in exchanged if difference.kind in FACTS]
    return not facts and (not exchanged or (len(exchanged) == 1 and size >= FEWEST_REWORDED and not listed))


def _listed(page: Page, block: Block) -> bool:
    """Whether a block is one of several that are alike by design: an item, a row, or a line of a table that is not known as one."""
    return block.kind != "paragraph" or page.mended[block.number].startswith("|")


def _address(said: str) -> str:
    """Return where a link leads, bare of what differs between two ways to write it."""
    found = _HREF.search(said)
    return place(found[1] if found else said.strip("()<>"))


def _same_link(page: Page, keeper: Block, duplicate: Block) -> bool:
    """Whether two blocks begin with a link to one place."""
    one, other = (_TARGET.match(page.mended[block.number]) for block in (keeper, duplicate))
    return one is not None and other is not None and _address(one[1]) == _address(other[1])


def _exchanged(differing: Sequence[Difference]) -> bool:
    """Whether one text says something in the place of what the other says."""
    said = _unmarked(differing)
    kept, added = _sides(said)
    return bool(kept and added) or not all(map(_edited, said)) or any(each.kind == "link" and each.keeper and each.duplicate for each in said)


def _sides(differing: Sequence[Difference]) -> tuple[list[Difference], list[Difference]]:
    """Return what only the keeper says and what only the duplicate says, small words left out."""
    plain = [difference for difference in differing if not _TEMPLATE.fullmatch(difference.keeper or difference.duplicate)]
    telling = [difference for difference in plain if difference.kind not in (_SLIPS - {"missing"}) and difference.kind != "link"]
    kept, added = [each for each in telling if not each.duplicate], [each for each in telling if not each.keeper]
    # "User A" and "User B": where a name stands on one side, a small word on the other is what it takes the place of.
    small = [difference for difference in plain if difference.kind == "function"]
    if kept and not added:
        added = [each for each in small if not each.keeper and each.duplicate.isupper()]
    elif added and not kept:
        kept = [each for each in small if not each.duplicate and each.keeper.isupper()]
    return kept, added


def _edited(difference: Difference) -> bool:
    """Whether a difference is what editing leaves: something added, respelled or led elsewhere."""
    one, other = difference.keeper, difference.duplicate
    if difference.kind in _SLIPS or difference.kind == "link" or not one or not other:
        return True
    return difference.kind in ("name", "word", "content") and _respelled(one, other)


def _respelled(one: str, other: str) -> bool:
    """Whether two words of some length are the same but for one slip of the fingers."""
    from rapidfuzz.distance import OSA

    return min(len(one), len(other)) >= 6 and one[:1] == other[:1] and OSA.distance(one, other) <= 1 and not any(map(str.isdigit, one + other))


def _unmarked(differing: Sequence[Difference]) -> list[Difference]:
    """Return the differences without those that say the same with other marks: `name` as code in one and as a word in the other."""
    ones = {_bare(difference.keeper): difference.kind for difference in differing if difference.keeper and not difference.duplicate}
    others = {_bare(difference.duplicate): difference.kind for difference in differing if difference.duplicate and not difference.keeper}
    # Of one kind on both sides, it only stands in another place, as numbers in a row of a table do.
    both = {said for said in ones.keys() & others.keys() if ones[said] != others[said]}
    return [
        difference
        for difference in differing
        if not (_bare(difference.keeper or difference.duplicate) in both and bool(difference.keeper) != bool(difference.duplicate))
        and (difference.kind in ("code", "sign") or _bare(difference.keeper) != _bare(difference.duplicate))
    ]


def _bare(said: str) -> str:
    return "".join(filter(str.isalnum, said)).casefold()


def _leads_alike(difference: Difference) -> bool:
    """Whether two addresses lead to one place, or one of them to what lies above the other."""
    one, other = (_address(said) for said in (difference.keeper, difference.duplicate))
    return one == other or below(one, other)


def _named(differing: Sequence[Difference]) -> str:
    facts = [f"{difference.keeper or 'nothing'} against {difference.duplicate or 'nothing'}" for difference in differing if difference.kind in FACTS]
    return ", ".join(facts[:3]) + (f" and {len(facts) - 3} more" if len(facts) > 3 else "")
