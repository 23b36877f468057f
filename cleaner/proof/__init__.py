"""
Proofs before the write: what an edited text must still be, format by format.

A plan is proved whole first. Only where that fails is it taken apart, there alone, to find the findings that change more than they say.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from cleaner.model import Edit, Finding, Plan, Span
from cleaner.page import Page
from cleaner.plan import apply

# A plan that fails in so many ways, or in so long a stretch that is read as one, is not worth more.
MOST_PROOFS = 60
MOST_READ = 50_000_000  # characters


class Dispute(NamedTuple):
    """Edits that, together, change more than they say; and what tells of any of them whether they alone do."""

    edits: Sequence[Edit]
    cost: int  # characters that are read for one answer
    proved: Callable[[Sequence[Edit]], bool]


def failing(page: Page, plan: Plan) -> set[Finding]:
    """Return taken findings whose edits would change more than they say; empty where the whole plan is proved."""
    bad: set[Finding] = set()
    disputes = disputed(page, plan.edits)
    if disputes:
        whose: defaultdict[Edit, list[Finding]] = defaultdict(list)
        for finding in plan.taken:
            for edit in finding.edits:
                whose[edit].append(finding)
        for dispute in disputes:
            bad |= _worst(list(dict.fromkeys(finding for edit in dispute.edits for finding in whose[edit])), dispute)
    return bad


def _worst(findings: Sequence[Finding], dispute: Dispute) -> set[Finding]:
    """Take findings apart until it is clear without which of them the rest changes no more than it says."""
    budget = [min(MOST_PROOFS, MOST_READ // max(1, dispute.cost))]
    within = set(dispute.edits)
    good: list[Finding] = []
    bad: set[Finding] = set()

    def admit(findings: Sequence[Finding], proved: bool | None = None) -> None:
        if proved is None:
            budget[0] -= 1
            proved = budget[0] >= 0 and dispute.proved([edit for edit in _edits([*good, *findings]) if edit in within])
        if proved:
            good.extend(findings)
        elif len(findings) == 1 or budget[0] < 0:
            bad.update(findings)
        else:
            middle = len(findings) // 2
            admit(findings[:middle])
            admit(findings[middle:])

    admit(findings, proved=False)
    return bad


def forget() -> None:
    """Give back what the proofs of an article kept in memory for one another; nothing is imported for that."""
    if (module := sys.modules.get("cleaner.proof.markdown")) is not None:
        module.forget()


def holds(page: Page, edits: Sequence[Edit]) -> bool:
    """Whether a page still reads as it did, but for what sorted, disjoint edits say."""
    return not disputed(page, edits)


def disputed(page: Page, edits: Sequence[Edit]) -> list[Dispute]:
    """Return where a page would read otherwise than sorted, disjoint edits say; none where it reads as it did."""
    text, format = page.article.text, page.article.format
    if format not in ("markdown", "html") or not edits:
        return []
    if format == "html":
        from cleaner.proof import html

        def as_html(edits: Sequence[Edit]) -> bool:
            return html.unchanged(text, apply(text, edits), edits)

        return [] if as_html(edits) else [Dispute(edits, 2 * len(text), as_html)]
    from cleaner.proof.gate import obvious

    if obvious(page, edits):
        return []
    from cleaner.proof import markdown

    skip = page.blocks[0].span.end if page.blocks and page.blocks[0].kind == "front" else 0

    def as_markdown(edits: Sequence[Edit]) -> bool:
        return markdown.unchanged(text, apply(text, edits), edits, skip)

    if edits[0].span.start < skip:
        return [] if as_markdown(edits) else [Dispute(edits, 2 * len(text), as_markdown)]
    moved = markdown.moved(edits, skip)
    whole = dict(zip(moved, edits))
    before, after = text[skip:], apply(text, edits)[skip:]
    return [
        Dispute([whole[edit] for edit in part.edits], 2 * (part.before.end - part.before.start), partial(_reads_alike, text, Span(part.before.start + skip, part.before.end + skip)))
        for part in markdown.disputed(before, after, moved)
    ]


def _reads_alike(text: str, part: Span, edits: Sequence[Edit]) -> bool:
    """Whether a part of a Markdown text, taken by itself, reads as it did, but for what the edits in it say."""
    from cleaner.proof import markdown

    said = text[part.start : part.end]
    own = markdown.moved(edits, part.start)
    return markdown.reads_alike(said, apply(said, own), own)


def same_words(page: Page, before: Plan, after: Plan) -> bool:
    """Whether layout left every word in its order, a title that moved aside."""
    one = apply(page.article.text, before.edits)
    other = apply(page.article.text, after.edits)
    titles = [page.inner(block) for block in page.blocks if block.role == "title"]
    return _words(one, titles) == _words(other, titles)


def _words(text: str, titles: Sequence[str]) -> str:
    squeezed = "".join(text.split()).replace("#", "").replace("**", "").replace("__", "")
    for title in titles:
        bare = "".join(title.split()).replace("#", "").replace("**", "").replace("__", "")
        squeezed = squeezed.replace(bare, "", 1) if bare else squeezed
    return squeezed


def _edits(findings: Sequence[Finding]) -> tuple[Edit, ...]:
    return Plan(tuple(findings), ()).edits
