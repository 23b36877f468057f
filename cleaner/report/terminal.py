"""
The report that a person reads: what repeats what, both places, how alike, why this copy stays, and what became of it.

    story.txt  article, text, 14 blocks
      11-14  D103 repeated-run  lines 11-14 repeat lines 7-10: 4 paragraphs, 332 words
             “In a retaliatory strike, Russian officials reported that two residents…”
             fixed · exact · lines 7-10 stay: the first in reading order
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from cleaner.lines import Lines
from cleaner.model import Article, Cleaned, Difference, Finding, Place, Report, Span
from cleaner.report import View
from cleaner.report.entries import Entry, counts, entries, identified, name, said, title, total
from cleaner.report.visible import Paint, clip, columns, flow, snippet, visible

if TYPE_CHECKING:
    from cleaner.report.words import Piece


def full(report: Report, view: View | None = None) -> str:
    """Write every file that has findings, in groups; with `verbose` also the files that have none."""
    view = view or View()
    parts = [part for cleaned in report.files if (part := _file(cleaned, view))]
    return "\n".join(parts)


def concise(report: Report, view: View | None = None) -> str:
    """Write a line a finding: `path:line:column: D101 [*] message`; the star says that `--fix` mends it."""
    view = view or View()
    paint = Paint(view.color, view.links)
    rows: list[str] = []
    for cleaned in report.files:
        if found := _seen(cleaned, view):
            lines = Lines(cleaned.article.text)
            rows += [_row(cleaned, entry, lines, paint) for entry in found]
    return "".join(row + "\n" for row in rows)


def summary(report: Report, view: View | None = None) -> str:
    """Say in a line or two what was looked at, what was done, and what is left."""
    view = view or View()
    paint, counted = Paint(view.color), total(report, view)
    gone = sum(counts(cleaned).removed for cleaned in report.files)
    looked = f"{count(counted['files'], 'file')}, {count(counted['blocks'], 'block')}"
    if view.fixed and counted["fixed"]:
        fate = f"{count(counted['fixed'], 'finding')} fixed, {counted['open']} left"
        did = f"removed {gone} of {count(counted['blocks'], 'block')}: " if gone else ""
        line = did + fate
    elif counted["open"]:
        mendable = sum(entry.mendable for cleaned in report.files for entry in entries(cleaned, view))
        line = f"{count(counted['open'], 'finding')} in {looked}"
        line += f"; {mendable} can be mended with --fix" if mendable and not view.fixed else ""
    else:
        line = f"nothing found in {looked}" if counted["files"] else ""
    return "".join(paint.bold(row) + "\n" for row in flow(line, view.width))


def count(number: int, noun: str) -> str:
    """
    Return a number with its noun.

    >>> count(1, "block"), count(2, "block")
    ('1 block', '2 blocks')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def places(span: Span, lines: Lines) -> str:
    """Return the lines of a span: "7" or "7-10"."""
    first, _, last, _ = lines.of(span)
    return f"{first}" if first == last else f"{first}-{last}"


def alike(finding: Finding) -> str:
    """Say how much two copies are alike: "exact", "the same but for case, spaces or marks", "96 % alike"."""
    if finding.relation == "exact":
        return "exact"
    if finding.relation == "normalised":
        return "the same but for case, space or markup"
    if finding.scores is None:
        return ""
    if finding.relation == "contained":
        return f"{percent(finding.scores.containment)} of it stands in the other"
    return f"{percent(finding.scores.ratio)} alike"


def stays(finding: Finding, lines: Lines) -> str:
    """Say which copy stays: "line 7 stays", "lines 7-10 stay", "a.md stays, lines 7-10"; "" where there is none."""
    if finding.elsewhere:
        return f"{visible(finding.elsewhere[0].path)} stays, {elsewhere(finding.elsewhere[0])}" if finding.rule != "D203" else ""
    if finding.keeper is None or finding.safety == "report":
        return ""  # nothing goes
    where = places(finding.keeper, lines)
    return f"lines {where} stay" if "-" in where else f"line {where} stays"


def elsewhere(place: Place) -> str:
    """Return the lines of a passage in another file: "line 7", "lines 7-10"."""
    return f"line {place.start_line}" if place.start_line == place.end_line else f"lines {place.start_line}-{place.end_line}"


def fate(entry: Entry) -> str:
    """Say what became of a finding."""
    if entry.status == "fixed":
        return "fixed"
    if entry.status != "open":
        return f"{entry.status}: {entry.reason}" if entry.reason else entry.status
    if entry.mendable:
        return "--fix mends it"
    if entry.reason and entry.reason != entry.finding.because:
        return f"left: {entry.reason}"
    return "left: --unsafe-fixes mends it" if entry.finding.edits else "left: for you to judge"


def percent(ratio: float) -> str:
    """
    Return a ratio as a percentage, never rounded up: two texts that differ are not the same to 100 %.

    >>> percent(0.999)
    '99 %'
    """
    return f"{int(ratio * 100)} %"


def _seen(cleaned: Cleaned, view: View) -> list[Entry]:
    wanted = ("fixed", "open") if not view.verbose else ("fixed", "open", "suppressed", "baseline", "skipped")
    return [entry for entry in entries(cleaned, view) if entry.status in wanted]


def _row(cleaned: Cleaned, entry: Entry, lines: Lines, paint: Paint) -> str:
    line, column = lines.at(entry.finding.span.start)
    mark = "[fixed] " if entry.status == "fixed" else "[*] " if entry.mendable else ""
    path = cleaned.article.origin.path
    place = paint.link(f"{paint.bold(visible(name(cleaned)))}:{line}:{column}", path, line)
    return f"{place}: {paint.red(entry.finding.rule)} {mark}{visible(entry.finding.message)}"


def _file(cleaned: Cleaned, view: View) -> str:
    found = _seen(cleaned, view)
    if not found and not view.verbose:
        return ""
    paint, lines = Paint(view.color, view.links), Lines(cleaned.article.text)
    article = cleaned.article
    about = f"{cleaned.profile}, {article.format}, {count(counts(cleaned).blocks, 'block')}"
    path = visible(name(cleaned))
    rows = [paint.link(paint.bold(path), article.origin.path)]
    rows += [f"  {paint.dim(about)}"]
    if columns(path) + 2 + columns(about) <= view.width:
        rows = ["".join(rows)]
    marks = {id(entry.finding): mark for mark, entry in identified(cleaned, view)} if view.verbose else {}
    groups = list(_grouped(found))
    margin = max((columns(_where(group, lines)) for group in groups), default=0)
    for group in groups:
        rows += _finding(group, article, lines, view, margin, paint)
        if marks:
            ids = _ids([marks[id(entry.finding)] for entry in group])
            rows += [" " * (margin + 4) + paint.dim(row) for row in flow(ids, view.width - margin - 4)]
    for note in cleaned.notes:
        rows += [f"  {paint.dim(row)}" for row in flow("not looked at: " + visible(note), view.width - 2)]
    if view.picture:
        rows += _picture(article, found, lines, view, paint)
    return "".join(row + "\n" for row in rows)


def _grouped(found: list[Entry]) -> Iterator[list[Entry]]:
    """Yield findings that say the same of one place after the other as one: fifty mended blank lines are one line."""
    group: list[Entry] = []
    for entry in found:
        if group and _sort(entry) != _sort(group[0]):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _ids(marks: list[str]) -> str:
    """Name findings so that a double click takes a whole id; for --accept and --confirm its beginning is enough."""
    more = f" and {len(marks) - 4} more" if len(marks) > 4 else ""
    return ("id " if len(marks) == 1 else "ids ") + " ".join(mark[:12] for mark in marks[:4]) + more


def _sort(entry: Entry) -> object:
    finding = entry.finding
    if finding.keeper is not None or finding.differences or finding.elsewhere:
        return id(entry)  # what has a copy or a difference to show stands alone
    return finding.rule, finding.message, entry.status, entry.reason


def _where(group: list[Entry], lines: Lines) -> str:
    if len(group) == 1:
        return places(group[0].finding.span, lines)
    return f"{lines.at(group[0].finding.span.start)[0]}, …"


def _finding(
    group: list[Entry], article: Article, lines: Lines, view: View, margin: int, paint: Paint
) -> Iterator[str]:
    entry, indent = group[0], " " * (margin + 4)
    finding = entry.finding
    times = f" ({len(group)} times)" if len(group) > 1 else ""
    where = _where(group, lines)
    place = paint.link(paint.cyan(where), article.origin.path, lines.at(finding.span.start)[0]) + " " * (margin - columns(where))
    rule = paint.red if entry.status == "open" else paint.green
    room = view.width - len(indent)
    said_first = [*_pieces(finding.rule, room, rule), *_pieces(title(finding.rule) + " ", room, paint.dim)]
    first, *more = _wrapped([*said_first, *_pieces(visible(finding.message) + times, room)], room)
    yield f"  {place}  {first}"
    yield from (indent + row for row in more)
    shown = _differences(finding, lines, room, paint) if finding.differences and finding.rule == "D105" else []
    if finding.relation in ("near", "contained") and finding.keeper is not None:
        yield from (indent + row for row in _words(article, finding, room, paint))
    elif len(group) == 1 and said(article, finding.span).strip():
        yield indent + paint.dim(f"“{snippet(said(article, finding.span), min(room, 72) - 2)}”")
    yield from (indent + row for row in shown)
    yield from (indent + row for row in _wrapped(_fate(entry, article, lines, room, paint), room))


def _fate(entry: Entry, article: Article, lines: Lines, room: int, paint: Paint) -> Iterator[tuple[str, str]]:
    """Yield what became of a finding, how alike the copies are, and which stays and why, in pieces that are not to be broken."""
    finding = entry.finding
    painted = paint.green if entry.status == "fixed" else paint.yellow if entry.status == "open" else _plain
    parts = [list(_pieces(visible(fate(entry)), room, painted)), list(_pieces(alike(finding), room))]
    verb = stays(finding, lines)
    if verb and finding.keeper is not None and columns(verb) < room:
        colon = ": " if finding.because else ""
        kept = [(verb + colon, paint.link(verb, article.origin.path, lines.at(finding.keeper.start)[0]) + colon)]
    else:
        kept = list(_pieces(f"{verb}:" if verb and finding.because else verb, room))
    parts.append([*kept, *_pieces(visible(finding.because), room)])
    said = [part for part in parts if part]
    for part in said[:-1]:
        *others, last = part
        yield from others
        yield last[0].rstrip() + " · ", last[1].rstrip() + " · "
    yield from said[-1] if said else ()


def _plain(text: str) -> str:
    return text


def _pieces(text: str, room: int, painted: Callable[[str], str] = _plain) -> Iterator[tuple[str, str]]:
    """Yield a visible text word by word, each with the space behind it, as it counts for the width and as it is written."""
    for word in text.split(" ") if text else ():
        for part in flow(word, room) or [""]:
            yield f"{part} ", f"{painted(part)} "


def _wrapped(pieces: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Yield rows of at most so many columns."""
    row, used = "", 0
    for text, shown in pieces:
        if used and used + columns(text.rstrip()) > width:
            yield row.rstrip()
            row, used = "", 0
        if used or text.strip():
            row, used = row + shown, used + columns(text)
    if row.strip():
        yield row.rstrip()


def _picture(article: Article, found: list[Entry], lines: Lines, view: View, paint: Paint) -> Iterator[str]:
    """Draw what repeats what."""
    from cleaner.fingerprint import Key
    from cleaner.report.plot import Repeat, plot

    repeats = [
        Repeat(
            finding.span,
            finding.keeper,
            Key.of(finding.key).times,
            finding.relation not in ("near", "contained"),
            entry.mendable,
            f"{places(finding.span, lines)} {'repeat' if '-' in places(finding.span, lines) else 'repeats'} {places(finding.keeper, lines)}: {title(finding.rule)}, {visible(fate(entry))}",
        )
        for entry in found
        if (finding := entry.finding).keeper is not None
    ]
    if repeats and view.picture:
        yield ""
        yield from ("  " + row for row in plot(len(article.text), lines, repeats, view.picture, view.width - 2, paint))


def _words(article: Article, finding: Finding, width: int, paint: Paint) -> Iterator[str]:
    """Yield the two copies in one text: what only the copy that goes has, and what only the other has."""
    from cleaner.report.words import compare

    assert finding.keeper is not None
    pieces = compare(said(article, finding.span), said(article, finding.keeper))
    if pieces is None:
        yield paint.dim(f"“{snippet(said(article, finding.span), min(width, 72) - 2)}”")
        return
    yield from aligned(pieces, width, paint)


def aligned(pieces: list[Piece], width: int, paint: Paint) -> Iterator[str]:
    """Yield rows of at most so many columns that show two texts as one, with what only one of them has marked."""
    from cleaner.report.words import trimmed

    yield from _wrapped(_painted(trimmed(pieces)[:200], min(60, width - 6), paint), width)


def _painted(pieces: list[Piece], longest: int, paint: Paint) -> Iterator[tuple[str, str]]:
    """Yield small texts of at most so many columns and a mark, each as it counts for the width and as it is written."""
    plain = Paint(False)
    for gone, kept in pieces:
        if gone == kept:
            for word in _folded(kept).replace(" ", " \0").split("\0"):
                word = clip(word, longest)
                yield word, word
            continue
        if (gone or kept)[:1].isspace():
            yield " ", " "
        if text := clip(_folded(gone).strip(), longest):
            yield plain.gone(text), paint.gone(text)
        if text := clip(_folded(kept).strip(), longest):
            yield plain.kept(text), paint.kept(text)
        if (gone or kept)[-1:].isspace():
            yield " ", " "


def _folded(text: str) -> str:
    return visible(re.sub(r"\s+", " ", text))


def _differences(finding: Finding, lines: Lines, room: int, paint: Paint) -> list[str]:
    """Return a small table of the facts in which two copies differ."""
    widest = max(columns(difference.kind) for difference in finding.differences)
    cell = max(8, min(32, (room - widest - 4) // 2))
    heads = Difference("", f"line {places(finding.keeper, lines)}" if finding.keeper else "stays", "")
    heads = heads._replace(duplicate=f"line {places(finding.span, lines)}")
    table = [
        heads,
        *(Difference(*(clip(visible(said), cell) or "—" for said in row)) for row in finding.differences[:12]),
    ]
    wide = [max(columns(row[cell]) for row in table) for cell in range(3)]
    rows = [
        "  ".join(
            (
                paint.dim(_pad(kind, wide[0])),
                (paint.dim if number == 0 else paint.green)(_pad(keeper, wide[1])),
                (paint.dim if number == 0 else paint.red)(duplicate),
            )
        )
        for number, (kind, keeper, duplicate) in enumerate(table)
    ]
    if len(finding.differences) > 12:
        rows.append(paint.dim(f"and {len(finding.differences) - 12} more"))
    return rows


def _pad(text: str, wide: int) -> str:
    return text + " " * (wide - columns(text))
