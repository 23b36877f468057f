"""
D201, D202 and D203: what a file shares with others of its repository.

    a file   --index-->  others that may share something  --texts-->  findings

The index proposes files by numbers that they have in common; whatever is reported was then read in both texts. The work
for one file is bounded by what it holds: a number that very many files have in common proposes none of them.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from cleaner import marks
from cleaner.across import paths, sheets
from cleaner.across.files import Tree
from cleaner.across.index import Index
from cleaner.across.sheets import ANCHOR_WORDS, FEWEST_WORDS, Sheet, Text
from cleaner.errors import CleanerError
from cleaner.lines import Lines
from cleaner.model import SAME, Article, Confidence, Finding, Place, Relation, Scores, Span
from cleaner.options import Options

# What stands in so many files (versions and translations of one page counted once) is a template.
MANY = 4
# A number that more files share proposes none of them: pairs would grow with the square of the files.
HOT = 48
# A copy of a whole file: so much of the longer stands in the other, or so alike are the two as lists of words.
COPY = 0.9
# And so much of what is no prose, in characters.
CODE = 0.7
# From this estimate of the Jaccard similarity on, two files are read and compared word by word. Two texts whose word
# lists are 0.9 alike have one of 0.7 or so, as each changed word takes three shingles with it.
RESEMBLES = 0.4
# So many words that stand in no third place make a passage worth a finding.
PASSAGE_WORDS = 40
SHOWN_WORDS = 500
# Boilerplate is worth a finding from so many words on.
BOILERPLATE_WORDS = 20
# So many places in the other file are tried for the beginning of a passage.
_LOOK = 8
# How many further files a finding names.
_NAMED = 9


class _Run(NamedTuple):
    """Adjacent blocks that stand in another file too: from `start` on there, `other` on here; `length` blocks."""

    start: int
    other: int
    length: int


class Kept(NamedTuple):
    """An author's word for a text that stands twice: the reason, and where the comment is, if it is in the file asked about."""

    reason: str
    place: Span | None = None


class _Verdict(NamedTuple):
    relation: Relation
    scores: Scores


class Repository:
    """
    All files of a repository, to be asked what one of them shares with the others.

    Args:
        tree: Which files there are.
        index: Their sheets, up to date.
        options: How files are read.
        shown: How a path is to be written in findings; as it stands in the tree where None.
    """

    def __init__(self, tree: Tree, index: Index, options: Options, shown: Callable[[str], str] | None = None) -> None:
        self._tree, self._index, self._options = tree, index, options
        self._shown = shown or str
        self._named: dict[str, str] = {}  # as a path is shown, and as the tree has it
        self._text = lru_cache(maxsize=64)(self._read)
        self._comments = lru_cache(maxsize=64)(self._commented)
        self._verdicts: dict[tuple[str, str], _Verdict | None] = {}
        self._keepers: dict[str, str | None] = {}

    def find(self, path: str, options: Options) -> Iterator[Finding]:
        """
        Yield what stands in a file and in others too.

        Args:
            path: As the tree has it.
            options: Which rules run for this file. What only `pedantic` shows is only looked for with it.
        """
        sheet = self._index.sheet_of(path)
        if sheet is None or not sheet.keys:
            return
        keeper = self._keeper(path)
        if keeper is not None:
            if options.wants("D201") and (options.pedantic or not self._is_meant(path, keeper)):
                yield from (finding for finding in self._copy(path, keeper) if options.pedantic or finding.confidence == "shown")
            return
        if options.wants("D202"):
            yield from self._passages(path, sheet, options.pedantic)
        if options.wants("D203") and options.pedantic:
            yield from self._boilerplate(path, sheet)

    def article(self, path: str) -> Article | None:
        """Return a file as it was read; None if it cannot be."""
        text = self._text(path)
        return text and text.article

    def kept(self, path: str, finding: Finding) -> Kept | None:
        """
        Return the word by which an author keeps a finding; None where nobody does.

        Two files hold the text, and the author of either may say that this is meant.
        """
        first = self._said(path, finding.rule, finding.span)
        if first is not None or not finding.elsewhere or finding.rule == "D203":
            return first
        place = finding.elsewhere[0]
        other = self._said(self._named[place.path], finding.rule, place.span)
        return other and Kept(other.reason)

    def _said(self, path: str, rule: str, span: Span) -> Kept | None:
        text = self._text(path)
        if text is None or "cleaner:" not in text.article.text:
            return None
        said = self._comments(path)
        if rule == "D201":
            # A whole file has no block above it: a comment that names the rule speaks for the file wherever it stands.
            prose = next((block.span for block, size in zip(text.blocks, text.sizes) if size), span)
            kept = [said.first(rule, prose), next((mark for mark in said.said if any(rule.startswith(code) for code in mark.rules)), None)]
            mark = min(filter(None, kept), key=lambda mark: mark.place, default=None)
        else:
            mark = said.first(rule, span)
        return mark and Kept(mark.reason or "kept by the author", mark.place)

    # --- reading

    def _read(self, path: str) -> Text | None:
        from cleaner import source

        try:
            return sheets.read(source.read(os.path.join(self._tree.root, path), self._options))
        except (CleanerError, OSError):
            return None

    def _commented(self, path: str) -> marks.Marks:
        text = self._text(path)
        return marks.Marks(marks.read(text.article.text, text.article.format, text.blocks) if text else ())

    def _rank(self, path: str) -> tuple[bool, int, str]:
        return paths.rank(path, path in self._tree.fresh)

    # --- whole files

    def _keeper(self, path: str) -> str | None:
        """Return the file that stays and that a file is a whole copy of; None for a file that stays."""
        sheet = self._index.sheet_of(path)
        if sheet is None or not sheet.whole:
            return None
        first = self._first(path)
        stays = self._stays(first)
        keeper = first if stays is None else stays
        return None if keeper == path else keeper

    def _first(self, path: str) -> str:
        """Return the first of all files that say the same throughout: it speaks for them."""
        sheet = self._index.sheet_of(path)
        assert sheet is not None
        same = self._index.paths_of(sheet.whole)
        return min(same, key=self._rank, default=path) if len(same) > 1 else path

    def _stays(self, path: str) -> str | None:
        """
        Return the file that an edited copy is one of; None for one that stays.

        A file goes if one that stays comes before it and is its like. So the files before it are asked first, and each
        copy matches a file that stays directly, never through a third that goes (law 7).
        """
        if path in self._keepers:
            return self._keepers[path]
        # Each answer may need others first; a chain of edits can be longer than Python's own stack.
        asking = [(path, iter(self._before(path)))]
        while asking:
            each, others = asking[-1]
            for other in others:
                if other in self._keepers:
                    if self._keepers[other] is None and self._is_copy(each, other):
                        self._keepers[each] = other
                        asking.pop()
                        break
                elif self._is_copy(each, other):
                    asking[-1] = (each, chain((other,), others))
                    asking.append((other, iter(self._before(other))))
                    break
            else:
                self._keepers[each] = None
                asking.pop()
        return self._keepers[path]

    def _before(self, path: str) -> list[str]:
        """Return the files before this one that may be its like, in their order."""
        if path in self._keepers:
            return []
        mine = self._rank(path)
        others = set(map(self._first, self._candidates(path)))
        return sorted((other for other in others if other != path and self._rank(other) < mine), key=self._rank)

    def _candidates(self, path: str) -> set[str]:
        """Propose files that may be edited copies: they share most blocks, or look alike from afar."""
        sheet = self._index.sheet_of(path)
        if sheet is None or not sheet.whole:
            return set()
        held: Counter[str] = Counter()
        sized = {key: words for key, words in zip(sheet.keys, sheet.words) if words >= ANCHOR_WORDS}
        unknown = sheet.size
        for key, words in sized.items():
            others = self._index.paths_of(key)
            if len(others) <= HOT:
                unknown -= words
                for other in others:
                    held[other] += words
        found = {other for other, words in held.items() if words + unknown >= COPY * sheet.size}
        hits: Counter[str] = Counter()
        hot = 0
        for number in sheet.sketch:
            others = self._index.paths_of(number)
            if len(others) <= HOT:
                hits.update(others)
            else:
                hot += 1
        found |= {other for other, times in hits.items() if times + hot >= 4}
        found.discard(path)
        return {other for other in found if self._may_be_copy(sheet, other)}

    def _may_be_copy(self, sheet: Sheet, other: str) -> bool:
        its = self._index.sheet_of(other)
        if its is None or not its.whole or not 0.8 * sheet.size <= its.size <= sheet.size / 0.8:
            return False
        return sheets.resemblance(sheet.sketch, its.sketch) >= RESEMBLES or _share(sheet, its) >= COPY

    def _is_copy(self, path: str, other: str) -> bool:
        """Whether two files, both long enough, are copies; their texts are read only where the sheets leave a doubt."""
        one, two = self._index.sheet_of(path), self._index.sheet_of(other)
        if one is None or two is None:
            return False
        if not _same_code(_opaque(one), _opaque(two)):
            return False
        return _share(one, two) >= COPY or self._verdict(path, other) is not None

    def _verdict(self, path: str, other: str) -> _Verdict | None:
        """Hold two whole texts against each other."""
        if (path, other) not in self._verdicts:
            one, two = self._text(path), self._text(other)
            self._verdicts[path, other] = None if one is None or two is None else compared(one, two)
        return self._verdicts[path, other]

    def _copy(self, path: str, keeper: str) -> Iterator[Finding]:
        verdict, one, two = self._verdict(path, keeper), self._text(path), self._text(keeper)
        if verdict is None or one is None or two is None or not one.blocks or not two.blocks:
            return
        where = self._shown(keeper)
        if verdict.relation == "near":
            message = f"an edited copy of {where}, {int(verdict.scores.ratio * 100)} % alike: {one.size:,} words"
        else:
            message = f"the same text as {where}" + (f": {one.size:,} words" if one.size >= FEWEST_WORDS else "")
        yield Finding(
            rule="D201",
            span=_whole(one),
            message=message,
            safety="report",
            confidence=self._trust(path, keeper, verdict.relation, (one.title, two.title)),
            relation=verdict.relation,
            scores=verdict.scores,
            words=one.size,
            key=_pair(path, keeper, "the whole file"),
            because=self._why(path, keeper),
            elsewhere=(self._place(keeper, two, _whole(two)),),
        )

    def _trust(self, path: str, keeper: str, relation: Relation, titles: tuple[str, str]) -> Confidence:
        if self._is_meant(path, keeper):
            return "pedantic"
        # The page of a sister function, the announcement of next year's event: alike to 98 %, under another title.
        return "shown" if relation == "exact" or _same_title(*titles) else "pedantic"

    def _is_meant(self, path: str, keeper: str) -> bool:
        """Whether a copy of a whole file is one of many, or stands where copies do."""
        sheet = self._index.sheet_of(path)
        return paths.meant(path, keeper) or sheet is None or len({paths.plain(each) for each in self._index.paths_of(sheet.whole)}) >= MANY

    def _why(self, path: str, keeper: str) -> str:
        mine, its = self._rank(path), self._rank(keeper)
        if mine[0] != its[0]:
            return "this file is not committed yet"
        return "its name is not that of a copy" if mine[1] != its[1] else "the first in path order"

    # --- passages

    def _passages(self, path: str, sheet: Sheet, pedantic: bool) -> Iterator[Finding]:
        """Yield passages of some length that stand in a file before this one, and in few others."""
        mine = self._rank(path)
        rare = {key for key in sheet.anchors if self._is_rare(key)}
        held: Counter[str] = Counter()
        for key, words in zip(sheet.keys, sheet.words):
            if key in rare:
                held.update(dict.fromkeys(self._index.paths_of(key), words))
        fewest = PASSAGE_WORDS if pedantic else SHOWN_WORDS
        others = sorted((other for other, words in held.items() if words >= fewest and self._rank(other) < mine), key=self._rank)
        free = [True] * len(sheet.keys)
        found: list[Finding] = []
        # What is shown by default is chosen first, so that it is the same with --pedantic and without.
        both: tuple[Confidence, ...] = ("shown", "pedantic")
        for trust in both if pedantic else both[:1]:
            least = SHOWN_WORDS if trust == "shown" else PASSAGE_WORDS
            for other in others:
                its = self._index.sheet_of(other)
                if its is None or (trust == "shown" and paths.meant(path, other)) or self._keeper(other) is not None:
                    continue
                for run in _runs(sheet.keys, its.keys, free):
                    stretch = range(run.start, run.start + run.length)
                    if sum(sheet.words[each] for each in stretch if sheet.keys[each] in rare) < least:
                        continue
                    if (finding := self._passage(path, other, run, trust)) is not None:
                        found.append(finding)
                        for each in stretch:
                            free[each] = False
        yield from sorted(found, key=lambda finding: finding.span)

    def _is_rare(self, key: int) -> bool:
        """Whether some text stands in another file, and in few."""
        listed = self._index.paths_of(key)
        return 1 < len(listed) <= HOT and len({paths.plain(each) for each in listed}) < MANY

    def _passage(self, path: str, other: str, run: _Run, trust: Confidence) -> Finding | None:
        one, two = self._text(path), self._text(other)
        if one is None or two is None:
            return None
        start, end = run.start, run.start + run.length
        if one.keys[start:end] != two.keys[run.other : run.other + run.length]:
            return None  # two keys of one digest, or a file that has changed this very moment
        while start < end and not one.sizes[start]:
            start += 1
        while start < end and not one.sizes[end - 1]:
            end -= 1
        size = sum(one.sizes[start:end])
        shift = run.other - run.start
        mine = Span(one.blocks[start].span.start, one.blocks[end - 1].span.end)
        place = self._place(other, two, Span(two.blocks[start + shift].span.start, two.blocks[end - 1 + shift].span.end))
        lines = f"line {place.start_line:,}" if place.start_line == place.end_line else f"lines {place.start_line:,}-{place.end_line:,}"
        exact = one.article.said(mine) == two.article.said(place.span)
        return Finding(
            rule="D202",
            span=mine,
            message=f"{_pieces(one, start, end)} in {place.path} too, {lines}",
            safety="report",
            confidence=trust,
            relation="exact" if exact else "normalised",
            scores=SAME,
            words=size,
            key=_pair(path, other, *one.keys[start:end]),
            because=self._why(path, other),
            elsewhere=(place,),
        )

    # --- boilerplate

    def _boilerplate(self, path: str, sheet: Sheet) -> Iterator[Finding]:
        """Yield passages that stand in many files, of which this is the first."""
        run: list[int] = []
        files: tuple[str, ...] = ()
        for number, (key, words) in enumerate(zip(sheet.keys, sheet.words)):
            listed = self._index.paths_of(key) if words >= ANCHOR_WORDS else ()
            many = len(listed) >= MANY and listed[0] == path and len({paths.plain(each) for each in listed}) >= MANY
            if run and not (many and listed == files and number == run[-1] + 1):
                yield from self._template(path, run, files)
                run = []
            if many:
                run.append(number)
                files = listed
        if run:
            yield from self._template(path, run, files)

    def _template(self, path: str, run: list[int], files: Sequence[str]) -> Iterator[Finding]:
        one = self._text(path)
        start, end = run[0], run[-1] + 1
        if one is None or end > len(one.blocks) or sum(one.sizes[start:end]) < BOILERPLATE_WORDS:
            return
        said = one.keys[start:end]
        places: list[Place] = []
        for other in files[1 : 1 + _NAMED]:
            two = self._text(other)
            at = -1 if two is None else _stretch(two.keys, said)
            if two is not None and at >= 0:
                places.append(self._place(other, two, Span(two.blocks[at].span.start, two.blocks[at + len(said) - 1].span.end)))
        if len(places) + 1 < min(MANY, len(files)):
            return
        size = sum(one.sizes[start:end])
        yield Finding(
            rule="D203",
            span=Span(one.blocks[start].span.start, one.blocks[end - 1].span.end),
            message=f"{_pieces(one, start, end)} in {len(files):,} files: this one, {', '.join(place.path for place in places[:2])}...",
            safety="report",
            confidence="pedantic",
            relation="normalised",
            scores=SAME,
            words=size,
            key="\0".join(said),
            because="what many files say alike can be said in one place that they include",
            elsewhere=tuple(places),
        )

    def _place(self, path: str, text: Text, span: Span) -> Place:
        first, _, last, _ = Lines(text.article.text).of(span)
        shown = self._shown(path)
        self._named[shown] = path
        return Place(shown, span, first, last)


def compared(one: Text, two: Text) -> _Verdict | None:
    """
    Tell whether a whole text is a copy of another.

    Returns:
        "exact" for the same text to the letter, "normalised" where the blocks say the same (front matter aside), "near"
        for an edited copy; None where it is none.
    """
    if one.article.text == two.article.text:
        return _Verdict("exact", SAME)
    if one.said == two.said:
        return _Verdict("normalised", SAME)
    from rapidfuzz.distance import Indel

    mine, its = one.words, two.words
    ratio = Indel.normalized_similarity(mine, its)
    both = (_sized(one) & _sized(two)).total() / max(one.size, two.size, 1)
    if max(ratio, both) < COPY or not _same_code(one.opaque, two.opaque):
        return None
    first, second = set(zip(mine, mine[1:], mine[2:])), set(zip(its, its[1:], its[2:]))
    shared = len(first & second)
    return _Verdict(
        "near",
        Scores(
            round(shared / max(1, len(first | second)), 4),
            round(ratio, 4),
            round(shared / max(1, min(len(first), len(second))), 4),
        ),
    )


def stood(finding: Finding, now: Article, old: Article, other: Article) -> bool:
    """
    Whether what is found in two files today stood in both at an earlier time.

    Args:
        finding: A copy of a whole file, or a passage.
        now: The file that the finding is about, as it is.
        old: The same file as it was.
        other: The other file as it was.
    """
    one, two = sheets.read(old), sheets.read(other)
    if finding.rule == "D201":
        return compared(one, two) is not None
    text = sheets.read(now)
    said = [key for key, block in zip(text.keys, text.blocks) if finding.span.holds(block.span)]
    return bool(said) and _stretch(one.keys, said) >= 0 and _stretch(two.keys, said) >= 0


def _same_code(one: Counter[Any], two: Counter[Any]) -> bool:
    """Whether what is no prose is much the same too: a lesson is written once for each language, in the same words."""
    return (one & two).total() >= CODE * max(one.total(), two.total())


def _opaque(sheet: Sheet) -> Counter[int]:
    made: Counter[int] = Counter()
    for key, words in zip(sheet.keys, sheet.words):
        if words < 0:
            made[key] -= words
    return made


def _share(one: Sheet, two: Sheet) -> float:
    """Return how much of the longer of two files stands in the other too, in words of equal blocks."""
    first, second = Counter[int](), Counter[int]()
    for sheet, sizes in ((one, first), (two, second)):
        for key, words in zip(sheet.keys, sheet.words):
            if words > 0:
                sizes[key] += words
    return (first & second).total() / max(one.size, two.size, 1)


def _same_title(one: str, other: str) -> bool:
    from cleaner.headline import same_title

    return bool(one and other) and same_title(one, other)


def _sized(text: Text) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for key, words in zip(text.keys, text.sizes):
        sizes[key] += words
    return sizes


def _runs(mine: Sequence[int], its: Sequence[int], free: Sequence[bool]) -> Iterator[_Run]:
    """Yield the longest stretches of equal blocks, down the first file."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    for number, key in enumerate(its):
        if key and len(places[key]) < _LOOK:
            places[key].append(number)
    at = 0
    while at < len(mine):
        longest = _Run(at, 0, 0)
        for start in places.get(mine[at], ()) if free[at] else ():
            length = 1
            while (
                at + length < len(mine)
                and start + length < len(its)
                and free[at + length]
                and mine[at + length]
                and mine[at + length] == its[start + length]
            ):
                length += 1
            if length > longest.length:
                longest = _Run(at, start, length)
        if longest.length:
            yield longest
        at += max(1, longest.length)


def _stretch(keys: Sequence[str], said: Sequence[str]) -> int:
    """Return where some keys stand one after the other; -1 where they do not."""
    for at in range(len(keys) - len(said) + 1):
        if keys[at] == said[0] and tuple(keys[at : at + len(said)]) == tuple(said):
            return at
    return -1


def _pair(one: str, other: str, *said: str) -> str:
    """
    Return what a finding about two files is known by: the same from either side.

    A new file may be the copy today and, once it is committed, the one that stays; who has accepted the two need not do
    so again. A third file with the same text is another finding.
    """
    return f"{sheets.digest(chr(0).join((*sorted((one, other)), *said))) & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def _whole(text: Text) -> Span:
    return Span(text.blocks[0].span.start, text.blocks[-1].span.end)


def _pieces(text: Text, start: int, end: int) -> str:
    """Say what a passage is made of: "2 paragraphs (85 words) stand", "1 list item (40 words) stands"."""
    kinds = Counter(block.kind for block, size in zip(text.blocks[start:end], text.sizes[start:end]) if size)
    only = next(iter(kinds)) if len(kinds) == 1 else "block"
    noun = {"item": "list item", "row": "table row"}.get(only, only)
    size = f"({sum(text.sizes[start:end]):,} words)"
    return f"1 {noun} {size} stands" if kinds.total() == 1 else f"{kinds.total():,} {noun}s {size} stand"
