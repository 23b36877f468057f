"""Sketches of whole batches: the same words, the same signatures as datasketch's, and bands that find what they promise."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import keys
from cleaner.errors import OptionsError
from cleaner.match import batch, sketch
from cleaner.match.sketch import Banding, Scheme
from cleaner.words import words

TRICKY = st.text(alphabet=st.sampled_from(list("aB1 .,:'*_\n\t-#é’中 `<]w٣\ud800\x00Öß")), max_size=60)
TEXTS = st.lists(TRICKY | st.text(max_size=40), max_size=8)


def shingled(key: str) -> list[bytes]:
    """The slow way: the words, three by three."""
    said = words(key)
    return [" ".join(three).encode("utf-8", "surrogatepass") for three in zip(said, said[1:], said[2:])]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_keys_of_a_batch_are_the_keys_of_its_texts(texts):
    """What is done to a batch in one pass gives each text the key that `keys.key` gives it."""
    assert batch.keyed(texts) == [keys.key(text) for text in texts]


@pytest.mark.parametrize("text", ["www.Example.com", "See WWW.example.com", "a  b", " a", "a ", "a\nb", "**A** b", "__A__", "`A`", "---", "", "İ", "Straße ẞ", "A\u00a0B", "\u2028A", "x" * 300_000 + " Y", "_", "A_B", "a:b"])
def test_keys_of_the_odd_ones(text):
    """Addresses keep their case, emphasis and white space fold, and what says nothing has no key, alone or in company."""
    assert batch.keyed([text]) == [keys.key(text)]
    assert batch.keyed(["One two", text, "Three"]) == ["one two", keys.key(text), "three"]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_shingles_of_a_batch_are_those_of_the_words(texts):
    """The words told from bytes are those of `words`, and each three in a row are hashed as the slow function does it."""
    found = sketch.shingles(texts)
    assert sketch.counts(texts).tolist() == found.sizes.tolist() == [len(words(text)) for text in texts]
    for number, text in enumerate(texts):
        assert [value >> 32 for value in found.of(number).tolist()] == [sketch.hash32(each) for each in shingled(text)]


@pytest.mark.parametrize(
    "text",
    ["U.S. exports rose 3.5 %, they don't know why.", "a.b.c d.e", "1,200.50 12:30 1:2:3 .5 5.", "x'y' 'z", "U.S", ".a.b", "a.b", "ab.c.d", "a" * 63 + " " + "b" * 64 + " " + "c" * 65 + " " + "d" * 200_000 + " e f", "a " * 200_000],
)
def test_words_that_are_joined_and_words_without_end(text):
    """Numbers, abbreviations and apostrophes join as `words` joins them; a word of any length is hashed whole."""
    found = sketch.shingles([text, "one two three"])
    assert found.sizes.tolist() == [len(words(text)), 3]
    expected = shingled(text)
    sample = range(0, len(expected), max(1, len(expected) // 50))
    assert [int(found.of(0)[at]) >> 32 for at in sample] == [sketch.hash32(expected[at]) for at in sample]


@given(TEXTS, st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from(["affine32", "affine64", "legacy"]))
@settings(max_examples=80, deadline=None)
def test_signatures_are_datasketch_s(texts, seed, size, name):
    """Number by number a signature is what `datasketch.MinHash` gives for the same scheme, seed and hash function."""
    datasketch = pytest.importorskip("datasketch")
    if int(datasketch.__version__.split(".")[0]) < 2 and name != "legacy":
        pytest.skip("datasketch before 2.0 knows the scheme legacy alone")
    found = sketch.signatures(sketch.shingles(texts), Scheme(name, seed, size))
    for number, text in enumerate(texts):
        more = {} if int(datasketch.__version__.split(".")[0]) < 2 else {"scheme": name}
        theirs = datasketch.MinHash(num_perm=size, seed=seed, hashfunc=sketch.hash32, **more)
        theirs.update_batch(shingled(text))
        assert found[number].tolist() == theirs.hashvalues.tolist()


def test_a_batch_is_cut_anywhere():
    """Signatures do not depend on which texts stand beside a text, nor on how many."""
    drawn = random.Random(5)
    texts = [" ".join(drawn.choice("abcdefgh") * drawn.randint(1, 9) for _ in range(drawn.choice([2, 9, 40, 900]))) for _ in range(700)]
    whole = sketch.signatures(sketch.shingles(texts), Scheme())
    for begin, end in ((0, 1), (3, 40), (100, 700), (699, 700)):
        assert (sketch.signatures(sketch.shingles(texts[begin:end]), Scheme()) == whole[begin:end]).all()


def test_the_first_signatures_are_what_they_were():
    """What is stored by one version is compared by the next: these numbers never change."""
    found = sketch.signatures(sketch.shingles(["the ferry waits until noon and leaves"]), Scheme(size=4))
    assert found.tolist() == FIRST
    assert sketch.bands(found, Banding(2, 2)).tolist() == [FIRST_BANDS]


FIRST: list[list[int]] = [[2633108723, 385801664, 30551872, 1663209080]]
FIRST_BANDS: list[int] = [13982233779578961856, 15855617120876463496]


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0])
def test_bands_promise_recall(threshold):
    """At any threshold the bands find 99.5 % of the pairs that stand at it, and leave four fifths of those at half of it alone."""
    cut = sketch.banding(threshold)
    assert cut.chance(threshold) >= 0.995
    assert cut.chance(threshold / 2) <= 0.2


@pytest.mark.parametrize("threshold", [0, -1, 1.5, float("nan"), 0.01])
def test_a_threshold_that_cannot_be_is_refused(threshold):
    """The message names the threshold and what it takes."""
    with pytest.raises(OptionsError, match="threshold .* (takes|take) "):
        sketch.banding(threshold)


def pairs_at(jaccard: float, number: int, seed: int) -> list[tuple[str, str]]:
    """Make pairs of texts whose word triples have a Jaccard similarity of this, as near as 60 triples allow."""
    drawn = random.Random(seed)
    shared = round(2 * 60 * jaccard / (1 + jaccard))  # of 60 triples of each
    made = []
    for _ in range(number):
        body = [f"w{drawn.randrange(10**9)}" for _ in range(shared + 2)]
        ends = [[f"v{drawn.randrange(10**9)}" for _ in range(60 - shared)] for _ in range(2)]
        made.append((" ".join(body + ends[0]), " ".join(body + ends[1])))
    return made


@pytest.mark.parametrize("jaccard", [0.8, 0.85, 0.9, 0.95])
def test_recall_as_measured(jaccard):
    """Of 1,000 pairs at the threshold of 0.8 or above, at least 99 % share a band."""
    made = pairs_at(jaccard, 1000, 7)
    cut = sketch.banding(0.8)
    both = [sketch.bands(sketch.signatures(sketch.shingles(list(side)), Scheme(size=cut.bands * cut.rows)), cut) for side in zip(*made)]
    assert (both[0] == both[1]).any(axis=1).mean() >= 0.99


def test_recall_is_the_curve_that_is_promised():
    """Between 0.4 and 0.9 the share of pairs that meet is within four standard errors of the formula."""
    cut = sketch.banding(0.8)
    for jaccard in (0.4, 0.5, 0.6, 0.7, 0.8):
        made = pairs_at(jaccard, 600, int(jaccard * 100))
        shingles = [sketch.shingles(list(side)) for side in zip(*made)]
        one = set(shingles[0].of(0).tolist()), set(shingles[1].of(0).tolist())
        exact = len(one[0] & one[1]) / len(one[0] | one[1])
        both = [sketch.bands(sketch.signatures(each, Scheme(size=cut.bands * cut.rows)), cut) for each in shingles]
        met, chance = float((both[0] == both[1]).any(axis=1).mean()), cut.chance(exact)
        assert abs(met - chance) <= 4 * (chance * (1 - chance) / 600) ** 0.5 + 0.01


def test_stored_signatures_say_how_they_were_made():
    """What was made in the same way comes back; anything else is to be made anew: another seed, scheme, size, version, or damage."""
    scheme = Scheme(size=8)
    signed = sketch.signatures(sketch.shingles(["one two three four", "five six seven", ""]), scheme)
    stored = sketch.pack(signed, scheme)
    assert (sketch.unpack(stored, scheme) == signed).all()
    for other in (Scheme(size=8, seed=2), Scheme(size=4), Scheme("legacy", size=8), Scheme(size=8, hash="words-0"), Scheme(size=8, shingle=4)):
        assert sketch.unpack(stored, other) is None
    for damaged in (b"", stored[:-1], stored + b"\0", stored.replace(b"signatures/1", b"signatures/2"), b"\x80\x04pickle", stored.replace(b"\n3\n", b"\n-3\n")):
        assert sketch.unpack(damaged, scheme) is None


def test_a_signature_too_short_for_its_bands_is_refused():
    """Both numbers are named."""
    with pytest.raises(OptionsError, match="4 numbers .* 3 bands of 2"):
        sketch.bands(np.zeros((1, 4), np.uint32), Banding(3, 2))


def test_nothing_has_no_sketch():
    """No texts, and texts without words, are no special case."""
    assert len(sketch.shingles([]).values) == 0 and sketch.signatures(sketch.shingles([]), Scheme()).shape == (0, 70)
    empty = sketch.signatures(sketch.shingles(["", "- -", "one two"]), Scheme(size=3))
    assert (empty == 2**32 - 1).all()
