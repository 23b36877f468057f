"""The change report in Markdown."""

from __future__ import annotations

from markdown_it import MarkdownIt
from report_samples import article, conflict, repeated_lines, report, twice

from cleaner.model import Plan, Problem, Report
from cleaner.report import View, render
from cleaner.report.markdown import code, escaped


def html(text: str) -> str:
    return MarkdownIt("gfm-like", {"linkify": False}).render(text)


def test_it_says_what_the_terminal_says() -> None:
    """Place, rule, message, fate and reason are in it, and what differs."""
    text = html(render(report(twice(), conflict()), "markdown", View(fixed=True)))
    assert "<strong>3</strong> D101 repeated-paragraph: this paragraph stands twice" in text
    assert "fixed; exact; line 1 stays; the first in reading order" in text
    assert "number: <code>12</code> in the copy that stays, <code>21</code> in the other" in text


def test_text_of_an_article_is_never_markup() -> None:
    """A link, a tag, a table or an image in the article is shown, not made."""
    evil = "# [x](javascript:x) <img src=x onerror=y> `` ` `` | a | ![i](u) **b** https://e.org www.e.org @me"
    given = repeated_lines(article(f"{evil}\n{evil}\n", path=evil))
    [finding] = given.plan.taken
    said = given._replace(plan=Plan((finding._replace(message=evil, because=evil),), ()), notes=(evil,))
    text = html(render(Report((said,), (Problem(evil, evil),)), "markdown"))
    assert "<img" not in text and "<a " not in text and "<strong>b" not in text
    assert text.count("&lt;img src=x onerror=y&gt;") >= 5


def test_escapes_and_code_spans_show_what_they_hold() -> None:
    """Rendered, both give back the text."""
    for text in ("a*b*_c_", "`x`", "``", "1 < 2 & 3", "<b>", "a\\b", "[x]: y"):
        assert (
            html(escaped(text)).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").strip()
            == f"<p>{text}</p>"
        )
        assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html(code(text))
