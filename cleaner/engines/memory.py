"""
The reference engine: everything in this process, and in helpers of its own for what takes long.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner import jobs
from cleaner.corpus import steps, tables
from cleaner.corpus.model import Measure, Order, Pair, Relation, Row, Summary, identity, place
from cleaner.match import batch, sketch
from cleaner.stories.model import Progress, silent

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any]

_MANY = 4_000  # texts, or pairs that are judged, of one portion of work
_TOGETHER = 16_000  # pairs that are verified: a text that stands in many of them is read once
#: What helpers that are forks find in memory, so that no text goes through a pipe.
_held: Sequence[str] = ()


class Found(NamedTuple):
    """
    What texts have in common, by their places in the list that was given.

    Attributes:
        sizes: Words of each text.
        ranked: All texts in the order in which they would stay.
        original: For each text the first of those with its key; itself where it is that, or says too little.
        pairs: Verified pairs of originals: Jaccard similarity at the threshold or above, the keeper first.
        joined: For each original that is a copy its keeper, and how like it is.
    """

    sizes: list[int]
    ranked: list[int]
    original: list[int]
    pairs: list[Pair]
    joined: dict[int, tuple[int, float]]


def compare(
    texts: Sequence[str],
    measure: Measure = Measure(),  # noqa: B008 - a frozen value
    *,
    order: Callable[[int], Any] | None = None,
    judged: bool = True,
    processes: int = 0,
    progress: Progress = silent,
) -> Found:
    """
    Find which texts are copies of which.

    Args:
        texts: Any number of texts.
        measure: What counts as a copy.
        order: Gives what a text is sorted by, beside its length where the measure says so: of near texts the first stays. None: its
            place in the list.
        judged: Whether the fact guard reads each pair; without it all verified pairs are near.
        processes: 0: as many as there are processors.
        progress: Told how far the work is.
    """
    import numpy as np

    crew = _Crew(texts, measure, processes or jobs.processors(), progress)
    sizes, digests, banded = crew.sketched()
    ranked = np.array(sorted(range(len(texts)), key=order), np.int64) if order else np.arange(len(texts))
    if measure.keep == "longest":
        ranked = ranked[np.argsort(-sizes[ranked], kind="stable")]
    original = np.arange(len(texts))
    tells = ranked[(sizes[ranked] >= measure.fewest) & digests[ranked].any(axis=1)]
    # Equal digests stand together, the first by rank first.
    grouped = tells[np.lexsort((digests[tells, 1], digests[tells, 0]))]
    fresh = np.ones(len(grouped), bool)
    fresh[1:] = (digests[grouped][1:] != digests[grouped][:-1]).any(axis=1)
    original[grouped] = grouped[np.maximum.accumulate(np.where(fresh, np.arange(len(grouped)), 0))]
    heads = tells[original[tells] == tells]  # from here on an original is its number among these, which is its rank
    proposed = steps.candidates(banded[heads])
    del banded, digests
    near = crew.verified(proposed, heads)
    ranks = crew.judged(near, heads) if judged else [Pair(keeper, copy, "near", jaccard) for keeper, copy, jaccard in near]
    at = heads.tolist()
    return Found(
        sizes.tolist(),
        ranked.tolist(),
        original.tolist(),
        [pair._replace(keeper=at[pair.keeper], copy=at[pair.copy]) for pair in ranks],
        {at[copy]: (at[keeper], jaccard) for copy, (keeper, jaccard) in steps.stars(ranks).items()},
    )


def keepers(found: Found, texts: Sequence[str]) -> dict[int, tuple[int, Relation, float]]:
    """Return of each copy, in the order of ranks, its keeper, how it relates to it, and how like it is."""
    keeper: dict[int, tuple[int, Relation, float]] = {}
    for number in found.ranked:
        head = found.original[number]
        if head in found.joined:
            above, jaccard = found.joined[head]
            keeper[number] = above, "near", jaccard
        elif head != number:
            keeper[number] = head, steps.same(texts[head], texts[number]), 1.0
    return keeper


class _Texts(NamedTuple):
    """A portion of texts to be sketched; `texts` is None where the helper finds them in `_held`."""

    begin: int
    end: int
    measure: Measure
    texts: Sequence[str] | None = None


class _Pairs(NamedTuple):
    """
    A portion of pairs of originals.

    Attributes:
        ranks: Shape (pairs, 2).
        asked: The same pairs as places in `places`.
        places: Where each text stands in `_held`.
        texts: The texts themselves, where the helper finds nothing there.
    """

    ranks: Numbers
    asked: Numbers
    places: list[int]
    texts: list[str] | None = None

    def said(self) -> list[str]:
        """Return the texts."""
        return [_held[place] for place in self.places] if self.texts is None else self.texts


class _Crew:
    """Does the long stages in portions, shared among processes."""

    def __init__(self, texts: Sequence[str], measure: Measure, processes: int, progress: Progress) -> None:
        self.texts, self.measure, self.processes, self.progress = texts, measure, processes, progress
        self.here = processes == 1 or jobs.forks()

    def sketched(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the size of each text, its digest as two numbers, and its bands."""
        import numpy as np

        count = len(self.texts)
        sizes = np.zeros(count, np.int64)
        digests = np.zeros((count, 2), np.uint64)
        banded = np.zeros((count, steps.cut(self.measure)[1].bands), np.int64)
        tasks = [
            _Texts(begin, end, self.measure, None if self.here else self.texts[begin:end])
            for begin in range(0, count, _MANY)
            for end in [min(begin + _MANY, count)]
        ]
        for task, (own, told, bands) in self._do("sketching", _sketch, tasks):
            some = slice(task.begin, task.end)
            sizes[some], digests[some], banded[some] = own, told, bands
        return sizes, digests, banded

    def verified(self, proposed: Numbers, heads: Numbers) -> list[tuple[int, int, float]]:
        """Return those of the proposed pairs that are near, as `steps.chosen` chooses them."""
        near: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for ranks, scores in self._pairs("verifying", _verify, proposed, heads):
            enough = scores >= self.measure.threshold
            for (keeper, copy), jaccard in zip(ranks[enough].tolist(), scores[enough].tolist()):
                near[copy].append((keeper, jaccard))
        return [(keeper, copy, jaccard) for copy in sorted(near) for keeper, jaccard in steps.chosen(near[copy])]

    def judged(self, near: Sequence[tuple[int, int, float]], heads: Numbers) -> list[Pair]:
        """Ask the fact guard about each pair."""
        import numpy as np

        verdicts: dict[tuple[int, int], tuple[Relation, str]] = {}
        for ranks, found in self._pairs("judging", _judge, np.array([pair[:2] for pair in near], np.int64).reshape(-1, 2), heads):
            verdicts.update(zip(map(tuple, ranks.tolist()), found))
        return [Pair(keeper, copy, verdicts[keeper, copy][0], jaccard, verdicts[keeper, copy][1]) for keeper, copy, jaccard in near]

    def _pairs(self, stage: str, do: Any, ranks: Numbers, heads: Numbers) -> Iterator[tuple[Numbers, Any]]:
        """Do something to pairs of originals; yield them as ranks, with what came of them, in any order."""
        import numpy as np

        tasks: list[_Pairs] = []
        size = min(_TOGETHER if do is _verify else _MANY, max(1, len(ranks) // (2 * self.processes)))
        for begin in range(0, len(ranks), size):
            some = ranks[begin : begin + size]
            every = steps.distinct(some.ravel())  # each text of the portion once
            places = heads[every].tolist()
            texts = None if self.here else [self.texts[place] for place in places]
            tasks.append(_Pairs(some, np.searchsorted(every, some), places, texts))
        for task, found in self._do(stage, do, tasks):
            yield task.ranks, found

    def _do(self, stage: str, do: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        global _held  # noqa: PLW0603 - forks find it there
        _held = self.texts
        try:
            for done, (at, found) in enumerate(jobs.each(do, tasks, self.processes), 1):
                self.progress(stage, done, len(tasks))
                # A helper that was killed leaves its portion to us.
                yield tasks[at], do(tasks[at]) if found is None else found
        finally:
            _held = ()


def _sketch(task: _Texts) -> tuple[Numbers, Numbers, Numbers]:
    import numpy as np

    texts = _held[task.begin : task.end] if task.texts is None else task.texts
    keys = batch.keyed(texts)
    found = sketch.shingles(keys)
    digests = np.frombuffer(b"".join(digest or bytes(batch.DIGEST) for digest in batch.digests(keys)), "<u8").reshape(-1, 2)
    scheme, banding = steps.cut(task.measure)
    return found.sizes, digests, sketch.bands(sketch.signatures(found, scheme), banding).view(np.int64)


def _verify(task: _Pairs) -> Numbers:
    return steps.verify(task.asked, task.said())


def _judge(task: _Pairs) -> list[tuple[Relation, str]]:
    texts = task.said()
    return [steps.judge(texts[keeper], texts[copy]) for keeper, copy in task.asked.tolist()]


# --- the plan, from rows to tables ----------------------------------------------------------------------------------


def run(order: Order, read: Callable[[Sequence[str]], Iterator[list[Row]]]) -> Summary:
    """Carry out the plan with everything in memory."""
    clock = _Clock()
    rows = [row for batch in read(order.names) for row in batch]
    clock.told("reading")
    places = [place(row) for row in rows]
    texts = [row.text for row in rows]
    found = compare(texts, order.measure, order=lambda number: (places[number], steps.exact(texts[number])), processes=order.jobs, progress=order.progress)
    clock.told("comparing")
    summary = _write(rows, found, order)
    clock.told("writing")
    return summary._replace(stages=clock.stages)


class _Clock:
    def __init__(self) -> None:
        self._last = perf_counter()
        self.stages: tuple[tuple[str, float], ...] = ()

    def told(self, stage: str) -> None:
        now = perf_counter()
        self.stages = (*self.stages, (stage, round(now - self._last, 3)))
        self._last = now


def _write(rows: Sequence[Row], found: Found, order: Order) -> Summary:
    os.makedirs(order.into, exist_ok=True)
    keeper = keepers(found, [row.text for row in rows])
    with tables.Writer(order.into, "pairs", order.tables) as pairs:
        for number in found.ranked:
            head = found.original[number]
            if head != number:
                pairs.add((*_name(rows[head]), *_name(rows[number]), steps.same(rows[head].text, rows[number].text), 1.0, "[]"))
        pairs.extend((*_name(rows[pair.keeper]), *_name(rows[pair.copy]), pair.relation, pair.jaccard, pair.differences) for pair in found.pairs)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for number in found.ranked:
        if number in keeper:
            members[keeper[number][0]].append(number)
    with tables.Writer(order.into, "clusters", order.tables) as clusters:
        for number in found.ranked:
            if number in members:
                name = identity(rows[number])
                clusters.add((name, *_name(rows[number]), True, "", 1.0, rows[number].text))
                clusters.extend((name, *_name(rows[copy]), False, *keeper[copy][1:], rows[copy].text) for copy in members[number])
    with tables.Writer(order.into, "cleaned", order.tables) as cleaned:
        cleaned.extend(steps.kept((row, number not in keeper) for number, row in enumerate(rows)))
    near = sum(relation == "near" for _, relation, _ in keeper.values())
    return Summary(
        rows=len(rows),
        short=sum(size < order.measure.fewest for size in found.sizes),
        equal=len(keeper) - near,
        near=near,
        kept=len(rows) - len(keeper),
        clusters=len(members),
        pairs=len(found.pairs),
        conflicts=sum(pair.relation == "conflict" for pair in found.pairs),
        notes=tables.replaced(pairs, clusters, cleaned),
    )


def _name(row: Row) -> tuple[str, str, int]:
    return row.source, row.id, row.part
