"""The report for people."""

from __future__ import annotations

import re

import pytest
from report_samples import FIRST, article, conflict, repeated_lines, report, twice

from cleaner.model import Cleaned, Plan, Problem, Report, Scores, Skipped
from cleaner.report import View, render
from cleaner.report.terminal import count, summary
from cleaner.report.visible import clip, columns, snippet, visible
from cleaner.report.words import compare, trimmed

EVIL = "red \x1b[31m bell \x07 csi \x9b31m bidi \u202e\u2066 line\u2028 back\x08 \ud800"


def test_full_says_what_repeats_what_and_what_stays() -> None:
    """A finding names its place, rule, message, fate, likeness, and the copy that stays with the reason."""
    text = render(report(twice()), "full", View(fixed=True))
    assert text.splitlines()[0] == "story.txt  article, text, 3 blocks"
    assert "  3  D101 repeated-paragraph  this paragraph stands twice" in text
    assert "fixed · exact · line 1 stays: the first in reading order" in text
    assert "“The council approved" in text


def test_nothing_found_is_nothing_shown() -> None:
    """A file without findings is shown only to those who want to hear of it."""
    clean = repeated_lines(article("Only once.\n"))
    assert render(report(clean), "full") == ""
    assert render(report(clean), "full", View(verbose=True)).startswith("story.txt")


def test_differing_facts_stand_side_by_side() -> None:
    """A near copy shows its words' differences and a table of the facts."""
    text = render(report(conflict()), "full")
    assert "[-21-]{+12+}" in text
    assert re.search(r"number +12 +21", text)
    assert "95 % alike" in text and "left: its facts differ" in text


def test_colour_replaces_the_brackets() -> None:
    """With colour, words that go are red and struck through, words that stay green; without, they are bracketed."""
    text = render(report(conflict()), "full", View(color=True))
    assert "\x1b[31;9m21\x1b[0m" in text and "[-" not in text


def test_likeness_is_never_rounded_up_to_the_same() -> None:
    """99.99 % alike is 99 %, not 100 %."""
    given = conflict()
    [skipped] = given.plan.skipped
    near = skipped.finding._replace(scores=Scores(0.99, 0.9999, 0.99))
    assert "99 % alike" in render(report(given._replace(plan=Plan((), (Skipped(near, "open", ""),)))), "full")


def test_concise_is_one_line_a_finding() -> None:
    """`path:line:column: CODE [*] message`; the star says that --fix mends it."""
    assert render(report(twice(), conflict("b.md")), "concise") == (
        "story.txt:3:1: D101 [*] this paragraph stands twice\nb.md:3:1: D105 a near copy with differing facts\n"
    )


@pytest.mark.parametrize("format", ["full", "concise", "markdown", "github", "junit"])
@pytest.mark.parametrize("color", [True, False])
def test_no_article_steers_a_terminal(format: str, color: bool) -> None:
    """No control, escape or bidirectional character of a text, a name or a message is written."""
    given = repeated_lines(article(f"{EVIL[:-1]}\n".replace("\u2028", " ") * 2, path=EVIL))
    [finding] = given.plan.taken
    near = finding._replace(message=EVIL, because=EVIL, relation="near", key="k")
    found = Report(
        (given, given._replace(plan=Plan((near,), (Skipped(near, "open", EVIL),)), notes=(EVIL,))),
        (Problem(EVIL, EVIL),),
    )
    text = render(found, format, View(color=color, verbose=True))
    own = re.sub(r"\x1b\[[0-9;]*m", "", text) if color else text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", own)


def test_visible_shows_what_it_hides() -> None:
    """Hidden characters become escapes; letters of any script and joiners stay."""
    assert visible("a\x1b\x9b\u202e\U000e0041\n") == "a\\x1b\\x9b\\u202e\\U000e0041\\x0a"
    assert visible("naïve 漢字 क्‍ष 👩‍💻") == "naïve 漢字 क्‍ष 👩‍💻"


def test_snippets_fit_their_columns() -> None:
    """Wide characters count for two columns, combining marks for none; a cut text ends in an ellipsis."""
    assert columns("漢字") == 4 and columns("e\N{COMBINING ACUTE ACCENT}") == 1
    assert snippet("  one\n two  ") == "one two"
    assert columns(snippet("漢字" * 100, 30)) <= 30
    assert clip("abcdef", 4) == "abc…"
    assert len(snippet("x" * 1_000_000)) == 70


def test_summary_counts() -> None:
    """The last line says what was done, what is left, and how to go on."""
    assert summary(report(twice()), View(fixed=True)) == "removed 1 of 3 blocks: 1 finding fixed, 0 left\n"
    assert "1 can be mended with --fix" in summary(report(twice()))
    assert summary(report(repeated_lines(article("Once.\n")))) == "nothing found in 1 file, 1 block\n"
    assert count(1234, "block") == "1,234 blocks"


def test_word_diffs_spell_both_copies() -> None:
    """Joining one side of the pieces gives that copy, whatever the script."""
    for one, other in (("a b c d", "a x y d"), ("", "new"), ("彼は12人", "彼は21人"), ("same", "same")):
        pieces = compare(one, other)
        assert pieces is not None
        assert "".join(piece.gone for piece in pieces) == one
        assert "".join(piece.kept for piece in pieces) == other


def test_word_diffs_show_only_what_is_around_a_change() -> None:
    """A change in the middle of a long paragraph is shown with a few words on each side."""
    long = " ".join(f"word{number}" for number in range(200))
    pieces = compare(long, long.replace("word100", "other"))
    assert pieces is not None
    shown = "".join(piece.kept for piece in trimmed(pieces))
    assert "word99 other word101" in shown and "word50" not in shown and "…" in shown


def test_copies_too_long_to_align_are_not() -> None:
    """Alignment takes the product of two lengths, so it has a limit, and the report a snippet instead."""
    assert compare("a " * 9_000, "b") is None


def test_many_alike_findings_are_one_line() -> None:
    """Forty equal mends without a copy are one line with a count."""
    [finding] = twice().plan.taken
    blank = finding._replace(rule="L401", keeper=None, relation=None, scores=None, message="blank line missing")
    given: Cleaned = twice()._replace(plan=Plan((blank,) * 40, ()))
    assert "blank line missing (40 times)" in render(report(given), "full")


def test_long_word_diffs_are_wrapped() -> None:
    """No line of a word diff is longer than the width asked for."""
    given = repeated_lines(article(f"{FIRST * 20}\n" * 2))
    [finding] = given.plan.taken
    near = finding._replace(relation="near", scores=Scores(0.9, 0.9, 0.9))
    text = render(report(given._replace(plan=Plan((near,), ()))), "full", View(width=60))
    assert all(len(line) <= 60 for line in text.splitlines()[2:-1])
