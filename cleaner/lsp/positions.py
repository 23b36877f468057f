"""
Places in a document: our offsets count code points, the client's columns count what it has agreed on.

A line ends at \\n, \\r\\n or \\r, as the protocol has it and `cleaner.lines` too. (pygls keeps documents itself, but ends lines
where `str.splitlines` does; one form feed in an article, and all that is below it would be edited a line too high.)
"""

from __future__ import annotations

from typing import Literal

from cleaner.lines import Lines

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}


class Text:
    """One version of a document's text. Frozen; `changed` gives the next one."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self.text = _whole(text)
        self.encoding: Encoding = encoding
        self._made: Lines | None = None

    @property
    def lines(self) -> Lines:
        if self._made is None:
            self._made = Lines(self.text)
        return self._made

    def position(self, offset: int) -> tuple[int, int]:
        """Return the client's line and column of an offset, both from 0. Between \\r and \\n it is the line's end."""
        line, column = self.lines.at(offset)
        start = offset - column + 1
        return line - 1, self._units(self.text[start : min(offset, self._end(line))])

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a client's line and column. Behind a line's end it is that end, below the last line the text's."""
        if line >= len(self.lines):
            return len(self.text)
        start = self.lines.start(line + 1)
        said = self.text[start : self._end(line + 1)]
        return start + self._points(said, column)

    def changed(self, start: tuple[int, int], end: tuple[int, int], new: str) -> Text:
        """Return the text with another one in place of what stands between two positions."""
        first = self.offset(*start)
        last = max(first, self.offset(*end))
        return Text(self.text[:first] + new + self.text[last:], self.encoding)

    def _end(self, line: int) -> int:
        """Return where a line ends, from 1, without its line end."""
        if line >= len(self.lines):
            return len(self.text)
        end = self.lines.start(line + 1) - 1
        return end - 1 if self.text[end] == "\n" and self.text[end - 1 : end] == "\r" else end

    def _units(self, said: str) -> int:
        if self.encoding == "utf-32" or said.isascii():
            return len(said)
        codec, width = _CODECS[self.encoding]
        return len(said.encode(codec)) // width

    def _points(self, said: str, units: int) -> int:
        """Return how many characters so many units are; a character that is cut in two is not counted."""
        if self.encoding == "utf-32" or said.isascii():
            return min(units, len(said))
        codec, width = _CODECS[self.encoding]
        return len(said.encode(codec)[: units * width].decode(codec, "ignore"))


def _whole(text: str) -> str:
    """Return a text without halves of surrogate pairs, each of which counts in every encoding as the mark in its place does."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
