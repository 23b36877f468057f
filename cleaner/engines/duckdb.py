"""
The bulk engine: an embedded database on one machine moves the rows, and more of them than have room in memory.

    rows -> placed -> copies    -> proposed -> near   -> judged -> joined -> tables
            ranks     originals    pairs       pairs     pairs     fates

Each arrow is a stage, and each name a table of the database. What a stage makes is there when it is marked as done and not before, and a
long stage is marked portion by portion; so a run that was killed goes on where it was. What is worked out of texts is worked out by
`cleaner.corpus.steps`, in helpers that were hired before the database had threads. Texts are bytes here: a lone surrogate is no
VARCHAR, and a NUL is none that everybody can read.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner import jobs
from cleaner.corpus import rows, steps, tables
from cleaner.corpus.model import Measure, Order, Pair, Row, Summary, identity
from cleaner.errors import CleanerError, InputError, MissingExtra, OptionsError
from cleaner.feeds.collect import is_address
from cleaner.match import sketch
from cleaner.model import Problem

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any]

#: The work folder's own version: what a newer one left is not touched.
FORMAT = 1
#: Below the folder of the tables, where no other is named.
WORK = ".cleaner-work"
_BASE = "cleaner.duckdb"
_MARKER = "cleaner-run.json"
_SPILL = "cleaner-spill"
#: Bytes that the database may take where nobody says.
_MEMORY = 1_000_000_000

_TOGETHER = 20_000  # rows that go into the database at a time
_LARGE = 32_000_000  # and bytes
_COMMITTED = 400_000  # rows that are read from one mark to the next
_VERIFIED = 400_000  # pairs of a portion
_JUDGED = 20_000
_WRITTEN = 100_000  # rows of a portion
_ASKED = 2_000  # pairs that a helper gets at a time


def run(order: Order, read: Callable[[Sequence[str]], Iterator[list[Row]]]) -> Summary:
    """
    Carry out the plan in a database on disk.

    A run that was killed or interrupted is gone on with, if it is asked for again with the same files and settings.

    Raises:
        MissingExtra: If duckdb or pyarrow is not installed.
        InputError: If the work folder cannot be used: no room, not allowed, damaged, of a newer version, in use.
        OptionsError: If the memory does not do.
    """
    _needed()
    team = jobs.Team(_do, order.jobs or jobs.processors())  # before the database has threads: a fork would lack them
    try:
        base = Base(order, read)
        try:
            with _letters(order, base.folder):
                summary = _Bulk(order, read, base, team).run()
        except BaseException:
            base.close()
            raise
        base.remove()
        return summary
    finally:
        team.dismiss()


def _needed() -> None:
    try:
        import duckdb  # noqa: F401
        import pyarrow as pa  # noqa: F401
    except ImportError as missing:
        raise MissingExtra(f"the engine duckdb needs {missing.name}: pip install 'cleaner[duckdb]'") from missing


# --- the database -----------------------------------------------------------------------------------------------------


class Base:
    """
    The database of a run, in its work folder, and what of the run is done.

    Attributes:
        folder: The work folder.
        notes: What should be known of it, one line each.
    """

    def __init__(self, order: Order, read: object) -> None:
        self._order = order
        self.folder = order.work or os.path.join(order.into, WORK)
        self.notes: list[str] = []
        self._path = os.path.join(self.folder, _BASE)
        self._marker = os.path.join(self.folder, _MARKER)
        self._make()
        mark = fingerprint(order, read)
        held = self._read_marker()
        with _letters(order, self.folder):
            self._db = self._connected()
            try:
                self._take(mark, held)
            except BaseException:
                self.close()
                raise

    def _make(self) -> None:
        self._new = not os.path.isdir(self.folder)
        try:
            os.makedirs(self.folder, exist_ok=True)
            os.makedirs(self._order.into, exist_ok=True)
            probe = os.path.join(self.folder, ".cleaner-probe")
            with open(probe, "wb"):
                pass
            os.remove(probe)
        except OSError as error:
            raise InputError(f"{self.folder}: cannot be written to ({error.strerror}); name a folder of yours with --work") from error
        free, size = shutil.disk_usage(self.folder).free, sum(size for path, size, _ in _facts(self._order) if _is_table(path))
        if free < size:
            raise InputError(f"{self.folder}: {_bytes(free)} are free and the input alone has {_bytes(size)}; free some, or name a folder elsewhere with --work")

    def _read_marker(self) -> dict[str, Any]:
        try:
            with open(self._marker, encoding="utf-8") as file:
                held = json.load(file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            held = None
        if not isinstance(held, dict) or not isinstance(held.get("format"), int):
            raise InputError(f"{self._marker}: is damaged; remove {self.folder} and run again")
        if held["format"] > FORMAT:
            raise InputError(f"{self.folder}: was left by a newer version of cleaner; update cleaner, or remove the folder, or name another with --work")
        return held

    def _connected(self) -> Any:
        import duckdb

        order = self._order
        memory = order.memory or _MEMORY
        connection = duckdb.connect(
            self._path,
            config={
                "memory_limit": f"{max(1, memory // 1_000_000)}MB",
                "threads": str(order.jobs or jobs.processors()),
                "temp_directory": os.path.join(self.folder, _SPILL),
                "preserve_insertion_order": "false",
                "arrow_large_buffer_size": "true",  # a batch of long texts has more bytes than 31 bits count
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        connection.execute("SET enable_progress_bar = false")
        return connection

    def _take(self, mark: str, held: dict[str, Any]) -> None:
        """Go on with what is there, or begin."""
        ours = self._one("SELECT count(*) FROM duckdb_tables()") == 0 or bool(held)
        if not ours:
            raise InputError(f"{self._path}: is a database that no run of cleaner left; name another folder with --work")
        if held and held.get("fingerprint") != mark:
            self.notes.append(f"{self.folder}: what an unfinished run left there was of other files or settings; begun anew")
        shutil.rmtree(os.path.join(self.folder, _SPILL), ignore_errors=True)  # what a killed run wrote aside; the folder is ours now
        if held.get("fingerprint") != mark:
            self.close()
            self._clear()
            self._db = self._connected()
            self._mark(mark)
        self.execute("CREATE TABLE IF NOT EXISTS stages (stage VARCHAR, seconds DOUBLE)")
        self.execute("CREATE TABLE IF NOT EXISTS portions (stage VARCHAR, portion BIGINT, told VARCHAR)")
        if stages := self.stages():
            self.notes.append(f"{self.folder}: gone on with an unfinished run; done before: {', '.join(stage for stage, _ in stages)}")

    def _mark(self, mark: str) -> None:
        beside = f"{self._marker}.part"
        with open(beside, "w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, "fingerprint": mark}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self._marker)

    def _clear(self) -> None:
        for path in (self._path, f"{self._path}.wal", self._marker, f"{self._marker}.part"):
            with suppress(FileNotFoundError):
                os.remove(path)
        shutil.rmtree(os.path.join(self.folder, _SPILL), ignore_errors=True)

    def close(self) -> None:
        """Close it, and leave what is there to be gone on with."""
        with suppress(Exception):  # what was not committed is not there
            self._db.close()

    def remove(self) -> None:
        """Close it, and remove what is ours."""
        self.close()
        with suppress(OSError):
            self._clear()
            if self._new or not self._order.work:
                os.rmdir(self.folder)

    def execute(self, sql: str, *values: Any) -> None:
        """Carry out a statement."""
        self._db.execute(sql, list(values))

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the few rows of a query."""
        found: list[tuple[Any, ...]] = self._db.execute(sql, list(values)).fetchall()
        return found

    def _one(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    def count(self, sql: str, *values: Any) -> int:
        """Return the number that a query finds."""
        return int(self._one(sql, *values) or 0)

    def stream(self, sql: str, *values: Any, size: int = _ASKED) -> Iterator[Any]:
        """Yield the record batches of a query as they come. Nothing else may be asked meanwhile."""
        relation = self._db.sql(sql, params=list(values))
        opened = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader  # by its names in new and old versions
        yield from opened(size)

    def insert(self, table: str, arriving: Any) -> None:
        """Add the rows of an Arrow table, column by column of the same name."""
        self._db.register("arriving", arriving)
        try:
            self._db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM arriving")
        finally:
            with suppress(Exception):  # a transaction that failed says so of everything
                self._db.unregister("arriving")

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All of what is done within is there afterwards, or nothing of it."""
        self.execute("BEGIN")
        yield  # without COMMIT nothing happened: the connection is closed
        self.execute("COMMIT")

    def stages(self) -> list[tuple[str, float]]:
        """Return the stages that are done, in order, and how long each took."""
        return [(str(stage), float(seconds)) for stage, seconds in self.rows("SELECT stage, seconds FROM stages ORDER BY rowid")]

    def finished(self, stage: str, seconds: float) -> None:
        """Mark a stage as done."""
        self.execute("DELETE FROM stages WHERE stage = ?", stage)
        self.execute("INSERT INTO stages VALUES (?, ?)", stage, seconds)

    def portion(self, stage: str, number: int) -> str | None:
        """Return what was told of a portion of a stage; None if it is not done."""
        found = self.rows("SELECT told FROM portions WHERE stage = ? AND portion = ?", stage, number)
        return str(found[0][0]) if found else None

    def done(self, stage: str, number: int, told: str = "") -> None:
        """Mark a portion as done."""
        self.execute("INSERT INTO portions VALUES (?, ?, ?)", stage, number, told)


def fingerprint(order: Order, read: object) -> str:
    """Return a digest of all that the tables depend on."""
    from cleaner import __version__

    plans = read.plans._replace(memory=None, stdin=None, progress=None) if isinstance(read, rows.Reader) else None
    held = [FORMAT, __version__, sketch.stamp(steps.cut(order.measure)[0]), [*order.measure], order.tables, [*order.names], _facts(order), repr(plans)]
    return sha256(json.dumps(held).encode("ascii")).hexdigest()


def _facts(order: Order) -> list[tuple[str, int, int]]:
    """Return path, size and time of all files that are named, or stand in folders that are; but for what the run itself writes there."""
    own = {os.path.realpath(order.work or os.path.join(order.into, WORK))}
    own |= {os.path.realpath(tables.name(order.into, table, order.tables)) + end for table in tables.TABLES for end in ("", ".part")}
    found: list[tuple[str, int, int]] = []
    for path in dict.fromkeys(path for name in order.names for each in rows.tables_in(name) for path in _files(each, own)):
        with suppress(OSError):
            facts = os.stat(path)
            found.append((path, facts.st_size, facts.st_mtime_ns))
    return found


def _files(name: str, own: set[str]) -> Iterator[str]:
    if is_address(name):
        return
    if not os.path.isdir(name):
        yield name
    for folder, below, files in os.walk(name):
        below[:] = sorted(each for each in below if os.path.realpath(os.path.join(folder, each)) not in own)
        paths = [os.path.join(folder, file) for file in sorted(files)]
        yield from (path for path in paths if os.path.realpath(path) not in own)


def _is_table(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in rows.TABLES and not is_address(name) and os.path.isfile(name)


def _repeatable(names: Sequence[str]) -> bool:
    """Whether what is named reads the same row by row each time, as long as its files stay: tables do, what is fetched does not."""
    return all(_is_table(each) for name in names for each in rows.tables_in(name))


@contextmanager
def _letters(order: Order, folder: str) -> Iterator[None]:
    """Turn what a database says into one line that says what to do."""
    import duckdb

    try:
        yield
    except CleanerError:
        raise
    except OSError as error:
        place = error.filename or folder
        if not isinstance(error, FileNotFoundError):
            raise InputError(f"{place}: cannot be written ({error.strerror or error}); free some room, or name another folder") from error
        raise
    except (duckdb.ParserException, duckdb.BinderException):
        raise  # a mistake of ours
    except duckdb.Error as error:
        raise _letter(error, order, folder) from error


def _letter(error: Exception, order: Order, folder: str) -> CleanerError:
    import duckdb

    said = " ".join(str(error).split())
    low = said.lower()
    if ("lock" in low and "conflicting" in low) or "being used by another process" in low or "already open" in low:
        return InputError(f"{folder}: another run is at work there; wait for it, or name another folder with --work")
    if "no space left" in low or "file too large" in low or "max_temp_directory_size" in low or "disk quota" in low:
        return InputError(f"{folder}: the disk is full; free some room, or name a folder elsewhere with --work; the run goes on where it was")
    if isinstance(error, duckdb.OutOfMemoryException) or "out of memory" in low or "could not allocate" in low:
        memory = _bytes(order.memory or _MEMORY)
        return OptionsError(f"--memory {memory} is too little for this collection; give it more, as in --memory 2GB; the run goes on where it was")
    if "permission denied" in low or "read-only" in low:
        return InputError(f"{folder}: cannot be written to (permission denied); name a folder of yours with --work")
    if "version number" in low or ("newer" in low and "storage" in low):
        return InputError(f"{folder}: was left by a newer version of duckdb; update duckdb, or remove the folder, or name another with --work")
    return InputError(f"{folder}: the database of an earlier run is damaged, or cannot be used ({said[:160]}); remove the folder and run again")


def _bytes(number: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number}B"


# --- what helpers do --------------------------------------------------------------------------------------------------


def _do(task: Any) -> Any:
    return task.do()


class _Survey(NamedTuple):
    """A portion of rows to be prepared and sketched."""

    first: int
    columns: tuple[Sequence[Any], ...]  # those of `Row`
    measure: Measure

    def do(self) -> bytes:
        """Return the rows of the database's table, as Arrow sends them."""
        import numpy as np
        import pyarrow as pa

        some = [*map(Row._make, zip(*self.columns))]
        prepared, banded = steps.survey(some, self.measure)
        tells = np.array([bool(each.digest) for each in prepared], bool)
        keys = np.frombuffer(b"".join(each.digest or bytes(16) for each in prepared), "<i8").reshape(-1, 2)
        source, mark, part, text = self.columns
        columns: dict[str, Any] = {
            "row": pa.array(np.arange(self.first, self.first + len(some))),
            "source": _blobs(source),
            "id": _blobs(mark),
            "part": pa.array(part, pa.int32()),
            "length": pa.array([*map(len, text)], pa.int64()),
            "size": pa.array([each.size for each in prepared], pa.int64()),
            "rank": pa.array([each.rank for each in prepared], pa.binary()),
            "key0": pa.array(keys[:, 0].astype(np.int64), mask=~tells),
            "key1": pa.array(keys[:, 1].astype(np.int64), mask=~tells),
            "text": _blobs(text),
        }
        for band in range(banded.shape[1]):
            columns[f"b{band}"] = pa.array(np.ascontiguousarray(banded[:, band]), mask=~tells)
        return _sent(pa.table(columns))


class _Verify(NamedTuple):
    """A portion of pairs with their texts, as Arrow sends them: keeper, copy, keeper_text, copy_text."""

    data: bytes
    measure: Measure

    def do(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return those pairs that are near, and how near."""
        import numpy as np

        table = _arrived(self.data)
        keeper, copy = np.asarray(table["keeper"]), np.asarray(table["copy"])
        places: dict[int, int] = {}
        texts: list[str] = []
        for numbers, column in ((keeper, "keeper_text"), (copy, "copy_text")):
            for number, text in zip(numbers.tolist(), table[column].to_pylist()):
                if number not in places:
                    places[number] = len(texts)
                    texts.append(_decoded(text))
        asked = [(places[one], places[other]) for one, other in zip(keeper.tolist(), copy.tolist())]
        jaccard = steps.verify(asked, texts)
        near = jaccard >= self.measure.threshold
        return keeper[near], copy[near], jaccard[near]


class _Judge(NamedTuple):
    """A portion of near pairs, as those of `_Verify`, with the place of each."""

    data: bytes
    measure: Measure

    def do(self) -> tuple[Numbers, list[str], list[str]]:
        """Return of each pair its place, the relation, and what differs."""
        import numpy as np

        table = _arrived(self.data)
        found = [
            steps.judge(_decoded(keeper), _decoded(copy)) for keeper, copy in zip(table["keeper_text"].to_pylist(), table["copy_text"].to_pylist())
        ]
        return np.asarray(table["place"]), [relation for relation, _ in found], [told for _, told in found]


class _Clean(NamedTuple):
    """A portion of rows as they were read, as Arrow sends them."""

    data: bytes
    kind: str

    def do(self) -> tables.Portion:
        """Return what is written of them."""
        return tables.portion("cleaned", self.kind, [*steps.kept(_rows(_arrived(self.data)))])


def _rows(batch: Any) -> Iterator[tuple[Row, bool]]:
    """Yield the rows of a batch, and whether each stays."""
    for source, mark, part, text in zip(*(column.to_pylist() for column in batch.columns)):
        yield Row(_decoded(source), _decoded(mark), part, _decoded(text or b"")), text is not None


def _blobs(texts: Sequence[str]) -> Any:
    import pyarrow as pa

    try:
        return pa.array(texts, pa.large_string()).cast(pa.large_binary())
    except UnicodeEncodeError:  # half a surrogate pair
        return pa.array([text.encode("utf-8", "surrogatepass") for text in texts], pa.large_binary())


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _sent(table: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        if isinstance(table, pa.RecordBatch):
            out.write_batch(table)
        else:
            out.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _arrived(data: bytes) -> Any:
    import pyarrow as pa

    with pa.ipc.open_stream(data) as stream:
        return stream.read_all()


# --- the stages -------------------------------------------------------------------------------------------------------


class _Bulk:
    """One run: its stages, from reading to the tables."""

    def __init__(self, order: Order, read: Callable[[Sequence[str]], Iterator[list[Row]]], base: Base, team: jobs.Team) -> None:
        self.order, self.read, self.base, self.team = order, read, base, team
        self.measure = order.measure
        self.bands = steps.cut(order.measure)[1].bands

    def run(self) -> Summary:
        stages: dict[str, Callable[[], None]] = {
            "reading": self._reading,
            "ranking": self._ranking,
            "folding": self._folding,
            "proposing": self._proposing,
            "gathering": self._gathering,
            "verifying": self._verifying,
            "judging": self._judging,
            "joining": self._joining,
            "writing": self._writing,
        }
        before = {stage for stage, _ in self.base.stages()}
        for stage, do in stages.items():
            if stage not in before or (stage == "writing" and not self._written()):
                self._begin = perf_counter()
                do()
            elif stage == "reading":
                self._recall()
        return self._summary()

    def _finish(self, stage: str) -> None:
        self.base.finished(stage, round(perf_counter() - self._begin, 3))

    def _reading(self) -> None:
        import pyarrow as pa

        base = self.base
        banded = "".join(f", b{band} BIGINT" for band in range(self.bands))
        base.execute(
            "CREATE TABLE IF NOT EXISTS rows "
            f"(row BIGINT, source BLOB, id BLOB, part INTEGER, length BIGINT, size BIGINT, rank BLOB, key0 BIGINT, key1 BIGINT, text BLOB{banded})"
        )
        done = base.count("SELECT max(row) + 1 FROM rows")
        if done and not _repeatable(self.order.names):
            base.execute("DELETE FROM rows")
            done = 0
        held: list[Any] = []
        waiting = since = size = 0
        base.execute("BEGIN")
        for task, data in self.team.each(self._surveys(done)):
            held.append(_arrived(data))
            waiting += len(task.columns[0])
            since += len(task.columns[0])
            size += len(data)
            if waiting >= _TOGETHER or since >= _COMMITTED or size >= _LARGE:
                base.insert("rows", pa.concat_tables(held))
                held, waiting, size = [], 0, 0
            if since >= _COMMITTED:
                base.execute("COMMIT")
                base.execute("BEGIN")
                since = 0
        if held:
            base.insert("rows", pa.concat_tables(held))
        if isinstance(self.read, rows.Reader):
            base.done("reading", 0, json.dumps([self.read.problems, self.read.notes]))
        self._finish("reading")
        base.execute("COMMIT")

    def _surveys(self, done: int) -> Iterator[_Survey]:
        """Cut what is read into portions, but for so many rows that were read before."""
        first = 0
        for batch in self.read(self.order.names):
            skip = max(0, min(done - first, len(batch)))
            if some := batch[skip:]:
                yield _Survey(first + skip, tuple(zip(*some)), self.measure)
            first += len(batch)

    def _recall(self) -> None:
        """Tell the reader what it told when it read."""
        told = self.base.portion("reading", 0)
        if told is not None and isinstance(self.read, rows.Reader):
            problems, notes = json.loads(told)
            self.read.problems += [Problem(*each) for each in problems]
            self.read.notes += notes

    def _ranking(self) -> None:
        self.order.progress("ranking", 0, 1)
        with self.base.whole():
            # The empty OVER counts the rows as they come, and they come sorted.
            self.base.execute(
                "CREATE TABLE placed AS SELECT row, row_number() OVER () - 1 AS number, key0, key1 FROM (SELECT row, key0, key1 FROM rows ORDER BY rank, row)"
            )
            self._finish("ranking")
        self.order.progress("ranking", 1, 1)

    def _folding(self) -> None:
        """Find the first of each key: the others are copies of it."""
        import pyarrow as pa

        base = self.base
        self.order.progress("folding", 0, 3)
        with base.whole():
            base.execute(
                "CREATE TABLE folded AS "
                "WITH heads AS ("
                "  SELECT key0, key1, min(number) AS head, arg_min(row, number) AS head_row FROM placed WHERE key0 IS NOT NULL"
                "  GROUP BY key0, key1 HAVING count(*) > 1"
                ") SELECT p.row, p.number, h.head, h.head_row FROM placed p JOIN heads h ON p.key0 = h.key0 AND p.key1 = h.key1 WHERE p.number <> h.head"
            )
            self.order.progress("folding", 1, 3)
            banded = "".join(f", b{band}" for band in range(self.bands))
            base.execute(
                f"CREATE TABLE originals AS SELECT p.number{banded} FROM rows r JOIN placed p ON p.row = r.row "
                "WHERE p.key0 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM folded f WHERE f.number = p.number)"
            )
            self.order.progress("folding", 2, 3)
            base.execute("CREATE TEMP TABLE alike (number BIGINT, relation VARCHAR)")
            both = (
                "SELECT f.number, CASE WHEN c.text = k.text THEN NULL ELSE c.text END AS copy_text, CASE WHEN c.text = k.text THEN NULL ELSE k.text END AS "
                "keeper_text FROM folded f JOIN rows c ON c.row = f.row JOIN rows k ON k.row = f.head_row"
            )
            held: list[Any] = []
            for batch in base.stream(both, size=self._few(_ASKED)):
                said = [
                    "exact" if text is None else steps.same(_decoded(keeper), _decoded(text))
                    for text, keeper in zip(batch.column("copy_text").to_pylist(), batch.column("keeper_text").to_pylist())
                ]
                held.append(pa.table({"number": batch.column("number"), "relation": pa.array(said, pa.string())}))
            if held:
                base.insert("alike", pa.concat_tables(held))
            base.execute("CREATE TABLE copies AS SELECT f.*, a.relation FROM folded f JOIN alike a ON a.number = f.number")
            base.execute("DROP TABLE alike")
            base.execute("DROP TABLE folded")
            self._finish("folding")
        self.order.progress("folding", 3, 3)

    def _proposing(self) -> None:
        base = self.base
        base.execute("CREATE TABLE IF NOT EXISTS proposed (keeper BIGINT, copy BIGINT)")
        for band in range(self.bands):
            if base.portion("proposing", band) is None:
                with base.whole():
                    base.execute(f"INSERT INTO proposed {proposals(band, self.bands)}")
                    base.done("proposing", band)
            self.order.progress("proposing", band + 1, self.bands)
        with base.whole():
            base.execute(
                "CREATE TABLE asked AS SELECT row_number() OVER () - 1 AS place, keeper, copy "
                "FROM (SELECT DISTINCT keeper, copy FROM proposed ORDER BY copy, keeper)"
            )
            base.execute("DROP TABLE proposed")
            self._finish("proposing")

    def _gathering(self) -> None:
        """Put the texts of all that is asked about together."""
        self.order.progress("gathering", 0, 1)
        with self.base.whole():
            self.base.execute(
                "CREATE TABLE members AS SELECT p.number, r.text FROM rows r JOIN placed p ON p.row = r.row "
                "WHERE p.number IN (SELECT keeper FROM asked UNION SELECT copy FROM asked)"
            )
            self.base.execute("DROP TABLE originals")
            self._finish("gathering")
        self.order.progress("gathering", 1, 1)

    def _verifying(self) -> None:
        import numpy as np
        import pyarrow as pa

        base = self.base
        base.execute("CREATE TABLE IF NOT EXISTS near (keeper BIGINT, copy BIGINT, jaccard DOUBLE)")
        for portion, found in self._portions("verifying", "asked", _VERIFIED, _Verify):
            near = [np.concatenate(column) for column in zip(*found)]
            with base.whole():
                if near:
                    base.insert("near", pa.table(dict(zip(("keeper", "copy", "jaccard"), near))))
                base.done("verifying", portion)
        with base.whole():
            base.execute(f"CREATE TABLE chosen AS SELECT row_number() OVER () - 1 AS place, keeper, copy, jaccard FROM ({CHOSEN} ORDER BY copy, keeper)")
            base.execute("DROP TABLE near")
            base.execute("DROP TABLE asked")
            self._finish("verifying")

    def _judging(self) -> None:
        import pyarrow as pa

        base = self.base
        base.execute("CREATE TABLE IF NOT EXISTS judged (place BIGINT, relation VARCHAR, differences VARCHAR)")
        for portion, found in self._portions("judging", "chosen", _JUDGED, _Judge):
            judged = [
                pa.table({"place": place, "relation": pa.array(relation, pa.string()), "differences": pa.array(told, pa.string())})
                for place, relation, told in found
            ]
            with base.whole():
                if judged:
                    base.insert("judged", pa.concat_tables(judged))
                base.done("judging", portion)
        with base.whole():
            base.execute("DROP TABLE members")
            self._finish("judging")

    def _portions(self, stage: str, table: str, size: int, kind: type[_Verify | _Judge]) -> Iterator[tuple[int, list[Any]]]:
        """Have pairs looked at with their texts; yield each portion that is not done, with what came of it."""
        total = self.base.count(f"SELECT count(*) FROM {table}")
        sql = (
            f"SELECT a.place, a.keeper, a.copy, k.text AS keeper_text, c.text AS copy_text FROM {table} a "
            "JOIN members k ON k.number = a.keeper JOIN members c ON c.number = a.copy WHERE a.place >= ? AND a.place < ?"
        )
        few = self._few(_ASKED)
        each = max(1, min(few, total // (8 * jobs.processors()))) if kind is _Judge else few  # a pair takes long: all have some
        for portion, begin in enumerate(range(0, total, size)):
            end = min(begin + size, total)
            if self.base.portion(stage, portion) is None:
                done = begin
                found: list[Any] = []
                tasks = (kind(_sent(some), self.measure) for batch in self.base.stream(sql, begin, end, size=few) for some in _cut(batch, each))
                for _, result in self.team.each(tasks):
                    found.append(result)
                    done = min(done + each, end)
                    self.order.progress(stage, done, total)
                yield portion, found
            self.order.progress(stage, end, total)

    def _few(self, most: int) -> int:
        """Return how many rows are dealt with at a time: fewer, where texts are long."""
        return max(1, min(most, 4000 * most // max(1, self.base.count("SELECT avg(length) FROM rows"))))

    def _joining(self) -> None:
        """Choose which originals are copies, and so what becomes of each row."""
        import numpy as np
        import pyarrow as pa

        base = self.base
        total = base.count("SELECT count(*) FROM placed")
        gone = np.zeros(total, bool)
        joined: list[Any] = []
        near = (
            "SELECT c.copy, c.keeper, c.jaccard FROM chosen c JOIN judged j ON j.place = c.place WHERE j.relation = 'near' ORDER BY c.copy, c.keeper"
        )
        for some in _by_copy(base.stream(near)):
            copy, keeper, jaccard = some
            # What a portion before this one left out is no keeper; within the portion `stars` sees to that.
            left = ~gone[keeper]
            pairs = [Pair(*each[:2], "near", each[2]) for each in zip(keeper[left].tolist(), copy[left].tolist(), jaccard[left].tolist())]
            found = steps.stars(pairs)
            numbers = [*found]
            gone[numbers] = True
            joined.append(
                pa.table({
                    "number": pa.array(numbers, pa.int64()),
                    "keeper": pa.array([found[number][0] for number in numbers], pa.int64()),
                    "jaccard": pa.array([found[number][1] for number in numbers], pa.float64()),
                })
            )
            self.order.progress("joining", int(copy[-1]) + 1, total)
        with base.whole():
            base.execute("CREATE TABLE joined (number BIGINT, keeper BIGINT, jaccard DOUBLE)")
            if joined:
                base.insert("joined", pa.concat_tables(joined))
            base.execute(
                "CREATE TABLE fates AS SELECT * FROM ("
                "  SELECT p.row, j.number, j.keeper, 'near' AS relation, j.jaccard FROM joined j JOIN placed p ON p.number = j.number"
                "  UNION ALL"
                "  SELECT c.row, c.number, coalesce(j.keeper, c.head), CASE WHEN j.keeper IS NULL THEN c.relation ELSE 'near' END, coalesce(j.jaccard, 1.0)"
                "  FROM copies c LEFT JOIN joined j ON j.number = c.head"
                ") ORDER BY row"
            )
            self._finish("joining")
        self.order.progress("joining", total, total)

    # --- tables ---

    def _written(self) -> bool:
        return all(self._told(number, table) is not None for number, table in enumerate(tables.TABLES))

    def _told(self, number: int, table: str) -> str | None:
        return self.base.portion("writing", number) if os.path.exists(tables.name(self.order.into, table, self.order.tables)) else None

    def _writing(self) -> None:
        write = {"pairs": self._pairs, "clusters": self._clusters, "cleaned": self._cleaned}
        for number, table in enumerate(tables.TABLES):
            if self._told(number, table) is None:
                with tables.Writer(self.order.into, table, self.order.tables) as writer:
                    write[table](writer)
                self.base.done("writing", number, str(writer.replaced))
        self._finish("writing")

    def _pairs(self, writer: tables.Writer) -> None:
        equal = (
            "SELECT k.source, k.id, k.part, r.source, r.id, r.part, c.relation, 1.0::DOUBLE, '[]' FROM copies c "
            "JOIN rows r ON r.row = c.row JOIN rows k ON k.row = c.head_row ORDER BY c.number"
        )
        judged = (
            "SELECT k.source, k.id, k.part, r.source, r.id, r.part, j.relation, c.jaccard, j.differences FROM chosen c "
            "JOIN judged j ON j.place = c.place JOIN placed pk ON pk.number = c.keeper JOIN placed pc ON pc.number = c.copy "
            "JOIN rows k ON k.row = pk.row JOIN rows r ON r.row = pc.row ORDER BY c.copy, c.keeper"
        )
        total = self.base.count("SELECT (SELECT count(*) FROM copies) + (SELECT count(*) FROM chosen)")
        for batch in chain(self.base.stream(equal), self.base.stream(judged)):
            for row in zip(*(column.to_pylist() for column in batch.columns)):
                writer.add((_decoded(row[0]), _decoded(row[1]), row[2], _decoded(row[3]), _decoded(row[4]), *row[5:]))
            self.order.progress("writing pairs", writer.rows, total)

    def _clusters(self, writer: tables.Writer) -> None:
        sql = (
            "WITH members AS ("
            "  SELECT row, number, keeper, relation, jaccard FROM fates"
            "  UNION ALL"
            "  SELECT p.row, p.number, p.number, '', 1.0 FROM placed p WHERE p.number IN (SELECT keeper FROM fates)"
            ") SELECT m.relation, m.jaccard, r.source, r.id, r.part, r.text FROM members m JOIN rows r ON r.row = m.row ORDER BY m.keeper, m.number"
        )
        total = self.base.count("SELECT count(*) + count(DISTINCT keeper) FROM fates")
        cluster = ""
        for batch in self.base.stream(sql, size=self._few(_ASKED)):
            for relation, jaccard, source, mark, part, text in zip(*(column.to_pylist() for column in batch.columns)):
                row = Row(_decoded(source), _decoded(mark), part, _decoded(text))
                if not relation:
                    cluster = identity(row)
                writer.add((cluster, row.source, row.id, row.part, not relation, relation, jaccard, row.text))
            self.order.progress("writing clusters", writer.rows, total)

    def _cleaned(self, writer: tables.Writer) -> None:
        if self.measure.unit == "text":
            for _, made in self.team.each(_Clean(_sent(batch), self.order.tables) for batch in self._all()):
                writer.put(made)
        else:  # the paragraphs of one row may stand in two batches
            writer.extend(steps.kept(row for batch in self._all() for row in _rows(batch)))

    def _all(self) -> Iterator[Any]:
        """Yield all rows as they were read, in batches; without a text where they do not stay."""
        total = self.base.count("SELECT count(*) FROM placed")
        sql = (
            "SELECT r.source, r.id, r.part, CASE WHEN f.row IS NULL THEN r.text END AS text FROM (SELECT * FROM rows WHERE row >= ? AND row < ?) r "
            "LEFT JOIN (SELECT row FROM fates WHERE row >= ? AND row < ?) f ON f.row = r.row ORDER BY r.row"
        )
        many, few = self._few(_WRITTEN), self._few(_TOGETHER)
        for begin in range(0, total, many):
            span = begin, begin + many
            yield from self.base.stream(sql, *span, *span, size=few)
            self.order.progress("writing cleaned", min(begin + many, total), total)

    def _summary(self) -> Summary:
        count = self.base.count
        total, gone = count("SELECT count(*) FROM rows"), count("SELECT count(*) FROM fates")
        near = count("SELECT count(*) FROM fates WHERE relation = 'near'")
        replaced = max(int(self.base.portion("writing", number) or 0) for number in range(len(tables.TABLES)))
        return Summary(
            rows=total,
            short=count("SELECT count(*) FROM rows WHERE size < ?", self.measure.fewest),
            equal=gone - near,
            near=near,
            kept=total - gone,
            clusters=count("SELECT count(DISTINCT keeper) FROM fates"),
            pairs=count("SELECT count(*) FROM chosen"),
            conflicts=count("SELECT count(*) FROM judged WHERE relation = 'conflict'"),
            notes=(*self.base.notes, *tables.told(replaced)),
            stages=tuple(self.base.stages()),
        )


def proposals(band: int, bands: int) -> str:
    """Return SQL for the pairs of one band: what `steps.candidates` says, in the words of a database. Pairs may stand in it again."""
    leaders = ", ".join(f"nth_value(number, {step}) OVER by_rank" for step in range(1, steps.LEADERS + 1))
    neighbours = ", ".join(f"lag(number, {step}) OVER by_next" for step in range(1, steps.NEIGHBOURS + 1))
    return (
        f"WITH shared AS (SELECT b{band} AS value FROM originals GROUP BY b{band} HAVING count(*) > 1), "
        f"members AS (SELECT o.number, o.b{band} AS value, o.b{(band + 1) % bands} AS following FROM originals o JOIN shared s ON s.value = o.b{band}), "
        f"met AS (SELECT number, unnest([{leaders}, {neighbours}]) AS other FROM members WINDOW "
        "by_rank AS (PARTITION BY value ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), "
        "by_next AS (PARTITION BY value ORDER BY following, number)) "
        "SELECT DISTINCT least(number, other) AS keeper, greatest(number, other) AS copy FROM met WHERE other <> number"
    )


#: What `steps.chosen` says, in the words of a database.
CHOSEN = (
    "SELECT keeper, copy, jaccard FROM near "
    f"QUALIFY row_number() OVER (PARTITION BY copy ORDER BY keeper) <= {steps.FIRST} "
    f"OR row_number() OVER (PARTITION BY copy ORDER BY jaccard DESC, keeper) <= {steps.ALIKE}"
)


def _cut(batch: Any, size: int) -> Iterator[Any]:
    """Cut a record batch where it has more rows."""
    for begin in range(0, batch.num_rows, size):
        yield batch.slice(begin, size)


def _by_copy(batches: Iterable[Any], size: int = 50_000) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Put sorted pairs together to portions, each with all pairs of its copies."""
    import numpy as np

    held: list[list[Numbers]] = [[], [], []]
    length = 0
    for batch in batches:
        for column, name in zip(held, ("copy", "keeper", "jaccard")):
            column.append(np.asarray(batch.column(name)))
        length += batch.num_rows
        if length >= size:
            columns = [np.concatenate(column) for column in held]
            end = int(np.searchsorted(columns[0], columns[0][-1]))  # the last copy may have more to come
            if end:
                yield columns[0][:end], columns[1][:end], columns[2][:end]
            held = [[column[end:]] for column in columns]
            length -= end
    if length:
        copy, keeper, jaccard = (np.concatenate(column) for column in held)
        yield copy, keeper, jaccard
