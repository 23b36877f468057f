"""
The texts of items as they are compared: without their source's boilerplate, as keys, and as fingerprints that propose pairs.

A fingerprint is a hash of three neighbouring words, chosen by winnowing: of any eight in a row the smallest is taken. So two texts
that share a run of ten words share a fingerprint, wherever the run stands in either; a teaser finds its article and
a wire story its trimmed copy, which a sketch of the whole text would lose. On one text in nine words one is taken.

Source: Schleimer, Wilkerson, Aiken, Winnowing: local algorithms for document fingerprinting (2003).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner import keys
from cleaner.words import count, words

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any]

SHINGLE = 3  # words
WINDOW = 8  # shingles
#: Texts with fewer words say too little to tell a story by.
FEWEST_WORDS = 8
_BATCH = 2000  # texts: what is hashed at a time


class Body(NamedTuple):
    """
    An item's text as it is compared.

    Attributes:
        text: Plain paragraphs, without boilerplate.
        key: Its comparison key, all paragraphs in a row; "" where there is no text.
        digest: Of the key, 64 bits; 0 where there is no text. Equal texts have equal digests.
        size: Number of words.
    """

    text: str
    key: str
    digest: int
    size: int

    @property
    def tells(self) -> bool:
        """Whether there is enough of it to be compared."""
        return self.size >= FEWEST_WORDS


def body(paragraphs: Sequence[str], said: Sequence[str]) -> Body:
    """Make a body of the paragraphs that are left of an item and of their keys."""
    key = " ".join(said)
    digest = int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") if key else 0
    return Body("\n\n".join(paragraphs), key, digest, count(key))


def keyed(text: str) -> tuple[list[str], list[str]]:
    """
    Cut a text into its paragraphs, or where it is one paragraph into sentences; return them and their keys.

    What says nothing (a row of dashes) is left out.
    """
    pieces = text.split("\n\n")
    if len(pieces) == 1:
        from cleaner.words import sentences

        pieces = [text[span.start : span.end] for span in sentences(text)]
    said = [keys.key(piece) for piece in pieces]
    if all(said):
        return pieces, said
    return [piece for piece, key in zip(pieces, said) if key], [key for key in said if key]


class _Words(dict[str, int]):
    """A 64-bit number for each word, the same on every machine and in every run."""

    def __missing__(self, word: str) -> int:
        number = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        self[word] = number
        return number


class Prints(NamedTuple):
    """Fingerprints of many texts: `values[i]` is one of the text number `owners[i]`; by owner, then by value; none twice."""

    owners: Numbers  # int64
    values: Numbers  # uint64


def fingerprints(texts: Iterable[str]) -> Prints:
    """
    Return the fingerprints of many texts, given as keys.

    A text of three words or more has at least one; a shorter one has none. Time and memory grow with the words.
    """
    import numpy as np

    vocabulary = _Words()
    owners: list[Numbers] = []
    values: list[Numbers] = []
    batch: list[Numbers] = []
    first = 0

    def flush() -> None:
        nonlocal first
        if batch:
            found = _batch(batch)
            owners.append(found.owners + first)
            values.append(found.values)
        first += len(batch)
        batch.clear()

    for text in texts:
        batch.append(np.array([*map(vocabulary.__getitem__, words(text))], dtype=np.uint64))
        if len(batch) == _BATCH:
            flush()
    flush()
    if not owners:
        return Prints(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    return Prints(np.concatenate(owners), np.concatenate(values))


def _batch(numbered: Sequence[Numbers]) -> Prints:
    import numpy as np

    sizes = np.array([len(each) for each in numbered], dtype=np.int64)
    flat = np.concatenate(numbered)
    owner = np.repeat(np.arange(len(numbered), dtype=np.int64), sizes)
    if len(flat) < SHINGLE:
        return Prints(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    shingles = _mixed(flat)
    whole = owner[: len(shingles)] == owner[SHINGLE - 1 :]  # no shingle goes from one text into the next
    shingles, owner = shingles[whole], owner[: len(whole)][whole]
    if not len(shingles):
        return Prints(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    # The smallest of each text, for texts that are shorter than a window. It is one of the winnowed in any case.
    starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    chosen_owners, chosen = [owner[starts]], [np.minimum.reduceat(shingles, starts)]
    if len(shingles) >= WINDOW:
        smallest = shingles[: len(shingles) - WINDOW + 1].copy()
        for shift in range(1, WINDOW):
            np.minimum(smallest, shingles[shift : shift + len(smallest)], out=smallest)
        inside = owner[: len(smallest)] == owner[WINDOW - 1 :]
        inside[1:] &= ~((smallest[1:] == smallest[:-1]) & (owner[1 : len(smallest)] == owner[: len(smallest) - 1]) & inside[:-1])
        chosen_owners.append(owner[: len(smallest)][inside])
        chosen.append(smallest[inside])
    owners, values = np.concatenate(chosen_owners), np.concatenate(chosen)
    order = np.lexsort((values, owners))
    owners, values = owners[order], values[order]
    fresh = np.concatenate(([True], (owners[1:] != owners[:-1]) | (values[1:] != values[:-1])))
    return Prints(owners[fresh], values[fresh])


def _mixed(flat: Numbers) -> Numbers:
    """Hash each three neighbours, in order, into one number (multiplications by odd constants, then a finisher)."""
    import numpy as np

    with np.errstate(over="ignore"):
        mixed = flat[:-2] * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) + flat[1:-1]
        mixed = mixed * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(32))) + flat[2:]
        mixed = mixed * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))
