"""Titles with and without their site's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.headline import same_title, without_site


@pytest.mark.parametrize("separator", [" | ", " - ", " – ", " — ", " :: ", " · ", "|", " » "])
@pytest.mark.parametrize(
    "site", ["The Daily Crumb", "the daily crumb", "www.dailycrumb.example", "https://dailycrumb.co.example/"]
)
def test_known_site(separator: str, site: str) -> None:
    """A known site's name goes, given as a name or as a host."""
    assert without_site(f"Bread at sea{separator}The Daily Crumb", site) == "Bread at sea"
    assert without_site(f"The Daily Crumb{separator}Bread at sea", site) == "Bread at sea"


def test_site_before_a_colon() -> None:
    """A known site's name goes before a colon, never after one."""
    assert without_site("Crumb: Bread at sea", "Crumb") == "Bread at sea"
    assert without_site("A life in bread: Crumb", "Crumb") == "A life in bread: Crumb"


def test_another_title_of_the_page() -> None:
    """Where the page gives the bare title elsewhere, what stands behind it goes, sections of the site too."""
    assert without_site("Bread at sea | Food | Crumb", None, ["BREAD AT SEA"]) == "Bread at sea"
    assert without_site("Bread - at sea – Crumb", None, ["Bread — at sea"]) == "Bread - at sea"


@pytest.mark.parametrize(
    "title",
    [
        "Mother-in-law – the sequel",
        "Spider-Man - No Way Home",
        "Either | or",
        "Bread: a history",
        "Crumb",
        "",
        "A - B - C",
    ],
)
def test_no_evidence(title: str) -> None:
    """Without evidence nothing is cut, whatever a title looks like."""
    assert without_site(title) == title
    assert without_site(title, "The Evening Loaf", ["Something else"]) == title


def test_the_site_is_no_title() -> None:
    """A page whose H1 is the site's name does not lose its title for it."""
    assert without_site("Crumb | Bread at sea", "Crumb", ["Crumb"]) == "Bread at sea"
    assert without_site("Crumb", "Crumb", ["Crumb"]) == "Crumb"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bread at sea", "BREAD  AT\nSEA"),
        ("Bread at sea", "Bread at sea."),
        ("Ann's “wet” bread", 'Ann’s "wet" bread'),
        ("Bread – at sea", "Bread - at sea"),
        ("Bread &amp; sea", "Bread & sea"),
        ("Bread at sea", "Bread at sea | The Daily Crumb"),
        ("Bread at sea — Crumb", "bread at sea"),
    ],
)
def test_same(one: str, other: str) -> None:
    """Case, white space, quotes, dashes, a full stop and a site's name make no other title; the order never matters."""
    assert same_title(one, other)
    assert same_title(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Guilty", "Guilty?"),
        ("Two killed in Leeds crash", "Four killed in Leeds crash"),
        ("Two killed in Leeds", "Two killed in Leeds..."),
        ("Spider-Man", "Spider-Man - No Way Home"),
        ("The long way home", "The long way home - Part two"),
        ("Fire at the old mill", "Fire at the old mill - 12 injured"),
        ("Fire at the old mill", "Fire at the old mill - baker arrested"),
        ("Bread at sea", "Bread at sea | The Paper Of All The People Here"),
        ("Bread at sea", "Bread at sea: Crumb"),
        ("", ""),
    ],
)
def test_not_same(one: str, other: str) -> None:
    """Another number, a question mark, a part, a subtitle or news after a dash makes another title."""
    assert not same_title(one, other)
    assert not same_title(other, one)


def test_known_site_decides() -> None:
    """Where the site is known, only its own name may be the difference."""
    assert same_title("Bread at sea", "Bread at sea - channel 4 news", "Channel 4 News")
    assert not same_title("Bread at sea", "Bread at sea - Crumb", "Evening Loaf")


TITLES = st.text(st.sampled_from("aB |-–:.' 7é"), max_size=30)


@given(TITLES, TITLES, TITLES)
def test_laws(title: str, site: str, other: str) -> None:
    """What comes back is part of the title, never empty for a title with words; sameness is symmetric."""
    bare = without_site(title, site, [other])
    assert bare in title
    assert bool(bare) == bool(title.strip())
    assert same_title(title, other, site) == same_title(other, title, site)


def test_long() -> None:
    """A text far too long for a title is handed back, not searched for separators."""
    assert without_site(" - A" * 100_000, "A", ["a"]) == (" - A" * 100_000).strip()
    assert not same_title(" - A" * 100_000, " - A" * 99_999)
