"""
The steps of the plan, as pure functions over batches: what an engine runs, wherever the rows are.

Nothing here depends on how rows are cut into batches, but for `candidates` and `stars`, which an engine may also put in its own
words: what they give is defined in terms of ranks alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.corpus.model import Measure, Pair, Relation, Row, rank
from cleaner.match import batch, sketch
from cleaner.match.sketch import Banding, Scheme

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any]

#: Each member of a bucket is held against so many that come first of all, and so many before it that share the next band, too.
LEADERS = 4
NEIGHBOURS = 4
#: Of the verified pairs of one copy so many are judged: with the keepers that come first, and with those it is most like.
FIRST = 2
ALIKE = 3
_NUMBER = re.compile(r"\d+(?:[.,:'’]\d+)*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Prepared(NamedTuple):
    """
    What is known of one row without any other.

    Attributes:
        rank: Which of several stays: the smaller. See `model.rank`.
        digest: Of its key, 16 bytes; b"" where it says too little to match anything. Rows with equal digests are copies.
        size: Words.
    """

    rank: bytes
    digest: bytes
    size: int


def prepare(rows: Sequence[Row], measure: Measure) -> list[Prepared]:
    """Work out of each row what it is compared by, and its rank."""
    keys = batch.keyed([row.text for row in rows])
    return _prepared(rows, keys, sketch.counts(keys), measure)


def survey(rows: Sequence[Row], measure: Measure) -> tuple[list[Prepared], Numbers]:
    """Return what `prepare` and `sketches` give of rows, each word told once: for engines that want both in one pass."""
    keys = batch.keyed([row.text for row in rows])
    found = sketch.shingles(keys)
    return _prepared(rows, keys, found.sizes, measure), _banded(found, measure)


def _prepared(rows: Sequence[Row], keys: Sequence[str], sizes: Numbers, measure: Measure) -> list[Prepared]:
    return [
        Prepared(rank(row, size, exact(row.text), measure), digest if size >= measure.fewest else b"", size)
        for row, size, digest in zip(rows, sizes.tolist(), batch.digests(keys))
    ]


def exact(text: str) -> bytes:
    """Return a digest of a text to the letter."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=batch.DIGEST).digest()


def cut(measure: Measure) -> tuple[Scheme, Banding]:
    """Return how texts are signed and their signatures cut for a measure."""
    banding = sketch.banding(measure.threshold)
    return Scheme(size=banding.bands * banding.rows), banding


def sketches(texts: Sequence[str], measure: Measure) -> Numbers:
    """
    Sketch originals.

    Returns:
        int64, shape (texts, bands): two texts that share a number in one column are candidates.
    """
    return _banded(sketch.shingles(batch.keyed(texts)), measure)


def _banded(found: sketch.Shingles, measure: Measure) -> Numbers:
    import numpy as np

    scheme, banding = cut(measure)
    return sketch.bands(sketch.signatures(found, scheme), banding).view(np.int64)


def distinct(values: Numbers) -> Numbers:
    """Return the values that there are, sorted. Sorting is several times as fast as numpy's own `unique`, which hashes."""
    import numpy as np

    ordered = np.sort(values)
    fresh = np.ones(len(ordered), bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[fresh])


def candidates(banded: Numbers) -> Numbers:
    """
    Propose pairs of originals.

    In each bucket (those that share the number of a band) each member is paired with the `LEADERS` first by rank, and with the
    `NEIGHBOURS` before it in the order of the next band's number and of rank. So where a thousand texts share a band, near ones still
    meet, and the pairs grow with the members. (The band after the last is the first.)

    Args:
        banded: As `sketches` gives them, in the order of ranks.

    Returns:
        int64, shape (pairs, 2): numbers of two originals, the smaller first; sorted, none twice.
    """
    import numpy as np

    number = max(1, len(banded))  # a pair is one number: first * number + second
    found: list[Numbers] = []
    for band in range(banded.shape[1]):
        values = np.ascontiguousarray(banded[:, band])
        ordered = np.sort(values)
        shared = distinct(ordered[1:][ordered[1:] == ordered[:-1]])
        if not len(shared):
            continue
        members = _among(values, shared)
        following = banded[members, (band + 1) % banded.shape[1]]
        pairs = (leaders(members, values[members]), neighbours(members, values[members], following))
        found.append(distinct(np.concatenate([one * number + other for one, other in pairs])))
    codes = distinct(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return np.stack((codes // number, codes % number), axis=1)


def _among(values: Numbers, some: Numbers) -> Numbers:
    """Return the places of those values that are among some, which are sorted and not none."""
    import numpy as np

    # Most are not, and a table of bits of theirs tells that sooner than a search.
    table = np.zeros(1 << 21, bool)
    table[some & (len(table) - 1)] = True
    perhaps = np.flatnonzero(table[values & (len(table) - 1)])
    return np.asarray(perhaps[some[np.minimum(np.searchsorted(some, values[perhaps]), len(some) - 1)] == values[perhaps]])


def leaders(members: Numbers, buckets: Numbers) -> tuple[Numbers, Numbers]:
    """
    Pair the members of buckets with the first few of each.

    Args:
        members: Numbers of originals, ascending.
        buckets: Which one each stands in.

    Returns:
        The smaller and the larger number of each pair.
    """
    import numpy as np

    by_rank = np.argsort(buckets, kind="stable")
    bucket, member = buckets[by_rank], members[by_rank]
    starts = np.flatnonzero(np.concatenate(([True], bucket[1:] != bucket[:-1])))
    first = np.repeat(starts, np.diff(np.append(starts, len(bucket))))
    at = np.arange(len(bucket))
    later = [at > first + step for step in range(LEADERS)]
    return np.concatenate([member[first[each] + step] for step, each in enumerate(later)]), np.concatenate([member[each] for each in later])


def neighbours(members: Numbers, buckets: Numbers, following: Numbers) -> tuple[Numbers, Numbers]:
    """
    Pair the members of buckets with the few before them in the order of the next band's number and of rank.

    Args:
        members: Numbers of originals, ascending.
        buckets: Which one each stands in.
        following: The number of its next band.

    Returns:
        The smaller and the larger number of each pair.
    """
    import numpy as np

    order = np.lexsort((following, buckets))  # stable, so by rank in the end
    bucket, member = buckets[order], members[order]
    beside = [(member[:-step][same], member[step:][same]) for step in range(1, NEIGHBOURS + 1) for same in [bucket[step:] == bucket[:-step]]]
    one, other = np.concatenate([pair[0] for pair in beside]), np.concatenate([pair[1] for pair in beside])
    return np.minimum(one, other), np.maximum(one, other)


#: A triple of a text is one number: the text's above, so many bits of the triple's hash below. More texts are verified in portions.
_HASH = 44
_TEXTS = 1 << (64 - _HASH)


def verify(pairs: Sequence[tuple[int, int]] | Numbers, texts: Sequence[str]) -> Numbers:
    """
    Compare the word triples of each pair of texts, all of them.

    Args:
        pairs: Two places in `texts` each.
        texts: Whole texts; fewer than a million.

    Returns:
        float64: the Jaccard similarity of each pair, 0 to 1. Triples are told apart by 44 bits of their hash, so that two of a
        pair of texts of a thousand words each are taken for one another once in ten million pairs.
    """
    import numpy as np

    if len(texts) >= _TEXTS:
        raise ValueError(f"{len(texts)} texts at a time; fewer than {_TEXTS} can be verified")
    both = np.asarray(pairs, np.int64).reshape(-1, 2)
    found = sketch.shingles(batch.keyed(texts))
    if not len(both) or not len(found.values):
        return np.zeros(len(both), np.float64)
    # Each triple of a text once; sorted, so that a text's own stand together.
    above = np.arange(len(texts) + 1, dtype=np.uint64) << np.uint64(_HASH)
    held = found.values >> np.uint64(64 - _HASH)
    held |= np.repeat(above[:-1], np.diff(found.starts))
    held = distinct(held)
    starts = np.searchsorted(held, above)
    sizes = np.diff(starts)
    swapped = sizes[both[:, 0]] > sizes[both[:, 1]]
    fewer, more = np.where(swapped, both[:, 1], both[:, 0]), np.where(swapped, both[:, 0], both[:, 1])
    counts = sizes[fewer]
    ends = np.cumsum(counts)
    at = np.arange(ends[-1]) + np.repeat(starts[fewer] - ends + counts, counts)
    asked = held[at] + np.repeat(above[more] - above[fewer], counts)  # the same triple, were it the other text's
    place = np.minimum(np.searchsorted(held, asked), len(held) - 1)
    before = np.concatenate(([0], np.cumsum(held[place] == asked)))
    shared = before[ends] - before[ends - counts]
    return np.asarray(shared / np.maximum(1, sizes[fewer] + sizes[more] - shared))


def chosen(keepers: Sequence[tuple[Any, float]]) -> list[tuple[Any, float]]:
    """
    Return which verified pairs of one copy are judged: with the `FIRST` keepers that come first, and the `ALIKE` that it is most like.

    Args:
        keepers: Number or rank of each keeper, and the Jaccard similarity with it.
    """
    first = sorted(keepers)[:FIRST]
    alike = sorted(keepers, key=lambda pair: (-pair[1], pair[0]))[:ALIKE]
    return sorted({*first, *alike})


def judge(keeper: str, copy: str) -> tuple[Relation, str]:
    """
    Ask the fact guard whether a near copy says the same as its keeper.

    Returns:
        "near", where no fact differs and the copy has no passage of its own, else "conflict"; and what differs, as JSON.
    """
    if figures := _figures(keeper, copy):
        return "conflict", figures
    from cleaner.match.facts import conflicting
    from cleaner.stories.compare import compare

    reading = compare(_body(keeper), _body(copy))
    told = [{"kind": each.kind, "keeper": each.keeper, "duplicate": each.duplicate} for each in reading.differences]
    told += [{"kind": "missing", "keeper": passage, "duplicate": ""} for passage in reading.only_original]
    told += [{"kind": "missing", "keeper": "", "duplicate": passage} for passage in reading.only_copy]
    relation: Relation = "conflict" if reading.conflicts or reading.only_copy or conflicting(reading.differences) else "near"
    return relation, json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def _figures(keeper: str, copy: str) -> str:
    """
    Return the figures in which two texts differ, as JSON; "" where they may be the same in another spelling ("1,200", "1200").

    Most entries of a template differ in nothing else, and of those no more has to be asked.
    """
    one, other = _numbers(keeper), _numbers(copy)
    if Counter(map(_digits, one.elements())) == Counter(map(_digits, other.elements())):
        return ""
    lost, new = one - other, other - one
    told = [{"kind": "number", "keeper": " ".join(lost.elements()), "duplicate": " ".join(new.elements())}]
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


@lru_cache(maxsize=256)
def _numbers(text: str) -> Counter[str]:
    return Counter(_NUMBER.findall(text))


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


@lru_cache(maxsize=256)  # an original is held against each of its copies
def _body(text: str) -> Any:
    from cleaner.stories.texts import body, keyed

    return body(*keyed(text))


def stars(pairs: Iterable[Pair]) -> dict[Any, tuple[Any, float]]:
    """
    Choose which originals are copies, and of which keeper.

    Originals are taken in the order of ranks. One that is near to keepers joins the one it is most like (of equals, the first);
    one that is near to none, or to copies only, stays and is a keeper itself.

    Args:
        pairs: Of whole components: all pairs of each original in them. Only "near" ones count.

    Returns:
        For each copy its keeper and how like it is.
    """
    found: defaultdict[Any, list[tuple[float, Any]]] = defaultdict(list)
    for pair in pairs:
        if pair.relation == "near":
            found[pair.copy].append((-pair.jaccard, pair.keeper))
    joined: dict[Any, tuple[Any, float]] = {}
    for copy in sorted(found):
        best = min((each for each in found[copy] if each[1] not in joined), default=None)
        if best is not None:
            joined[copy] = best[1], -best[0]
    return joined


def paragraphs(row: Row) -> list[Row]:
    """
    Cut a row into its paragraphs, each a row with a part of its own.

    A paragraph holds the blank lines behind it, so that all together, one after another, are the text to the letter.
    """
    return [row._replace(part=number, text=piece) for number, piece in enumerate(split(row.text), 1)]


def split(text: str) -> list[str]:
    """Cut a text behind its blank lines; `"".join` makes the text of it again."""
    pieces: list[list[str]] = []
    blank = False
    said = False  # the piece holds more than blank lines
    for line in _LINE.findall(text):
        says = bool(line.strip())
        if not pieces or (blank and says and said):
            pieces.append([])
            said = False
        pieces[-1].append(line)
        blank, said = not says, said or says
    return ["".join(piece) for piece in pieces]


def same(keeper: str, copy: str) -> Relation:
    """Return how two texts with one key are equal: to the letter but for white space around them, or when normalised."""
    return "exact" if keeper.strip() == copy.strip() else "normalised"


def kept(rows: Iterable[tuple[Row, bool]]) -> Iterator[tuple[str, str, str]]:
    """
    Make the table of what is left.

    Args:
        rows: All of them in the order in which they were read, each with whether it stays.

    Returns:
        Source, id and text of each row that stays; what is left of a row's paragraphs is one row again.
    """
    last: tuple[str, str] | None = None
    pieces: list[str] = []
    for row, stays in rows:
        if row.part == 0:
            if stays:
                yield row.source, row.id, row.text
            continue
        if row.part == 1:  # another row begins, perhaps of the same name
            if last and pieces:
                yield (*last, "".join(pieces))
            last, pieces = (row.source, row.id), []
        if stays:
            pieces.append(row.text)
    if last and pieces:
        yield (*last, "".join(pieces))
