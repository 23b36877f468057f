"""
Names to rows, a batch at a time, so that a collection never has to have room in memory.

JSONL, CSV and Parquet are read as they stand, row by row, whatever their size, and folders of articles file by file. All else that an
audit reads (feeds, lists, sitemaps) comes as `cleaner.feeds` reads it. What a row cannot be read from is named and left out, and the rest goes on.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cleaner.corpus.model import Row
from cleaner.corpus.steps import paragraphs
from cleaner.errors import CleanerError, InputError, MissingExtra
from cleaner.feeds.collect import Plans, collect, is_address
from cleaner.feeds.folder import articles
from cleaner.feeds.tables import cell, columns, delimiter, unknown
from cleaner.model import Problem
from cleaner.stories.model import Progress, silent

#: Rows, and characters, that are handed on at a time.
MANY = 2_000
_LARGE = 4_000_000
_LINES = (".jsonl", ".ndjson", ".jl")
_SEPARATED = (".csv", ".tsv")
_PARQUET = (".parquet", ".pq")
TABLES = (*_LINES, *_SEPARATED, *_PARQUET)
_LACKS = re.compile(r"\bwithout (?:date|title|id|link)")
_NAMED = 5  # lines of one file that are named


class Reader:
    """
    Reads rows, and keeps what could not be read.

    Attributes:
        problems: Sources that could not be read, or not to their end.
        notes: Lines that were left out, and what else should be known; one line each.
    """

    def __init__(self, plans: Plans | None = None, unit: str = "text", progress: Progress = silent) -> None:
        self.plans = plans or Plans()
        self.unit = unit
        self.progress = progress
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def __call__(self, names: Sequence[str]) -> Iterator[list[Row]]:
        """Yield the rows of all that is named, in batches. The same name twice is read once."""
        batch: list[Row] = []
        length = 0
        for row in self._rows([*dict.fromkeys(names)]):
            for each in paragraphs(row) if self.unit == "paragraph" else (row,):
                batch.append(each)
                length += len(each.text)
            if len(batch) >= MANY or length >= _LARGE:
                yield batch
                batch, length = [], 0
        if batch:
            yield batch

    def _rows(self, names: Sequence[str]) -> Iterator[Row]:
        every = [each for name in names for each in tables_in(name)]
        total, done = sum(map(_size, every)), 0
        for name in every:
            try:
                for row, read in self._source(name):
                    self.progress("reading", done + read, total)
                    yield row
            except CleanerError as error:
                self.problems.append(Problem(name, str(error).removeprefix(f"{name}: ")))
            except OSError as error:
                self.problems.append(Problem(name, f"cannot be read: {error.strerror or error}"))
            done += _size(name)

    def _source(self, name: str) -> Iterator[tuple[Row, int]]:
        suffix = os.path.splitext(name)[1].lower()
        if suffix in TABLES and not is_address(name):
            left = LeftOut()
            if suffix in _PARQUET:
                yield from _parquet(name)
            else:
                with open(name, "rb") as file:
                    for row in separated(file, name, left) if suffix in _SEPARATED else lines(file, name, left):
                        yield row, file.tell()
            self.notes += [f"{name}: {each}" for each in left.said()]
        elif os.path.isdir(name):
            for item in articles(name, self.plans.options, self.plans.scope, self.problems):
                yield Row(name, item.id, 0, item.text or item.title), 0
        else:
            yield from ((row, 0) for row in self._items(name))

    def _items(self, name: str) -> Iterator[Row]:
        collected = collect([name], self.plans)
        self.problems += collected.problems
        self.notes += collected.notes
        for source in collected.sources:
            # What an audit by stories would miss, nobody asks for here.
            self.notes += [f"{source.name}: {note}" for note in source.notes if not _LACKS.search(note)]
            for item in source.items:
                key = item.key.removeprefix(f"{item.source}#")
                yield Row(source.name, key or str(item.number), 0, item.text or item.summary or item.title)


class LeftOut:
    """The lines of a table that could not be read: the first few by number, the others counted."""

    def __init__(self) -> None:
        self._named: list[str] = []
        self.count = 0

    def add(self, number: int, why: str) -> None:
        """Leave out a line."""
        self.count += 1
        if len(self._named) < _NAMED:
            self._named.append(f"line {number:,}: {why}, left out")

    def said(self) -> list[str]:
        """Return one line for each that is named, and one for all others."""
        more = self.count - len(self._named)
        return [*self._named, *([f"{more:,} more left out"] if more else [])]


def tables_in(name: str) -> list[str]:
    """Return the tables of a folder that holds some, sorted; else the name itself."""
    if is_address(name) or not os.path.isdir(name):
        return [name]
    found = [os.path.join(name, each) for each in sorted(os.listdir(name)) if os.path.splitext(each)[1].lower() in TABLES]
    return found or [name]


def _size(name: str) -> int:
    try:
        return os.path.getsize(name) if os.path.isfile(name) else 0
    except OSError:
        return 0


# --- JSONL ----------------------------------------------------------------------------------------------------------


def lines(file: Iterable[bytes], name: str, left: LeftOut) -> Iterator[Row]:
    """
    Read JSONL: one object a line.

    Args:
        file: Lines in bytes, UTF-8.
        name: Of the source.
        left: Told of lines that are no object.

    Raises:
        InputError: If no line is an object with a text.
    """
    met: dict[str, None] = {}
    waiting: list[Row] | None = []  # until a column is met that is known to hold a text
    for number, line in enumerate(file, 1):
        value = parse_line(line, number, left)
        if value is None:
            continue
        row = row_of(value, name, number)
        if waiting is not None:
            waiting.append(row)
            met.update(dict.fromkeys(value))
            if text_columns(tuple(value)) is None:
                if len(waiting) < MANY:
                    continue
                raise unknown(name, met)
            yield from waiting
            waiting = None
        else:
            yield row
    if waiting:
        raise unknown(name, met)
    if waiting is not None and left.count:
        raise InputError(f"{name}: no line is a JSON object ({left.said()[0]})")


def parse_line(line: bytes, number: int, left: LeftOut | None = None) -> dict[str, Any] | None:
    """
    Return the object that a line of JSONL holds; None where there is none.

    Args:
        line: As it stands, with or without its end.
        number: Of the line, from 1.
        left: Told why a line is none.
    """
    line = line.strip().removeprefix(b"\xef\xbb\xbf")
    if not line:
        return None
    try:
        value = json.loads(line)
    except UnicodeDecodeError:
        value, why = None, "not UTF-8"
    except (ValueError, RecursionError):  # a number of five thousand figures is a ValueError too
        value, why = None, "no JSON"
    else:
        why = "no object"
    if isinstance(value, dict):
        return value
    if left is not None:
        left.add(number, why)
    return None


def row_of(value: Mapping[str, Any], name: str, number: int) -> Row:
    """Return the row that a record is: its text, "" where it has none, and its id, or else its number."""
    texts, ids = text_columns(tuple(value)) or ((), columns(tuple(value)).of.get("id", ()))
    text = next((found for column in texts if (found := cell(value.get(column)))), "")
    mark = next((found for column in ids if (found := cell(value.get(column)))), "")
    return Row(name, mark or str(number), 0, text)


def text_columns(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return which columns hold the text and which the id, the likelier first; None where no text is known."""
    of = columns(names).of
    texts = tuple(column for word in ("text", "html", "summary", "title") for column in of.get(word, ()))
    return (texts, of.get("id", ())) if texts else None


# --- CSV ------------------------------------------------------------------------------------------------------------


def separated(file: Iterable[bytes], name: str, left: LeftOut) -> Iterator[Row]:
    """
    Read CSV with a header line, whatever parts its columns.

    Raises:
        InputError: If it is not UTF-8, or no column holds a text.
    """
    import csv

    decoded = _decoded(file, name)
    head = next(decoded, "")
    mark, _ = delimiter(head)
    csv.field_size_limit(max(csv.field_size_limit(), 2**31 - 1))
    header = [column.strip() for column in next(csv.reader([head], delimiter=mark), [])]
    if text_columns(tuple(header)) is None:
        raise unknown(name, header)
    reader = csv.reader(decoded, delimiter=mark)
    number = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            left.add(reader.line_num + 1, str(error))
            continue
        if row is None:
            return
        if any(row):
            number += 1
            cells = [*row, *[""] * (len(header) - len(row))][: len(header)]
            yield row_of(dict(zip(reversed(header), reversed(cells))), name, number)  # of two columns of one name, the first counts


def _decoded(file: Iterable[bytes], name: str) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: line {number:,} is not UTF-8; save the table as UTF-8") from error
        yield text.removeprefix("\ufeff") if number == 1 else text


# --- Parquet --------------------------------------------------------------------------------------------------------


def _parquet(name: str) -> Iterator[tuple[Row, int]]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as missing:
        raise MissingExtra("reading Parquet needs pyarrow: pip install 'cleaner[parquet]'") from missing
    try:
        file = parquet.ParquetFile(name)
        names = tuple(map(str, file.schema_arrow.names))
        known = text_columns(names)
        if known is None:
            raise unknown(name, names)
        rows, number, size = max(1, file.metadata.num_rows), 0, _size(name)
        for batch in file.iter_batches(batch_size=MANY, columns=[*known[0], *known[1]]):
            for value in batch.to_pylist():
                number += 1
                yield row_of(value, name, number), number * size // rows
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, NotImplementedError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise InputError(f"{name}: is a damaged Parquet file ({' '.join(str(error).split())[:200]})") from error
