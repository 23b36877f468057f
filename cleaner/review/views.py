"""
What the page of a review shows: values for its template, and nothing that the session does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.lines import Lines
from cleaner.model import Finding, Scores, Span
from cleaner.page import Page
from cleaner.plan import apply
from cleaner.report.entries import title
from cleaner.report.sides import Part, full
from cleaner.report.visible import snippet, visible
from cleaner.report.web import asset, shown, written
from cleaner.report.web import policy as sealed
from cleaner.review.journal import Action
from cleaner.review.session import DONE, Place, Session, box, boxed, covered

if TYPE_CHECKING:
    from markupsafe import Markup

_PACKAGE = "cleaner.review"
#: Characters of context on either side, and of any one text.
_CONTEXT = 170
_LONGEST = 12_000
#: So many rows of each list.
_ROWS = 60
_RECENT = 8

_SAFETY = {
    "safe": ("safe", "nothing that could be meant"),
    "unsafe": ("may be meant", "look before you accept it"),
    "report": ("shown only", "never edited by itself"),
}


class Side(NamedTuple):
    """
    One of two texts, with what stands around it.

    Attributes:
        name, lines: What it is, and where.
        before, after: What stands around it; of the same block where `inside`.
        parts: What it says; what only this side says is marked.
        inside: It is a part of a block, such as a sentence, and runs on.
        fate: "goes", "stays", or "" where nothing is edited.
    """

    name: str
    lines: str
    before: str
    parts: tuple[Part, ...]
    after: str
    inside: bool
    fate: str


class Row(NamedTuple):
    """A finding in the list."""

    address: str
    name: str  # of the file
    lines: str
    rule: str
    text: str
    here: bool
    aside: bool


class Deed(NamedTuple):
    """Something that was done."""

    id: str
    said: str
    rule: str
    place: str
    line: int
    text: str
    undoable: bool


def policy() -> str:
    """Return the content security policy of all pages: that of reports, but forms may come back to us."""
    return _policy()


@cache
def _policy() -> str:
    strict = sealed(asset("cleaner.report", "base.css") + asset(_PACKAGE, "page.css"), asset(_PACKAGE, "page.js"))
    return strict.replace("form-action 'none'", "form-action 'self'") + "; frame-ancestors 'none'"


def entered() -> str:
    """Return the page that leads from the printed address to the review."""
    return _page(kind="enter", title="Review")


def message(text: str, typed: str = "") -> str:
    """Return a page that says one thing; what somebody typed is not lost on it."""
    return _page(kind="message", title="Review", problem=text, typed=_box(typed))


def done(session: Session, key: str) -> str:
    """Return the page for when nothing is left to decide."""
    aside = [row for file in range(len(session.project.files)) for row in _rows(session, file, None) if row.aside]
    problems = [(path, look.problem) for file, path in enumerate(session.project.files) if (look := session.seen(file)).problem]
    return _page(kind="done", title="Nothing is left to decide", key=key, aside=aside[:_ROWS], problems=problems[:_ROWS], **_around(session, None))


def gone(session: Session, key: str, file: int) -> str:
    """Return the page for a finding that is not there any more."""
    return _page(kind="gone", title="Not there any more", key=key, name=_name(session, file), **_around(session, None))


def finding(session: Session, key: str, at: Place, *, problem: str = "", typed: Mapping[str, str] | None = None) -> str:
    """Return the page of one finding, as its file is now; `session.look` has just read it."""
    look = session.seen(at.file)
    item = look.find(at.mark)
    assert look.cleaned is not None and item is not None
    article, one = look.cleaned.article, item.finding
    page = session.page(at.file, article)
    lines = Lines(article.text)
    offers = session.offers(item, look.cleaned, page)
    left, right, state = _sides(page, one, lines)
    left_there = session.left(at.file)
    stations = [each.mark for each in left_there]
    boxes = []
    for side, span in (("copy", one.span), ("keeper", one.keeper)):
        if span is not None and f"edit-{side}" in offers and not (side == "keeper" and _mends(page, one)):
            held = box(page, span)
            assert held is not None
            said = (typed or {}).get(side)
            text = boxed(article.said(held)) or ""
            boxes.append((side, _box(text if said is None else said), lines.named(held), said is not None, text.count("\n") + len(text) // 70 + 2))
    return _page(
        kind="finding",
        title=f"{one.rule} in {_name(session, at.file)}",
        key=key,
        at=at,
        digest=look.digest,
        name=_name(session, at.file),
        where=lines.named(one.span),
        number=stations.index(at.mark) + 1 if at.mark in stations else 0,
        of=len(stations),
        rule=one.rule,
        called=title(one.rule),
        said=one.message[:1].upper() + one.message[1:],
        why=one.because,
        reason="" if item.entry.reason in (one.because, "shown only", "may be meant; --unsafe-fixes carries it out") else item.entry.reason,
        status=item.entry.status,
        aside=any(each.mark == at.mark for each in session.aside(at.file)),
        confirmed=item.entry.status == "open" and any(mark_ in look.known.duplicates for mark_ in _confirming(one, look.known.path)),
        safety=_SAFETY[one.safety],
        safe=one.safety,
        alike=_alike(one.scores, one),
        left_side=left,
        right_side=right,
        state=state,
        exact=one.relation in ("exact", "normalised"),
        differences=one.differences,
        mends=_mends(page, one),
        removes=bool(one.edits) and not any(edit.after.strip() for edit in one.edits),
        notes=look.cleaned.notes,
        offers=offers,
        boxes=boxes,
        problem=problem,
        previous=_link(session.beside(at, -1)),
        next=_link(session.beside(at, 1)),
        **_around(session, at),
    )


def _around(session: Session, at: Place | None) -> dict[str, Any]:
    """Return what stands beside every finding: how far it is, the lists, and what was done."""
    deeds = session.standing()
    left = [(file, len(session.left(file))) for file in range(len(session.project.files))]
    total = sum(number for _, number in left)
    later = sum(len(session.aside(file)) for file in range(len(session.project.files)))
    finished = len({(each.place, each.finding) for each in deeds if each.do not in ("duplicate", "reject")})
    rows = _rows(session, at.file, at) if at is not None else []
    here = next((number for number, row in enumerate(rows) if row.here), 0)
    first = max(0, min(here - _ROWS // 3, len(rows) - _ROWS))
    others = [
        (_name(session, file), number, _link(Place(file, session.left(file)[0].mark)))
        for file, number in left
        if number and (at is None or file != at.file)
    ]
    return {
        "left": total,
        "finished": finished,
        "later": later,
        "rows": rows[first : first + _ROWS],
        "rows_before": first,
        "rows_after": max(0, len(rows) - first - _ROWS),
        "others": others[:_ROWS],
        "others_more": max(0, len(others) - _ROWS),
        "deeds": [_deed(session, each) for each in reversed(deeds[-_RECENT:])],
        "deeds_more": max(0, len(deeds) - _RECENT),
        "files": len(session.project.files),
    }


def _deed(session: Session, action: Action) -> Deed:
    return Deed(action.id, DONE.get(action.do, action.do), action.rule, action.place, action.line, action.text, session.undoable(action))


def _rows(session: Session, file: int, at: Place | None) -> list[Row]:
    cleaned = session.seen(file).cleaned
    if cleaned is None:
        return []
    text = cleaned.article.text
    lines = Lines(text)
    aside = {item.mark for item in session.aside(file)}
    return [
        Row(
            _link(Place(file, item.mark)),
            _name(session, file),
            lines.named(item.finding.span),
            item.finding.rule,
            snippet(text[item.finding.span.start : item.finding.span.end], 46),
            at is not None and item.mark == at.mark,
            item.mark in aside,
        )
        for item in session.seen(file).items
        if item.entry.status == "open" or (at is not None and item.mark == at.mark)
    ]


def _mends(page: Page, one: Finding) -> bool:
    """Whether a finding is best shown as its text now and then: it has no second copy, or one in the same paragraph."""
    if not one.edits:
        return False
    return one.keeper is None or (len(covered(page, one.span)) == 1 and covered(page, one.span) == covered(page, one.keeper))


def _sides(page: Page, one: Finding, lines: Lines) -> tuple[Side, Side | None, str]:
    """Return what a person compares: the copy and what it repeats, or a text now and as it would read."""
    article = page.article
    if one.keeper is not None and not _mends(page, one):
        pair = full(_cut(_flowing(page, one.span)), _cut(_flowing(page, one.keeper)))
        goes, stays = ("goes", "stays") if one.edits else ("", "")
        left = Side("This copy", lines.named(one.span), *_context(page, one.span, pair.left), goes)
        right = Side("The copy that stays" if one.edits else "What it repeats", lines.named(one.keeper), *_context(page, one.keeper, pair.right), stays)
        return left, right, pair.state
    region = _region(page, one)
    if not one.edits:
        here = (Part(_cut(_plain(article.said(one.span))), True),)
        return Side("Here", lines.named(one.span), *_context(page, one.span, here), ""), None, "none"
    before = article.said(region)
    shifted = [edit._replace(span=Span(edit.span.start - region.start, edit.span.end - region.start)) for edit in sorted(one.edits)]
    after = apply(before, shifted)
    pair = full(_plain(before), _plain(after))
    space = before != after and pair.state == "same"  # only space, or what does not show
    left = Side("Now", lines.named(one.span), *_context(page, region, pair.left), "")
    right = Side("As it would read", lines.named(one.span), *_context(page, region, pair.right), "stays")
    return left, right, "space" if space else pair.state


def _region(page: Page, one: Finding) -> Span:
    """Return the blocks around a finding without a pair; of long ones a part."""
    start = min([one.span.start, *(edit.span.start for edit in one.edits)])
    end = max([one.span.end, *(edit.span.end for edit in one.edits)])
    blocks = covered(page, Span(start, max(end, start + 1)))
    low, high = (min(start, blocks[0].span.start), max(end, blocks[-1].span.end)) if blocks else (start, end)
    return Span(max(low, start - 1_500), min(high, end + 1_500))


def _context(page: Page, span: Span, parts: Sequence[Part]) -> tuple[str, tuple[Part, ...], str, bool]:
    """Return parts with what stands before and after their place, and whether that is of the same block."""
    blocks = covered(page, span)
    start, end, inside = *span, False
    if blocks:
        above, first, last, below = blocks[0].number - 1, blocks[0].span, blocks[-1].span, blocks[-1].number + 1
        inside = first.start < span.start or span.end < last.end
        # Inside a block its own text tells where this is; a whole block is told by its neighbours.
        start = min(first.start, span.start) if inside or above < 0 else page.blocks[above].span.start
        end = max(last.end, span.end) if inside or below == len(page.blocks) else page.blocks[below].span.end
    before, after = (_flowing(page, each).strip("\n") for each in (Span(start, span.start), Span(span.end, end)))
    if len(before) > _CONTEXT:
        before = f"… {before[-_CONTEXT:].partition(' ')[2] or before[-_CONTEXT:]}"
    if len(after) > _CONTEXT:
        after = f"{after[:_CONTEXT].rpartition(' ')[0] or after[:_CONTEXT]} …"
    return before, tuple(parts), after, inside


def _flowing(page: Page, span: Span) -> str:
    """Return what stands in a span; the lines of one wrapped paragraph run on, as a reader of the article sees them."""
    text, blocks = _plain(page.article.said(span)), covered(page, span)
    one = len(blocks) == 1 and blocks[0].kind in ("paragraph", "item", "quote") and blocks[0].span.holds(Span(*_lean(page.article.text, span)))
    return re.sub(r"(?<=[^\s\\])(?<!  )\n[ \t>]*(?=\S)", " ", text) if one else text


def _lean(text: str, span: Span) -> tuple[int, int]:
    """Return a span without the white space at its ends."""
    said = text[span.start : span.end]
    return span.start + len(said) - len(said.lstrip()), span.start + len(said.rstrip())


def _plain(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)


def _cut(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _alike(scores: Scores | None, one: Finding) -> str:
    if scores is None:
        return ""
    if one.relation == "exact":
        return "the same, letter for letter"
    if one.relation == "normalised":
        return "the same but for case, quotes, marks or line breaks"
    from cleaner.report.terminal import percent

    if one.relation == "contained":
        return f"{percent(scores.containment)} of the shorter stands in the longer"
    return f"{percent(scores.ratio)} alike word by word, {percent(scores.jaccard)} in phrases"


def _confirming(one: Finding, path: str) -> list[str]:
    from cleaner.fingerprint import Key, mark

    return [mark(one.rule, Key.of(one.key).content, path)]


def _name(session: Session, file: int) -> str:
    return visible(session.project.place(file))


def _link(at: Place | None) -> str:
    return f"/finding/{at.file}/{at.mark}" if at is not None else ""


def _box(text: str) -> Markup:
    """Return a text for a text box: escaped, and otherwise exactly as it is, since it comes back."""
    from markupsafe import escape

    return escape(text.encode("utf-8", "replace").decode("utf-8"))


def _whole(text: str) -> Markup:
    """Return a text of any length as the page may hold it; tabs are no harm in a browser."""
    from markupsafe import Markup, escape

    step = 1_500
    rows = ("".join(shown(part[at : at + step]) for at in range(0, len(part), step)) for part in text.split("\t"))
    return Markup("\t").join(escape(row) for row in rows)


def _page(**values: Any) -> str:
    filters: dict[str, Callable[..., Any]] = {"whole": _whole}
    blank = {"problem": "", "typed": "", "key": ""}
    return written(_PACKAGE, {**blank, **values}, filters)
