"""match/copies.py: the one walk down the article, on sequences over small alphabets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import cycle
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cleaner.match import copies
from cleaner.match.copies import LOOK_BACK, Run, runs
from cleaner.model import Article, Format, Origin
from cleaner.options import Options
from cleaner.pipeline import clean_article

POLICIES: dict[str, Callable[[Run], bool]] = {
    "everything": lambda run: True,
    "nothing": lambda run: False,
    "adjacent": lambda run: run.adjacent,
    "runs": lambda run: len(run.duplicates) > 1,
    "adjacent-runs": lambda run: run.adjacent and len(run.duplicates) > 1,
    "long-runs": lambda run: len(run.duplicates) > 2 or run.adjacent,
}
SEQUENCES = st.one_of(
    st.lists(st.sampled_from("ab"), max_size=14),
    st.lists(st.sampled_from("abc"), max_size=14),
    st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=16),
)
POLICY = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def walked(keys: list[str], may_go: Callable[[Run], bool]) -> list[Run]:
    return runs(keys, [True] * len(keys), may_go)


def left(keys: list[str], found: list[Run]) -> list[str]:
    gone = {number for run in found if run.goes for number in run.duplicates}
    return [key for number, key in enumerate(keys) if number not in gone]


@POLICY
def test_what_is_left_loses_nothing_more(policy: Callable[[Run], bool]) -> None:
    """Walking what the walk leaves removes nothing: law 5."""

    @settings(max_examples=200, deadline=None)
    @given(SEQUENCES)
    def check(keys: list[str]) -> None:
        once = left(keys, walked(keys, policy))
        assert left(once, walked(once, policy)) == once

    check()


@POLICY
def test_keepers_stay_and_say_the_same(policy: Callable[[Run], bool]) -> None:
    """Each keeper stays, says what its duplicate says, and no block is the duplicate of two runs."""

    @settings(max_examples=200, deadline=None)
    @given(SEQUENCES)
    def check(keys: list[str]) -> None:
        found = walked(keys, policy)
        gone = [number for run in found if run.goes for number in run.duplicates]
        every = [number for run in found for number in run.duplicates]
        assert len(every) == len(set(every))
        for run in found:
            assert len(run.duplicates) == len(run.keepers) > 0
            for duplicate, keeper in zip(run.duplicates, run.keepers, strict=True):
                assert keys[duplicate] == keys[keeper] != ""
                assert keeper not in gone
            between = set(range(run.duplicates[0], run.duplicates[-1] + 1)) - set(run.duplicates)
            assert list(run.duplicates) == sorted(run.duplicates)
            assert between <= set(gone), "a run reaches over a block that stays"

    check()


@settings(max_examples=200, deadline=None)
@given(SEQUENCES)
def test_where_all_may_go_each_text_is_said_once(keys: list[str]) -> None:
    """Where everything may go, every key is left once, in the order in which it stood first."""
    said = left([key for key in keys if key], walked([key for key in keys if key], POLICIES["everything"]))
    assert said == list(dict.fromkeys(key for key in keys if key))


def test_where_nothing_may_go_every_copy_is_shown() -> None:
    """Copies that stay are runs too: the longest, and none twice."""
    found = walked(list("abcxabcyab"), POLICIES["nothing"])
    assert [(run.duplicates, run.keepers, run.goes) for run in found] == [
        ((4, 5, 6), (0, 1, 2), False),
        ((8, 9), (0, 1), False),
    ]


def test_a_block_that_may_not_be_alone_goes_only_with_others() -> None:
    """Code is no finding of its own, and part of a pasted run."""
    found = runs(["text", "code", "x", "code", "text", "code"], [True, False, True, False, True, False], POLICIES["everything"])
    assert [run.duplicates for run in found] == [(4, 5)]


def test_a_run_next_to_its_original_is_adjacent() -> None:
    """An adjacent run is told from one that stands apart."""
    (run,) = walked(list("abcabc"), POLICIES["everything"])
    assert run == Run((3, 4, 5), (0, 1, 2), True, True)
    (run,) = walked(list("abcxabc"), POLICIES["everything"])
    assert (run.duplicates, run.adjacent) == ((4, 5, 6), False)


@pytest.mark.parametrize("policy", ["everything", "nothing", "adjacent", "runs"])
@pytest.mark.parametrize("pattern", ["a", "ab", "abc", "aab", "abacad", "aaaaaaab"])
def test_the_walk_is_linear(pattern: str, policy: str) -> None:
    """Twice the text asks twice the questions: hostile sequences take no quadratic time."""

    def asked(times: int) -> int:
        calls = [0]

        def may_go(run: Run) -> bool:
            calls[0] += len(run.duplicates)
            return POLICIES[policy](run)

        walked(list(pattern * times), may_go)
        return calls[0]

    one, two = asked(200), asked(400)
    assert two <= 2.2 * one + 50 * LOOK_BACK, (one, two)


@POLICY
def test_twins_are_spared_the_question_only(policy: Callable[[Run], bool]) -> None:
    """Where neighbours are twins, asking less removes no more than it should: keepers stay, and walking again removes nothing."""

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.sampled_from("abc"), max_size=30))
    @example(list("aabcc"))
    def check(keys: list[str]) -> None:
        def past_twins(keys: list[str], number: int) -> int:
            return next((other for other in range(number + 1, len(keys)) if keys[other] != keys[number]), len(keys))

        found = runs(keys, [True] * len(keys), policy, partial(past_twins, keys))
        gone = {number for run in found if run.goes for number in run.duplicates}
        assert not gone & {keeper for run in found for keeper in run.keepers}
        assert all(keys[one] == keys[other] for run in found for one, other in zip(run.duplicates, cycle(run.keepers)))
        assert all(len(run.keepers) in (1, len(run.duplicates)) for run in found)
        once = left(keys, found)
        assert left(once, runs(once, [True] * len(once), policy, partial(past_twins, once))) == once

    check()


SHORT = st.sampled_from(["a", "b", "Yes.", "[a]", "- x", "1. y", "c d", "<a>", "# P", "b\n===", "`e`", "> f", "***"])
UNITS = SHORT | st.sampled_from(
    [
        "the sea is high", "- No, not at all.", "| a | b |", "> so it goes again", "1. first of all", "**bold**", "</div>",
        "Did they see it?", "It was this:", "The ferry left the pier at dawn with forty people on board, they say.",
    ]
)  # fmt: skip


@st.composite
def rounds(draw: st.DrawFn) -> str:
    """Make a text that says a few things over and over, with something else before, after and perhaps between."""
    units = draw(st.lists(SHORT | UNITS, min_size=1, max_size=3, unique=True))
    gap = draw(st.sampled_from(["\n\n", "\n\n", "\n"]))
    said = [unit + gap for unit in units] * draw(st.integers(50, 70))
    for _ in range(draw(st.integers(0, 2))):
        said.insert(draw(st.integers(0, len(said))), draw(UNITS) + draw(st.sampled_from(["\n", "\n\n"])))
    return draw(st.sampled_from(["", "# Title\n\n", "One line.\n\n"])) + "".join(said)


@given(
    rounds(),
    st.sampled_from(["markdown", "text", "asciidoc", "rst"]),
    st.sampled_from([Options(), Options(pedantic=True, unsafe_fixes=True), Options(profile="article"), Options(profile="article", unsafe_fixes=True)]),
)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_goes_round_is_judged_as_if_each_block_were_asked(text: str, format: Format, options: Options) -> None:
    """In passages that follow themselves over and over, the answers that are known are those that would be given."""
    article = Article(text, format, Origin("a", "utf-8", b"", "0" * 64))
    found = clean_article(article, options)
    with patch.object(copies._Walk, "_goes_round", lambda walk, number, places: False):
        assert clean_article(article, options) == found
