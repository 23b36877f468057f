"""
reStructuredText to blocks, by its own conventions: indentation, blank lines, underlines.

One walk over the lines with a stack of what is open around them; docutils is not asked, because it recurses (a line of
a thousand bullets ends it), reads other files when told to, and keeps no columns. Directives are opaque with all they
hold, as are tables, literal blocks, line blocks, doctests and comments: what looks like a slip in there seldom is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from cleaner import lines
from cleaner.model import Block, Kind, Role, Span

_ADORNED = re.compile(r"([!-/:-@\[-`{-~])\1*[ \t]*$")
_BULLET = re.compile(r"[*+\-•‣⁃](?:[ \t]+|$)")
_COUNTER = r"(?:\d{1,9}|[A-Za-z#]|[ivxlcdm]{1,9}|[IVXLCDM]{1,9})"
_ENUMERATOR = re.compile(rf"(?:\({_COUNTER}\)|{_COUNTER}[.)])(?:[ \t]+|$)")
_FIELD = re.compile(r":(?![:\s])(?:[^:\\\r\n]|\\.|:(?=[^\s`])){1,200}:(?:[ \t]+|$)")
_FLAG = r"(?:-{1,2}|/)[A-Za-z?][\w-]{0,60}(?:[ =]<?[\w.|-]{1,60}>?)?"
_OPTION = re.compile(rf"{_FLAG}(?:, {_FLAG}){{0,9}}(?:[ \t]{{2,}}|$)")
_EXPLICIT = re.compile(r"\.\.(?:[ \t]+|$)")
_DIRECTIVE = re.compile(r"(?:\|[^|]{1,200}\|[ \t]+)?([\w.:+-]{1,80}?)[ \t]?::(?:\s|$)")
_DEFINITION = re.compile(r"\[[^\]]{1,200}\](?:\s|$)|_|\|[^|]{1,200}\|")
_CODE = frozenset(
    {
        "code",
        "code-block",
        "sourcecode",
        "literalinclude",
        "parsed-literal",
        "highlight",
        "math",
        "prompt",
        "testcode",
        "testoutput",
        "doctest",
    }
)
_SIMPLE_TABLE = re.compile(r"={2,}(?:[ \t]+={2,})+[ \t]*$")
_GRID_TABLE = re.compile(r"\+[-=]{1,}(?:\+[-=]{1,})*\+[ \t]*$")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7}) |={7}$")
_DEEPEST = 1000


class _Line:
    """A line: its place, where its content begins, and how many columns it is indented (tabs reach to every eighth)."""

    __slots__ = ("at", "blank", "end", "indent", "start")

    def __init__(self, text: str, span: Span) -> None:
        self.start, self.end = span
        said = text[self.start : self.end]
        bare = said.lstrip()
        self.blank = not bare
        margin = len(said) - len(bare)
        self.at = self.start + margin
        self.indent = margin if "\t" not in said[:margin] else len(said[:margin].expandtabs(8))


class _Open:
    """A list item or quote that is open around the lines: what is indented to `content` belongs to it."""

    __slots__ = ("content", "depth", "group", "indent", "kind", "loose", "style")

    def __init__(self, kind: Kind, indent: int, content: int, group: int, style: str, depth: int, loose: bool) -> None:
        self.kind = kind
        self.indent, self.content = indent, content
        self.loose = loose  # the next deeper line says how deep its content is
        self.group, self.style, self.depth = group, style, depth


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a reStructuredText; see `Block` for what each field holds."""
    section = -1
    for number, (kind, span, inner, level, group, role) in enumerate(_Scanner(text).scan()):
        yield Block(number, kind, span, inner, level, group, section, role)
        if kind == "heading":
            section = number


_Piece = tuple[Kind, Span, Span, int, int, Role]


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [_Line(text, span) for span in lines.split(text)]
        self.conflicts = self._conflicts()
        self.stack: list[_Open] = []
        self.left: _Open | None = None  # the item that the last line ended: the next marker may carry on its list
        self.groups = count(1)
        self.styles: list[str] = []  # section adornments, in order of first use
        self.prose = False  # something other than a heading has been said
        self.table_ends: list[int] | None = None
        self.at = 0

    def scan(self) -> Iterator[_Piece]:
        """Yield what the text holds, in reading order."""
        self.at = 0
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self.at in self.conflicts:
                yield self._opaque("conflict", self.at, self.at + 1)
                continue
            if line.blank:
                self.at += 1
                continue
            self._leave(line.indent)
            yield from self._element(line)

    # -- what is open --------------------------------------------------------------------------------------------

    def _leave(self, indent: int) -> None:
        self.left = None
        if self.stack and self.stack[-1].loose and indent > self.stack[-1].indent:
            self.stack[-1].content, self.stack[-1].loose = indent, False
        while self.stack and self.stack[-1].content > indent:
            self.left = self.stack.pop()
        if self.left and self.left.indent != indent:
            self.left = None

    def _enter(self, kind: Kind, indent: int, content: int, style: str = "", loose: bool = False) -> _Open:
        carried = self.left if self.left and self.left.kind == kind and self.left.style == style else None
        group = carried.group if carried else next(self.groups)
        depth = 1 + (self.stack[-1].depth if self.stack else 0)
        opened = _Open(kind, indent, content, group, style, depth, loose)
        if len(self.stack) < _DEEPEST:
            self.stack.append(opened)
        self.left = None
        return opened

    # -- elements ------------------------------------------------------------------------------------------------

    def _element(self, line: _Line) -> Iterator[_Piece]:
        said = self.text[line.at : line.end]
        if said.startswith("..") and (mark := _EXPLICIT.match(said)):
            yield self._explicit(line, said[mark.end() :])
        elif said.startswith("__ "):
            yield self._opaque("definition", self.at, self.at + 1)
        elif said.startswith((">>>", "| ")) or said == "|" or (said[0] == "+" and _GRID_TABLE.match(said)):
            yield self._opaque("code", self.at, self._blank_after(self.at))
        elif said[0] == "=" and _SIMPLE_TABLE.match(said):
            yield self._opaque("code", self.at, self._table_end(self.at))
        elif (heading := self._heading(line)) is not None:
            yield heading
        elif (found := _ADORNED.match(said)) and len(said.rstrip()) >= 4 and self._stands_alone():
            yield self._opaque("break", self.at, self.at + 1)
        elif found and said.rstrip() == "::":
            first = self.at
            yield self._opaque("directive", first, first + 1)
            yield from self._literal(line.indent)
        elif (marked := self._marker(line)) is not None:
            yield from self._item(line, *marked)
        elif _FIELD.match(said):
            front = not self.prose and line.indent == 0
            yield from self._labelled(line, "field", front)
        elif self._is_option(said):
            yield from self._labelled(line, "option")
        elif self._is_term(line):
            yield from self._labelled(line, "term")
        else:
            yield from self._paragraph(line)

    def _opaque(self, kind: Kind, first: int, last: int) -> _Piece:
        """Make one piece of the lines from first up to last; trailing blank lines stay outside."""
        last = max(last, first + 1)
        while last - 1 > first and self.lines[last - 1].blank:
            last -= 1
        self.at = last
        self.prose = self.prose or kind not in ("html", "definition", "directive")
        span = Span(self.lines[first].start, self.lines[last - 1].end)
        group = self.stack[-1].group if self.stack else 0
        return kind, span, Span(span.end, span.end), 0, group, "body"

    def _explicit(self, line: _Line, said: str) -> _Piece:
        named = _DIRECTIVE.match(said)
        kind: Kind = "html"
        if (said.startswith(("_", "[")) and _DEFINITION.match(said)) or (
            said.startswith("|") and _DEFINITION.match(said)
        ):
            kind = "definition"
        elif named:
            kind = "code" if named.group(1).lower() in _CODE else "directive"
        if not said.strip() and (self.at + 1 >= len(self.lines) or self.lines[self.at + 1].blank):
            return self._opaque(kind, self.at, self.at + 1)  # an empty comment holds nothing, not even what is indented
        return self._opaque(kind, self.at, self._dedent(self.at + 1, line.indent))

    def _heading(self, line: _Line) -> _Piece | None:
        """A title over its underline, or between two lines alike. Only at the margin: elsewhere it cannot be one."""
        if self.stack or line.indent:
            return None
        here = self.at
        below = self._said(here + 1)
        said = self._said(here)
        over = _ADORNED.match(said)
        if over and below.strip():
            under = self._said(here + 2)
            alike = under.rstrip() == said.rstrip() and (len(below.strip()) < 4 or not _ADORNED.match(below))
            if alike and (len(said.rstrip()) >= 4 or len(said.rstrip()) >= len(below.strip())):
                return self._titled(here, here + 1, here + 2, said[0] + said[0])
        if over and len(said.rstrip()) >= 4:
            return None
        if (mark := _ADORNED.match(below)) and not below[:1].isspace():
            long = len(below.rstrip())
            if long >= 4 or long >= len(said.rstrip()):
                return self._titled(here, here, here + 1, mark.group(1))
        return None

    def _titled(self, first: int, title: int, last: int, style: str) -> _Piece:
        if style not in self.styles:
            self.styles.append(style)
        level = min(self.styles.index(style) + 1, 6)
        role: Role = "title" if level == 1 and not self.prose and self.styles == [style] else "body"
        self.prose = self.prose or role == "body"
        held = self.lines[title]
        self.at = last + 1
        return (
            "heading",
            Span(self.lines[first].start, self.lines[last].end),
            self._trimmed(held.at, held.end),
            level,
            0,
            role,
        )

    def _marker(self, line: _Line) -> tuple[int, str, int] | None:
        """Return where the prose after list markers begins, the kind of marker, and how many stand in the line."""
        at, markers, style = line.at, 0, ""
        while at < line.end or not markers:
            found = _BULLET.match(self.text, at, line.end) if self.text[at] in "*+-•‣⁃" else None
            if found is None and not markers:
                found = _ENUMERATOR.match(self.text, at, line.end)
                if found is None or not self._enumerates(line, found.end()):
                    return None
                style = style or found.group().strip()[-1] + ("(" if found.group()[0] == "(" else "")
            if found is None:
                break
            style = style or found.group()[0]
            markers += 1
            at = found.end()
        return (at, style, markers) if markers else None

    def _enumerates(self, line: _Line, at: int) -> bool:
        """Whether "A. Einstein was" begins a list: the line below must be blank, deeper, or another item."""
        if self.at + 1 >= len(self.lines) or self.lines[self.at + 1].blank:
            return True
        below = self.lines[self.at + 1]
        if below.indent == line.indent:
            return _ENUMERATOR.match(self.text, below.at, below.end) is not None
        return below.indent >= line.indent + (at - line.at) or below.indent < line.indent

    def _item(self, line: _Line, at: int, style: str, markers: int) -> Iterator[_Piece]:
        content = line.indent + (at - line.at)
        opened = self._enter("item", line.indent, max(content, line.indent + 1), style, loose=at >= line.end)
        self.prose = True
        said = self.text[at : line.end]
        first = self.at
        if not said:
            yield self._opaque("html", first, first + 1)
            return
        if said.startswith(("..", "| ", ">>>", "+-", "+=")) or _SIMPLE_TABLE.match(said):
            yield self._opaque("directive", first, self._dedent(first + 1, line.indent))
            return
        last = first + 1
        while last < len(self.lines) and not self.lines[last].blank and self.lines[last].indent >= content:
            last += 1
        self.at = last
        inner = self._trimmed(at, self.lines[last - 1].end)
        yield (
            "item",
            Span(line.start, self.lines[last - 1].end),
            inner,
            opened.depth + markers - 1,
            opened.group,
            "body",
        )
        if self._announces(inner):
            yield from self._literal(content)

    def _is_option(self, said: str) -> bool:
        """Whether a line says what an option does, behind it or below it."""
        found = _OPTION.match(said)
        return found is not None and (found.end() < len(said) or self._has_deeper())

    def _is_term(self, line: _Line) -> bool:
        return self._has_deeper() and not self._announces(Span(line.at, line.end))

    def _has_deeper(self) -> bool:
        """Whether the next line stands deeper than this one."""
        if self.at + 1 >= len(self.lines):
            return False
        below = self.lines[self.at + 1]
        return not below.blank and below.indent > self.lines[self.at].indent

    def _labelled(self, line: _Line, style: str, front: bool = False) -> Iterator[_Piece]:
        """A field, option or term with what it says: one item, the label inside, for it is what tells two apart."""
        first = self.at
        last = first + 1
        while last < len(self.lines) and not self.lines[last].blank and self.lines[last].indent > line.indent:
            last += 1
        if front:
            piece = self._opaque("front", first, last)
            self.prose = False
            yield piece
            return
        opened = self._enter("item", line.indent, line.indent + 1, style, loose=True)
        if last > first + 1:
            opened.content, opened.loose = min(held.indent for held in self.lines[first + 1 : last]), False
        self.prose = True
        self.at = last
        if style == "term" and self._opens_markup(first + 1):
            self.at = first + 1  # the definition begins with a list or directive: only the term is prose
            last = first + 1
        inner = self._trimmed(line.at, self.lines[last - 1].end)
        yield "item", Span(line.start, self.lines[last - 1].end), inner, opened.depth, opened.group, "body"
        if self._announces(inner):
            yield from self._literal(opened.content if last > first + 1 else line.indent)

    def _opens_markup(self, number: int) -> bool:
        line = self.lines[number]
        said = self.text[line.at : line.end]
        return bool(
            said.startswith(("..", "| ", ">>>", "+-", "__ "))
            or _BULLET.match(said)
            or _ENUMERATOR.match(said)
            or _FIELD.match(said)
            or _SIMPLE_TABLE.match(said)
        )

    def _paragraph(self, line: _Line) -> Iterator[_Piece]:
        around = self.stack[-1].content if self.stack else 0
        if line.indent > around:
            self._enter("quote", line.indent, line.indent)
        first = self.at
        last = first + 1
        while last < len(self.lines) and not self.lines[last].blank and self.lines[last].indent == line.indent:
            last += 1
        self.at = last
        self.prose = True
        inner = self._trimmed(line.at, self.lines[last - 1].end)
        holder = self.stack[-1] if self.stack else None
        span = Span(line.start, self.lines[last - 1].end)
        if holder and holder.kind == "quote":
            yield "quote", span, inner, holder.depth, holder.group, "body"
        else:
            yield "paragraph", span, inner, 0, holder.group if holder else 0, "body"
        if self._announces(inner):
            yield from self._literal(line.indent)

    def _announces(self, inner: Span) -> bool:
        return self.text.endswith("::", inner.start, inner.end)

    def _literal(self, indent: int) -> Iterator[_Piece]:
        """The literal block that a "::" announces: what is deeper, or lines that all begin with one quoting mark."""
        first = self.at
        while first < len(self.lines) and self.lines[first].blank and first not in self.conflicts:
            first += 1
        if first >= len(self.lines) or first in self.conflicts:
            return
        line = self.lines[first]
        if line.indent > indent:
            yield self._opaque("code", first, self._dedent(first, indent))
        elif line.indent == indent and _ADORNED.match(self.text[line.at]):
            mark, last = self.text[line.at], first
            while last < len(self.lines) and not self.lines[last].blank and self.text[self.lines[last].at] == mark:
                last += 1
            if last >= len(self.lines) or self.lines[last].blank:
                yield self._opaque("code", first, last)

    # -- looking about -------------------------------------------------------------------------------------------

    def _said(self, number: int) -> str:
        if number >= len(self.lines) or number in self.conflicts:
            return ""
        return self.text[self.lines[number].start : self.lines[number].end]

    def _conflicts(self) -> frozenset[int]:
        """
        Find the lines that mark merge conflicts, and make them part what they stand between, as blank lines do.

        A row of seven "=" is one only between the other two marks; elsewhere it underlines a title.
        """
        found: set[int] = set()
        waiting: list[int] = []
        for number, line in enumerate(self.lines):
            mark = _CONFLICT.match(self.text, line.start, line.end)
            if mark is None:
                continue
            if mark.group()[0] == "<":
                waiting = []
                found.add(number)
            waiting.append(number)
            if mark.group()[0] == ">":
                found.update(waiting if waiting[0] in found else waiting[-1:])
                waiting = []
        for number in found:
            self.lines[number].blank = True
        return frozenset(found)

    def _dedent(self, number: int, indent: int) -> int:
        while number < len(self.lines) and (self.lines[number].blank or self.lines[number].indent > indent):
            if number in self.conflicts:
                break
            number += 1
        return number

    def _blank_after(self, number: int) -> int:
        while number < len(self.lines) and not self.lines[number].blank:
            number += 1
        return number

    def _stands_alone(self) -> bool:
        before, after = self.at - 1, self.at + 1
        return (before < 0 or self.lines[before].blank) and (after >= len(self.lines) or self.lines[after].blank)

    def _table_end(self, first: int) -> int:
        """Return the line after a simple table: the one after a border with nothing below it."""
        if self.table_ends is None:
            ends, nearest = [0] * (len(self.lines) + 1), len(self.lines) + 1
            ends[len(self.lines)] = nearest
            for number in range(len(self.lines) - 1, -1, -1):
                line = self.lines[number]
                closes = number + 1 >= len(self.lines) or self.lines[number + 1].blank
                if closes and _SIMPLE_TABLE.match(self.text, line.at, line.end):
                    nearest = number + 1
                ends[number] = nearest
            self.table_ends = ends
        end = self.table_ends[min(first + 1, len(self.lines))]
        return end if end <= len(self.lines) else self._blank_after(first)

    def _trimmed(self, start: int, end: int) -> Span:
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Span(start, end)
