"""Words and sentences: what is counted, compared and cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model import Span
from cleaner.words import count, sentences, words


def cut(text: str, masks: list[Span] | None = None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, masks=masks or [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They don't know, it’s well-known.", ["They", "don't", "know", "it’s", "well", "known"]),
        ("1,200 of 3.5 at 12:30, v1.2.3", ["1,200", "of", "3.5", "at", "12:30", "v1.2.3"]),
        ("In the U.S. it rained.", ["In", "the", "U.S", "it", "rained"]),
        ("`snake_case` and **bold**", ["snake", "case", "and", "bold"]),
        ("", []),
        ("... --- !!!", []),
    ],
)
def test_latin(text: str, expected: list[str]) -> None:
    """Apostrophes and the marks inside a figure belong to the word; hyphens and markup part words."""
    assert words(text) == expected
    assert words(text + " é") == [*expected, "é"], "the path for ASCII and the general one agree"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京は雨", ["東", "京", "は", "雨"]),
        ("か\u3099き", ["か\u3099", "き"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("दिल्ली में है।", ["दिल्ली", "में", "है"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
        ("می‌خواهم بروم", ["می‌خواهم", "بروم"]),
        ("서울은 비가", ["서울은", "비가"]),
        ("cafe\u0301 au lait", ["cafe\u0301", "au", "lait"]),
    ],
)
def test_scripts(text: str, expected: list[str]) -> None:
    """A word keeps its combining marks; where no spaces are set, each character with its marks is a word."""
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one well-known thing", 3), ("a — b | c", 3), ("", 0), ("今日は雨", 2), ("今日は", 2), ("naïve 東京", 2), ("** --", 0)],
)
def test_count(text: str, expected: int) -> None:
    """A hyphenated word is one, a lone dash none, two Han characters are one word."""
    assert count(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Smith met Dr. Jones. He left.", ["Mr. Smith met Dr. Jones.", "He left."]),
        ("It cost 3.5 million. See p. 12 there.", ["It cost 3.5 million.", "See p. 12 there."]),
        ("“Stop!” he said. “Go.” She left.", ["“Stop!” he said.", "“Go.”", "She left."]),
        ("He waited… and waited. Then?", ["He waited… and waited.", "Then?"]),
        ("In the U.S. Senate it failed. J. K. Rowling wrote.", ["In the U.S. Senate it failed.", "J. K. Rowling wrote."]),
        ("He lives in the U.S. The others do not.", ["He lives in the U.S.", "The others do not."]),
        ("Das gilt z. B. hier, z.B. Am 3. Mai kam er.", ["Das gilt z. B. hier, z.B. Am 3. Mai kam er."]),
        ("Nr. 5 lebt. M. Dupont aussi.", ["Nr. 5 lebt.", "M. Dupont aussi."]),
        ("No. He did not. See No. 7 for that.", ["No.", "He did not.", "See No. 7 for that."]),
        ("1. Open it. 2. Close it.", ["1. Open it.", "2. Close it."]),
        ("Open setup.py now. Then run it.", ["Open setup.py now.", "Then run it."]),
        ("A line\nthat wraps.\nAnother one.", ["A line\nthat wraps.", "Another one."]),
        ("A heading\n\nA body", ["A heading", "A body"]),
        ("今日は雨。明日は晴れ！", ["今日は雨。", "明日は晴れ！"]),
        ("彼は「はい。」と言った。終わり。", ["彼は「はい。」と言った。", "終わり。"]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("هل جاء؟ نعم جاء.", ["هل جاء؟", "نعم جاء."]),
        ("It was so.[1] It is so.", ["It was so.[1]", "It is so."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """A sentence ends where a reader would say it does, and not after abbreviations, figures or initials."""
    assert cut(text) == expected


def test_masks() -> None:
    """Inside a mask no sentence ends."""
    text = "Write `Stop. Now` there. Then go."
    assert cut(text, [Span(6, 17)]) == ["Write `Stop. Now` there.", "Then go."]


def test_part() -> None:
    """Spans are offsets of the whole text, also when only a part is looked at."""
    text = "xx One. Two. yy"
    assert sentences(text, Span(3, 12)) == [Span(3, 7), Span(8, 12)]


@given(st.text(alphabet="aB1 .!?…。।\n\"'”)(«é東\u0301`[]^", max_size=60), st.integers(0, 20), st.integers(0, 60))
def test_sentences_are_disjoint(text: str, start: int, length: int) -> None:
    """Sentences are trimmed, disjoint, in order, within the part asked for, and hold every visible character of it."""
    part = Span(min(start, len(text)), min(start + length, len(text)))
    found = sentences(text, part)
    at = part.start
    for begin, end in found:
        assert at <= begin < end <= part.end
        assert text[begin:end] == text[begin:end].strip()
        assert not text[at:begin].strip()
        at = end
    assert not text[at : part.end].strip()


@pytest.mark.parametrize("piece", ["a.", ".", "'", ". (", "é\u0301", "\n", ".\"", ".[a]", "a'", "東", ". "])
def test_linear(piece: str) -> None:
    """Hostile input is read in time that grows with its length."""
    for text in (piece * 100_000, piece * 100_000 + "é"):
        words(text), count(text), sentences(text)


@given(st.text(alphabet="ab'’.,:1 é“”—…ÀŒ_-·ʼ€x\n"))
def test_latin_text_reads_the_same_either_way(text: str) -> None:
    """The pattern for Latin text finds the words that the general one finds, and counts as many."""
    from cleaner import words as module

    assert module._is_latin(text)
    assert module._latin().findall(text) == module._general().findall(text)
    assert len(module._counted_latin().findall(text)) == len(module._counted()[0].findall(text))
