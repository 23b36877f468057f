"""
What a commit hook pays: whole processes, measured in turn in one run, as ratios against named peers.

    python benchmarks/startup.py [--runs 21] [--large] [--json FILE]

Writes its own articles (10 KB of Markdown and of plain text, without and with a pasted run; with --large one of 1 MB,
the same with pasted paragraphs, one with all that Markdown files hold, and a million identical lines), runs each command in
turn, A B C A B C ..., and prints medians. These machines are noisy: read the ratios; those of the large ones are of
processor time. Needs `pip install . codespell mdformat`; a peer that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

SYLLABLES = "ba ren to li sko mar den vel ik os fra tun ge lo nas pri cor del ham ust wen dor ska mi ter bon lis cap rud en".split()
SMALL = "the of and to in a was that for on with as at by from it had were which but not they this one their been would there".split()
CAPITALS = "Harbour Council Northport Eastmole Lindqvist Okafor Tuesday Friday September Customs Board Lighthouse Trust".split()


def vocabulary(size: int = 6000) -> list[str]:
    """Return made-up words, the frequent ones short."""
    rng = random.Random(0)
    return ["".join(rng.choice(SYLLABLES) for _ in range(1 + min(3, number // 400 + rng.randint(0, 1)))) for number in range(size)]


WORDS = vocabulary()


def sentence(rng: random.Random, marked: bool) -> str:
    """Return a sentence with the mix of words that prose has: half of them small, a few names, rare words often new."""
    said: list[str] = []
    for place in range(rng.randint(9, 26)):
        if place % 2 and rng.random() < 0.85:
            word = rng.choice(SMALL)
        elif rng.random() < 0.05:
            word = rng.choice(CAPITALS)
        else:
            word = WORDS[min(len(WORDS) - 1, int(len(WORDS) ** rng.random()) + rng.randrange(40))]
        if word.lower() not in (other.lower() for other in said[-6:]):
            said.append(word)
    if marked and rng.random() < 0.1:
        place = rng.randrange(len(said))
        said[place] = rng.choice([f"*{said[place]}*", f"**{said[place]}**", f"[{said[place]}](https://example.org/{said[place]})", f"`{said[place]}`"])
    text = " ".join(said)
    return text[0].upper() + text[1:] + rng.choice(["."] * 8 + ["?", "!"])


def paragraph(rng: random.Random, marked: bool) -> str:
    """Return a paragraph of three to six sentences."""
    return " ".join(sentence(rng, marked) for _ in range(rng.randint(3, 6)))


def article(size: int, seed: int, marked: bool = True) -> list[str]:
    """Return the paragraphs of an article of about so many characters, with or without links and emphasis."""
    rng = random.Random(seed)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        parts.append(paragraph(rng, marked))
    return parts


def mixed(size: int, seed: int) -> str:
    """Return Markdown of about so many characters with all that files hold: front matter, headings, lists, tables, code, quotes."""
    rng = random.Random(seed)

    def name() -> str:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 4))).capitalize()

    def cell() -> str:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 5)))

    makers = {
        "prose": lambda: paragraph(rng, True),
        "wrapped": lambda: textwrap.fill(paragraph(rng, True), 80),
        "heading": lambda: "#" * rng.randint(2, 4) + " " + rng.choice([name(), name(), "Example", "Syntax"]),
        "list": lambda: "\n".join(f"- {rng.choice([cell(), sentence(rng, True), f'[{name()}](https://example.org/{rng.choice(WORDS)})'])}" for _ in range(rng.randint(2, 8))),
        "steps": lambda: "\n".join(f"{number}. {sentence(rng, True)}" for number in range(1, rng.randint(3, 6))),
        "table": lambda: "\n".join(["| Name | What |", "|---|---|", *(f"| {cell()} | {cell()} |" for _ in range(rng.randint(2, 9)))]),
        "code": lambda: "```python\n" + "\n".join(f"{rng.choice(WORDS)} = {rng.choice(WORDS)}({rng.randint(0, 9)})" for _ in range(rng.randint(2, 9))) + "\n```",
        "quote": lambda: "> " + paragraph(rng, True),
        "html": lambda: f'<a name="{rng.choice(WORDS)}"></a>',
        "note": lambda: "Run the command again when it has ended, and then restart the service.",
    }
    weights = (30, 12, 14, 12, 4, 5, 8, 3, 2, 2)
    parts = [f"---\ntitle: {name()}\ntags: [{cell()}]\n---", f"# {name()}"]
    said = sum(map(len, parts))
    while said < size:
        parts.append(makers[rng.choices(list(makers), weights)[0]]())
        said += len(parts[-1])
        if rng.random() < 0.01:
            parts.append(parts[-1])  # pasted twice
    return "\n\n".join(parts) + "\n"


def articles(folder: Path, large: bool) -> dict[str, Path]:
    """Write the articles that are measured; return them by name."""
    plain, marked = article(10_000, 1, marked=False), ["# A plan for the harbour", *article(9_900, 2)]
    texts = {
        "10 KB Markdown": "\n\n".join(marked) + "\n",
        "10 KB Markdown, a run pasted twice": "\n\n".join([*marked[:-4], *marked[3:7]]) + "\n",
        "10 KB text": "\n\n".join(plain) + "\n",
        "10 KB text, a run pasted twice": "\n".join([*plain[:-4], *plain[2:6]]) + "\n",
    }
    if large:
        long = article(1_000_000, 3)
        texts["1 MB Markdown"] = "# A long plan\n\n" + "\n\n".join(long) + "\n"
        for at in range(40, len(long) - 40, 40):
            long.insert(at + 2, long[at])
        texts["1 MB Markdown, 60 paragraphs pasted twice"] = "# A long plan\n\n" + "\n\n".join(long) + "\n"
        texts["1 MB mixed Markdown"] = mixed(1_000_000, 4)
        texts["a million identical lines"] = "The ferry left the northern pier at dawn.\n" * 1_000_000
    paths = {}
    for number, (name, text) in enumerate(texts.items()):
        paths[name] = folder / f"{number}{'.md' if 'Markdown' in name else '.txt'}"
        paths[name].write_text(text, encoding="utf-8", newline="")
    return paths


def found(name: str) -> str | None:
    """Return a program of the interpreter's own environment, else of the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def processor() -> float:
    """Return the processor seconds, user and system, of all processes that have ended: long runs on a busy machine are told by these."""
    times = os.times()
    return times.children_user + times.children_system


def measure(commands: dict[str, list[str]], runs: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Run the commands in turn, one warm-up first; return the seconds of each run."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            start = clock()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
            if run:
                seconds[name].append(clock() - start)
    return seconds


def table(title: str, seconds: dict[str, list[float]], base: str) -> dict[str, dict[str, float]]:
    """Print medians and ratios; a ratio is the median of the ratios run by run."""
    print(f"\n{title}\n\n| command | ms, median (min-max) | of {base} |\n|---|---|---|")
    rows = {}
    for name, runs in seconds.items():
        median = statistics.median(runs)
        ratio = statistics.median(one / other for one, other in zip(runs, seconds[base], strict=True)) if base in seconds else float("nan")
        rows[name] = {"seconds": median, "ratio": ratio}
        print(f"| {name} | {median * 1000:,.0f} ({min(runs) * 1000:,.0f}-{max(runs) * 1000:,.0f}) | {ratio:.2f} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    cleaner, codespell, mdformat = (found(name) for name in ("cleaner", "codespell", "mdformat"))
    if cleaner is None:
        sys.exit("cleaner is not installed here; run: pip install .")
    for name, path in (("codespell", codespell), ("mdformat", mdformat)):
        if path is None:
            print(f"{name} is not installed here and is left out; run: pip install {name}", file=sys.stderr)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    results: dict[str, object] = {"python": sys.version.split()[0]}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in articles(Path(folder), options.large).items():
            commands = {"bare python": [sys.executable, "-c", "pass"]}
            small = name.startswith("10 KB")
            if codespell and small:
                commands["codespell"] = [codespell, str(path)]
            if mdformat and path.suffix == ".md":
                commands["mdformat --check"] = [mdformat, "--check", str(path)]
            commands["cleaner check"] = [cleaner, "check", "--isolated", str(path)]
            commands["cleaner clean"] = [cleaner, "clean", "--isolated", str(path)]
            if not small:
                del commands["bare python"]
            base = "codespell" if "codespell" in commands else "mdformat --check" if "mdformat --check" in commands else "cleaner check"
            measured = measure(commands, options.runs, time.perf_counter) if small else measure(commands, max(1, options.runs // 7), processor)
            results[name] = table(name if small else f"{name}, processor time", measured, base)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
