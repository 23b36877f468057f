"""
What a Markdown text looks like to its readers, as HTML, and what it must look like once something is taken out.

A judge that shares nothing with cleaner/proof: it renders, with everything that is inside lines (links, footnotes' brackets, emphasis), and
takes what goes out of the rendered tokens or the rendered page.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any


@cache
def reader() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 1000}).enable(["table", "strikethrough"])


def html(text: str) -> str:
    """Return a text as a page shows it."""
    return str(reader().render(text))


def without_once(page: str, said: str) -> set[str]:
    """
    Return what a page may be once one copy of a plain paragraph has gone from it: each of the copies, as an element, or as a line of one.

    A copy that goes may have stood between blank lines in a list or not; what its going changes of anything else is in none of them.
    """
    pages = set()
    for found in re.finditer(re.escape(said), page):
        start, end = found.span()
        for before, after in (("<p>", "</p>\n"), ("\n", ""), ("", "\n"), ("<blockquote>\n<p>", "</p>\n</blockquote>\n"), ("<li>", "</li>\n"), ("<pre><code>", "\n</code></pre>\n")):
            if page.endswith(before, 0, start) and page.startswith(after, end):
                pages.add(page[: start - len(before)] + page[end + len(after) :])
    return pages


def without_lines(text: str, first: int, last: int) -> str | None:
    """
    Return the page of a text without the blocks that fill the lines from `first` to `last`, half open, counted from 0; None where no whole block does.
    """
    tokens, env = _parsed(text)
    kept: list[Any] = []
    dropping = 0
    dropped = False
    for token, place in tokens:
        if dropping:
            dropping += token.nesting
            continue
        if place and token.nesting >= 0 and first <= place[0] and place[1] <= last and token.type != "inline":
            dropping, dropped = token.nesting, True
            continue
        kept.append(token)
    return str(reader().renderer.render(kept, reader().options, env)) if dropped else None


@lru_cache(maxsize=1)  # of one page, one block after another is taken out
def _parsed(text: str) -> tuple[list[tuple[Any, tuple[int, int] | None]], dict[str, Any]]:
    """Return the tokens of a text, each with its first line and the line after its last one that is not blank; and what links are defined."""
    env: dict[str, Any] = {}
    written = [bool(row.strip(" \t>")) for row in re.split(r"\r\n|\n|\r", text)]
    return [(token, (token.map[0], _last_written(written, token.map)) if token.map else None) for token in reader().parse(text, env)], env


def _last_written(written: list[bool], place: list[int]) -> int:
    """Return the line after the last one that is not blank in a stretch of lines."""
    last = place[1]
    while last > place[0] + 1 and (last > len(written) or not written[last - 1]):
        last -= 1
    return last
