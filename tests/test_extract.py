"""The main text of a web page."""

from __future__ import annotations

import sys

import pytest

from cleaner.errors import InputError, MissingExtra
from cleaner.extract import main_text

BODY = """
<p>The first bakery on water opened its <a href="/doors">doors</a> on Monday, and <b>some two hundred</b> people came to
see how bread behaves at sea.</p>
<p>The oven came by barge. It weighs four tonnes, so the planks under it had to be doubled before it was set down.</p>
<h2>What comes next</h2><ul><li>Rolls in the morning</li><li>Cake on Sundays</li></ul>
<p>The oven came by barge. It weighs four tonnes, so the planks under it had to be doubled before it was set down.</p>
<p>The owner says that she will stay open in all weather, storms and the odd seal included.</p>
"""


def page(head: str = "", h1: str = "", body: str = BODY) -> str:
    """Return a page as sites write them: menu, article, footer."""
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body><nav><a href='/'>Home</a> <a href='/bread'>Bread</a></nav>"
        f"<main><article>{h1}{body}</article></main><footer>All rights kneaded.</footer></body></html>"
    )


def first_line(html: str, url: str | None = None) -> str:
    return main_text(html, url).split("\n")[0]


@pytest.fixture(autouse=True)
def trafilatura() -> None:
    pytest.importorskip("trafilatura")


def test_text() -> None:
    """The article is there with its heading, list, emphasis and links; menu and footer are not."""
    text = main_text(page("<title>Bakery opens</title>"), "https://crumb.example/a")
    assert text.startswith("# Bakery opens\n\nThe first bakery")
    assert "\n## What comes next\n" in text
    assert "- Rolls in the morning\n" in text
    assert "**some two hundred**" in text
    assert "](https://crumb.example/doors)" in text
    assert "Home" not in text
    assert "kneaded" not in text
    assert text.endswith("included.\n")


def test_repeats_stay() -> None:
    """Extracting removes no repeated paragraph, the first time and the tenth."""
    texts = {main_text(page("<title>Bakery opens</title>")) for _ in range(10)}
    assert len(texts) == 1
    assert texts.pop().count("The oven came by barge.") == 2


SITE = '<meta property="og:site_name" content="The Daily Crumb">'


@pytest.mark.parametrize(
    ("head", "h1"),
    [
        ('<meta property="og:title" content="Bread &amp; sea"><title>Other</title>', "<h1>Third</h1>"),
        ('<meta property="og:title" content="Bread &amp; sea | The Daily Crumb">' + SITE, ""),
        ("<title>Bread &amp; sea – The Daily Crumb</title>" + SITE, "<h1>The <i>Daily</i> Crumb</h1>"),
        ("<title>Bread &amp; sea – Crumb</title>", "<h1>Bread &amp; sea</h1>"),
        ("<title>\n Bread &amp; sea\n</title>", ""),
        ("<title>Bread &amp; sea | Crumb</title>", ""),
    ],
)
def test_title(head: str, h1: str) -> None:
    """The title stands first: as given for sharing, else the H1, else <title>; without the site's name."""
    assert first_line(page(head, h1), "https://www.crumb.example/bread") == "# Bread & sea"


def test_title_once() -> None:
    """A title that the text begins with is not written a second time."""
    text = main_text(page("<title>Bakery opens on the pier | Crumb</title>", "<h1>Bakery opens on the pier</h1>"))
    assert text.count("Bakery opens on the pier") == 1


def test_hyphenated_title() -> None:
    """A real title with a dash is kept whole where nothing says that its end is the site's name."""
    assert first_line(page("<title>Mother-in-law – the sequel</title>")) == "# Mother-in-law – the sequel"


def test_markup_in_titles() -> None:
    """Characters that Markdown reads as markup are written so that they show; a word's own underscore stays."""
    assert first_line(page("<title>*Bread* [new] snake_case</title>")) == "# \\*Bread\\* \\[new\\] snake_case"


@pytest.mark.parametrize("html", ["", " ", "bread", "<p></p>", "<!-- x -->", "<" * 100])
def test_nothing(html: str) -> None:
    """A page without a main text is named, with what else to try."""
    with pytest.raises(
        InputError, match=r"^https://crumb\.example/a: no main text was found; clean it as HTML instead"
    ):
        main_text(html, "https://crumb.example/a")


def test_too_deep() -> None:
    """A page that the parser would cut off without a word is refused instead."""
    with pytest.raises(InputError, match="nest deeper than 240"):
        main_text(page(body="<div>" * 300 + BODY + "</div>" * 300))
    with pytest.raises(InputError, match="too long to extract"):
        main_text(page(body=BODY + "<p>" + "word " * 2_000_000))


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trafilatura the error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(MissingExtra, match=r"pip install 'cleaner\[extract\]'"):
        main_text(page())
