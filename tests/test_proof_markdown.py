"""proof/: what an edited Markdown text must still be; and the gate that spares the proof."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cleaner.model import Edit, Span
from cleaner.options import Options
from cleaner.page import Page
from cleaner.plan import apply
from cleaner.proof import same_words
from cleaner.proof import markdown
from cleaner.proof.cuts import of, parts
from cleaner.proof.gate import obvious, plain
from cleaner.proof.markdown import disputed, reads_alike, unchanged
from cleaner.segment import segment
from laws import article, holds


def without(text: str, *gone: str) -> tuple[str, list[Edit]]:
    """Delete the last place of each given text; return what is left, and the edits."""
    spans = sorted(Span(at, at + len(said)) for said in gone for at in [text.rindex(said)])
    edits = [Edit(span, text[span.start : span.end], "") for span in spans]
    return apply(text, edits), edits


def proved(text: str, *gone: str) -> bool:
    """Whether a deletion is let through; the same is said of it in pieces that touch, as two readings of a text make them."""
    after, edits = without(text, *gone)
    said = unchanged(text, after, edits)
    start, before = edits[0].span.start, edits[0].before
    for cut in range(1, len(before)):
        halves = (Edit(Span(start, start + cut), before[:cut], ""), Edit(Span(start + cut, start + len(before)), before[cut:], ""))
        assert unchanged(text, after, [*halves, *edits[1:]]) == said
    return said


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("One paragraph.\n\nOne paragraph.\n", "\n\nOne paragraph."),
        ("One line.\nIts copy.\nThe last.\n", "Its copy.\n"),
        ("- a\n- b\n- b\n- c\n", "- b\n"),
        ("1. a\n2. b\n3. c\n", "\n3. c"),
        ("> quote\n\ntext\n\n> quote\n", "\n\n> quote"),
        ("# A\n\n# A\n\ntext\n", "# A\n\n"),
        ("| a | b |\n|---|---|\n| c | d |\n| c | d |\n", "| c | d |\n"),
        ("One sentence. One sentence. More.\n", " One sentence."),
        ("text\n\n```\ncode\n```\n\ntext\n\n```\ncode\n```\n", "\n\n```\ncode\n```"),
        ("- a\n\n  own paragraph\n\n  own paragraph\n\n- b\n", "  own paragraph\n\n"),
        ("a\r\n\r\nb\r\n\r\nb\r\n", "b\r\n\r\n"),
    ],
)
def test_what_changes_nothing_else_passes(text: str, gone: str) -> None:
    """Whole paragraphs, items, rows, quotes and sentences go, and all around them reads as it did."""
    assert proved(text, gone)


@pytest.mark.parametrize(
    ("text", "gone", "what"),
    [
        ("- a\n\ntext\n\n- b\n", "text\n\n", "two lists become one"),
        ("text\n\ncopy\n---\n", "\n\ncopy", "a line becomes a heading"),
        ("text\ncopy\n\n---\n", "copy\n\n", "a break becomes a heading's underline"),
        ("- a\n\ntext\n\n    code\n", "text\n\n", "code becomes a list item's paragraph"),
        ("text\n\n[a]: https://example.org\n\n[a]\n", "[a]: https://example.org\n\n", "a link loses its target"),
        ("> quote\n\ncopy\n\ntext\n", "\ncopy\n\n", "a paragraph becomes part of a quote"),
        ("- item\n\ncopy\n\ntext\n", "\ncopy\n\n", "a paragraph becomes part of an item"),
        ("| a |\n|---|\n| b |\n\ntext\n", "|---|\n", "a table becomes text"),
        ("text\n\n```\ncode\n```\nmore\n", "```\nmore", "a fence stays open"),
        ("text\n\n<div>\ncopy\n</div>\n\nmore\n", "</div>\n\n", "markup takes in what follows it"),
        ("- a\n- b\n\n- c\n", "\n\n- c", "a loose list becomes tight"),
        ("2. a\n\ntext\n\n5. b\n", "text\n\n", "two numbered lists become one"),
    ],
)
def test_what_changes_something_else_is_refused(text: str, gone: str, what: str) -> None:
    """A removal after which something else would read differently is not let through."""
    assert not proved(text, gone), what


def test_a_text_that_says_more_is_refused() -> None:
    """What the edits do not say must not happen."""
    text = "One.\n\nTwo.\n\nThree.\n"
    _, edits = without(text, "Two.\n\n")
    assert unchanged(text, "One.\n\nThree.\n", edits)
    assert not unchanged(text, "One.\n\n", edits)
    assert not unchanged(text, "One.\n\nThree.\n\nFour.\n", edits)
    assert not unchanged(text, "One.\n\nthree.\n", edits)


def test_front_matter_is_left_alone() -> None:
    """An edit that reaches into front matter is refused."""
    text = "---\na: b\n---\n\nOne.\n\nOne.\n"
    skip = text.index("\n\nOne") + 1
    after, edits = without(text, "\n\nOne.")
    assert unchanged(text, after, edits, skip)
    assert not unchanged(text, after.replace("a: b", "a: c"), edits, skip)


def test_what_nests_too_deeply_is_refused() -> None:
    """A reader that drops text without a word is not trusted."""
    text = "> " * 200 + "deep\n\nOne.\n\nOne.\n"
    assert not proved(text, "\n\nOne.")


PIECES = st.sampled_from(
    ["Plain words here.", "Plain words here.", "**Bold line**", "# Heading", "## Other", "Wrapped words\nover lines.", "- item", "1. one", "> quote",
     "    code", "---", "===", "| a | b |", "“Speech,” she said.", "(aside)", "*emphasis* first", "a_b c", "Setext\n---", "word\n\n    code", "&amp; sign",
     "`code` first", "1984 was a year.", "日本の町の話。", "\\- escaped", "http://example.org/a", "A line with two  \nbreaks.", "~~~", "$$"]
)


@given(st.lists(PIECES, min_size=1, max_size=7), st.lists(st.sampled_from(["\n", "\n\n", "\n\n\n", "\r\n\r\n"]), min_size=7, max_size=7), st.booleans(), st.data())
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_gate_lets_nothing_through_that_the_proof_refuses(pieces: list[str], gaps: list[str], evenly: bool, data: st.DataObject) -> None:
    """Whatever `obvious` calls obvious, the proof accepts: for deletions of runs of blocks with any white space about them."""
    text = "".join(chain.from_iterable(zip(pieces, gaps[:1] * 7 if evenly else gaps))).rstrip("\r\n") + data.draw(st.sampled_from(["", "\n"]))
    made = article(text, "markdown")
    page = Page(made, segment(made), Options())
    if not page.blocks:
        return
    chosen = sorted(data.draw(st.sets(st.integers(0, len(page.blocks) - 1), max_size=3)))
    edits: list[Edit] = []
    at = 0
    for number in chosen:
        start = page.blocks[number].span.start
        end = page.blocks[min(number + data.draw(st.sampled_from([0, 0, 1, 2])), len(page.blocks) - 1)].span.end
        while start > at and text[start - 1] in "\r\n" and data.draw(st.booleans()):
            start -= 1
        while end < len(text) and text[end] in "\r\n" and data.draw(st.booleans()):
            end += 1
        if start >= at:
            edits.append(Edit(Span(start, end), text[start:end], ""))
            at = end
    if edits and obvious(page, edits):
        skip = page.blocks[0].span.end if page.blocks[0].kind == "front" else 0
        assert unchanged(text, apply(text, edits), edits, skip), (text, edits)


def test_the_gate_knows_that_a_heading_sets_lines_apart() -> None:
    """Without it, the lines above and below are one paragraph."""
    text = "Plain words here.\nPlain words here.\n# Heading\nPlain words here."
    made = article(text, "markdown")
    page = Page(made, segment(made), Options())
    assert not obvious(page, [Edit(Span(36, 46), "# Heading\n", "")])


def test_the_gate_knows_that_the_end_of_one_paragraph_and_the_beginning_of_the_next_kept_their_rest_apart() -> None:
    """Without both, the first line of the one and the last line of the other are one paragraph."""
    made = article("Plain words.\nOther words.\n\nOther words.\nMore words.\n", "markdown")
    page = Page(made, segment(made), Options())
    (edit,) = without(made.text, "Other words.\n\nOther words.\n")[1]
    assert not obvious(page, [edit])


def test_the_gate_knows_plain_paragraphs() -> None:
    """The common case is obvious: a paragraph among paragraphs."""
    made = article("# Title\n\nOne.\n\nTwo.\n\nOne.\n", "markdown")
    page = Page(made, segment(made), Options())
    (edit,) = without(made.text, "\n\nOne.")[1]
    assert obvious(page, [edit])
    (edit,) = without(made.text, "One.\n")[1]
    assert obvious(page, [edit])


def test_a_removal_that_would_join_lists_is_left_out() -> None:
    """The pipeline keeps a copy whose removal would change its surroundings, and says why."""
    text = "A paragraph that stands here twice, with some words in it and two lists about it.\n\n- a\n\nA paragraph that stands here twice, with some words in it and two lists about it.\n\n- b\n"
    cleaned = holds(text, "markdown", Options(profile="article"))
    assert cleaned.text == text
    assert [skip.reason for skip in cleaned.plan.skipped] == ["removing it would change how the text around it reads"]


def test_layout_keeps_every_word() -> None:
    """What layout does is refused where a word were lost or moved, the title aside."""
    from cleaner.model import Finding, Plan

    made = article("One.\nTwo.\n", "text")
    page = Page(made, segment(made), Options())
    spaced = Finding("L403", Span(4, 5), "m", "safe", (Edit(Span(4, 5), "\n", "\n\n"),))
    eaten = Finding("L403", Span(5, 9), "m", "safe", (Edit(Span(5, 9), "Two.", ""),))
    assert same_words(page, Plan((), ()), Plan((spaced,), ()))
    assert not same_words(page, Plan((), ()), Plan((eaten,), ()))


# What decides where a text can be cut: fences and markup that go over blank lines, at the margin and inside containers.
LINES = st.sampled_from(
    ["Plain words here.", "Other words", "", "", "", "", "```", "```py", "~~~", "  ```", "   ~~~", "````", "    ```", "``` a`b", "- item", "- ```", "  - ```", "1. ```", "10.  ~~~", "  more", "   more", "     ```",
     "1. one", "> quote", "> ```", "- > a", "<div>", "<!-- c -->", "<!-- open", "  <!-- x", "-->", "<pre>", "</pre>", "  <pre>", "   </PRE>", "<script>", "<style>a</style> b", "<predate>", "<!-->", "<!DOCTYPE a>", "<![CDATA[ a", "<?x", "?>", "<a>", "[x]: /u", "[x]: /v", "[y]: /u 'title", "[y]: /u", "| a | b |",
     "|---|---|", "*em* a", "* *", "_a_ b", "[a](b) c", "`x` y", "``x``` y", "(a) b", "---", "===", "# head", "\tcode", "    code"]
)  # fmt: skip
TEXTS = st.builds(lambda rows, end: end.join([*rows, ""]), st.lists(LINES, min_size=4, max_size=24), st.sampled_from(["\n", "\n", "\n", "\r\n"]))


@given(TEXTS)
@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_cut_is_never_inside_a_block(text: str) -> None:
    """Where the text is cut, the reader begins a block of its own, whatever stands above."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inside = {line for token in tokens if token.level == 0 and token.map for line in range(token.map[0] + 1, token.map[1])}
    for part in parts(text, text, [Edit(Span(at, at), "", "") for at in range(1, len(text))]).parts:
        assert text.count("\n", 0, part.before.start) not in inside
        assert part.before.end == len(text) or text.count("\n", 0, part.before.end) not in inside


@given(TEXTS, st.data())
@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
def test_parts_that_agree_are_wholes_that_agree(text: str, data: st.DataObject) -> None:
    """The proof of the parts around the edits accepts nothing that the proof of the whole refuses, and refuses nothing that it accepts."""
    rows = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]
    places = sorted(data.draw(st.lists(st.sampled_from(rows), min_size=2, max_size=6)))
    edits = [
        Edit(Span(start, end), text[start:end], data.draw(st.sampled_from(["", "", "# ", "\n"])))
        for start, end in zip(places[::2], places[1::2])
        if start < end or start == 0
    ]
    if len({edit.span.start for edit in edits}) < len(edits):
        return
    after = apply(text, edits)
    agree = not disputed(text, after, edits)
    if plain(text, after, edits):
        assert agree
    assert reads_alike(text, after, edits) == agree


@pytest.mark.parametrize(
    "above",
    [
        "<blockquote>said\n<script src=x></script>\n\n",
        "<script>\nlet a = 1\n\nlet b = 2\n</script>\n\n",
        "Words.\n\n ```yaml\na: 1\n\nb: 2\n```\n\n",
        "Words.\n\n  <pre>\na\n\nb\n</pre>\n\n",
        "1. ```\n   PUSH 1\n\n   PUSH 2\n   ```\n\n2. ```\n   POP\n   ```\n\n",
        "<!DOCTYPE html>\n\n<?xml version='1.0'?>\n\n",
        "- open\n\n  ```\n  code\n\n  ```\n\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_can_be_cut_below_what_documents_hold(above: str, end: str) -> None:
    """Fences and raw HTML as real documents have them do not keep what stands below from being proved by itself."""
    text = f"{above}One.\n\nTwo.\n".replace("\n", end)
    assert text.index("Two.") in of(text)
    assert not [cut for cut in of(text) if cut < len(above.replace("\n", end).rstrip()) and above.startswith(("1.", "<script", "- "))]


def test_only_the_removal_that_is_in_the_way_is_refused() -> None:
    """Of many removals in a long text, one that joins two lists is left alone, found by reading the lines around it alone."""
    said = [f"The ferry leaves pier {number} at nine in the morning, and at ten on feast days in the winter." for number in range(60)]
    text = "".join(f"{each}\n\n{each}\n\n" for each in said)
    other = "A paragraph that stands here twice, with some words in it and two lists about it."
    text += f"{other}\n\n- a\n\n{other}\n\n- b\n"
    read: list[int] = []
    whole = markdown._reader()
    parse = whole.parse
    whole.parse = lambda text, env: (read.append(len(text)), parse(text, env))[1]  # type: ignore[method-assign]
    try:
        cleaned = holds(text, "markdown", Options(profile="article"))
    finally:
        whole.parse = parse  # type: ignore[method-assign]
    assert [cleaned.text.count(each) for each in (*said, other)] == [1] * 60 + [2]
    assert [skip.reason for skip in cleaned.plan.skipped if skip.status == "skipped"] == ["removing it would change how the text around it reads"]
    assert read and max(read) < len(text) / 4


def test_the_first_of_two_definitions_holds() -> None:
    """A definition of a link may go where another says the same, however far away, and may not where it led elsewhere."""
    text = "[a]: /one\n\n" + "A line [a].\n\n" * 40 + "[a]: /one\n\nWords.\n\n[b]: /two\n\nMore.\n"
    assert proved(text, "[a]: /one\n\n")
    assert not proved(text.replace("/one", "/other", 1), "[a]: /other\n\n")
    assert not proved(text, "[b]: /two\n\n")
    both = [Edit(Span(at, at + 11), "[a]: /one\n\n", "") for at in (0, text.rindex("[a]:"))]
    assert not unchanged(text, apply(text, both), both)


def test_a_long_text_is_proved_around_its_edits_and_seen_whole() -> None:
    """What stands far from the edits is not read again, but a letter that is missing there is a text refused."""
    text = "".join(f"Paragraph {number} of a long text.\n\n" for number in range(300))
    after, edits = without(text, "Paragraph 7 of a long text.\n\n")
    assert [part.before.end - part.before.start < 200 for part in parts(text, after, edits).parts] == [True]
    assert unchanged(text, after, edits)
    assert not unchanged(text, after[:-4], edits)
    assert not unchanged(text, after.replace("Paragraph 290", "Paragraph 29"), edits)


def test_an_edit_in_a_fence_that_stays_open_is_judged() -> None:
    """A fence without an end goes on over whatever the reader is given behind the text."""
    assert proved("text\n\n```\ncode\nmore code\n", "more ")
