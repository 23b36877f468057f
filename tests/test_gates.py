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
from cleaner.model import Article, Cleaned, Origin
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.rules import sentences, words

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
        patched.setattr(pipeline, "twins", lambda text, blocks: b"")
        patched.setattr(words, "_doubling", set)
        return read(text, options)


@given(SAID, st.sampled_from([Options(), Options(pedantic=True)]))
@settings(max_examples=300, deadline=None)
def test_gates_stop_nothing(text: str, options: Options) -> None:
    with pytest.MonkeyPatch.context() as patched:
        assert read(text, options) == without_gates(text, options, patched)


@pytest.mark.parametrize("path", sorted(FIXTURES.rglob("*.md")), ids=lambda path: path.stem)
def test_gates_stop_nothing_in_fixtures(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert read(text, Options()) == without_gates(text, Options(), monkeypatch)
