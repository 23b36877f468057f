"""
Near and contained copies: candidates first, then a verdict on the full text of every pair.

A pair is *near* when its shingles of three words have a Jaccard similarity of at least `JACCARD` and its word lists an Indel
similarity of at least `RATIO`; it is *contained* when nearly all words of the shorter stand in one stretch of the
longer. Both depend on the two texts alone, never on what else is in the article.

Candidates come from one of two ways that find the same pairs. Up to `few_blocks` distinct texts: prefix filtering,
which loses no pair (two sets with Jaccard >= t share one of the first |s| - ceil(t|s|) + 1 members of each, in any
one order). Above: datasketch's MinHash-LSH with bands chosen for recall, so that a pair at the threshold is missed
once in 10^8; every proposal is then judged all the same.

Source: Chaudhuri, Ganti, Kaushik, A primitive operator for similarity joins (2006); Leskovec, Rajaraman, Ullman,
Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, islice
from math import ceil
from operator import itemgetter
from typing import Any, NamedTuple

from cleaner.match import shingles
from cleaner.match.shingles import Index
from cleaner.model import Relation, Scores

JACCARD = 0.3
RATIO = 0.8
CONTAINED = 0.9  # share of the shorter that stands in one stretch of the longer
FEWEST_CONTAINED = 8
# So many texts stand for all that are like them: boilerplate would make the work grow with the square of the input.
HOTTEST = 256
# So many pairs are told of one text with those above it.
MOST_ALIKE = 16
# Where more texts hold a shingle, sharing it says little, and texts are compared by all their words instead.
CROWD = 256
# From so many texts on numpy is worth its import.
MANY = 2_000
# ... and from so many on it is worth it to tell what they share: below, the import costs as much as it saves.
VERY_MANY = 10_000
# Of two texts with an Indel similarity of RATIO, the longer holds as much of the shorter one's words; of a contained one CONTAINED.
LEAST_WORDS = min(RATIO, CONTAINED) - 1e-9
# Two rows a band: a pair with J = 0.3 shares no band with probability (1 - 0.3**2) ** 192 = 1e-8, and one with J = 0.02,
# as two texts on one subject have, shares one with probability 0.07.
PERMUTATIONS, BANDS = 384, 192


class Pair(NamedTuple):
    """Two texts, by their place in the list that was searched, that say nearly the same."""

    first: int
    second: int
    relation: Relation
    scores: Scores


def pairs(keys: Sequence[str], few: int) -> list[Pair]:
    """
    Find all near and contained pairs among distinct keys.

    Args:
        keys: Comparison keys, in reading order; no two equal. Empty ones match nothing.
        few: Up to how many texts the lossless search is used; above, MinHash-LSH. The result is the same.

    Returns:
        Verified pairs with first < second, sorted. Of a text that is like more than `MOST_ALIKE` above it, only so many.
    """
    index = (shingles.many if len(keys) > VERY_MANY else shingles.few)(keys, JACCARD)
    if not index.times:
        return []  # no text holds enough of what another says
    proposed = _prefix_filter(index) if len(keys) <= few else _lsh(index)
    proposed |= _containment(index)
    found: list[Pair] = []
    alike = [0] * len(keys)
    for first, second in sorted(proposed, key=itemgetter(1, 0)):
        # Of a series of entries that are all alike, each is held against a few: all pairs would be the square of them.
        if alike[second] < MOST_ALIKE and (pair := judge(index, first, second)) is not None:
            alike[second] += 1
            found.append(pair)
    return sorted(found)


def judge(index: Index, first: int, second: int) -> Pair | None:
    """Give the verdict on one pair, from the full texts."""
    size, other_size = index.sizes[first], index.sizes[second]
    shared = len(index.shingles(first) & index.shingles(second))
    every, fewer = size + other_size - shared, min(size, other_size)
    if shared < JACCARD * every and shared < (CONTAINED - 0.1) * fewer:
        return None  # most proposals end here
    jaccard, containment = shared / max(1, every), shared / max(1, fewer)
    one, other = index.words(first), index.words(second)
    ratio = _ratio(one, other)
    scores = Scores(round(jaccard, 4), round(ratio, 4), round(containment, 4))
    if jaccard >= JACCARD and ratio >= RATIO:
        return Pair(first, second, "near", scores)
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= FEWEST_CONTAINED and len(longer) > len(shorter) and containment >= CONTAINED - 0.1:
        if _stretch(shorter, longer) >= CONTAINED * len(shorter):
            return Pair(first, second, "contained", scores)
    return None


def _ratio(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(one, other)


def _stretch(shorter: Sequence[Hashable], longer: Sequence[Hashable]) -> int:
    """Return the length of the longest run of words that both have, in words. Linear in the number of seeds that agree."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, shorter, longer, autojunk=len(longer) > 2000).find_longest_match().size


class _Probe(NamedTuple):
    """
    A text's rarest shingles, and how many of them any text has to hold that holds a share of all.

    Of two sets with at least `alpha` members in common, the first |s| - alpha + n members of each, in any one order,
    have at least n in common.
    """

    ranks: list[int]  # those of the rarest that others hold too
    hits: int


def _probe(index: Index, text: int, share: float) -> _Probe | None:
    """Return the probe of a text for partners that hold a share of its shingles; None where no other can."""
    size, held = index.sizes[text], index.held[text]
    alpha = ceil(share * size)
    if not held or held < alpha:
        return None
    hits = 1 + alpha // 4
    alone = size - held  # the very rarest: nobody else holds them
    return _Probe(index.ranks(text, max(0, size - alpha + hits - alone)), hits)


def _prefix_filter(index: Index) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    probed: defaultdict[int, list[int]] = defaultdict(list)
    hits: dict[int, int] = {}
    crowd: dict[int, None] = {}
    sizes = index.sizes
    hot = bisect_right(index.times, CROWD)  # the first rank that a crowd holds
    for number, size in enumerate(sizes):
        probe = _probe(index, number, JACCARD)
        if probe is None:
            continue
        hits[number] = probe.hits
        cold = probe.ranks[: bisect_left(probe.ranks, hot)]
        crowded = len(cold) < len(probe.ranks)
        seen = Counter(chain.from_iterable(probed[rank] for rank in cold if rank in probed))
        for other, times in seen.most_common(HOTTEST):
            if crowded and other in crowd:
                continue  # what they share may be what all the others share too
            if times >= min(probe.hits, hits[other]) and JACCARD * size <= sizes[other] <= size / JACCARD:
                found.add((other, number))
        if crowded:
            crowd[number] = None
        for rank in cold:
            probed[rank].append(number)
    return found | _in_crowd(index, list(crowd)) if crowd else found


def _in_crowd(index: Index, crowd: Sequence[int]) -> set[tuple[int, int]]:
    """
    Propose pairs among texts that share what very many share, by all their words.

    A verdict asks for four fifths of the words of the shorter of the two at least, in order: so the longer holds so many of
    any that are left when a fifth is taken away. Each text asks those that are as long or longer. How many of its words each
    of them holds is counted for all at once, each a bit of a long number, and the digits of the counts in as many long numbers.
    """
    ordered = sorted(crowd, key=lambda number: -index.lengths[number])
    found: set[tuple[int, int]] = set()
    told = _by_counts(*index.numbers(ordered)) if len(ordered) > MANY else _by_bits([_bag(index.spelled(number)) for number in ordered])
    for place, others in told:
        own = ordered[place]
        found.update((own, number) if own < number else (number, own) for number in map(ordered.__getitem__, others))
    return found


def _asked(size: int) -> tuple[int, int]:
    """Return of so many words how many of the rarest are asked for, and how many of them a partner has to hold."""
    need = ceil(size * LEAST_WORDS)
    hits = 2 ** min(3, need.bit_length() - 1)
    return size - need + hits, hits


def _by_bits(bags: Sequence[list[str]]) -> Iterator[tuple[int, Iterable[int]]]:
    """Yield for each text, by its place, the first places of those before it that hold enough of its rarest words."""
    frequency = Counter(chain.from_iterable(bags))
    standing: dict[str, list[int]] = {word: [] for word, times in frequency.items() if times > 1}
    for place, bag in enumerate(bags):
        for word in bag:
            if word in standing:
                standing[word].append(place)
    bits: dict[str, int] = {}
    for place, bag in enumerate(bags):
        number, hits = _asked(len(bag))
        digits: list[int] = []
        for word in sorted(bag, key=lambda word: (frequency[word], "\0" in word, word))[:number]:
            if word in standing:
                if word not in bits:
                    bits[word] = _bits(standing[word], len(bags))
                _add(digits, bits[word])
        mask = 0
        for digit in digits[hits.bit_length() - 1 :]:  # `hits` of them, a power of two, or more
            mask |= digit
        yield place, islice(_places(mask & ((1 << place) - 1)), HOTTEST)


def _by_counts(words: Any, sizes: Any, vocabulary: int) -> Iterator[tuple[int, Iterable[int]]]:
    """
    Yield what `_by_bits` does of texts' bags. Numbers of a hundred thousand digits add slower than numpy counts.

    Args:
        words: Of all texts, one after another, as numbers in their order.
        sizes: How many each text has.
        vocabulary: A number above all words.
    """
    import numpy as np

    # Numbers are sorted for themselves, each with all that it is sorted by in it: to sort places by numbers takes several times as long.
    owners = np.repeat(np.arange(len(sizes)), sizes)
    held = np.sort(owners * vocabulary + words)
    words = held % vocabulary
    firsts = np.flatnonzero(np.diff(held, prepend=-1))
    if len(firsts) < len(held):  # as in a bag, what stands again in a text is another word
        times = np.arange(len(held)) - np.repeat(firsts, np.diff(firsts, append=len(held)))
        again = np.flatnonzero(times)
        words[again] = vocabulary + np.unique(words[again] * (int(times.max()) + 1) + times[again], return_inverse=True)[1]
    frequency = np.bincount(words)
    every = len(frequency)
    by_rank = np.argsort(frequency, kind="stable")
    rank = np.empty(every, np.int64)
    rank[by_rank] = np.arange(every)
    rarest = by_rank[np.sort(owners * every + rank[words]) % every]  # first, text by text
    standing = np.sort(words * len(sizes) + owners) % len(sizes)  # the places of each word, word by word
    starts = np.cumsum(frequency) - frequency
    ends = starts.copy()  # of those places that come before the text that asks
    at = 0
    for place, size in enumerate(sizes.tolist()):
        number, hits = _asked(size)
        asked = rarest[at : at + number]
        asked = asked[ends[asked] > starts[asked]]
        before = [standing[start:end] for start, end in zip(starts[asked].tolist(), ends[asked].tolist())]
        if len(before) >= hits:
            yield place, np.flatnonzero(np.bincount(np.concatenate(before)) >= hits)[:HOTTEST].tolist()
        else:
            yield place, []
        ends[rarest[at : at + size]] += 1
        at += size


def _bag(words: Sequence[str]) -> list[str]:
    """Return the words of a text as a set: what stands again is marked with how often it stood before."""
    bag = list(dict.fromkeys(words))
    if len(bag) < len(words):
        times: dict[str, int] = {}
        for word in words:
            before = times[word] = times.get(word, -1) + 1
            if before:
                bag.append(f"{word}\0{before:09}")
    return bag


def _bits(places: Sequence[int], size: int) -> int:
    held = bytearray(size // 8 + 1)
    for place in places:
        held[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(held, "little")


def _add(digits: list[int], bits: int) -> None:
    """Add one to each of many counts whose bit is set; the digits of the counts lie in as many numbers, the lowest first."""
    for at, digit in enumerate(digits):
        digits[at], bits = digit ^ bits, digit & bits
        if not bits:
            return
    digits.append(bits)


def _places(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    written = bin(mask)[:1:-1]
    at = written.find("1")
    while at >= 0:
        yield at
        at = written.find("1", at + 1)


def _containment(index: Index) -> set[tuple[int, int]]:
    """Propose pairs in which the longer holds the rarest shingles of the shorter: no contained copy is lost by that."""
    found: set[tuple[int, int]] = set()
    hottest = bisect_right(index.times, HOTTEST)
    for number, length in enumerate(index.lengths):
        if length < FEWEST_CONTAINED:
            continue
        probe = _probe(index, number, CONTAINED - 0.1)
        if probe is None or probe.ranks[0] >= hottest:
            continue  # even its rarest shingle stands in very many texts: boilerplate, not a copy of one of them
        cool = bisect_left(probe.ranks, hottest)
        seen = Counter(chain.from_iterable(map(index.holders, probe.ranks[:cool])))
        hot = len(probe.ranks) - cool
        for other, times in seen.items():
            if times + hot >= probe.hits and other != number and index.lengths[other] > length:
                found.add((min(number, other), max(number, other)))
    return found


def _lsh(index: Index) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))
    found: set[tuple[int, int]] = set()
    sizes = index.sizes
    numbered = [number for number, size in enumerate(sizes) if size]
    members = [[" ".join(shingle).encode("utf-8", "surrogatepass") for shingle in shingles.triples(index.spelled(number))] for number in numbered]
    for number, signature in zip(numbered, MinHash.generator(members, num_perm=PERMUTATIONS)):
        size = sizes[number]
        earlier = sorted(lsh.query(signature))
        found.update((other, number) for other in earlier[:HOTTEST] if JACCARD * size <= sizes[other] <= size / JACCARD)
        if len(earlier) < HOTTEST:  # where so many stand for its like already, one more would only cost time
            lsh.insert(number, signature)
    return found
