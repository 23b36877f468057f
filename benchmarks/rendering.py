"""
Law 8 on a real repository: whatever the proof lets be removed leaves the rest of the page as it was rendered before.

    python benchmarks/rendering.py FOLDER            # each block of prose of each Markdown file below it, removed by itself
    python benchmarks/rendering.py FOLDER --most 40  # of each file at most 40 blocks, chosen by chance: each page is drawn twice for each
    python benchmarks/rendering.py --pairs 20000     # a paragraph pasted between two examples of the specifications, chosen by chance

Each removal is cut out (`rules.cut`) and proved (`proof.holds`) as any other. What is let through is rendered by markdown-it-py, inline content and all,
and held against the page of the original without that block. Exit status 1 if any page differs beyond that.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "tests")]

from rendered import html, without_lines, without_once
from shared import examples

from cleaner import source
from cleaner.errors import CleanerError
from cleaner.lines import Lines
from cleaner.model import PROSE, Article, Origin
from cleaner.options import Options
from cleaner.page import Page
from cleaner.pipeline import clean_article
from cleaner.plan import apply
from cleaner.proof import holds
from cleaner.rules.cut import Gone, cut
from cleaner.segment import segment

PASTED = "The lamplighter of the quay wrote down the name of every boat that passed in the fog."


def removals(article: Article, tally: Counter[str], most: int, chance: random.Random) -> list[str]:
    """Remove blocks of prose, each by itself; return what reads otherwise than it was to."""
    options = Options(profile="docs")
    page = Page(article, segment(article), options)
    text, lines = article.text, Lines(article.text)
    skip = page.blocks[0].span.end if page.blocks and page.blocks[0].kind == "front" else 0
    top = lines.at(skip)[0] - 1 if skip else 0
    wrong = []
    blocks = [block for block in page.blocks if block.kind in PROSE]
    for block in blocks if len(blocks) <= most else chance.sample(blocks, most):
        tally["removals"] += 1
        edit = cut(page, block.number, block.number, Gone([block.number]))
        if not holds(page, (edit,)):
            tally["refused"] += 1
            continue
        first, _, last, _ = lines.of(block.span)
        wanted = without_lines(text[skip:], first - 1 - top, last - top)
        if wanted is None:
            tally["part of a block, not judged"] += 1
            continue
        tally["judged"] += 1
        # A page that ends in raw HTML ends as the text does, with a line end or without.
        if html(apply(text, (edit,))[skip:]).rstrip("\n") != wanted.rstrip("\n"):
            wrong.append(f"{article.origin.path}:{first}: {text[block.span.start : block.span.end][:60]!r}")
    return wrong


def pasted(one: str, other: str, tally: Counter[str]) -> str:
    """Paste a paragraph between two texts that stands above them already; return the text if its removal does more than was said, else ""."""
    text = f"{PASTED}\n\n{one}\n{PASTED}\n\n{other}"
    cleaned = clean_article(Article(text, "markdown", Origin("a.md", "utf-8", b"", "")), Options(profile="article"))
    tally["pairs"] += 1
    if not cleaned.plan.edits:
        tally["left alone"] += 1
        return ""
    if [edit.before.strip() for edit in cleaned.plan.edits] != [PASTED]:
        tally["more goes, not judged"] += 1
        return ""
    tally["judged"] += 1
    return "" if html(cleaned.text) in without_once(html(text), PASTED) else text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--most", type=int, default=sys.maxsize, help="blocks of one file")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    chance = random.Random(given.seed)
    if given.folder:
        for path in sorted(given.folder.rglob("*.md")):
            try:
                article = source.read(path)
            except CleanerError as error:
                print(error)
                continue
            tally["files"] += 1
            wrong += removals(article, tally, given.most, chance)
    if given.pairs:
        every = [case["markdown"] for name in ("commonmark_spec", "gfm_spec") for case in examples(name)]
        for _ in range(given.pairs):
            if bad := pasted(chance.choice(every), chance.choice(every), tally):
                wrong.append(repr(bad))
    for each in wrong:
        print("differs:", each)
    print(", ".join(f"{number:,} {what}" for what, number in tally.items()), f"- {len(wrong)} differ beyond the plan")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
