"""match/near.py: two ways to propose, one verdict."""

from __future__ import annotations

import random
import subprocess
import sys
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.match import near, shingles
from cleaner.match.near import CONTAINED, JACCARD, RATIO, judge, pairs
from cleaner.match.shingles import FEWEST_WORDS

WORDS = "the old ferry left pier at dawn with forty people on board and nobody knew why it was late that day again".split()
TEXT = st.lists(st.sampled_from(WORDS), min_size=3, max_size=30)


@st.composite
def corpora(draw: st.DrawFn) -> list[str]:
    """Make texts, and edited and truncated copies of them."""
    texts = draw(st.lists(TEXT, min_size=1, max_size=6))
    made = [list(text) for text in texts]
    for _ in range(draw(st.integers(0, 6))):
        text = list(draw(st.sampled_from(texts)))
        match draw(st.sampled_from(["swap", "drop", "add", "head", "tail"])):
            case "swap":
                text[draw(st.integers(0, len(text) - 1))] = draw(st.sampled_from(WORDS))
            case "drop":
                del text[draw(st.integers(0, len(text) - 1))]
            case "add":
                text.insert(draw(st.integers(0, len(text))), draw(st.sampled_from(WORDS)))
            case "head":
                text = text[: max(3, 2 * len(text) // 3)]
            case "tail":
                text = text[len(text) // 3 :]
        made.append(text)
    return list(dict.fromkeys(" ".join(text) for text in made))


@given(corpora())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_ways_find_the_same(keys: list[str]) -> None:
    """The lossless search and MinHash-LSH give the same pairs."""
    assert pairs(keys, few=10**9) == pairs(keys, few=0)


@given(corpora())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_search_loses_no_pair(keys: list[str]) -> None:
    """Every near pair that the verdict accepts is found, and every pair found is accepted on the full texts."""
    index = shingles.few(keys, JACCARD)
    all_pairs = [
        pair
        for second in range(len(keys))
        for first in range(second)
        if (pair := judge(index, first, second)) is not None
    ]
    assert pairs(keys, few=10**9) == sorted(all_pairs)


@given(corpora())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_pair_is_what_it_says(keys: list[str]) -> None:
    """A pair's scores are ratios at or above the thresholds of its relation; a pair depends on its two texts alone."""
    for pair in pairs(keys, few=10**9):
        assert pair.first < pair.second
        assert all(0 <= score <= 1 for score in pair.scores)
        if pair.relation == "near":
            assert pair.scores.jaccard >= JACCARD - 1e-4 and pair.scores.ratio >= RATIO - 1e-4
        else:
            assert pair.scores.containment >= CONTAINED - 0.1 - 1e-4
        (alone,) = pairs([keys[pair.first], keys[pair.second]], few=10**9)
        assert (alone.relation, alone.scores) == (pair.relation, pair.scores)


def test_short_texts_match_nothing() -> None:
    """Titles are judged elsewhere: a few words say too little to be called near."""
    assert len("two killed in leeds crash".split()) < FEWEST_WORDS
    assert pairs(["two killed in leeds crash", "four killed in leeds crash"], few=10**9) == []


def test_a_truncated_copy_is_contained() -> None:
    """A teaser stands in one stretch of the longer text."""
    whole = "the ferry left the northern pier at dawn with forty passengers on board while rain fell on the town and the river rose"
    (pair,) = pairs([" ".join(whole.split()[:10]), whole], few=10**9)
    assert (pair.first, pair.second, pair.relation) == (0, 1, "contained")


def test_the_small_path_is_light() -> None:
    """A handful of blocks is compared without numpy and datasketch: a hook must start at once."""
    program = """
import sys
import cleaner
from cleaner.match.near import pairs
one = "the ferry left the northern pier at dawn with forty passengers on board"
assert pairs([one, one + " today"], few=1000)
report = cleaner.check("Some words that stand here once and are not said again.\\n\\n" + one + ".\\n\\n" + one + " today.")
assert [finding.rule for finding in report.findings], report
print(sorted({"numpy", "datasketch", "scipy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_series_is_held_against_a_few() -> None:
    """Of entries that are all alike, each is compared with some of those above it, not with all."""
    entries = [f"the long report says that bridge {number} was closed for repairs on the third day and opened later" for number in range(400)]
    found = pairs(entries, few=10**9)
    assert 399 <= len(found) <= 16 * 400
    assert {pair.second for pair in found} == set(range(1, 400))


def test_many_near_copies_take_no_square() -> None:
    """Texts that all share one phrase are not compared each with each."""
    shared = "all rights reserved by the harbour office of the northern town"
    keys = [f"{shared} {number} {'x' * (number % 7)}{number} " + " ".join(f"w{number}n{step}" for step in range(20)) for number in range(3000)]
    assert pairs(keys, few=10**9) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("a b c d e f g h i j".split()), min_size=1, max_size=30), min_size=2, max_size=30))
def test_both_ways_to_count_words_in_a_crowd_agree(said):
    """Long numbers for some texts, numpy for many: the same places in the same order."""
    bags = [near._bag(each) for each in said]
    assert all(len(set(bag)) == len(bag) == len(each) for bag, each in zip(bags, said))
    keys = [" ".join(each) for each in said]
    every = range(len(keys))
    ways = (near._by_bits(bags), *(near._by_counts(*make(keys, JACCARD).numbers(every)) for make in (shingles.few, shingles.many)))
    one, other, told = ([(place, list(others)) for place, others in way] for way in ways)
    assert one == other == told


@given(corpora(), st.sampled_from(["{}", "the {}", "Zoë’s {} 北京 {}"]))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_numbers_for_words_change_nothing(keys: list[str], frame: str) -> None:
    """Many texts are searched by numbers that stand for three words, in the same order: the same pairs, the same shares."""
    keys = [frame.format(key, key) for key in keys]
    found = pairs(keys, few=10**9)
    with patch.object(near, "VERY_MANY", 0):
        assert pairs(keys, few=10**9) == found
    few, many = shingles.few(keys, JACCARD), shingles.many(keys, JACCARD)
    assert isinstance(many, shingles.Many)
    assert (few.lengths, few.sizes, few.held, few.times) == (many.lengths, many.sizes, many.held, many.times)
    for rank in range(len(few.times)):
        assert few.holders(rank) == many.holders(rank)
    for text in range(len(keys)):
        assert few.spelled(text) == many.spelled(text)
        assert len(few.shingles(text)) == len(many.shingles(text))
        for most in (2, 10**6):
            assert not few.times or few.held[text] < JACCARD * few.sizes[text] or few.ranks(text, most) == many.ranks(text, most)


def test_more_words_than_numbers_stand_for(monkeypatch) -> None:
    """Where three words do not fit in a number, they are compared as words."""
    keys = ["the ferry left the northern pier at dawn", "the ferry left the northern pier at dawn today", "nobody was on board of the other one"]
    found = pairs(keys, few=10**9)
    monkeypatch.setattr(near, "VERY_MANY", 0)
    monkeypatch.setattr(shingles, "_MOST_WORDS", 5)
    assert isinstance(shingles.many(keys, JACCARD), shingles.Few)
    assert pairs(keys, few=10**9) == found != []
