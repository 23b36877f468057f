"""Laws of an audit: no order changes it, members match their original directly, and no chain becomes one story."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.feeds.item import Item, Source
from cleaner.stories import texts
from cleaner.stories.audit import audit, prepare
from cleaner.stories.boilerplate import strip
from cleaner.stories.clusters import gather
from cleaner.stories.judge import judge
from cleaner.words import words

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "audit.py"
WORDS = "alder birch cedar dogwood elder fir gorse hazel ivy juniper larch maple oak pine rowan spruce willow yew ash beech".split()


def story(seed: int, length: int = 120) -> str:
    """Return a text of so many words, in sentences of eight; every seed another one."""
    pick = random.Random(seed)
    said = [pick.choice(WORDS) + str(pick.randint(0, 400)) for _ in range(length)]
    return "\n\n".join(" ".join(said[at : at + 8]).capitalize() + "." for at in range(0, length, 8))


def items(number: int, seed: int) -> list[Source]:
    """Return sources with copies of all sorts among their items."""
    pick = random.Random(seed)
    made: dict[str, list[Item]] = {f"feed{name}.xml": [] for name in range(4)}
    for at in range(number):
        name = pick.choice([*made])
        text = story(pick.randint(0, number // 3))
        if pick.random() < 0.3:
            text = "\n\n".join(text.split("\n\n")[: pick.randint(4, 12)])
        link = f"https://{name.partition('.')[0]}.example/{pick.randint(0, number // 2)}"
        date = f"2026-0{pick.randint(1, 9)}-{pick.randint(10, 28)}T00:00:00Z" if pick.random() < 0.9 else ""
        place = len(made[name]) + 1
        made[name].append(Item(f"{name}#{place}", name, place, id=str(pick.randint(0, number)), url=link, title=pick.choice(("Trees", "Woods", f"Number {at}", "")), published=date, text=text))
    return [Source(name, "RSS 2.0", tuple(each)) for name, each in made.items()]


def told(sources: list[Source]) -> set[tuple[str, str, str]]:
    """Return what an audit says: each copy with its kind and original."""
    return {(cluster.original.key, member.item.key, member.rule) for cluster in audit(prepare(sources)).clusters for member in cluster.members}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.randoms())
def test_the_order_of_sources_changes_nothing(seed, shuffler):
    """Sources in any order give the same stories, with the same originals."""
    sources = items(60, seed)
    shuffled = sources[:]
    shuffler.shuffle(shuffled)
    assert told(sources) == told(shuffled)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_members_match_their_original_directly(seed):
    """Every member's verdict is the one that a comparison of it and its original alone gives, and no original is a member."""
    stories = gather(prepare(items(60, seed)).entries)
    members = {place for star in stories.stars for place, _ in star.members}
    for star in stories.stars:
        assert star.original not in members
        for place, verdict in star.members:
            assert judge(stories.entries[star.original], stories.entries[place]) == verdict


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_else_in_the_sources_counts(seed):
    """Whether two items are one story depends on the two: items that have nothing to do with them change nothing."""
    sources = items(40, seed)
    strangers = tuple(Item(f"other.xml#{at}", "other.xml", at, id=f"x{at}", title=f"Stranger {at}", text=story(100_000 + 1000 * seed % 7 + at)) for at in range(20))
    assert told(sources) == told([*sources, Source("other.xml", "RSS 2.0", strangers)])


@pytest.mark.parametrize("number", [500, 4000])
def test_a_chain_is_no_story(number):
    """Texts that each share most with the next, and little with the one after that, make no story of all of them."""
    sentences = [f"{' '.join(WORDS[(at * 7 + step * 3) % 20] + str(at * 9 + step) for step in range(9))}." for at in range(number + 14)]
    chain = tuple(
        Item(f"chain.xml#{at}", "chain.xml", at, id=str(at), url=f"https://chain.example/{at}", title=f"{WORDS[at % 20]} of {at}x", published=f"2026-01-01T{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}Z", text="\n\n".join(sentences[at : at + 14]))
        for at in range(number)
    )
    clusters = audit(prepare([Source("chain.xml", "RSS 2.0", chain)])).clusters
    assert clusters
    assert max(len(cluster.members) for cluster in clusters) <= 6


def test_ten_thousand_equal_items_are_one_story():
    """One text under ten thousand ids is one story with one original; each copy is held against it once."""
    text = story(1)
    same = tuple(Item(f"hot.xml#{at}", "hot.xml", at, id=str(at), url=f"https://hot.example/{at}", title="Trees", published="2026-01-01T00:00:00Z", text=text) for at in range(10_000))
    other = tuple(Item(f"hot.xml#{at}", "hot.xml", at, id=str(at), url=f"https://hot.example/{at}", title=f"Tree of {at}", text=story(at)) for at in range(10_000, 10_020))
    (cluster,) = audit(prepare([Source("hot.xml", "RSS 2.0", same + other)])).clusters
    assert len(cluster.members) == 9_999


# --- fingerprints ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("a b c d e f g h".split()), max_size=40), max_size=12))
def test_fingerprints_are_winnowed(said):
    """All texts at once give what each gives by the definition: the smallest of any eight neighbouring shingles."""
    keys = [" ".join(each) for each in said]
    prints = texts.fingerprints(keys)
    vocabulary = texts._Words()
    for number, key in enumerate(keys):
        numbers = np.array([vocabulary[word] for word in words(key)], dtype=np.uint64)
        shingles = texts._mixed(numbers).tolist() if len(numbers) >= texts.SHINGLE else []
        windows = [shingles[at : at + texts.WINDOW] for at in range(max(1, len(shingles) - texts.WINDOW + 1))] if shingles else []
        assert prints.values[prints.owners == number].tolist() == sorted({min(window) for window in windows})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 60), st.integers(0, 110))
def test_a_shared_run_of_ten_words_is_never_lost(seed, before, after, at):
    """Two texts that share ten words in a row share a fingerprint, wherever the run stands."""
    one = words(story(seed))
    run = one[at : at + texts.SHINGLE + texts.WINDOW - 1]
    if len(run) < texts.SHINGLE + texts.WINDOW - 1:
        return
    other = words(story(seed + 1, before)) + run + words(story(seed + 2, after))
    prints = texts.fingerprints([" ".join(one), " ".join(other)])
    first, second = (set(prints.values[prints.owners == number].tolist()) for number in (0, 1))
    assert first & second


# --- boilerplate ----------------------------------------------------------------------------------------------------------


def feed(*bodies: str, titles: tuple[str, ...] = ()) -> list[Item]:
    return [Item(f"f#{at}", "f", at, title=titles[at] if titles else f"The title of {at}", text=text) for at, text in enumerate(bodies)]


def test_what_every_item_carries_is_boilerplate():
    """A box that stands in every item is left out, and so is the line that names the item's own title."""
    bodies = [f"{story(at, 40)}\n\nSign up for our letter.\n\nThe post Title {at} of all appeared first on The Gazette." for at in range(6)]
    found = strip(feed(*bodies, titles=tuple(f"Title {at} of all" for at in range(6))))
    assert [passage.text for passage in found.passages] == ["Sign up for our letter.", "The post Title 0 of all appeared first on The Gazette."]
    assert [body.text for body in found.bodies] == [story(at, 40) for at in range(6)]


def test_boilerplate_inside_one_paragraph():
    """Where an item is one paragraph, its sentences are looked at."""
    said = ["The ferry has sunk", "Bread is back", "The bus is late", "A tree fell"]
    found = strip(feed(*(f"{each} in the town on Monday night. Read the full story on our site." for each in said)))
    assert [passage.text for passage in found.passages] == ["Read the full story on our site."]


def test_a_story_that_comes_three_times_is_no_boilerplate():
    """What is most of an item is the item, however often the source carries it."""
    assert not strip(feed(story(1), story(1), story(1), story(2), story(3))).passages
    assert not strip(feed(*(f"{WORDS[at].capitalize()} has a beginning of its own.\n\n{story(1)}" for at in range(3)), story(5), story(6))).passages


def test_what_a_few_items_carry_is_none():
    """A passage in two items, or in a tenth of them, is no boilerplate of the source."""
    box = "Anna Berg has written about the harbour for ten years."
    assert not strip(feed(*(story(at, 40) + (f"\n\n{box}" if at < 3 else "") for at in range(30)))).passages


def test_a_feed_that_always_says_the_same():
    """A text that is all that every item has is boilerplate, and its items are told by their titles."""
    found = strip(feed(*["Click on the title to read the whole article on our site."] * 5))
    assert len(found.passages) == 1
    assert not any(body.tells for body in found.bodies)


def test_a_publisher_in_a_table_has_the_tables_boilerplate():
    """A row that names its publisher is from "TABLE: PUBLISHER", and what the whole table carries is known for it."""
    tail = "Sign up to the letter of the harbour, which comes each Friday with all the news."
    rows = [item._replace(source="rows.csv: Gazette") for item in feed(*(f"{story(number, 60)}\n\n{tail}" for number in range(8)))]
    prepared = prepare([Source("rows.csv", "CSV", tuple(rows))])
    assert tail in [passage.text for passage in prepared.of("rows.csv: Gazette").passages]
    assert prepared.of("rows.csv").common == prepared.of("rows.csv: Gazette").common
    assert not prepared.of("rows.csv.gz").common


# --- the planted feeds of the benchmark -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_duplicates_are_found(seed):
    """Of the kinds planted in made-up feeds each is found and named, and nothing else is."""
    spec = importlib.util.spec_from_file_location("benchmark_of_audit", BENCHMARK)
    benchmark = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = benchmark
    spec.loader.exec_module(benchmark)
    result = benchmark.score(600, seed)
    assert result.missed == 0
    assert result.false == 0
    assert set(result.kinds) == {"F301", "F302", "F303", "F304", "F305", "F306", "F307", "F308"}
    assert all(right == number for right, number in result.kinds.values())
