"""
How long a history takes to answer a feed of 100 items, by the number of items that it holds.

    python benchmarks/history.py                      100,000 items, about 250 words each
    python benchmarks/history.py --items 1000000      2 to 3 GB of disk, and some minutes to fill it

The items are made here, from a fixed seed, of a thousand sources. The feed that is asked for is half known and unchanged, a quarter
known and changed, and a quarter copies of other sources' items. All share one fingerprint, as what carries a notice does.
Each time is the first of a process: the history has just been opened, and only the operating system may remember some of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from cleaner.feeds.history import History, Print
from cleaner.feeds.item import Item

_SYLLABLES = "ka lo mi ten sar vu pel dor ish ban que rim fol gat hu jo nes tri wam yel ost kin fra bol".split()
_WORDS = ["".join(word) for word in (Random(1).choices(_SYLLABLES, k=1 + at % 3) for at in range(20_000))]
_STORED = 20_000  # items at a time
_NOTICE = 77


def print_of(number: int, source: int | None = None, edition: int = 0) -> Print:
    """Return the same item for the same number; of another source, a copy under its own id."""
    random = Random(number)
    text = "\n\n".join(" ".join(random.choices(_WORDS, k=60)) for _ in range(4)) + f" {edition}" * bool(edition)
    place = f"https://example.org/feeds/{number % 1000 if source is None else source}"
    link = f"example.org/{number}" + (f"/copy-{source}" if source is not None else "")
    item = Item(
        f"{place}#{link}", place, 1, f"https://{link}", f"https://{link}", title=" ".join(random.choices(_WORDS, k=9)),
        published="2026-11-23T08:30:00Z", text=text, summary=text[:200],
    )  # fmt: skip
    sketch = tuple(random.getrandbits(64) for _ in range(7))
    return Print(item, link, blake2b(text.encode(), digest_size=16).hexdigest(), (*sketch, _NOTICE))


def fill(path: str, items: int) -> None:
    with History.open(path) as history:
        for start in range(0, items, _STORED):
            history.store(map(print_of, range(start, min(start + _STORED, items))), "2026-11-23T06:00:00Z")


def ask(path: str, items: int, turn: int) -> None:
    """Time one feed against a history, as one process of its own."""
    chosen = Random(f"turn {turn}").sample(range(items), 100)  # what was asked for once is stored, and is no copy any more
    feed = [
        *map(print_of, chosen[:50]),
        *(print_of(number, edition=1) for number in chosen[50:75]),
        *(print_of(number, source=5000 + at) for at, number in enumerate(chosen[75:])),
    ]
    begun = perf_counter()
    history = History.open(path)
    opened = perf_counter()
    versions = history.versions(feed)
    known = perf_counter()
    related = history.related(feed)
    answered = perf_counter()
    history.store(feed, "2026-11-24T06:00:00Z", [f"finding {at}" for at in range(30)])
    stored = perf_counter()
    history.close()
    assert len(versions) == 75 and not history.notes
    assert {each.item.id for each in related} >= {f"https://example.org/{number}" for number in chosen[75:]}
    steps = f"open {opened - begun:.3f}, versions {known - opened:.3f}, related {answered - known:.3f} ({len(related)} items), store {stored - answered:.3f}"
    print(f"{items:>9,} items: answered in {answered - begun:.3f} s ({steps})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--asked", metavar="FILE", help="a history that is filled already: ask it, and no more")
    parser.add_argument("--turn", type=int, default=0, help="which 100 items to ask for")
    given = parser.parse_args()
    if given.asked:
        ask(given.asked, given.items, given.turn)
        return
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "history")
        begun = perf_counter()
        fill(path, given.items)
        seconds, size = perf_counter() - begun, os.path.getsize(path)
        print(f"{given.items:>9,} items: filled in {seconds:.0f} s, {given.items / seconds:,.0f} items/s; {size / 1e6:,.0f} MB, {size / given.items:,.0f} bytes each", flush=True)
        for turn in range(3):
            subprocess.run([sys.executable, __file__, "--items", str(given.items), "--asked", path, "--turn", str(turn)], check=True)


if __name__ == "__main__":
    main()
