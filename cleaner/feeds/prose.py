"""
The prose of an article's block as plain text: its words as a reader sees them, nothing of the markup around them.

For comparing articles of different formats, and articles with feeds. It need not be perfect, but it has to do the same to two
copies: a lone asterisk may go or stay, as long as it does so everywhere. Each pattern excludes what ends it, so all are linear.
"""

from __future__ import annotations

import re
from functools import cache

from cleaner.feeds.text import folded, paragraphs
from cleaner.model import Block, Format

_QUOTED = re.compile(r"^[ \t]*>[> \t]*", re.MULTILINE)
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_TARGET = r"\((?:<[^<>\n]{0,2000}>|[^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500}){0,4})(?:\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s*\)"
_CODE = re.compile(r"(`{1,8})(?!`)([^`]{1,2000})\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# The 32 signs that are meant to the letter (in code, behind a backslash) are 32 code points that are no characters, until the end.
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_KEPT = {ord(sign): 0xFDD0 + at for at, sign in enumerate(_SIGNS)}
# Stands for a link's target until its text has been read.
_GONE = "\ufffe"
_BACK: dict[int, str | None] = {**{0xFDD0 + at: sign for at, sign in enumerate(_SIGNS)}, ord(_GONE): None}

_Step = tuple[re.Pattern[str], str]


@cache
def _steps(format: Format) -> tuple[_Step, ...]:
    """Return what is taken off or replaced in each format, in this order."""

    def step(pattern: str, by: str = "") -> _Step:
        return re.compile(pattern), by

    template = step(r"\{\{[^{}]{0,2000}\}\}|\{%[^%]{0,2000}%\}")
    strong = step(r"(?<![\w*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*])")
    under = step(r"(?<![\w_])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\w_])")
    if format == "markdown":
        return (
            template,
            step(rf"(?<=\]){_TARGET}|(?<=\])\[[^\[\]]{{0,300}}\]", _GONE),
            step(rf"!\[[^\[\]]{{0,1000}}\]{_GONE}"),
            step(rf"\[([^\[\]]{{0,2000}})\]{_GONE}", r"\1"),
            step(r"\[\^[^\[\]\s]{1,100}\]"),
            step(r"<((?:https?|mailto):[^<>\s]{1,2000})>", r"\1"),
            step(r"<[bB][rR]\s*/?>", " "),
            step(r"<!--(?:[^-]|-(?!->)){0,5000}-->|</?[A-Za-z][^<>]{0,5000}>"),
            step(r"~~(?=\S)|(?<=\S)~~"),
            strong,
            under,
            step(r"\\\r?\n", " "),
        )
    if format == "rst":
        return (
            step(r":[\w:.+-]{1,60}:`([^`<]{0,500}?)\s*(?:<[^<>`]{0,1000}>)?`", r"\1"),
            step(r"`([^`<]{1,500}?)\s*<[^<>`]{0,1000}>`__?", r"\1"),
            step(r"``([^`]{1,500})``", r"\1"),
            step(r"`([^`]{1,500})`(?:__?\b)?", r"\1"),
            step(r"\|([^|\s][^|\n]{0,100})\|_{0,2}", r"\1"),
            step(r"(?<=\w)_{1,2}(?!\w)"),
            step(r"\[[#*\w]{1,60}\]_"),
            step(r"::(?=\s*\Z)", ":"),
            strong,
            step(r"\\(\S)", r"\1"),
        )
    if format == "asciidoc":
        return (
            step(r"(?:image|footnote|anchor|indexterm)::?[^\s\[]{0,500}\[[^\]]{0,500}\]"),
            step(r"(?:link|xref|mailto):[^\s\[]{0,500}\[([^\]]{0,500})\]", r"\1"),
            step(r"https?://[^\s\[\]]{1,2000}\[([^\]]{1,500})\]", r"\1"),
            step(r"<<[^<>,\n]{1,300},\s*([^<>\n]{1,300})>>", r"\1"),
            step(r"(?<![\w`])`{1,2}(?=\S)|(?<=\S)`{1,2}(?![\w`])"),
            step(r"(?<![\w+])\+{1,2}(?=\S)|(?<=\S)\+{1,2}(?![\w+])"),
            strong,
            under,
            step(r"\s\+$", " "),
        )
    return ()


def prose(said: str, block: Block, format: Format) -> str:
    """
    Return a block's prose as plain text on one line; in HTML, where double line breaks part it, paragraphs. "" for none.

    Args:
        said: Its inner text, as it stands in the article.
        block: Of a kind that holds prose.
        format: Of the article.
    """
    if format == "html":
        return paragraphs(said, True)
    if block.kind == "quote":
        said = _QUOTED.sub("", said)
    if format == "text":
        return folded(said)
    if block.kind == "row":
        said = _ESCAPED.sub(_letter, said).replace("|", " ")
    elif block.kind == "item":
        said = _TASK.sub("", said, count=1)
    if format == "markdown":
        if "\\" in said:
            said = _ESCAPED.sub(_letter, said)
        if "`" in said:
            said = _CODE.sub(_letters, said)
    for pattern, by in _steps(format):
        said = pattern.sub(by, said)
    return folded(said.translate(_BACK), entities=True)


def _letter(found: re.Match[str]) -> str:
    return found[1].translate(_KEPT)


def _letters(found: re.Match[str]) -> str:
    return found[2].translate(_KEPT)
