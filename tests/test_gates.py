"""
Gates: cheap questions about a whole text that spare the work on each of its blocks.

A gate may let too much through, and never stop what would be found: that is held here against the pipeline without it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import pipeline
from cleaner.model import Article, Cleaned, Format, Origin
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.plan import resolve
from cleaner.rules import encoding, repeats, sentences, words

FIXTURES = Path(__file__).parent.parent / "fixtures"
# Few words and many signs, so that repeats, wraps and odd ends of sentences all come up.
SAID = st.lists(
    st.sampled_from(
        "the The river rose again early on Monday a U.S. 3.5 e.g. don't été ’ “ ” . ! ? … ... .\" ?) -- ; ; — | * ** _ ` 「 。 \u00a0".split(" ")
        + ["The river rose again early on Monday.", "The river rose\nagain early on Monday.", "Nobody was hurt in it, they say.", "\n", "\n", "\n\n", "\n- ", "\n> ", "\n\n## ", "\n1. ", "\n| a | b |", "  ", "\t", "\n\n---\n\n"]
    ),
    max_size=40,
).map(" ".join)


def read(text: str, options: Options) -> Cleaned:
    return clean_article(Article(text, "markdown", Origin("a.md", "utf-8", b"", "0" * 64)), options)


def without_gates(text: str, options: Options, monkeypatch: pytest.MonkeyPatch) -> Cleaned:
    with monkeypatch.context() as patched:
        patched.setattr(sentences, "_doubtful", lambda page: bytearray(b"\1" * len(page.blocks)))
        patched.setattr(sentences, "_may_repeat", lambda said, above: True)
        patched.setattr(words, "_doubling", set)
        patched.setattr(repeats._Judge, "_could_go", lambda self, run: True)
        return read(text, options)


@given(SAID, st.sampled_from([Options(), Options(pedantic=True), Options(pedantic=True, unsafe_fixes=True), Options(profile="docs")]))
@settings(max_examples=300, deadline=None)
def test_gates_stop_nothing(text: str, options: Options) -> None:
    with pytest.MonkeyPatch.context() as patched:
        assert read(text, options) == without_gates(text, options, patched)


ROW = st.sampled_from(
    ["The river rose again early on Monday.", "the the river rose again", "It rained. It rained again.", "cafÃ© by the river, they say", "- an item of a list", "> It rained.", "Yes.", "## Notes", "", "a b", "1. One item\n    {% note %}\n     {% note %}"]
)


@given(st.lists(st.tuples(ROW, st.integers(1, 24)), max_size=5), st.sampled_from(["\n", "\n\n"]), st.sampled_from(["markdown", "text"]))
@settings(max_examples=200, deadline=None)
def test_lines_are_passed_over_only_where_they_are_twins(given: list[tuple[str, int]], parting: str, format: Format) -> None:
    """What stands many times below itself is mended, and read for sentences, as each of its lines would be."""
    text = parting.join(row for row, times in given for row in [row] * times)
    article = Article(text, format, Origin("a", "utf-8", b"", "0" * 64))
    page = pipeline._read(article, Options(pedantic=True))
    before = None
    for block, twin in zip(page.blocks, page.twins, strict=True):
        said = text[max(0, block.inner.start - 3) : block.inner.end]
        alike = before is not None and before.inner.start >= 3 and said == text[before.inner.start - 3 : before.inner.end]
        assert bool(twin) == (alike and block[4:] == before[4:] and block.kind == before.kind)
        before = block
    none_told = page._replace(twins=b"")
    edits = resolve([*encoding.find(page), *words.find(page)], lambda finding: None if finding.edits else ("open", "")).edits
    assert list(sentences.find(page, edits)) == list(sentences.find(none_told, edits))
    assert list(sentences.find(page)) == list(sentences.find(none_told))
    one, other = pipeline._mended(page, edits), pipeline._mended(none_told, edits)
    assert (one.mended, one.keys, one.blocks, one.profile) == (other.mended, other.keys, other.blocks, other.profile)
    for number, twin in enumerate(one.twins):
        assert not twin or (one.mended[number], one.keys[number], one.blocks[number].role) == (one.mended[number - 1], one.keys[number - 1], one.blocks[number - 1].role)
    assert [block.number for block in one.firsts] == [number for number, twin in enumerate(one.twins) if not twin]


def test_signs_of_ascii_are_told_from_bytes() -> None:
    """What is asked of all bytes at once stops nothing that the pattern would find, and nothing more."""
    for code in range(128):
        sign = chr(code) + "lt;"
        assert (chr(code).encode() in encoding._SIGNS) == (encoding._SIGN.search(sign) is not None)
        assert encoding._signed("a" * 10 + sign) == (encoding._SIGN.search(sign) is not None)
    assert not encoding._signed("a & b &") and encoding._signed("a & b &#38;")


@pytest.mark.parametrize("path", sorted(FIXTURES.rglob("*.md")), ids=lambda path: path.stem)
def test_gates_stop_nothing_in_fixtures(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert read(text, Options()) == without_gates(text, Options(), monkeypatch)
