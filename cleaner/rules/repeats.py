"""
What stands again in an article, block by block: D101, D102, D103, D104, D105, D110, D111, D130, D131.

`match.copies` and `match.near` say what is alike; here it is decided what that means: which rule speaks, how safe the
removal is, and whether we would bet on it. The policy is spelled out in docs/design.md; each branch names its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from cleaner import lines
from cleaner.keys import exact
from cleaner.match import copies
from cleaner.match.copies import Run
from cleaner.model import PROSE, SAME, Block, Confidence, Edit, Finding, Relation, Safety, Span
from cleaner.outline import Frames, Outline
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.rules.cut import Gone, cut
from cleaner.segment.shape import CLOSERS, ends_sentence, stands_alone
from cleaner.words import count

# An adjacent copy of fewer words may be a template line or a refrain.
FEWEST_ADJACENT = 4
# A line that is a link leads to one place: directly below itself it is an accident from fewer words on.
FEWEST_LINKED = 3
# In an article a repeated paragraph of so many words is an accident wherever it stands; shorter ones may be meant.
FEWEST_ANYWHERE = 12
# A quotation of fewer words that stands again may be pulled out, taken up for a reply, or dialogue.
FEWEST_QUOTED = 25
# Lines of verse are shorter than any that prose is wrapped to.
LONGEST_VERSE = 50
# A line of an article that is no sentence is worth a removal from so many words on.
FEWEST_APART = 25
# In documentation, what one section says twice is worth a look from so many words on...
FEWEST_IN_SECTION = 9
# ... and what two sections beside each other say, which is mostly meant, only where it is a whole passage.
FEWEST_BESIDE = 100
# A passage in two sections beside each other is worth showing to those who want to see all from so many words on.
FEWEST_PASSAGE = 40
# How many blocks further on a passage may go on after what was edited in one of its copies.
NEXT = 4
# What stands in more places than these is a lead-in, a note or a step of many procedures.
MOST_BESIDE = 3
# An example with code or markup that stands twice directly is an accident where it holds so many words of prose.
FEWEST_EXAMPLE = 40
# What is too short to be told by its length is a sentence at least.
FEWEST_SHORT = 6


# What speech begins with, and what it then ends with.
_OPENING = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "「": "」", "『": "』", "—": ".!?…", "–": ".!?…"}


_ENTRY = pattern(r"(?:[-*+] |\d+[.)] )?[*_]{0,2}\[(?![ xX]\])[^\[\]]+\]\([^()\s]{2,}\)")
_LETTERS = pattern(r"[^\W\d_]{2,}")
_LINK = pattern(r"(?:[-*+] )?\[[^\[\]]+\]\([^()\s]+\)[.;,]?")
# An explicit anchor in a heading: `<a name="x"></a>`, `{#x}`.
_ANCHOR = pattern(r"<a\s+(?:name|id)\s*=|\{#[\w.-]+\}")
_SUMMARY = pattern(r"(?:(?:executive|simple|short)\s+)?(?:summary|abstract|overview|synopsis|tl;?dr|highlights|key\s+points|at\s+a\s+glance|zusammenfassung|überblick|résumé|resumen)", re.IGNORECASE)
_RELEASE = pattern(r"\bv?\d+\.\d+|\b\d{4}-\d{2}|\b(?:19|20)\d{2}\b|\bunreleased\b|\bchange\s?log\b|\brelease notes\b|^HEAD\b", re.IGNORECASE)


# Why what stands apart is only reported, where passages of several runs are told as one.
_PLACES = frozenset(
    {
        "the same section says it already",
        "the page says it already, in a section that holds this one",
        "sections beside each other may say the same",
    }
)


class Verdict(NamedTuple):
    """What a repeat means: which rule speaks, what may be done, whether it is shown by default, and why."""

    rule: str
    safety: Safety
    confidence: Confidence
    because: str


def find(page: Page) -> Iterator[Finding]:
    """Yield a finding for every block or run of blocks that stands again."""
    judge = _Judge(page)
    runs = _headed(page, copies.runs(page.keys, [block.kind in PROSE for block in page.blocks], judge.may_go, page.past_twins, judge.alike))
    gone = Gone(number for run in runs if run.goes for number in run.duplicates)
    runs = list(copies.merged(runs))
    judge.passages = _passages(runs)
    judged = [(run, verdict) for run in runs if (verdict := judge(run)) is not None and page.options.wants(verdict.rule)]
    for several in _together(judged, judge.passages):
        yield _passage(page, several, gone) if len(several) > 1 else _finding(page, *several[0], gone)
    if any(page.options.wants(rule) for rule in ("D102", "D104", "D105")):
        from cleaner.rules import nears

        yield from nears.find(page, gone, judge.outline)


def _headed(page: Page, runs: list[Run]) -> list[Run]:
    """Of a bold line and a heading that both say the title, let the heading stay: it is what programs know a title by."""
    for run in runs:
        keeper, duplicate = run.keepers[0], run.duplicates[0]
        blocks = page.blocks
        if not run.goes or len(run.keepers) > 1 or blocks[keeper].kind != "paragraph" or blocks[duplicate].kind != "heading":
            continue
        if any(keeper in other.keepers and len(other.keepers) > 1 for other in runs):
            return runs
        other = {keeper: duplicate}
        swapped = [
            one._replace(duplicates=(keeper,) if one is run else one.duplicates, keepers=tuple(other.get(number, number) for number in one.keepers))
            for one in runs
        ]
        return sorted(swapped, key=lambda one: one.duplicates)
    return runs


def _together(judged: Sequence[tuple[Run, Verdict]], passages: dict[int, list[int]]) -> Iterator[list[tuple[Run, Verdict]]]:
    """Yield the runs of one passage together, where nothing of it may go, and all others alone."""
    several: dict[int, list[tuple[Run, Verdict]]] = {}
    for run, verdict in judged:
        apart = verdict.safety == "report" and verdict.rule in ("D101", "D103") and verdict.because in _PLACES
        passage = passages.get(run.duplicates[0], [])
        several.setdefault(id(passage) if apart and passage else -run.duplicates[0] - 1, []).append((run, verdict))
    yield from several.values()


def _passage(page: Page, several: Sequence[tuple[Run, Verdict]], gone: Gone) -> Finding:
    """Return one finding for a passage that was pasted and then edited here and there."""
    found = [_finding(page, run, verdict, gone) for run, verdict in several]
    shown = any(each.confidence == "shown" for each in found)
    starts = [each.keeper.start for each in found if each.keeper]
    ends = [each.keeper.end for each in found if each.keeper]
    size = sum(each.words for each in found)
    return found[0]._replace(
        rule="D103",
        span=Span(found[0].span.start, found[-1].span.end),
        keeper=Span(min(starts), max(ends)),
        message=f"{{here}} {{repeats}} {{there}} in {len(found):,} stretches with other text between: {size:,} words",
        confidence="shown" if shown else "pedantic",
        relation="near",
        scores=None,
        words=size,
        key="\n".join(each.key for each in found),
    )


def _passages(runs: Sequence[Run]) -> dict[int, list[int]]:
    """
    Return for the first block of each copy all blocks of the passage it belongs to.

    A passage that was pasted and then edited falls into several runs, in the same order as their originals and with little
    between them on both sides.
    """
    passages: dict[int, list[int]] = {}
    for at, run in enumerate(runs):
        together: list[int] = []
        # What stands between may be a copy of something else.
        for before in reversed(runs[max(0, at - NEXT) : at]):
            steps = run.duplicates[0] - before.duplicates[-1], run.keepers[0] - before.keepers[-1]
            if all(1 <= step <= NEXT for step in steps):
                together = passages[before.duplicates[0]]
                break
        together.extend(run.duplicates)
        passages[run.duplicates[0]] = together
    return passages


class _Judge:
    """Judges runs on one page; remembers what it learnt about blocks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._same: dict[int, str] = {}
        self._outline: Outline | None = None
        self._frames: Frames | None = None
        self.passages: dict[int, list[int]] = {}
        self._rare: dict[int, int] = {}  # of a passage, by its identity: the words that stand in few places
        self._counted: dict[str, int] = {}

    def may_go(self, run: Run) -> bool:
        if not self._could_go(run):
            return False
        verdict = self(run)
        options = self.page.options
        return (
            verdict is not None
            and (verdict.safety == "safe" or (verdict.safety == "unsafe" and options.unsafe_fixes))
            and (verdict.confidence == "shown" or options.pedantic)
            and options.wants(verdict.rule)
        )

    def _could_go(self, run: Run) -> bool:
        """Whether a run may go, by where it stands: a gate, for in a text with sections nothing that stands apart is safe to remove."""
        return run.adjacent or self.page.options.unsafe_fixes or self.page.profile == "article"

    def alike(self, one: int, other: int) -> bool:
        """
        Whether two blocks are alike in all that `may_go` looks at, with the same space above them.

        In which section a block stands decides what is shown of it, and never whether it goes.
        """
        first, second = self.page.blocks[one], self.page.blocks[other]
        return (
            one > 0
            and self.page.mended[one] == self.page.mended[other]
            and (first.kind, first.level, first.group, first.role) == (second.kind, second.level, second.group, second.role)
            and self._above(one) == self._above(other)
        )

    def _above(self, number: int) -> str:
        blocks = self.page.blocks
        return self.page.article.text[blocks[number - 1].span.end : blocks[number].span.start]

    def __call__(self, run: Run) -> Verdict | None:
        blocks = self.page.blocks
        pairs = [(blocks[one], blocks[other]) for one, other in zip(run.duplicates, run.keepers)]
        same = all(self.said(one) == self.said(other) for one, other in pairs)
        # A line said over and over is one text, however many copies stand in a row.
        if len(run.keepers) == 1 or len({self.page.keys[one.number] for one, _ in pairs}) == 1:
            return self._single(*pairs[0], run, same)
        return self._run(pairs, run, same)

    def said(self, block: Block) -> str:
        """Return a block's text with its white space folded: two that are equal are the same to the letter."""
        if block.number not in self._same:
            self._same[block.number] = exact(self.page.mended[block.number])
        return self._same[block.number]

    def size(self, block: Block) -> int:
        return count(self.page.mended[block.number])

    def _run(self, pairs: list[tuple[Block, Block]], run: Run, same: bool) -> Verdict | None:
        prose = [one for one, _ in pairs if one.kind in PROSE]
        size = sum(map(self.size, prose))
        levels = all(one.kind == other.kind and one.level == other.level for one, other in pairs)
        if any(self._meant(one, other) for one, other in pairs):
            return Verdict("D103", "report", "pedantic", "one of the copies is a quote, caption or summary")
        if all(one.kind == "row" for one, _ in pairs) and len({one.group for pair in pairs for one in pair}) > 1:
            return None
        if run.adjacent and same and levels:
            if size >= FEWEST_ADJACENT and self._prose_like(prose):
                if any(self._numbered(one) for one, _ in pairs):
                    return Verdict("D103", "unsafe", "shown", "numbered steps may repeat on purpose")
                if all(self._verse(one, other) or self._speech(one) for one, other in pairs if one.kind in PROSE):
                    return Verdict("D103", "unsafe", "shown", "verse and dialogue may repeat on purpose")
                if len(prose) < len(pairs) and self.page.profile != "article":
                    whole = any(ends_sentence(self.said(one)) or self.said(one).endswith(":") for one in prose)
                    plain = all(one.kind == "directive" for one, _ in pairs if one.kind not in PROSE)
                    long = whole and (size >= FEWEST_EXAMPLE or (plain and size >= FEWEST_SHORT))
                    return Verdict("D103", "unsafe", "shown" if long else "pedantic", "examples with code or markup may repeat on purpose")
                return Verdict("D103", "safe", "shown", "the copy stands directly below the original")
            return Verdict("D103", "report", "pedantic", "short lines may repeat on purpose")
        if self.page.profile == "article" and size >= FEWEST_ANYWHERE and any(self.size(one) >= 8 and one.kind == "paragraph" for one in prose):
            if same and all(self._verse(one, other) for one, other in pairs if one.kind in PROSE):
                return Verdict("D103", "unsafe", "shown", "a refrain may repeat on purpose")
            if self._parallel(*pairs[0]):
                return Verdict("D103", "unsafe", "shown", "two tabs or sections may begin alike")
            if same and (left := self._left_alone(pairs[0], pairs[-1][0])):
                return Verdict("D103", "unsafe", "shown", left)
            if same:
                return Verdict("D103", "safe", "shown", "an article says each thing once; the first copy stays")
            return Verdict("D103", "unsafe", "shown", "the copies differ in case, quotes, marks or line breaks only")
        if size < 8 and (size < FEWEST_SHORT or len(prose) == len(pairs)):
            return None
        return self._apart("D103", pairs, same)

    def _single(self, one: Block, other: Block, run: Run, same: bool) -> Verdict | None:
        page = self.page
        size = self.size(one)
        if one.role == "title" or other.role == "title":
            return self._title(one, other, run, same, size)
        if one.kind == "heading" or other.kind == "heading":
            return self._heading(one, other, run, same)
        if one.kind == "item" and other.kind == "item":
            return self._item(one, other, run, same, size)
        if one.kind == "row" or other.kind == "row":
            return self._row(one, other, run, same, size)
        if self._meant(one, other) or one.kind != other.kind:
            return Verdict("D101", "report", "pedantic", "a quote, caption, deck or summary repeats on purpose") if size >= 8 else None
        if run.adjacent and one.level == other.level:
            if not same:
                return Verdict("D101", "unsafe" if size >= 8 else "report", "shown" if size >= 8 else "pedantic", "the copies differ in case, quotes, marks or line breaks only")
            if self._verse(one, other) or self._speech(one):
                return Verdict("D101", "unsafe", "shown", "verse and dialogue may repeat on purpose")
            if size >= FEWEST_ADJACENT and self._prose_like([one]) and (size >= 8 or ends_sentence(self.said(one))):
                return Verdict("D101", "safe", "shown", "the copy stands directly below the original")
            if size >= FEWEST_LINKED and _LINK.fullmatch(self.said(one)):
                return Verdict("D101", "safe", "shown", "the same link stands directly above")
            return Verdict("D101", "report", "pedantic", "short or technical lines may repeat on purpose")
        if page.profile == "article" and one.kind == "paragraph" and one.role == other.role:
            if size >= FEWEST_ANYWHERE and same and self._prose_like([one]):
                if reason := self._on_purpose(one, other) or self._left_alone((one, other), one):
                    return Verdict("D101", "unsafe", "shown", reason)
                return Verdict("D101", "safe", "shown", "an article says each thing once; the first copy stays")
            if size < 5:
                return Verdict("D101", "report", "pedantic", "short lines may repeat on purpose")
            if size >= 8:
                return Verdict("D101", "unsafe", "shown", "the copy stands apart, and is short or not the same to the letter")
        if size < 5 and not self._entry(one):
            return None
        return self._apart("D101", [(one, other)], same)

    def _apart(self, rule: str, pairs: list[tuple[Block, Block]], same: bool) -> Verdict | None:
        """Judge what stands again in another place of a text with sections: where the two places are decides."""
        one, other = pairs[0]
        relation = self.outline.relation(one, other)
        telling = [block for block, _ in pairs if block.kind in PROSE and (self.size(block) >= 5 or self._entry(block)) and self.page.keys[block.number]]
        seen = max((self._copies[self.page.keys[block.number]] for block in telling), default=0)
        # Beside a passage that stands twice, lines that stand everywhere ("Returns nothing.") say little.
        twice = sum(max(self.size(block), 4 * self._entry(block)) for block in telling if self._copies[self.page.keys[block.number]] == 2)
        size = sum(map(self.size, telling))
        likely = False
        if not same:
            because = "the copies differ in case, quotes, marks or line breaks only"
            if size < FEWEST_APART:
                return None
        elif not self._prose_like(telling) and not any(ends_sentence(self.said(block)) for block in telling):
            return None  # examples, syntax and output
        elif self._anchored(pairs):
            likely, because = True, "two places of one page have the same anchor"
        elif self.frames.part(pairs[-1][1], one):
            return None  # each reader is shown one of the two
        elif self._framed(one, other) or self._summed_up(one, other):
            return None  # each has a frame of its own; a summary says again what the text says
        elif relation == "same":
            lists = one.kind == "item" and one.group != other.group
            steps = any(self._numbered(block) for block in telling)
            whole = any((ends_sentence(self.said(block)) and not self.said(block).endswith(":")) or self._entry(block) for block in telling)
            sentence = not lists and not steps and (whole or twice >= FEWEST_APART)
            enough = twice >= FEWEST_IN_SECTION or all(_LINK.fullmatch(self.said(block)) for block in telling)
            likely, because = sentence and enough, "the same section says it already"
        elif self._release(one) != self._release(other):
            because = "releases may list the same change"
        elif relation == "within":
            likely, because = seen <= 3 and size >= FEWEST_IN_SECTION, "the page says it already, in a section that holds this one"
        else:
            likely = twice >= FEWEST_BESIDE or (twice >= FEWEST_IN_SECTION and self._whole(pairs))
            because = "sections beside each other may say the same"
            if not likely and not self._passage(one, pairs, size, seen):
                return None  # lead-ins, steps and notes
        return Verdict(rule, "report", "shown" if likely else "pedantic", because)

    def _entry(self, block: Block) -> bool:
        """Whether a block is an entry of a list of links: it begins with one."""
        return _ENTRY.match(self.said(block)) is not None

    @property
    def _copies(self) -> dict[str, int]:
        """How many blocks have each key."""
        if not self._counted:
            for key in self.page.keys:
                self._counted[key] = self._counted.get(key, 0) + 1
        return self._counted

    @property
    def outline(self) -> Outline:
        if self._outline is None:
            self._outline = Outline(self.page.blocks)
        return self._outline

    @property
    def frames(self) -> Frames:
        if self._frames is None:
            self._frames = Frames(self.page.article.text, self.page.blocks)
        return self._frames

    def _anchored(self, pairs: list[tuple[Block, Block]]) -> bool:
        """Whether a heading that stands twice brings its anchor along: one of the two cannot be reached."""
        headed = any(one.kind == "heading" for one, _ in pairs)
        return headed and any(one.kind in ("heading", "html") and _ANCHOR.search(self.page.source(one)) for one, _ in pairs)

    def _whole(self, pairs: list[tuple[Block, Block]]) -> bool:
        """Whether two sections of one name under one heading say the same from beginning to end."""
        one, other = pairs[0]
        if one.kind != "heading" or other.kind != "heading" or self.outline.home(one) != self.outline.home(other):
            return False
        return all(self._ends(block, last) for block, last in ((one, pairs[-1][0]), (other, pairs[-1][1])))

    def _ends(self, heading: Block, last: Block) -> bool:
        below = self.page.blocks[last.number + 1] if last.number + 1 < len(self.page.blocks) else None
        return below is None or (below.kind == "heading" and below.level <= heading.level)

    def _passage(self, one: Block, pairs: list[tuple[Block, Block]], size: int, seen: int) -> bool:
        """Whether what two sections say is a passage worth showing to those who want to see all."""
        passage = self.passages.get(one.number, ())
        if len(passage) > len(pairs):
            if id(passage) not in self._rare:  # asked for each of its runs
                blocks = [self.page.blocks[number] for number in passage]
                self._rare[id(passage)] = sum(
                    self.size(block) for block in blocks if block.kind in PROSE and self._copies[self.page.keys[block.number]] <= MOST_BESIDE
                )
            return self._rare[id(passage)] >= FEWEST_PASSAGE
        if seen > MOST_BESIDE:
            return False
        return size >= (FEWEST_APART if len(pairs) > 1 and seen == 2 else FEWEST_PASSAGE)

    def _framed(self, one: Block, other: Block) -> bool:
        """Whether different markup stands directly above each of two blocks, as around figures, tabs and examples."""
        if not one.number or not other.number:
            return False
        above, over = self.page.blocks[one.number - 1], self.page.blocks[other.number - 1]
        return {above.kind, over.kind} <= {"html", "directive"} and self.page.source(above) != self.page.source(over)

    def _summed_up(self, one: Block, other: Block) -> bool:
        """Whether one of two blocks stands in a section that sums the text up."""
        homes = {self.outline.home(one), self.outline.home(other)}
        return len(homes) > 1 and any(home >= 0 and _SUMMARY.fullmatch(self.page.mended[home].strip(" *_#:")) for home in homes)

    def _release(self, block: Block) -> int:
        """Return the number of the heading that names the release a block belongs to, by version or date; -1 for none."""
        home = self.outline.home(block)
        while home >= 0 and not _RELEASE.search(self.page.mended[home]):
            home = self.outline.parent(home)
        return home

    def _title(self, one: Block, other: Block, run: Run, same: bool, size: int) -> Verdict | None:
        alone = one.kind == "heading" or one.role == "title" or stands_alone(self.page.source(one))
        if not alone or size < 2:
            return None
        if one.role == other.role == "title" and (run.adjacent or self.page.profile == "article"):
            return Verdict("D110", "safe", "shown", "the title stands above already")
        if self.page.profile == "article" and size >= 3:
            return Verdict("D110", "safe" if same else "unsafe", "shown", "the title stands above already")
        return Verdict("D110", "report", "shown" if run.adjacent else "pedantic", "a site may show its title in two places by design")

    def _heading(self, one: Block, other: Block, run: Run, same: bool) -> Verdict | None:
        if not run.adjacent or one.kind != other.kind:
            return None  # an equal heading elsewhere is never an error by itself
        if same and one.level == other.level:
            return Verdict("D111", "safe", "shown", "nothing stands between the two headings")
        return Verdict("D111", "report", "shown", "nothing stands between the two headings")

    def _item(self, one: Block, other: Block, run: Run, same: bool, size: int) -> Verdict | None:
        if one.group != other.group:
            if same and self._entry(one) and self._copies[self.page.keys[one.number]] == 2 and self.outline.relation(one, other) == "same":
                return Verdict("D130", "report", "shown", "the same link stands above in this section")
            if size < FEWEST_SHORT - 1 and not self._entry(one):
                return None
            released = self._release(one) >= 0 and self._release(other) >= 0
            if size < (FEWEST_SHORT if released else FEWEST_ANYWHERE) and not self._entry(one):
                return None
            return Verdict("D130", "report", "pedantic", "another list may need the same item")
        if not same:
            likely = run.adjacent and size >= 8
            return Verdict("D130", "report", "shown" if likely else "pedantic", "the items differ in case, quotes or marks only")
        if self._numbered(one):
            likely = (run.adjacent and size >= 5) or (self._entry(one) and self._copies[self.page.keys[one.number]] == 2)
            return Verdict("D130", "report", "shown" if likely else "pedantic", "numbered steps may repeat on purpose")
        if run.adjacent and self._prose_like([one]):
            return Verdict("D130", "safe", "shown", "the copy stands directly below the original")
        if self._copies[self.page.keys[one.number]] > 2 or one.level != other.level:
            return Verdict("D130", "report", "pedantic", "an item that stands again and again is meant")
        if self.said(one).endswith(":"):
            return Verdict("D130", "report", "pedantic", "what it leads in to may differ")
        return Verdict("D130", "unsafe", "shown", "the same item stands above in this list")

    def _row(self, one: Block, other: Block, run: Run, same: bool, size: int) -> Verdict | None:
        if one.group != other.group or one.kind != other.kind or not same or size < 2:
            return None
        if run.adjacent:
            return Verdict("D131", "safe", "shown", "the copy stands directly below the original")
        likely = self._copies[self.page.keys[one.number]] == 2 and len(_LETTERS.findall(self.said(one))) >= 2
        return Verdict("D131", "unsafe", "shown" if likely else "pedantic", "the same row stands above in this table")

    def _meant(self, one: Block, other: Block) -> bool:
        """Whether the two blocks differ in what they are for: a pull quote, caption, deck or summary repeats the body."""
        special = {"caption", "pull-quote", "summary", "deck"}
        if one.role != other.role and {one.role, other.role} & special:
            return True
        return (one.kind == "quote") != (other.kind == "quote") or one.role in ("caption", "pull-quote", "summary")

    def _on_purpose(self, one: Block, other: Block) -> str:
        """Say why a paragraph of an article that stands again, apart from its original, may be meant; "" where nothing speaks for that."""
        said = self.said(one)
        bare = said.rstrip(CLOSERS)
        if bare.endswith(("?", "？", "؟", "\u037e")):
            return "a question may be asked again"
        thai = "\u0e00" <= bare[-1:] <= "\u0eff"  # Thai and Lao set no full stop; and longer lines only lack theirs
        if not ends_sentence(said) and not thai and self.size(one) < FEWEST_APART:
            return "a line that is no sentence, such as a greeting, may repeat on purpose"
        if self._copies[self.page.keys[one.number]] > 2:
            return "what stands again and again may be a refrain"
        if self._speech(one):
            return "a quotation may be taken up again"
        if self._parallel(one, other):
            return "two tabs or sections may begin alike"
        if self._verse(one, other) or said[:1] + said[-1:] in ("**", "__"):
            return "what is set off from the running text may be a refrain"
        return ""

    def _parallel(self, one: Block, other: Block) -> bool:
        """Whether each of two blocks begins a tab or a section: a tag, template mark or heading stands directly above it."""
        if not (self._begins(one) and self._begins(other)):
            return False
        keys = self.page.keys
        return keys[one.number - 1] != keys[other.number - 1]  # under an equal heading, the heading is part of the copy

    def _begins(self, block: Block) -> bool:
        if block.number == 0:
            return False
        above = self.page.blocks[block.number - 1]
        if above.kind in ("html", "directive"):
            return self.page.article.format != "html"
        return above.role not in ("title", "deck") and (above.kind == "heading" or stands_alone(self.page.source(above)))

    def _left_alone(self, pair: tuple[Block, Block], last: Block) -> str:
        """Say what would be left without the text it leads in to, if the blocks from a pair's copy to the last went; "" for nothing."""
        blocks, keys = self.page.blocks, self.page.keys
        first, keeper = pair
        above = blocks[first.number - 1]
        if keeper.number > 0 and keys[above.number] == keys[keeper.number - 1]:
            return ""  # it is a copy itself
        said = self.page.mended[above.number].rstrip().rstrip(CLOSERS)
        if above.kind == "heading" or stands_alone(self.page.source(above)):
            below = blocks[last.number + 1] if last.number + 1 < len(blocks) else None
            if above.role != "title" and (below is None or below.kind == "heading" or stands_alone(self.page.source(below))):
                return "the heading above it would have nothing under it"
        elif above.kind in PROSE and said.endswith((":", "：")):
            return "the line above it leads in to it"
        elif above.kind in PROSE and said.endswith(("?", "？", "؟")) and first == last:
            return "it may answer the question above it"
        return ""

    def _speech(self, block: Block) -> bool:
        """Whether a block is a short quotation, or speech with who said it."""
        said = self.said(block)
        return said[:1] in _OPENING and any(close in said[1:] for close in _OPENING[said[0]]) and self.size(block) < FEWEST_QUOTED

    def _verse(self, block: Block, other: Block) -> bool:
        """Whether a block and its copy are set in the same short lines, as poems and songs are."""
        if block.kind not in ("paragraph", "quote"):
            return False
        rows, others = (
            [row.end - row.start for row in lines.split(self.page.mended[each.number])] for each in (block, other)
        )
        if len(rows) > 1:
            return max(rows) <= LONGEST_VERSE and len(rows) == len(others)
        return rows != [] and rows[0] <= LONGEST_VERSE and self._in_stanza(block)

    def _in_stanza(self, block: Block) -> bool:
        """Whether other short lines stand directly above or below a line, so that they are a stanza together."""
        close = {block.number}
        for step in (-1, 1):
            for number in (block.number + step, block.number + 2 * step):
                if not 0 <= number < len(self.page.blocks) or not self._short_line_beside(number, number - step):
                    break
                close.add(number)
        return len(close) > 2 and len({self.page.keys[number] for number in close}) > 1

    def _short_line_beside(self, number: int, other: int) -> bool:
        """Whether a block is a short line, with no blank line between it and its neighbour."""
        blocks, text = self.page.blocks, self.page.article.text
        block, (above, below) = blocks[number], sorted((blocks[number], blocks[other]))
        gap = text[above.span.end : below.span.start]
        return block.kind == "paragraph" and block.inner.end - block.inner.start <= LONGEST_VERSE and gap in ("\n", "\r\n", "\r")

    def _numbered(self, block: Block) -> bool:
        return block.kind == "item" and self.page.article.text[block.span.start : block.inner.start].strip(" \t>").rstrip()[:1].isdigit()

    def _prose_like(self, blocks: Sequence[Block]) -> bool:
        """Whether blocks are running text rather than syntax, output or markup."""
        covered = total = 0
        for block in blocks:
            total += block.inner.end - block.inner.start
            for mask in self.page.masks(block):
                if self.page.article.text.startswith(("(", "]("), mask.start):
                    total -= mask.end - mask.start  # where a link leads to says nothing about what kind of text it is
                else:
                    covered += mask.end - mask.start
        return total > 0 and covered * 2 < total


def _all_there_is(page: Page, first: int, last: int) -> bool:
    """Whether blocks are all that stands under the heading above them."""
    blocks = page.blocks
    below = blocks[last + 1] if last + 1 < len(blocks) else None
    return first > 0 and blocks[first - 1].kind == "heading" and blocks[first - 1].role != "title" and (below is None or below.kind == "heading")


def _finding(page: Page, run: Run, verdict: Verdict, gone: Gone) -> Finding:
    blocks = page.blocks
    first, last = run.duplicates[0], run.duplicates[-1]
    if verdict.safety == "report" and verdict.rule == "D101" and _all_there_is(page, first, last):
        first -= 1  # without its text the heading would go, too
    span = Span(blocks[first].span.start, blocks[last].span.end)
    keeper = Span(blocks[run.keepers[0]].span.start, blocks[run.keepers[-1]].span.end)
    times = Counter([page.mended[number] for number in run.duplicates])
    size = sum(count(said) * number for said, number in times.items())
    same = _same(page, run)
    edits: tuple[Edit, ...] = ()
    if verdict.safety != "report":
        edits = (cut(page, first, last, gone),)
    relation: Relation = "exact" if same else "normalised"
    return Finding(
        rule=verdict.rule,
        span=span,
        message=_message(page, run, verdict.rule, size, relation),
        safety=verdict.safety,
        edits=edits,
        confidence=verdict.confidence,
        keeper=keeper,
        relation=relation,
        scores=SAME,
        words=size,
        key="\n".join(page.keys[number] for number in run.duplicates[:50]),
        because=verdict.because,
    )


def _same(page: Page, run: Run) -> bool:
    """Whether the copies are what stays to the letter, marks and line breaks included."""
    keepers = [page.inner(page.blocks[number]) for number in run.keepers]  # a merged run repeats them
    if len(keepers) > 1:
        return all(page.inner(page.blocks[one]) == keeper for one, keeper in zip(run.duplicates, cycle(keepers)))
    number, last = run.duplicates[0], run.duplicates[-1]
    while number <= last and page.inner(page.blocks[number]) == keepers[0]:
        number = page.past_twins(number)
    return number > last


_WHAT = {"D101": "paragraph", "D110": "title", "D111": "heading", "D130": "list item", "D131": "table row"}


def _message(page: Page, run: Run, rule: str, size: int, relation: Relation) -> str:
    # The pipeline puts the lines in: {here}, {there}.
    times = len(run.duplicates) // len(run.keepers)
    what = "" if rule == "D103" else f"the {_WHAT[rule]} in "
    dress = "" if relation == "exact" else ", but for case, quotes, marks or line breaks"
    return f"{{here}} {{repeats}} {what}{{there}}{dress}: {_sized(run, page.blocks, rule, times)}, {size:,} words"


def _sized(run: Run, blocks: Sequence[Block], rule: str, times: int) -> str:
    if rule != "D103":
        return f"{times:,} more times" if times > 1 else "once more"
    kinds = {blocks[number].kind for number in run.duplicates}
    what = f"{next(iter(kinds))}s" if len(kinds) == 1 else "blocks"
    return f"{len(run.duplicates):,} {what}"
