"""AsciiDoc to blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model import PROSE, Block
from cleaner.segment.asciidoc import blocks

PIECES = st.lists(
    st.sampled_from(
        [
            "= ",
            "== T\n",
            "* a\n",
            "** b\n",
            ". c\n",
            "- d\n",
            "a::\n",
            "a:: b\n",
            "\n",
            "text here\n",
            "----\n",
            "====\n",
        ]
        + [
            "|===\n",
            "+\n",
            "[source]\n",
            ".T\n",
            ":a: b\n",
            " lit\n",
            "// c\n",
            "////\n",
            "word",
            "--\n",
            "```\n",
            "<1> x\n",
        ]
        + [
            "\r\n",
            "\r",
            "<<<<<<< a\n",
            "=======\n",
            ">>>>>>> b\n",
            "~~~~\n",
            "---\n",
            "'''\n",
            "NOTE: x\n",
            "[quote]\n",
        ]
        + ["image::x[]\n", "\x0c", "\u2028"]
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
        ("== Bread\n\nText.\n", [("heading", "Bread"), ("paragraph", "Text.")]),
        ("== Bread ==\n", [("heading", "Bread")]),
        ("Bread\n-----\n", [("heading", "Bread")]),
        ("* one\nmore\n* two\n", [("item", "one\nmore"), ("item", "two")]),
        (". one\n.. two\n1. three\n", [("item", "one"), ("item", "two"), ("item", "three")]),
        ("flour:: white\nwater::\n  wet\n", [("item", "flour:: white"), ("item", "water::\n  wet")]),
        ("NOTE: Hot.\n", [("paragraph", "NOTE: Hot.")]),
        (
            "[source,sh]\n----\na\n\nb\n----\nText.\n",
            [("directive", "[source,sh]"), ("code", "----\na\n\nb\n----"), ("paragraph", "Text.")],
        ),
        ("[source,sh]\nbake it\n", [("directive", "[source,sh]"), ("code", "bake it")]),
        ("[quote, Ann]\nSo wet.\n", [("directive", "[quote, Ann]"), ("quote", "So wet.")]),
        (".Title\n====\na\n====\n", [("directive", ".Title"), ("directive", "====\na\n====")]),
        ("|===\n|a |b\n|===\n", [("directive", "|===\n|a |b\n|===")]),
        ("--\na\n--\n", [("directive", "--\na\n--")]),
        ("```ruby\na\n```\nText.\n", [("code", "```ruby\na\n```"), ("paragraph", "Text.")]),
        ("----\nnever closed\n\nText.\n", [("code", "----\nnever closed\n\nText.")]),
        ("////\nText.\n////\n// more\n", [("html", "////\nText.\n////"), ("html", "// more")]),
        (":name: value \\\n  more\n", [("directive", ":name: value \\\n  more")]),
        ("image::pier.jpg[The pier]\n", [("directive", "image::pier.jpg[The pier]")]),
        ("Text.\n\n bake it\n", [("paragraph", "Text."), ("code", " bake it")]),
        ("Text.\n\n'''\n\nText.\n", [("paragraph", "Text."), ("break", "'''"), ("paragraph", "Text.")]),
        ("<1> calls out\n", [("definition", "<1> calls out")]),
        ("---\na: b\n---\nText.\n", [("front", "---\na: b\n---"), ("paragraph", "Text.")]),
        ("Call std::sort or a::b now.\n", [("paragraph", "Call std::sort or a::b now.")]),
    ],
)
def test_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    """Each construct is told apart by its own convention, with any line end."""
    assert told(text) == expected
    for end in ("\r\n", "\r"):
        assert told(text.replace("\n", end)) == [(kind, prose.replace("\n", end)) for kind, prose in expected]


def test_header() -> None:
    """The document's title is one; author, revision and attributes under it are not prose."""
    text = "= Bread\nAnn Oven <ann@crumb.example>\nv1.0\n:toc:\n\nText.\n\n= Part\n"
    found = list(blocks(text))
    assert [block.kind for block in found] == ["heading", "front", "front", "directive", "paragraph", "heading"]
    assert [block.role for block in found if block.kind == "heading"] == ["title", "body"]
    assert [block.level for block in blocks("= a\n\n== b\n\n=== c\n")] == [1, 2, 3]
    assert [block.level for block in blocks("abc\n===\n\nabc\n---\n\nabc\n~~~\n")] == [1, 2, 3]


def test_lists() -> None:
    """Items of one list share a group over blank lines; a nested list has another, one level deeper."""
    text = "* one\n** in one\n\n* two\n\nText.\n\n* other\n"
    one, nested, two, _, other = blocks(text)
    assert one.group == two.group != nested.group
    assert (one.level, nested.level, two.level) == (1, 2, 1)
    assert other.group not in (one.group, nested.group)


def test_continuation() -> None:
    """A paragraph tied to an item goes with its "+"; before a listing the "+" stays."""
    text = "* one\n+\nTied.\n+\n----\na\n----\n* two\n"
    one, tied, plus, code, two = blocks(text)
    assert text[tied.span.start : tied.span.end] == "+\nTied."
    assert (plus.kind, code.kind) == ("directive", "code")
    assert one.group == tied.group == two.group


def test_conflict() -> None:
    """A merge conflict's marks are told, its middle too; elsewhere seven "=" open an example."""
    kinds = [kind for kind, _ in told("<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n")]
    assert kinds == ["conflict", "paragraph", "conflict", "paragraph", "conflict"]
    assert [kind for kind, _ in told("=======\nx\n=======\n")] == ["directive"]


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
    "spaces in a title": "= a" + " " * 200_000 + "b",
    "fences": "----\n" * 40_001,
    "bullets in a line": "* " * 50_000,
    "brackets": "[a" * 100_000 + "]",
    "attributes": "[" + "[a]" * 100_000,
    "macros": "a::[] " * 50_000,
    "terms": "a::\n\n" * 30_000,
    "continuations": "+\n" * 50_000,
    "entries": ":a: \\\n" * 50_000,
    "nested": "".join("*" * (depth % 6 + 1) + " a\n" for depth in range(30_000)),
    "one line": "word " * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """Input made to be slow is read through to its end."""
    assert sum(1 for _ in blocks(HOSTILE[name])) <= len(HOSTILE[name])
