"""
Markdown to blocks: CommonMark's block structure with GFM tables, front matter, footnotes, directives and templates.

Why not a Markdown library: none gives the place of list items, table rows and lines inside containers to the code point,
and importing one costs a commit hook more than all its own work. Nothing depends on this reading being perfect:
whatever is removed because of it is proved on markdown-it-py's own reading before it is written (proof/markdown.py), and
what looks unusual is called opaque here and left alone. A test holds both readings side by side on every CommonMark example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import NamedTuple

from cleaner import lines
from cleaner.model import Block, Kind, Span
from cleaner.patterns import pattern
from cleaner.segment import shape

# Beyond this depth of quotes and lists a stretch is opaque: parsers drop text there (evidence: nesting of 20 to 50).
DEEPEST = 16

_FENCE = pattern(r"(`{3,})[^`\n\r]*$|(~{3,})")
_HEADING = pattern(r"(#{1,6})(?:[ \t]+|$)")
_BREAK = pattern(r"([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_SETEXT = pattern(r"(=+|-+)[ \t]*$")
_ITEM = pattern(r"([-+*]|\d{1,9}[.)])(?=[ \t]|$)")
_DEFINITION = pattern(r"\[[^\]\[]{1,999}\]:")
_FOOTNOTE = pattern(r"\[\^[^\]\[\s]{1,200}\]:")
_DELIMITER = pattern(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+(?:\|[ \t]*+)?$")
_CONFLICT = pattern(r"(?:<{7}|>{7}|\|{7})(?: |$)|={7}$")
_DIRECTIVE = pattern(r":{3,}|\{%|\{\{|<%|%\}|\{:|\{#[^}]*\}$|!!!|\?\?\?|@[A-Za-z]+\(|=== \"|\{[/A-Za-z]|\[\[[^\]]*\]\]$|\[!|<<<|\\[a-z]+\{")
# A line of prose in a box: `{{ note }}Back up first, since this cannot be undone.{{ end }}`.
_BOXED = pattern(r"\{\{[^{}]*\}\}[^{}\s][^{}]{38,}[^{}]\{\{[^{}]*\}\}[ \t]*$")
_IMPORT = pattern(r"(?:import|export)\s+(?:[\w*{]|default\b).*(?:from\s+['\"]|['\"];?$|=|\{$)")
_HTML_BLOCK = pattern(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt"
    r"|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu"
    r"|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track"
    r"|ul)(?:[ \t]|/?>|$)",
    re.IGNORECASE,
)
_HTML_RAW = pattern(r"<(script|pre|style|textarea)(?:[ \t>]|$)", re.IGNORECASE)
_HTML_TAG = pattern(r"</?[A-Za-z][\w.:-]*(?:\s[^<>]*)?/?>[ \t]*$")
_HTML_OPEN = pattern(r"</?[A-Z][\w.]*(?:\s|>|/|$)|<>|</>")


# What a line begins with that may be more than the first line of a paragraph; "i" and "e" for "import" and "export".
_SIGNS = frozenset("`~#<>=|-+*_0123456789$[:{!?%@\\ie")


class _Line(NamedTuple):
    start: int  # of the whole line, container marks included
    end: int  # without the line end
    at: int  # where its content begins, indentation skipped
    indent: int  # columns of indentation inside the container
    lazy: bool = False  # a paragraph line that left out its quote mark or indentation


class _Piece(NamedTuple):
    kind: Kind
    first: _Line
    last: _Line
    inner: Span
    level: int = 0
    group: int = 0


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a Markdown text; see `Block` for what each field holds."""
    section = -1
    make = partial(tuple.__new__, Block)  # in half of the time of calling the class
    for number, piece in enumerate(_Scanner(text).scan()):
        kind, first, last, inner, level, group = piece
        span = inner if inner == (first.start, last.end) else Span(first.start, last.end)  # mostly one value for both
        yield make((number, kind, span, inner, level, group, section, "body"))
        if kind == "heading":
            section = number


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.groups = count(1)

    def scan(self) -> Iterator[_Piece]:
        text = self.text
        make = partial(tuple.__new__, _Line)
        rows: list[_Line] = [
            make((start, end, start, 0, False)) if text[start] not in " \t" else self.line(start, end, start) for start, end in lines.split(text)
        ]
        at = 0
        if rows and (end := self.front_matter(rows)):
            yield self.piece("front", rows[0], rows[end - 1])
            at = end
        yield from self.pieces(rows[at:], 0, 0)

    # -- lines -------------------------------------------------------------------------------------------------------

    def line(self, start: int, end: int, at: int, column: int = 0) -> _Line:
        indent = 0
        text = self.text
        while at < end and text[at] in " \t":
            indent += 1 if text[at] == " " else 4 - (column + indent) % 4
            at += 1
        return _Line(start, end, at, indent)

    def content(self, line: _Line) -> str:
        return self.text[line.at : line.end]

    def piece(self, kind: Kind, first: _Line, last: _Line, inner: Span | None = None, level: int = 0, group: int = 0) -> _Piece:
        return _Piece(kind, first, last, inner or Span(first.at, last.end), level, group)

    def trimmed(self, start: int, end: int) -> Span:
        while end > start and self.text[end - 1] in " \t\r\n":
            end -= 1
        return tuple.__new__(Span, (start, end))

    # -- blocks ------------------------------------------------------------------------------------------------------

    def front_matter(self, rows: list[_Line]) -> int:
        """Return the number of lines of front matter, 0 for none."""
        first = self.text[rows[0].start : rows[0].end].rstrip()
        closing = {"---": ("---", "..."), "+++": ("+++",), "{": ("}",), ";;;": (";;;",)}.get(first)
        if closing is None:
            return 0
        for number in range(1, len(rows)):
            if self.text[rows[number].start : rows[number].end].rstrip() in closing:
                # A thematic break, a paragraph and another break look alike; front matter has keys and no blank first line.
                body = [self.content(row) for row in rows[1:number]]
                keyed = first == "{" or not body or any(":" in row or "=" in row for row in body)
                return number + 1 if keyed and (not body or body[0]) else 0
        return 0

    def pieces(self, rows: list[_Line], level: int, group: int, depth: int = 0) -> Iterator[_Piece]:
        """Yield the blocks of the lines of one container."""
        if depth > DEEPEST:
            filled = [row for row in rows if row.at < row.end]
            if filled:
                yield self.piece("code", filled[0], filled[-1])
            return
        at, size = 0, len(rows)
        while at < size:
            row = rows[at]
            if row.at >= row.end:
                at += 1
                continue
            first = self.text[row.at]
            if first not in _SIGNS and row.indent < 4 and (at + 1 == size or rows[at + 1].at >= rows[at + 1].end):
                # A line of text between blank lines, as most are in most articles.
                yield _Piece("paragraph", row, row, self.trimmed(row.at, row.end), level, group)
                at += 1
                continue
            content = self.content(row)
            if row.indent >= 4:
                end = self.indented(rows, at)
                yield self.piece("code", row, rows[end - 1])
            elif content[0] in "`~" and (fence := _FENCE.match(content)):
                end = self.fenced(rows, at, fence.group(1) or fence.group(2))
                yield self.piece("code", row, rows[end - 1])
            elif content[0] == "#" and (mark := _HEADING.match(content)):
                end = at + 1
                yield self.heading(row, len(mark.group(1)), row.at + mark.end(), group)
            elif content[0] in "<>=|" and _CONFLICT.match(content) and row.indent == 0:
                end = at + 1
                yield self.piece("conflict", row, row)
            elif content[0] in "-*_" and _BREAK.match(content):
                end = at + 1
                yield self.piece("break", row, row)
            elif content[0] == ">":
                end = self.quoted(rows, at)
                yield from self.quote(rows[at:end], level, depth)
            elif self.is_item(content):
                end = self.listed(rows, at)
                yield from self.items(rows[at:end], level, depth)
            elif content[0] == "$" and content.startswith("$$"):
                end = self.until(rows, at, "$$", skip=2)
                yield self.piece("code", row, rows[end - 1])
            elif content[0] == "<" and (end := self.markup(rows, at, content)):
                yield self.piece("html", row, rows[end - 1])
            elif content[0] == "[" and _DEFINITION.match(content):
                end = self.definition(rows, at, content)
                yield self.piece("definition", row, rows[end - 1])
            elif self.is_directive(content):
                end = at + 1
                yield self.piece("directive", row, row)
            elif content[0] in "ie" and depth == 0 and _IMPORT.match(content):
                end = at + 1
                while end < size and rows[end].at < rows[end].end:
                    end += 1
                yield self.piece("directive", row, rows[end - 1])
            elif at + 1 < size and self.is_table(content, rows[at + 1]):
                end = self.table_end(rows, at + 2)
                yield from self.table(rows[at:end], level)
            else:
                end = self.paragraph_end(rows, at)
                yield from self.paragraph(rows[at:end], level, group)
            at = end

    def is_item(self, content: str) -> bool:
        return content[0] in "-+*0123456789" and _ITEM.match(content) is not None

    def is_directive(self, content: str) -> bool:
        return content[0] in ":{<%!?@=[\\" and _DIRECTIVE.match(content) is not None and not _BOXED.match(content)

    def is_table(self, content: str, below: _Line) -> bool:
        if "|" not in content or below.indent >= 4 or below.lazy or below.at >= below.end:
            return False
        under = self.content(below)
        return under[0] in "|:-" and ("|" in under or ":" in under) and _DELIMITER.match(under) is not None

    def indented(self, rows: list[_Line], at: int) -> int:
        end = at + 1
        for number in range(at + 1, len(rows)):
            if rows[number].at < rows[number].end:
                if rows[number].indent < 4 or rows[number].lazy:
                    break
                end = number + 1
        return end

    def fenced(self, rows: list[_Line], at: int, fence: str) -> int:
        for number in range(at + 1, len(rows)):
            row = rows[number]
            if row.indent < 4 and self.text.startswith(fence, row.at) and not self.content(row).strip(fence[0] + " \t"):
                return number + 1
        return len(rows)

    def until(self, rows: list[_Line], at: int, mark: str, skip: int = 0) -> int:
        """Return the end of a block that ends in the line where a mark stands; in the first line it is looked for after `skip`."""
        for number in range(at, len(rows)):
            start = rows[number].at + (skip if number == at else 0)
            if self.text.find(mark, start, rows[number].end) >= 0:
                return number + 1
        return len(rows)

    def markup(self, rows: list[_Line], at: int, content: str) -> int:
        """Return the end of an HTML block, 0 where the line does not begin one."""
        if raw := _HTML_RAW.match(content):
            close = f"</{raw.group(1).lower()}>"
            for number in range(at, len(rows)):
                if close in self.content(rows[number]).lower():
                    return number + 1
            return len(rows)
        for opening, close in (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")):
            if content.startswith(opening):
                return self.until(rows, at, close, len(opening) if opening != "<!--" else 2)
        if content[1:2] == "!" and content[2:3].isalpha():
            return self.until(rows, at, ">")
        if _HTML_BLOCK.match(content) or _HTML_TAG.match(content) or _HTML_OPEN.match(content):
            return self.blank_after(rows, at)
        return 0

    def blank_after(self, rows: list[_Line], at: int) -> int:
        while at < len(rows) and rows[at].at < rows[at].end:
            at += 1
        return at

    def definition(self, rows: list[_Line], at: int, content: str) -> int:
        end = at + 1
        if _FOOTNOTE.match(content):  # its further paragraphs are indented
            for number in range(at + 1, len(rows)):
                row = rows[number]
                if row.at >= row.end:
                    continue
                if row.indent < 2 and (number > end or self.interrupts(rows, number)):
                    break
                end = number + 1
            return end
        while end < len(rows) and rows[end].at < rows[end].end and not self.interrupts(rows, end):
            if _DEFINITION.match(self.content(rows[end])):
                break  # the next definition
            end += 1  # a destination or title on a line of its own; in doubt, all of it is opaque
        return end

    def heading(self, row: _Line, level: int, at: int, group: int) -> _Piece:
        inner = self.trimmed(at, row.end)
        closed = self.text[inner.start : inner.end].rstrip("#")
        if closed != self.text[inner.start : inner.end] and (not closed or closed[-1] in " \t"):
            inner = self.trimmed(inner.start, inner.start + len(closed))
        return self.piece("heading", row, row, Span(min(inner.start, row.end), max(inner.start, inner.end)), level, group)

    def table_end(self, rows: list[_Line], at: int) -> int:
        while at < len(rows) and rows[at].at < rows[at].end and rows[at].indent < 4 and not self.starts_other(rows, at):
            at += 1
        return at

    def table(self, rows: list[_Line], level: int) -> Iterator[_Piece]:
        group = next(self.groups)
        yield self.piece("directive", rows[0], rows[1], group=group)  # the header: never a duplicate of a row
        for row in rows[2:]:
            start = row.at + (self.text[row.at] == "|")
            inner = self.trimmed(start, row.end)
            if inner.end > inner.start and self.text[inner.end - 1] == "|":
                inner = self.trimmed(inner.start, inner.end - 1)
            while inner.start < inner.end and self.text[inner.start] in " \t":
                inner = Span(inner.start + 1, inner.end)
            yield self.piece("row", row, row, inner, level, group)

    # -- containers --------------------------------------------------------------------------------------------------

    def quoted(self, rows: list[_Line], at: int) -> int:
        """Return the end of a block quote that begins at a line, lazy paragraph lines included."""
        end = at
        open_paragraph = False
        while end < len(rows):
            row = rows[end]
            if row.at < row.end and row.indent < 4 and self.text[row.at] == ">":
                raw = self.content(row)[1:]
                rest = raw.strip()
                code = not open_paragraph and raw.startswith(("     ", "\t"))
                open_paragraph = bool(rest) and not code and rest[0] not in "#`~>-*+=<|" and not _BREAK.match(rest)
            elif row.at >= row.end or not open_paragraph or self.interrupts(rows, end):
                break
            end += 1
        return end

    def quote(self, rows: list[_Line], level: int, depth: int) -> Iterator[_Piece]:
        group = next(self.groups)
        inside: list[_Line] = []
        for row in rows:
            if row.at < row.end and row.indent < 4 and self.text[row.at] == ">":
                after = row.at + 1
                column = row.indent + 1
                if self.text[after : after + 1] == " ":
                    after, column = after + 1, column + 1
                inside.append(self.line(row.start, row.end, after, column))
            else:
                inside.append(row._replace(lazy=True, indent=0))
        for piece in self.pieces(inside, level + 1, group, depth + 1):
            if piece.kind == "paragraph":
                yield piece._replace(kind="quote", level=level + 1, group=group)
            elif piece.kind == "heading":  # a heading in a quote governs nothing outside it
                yield piece._replace(kind="directive")
            else:
                yield piece

    def marker(self, row: _Line) -> tuple[str, int, int] | None:
        """Return an item's kind of marker, its width and the columns to its content; None where the line is no item."""
        if row.at >= row.end or row.indent >= 4 or row.lazy:
            return None
        content = self.content(row)
        found = _ITEM.match(content) if content[0] in "-+*0123456789" else None
        if found is None or (content[0] in "-*" and _BREAK.match(content)):
            return None
        width = found.end()
        if content[width : width + 1] == " " and content[width + 1 : width + 2] not in ("", " ", "\t"):
            return content[width - 1], width, row.indent + width + 1  # nearly always
        padding = len(content[width:]) - len(content[width:].lstrip(" \t"))
        wide = padding == 0 or padding > 4 or width + padding >= len(content)
        return content[width - 1], width, row.indent + width + (1 if wide else padding)

    def listed(self, rows: list[_Line], at: int) -> int:
        """Return the end of a list that begins at a line: items of one kind of marker, with all that is indented under them."""
        first = self.marker(rows[at])
        assert first is not None
        kind, _, offset = first
        end = at + 1
        number = at + 1
        blank = False
        while number < len(rows):
            row = rows[number]
            if row.at >= row.end:
                blank = True
            elif row.indent >= offset and not row.lazy:
                end = number + 1
                blank = False
            elif (mark := self.marker(row)) is not None:
                if mark[0] != kind:
                    break
                offset = mark[2]
                end, blank = number + 1, False
            elif not blank and not self.interrupts(rows, number):
                end = number + 1  # a lazy continuation, or text under an opaque block: it belongs to the item either way
            else:
                break
            number += 1
        return end

    def items(self, rows: list[_Line], level: int, depth: int) -> Iterator[_Piece]:
        group = next(self.groups)
        starts: list[tuple[int, int, int]] = []
        offset = 0
        for number, row in enumerate(rows):
            if number == 0 or (row.at < row.end and row.indent < offset):
                mark = self.marker(row)
                if mark is not None:
                    starts.append((number, mark[1], mark[2]))
                    offset = mark[2]
        for order, (number, width, offset) in enumerate(starts):
            stop = starts[order + 1][0] if order + 1 < len(starts) else len(rows)
            yield from self.item(rows[number:stop], width, offset, level + 1, group, depth + 1)

    def item(self, rows: list[_Line], width: int, offset: int, level: int, group: int, depth: int) -> Iterator[_Piece]:
        first = rows[0]
        column = first.indent + width
        head = self.line(first.start, first.end, first.at + width, column)
        spare = head.indent if head.at < head.end else 1
        inside = [_Line(head.start, head.end, head.at, 0 if spare <= 4 else spare - 1)]
        if len(rows) == 1 and head.at < head.end and spare <= 4 and depth <= DEEPEST and self.text[head.at] not in _SIGNS:
            yield _Piece("item", inside[0], inside[0], self.trimmed(head.at, head.end), level, group)  # nearly always
            return
        for row in rows[1:]:
            lazy = row.lazy or (row.at < row.end and row.indent < offset)
            inside.append(row._replace(indent=max(0, row.indent - offset), lazy=lazy))
        own = True
        for piece in self.pieces(inside, level, group, depth):
            if own and piece.first is inside[0]:
                if piece.kind == "paragraph":
                    yield piece._replace(kind="item", level=level, group=group)
                else:  # "- # heading", "- > quote", "- - item": unusual enough to be left alone
                    yield piece if piece.kind in ("item", "code") else piece._replace(kind="directive", level=level, group=group)
            else:
                if own and head.at >= head.end:
                    yield _Piece("directive", first, first, Span(first.at, first.end), level, group)
                yield piece._replace(kind="directive") if piece.kind == "heading" else piece
            own = False
        if own and head.at >= head.end:
            yield _Piece("directive", first, first, Span(first.at, first.end), level, group)

    # -- paragraphs --------------------------------------------------------------------------------------------------

    def starts_other(self, rows: list[_Line], at: int) -> bool:
        """Whether a line begins a block of another kind, even right under a table."""
        row = rows[at]
        content = self.content(row)
        if row.indent >= 4:
            return False
        return (
            content[0] == ">"
            or (content[0] in "`~" and _FENCE.match(content) is not None)
            or (content[0] == "#" and _HEADING.match(content) is not None)
            or (content[0] in "-*_" and _BREAK.match(content) is not None)
            or (content[0] in "<>=|" and row.indent == 0 and _CONFLICT.match(content) is not None)
            or (content[0] == "<" and self.markup_interrupts(content))
            or self.is_directive(content)
        )

    def markup_interrupts(self, content: str) -> bool:
        return (
            _HTML_BLOCK.match(content) is not None
            or _HTML_RAW.match(content) is not None
            or content.startswith(("<!--", "<?", "<![CDATA["))
            or _HTML_OPEN.match(content) is not None
        )

    def interrupts(self, rows: list[_Line], at: int) -> bool:
        """Whether a line ends the paragraph above it."""
        row = rows[at]
        if row.indent >= 4 or row.lazy:
            return False
        if self.starts_other(rows, at):
            return True
        mark = self.marker(row)
        if mark is None:
            return False
        content = self.content(row)
        return len(content) > mark[1] and (not content[0].isdigit() or content[: mark[1] - 1] == "1")

    def paragraph_end(self, rows: list[_Line], at: int) -> int:
        end = at + 1
        plain = ""  # a line that ended nothing; where it stands below itself, it is not asked again
        while end < len(rows) and rows[end].at < rows[end].end:
            content = self.content(rows[end])
            if content == plain and not rows[end].indent:
                end += 1
                continue
            if rows[end].indent < 4 and not rows[end].lazy and _SETEXT.match(content):
                return end + 1
            if self.interrupts(rows, end):
                break
            if end + 1 < len(rows) and self.is_table(content, rows[end + 1]):
                break
            plain = content if not (rows[end].indent or rows[end].lazy or "|" in content) else ""
            end += 1
        return end

    def paragraph(self, rows: list[_Line], level: int, group: int) -> Iterator[_Piece]:
        last = rows[-1]
        if len(rows) > 1 and last.indent < 4 and not last.lazy and (mark := _SETEXT.match(self.content(last))):
            inner = self.trimmed(rows[0].at, rows[-2].end)
            yield self.piece("heading", rows[0], last, inner, 1 if mark.group(1)[0] == "=" else 2, group)
            return
        if len(rows) > 1 and group == 0:
            said = [self.content(row) for row in rows]
            # A trailing double space or backslash is a break that the author set: verse, addresses.
            if not any(line.endswith(("  ", "\\")) for line in said) and shape.one_a_line([said]):
                make = partial(tuple.__new__, _Piece)
                for row in rows:
                    yield make(("paragraph", row, row, self.trimmed(row.at, row.end), level, group))
                return
        inner = self.trimmed(rows[0].at, last.end)
        # "[" may begin a definition whose label holds brackets or runs over lines.
        doubtful = self.text[inner.start] == "[" and self.text.find("]:", *inner) >= 0
        yield self.piece("definition" if doubtful else "paragraph", rows[0], last, inner, level, group)
