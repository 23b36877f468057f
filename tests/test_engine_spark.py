"""The engine for a cluster, on a real one: a master and two workers. The same tables as in memory, whoever is killed and however a bucket is cut."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus import steps
from cleaner.corpus.model import Measure, Order, Row, Summary
from cleaner.corpus.rows import Reader
from cleaner.engines import engine, memory
from cleaner.errors import CleanerError, InputError, MissingExtra, OptionsError
from collections_samples import BASE, ODD, WORDS, collection, read, rows, write
from standalone import Cluster, missing

if missing():
    pytest.skip(f"nothing of the engine spark can be tested: {missing()}", allow_module_level=True)

import pyarrow as pa
from pyarrow import parquet

from cleaner.engines import arrow, cluster, spark

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are started and killed otherwise here")
MANY = int(os.environ.get("CLEANER_SPARK_ROWS", "100000"))


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers, and a session of theirs."""
    from pyspark.sql import SparkSession

    started = Cluster(tmp_path_factory.mktemp("cluster"), options="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # quick to start, not to run long
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(started.conf))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = SparkSession.builder.master(started.master).appName("tests").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        try:
            yield started
        finally:
            session.stop()
            started.stop()


def plain(summary: Summary) -> Summary:
    return summary._replace(stages=(), notes=())


def in_memory(names: tuple[str, ...], folder: Path, measure: Measure, kind: str = "jsonl") -> tuple[Summary, Reader, Any]:
    reader = Reader(unit=measure.unit)
    summary = memory.run(Order(names, measure, str(folder), kind, jobs=1), reader)
    return summary, reader, read(folder, kind)


def on_cluster(names: tuple[str, ...], folder: Path, measure: Measure, kind: str = "jsonl", **more: Any) -> tuple[Summary, Reader, Any]:
    reader = Reader(unit=measure.unit)
    summary = spark.run(Order(names, measure, str(folder), kind, **more), reader)
    return summary, reader, read(folder, kind)


def same(one: tuple[Summary, Reader, Any], other: tuple[Summary, Reader, Any]) -> None:
    for table in one[2]:
        assert one[2][table] == other[2][table], table
    assert plain(one[0]) == plain(other[0])
    assert sorted((*one[0].notes, *one[1].notes)) == sorted((*other[0].notes, *other[1].notes))
    assert sorted(one[1].problems) == sorted(other[1].problems)


def given_rows(folder: Path, made: list[Row], measure: Measure, **more: Any) -> None:
    """Both engines leave the same of rows that are already there."""
    order = Order(("made",), measure, str(folder / "memory"), jobs=1)
    one = memory.run(order, lambda names: iter([made] if made else []))
    other = spark.run(order._replace(into=str(folder / "spark"), **more), lambda names: iter([made] if made else []))
    assert read(folder / "memory") == read(folder / "spark")
    assert plain(one) == plain(other)


# --- the same as in memory --------------------------------------------------------------------------------------------


def test_a_hundred_thousand_rows_on_a_cluster(tmp_path, workers):
    """JSONL, Parquet and CSV with NUL, halves of pairs, NFC and NFD, empty and NULL texts: the same rows in each table as in memory."""
    texts = [text if number % 8 == 0 else " ".join(text.split()[:12]) for number, text in enumerate(collection(MANY - 2 * len(ODD), 7))]
    half = len(texts) // 2
    lines = [{"id": f"n{number}", "text": text} if number % 3 else {"text": text} for number, text in enumerate([*texts[:half], *ODD, None])]
    with open(tmp_path / "a [1] é.jsonl", "wb") as file:
        file.write(b"\xef\xbb\xbf" + "".join(json.dumps(line) + "\n" for line in lines).encode("ascii") + b"no JSON\n\n[]\n" + b'{"text": "\xff"}\r\n' * 9)
    assert (tmp_path / "a [1] é.jsonl").stat().st_size > 4 << 20 or MANY < 50_000, "it is to be cut, and its lines to be counted"
    (tmp_path / "parts").mkdir()
    sound = [text for text in ODD if not any("\ud800" <= letter <= "\udfff" for letter in text)]
    told = [*texts[half : half + half // 2], *sound, None]
    for number in range(2):
        some = told[number::2]
        parquet.write_table(pa.table({"body": some, "key": pa.array(range(len(some)))}), tmp_path / "parts" / f"{number}.parquet")
    rest = texts[half + half // 2 :][:1000]
    (tmp_path / "c.csv").write_text("id,text\n" + "".join(f'{number},"{text}"\n' for number, text in enumerate(rest)), encoding="utf-8")
    names = (str(tmp_path / "a [1] é.jsonl"), str(tmp_path / "parts"), str(tmp_path / "c.csv"), str(tmp_path / "absent.jsonl"))
    one = in_memory(names, tmp_path / "memory", Measure())
    other = on_cluster(names, tmp_path / "spark", Measure())
    same(one, other)
    assert min(one[0].near, one[0].equal, one[0].conflicts, one[0].short) > 10 and len(one[1].problems) == 1 and len(one[1].notes) > 5
    assert not [each for each in os.listdir(tmp_path / "spark") if "work" in each or "part" in each], "nothing is left beside the tables"


def test_a_killed_worker_changes_nothing(tmp_path, workers):
    """A worker and its executor are killed in mid-work: its tasks, and what it had shuffled, are done again elsewhere."""
    write(tmp_path / "a.jsonl", collection(6_000, 3))
    names = (str(tmp_path / "a.jsonl"),)
    killed: list[str] = []

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "pairs" and not killed:
            killed.append(stage)
            workers.kill(len(workers.workers) - 1)
            workers.add()

    other = on_cluster(names, tmp_path / "spark", Measure(), progress=kill)
    assert killed
    same(in_memory(names, tmp_path / "memory", Measure()), other)


@given(
    st.lists(
        st.one_of(
            st.sampled_from([BASE, BASE.upper(), BASE.replace("noon", "nine"), BASE.replace("old", "2"), BASE + " today", "short one", *ODD[:14]]),
            st.builds(lambda at, word: " ".join(word if place == at else each for place, each in enumerate(BASE.split())), st.integers(0, 22), st.sampled_from(WORDS)),
            st.text(max_size=30),
        ),
        max_size=40,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from([Measure(), Measure(keep="first", fewest=1, threshold=0.6)]),
)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_whatever_the_texts(tmp_path_factory, workers, texts, drawn, measure):
    """Texts that are likely to meet, and any at all, in any order: the same tables as in memory."""
    made = rows(texts) + rows(texts[:3], "other.jsonl") + rows(texts[:2])
    drawn.shuffle(made)
    given_rows(tmp_path_factory.mktemp("some"), made, measure)


def test_paragraphs_are_put_together_again(tmp_path, workers):
    """Compared by paragraphs, what is left of a text is one row again, its pieces in order; two rows of one name stay two. As Parquet, too."""
    drawn = random.Random(5)
    pieces = collection(150, 9)
    texts = ["\n\n".join(drawn.choice(pieces) for _ in range(drawn.randrange(1, 6))) for _ in range(120)] + ["", "\n\n", BASE + "\n\n" + BASE, BASE + " \ud800\n\nend"]
    write(tmp_path / "a.jsonl", [*texts, *texts[:5]])
    names = (str(tmp_path / "a.jsonl"),)
    measure = Measure(unit="paragraph", keep="first")
    same(in_memory(names, tmp_path / "memory", measure, "parquet"), on_cluster(names, tmp_path / "spark", measure, "parquet"))
    assert parquet.read_schema(next((tmp_path / "spark" / "cleaned.parquet").glob("*.parquet"))).names == ["source", "id", "text"]


def test_a_skewed_bucket_and_a_chain(tmp_path, workers, monkeypatch):
    """Where a bucket, a key or a component is more than one task takes, it is cut, and nothing changes: limits are set to what tests can reach."""
    monkeypatch.setattr(spark, "_PER_TASK", {"rows": 300, "entries": 700, "pairs": 2_000, "edges": 100})
    monkeypatch.setattr(spark, "HOT", 100)
    monkeypatch.setattr(spark, "STARS", 0)
    monkeypatch.setattr(spark, "ENTRIES", 8_000)
    template = " ".join(f"{word}{number}" for number, word in enumerate(WORDS * 3))
    bucket = [f"{template} entry {number}" for number in range(500)]  # they share most of their bands
    chain = [" ".join(word.capitalize() + "x" * (place < number) for place, word in enumerate(template.split())) for number in range(40)]
    made = [*bucket, *[BASE] * 200, *[BASE.upper()] * 200, *chain, *collection(200, 11)]
    given_rows(tmp_path, rows(made), Measure(keep="first"))


def test_what_was_done_is_not_done_again(tmp_path, workers, monkeypatch):
    """A run that failed goes on behind its last stage, if the inputs and the measure are what they were; else it begins anew."""
    path = write(tmp_path / "a.jsonl", collection(300, 4))
    order = Order((str(path),), Measure(), str(tmp_path / "out"), work=str(tmp_path / "work"))
    with monkeypatch.context() as patch:
        patch.setattr(spark._Plan, "judged", lambda *rest: (_ for _ in ()).throw(InputError("the power went")))
        with pytest.raises(InputError, match="^the power went$"):
            spark.run(order, Reader())
    assert not (tmp_path / "out" / "cleaned.jsonl").exists()
    summary = spark.run(order, Reader())
    stages = [name for name, _ in summary.stages]
    assert "pairs" in stages and not {"rows", "folded", "heads", "paired-0", "touched"} & {*stages}
    assert read(tmp_path / "out") == in_memory(order.names, tmp_path / "memory", Measure())[2]
    assert not list((tmp_path / "work").iterdir()), "what is done is cleared away"


# --- components -------------------------------------------------------------------------------------------------------


def test_one_long_chain_is_one_component(tmp_path, workers):
    """Five hundred originals of which each is near the next only, numbered at random, and some pairs beside them: told in a few rounds."""
    from pyspark.sql import SparkSession

    names = list(range(1, 501))
    random.Random(2).shuffle(names)
    edges = [(min(pair), max(pair)) for pair in zip(names, names[1:])] + [(1000, 1001), (1001, 1002), (2000, 2001)]
    session = SparkSession.getActiveSession().newSession()
    session.conf.set("spark.sql.shuffle.partitions", "2")
    stages = cluster.Stages(session, cluster.Paths(session), str(tmp_path / "work"), lambda *rest: None)
    found = {row["number"]: row["component"] for row in spark.components(stages, session.createDataFrame(edges, "keeper bigint, copy bigint")).collect()}
    assert found == {**dict.fromkeys(range(2, 501), 1), 1001: 1000, 1002: 1000, 2001: 2000}
    assert len(stages.seconds) // 2 <= 12, "rounds grow with the logarithm"


# --- pieces -----------------------------------------------------------------------------------------------------------


@given(
    st.integers(1, 4).flatmap(lambda bands: st.lists(st.lists(st.integers(0, 3), min_size=bands, max_size=bands), min_size=1, max_size=40)),
    st.lists(st.integers(0, 160), max_size=8),
    st.integers(1, 9),
)
@settings(max_examples=200, deadline=None)
def test_buckets_are_paired_wherever_they_are_cut(values, cuts, many):
    """Whatever tasks and batches the entries of bands are shared among, the pairs are those of `steps.candidates`."""
    banded = np.array(values, np.int64)
    bands = banded.shape[1]
    entries = sorted((band, int(row[band]), int(row[(band + 1) % bands]), number) for number, row in enumerate(banded) for band in range(bands))
    borders = sorted({0, len(entries), *(cut % (len(entries) + 1) for cut in cuts)})
    pairs: set[tuple[int, int]] = set()
    opened: list[tuple[int, int, tuple[int, int]]] = []
    edges: list[tuple[int, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow, "_ENTRIES", 5)
        for task, (begin, end) in enumerate(zip(borders, borders[1:])):
            patch.setattr(arrow, "_task", lambda task=task: task)
            share = entries[begin:end]
            batches = [
                pa.record_batch([pa.array(column, pa.int64()) for column in zip(*share[at : at + many])], names=["band", "value", "following", "number"])
                for at in range(0, len(share), many)
            ]
            for row in (row for batch in arrow.bucketed(iter(batches)) for row in batch.to_pylist()):
                if row["kind"] == arrow.PAIR:
                    pairs.add((row["keeper"], row["copy"]))
                elif row["kind"] == arrow.OPEN:
                    opened.append((row["keeper"], row["copy"], (row["band"], row["value"])))
                else:
                    edges.append((row["task"], row["place"], row["band"], row["value"], row["following"], row["keeper"]))
    over, on = arrow.over_borders(edges)
    pairs |= {*over} | {(keeper, copy) for keeper, copy, bucket in opened if bucket not in on}
    for band, value in on:
        members = sorted(entry[3] for entry in entries if entry[:2] == (band, value))
        half = len(members) // 2  # as two tasks give them on
        told = [row["number"] for some in (members[:half], members[half:]) for row in _firsts(band, value, some)]
        pairs |= {(leader, member) for leader in sorted(told)[: steps.LEADERS] for member in members if member > leader}
    assert sorted(pairs) == [*map(tuple, steps.candidates(banded).tolist())]


def _firsts(band: int, value: int, numbers: list[int]) -> list[dict[str, int]]:
    batch = pa.record_batch([[band] * len(numbers), [value] * len(numbers), numbers], names=["band", "value", "number"])
    return [row for found in arrow.firsts(iter([batch])) for row in found.to_pylist()]


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=20))
@settings(max_examples=300, deadline=None)
def test_a_text_comes_back_from_its_bytes(text):
    """Any text, halves of pairs too, is the same again; and which ones hold such a half is seen by their bytes."""
    held = arrow.data(text)
    assert arrow.said(held) == text
    assert arrow._lossy(held) == any("\ud800" <= letter <= "\udfff" for letter in text)


def test_the_archive_holds_the_package():
    """What is sent to workers is the package as it stands: it can be imported from the archive alone."""
    with zipfile.ZipFile(cluster.archive()) as file:
        names = file.namelist()
    assert "cleaner/engines/arrow.py" in names and "cleaner/report/schema/audit-1.json" in names
    assert not [name for name in names if "__pycache__" in name]
    code = f"import sys; sys.path.insert(0, {cluster.archive()!r}); import cleaner.engines.arrow as it, cleaner.stories.compare; print(it.__file__)"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert ".zip" in done.stdout


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_without_java(monkeypatch, tmp_path):
    """Java that is missing or too old is one line that says what to install."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingExtra, match="^the engine spark needs Java 17 or newer, and JAVA_HOME .* has none: install it .*$"):
        cluster.java()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    (tmp_path / "bin" / "java").chmod(0o755)
    with pytest.raises(MissingExtra, match="is Java 8: install it"):
        cluster.java()
    (tmp_path / "bin" / "java").write_text("#!/bin/sh\necho 'NOTE: Picked up JDK_JAVA_OPTIONS: -XX:Odd\nUnrecognized VM option: Odd' >&2\nexit 1\n")
    with pytest.raises(MissingExtra, match=r"bin/java does not start \(it says: Unrecognized VM option: Odd\): mend that, or point JAVA_HOME at another$"):
        cluster.java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match="there is none on PATH"):
        cluster.java()


def test_a_master_that_is_not_there(tmp_path):
    """A wrong master is told at once and in one line, by the command too, with exit status 2."""
    path = write(tmp_path / "a.jsonl", ["one"])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK", "PYSPARK", "CLEANER"))}
    for master, said in (("spark://127.0.0.1:1", "no master of Spark answers at 127.0.0.1:1"), ("nonsense", "SPARK_MASTER: must be yarn or start with")):
        done = subprocess.run(
            [sys.executable, "-m", "cleaner", "audit", "--engine", "spark", "--by", "text", str(path)], env={**kept, "SPARK_MASTER": master}, capture_output=True, text=True
        )
        assert done.returncode == 2 and said in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def test_inputs_that_cannot_be_read(tmp_path, workers):
    """A path that is not there, a damaged file and a table without texts are named as in memory, and the rest goes on."""
    write(tmp_path / "a.jsonl", [BASE, BASE, "other"])
    (tmp_path / "none.jsonl").write_text('{"figure": 1}\n' * 3)
    (tmp_path / "words.jsonl").write_text("words\n")
    (tmp_path / "b.parquet").write_bytes(b"no Parquet at all")
    parquet.write_table(pa.table({"figure": [1, 2]}), tmp_path / "c.parquet")
    names = tuple(str(tmp_path / name) for name in ("a.jsonl", "none.jsonl", "words.jsonl", "b.parquet", "c.parquet", "absent.jsonl", "absent.parquet"))
    one = in_memory(names, tmp_path / "memory", Measure())
    other = on_cluster(names, tmp_path / "spark", Measure())
    assert one[2] == other[2] and plain(one[0]) == plain(other[0])
    assert [problem.path for problem in sorted(one[1].problems)] == [problem.path for problem in sorted(other[1].problems)]
    for problem, own in zip(sorted(other[1].problems), sorted(one[1].problems)):
        assert "\n" not in problem.message and (problem.message == own.message or "b.parquet" in problem.path), problem
    with pytest.raises(InputError, match="connector|scheme"):
        spark.run(Order(("nowhere://host/a.jsonl",), Measure(), str(tmp_path / "more")), lambda names: iter(()))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError) as error:
        spark.run(Order((str(tmp_path / "a.jsonl"),), Measure(), str(tmp_path / "file" / "below")), Reader())
    assert "\n" not in str(error.value) and " at org." not in str(error.value)


@pytest.mark.parametrize(
    ("told", "kind", "said"),
    [
        ("java.io.IOException: No space left on device", InputError, "the disk is full"),
        ("org.apache.hadoop.security.AccessControlException: Permission denied: user=a", InputError, "no permission"),
        ("[PATH_NOT_FOUND] Path does not exist: s3://a/b. SQLSTATE: 42K03", InputError, "s3://a/b: is not there"),
        ("org.apache.spark.SparkException: Could not parse Master URL: 'x'", OptionsError, "master x"),
        ("ModuleNotFoundError: No module named 'numpy'", MissingExtra, "the workers' Python has no numpy"),
        ("java.lang.OutOfMemoryError: Java heap space\n\tat java.base", InputError, "spark.executor.memory"),
        ('org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme "s3"', InputError, "s3: Spark has no connector"),
        ("java.lang.UnsupportedClassVersionError: x", MissingExtra, "Java 17"),
        ("anything\n\tat org.apache.spark\nCaused by: java.lang.Exception: the cause", InputError, "Spark failed: java.lang.Exception: the cause"),
    ],
)
def test_what_spark_says_becomes_one_line(told, kind, said):
    """Each of Spark's errors that a user can meet is one line that says what to do."""
    from pyspark.errors import PySparkException

    found = cluster.letter(PySparkException(told))
    assert type(found) is kind and said in str(found) and "\n" not in str(found)


def test_a_report_of_tables_that_only_a_cluster_reads(monkeypatch, tmp_path):
    """With `-o s3://...` the report is of the sum, and says so; no folder of that name is made here."""
    import cleaner.engines
    from click.testing import CliRunner

    from cleaner.cli import main

    asked: list[Order] = []
    monkeypatch.setattr(cleaner.engines, "engine", lambda name: lambda order, read: asked.append(order) or Summary(rows=3, kept=3))
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.jsonl", ["one"])
    done = CliRunner().invoke(main, ["audit", "a.jsonl", "--by", "text", "--engine", "spark", "-o", "s3://bucket/out", "--isolated"])
    assert (done.exit_code, asked[0].into) == (0, "s3://bucket/out"), done.output
    assert "s3://bucket/out: the tables are there, and not read back" in done.stderr and "no copies among 3 texts" in done.stdout
    assert os.listdir() == ["a.jsonl"]


def test_the_engine_is_found_by_its_name(monkeypatch):
    """`engine("spark")` is this one; without PySpark it says what to install."""
    assert engine("spark") is spark.run
    monkeypatch.setitem(sys.modules, "cleaner.engines.spark", None)
    with pytest.raises(CleanerError):
        engine("spark")
