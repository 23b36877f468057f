"""
Against the peers: near-duplicate paragraphs, from texts to verified pairs, each tool as a process of its own, in one run.

    pip install . rensa gaoya simhash 'datatrove[processing]' tokenizers spacy psutil
    python benchmarks/peers.py --size 100000
    python benchmarks/peers.py --size 1000000 --runs 1 --skip simhash,datatrove
    python benchmarks/peers.py --texts FOLDER          # the paragraphs of real files

The corpus is made by the script, the same for everybody: made-up prose, one paragraph in seven an edited copy of one above (words
exchanged, dropped or added, from one word to a third of them), one in fourteen an equal copy, and families of some fifty entries that share most
of their words; the shares are the same at every size. What is true is told by comparing all with all: every pair of different texts whose
word triples have a Jaccard similarity of the threshold or above, counted exactly. With more than --asked paragraphs, so many are drawn, and
pairs with one of these are scored.

Each tool gets the same texts in memory and does all from there on: words, shingles, signatures, candidates; and says which pairs are at the
threshold. Where a tool has an estimate of its own, its candidates are filtered by that, as its documentation does. Precision and recall are
of pairs of different texts; seconds are those from texts to pairs, without reading the file and importing; memory is the peak of the process
and its helpers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path
from statistics import median

THRESHOLD = 0.8
PERMUTATIONS = 128
WORD = re.compile(r"\w+")


# --- the corpus -------------------------------------------------------------------------------------------------------


def made(number: int, seed: int = 20260101) -> list[str]:
    """Make paragraphs; the same for everybody."""
    drawn = random.Random(seed)
    vocabulary = ["".join(drawn.choices("etaoinshrdlucmfwypvbgk", weights=range(22, 0, -1), k=drawn.choice([2, 3, 4, 5, 6, 7, 9]))) for _ in range(30_000)]
    weights = [1 / (place + 3) for place in range(len(vocabulary))]
    cumulative: list[float] = []
    total = 0.0
    for weight in weights:
        total += weight
        cumulative.append(total)
    texts: list[str] = []
    families = [[drawn.choice(vocabulary) for _ in range(30)] for _ in range(50)]
    for _ in range(number):
        kind = drawn.random()
        if texts and kind < 1 / 14:
            texts.append(drawn.choice(texts))
        elif texts and kind < 3 / 14:
            words = drawn.choice(texts).split(" ")
            for _ in range(max(1, round(len(words) * drawn.choice([0, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3])))):
                at = drawn.randrange(len(words))
                words[at : at + drawn.randint(0, 1)] = [drawn.choice(vocabulary)] * drawn.randint(0, 1)
            texts.append(" ".join(words))
        elif kind < 0.24:
            while len(families) * 2_000 < len(texts):
                families.append([drawn.choice(vocabulary) for _ in range(30)])
            family = list(drawn.choice(families))
            for _ in range(15):
                family[drawn.randrange(len(family))] = drawn.choice(vocabulary)
            texts.append(" ".join(family))
        else:
            # Words of their own, so that what is planted is the same share of a hundred thousand and of a million.
            texts.append(" ".join(drawn.choices(vocabulary, cum_weights=cumulative, k=drawn.choice([15, 25, 35, 45, 60, 80]))))
    return texts


def real(folder: str) -> list[str]:
    """Return the paragraphs of the Markdown and text files of a folder that have eight words or more."""
    found: list[str] = []
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix.lower() in {".md", ".mdx", ".markdown", ".txt", ".rst"} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [part for part in re.split(r"\n\s*\n", text) if len(WORD.findall(part)) >= 8]
    return found


# --- the truth --------------------------------------------------------------------------------------------------------


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return frozenset(zip(words, words[1:], words[2:]))


def truth(texts: list[str], threshold: float, asked: set[int]) -> set[tuple[int, int]]:
    """
    All pairs of different texts at the threshold of which one at least is asked about; of equal texts the first stands for all.

    Each text is held against all that are asked about, by counting the triples they share: exact, without candidates.
    """
    first: dict[str, int] = {}
    for number, text in enumerate(texts):
        first.setdefault(text, number)
    sizes: dict[int, int] = {}
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in asked:
        if first[texts[number]] == number:
            held = shingles(texts[number])
            sizes[number] = len(held)
            for each in held:
                holders[each].append(number)
    pairs: set[tuple[int, int]] = set()
    for text, number in first.items():
        held = shingles(text)
        shared = Counter(chain.from_iterable(holders[each] for each in held if each in holders))
        for other, count in shared.items():
            if other != number and count >= threshold * (len(held) + sizes[other] - count):
                pairs.add((min(number, other), max(number, other)))
    return pairs


# --- the tools --------------------------------------------------------------------------------------------------------


def cleaner(texts: list[str], threshold: float, processes: int) -> set[tuple[int, int]]:
    from cleaner.corpus.model import Measure
    from cleaner.engines.memory import compare

    # Fewest words as low as it goes: the other tools compare all.
    found = compare(texts, Measure(threshold=threshold, fewest=3, keep="first"), judged=False, processes=processes)
    return {(pair.keeper, pair.copy) for pair in found.pairs}


def datasketch_bulk(texts: list[str], threshold: float) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    # Its documented bulk path: signatures by one generator, one session of insertions, a query for each text.
    members = ([" ".join(each).encode("utf-8") for each in shingles(text)] for text in texts)
    signatures = list(MinHash.generator(members, num_perm=PERMUTATIONS))
    lsh = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    with lsh.insertion_session() as session:
        for number, signature in enumerate(signatures):
            session.insert(number, signature, check_duplication=False)
    pairs: set[tuple[int, int]] = set()
    for number, signature in enumerate(signatures):
        for other in lsh.query(signature):
            if other < number and signature.jaccard(signatures[other]) >= threshold:
                pairs.add((other, number))
    return pairs


def rensa(texts: list[str], threshold: float, kind: str) -> set[tuple[int, int]]:
    import rensa as package

    sketch = getattr(package, kind)
    lsh = package.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16) if kind == "RMinHash" else None
    signatures = []
    for number, text in enumerate(texts):
        own = sketch(num_perm=PERMUTATIONS, seed=42)
        own.update([" ".join(each) for each in shingles(text)])
        signatures.append(own)
        if lsh is not None:
            lsh.insert(number, own)
    pairs: set[tuple[int, int]] = set()
    for number, own in enumerate(signatures):
        for other in lsh.query(own):
            if other < number and own.jaccard(signatures[other]) >= threshold:
                pairs.add((other, number))
    return pairs


def gaoya(texts: list[str], threshold: float) -> set[tuple[int, int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, threshold, 42, 3, None, "word", True, (3, 3))
    index.par_bulk_insert_docs(range(len(texts)), texts)
    pairs: set[tuple[int, int]] = set()
    for number, others in enumerate(index.par_bulk_query(texts)):
        pairs.update((other, number) for other in others if other < number)
    return pairs


def simhash(texts: list[str], _: float) -> set[tuple[int, int]]:
    import logging

    from simhash import Simhash, SimhashIndex

    logging.disable(logging.CRITICAL)
    hashed = [(str(number), Simhash([" ".join(each) for each in shingles(text)])) for number, text in enumerate(texts)]
    index = SimhashIndex(hashed, k=6)
    pairs: set[tuple[int, int]] = set()
    for number, (_, own) in enumerate(hashed):
        pairs.update((int(other), number) for other in index.get_near_dups(own) if int(other) < number)
    return pairs


def datatrove(texts: list[str], _: float) -> set[tuple[int, int]]:
    import struct

    from datatrove.data import Document
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupSignature
    from loguru import logger

    logger.remove()

    # Its own bands (14 of 8, made for 0.75 and above) and tokenizer; word triples instead of fives, as all others here. It verifies nothing.
    config = MinhashConfig(n_grams=3, num_buckets=14, hashes_per_bucket=8)
    pairs: set[tuple[int, int]] = set()
    with tempfile.TemporaryDirectory() as folder:
        documents = (Document(text=text, id=str(number)) for number, text in enumerate(texts))
        MinhashDedupSignature(output_folder=f"{folder}/signatures", config=config).run(documents, rank=0, world_size=1)
        for rank in range(config.num_buckets):
            step = MinhashDedupBuckets(input_folder=f"{folder}/signatures", output_folder=f"{folder}/buckets", config=config)
            step.run(None, rank=rank, world_size=config.num_buckets)
        for path in Path(folder, "buckets").glob("*.dups"):
            pairs.update((min(one, other), max(one, other)) for _, one, _, other in struct.iter_unpack("<4I", path.read_bytes()))
    return pairs


TOOLS = {
    "cleaner": lambda texts, threshold: cleaner(texts, threshold, 0),
    "cleaner, one process": lambda texts, threshold: cleaner(texts, threshold, 1),
    "datasketch": datasketch_bulk,
    "rensa": lambda texts, threshold: rensa(texts, threshold, "RMinHash"),
    "gaoya": gaoya,
    "simhash": simhash,
    "datatrove": datatrove,
}


# --- running ----------------------------------------------------------------------------------------------------------


def alone(tool: str, path: str, threshold: float, out: str) -> None:
    """What a process of one tool does: read, compare, write the pairs and the seconds."""
    texts = json.loads(Path(path).read_text(encoding="utf-8"))
    TOOLS[tool](texts[:50], threshold)  # imports, and what is made when it is first asked for
    start = time.perf_counter()
    pairs = TOOLS[tool](texts, threshold)
    seconds = time.perf_counter() - start
    Path(out).write_text(json.dumps({"seconds": seconds, "pairs": sorted(pairs)}), encoding="utf-8")


def watched(tool: str, path: str, threshold: float, folder: str) -> dict[str, float] | None:
    """Run one tool; return its seconds, its pairs, and the peak memory of it and its helpers in MiB."""
    import psutil

    out = str(Path(folder) / "out.json")
    env = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS")}
    running = subprocess.Popen([sys.executable, __file__, "--alone", tool, "--path", path, "--threshold", str(threshold), "--out", out], env=env)
    peak = 0
    start = time.perf_counter()
    process = psutil.Process(running.pid)
    while running.poll() is None:
        try:
            # Pages that helpers share with their parent count once: the proportional set size.
            every = [process, *process.children(recursive=True)]
            peak = max(peak, sum(getattr(each.memory_full_info(), "pss", 0) or each.memory_info().rss for each in every))
        except psutil.Error:
            pass
        # Looking costs time, the more the larger a process is, and it is held meanwhile.
        time.sleep(min(2.0, 0.2 + (time.perf_counter() - start) / 20))
    if running.returncode:
        return None
    found = json.loads(Path(out).read_text(encoding="utf-8"))
    return {"seconds": found["seconds"], "pairs": {tuple(pair) for pair in found["pairs"]}, "peak": peak / 2**20}


def scores(pairs: set[tuple[int, int]], true: set[tuple[int, int]], same: list[int], asked: set[int]) -> tuple[float, float, float]:
    """Precision, recall and F1 of pairs of different texts, each text by the first of its equals, of which one is asked about."""
    folded = {(min(same[a], same[b]), max(same[a], same[b])) for a, b in pairs}
    folded = {pair for pair in folded if pair[0] != pair[1] and not asked.isdisjoint(pair)}
    right = len(folded & true)
    precision, recall = right / max(1, len(folded)), right / max(1, len(true))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def version(tool: str) -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as of

    try:
        return of(tool.split(",", maxsplit=1)[0])
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--texts", metavar="FOLDER", help="real files instead of made ones")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--asked", type=int, default=50_000, metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip", default="", metavar="TOOLS")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        alone(given.alone, given.path, given.threshold, given.out)
        return
    texts = real(given.texts) if given.texts else made(given.size)
    first: dict[str, int] = {}
    asked = set(random.Random(9).sample(range(len(texts)), min(given.asked, len(texts))))
    same = [first.setdefault(text, number) for number, text in enumerate(texts)]
    asked = {same[number] for number in asked}
    true = truth(texts, given.threshold, asked)
    megabytes = sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6
    print(f"{len(texts):,} paragraphs, {megabytes:.0f} MB, {len(true):,} pairs of different texts at {given.threshold}, of {len(asked):,} asked about\n")
    print("| tool | seconds, median (min-max) | paragraphs/s | of datasketch | peak MiB | precision | recall | F1 |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "texts.json")
        Path(path).write_text(json.dumps(texts), encoding="utf-8")
        tools = [tool for tool in TOOLS if tool not in given.skip.split(",")]
        runs: dict[str, list[dict[str, float]]] = defaultdict(list)
        for turn in range(given.runs):  # in turn, so that a machine's moods strike all
            for tool in tools:
                if turn and tool in ("simhash", "datatrove"):
                    continue  # one look at the slow ones is enough
                if version(tool) != "not installed" and (found := watched(tool, path, given.threshold, folder)):
                    runs[tool].append(found)
        for tool in tools:
            if not runs[tool]:
                print(f"| {tool} {version(tool)} | did not finish | | | | | | |", flush=True)
                continue
            seconds = sorted(run["seconds"] for run in runs[tool])
            pairs = zip(runs["datasketch"], runs[tool])
            ratio = f"{median(theirs['seconds'] / ours['seconds'] for theirs, ours in pairs):.1f} times as fast" if runs["datasketch"] else ""
            precision, recall, f1 = scores(runs[tool][0]["pairs"], true, same, asked)
            print(
                f"| {tool} {version(tool)} | {median(seconds):.2f} ({seconds[0]:.2f}-{seconds[-1]:.2f}) | {len(texts) / median(seconds):,.0f} "
                f"| {ratio} | {max(run['peak'] for run in runs[tool]):,.0f} | {precision:.4f} | {recall:.4f} | {f1:.4f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
