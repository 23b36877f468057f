"""
Near and contained copies: candidates first, then a verdict on the full text of every pair.

A pair is *near* when its word shingles have a Jaccard similarity of at least `JACCARD` and its word lists an Indel
similarity of at least `RATIO`; it is *contained* when nearly all words of the shorter stand in one stretch of the
longer. Both depend on the two texts alone, never on what else is in the article.

Candidates come from one of two ways that find the same pairs. Up to `few_blocks` distinct texts: prefix filtering,
which loses no pair (two sets with Jaccard >= t share one of the first |s| - ceil(t|s|) + 1 members of each, in any
one order). Above: datasketch's MinHash-LSH with bands chosen for recall, so that a pair at the threshold is missed once
in 10^9; every proposal is then judged all the same.

Source: Chaudhuri, Ganti, Kaushik, A primitive operator for similarity joins (2006); Leskovec, Rajaraman, Ullman,
Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from math import ceil
from typing import NamedTuple

from cleaner.model import Relation, Scores
from cleaner.words import words

JACCARD = 0.5
RATIO = 0.8
CONTAINED = 0.9  # share of the shorter that stands in one stretch of the longer
FEWEST_WORDS = 6
FEWEST_CONTAINED = 8
# A shingle that so many texts share proposes no pairs: boilerplate would make the work grow with the square of the input.
HOTTEST = 64
# Two rows a band: a pair with J = 0.5 shares no band with probability (1 - 0.5**2) ** 72 = 1e-9.
PERMUTATIONS, BANDS = 144, 72


_Shingle = tuple[str, str]


class Pair(NamedTuple):
    """Two texts, by their place in the list that was searched, that say nearly the same."""

    first: int
    second: int
    relation: Relation
    scores: Scores


class _Text(NamedTuple):
    words: list[str]
    shingles: frozenset[_Shingle]


def pairs(keys: Sequence[str], few: int) -> list[Pair]:
    """
    Find all near and contained pairs among distinct keys.

    Args:
        keys: Comparison keys, in reading order; no two equal. Empty ones match nothing.
        few: Up to how many texts the lossless search is used; above, MinHash-LSH. The result is the same.

    Returns:
        Verified pairs with first < second, sorted.
    """
    texts = [_text(key) for key in keys]
    holders = _holders(texts)
    if not holders:
        return []
    proposed = _prefix_filter(texts, holders) if len(texts) <= few else _lsh(texts)
    proposed |= _containment(texts, holders)
    return [pair for first, second in sorted(proposed) if (pair := judge(texts, first, second)) is not None]


def judge(texts: Sequence[_Text], first: int, second: int) -> Pair | None:
    """Give the verdict on one pair, from the full texts."""
    one, other = texts[first], texts[second]
    shared = len(one.shingles & other.shingles)
    jaccard = shared / max(1, len(one.shingles | other.shingles))
    containment = shared / max(1, min(len(one.shingles), len(other.shingles)))
    ratio = _ratio(one.words, other.words) if max(jaccard, containment) >= JACCARD else 0.0
    scores = Scores(round(jaccard, 4), round(ratio, 4), round(containment, 4))
    if jaccard >= JACCARD and ratio >= RATIO:
        return Pair(first, second, "near", scores)
    shorter, longer = sorted((one.words, other.words), key=len)
    if len(shorter) >= FEWEST_CONTAINED and len(longer) > len(shorter) and containment >= CONTAINED - 0.1:
        if _stretch(shorter, longer) >= CONTAINED * len(shorter):
            return Pair(first, second, "contained", scores)
    return None


def _text(key: str) -> _Text:
    said = words(key)
    if len(said) < FEWEST_WORDS:
        return _Text(said, frozenset())
    return _Text(said, frozenset(zip(said, said[1:])))


def _ratio(one: list[str], other: list[str]) -> float:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(one, other)


def _stretch(shorter: list[str], longer: list[str]) -> int:
    """Return the length of the longest run of words that both have, in words. Linear in the number of seeds that agree."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, shorter, longer, autojunk=len(longer) > 2000).find_longest_match().size


def _holders(texts: Sequence[_Text]) -> dict[_Shingle, list[int]]:
    """Return which texts hold each shingle that more than one holds."""
    frequency = Counter(chain.from_iterable(text.shingles for text in texts))
    shared = {shingle for shingle, times in frequency.items() if times > 1}
    holders: dict[_Shingle, list[int]] = {shingle: [] for shingle in shared}
    for number, text in enumerate(texts):
        for shingle in text.shingles & shared:
            holders[shingle].append(number)
    return holders


def _rarest(text: _Text, share: float, holders: dict[_Shingle, list[int]]) -> list[_Shingle]:
    """
    Return the shared ones among a text's rarest shingles, so many that no text which holds a share of all can miss them.

    None where the text has too few shingles in common with any other.
    """
    size = len(text.shingles)
    shared = [shingle for shingle in text.shingles if shingle in holders]
    if len(shared) < share * size:
        return []
    alone = size - len(shared)  # the very rarest: nobody else holds them
    prefix = size - ceil(share * size) + 1
    return sorted(shared, key=lambda shingle: (len(holders[shingle]), shingle))[: max(0, prefix - alone)]


def _prefix_filter(texts: Sequence[_Text], holders: dict[_Shingle, list[int]]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    probed: dict[_Shingle, list[int]] = {}
    for number, text in enumerate(texts):
        size = len(text.shingles)
        for shingle in _rarest(text, JACCARD, holders):
            earlier = probed.setdefault(shingle, [])
            found.update((other, number) for other in earlier if JACCARD * size <= len(texts[other].shingles) <= size / JACCARD)
            earlier.append(number)
    return found


def _containment(texts: Sequence[_Text], holders: dict[_Shingle, list[int]]) -> set[tuple[int, int]]:
    """Propose pairs in which the longer holds the rarest shingles of the shorter: no contained copy is lost by that."""
    found: set[tuple[int, int]] = set()
    for number, text in enumerate(texts):
        if len(text.words) < FEWEST_CONTAINED:
            continue
        for shingle in _rarest(text, CONTAINED - 0.1, holders):
            if len(holders[shingle]) <= HOTTEST:
                found.update(
                    (min(number, other), max(number, other))
                    for other in holders[shingle]
                    if len(texts[other].words) > len(text.words)
                )
    return found


def _lsh(texts: Sequence[_Text]) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))
    found: set[tuple[int, int]] = set()
    numbered = [number for number, text in enumerate(texts) if text.shingles]
    members = [[" ".join(shingle).encode("utf-8", "surrogatepass") for shingle in texts[number].shingles] for number in numbered]
    for number, signature in zip(numbered, MinHash.generator(members, num_perm=PERMUTATIONS)):
        size = len(texts[number].shingles)
        for earlier in lsh.query(signature):
            if JACCARD * size <= len(texts[earlier].shingles) <= size / JACCARD:
                found.add((earlier, number))
        lsh.insert(number, signature)
    return found


