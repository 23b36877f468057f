"""
Which shingles of three words stand in several texts, and in which: what the search for near copies asks.

`few` answers with sets of words, without an import; `many` with numpy, where a shingle is a number: for some ten thousand texts at once, in
less memory. Both give the same answers: words are numbered in their order, so shingles have one order in both.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple, Protocol

from cleaner.words import words

#: A text of fewer words has no shingles.
FEWEST_WORDS = 6
# Words are told text by text; so many texts are numbered at once, and their words are then let go.
_AT_ONCE = 2_000
# Three words are one number of 64 bits as long as there are no more different ones.
_MOST_WORDS = 2**21


class Spoken(NamedTuple):
    """
    Texts as arrays of numbers.

    Attributes:
        words: The words of all texts, one after another, as numbers in their order.
        sizes: How many each text has.
        different: A number above all of them; how many different ones there are in the texts that were numbered together.
    """

    words: Any
    sizes: Any
    different: int


class Index(Protocol):
    """
    Texts and the shingles they share.

    A shingle that several texts hold is named by its rank: 0 is the one that the fewest hold, and of those the first by its words. Only
    what may matter is ranked: the shingles of texts that hold a certain share of what others say.

    Attributes:
        lengths: How many words each text has.
        sizes: How many different shingles each text has.
        held: How many of them another text holds, too.
        times: How many texts hold the shingle of each rank; rising. Empty where no text holds enough of what others say.
    """

    lengths: Sequence[int]
    sizes: Sequence[int]
    held: Sequence[int]
    times: Sequence[int]

    def words(self, text: int) -> Sequence[Hashable]:
        """Return a text's words, or numbers that stand for them."""

    def shingles(self, text: int) -> frozenset[Hashable]:
        """Return a text's shingles."""

    def ranks(self, text: int, most: int) -> list[int]:
        """Return the first so many ranks of what a text shares, rising."""

    def holders(self, rank: int) -> list[int]:
        """Return the texts that hold a shingle, rising."""

    def spelled(self, text: int) -> list[str]:
        """Return a text's words."""

    def numbers(self, texts: Sequence[int]) -> Spoken:
        """Return the words of some texts as numbers."""


def triples(said: Sequence[str]) -> frozenset[tuple[str, str, str]]:
    """Return all runs of three words."""
    return frozenset(zip(said, said[1:], said[2:]))


class Few:
    """An index in sets of words."""

    def __init__(self, said: Sequence[list[str]], share: float) -> None:
        self._said = said
        self._shingles = [triples(each) if len(each) >= FEWEST_WORDS else frozenset() for each in said]
        self.lengths: Sequence[int] = [len(each) for each in said]
        self.sizes: Sequence[int] = [len(each) for each in self._shingles]
        self._common = self._shared()
        self.held: Sequence[int] = [len(each) for each in self._common]
        holders = self._wanted(share)
        ranked = sorted(holders, key=lambda shingle: (len(holders[shingle]), shingle))
        self._ranks = {shingle: rank for rank, shingle in enumerate(ranked)}
        self._holders = [holders[shingle] for shingle in ranked]
        self.times: Sequence[int] = [len(each) for each in self._holders]

    def _shared(self) -> list[frozenset[tuple[str, str, str]]]:
        """Return for each text those of its shingles that another holds too."""
        # Whole sets at a time: a set remembers the hashes of its members, and no shingle is hashed or counted again.
        seen: set[tuple[str, str, str]] = set()
        shared: set[tuple[str, str, str]] = set()
        for shingles in self._shingles:
            shared |= seen & shingles
            seen |= shingles
        return [shingles & shared for shingles in self._shingles]

    def _wanted(self, share: float) -> dict[tuple[str, str, str], list[int]]:
        """Return which texts hold the shingles of those that share enough with others; mostly there are none."""
        wanted: set[tuple[str, str, str]] = set()
        for held, size in zip(self._common, self.sizes):
            if held and len(held) >= share * size:
                wanted |= held
        holders: dict[tuple[str, str, str], list[int]] = {shingle: [] for shingle in wanted}
        if holders:
            asked = holders.keys()
            for number, held in enumerate(self._common):
                for shingle in held & asked:
                    holders[shingle].append(number)
        return holders

    def words(self, text: int) -> Sequence[Hashable]:
        return self._said[text]

    def shingles(self, text: int) -> frozenset[Hashable]:
        return self._shingles[text]

    def ranks(self, text: int, most: int) -> list[int]:
        return sorted([self._ranks[shingle] for shingle in self._common[text]])[:most]

    def holders(self, rank: int) -> list[int]:
        return self._holders[rank]

    def spelled(self, text: int) -> list[str]:
        return self._said[text]

    def numbers(self, texts: Sequence[int]) -> Spoken:
        return _spoken(self._said[text] for text in texts)


class Many:
    """An index in numbers: of words, in their order, and of three of them."""

    def __init__(self, keys: Sequence[str], spoken: Spoken, share: float) -> None:
        import numpy as np

        self._keys = keys
        self._words, self._different = spoken.words, spoken.different
        lengths, every = spoken.sizes, len(keys)
        self._ends = np.cumsum(lengths)
        counts = np.where(lengths >= FEWEST_WORDS, lengths - 2, 0)  # of the shingles in each text
        owners = np.repeat(np.arange(every), counts)
        ends = np.cumsum(counts)
        places = np.arange(len(owners)) - np.repeat(ends - counts, counts) + np.repeat(self._ends - lengths, counts)
        shingles = (self._words[places] * self._different + self._words[places + 1]) * self._different + self._words[places + 2]
        self._shingles, self._shingle_ends, self._counts = shingles, ends, counts
        self._sets: dict[int, frozenset[Hashable]] = {}

        order = np.argsort(shingles)  # equal ones side by side
        firsts = np.flatnonzero(np.diff(shingles[order], prepend=-1))
        times = np.diff(firsts, append=len(order))
        again = times > 1
        sizes = np.bincount(owners[order[firsts[~again]]], minlength=every)
        # Those that stand more than once, each with its holders: sorted in one number, and each holder once.
        numbers = np.repeat(np.arange(np.count_nonzero(again)), times[again])
        both = np.sort(numbers * every + owners[order[np.repeat(again, times)]])
        both = both[np.diff(both, prepend=-1) != 0]
        numbers, owners = both // every, both % every
        sizes += np.bincount(owners, minlength=every)
        several = np.bincount(numbers) > 1
        numbers, owners = (each[several[numbers]] for each in (numbers, owners))
        held = np.bincount(owners, minlength=every)
        self.lengths, self.sizes, self.held = lengths.tolist(), sizes.tolist(), held.tolist()

        wanted = np.zeros(len(several), dtype=bool)
        wanted[numbers[((held > 0) & (held >= share * sizes))[owners]]] = True
        numbers, owners = (each[wanted[numbers]] for each in (numbers, owners))
        firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
        times = np.diff(firsts, append=len(numbers))
        by_rank = np.argsort(times, kind="stable")  # of several that stand as often, the first by its words
        ranks = np.empty(len(by_rank), np.int64)
        ranks[by_rank] = np.arange(len(by_rank))
        self.times = times[by_rank].tolist()
        self._owners, self._firsts = owners, firsts[by_rank].tolist()
        both = np.sort(owners * max(1, len(by_rank)) + np.repeat(ranks, times))
        self._ranks = both % max(1, len(by_rank))
        self._rank_ends = np.cumsum(np.bincount(owners, minlength=every)).tolist()

    def words(self, text: int) -> Sequence[Hashable]:
        end = self._ends[text]
        return self._words[end - self.lengths[text] : end].tolist()  # type: ignore[no-any-return]

    def shingles(self, text: int) -> frozenset[Hashable]:
        if (known := self._sets.get(text)) is None:
            end = self._shingle_ends[text]
            known = self._sets[text] = frozenset(self._shingles[end - self._counts[text] : end].tolist())
        return known

    def ranks(self, text: int, most: int) -> list[int]:
        start, end = self._rank_ends[text - 1] if text else 0, self._rank_ends[text]
        return self._ranks[start : min(end, start + most)].tolist()  # type: ignore[no-any-return]

    def holders(self, rank: int) -> list[int]:
        start = self._firsts[rank]
        return self._owners[start : start + self.times[rank]].tolist()  # type: ignore[no-any-return]

    def spelled(self, text: int) -> list[str]:
        return words(self._keys[text])

    def numbers(self, texts: Sequence[int]) -> Spoken:
        import numpy as np

        sizes = np.fromiter((self.lengths[text] for text in texts), np.int64, len(texts))
        places = np.repeat(self._ends[list(texts)] - np.cumsum(sizes), sizes) + np.arange(int(sizes.sum()))
        return Spoken(self._words[places], sizes, self._different)


def _spoken(said: Iterable[list[str]]) -> Spoken:
    """Return the words of texts as numbers in their order; words are let go as soon as they have one."""
    import numpy as np

    known: dict[str, int] = {}
    sizes: list[int] = []
    parts: list[Any] = [np.empty(0, np.int64)]
    texts = iter(said)
    while group := list(islice(texts, _AT_ONCE)):
        sizes += map(len, group)
        spoken = list(chain.from_iterable(group))
        for word in set(spoken).difference(known):
            known[word] = len(known)
        parts.append(np.fromiter(map(known.__getitem__, spoken), np.int64, len(spoken)))
    ordered = np.empty(len(known), np.int64)
    ordered[np.fromiter((known[word] for word in sorted(known)), np.int64, len(known))] = np.arange(len(known))
    return Spoken(ordered[np.concatenate(parts)], np.array(sizes), len(known))


def few(keys: Iterable[str], share: float) -> Index:
    """
    Return an index of some texts.

    Args:
        keys: Comparison keys.
        share: What is shared by texts is ranked where a text holds such a share of its shingles in common with others.
    """
    return Few([words(key) for key in keys], share)


def many(keys: Sequence[str], share: float) -> Index:
    """Return what `few` does, of some ten thousand texts."""
    spoken = _spoken(map(words, keys))
    return Many(keys, spoken, share) if spoken.different < _MOST_WORDS else few(keys, share)
