"""One verdict: whatever the engine, the number of processes, the order of sources, the hash seed, the locale and the time zone, the report is the same to the byte."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from collections_samples import ODD, collection, read, write
from standalone import missing

AROUND = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "77", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "America/St_Johns"},
]


AUDIT = [sys.executable, "-m", "cleaner", "audit"]


def report(folder, names: list[str], around: dict[str, str], *flags: str) -> bytes:
    return finished(folder, [*AUDIT, *names, *flags, "--output-format", "json", "--isolated"], around)


def reference(folder, unit: str) -> bytes:
    return report(folder, ["one.jsonl"], AROUND[0], "--by", unit, "--engine", "memory", "-j", "1")


def started(folder, command: list[str], around: dict[str, str]) -> subprocess.Popen[bytes]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("CLEANER_", "LC_", "PYTHONHASHSEED", "SPARK_", "PYSPARK_"))} | around
    return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finished(folder, command: list[str], around: dict[str, str]) -> bytes:
    """Return what a command prints, which says nothing on stderr."""
    process = started(folder, command, around)
    out, err = process.communicate(timeout=1800)
    assert (process.returncode, err) == (0, b""), err.decode("utf-8", "replace")
    return out


def needed(engine: str) -> None:
    if engine == "spark":
        absent = missing()
    else:
        name = {"memory": "numpy", "duckdb": "duckdb"}[engine]
        absent = "" if find_spec(name) else f"{name} is not installed: pip install '.[{engine}]'"
    if absent:
        pytest.skip(absent)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two tables of the same thousand rows: as they are, and shuffled into three files whose names sort otherwise."""
    folder = tmp_path_factory.mktemp("agree")
    texts = [*collection(900, 21), *ODD]
    write(folder / "one.jsonl", texts)
    lines = (folder / "one.jsonl").read_text(encoding="ascii").splitlines(keepends=True)
    random.Random(4).shuffle(lines)
    (folder / "mixed").mkdir()
    (folder / "mixed" / "one.jsonl").write_text("".join(lines), encoding="ascii")
    return folder


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
@pytest.mark.parametrize("unit", ["text", "paragraph"])
def test_nothing_around_a_run_changes_what_it_finds(sources, engine, unit):
    """With 1, 2 and 8 processes, in three surroundings: the report of the engine in memory with one process."""
    needed(engine)
    expected = reference(sources, unit)
    assert len(json.loads(expected)["clusters"]) > 50
    for number, around in (("2", AROUND[1]), ("8", AROUND[2])):
        assert report(sources, ["one.jsonl"], around, "--by", unit, "--engine", engine, "-j", number) == expected


def test_nothing_around_a_cluster_changes_what_it_finds(sources):
    """
    The same of Spark as a user starts it, by paragraphs: these go through all that texts go through, and are put together again.

    Where CLEANER_SPARK_LONG=1 it is killed behind a stage and run again. Report and tables are those of memory, nothing is torn or left, and no
    word of Java's is on the terminal.
    """
    needed("spark")
    flags = ["--by", "paragraph", "-o", "out", "--work", "work", "--output-format", "json", "--isolated"]
    folders = {engine: sources / f"by-{engine}" for engine in ("memory", "spark")}
    for folder in folders.values():
        folder.mkdir()
        shutil.copy(sources / "one.jsonl", folder)
    told = finished(folders["memory"], [*AUDIT, "one.jsonl", *flags, "-j", "1"], AROUND[0])
    around = AROUND[1] | {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "SPARK_MASTER": "local[2]"}
    command = [*AUDIT, "one.jsonl", *flags, "--engine", "spark"]
    if "CLEANER_SPARK_LONG" in os.environ:  # minutes more
        first = started(folders["spark"], command, around)
        last = time.monotonic() + 900
        while not list(folders["spark"].glob("work/spark-*/folded.done")):
            assert first.poll() is None and time.monotonic() < last, first.communicate()
            time.sleep(0.05)
        first.kill()
        first.communicate()
        assert not list(folders["spark"].glob("out/*.jsonl"))
    assert finished(folders["spark"], command, around) == told
    assert not list((folders["spark"] / "work").iterdir()), "nothing of either run is left in the work folder"
    found = {engine: read(folder / "out") for engine, folder in folders.items()}
    for table, rows in found["memory"].items():
        assert rows and sorted(map(repr, found["spark"][table])) == sorted(map(repr, rows)), table


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_the_order_of_rows_and_sources_changes_nothing(sources, engine):
    """Rows shuffled in their file give the same report; so do sources named in another order."""
    needed(engine)
    plain = report(sources, ["one.jsonl"], AROUND[0], "--engine", engine)
    assert report(sources / "mixed", ["one.jsonl"], AROUND[1], "--engine", engine) == plain
    two = report(sources, ["one.jsonl", "mixed/one.jsonl"], AROUND[0], "--engine", engine)
    assert report(sources, ["mixed/one.jsonl", "one.jsonl"], AROUND[2], "--engine", engine, "-j", "2") == two
