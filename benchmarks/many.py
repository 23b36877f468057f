"""
What a whole repository costs: cold, with one process, with a warm cache, beside codespell; and how much memory it takes.

    python benchmarks/many.py [--files 600] [--size 2000] [--runs 5]

Writes so many articles of its own (one in ten with a repeat), runs the commands in turn, and prints medians, ratios and the
largest resident size of any process of a run. Needs `pip install . codespell`; without codespell it is left out and named.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from startup import article, found


def write(folder: Path, files: int, size: int) -> None:
    """Write the articles; a hundred different ones, each begun anew."""
    texts = [article(size, 2000 + number) for number in range(min(files, 100))]
    for number in range(files):
        parts = [f"On day {number} this was said. {texts[number % len(texts)][0]}", *texts[number % len(texts)][1:]]
        if number % 10 == 0:
            parts.append(parts[0])
        (folder / f"{number:06}.md").write_text(f"# Post {number}\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8", newline="")


def once(command: list[str], folder: Path) -> tuple[float, int]:
    """Run a command; return its seconds, and the kilobytes that its largest process held."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _, _, used = os.wait4(running.pid, 0)
        running.returncode = 0
    return time.perf_counter() - start, used.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, options.files, options.size)
        once(commands["warm, JSON"], folder)
        runs: dict[str, list[tuple[float, int]]] = {command: [] for command in commands}
        for _ in range(options.runs):
            for command, words in commands.items():
                runs[command].append(once(words, folder))
    print(f"{options.files:,} files of about {options.size:,} bytes\n\n| run | seconds, median | of cold | MB, most |\n|---|---|---|---|")
    for command, measured in runs.items():
        ratio = statistics.median(one[0] / other[0] for one, other in zip(measured, runs["cold"], strict=True))
        unit = 1024 if sys.platform != "darwin" else 1024 * 1024
        print(f"| {command} | {statistics.median(seconds for seconds, _ in measured):.2f} | {ratio:.2f} | {max(used for _, used in measured) / unit:.0f} |")


if __name__ == "__main__":
    main()
