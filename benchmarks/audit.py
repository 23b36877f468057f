"""
How many items `cleaner audit` reads and judges in a second, and how many of the planted duplicates of each kind it finds.

    python benchmarks/audit.py                  # 100, 10,000 and 100,000 items
    python benchmarks/audit.py --items 2000 --seed 7

The feeds are made by benchmarks/planted.py: a fifth of the items are copies of one of eight kinds, or look like copies and are
none. Reading (bytes to items) and judging (items to stories) are timed apart, in one process, with the garbage collector set as the
command sets it; the growth is the slope between the sizes on a logarithmic scale (1.0 is linear). A kind's recall counts copies that were found with an original
of their story and under their kind; precision counts all copies that were reported.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from planted import Planted, planted

SIZES = (100, 10_000, 100_000)


class Score(NamedTuple):
    items: int
    reading: float  # seconds
    judging: float
    kinds: dict[str, tuple[int, int]]  # found, planted
    missed: int
    false: int
    named: int  # copies reported
    wrong: list[str]


def score(items: int, seed: int) -> Score:
    """Make feeds, audit them, and hold the result against what was planted."""
    from cleaner.feeds.item import Source
    from cleaner.feeds.read import read
    from cleaner.options import Options
    from cleaner.stories.audit import audit, prepare

    made = planted(items, seed)
    options = Options(max_bytes=10**10)
    start = time.perf_counter()
    sources = [read(data, name, options=options) for name, data in made.feeds.items()]
    between = time.perf_counter()
    result = audit(prepare([source for source in sources if isinstance(source, Source)]))
    end = time.perf_counter()
    copies = {
        (member.item.source, member.item.number): (member.rule, (cluster.original.source, cluster.original.number))
        for cluster in result.clusters
        for member in cluster.members
    }
    kinds, missed, wrong = _kinds(made, copies)
    false = [f"{place} {found}" for place, found in copies.items() if _story(made, place) != _story(made, found[1])]
    return Score(made.items, between - start, end - between, kinds, missed, len(false), len(copies), [*wrong, *false])


def _story(made: Planted, place: tuple[str, int]) -> tuple[str, int]:
    while place in made.copies:
        place = made.copies[place][1]
    return place


def _kinds(made: Planted, found: dict[tuple[str, int], tuple[str, tuple[str, int]]]) -> tuple[dict[str, tuple[int, int]], int, list[str]]:
    planted_of, right = Counter(), Counter()
    missed = 0
    wrong: list[str] = []
    for place, (rule, original) in made.copies.items():
        planted_of[rule] += 1
        # Where both were published in one minute either may be the original.
        pair = next((found[each] for each in (place, original) if each in found and _story(made, found[each][1]) == _story(made, place)), None)
        if pair is None:
            missed += 1
            wrong.append(f"missed {rule} {place}")
        elif pair[0] == rule:
            right[rule] += 1
        else:
            wrong.append(f"{rule} called {pair[0]} {place}")
    return {rule: (right[rule], planted_of[rule]) for rule in sorted(planted_of)}, missed, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--items", type=int, action="append")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    gc.set_threshold(1_000_000, 50, 50)
    scores = [score(items, given.seed) for items in given.items or SIZES]
    for each in scores:
        total = each.reading + each.judging
        print(f"{each.items:>7} items: {each.items / total:,.0f} items a second; reading {each.reading:.2f} s, judging {each.judging:.2f} s")
        for rule, (right, number) in each.kinds.items():
            print(f"         {rule}  recall {right / number:.3f} of {number}")
        print(f"         precision {1 - each.false / max(1, each.named):.4f} of {each.named}; missed {each.missed}")
        for line in each.wrong[:10]:
            print(f"         {line}")
    for one, other in zip(scores, scores[1:]):
        ratio = math.log(other.items / one.items)
        for name in ("reading", "judging"):
            grown = math.log(getattr(other, name) / getattr(one, name)) / ratio
            print(f"growth of {name} from {one.items} to {other.items} items: exponent {grown:.2f}")


if __name__ == "__main__":
    main()
