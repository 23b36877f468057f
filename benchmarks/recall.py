"""
The recall of bands as a curve: which part of the pairs at each similarity share a band, promised and measured.

    pip install .
    python benchmarks/recall.py

Pairs of texts are made at each Jaccard similarity of their word triples (60 triples each, so that it is met to a hundredth); the
promise is 1 - (1 - J**rows)**bands. Beside it what datasketch's MinHashLSH finds with 128 numbers and its own choice of bands for the same
threshold, of the same pairs.
"""

from __future__ import annotations

import argparse
import random

from cleaner.match import sketch
from cleaner.match.sketch import Scheme


def pairs(jaccard: float, number: int, drawn: random.Random) -> list[tuple[str, str]]:
    """Make pairs of texts of 62 words."""
    shared = round(2 * 60 * jaccard / (1 + jaccard))
    made = []
    for _ in range(number):
        body = [f"w{drawn.randrange(10**9)}" for _ in range(shared + 2)]
        ends = [[f"v{drawn.randrange(10**9)}" for _ in range(60 - shared)] for _ in range(2)]
        made.append((" ".join(body + ends[0]), " ".join(body + ends[1])))
    return made


def datasketch_finds(texts: list[tuple[str, str]], threshold: float) -> float:
    from datasketch import MinHash, MinHashLSH

    found = 0
    for one, other in texts:
        signed = []
        for text in (one, other):
            words = text.split()
            own = MinHash(num_perm=128)
            own.update_batch([" ".join(each).encode() for each in zip(words, words[1:], words[2:])])
            signed.append(own)
        lsh = MinHashLSH(threshold=threshold, num_perm=128)
        lsh.insert("one", signed[0])
        found += bool(lsh.query(signed[1]))
    return found / len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--pairs", type=int, default=20_000)
    given = parser.parse_args()
    cut = sketch.banding(given.threshold)
    scheme = Scheme(size=cut.bands * cut.rows)
    drawn = random.Random(1)
    print(f"threshold {given.threshold}: {cut.bands} bands of {cut.rows}, {given.pairs:,} pairs a row\n")
    print("| Jaccard similarity | promised | measured | datasketch, of 500 pairs |")
    print("|---|---|---|---|")
    for hundredths in (20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95):
        texts = pairs(hundredths / 100, given.pairs, drawn)
        shingles = [sketch.shingles(list(side)) for side in zip(*texts)]
        one, other = (set(each.of(0).tolist()) for each in shingles)
        exact = len(one & other) / len(one | other)
        banded = [sketch.bands(sketch.signatures(each, scheme), cut) for each in shingles]
        met = float((banded[0] == banded[1]).any(axis=1).mean())
        print(f"| {exact:.3f} | {cut.chance(exact):.4f} | {met:.4f} | {datasketch_finds(texts[:500], given.threshold):.3f} |", flush=True)


if __name__ == "__main__":
    main()
