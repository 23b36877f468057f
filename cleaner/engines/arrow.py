"""
What the workers of a cluster do: the steps of the plan over batches of Arrow, each a function from batches to batches.

Texts, names and ranks are bytes in every column, UTF-8 with lone surrogates, which a string of Arrow could not hold. Nothing here knows
of Spark but for the number of the task that it runs in.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cleaner.corpus import rows, steps, tables
from cleaner.corpus.model import Measure, Pair, Row, identity

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any]
    Batches = Iterator[Any]  # of pyarrow.RecordBatch

#: Rows and characters that are held at a time.
MANY = 2_000
_LARGE = 4_000_000
#: Entries of bands that are paired at a time.
_ENTRIES = 1 << 20
_NAMED = 5  # lines of one portion of a file that are named

#: What each function gives, in the words of Spark's schemas.
ROWS = (
    "mark string, uid bigint, record bigint, source binary, id binary, part int, text binary, lossy boolean, rank binary, digest binary, "
    "size int, stripped binary, cluster string, bands array<bigint>, number bigint, why string"
)
PAIRED = "kind int, keeper bigint, copy bigint, band int, value bigint, following bigint, task int, place int"
JUDGED = (
    "keeper bigint, copy bigint, relation string, jaccard double, differences string, keeper_uid bigint, copy_uid bigint, cluster string, lead binary, "
    "keeper_source binary, keeper_id binary, keeper_part int, source binary, id binary, part int"
)
JOINED = "uid bigint, keeper_uid bigint, cluster string, lead binary, jaccard double"
CLEANED = "source binary, id binary, text binary, lossy boolean"

#: What a row of PAIRED is: a pair; an entry at the start or end of a task's share; a pair with the first of a bucket that may go on elsewhere.
PAIR, EDGE, OPEN = 0, 1, 2
_BITS = 40  # of a number that counts within a task


def data(text: str) -> bytes:
    """Return a text as a column holds it."""
    return text.encode("utf-8", "surrogatepass")


def said(held: bytes) -> str:
    """Return the text that a column holds."""
    return held.decode("utf-8", "surrogatepass")


def _task() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return int(context.partitionId()) if context is not None else 0


# --- rows -----------------------------------------------------------------------------------------------------------


class _Surveyed:
    """Gathers rows into batches of `ROWS`."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.next = _task() << _BITS
        self._rows: list[Row] = []
        self._records: list[int] = []
        self._length = 0
        self._marks: list[tuple[str, str, int, str]] = []

    def add(self, row: Row, record: int) -> None:
        self._rows.append(row)
        self._records.append(record)
        self._length += len(row.text)

    def mark(self, mark: str, source: str, number: int, why: str) -> None:
        """Tell the driver something of a source."""
        self._marks.append((mark, source, number, why))

    def full(self) -> bool:
        return len(self._rows) >= MANY or self._length >= _LARGE

    def batch(self) -> Any:
        """Return what was gathered."""
        import pyarrow as pa

        some, records, self._rows, self._records, self._length = self._rows, self._records, [], [], 0
        prepared, banded = steps.survey(some, self.measure) if some else ([], None)
        exact = [each.rank[-16:] for each in prepared]  # what a rank ends with
        marks, self._marks = self._marks, []
        none: list[Any] = [None] * len(marks)
        first = self.next
        self.next += len(some)
        texts = [data(row.text) for row in some]
        columns: list[tuple[list[Any], list[Any], Any]] = [
            ([None] * len(some), [mark[0] for mark in marks], pa.string()),
            ([*range(first, self.next)], none, pa.int64()),
            (records, none, pa.int64()),
            ([data(row.source) for row in some], [data(mark[1]) for mark in marks], pa.binary()),
            ([data(row.id) for row in some], none, pa.binary()),
            ([row.part for row in some], none, pa.int32()),
            (texts, none, pa.binary()),
            ([_lossy(text) for text in texts], none, pa.bool_()),
            ([each.rank for each in prepared], none, pa.binary()),
            ([each.digest for each in prepared], none, pa.binary()),
            ([each.size for each in prepared], none, pa.int32()),
            ([_stripped(row.text, digest) for row, digest in zip(some, exact)], none, pa.binary()),
            ([*map(identity, some)], none, pa.string()),
            ([None] * len(some), [mark[2] for mark in marks], pa.int64()),
            ([None] * len(some), [mark[3] for mark in marks], pa.string()),
        ]
        names = [each.split()[0] for each in ROWS.split(", ")]
        arrays = [pa.array([*own, *other], kind) for own, other, kind in columns]
        arrays.insert(names.index("bands"), _lists(banded, len(marks)))
        return pa.record_batch(arrays, names=names)


def _lists(banded: Numbers | None, more: int) -> Any:
    """Return rows of numbers as a column of lists, and some empty ones behind them."""
    import numpy as np
    import pyarrow as pa

    rows, bands = (0, 0) if banded is None else banded.shape
    ends = np.append(np.arange(rows + 1) * bands, np.full(more, rows * bands)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array([] if banded is None else banded.ravel(), pa.int64()))


def _lossy(text: bytes) -> bool:
    """Whether bytes hold a surrogate: in UTF-8 its second byte is above what any other character has behind ED."""
    at = text.find(b"\xed")
    while at >= 0:
        if text[at + 1] >= 0xA0:
            return True
        at = text.find(b"\xed", at + 1)
    return False


def _stripped(text: str, exact: bytes) -> bytes:
    """Return a digest by which `steps.same` can be told without the other text."""
    bare = text.strip()
    return exact if len(bare) == len(text) else steps.exact(bare)


def lines(batches: Batches, *, names: dict[str, str], before: dict[tuple[str, int], int], measure: Measure) -> Batches:
    """
    Read lines of JSONL: columns value, path, start.

    Args:
        batches: Lines in the order in which they stand in their portion of a file.
        names: Of each path the source's name.
        before: Lines before each portion, by path and start; nothing for files that are in one piece.
        measure: What counts as a copy.
    """
    held = _Surveyed(measure)
    at: tuple[str, int] | None = None
    number = objects = known = 0
    left, met = _LeftOut(), dict[str, None]()

    def end() -> None:
        if at is not None:
            name = names[at[0]]
            for line, why in left.first:
                held.mark("left", name, line, why)
            if left.count > len(left.first):
                held.mark("more", name, left.count - len(left.first), "")
            held.mark("known" if known else "met", name, at[1], json.dumps([known or objects, [*met]]))

    for batch in batches:
        values, paths, starts = (batch.column(place).to_pylist() for place in range(3))
        for value, path, start in zip(values, paths, starts):
            if (path, start) != at:
                end()
                at, number = (path, start), before.get((path, start), 0)
                objects = known = 0
                left, met = _LeftOut(), {}
            number += 1
            read = rows.parse_line(value, number, left)
            if read is None:
                continue
            objects += 1
            if not known and objects <= rows.MANY:
                if rows.text_columns(tuple(read)) is not None:
                    known = objects
                else:
                    met.update(dict.fromkeys(read))
            row = rows.row_of(read, names[path], number)
            _cut(row, held)
            if held.full():
                yield held.batch()
    end()
    yield held.batch()


class _LeftOut(rows.LeftOut):
    """The lines of one portion of a file that could not be read."""

    def __init__(self) -> None:
        super().__init__()
        self.first: list[tuple[int, str]] = []

    def add(self, number: int, why: str) -> None:
        super().add(number, why)
        if len(self.first) < _NAMED:
            self.first.append((number, why))


def records(batches: Batches, *, columns: Sequence[str], names: dict[str, str], measure: Measure) -> Batches:
    """Read rows of Parquet: the columns that are named, then path and number from 0."""
    held = _Surveyed(measure)
    for batch in batches:
        paths, numbers = batch.column(len(columns)).to_pylist(), batch.column(len(columns) + 1).to_pylist()
        values = [batch.column(place).to_pylist() for place in range(len(columns))]
        for path, number, *cells in zip(paths, numbers, *values):
            _cut(rows.row_of(dict(zip(columns, cells)), names[path], number + 1), held)
            if held.full():
                yield held.batch()
    yield held.batch()


def _cut(row: Row, held: _Surveyed) -> None:
    record = held.next + len(held._rows)  # noqa: SLF001 - the uid of its first part
    for each in steps.paragraphs(row) if held.measure.unit == "paragraph" else (row,):
        held.add(each, record)


def staged(batches: Batches, *, measure: Measure) -> Batches:
    """Take rows that the driver has read: columns record, source, id, part, text."""
    held = _Surveyed(measure)
    for batch in batches:
        for record, source, id, part, text in zip(*(batch.column(place).to_pylist() for place in range(5))):
            held.add(Row(said(source), said(id), part, said(text)), record)
            if held.full():
                yield held.batch()
    yield held.batch()


# --- candidates -----------------------------------------------------------------------------------------------------


def bucketed(batches: Batches) -> Batches:
    """
    Pair the members of buckets: columns band, value, following, number, in the order of all four, over all tasks.

    A task has its share of this order, whatever bucket begins or ends it. Pairs over its borders are not made here: the first and last
    `NEIGHBOURS` entries are given on, and pairs with the first few of the first and last bucket are marked, as these may go on elsewhere.
    """
    import numpy as np

    task = _task()
    head: list[Numbers] = []
    tail = np.zeros((0, 4), np.int64)
    waiting: list[Numbers] = []
    count, enough = 0, _ENTRIES
    begun = False
    for batch in batches:
        some = np.stack([batch.column(place).to_numpy(zero_copy_only=False).astype(np.int64) for place in range(4)], axis=1)
        if not len(some):
            continue
        if sum(map(len, head)) < steps.NEIGHBOURS:
            head.append(some[: steps.NEIGHBOURS])
        tail = np.concatenate((tail, some))[-steps.NEIGHBOURS :]
        waiting.append(some)
        count += len(some)
        if count >= enough:
            whole = np.concatenate(waiting)
            last = whole[-1, :2]
            # The last bucket waits for what may follow. Its start is found by bisection, as all is sorted.
            differs = np.flatnonzero((whole[:, :2] != last).any(axis=1))
            at = int(differs[-1]) + 1 if len(differs) else 0
            if at:
                yield from _pairs(whole[:at], first=not begun, last=False)
                begun = True
            waiting, count = [whole[at:]], len(whole) - at
            enough = max(_ENTRIES, 2 * count)  # of one large bucket no part is looked at often
    if waiting:
        yield from _pairs(np.concatenate(waiting), first=not begun, last=True)
        yield _edges(np.concatenate(head)[: steps.NEIGHBOURS], task, 0)
        yield _edges(tail, task, 1)


def _pairs(entries: Numbers, *, first: bool, last: bool) -> Batches:
    import numpy as np

    fresh = np.ones(len(entries), bool)
    fresh[1:] = (entries[1:, :2] != entries[:-1, :2]).any(axis=1)
    bucket = np.cumsum(fresh) - 1
    size = np.bincount(bucket)
    shared = size[bucket] > 1
    if not shared.any():
        return
    some, own = entries[shared], bucket[shared]
    order = np.argsort(some[:, 3], kind="stable")
    members, own, following = some[order, 3], own[order], some[order, 2]
    beside = steps.neighbours(members, own, following)
    open_ones = {*([0] if first else []), *([int(bucket[-1])] if last else [])}
    open_here = np.isin(own, [*open_ones])
    led = steps.leaders(members[~open_here], own[~open_here]) if (~open_here).any() else (beside[0][:0], beside[1][:0])
    one, other = np.concatenate((beside[0], led[0])), np.concatenate((beside[1], led[1]))
    by = np.lexsort((other, one))
    one, other = one[by], other[by]
    new = np.ones(len(one), bool)
    new[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    yield _paired((one[new], other[new]))
    for each in sorted(open_ones):
        inside = own == each
        if inside.any():
            at = int(np.flatnonzero(bucket == each)[0])
            yield _paired(steps.leaders(members[inside], own[inside]), entries[at, :2])


def _paired(pairs: tuple[Numbers, Numbers], bucket: Numbers | None = None) -> Any:
    import numpy as np

    count = len(pairs[0])
    band, value = (None, None) if bucket is None else (np.full(count, bucket[0]), np.full(count, bucket[1]))
    return _row_batch(PAIR if bucket is None else OPEN, count, *pairs, band, value)


def _edges(entries: Numbers, task: int, side: int) -> Any:
    import numpy as np

    count = len(entries)
    places = np.arange(count) + side * steps.NEIGHBOURS
    return _row_batch(EDGE, count, entries[:, 3], None, entries[:, 0], entries[:, 1], entries[:, 2], np.full(count, task), places)


def _row_batch(kind: int, count: int, *columns: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    kinds = (pa.int64(), pa.int64(), pa.int32(), pa.int64(), pa.int64(), pa.int32(), pa.int32())
    given = [*columns, *[None] * (len(kinds) - len(columns))]
    names = [each.split()[0] for each in PAIRED.split(", ")]
    arrays = [pa.nulls(count, kind) if held is None else pa.array(held).cast(kind) for held, kind in zip(given, kinds)]
    return pa.record_batch([pa.array(np.full(count, kind, np.int32)), *arrays], names=names)


def over_borders(edges: Iterable[tuple[int, int, int, int, int, int]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """
    Pair neighbours that stand in the shares of different tasks.

    Args:
        edges: Task, place, band, value, following, number of each entry that `bucketed` gave on.

    Returns:
        Pairs; and the buckets, by band and value, that go on from one task to another.
    """
    shares: defaultdict[int, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for task, place, *entry in sorted(edges):
        shares[task][place >= steps.NEIGHBOURS].append(tuple(entry))
    pairs: set[tuple[int, int]] = set()
    on: set[tuple[int, int]] = set()
    before: list[Any] = []
    for task in sorted(shares):
        head, tail = shares[task]
        if before and before[-1] > head[0]:
            raise AssertionError("shares of tasks are out of order")
        if before and before[-1][:2] == head[0][:2]:
            on.add(head[0][:2])
        for place, entry in enumerate(head):
            for other in before[place - steps.NEIGHBOURS :]:
                if other[:2] == entry[:2]:
                    pairs.add((min(other[3], entry[3]), max(other[3], entry[3])))
        before = [*before, *tail][-steps.NEIGHBOURS :] if len(tail) < steps.NEIGHBOURS else tail
    return sorted(pairs), sorted(on)


def firsts(batches: Batches) -> Batches:
    """Give on the few smallest numbers of each bucket: columns band, value, number; as many tasks may hold parts of one."""
    import pyarrow as pa

    least: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for batch in batches:
        for band, value, number in zip(*(batch.column(place).to_pylist() for place in range(3))):
            own = least[band, value]
            own.append(number)
            if len(own) > 64:
                own[:] = sorted(own)[: steps.LEADERS]
    told = [(*bucket, number) for bucket, own in least.items() for number in sorted(own)[: steps.LEADERS]]
    kinds = (("band", pa.int32()), ("value", pa.int64()), ("number", pa.int64()))
    yield pa.record_batch([pa.array([row[place] for row in told], kind) for place, (_, kind) in enumerate(kinds)], names=[name for name, _ in kinds])


# --- verdicts -------------------------------------------------------------------------------------------------------


def judged(batches: Batches, *, measure: Measure) -> Batches:
    """
    Verify the pairs of each copy, choose among them and judge.

    Args:
        batches: Columns copy, keeper, text, uid, cluster, rank, source, id, part, in the order of copy and keeper: first the copy itself, without
            keeper, then each keeper with its own text and name.
        measure: What counts as a copy.
    """
    waiting: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    pairs = length = 0
    for row in _each(batches):
        length += len(row["text"])
        if row["keeper"] is None:
            if pairs >= MANY or length >= _LARGE:
                yield _judged(waiting, measure)
                waiting, pairs, length = [], 0, len(row["text"])
            elif waiting and not waiting[-1][1]:
                waiting.pop()
            waiting.append((row, []))
        else:
            waiting[-1][1].append(row)
            pairs += 1
    yield _judged(waiting, measure)


def _each(batches: Batches) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _judged(groups: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]], measure: Measure) -> Any:
    import pyarrow as pa

    texts: dict[bytes, int] = {}
    pairs: list[tuple[int, int]] = []
    for copy, keepers in groups:
        for keeper in keepers:
            pairs.append((texts.setdefault(keeper["text"], len(texts)), texts.setdefault(copy["text"], len(texts))))
    scores = iter(steps.verify(pairs, [*map(said, texts)]).tolist())
    found: list[dict[str, Any]] = []
    for copy, keepers in groups:
        near = {keeper["keeper"]: (jaccard, keeper) for keeper, jaccard in zip(keepers, scores) if jaccard >= measure.threshold}
        for number, jaccard in steps.chosen([(number, jaccard) for number, (jaccard, _) in near.items()]):
            keeper = near[number][1]
            relation, differences = steps.judge(said(keeper["text"]), said(copy["text"]))
            found.append({
                "keeper": number,
                "copy": copy["copy"],
                "relation": relation,
                "jaccard": jaccard,
                "differences": differences,
                "keeper_uid": keeper["uid"],
                "copy_uid": copy["uid"],
                "cluster": keeper["cluster"],
                "lead": keeper["rank"],
                **{f"keeper_{name}": keeper[name] for name in ("source", "id", "part")},
                **{name: copy[name] for name in ("source", "id", "part")},
            })
    kinds = {"bigint": pa.int64(), "string": pa.string(), "double": pa.float64(), "binary": pa.binary(), "int": pa.int32()}
    return pa.RecordBatch.from_pylist(found, pa.schema([(name, kinds[kind]) for each in JUDGED.split(", ") for name, kind in [each.split()]]))


def joined(batches: Batches) -> Batches:
    """
    Choose which originals are copies: columns component, keeper, copy, jaccard, keeper_uid, copy_uid, cluster, lead, in the order of components.

    Each component is whole in one task; many small ones are told at once.
    """
    waiting: list[dict[str, Any]] = []
    for row in _each(batches):
        if len(waiting) >= MANY and row["component"] != waiting[-1]["component"]:
            yield _joined(waiting)
            waiting = []
        waiting.append(row)
    yield _joined(waiting)


def _joined(edges: Sequence[dict[str, Any]]) -> Any:
    import pyarrow as pa

    stars = steps.stars(Pair(edge["keeper"], edge["copy"], "near", edge["jaccard"]) for edge in edges)
    told = [
        (edge["copy_uid"], edge["keeper_uid"], edge["cluster"], edge["lead"], edge["jaccard"])
        for edge in edges
        if edge["copy"] in stars and stars[edge["copy"]][0] == edge["keeper"]
    ]
    kinds = (("uid", pa.int64()), ("keeper_uid", pa.int64()), ("cluster", pa.string()), ("lead", pa.binary()), ("jaccard", pa.float64()))
    return pa.record_batch([pa.array([row[place] for row in told], kind) for place, (_, kind) in enumerate(kinds)], names=[name for name, _ in kinds])


# --- tables ---------------------------------------------------------------------------------------------------------


def rejoined(batches: Batches) -> Batches:
    """Put the paragraphs that stay together again: columns source, id, part, text, kept, in the order of records and parts."""
    import pyarrow as pa

    given = (
        (Row(said(source), said(id), part, said(text)), kept)
        for batch in batches
        for source, id, part, text, kept in zip(*(batch.column(place).to_pylist() for place in range(5)))
    )
    waiting: list[tuple[bytes, bytes, bytes, bool]] = []
    length = 0

    def batch() -> Any:
        kinds = (("source", pa.binary()), ("id", pa.binary()), ("text", pa.binary()), ("lossy", pa.bool_()))
        return pa.record_batch([pa.array([row[place] for row in waiting], kind) for place, (_, kind) in enumerate(kinds)], names=[name for name, _ in kinds])

    for source, id, text in steps.kept(given):
        held = data(text)
        waiting.append((data(source), data(id), held, _lossy(held)))
        length += len(held)
        if len(waiting) >= MANY or length >= _LARGE:
            yield batch()
            waiting, length = [], 0
    yield batch()


def texts(batches: Batches) -> Batches:
    """Turn bytes into strings for Parquet, with U+FFFD where no UTF-8 can hold what stands there."""
    import pyarrow as pa

    for batch in batches:
        columns = []
        for column in batch.columns:
            if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
                try:
                    column = column.cast(pa.string())
                except pa.ArrowInvalid:
                    column = pa.array([None if each is None else tables.encodable(said(each))[0] for each in column.to_pylist()], pa.string())
            columns.append(column)
        yield pa.record_batch(columns, names=batch.schema.names)


def json_lines(batches: Batches) -> Batches:
    """Turn rows into lines of JSON, as `tables` writes them."""
    import pyarrow as pa

    for batch in batches:
        names = batch.schema.names
        columns = [[said(each) if isinstance(each, bytes) else each for each in column.to_pylist()] for column in batch.columns]
        yield pa.record_batch([pa.array([tables.line(names, row).decode("utf-8") for row in zip(*columns)], pa.string())], names=["value"])
