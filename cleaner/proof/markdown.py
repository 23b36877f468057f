"""
Prove an edited Markdown text before it is written: it must read as it did, but for what the plan says.

Both texts are read by markdown-it-py, an independent reader; blocks that the edits delete are struck from the first
reading, and what is left has to equal the second. Deleting a paragraph can join two lists, turn code into a list's text
or a line into a heading; one block in a hundred does something of the kind, and is then left alone.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cleaner import lines
from cleaner.model import Edit, Span
from cleaner.plan import apply

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from cleaner.proof.cuts import Part, Parted

# markdown-it-py drops text beyond maxNesting without a word, and recurses; a text nested deeper than this is not proved.
DEEPEST = 90
_Links = dict[str, tuple[object, object]]  # where each name of a link leads, and its title
_END_MARK = "sentinel-that-shows-the-reader-came-to-the-end"
_PREFIX = re.compile(r"[\s>]+")
# Marks and indentation so deep that they may open as many levels as the reader bears; a tab is worth four columns.
_LEVEL = r"(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|[ \t])"
_SET_IN = re.compile(r"\n[ \t>*+\-\d.)]{20}")
_DEEP = re.compile(rf"^(?:{_LEVEL}{{70}}|(?=[^\n]{{0,70}}\t){_LEVEL}{{20}})", re.MULTILINE)


class _Event(NamedTuple):
    """One block-level happening: an opening, a closing, or a leaf with its content."""

    shape: tuple[object, ...]
    nesting: int
    content: str
    first: int  # lines, half open; -1 for closings
    last: int


class _TooDeep(Exception):
    pass


def unchanged(before: str, after: str, edits: Sequence[Edit], skip: int = 0) -> bool:
    """
    Whether a Markdown text still reads as it did, but for what the edits say.

    Args:
        before: The original text.
        after: The text with the edits carried out.
        edits: Sorted and disjoint, in offsets of `before`.
        skip: Where the Markdown begins: the end of the front matter, which the edits leave alone.

    Returns:
        False also where the reader cannot be trusted with the text, because it nests too deeply.
    """
    if before[:skip] != after[:skip]:
        return False
    own = moved(edits, skip)
    before, after = before[skip:], after[skip:]
    try:
        if apply(before, own) != after:
            return False
    except ValueError:
        return False
    return not disputed(before, after, own)


def disputed(before: str, after: str, edits: Sequence[Edit]) -> list[Part]:
    """
    Return the parts of a text in which it would read otherwise than the edits say, in order; none where it reads as it did.

    Reading a long text twice takes longer than all else. What stands apart from the edits is the same in both, so only the parts
    around them are read, each by itself. One thing reaches from part to part: a definition of a link, of which the first holds.

    Args:
        before: The original text, without front matter.
        after: The text with the edits carried out.
        edits: Sorted and disjoint, in offsets of `before`.
    """
    from cleaner.proof.cuts import Part, Parted, parts
    from cleaner.proof.gate import plain

    parted = None if _may_nest(before) else parts(before, after, edits)
    # Outside the parts the two texts are the same.
    if parted is None or any(_may_nest(after[part.after.start : part.after.end]) for part in parted.parts):
        parted = Parted((Part(Span(0, len(before)), Span(0, len(after)), tuple(edits)),), ())
    found: set[Part] = set()
    links: dict[Part, tuple[_Links, _Links]] = {}
    for part in parted.parts:
        one, other = before[part.before.start : part.before.end], after[part.after.start : part.after.end]
        own = moved(part.edits, part.before.start)
        if plain(one, other, own):
            continue
        defined = _defined(one, other, own)
        if defined is None:
            found.add(part)
        elif defined[0] != defined[1]:
            links[part] = defined
    if links:
        try:
            found |= _unlinked(before, parted, links)
        except (_TooDeep, RecursionError):
            found |= set(links)
    return [part for part in parted.parts if part in found]


def moved(edits: Sequence[Edit], start: int) -> tuple[Edit, ...]:
    """Return edits in offsets of the text that begins at `start`."""
    return tuple(edit._replace(span=Span(edit.span.start - start, edit.span.end - start)) for edit in edits)


def _unlinked(before: str, parted: Parted, changed: Mapping[Part, tuple[_Links, _Links]]) -> set[Part]:
    """Return the parts that change where a link of the whole text leads: another definition may hold before and after."""
    within = {part.before.start: part for part in parted.parts}
    pieces: list[tuple[_Links, _Links]] = []  # what each piece of the text defines, before and after
    holders: defaultdict[str, list[int]] = defaultdict(list)  # the pieces that define a name, in order
    places: dict[Part, int] = {}
    past = 0
    for start, end in pairwise((0, *parted.cuts, len(before))):
        if start < past:
            continue
        part = within.get(start)
        past = part.before.end if part else end
        if part is not None and part in changed:
            places[part] = len(pieces)
            pieces.append(changed[part])
        elif before.find("]:", start, past) >= 0:
            links = _read(before[start:past])[1]
            pieces.append((links, links))
        else:
            continue
        for name in {**pieces[-1][0], **pieces[-1][1]}:
            holders[name].append(len(pieces) - 1)

    def leads(name: str, gone: Callable[[int], bool]) -> tuple[object, object] | None:
        return next((links[name] for at in holders[name] if name in (links := pieces[at][gone(at)])), None)

    def turned(names: Iterable[str], gone: Callable[[int], bool]) -> bool:
        return any(leads(name, lambda at: False) != leads(name, gone) for name in names)

    guilty = {part for part, place in places.items() if turned({**changed[part][0], **changed[part][1]}, place.__eq__)}
    if not guilty and turned({name for old, new in changed.values() for name in (*old, *new)}, lambda at: True):
        return set(changed)  # each by itself leaves one that says the same
    return guilty


def reads_alike(before: str, after: str, edits: Sequence[Edit]) -> bool:
    """Whether an edited text reads as the original, but for what sorted, disjoint edits say: both are read from end to end."""
    defined = _defined(before, after, edits)
    return defined is not None and defined[0] == defined[1]


def _defined(before: str, after: str, edits: Sequence[Edit]) -> tuple[_Links, _Links] | None:
    """Return the links that two texts define; None where their blocks differ by more than the edits say, or cannot be told."""
    try:
        old, old_links = _read(before)
        new, new_links = _read(after)
    except (_TooDeep, RecursionError):
        return None
    touched = _Touched(before, edits)
    return (old_links, new_links) if _agree(list(_left(old, touched)), new, touched, after) else None


def _may_nest(text: str) -> bool:
    """Whether a line may stand so deep in quotes and lists that the reader cannot be trusted with the text around it."""
    # A line end in front is what the engine looks for at once.
    return _SET_IN.search(f"\n{text}") is not None and _DEEP.search(text) is not None


def forget() -> None:
    """Give back what was kept of the texts that were read."""
    _read.cache_clear()
    if (cuts := sys.modules.get("cleaner.proof.cuts")) is not None:
        cuts.of.cache_clear()


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Only block structure is compared; inline content is compared as it is written, so inline parsing is switched off.
    reader = MarkdownIt("commonmark", {"maxNesting": 2 * DEEPEST}).enable(["table", "strikethrough"])
    reader.core.ruler.enableOnly(["normalize", "block"])
    return reader


# Where a plan fails, it is taken apart and proved again and again; all parts but a few read as they did the time before.
@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[list[_Event], _Links]:
    env: dict[str, object] = {}
    tokens = _reader().parse(f"{text}\n\n{_END_MARK}\n", env)
    if not any(_END_MARK in token.content for token in tokens[-200:]):
        raise _TooDeep
    return [_event(token) for token in tokens], _links(env)


def _links(env: dict[str, object]) -> _Links:
    references = env.get("references", {})
    assert isinstance(references, dict)
    return {name: (link.get("href"), link.get("title")) for name, link in references.items()}


def _event(token: Token) -> _Event:
    if token.level > DEEPEST:
        raise _TooDeep
    attrs = tuple(sorted((name, str(value)) for name, value in token.attrs.items()))
    shape = (token.type, token.tag, token.level, token.hidden, token.info, attrs)
    first, last = token.map or (-1, -1)
    return _Event(shape, token.nesting, token.content.replace(_END_MARK, ""), first, last)


class _Touched:
    """Which lines of the original the edits delete whole, and which they change in part."""

    def __init__(self, text: str, edits: Sequence[Edit]) -> None:
        self.text = text
        self.edits = _joined(edits)
        self.rows = _rows(text)
        self._starts = [edit.span.start for edit in self.edits]

    def gone(self, first: int, last: int) -> bool:
        """Whether all that is written in these lines is deleted."""
        written = [row for row in self.rows[first:last] if self.text[row.start : row.end].strip()]
        return bool(written) and all(self._deleted(row) for row in written)

    def within(self, first: int, last: int) -> list[Edit]:
        """Return the edits that reach into these lines."""
        rows = self.rows[first:last]
        if not rows:
            return []
        start, end = rows[0].start, rows[-1].end
        found = []
        for edit in self.edits[self._before(start) :]:
            if edit.span.start > end:
                break
            if edit.span.end > start or edit.span.start == start:
                found.append(edit)
        return found

    def _before(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)

    def _deleted(self, row: Span) -> bool:
        said = self.text[row.start : row.end]
        start = row.start + len(said) - len(said.lstrip())
        end = row.start + len(said.rstrip())
        for edit in self.edits[self._before(start) :]:
            if edit.span.start > start:
                return False
            if edit.span.end >= end and not edit.after.strip():
                return True
        return False


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """Make one of deletions that touch: what two readings of a text take of a line is a line that goes."""
    found: list[Edit] = []
    for edit in edits:
        above = found[-1] if found else None
        if above is not None and above.span.end == edit.span.start and not (above.after or edit.after):
            found[-1] = Edit(Span(above.span.start, edit.span.end), above.before + edit.before, "")
        else:
            found.append(edit)
    return found


def _rows(text: str) -> list[Span]:
    # The reader counts a line after every \n, \r\n or \r, and the blank one before a final line end.
    return list(lines.split(text))


def _left(events: Sequence[_Event], touched: _Touched) -> Iterator[_Event]:
    """Yield the events of the original that the edits leave; a container goes with all that is in it."""
    dropping = 0
    for event in events:
        if dropping:
            dropping += event.nesting
        elif event.first >= 0 and touched.gone(event.first, event.last):
            dropping = event.nesting
        else:
            yield event


def _agree(old: Sequence[_Event], new: Sequence[_Event], touched: _Touched, after: str) -> bool:
    if len(old) != len(new):
        return False
    rows = _rows(after)
    return all(
        was.shape == now.shape and (was.content == now.content or _edited(was, now, touched, after, rows))
        for was, now in zip(old, new)
    )


def _edited(was: _Event, now: _Event, touched: _Touched, after: str, rows: Sequence[Span]) -> bool:
    """Whether a leaf differs by just what the edits inside it say: what it says now stands there, and no more is lost."""
    edits = touched.within(was.first, was.last)
    if not edits or not rows[now.first : now.last]:
        return False
    raw = after[rows[now.first].start : rows[min(now.last, len(rows)) - 1].end]  # a fence left open goes on over the end mark
    seen = _bare(now.content)
    if seen not in _bare(raw):
        return False
    low, high = touched.rows[was.first].start, touched.rows[min(was.last, len(touched.rows)) - 1].end
    lost = 0
    for edit in edits:
        inside = touched.text[max(low, edit.span.start) : min(high, edit.span.end)]
        lost += len(_bare(inside)) - len(_bare(edit.after))
    return len(_bare(was.content)) - len(seen) == lost


def _bare(text: str) -> str:
    return _PREFIX.sub("", text)
