"""
Text for people's terminals: nothing that an article, a file name or an exception holds may steer one.

A title can carry an escape sequence that clears the screen, a file name a bidirectional override that shows `fdp.exe` as
`exe.pdf`. Whatever came from outside goes through `visible`; the only escape sequences written are those of `Paint`.
"""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

#: What is written as an escape. Zero-width joiners stay: Indic scripts, Persian and emoji are spelt with them.
_HIDDEN = (
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: they move the cursor, ring, switch character sets
    "\N{SOFT HYPHEN}\N{ARABIC LETTER MARK}"
    "\N{ZERO WIDTH SPACE}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
    "\u2028-\u202e"  # line and paragraph separator; embeddings and overrides
    "\u2060-\u2064\u2066-\u206f"  # word joiner, invisible operators; isolates; deprecated format characters
    "\ud800-\udfff"  # half a surrogate pair: how Python shows the bytes of a file name that is not UTF-8
    "\N{ZERO WIDTH NO-BREAK SPACE}\ufff9-\ufffb"  # BOM; interlinear annotation
    "\U000e0000-\U000e007f"  # tag characters: a second, invisible alphabet
    "]"
)

#: Characters without a width of their own that are no combining marks to Unicode. (The selector of emoji, U+FE0F, is not among
#: them: it makes two columns of the narrow character before it.)
_NOTHING = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-15}"


def visible(text: str) -> str:
    """
    Return the text on one line, with each character that could move, hide or reorder it written as an escape.

    >>> print(visible("red \\x1b[31m, back \\u202e, line\\n"))
    red \\x1b[31m, back \\u202e, line\\x0a
    """
    if text.isprintable():  # nothing in the table is, so the pattern is compiled only for texts that may need it
        return text
    return re.sub(_HIDDEN, lambda found: _escape(found.group()), text)


def snippet(text: str, width: int = 70) -> str:
    """Return the beginning of a text on one line, visible, in at most so many columns."""
    # Four code points a column are more than enough, and a paragraph of a megabyte is not folded for seventy columns.
    return clip(visible(" ".join(text[: width * 4].split())), width, more=len(text) > width * 4)


def clip(text: str, width: int, *, more: bool = False) -> str:
    """Return a visible text cut to so many columns, with an ellipsis where something was left out."""
    if not more and columns(text) <= width:
        return text
    used, kept = 1, []
    for character in text:
        used += columns(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def columns(text: str) -> int:
    """
    Return how many columns a text takes: wide East Asian characters and emoji take two, marks and joiners none.

    >>> columns("ab"), columns("渡し船"), columns("e\N{COMBINING ACUTE ACCENT}"), columns("\N{WOMAN}\N{ZERO WIDTH JOINER}")
    (2, 6, 1, 2)
    """
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) or char in _NOTHING else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


class Paint:
    """The few colours of the reports; plain text where colour is off."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def bold(self, text: str) -> str:
        return self._sgr("1", text)

    def dim(self, text: str) -> str:
        return self._sgr("2", text)

    def red(self, text: str) -> str:
        return self._sgr("31", text)

    def green(self, text: str) -> str:
        return self._sgr("32", text)

    def yellow(self, text: str) -> str:
        return self._sgr("33", text)

    def cyan(self, text: str) -> str:
        return self._sgr("36", text)

    def gone(self, text: str) -> str:
        """Mark words that only the copy that goes has."""
        return self._sgr("31;9", text) if self.color else f"[-{text}-]"

    def kept(self, text: str) -> str:
        """Mark words that only the copy that stays has."""
        return self._sgr("32", text) if self.color else f"{{+{text}+}}"

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text
