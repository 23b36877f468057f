"""
The file of a history: an SQLite database that is begun, checked, shared and, when it has to be, set aside.

It promises three things. What `write` returned from is on the disk: the journal is a WAL with synchronous = FULL, so it
survives a killed process and a power failure; NORMAL would survive the first only, and one commit a run is not worth less.
Processes may share it: each waits for the others' writing instead of failing. And nothing in it is trusted: a file that
is damaged, of a newer version or somebody else's is renamed, said in `notes`, and a new one begun, also half-way through a run;
what was being done is then done again with the new one.

SQLite notices a torn page and not a flipped bit, so each row ends with a checksum of its own (`sealed`, `opened`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from cleaner.errors import HistoryError

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

#: Goes up whenever an older version could not read the tables any more.
SCHEMA = 1
#: "clnh" as a number: whose file it is, for `file(1)` and for us. It stands 68 bytes into the file.
APPLICATION = 0x636C6E68
_APPLICATION_AT = 68

# Seconds that SQLite waits for a lock, and that we have it do so again and again: others may be storing millions.
_BUSY = 30.0
_PATIENCE = 900.0
# A new file is begun within milliseconds; who holds the right to do so for longer has been killed.
_STALE = 10.0
# No row of ours is larger.
_LONGEST = 256 << 20
_BESIDE = ("-wal", "-shm", "-journal")
# How often one question is asked anew because of the file; each time it is another file.
_TRIES = 5

# SQLite's primary result codes, in the words of https://sqlite.org/rescode.html
_BUSY_CODES = frozenset({5, 6})  # BUSY, LOCKED
# ERROR (no such table or column), CORRUPT, TOOBIG, CONSTRAINT, MISMATCH, FORMAT, NOTADB
_DAMAGE = frozenset({1, 11, 18, 19, 20, 24, 26})
_NOT_A_DATABASE = 26
_SHORT_READ = 522


class Damaged(Exception):
    """The file does not hold what we wrote; `str(error)` says how that shows."""


class Ledger:
    """
    One file, open.

    Attributes:
        path: The file; where it was a symbolic link, what that leads to.
        notes: A line for each file that was set aside.
    """

    def __init__(self, path: str | os.PathLike[str], tables: dict[str, str], about: Sequence[tuple[str, str]]) -> None:
        """
        Open a file, or begin it.

        Args:
            path: The file.
            tables: What it has to hold, and nothing else: the name of each table and index, and how it is made.
            about: What its table "about" tells whoever opens it by hand.

        Raises:
            HistoryError: If it cannot be opened and no new one can be begun.
        """
        self.path = os.path.realpath(path)
        self.notes: list[str] = []
        self._tables = tables
        self._about = about
        self._base: sqlite3.Connection | None = None
        self._inode = (0, 0)
        self._usable()
        self._current()

    def close(self) -> None:
        """Close the file. It may be used again; that opens it."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def read(self, do: Callable[[sqlite3.Connection], T]) -> T:
        """
        Return what a function finds, of one state of the file. It may be called more than once, and raise `Damaged`.

        Raises:
            HistoryError: If the file can be neither read nor replaced.
        """
        return self._done(do, "BEGIN")

    def write(self, do: Callable[[sqlite3.Connection], T]) -> T:
        """
        Carry out a function as one transaction; when this returns, it is on the disk. It may be called more than once.

        Raises:
            HistoryError: If the file can be neither written nor replaced; nothing of it was done then.
        """
        return self._done(do, "BEGIN IMMEDIATE")

    def _done(self, do: Callable[[sqlite3.Connection], T], begin: str) -> T:
        import sqlite3

        end = time.monotonic() + _PATIENCE
        tries = 0
        while True:
            base, inode = self._current(), self._inode
            try:
                base.execute(begin)
                result = do(base)
                base.execute("COMMIT")
                # Somebody set the file aside meanwhile: what was written stands in that one only.
                if begin == "BEGIN" or not self._moved():
                    return result
                wrong = ""
            except Damaged as error:
                wrong = str(error)
            except sqlite3.Error as error:
                if _code(error) & 0xFF in _BUSY_CODES and time.monotonic() < end:
                    self._undone(base)
                    continue
                if not _is_damage(error):
                    self._undone(base)
                    if not _code(error):
                        raise  # Python's own, of a mistake of ours
                    self._unusable(error)
                wrong = str(error)
            except BaseException:
                self._undone(base)
                raise
            tries += 1
            if tries > _TRIES:
                raise HistoryError(f"{self.path}: is damaged again and again ({wrong or 'moved'}); is its disk sound?")
            if wrong:
                self._undone(base)
                self._replace(wrong, inode)

    def _undone(self, base: sqlite3.Connection) -> None:
        import sqlite3

        try:
            if base.in_transaction:
                base.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def _current(self) -> sqlite3.Connection:
        """Return the connection to the file that stands there now."""
        if self._base is not None and not self._moved():
            return self._base
        self.close()
        for _ in range(_TRIES):
            what, _, base = self._looked()
            if base is not None:
                self._base = base
                return base
            if what:
                self._replace()
                if self._base is not None:
                    return self._base
        raise HistoryError(f"{self.path}: cannot be opened; something else keeps replacing it")

    def _moved(self) -> bool:
        try:
            return self._inode != _inode(self.path)
        except OSError:
            return True

    def _replace(self, why: str = "", inode: tuple[int, int] | None = None) -> None:
        """
        Set the file aside, unless another process was quicker, and begin a new one.

        Args:
            why: How a damage showed that only shows in rows; of the file with this inode.
        """
        self.close()
        with _Alone(self.path) as folder:
            now, reason, base = self._looked()
            if base is not None:
                if self._inode != inode:
                    self._base = base  # another process's new file is as good as one of ours
                    return
                base.close()
                now, reason = "damaged", why
            if not now:
                return
            if now != "absent":
                self._set_aside(now, reason)
            try:
                self._begin(folder)
            except OSError as error:
                raise HistoryError(f"{self.path}: cannot be begun ({error.strerror})") from None

    def _set_aside(self, what: str, why: str) -> None:
        number = 1
        while any(os.path.lexists(f"{self.path}.{what}-{number}{each}") for each in ("", *_BESIDE)):
            number += 1
        aside = f"{self.path}.{what}-{number}"
        try:
            # What belongs to it goes first: left behind, SQLite would take it for the new file's.
            for each in (*_BESIDE, ""):
                if each == "-shm" or (each and os.path.lexists(self.path + each) and not os.path.getsize(self.path + each)):
                    _removed(self.path + each)  # an index of the journal, or an empty one: made anew when it is needed
                elif os.path.lexists(self.path + each):
                    os.rename(self.path + each, aside + each)
        except OSError as error:
            raise HistoryError(f"{self.path}: {_SAID[what]} ({why}), and cannot be set aside ({error.strerror}); rename it") from None
        self.notes.append(f"{self.path}: {_SAID[what]} ({why}); it was set aside as {os.path.basename(aside)}, and a new history begun")

    def _begin(self, folder: str) -> None:
        """Make a new file where nobody sees it, and put it in its place as a whole."""
        import sqlite3

        new = os.path.join(folder, "new")
        base = sqlite3.connect(new, isolation_level=None)
        try:
            base.execute("BEGIN")
            base.execute(f"PRAGMA application_id = {APPLICATION}")
            base.execute(f"PRAGMA user_version = {SCHEMA}")
            for line in self._tables.values():
                base.execute(line)
            base.executemany("INSERT INTO about VALUES (?, ?)", self._about)
            base.execute("COMMIT")
            base.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            base.close()
            self._unusable(error)
        base.close()
        for each in _BESIDE:  # of a file that somebody removed by hand
            _removed(self.path + each)
        os.replace(new, self.path)
        _flushed(os.path.dirname(self.path))

    def _looked(self) -> tuple[str, str, sqlite3.Connection | None]:
        """
        Open the file if it is ours and whole.

        Returns:
            "", "" and the connection; or else what it is ("absent", "damaged", "newer", "foreign"; "" where it changes at the
            moment), how that shows, and None.
        """
        import sqlite3

        try:
            if os.stat(self.path).st_size == 0:
                return "absent", "", None
            inode = _inode(self.path)
        except FileNotFoundError:
            return "absent", "", None
        except OSError as error:
            raise HistoryError(f"{self.path}: {error.strerror}") from None
        base: sqlite3.Connection | None = None
        try:
            base = self._connected()
            what, why = self._judged(base)
        except sqlite3.Error as error:
            if base is not None:
                base.close()
            if not os.path.exists(self.path):
                return "absent", "", None
            if not _is_damage(error):
                self._unusable(error)
            ours = _code(error) != _NOT_A_DATABASE or self._stamped()
            return ("damaged" if ours else "foreign"), str(error), None
        if not what:
            try:
                if _inode(self.path) == inode:
                    self._inode = inode
                    return "", "", base
            except OSError:
                pass
        base.close()
        return what, why, None

    def _connected(self) -> sqlite3.Connection:
        import sqlite3
        from pathlib import Path

        # "rw": a file that has gone meanwhile is not begun here.
        base = sqlite3.connect(Path(self.path).as_uri() + "?mode=rw", uri=True, timeout=_BUSY, isolation_level=None)
        # Text and blobs alike as bytes: what of them is text, and whether it is, we decide.
        base.text_factory = bytes
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        for line in ("trusted_schema = OFF", "cell_size_check = ON", "synchronous = FULL", "cache_size = -65536"):
            base.execute(f"PRAGMA {line}")
        return base

    def _judged(self, base: sqlite3.Connection) -> tuple[str, str]:
        if base.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
            return "foreign", "another program's database"
        version = base.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            return "newer", f"its schema is {version}, and this version knows {SCHEMA}"
        if version != SCHEMA:
            return "damaged", f"its schema is said to be {version}"
        # A trigger or a view that somebody put there would run when we write or read.
        found = dict(base.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_stat_' ESCAPE '~'"))
        wanted = {name.encode(): line.encode() for name, line in self._tables.items()}
        if added := sorted(found.keys() - wanted.keys()):
            return "foreign", f"it holds {added[0].decode('utf-8', 'replace')!r}, which is not ours"
        if found != wanted:
            return "damaged", "its tables are not as we made them"
        if base.execute("PRAGMA journal_mode").fetchone()[0] != b"wal":
            base.execute("PRAGMA journal_mode = WAL")
        return "", ""

    def _stamped(self) -> bool:
        """Whether the file, which is no database, was ours once."""
        try:
            with open(self.path, "rb") as file:
                return file.read(_APPLICATION_AT + 4)[_APPLICATION_AT:] == APPLICATION.to_bytes(4)
        except OSError:
            return False

    def _usable(self) -> None:
        """Say now what would be said later in SQLite's words."""
        folder = os.path.dirname(self.path)
        if os.path.isdir(self.path):
            raise HistoryError(f"{self.path}: is a directory; name a file in it")
        if not os.path.isdir(folder):
            raise HistoryError(f"{self.path}: there is no folder {folder}; make it first")
        if os.path.exists(self.path) and not os.path.isfile(self.path):
            raise HistoryError(f"{self.path}: is not a regular file; name another")
        if not _may(folder, os.W_OK | os.X_OK):
            raise HistoryError(f"{self.path}: its folder cannot be written; a history needs that, also for its journal")
        if os.path.exists(self.path) and not _may(self.path, os.R_OK | os.W_OK):
            raise HistoryError(f"{self.path}: cannot be read and written; change its permissions, or name another file")

    def _unusable(self, error: sqlite3.Error) -> NoReturn:
        if _code(error) & 0xFF in _BUSY_CODES:
            raise HistoryError(f"{self.path}: another process has been writing for {_PATIENCE:.0f} s; try again later")
        raise HistoryError(f"{self.path}: {error}; a history needs a local disk that can be written")


_SAID = {"damaged": "is damaged", "newer": "is of a newer version", "foreign": "is not a history of cleaner"}


class _Alone:
    """The right to replace a file, as a folder beside it: of several processes, one at a time makes it. Its path is what `with` gives."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder = f"{path}.begin"

    def __enter__(self) -> str:
        end = time.monotonic() + _BUSY
        while True:
            try:
                os.mkdir(self._folder)
                return self._folder
            except FileExistsError:
                self._outlived()
            except OSError as error:
                raise HistoryError(f"{self._path}: cannot be begun ({error.strerror}); name a file in a folder that can be written") from None
            if time.monotonic() > end:
                raise HistoryError(f"{self._path}: {self._folder} is in the way; remove it")
            time.sleep(0.02)

    def _outlived(self) -> None:
        try:
            if time.time() - os.stat(self._folder).st_mtime > _STALE:
                self._removed()
        except OSError:
            pass

    def _removed(self) -> None:
        from shutil import rmtree

        rmtree(self._folder, ignore_errors=True)

    def __exit__(self, *_: object) -> None:
        self._removed()


def sealed(*values: int | str | bytes) -> tuple[int | str | bytes, ...]:
    """Return the values of a row as SQLite can hold them, with their checksum behind them."""
    return (*(plain(value) if isinstance(value, str) else value for value in values), _checksum(map(_as_read, values)))


def opened(row: Sequence[Any], kinds: str, what: str) -> list[Any]:
    """
    Return the values of a row as they were written, without the checksum.

    Args:
        row: As SQLite gives it, with the checksum last.
        kinds: A letter a value: "i" a number, "t" text, "b" bytes.
        what: Which row it is, for the error.

    Raises:
        Damaged: If a value is of another kind, or the checksum is of other values.
    """
    if len(row) != len(kinds) + 1 or not all(isinstance(value, int if kind == "i" else bytes) for kind, value in zip(kinds + "i", row)):
        raise Damaged(f"{what} holds values of another kind")
    if row[-1] != _checksum(row[:-1]):
        raise Damaged(f"{what} does not match its checksum")
    try:
        return [str(value, "utf-8", "surrogatepass") if kind == "t" else value for kind, value in zip(kinds, row)]
    except UnicodeDecodeError:
        raise Damaged(f"{what} holds what is no text") from None


def plain(text: str) -> str | bytes:
    """Return text as SQLite can hold it: as it is, or, with lone surrogates in it, as bytes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def digest(*parts: bytes) -> int:
    """Return a number of 64 bits, with a sign as SQLite has it, that tells these bytes and where they part."""
    from hashlib import blake2b

    found = blake2b(digest_size=8)
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return int.from_bytes(found.digest(), signed=True)


def _as_read(value: int | str | bytes) -> int | bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _checksum(values: Iterable[int | bytes]) -> int:
    return digest(*(b"i" + value.to_bytes(8, signed=True) if isinstance(value, int) else b"b" + value for value in values))


def _inode(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _may(path: str, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


def _removed(path: str) -> None:
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def _flushed(folder: str) -> None:
    """Have the disk know the names in a folder; some systems cannot be asked for that."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(number)
    except OSError:
        pass
    finally:
        os.close(number)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0)


def _is_damage(error: sqlite3.Error) -> bool:
    code = _code(error)
    return code == _SHORT_READ or code & 0xFF in _DAMAGE
