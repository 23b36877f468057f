"""
The change report in Markdown, for a pull request or a message to an editor.

An article's own text is shown, never interpreted: a link, an image or a tag in it must not become one in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.lines import Lines
from cleaner.model import Cleaned, Report
from cleaner.report import View
from cleaner.report.entries import Entry, counts, entries, name, said, title
from cleaner.report.terminal import alike, count, fate, places, stays, summary
from cleaner.report.visible import snippet, visible

#: Whatever begins markup inside a line, in CommonMark or GFM. No line begins with text of an article.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$#!]")
#: What GFM links without any mark, and GitHub answers with a message to somebody.
_LINKED = (("://", r":\//"), ("www.", r"www\."), ("@", "@<!-- -->"))


def page(report: Report, view: View | None = None) -> str:
    """Write a heading a file, and under it what was found, what became of it and why."""
    view = (view or View())._replace(color=False)
    rows = ["# Change report", "", escaped(summary(report, view).strip()) or "Nothing was looked at.", ""]
    for cleaned in report.files:
        rows += _file(cleaned, view)
    if report.errors:
        rows += ["## Not done", ""]
        rows += [f"- {code(problem.path)}: {escaped(problem.message)}" for problem in report.errors]
        rows += [""]
    return "\n".join(rows)


def escaped(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    shown = _MARKUP.sub(lambda mark: "\\" + mark.group(), visible(text))
    for plain, broken in _LINKED:
        shown = shown.replace(plain, broken)
    return shown


def code(text: str) -> str:
    """Return a text as a code span, with as many backticks around it as it needs."""
    shown = visible(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def _file(cleaned: Cleaned, view: View) -> Iterator[str]:
    found, lines = entries(cleaned, view), Lines(cleaned.article.text)
    if not found and not view.verbose:
        return
    yield f"## {code(name(cleaned))}"
    yield ""
    yield f"{cleaned.profile}, {cleaned.article.format}, {count(counts(cleaned).blocks, 'block')}"
    yield ""
    for entry in found:
        yield from _finding(entry, cleaned, lines)
    for note in cleaned.notes:
        yield f"- not looked at: {escaped(note)}"
    yield ""


def _finding(entry: Entry, cleaned: Cleaned, lines: Lines) -> Iterator[str]:
    finding = entry.finding
    place = places(finding.span, lines)
    words = [fate(entry), alike(finding), stays(finding, lines), finding.because]
    yield f"- **{place}** {finding.rule} {title(finding.rule)}: {escaped(finding.message)}  "
    yield f"  {escaped('; '.join(part for part in words if part))}"
    if text := snippet(said(cleaned.article, finding.span)):
        yield ""
        yield f"  {code(text)}"
    for difference in finding.differences:
        yield ""
        yield (
            f"  {escaped(difference.kind)}: {code(difference.keeper) or '(nothing)'} in the copy that stays, "
            f"{code(difference.duplicate) or '(nothing)'} in the other"
        )
    yield ""
