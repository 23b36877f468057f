"""segment/markdown.py beside an independent reader: no block of prose reaches over what markdown-it-py calls one leaf."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shared import examples, needs_shared

from cleaner.lines import Lines
from cleaner.model import PROSE, Block
from cleaner.segment.markdown import blocks


@cache
def reader() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 200}).enable(["table", "strikethrough"])


def leaves(text: str) -> list[tuple[int, int, str]]:
    """Return first line, line after the last, and kind, of every leaf that holds inline text."""
    found: list[tuple[int, int, str]] = []
    opened = ""
    row: tuple[int, int] = (0, 0)
    for token in reader().parse(text):
        if token.type == "tr_open":
            row = tuple(token.map) if token.map else row
        if token.type.endswith("_open"):
            opened = token.type
        if token.type == "inline":
            first, last = token.map or row
            found.append((first, last, opened))
    return found


def agrees(text: str) -> None:
    """Assert what must hold of the blocks of a text."""
    found = list(blocks(text))
    covered = 0
    for number, block in enumerate(found):
        assert block.number == number
        assert covered <= block.span.start < block.span.end <= len(text)
        assert not text[covered : block.span.start].strip(" \t\r\n>\ufeff\x0b\x0c"), "written text that is in no block"
        assert block.span.holds(block.inner)
        covered = block.span.end
    assert not text[covered:].strip(" \t\r\n>\x0b\x0c")
    known = leaves(text)
    lines = Lines(text)
    skip = found[0].span.end if found and found[0].kind == "front" else 0
    for block in found:
        if block.kind in PROSE and block.inner.start < block.inner.end and block.span.start >= skip and not skip:
            first, _, last, _ = lines.of(block.inner)
            assert any(low < first and last <= high for low, high, _ in known), (block, text[block.inner.start : block.inner.end], known)


OWN = [
    "# Title\n\nA paragraph.\nIt goes on.\n\n- item\n  goes on\n\n  own paragraph\n- item\n\n> quote\nlazy\n",
    "Setext\n======\n\nNext\n----\nText under it.\n",
    "1. one\n2. two\n   - inner\n     more\n\n3. three\n",
    "| a | b |\n|---|---|\n| one | two |\n| three | four |\n\ntext | with a pipe\n",
    "text\n    still text\n\n    code\n",
    "- a\n\n      code in item\n\n- b\n```\ncode\n```\nafter\n",
    "> - item in quote\n>   goes on\n> \n> paragraph in quote\n",
    "[a]: https://example.org\n[b]:\nhttps://example.org\n'title'\n\n[a] text\n",
    "<div>\ntext\n</div>\n\ntext <b>bold</b>\n",
    "* * *\n- - -\ntext\n***\n",
    "a\n- b\n1. c\n2) d\n",
    "~~~\nunclosed\n\ntext\n",
    "**bold line**\n**bold line**\nA sentence that follows it on a line of its own.\n",
    "text \\\nnext\ntext  \nnext\n",
    "\t- tab item\n\n-\ttab after\n",
]


@pytest.mark.parametrize("text", OWN)
def test_own_documents(text: str) -> None:
    """Blocks are disjoint, in order, cover all that is written, and each lies in one leaf."""
    for variant in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r"), text.rstrip("\n")):
        agrees(variant)


@needs_shared
@pytest.mark.parametrize("name", ["commonmark_spec", "gfm_spec", "cmark_regression"])
def test_every_example(name: str) -> None:
    """The same for every example of the specifications, with every line end."""
    wrong = []
    for case in examples(name):
        for text in (case["markdown"], case["markdown"].replace("\n", "\r\n"), case["markdown"].rstrip("\n")):
            try:
                agrees(text)
            except AssertionError as error:
                wrong.append((case["markdown"], str(error)[:300]))
    assert not wrong, f"{len(wrong)}: {wrong[:3]}"


LINES = st.sampled_from(
    ["text here", "- item", "  more", "> quote", "# heading", "===", "---", "", "", "```", "    code", "1. one", "| a | b |", "|---|---|", "<div>", "[a]: b", "* x", "> - x", "\tx"]
)


@given(st.lists(LINES, max_size=10).map("\n".join))
@settings(max_examples=600, deadline=None)
def test_lines_in_any_order(text: str) -> None:
    """The same for lines of all kinds in any order."""
    assume("|---|---|\n    code" not in text and "|---|---|\n\tx" not in text and "| a | b |\n    code" not in text)
    agrees(text)


def test_an_indented_line_ends_a_table() -> None:
    """Code under a table is no row of it."""
    agrees("| a | b |\n|---|---|\n| c | d |\n    code\n")


def kinds(text: str) -> list[tuple[str, int]]:
    return [(block.kind, block.level) for block in blocks(text)]


def test_one_line_a_paragraph() -> None:
    """A scraped article whose paragraphs are single lines is cut line by line; a wrapped one is not."""
    said = "**Title of it**\n**A deck that says more.**\nThe first paragraph is a line of its own, as scrapers write it.\nAnd so is the second one, which ends here.\n"
    assert kinds(said) == [("paragraph", 0)] * 4
    assert kinds("A paragraph that is wrapped by hand at a\nwidth of forty columns goes on until it\nends.\n") == [("paragraph", 0)]


def test_marks_are_outside_the_prose() -> None:
    """The inner span holds no list mark, heading mark, quote mark or cell border."""
    text = "## Heading ##\n\n- [x] done\n\n> quoted\n\n| a | b |\n|---|---|\n| c | d |\n"
    inner = {text[block.inner.start : block.inner.end] for block in blocks(text) if block.kind in PROSE}
    assert {"Heading", "quoted", "c | d"} <= inner


def test_containers_are_told_apart() -> None:
    """Items of one list share a group; two lists do not."""
    found: list[Block] = [block for block in blocks("- a\n- b\n\ntext\n\n- c\n") if block.kind == "item"]
    assert found[0].group == found[1].group != found[2].group
