"""
Law 8 before a judge that is not ours: what goes is all that is missing from the page.

`rendered.py` renders with markdown-it-py, inline content and all, and shares nothing with cleaner/proof. `benchmarks/rendering.py` asks the
same of many more pairs, and of every block of a real repository; docs/benchmarks.md has what it said.
"""

from __future__ import annotations

import importlib.util
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from rendered import html, without_lines, without_once
from shared import examples, needs_shared

import cleaner.proof
from cleaner.model import Article, Cleaned, Origin
from cleaner.options import Options
from cleaner.pipeline import clean_article

_SPEC = importlib.util.spec_from_file_location("rendering", Path(__file__).resolve().parents[1] / "benchmarks" / "rendering.py")
assert _SPEC is not None and _SPEC.loader is not None
rendering = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(rendering)

SAID = rendering.PASTED
PAIRS = int(os.environ.get("CLEANER_PAIRS", "0"))


def cleaned(text: str) -> Cleaned:
    return clean_article(Article(text, "markdown", Origin("a.md", "utf-8", b"", "")), Options(profile="article"))


@needs_shared
def test_a_block_between_every_two_examples() -> None:
    """A paragraph that stands above already is pasted between each example of the specifications and the next: nothing but it goes, or it stays."""
    every = [case["markdown"] for name in ("commonmark_spec", "gfm_spec") for case in examples(name)]
    tally: Counter[str] = Counter()
    pairs = list(zip(every, every[1:]))
    chance = random.Random(PAIRS)
    pairs += [(chance.choice(every), chance.choice(every)) for _ in range(PAIRS)]
    wrong = [bad for one, other in pairs if (bad := rendering.pasted(one, other, tally))]
    assert not wrong, wrong[:5]
    assert tally["judged"] > 0.8 * len(pairs) > 1000


#: Between what stands around it here, a paragraph cannot go without more happening.
AROUND = [
    ("- one\n- another", "- a list of its own\n- of two"),
    ("- one\n- another", "    indented code"),
    ("1. one\n2. another", "1. a list of its own"),
    ("- one", "  more"),
]


@pytest.mark.parametrize(("above", "below"), AROUND)
def test_the_judge_sees_what_the_proof_prevents(above: str, below: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a removal would join lists or move text into them it is left out; with the proof put out of action it happens, and the judge says so."""
    assert rendering.pasted(above, below, Counter()) == ""
    text = f"{SAID}\n\n{above}\n\n{SAID}\n\n{below}\n"
    assert not cleaned(text).plan.edits
    monkeypatch.setattr(cleaner.proof, "failing", lambda page, plan: set())
    made = cleaned(text)
    assert made.plan.edits
    assert html(made.text) not in without_once(html(text), SAID)


def test_the_judge_knows_whole_blocks() -> None:
    """What fills a stretch of lines is taken out with what holds it; a part of a block is none."""
    text = "# A\n\ntwo\nlines\n\n- a\n- b\n\n> c\n"
    assert without_lines(text, 2, 4) == html("# A\n\n- a\n- b\n\n> c\n")
    assert without_lines(text, 5, 6) == html("# A\n\ntwo\nlines\n\n- b\n\n> c\n")
    assert without_lines(text, 8, 9) == html("# A\n\ntwo\nlines\n\n- a\n- b\n")
    assert without_lines(text, 2, 3) is None


@pytest.mark.parametrize("depth", [1, 5, 9, 10, 11, 19, 20, 21, 45, 89, 90, 91, 99, 100, 101, 200, 500])
@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - ", "\t"])
def test_what_is_nested_too_deeply_to_be_read_is_left_alone(mark: str, depth: int) -> None:
    """At any depth: a copy goes and all else is still shown, or it is left with the reason, and the text is as it was."""
    text = f"{mark * depth}the depth\n\n{SAID}\n\n{SAID}\n\nThe tail.\n"
    made = cleaned(text)
    if made.plan.edits:
        page = html(made.text)
        assert page in without_once(html(text), SAID)
        assert "the depth" in page and "The tail." in page
    else:
        assert made.text == text
        assert "removing it would change how the text around it reads" in [skip.reason for skip in made.plan.skipped]
    assert bool(made.plan.edits) or depth > 40


@pytest.mark.parametrize("mark", ["> ", "- "])
def test_text_that_a_reader_drops_is_noticed(mark: str) -> None:
    """Below the depth at which markdown-it-py drops text without a word the proof refuses, whatever was edited: law 11 again."""
    from cleaner.proof.markdown import unchanged

    for depth in (100, 300, 2000):
        text = f"{mark * depth}deep\n\nThe tail.\n"
        assert not unchanged(text, text, ())
        assert not unchanged(text, text.replace("The tail.\n", ""), ())
