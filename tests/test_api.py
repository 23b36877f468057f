"""api.py: the jobs as functions."""

from __future__ import annotations

from pathlib import Path

import pytest

import cleaner
from cleaner.errors import CleanerError, InputError, OptionsError

SAID = "The keeper wrote down the name of every ship that passed in the night, and the hour."
TEXT = f"{SAID}\n\n{SAID}\n"


def test_a_text_is_cleaned() -> None:
    """A `str` is always a text."""
    report = cleaner.clean(TEXT)
    assert report.text == f"{SAID}\n"
    assert [finding.rule for finding in report.findings] == ["D101"]
    assert report.errors == ()
    assert report.seconds >= 0


def test_bytes_and_paths(tmp_path: Path) -> None:
    """Bytes are decoded, and a path is read; nothing is written."""
    path = tmp_path / "a.md"
    path.write_bytes(TEXT.encode("utf-16"))
    assert cleaner.clean(path).text == cleaner.clean(TEXT.encode()).text == f"{SAID}\n"
    assert path.read_bytes() == TEXT.encode("utf-16")


def test_check_leaves_the_layout() -> None:
    """`check` only looks for repeats and damage."""
    text = f"**A title of it**\n{SAID}\n"
    assert cleaner.check(text).text == text


def test_single_settings_go_over_options() -> None:
    """Options by name, over a given value of options."""
    options = cleaner.Options(ignore=("D101",))
    assert cleaner.check(TEXT, options).findings == ()
    assert len(cleaner.check(TEXT, options, ignore=[]).findings) == 1
    assert cleaner.check(TEXT, profile="article").files[0].profile == "article"


@pytest.mark.parametrize("settings", [{"profil": "article"}, {"profile": "novel"}, {"pedantic": "yes"}, {"ignore": "D101"}])
def test_wrong_settings_are_named(settings: dict[str, object]) -> None:
    """A setting that is unknown or has a wrong value is an error that names it."""
    with pytest.raises(OptionsError, match=next(iter(settings))):
        cleaner.clean(TEXT, **settings)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file that is not there, a folder and binary bytes are errors of ours, each in one line."""
    binary = tmp_path / "b.md"
    binary.write_bytes(b"\x00\x01\x02\xff" * 50)
    for given in (tmp_path / "none.md", tmp_path, binary, b"\x00\x01\x02\xff" * 50):
        with pytest.raises(InputError) as raised:
            cleaner.clean(given)
        assert "\n" not in str(raised.value)
        assert isinstance(raised.value, CleanerError)


def test_the_format_is_told_by_the_text() -> None:
    """A text without a name is sniffed; `format` overrides."""
    page = f"<!DOCTYPE html>\n<html><body><p>{SAID}</p></body></html>\n"
    assert cleaner.clean(page).files[0].article.format == "html"
    assert cleaner.clean(page, format="text").files[0].article.format == "text"


def test_an_empty_text_is_clean() -> None:
    """Nothing in, nothing out."""
    assert cleaner.clean("").text == ""
    assert cleaner.clean("\n\n").findings == ()


def test_a_report_of_several_has_no_one_text() -> None:
    """`Report.text` is for one article, and says so."""
    one = cleaner.clean(TEXT)
    several = cleaner.Report(one.files * 2)
    with pytest.raises(ValueError, match="2 articles"):
        _ = several.text


def test_odd_characters_do_not_break_it() -> None:
    """Lone surrogates and U+0000 in a text are text."""
    for odd in ("\ud800", "a\x00b", "\ufeff", "\u2028", "\r", "\x85"):
        assert cleaner.check(f"{odd}\n\n{TEXT}").text.startswith(odd)


def test_what_is_given_to_clean_is_an_article():
    """A text of nothing but paragraphs is an article to `clean`, however short; `check` takes a short one for a note."""
    said = "The harbour master closed the northern pier on Tuesday after the storm had damaged two cranes and a shed."
    text = f"{said}\n\nSo far.\n\n{said}\n"
    assert cleaner.clean(text, layout="keep").text == f"{said}\n\nSo far.\n"
    assert cleaner.check(text).text == text
    assert cleaner.clean(f"# Piers\n\n{said}\n\n## North\n\n- a\n- b\n\n```\nx\n```\n\n{said}\n", layout="keep").text.count(said) == 2
