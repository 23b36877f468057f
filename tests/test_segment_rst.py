"""reStructuredText to blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model import PROSE, Block
from cleaner.segment.rst import blocks

PIECES = st.lists(
    st.sampled_from(
        ["* ", "- ", "1. ", "A. ", "a\n", "text here\n", "\n", "\n\n", "  ", "    ", "====\n", "----\n", "== ==\n"]
        + [".. note::\n", ".. ", "::\n", "::", "+--+\n", "| x\n", ">>> a\n", ":a: b\n", "-a  b\n", "\t", "\r\n", "\r"]
        + ["<<<<<<< a\n", "=======\n", ".. [1] x\n", "word", "__ x\n", "#. ", "\x0c", "\u2028"]
    ),
    max_size=40,
).map("".join)


def told(text: str) -> list[tuple[str, str]]:
    """Return kind and prose of each block; for what is opaque, its source."""
    return [(block.kind, held(text, block)) for block in blocks(text)]


def held(text: str, block: Block) -> str:
    start, end = block.inner if block.kind in PROSE else block.span
    return text[start:end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One\nline.\n\nTwo.\n", [("paragraph", "One\nline."), ("paragraph", "Two.")]),
        ("* one\n  more\n* two\n", [("item", "one\n  more"), ("item", "two")]),
        ("1. one\n#. two\n(c) three\n", [("item", "one"), ("item", "two"), ("item", "three")]),
        ("A. Crumb baked\nthis.\n", [("paragraph", "A. Crumb baked\nthis.")]),
        ("term\n  what it is\n", [("item", "term\n  what it is")]),
        ("Text.\n\n:param x: flour\n", [("paragraph", "Text."), ("item", ":param x: flour")]),
        (":orphan:\n\nText.\n", [("front", ":orphan:"), ("paragraph", "Text.")]),
        ("Say :ref:`x` here.\n", [("paragraph", "Say :ref:`x` here.")]),
        ("--hot=N  how hot\n-c       cold\n", [("item", "--hot=N  how hot"), ("item", "-c       cold")]),
        ("Text.\n\n  Quoted.\n", [("paragraph", "Text."), ("quote", "Quoted.")]),
        (
            "Like so::\n\n  a\n\n  b\n\nText.\n",
            [("paragraph", "Like so::"), ("code", "  a\n\n  b"), ("paragraph", "Text.")],
        ),
        (
            "Like so::\n\n> a\n> b\n\nText.\n",
            [("paragraph", "Like so::"), ("code", "> a\n> b"), ("paragraph", "Text.")],
        ),
        (".. note:: a\n\n   b\n\nText.\n", [("directive", ".. note:: a\n\n   b"), ("paragraph", "Text.")]),
        (".. code-block:: sh\n\n   b\n", [("code", ".. code-block:: sh\n\n   b")]),
        (".. a comment\n   more\n", [("html", ".. a comment\n   more")]),
        ("..\n\n   Quoted.\n", [("html", ".."), ("quote", "Quoted.")]),
        (
            ".. _here:\n.. [1] Note.\n.. |x| image:: y\n",
            [("definition", t) for t in (".. _here:", ".. [1] Note.", ".. |x| image:: y")],
        ),
        ("| verse\n| more\n", [("code", "| verse\n| more")]),
        (">>> 1 + 1\n2\n", [("code", ">>> 1 + 1\n2")]),
        (
            "== ==\na  b\n== ==\n1  2\n\n3  4\n== ==\n\nText.\n",
            [("code", "== ==\na  b\n== ==\n1  2\n\n3  4\n== =="), ("paragraph", "Text.")],
        ),
        ("+--+\n|a |\n+--+\n", [("code", "+--+\n|a |\n+--+")]),
        ("Text.\n\n----\n\nText.\n", [("paragraph", "Text."), ("break", "----"), ("paragraph", "Text.")]),
        ("* .. note:: a\n* b\n", [("directive", "* .. note:: a"), ("item", "b")]),
    ],
)
def test_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    """Each construct is told apart by its own convention, with any line end."""
    assert told(text) == expected
    for end in ("\r\n", "\r"):
        assert told(text.replace("\n", end)) == [(kind, prose.replace("\n", end)) for kind, prose in expected]


def test_titles() -> None:
    """A title's block covers its lines above and below; its depth is the order in which its style was first used."""
    text = "=====\nBread\n=====\n\nFlour\n-----\n\nWater\n~~~~~\n\nSalt\n----\n\nText.\n"
    found = list(blocks(text))
    assert [(block.level, text[block.inner.start : block.inner.end]) for block in found[:4]] == [
        (1, "Bread"),
        (2, "Flour"),
        (3, "Water"),
        (2, "Salt"),
    ]
    assert text[found[0].span.start : found[0].span.end] == "=====\nBread\n====="
    assert (found[0].role, found[1].role, found[4].section) == ("title", "body", 3)


def test_lists() -> None:
    """Items of one list share a group, also over paragraphs of theirs; a nested list has another, one level deeper."""
    text = "* one\n\n  more of one\n\n  - in one\n  - in one too\n\n* two\n\nText.\n\n* other list\n"
    one, more, nested, _, two, _, other = blocks(text)
    assert one.group == two.group == more.group != nested.group
    assert (one.level, nested.level, two.level) == (1, 2, 1)
    assert other.group not in (one.group, nested.group)
    assert text[nested.span.start : nested.span.end] == "  - in one"


def test_conflict() -> None:
    """A merge conflict's marks are told; a row of seven "=" under a title is its underline."""
    text = "One.\n<<<<<<< a\nTwo.\n=======\nThree.\n>>>>>>> b\nFour.\n"
    assert [kind for kind, _ in told(text)] == ["paragraph", "conflict"] * 3 + ["paragraph"]
    assert [prose for kind, prose in told(text) if kind == "paragraph"] == ["One.", "Two.", "Three.", "Four."]
    assert told("Breads!\n=======\n") == [("heading", "Breads!")]


@given(PIECES)
def test_blocks_cover_the_text(text: str) -> None:
    """Blocks are disjoint, in order, and hold every character that is not white space."""
    at = 0
    covered = ""
    for number, block in enumerate(blocks(text)):
        assert block.number == number
        assert at <= block.span.start < block.span.end <= len(text)
        assert block.span.holds(block.inner)
        assert -1 <= block.section < number
        at = block.span.end
        covered += text[block.span.start : block.span.end]
    assert "".join(covered.split()) == "".join(text.split())


HOSTILE = {
    "bullets in a line": "* " * 50_000,
    "nested bullets": "".join("  " * depth + "* a\n\n" for depth in range(1_000)),
    "half tables": "== ==\nx\n\n" * 20_000,
    "titles": "a\n===\n" * 30_000,
    "fields": ":a:" * 50_000,
    "rules": "=====\n" * 30_000,
    "conflicts": "=======\na\n=======\n" * 20_000,
    "options": "-a " * 50_000,
    "tabs": "\t" * 200_000 + "a",
    "blank": " " * 300_000,
    "one line": "word " * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """Input made to be slow or to nest too deeply is read through to its end."""
    assert sum(1 for _ in blocks(HOSTILE[name])) <= len(HOSTILE[name])
