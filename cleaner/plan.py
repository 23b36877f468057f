"""
From findings to disjoint edits, and from edits to text and back.

The resolver knows no rule by name. It looks at places only: of two findings that want the same text, the one that
covers more wins, then the earlier, then the one whose code sorts first; the loser is kept, with the reason and the winner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from cleaner.model import Edit, Finding, Plan, Skipped, Span

Verdict = Callable[[Finding], tuple[str, str] | None]


def resolve(findings: Iterable[Finding], verdict: Verdict) -> Plan:
    """
    Decide which findings are carried out.

    Args:
        findings: In any order; the result does not depend on it.
        verdict: Says of one finding why it is not to be carried out, as (status, reason), or None where it may be:
            the author's own "keep", the level of safety asked for.

    Returns:
        A plan in which every finding is taken or skipped with a reason, and all taken edits are disjoint.
    """
    taken: list[Finding] = []
    skipped: list[Skipped] = []
    occupied = _Occupied()
    for finding in sorted(findings, key=_precedence):
        if (winner := occupied.clash(finding)) is not None:
            skipped.append(Skipped(finding, "skipped", f"{winner.rule} covers this text", winner))
        elif (shown := verdict(finding)) is not None:
            status, reason = shown
            skipped.append(Skipped(finding, status, reason))  # type: ignore[arg-type]
        else:
            taken.append(finding)
            occupied.add(finding)
    return Plan(_in_order(taken), tuple(sorted(skipped, key=lambda skip: _reading(skip.finding))))


def apply(text: str, edits: Sequence[Edit]) -> str:
    """
    Carry out sorted, disjoint edits.

    Raises:
        ValueError: If an edit's `before` is not what the text holds, or two edits overlap.
    """
    parts: list[str] = []
    at = 0
    for span, before, after in edits:
        if span.start < at:
            raise ValueError(f"edits overlap at offset {span.start}")
        if text[span.start : span.end] != before:
            raise ValueError(f"the text at offset {span.start} is not what the edit expects")
        parts += text[at : span.start], after
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def inverse(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """
    Return the edits that undo sorted, disjoint edits: `apply(apply(text, edits), inverse(edits)) == text`.

    Two adjoining deletions become two insertions at one place, so their order in the list is part of the answer.
    """
    undone: list[Edit] = []
    shift = 0
    for span, before, after in edits:
        start = span.start + shift
        undone.append(Edit(Span(start, start + len(after)), after, before))
        shift += len(after) - len(before)
    return tuple(undone)


def _reading(finding: Finding) -> tuple[Span, str, str]:
    return finding.span, finding.rule, finding.message


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=_reading))


def _precedence(finding: Finding) -> tuple[int, int, str, Span, str]:
    # What covers more goes first; what changes the text goes before what is only shown, so that a report never hides a mend.
    reach = sum(edit.span.end - edit.span.start for edit in finding.edits)
    return -reach, finding.span.start, finding.rule, finding.keeper or finding.span, finding.message


class _Occupied:
    """The text that taken findings change, kept sorted, so that a clash is found in logarithmic time."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._taken: list[tuple[Span, Finding]] = []

    def add(self, finding: Finding) -> None:
        for edit in finding.edits:
            at = bisect_right(self._starts, edit.span.start)
            self._starts.insert(at, edit.span.start)
            self._taken.insert(at, (edit.span, finding))

    def clash(self, finding: Finding) -> Finding | None:
        """Return the taken finding that wants some of the same text, or whose removal holds this finding's place."""
        for span in [edit.span for edit in finding.edits] or [finding.span]:
            at = bisect_left(self._starts, span.start)
            for near in (at - 1, at, at + 1):
                if 0 <= near < len(self._taken):
                    held, winner = self._taken[near]
                    if _collide(held, span):
                        return winner
        return None


def _collide(one: Span, other: Span) -> bool:
    if one.start == one.end and other.start == other.end:
        return one.start == other.start  # two proposals that insert at one place
    return one.start < other.end and other.start < one.end
