"""
AsciiDoc to blocks, by its own conventions: delimiter lines, marker lines, blank lines.

One walk over the lines. Delimited blocks are opaque with all they hold, examples, sidebars and quotes too: what stands
in them is set off on purpose. Attribute lines and block titles go untouched, and so does a paragraph that they make a
listing or verse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from cleaner import lines
from cleaner.model import Block, Kind, Role, Span

_HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"([=\-~^+])\1+[ \t]*$")
_WORD = re.compile(r"\w")
_DELIMITER = re.compile(
    r"(?:-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|[|,:!]={3,}|`{3})(?=[ \t]*$|(?<=```)[\w+#-]{1,40}[ \t]*$)"
)
_ATTRIBUTE = re.compile(r":!?\w[\w-]{0,200}!?:(?:[ \t]|$)")
_BLOCK_ATTRIBUTES = re.compile(r"\[(?:\[[^\[\]]{1,300}\]|[^\[\]](?:[^\[\]]|\[[^\[\]]*\])*)?\][ \t]*$")
_BLOCK_TITLE = re.compile(r"\.[^\s.]")
_MACRO = re.compile(r"[A-Za-z][\w-]{0,60}::[^\s\[]{0,2000}\[.*\][ \t]*$")
_BREAK = re.compile(r"(?:'{3,}|-{3}|\*{3}|_{3}|<{3,}|- - -|\* \* \*)[ \t]*$")
_ITEM = re.compile(r"[ \t]*(\*{1,6}|-|\.{1,6}|\d{1,9}[.)]|[A-Za-z]\.|[ivxIVX]{1,7}\)|•)[ \t]+(?=\S)")
_CALLOUT = re.compile(r"<(?:\d{1,4}|\.)>[ \t]+")
_TERM = re.compile(r"[ \t]*(?!//)\S[^\r\n]{0,400}?(:{2,4}|;;)(?=[ \t]|$)")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7}) ")
_OPAQUE_STYLE = re.compile(
    r"\[(?:source|listing|literal|verse|stem|latexmath|asciimath|pass|comment|,|format|csv|mermaid|plantuml|ditaa|graphviz|subs)\b|\[,",
    re.IGNORECASE,
)
_QUOTE_STYLE = re.compile(r"\[(?:quote)\b", re.IGNORECASE)
_FENCES: dict[str, Kind] = {"-": "code", ".": "code", "+": "code", "`": "code", "/": "html"}

_Piece = tuple[Kind, Span, Span, int, int, Role]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of an AsciiDoc text; see `Block` for what each field holds."""
    section = -1
    for number, (kind, span, inner, level, group, role) in enumerate(_Scanner(text).scan()):
        yield Block(number, kind, span, inner, level, group, section, role)
        if kind == "heading":
            section = number


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = list(lines.split(text))
        self.at = 0
        self.markers: list[tuple[str, int]] = []  # the open lists: marker and group
        self.groups = count(1)
        self.style = ""  # what the attribute line above makes of the next block
        self.conflict = False  # between the marks of a merge conflict
        self.titled = False
        self.attached = -1  # line of a "+" that ties the next block to its list item

    def scan(self) -> Iterator[_Piece]:
        """Yield what the text holds, in reading order."""
        if self._said(0).rstrip() == "---" and (end := self._closing("---", 1)) is not None:
            yield self._opaque("front", 0, end)
        blank = False
        while self.at < len(self.lines):
            said = self._said(self.at)
            if not said.strip():
                self.at += 1
                blank = True
                continue
            before, attached = self.at, self.attached
            yield from self._element(said, blank)
            if attached == self.attached and before != self.at:
                self.attached = -1
            blank = False

    def _element(self, said: str, blank: bool) -> Iterator[_Piece]:
        here = self.at
        if _CONFLICT.match(said) or (self.conflict and said.rstrip() == "======="):
            self.conflict = not said.startswith(">")
            yield self._opaque("conflict", here, here + 1)
        elif (heading := self._heading(said)) is not None:
            self.markers.clear()
            self.style = ""
            yield heading
            if heading[5] == "title":
                yield from self._header()
        elif delimiter := _DELIMITER.match(said):
            yield self._fenced(delimiter.group())
        elif said.startswith("//") and not said.startswith("///"):
            yield self._opaque("html", here, here + 1)
            if not self._said(here + 1).strip() and blank:
                self.markers.clear()  # a comment between blank lines is how two lists are kept apart
        elif _ATTRIBUTE.match(said):
            yield self._attribute_entry()
        elif said[0] == "[" and _BLOCK_ATTRIBUTES.match(said):
            if not said.startswith("[["):
                self.style = said
            yield self._opaque("directive", here, here + 1)
        elif _BLOCK_TITLE.match(said) or _MACRO.match(said):
            yield self._opaque("directive", here, here + 1)
        elif _BREAK.match(said):
            self.markers.clear()
            yield self._opaque("break", here, here + 1)
        elif said.rstrip() == "+":
            yield from self._continuation()
        elif (found := _ITEM.match(said)) is not None:
            yield self._item(found.group(1), self.lines[here].start + found.end())
        elif _CALLOUT.match(said):
            yield self._opaque("definition", here, self._item_end(here + 1))
        elif (term := _TERM.match(said)) is not None:
            yield self._described(term)
        elif said[0] in " \t":
            if blank:
                self.markers.clear()
            yield self._opaque("code", here, self._paragraph_end(here + 1))
        elif said.startswith(("> ", "|")):
            yield self._opaque("directive", here, self._paragraph_end(here + 1))
        else:
            yield self._paragraph(blank)

    # -- elements ------------------------------------------------------------------------------------------------

    def _opaque(self, kind: Kind, first: int, last: int) -> _Piece:
        self.at = max(last, first + 1)
        span = Span(self.lines[first].start, self.lines[self.at - 1].end)
        if kind != "directive" and kind != "html":
            self.style = ""
        return kind, span, Span(span.end, span.end), 0, self.markers[-1][1] if self.markers else 0, "body"

    def _heading(self, said: str) -> _Piece | None:
        here = self.at
        line = self.lines[here]
        if mark := _HEADING.match(said):
            bare = said.rstrip()
            unmarked = bare.rstrip("=")  # "== Title ==" closes as it opens
            end = line.start + len(
                unmarked.rstrip() if unmarked[-1:] in (" ", "\t") and mark.end() < len(unmarked) else bare
            )
            level = len(mark.group(1))
            self.at = here + 1
            return self._titled(Span(line.start, line.end), Span(line.start + mark.end(), end), level)
        under = _UNDERLINE.match(self._said(here + 1))
        if (
            under is None
            or said[0] in " \t[.|/"
            or not _WORD.search(said)
            or _ITEM.match(said)
            or _ATTRIBUTE.match(said)
        ):
            return None
        if abs(len(said.rstrip()) - len(under.group().rstrip())) > 1 or len(under.group().rstrip()) < 2:
            return None
        self.at = here + 2
        level = "=-~^+".index(under.group(1)) + 1
        return self._titled(Span(line.start, self.lines[here + 1].end), self._trimmed(line.start, line.end), level)

    def _titled(self, span: Span, inner: Span, level: int) -> _Piece:
        role: Role = "title" if level == 1 and not self.titled else "body"
        self.titled = True
        return "heading", span, inner, level, 0, role

    def _header(self) -> Iterator[_Piece]:
        """The author and revision lines under the document's title; attribute entries are told apart by themselves."""
        first = self.at
        while self.at < len(self.lines) and self.at < first + 2:
            said = self._said(self.at)
            if not said.strip() or said[0] in ":/[=.*-+|" or _MACRO.match(said):
                return
            yield self._opaque("front", self.at, self.at + 1)

    def _fenced(self, delimiter: str) -> _Piece:
        first = self.at
        end = self._closing("```" if delimiter.startswith("```") else delimiter, first + 1)
        kind = _FENCES.get(delimiter[0], "directive") if delimiter != "--" else "directive"
        # A block that is never closed takes the rest of the text, as in Asciidoctor.
        return self._opaque(kind, first, end if end is not None else len(self.lines))

    def _closing(self, delimiter: str, first: int) -> int | None:
        for number in range(first, len(self.lines)):
            line = self.lines[number]
            if self.text.startswith(delimiter, line.start) and self.text[line.start : line.end].rstrip() == delimiter:
                return number + 1
        return None

    def _attribute_entry(self) -> _Piece:
        first = last = self.at
        while self._said(last).rstrip().endswith((" \\", " +")) and last + 1 < len(self.lines):
            last += 1
        return self._opaque("directive", first, last + 1)

    def _continuation(self) -> Iterator[_Piece]:
        """A "+" ties what follows to the list item; it goes with the paragraph it ties, and stays before all else."""
        here = self.at
        below = self._said(here + 1)
        plain = (
            bool(below.strip())
            and below[0] not in " \t[.|/:+"
            and not self._interrupts(below)
            and not _TERM.match(below)
        )
        if plain and self.markers and not _UNDERLINE.match(self._said(here + 2)) and not _CALLOUT.match(below):
            last = self._paragraph_end(here + 2)
            self.at = last
            inner = self._trimmed(self.lines[here + 1].start, self.lines[last - 1].end)
            span = Span(self.lines[here].start, self.lines[last - 1].end)
            kind: Kind = "directive" if _OPAQUE_STYLE.match(self.style) else "paragraph"
            self.style = ""
            yield kind, span, inner, 0, self.markers[-1][1], "body"
        else:
            self.attached = here
            yield self._opaque("directive", here, here + 1)

    def _item(self, marker: str, start: int) -> _Piece:
        kind = re.sub(r"\d+", "1", marker) if marker[0].isdigit() else "a." if marker[0].isalpha() else marker
        group, level = self._listed(kind)
        first = self.at
        self.at = self._item_end(first + 1)
        self.style = ""
        span = Span(self.lines[first].start, self.lines[self.at - 1].end)
        return "item", span, self._trimmed(start, span.end), level, group, "body"

    def _described(self, term: re.Match[str]) -> _Piece:
        """A term with its description: one item, the term inside, for it is what tells two apart."""
        group, level = self._listed(term.group(1))
        first = self.at
        last = first + 1
        if not self._said(first)[term.end() :].strip():  # the description begins below, blank lines or not
            below = last
            while below < len(self.lines) and not self._said(below).strip():
                below += 1
            said = self._said(below)
            plain = (
                said.strip() and not self._interrupts(said.lstrip()) and not _TERM.match(said) and said.rstrip() != "+"
            )
            if plain and (below == last or said[0] in " \t"):
                last = below + 1
        self.at = self._item_end(last)
        self.style = ""
        span = Span(self.lines[first].start, self.lines[self.at - 1].end)
        return "item", span, self._trimmed(span.start, span.end), level, group, "body"

    def _listed(self, marker: str) -> tuple[int, int]:
        """Return group and depth of an item: its marker tells which of the open lists it carries on."""
        for depth, (held, group) in enumerate(self.markers):
            if held == marker:
                del self.markers[depth + 1 :]
                return group, depth + 1
        self.markers.append((marker, next(self.groups)))
        return self.markers[-1][1], len(self.markers)

    def _paragraph(self, blank: bool) -> _Piece:
        first = self.at
        tied = self.attached >= 0
        if blank and not tied:
            self.markers.clear()
        self.at = self._paragraph_end(first + 1)
        span = Span(self.lines[first].start, self.lines[self.at - 1].end)
        style, self.style = self.style, ""
        group = self.markers[-1][1] if self.markers else 0
        if _OPAQUE_STYLE.match(style):
            return "code", span, Span(span.end, span.end), 0, group, "body"
        kind: Kind = "quote" if _QUOTE_STYLE.match(style) else "paragraph"
        return kind, span, self._trimmed(*span), int(kind == "quote"), group, "body"

    # -- looking about -------------------------------------------------------------------------------------------

    def _said(self, number: int) -> str:
        return self.text[self.lines[number].start : self.lines[number].end] if number < len(self.lines) else ""

    def _interrupts(self, said: str) -> bool:
        """Whether a line ends the paragraph above it."""
        return bool(
            _DELIMITER.match(said)
            or (said[:1] == "[" and _BLOCK_ATTRIBUTES.match(said))
            or _CONFLICT.match(said)
            or (self.conflict and said.rstrip() == "=======")
        )

    def _paragraph_end(self, number: int) -> int:
        while number < len(self.lines):
            said = self._said(number)
            if not said.strip() or self._interrupts(said) or (said.rstrip() == "+" and self.markers):
                break
            number += 1
        return number

    def _item_end(self, number: int) -> int:
        while number < len(self.lines):
            said = self._said(number)
            if not said.strip() or said.rstrip() == "+" or self._interrupts(said):
                break
            if _ITEM.match(said) or _TERM.match(said) or _CALLOUT.match(said) or said.startswith("//"):
                break
            if _BLOCK_TITLE.match(said) or _MACRO.match(said) or _ATTRIBUTE.match(said) or _HEADING.match(said):
                break
            number += 1
        return number

    def _trimmed(self, start: int, end: int) -> Span:
        while end > start and self.text[end - 1].isspace():
            end -= 1
        while start < end and self.text[start].isspace():
            start += 1
        return Span(start, end)
