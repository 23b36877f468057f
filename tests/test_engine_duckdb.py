"""The bulk engine: the same tables as in memory, on disk; killed, interrupted, starved and misled, it goes on or says in a line what to do."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.corpus import steps, tables
from cleaner.corpus.model import Measure, Order, Pair, Row
from cleaner.corpus.rows import Reader
from cleaner.engines import engine, memory
from cleaner.errors import CleanerError, InputError, MissingExtra, OptionsError
from collections_samples import BASE, ODD, SMALL, collection, read, rows, write

duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: nothing here can be tested; pip install 'cleaner[duckdb]'")
pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: nothing here can be tested; pip install 'cleaner[duckdb]'")
bulk = pytest.importorskip("cleaner.engines.duckdb")

KILLS = int(os.environ.get("CLEANER_KILLS", "2"))
posix = pytest.mark.skipif(os.name != "posix", reason="processes are killed otherwise here")


def run(folder: Path, batches: list[list[Row]], measure: Measure = Measure(), **more: object):
    """Carry out the plan over rows that are already there."""
    order = Order(("made",), measure, str(folder), **{"jobs": 1, **more})  # type: ignore[arg-type]
    return bulk.run(order, lambda names: iter(batches))


def both(folder: Path, made: list[Row], measure: Measure = Measure(), **more: object):
    """Carry it out on both engines; return what each says and leaves."""
    order = Order(("made",), measure, str(folder / "memory"), jobs=1)
    one = memory.run(order, lambda names: iter([made])), read(folder / "memory")
    return one, (run(folder / "duckdb", [made], measure, **more), read(folder / "duckdb"))


def same(one, other) -> None:
    assert one[1] == other[1]
    assert one[0]._replace(stages=(), notes=()) == other[0]._replace(stages=(), notes=())


# --- the same as in memory --------------------------------------------------------------------------------------------


@given(SMALL, st.randoms(use_true_random=False), st.sampled_from([Measure(), Measure(keep="first", fewest=1), Measure(threshold=0.6, fewest=4)]), st.sampled_from([1, 2]))
@settings(max_examples=12, deadline=None)
def test_the_tables_are_those_of_memory(tmp_path_factory, texts, drawn, measure, jobs):
    """Whatever the texts and their order, and with one process or two: the same rows in each table, and the same numbers."""
    made = rows(texts)
    shuffled = made[:]
    drawn.shuffle(shuffled)
    folder = tmp_path_factory.mktemp("both")
    one = memory.run(Order(("made",), measure, str(folder / "a"), jobs=1), lambda names: iter([made]))
    cuts = [shuffled[at : at + 5] for at in range(0, len(shuffled), 5)]
    other = run(folder / "b", cuts, measure, jobs=jobs)
    same((one, read(folder / "a")), (other, read(folder / "b")))


@pytest.mark.parametrize("measure", [Measure(), Measure(keep="first", threshold=0.6, fewest=3)])
def test_two_thousand_rows_are_those_of_memory(tmp_path, measure):
    """With clusters of every kind, in both kinds of tables; each table in the same order, too."""
    made = rows(collection(2000, 5))
    same(*both(tmp_path, made, measure))
    for table in tables.TABLES:
        assert (tmp_path / "memory" / f"{table}.jsonl").read_bytes() == (tmp_path / "duckdb" / f"{table}.jsonl").read_bytes()
    run(tmp_path / "parquet", [made], measure, tables="parquet")
    assert read(tmp_path / "parquet", "parquet") == read(tmp_path / "memory")


def test_odd_texts_are_kept_to_the_letter(tmp_path):
    """Empty, NUL, half surrogate pairs, composed and decomposed, equal ids, names that are no UTF-8: as in memory, and as they were."""
    texts = [*ODD, *ODD[3:9]]
    made = [*rows(texts), *rows(ODD[:4]), Row("b\udc80.jsonl", "a\x00\ud800", 0, BASE), Row("", "", 0, BASE), Row("9", "10", 0, ""), Row("9", "9", 0, "")]
    one, other = both(tmp_path, made, Measure(fewest=2))
    same(one, other)
    held = [(row[0], row[1], row[2]) for row in other[1]["cleaned"]] + [(row[1], row[2], row[7]) for row in other[1]["clusters"] if not row[4]]
    assert sorted(held) == sorted((row.source, row.id, row.text) for row in made)
    assert "half a surrogate" in run(tmp_path / "parquet", [made], tables="parquet").notes[0]


def test_paragraphs_are_compared_each_for_itself(tmp_path):
    """What is left of a row's paragraphs is one row again, in the order in which it was read; as in memory."""
    drawn = random.Random(4)
    texts = ["\n\n".join(drawn.choice([BASE, BASE.upper(), *collection(30, 2)]) for _ in range(drawn.randrange(6))) + drawn.choice(["", "\r\n\r\n"]) for _ in range(80)]
    path = write(tmp_path / "a.jsonl", texts)
    measure = Measure(unit="paragraph")
    made = [row for batch in Reader(unit="paragraph")([str(path)]) for row in batch]
    assert {row.part for row in made} > {1, 2}
    one, other = both(tmp_path, made, measure)
    same(one, other)
    assert (tmp_path / "memory" / "cleaned.jsonl").read_bytes() == (tmp_path / "duckdb" / "cleaned.jsonl").read_bytes()


def test_each_kind_of_source_gives_the_same(tmp_path):
    """JSONL, CSV, Parquet, a folder of tables and a folder of articles."""
    from pyarrow import parquet

    texts = collection(300, 3)
    (tmp_path / "tables").mkdir()
    (tmp_path / "docs").mkdir()
    write(tmp_path / "a.jsonl", texts)
    write(tmp_path / "tables" / "b.jsonl", texts[::2])
    parquet.write_table(pa.table({"id": [*map(str, range(300))], "text": texts}), tmp_path / "c.parquet")
    (tmp_path / "d.csv").write_text("id,text\n" + "".join(f"{at},{text}\n" for at, text in enumerate(texts)), encoding="utf-8")
    for at in range(5):
        (tmp_path / "docs" / f"{at}.md").write_text(f"# Title {at}\n\n{BASE} and {at} more\n", encoding="utf-8")
    names = tuple(str(tmp_path / name) for name in ("a.jsonl", "tables", "c.parquet", "d.csv", "docs"))
    one = memory.run(Order(names, Measure(), str(tmp_path / "one"), jobs=1), Reader()), read(tmp_path / "one")
    other = engine("duckdb")(Order(names, Measure(), str(tmp_path / "other"), jobs=2), Reader()), read(tmp_path / "other")
    same(one, other)
    assert one[0].rows == 300 + 150 + 300 + 300 + 5


def test_nothing_is_left_but_the_tables(tmp_path):
    """The work folder goes when the run is over; one that the user named stays, with what was in it that is not ours."""
    run(tmp_path / "a", [rows(["one"])])
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["cleaned.jsonl", "clusters.jsonl", "pairs.jsonl"]
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "mine.txt").write_text("kept", encoding="ascii")
    run(tmp_path / "a", [rows(["one"])], work=str(tmp_path / "named"))
    assert [path.name for path in (tmp_path / "named").iterdir()] == ["mine.txt"]


def test_stages_and_progress_are_told(tmp_path):
    """Each stage with its seconds; long ones say how far they are, and end where they said they would."""
    told: list[tuple[str, int, int]] = []
    path = write(tmp_path / "a.jsonl", collection(400, 1))
    order = Order((str(path),), Measure(), str(tmp_path / "out"), jobs=1, progress=lambda *each: told.append(each))
    summary = bulk.run(order, Reader(progress=order.progress))
    assert [stage for stage, _ in summary.stages] == ["reading", "ranking", "folding", "proposing", "gathering", "verifying", "judging", "joining", "writing"]
    assert all(seconds >= 0 for _, seconds in summary.stages)
    last = {stage: (done, total) for stage, done, total in told}
    assert {"reading", "proposing", "verifying", "judging", "writing cleaned"} <= set(last)
    assert all(done == total for stage, (done, total) in last.items())


# --- the plan in the words of a database ------------------------------------------------------------------------------


@given(st.integers(1, 4), st.lists(st.tuples(*[st.integers(-3, 3)] * 4), max_size=60))
@settings(max_examples=60, deadline=None)
def test_proposals_are_the_candidates(bands, drawn):
    """The SQL of all bands together proposes what `steps.candidates` does."""
    banded = np.array(drawn, np.int64).reshape(-1, 4)[:, :bands]
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE originals (number BIGINT, {', '.join(f'b{band} BIGINT' for band in range(bands))})")
        for number, row in enumerate(banded.tolist()):
            base.execute(f"INSERT INTO originals VALUES (?, {', '.join('?' * bands)})", [number, *row])
        found = {pair for band in range(bands) for pair in base.execute(bulk.proposals(band, bands)).fetchall()}
    assert sorted(found) == [*map(tuple, steps.candidates(banded).tolist())]


def test_a_hot_bucket_costs_what_its_members_cost():
    """A hundred thousand originals in one bucket make eight pairs each, the same as `steps.candidates`; the work is linear."""
    banded = np.zeros((100_000, 2), np.int64)
    banded[:, 1] = np.random.default_rng(3).integers(-(2**62), 2**62, 100_000)
    with duckdb.connect(config={"threads": "2", "memory_limit": "200MB"}) as base:
        base.register("made", pa.table({"number": np.arange(100_000), "b0": banded[:, 0], "b1": np.ascontiguousarray(banded[:, 1])}))
        base.execute("CREATE TABLE originals AS SELECT * FROM made")
        found = base.execute(f"SELECT keeper, copy FROM ({bulk.proposals(0, 2)}) ORDER BY keeper, copy").fetchnumpy()
    expected = steps.candidates(banded)
    assert len(expected) <= (steps.LEADERS + steps.NEIGHBOURS) * 100_000
    assert np.array_equal(np.stack((found["keeper"], found["copy"]), axis=1), expected)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 14), st.sampled_from([0.8, 0.85, 0.9, 1.0])), max_size=40, unique_by=lambda pair: pair[:2]))
@settings(max_examples=60, deadline=None)
def test_the_same_pairs_are_chosen(pairs):
    """The SQL that chooses which pairs are judged chooses what `steps.chosen` does, for each copy."""
    with duckdb.connect() as base:
        base.execute("CREATE TABLE near (keeper BIGINT, copy BIGINT, jaccard DOUBLE)")
        for pair in pairs:
            base.execute("INSERT INTO near VALUES (?, ?, ?)", list(pair))
        found = base.execute(f"{bulk.CHOSEN} ORDER BY copy, keeper").fetchall()
    expected = [(keeper, copy, jaccard) for copy in range(10, 15) for keeper, jaccard in steps.chosen([(k, j) for k, c, j in pairs if c == copy])]
    assert found == expected


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(80, 100)), max_size=80), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_stars_by_portions_are_the_stars(drawn, size, batch):
    """Stars chosen portion by portion are those of all pairs at once, however the pairs are cut."""
    held = {(min(a, b), max(a, b)): score / 100 for a, b, score in drawn if a != b}
    pairs = sorted((copy, keeper, jaccard) for (keeper, copy), jaccard in held.items())
    batches = [
        pa.record_batch(dict(zip(("copy", "keeper", "jaccard"), map(pa.array, zip(*pairs[at : at + batch]))))) for at in range(0, len(pairs), batch)
    ]
    gone: set[int] = set()
    joined = {}
    for copies, keepers, scores in bulk._by_copy(batches, size):
        found = steps.stars([Pair(k, c, "near", j) for c, k, j in zip(copies.tolist(), keepers.tolist(), scores.tolist()) if k not in gone])
        assert not set(found) & gone
        gone |= set(found)
        joined.update(found)
    assert joined == steps.stars([Pair(keeper, copy, "near", jaccard) for copy, keeper, jaccard in pairs])


def test_a_hundred_thousand_equal_rows_cost_one(tmp_path):
    """They are folded before anything is compared: one stays, no pair of different texts is looked at."""
    made = rows([BASE if at % 2 else BASE.upper() for at in range(100_000)])
    summary = run(tmp_path, [made[at : at + 5000] for at in range(0, len(made), 5000)], jobs=2)
    assert (summary.rows, summary.equal, summary.kept, summary.clusters, summary.pairs) == (100_000, 99_999, 1, 1, 0)
    with open(tmp_path / "cleaned.jsonl", encoding="utf-8") as file:
        assert [json.loads(line)["id"] for line in file] == ["0"]
    with open(tmp_path / "pairs.jsonl", encoding="utf-8") as file:
        relations = [json.loads(line)["relation"] for line in file]
    assert relations.count("exact") == 49_999 and relations.count("normalised") == 50_000


def test_near_rows_of_one_template_are_asked_about_few_times_each(tmp_path):
    """Two thousand rows that are all alike make a few judged pairs each."""
    made = rows([f"{BASE} and {word} the {other} is near the boats" for word in ("sees", "hears") for other in map(str, range(1000))])
    one, other = both(tmp_path, made, jobs=2)
    same(one, other)
    assert other[0].pairs <= (steps.FIRST + steps.ALIKE) * len(made)


# --- killed, and gone on with -----------------------------------------------------------------------------------------

_CHILD = """
import sys
from cleaner.corpus.model import Measure, Order
from cleaner.corpus.rows import Reader
from cleaner.engines import duckdb as bulk

bulk._TOGETHER, bulk._COMMITTED, bulk._VERIFIED, bulk._JUDGED, bulk._WRITTEN = 200, 400, 300, 40, 500
name, into, jobs, memory = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
reader = Reader()
try:
    print(bulk.run(Order((name,), Measure(), into, jobs=jobs, memory=memory), reader))
except KeyboardInterrupt:
    sys.exit(130)
print(reader.notes)
"""


def child(path: Path, into: Path, jobs: int = 2, memory: int = 0, **more: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", _CHILD, str(path), str(into), str(jobs), str(memory)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", **more)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A collection with a line that is left out, what a run leaves of it, what it says, and how long it takes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path = write(folder / "a.jsonl", collection(3000, 12))
    with open(path, "a", encoding="ascii") as file:
        file.write("[no object]\n")
    begin = time.monotonic()
    said, error = child(path, folder / "out").communicate()
    assert said, error
    return path, read(folder / "out"), said, time.monotonic() - begin


@posix
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_at_any_moment_and_gone_on_with(tmp_path, undisturbed, how):
    """Killed or interrupted again and again, at random moments: the run that ends leaves the tables of an undisturbed one, and does not begin at the beginning."""
    path, expected, _, seconds = undisturbed
    drawn = random.Random(how)
    went_on = killed = 0
    for attempt in range(max(1, KILLS // 2)):
        into = tmp_path / f"out{attempt}"
        for patience in (*(drawn.uniform(0.1, 0.8) * seconds for _ in range(3)), None):
            process = child(path, into)
            try:
                found, error = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                process.send_signal(how)
                _, error = process.communicate(timeout=300)
                killed += 1
                assert process.returncode in ((-how,) if how == signal.SIGKILL else (0, 130, -how, 1)), error  # 1, or by the signal: before the first line was reached
                for table in tables.TABLES:  # whole or not there
                    if (into / f"{table}.jsonl").exists():
                        assert read_one(into, table) == expected[table]
            else:
                break
        assert found, error
        went_on += "gone on with an unfinished run; done before: reading" in found
        assert read(into) == expected
        assert not (into / bulk.WORK).exists()
        assert "no object, left out" in found or "no JSON, left out" in found
    if "CLEANER_KILLS" in os.environ:  # a few kills may all come too early or too late; that a run goes on is held below, and by the others
        assert killed >= KILLS // 2 and went_on


def read_one(into: Path, table: str):
    return sorted((tuple(row.values()) for row in tables.read(tables.name(str(into), table, "jsonl"))), key=repr)


@posix
def test_a_killed_helper_changes_nothing(tmp_path, monkeypatch):
    """What a helper was at when it was killed is done here, and the run goes on."""
    made = rows(collection(1500, 9))
    one = memory.run(Order(("made",), Measure(), str(tmp_path / "a"), jobs=1), lambda names: iter([made])), read(tmp_path / "a")
    here = os.getpid()
    survey = steps.survey

    def deadly(some, measure):
        if os.getpid() != here and some[0].id == "500":
            os.kill(os.getpid(), signal.SIGKILL)
        return survey(some, measure)

    monkeypatch.setattr(steps, "survey", deadly)
    other = run(tmp_path / "b", [made[at : at + 100] for at in range(0, 1500, 100)], jobs=2), read(tmp_path / "b")
    same(one, other)


def broken_off(folder: Path, names: tuple[str, ...], stage: str, reader=None, **more: object) -> None:
    """Run until a stage begins, and leave it there."""

    def stop(told: str, done: int, total: int) -> None:
        if told == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.run(Order(names, Measure(), str(folder), jobs=1, progress=stop, **more), reader or Reader())  # type: ignore[arg-type]


def test_what_the_reader_said_is_said_again(tmp_path):
    """A run that goes on behind reading has the problems and notes of the run that read."""
    path = write(tmp_path / "a.jsonl", collection(50, 1))
    with open(path, "a", encoding="ascii") as file:
        file.write("{\n")
    names = (str(path), str(tmp_path / "gone.jsonl"))
    broken_off(tmp_path / "out", names, "judging")
    reader = Reader()
    summary = bulk.run(Order(names, Measure(), str(tmp_path / "out"), jobs=1), reader)
    assert [problem.path for problem in reader.problems] == [names[1]] and "line 51" in reader.notes[0]
    assert "done before: reading, ranking, folding, proposing, gathering, verifying" in summary.notes[0]


def test_another_collection_begins_anew(tmp_path):
    """A file that changed, another measure: what was left of the run before is not used, and that is said."""
    path = write(tmp_path / "a.jsonl", collection(50, 1))
    names = (str(path),)
    broken_off(tmp_path / "out", names, "judging")
    write(path, collection(60, 2))
    summary = bulk.run(Order(names, Measure(), str(tmp_path / "out"), jobs=1), Reader())
    assert summary.rows == 60 and summary.notes == (f"{tmp_path / 'out' / bulk.WORK}: what an unfinished run left there was of other files or settings; begun anew",)
    broken_off(tmp_path / "out", names, "judging")
    assert bulk.run(Order(names, Measure(threshold=0.9), str(tmp_path / "out"), jobs=1), Reader()).notes[0].endswith("begun anew")


def test_a_mark_holds_all_that_the_tables_depend_on(tmp_path):
    """Names, sizes and times of files, in folders too, the measure, the kind of tables; not the memory, and not how many processes."""
    (tmp_path / "docs").mkdir()
    path = write(tmp_path / "docs" / "a.md", ["one"])
    order = Order((str(tmp_path / "docs"),), Measure(), "out")
    marks = {bulk.fingerprint(each, None) for each in (order, order._replace(jobs=3), order._replace(memory=10**9), order._replace(into="else"))}
    assert len(marks) == 1
    os.utime(path, ns=(5, 5))
    others = [order, order._replace(measure=Measure(fewest=3)), order._replace(tables="parquet"), order._replace(names=("x",))]
    assert len(marks | {bulk.fingerprint(each, None) for each in others}) == 5
    into = tmp_path / "docs" / "out"
    inside = order._replace(into=str(into))
    before = bulk.fingerprint(inside, None)
    (into / bulk.WORK).mkdir(parents=True)
    for written in (f"{bulk.WORK}/x", "cleaned.jsonl", "pairs.jsonl.part"):
        (into / written).write_text("", encoding="ascii")
    assert bulk.fingerprint(inside, None) == before


def test_what_may_read_otherwise_is_read_anew(tmp_path):
    """Reading goes on row by row only where all that is named are tables: a folder, or an address, is read again from its beginning."""
    assert bulk._repeatable([str(write(tmp_path / "a.jsonl", ["one"]))])
    assert not bulk._repeatable([str(tmp_path / "a.jsonl"), "https://example.org/a.jsonl"])
    (tmp_path / "docs").mkdir()
    assert not bulk._repeatable([str(tmp_path / "docs")]) and bulk._repeatable([str(tmp_path)])


# --- in little room ---------------------------------------------------------------------------------------------------


@posix
def test_a_small_memory_makes_it_spill(tmp_path):
    """With less memory than the rows take the database writes them aside, and the tables are the same."""
    texts = collection(12_000, 21)
    texts = [f"{text} {at} {' '.join(reversed(text.split()))}" * 3 for at, text in enumerate(texts)]
    path = write(tmp_path / "a.jsonl", texts)
    assert path.stat().st_size > 12_000_000
    process = child(path, tmp_path / "small", memory=24_000_000)
    spill, most = tmp_path / "small" / bulk.WORK / bulk._SPILL, 0
    while process.poll() is None:
        if spill.is_dir():
            for part in spill.iterdir():
                try:
                    most = max(most, part.stat().st_size)
                except OSError:
                    pass  # gone meanwhile
        time.sleep(0.005)
    assert process.returncode == 0, process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    memory.run(Order((str(path),), Measure(), str(tmp_path / "memory"), jobs=2), Reader())
    assert read(tmp_path / "small") == read(tmp_path / "memory")
    assert most > 0


def test_too_little_memory_is_said(tmp_path):
    """The line names the flag and a larger size, and the run can be gone on with."""
    made = rows(collection(3000, 1))
    with pytest.raises(OptionsError, match=r"^--memory 1MB is too little for this collection; give it more, as in --memory 2GB; the run goes on where it was$"):
        run(tmp_path, [made], memory=1_000_000)
    assert run(tmp_path, [made]).rows == 3000


@posix
def test_a_full_disk_is_said(tmp_path):
    """No file may grow beyond 3 MB here: one line says that there is no room, and what to do; given room, the run goes on."""
    import resource

    path = write(tmp_path / "a.jsonl", [f"{text} {at}" * 4 for at, text in enumerate(collection(6000, 2))])

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    said, error = child(path, tmp_path / "out", preexec_fn=little).communicate()
    last = error.strip().splitlines()[-1]
    assert last.startswith("cleaner.errors.InputError: ") and "free some" in last, error
    assert child(path, tmp_path / "out").communicate()[0]


def test_a_disk_with_less_room_than_the_input_is_said_at_once(tmp_path, monkeypatch):
    """Before anything is read."""
    import shutil

    path = write(tmp_path / "a.jsonl", collection(100, 2))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 10, 100))
    with pytest.raises(InputError, match=r"100B are free and the input alone has .*kB; free some, or name a folder elsewhere with --work"):
        bulk.run(Order((str(path),), Measure(), str(tmp_path / "out"), jobs=1), Reader())


# --- what stands in the way -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["duckdb", "pyarrow"])
def test_what_is_not_installed_is_named(tmp_path, monkeypatch, name):
    """And the command that installs it."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=rf"^the engine duckdb needs {name}: pip install 'cleaner\[duckdb\]'$"):
        run(tmp_path, [])
    assert not any(tmp_path.iterdir())


def refused(folder: Path, **more: object) -> str:
    with pytest.raises(CleanerError) as caught:
        run(folder, [rows(["one"])], **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """A file in the place of the work folder; a folder where nothing may be made."""
    (tmp_path / "file").write_text("", encoding="ascii")
    assert "cannot be written to" in refused(tmp_path, work=str(tmp_path / "file")) and (tmp_path / "file").exists()
    if Path("/proc/self").is_dir():
        assert refused(tmp_path, work="/proc/cleaner").startswith("/proc/cleaner: cannot be written to (")


@posix
def test_another_run_in_the_same_folder_is_told(tmp_path):
    """One process works in a folder; the other is told so, and disturbs nothing."""
    path = tmp_path / "work" / bulk._BASE
    path.parent.mkdir()
    hold = f"import duckdb, sys; held = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        assert "another run is at work there; wait for it, or name another folder with --work" in refused(tmp_path, work=str(path.parent))
    finally:
        other.communicate("")
    assert path.exists()


def test_a_folder_of_a_newer_version_is_left_alone(tmp_path):
    """Neither read nor removed."""
    broken_off(tmp_path, (str(write(tmp_path / "a.jsonl", ["one"])),), "ranking")
    marker = tmp_path / bulk.WORK / bulk._MARKER
    marker.write_text(json.dumps({"format": bulk.FORMAT + 1}), encoding="ascii")
    assert "left by a newer version of cleaner; update cleaner, or remove the folder" in refused(tmp_path)
    marker.write_text("{", encoding="ascii")
    assert "is damaged; remove" in refused(tmp_path)


@pytest.mark.parametrize("left", [0.0, 0.1, 0.5, 0.97])
def test_a_damaged_database_is_said(tmp_path, left):
    """Cut anywhere: one line says which folder to remove, and then the run begins anew."""
    import shutil

    names = (str(write(tmp_path / "a.jsonl", collection(300, 1))),)
    broken_off(tmp_path, names, "judging")
    path = tmp_path / bulk.WORK / bulk._BASE
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.unlink()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * left)] or b"nothing")
    order = Order(names, Measure(), str(tmp_path), jobs=1)
    with pytest.raises(InputError, match=r"remove the folder and run again$"):
        bulk.run(order, Reader())
    shutil.rmtree(tmp_path / bulk.WORK)
    assert bulk.run(order, Reader()).rows == 300


def test_a_database_of_somebody_else_is_left_alone(tmp_path):
    """A work folder with a database that no run left is refused, and the database stays."""
    path = tmp_path / "work" / bulk._BASE
    path.parent.mkdir()
    with duckdb.connect(str(path)) as base:
        base.execute("CREATE TABLE mine AS SELECT 42 AS n")
    assert "is a database that no run of cleaner left" in refused(tmp_path, work=str(path.parent))
    with duckdb.connect(str(path)) as base:
        assert base.execute("SELECT n FROM mine").fetchall() == [(42,)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (duckdb.IOException('IO Error: Could not write file "x": No space left on device'), "the disk is full"),
        (duckdb.OutOfMemoryException("failed to offload data block of size 256.0 KiB. This limit was set by the 'max_temp_directory_size' setting."), "the disk is full"),
        (duckdb.IOException("IO Error: Cannot open file: Permission denied"), "permission denied"),
        (duckdb.IOException("Trying to read a database file with version number 99, but we can only read version 64"), "newer version of duckdb"),
        (duckdb.TransactionException("Failed to commit: could not allocate block of size 256.0 KiB"), "--memory 1GB is too little"),
        (duckdb.IOException("IO Error: Cannot open file: The process cannot access the file because it is being used by another process"), "another run is at work"),
    ],
)
def test_what_a_database_says_becomes_a_line(error, said):
    """Of an error that happens far away, the line says what to change."""
    letter = str(bulk._letter(error, Order((), Measure(), "out"), "out/work"))
    assert said in letter and "\n" not in letter


def test_a_folder_is_read_article_by_article(tmp_path, monkeypatch):
    """A folder larger than memory has room: of its articles one at a time is held."""
    from cleaner import source

    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(f"# Title\n\n{BASE} {name}\n", encoding="utf-8")
    opened: list[str] = []
    real = source.read
    monkeypatch.setattr(source, "read", lambda path, options: opened.append(path) or real(path, options))
    found = Reader()._rows([str(tmp_path)])
    assert (next(found).id, len(opened)) == ("a.md", 1)
    assert [row.id for row in found] == ["b.md", "c.md"]
