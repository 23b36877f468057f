"""
Proofs before the write: what an edited text must still be, format by format.

A plan is proved whole first. Only where that fails is it taken apart, to find the findings that change more than they say.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cleaner.model import Edit, Finding, Plan
from cleaner.page import Page
from cleaner.plan import apply

# Each proof reads the text anew; a plan that fails in so many ways is not worth more.
MOST_PROOFS = 60


def failing(page: Page, plan: Plan) -> set[Finding]:
    """Return the taken findings whose edits would change more than they say; empty where the whole plan is proved."""
    if holds(page, plan.edits):
        _forget()
        return set()
    budget = [MOST_PROOFS]
    good: list[Finding] = []
    bad: set[Finding] = set()

    def admit(findings: Sequence[Finding]) -> None:
        budget[0] -= 1
        if budget[0] >= 0 and holds(page, _edits([*good, *findings])):
            good.extend(findings)
        elif len(findings) == 1 or budget[0] < 0:
            bad.update(findings)
        else:
            middle = len(findings) // 2
            admit(findings[:middle])
            admit(findings[middle:])

    admit(plan.taken)
    _forget()
    return bad


def _forget() -> None:
    """Give back what the proof of one text kept in memory; it is not imported for that."""
    if (module := sys.modules.get("cleaner.proof.markdown")) is not None:
        module.forget()


def holds(page: Page, edits: Sequence[Edit]) -> bool:
    """Whether a page still reads as it did, but for what sorted, disjoint edits say."""
    article = page.article
    if article.format not in ("markdown", "html") or not edits:
        return True
    after = apply(article.text, edits)
    if article.format == "html":
        from cleaner.proof import html

        return html.unchanged(article.text, after, edits)
    from cleaner.proof.gate import obvious

    if obvious(page, edits):
        return True
    from cleaner.proof import markdown

    skip = page.blocks[0].span.end if page.blocks and page.blocks[0].kind == "front" else 0
    return markdown.unchanged(article.text, after, edits, skip)


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
