"""rules/layout.py: the canonical article. It moves and spaces; not a character of what is said changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.model import Cleaned, Format
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.plan import apply, inverse
from laws import article

BODY = [
    "The council voted on Tuesday to close the old ferry landing after a winter of repairs that cost more than anyone had planned.",
    "Residents of the northern quarter said they had learnt of the decision from a notice pinned to the door of the bakery.",
    "Engineers found cracks in four of the nine pillars when they lowered the water in the basin last autumn, the office said.",
    "The mayor has promised a new crossing further upstream, where the bank is firm and the current is slower than it is here.",
]
TITLE = "Ferry Landing Closes After Costly Winter"
DECK = "**Residents learnt of the decision from a notice on a bakery door.**"
CANONICAL = "\n\n".join([f"# {TITLE}", *BODY]) + "\n"


def laid(text: str, format: Format = "markdown", **options: object) -> Cleaned:
    """Lay an article out; assert that undo restores it and that once is enough."""
    chosen = Options(layout="canonical")._replace(**options)  # type: ignore[arg-type]
    cleaned = clean_article(article(text, format), chosen)
    assert apply(cleaned.text, inverse(cleaned.plan.edits)) == text
    assert clean_article(article(cleaned.text, format), chosen).text == cleaned.text
    return cleaned


def rules(cleaned: Cleaned) -> list[str]:
    return sorted({finding.rule for finding in cleaned.plan.taken})


def test_a_canonical_article_is_left_alone() -> None:
    """What is canonical already is not touched."""
    assert laid(CANONICAL).plan.edits == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_one_line_a_paragraph_is_spaced(end: str) -> None:
    """Lines become paragraphs with one blank line between, in the text's own line ends."""
    text = end.join([f"# {TITLE}", *BODY]) + end
    cleaned = laid(text)
    assert cleaned.text == CANONICAL.replace("\n", end)
    assert rules(cleaned) == ["L403"]


def test_too_many_blank_lines_become_one() -> None:
    """Wide gaps close."""
    assert laid("\n\n\n\n".join([f"# {TITLE}", *BODY]) + "\n").text == CANONICAL


def test_a_bold_title_becomes_a_heading() -> None:
    """A bold line that is the title gets its heading mark."""
    cleaned = laid("\n\n".join([f"**{TITLE}**", *BODY]) + "\n")
    assert cleaned.text == CANONICAL
    assert rules(cleaned) == ["L402"]


def test_a_title_in_plain_text_becomes_a_heading() -> None:
    """In plain text the first short line is the title."""
    assert laid("\n\n".join([TITLE, *BODY]) + "\n", "text").text == CANONICAL


@pytest.mark.parametrize("title", [f"**{TITLE}**", f"# {TITLE}"])
def test_a_title_below_its_deck_goes_to_the_top(title: str) -> None:
    """Title first, decks under it."""
    cleaned = laid("\n\n".join([DECK, title, *BODY]) + "\n")
    assert cleaned.text == "\n\n".join([f"# {TITLE}", DECK, *BODY]) + "\n"
    assert "L401" in rules(cleaned)


def test_the_sample_in_small() -> None:
    """A deck, the title twice, another deck, a body pasted twice, one line each: all becomes one canonical article."""
    other = "**A new crossing is promised further upstream.**"
    text = "\n".join([DECK, f"**{TITLE}**", f"**{TITLE}**", other, *BODY, *BODY[1:]])
    assert laid(text).text == "\n\n".join([f"# {TITLE}", DECK, other, *BODY])


def test_a_title_below_body_text_stays_where_it_is() -> None:
    """Only decks and bylines may stand above a title that moves."""
    cleaned = laid("\n\n".join([BODY[0], f"# {TITLE}", *BODY[1:]]) + "\n")
    assert cleaned.plan.edits == ()


@pytest.mark.parametrize("kept", ["- one\n- two\n\n\n- three", "```\na\n\n\n\nb\n```", "| a |\n|---|\n| b |", "    code\n\n\n    code"])
def test_lists_tables_and_code_keep_their_lines(kept: str) -> None:
    """Only running text is laid out."""
    text = "\n".join([f"# {TITLE}", "", *BODY, "", kept, ""])
    cleaned = laid(text, profile="article")
    assert kept in cleaned.text


def test_front_matter_stays_first() -> None:
    """Nothing goes above front matter, and its own lines stay."""
    front = "---\ntitle: Other\n---\n"
    cleaned = laid(front + "\n" + "\n".join([f"# {TITLE}", *BODY]) + "\n")
    assert cleaned.text.startswith(front)


@pytest.mark.parametrize("options", [{"layout": "keep"}, {"profile": "docs"}, {"profile": "list"}, {"ignore": ("L",)}])
def test_where_layout_does_not_speak(options: dict[str, object]) -> None:
    """Documentation, lists and `--layout keep` are not laid out."""
    text = "\n".join([f"**{TITLE}**", *BODY]) + "\n"
    assert not [finding for finding in laid(text, **options).plan.taken if finding.rule[0] == "L"]


@pytest.mark.parametrize("format", ["html", "rst", "asciidoc"])
def test_other_formats_keep_their_layout(format: Format) -> None:
    """Only Markdown and plain text are laid out."""
    text = "\n\n\n\n".join(BODY) + "\n"
    assert laid(text, format).plan.edits == ()


LINES = st.lists(st.sampled_from([f"**{TITLE}**", f"# {TITLE}", DECK, *BODY, "## A part", "By Maria Stein", "- item", "> " + BODY[0]]), min_size=1, max_size=10)


@given(LINES, st.lists(st.sampled_from(["\n", "\n\n", "\n\n\n"]), min_size=10, max_size=10), st.sampled_from(["markdown", "text"]))
@settings(max_examples=300, deadline=None)
def test_layout_says_the_same_words(lines: list[str], gaps: list[str], format: Format) -> None:
    """Every word that `keep` leaves is left by `canonical` too, if perhaps once less: lines set apart may show a copy."""
    text = "".join(line + gap for line, gap in zip(lines, gaps, strict=False))
    kept = clean_article(article(text, format), Options(profile="article")).text
    canonical = laid(text, format, profile="article").text
    bare = lambda said: set(said.replace("#", " ").replace("**", " ").split())  # noqa: E731
    assert bare(kept) == bare(canonical)
