"""
The engine for a cluster by sizes: seconds, core-seconds, shuffled and spilled bytes of each stage, and a model fitted to them.

    python benchmarks/cluster.py --sizes 100000,1000000 --to measured.json
    python benchmarks/cluster.py --fit measured.json --rows 1e10

A master and two workers with one core each are started on this machine; the corpus is that of benchmarks/engines.py, as JSONL. Bytes are from
Spark's event log, stage by stage. Core-seconds are what the system counted for the workers and all that they started (Java and Python), so
they hold on a machine that has other work, too, where seconds do not. The model is bytes = a + b rows and core-seconds = a + b rows, fitted by
least squares of relative errors; the exponents are those of the last two sizes. Needs /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from standalone import Cluster, below

_CHILD = """
import json, sys
from cleaner.corpus.model import Measure, Order
from cleaner.corpus.rows import Reader
from cleaner.engines import engine
reader = Reader()
summary = engine("spark")(Order((sys.argv[1],), Measure(), sys.argv[2], "parquet"), reader)
assert not reader.problems, reader.problems
print(json.dumps(summary._asdict()))
"""
_TICKS = os.sysconf("SC_CLK_TCK")


def written(path: Path, number: int) -> None:
    """Write the corpus."""
    from engines import corpus

    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": row.number, "text": row.text}, ensure_ascii=False) + "\n" for row in corpus(number))


def used(processes: list[int], seen: dict[int, float]) -> None:
    """Note how many seconds of a core each process has used; one that ends is known by the last look at it."""
    for process in processes:
        try:
            told = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        seen[process] = max(seen.get(process, 0.0), (int(told[11]) + int(told[12])) / _TICKS)


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder, as far as they stay while we look."""
    total = 0
    for where, _, files in os.walk(folder):
        for file in files:
            try:
                total += os.lstat(os.path.join(where, file)).st_size
            except OSError:
                continue
    return total


def measured(number: int, folder: Path, workers: int, memory: str, shuffling: bool = False) -> dict[str, Any]:
    """Run one size on a fresh cluster."""
    corpus = folder / f"{number}.jsonl"
    if not corpus.exists():
        written(corpus, number)
    room = Path(tempfile.mkdtemp(prefix="cluster-", dir=folder))
    (room / "events").mkdir()
    # Room beyond the heap is in the system: Python's workers are not in it.
    settings = f"spark.eventLog.enabled true\nspark.eventLog.dir file://{room}/events\nspark.eventLog.rolling.enabled false\nspark.eventLog.compress false\n"
    if shuffling:
        settings += "spark.sql.autoBroadcastJoinThreshold -1\n"
    cluster = Cluster(room / "standalone", workers, memory, settings)
    there: dict[int, float] = {}
    here: dict[int, float] = {}
    disk = 0
    try:
        environment = {**cluster.environment, "SPARK_MASTER": cluster.master, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
        began = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(corpus), str(room / "out")], env=environment, stdout=subprocess.PIPE)
        looked = 0
        while child.poll() is None:
            used([process for worker in cluster.workers for process in below(worker.pid)], there)
            used([child.pid, *below(child.pid)], here)
            if looked % 20 == 0:
                disk = max(disk, size(room))
            looked += 1
            time.sleep(0.5)
        seconds = time.perf_counter() - began
        assert child.returncode == 0 and child.stdout is not None
        summary = json.loads(child.stdout.read())
    finally:
        cluster.stop()
    found = {
        "rows": number,
        "seconds": round(seconds, 1),
        "core_seconds": round(sum(there.values()), 1),
        "driver_seconds": round(sum(here.values()), 1),
        "disk": disk,
        "input": corpus.stat().st_size,
        "output": size(room / "out"),
        **events(next((room / "events").iterdir())),
        "summary": summary,
    }
    subprocess.run(["rm", "-rf", str(room)], check=True)
    return found


def events(path: Path) -> dict[str, Any]:
    """Return what the event log says of bytes, in all and by stages of ours."""
    stage_of: dict[int, str] = {}
    by: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            if event["Event"] == "SparkListenerJobStart":
                said = str(event.get("Properties", {}).get("spark.job.description", "")).removeprefix("cleaner: ")
                stage_of |= dict.fromkeys(event["Stage IDs"], said)
            elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                told, own = event["Task Metrics"], by[stage_of.get(event["Stage ID"], "")]
                own["shuffled"] += told["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                own["spilled"] += told["Disk Bytes Spilled"]
                own["tasks"] += 1
                own["run_ms"] += told["Executor Run Time"]
                own["java_ms"] += told["Executor CPU Time"] // 1_000_000
    total: defaultdict[str, int] = defaultdict(int)
    for own in by.values():
        for name, value in own.items():
            total[name] += value
    return {**total, "stages": {name: dict(own) for name, own in by.items()}}


# --- the model --------------------------------------------------------------------------------------------------------


def fitted(runs: list[dict[str, Any]], what: str) -> tuple[float, float, list[float], float]:
    """Return a and b of a + b rows, the relative error at each size, and the exponent between the last two."""
    rows = np.array([run["rows"] for run in runs], float)
    values = np.array([run[what] for run in runs], float)
    design = np.stack((1 / values, rows / values), axis=1)
    (a, b), *_ = np.linalg.lstsq(design, np.ones(len(rows)), rcond=None)
    off = ((a + b * rows) / values - 1).tolist()
    exponent = [log(values[at + 1] / values[at]) / log(rows[at + 1] / rows[at]) for at, _ in enumerate(pairwise(rows))]
    return float(a), float(b), off, exponent[-1] if exponent else float("nan")


def tell(runs: list[dict[str, Any]], rows: float) -> None:
    """Print the table and the model."""
    print("| rows | seconds | core-seconds | rows a core-second | shuffled | a row | spilled | disk at most |")
    print("|---|---|---|---|---|---|---|---|")
    for run in runs:
        per = run["rows"] / run["core_seconds"]
        print(
            f"| {run['rows']:,} | {run['seconds']:,.0f} | {run['core_seconds']:,.0f} | {per:,.0f} | {run['shuffled'] / 1e6:,.0f} MB "
            f"| {run['shuffled'] / run['rows']:,.0f} B | {run['spilled'] / 1e6:,.0f} MB | {run['disk'] / 1e6:,.0f} MB |"
        )
    for what, unit, scale in (("core_seconds", "core-hours", 3600), ("shuffled", "TB", 1e12), ("disk", "TB", 1e12)):
        a, b, off, exponent = fitted(runs, what)
        print(f"{what} = {a:,.4g} + {b:,.4g} rows; off by {', '.join(f'{each:+.0%}' for each in off)}; exponent of the last two {exponent:.2f}; ", end="")
        print(f"{rows:.0e} rows: {(a + b * rows) / scale:,.4g} {unit}")
    names = sorted(runs[-1]["stages"], key=lambda name: -runs[-1]["stages"][name].get("run_ms", 0))
    print("| stage | share of the workers' time | shuffled a row |")
    print("|---|---|---|")
    whole = sum(each.get("run_ms", 0) for each in runs[-1]["stages"].values())
    for name in names[:14]:
        own = runs[-1]["stages"][name]
        print(f"| {name or '?'} | {own.get('run_ms', 0) / whole:.0%} | {own.get('shuffled', 0) / runs[-1]['rows']:,.0f} B |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="", help="rows, parted by commas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="2g", help="of each executor")
    parser.add_argument("--shuffling", action="store_true", help="join as where both sides are large: what a small run sends to all is shuffled")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "cleaner-cluster", help="for corpora and work")
    parser.add_argument("--to", type=Path, help="add what was measured to this file")
    parser.add_argument("--fit", type=Path, help="a file of what was measured")
    parser.add_argument("--rows", type=float, default=1e10, help="that the model is asked of")
    given = parser.parse_args()
    runs = json.loads(given.fit.read_text("utf-8")) if given.fit else []
    given.folder.mkdir(parents=True, exist_ok=True)
    for number in map(int, filter(None, given.sizes.split(","))):
        runs.append(measured(number, given.folder, given.workers, given.memory, given.shuffling))
        if given.to:
            before = json.loads(given.to.read_text("utf-8")) if given.to.exists() else []
            given.to.write_text(json.dumps([*before, runs[-1]], indent=1), "utf-8")
    tell(sorted(runs, key=lambda run: run["rows"]), given.rows)


if __name__ == "__main__":
    main()
