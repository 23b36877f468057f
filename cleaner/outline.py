"""
How two places in an article relate: whose section they stand in.

What is said twice within one section, or once at the top and once further down, is mostly an accident; what two sections
that stand beside each other both say is mostly meant (parallel entries, platforms, steps that begin alike).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cleaner.model import Block

Relation = Literal["same", "within", "beside"]


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
