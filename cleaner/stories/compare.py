"""
Two texts held against each other, sentence by sentence: what both say, what only one says, and whether they contradict.

Sentences rather than paragraphs: one feed sends paragraphs, the other the same words in one piece. Equal sentences are
aligned first and drop out, so the fact guard reads only what differs, and a text of a thousand words costs little more than a note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner import keys
from cleaner.model import SAME, Difference, Scores
from cleaner.stories.texts import SHINGLE, Body
from cleaner.words import words

#: Two stretches that are so much alike are one sentence in two states; less, and each is a passage of its own.
EDITED = 0.6
#: Where the shorter shares less of its three-word shingles with the longer, nothing is aligned.
UNRELATED = 0.25
#: What only one side says contradicts the other where it is one of these; other facts that are left out do not.
_TURNING = frozenset({"negation", "modality", "opposite"})
#: Less than this of either text, and they are two texts.
RELATED = 0.5
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_SHORT = 12  # words


class Reading(NamedTuple):
    """
    What two texts have in common, and what they have not.

    Attributes:
        scores: Ratios from 0 to 1 over the whole texts.
        common: Words that both say.
        of_original, of_copy: The share of each one's words that the other says, too.
        differences: What differs inside sentences that both have.
        conflicts: Those of them that are facts on both sides, or that turn the sense.
        only_original, only_copy: Passages that one has alone, in reading order.
        leads: The copy begins with a passage of its own.
        trimmed: The copy lacks the original's end.
    """

    scores: Scores
    common: int
    of_original: float
    of_copy: float
    differences: tuple[Difference, ...] = ()
    conflicts: tuple[Difference, ...] = ()
    only_original: tuple[str, ...] = ()
    only_copy: tuple[str, ...] = ()
    leads: bool = False
    trimmed: bool = False


def compare(original: Body, copy: Body) -> Reading:
    """Hold a copy's text against its original's. Neither is empty."""
    if original.digest == copy.digest and original.key == copy.key:
        return Reading(SAME, copy.size, 1.0, 1.0)
    mine, yours = _words(original.key), _words(copy.key)
    one_set, other_set = _shingles(mine), _shingles(yours)
    shared, fewer = len(one_set & other_set), max(1, min(len(one_set), len(other_set)))
    jaccard = shared / max(1, len(one_set) + len(other_set) - shared)
    if shared < UNRELATED * fewer:
        # Whatever two sentences have in common, the texts are two; how alike they are in order is asked of nobody.
        return Reading(Scores(round(jaccard, 4), 0.0, round(shared / fewer, 4)), 0, 0.0, 0.0)
    scores = Scores(round(jaccard, 4), round(_ratio(mine, yours), 4), round(shared / fewer, 4))
    one, other = _sentences(original.text), _sentences(copy.text)
    found = _Alignment(one, other)
    of_original = min(1.0, found.common / max(1, sum(each.size for each in one)))
    of_copy = min(1.0, found.common / max(1, sum(each.size for each in other)))
    if max(of_original, of_copy) < RELATED:
        return Reading(scores, found.common, of_original, of_copy)
    differences, conflicts = found.facts()
    return Reading(
        scores,
        found.common,
        of_original,
        of_copy,
        differences,
        conflicts,
        tuple(found.only_one),
        tuple(found.only_other),
        found.leads,
        found.trimmed,
    )


class _Sentence(NamedTuple):
    text: str
    key: str
    size: int  # words


@lru_cache(maxsize=512)  # a story's original is held against each of its copies
def _sentences(text: str) -> tuple[_Sentence, ...]:
    from cleaner.words import count, sentences

    found: list[_Sentence] = []
    for paragraph in text.split("\n\n"):
        for span in sentences(paragraph):
            piece = paragraph[span.start : span.end]
            if key := keys.key(piece):
                found.append(_Sentence(piece, key, max(1, count(key))))
    return tuple(found)


@lru_cache(maxsize=512)
def _words(key: str) -> tuple[str, ...]:
    return tuple(words(key))


@lru_cache(maxsize=512)
def _shingles(said: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(said[at:] for at in range(SHINGLE))))


def _ratio(mine: Sequence[str], yours: Sequence[str]) -> float:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(mine, yours)


class _Alignment:
    """The sentences of two texts side by side."""

    def __init__(self, one: Sequence[_Sentence], other: Sequence[_Sentence]) -> None:
        from rapidfuzz.distance import Indel

        self.common = 0
        self._pairs: list[tuple[str, str, bool]] = []  # stretches in two states; False: not aligned, told by their figures
        self.leads = self.trimmed = False
        lost: list[tuple[int, int]] = []
        new: list[tuple[int, int]] = []
        a = c = 0
        steps = [*Indel.opcodes([each.key for each in one], [each.key for each in other])]
        for step in [*steps, None]:
            if step is not None and step.tag != "equal":
                continue
            b, d = (step.src_start, step.dest_start) if step else (len(one), len(other))
            if (a, c) != (b, d):
                self._gap(one, other, (a, b), (c, d), lost, new)
            if step:
                self.common += sum(each.size for each in one[step.src_start : step.src_end])
                a, c = step.src_end, step.dest_end
        moved = Counter(one[at].key for a, b in lost for at in range(a, b)) & Counter(other[at].key for a, b in new for at in range(a, b))
        self.only_one = [*self._alone(one, lost, moved.copy())]
        self.only_other = [*self._alone(other, new, moved.copy())]
        sizes = {each.key: each.size for each in one}
        self.common += sum(sizes[key] * times for key, times in moved.items())
        self.leads = any(start == 0 for start, _ in new) and bool(self.only_other)
        self.trimmed = any(end == len(one) for _, end in lost) and bool(self.only_one)

    def _gap(
        self,
        one: Sequence[_Sentence],
        other: Sequence[_Sentence],
        mine: tuple[int, int],
        yours: tuple[int, int],
        lost: list[tuple[int, int]],
        new: list[tuple[int, int]],
    ) -> None:
        """Read a stretch in which the texts differ: pair what is one sentence in two states, and set the rest aside."""
        (a, b), (c, d) = mine, yours
        if a == b or c == d:
            lost += [(a, b)] if a < b else []
            new += [(c, d)] if c < d else []
            return
        if self._edited(" ".join(each.text for each in one[a:b]), " ".join(each.text for each in other[c:d])):
            return
        # Not one stretch in two states: pair the sentences that are, in order.
        at = c
        for place in range(a, b):
            for partner in range(at, min(d, at + 8)):
                if self._edited(one[place].text, other[partner].text):
                    new += [(at, partner)] if at < partner else []
                    at = partner + 1
                    break
            else:
                lost.append((place, place + 1))
        new += [(at, d)] if at < d else []
        left = " ".join(one[x].text for x, y in lost if a <= x < b)
        right = " ".join(other[x].text for y, z in new if c <= y < d for x in range(y, z))
        self._figures(left, right)

    def _edited(self, mine: str, yours: str) -> bool:
        one, other = _words(keys.key(mine)), _words(keys.key(yours))
        if not one or not other:
            return False
        most = 2 * min(len(one), len(other)) / (len(one) + len(other))
        if most < EDITED:
            return False
        ratio = _ratio(one, other)
        if ratio < EDITED:
            return False
        self.common += round(ratio * (len(one) + len(other)) / 2)
        self._pairs.append((mine, yours, True))
        return True

    def facts(self) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
        """Return what differs between sentences that are one in two states, and what of it contradicts. Most of the work is here."""
        from cleaner.match.facts import FACTS, differences

        found: list[Difference] = []
        conflicts: list[Difference] = []
        for mine, yours, aligned in self._pairs:
            if not aligned:
                found.append(Difference("number", " ".join(_FIGURES.findall(mine)), " ".join(_FIGURES.findall(yours))))
                conflicts.append(found[-1])
                continue
            for each in differences(mine, yours):
                found.append(each)
                if each.kind in FACTS and (each.kind in _TURNING or (each.keeper and each.duplicate and not _one_page(each))):
                    conflicts.append(each)
        return tuple(found), tuple(conflicts)

    def _figures(self, left: str, right: str) -> None:
        """Two short lines in one place, each with figures of its own ("3-1", "2-0"): too unlike to be aligned, and a fact all the same."""
        mine, yours = _FIGURES.findall(left), _FIGURES.findall(right)
        if mine and yours and mine != yours and max(len(left.split()), len(right.split())) <= _SHORT:
            self._pairs.append((left, right, False))

    @staticmethod
    def _alone(said: Sequence[_Sentence], places: Sequence[tuple[int, int]], moved: Counter[str]) -> list[str]:
        found: list[str] = []
        for start, end in places:
            kept: list[str] = []
            for each in said[start:end]:
                if moved[each.key] > 0:
                    moved[each.key] -= 1
                else:
                    kept.append(each.text)
            if kept:
                found.append(" ".join(kept))
        return found


def _one_page(difference: Difference) -> bool:
    """Whether a difference is two addresses of one page: "http://..." here, "https://...?utm_source=rss" there."""
    if difference.kind != "link":
        return False
    from cleaner.feeds.urls import form

    return bool(form(difference.keeper)) and form(difference.keeper) == form(difference.duplicate)
