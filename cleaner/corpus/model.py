"""
The nouns of the plan for collections. Frozen values, the same on every engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Literal, NamedTuple, Protocol

from cleaner.stories.model import Progress, silent

Unit = Literal["text", "paragraph"]
#: How a row relates to its keeper: the same to the letter, the same key, alike in all but harmless words, or alike but for facts.
Relation = Literal["exact", "normalised", "near", "conflict"]


class Measure(NamedTuple):
    """
    What counts as a copy, and which of two stays.

    Attributes:
        threshold: Jaccard similarity of word triples from which two texts are near, 0 to 1.
        fewest: Texts of fewer words say too little; they match nothing and stay.
        keep: Of near texts the "longest" stays, or the "first" by source and id; of equal texts always the first.
        unit: Whole texts are compared, or each paragraph for itself.
    """

    threshold: float = 0.8
    fewest: int = 8
    keep: Literal["longest", "first"] = "longest"
    unit: Unit = "text"


class Row(NamedTuple):
    """
    One text of a collection.

    Attributes:
        source: The name of what it stands in, as given.
        id: What its source calls it; its number there, where it has no name.
        part: Which paragraph of it, from 1; 0 is the whole.
        text: As it was read.
    """

    source: str
    id: str
    part: int
    text: str


class Pair(NamedTuple):
    """
    A verified pair of originals, by their numbers or ranks: the one that would stay, and its copy.

    Attributes:
        relation: "near" or "conflict".
        jaccard: Of their word triples, 0 to 1.
        differences: JSON: a list of {"kind", "keeper", "duplicate"}, as in reports.
    """

    keeper: Any
    copy: Any
    relation: Relation
    jaccard: float
    differences: str = "[]"


class Copy(NamedTuple):
    """
    A text that another one says, by their places in a list, from 0.

    Attributes:
        number: The copy.
        keeper: The one that stays; it was held against the copy itself.
        relation: "exact", "normalised" or "near".
        jaccard: Of their word triples, 0 to 1.
    """

    number: int
    keeper: int
    relation: Relation
    jaccard: float


class Summary(NamedTuple):
    """
    What a run found, in numbers of rows but for the last three.

    Attributes:
        rows: All that were read.
        short: Those with too few words to be compared.
        equal: Copies with the key of their keeper.
        near: Copies that differ from their keeper in harmless words.
        kept: What is left: rows less copies.
        clusters: Keepers that have a copy.
        pairs: Verified pairs of different texts.
        conflicts: Those of them in which facts differ.
        notes: What was read otherwise than it stands: one line each.
        stages: Seconds of each stage, in order.
    """

    rows: int = 0
    short: int = 0
    equal: int = 0
    near: int = 0
    kept: int = 0
    clusters: int = 0
    pairs: int = 0
    conflicts: int = 0
    notes: tuple[str, ...] = ()
    stages: tuple[tuple[str, float], ...] = ()


class Order(NamedTuple):
    """
    What is asked of an engine.

    Attributes:
        names: Files, folders, addresses, as given.
        measure: What counts as a copy.
        into: The folder that the tables are written to.
        tables: "jsonl" or "parquet".
        jobs: Processes; 0: as many as there are processors.
        memory: Bytes that the engine may take for its own tables, where it can be told; 0: its own default.
        work: A folder for what is needed meanwhile, and to go on after a kill; "": below `into`.
        progress: See `Progress`.
    """

    names: tuple[str, ...]
    measure: Measure
    into: str
    tables: Literal["jsonl", "parquet"] = "jsonl"
    jobs: int = 0
    memory: int = 0
    work: str = ""
    progress: Progress = silent


class Engine(Protocol):
    """Carries out the plan. Whatever the engine: the same rows give the same tables, in any order, with any number of processes."""

    def __call__(self, order: Order, read: Callable[[Sequence[str]], Iterator[list[Row]]]) -> Summary: ...


_DIGITS = re.compile(r"\d+")


def place(row: Row) -> bytes:
    """
    Return where a row stands among all: rows are in the order of these bytes, which is that of source, id and part.

    Figures in an id count as numbers: row 9 stands before row 10.
    """
    number = _DIGITS.sub(lambda found: f"{len(found[0].lstrip('0')):04d}{found[0].lstrip('0')}", row.id)
    return b"\0".join((_bytes(row.source), _bytes(number), row.part.to_bytes(4, "big"), _bytes(row.id)))


def rank(row: Row, size: int, digest: bytes, measure: Measure) -> bytes:
    """
    Return what decides which of several rows stays: the smaller. Equal for two rows only where they are equal in everything.

    Args:
        row: The row.
        size: Its number of words.
        digest: Of its exact text.
        measure: Whether the longer one comes first.
    """
    shortness = (0xFFFFFFFF - min(size, 0xFFFFFFFF)) if measure.keep == "longest" else 0
    return shortness.to_bytes(4, "big") + place(row) + b"\0" + digest


def identity(row: Row) -> str:
    """Return what the cluster of a keeper is called: 16 hexadecimal digits of its source, id and part."""
    return sha256(place(row)).hexdigest()[:16]


def _bytes(text: str) -> bytes:
    # A NUL would end a field too early; a lone surrogate has bytes of its own.
    return text.encode("utf-8", "surrogatepass").replace(b"\0", b"\0\xff")
