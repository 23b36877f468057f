"""
A unified diff, as `git apply` and `patch` take it.

The hunks are built from the edits, not by comparing two texts: what the plan says is what the diff shows, and a file of a
million lines takes linear time. Lines end at a line feed alone, as for git; a carriage return is part of its line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaner.model import Cleaned, Edit, Report, Span
from cleaner.report import View
from cleaner.report.entries import name

CONTEXT = 3
_NO_END = "\n\\ No newline at end of file\n"

#: Encodings in which a line feed is another byte, or more than one: git shows such files as binary.
_WIDE = ("utf-16", "utf_16", "utf-32", "utf_32", "utf-7", "utf_7")


class Change(NamedTuple):
    """Lines that give way to others."""

    at: int  # number of lines before it in the old text
    old: list[str]
    new: list[str]


def unified(report: Report, view: View | None = None) -> str:
    """Write one diff for all files that the plan edits; for a terminal in colour, where the view says so."""
    if view is not None and view.color:
        return "".join(_colored(line) for cleaned in report.files for line in _diff(cleaned))
    return "".join(line for cleaned in report.files for line in _diff(cleaned))


def data(report: Report) -> bytes:
    """Return the diff with each file's lines in the file's own encoding: that is what they are compared with."""
    parts = []
    for cleaned in report.files:
        encoding = cleaned.article.origin.encoding.lower()
        if encoding.startswith(_WIDE) or encoding == "utf-8-sig":
            encoding = "utf-8"
        text = "".join(_diff(cleaned))
        try:
            parts.append(text.encode(encoding, "surrogateescape"))
        except UnicodeEncodeError:  # a file name that the text's encoding cannot spell
            parts.append(text.encode("utf-8", "surrogateescape"))
    return b"".join(parts)


def _diff(cleaned: Cleaned) -> Iterator[str]:
    """Yield a file's diff, a line at a time; nothing where nothing is edited."""
    edits = cleaned.plan.edits
    if not edits:
        return
    # The byte order mark is no part of the text, but it is part of the first line of the file.
    bom = cleaned.article.origin.bom.decode(cleaned.article.origin.encoding) if _bom_shows(cleaned) else ""
    lines = _split(bom + cleaned.article.text)
    changes = list(_changes(lines, [_shifted(edit, len(bom)) for edit in edits]))
    if not changes:
        return
    yield f"--- {_name('a', name(cleaned))}\n"
    yield f"+++ {_name('b', name(cleaned))}\n"
    shift = 0
    for group in _hunks(changes):
        first = max(group[0].at - CONTEXT, 0)
        last = min(group[-1].at + len(group[-1].old) + CONTEXT, len(lines))
        grown = sum(len(change.new) - len(change.old) for change in group)
        yield f"@@ -{_range(first, last - first)} +{_range(first + shift, last - first + grown)} @@\n"
        shift += grown
        at = first
        for change in group:
            yield from (_line(" ", line) for line in lines[at : change.at])
            yield from (_line("-", line) for line in change.old)
            yield from (_line("+", line) for line in change.new)
            at = change.at + len(change.old)
        yield from (_line(" ", line) for line in lines[at:last])


def _changes(lines: Sequence[str], edits: Sequence[Edit]) -> Iterator[Change]:
    """Yield which lines the edits replace. Edits that meet in one line are one change."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    group: list[Edit] = []
    first = end = 0
    for edit in edits:
        begins, stops = _lines_of(edit, starts, len(lines))
        if group and begins >= end:
            yield from _change(lines, starts, first, end, group)
            group = []
        if not group:
            first, end = begins, stops
        group.append(edit)
        end = max(end, stops)
    if group:
        yield from _change(lines, starts, first, end, group)


def _lines_of(edit: Edit, starts: Sequence[int], number: int) -> tuple[int, int]:
    """Return the first line an edit touches, and the line after the last; the line in which it ends is touched."""
    first = min(bisect_right(starts, edit.span.start) - 1, max(number - 1, 0))
    last = min(bisect_right(starts, edit.span.end) - 1, max(number - 1, 0))
    return first, min(last + 1, number)


def _change(
    lines: Sequence[str], starts: Sequence[int], first: int, end: int, edits: Sequence[Edit]
) -> Iterator[Change]:
    """Yield what edits make of some lines, without the lines that stay the same at its two ends."""
    old = list(lines[first:end])
    base, whole = starts[first], "".join(old)
    parts: list[str] = []
    at = 0
    for (start, stop), _, after in edits:
        parts += whole[at : start - base], after
        at = stop - base
    new = _split("".join([*parts, whole[at:]]))
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if old or new:
        yield Change(first + head, old, new)


def _hunks(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield changes in groups whose contexts touch."""
    group: list[Change] = []
    for change in changes:
        if group and change.at - (group[-1].at + len(group[-1].old)) > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    yield group


def _split(text: str) -> list[str]:
    lines = text.split("\n")
    whole = [line + "\n" for line in lines[:-1]]
    return [*whole, lines[-1]] if lines[-1] else whole


def _line(mark: str, line: str) -> str:
    return mark + (line if line.endswith("\n") else line + _NO_END)


def _range(first: int, number: int) -> str:
    # An empty range names the line before it.
    return f"{first + 1 if number else first},{number}"


def _shifted(edit: Edit, by: int) -> Edit:
    return edit._replace(span=Span(edit.span.start + by, edit.span.end + by)) if by else edit


def _bom_shows(cleaned: Cleaned) -> bool:
    return bool(cleaned.article.origin.bom) and not cleaned.article.origin.encoding.lower().startswith(_WIDE)


def _name(side: str, path: str) -> str:
    """Write a file's name as git does: in C quotes where it holds what would end or hide it."""
    whole = f"{side}/{path.lstrip('/')}"
    if not any(char in '"\\' or ord(char) < 32 or ord(char) == 127 or "\udc80" <= char <= "\udcff" for char in whole):
        return whole + "\t" if " " in whole else whole
    spelt = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}"
        for byte in whole.encode("utf-8", "surrogateescape")
    )
    return f'"{spelt}"'


def _colored(line: str) -> str:
    from cleaner.report.visible import Paint, visible

    paint, shown = Paint(True), "\n".join(visible(part.rstrip("\r")) for part in line.removesuffix("\n").split("\n"))
    if line.startswith(("--- ", "+++ ")):
        return paint.bold(shown) + "\n"
    marks = {"-": paint.red, "+": paint.green, "@": paint.cyan}
    return marks.get(line[:1], str)(shown) + "\n"
