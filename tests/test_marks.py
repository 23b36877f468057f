"""marks.py: the author's own word, in each format's comments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import marks
from cleaner.model import Format, Span
from cleaner.options import Options
from cleaner.segment import segment
from laws import article, holds
from slope import steep

SAID = "The keeper wrote down the name of every ship that passed in the night, and the hour."
OTHER = "Nobody has opened the book since, though many have asked to be shown its pages."
COMMENTS: list[tuple[Format, str]] = [
    ("markdown", "<!-- cleaner: {} -->"),
    ("markdown", "{{/* cleaner: {} */}}"),
    ("markdown", "[//]: # (cleaner: {})"),
    ("text", "<!-- cleaner: {} -->"),
    ("rst", ".. cleaner: {}"),
    ("asciidoc", "// cleaner: {}"),
]


def read(text: str, format: Format = "markdown") -> tuple[marks.Mark, ...]:
    return marks.read(text, format, segment(article(text, format)))


def keeps(mark: marks.Mark, rule: str, span: Span) -> bool:
    """Whether a finding of a rule at a place is kept from being carried out, asked of one comment."""
    return mark.reach.start <= span.start < mark.reach.end and (not mark.rules or any(rule.startswith(code) for code in mark.rules))


def statuses(text: str, format: Format) -> list[tuple[str, str]]:
    cleaned = holds(text, format, Options(profile="article"))
    found = [(finding.rule, "fixed") for finding in cleaned.plan.taken]
    return found + [(skip.finding.rule, skip.status) for skip in cleaned.plan.skipped]


@pytest.mark.parametrize(("format", "comment"), COMMENTS)
def test_keep_speaks_for_the_block_below(format: Format, comment: str) -> None:
    """A kept copy stays, whatever the format's comment looks like."""
    text = "\n\n".join([SAID, OTHER, comment.format("keep D101 -- a refrain"), SAID]) + "\n"
    assert statuses(text, format) == [("D101", "suppressed")]


@pytest.mark.parametrize(("format", "comment"), COMMENTS)
def test_off_and_on(format: Format, comment: str) -> None:
    """Between off and on nothing is changed; after on it is again."""
    text = "\n\n".join([SAID, OTHER, comment.format("off"), SAID, comment.format("on"), OTHER]) + "\n"
    assert sorted(statuses(text, format)) == [("D101", "fixed"), ("D101", "suppressed")]


def test_keep_in_html() -> None:
    """The same in HTML."""
    text = f"<p>{SAID}</p>\n<p>{OTHER}</p>\n<!-- cleaner: keep -->\n<p>{SAID}</p>\n"
    assert statuses(text, "html") == [("D101", "suppressed")]


def test_reason_and_rules() -> None:
    """A comment may name rules, families and a reason."""
    (mark,) = read("<!-- cleaner: keep D101, D12 -- sung twice -->\n\nText.\n")
    assert (mark.rules, mark.reason) == (("D101", "D12"), "sung twice")
    assert keeps(mark, "D101", mark.reach) and keeps(mark, "D120", mark.reach)
    assert not keeps(mark, "D102", mark.reach)
    assert not keeps(mark, "D101", Span(0, 4))
    for rule, span in (("D101", mark.reach), ("D120", mark.reach), ("D102", mark.reach), ("D101", Span(0, 4))):
        assert marks.Marks((mark,)).first(rule, span) == (mark if keeps(mark, rule, span) else None)
    (mark,) = read("<!-- cleaner: keep -->\n\nText.\n")
    assert keeps(mark, "E001", mark.reach)


def test_the_reason_is_in_the_report() -> None:
    """What the author gave as reason is why a finding is left."""
    text = f"{SAID}\n\n<!-- cleaner: keep D101 -- sung twice -->\n\n{SAID}\n"
    (skip,) = holds(text).plan.skipped
    assert (skip.status, skip.reason) == ("suppressed", "sung twice")


@pytest.mark.parametrize("comment", ["<!-- cleaner: keep D120 -->", "<!-- cleaner: off D120 -->"])
def test_a_comment_for_another_rule_keeps_nothing(comment: str) -> None:
    """A comment that names another rule does not keep this one, and is reported as unused."""
    text = f"{SAID}\n\n{OTHER}\n\n{comment}\n\n{SAID}\n"
    assert sorted(statuses(text, "markdown")) == [("D101", "fixed"), ("S901", "open")]


def test_off_without_on_reaches_to_the_end() -> None:
    """What is not switched on again stays off."""
    (mark,) = read(f"<!-- cleaner: off -- old text -->\n\n{SAID}\n")
    assert mark.reach.end > len(SAID)


@pytest.mark.parametrize("comment", ["<!-- cleaner: keeps -->", "<!-- cleaner keep -->", "<!-- cleaner: on -->", "<!-- keep cleaner: -->"])
def test_what_is_no_comment_of_ours(comment: str) -> None:
    """Other comments say nothing to us."""
    assert read(f"{comment}\n\n{SAID}\n") == ()


def test_a_text_without_comments_costs_nothing() -> None:
    """No comment, no mark; also where the word stands in running text."""
    assert read(SAID) == ()
    assert read("The cleaner: keep it.\n") == ()


def test_a_last_comment_keeps_nothing() -> None:
    """A comment with nothing below it is unused."""
    assert statuses(f"{SAID}\n\n{OTHER}\n\n<!-- cleaner: keep -->\n", "markdown") == [("S901", "open")]


def test_a_comment_with_a_long_run_of_spaces_is_read_at_once():
    """White space behind the word of a comment that never ends is passed over once: eight hundred spaces took a third of a second, and eight thousand minutes."""
    assert marks.read("<!-- cleaner: keep" + " " * 200_000 + "x", "markdown", ()) == ()


RULES = ["D101", "D102", "D103", "D120", "E001"]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(["keep", "keep D101", "keep D1, E001", "off", "off D12", "on", "text", "text"]), max_size=14),
    st.lists(st.tuples(st.sampled_from(RULES), st.integers(0, 700)), max_size=8),
)
def test_comments_are_found_by_their_place(lines, asked):
    """Whoever looks through all comments for a finding comes to the same first one, and to the same idle ones."""
    text = "\n\n".join(f"{SAID[:20]} {number}." if line == "text" else f"<!-- cleaner: {line} -->" for number, line in enumerate(lines)) + "\n"
    found = read(text)
    findings = [(rule, Span(at, at + 1)) for rule, at in asked]
    sorted_out = marks.Marks(found)
    for rule, span in findings:
        assert sorted_out.first(rule, span) == next((mark for mark in found if keeps(mark, rule, span)), None)
    assert sorted_out.idle(findings) == [mark for mark in found if not any(keeps(mark, rule, span) for rule, span in findings)]


@pytest.mark.parametrize("text", ["<!-- cleaner: keep D101 -->\n\na b c d e f g h.\n\n", "<!-- cleaner: off -->\n\na b.\n\n<!-- cleaner: on -->\n\nc the the d.\n\n", "<!-- cleaner: keep -->\n"])
def test_as_many_comments_as_findings_take_no_square(text):
    """Each block was looked for from the top, and each finding asked every comment: half a megabyte took half a minute."""
    from cleaner import check

    assert not steep(lambda size: check(text * size, format="markdown"), 8_000)
