"""
The sheets of all files, kept in an SQLite file and brought up to date before each question.

    file     path, what its state was when it was read, digest of its bytes, sheet
    posting  number -> file: each anchor, each hash of a sketch, each digest of a whole

Files are recognised as git does it: what has the same size, times and inode as when it was read is not read again. A
file that was changed about when it was last looked at could have been changed twice within one tick of the clock, so its
times prove nothing and the digest of its bytes decides.

An index that is damaged, foreign or of another version is made anew. Where none can be kept (a read-only folder, a lock
that does not open) it is made in memory for one run; the answers are the same.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, Self

from cleaner.across import sheets
from cleaner.across.sheets import Sheet
from cleaner.errors import CleanerError
from cleaner.options import Options

#: Goes up whenever a sheet made from the same bytes could differ from one made before.
SCHEMA = 1
# "clnr" as a number: whose file it is, for `file(1)` and for us.
_APPLICATION = 0x636C6E72
# The clocks of some file systems tick once in two seconds (FAT), all others far more often.
_TICK = 2_000_000_000
# So many files are read and written at a time: a run that is broken off has not read them for nothing.
_BATCH = 2000
# From so many files on, others may help to read them.
_MANY = 200
# A path is bytes, as the file system has it: it need not be text.
_FILE = """CREATE TABLE file (
    number INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER,
    seen INTEGER, digest BLOB NOT NULL, sheet BLOB NOT NULL)"""
_TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    _FILE,
    "CREATE TABLE posting (number INTEGER, file INTEGER, PRIMARY KEY (number, file)) WITHOUT ROWID",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {SCHEMA}",
)
_WAIT = 20.0  # seconds for another process's writing to end


class Spread(Protocol):
    """Does tasks in any order, here or in other processes; yields each one's place, with None where it was lost."""

    def __call__(self, do: Callable[[Any], Any], tasks: Sequence[Any], /) -> Iterable[tuple[int, Any]]: ...


class State(NamedTuple):
    """What tells a file's state without reading it."""

    size: int
    mtime: int  # nanoseconds, as the next
    ctime: int
    inode: int


class _Row(NamedTuple):
    number: int
    state: State
    seen: int  # the clock when the file was last read, in nanoseconds
    digest: bytes

    def holds(self, state: State) -> bool:
        """Whether a file in this state is the one that was read."""
        return self.state == state and max(state.mtime, state.ctime) + _TICK < self.seen


class Damaged(Exception):
    """The index is not what we wrote; it has to be made anew."""


class Index:
    """
    The sheets of a repository's files. A context manager: `with Index.open(folder, ...) as index`.

    Attributes:
        note: What was wrong with the file of the index, for those who asked for details; "" where nothing was.
    """

    def __init__(self, connection: sqlite3.Connection, options: Options, note: str = "") -> None:
        self.note = note
        self._base = connection
        self._options = options
        self._paths: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._shared: frozenset[int] | None = None
        self._listed: dict[int, tuple[str, ...]] = {}
        self._sheets: dict[str, Sheet] = {}

    @classmethod
    def open(cls, folder: str | None, options: Options, root: str = "", *, anew: bool = False) -> Index:
        """
        Open the index in a cache folder.

        Args:
            folder: Where its file lies or is to lie; None: in memory.
            options: Under which files are read; another format or size limit makes another index.
            root: The repository; tells the indexes of several in one folder apart.
            anew: Whether to throw away what is there.
        """
        note = ""
        if folder is not None:
            path = os.path.join(folder, name(root, folder))
            for _ in range(2):
                try:
                    if anew:
                        _removed(path)
                    os.makedirs(folder, exist_ok=True)
                    return cls(_opened(path, options), options, note)
                except (sqlite3.DatabaseError, Damaged, OSError) as error:
                    note = f"{path}: {error}; made anew"
                    if isinstance(error, sqlite3.OperationalError | OSError) or not _removed(path):
                        break
            note = note.removesuffix("; made anew") + "; the index is kept in memory for this run"
        return cls(_opened(":memory:", options), options, note)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def update(
        self, root: str, paths: Sequence[str], spread: Spread | None = None, tell: Callable[[int], None] | None = None
    ) -> int:
        """
        Bring the index up to date with the files on disk.

        Args:
            root: The folder that the paths are relative to.
            paths: All files, with slashes.
            spread: Shares the reading among processes where many files are new.
            tell: Told, before many files are read, how many.

        Returns:
            How many files were read.

        Raises:
            Damaged: If the index turns out to be; it is to be made anew.
        """
        try:
            return self._update(root, paths, spread, tell)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "readonly" not in str(error) and "full" not in str(error) and "disk" not in str(error):
                raise Damaged(str(error)) from None
            self._into_memory(str(error))
            return self._update(root, paths, spread, tell)
        except sqlite3.DatabaseError as error:
            raise Damaged(str(error)) from None

    def paths_of(self, number: int) -> tuple[str, ...]:
        """Return the files listed under a number, in path order."""
        if number not in self._listed:
            if self._shared is not None and number not in self._shared:
                return ()
            rows = self._asked("SELECT file FROM posting WHERE number = ?", (number,))
            self._listed[number] = tuple(sorted(self._paths[file] for (file,) in rows if file in self._paths))
        return self._listed[number]

    def sheet_of(self, path: str) -> Sheet | None:
        """Return a file's sheet; None for a file that is not in the index."""
        if path not in self._sheets:
            for (data,) in self._asked("SELECT sheet FROM file WHERE number = ?", (self._numbers.get(path, -1),)):
                try:
                    self._sheets[path] = sheets.unpack(data)
                except ValueError as error:
                    raise Damaged(str(error)) from None
        return self._sheets.get(path)

    def expect_many(self) -> None:
        """Look up at once which numbers stand in more than one file: for a run about many files."""
        rows = self._asked("SELECT number FROM posting GROUP BY number HAVING COUNT(*) > 1", ())
        self._shared = frozenset(number for (number,) in rows)

    def _asked(self, question: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            return self._base.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise Damaged(str(error)) from None

    def _update(self, root: str, paths: Sequence[str], spread: Spread | None, tell: Callable[[int], None] | None) -> int:
        base = self._base
        known = {os.fsdecode(path): _Row(number, State(*state), seen, digest) for number, path, *state, seen, digest in base.execute(
            "SELECT number, path, size, mtime, ctime, inode, seen, digest FROM file"
        )}
        states = dict(_states(root, paths))
        gone = [path for path in known if path not in states]
        stale = [path for path, state in states.items() if path not in known or not known[path].holds(state)]
        for batch in _batches(gone):
            with _Writing(base):
                for path in batch:
                    _forget(base, path)
        read = 0
        work = [(root, path, known[path].digest if path in known else b"", self._options) for path in stale]
        if tell is not None and len(work) >= _MANY:
            tell(len(work))
        for batch in _batches(work):
            done = list(_mapped(batch, spread if len(work) >= _MANY else None))
            read += sum(result.sheet is not None for result in done)
            with _Writing(base):
                for result in done:
                    _store(base, result)
        # Whoever else is writing: from here on, one state of the index is read.
        base.execute("BEGIN")
        rows = base.execute("SELECT number, path FROM file").fetchall()
        self._paths = {number: path for number, path in ((number, os.fsdecode(path)) for number, path in rows) if path in states}
        self._numbers = {path: number for number, path in self._paths.items()}
        return read

    def _into_memory(self, why: str) -> None:
        copy = _opened(":memory:", self._options)
        try:
            if self._base.in_transaction:
                self._base.rollback()
            self._base.backup(copy)
        except sqlite3.DatabaseError:
            copy.close()
            copy = _opened(":memory:", self._options)
        self._base.close()
        self._base, self.note = copy, f"{why}; the index is kept in memory for this run"


class _Read(NamedTuple):
    """A file as it was read; without a sheet where its bytes are those that the index knows."""

    path: str
    state: State
    seen: int
    digest: bytes
    sheet: bytes | None
    postings: tuple[int, ...] = ()


class _Writing:
    """A transaction that has the right to write from its beginning, so that it waits for others there and not half-way."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def __enter__(self) -> None:
        self._base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._base.execute("COMMIT")
        elif self._base.in_transaction:
            self._base.execute("ROLLBACK")


def name(root: str, folder: str) -> str:
    """Return what the index of a repository is called in a cache folder: one inside the repository is for it alone."""
    if not root or os.path.realpath(folder).startswith(os.path.realpath(root).rstrip(os.sep) + os.sep):
        return f"across-{SCHEMA}.sqlite"
    return f"across-{sheets.digest(root) & 0xFFFF_FFFF_FFFF_FFFF:016x}-{SCHEMA}.sqlite"


def _opened(path: str, options: Options) -> sqlite3.Connection:
    basis = f"{options.format or ''} {options.max_bytes}"
    base = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        version = base.execute("PRAGMA user_version").fetchone()[0]
        if path != ":memory:":
            # A cache may lose its last seconds when the power fails, but not its form.
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
        if version == 0 and not base.execute("SELECT 1 FROM sqlite_master").fetchone():
            _created(base, basis)
        elif version != SCHEMA or base.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise Damaged("is not an index of this version")
        elif base.execute("SELECT value FROM about WHERE name = 'basis'").fetchone() != (basis,):
            raise Damaged("was made under other settings")
        return base
    except BaseException:
        base.close()
        raise


def _created(base: sqlite3.Connection, basis: str) -> None:
    with _Writing(base):
        if base.execute("SELECT 1 FROM sqlite_master").fetchone():
            return  # another process was quicker
        for line in _TABLES:
            base.execute(line)
        base.execute("INSERT INTO about VALUES ('basis', ?)", (basis,))


def _removed(path: str) -> bool:
    for each in (path, path + "-wal", path + "-shm"):
        try:
            os.remove(each)
        except FileNotFoundError:
            pass
        except OSError:
            return False
    return True


def _states(root: str, paths: Iterable[str]) -> Iterator[tuple[str, State]]:
    top = root.rstrip(os.sep) + os.sep
    for path in paths:
        try:
            known = os.stat(top + path)
        except (OSError, ValueError):
            continue
        # An inode of 64 bits may not fit SQLite's signed numbers.
        yield path, State(known.st_size, known.st_mtime_ns, known.st_ctime_ns, known.st_ino & 0x7FFF_FFFF_FFFF_FFFF)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(items), _BATCH):
        yield items[at : at + _BATCH]


def _mapped(work: Sequence[Any], spread: Spread | None) -> Iterator[_Read]:
    found = map(_read, work) if spread is None else (result for _, result in spread(_read, work))
    return (result for result in found if result is not None)


def _read(task: tuple[str, str, bytes, Options]) -> _Read | None:
    """Read one file; None where it has gone. What is no article has an empty sheet, so that it is not tried again."""
    from cleaner import source

    root, path, digest, options = task
    whole = os.path.join(root, path)
    seen = time.time_ns()
    try:
        state = dict(_states(root, [path]))[path]
        article = source.read(whole, options)
    except KeyError:
        return None
    except CleanerError:
        return _Read(path, state, seen, b"", sheets.pack(Sheet((), ())))
    found = bytes.fromhex(article.origin.sha256)
    if found == digest:
        return _Read(path, state, seen, found, None)
    try:
        made = sheets.sheet(sheets.read(article))
    except Exception:  # noqa: BLE001 - law 9: a text that breaks a segmenter is named by the run that is about it
        made = Sheet((), ())
    return _Read(path, state, seen, found, sheets.pack(made), tuple(made.postings))


def _store(base: sqlite3.Connection, read: _Read) -> None:
    path = os.fsencode(read.path)
    row = base.execute("SELECT digest FROM file WHERE path = ?", (path,)).fetchone()
    if read.sheet is None:
        if row is not None and row[0] == read.digest:
            base.execute("UPDATE file SET size = ?, mtime = ?, ctime = ?, inode = ?, seen = ? WHERE path = ?", (*read.state, read.seen, path))
        return
    if row is not None:
        _forget(base, read.path)
    base.execute(
        "INSERT INTO file (path, size, mtime, ctime, inode, seen, digest, sheet) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (path, *read.state, read.seen, read.digest, read.sheet),
    )
    number = base.execute("SELECT last_insert_rowid()").fetchone()[0]
    base.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?)", [(each, number) for each in read.postings])


def _forget(base: sqlite3.Connection, path: str) -> None:
    row = base.execute("SELECT number, sheet FROM file WHERE path = ?", (os.fsencode(path),)).fetchone()
    if row is None:
        return
    number, data = row
    try:
        postings = sheets.unpack(data).postings
    except ValueError as error:
        raise sqlite3.DatabaseError(str(error)) from None
    base.executemany("DELETE FROM posting WHERE number = ? AND file = ?", [(each, number) for each in postings])
    base.execute("DELETE FROM file WHERE number = ?", (number,))

