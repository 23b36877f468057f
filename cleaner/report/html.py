"""
The report as one page: each article with every edit in place, both copies side by side, and a picture of what repeats what.

Self-contained, readable without script, by keyboard, on a telephone and on paper. Nothing of an article can become part
of it: see `cleaner.report.web`. It is made of the report alone; no file is read again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from cleaner.lines import Lines
from cleaner.model import Block, Cleaned, Finding, Report, Span, Status
from cleaner.report import View, web
from cleaner.report.entries import Entry, counts, identified, name, title
from cleaner.report.inplace import Stretch, rows, stretches
from cleaner.report.picture import SHAPES, Picture, draw
from cleaner.report.sides import Part, Sides, sides
from cleaner.report.terminal import alike, percent
from cleaner.report.visible import visible

#: What a browser shows without effort. The rest is counted, and stands in the JSON report.
FINDINGS = 10_000
ROWS = 2_000
PICTURES = 300
EDITS = 12
LINKS = 6
#: Characters of articles on one page, and of word diffs; when they are used up, texts are shortened, and copies only named.
TEXT = 4_000_000
PAIRS = 2_000_000
#: Characters of a text that is shown beside its equal.
SAME = 900
#: So short a text that stands twice, a word or two, is shown as an edit and not beside its equal.
SMALL = 40
#: Of an article of so many blocks, shown alone, nothing is folded.
WHOLE = 60
#: From so many rows on a browser lays out only those in sight.
LATER = 400

STATUSES: dict[Status, str] = {
    "fixed": "Carried out by this run. Where it wrote a JSON report too, `cleaner undo` puts it back.",
    "open": "Left as it is: for `--fix`, for `--unsafe-fixes`, or for you to judge. The finding says which.",
    "suppressed": "Kept by the author: a comment in the text or a recorded decision says so.",
    "baseline": "Known before: it stands in the baseline, or in the revision that the run was compared with.",
    "skipped": "Not carried out, because another finding covers it or the text around it would read differently.",
}
SAFETIES: dict[str, str] = {
    "safe": "Nothing that could be meant. `cleaner clean` and `check --fix` carry it out.",
    "unsafe": "It may be meant. Carried out with `--unsafe-fixes` only.",
    "report": "Shown only. Never edited by the tool.",
}
RELATIONS: dict[str, str] = {
    "exact": "the same to the letter",
    "normalised": "the same but for case, space or markup",
    "near": "an edited copy",
    "contained": "part of a longer text",
}


def page(report: Report, view: View | None = None) -> str:
    """Write the page."""
    view = view or View()
    return web.written("cleaner.report", _values(report, view), {"meaning": meaning, "names": title, "marked": _marked})


class Card(NamedTuple):
    """A finding as the page shows it."""

    number: int
    id: str
    entry: Entry
    here: str
    there: str
    anchor: str  # of the row where the copy that stays begins; "": it is not on this page
    likeness: str
    scores: str
    remedy: str
    winner: str
    pair: Sides | None
    edits: tuple[tuple[str, str, str], ...]  # where, before, after
    more: int  # edits that are not listed
    full: bool  # there was no room for the pair

    @property
    def finding(self) -> Finding:
        return self.entry.finding


class File(NamedTuple):
    """A file with findings."""

    number: int
    name: str
    cleaned: Cleaned
    fates: Counter[str]
    rules: tuple[str, ...]
    blocks: int
    findings: int
    removed: int


class Body(NamedTuple):
    """What a page shows of one file, below its line in the table."""

    cards: Mapping[int, Card]
    stretches: tuple[Stretch, ...]
    picture: Picture | None
    pairs: tuple[Card, ...]
    language: str
    long: bool  # a browser is to lay out only what is in sight
    left: int  # findings that are not on this page


class _Room:
    """Gives out the space of a page until it is used up."""

    def __init__(self) -> None:
        self.findings = FINDINGS
        self.text = TEXT
        self.pairs = PAIRS
        self.pictures = PICTURES
        self.number = 0


def meaning(code: str) -> str:
    """Return what a rule does, in a sentence of its own documentation."""
    return _meaning(code)


@cache
def _meaning(code: str) -> str:
    from cleaner.rules import explain

    try:
        said = explain(code)
    except KeyError:
        return ""
    first = said.partition("## What it does\n\n")[2].partition("\n\n")[0]
    return re.split(r"(?<=[.])\s", " ".join(first.split()))[0].replace("`", "")


def _values(report: Report, view: View) -> dict[str, Any]:
    """Return all that the template shows."""
    from cleaner import __version__

    found = [(cleaned, list(identified(cleaned, view))) for cleaned in report.files]
    fates: Counter[str] = Counter()
    by_rule: dict[str, Counter[str]] = {}
    safeties: Counter[str] = Counter()
    for _, listed in found:
        for _, entry in listed:
            fates[entry.status] += 1
            safeties[entry.finding.safety] += 1
            by_rule.setdefault(entry.finding.rule, Counter())[entry.status] += 1
    telling = [each for each in found if each[1]]
    telling.sort(key=lambda each: (-len(each[1]), name(each[0])))
    files = [_file(number, cleaned, listed) for number, (cleaned, listed) in enumerate(telling, 1)]
    room, bodies = _Room(), {}
    for file, (_, listed) in zip(files, telling):
        if room.findings <= 0:
            break
        bodies[file.number] = _body(file, listed, room, alone=len(telling) == 1)
    return {
        "report": report,
        "view": view,
        "files": files,
        "bodies": bodies,
        "fates": fates,
        "statuses": [status for status in STATUSES if fates[status]],
        "safeties": [safety for safety in SAFETIES if safeties[safety]],
        "rules": sorted(by_rule.items(), key=lambda each: (-each[1].total(), each[0])),
        "blocks": sum(counts(cleaned).blocks for cleaned in report.files),
        "removed": sum(counts(cleaned).removed for cleaned in report.files),
        "notes": [(name(cleaned), note) for cleaned in report.files for note in cleaned.notes],
        "left": sum(file.findings for file in files) - sum(len(body.cards) for body in bodies.values()),
        "shapes": [shape for shape in SHAPES if any(body.picture and shape in body.picture.shapes for body in bodies.values())],
        "version": __version__,
        "ROWS": ROWS,
        "LINKS": LINKS,
        "SHAPES": SHAPES,
        "STATUSES": STATUSES,
        "SAFETIES": SAFETIES,
        "RELATIONS": RELATIONS,
    }


def _file(number: int, cleaned: Cleaned, listed: Sequence[tuple[str, Entry]]) -> File:
    counted = counts(cleaned)
    rules = Counter(entry.finding.rule for _, entry in listed)
    return File(
        number,
        "standard input" if name(cleaned) == "-" else name(cleaned),
        cleaned,
        Counter(entry.status for _, entry in listed),
        tuple(sorted(rules)),
        counted.blocks,
        len(listed),
        counted.removed,
    )


def _body(file: File, listed: Sequence[tuple[str, Entry]], room: _Room, *, alone: bool) -> Body:
    article, lines = file.cleaned.article, Lines(file.cleaned.article.text)
    blocks = _blocks(file.cleaned)
    shown = listed[: room.findings]
    numbered = [(room.number + at, entry) for at, (_, entry) in enumerate(shown, 1)]
    room.number += len(shown)
    room.findings -= len(shown)
    every = rows(article, blocks, numbered, lines, brief=room.text <= 0)
    if len(shown) < len(listed):
        end = max((row.number for row in every if row.opens), default=0)
        every = every[: end + 1]
    anchors = {number: f"at-{file.number}-{row.number}" for row in every for number in row.stays}
    cards = {
        number: _card(number, id, entry, file, lines, anchors.get(number, ""), room)
        for (number, entry), (id, _) in zip(numbered, shown)
    }
    parts = stretches(every, len(every) + 1 if alone and len(every) <= WHOLE else 3)
    room.text -= sum(len(piece.text) for part in parts for row in part.rows for piece in row.pieces)
    pairs = tuple(card for card in cards.values() if card.finding.keeper is not None and card.entry.status != "skipped")
    picture = None
    if pairs and len(blocks) > 2 and room.pictures > 0:
        room.pictures -= 1
        picture = draw(blocks, numbered)
    return Body(cards, tuple(parts), picture, pairs, file.cleaned.language, len(every) > LATER, len(listed) - len(shown))


def _blocks(cleaned: Cleaned) -> Sequence[Block]:
    """Return a file's blocks. A run over many files keeps them not; they follow from the text."""
    if cleaned.blocks or not cleaned.article.text:
        return sorted(cleaned.blocks, key=lambda block: block.span)
    from cleaner.segment import segment

    return sorted(segment(cleaned.article), key=lambda block: block.span)


def _card(number: int, id: str, entry: Entry, file: File, lines: Lines, anchor: str, room: _Room) -> Card:
    finding = entry.finding
    text = file.cleaned.article.text
    pair = None
    small = finding.relation in (None, "exact") and 0 < finding.span.end - finding.span.start < SMALL
    if finding.keeper is not None and room.pairs > 0 and not small:
        pair = _pair(text, finding.span, finding.keeper)
        room.pairs -= pair.size
    edits = () if finding.keeper is not None and not small else finding.edits
    return Card(
        number,
        id,
        entry,
        lines.named(finding.span),
        lines.named(finding.keeper) if finding.keeper else "",
        anchor,
        RELATIONS.get(finding.relation or "", "") or alike(finding),
        _scores(finding),
        remedy(entry),
        title(entry.winner.rule) if entry.winner else "",
        pair,
        tuple((lines.named(edit.span), _spelt(edit.before), _spelt(edit.after)) for edit in edits[:EDITS]),
        max(0, len(edits) - EDITS),
        finding.keeper is not None and pair is None and not small,
    )


def _pair(text: str, span: Span, keeper: Span) -> Sides:
    """Return two copies side by side: with what only one says, or, where they are the same, both as they stand."""
    one, other = text[span.start : span.end], text[keeper.start : keeper.end]
    found = sides(one, other, 8 if max(len(one), len(other)) > SAME else SAME)
    if found.state not in ("same", "long"):
        return found
    return found._replace(left=(Part(_begin(one), False),), right=(Part(_begin(other), False),))


def _begin(text: str) -> str:
    text = text.strip()
    return text if len(text) <= SAME else f"{text[:SAME].rstrip()} … and {len(text) - SAME:,} more characters"


def _scores(finding: Finding) -> str:
    if finding.scores is None:
        return ""
    jaccard, ratio, containment = (percent(score) for score in finding.scores)
    contained = f", {containment} of the shorter in the longer" if finding.relation == "contained" else ""
    return f"{ratio} of the words in their order, {jaccard} of runs of three words{contained}"


def remedy(entry: Entry) -> str:
    """Say what would carry a finding out, or who decides."""
    finding = entry.finding
    if entry.status == "fixed":
        return "done by this run"
    if entry.status != "open":
        return ""
    if entry.mendable:
        return "check --fix, or clean --in-place"
    if not finding.edits or finding.safety == "report":
        return "nothing: for you to judge"
    flags = [flag for flag, needed in (("--unsafe-fixes", finding.safety == "unsafe"), ("--pedantic", finding.confidence == "pedantic")) if needed]
    return f"{' '.join(flags)} with check --fix or clean" if flags else ""


def _spelt(text: str) -> str:
    """Return the text of an edit on one line, with its white space and what has no shape spelt out."""
    cut = text if len(text) <= 160 else f"{text[:100]}…{text[-50:]}"
    return visible(cut.replace("\r\n", "\n").replace("\n", "↵").replace("\t", "⇥")) if cut.strip() else visible(cut.replace("\r\n", "\n").replace("\n", "↵").replace(" ", "␣"))


def _marked(text: str) -> list[tuple[bool, str]]:
    """Return our own words in parts, with those between backticks told apart."""
    return [(at % 2 == 1, part) for at, part in enumerate(text.split("`")) if part]
