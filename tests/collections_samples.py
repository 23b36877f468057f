"""Collections for the tests of the plan and its engines: rows that say the same, nearly the same, and the same but for facts."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cleaner.corpus import tables
from cleaner.corpus.model import Row

WORDS = "harbour ferry lock gate hinge pin diver crew market quay tide basin boat winter storm repair stone rope lamp signal night morning fish price council engineer".split()

#: A sentence to build rows of, each word of which can be seen in a failure.
BASE = "the old ferry leaves the stone quay at noon and comes back before the winter storm reaches the outer lock gate of the harbour"


def sentence(drawn: random.Random, size: int) -> str:
    """Return made-up prose of so many words."""
    return " ".join(drawn.choice(WORDS) + drawn.choice(["", "", "s", str(drawn.randrange(40))]) for _ in range(size)).capitalize() + "."


def collection(number: int, seed: int) -> list[str]:
    """Return texts of which a third repeat one above: equal, in other case, with a word changed, with a number changed."""
    drawn = random.Random(seed)
    texts: list[str] = []
    for _ in range(number):
        kind = drawn.random()
        if texts and kind < 0.35:
            text = drawn.choice(texts)
            words = text.split()
            if kind < 0.1:
                pass
            elif kind < 0.15:
                text = text.upper()
            elif words:
                words[drawn.randrange(len(words))] = drawn.choice([*WORDS, "12", "not"])
                text = " ".join(words)
        else:
            text = sentence(drawn, drawn.choice([3, 12, 25, 40, 60]))
        texts.append(text)
    return texts


#: Texts that break what is not made for them.
ODD: list[str] = [
    "", " ", "\n\n", "---", "\x00", "a\x00b " * 12, "\ud800 half a pair " * 4, BASE + " \ud800", BASE + " caf\u00e9", BASE + " cafe\u0301",
    BASE, BASE.upper(), f" {BASE}\n", BASE.replace("noon", "nine"), BASE + " at 12", BASE + " at 21", "\ufeff" + BASE, "\u202e" + BASE,
    "船は正午まで港で待っている。" * 5, "क्षेत्र में नाव " * 6, "x" * 70_000, "word " * 5_000,
]  # fmt: skip

#: Small collections of rows that are likely to meet: pieces of one sentence, figures, and anything at all.
SMALL: st.SearchStrategy[list[str]] = st.lists(
    st.one_of(
        st.sampled_from([BASE, BASE.upper(), BASE.replace("noon", "nine"), BASE.replace("old", "2"), BASE + " today", "short one", ""]),
        st.builds(lambda at, word: " ".join(word if place == at else each for place, each in enumerate(BASE.split())), st.integers(0, 22), st.sampled_from(WORDS)),
        st.sampled_from(ODD[:14]),
        st.text(max_size=30),
    ),
    max_size=14,
)


def rows(texts: list[str], source: str = "made.jsonl") -> list[Row]:
    """Return texts as rows with their place for an id."""
    return [Row(source, str(number), 0, text) for number, text in enumerate(texts)]


def write(path: Path, texts: list[Any]) -> Path:
    """Write texts as JSONL with ids, odd ones escaped."""
    path.write_text("".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts)), encoding="ascii")
    return path


def read(into: str | Path, kind: str = "jsonl") -> dict[str, list[tuple[Any, ...]]]:
    """Return what a run left, each table sorted: what has to be equal on all engines."""
    return {
        table: sorted((tuple(row[column.name] for column in columns) for row in tables.read(tables.name(str(into), table, kind))), key=repr)
        for table, columns in tables.TABLES.items()
    }
