"""
Where time goes in `clean`, `check` and `audit`: the tables of docs/profiles.md.

    pip install . py-spy
    python benchmarks/where.py [--folder FOLDER] [--rate 400] [--rows 14]

Each command runs as one process under py-spy, which looks at its stack so often a second; a table says in which share of the
looks a function was at work itself or through what it called. What is read is made by the script: an article of 1 MB
with all that Markdown holds and parts pasted twice (`clean`), 600 plain posts (`check`), 3,000 feed items (`audit`). With
--folder `check` is also run over real articles of yours.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from many import post
from planted import planted
from startup import found, mixed

#: What is left out of the tables: what every command goes through on its way to its work.
THROUGH = ("<module>", "main", "run", "invoke", "__call__", "new_func", "make_context", "attempt", "do", "job", "_each", "each", "_results")


def stacks(command: list[str], rate: int, folder: Path) -> list[tuple[list[str], int]]:
    """Run a command under py-spy; return each stack that was seen, outermost function first, with how often it was."""
    spy = found("py-spy")
    if spy is None:
        sys.exit("py-spy is not installed here; run: pip install py-spy")
    raw = folder / "stacks"
    subprocess.run([spy, "record", "--rate", str(rate), "--format", "raw", "--output", str(raw), "--", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    seen = []
    for line in raw.read_text(encoding="utf-8").splitlines():
        frames, times = line.rsplit(" ", 1)
        seen.append(([named(frame) for frame in frames.split(";")], int(times)))
    return seen


def named(frame: str) -> str:
    """Return a frame as a module of ours and a function; what is not ours as its file."""
    function, _, place = frame.partition(" (")
    path = place.rpartition(":")[0].replace("\\", "/")
    if "cleaner/" in path:
        return f"{path.rpartition('cleaner/')[2].removesuffix('.py').replace('/', '.')}.{function.rpartition('.')[2]}"
    return "imports" if "importlib" in path else f"{path.rpartition('site-packages/')[2].partition('/')[0].rpartition('/')[2] or path}: {function}"


def table(title: str, seen: list[tuple[list[str], int]], rows: int) -> None:
    """Print in which share of the looks each function was at work, itself and with what it called."""
    total = sum(times for _, times in seen)
    whole: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for frames, times in seen:
        own[frames[-1]] += times
        for name in set(frames):
            whole[name] += times
    print(f"\n### {title}\n\n| function | with what it calls | itself |\n|---|---|---|")
    shown = [name for name, times in whole.most_common() if name.rpartition(".")[2] not in THROUGH and ": " not in name and times < 0.97 * total]
    for name in shown[:rows]:
        print(f"| `{name}` | {whole[name] / total:.0%} | {own[name] / total:.0%} |")
    print(f"\n{total:,} looks.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder")
    parser.add_argument("--rate", type=int, default=400)
    parser.add_argument("--rows", type=int, default=14)
    options = parser.parse_args()
    cleaner = [sys.executable, "-m", "cleaner"]
    check = [*cleaner, "check", "--isolated", "-q", "--no-cache", "--jobs", "1"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "posts").mkdir()
        for number in range(600):
            (folder / "posts" / f"{number:04}.md").write_text(post(2000, number), encoding="utf-8", newline="")
        (folder / "long.md").write_text(mixed(1_000_000, 4), encoding="utf-8", newline="")
        (folder / "feeds").mkdir()
        for number, data in enumerate(planted(3000, 1).feeds.values()):
            (folder / "feeds" / f"{number}.xml").write_bytes(data)
        commands = {
            "clean: 1 MB of mixed Markdown": [*cleaner, "clean", "--isolated", str(folder / "long.md")],
            "check: 600 posts of 2 KB, one process": [*check, str(folder / "posts")],
            "audit: 3,000 items of eight feeds": [*cleaner, "audit", "-q", *map(str, sorted((folder / "feeds").iterdir()))],
        }
        if options.folder:
            commands["check: a folder of real articles, one process"] = [*check, options.folder]
        for title, command in commands.items():
            table(title, stacks(command, options.rate, folder), options.rows)


if __name__ == "__main__":
    main()
