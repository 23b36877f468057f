"""
`check --changed-since REF`: of all that was found, what stands on lines that were changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cleaner.git import Changes
from cleaner.model import Cleaned, Finding, Plan, Report, Skipped


def limited(report: Report, ref: str, root: str) -> Report:
    """
    Return a report in which every finding whose copy touches no changed line is skipped, with that as the reason.

    It decides what is shown and what counts, never what is found: nothing vanishes (`-v` shows it), and keys and ids are
    those of a run over everything.

    Args:
        report: What a run found; nothing of it was carried out.
        ref: A commit, branch or tag; changes count from where HEAD left it.
        root: The project's folder.

    Raises:
        OptionsError: If git does not know the revision here.
    """
    changes = Changes(ref, root)
    reason = f"stands on no line that was changed since {ref}"
    files = (
        _limited(cleaned, changes.lines(cleaned.article.origin.path), reason)
        if cleaned.plan.taken or any(skip.status == "open" for skip in cleaned.plan.skipped)
        else cleaned
        for cleaned in report.files
    )
    return report._replace(files=tuple(files))


def _limited(cleaned: Cleaned, lines: list[range] | None, reason: str) -> Cleaned:
    if lines is None:
        return cleaned
    text = cleaned.article.text
    ends = [at for at, char in enumerate(text) if char == "\n"]  # git's idea of a line; see cleaner/lines.py for ours

    def touched(finding: Finding) -> bool:
        first = bisect_right(ends, finding.span.start - 1) + 1
        last = bisect_right(ends, max(finding.span.start, finding.span.end - 1) - 1) + 1
        return _meets(lines, first, last)

    skipped = [
        skip._replace(status="skipped", reason=reason) if skip.status == "open" and not touched(skip.finding) else skip
        for skip in cleaned.plan.skipped
    ]
    plan = Plan(
        tuple(finding for finding in cleaned.plan.taken if touched(finding)),
        (*skipped, *(Skipped(finding, "skipped", reason) for finding in cleaned.plan.taken if not touched(finding))),
    )
    return cleaned._replace(plan=plan)


def _meets(lines: Sequence[range], first: int, last: int) -> bool:
    return any(changed.start <= last and first < changed.stop for changed in lines)
