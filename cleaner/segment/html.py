"""
HTML to blocks: paragraphs, headings, list items, table rows and quotes, each with its place in the source.

No tree is built. One walk over `cleaner.tags` keeps the open block elements on a stack and gathers *runs*: text and
inline markup between two block tags. A run that is all its element holds becomes a block whose span is the element,
tags and all; a run beside other blocks (text before a nested list, lines parted by `<br><br>`) becomes a block without
tags. End tags that the HTML standard lets authors leave out are implied as it says.

Opaque, because repeating is their nature or a slip would cost more than it gains: code, scripts, navigation, tab
panels, SVG, mathematics, form controls, and any run whose inline tags do not pair up within it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import count, pairwise

from cleaner.model import Block, Kind, Role, Span
from cleaner.tags import BLOCKS, OPTIONAL, VOID, Token, attributes, tokens, words

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
# Opening one of these closes an open paragraph (the standard's "p element in button scope").
_CLOSES_P = BLOCKS - words("html body caption colgroup col tbody thead tfoot tr td th legend frame frameset")
# Opening the key closes an open element named by the value, unless one of `_OPEN_FENCES` stands between.
_SIBLINGS: dict[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tr": frozenset({"tr", "td", "th"}),
    "tbody": frozenset({"tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup"}),
    "thead": frozenset({"tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup"}),
    "tfoot": frozenset({"tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup"}),
    **dict.fromkeys(_HEADINGS, _HEADINGS),
}
_CELL = frozenset({"table", "td", "th", "caption", "html"})
_TABLE = frozenset({"table", "html"})
_ITEM_FENCES = BLOCKS - {"address", "div", "p", "li", "dt", "dd"}
_OPEN_FENCES: dict[str, frozenset[str]] = {
    "li": _ITEM_FENCES,
    "dt": _ITEM_FENCES,
    "dd": _ITEM_FENCES,
    **dict.fromkeys(_HEADINGS, BLOCKS - _HEADINGS),
}
# An end tag closes nothing beyond these.
_CLOSE_FENCES: dict[str, frozenset[str]] = {
    "li": _LISTS | _CELL,
    **dict.fromkeys(("table", "caption", "colgroup", "tbody", "thead", "tfoot", "tr", "td", "th"), _TABLE),
    "body": frozenset(),
    "html": frozenset(),
}
# Elements that go with the text that is all they hold. The others (cells, sections, the body) stay when it goes.
_LEAVES = _HEADINGS | words("p li blockquote dt dd div figcaption caption address legend")
# Elements whose whole content is opaque, and what to call it.
_OPAQUE: dict[str, Kind] = {"pre": "code", "listing": "code", "xmp": "code", "plaintext": "code", "nav": "html"}
# The same inside a run: the run goes on around them.
_OPAQUE_INLINE = words(
    "svg math select button datalist object noscript template audio video canvas map applet iframe textarea"
)
# Raw text that is not shown where it stands.
_HIDDEN = frozenset({"script", "style", "title", "noembed", "noframes"})
_CODE_CLASS = re.compile(
    r"(?:^|\s)(?:highlight|highlighttable|codehilite|code-?block|sourcecode|rouge|prism)(?=\s|-|$)", re.IGNORECASE
)
_PANEL_CLASS = re.compile(r"(?:^|\s)(?:tab-?pane|tab-?panel|tabpanel)(?=\s|$)", re.IGNORECASE)
# Things in a run without text that make it more than white space.
_SHOWN = words("img picture embed input source track") | _OPAQUE_INLINE
_CONTROLS = frozenset({"input", "select", "button", "datalist", "textarea"})
_IN_HEAD = words("meta link title base script style noscript template basefont bgsound")
# A wrapper that holds one paragraph and nothing else goes with it.
_WRAPPERS: dict[str, Kind | None] = {"li": "item", "blockquote": "quote", "dd": None, "dt": None}
# An end tag whose opening tag lies deeper than this below the innermost element is taken for a stray one.
_DEEPEST = 100
# Longer than this, what is marked as a byline or deck is a page's wrapper.
_LONGEST: dict[str, int] = {"byline": 200, "deck": 600, "caption": 1000, "pull-quote": 2000}

_BLANK = re.compile(r"\s*")
_TEXT = re.compile(r"[^\s\u200b\ufeff]")
_SPACER = re.compile(r"(?:&(?:nbsp|#160|#xa0|zwnj|#8203|ensp|emsp|thinsp);|[\s\u200b\ufeff])+", re.IGNORECASE)
# Template statements may stand around what they repeat or leave out; a variable ("{{ name }}") in a sentence is fine.
_TEMPLATE = re.compile(r"\{%|<%|\{\{[#/^>!%<]")
_VARIABLES = re.compile(r"(?:\{\{[^{}]{0,500}\}\}\s*)+")
# Pages of site generators begin with settings between two lines of hyphens.
_FRONT = re.compile(r"---[ \t]*(?:\r\n|\n|\r)(?=\S)")
_FRONT_END = re.compile(r"(?<=[\r\n])---[ \t]*(?=[\r\n]|\Z)")
_CONFLICT = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?: [^\r\n]*)?|={7})(?=[\r\n]|\Z)", re.MULTILINE)
_WORDS = re.compile(r"[a-z]+", re.IGNORECASE)


class _Frame:
    """An open block element."""

    __slots__ = ("busy", "cells", "group", "inside", "lists", "name", "out", "plain", "quotes", "role", "start")

    def __init__(self, name: str, start: int, inside: int, out: int, parent: _Frame | None) -> None:
        self.name = name
        self.start = start  # of its opening tag
        self.inside = inside  # where its content begins
        self.out = out  # how many pieces there were before it
        self.role: Role = parent.role if parent else "body"
        self.group: int = parent.group if parent else 0
        self.lists: int = parent.lists if parent else 0
        self.quotes: int = parent.quotes if parent else 0
        self.plain = True  # a table row: nothing but one text a cell so far
        self.cells = 0
        self.busy = False  # a table cell: holds a text already


class _Part:
    """A stretch of a run between double line breaks."""

    __slots__ = ("controls", "end", "first", "last", "shown", "start", "text")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.first = -1  # start of its first text or tag that is not a comment or script
        self.last = -1  # end of its last
        self.text = self.shown = self.controls = False


class _Piece:
    """A block to be, before numbers are given out."""

    __slots__ = ("end", "group", "inner", "kind", "level", "role", "start")

    def __init__(
        self, kind: Kind, start: int, end: int, inner: Span, frame: _Frame | None = None, role: Role = "body"
    ) -> None:
        self.kind: Kind = kind
        self.start, self.end = start, end
        self.inner = inner
        self.level = 0
        self.group = frame.group if frame else 0
        self.role: Role = role


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of an HTML source; see `Block` for what each field holds."""
    section = -1
    for number, piece in enumerate(_Walk(text).pieces()):
        yield Block(
            number, piece.kind, Span(piece.start, piece.end), piece.inner, piece.level, piece.group, section, piece.role
        )
        if piece.kind == "heading":
            section = number


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        begin = _FRONT.match(text)
        front = _FRONT_END.search(text, begin.end()) if begin else None
        self.tokens = tokens(text, front.end() if front else 0)
        self.stack: list[_Frame] = []
        self.rows: list[_Frame] = []  # the open table rows, innermost last
        self.open: Counter[str] = Counter()  # how many of each name are on the stack
        self.out: list[_Piece] = []
        self.groups = count(1)
        self.titled = False
        if front:
            self._opaque("front", 0, front.end())
        self._begin(front.end() if front else 0)

    def pieces(self) -> list[_Piece]:
        """Walk the whole source and return its pieces in reading order."""
        waiting: Token | None = None
        while (token := waiting or next(self.tokens, None)) is not None:
            waiting = None
            if token.sort == "open" and token.name == "head":
                waiting = self._head(token)
            else:
                self._token(token)
        end = len(self.text)
        self._pop_to(0, end)
        self._flush()
        return self.out

    def _token(self, token: Token) -> None:
        if token.sort == "text":
            self._text(token)
        elif token.sort == "open" and token.name in BLOCKS:
            self._open(token)
        elif token.sort == "close" and token.name in BLOCKS:
            self._close(token)
        elif token.sort == "close" and token.name == "head":
            self.crossed = True  # a stray one
        elif token.sort == "broken":
            self.crossed = True
            self._flush()
            self._opaque("html", token.start, token.end)
            self._begin(token.end)
        elif token.sort in ("comment", "raw"):
            self._aside(token.start, token.end)
        else:
            self._inline(token)

    # -- runs ----------------------------------------------------------------------------------------------------

    def _begin(self, at: int) -> None:
        self.parts = [_Part(at)]
        self.nested: list[str] = []  # inline elements open within the run
        self.crossed = False  # its inline tags do not pair up
        self.breaks = 0  # line breaks since the last text
        self.commented = False  # a comment or script since the last text

    def _text(self, token: Token) -> None:
        at = token.start
        for conflict in _CONFLICT.finditer(self.text, at, token.end) if token.end - at >= 7 else ():
            self._say(at, conflict.start())
            self._flush()
            self._touch()
            self._opaque("conflict", *conflict.span())
            at = conflict.end()
            self._begin(at)
        self._say(at, token.end)

    def _say(self, start: int, end: int) -> None:
        """Take text into the run, unless it is white space in one spelling or another."""
        text = self.text
        begin = _TEXT.search(text, start, end)
        if begin is None or (text[begin.start()] == "&" and _SPACER.fullmatch(text, begin.start(), end)):
            return
        while text[end - 1].isspace() or text[end - 1] in "\u200b\ufeff":
            end -= 1
        self._content(begin.start(), end).text = True

    def _content(self, start: int, end: int) -> _Part:
        """Take something that is shown into the run; after a double line break it begins a new part."""
        if self.breaks >= 2 and not self.nested and self.parts[-1].text:
            self.parts.append(_Part(start if self.commented else self.parts[-1].last))
        self.breaks, self.commented = 0, False
        part = self.parts[-1]
        if part.first < 0:
            part.first = start
        part.last = end
        return part

    def _inline(self, token: Token) -> None:
        if token.name == "br":
            self.breaks += 1
        elif token.sort == "close":
            if self.nested and self.nested[-1] == token.name:
                self.nested.pop()
            elif token.name not in VOID:
                self.crossed = True
            if self.parts[-1].first >= 0:
                self.parts[-1].last = token.end
        elif token.name in _HIDDEN:
            self._aside(token.start, self._skip(token))
        elif token.name in VOID or token.closed:
            self._mark(self._content(token.start, token.end), token)
        elif token.name in _OPAQUE_INLINE:
            part = self._content(token.start, token.end)
            part.last = self._skip(token)
            self._mark(part, token)
        else:
            self._mark(self._content(token.start, token.end), token)
            self.nested.append(token.name)

    def _mark(self, part: _Part, token: Token) -> None:
        part.shown |= token.name in _SHOWN
        part.controls |= token.name in _CONTROLS

    def _aside(self, start: int, end: int) -> None:
        """A comment or script: part of a run that has begun; a block of its own before one or between blocks."""
        self.commented = True
        if self.parts[-1].first < 0:
            self.out.append(_Piece("html", start, end, Span(end, end)))

    def _flush(self, frame: _Frame | None = None, close: int = -1) -> None:
        """
        Turn the run into pieces.

        Args:
            frame: The element that ends with the run, if one does.
            close: End of that element's closing tag; -1 where the tag is left out.
        """
        parts = [part for part in self.parts if part.first >= 0]
        holder = self.stack[-1] if self.stack else None
        if any(part.text or part.shown for part in parts):
            whole = (
                frame is not None
                and frame.name in _LEAVES
                and len(parts) == 1
                and len(self.out) == frame.out
                and self.parts[0].start == frame.inside
            )
            crossed = self.crossed or bool(self.nested)
            for number, part in enumerate(parts):
                if not (part.text or part.shown):
                    continue
                inner = Span(part.first, part.last)
                opaque = crossed or not part.text or part.controls
                plain = not opaque and not self._templated(inner)
                if whole and frame is not None and plain:
                    self._add(Span(frame.start, close if close >= 0 else inner.end), inner, frame)
                elif not opaque and not plain:
                    self._touch()
                    self._opaque("directive", *inner)
                elif opaque:
                    self._touch()
                    self.out.append(_Piece("html", inner.start, inner.end, Span(inner.end, inner.end), holder))
                else:
                    start = part.start if number else inner.start  # the line breaks before a part go with it
                    self._add(Span(start, inner.end), inner, holder)

    def _templated(self, inner: Span) -> bool:
        return bool(_TEMPLATE.search(self.text, *inner) or _VARIABLES.fullmatch(self.text, *inner))

    def _add(self, span: Span, inner: Span, frame: _Frame | None) -> None:
        name = frame.name if frame else ""
        if self.rows and name in ("td", "th", "p", "div"):
            cell = next((held for held in reversed(self.stack[-3:]) if held.name in ("td", "th")), None)
            if cell is None or cell.busy:
                self.rows[-1].plain = False
            else:
                cell.busy = True
        elif self.rows:
            self.rows[-1].plain = False
        # A comment before the text belongs before the block: pieces stay in reading order.
        piece = _Piece(_kind(frame, self), span.start, span.end, inner, frame, _role(frame, inner))
        if piece.kind == "heading":
            piece.level = int(name[1])
            if piece.level == 1 and not self.titled and piece.role == "body":
                piece.role, self.titled = "title", True
        elif piece.kind == "item" and frame:
            piece.level = max(frame.lists, 1)
        elif piece.kind == "quote" and frame:
            piece.level = max(frame.quotes, 1)
        self.out.append(piece)

    def _opaque(self, kind: Kind, start: int, end: int) -> None:
        self.out.append(_Piece(kind, start, end, Span(end, end), self.stack[-1] if self.stack else None))

    # -- elements ------------------------------------------------------------------------------------------------

    def _open(self, token: Token) -> None:
        name = token.name
        if name in _CLOSES_P:
            self._imply(frozenset({"p"}), _CELL, token.start)
        if name in _SIBLINGS:
            self._imply(_SIBLINGS[name], _OPEN_FENCES.get(name, _TABLE), token.start)
        self._flush()
        self._begin(token.end)
        values = attributes(self.text, token) if name != "p" or token.end - token.start > 3 else {}
        if (opaque := _opaque_kind(name, values)) is not None:
            self._touch()
            end = self._skip(token)
            self._opaque(opaque, token.start, end)
            self._begin(end)
        elif name == "hr":
            self._touch()
            self._opaque("break", token.start, token.end)
        elif name not in VOID:
            self._push(token, values)

    def _push(self, token: Token, values: dict[str, str]) -> None:
        name = token.name
        if self.rows:
            if name in ("td", "th"):
                self.rows[-1].cells += 1
            elif name not in ("p", "div"):
                self.rows[-1].plain = False
        frame = _Frame(name, token.start, token.end, len(self.out), self.stack[-1] if self.stack else None)
        if name in _LISTS or name in ("dl", "table", "blockquote"):
            frame.group = next(self.groups)
            frame.lists += name in _LISTS or name == "dl"
            frame.quotes += name == "blockquote"
        role = _marked_role(name, values)
        if role is not None:
            frame.role = role
        elif name in ("body", "main", "article"):
            frame.role = "body"
        self.stack.append(frame)
        self.open[name] += 1
        if name == "tr":
            self.rows.append(frame)

    def _close(self, token: Token) -> None:
        name = token.name
        names = _HEADINGS if name in _HEADINGS else frozenset({name})
        at = self._find(names, _CLOSE_FENCES.get(name, _CELL))
        if at is None:
            self._flush()
            self._begin(token.end)
        else:
            self._pop_to(at + 1, token.start)
            self._pop(token.start, token.end)

    def _imply(self, names: frozenset[str], fences: frozenset[str], at: int) -> None:
        while (place := self._find(names, fences)) is not None:
            self._pop_to(place, at)

    def _find(self, names: frozenset[str], fences: frozenset[str]) -> int | None:
        """Return the place on the stack of the nearest element so named, looking past none of the fences."""
        if not any(self.open[name] for name in names):
            return None
        for place in range(len(self.stack) - 1, max(-1, len(self.stack) - 1 - _DEEPEST), -1):
            if self.stack[place].name in names:
                return place
            if self.stack[place].name in fences:
                return None
        return None

    def _pop_to(self, depth: int, at: int) -> None:
        while len(self.stack) > depth:
            self._pop(at, -1)

    def _pop(self, at: int, close: int) -> None:
        """Close the innermost element: with its end tag, or without one (-1) where something else implies its end."""
        frame = self.stack[-1]
        complete = close >= 0 or frame.name in OPTIONAL
        self._flush(frame if complete else None, close)
        self.stack.pop()
        self.open[frame.name] -= 1
        if frame.name == "tr":
            self.rows.pop()
            self._row(frame, at, close)
        elif frame.name in _WRAPPERS and complete:
            self._wrap(frame, at, close)
        self._begin(close if close >= 0 else at)

    def _row(self, frame: _Frame, at: int, close: int) -> None:
        """A row of several cells with one text each is one block; a row that lays out a page is not."""
        held = self.out[frame.out :] if frame.plain and frame.cells > 1 else []
        if held and all(piece.kind in ("paragraph", "quote", "item") for piece in held):
            end = at if close < 0 else close
            while close < 0 and self.text[end - 1].isspace():
                end -= 1
            del self.out[frame.out :]
            self.out.append(_Piece("row", frame.start, end, self._trimmed(frame.inside, min(at, end)), frame))
        if self.rows:
            self.rows[-1].plain = False

    def _wrap(self, frame: _Frame, at: int, close: int) -> None:
        if len(self.out) != frame.out + 1:
            return
        piece = self.out[-1]
        if piece.kind != "paragraph" and piece.kind != _WRAPPERS[frame.name]:
            return
        before, after = _BLANK.match(self.text, frame.inside, piece.start), _BLANK.match(self.text, piece.end, at)
        if before and before.end() == piece.start and after and after.end() == at and piece.start > frame.start:
            piece.start, piece.end = frame.start, close if close >= 0 else piece.end
            if (kind := _WRAPPERS[frame.name]) is not None:
                piece.kind = kind
                piece.level = frame.lists if kind == "item" else frame.quotes

    def _touch(self) -> None:
        """Something that is not prose stands in the open table row."""
        if self.rows:
            self.rows[-1].plain = False

    def _skip(self, opened: Token) -> int:
        """Pass over an element with all it holds; return its end, which is the text's where it has none."""
        depth, end = 1, opened.end
        for token in self.tokens:
            end = token.end
            if token.name == opened.name and token.sort == "open" and not token.closed:
                depth += 1
            elif token.name == opened.name and token.sort == "close":
                depth -= 1
                if not depth:
                    return end
        self.crossed = True  # it is never closed, and has swallowed all the rest
        return end

    def _head(self, opened: Token) -> Token | None:
        """Make one opaque piece of the head; return the token that ended it, unless that was its own end tag."""
        self._flush()
        end, last = opened.end, None
        for token in self.tokens:
            if token.sort == "close" and token.name == "head":
                end = token.end
                break
            if (token.sort == "text" and _TEXT.search(self.text, token.start, token.end)) or (
                token.sort == "open" and token.name not in _IN_HEAD
            ):
                last = token
                break
            if token.sort == "open" and token.name in ("noscript", "template"):
                end = self._skip(token)
            elif token.sort != "text":
                end = token.end
        self._opaque("html", opened.start, end)
        self._begin(end)
        return last

    def _trimmed(self, start: int, end: int) -> Span:
        text = self.text
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        return Span(start, end)


def _opaque_kind(name: str, values: dict[str, str]) -> Kind | None:
    if name in _OPAQUE:
        return _OPAQUE[name]
    classes = values.get("class", "")
    if name in ("div", "figure", "table") and classes and _CODE_CLASS.search(classes):
        return "code"
    if values.get("role", "").lower() == "tabpanel" or (classes and _PANEL_CLASS.search(classes)):
        return "directive"
    return None


def _kind(frame: _Frame | None, walk: _Walk) -> Kind:
    if frame is None:
        return "paragraph"
    if frame.name in _HEADINGS:
        return "heading"
    if frame.name == "li":
        return "item" if len(walk.out) == frame.out else "paragraph"
    if (
        frame.name == "p"
        and len(walk.stack) > 1
        and walk.stack[-2].name == "li"
        and walk.stack[-2].out == len(walk.out)
    ):
        return "item"
    return "quote" if frame.quotes and frame.name in ("p", "div", "blockquote") else "paragraph"


def _role(frame: _Frame | None, inner: Span) -> Role:
    if frame is None or inner.end - inner.start > _LONGEST.get(frame.role, 10_000):
        return "body"
    return frame.role


_ROLE_WORDS: dict[str, Role] = {
    "dek": "deck",
    "deck": "deck",
    "standfirst": "deck",
    "subtitle": "deck",
    "subhead": "deck",
    "subheading": "deck",
    "byline": "byline",
    "author": "byline",
    "pullquote": "pull-quote",
    "caption": "caption",
}


def _marked_role(name: str, values: dict[str, str]) -> Role | None:
    """Return the role that an element's name, class or microdata gives it; None where they are silent."""
    if name in ("figcaption", "caption"):
        return "caption"
    if name in ("html", "body", "main", "article", "table", "tr"):
        return None
    said = " ".join(values.get(key, "") for key in ("class", "itemprop", "rel"))
    if said.strip():
        told = [word.lower() for word in _WORDS.findall(said)]
        for word in told:
            if word in _ROLE_WORDS:
                return _ROLE_WORDS[word]
        if any(one == "pull" and two in ("quote", "quotes") for one, two in pairwise(told)):
            return "pull-quote"
    return "pull-quote" if name == "aside" else None
