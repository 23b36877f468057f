"""D121 doubled-word: what is found, what is safe, and what is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model import Article, Block, Edit, Finding, Kind, Origin, Span
from cleaner.options import Options
from cleaner.page import Page
from cleaner.plan import apply
from cleaner.rules.words import DOCS, find


def page(text: str, language: str = "en", kind: Kind = "paragraph") -> Page:
    """One block that holds the whole text."""
    whole = Span(0, len(text))
    article = Article(text, "markdown", Origin("a.md", "utf-8", b"", ""))
    return Page(article, (Block(0, kind, whole, whole),), Options(), written_in=language)


def found(text: str, language: str = "en", kind: Kind = "paragraph") -> list[Finding]:
    return list(find(page(text, language, kind)))


def cleaned(text: str, findings: list[Finding]) -> str:
    edits: list[Edit] = [edit for finding in findings for edit in finding.edits]
    return apply(text, sorted(edits, key=lambda edit: edit.span))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She opened the the door of the shed.", "She opened the door of the shed."),
        ("She opened the\nthe door of the shed.", "She opened the door of the shed."),
        ("She opened the\r\n  the door of the shed.", "She opened the door of the shed."),
        ("It is a a small part of it.", "It is a small part of it."),
        ("All fields are of of this type.", "All fields are of this type."),
        ("You will need to to change that.", "You will need to change that."),
        ("It came with with the box.", "It came with the box."),
    ],
)
def test_safe(text: str, expected: str) -> None:
    """A doubled article or plain preposition between plain words goes, with the white space before it and nothing else."""
    (finding,) = found(text)
    assert (finding.safety, finding.confidence) == ("safe", "shown")
    assert cleaned(text, [finding]) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The the first class of methods is here.", "en"),
        ("The ball is is used to select the next one.", "en"),
        ("He sat in in the shade of the tree.", "en"),
        ("The man I spoke to to get this was kind.", "en"),
        ("It is what the the `main` function does.", "en"),
        ("The value in the list in the list gets returned.", "en"),
        ("Er kam mit mit dem Rad und war nicht froh.", "de"),
        ("Il est parti de de la ville pour la mer.", "fr"),
        ("Llegó de de la ciudad para ver el mar.", "es"),
    ],
)
def test_shown(text: str, language: str) -> None:
    """Other function words, and those beside code, are shown with an edit that waits for a yes."""
    (finding,) = found(text, language)
    assert (finding.safety, finding.confidence) == ("unsafe", "shown")
    assert len(finding.edits) == 1


@pytest.mark.parametrize(
    "text",
    [
        "This is the working working copy of the tool.",
        "Remember that that tool is not for the faint.",
        "What it is is a small part of the house.",
        "You can read about the template template here.",
        "The ones that you have have been sent to us.",
        "If you like it it will be made for you.",
    ],
)
def test_pedantic(text: str) -> None:
    """Content words, and function words that grammar may double, are only for those who ask."""
    (finding,) = found(text)
    assert finding.confidence == "pedantic"
    assert finding.safety != "safe"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("He said that he had had enough of the noise.", "en"),
        ("It was really really good, and the view too.", "en"),
        ("The band is called Duran Duran and is from there.", "en"),
        ("They went to see the The Times in the hall.", "en"),
        ("The number is 5 5 in the old book of it.", "en"),
        ("They call it “the the” in the book.", "en"),
        ('The text "start start code" is in the file.', "en"),
        ("Use `the` the way it was meant to be used.", "en"),
        ("Het huis staat in in de straat en het is er stil.", "nl"),
        ("It came to an end.\n\nEnd of the story, he said.", "en"),
        ("This is the end, end of the story, he said.", "en"),
        ("Log in in-house to see the rest of the page.", "en"),
        ("It was an opt-in in the end of the day.", "en"),
        ("The and and or operators are for the old ones.", "en"),
        ("We did it over and over and over for the crowd.", "en"),
        ("It went on day after day after day in the end.", "en"),
        ("The first line of the  \nthe second line of it.", "en"),
        ("Die Leute, die die Stadt sahen, und das das Ende.", "de"),
        ("Wenn Sie sie sehen, ist das ein gutes Zeichen.", "de"),
        ("Nous nous sommes vus et vous vous êtes là.", "fr"),
        ("Sık sık olur ve bu bir sorun değil.", "tr"),
        ("Nadat je je werk hebt gedaan is het goed voor de rest.", "en"),
    ],
)
def test_left_alone(text: str, language: str) -> None:
    """What may be meant is not mentioned: names, figures, quoted words, stress, compounds, and other grammars."""
    assert found(text, language) == []


def test_heading_of_one_word() -> None:
    """A heading that says one word again is a title, not a slip."""
    assert found("Using using", kind="heading") == []


def test_three_in_a_row() -> None:
    """Of three in a row two go, in one finding."""
    text = "She opened the the the door of the shed."
    (finding,) = found(text)
    assert cleaned(text, [finding]) == "She opened the door of the shed."
    assert finding.safety == "unsafe"


def test_masks_are_not_touched() -> None:
    """A word that touches code, an address or a tag is not looked at."""
    assert found("Open the <b>the</b> door of the shed in the yard.") == []
    assert found("Go to {{ the }} the door of the shed in the yard.") == []


def test_short_text_of_unknown_language() -> None:
    """In a page too short to tell its language, English words around the double are enough; others forbid it."""
    assert len(found("It is at the the door.", language="")) == 1
    assert found("Das ist an an der Tür.", language="") == []


WORDS = st.lists(st.sampled_from("the a of to and cat Cat sat in is that 5 `x` , . \n - “the ” over".split(" ")), max_size=30)


@given(WORDS)
def test_cleaning_twice(pieces: list[str]) -> None:
    """Where every edit is carried out nothing more is found, and where only the safe ones are no other becomes safe."""
    text = " ".join(pieces)
    findings = found(text)
    for finding in findings:
        for edit in finding.edits:
            assert text[edit.span.start : edit.span.end] == edit.before
    edits = sorted(edit.span for finding in findings for edit in finding.edits)
    assert all(one.end <= two.start for one, two in pairwise(edits))
    safe = [finding for finding in findings if finding.safety == "safe"]
    once = cleaned(text, safe)
    assert [finding for finding in found(once) if finding.safety == "safe"] == []
    assert found(cleaned(text, findings)) == []


@pytest.mark.parametrize("piece", ["the ", "a", "the the cat ", "a b a b ", "\n", "“the the ", "*", "e\u0301", "the\t"])
def test_linear(piece: str) -> None:
    """Hostile text is read in time that grows with its length: in that of its square, this would not end today."""
    found(piece * 50_000)


def test_documented() -> None:
    """The rule explains itself under four headings."""
    text = DOCS["D121"]
    assert text.startswith("# D121 doubled-word\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What it does", "## Why", "## Example", "## How far to trust it",
    ]
