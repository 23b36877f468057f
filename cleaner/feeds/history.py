"""
What audits saw, told and fetched before (`--history FILE`).

    item     each item's last state, when it was first and last seen, its text
    mark     what may lead from another item to it: hashes of its id, link and text, and the fingerprints of its text
    finding  which findings were told, and which of them somebody accepted
    page     the last body of each address that was fetched, and what the server needs to say that it is still the same

An item is found again by its source and id; without an id by its source and link; without both by its source and title.
Where one source uses the same id (link, title) for several items of one run it names none of them, and each is found again by
what it says. Only the last state is kept: what an audit reports is what changed since.

The file is SQLite; `ledger` begins, checks and shares it.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from cleaner.feeds.fetch import Fetched, Validators, bare
from cleaner.feeds.item import Item
from cleaner.feeds.ledger import Damaged, Ledger, digest, opened, plain, sealed

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")


class Print(NamedTuple):
    """
    An item with what it is recognised by.

    Attributes:
        item: The item.
        link: Where it leads, in the form in which addresses are compared; "" where it has none.
        digest: Hexadecimal, of its text's key; "" without a text.
        sketch: Up to eight fingerprints of its text, unsigned, of 64 bits; two texts that share one may be alike.
    """

    item: Item
    link: str = ""
    digest: str = ""
    sketch: tuple[int, ...] = ()


class Record(NamedTuple):
    """
    An item as it was when it was last seen.

    Attributes:
        item: As then; `seen` says when it was first seen. Its notes are not kept.
        link, digest: As then.
        last_seen: ISO 8601.
    """

    item: Item
    link: str
    digest: str
    last_seen: str


_TABLES = {
    "about": "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "item": """CREATE TABLE item (
    number INTEGER PRIMARY KEY, identity INTEGER NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
    source TEXT, id TEXT, url TEXT, canonical TEXT, link TEXT, title TEXT, published TEXT, updated TEXT, media TEXT,
    "key" TEXT, place INTEGER, digest TEXT, sketch BLOB, text_hash INTEGER, summary BLOB, text BLOB, checksum INTEGER)""",
    "item_by_identity": "CREATE INDEX item_by_identity ON item (identity)",
    # By value, and without a row number of its own: what has a value is read in one place of the file.
    "mark": "CREATE TABLE mark (value INTEGER, item INTEGER, PRIMARY KEY (value, item)) WITHOUT ROWID",
    "finding": "CREATE TABLE finding (id TEXT PRIMARY KEY, told TEXT, accepted TEXT, checksum INTEGER) WITHOUT ROWID",
    "page": """CREATE TABLE page (
    url TEXT PRIMARY KEY, final TEXT, etag TEXT, modified TEXT, content_type TEXT, fetched TEXT, body BLOB, checksum INTEGER)""",
}
_ABOUT = (
    ("1 what", "The history of `cleaner audit --history`: what audits saw, told and fetched. Delete it, and the next audit begins anew."),
    ("2 item", "Each item of each source in its last state. first_seen and last_seen are the times of audits; place is its number in its source."),
    ("3 mark", "For each item, numbers by which it may be found: hashes of its id, link and text, and up to eight fingerprints of its text."),
    ("4 finding", "The findings that were told, since when, and those that were accepted as meant, since when."),
    ("5 page", "For each address, the last body that its server can confirm, with what confirms it (etag, modified)."),
    ("6 dates", "ISO 8601, in UTC."),
    ("7 text", "text, summary and body are packed: python -c \"import sqlite3, sys, zlib; [print(zlib.decompress(row[0]).decode('utf-8', 'replace')) for row in sqlite3.connect(sys.argv[1]).execute('SELECT text FROM item LIMIT 9')]\" FILE"),
    ("8 checksum", "Of the other values in its row. Whoever changes a row by hand makes the file one that the next audit sets aside."),
)  # fmt: skip

_ITEM = 'number, identity, first_seen, last_seen, source, id, url, canonical, link, title, published, updated, media, "key", place, digest, sketch, text_hash, summary, text, checksum'
_ITEM_KINDS = "ii" + "t" * 12 + "itbibb"
_PAGE = "url, final, etag, modified, content_type, fetched, body, checksum"
# No text of an item is longer once unpacked, nor anything else of it: a row is not to be a bomb.
_TEXT = 64 << 20
_FIELD = 64 << 10
# What `related` unpacks in all.
_UNPACKED = 512 << 20
# Values that are asked for in one go.
_AT_ONCE = 500
# Of the items that share a value, so many of the oldest and as many of the newest are looked at: the original is among the
# first, what was just copied among the last. Ids, links and whole texts say more than one fingerprint.
_EXACT, _SKETCHED = 16, 8
# So many items are proposed for one.
_RELATED = 32


class History:
    """
    A file that remembers. A context manager: `with History.open(path) as history`.

    What a method that writes has returned from survives the end of the process, however that comes. Processes may share
    the file. A file that turns out to be damaged is set aside at any time, and the method answers from a new one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> History:
        """
        Open a history, or begin one.

        Raises:
            HistoryError: If it is a directory, or its folder does not exist or cannot be written. The methods raise it where
                the disk is full or fails.
        """
        return cls(Ledger(path, _TABLES, _ABOUT))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._ledger.close()

    @property
    def notes(self) -> list[str]:
        """A line for each file that was damaged, newer or somebody else's, and was set aside."""
        return self._ledger.notes

    def versions(self, prints: Iterable[Print]) -> dict[str, Record]:
        """
        Return the last state of each item that was seen before.

        Args:
            prints: The items of a run; of each source all of them, as equal ids among them change what an id means.

        Returns:
            By the current item's key.
        """
        current = [_Current(each) for each in prints]

        def found(base: sqlite3.Connection) -> dict[str, Record]:
            return {current[at].item.key: _record(row, current[at]) for at, row in sorted(_versions(base, current).items())}

        return self._ledger.read(found)

    def related(self, prints: Iterable[Print]) -> list[Record]:
        """
        Return what else may tell the stories of these items, for a closer look at the texts.

        That is what has the same id (where ids are globally unique: tag:, urn: or an address), the same link, the same
        text, or shares a fingerprint of it; at most 32 for an item, those that share most first. What `versions` finds for
        one of these items is left out.

        Returns:
            Each once, the one seen first in front. No two have the same key, nor the key of one of these items.
        """
        current = [_Current(each) for each in prints]

        def found(base: sqlite3.Connection) -> list[Record]:
            ours = {row.number for row in _versions(base, current).values()}
            proposed = [_proposed(base, each, ours) for each in current]
            # Where memory ends, each has had its best candidates.
            order = dict.fromkeys(number for numbers in zip_longest(*proposed) for number in numbers if number is not None)
            because = {number: set(numbers[number]) for numbers in proposed for number in numbers}
            records: list[Record] = []
            room = _UNPACKED
            for row in _rows(base, "number", order):
                if because.pop(row.number).isdisjoint(row.marks()):
                    raise Damaged(f"row {row.number} of item has not the mark that leads to it")
                if room > 0:
                    records.append(_record(row))
                    room -= len(records[-1].item.text) + len(records[-1].item.summary)
            if because:
                raise Damaged(f"row {min(because)} of item is missing")
            records.sort(key=lambda each: (each.item.seen, each.item.source, each.item.id, each.link, each.item.title, each.item.published, each.digest, each.item.key))
            return _renamed(records, {each.item.key for each in current})

        return self._ledger.read(found)

    def store(self, prints: Iterable[Print], when: str, told: Iterable[str] = ()) -> None:
        """
        Remember the items of a run in the state they have now, and which findings were told, all of it or nothing.

        Args:
            prints: As for `versions`.
            when: The time of the run, ISO 8601.
            told: The ids of the findings.
        """
        current = [_Current(each) for each in prints]
        packed = [each.packed() for each in current]  # before the file is locked
        ids = list(dict.fromkeys(told))

        def stored(base: sqlite3.Connection) -> None:
            paired = _versions(base, current)
            marks: list[tuple[int, int]] = []
            gone: list[tuple[int, int]] = []
            number = base.execute("SELECT COALESCE(MAX(number), 0) FROM item").fetchone()[0]
            for at, each in enumerate(current):
                old = paired.get(at)
                if old is None:
                    number += 1
                    row = _Row(number, each.identity, when, when, *each.fields, *packed[at])
                    base.execute(_INSERTED, _sealed(row))
                    marks += ((mark, number) for mark in row.marks())
                    continue
                same = old.state == each.state
                row = _Row(
                    old.number, each.identity, old.first_seen, max(old.last_seen, when), *each.fields,
                    *((old.summary, old.text) if same else packed[at]),
                )  # fmt: skip
                if row == old:
                    continue
                base.execute(_REPLACED, _sealed(row))
                if not same:
                    gone += ((mark, row.number) for mark in old.marks() - row.marks())
                    marks += ((mark, row.number) for mark in row.marks() - old.marks())
            base.executemany("DELETE FROM mark WHERE value = ? AND item = ?", sorted(gone))
            base.executemany("INSERT OR IGNORE INTO mark VALUES (?, ?)", sorted(marks))
            known = _findings(base, ids)
            new = [each for each in ids if not known.get(each, ("", ""))[0]]
            base.executemany(_FOUND, (sealed(each, when, known.get(each, ("", ""))[1]) for each in new))

        self._ledger.write(stored)

    def told(self, ids: Iterable[str]) -> set[str]:
        """Return which findings were told in an earlier run."""
        wanted = list(dict.fromkeys(ids))
        return {each for each, (told, _) in self._ledger.read(lambda base: _findings(base, wanted)).items() if told}

    def accepted(self, ids: Iterable[str]) -> set[str]:
        """Return which findings were accepted as meant."""
        wanted = list(dict.fromkeys(ids))
        return {each for each, (_, accepted) in self._ledger.read(lambda base: _findings(base, wanted)).items() if accepted}

    def accept(self, ids: Iterable[str], when: str) -> None:
        """Remember that findings are meant, since when."""
        wanted = list(dict.fromkeys(ids))

        def stored(base: sqlite3.Connection) -> None:
            known = _findings(base, wanted)
            new = [each for each in wanted if not known.get(each, ("", ""))[1]]
            base.executemany(_FOUND, (sealed(each, known.get(each, ("", ""))[0], when) for each in new))

        self._ledger.write(stored)

    def validators(self, url: str) -> Validators | None:
        """Return what to send with a request for an address; None where no body is kept that the answer could confirm."""
        page = self._page(url)
        return None if page is None else Validators(page.etag, page.modified, page.final)

    def remember(self, fetched: Fetched, when: str) -> None:
        """Keep what an address held, where its server says by what it can be confirmed; of an unchanged one, that it is."""
        url, body = bare(fetched.url)[:_FIELD], fetched.data
        clear = not fetched.unchanged and (not (fetched.etag or fetched.modified) or len(body) > _TEXT)
        packed = b"" if clear or fetched.unchanged else _packed(body)
        said = [each[:_FIELD] for each in (fetched.final, fetched.etag, fetched.modified)]

        def stored(base: sqlite3.Connection) -> None:
            if clear:
                base.execute("DELETE FROM page WHERE url = ?", (plain(url),))
                return
            kept, kind = packed, fetched.content_type[:_FIELD]
            if fetched.unchanged:
                page = _page(base, url)
                if page is None:
                    return
                kept, kind = page.body, page.content_type
            values = (url, *said, kind, when)
            base.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?)", sealed(*values, kept))

        self._ledger.write(stored)

    def recall(self, fetched: Fetched) -> Fetched | None:
        """
        Return an unchanged answer with the body of then.

        Returns:
            The answer as it was given where it is not an unchanged one; None where the body is no longer there (the
            file was set aside meanwhile): fetch it without validators.
        """
        if not fetched.unchanged:
            return fetched

        def found(base: sqlite3.Connection) -> Fetched | None:
            page = _page(base, fetched.url)
            return None if page is None else fetched._replace(data=_unpacked(page.body), content_type=page.content_type)

        return self._ledger.read(found)

    def _page(self, url: str) -> _Page | None:
        return self._ledger.read(lambda base: _page(base, bare(url)))


_INSERTED = f"INSERT INTO item ({_ITEM}) VALUES ({', '.join('?' * 21)})"
_REPLACED = f"REPLACE INTO item ({_ITEM}) VALUES ({', '.join('?' * 21)})"
_FOUND = "INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?)"


class _Row(NamedTuple):
    """A row of the table item, in the order of its columns."""

    number: int
    identity: int
    first_seen: str
    last_seen: str
    source: str
    id: str
    url: str
    canonical: str
    link: str
    title: str
    published: str
    updated: str
    media: str
    key: str
    place: int
    digest: str
    sketch: bytes
    text_hash: int
    summary: bytes
    text: bytes

    @property
    def state(self) -> tuple[object, ...]:
        """What makes one state of an item another; not where it stands, nor when it was seen."""
        return (self.id, self.url, self.canonical, self.link, self.title, self.published, self.updated, self.media, self.digest, self.sketch, self.text_hash)

    def marks(self) -> frozenset[int]:
        """By what it may be found."""
        return frozenset(_exact_marks(self.id, self.link, self.digest)) | frozenset(_sketch_marks(self.sketch))


class _Page(NamedTuple):
    url: str
    final: str
    etag: str
    modified: str
    content_type: str
    fetched: str
    body: bytes


class _Current:
    """An item of this run, with what the table says of it; each field no longer than the table holds."""

    def __init__(self, print: Print) -> None:
        import json
        from struct import pack

        item = print.item
        self.item = item
        texts = tuple(_bytes(each) for each in (item.summary, item.text))
        sketch = print.sketch[:8]
        identity, self.kind = _identity(item, print.link)
        self.identity = identity
        media, most = json.dumps(item.media), len(item.media)
        while len(media) > _FIELD:
            most //= 2
            media = json.dumps(item.media[:most])
        self.fields = (
            item.source[:_FIELD], item.id[:_FIELD], item.url[:_FIELD], item.canonical[:_FIELD], print.link[:_FIELD], item.title[:_FIELD],
            item.published[:_FIELD], item.updated[:_FIELD], media, item.key[:_FIELD], item.number, print.digest[:_FIELD],
            pack(f">{len(sketch)}Q", *sketch), digest(*texts),
        )  # fmt: skip
        self._texts = texts
        self.row = _Row(0, identity, "", "", *self.fields, b"", b"")
        self.state = self.row.state

    def packed(self) -> tuple[bytes, bytes]:
        """Return summary and text as the table holds them; one that is too long for it is left out."""
        summary, text = (_packed(each if len(each) <= _TEXT else b"") for each in self._texts)
        return summary, text


def _sealed(row: _Row) -> tuple[object, ...]:
    return sealed(*row)


def _identity(item: Item, link: str) -> tuple[int, str]:
    """Return a number for what an item is found again by, and what that is."""
    kind, value = ("id", item.id) if item.id else ("link", link) if link else ("title", item.title)
    return digest(kind.encode(), _bytes(item.source[:_FIELD]), _bytes(value[:_FIELD])), kind


def _exact_marks(id: str, link: str, text: str) -> Iterator[int]:
    if "://" in id or id[:4].lower() in {"tag:", "urn:"}:
        yield digest(b"id", _bytes(id))
    if link:
        yield digest(b"link", _bytes(link))
    if text:
        yield digest(b"digest", _bytes(text))


def _sketch_marks(sketch: bytes) -> tuple[int, ...]:
    from struct import unpack

    return unpack(f">{len(sketch) // 8}q", sketch[: len(sketch) // 8 * 8])


def _versions(base: sqlite3.Connection, current: Sequence[_Current]) -> dict[int, _Row]:
    """Return the row that each current item was before, by its place among them."""
    if not base.execute("SELECT 1 FROM item LIMIT 1").fetchone():
        return {}
    groups: dict[int, list[int]] = {}
    for at, each in enumerate(current):
        groups.setdefault(each.identity, []).append(at)
    rows: dict[int, list[_Row]] = {}
    for row in _rows(base, "identity", groups):
        rows.setdefault(row.identity, []).append(row)
    return {at: row for identity, found in rows.items() for at, row in _paired(current, groups[identity], found)}


def _paired(current: Sequence[_Current], places: Sequence[int], rows: list[_Row]) -> Iterator[tuple[int, _Row]]:
    """
    Tell which of the items that share an identity was which of the rows that do.

    Nearly always it is one of each. Where a source has used an id twice, what an item says decides; what says something else is
    then not the other in a new state, as nothing tells which.
    """
    rows.sort(key=lambda row: (row.last_seen, -row.number), reverse=True)
    sole = len(places) == 1
    kind = current[places[0]].kind
    likenesses: list[Callable[[_Row], Hashable]] = [lambda row: row.state, lambda row: row.digest]
    if kind != "title":
        likenesses.append(lambda row: row.title)
    if kind == "id":
        likenesses.append(lambda row: row.link)
    if sole:
        likenesses.append(lambda row: True)
    left = list(places)
    free = {row.number: row for row in rows}
    for likeness in likenesses:
        table: dict[Hashable, deque[_Row]] = {}
        for row in free.values():
            table.setdefault(likeness(row), deque()).append(row)
        unpaired: list[int] = []
        for at in left:
            wanted = likeness(current[at].row)
            if wanted and table.get(wanted):
                row = table[wanted].popleft()
                del free[row.number]
                yield at, row
            else:
                unpaired.append(at)
        left = unpaired


def _proposed(base: sqlite3.Connection, each: _Current, ours: set[int]) -> dict[int, list[int]]:
    """Return the numbers of the rows that share most with an item, the best first, each with what it shares."""
    shared: dict[int, list[int]] = {}
    weight: Counter[int] = Counter()
    exact = set(_exact_marks(each.row.id, each.row.link, each.row.digest))
    for value in sorted(each.row.marks()):
        for number in _holders(base, value, _EXACT if value in exact else _SKETCHED):
            if number not in ours:
                shared.setdefault(number, []).append(value)
                weight[number] += 100 if value in exact else 1
    best = sorted(shared, key=lambda number: (-weight[number], number))[:_RELATED]
    return {number: shared[number] for number in best}


def _holders(base: sqlite3.Connection, value: int, at_most: int) -> set[int]:
    """Return the oldest and the newest rows that have a value."""
    found = base.execute("SELECT item FROM mark WHERE value = ? ORDER BY item LIMIT ?", (value, at_most + 1)).fetchall()
    if len(found) > at_most:
        found = found[:-1] + base.execute("SELECT item FROM mark WHERE value = ? ORDER BY item DESC LIMIT ?", (value, at_most)).fetchall()
    numbers = {number for (number,) in found}
    if not all(isinstance(number, int) for number in numbers):
        raise Damaged("mark holds values of another kind")
    return numbers


def _rows(base: sqlite3.Connection, column: str, values: Iterable[int]) -> Iterator[_Row]:
    """Yield the rows of the table item that have one of these values, checked; in the order of the values, some hundred at a time."""
    for some in _batches(values):
        asked = f"SELECT {_ITEM} FROM item WHERE {column} IN ({', '.join('?' * len(some))})"
        for row in base.execute(asked, some):
            yield _Row(*opened(row, _ITEM_KINDS, f"row {row[0]!r} of item"))


def _record(row: _Row, same: _Current | None = None) -> Record:
    """Return a row as an item; the texts of the current one, where they are the same, need no unpacking."""
    import json

    try:
        media = json.loads(row.media)
    except (ValueError, RecursionError):
        media = None
    if not isinstance(media, list) or not all(isinstance(each, str) for each in media):
        raise Damaged(f"row {row.number} of item holds values of another kind")
    if same is not None and same.row.text_hash == row.text_hash:
        summary, text = same.item.summary, same.item.text
    else:
        summary, text = _string(_unpacked(row.summary)), _string(_unpacked(row.text))
    item = Item(
        row.key, row.source, row.place, row.id, row.url, row.canonical, row.title, row.published, row.updated,
        text, summary, tuple(media), seen=row.first_seen,
    )  # fmt: skip
    return Record(item, row.link, row.digest, row.last_seen)


def _renamed(records: list[Record], taken: set[str]) -> list[Record]:
    """Return records of which no two have one key."""
    found = []
    numbers: Counter[str] = Counter()  # so that a thousand equal keys are not counted up a thousand times
    for each in records:
        old = key = each.item.key
        while key in taken:
            numbers[old] += 1
            key = f"{old} (history)" if numbers[old] == 1 else f"{old} (history {numbers[old]})"
        taken.add(key)
        found.append(each._replace(item=each.item._replace(key=key)))
    return found


def _findings(base: sqlite3.Connection, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return when findings were told and accepted, "" where they were not."""
    found = {}
    for some in _batches(ids):
        asked = f"SELECT id, told, accepted, checksum FROM finding WHERE id IN ({', '.join('?' * len(some))})"
        for row in base.execute(asked, [plain(each) for each in some]):
            id, told, accepted = opened(row, "ttt", "a row of finding")
            found[id] = (told, accepted)
    return found


def _page(base: sqlite3.Connection, url: str) -> _Page | None:
    for row in base.execute(f"SELECT {_PAGE} FROM page WHERE url = ?", (plain(url[:_FIELD]),)):
        return _Page(*opened(row, "ttttttb", "a row of page"))
    return None


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    each = iter(values)
    while some := list(islice(each, _AT_ONCE)):
        yield some


def _packed(data: bytes) -> bytes:
    from zlib import compress

    return compress(data) if data else b""


def _unpacked(blob: bytes) -> bytes:
    import zlib

    if not blob:
        return b""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(blob, _TEXT + 1)
    except zlib.error as error:
        raise Damaged(f"a text cannot be unpacked ({error})") from None
    if len(data) > _TEXT or not stream.eof or stream.unused_data:
        raise Damaged("a text is longer than any we packed, or ends too early")
    return data


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _string(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise Damaged("a text is none") from None
