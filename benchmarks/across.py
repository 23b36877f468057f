"""
How long `cleaner check --across` takes on a large repository: nothing kept, everything kept, one file changed.

    python benchmarks/across.py                    14,000 Markdown files, about 500 words each
    python benchmarks/across.py --files 2000

The files are made here, from a fixed seed, in a temporary git repository: paragraphs of their own, a notice that all of
them share, some copies and some edited copies. Each time is that of a whole process, the best of three but for the first.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

_SYLLABLES = "ka lo mi ten sar vu pel dor ish ban que rim fol gat hu jo nes tri wam yel ost kin fra bol".split()


def paragraph(random: Random, words: int) -> str:
    said = ["".join(random.choices(_SYLLABLES, k=random.randint(1, 3))) for _ in range(words)]
    said[0] = said[0].capitalize()
    return " ".join(said) + "."


def page(random: Random, number: int, notice: str) -> str:
    parts = [f"# {paragraph(random, 4)} {number}", notice]
    for section in range(3):
        parts += [f"## {paragraph(random, 3)}", *(paragraph(random, random.randint(30, 70)) for _ in range(3))]
        parts.append("\n".join(f"- {paragraph(random, 8)}" for _ in range(3)))
        parts.append(f"```\nrun --section {section}\n```")
    return "\n\n".join(parts) + "\n"


def lay(root: Path, files: int) -> None:
    """Write a repository: one file in a hundred is a copy of another, one in a hundred an edited copy."""
    random = Random(20_260)
    notice = paragraph(random, 40)
    before = ""
    for number in range(files):
        folder = root / f"part{number % 97:02}"
        folder.mkdir(exist_ok=True)
        if number % 100 == 1:
            text = before
        elif number % 100 == 2:
            text = before.replace("ka", "lo", 5)
        else:
            text = before = page(random, number, notice)
        (folder / f"page{number:05}.md").write_text(text, encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all"]):
        subprocess.run(["git", *words], cwd=root, check=True)


def timed(root: Path, *words: str) -> float:
    began = perf_counter()
    command = [sys.executable, "-m", "cleaner", "check", "--across", "--isolated", "-q", "--exit-zero", *words]
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def best(root: Path, *words: str) -> float:
    return min(timed(root, *words) for _ in range(3))


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--files", type=int, default=14_000)
    files = given.parse_args().files
    with TemporaryDirectory() as folder:
        root = Path(folder)
        lay(root, files)
        one = next(root.glob("part01/*.md"))
        size = sum(path.stat().st_size for path in root.rglob("*.md"))
        print(f"{files:,} files, {size / 1e6:.0f} MB, {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} processors")
        name = str(one.relative_to(root))
        print(f"one file, nothing kept       {timed(root, name):7.2f} s")
        timed(root, name)  # files that were written a moment ago are read once more before their times are believed
        print(f"one file, everything kept    {best(root, name):7.2f} s")
        times = []
        for number in range(3):
            with one.open("a", encoding="utf-8") as file:
                file.write(f"\nAnd sentence {number} of a new paragraph, which nobody else has.\n")
            times.append(timed(root, name))
        print(f"one file changed             {min(times):7.2f} s")
        print(f"one file without --across    {min(plain(root, name) for _ in range(3)):7.2f} s")
        kept = root / ".cleaner_cache" / "across-1.sqlite"
        print(f"the index                    {kept.stat().st_size / 1e6:7.1f} MB")


def plain(root: Path, name: str) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-m", "cleaner", "check", "--isolated", "-q", "--exit-zero", name], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


if __name__ == "__main__":
    main()
