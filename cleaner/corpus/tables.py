"""
The tables that a run leaves: which texts are one, the pairs that were verified, and what is left. As JSONL or Parquet.

    clusters  every row of a cluster, the one that stays first; with the text, so that what was left out can be put back
    pairs     every pair that was held against each other and verified, with what differs
    cleaned   the rows that stay, as they were read; of a row compared by paragraphs, those that stay

A table is written beside its place and moved there when it is whole: nothing torn is ever found under its name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Self

from cleaner.errors import InputError, MissingExtra


class Column(NamedTuple):
    """A column and what it holds: "text", "integer", "number" or "flag"."""

    name: str
    kind: str


CLUSTERS = (
    Column("cluster", "text"),  # 16 hexadecimal digits, of the keeper's source, id and part
    Column("source", "text"),
    Column("id", "text"),
    Column("part", "integer"),
    Column("kept", "flag"),
    Column("relation", "text"),  # to the keeper: exact, normalised, near; "" of the keeper itself
    Column("jaccard", "number"),
    Column("text", "text"),
)
PAIRS = (
    Column("keeper_source", "text"),
    Column("keeper_id", "text"),
    Column("keeper_part", "integer"),
    Column("source", "text"),
    Column("id", "text"),
    Column("part", "integer"),
    Column("relation", "text"),  # exact, normalised, near, conflict
    Column("jaccard", "number"),
    Column("differences", "text"),  # JSON
)
CLEANED = (Column("source", "text"), Column("id", "text"), Column("text", "text"))
TABLES = {"clusters": CLUSTERS, "pairs": PAIRS, "cleaned": CLEANED}
_MANY = 10_000  # rows that are written at a time
_SURROGATE = re.compile("[\ud800-\udfff]")


def name(into: str, table: str, kind: str) -> str:
    """Return where a table stands."""
    return os.path.join(into, f"{table}.{kind}")


class Portion(NamedTuple):
    """
    Rows of a table as they are written.

    Attributes:
        rows: How many.
        replaced: Texts with what no UTF-8 can hold.
        data: Lines in bytes, or an Arrow table.
    """

    rows: int
    replaced: int
    data: Any


def portion(table: str, kind: str, rows: Sequence[Sequence[Any]]) -> Portion:
    """Make rows fit to be written; wherever that is done."""
    columns = TABLES[table]
    if kind == "parquet":
        return _arrow(columns, rows)
    names = [column.name for column in columns]
    return Portion(len(rows), 0, b"".join(line(names, row) + b"\n" for row in rows))


class Writer:
    """Writes one table, row by row; it appears under its name when it is closed, and not at all where something failed."""

    def __init__(self, into: str, table: str, kind: str) -> None:
        self._table, self._kind = table, kind
        self.path = name(into, table, kind)
        self.rows = 0
        self.replaced = 0  # texts with what no UTF-8 can hold
        self._part = f"{self.path}.part"
        self._held: list[Sequence[Any]] = []
        self._out = (_Parquet if kind == "parquet" else _Lines)(self._part, TABLES[table])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._out.close()
            if kind is not None:
                with suppress(OSError):
                    os.remove(self._part)
        if kind is None:
            _into_place(self._part, self.path)

    def add(self, row: Sequence[Any]) -> None:
        """Write a row: one value for each column."""
        self._held.append(row)
        self.rows += 1
        if len(self._held) >= _MANY:
            self._flush()

    def extend(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write many rows."""
        for row in rows:
            self.add(row)

    def put(self, portion: Portion) -> None:
        """Write rows that were made fit to be written elsewhere, by `portion`."""
        self._flush()
        self._out.put(portion.data)
        self.rows += portion.rows
        self.replaced += portion.replaced

    def _flush(self) -> None:
        if self._held:
            made = portion(self._table, self._kind, self._held)
            self._out.put(made.data)
            self.replaced += made.replaced
            self._held = []


def _into_place(part: str, path: str) -> None:
    from cleaner.source import sync_directory

    os.replace(part, path)
    sync_directory(os.path.dirname(os.path.abspath(path)))


def line(names: Sequence[str], row: Sequence[Any]) -> bytes:
    """Return a row as JSON, without the line's end."""
    held = dict(zip(names, row, strict=True))
    try:
        return json.dumps(held, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8, but JSON can escape it
        return json.dumps(held).encode("ascii")


class _Lines:
    def __init__(self, path: str, columns: Sequence[Column]) -> None:
        self._file = open(path, "wb")

    def put(self, data: bytes) -> None:
        self._file.write(data)

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def arrow_schema(columns: Sequence[Column]) -> Any:
    """Return a table's columns as a schema of pyarrow."""
    import pyarrow as pa

    kinds = {"text": pa.string(), "integer": pa.int32(), "number": pa.float64(), "flag": pa.bool_()}
    return pa.schema([(column.name, kinds[column.kind]) for column in columns])


def encodable(text: str) -> tuple[str, bool]:
    """Return a text that UTF-8 can hold, lone surrogates replaced by U+FFFD, and whether there were any."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text), True
    return text, False


def _arrow(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Portion:
    import pyarrow as pa

    replaced = 0
    held: dict[str, list[Any]] = {}
    for place, column in enumerate(columns):
        values = [row[place] for row in rows]
        if column.kind == "text":
            both = [*map(encodable, values)]
            replaced += sum(was for _, was in both) if column.name == "text" else 0
            values = [text for text, _ in both]
        held[column.name] = values
    return Portion(len(rows), replaced, pa.table(held, schema=arrow_schema(columns)))


class _Parquet:
    def __init__(self, path: str, columns: Sequence[Column]) -> None:
        try:
            from pyarrow import parquet
        except ImportError as missing:
            raise MissingExtra("writing Parquet needs pyarrow: pip install 'cleaner[parquet]'") from missing
        self._writer = parquet.ParquetWriter(path, arrow_schema(columns), compression="zstd")
        self._path = path

    def put(self, data: Any) -> None:
        self._writer.write_table(data)

    def close(self) -> None:
        self._writer.close()
        with open(self._path, "rb+") as file:
            os.fsync(file.fileno())


def replaced(*writers: Writer) -> tuple[str, ...]:
    """Say what the tables hold otherwise than it stood."""
    return told(max(writer.replaced for writer in writers))


def told(count: int) -> tuple[str, ...]:
    """Say of so many texts that a table holds them otherwise than they stood."""
    return (f"{count:,} texts hold half a surrogate pair, which Parquet cannot: it is U+FFFD there; JSONL keeps it",) if count else ()


def read(path: str) -> Iterator[dict[str, Any]]:
    """
    Read a table back, row by row: a file, or a folder of parts as clusters write them.

    Raises:
        InputError: If it is not there, or damaged.
    """
    parts = [path]
    if os.path.isdir(path):
        parts = sorted(os.path.join(path, part) for part in os.listdir(path) if not part.startswith(("_", ".")))
    for part in parts:
        try:
            if path.endswith(".parquet"):
                from pyarrow import parquet

                for batch in parquet.ParquetFile(part).iter_batches(batch_size=_MANY):
                    yield from batch.to_pylist()
            else:
                with open(part, "rb") as file:
                    for line in file:
                        yield json.loads(line)
        except (OSError, ValueError) as error:
            raise InputError(f"{part}: cannot be read as a table: {' '.join(str(error).split())[:200]}") from error
