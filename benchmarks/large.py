"""
What one very large file costs: 20 MB of prose, of Markdown with all that files hold, and of HTML; a million identical lines.

    python benchmarks/large.py [--megabytes 20] [--runs 3] [--only mixed] [--folder FOLDER]

Writes texts of its own, one part in a hundred pasted twice (with --folder also the Markdown files of a folder of yours, joined until there are
so many bytes), runs `cleaner check` on each and codespell beside it, in turn, and prints medians of processor seconds, the largest memory, and both as multiples
of codespell and of a loop of ten million additions, which says how fast the machine was in that minute. Exit status 1 where 20 MB take more
than 30 seconds, or the million lines more than 5 seconds or 500 MB. Needs `pip install . codespell`.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from many import once
from startup import found, mixed, paragraph

HEAD = "# A long plan\n\n"
#: What is promised, in seconds by the clock: for a megabyte of any of the texts; and for a million identical lines, with the megabytes they take.
MOST_A_MEGABYTE = 30 / 20
MOST_LINES, MOST_MEMORY = 5.0, 500.0


def prose(size: int, wrap: Callable[[str], str], parting: str) -> str:
    """Return paragraphs until there are so many characters; one in a hundred stands twice, some paragraphs further down."""
    rng = random.Random(1)
    parts: list[str] = []
    said = 0
    while said < size:
        parts.append(wrap(paragraph(rng, False) if rng.random() > 0.01 or len(parts) < 9 else parts[-8]))
        said += len(parts[-1]) + len(parting)
    return parting.join(parts) + "\n"


def joined(folder: Path, size: int) -> str:
    """Return the Markdown files of a folder, one after another, until there are so many bytes; of fewer, all."""
    parts: list[str] = []
    said = 0
    for path in sorted(folder.rglob("*.md")):
        parts.append(path.read_bytes().decode("utf-8", "replace"))
        said += path.stat().st_size
        if said >= size:
            break
    return "\n\n".join(parts)


def texts(size: int, folder: Path | None) -> dict[str, Callable[[], str]]:
    """Return the makers of the texts, by file name."""
    makers: dict[str, Callable[[], str]] = {
        "prose.txt": lambda: prose(size, str, "\n\n"),
        "prose.md": lambda: HEAD + prose(size, str, "\n\n"),
        "mixed.md": lambda: mixed(size, 4),
        "page.html": lambda: "<html><body>\n" + prose(size, lambda said: f"<p>{said}</p>", "\n") + "</body></html>\n",
        "lines.txt": lambda: "The ferry left the northern pier at dawn.\n" * 1_000_000,
    }
    if folder is not None:
        makers["joined.md"] = lambda: joined(folder, size)
    return makers


def loop() -> float:
    """Return the processor seconds of ten million additions."""
    start = time.process_time()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    check, codespell = [sys.executable, "-m", "cleaner", "check", "--isolated", "--no-cache", "-q"], found("codespell")
    if codespell is None:
        print("codespell is not installed here and is left out; run: pip install codespell", file=sys.stderr)
    over: list[str] = []
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    print("| text | MB | processor seconds | by the clock | of codespell | of the loop | memory, MB |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        for file, make in texts(int(options.megabytes * 1e6), options.folder).items():
            if not re.search(options.only, file):
                continue
            (room / file).write_text(make(), encoding="utf-8", newline="")
            rows = []
            for _ in range(options.runs):
                ours, theirs, turn = once([*check, file], room), once([codespell, file], room) if codespell else None, loop()
                rows.append((ours[1], ours[0], ours[1] / theirs[1] if theirs else float("nan"), ours[1] / turn, ours[2] / unit))
            told = [statistics.median(column) for column in zip(*rows)]
            size = (room / file).stat().st_size / 1e6
            print(f"| {file} | {size:.0f} | {told[0]:.1f} | {told[1]:.1f} | {told[2]:.2f} | {told[3]:.1f} | {told[4]:.0f} |", flush=True)
            (room / file).unlink()
            lines = file == "lines.txt"
            if told[1] > (MOST_LINES if lines else MOST_A_MEGABYTE * size) or (lines and told[4] > MOST_MEMORY):
                over.append(file)
    for file in over:
        print(f"over the limit: {file}", file=sys.stderr)
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
