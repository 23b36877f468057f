"""
The author's own word in the text: `<!-- cleaner: keep D101 -- refrain -->`, `<!-- cleaner: off -->` ... `on`.

In each format's own comment syntax. A "keep" speaks for the block that follows it, "off" for all until "on". A comment
is a finding's fate, not a rule's condition: rules never look here, the resolver asks once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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

    def keeps(self, rule: str, span: Span) -> bool:
        """Whether a finding of a rule at a place is kept from being carried out."""
        return self.reach.start <= span.start < self.reach.end and (
            not self.rules or any(rule.startswith(code) for code in self.rules)
        )


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
            below = next((block for block in blocks if block.span.start >= place.end), None)
            reach = below.span if below is not None else Span(place.end, place.end)
            marks.append(Mark(place, reach, rules, reason))
    if off is not None:
        marks.append(Mark(off[0], Span(off[0].end, len(text) + 1), off[1], off[2]))
    return tuple(marks)
