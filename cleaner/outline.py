"""
How two places in an article relate: whose section they stand in.

What is said twice within one section, or once at the top and once further down, is mostly an accident; what two sections
that stand beside each other both say is mostly meant (parallel entries, platforms, steps that begin alike).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from cleaner.model import Block
from cleaner.patterns import pattern

Relation = Literal["same", "within", "beside"]

# What opens and closes a part of the page that only some readers see: a tag, a template mark, a fence.
_FENCE = pattern(
    r"<(?P<end>/?)(?P<tag>[A-Za-z][\w.:-]*)(?:[^<>]*?[^/<>])?>|\{%-?\s*(?P<off>end)?(?P<word>\w+)|\{\{[<%]\s*(?P<close>/?)\s*(?P<code>[\w-]+)|(?m:^[ \t>]*):::+[ \t]*(?P<zone>[\w-]*)"
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr a p span b i em strong code kbd sub sup small".split())
_LINE = frozenset("include include_cached include_relative link image img raw assign capture render jdoc youtube remark".split())


class Outline:
    """The sections of an article, as a tree."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._parents: dict[int, int] = {}
        open_above: list[Block] = []
        for block in blocks:
            if block.kind == "heading":
                while open_above and open_above[-1].level >= block.level:
                    open_above.pop()
                self._parents[block.number] = open_above[-1].number if open_above else -1
                open_above.append(block)

    def home(self, block: Block) -> int:
        """Return the number of the heading a block stands under, for a heading the one above it in rank; -1 for none."""
        return self._parents[block.number] if block.kind == "heading" else block.section

    def parent(self, section: int) -> int:
        """Return the heading above a heading in rank; -1 for none."""
        return self._parents.get(section, -1)

    def relation(self, one: Block, other: Block) -> Relation:
        """Say whether two blocks share a section ("same"), one's section holds the other's ("within"), or neither ("beside")."""
        first, second = self.home(one), self.home(other)
        if first == second:
            return "same"
        return "within" if first in self._above(second) or second in self._above(first) else "beside"

    def _above(self, section: int) -> list[int]:
        above: list[int] = []
        while section != -1:
            section = self.parent(section)
            above.append(section)
        return above


def parted(text: str, between: Sequence[Block]) -> bool:
    """
    Whether a tag, tab or version mark closes or opens between two places: each reader is shown one of the two only.

    Args:
        text: The article's text.
        between: The blocks between the two places.
    """
    opened: list[str] = []
    for block in between:
        if block.kind not in ("html", "directive"):
            continue
        for mark in _FENCE.finditer(text, *block.span):
            name, ends, single = _mark(mark)
            if single:
                continue
            if not ends:
                opened.append(name)
            elif name == "" and opened:
                opened.pop()
            elif name in opened:
                opened.remove(name)
            else:
                return True  # the part that holds the first of the two ends here
    return bool(opened)


def _mark(mark: re.Match[str]) -> tuple[str, bool, bool]:
    """Return what a mark of markup is called, whether it closes a part of the page, and whether it stands for itself."""
    if tag := mark["tag"]:
        return tag.lower(), bool(mark["end"]), tag.lower() in _VOID
    if word := mark["word"]:
        if word in ("else", "elsif", "elif", "when"):
            return "\0", True, False
        return word, bool(mark["off"]), word in _LINE
    if code := mark["code"]:
        return code, bool(mark["close"]), False
    zone = mark["zone"] or ""
    if zone.endswith("-end"):
        return zone.removesuffix("-end"), True, zone == "image-end"
    return zone, not zone, zone == "image"
