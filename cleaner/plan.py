"""
From findings to disjoint edits, and from edits to text and back.

The resolver knows no rule by name. It looks at places only: of two findings that want the same text, the one that
covers more wins, then the earlier, then the one whose code sorts first; the loser is kept, with the reason and the winner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from cleaner.model import Block, Edit, Finding, Plan, Skipped, Span

#: Places at which a text is looked for that stands several times in what stays.
_MOST_LOOKED_AT = 32
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


def within(blocks: Sequence[Block], span: Span, begin: int = 0) -> tuple[int, int]:
    """Return the places, from one on, of the blocks that lie wholly inside a span: the first, and the one behind the last."""
    first = bisect_left(blocks, span.start, begin, key=lambda block: block.span.start)
    return first, bisect_right(blocks, span.end, first, key=lambda block: block.span.end)


def compose(text: str, plan: Plan, more: Plan) -> Plan:
    """
    Add to a plan what a second plan takes from the text that the first one leaves.

    Args:
        text: The original text.
        plan: Its plan.
        more: A plan over `apply(text, plan.edits)`.

    Returns:
        One plan over the original text that leads to the same result as both in turn; `plan` itself where `more` takes
        nothing, or where its edits cannot be told in places of the original.
    """
    if not more.taken:
        return plan
    back = _Back(plan.edits)
    after = apply(text, plan.edits)
    added: list[Finding] = []
    for finding in more.taken:
        edits = tuple(back.edit(text, edit) for edit in finding.edits)
        keeper = finding.keeper and (_moved(plan, after, finding.keeper) or back.span(finding.keeper))
        added.append(finding._replace(span=back.span(finding.span), keeper=keeper, edits=edits))
    reach = _Occupied()
    for finding in added:
        reach.add(finding)
    taken: list[Finding] = list(added)
    skipped: list[Skipped] = list(plan.skipped)
    for finding in plan.taken:
        winner = reach.clash(finding)
        # Of several edits those that a later one took over are done by it; the others are still to do.
        left = tuple(edit for edit in finding.edits if reach.free(edit))
        if left or winner is None:
            taken.append(finding._replace(edits=left))
        else:
            skipped.append(Skipped(finding, "skipped", f"{winner.rule} covers this text", winner))
    places = {(finding.rule, finding.span) for finding in added}
    kept = [skip for skip in skipped if (skip.finding.rule, skip.finding.span) not in places]
    grown = Plan(_in_order(taken), tuple(sorted(kept, key=lambda skip: _reading(skip.finding))))
    try:
        same = apply(text, grown.edits) == apply(after, more.edits)
    except ValueError:
        same = False
    return grown if same else plan


def _moved(plan: Plan, after: str, keeper: Span) -> Span | None:
    """Return where a keeper stood before layout moved it, if it did: what was inserted has no place of its own in the original."""
    said = after[keeper.start : keeper.end]
    for finding in plan.taken:
        inserted = any(not edit.before and said and said in edit.after for edit in finding.edits)
        for edit in finding.edits if inserted else ():
            if (at := edit.before.find(said)) >= 0:
                return Span(edit.span.start + at, edit.span.start + at + len(said))
    return None


def standing(text: str, plan: Plan) -> Plan:
    """
    Let each taken finding name a copy that stays, where another finding takes the copy that it named.

    The copy of a copy is a copy of what stays as much as its twin is: where that one was an edited copy, so is this one.
    """
    gone = sorted((edit.span, finding) for finding in plan.taken if finding.keeper is not None for edit in finding.edits if not edit.after.strip())
    starts = [span.start for span, _ in gone]

    def remover(keeper: Span) -> Finding | None:
        at = bisect_right(starts, keeper.start) - 1
        for span, finding in gone[max(0, at) : at + 2]:
            if span.holds(keeper) or (finding.span.holds(keeper) and span.start < keeper.end and keeper.start < span.end):
                return finding
        return None

    def led(finding: Finding) -> Finding:
        now = finding
        seen: set[Span] = set()
        wider: list[Span] = []  # what holds the copies that it is led to
        while now.keeper is not None and now.keeper not in seen:  # from copy to copy
            seen.add(now.keeper)
            winner = remover(now.keeper)
            if not winner or not winner.keeper or winner.span == finding.span:
                return now
            wider.append(winner.keeper)
            now = _led(text, now, now.keeper, winner, winner.keeper)
            if now.keeper is None or _collide(now.keeper, finding.span):
                break
        return elsewhere(finding, now, wider)

    def elsewhere(finding: Finding, now: Finding, wider: Sequence[Span]) -> Finding:
        # Copies that go name each other in a ring: one of them was a copy of what holds another, and says it once more.
        said = finding.keeper and text[finding.keeper.start : finding.keeper.end]
        for place in wider:
            at = text.find(said, place.start, place.end) if said else -1
            for _ in range(_MOST_LOOKED_AT):
                if at < 0 or not said:
                    break
                found = Span(at, at + len(said))
                if not _collide(found, finding.span) and remover(found) is None:
                    return finding._replace(keeper=found)
                at = text.find(said, at + 1, place.end)
        return now._replace(keeper=max(wider, key=lambda place: place.end - place.start))

    taken = tuple(led(finding) if finding.keeper is not None else finding for finding in plan.taken)
    return plan._replace(taken=taken) if taken != plan.taken else plan


def _led(text: str, finding: Finding, keeper: Span, winner: Finding, further: Span) -> Finding:
    """Return a finding that names the keeper of its keeper, and is what its keeper was if the two do not read alike."""
    start = further.start + keeper.start - winner.span.start
    moved = Span(start, start + keeper.end - keeper.start)
    if further.holds(moved) and text[moved.start : moved.end] == text[keeper.start : keeper.end]:
        return finding._replace(keeper=moved)
    if winner.relation == "exact":
        return finding._replace(keeper=further)
    alike = {name: getattr(winner, name) for name in ("rule", "message", "safety", "confidence", "relation", "scores", "differences", "because")}
    return finding._replace(keeper=further, **alike)


class _Back:
    """From places in an edited text to places in the original."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._places: list[tuple[int, int, Edit]] = []  # where each edit's result begins and ends, and the edit
        shift = 0
        for edit in edits:
            start = edit.span.start + shift
            self._places.append((start, start + len(edit.after), edit))
            shift += len(edit.after) - len(edit.before)

    def span(self, span: Span) -> Span:
        """Return the original place of a span; deletions at its borders stay outside it."""
        start = self._offset(span.start, later=True)
        return Span(start, max(start, self._offset(span.end, later=False)))

    def edit(self, text: str, edit: Edit) -> Edit:
        """Return an edit in terms of the original; one that reaches into earlier edits takes them over, with what it leaves of them."""
        low, high = edit.span
        if low == high:
            start = end = self._offset(low, later=False)
        else:
            start, end = self.span(edit.span)
        after = edit.after
        for first, last, earlier in self._places:
            if first < low < last:
                start, after = earlier.span.start, earlier.after[: low - first] + after
            if first < high < last:
                end, after = earlier.span.end, after + earlier.after[high - first :]
        return Edit(Span(start, max(start, end)), text[start : max(start, end)], after)

    def _offset(self, offset: int, *, later: bool) -> int:
        """Return an offset's original; where text was deleted right there, the later or the earlier side of it."""
        shift = 0
        for start, end, edit in self._places:
            if start > offset or (start == end == offset and not later):
                break
            if offset < end:
                return edit.span.start
            shift = edit.span.end - end
        return offset + shift


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
            if (winner := self._holder(span)) is not None:
                return winner
        return None

    def free(self, edit: Edit) -> bool:
        """Whether no taken finding wants any of an edit's text."""
        return self._holder(edit.span) is None

    def _holder(self, span: Span) -> Finding | None:
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
