"""
Collections of articles to a `Source`: JSONL, a JSON list of objects, CSV, Parquet. One row is one item.

Columns are known by the names that scrapers and corpora give them, whatever their case and punctuation: `datePublished`,
`date_published` and "Date published" are one name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from cleaner.errors import InputError, MissingExtra
from cleaner.feeds.entries import address, dated, fuller, gathered, shown
from cleaner.feeds.item import Item, Source
from cleaner.feeds.jsonfeed import parsed, text_of
from cleaner.feeds.text import bare, line, paragraphs
from cleaner.tags import words

# What a column may be called, without case and punctuation, the likelier name first.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "guid", "key", "uuid", "articleid", "itemid", "docid", "documentid", "pageid"),
    "url": ("url", "link", "permalink", "articleurl", "pageurl", "weburl", "uri", "href", "sourceurl"),
    "canonical": ("canonicalurl", "canonical", "originalurl"),
    "title": ("title", "headline", "articletitle", "heading"),
    "text": ("text", "body", "content", "article", "maintext", "articletext", "articlebody", "fulltext", "contenttext", "bodytext", "plaintext", "story", "rawcontent"),
    "html": ("html", "contenthtml", "bodyhtml", "htmlcontent", "rawhtml", "contentencoded"),
    "summary": ("summary", "description", "excerpt", "abstract", "teaser", "standfirst", "lead", "deck"),
    "published": ("published", "date", "pubdate", "datepublished", "publishdate", "publisheddate", "publicationdate", "publishedat", "datepublish", "webpublicationdate", "timestamp", "datetime", "created", "createdat"),
    "updated": ("updated", "modified", "lastmod", "lastmodified", "datemodified", "dateupdated", "modifieddate", "modifiedat", "updatedat", "lastupdated"),
    "source": ("source", "feed", "publisher", "sourcename", "publication", "outlet", "newspaper", "site", "sitename", "sourcedomain", "domain", "website"),
}  # fmt: skip
_ENOUGH = ("text", "html", "title", "url", "summary", "canonical")
# Under one of these names a JSON object may hold its rows.
_WRAPPED = words("articles items data results entries posts documents records rows")
# So many lines that could not be read are named; the rest is counted.
_NAMED = 5
_PLAIN = re.compile(r"[\W_]+")


class Columns(NamedTuple):
    """Which columns of a row hold what: for each of our words the columns' own names, the likelier one first."""

    of: dict[str, tuple[str, ...]]
    others: tuple[str, ...]  # columns that nothing is known of

    @property
    def enough(self) -> bool:
        return any(word in self.of for word in _ENOUGH)


@cache
def columns(names: tuple[str, ...]) -> Columns:
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_PLAIN.sub("", name.casefold()), name)
    of = {word: tuple(plain[each] for each in known if each in plain) for word, known in _NAMES.items()}
    of = {word: own for word, own in of.items() if own}
    used = {name for own in of.values() for name in own}
    return Columns(of, tuple(name for name in names if name not in used and name))


class _Notes:
    """What could not be read in a table, line by line."""

    def __init__(self, noun: str = "line") -> None:
        self.noun = noun
        self.bad: list[str] = []
        self.count = 0
        self.empty = 0
        self.others: dict[str, None] = {}

    def wrong(self, number: int, why: str) -> None:
        self.count += 1
        if len(self.bad) < _NAMED:
            self.bad.append(f"{self.noun} {number:,}: {why}, left out")

    def said(self) -> Iterator[str]:
        yield from self.bad
        if self.count > len(self.bad):
            yield f"{self.count - len(self.bad):,} more left out"
        if self.empty:
            yield f"{self.empty:,} {'row' if self.empty == 1 else 'rows'} without text, title or address, left out"
        if self.others:
            names = [shown(name)[1:-1] for name in list(self.others)[:12]]
            yield f"columns not read: {', '.join(names)}" + (f" and {len(self.others) - 12} more" if len(self.others) > 12 else "")


# --- rows -----------------------------------------------------------------------------------------------------------


def _gathered(
    name: str, kind: str, rows: Iterable[tuple[int, dict[str, Any]]], notes: _Notes, base: str, before: tuple[str, ...]
) -> Source:
    source = gathered(name, kind, list(_items(rows, name, notes, base)), noun="rows")
    return source._replace(notes=(*before, *notes.said(), *source.notes))


def _items(rows: Iterable[tuple[int, dict[str, Any]]], name: str, notes: _Notes, base: str) -> Iterator[Item]:
    known = Columns({}, ())
    names: tuple[str, ...] | None = None
    some = False
    met: dict[str, None] = {}
    for number, row in rows:
        if (own := tuple(row)) != names:
            names, known = own, columns(own)
            some = some or known.enough
            notes.others.update(dict.fromkeys(known.others))
            if len(met) < 1000:
                met.update(dict.fromkeys(own))
        item = _item(row, known.of, name, number, base)
        if item is None:
            notes.empty += 1
        else:
            yield item
    if met and not some:
        raise unknown(name, met)


def unknown(name: str, columns: Iterable[str]) -> InputError:
    found = [shown(column)[1:-1] for column in columns]
    shown_columns = ", ".join(found[:12]) + ("..." if len(found) > 12 else "")
    return InputError(
        f"{name}: has no column that holds a text, title or address (found: {shown_columns}); "
        "name them text or html, title, url, and where there are such id, published, updated, summary, source"
    )


def _item(row: dict[str, Any], of: dict[str, tuple[str, ...]], name: str, number: int, base: str) -> Item | None:
    def said(word: str) -> str:
        for column in of.get(word, ()):
            if found := cell(row.get(column)):
                return found
        return ""

    link, canonical = said("url"), said("canonical")
    url = address(link or canonical, base)
    texts = [paragraphs(found, word == "html" or None) for word in ("text", "html", "summary") if (found := said(word))]
    title = line(said("title"))
    text, summary = fuller(texts)
    if not (text or title or url or link):
        return None
    published, wrong = dated(said("published"))
    updated, wrong_too = dated(said("updated"))
    notes = (*wrong, *wrong_too)
    if link and not url:
        notes = (f"link {shown(link)} is no web address", *notes)
    publisher = line(said("source"))
    return Item(
        key="",
        source=f"{name}: {publisher}" if publisher else name,
        number=number,
        id=bare(said("id")),
        url=url,
        canonical=address(canonical, base),
        title=title,
        published=published,
        updated=updated,
        text=text,
        summary=summary,
        notes=notes,
    )


def cell(value: Any) -> str:
    """Return a cell as text: a list is paragraphs, an object goes by its name."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return "\n\n".join(text_of(each) for each in value)
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("title") or value.get("$oid") or value.get("$date") or value.get("href"))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return text_of(value)


# --- JSON -----------------------------------------------------------------------------------------------------------


def rows_of(value: Any) -> list[Any] | None:
    """Return the rows that a JSON value holds: a list of objects, also inside an object; a single object; None where it holds none."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    for key, held in value.items():
        if key.lower() in _WRAPPED and isinstance(held, list) and all(isinstance(each, dict) for each in held):
            return held
    return [value]


def objects(rows: list[Any], name: str, *, base: str = "", notes: tuple[str, ...] = ()) -> Source:
    """Read a JSON list of objects; for arguments and errors see `lines`."""
    said = _Notes("entry")

    def each() -> Iterator[tuple[int, dict[str, Any]]]:
        for number, row in enumerate(rows, 1):
            if isinstance(row, dict):
                yield number, row
            else:
                said.wrong(number, "no object")

    source = _gathered(name, "JSON", each(), said, base, notes)
    if rows and not source.items and said.count:
        raise InputError(f"{name}: is a JSON list, but none of its entries is an object with a text, title or url")
    return source


def lines(text: str, name: str, *, base: str = "", notes: tuple[str, ...] = ()) -> Source:
    """
    Read JSONL: one object a line. Lines that are none are noted and left out.

    Args:
        text: All of it, decoded.
        name: Its path or address.
        base: Its address, where it has one: what relative links go by.
        notes: What is known of it already.

    Raises:
        InputError: If no column holds a text, title or address, or no line is an object.
    """
    said = _Notes()
    source = _gathered(name, "JSONL", _parsed_lines(text, name, said), said, base, notes)
    if not source.items and said.count and not said.empty:
        raise InputError(f"{name}: begins like JSONL, but no line is a JSON object ({said.bad[0]})")
    return source


def _parsed_lines(text: str, name: str, said: _Notes) -> Iterator[tuple[int, dict[str, Any]]]:
    at, number = 0, 0
    while at < len(text):  # not splitlines: JSON may hold U+2028, and a second copy of everything costs memory
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        row = text[at:end].strip()
        at, number = end + 1, number + 1
        if not row:
            continue
        try:
            value = parsed(row, name)
        except InputError as error:
            said.wrong(number, "nests too deeply" if "nests" in str(error) else "no JSON")
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            said.wrong(number, "no object")


# --- CSV ------------------------------------------------------------------------------------------------------------

_DELIMITERS = (",", "\t", ";", "|")


def delimiter(text: str) -> tuple[str, Columns]:
    """Return what parts the columns of a table's first line, and which columns these are: whatever makes most of them known."""
    import csv

    head = text.lstrip("\n\r")
    ends = [end for end in (head.find("\n"), head.find("\r")) if end >= 0]
    first = head[: min(ends, default=len(head))][:10_000]
    best = (-1, 0, ","), Columns({}, ())
    for mark in _DELIMITERS:
        try:
            names = tuple(name.strip() for name in next(csv.reader([first], delimiter=mark), []))
        except csv.Error:
            continue
        found = columns(names)
        rank = (len(found.of), first.count(mark), mark)
        if rank[:2] > best[0][:2]:
            best = rank, found
    return best[0][2], best[1]


def separated(text: str, name: str, *, base: str = "", notes: tuple[str, ...] = ()) -> Source:
    """
    Read CSV with a header line, whatever parts its columns; for arguments and errors see `lines`.

    A row with too few or too many columns is read as far as it goes, and counted.
    """
    import csv
    import io

    mark, known = delimiter(text)
    if not known.enough:
        raise unknown(name, [*(column for own in known.of.values() for column in own), *known.others])
    # A whole article in one field is what such a table is for; the limit holds for the process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), min(len(text) + 1, 2**31 - 1)))
    reader = csv.reader(io.StringIO(text.lstrip("\n\r"), newline=""), delimiter=mark)
    header = [column.strip() for column in next(reader, [])]
    said = _Notes()
    uneven: Counter[str] = Counter()

    def each() -> Iterator[tuple[int, dict[str, Any]]]:
        number = 0
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                said.wrong(reader.line_num, str(error))
                continue
            if row is None:
                return
            if not any(row):
                continue
            number += 1
            if len(row) != len(header):
                uneven["fewer" if len(row) < len(header) else "more"] += 1
            found: dict[str, Any] = dict.fromkeys(header, "")
            for column, cell in zip(reversed(header), reversed(row[: len(header)] + [""] * (len(header) - len(row)))):
                found[column] = cell  # of two columns of one name, the first counts
            yield number, found

    source = _gathered(name, "CSV", each(), said, base, notes)
    counts = tuple(f"{count:,} of {len(source.items):,} rows with {which} columns than the header" for which, count in sorted(uneven.items()))
    return source._replace(notes=(*source.notes, *counts))


# --- Parquet --------------------------------------------------------------------------------------------------------


def parquet(data: bytes, name: str, limit: int, *, base: str = "") -> Source:
    """
    Read a Parquet file, row group by row group, and of it only the columns that are known.

    Args:
        data: All of it.
        name: Its path or address.
        limit: How many bytes of text and numbers it may unpack to.
        base: Its address, where it has one.

    Raises:
        MissingExtra: If pyarrow is not installed.
        InputError: If it is damaged, unpacks to more than the limit, or has no column that holds a text, title or address.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet as reader
    except ImportError as missing:
        raise MissingExtra("reading Parquet needs pyarrow: pip install 'cleaner[parquet]'") from missing
    said = _Notes()
    try:
        file = reader.ParquetFile(pa.BufferReader(data))
        names = [str(column) for column in file.schema_arrow.names]
        known = columns(tuple(names))
        if not known.enough:
            raise unknown(name, names)
        used = [column for own in known.of.values() for column in own]
        said.others.update(dict.fromkeys(known.others))
        return _gathered(name, "Parquet", _batches(file, used, name, limit), said, base, ())
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, NotImplementedError) as error:
        raise InputError(f"{name}: is a damaged Parquet file ({' '.join(str(error).split())[:200]})") from error


def _batches(file: Any, used: list[str], name: str, limit: int) -> Iterator[tuple[int, dict[str, Any]]]:
    def too_large() -> InputError:
        return InputError(f"{name}: unpacks to more than {limit:,} bytes; raise max-bytes to read it")

    sizes = [
        group.column(at).total_uncompressed_size
        for group in (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
        for at in range(group.num_columns)
        if group.column(at).path_in_schema.partition(".")[0] in used
    ]
    if sum(sizes) > limit:
        raise too_large()
    # One long text that a thousand rows refer to is held once in the file and a thousand times in memory.
    size = max(8, min(1024, 16 * limit // max(1, *sizes, 1)))
    number = unpacked = 0
    for batch in file.iter_batches(batch_size=size, columns=used):
        unpacked += batch.nbytes
        if unpacked > limit:
            raise too_large()
        columns = {column: _values(batch.column(at)) for at, column in enumerate(batch.schema.names)}
        for row in range(batch.num_rows):
            number += 1
            yield number, {column: values[row] for column, values in columns.items()}


def _values(column: Any) -> list[Any]:
    """Return a column as Python values; moments as ISO 8601, since some of theirs have no Python value."""
    import pyarrow as pa

    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    from datetime import datetime, timedelta

    # Whatever its zone, Arrow holds a moment as its distance from 1970 in UTC.
    micro = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
    start = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC is written behind it
    write: Callable[[int], str] = lambda value: (start + timedelta(microseconds=value)).isoformat() + "Z"  # noqa: E731
    return [None if value is None else write(value) for value in micro.to_pylist()]
