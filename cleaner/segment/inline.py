"""
What inside a paragraph is not prose: code spans, URLs, link targets, tags, templates, math.

The patterns are compiled when a format is first met. Each is linear: no alternative can match in two ways, and every
repeat is bounded by a character that it excludes.
"""

from __future__ import annotations

import re
from functools import cache

from cleaner.model import Format, Span

_URL = r"(?:https?|ftp|file|mailto|data):[^\s<>\"'`\]})|]+|\bwww\.[^\s<>\"'`\]})|]+"
_MAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_TEMPLATE = r"\{\{[^{}]{0,2000}\}\}|\{%[^%]{0,2000}%\}|<%[^%]{0,2000}%>"
_TAG = r"<!--(?:(?!-->)[\s\S]){0,5000}-->|</?[A-Za-z][^<>]{0,5000}>"
_CODE = r"(?<!`)(?P<ticks>`{1,8})(?!`)(?:(?!(?P=ticks)(?!`))[^\n]|\n(?!\s*\n)){1,2000}?(?<!`)(?P=ticks)(?!`)"

_MARKDOWN = "|".join([
    _CODE,
    _TEMPLATE,
    r"\$\$[^$]{1,2000}\$\$|(?<![\w$\\])\$(?=\S)[^$\n]{1,300}(?<=\S)\$(?![\w$])",
    r"(?<=\])\([^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500}){0,4}(?:\s+\"[^\"]{0,500}\")?\)",  # a link's target
    r"(?<=\])\[[^\[\]]{0,300}\]",  # a link's label
    r"\[\^[^\[\]\s]{1,100}\]",
    _TAG,
    _URL,
    _MAIL,
])
_PATTERNS: dict[str, str] = {
    "markdown": _MARKDOWN,
    "html": "|".join([r"<(?P<name>code|kbd|samp|var|pre|script|style)\b[^<>]{0,500}>[\s\S]{0,5000}?</(?P=name)>", _TAG, _TEMPLATE, _URL, _MAIL]),
    "text": "|".join([_URL, _MAIL]),
    "rst": "|".join([r"``[^`\n]{1,500}``", r":[\w:.+-]{1,60}:`[^`]{1,500}`", r"`[^`<>]{0,500}<[^<>]{0,1000}>`__?", r"\|[^|\s][^|\n]{0,100}\|_{0,2}", _URL, _MAIL]),
    "asciidoc": "|".join([r"`[^`\n]{1,500}`", r"\b(?:link|xref|image|include|footnote|kbd|menu|btn|pass|stem):{1,2}[^\s\[]{0,500}\[[^\]]{0,500}\]", r"\{[\w-]{1,60}\}", r"<<[^<>\n]{1,300}>>", _URL, _MAIL]),
}
# A text without any of these characters has nothing to mask; most paragraphs have none.
_SIGNS = re.compile(r"[`$<{\]@|:]|www\.")


@cache
def _pattern(format: Format) -> re.Pattern[str]:
    return re.compile(_PATTERNS[format])


def masks(text: str, span: Span, format: Format) -> list[Span]:
    """Return the parts of a span that are not prose, sorted and disjoint, in offsets of the whole text."""
    if _SIGNS.search(text, *span) is None:
        return []
    return [Span(*found.span()) for found in _pattern(format).finditer(text, *span)]
