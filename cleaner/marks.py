"""
The author's own word in the text: `<!-- cleaner: keep D101 -- refrain -->`, `<!-- cleaner: off -->` ... `on`.

In each format's own comment syntax. A "keep" speaks for the block that follows it, "off" for all until "on". A comment
is a finding's fate, not a rule's condition: rules never look here, the resolver asks once.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cleaner.model import Block, Format, Span

# Possessive: a run of white space goes to one place, or the place where it ends would be tried over and over.
_SAID = (
    r"cleaner:[ \t]*+(?P<word>keep|off|on)\b[ \t]*+(?P<rules>[A-Z][A-Z0-9]*+(?:[ \t,]++[A-Z][A-Z0-9]*+)*+)?+[ \t]*+"
    r"(?:--[ \t]*+(?P<reason>[^\r\n]{0,300}?))?[ \t]*+"
)
_COMMENTS: dict[str, str] = {
    "markdown": rf"(?:<!--|\{{/\*|\[//\]:[ \t]*#[ \t]*\()[ \t]*{_SAID}(?:-->|\*/\}}|\))",
    "html": rf"<!--[ \t]*{_SAID}-->",
    "text": rf"<!--[ \t]*{_SAID}-->",
    "rst": rf"(?m:^)[ \t]{{0,40}}\.\.[ \t]+{_SAID}(?m:$)",
    "asciidoc": rf"(?m:^)//[ \t]*{_SAID}(?m:$)",
}


#: How each format writes a comment; `{/* */}` is that of MDX.
_WRITTEN: dict[str, str] = {"rst": ".. {}", "asciidoc": "// {}", "mdx": "{{/* {} */}}"}


class Mark(NamedTuple):
    """One comment: the text it speaks for, the rules it names (none: all), and the author's reason."""

    place: Span
    reach: Span
    rules: tuple[str, ...]
    reason: str

    @property
    def elsewhere(self) -> bool:
        """Whether the comment speaks only of what stands in other files too, which a file alone cannot tell."""
        return bool(self.rules) and all(rule.startswith("D2") for rule in self.rules)


class Marks:
    """
    The comments of one text, found by the place they speak for: a text may hold as many of them as findings.

    Reaches that do not overlap lie in one layer, in order; those of "keep" are disjoint, and so are those of "off", so there are two at most.
    """

    def __init__(self, said: Sequence[Mark]) -> None:
        """Take the comments, in reading order."""
        self.said = said
        self._layers: list[list[Span]] = []
        #: Of each reach the first comment that names a code; "" stands for all rules.
        self._codes: dict[Span, dict[str, int]] = {}
        for number in sorted(range(len(said)), key=lambda number: said[number].reach):
            reach = said[number].reach
            if reach not in self._codes:
                self._codes[reach] = {}
                for layer in self._layers:
                    if layer[-1].end <= reach.start:
                        layer.append(reach)
                        break
                else:
                    self._layers.append([reach])
            for code in said[number].rules or ("",):
                self._codes[reach].setdefault(code, number)

    def first(self, rule: str, span: Span) -> Mark | None:
        """Return the first comment that keeps a finding of a rule at a place from being carried out."""
        number = min((self._codes[reach][code] for reach, code in self._asked(rule, span)), default=None)
        return None if number is None else self.said[number]

    def idle(self, kept: Iterable[tuple[str, Span]]) -> list[Mark]:
        """Return the comments that keep none of these findings, each given by its rule and place."""
        busy = {asked for rule, span in kept for asked in self._asked(rule, span)}
        return [mark for mark in self.said if not any((mark.reach, code) in busy for code in mark.rules or ("",))]

    def _asked(self, rule: str, span: Span) -> Iterator[tuple[Span, str]]:
        """Yield the reaches that hold a place, with each code by which a comment there names the rule."""
        for layer in self._layers:
            at = bisect_right(layer, span.start, key=lambda reach: reach.start) - 1
            if at >= 0 and span.start < layer[at].end:
                for end in range(len(rule) + 1):
                    if rule[:end] in self._codes[layer[at]]:
                        yield layer[at], rule[:end]


def comment(format: Format, rule: str, path: str = "") -> str:
    """
    Return the comment that keeps the block below it from a rule.

    >>> comment("markdown", "D101"), comment("markdown", "D101", "a.mdx")
    ('<!-- cleaner: keep D101 -->', '{/* cleaner: keep D101 */}')
    """
    kind = "mdx" if format == "markdown" and path.lower().endswith(".mdx") else format
    return _WRITTEN.get(kind, "<!-- {} -->").format(f"cleaner: keep {rule}")


def read(text: str, format: Format, blocks: Sequence[Block]) -> tuple[Mark, ...]:
    """Return the author's comments, in reading order."""
    if "cleaner:" not in text:
        return ()
    marks: list[Mark] = []
    off: tuple[Span, tuple[str, ...], str] | None = None
    for found in re.finditer(_COMMENTS[format], text):
        place = Span(*found.span())
        rules = tuple(re.split(r"[ \t,]+", found["rules"])) if found["rules"] else ()
        reason = (found["reason"] or "").strip()
        if found["word"] == "off":
            off = off or (place, rules, reason)
        elif found["word"] == "on":
            if off is not None:
                marks.append(Mark(off[0], Span(off[0].end, place.start), off[1], off[2]))
            off = None
        else:
            below = bisect_left(blocks, place.end, key=lambda block: block.span.start)
            reach = blocks[below].span if below < len(blocks) else Span(place.end, place.end)
            marks.append(Mark(place, reach, rules, reason))
    if off is not None:
        marks.append(Mark(off[0], Span(off[0].end, len(text) + 1), off[1], off[2]))
    return tuple(marks)
