"""
Which items are worth holding against each other: those that share an id, a link, a title, a whole text, or a fingerprint.

A candidate is a question and never an answer. Work grows with the input: in a group of n that share something each member is asked
about the first of the group (the one that would be the original, since items come in the order of originals) and the one
before it, not about all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from cleaner.feeds.urls import is_global
from cleaner.stories.entry import Entry
from cleaner.stories.texts import fingerprints

#: Of those that share fingerprints with an item, so many are asked, those first that share most.
MOST = 4
#: A pair shares at least this part of the fingerprints of the shorter.
LEAST_SHARED = 0.25


def propose(entries: Sequence[Entry]) -> list[list[int]]:
    """
    Propose pairs.

    Args:
        entries: In the order of originals: of two that turn out to be one story, the earlier one stays.

    Returns:
        For each entry the places of earlier ones to hold it against, the most promising first, none twice.
    """
    found: list[dict[int, None]] = [{} for _ in entries]
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        for mark in _marks(entry):
            earlier = groups[mark]
            for other in (*earlier[:1], *earlier[-1:]):
                found[place][other] = None
            earlier.append(place)
    for place, others in _by_text(entries):
        for other in others:
            found[place][other] = None
    return [[*others] for others in found]


def _marks(entry: Entry) -> Iterator[Hashable]:
    """Yield what an item may share with others, each with a letter for its sort."""
    item = entry.item
    if item.id:
        yield "i", item.source, item.id
        if is_global(item.id):
            yield "g", item.id
    if entry.link:
        yield "l", entry.link
    if entry.body.tells:
        yield "d", entry.body.digest
    if entry.title:
        yield "t", entry.publisher or item.source, entry.title


def _by_text(entries: Sequence[Entry]) -> Iterator[tuple[int, list[int]]]:
    """Yield for each item that shares enough fingerprints with earlier ones: its place and theirs."""
    import numpy as np

    first: dict[int, int] = {}  # equal texts are one here; they were proposed by their digests
    for place, entry in enumerate(entries):
        if entry.body.tells:
            first.setdefault(entry.body.digest, place)
    places = np.array(sorted(first.values()), dtype=np.int64)
    if len(places) < 2:
        return
    prints = fingerprints(entries[place].body.key for place in places.tolist())
    sizes = np.bincount(prints.owners, minlength=len(places))
    order = np.lexsort((prints.owners, prints.values))
    owners, values = prints.owners[order], prints.values[order]
    begins = np.concatenate(([True], values[1:] != values[:-1])) if len(values) else np.zeros(0, bool)
    starts = np.maximum.accumulate(np.where(begins, np.arange(len(values)), 0)) if len(values) else np.zeros(0, np.int64)
    at = np.flatnonzero(~begins)  # those that share their fingerprint with one before them
    with_first = np.stack((owners[starts[at]], owners[at]))
    with_last = np.stack((owners[at - 1], owners[at]))[:, starts[at] != at - 1]
    pairs = np.concatenate((with_first, with_last), axis=1)
    if not pairs.size:
        return
    number = len(places)
    codes, times = np.unique(pairs[1] * number + pairs[0], return_counts=True)
    later, earlier = codes // number, codes % number
    # Rounded down: of a text with few fingerprints one that is shared has to do.
    enough = times >= np.maximum(1, (LEAST_SHARED * np.minimum(sizes[later], sizes[earlier])).astype(np.int64))
    later, earlier, times = later[enough], earlier[enough], times[enough]
    order = np.lexsort((earlier, -times, later))
    begin = 0
    later, earlier = places[later[order]], places[earlier[order]]
    for end in [*(np.flatnonzero(later[1:] != later[:-1]) + 1).tolist(), len(later)]:
        if end > begin:
            yield int(later[begin]), earlier[begin : min(end, begin + MOST)].tolist()
        begin = end
