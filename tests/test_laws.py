"""Laws 1 to 11 of docs/design.md, on texts that hypothesis makes and on every CommonMark, GFM and cmark example."""

from __future__ import annotations

import json
import os
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shared import examples, needs_shared

from cleaner.model import Format
from cleaner.options import Options
from cleaner.pipeline import clean_article
from laws import article, holds, survives

SENTENCES = (
    "The ferry left the northern pier at dawn with forty passengers on board.",
    "Nobody had told the harbour master about the change of plan.",
    "Rain fell all day, and the river rose by two metres before midnight.",
    "Rain fell all day, and the river rose by three metres before midnight.",
    "She said that the the bridge would open again in spring.",
    "She said that the bridge would open again in spring.",
    "The caf\u00c3\u00a9 on the corner serves soup until late in the evening.",
    "The caf\u00e9 on the corner serves soup until late in the evening.",
    "Short line.",
    "A line of middling length without an end",
    "\u4eca\u5929\u65e9\u4e0a\u6e2f\u53e3\u7684\u6e21\u8239\u505c\u822a\uff0c\u4e58\u5ba2\u6539\u4e58\u706b\u8f66\u524d\u5f80\u5317\u65b9\u7684\u57ce\u5e02\u3002",
)
BLOCKS = st.one_of(
    st.sampled_from(SENTENCES),
    st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=3).map(" ".join),
    st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=3).map("\n".join),
    st.sampled_from(["# The title of it", "## A part", "**The title of it**", "**A deck that says a little more about it.**"]),
    st.sampled_from(["- one item\n- one item\n- another item", "1. first\n2. second\n2. second", "> a quoted line of some length here",
                     "```\ncode\n```", "    indented code", "| a | b |\n|---|---|\n| x y | z |\n| x y | z |", "---", "<div>\n\n</div>",
                     "[link]: https://example.org/a", "text\n---", "- item\n\n  with a paragraph of its own in it", "* * *"]),
)
ARTICLES = st.tuples(st.lists(BLOCKS, max_size=9), st.sampled_from(["\n", "\n\n", "\n\n\n"]), st.sampled_from(["", "\n", "\n\n"])).map(
    lambda parts: parts[1].join(parts[0]) + parts[2]
)
SOUP = st.text(alphabet="ab .\n\r\t#->*_`|=:[]()<!\u2028\x0c\ufeff1", max_size=60)
OPTIONS = [
    Options(),
    Options(layout="canonical"),
    Options(profile="article"),
    Options(profile="article", layout="canonical"),
    Options(profile="article", pedantic=True, unsafe_fixes=True),
]
FORMATS: list[Format] = ["markdown", "text", "html", "rst", "asciidoc"]
#: Twenty-seven kinds of texts are asked so often each; CLEANER_EXAMPLES=20 asks twenty times as often.
OFTEN = int(120 * float(os.environ.get("CLEANER_EXAMPLES", "1")))
THOROUGH = settings(max_examples=OFTEN, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("options", OPTIONS, ids=["keep", "canonical", "article", "article-canonical", "article-unsafe"])
@pytest.mark.parametrize("format", FORMATS)
def test_laws_hold_for_articles(format: Format, options: Options) -> None:
    """Undo, exact edits, nothing vanishing, cleaning twice, keepers that stay: for articles built of common blocks."""

    @THOROUGH
    # Copies that named each other, of which all went: one in a ring of two, one in a ring of three.
    @example(f"{SENTENCES[0]}\n{SENTENCES[0]} {SENTENCES[0]} {SENTENCES[1]}")
    @example(f"{SENTENCES[0]}\n{SENTENCES[0]}\n{SENTENCES[0]} {SENTENCES[1]} {SENTENCES[0]}")
    @given(ARTICLES)
    def check(text: str) -> None:
        holds(text, format, options)

    check()


@pytest.mark.parametrize("format", FORMATS)
def test_laws_hold_for_soup(format: Format) -> None:
    """The same for marks and letters in any order."""

    @THOROUGH
    @given(SOUP)
    @example("a\n\na\n===\n")
    def check(text: str) -> None:
        holds(text, format, Options(layout="canonical", profile="article"))
        holds(text, format)

    check()


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_come_back(data: bytes) -> None:
    """Whatever bytes come in: they are named and left alone, or they come back as they were but for the edits."""
    survives(data, Options())


@given(ARTICLES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "gb18030"]), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=250, deadline=None)
def test_encodings_and_line_ends_come_back(text: str, encoding: str, end: str) -> None:
    """An article comes back in the encoding, with the byte order mark and the line ends it had."""
    survives(text.replace("\n", end).encode(encoding, "ignore"), Options(layout="canonical"))


def variants(text: str) -> list[str]:
    """Return a text with each kind of line end, with a mark before it, and without its final line end."""
    return [text, text.replace("\n", "\r\n"), text.replace("\n", "\r"), "\ufeff" + text, text.rstrip("\n")]


@needs_shared
@pytest.mark.parametrize("name", ["commonmark_spec", "gfm_spec", "cmark_regression"])
def test_laws_hold_for_every_example(name: str) -> None:
    """The laws hold for every example of the specifications, with every line end, a mark, and no final line end."""
    for case in examples(name):
        for text in variants(case["markdown"]):
            for options in (Options(), Options(layout="canonical", profile="article", unsafe_fixes=False)):
                holds(text, "markdown", options)


@needs_shared
def test_a_block_that_is_copied_between_examples_goes_or_stays_whole() -> None:
    """A paragraph pasted twice between two examples is removed only where nothing else reads differently (law 8)."""
    from cleaner.proof.markdown import unchanged

    every = [case["markdown"] for name in ("commonmark_spec", "gfm_spec") for case in examples(name)]
    rng = random.Random(8)
    pasted = "The lighthouse keeper wrote down the name of every ship that passed that night."
    removed = 0
    for _ in range(700):
        one, other = rng.sample(every, 2)
        text = f"{one}\n{pasted}\n\n{pasted}\n\n{other}"
        cleaned = holds(text)
        edits = cleaned.plan.edits
        removed += bool(edits)
        assert not edits or unchanged(text, cleaned.text, edits, 0)
    assert removed > 500


@needs_shared
def test_the_proof_sees_the_whole_text() -> None:
    """Deleting the tail of any example makes the proof fail (law 11)."""
    from cleaner.proof.markdown import unchanged

    for case in examples("commonmark_spec"):
        text = case["markdown"] + "\n\nThe last words of this text.\n"
        assert unchanged(text, text, ())
        assert not unchanged(text, text[: text.rindex("The last")], ())


def test_the_order_of_findings_changes_nothing() -> None:
    """The plan is the same in whatever order findings are proposed (law 4)."""
    from cleaner.plan import resolve

    text = "\n\n".join([*SENTENCES, *SENTENCES[:4], SENTENCES[4]])
    cleaned = clean_article(article(text, "markdown"), Options(profile="article"))
    findings = [*cleaned.plan.taken, *(skipped.finding for skipped in cleaned.plan.skipped)]
    allowed = set(cleaned.plan.taken)
    verdict = lambda finding: None if finding in allowed else ("open", "shown only")  # noqa: E731
    expected = resolve(findings, verdict)
    for seed in range(20):
        random.Random(seed).shuffle(findings)
        assert resolve(findings, verdict) == expected


def test_a_plan_is_json() -> None:
    """Every value of a plan can be written down."""
    cleaned = clean_article(article(SENTENCES[0] + "\n\n" + SENTENCES[0], "markdown"), Options())
    assert json.loads(json.dumps(cleaned.plan.edits))
