"""One verdict: whatever the engine, the number of processes, the order of sources, the hash seed, the locale and the time zone, the report is the same to the byte."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from importlib.util import find_spec

import pytest

from collections_samples import ODD, collection, write
from standalone import missing

AROUND = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "77", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "America/St_Johns"},
]


def report(folder, names: list[str], around: dict[str, str], *flags: str) -> bytes:
    return finished(folder, [sys.executable, "-m", "cleaner", "audit", *names, *flags, "--output-format", "json", "--isolated"], around)


def reference(folder, unit: str) -> bytes:
    return report(folder, ["one.jsonl"], AROUND[0], "--by", unit, "--engine", "memory", "-j", "1")


def finished(folder, command: list[str], around: dict[str, str]) -> bytes:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("CLEANER_", "LC_", "PYTHONHASHSEED", "SPARK_", "PYSPARK_"))} | around
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


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
    """The same of Spark on this machine, by paragraphs: these go through all that texts go through, and are put together again."""
    needed("spark")
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from cleaner.cli import main\n"
        "done = CliRunner().invoke(main, ['audit', 'one.jsonl', '--by', 'paragraph', '--engine', 'spark', '-j', '2', '--output-format', 'json', '--isolated'])\n"
        "assert done.exit_code == 0, done.output\n"
        "sys.stdout.buffer.write(done.stdout_bytes)"
    )
    quick = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
    assert finished(sources, [sys.executable, "-c", code], AROUND[1] | quick) == reference(sources, "paragraph")


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_the_order_of_rows_and_sources_changes_nothing(sources, engine):
    """Rows shuffled in their file give the same report; so do sources named in another order."""
    needed(engine)
    plain = report(sources, ["one.jsonl"], AROUND[0], "--engine", engine)
    assert report(sources / "mixed", ["one.jsonl"], AROUND[1], "--engine", engine) == plain
    two = report(sources, ["one.jsonl", "mixed/one.jsonl"], AROUND[0], "--engine", engine)
    assert report(sources, ["mixed/one.jsonl", "one.jsonl"], AROUND[2], "--engine", engine, "-j", "2") == two
