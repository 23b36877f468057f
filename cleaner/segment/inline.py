"""
What inside a paragraph is not prose: code spans, URLs, link targets, tags, templates, math.

The patterns are compiled when a format is first met. Each is linear: no alternative can match in two ways, and every
repeat is bounded by a character that it excludes. Each alternative begins with the letter or sign that it looks for, and
looks back from there: so the engine passes over all others without trying one alternative after another.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from cleaner.model import Format, Span

_REST = r"[^\s<>\"'`\]})|]+"
_URLS = (
    *(rf"{scheme}:{_REST}" for scheme in ("http", "https", "ftp", "file", "mailto", "data")),
    rf"w(?<!\ww)ww\.{_REST}",
)
# Any letter may begin an address: only a text that holds an "@" is searched for them.
_MAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_TEMPLATES = (r"\{\{[^{}]{0,2000}\}\}", r"\{%[^%]{0,2000}%\}", r"<%[^%]{0,2000}%>")
_TAGS = (r"<!--(?:(?!-->)[\s\S]){0,5000}-->", r"</?[A-Za-z][^<>]{0,5000}>")
_CODE = r"`(?<!``)(?P<ticks>`{0,7})(?!`)(?:(?!`(?P=ticks)(?!`))[^\n]|\n(?!\s*\n)){1,2000}?(?<!`)`(?P=ticks)(?!`)"

_PATTERNS: dict[str, tuple[str, ...]] = {
    "markdown": (
        _CODE,
        *_TEMPLATES,
        r"\$\$[^$]{1,2000}\$\$",
        r"\$(?<![\w$\\]\$)(?=\S)[^$\n]{1,300}(?<=\S)\$(?![\w$])",
        r"\((?<=\]\()[^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500}){0,4}(?:\s+\"[^\"]{0,500}\")?\)",  # a link's target
        r"\[(?<=\]\[)[^\[\]]{0,300}\]",  # a link's label
        r"\[\^[^\[\]\s]{1,100}\]",
        *_TAGS,
        *_URLS,
    ),
    "html": (r"<(?P<name>code|kbd|samp|var|pre|script|style)\b[^<>]{0,500}>[\s\S]{0,5000}?</(?P=name)>", *_TAGS, *_TEMPLATES, *_URLS),
    "text": _URLS,
    "rst": (
        r"``[^`\n]{1,500}``",
        r":[\w:.+-]{1,60}:`[^`]{1,500}`",
        r"`[^`<>]{0,500}<[^<>]{0,1000}>`__?",
        r"\|[^|\s][^|\n]{0,100}\|_{0,2}",
        *_URLS,
    ),
    "asciidoc": (
        r"`[^`\n]{1,500}`",
        *(rf"{name[0]}(?<!\w{name[0]}){name[1:]}:{{1,2}}[^\s\[]{{0,500}}\[[^\]]{{0,500}}\]" for name in "link xref image include footnote kbd menu btn pass stem".split()),
        r"\{[\w-]{1,60}\}",
        r"<<[^<>\n]{1,300}>>",
        *_URLS,
    ),
}


@cache
def _pattern(format: Format, mail: bool) -> re.Pattern[str]:
    return re.compile("|".join([*_PATTERNS[format], _MAIL] if mail else _PATTERNS[format]))


def masks(text: str, span: Span, format: Format) -> list[Span]:
    """Return the parts of a span that are not prose, sorted and disjoint, in offsets of the whole text."""
    said = text[span.start : span.end]
    if not may_mask(said):
        return []
    return [Span(*found.span()) for found in _pattern(format, "@" in said).finditer(text, *span)]


@lru_cache(maxsize=10_000)
def may_mask(said: str) -> bool:
    """Whether a text holds any of the signs that masked spans begin with; most paragraphs hold none."""
    return (
        ":" in said or "`" in said or "<" in said or "]" in said or "{" in said or "$" in said or "|" in said or "@" in said or "www." in said
    )
