"""
An engine by sizes: seconds of each stage, rows a second, peak memory, the exponent that it grows with, and how much of what was planted it found.

    python benchmarks/engines.py --engine duckdb --sizes 10000,100000,1000000
    python benchmarks/engines.py --engine duckdb --sizes 10000000 --memory 1GB --plot growth.svg

The corpus is made by the script and streamed to JSONL (or Parquet), the same for everybody: paragraphs of made-up prose, 34 to 50 words.
Planted are, in a hundred rows: 4 equal copies, 1 in other case, 3 near copies (a word exchanged), 1 with another figure; 1 of twenty boilerplate
texts, 1 entry of a template that differs in a figure, and 2 in a thousand of one family that differ in a word. What differs in a figure has
to stay. Recall is of the planted copies that may go, precision of the rows that went: right is what went for a keeper that was copied from
the same text.

The engine runs as a process of its own; processor seconds are those of it and its helpers, and say more than the clock where others are at
work, too. Memory is the largest sum of what it and its helpers have in memory at one time (resident sizes, shared
pages counted in each), disk the largest size of its work folder; both are looked at five times a second. Needs /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from html import escape
from math import log, log10
from pathlib import Path
from typing import NamedTuple

import numpy as np

BLOCK = 10_000  # rows that are drawn at a time
POOL = 200_000  # texts that copies are made of
SHARES = {"equal": 0.04, "case": 0.01, "near": 0.03, "figure": 0.01, "boilerplate": 0.01, "template": 0.01, "family": 0.002}
STAY = {"figure", "template"}

_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}path{fill:none;stroke:#00796b;stroke-width:2}circle{fill:#00796b}"
    "@media (prefers-color-scheme:dark){text{fill:#ddd}}"
)

# Runs an engine, and prints what it says as JSON.
_CHILD = """
import json, sys
from cleaner.corpus.model import Measure, Order
from cleaner.corpus.rows import Reader
from cleaner.engines import engine
name, path, into, jobs, memory, kind = sys.argv[1:]
if __name__ == "__main__":
    reader = Reader()
    summary = engine(name)(Order((path,), Measure(), into, kind, int(jobs), int(memory)), reader)
    assert not reader.problems, reader.problems
    print(json.dumps(summary._asdict()))
"""


class Planted(NamedTuple):
    """A row of the corpus; `root` is the row that it was copied from, or its own number."""

    number: int
    root: int
    kind: str
    text: str


def vocabulary(drawn: random.Random) -> list[str]:
    """Return words, the frequent ones again and again, as prose has them."""
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(drawn.choices(letters, weights=range(22, 0, -1), k=drawn.choice([2, 3, 4, 5, 6, 7, 9]))) for _ in range(30_000)]
    return [word for place, word in enumerate(words) for _ in range(max(1, 40_000 // (place + 20)))]


def corpus(number: int, seed: int = 20260301) -> Iterator[Planted]:
    """Make so many rows; the same for everybody."""
    drawn = random.Random(seed)
    words = vocabulary(drawn)
    table = np.array(words, object)
    boilerplate = [" ".join(drawn.choices(words, k=36)).capitalize() + "." for _ in range(20)]
    template, family = drawn.choices(words, k=40), drawn.choices(words, k=44)
    kinds, shares = [*SHARES, ""], [*SHARES.values(), 1 - sum(SHARES.values())]
    pool: list[tuple[int, str]] = []
    firsts: dict[str, int] = {}
    for begin in range(0, number, BLOCK):
        many = np.random.default_rng([seed, begin])
        sorts = many.choice(len(kinds), BLOCK, p=shares).tolist()
        sizes = many.integers(34, 51, BLOCK)
        drawn_words = table[many.integers(0, len(words), int(sizes.sum()))].tolist()
        at = 0
        for place in range(begin, min(begin + BLOCK, number)):
            kind, size = kinds[sorts[place - begin]], int(sizes[place - begin])
            own = drawn_words[at : at + size]
            at += size
            root = place
            if kind == "boilerplate":
                which = drawn.randrange(20)
                text = boilerplate[which]
                root = firsts.setdefault(f"boilerplate {which}", place)
            elif kind == "template":
                text = " ".join([*template[:20], "number", str(place), *template[20:]]).capitalize() + "."
            elif kind == "family":
                text = " ".join([*family[:20], own[0], *family[20:]]).capitalize() + "."
                root = firsts.setdefault("family", place)
            elif kind and pool:
                root, text = pool[drawn.randrange(len(pool))]
                if kind == "case":
                    text = text.upper()
                elif kind == "near":
                    parts = text.split(" ")
                    parts[drawn.randrange(3, len(parts) - 1)] = own[1]
                    text = " ".join(parts)
                elif kind == "figure":
                    parts = text.split(" ")
                    parts[2] = str(int(parts[2]) + 1)
                    text = " ".join(parts)
                    root = firsts.setdefault(f"figure {root}", place)  # two of one text are equal
            else:
                kind = ""
                text = " ".join([own[0].capitalize(), own[1], str(place % 977), *own[2:]]) + "."
                if len(pool) < POOL:
                    pool.append((place, text))
                else:
                    pool[drawn.randrange(POOL)] = place, text
            yield Planted(place, root, kind, text)


def write(path: Path, number: int) -> Counter[str]:
    """Write the corpus; return how many rows there are of each kind, and under "copies" of how many a keeper stays without them."""
    told: Counter[str] = Counter()

    def rows() -> Iterator[Planted]:
        for row in corpus(number):
            told[row.kind or "plain"] += 1
            told["copies"] += row.root != row.number
            yield row

    if path.suffix == ".parquet":
        import pyarrow as pa
        from pyarrow import parquet

        schema = pa.schema([("id", pa.string()), ("text", pa.string())])
        with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            held: list[Planted] = []
            for row in rows():
                held.append(row)
                if len(held) == BLOCK or row.number == number - 1:
                    writer.write_table(pa.table({"id": [_id(each) for each in held], "text": [each.text for each in held]}, schema=schema))
                    held = []
    else:
        with open(path, "w", encoding="ascii") as file:
            for row in rows():
                file.write(f'{{"id": "{_id(row)}", "text": "{row.text}"}}\n')
    return told


def there(path: Path) -> int:
    """Return of how many rows of a corpus that is there already a keeper stays without them."""
    if path.suffix == ".parquet":
        from pyarrow import parquet

        ids = (name for batch in parquet.ParquetFile(path).iter_batches(columns=["id"]) for name in batch.column("id").to_pylist())
        return sum(number != root for number, root, _ in (name.split("-") for name in ids))
    with open(path, "rb") as file:
        return sum(number != root for number, root, _ in (line.split(b'"', 4)[3].split(b"-") for line in file))


def _id(row: Planted) -> str:
    return f"{row.number}-{row.root}-{row.kind or 'plain'}"


def score(into: Path, kind: str, copies: int) -> tuple[float, float, int]:
    """Return recall, precision, and how many rows went that differ in a figure from every other."""
    from cleaner.corpus import tables

    right = wrong = facts = 0
    keeper = ""
    for row in tables.read(tables.name(str(into), "clusters", kind)):
        _, root, sort = row["id"].split("-")
        if row["kept"]:
            keeper = root
        else:
            right += root == keeper
            wrong += root != keeper
            facts += root != keeper and sort in STAY
    return right / max(1, copies), right / max(1, right + wrong), facts


class Ran(NamedTuple):
    """What one run took."""

    rows: int
    seconds: float
    processor: float
    memory: int
    disk: int
    stages: dict[str, float]
    recall: float
    precision: float
    facts: int


def measured(name: str, path: Path, into: Path, options: argparse.Namespace) -> tuple[float, float, int, int, dict[str, object]]:
    """Run an engine; return seconds by the clock and of the processors, peak bytes in memory and on disk, and what it said."""
    command = [sys.executable, "-c", _CHILD, name, str(path), str(into), str(options.jobs), str(_bytes(options.memory)), options.tables]
    begin = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.PIPE)
    memory = disk = 0
    while True:
        pid, status, used = os.wait4(running.pid, os.WNOHANG)
        if pid:
            break
        memory = max(memory, sum(map(_resident, _tree(running.pid))))
        disk = max(disk, _size(into))
        time.sleep(0.2)
    seconds = time.perf_counter() - begin
    running.returncode = os.waitstatus_to_exitcode(status)
    said = running.stdout.read() if running.stdout else b""
    if running.returncode:
        raise SystemExit(f"{name} failed")
    return seconds, used.ru_utime + used.ru_stime, memory, disk, json.loads(said)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        try:
            for task in os.listdir(f"/proc/{each}/task"):
                with open(f"/proc/{each}/task/{task}/children", encoding="ascii") as file:
                    found += map(int, file.read().split())
        except OSError:
            pass  # it is gone
    return found


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _size(folder: Path) -> int:
    total = 0
    for base, _, files in os.walk(folder):
        if Path(base) != folder:  # the tables are no work
            for file in files:
                try:
                    total += os.stat(os.path.join(base, file)).st_blocks * 512
                except OSError:
                    pass  # it is gone
    return total


def _bytes(text: str) -> int:
    factor = {"K": 10**3, "M": 10**6, "G": 10**9}.get(text.upper().removesuffix("B")[-1:], 1)
    return int(float(text.upper().removesuffix("B").rstrip("KMG") or 0) * factor)


def exponent(points: list[tuple[float, float]]) -> float:
    """Return the slope of a line through points on two logarithmic scales."""
    xs, ys = [log(x) for x, _ in points], [log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def plotted(name: str, ran: list[Ran]) -> str:
    """Return processor seconds and memory by rows on logarithmic scales, as SVG."""
    width, tall, left, top = 640, 360, 70, 30
    low, high = log10(min(each.rows for each in ran)), log10(max(each.rows for each in ran))
    tops = max(log10(max(each.processor for each in ran)), 1)

    def spot(rows: int, value: float) -> tuple[float, float]:
        return left + (log10(rows) - low) / max(high - low, 1) * (width - left - 130), top + (1 - log10(max(value, 1)) / tops) * (tall - top - 50)

    grows = exponent([(each.rows, each.processor) for each in ran])
    spots = [spot(each.rows, each.processor) for each in ran]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}" role="img" aria-label="{escape(name)}: processor seconds by rows">',
        f"<style>{_STYLE}</style>",
        f'<text x="{left}" y="18">{escape(name)}: processor seconds by rows, both scales logarithmic; growth exponent {grows:.2f}</text>',
        f'<path d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in spots)}"/>',
    ]
    for each, (x, y) in zip(ran, spots):
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
            f'<text x="{x + 9:.1f}" y="{y + 16:.1f}">{each.processor:,.0f} s, {each.memory / 1e9:.2f} GB</text>',
            f'<text x="{x:.1f}" y="{tall - 14}" text-anchor="middle">{each.rows:,}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="duckdb", choices=["memory", "duckdb", "spark"])
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--memory", default="0", help="for the engine's own tables, as in 1GB")
    parser.add_argument("--input", default="jsonl", choices=["jsonl", "parquet"])
    parser.add_argument("--tables", default="jsonl", choices=["jsonl", "parquet"])
    parser.add_argument("--folder", help="where corpora and tables are written, and stay to be taken again; else they are removed")
    parser.add_argument("--results", help="a JSONL file that each run is added to, and that all of it is read from")
    parser.add_argument("--plot", help="an SVG file to draw the growth in")
    options = parser.parse_args()
    ran: list[Ran] = []
    if options.results and os.path.exists(options.results):
        ran = [Ran(**json.loads(line)) for line in Path(options.results).read_text(encoding="ascii").splitlines()]
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(options.folder or aside)
        folder.mkdir(exist_ok=True)
        for number in map(int, filter(None, options.sizes.split(","))):
            path, into = folder / f"corpus-{number}.{options.input}", folder / f"{options.engine}-{number}"
            copies = there(path) if path.exists() else write(path, number)["copies"]
            seconds, processor, memory, disk, said = measured(options.engine, path, into, options)
            ran.append(Ran(number, seconds, processor, memory, disk, dict(said["stages"]), *score(into, options.tables, copies)))  # type: ignore[call-overload]
            print({name: value for name, value in said.items() if name != "stages"}, file=sys.stderr, flush=True)
            if options.results:
                with open(options.results, "a", encoding="ascii") as file:
                    file.write(json.dumps(ran[-1]._asdict()) + "\n")
            if not options.folder:
                path.unlink()
    stages = [*dict.fromkeys(stage for each in ran for stage in each.stages)]
    print(f"| rows | seconds | processor seconds | rows a second | memory | work folder | recall | precision | {' | '.join(stages)} |")
    print("|---|" + "---|" * (7 + len(stages)))
    for each in sorted(ran):
        spent = " | ".join(f"{each.stages.get(stage, 0):,.1f}" for stage in stages)
        print(
            f"| {each.rows:,} | {each.seconds:,.1f} | {each.processor:,.1f} | {each.rows / each.seconds:,.0f} | {each.memory / 1e9:.2f} GB | {each.disk / 1e9:.2f} GB "
            f"| {each.recall:.4f} | {each.precision:.4f} | {spent} |"
        )
    print(f"\nRows that went though a figure differs: {sum(each.facts for each in ran)}")
    if len(ran) > 1:
        by_clock, of_processors = (exponent([(each.rows, value(each)) for each in ran]) for value in (lambda each: each.seconds, lambda each: each.processor))
        print(f"Growth exponent: {by_clock:.3f} by the clock, {of_processors:.3f} of the processors' seconds")
    if options.plot and ran:
        Path(options.plot).write_text(plotted(options.engine, sorted(ran)), encoding="utf-8")


if __name__ == "__main__":
    main()
