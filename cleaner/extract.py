"""
The main text of a web page, as Markdown: what an editor would copy out of it, without menus, teasers and footers.

trafilatura finds it. Its own removal of duplicates stays off: it counts over all pages a process has seen, so the same
page gives another text the fourth time; finding duplicates is what comes after. No other state of it reaches the text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from cleaner.errors import InputError, MissingExtra
from cleaner.headline import is_site, same_title, without_site
from cleaner.tags import OPTIONAL, VOID, attributes, tokens

# lxml drops what nests deeper, with all that follows, and text nodes that are larger, and says nothing.
DEEPEST = 240
LARGEST_TEXT = 9_000_000

_META_TITLES = ("og:title", "twitter:title")
_META_SITES = ("og:site_name", "application-name")
_SPACE = re.compile(r"\s+")
_SPECIAL = re.compile(r"([\\`*\[\]<])|(?<!\w)(_)|(_)(?!\w)")
_FIRST_BLOCK = re.compile(r"\s*(#{1,6}[ \t]+|\*\*)?([^\n]*)\n?")


class _Names(NamedTuple):
    """What a page says of itself."""

    title: str = ""  # <title>
    h1: tuple[str, ...] = ()
    shared: str = ""  # og:title
    site: str = ""  # og:site_name


def main_text(html: str, url: str | None = None) -> str:
    """
    Take the main text out of a web page.

    Args:
        html: The page's source.
        url: Where it came from; its host helps to tell the site's name from the title's words.

    Returns:
        Markdown that ends in one line feed: "# Title" first, where the page has one, without the site's name; then
        the text with its headings, lists, tables, emphasis and links. The same page always gives the same text.

    Raises:
        MissingExtra: If trafilatura is not installed.
        InputError: If no main text is found, or the page nests too deeply to be read whole.
    """
    try:
        from trafilatura import extract
    except ImportError as missing:
        raise MissingExtra("extracting the main text needs trafilatura: pip install 'cleaner[extract]'") from missing
    where = url or "the page"
    names = _names(html, where)
    found = extract(
        html,
        url=url,
        output_format="markdown",
        include_comments=False,
        include_formatting=True,
        include_links=True,
        include_tables=True,
        deduplicate=False,
    )
    body = (found or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise InputError(f"{where}: no main text was found; clean it as HTML instead (without --extract)")
    title = headline(names, url)
    return (f"# {_escaped(title)}\n\n{_after_title(body, title, names)}".rstrip() if title else body) + "\n"


def headline(names: _Names, url: str | None = None) -> str:
    """Return a page's title: what it gives for sharing, else its only H1, else its <title>; "" where it has none."""
    host = re.match(r"[a-z][a-z0-9+.-]*://([^/?#]*)", url or "", re.IGNORECASE)
    site = names.site or (host.group(1).rpartition("@")[2] if host else None)
    h1 = [text for text in names.h1 if not is_site(text, site)]
    shared = "" if is_site(names.shared, site) else names.shared
    for title in (shared, *(h1[:1] if len(h1) == 1 else ()), names.title, *h1[:1]):
        if title:
            others = [other for other in (*h1, shared, names.title) if other != title]
            return without_site(without_site(title, site, others), host.group(1) if host else None)
    return ""


def _names(html: str, where: str) -> _Names:
    """Read a page's titles, and make sure that nothing in it is lost without a word."""
    title = shared = site = ""
    h1: list[str] = []
    heading: list[str] | None = None
    depth = hidden = 0
    for token in tokens(html):
        if token.sort == "text":
            if token.end - token.start > LARGEST_TEXT:
                raise InputError(
                    f"{where}: a single stretch of text has {token.end - token.start:,} characters; too long to extract"
                )
            if heading is not None and not hidden:
                heading.append(html[token.start : token.end])
        elif token.sort == "raw" and token.name == "title" and not title:
            title = _plain(html[token.start : token.end])
        elif token.sort == "open" and token.name == "meta":
            values = attributes(html, token)
            name = (values.get("property") or values.get("name") or "").strip().lower()
            if name in _META_TITLES and not shared:
                shared = _plain(values.get("content", ""))
            elif name in _META_SITES and not site:
                site = _plain(values.get("content", ""))
        elif token.sort == "open" and token.name not in VOID and not token.closed:
            depth += token.name not in OPTIONAL
            hidden += token.name == "svg"
            if token.name == "h1":
                heading = []
            if depth > DEEPEST:
                raise InputError(
                    f"{where}: elements nest deeper than {DEEPEST}; extracting would lose the rest, so it is left alone"
                )
        elif token.sort == "close" and token.name not in VOID:
            depth = max(0, depth - (token.name not in OPTIONAL))
            hidden = max(0, hidden - (token.name == "svg"))
            if token.name == "h1" and heading is not None:
                h1.append(_plain("".join(heading)))
                heading = None
    return _Names(title, tuple(text for text in h1 if text), shared, site)


def _plain(source: str) -> str:
    return _SPACE.sub(" ", unescape(source)).strip()


def _escaped(title: str) -> str:
    """Write a title so that Markdown shows it as it is."""
    return _SPECIAL.sub(lambda found: "\\" + found.group(), title)


def _after_title(body: str, title: str, names: _Names) -> str:
    """Drop the title that the text begins with, where it begins with a heading or bold line that says the same."""
    first = _FIRST_BLOCK.match(body)
    if first is None:
        return body
    said = re.sub(r"\\([^\w\s])", r"\1", first.group(2)).strip().strip("*#").strip()
    marked = first.group(1) is not None
    if (marked and same_title(said, title, names.site or None)) or said == title:
        return body[first.end() :].lstrip("\n")
    return body
