"""
How two places in an article relate: whose section they stand in.

What is said twice within one section, or once at the top and once further down, is mostly an accident; what two sections
that stand beside each other both say is mostly meant (parallel entries, platforms, steps that begin alike).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

from cleaner.model import Block
from cleaner.patterns import pattern

Relation = Literal["same", "within", "beside"]

# What opens and closes a part of the page that only some readers see: a tag, a template mark, a fence.
_FENCE = pattern(
    r"<(?P<end>/?)(?P<tag>[A-Za-z][\w.:-]*+)(?:[^<>]*?[^/<>])?>|\{%-?\s*(?P<off>end)?(?P<word>\w+)|\{\{[<%]\s*(?P<close>/?)\s*(?P<code>[\w-]+)|(?m:^[ \t>]*):::+[ \t]*(?P<zone>[\w-]*)"
)
_OTHERWISE = "else"
# How far down the parts that are open an end is looked for.
DEEPEST = 64
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


class Frames:
    """
    Which part of the page each block stands in: a tab, a version's zone, one branch of a template's condition.

    Tags, template marks and fences open and close such parts. Each reader is shown some of the parts, so what stands in two of
    them is mostly meant. Every mark is read once; then two places are compared at once, however far apart they are.
    """

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self._numbers: list[int] = []  # of the blocks behind which another part begins
        self._parts: list[int] = []
        opened: list[tuple[str, int]] = []
        made = 0
        for block in blocks:
            if block.kind not in ("html", "directive"):
                continue
            for mark in _FENCE.finditer(text, *block.span):
                name, ends, single = _mark(mark)
                if single:
                    continue
                made += 1
                if not ends:
                    opened.append((name, made))
                elif opened and name in ("", opened[-1][0]):
                    opened.pop()
                elif name == _OTHERWISE:
                    opened[-1:] = [(opened[-1][0] if opened else "", made)]
                else:
                    # What is closed and was not opened last: HTML leaves out end tags, and pages hold half of a pair.
                    at = next((at for at in range(len(opened) - 1, max(-1, len(opened) - DEEPEST), -1) if opened[at][0] == name), None)
                    del opened[at:]
                    if at is None:
                        opened.append((name, made))
            self._numbers.append(block.number)
            self._parts.append(opened[-1][1] if opened else 0)

    def part(self, one: Block, other: Block) -> bool:
        """Whether a part of the page ends or begins between a block and one further down."""
        return self._at(bisect_right(self._numbers, one.number)) != self._at(bisect_left(self._numbers, other.number))

    def _at(self, place: int) -> int:
        return self._parts[place - 1] if place else 0


def _mark(mark: re.Match[str]) -> tuple[str, bool, bool]:
    """Return what a mark of markup is called, whether it closes a part of the page, and whether it stands for itself."""
    if tag := mark["tag"]:
        return tag.lower(), bool(mark["end"]), tag.lower() in _VOID
    if word := mark["word"]:
        if word in ("else", "elsif", "elif", "when"):
            return _OTHERWISE, True, False
        return word, bool(mark["off"]), word in _LINE
    if code := mark["code"]:
        return code, bool(mark["close"]), False
    zone = mark["zone"] or ""
    if zone.endswith("-end"):
        return zone.removesuffix("-end"), True, zone == "image-end"
    return zone, not zone, zone == "image"
