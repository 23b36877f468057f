"""
What a whole repository costs: cold, with one process, with a warm cache, beside codespell and jscpd; and how much memory it takes.

    python benchmarks/many.py [--files 600] [--size 2000] [--runs 5] [--posts] [--folder FOLDER] [--jscpd FILE]

Writes so many articles of its own (one in ten with a repeat; with --posts none: headings, prose with links, lists, no two
alike; with --folder copies of the Markdown files of a folder of yours), runs the commands in turn, and prints medians, ratios and the largest resident size of any process of a run. Seconds
are those of the clock, and of the processors (user and system, of all processes of a run). Needs `pip install . codespell` and
`npm install jscpd@5 jscpd-linux-x64-gnu` (or the package of the machine, beside it), whose program --jscpd names; a peer
that is not there is left out and named.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from startup import WORDS, article, found, paragraph, sentence


def write(folder: Path, files: int, size: int) -> None:
    """Write the articles; a hundred different ones, each begun anew."""
    texts = [article(size, 2000 + number) for number in range(min(files, 100))]
    for number in range(files):
        parts = [f"On day {number} this was said. {texts[number % len(texts)][0]}", *texts[number % len(texts)][1:]]
        if number % 10 == 0:
            parts.append(parts[0])
        (folder / f"{number:06}.md").write_text(f"# Post {number}\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8", newline="")


def post(size: int, seed: int) -> str:
    """Return a plain post: a title, prose with a few links, a heading now and then, a list. Nothing is said twice."""
    rng = random.Random(seed)

    def name() -> str:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 5))).capitalize()

    parts = [f"# {name()}"]
    while sum(map(len, parts)) < size:
        if len(parts) % 4 == 3:
            parts.append(f"## {name()}")
        elif len(parts) % 6 == 5:
            parts.append("\n".join(f"- {sentence(rng, True)}" for _ in range(rng.randint(2, 4))))
        else:
            parts.append(paragraph(rng, True))
    return "\n\n".join(parts) + "\n"


def only_markdown(at: str, names: list[str]) -> set[str]:
    """Return what is not copied: all files but Markdown, and what git keeps."""
    return {name for name in names if name == ".git" or not (name.endswith((".md", ".mdx")) or (Path(at) / name).is_dir())}


def once(command: list[str], folder: Path) -> tuple[float, float, int]:
    """Run a command; return its seconds by the clock and of the processors, and the kilobytes that its largest process held."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _, _, used = os.wait4(running.pid, 0)
        running.returncode = 0
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--posts", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--jscpd", default=shutil.which("jscpd"))
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    check = [sys.executable, "-m", "cleaner", "check", "--isolated", "-q"]
    commands = {
        "cold": [*check, "--no-cache", "."],
        "cold, one process": [*check, "--no-cache", "--jobs", "1", "."],
        "warm": [*check, "."],
        "warm, JSON": [*check, "--output-format", "json", "."],
    }
    if (codespell := found("codespell")) is None:
        print("codespell is not installed here and is left out; run: pip install codespell", file=sys.stderr)
    else:
        commands["codespell"] = [codespell, "."]
    if options.jscpd is None:
        print("jscpd is not installed here and is left out; run: npm install jscpd@5, and name it by --jscpd", file=sys.stderr)
    else:
        commands["jscpd"] = [options.jscpd, "--silent", "--format", "markdown", "."]
    base = "codespell" if codespell else "cold"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.folder:
            shutil.copytree(options.folder, folder, ignore=only_markdown, dirs_exist_ok=True)
        elif options.posts:
            for number in range(options.files):
                (folder / f"{number:06}.md").write_text(post(options.size, number), encoding="utf-8", newline="")
        else:
            write(folder, options.files, options.size)
        once(commands["warm, JSON"], folder)
        runs: dict[str, list[tuple[float, float, int]]] = {command: [] for command in commands}
        for run in range(options.runs + 1):
            for command, words in commands.items():
                measured = once(words, folder)
                if run:
                    runs[command].append(measured)
    print(f"{options.folder}\n" if options.folder else f"{options.files:,} files of about {options.size:,} bytes\n")
    print(f"| run | seconds, median | of cold | of {base} | processor seconds | of {base} | MB, most |\n|---|---|---|---|---|---|---|")
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    for command, rows in runs.items():
        cells = [f"{statistics.median(row[0] for row in rows):.2f}", ratio(rows, runs["cold"], 0), ratio(rows, runs[base], 0)]
        cells += [f"{statistics.median(row[1] for row in rows):.2f}", ratio(rows, runs[base], 1), f"{max(row[2] for row in rows) / unit:.0f}"]
        print(f"| {command} | {' | '.join(cells)} |")


def ratio(rows: list[tuple[float, float, int]], others: list[tuple[float, float, int]], column: int) -> str:
    """Return the median of the ratios run by run."""
    return f"{statistics.median(row[column] / other[column] for row, other in zip(rows, others, strict=True)):.2f}"


if __name__ == "__main__":
    main()
