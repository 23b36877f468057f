"""
Text for people's terminals: nothing that an article, a file name or an exception holds may steer one.

A title can carry an escape sequence that clears the screen, a file name a bidirectional override that shows `fdp.exe` as
`exe.pdf`. Whatever came from outside goes through `visible`; the only escape sequences written are those of `Paint`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category, east_asian_width

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

_JOINER = "\N{ZERO WIDTH JOINER}"
_EMOJI = "\N{VARIATION SELECTOR-16}"  # shows the character before it as a picture, two columns wide
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)  # letters of flags, of which two are one flag
_JAMO = range(0x1160, 0x1200)  # vowels and finals of Hangul, drawn into the consonant before them
#: What a joiner joins: pictures. Between letters of Indic scripts it only changes their shape.
_PICTURES = (range(0x2190, 0x2C00), range(0x1F000, 0x20000))


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
    for character in characters(text):
        used += columns(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def columns(text: str) -> int:
    """
    Return how many columns a text takes: wide East Asian characters and emoji take two, marks and joiners none.

    What terminals of today draw as one picture counts as one: flags, keycaps, skin tones, families. (Older ones draw some of them as
    their parts. wcwidth tells the same, and `tests/test_columns.py` holds this against it; importing it takes a hook 40 ms.)

    >>> columns("ab"), columns("渡し船"), columns("e\N{COMBINING ACUTE ACCENT}"), columns("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}")
    (2, 6, 1, 2)
    """
    if text.isascii():
        return len(text)
    return sum(map(_width, characters(text)))


def flow(text: str, width: int) -> list[str]:
    """
    Break a visible text into rows of at most so many columns, between words where there are any.

    >>> flow("to keep the 渡し船の運休 in mind", 11)
    ['to keep the', '渡し船の運', '休 in mind']
    """
    rows, row, width = [], "", max(width, 1)
    for word in text.split():
        while columns(word) > width:
            rows += [row] if row else []
            row, used = "", 0
            at = 0
            for character in characters(word):
                used += columns(character)
                if used > width and at:
                    break
                at += len(character)
            rows.append(word[:at])
            word = word[at:]
        if row and columns(row) + 1 + columns(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row] if row else rows


def characters(text: str) -> Iterator[str]:
    """Yield what a reader takes for one character: with its marks, or all that one picture is made of."""
    if text.isascii():
        yield from text
        return
    start, flag = 0, False
    for at in range(1, len(text)):
        number = ord(text[at])
        paired = number in _FLAG and ord(text[at - 1]) in _FLAG and not flag
        if paired or _continues(text, at, number):
            flag = paired
            continue
        yield text[start:at]
        start, flag = at, False
    if text:
        yield text[start:]


def _continues(text: str, at: int, number: int) -> bool:
    """Whether a character belongs to the one before it."""
    if number < 0x300:
        return False
    if text[at - 1] == _JOINER and at > 1:
        return any(number in pictures for pictures in _PICTURES)
    return number in _SKIN or number in _JAMO or category(text[at]) in ("Mn", "Me", "Cf")


def _width(character: str) -> int:
    first = character[0]
    if len(character) > 1 and (_EMOJI in character or ord(first) in _FLAG):
        return 2
    if category(first) in ("Mn", "Me", "Cf") or ord(first) in _JAMO:
        return int(first == "\N{SOFT HYPHEN}")
    return 2 if east_asian_width(first) in "WF" else 1


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


@lru_cache(maxsize=64)
def _located(path: str) -> str:
    import os
    from urllib.parse import quote

    if not os.path.exists(path):
        return ""
    host = os.uname().nodename if hasattr(os, "uname") else ""  # tells a terminal that a file is on another machine
    whole = os.path.abspath(path).replace(os.sep, "/")
    drive = "" if whole.startswith("/") else "/"
    return f"file://{quote(host, safe='')}{drive}{quote(os.fsencode(whole), safe='/:')}"


def address(path: str, line: int = 0) -> str:
    """
    Return the URL of a file and a line of it, in ASCII without anything that could end it early; "" where there is no file.

    The line stands behind "#", as kitty and VS Code read it; others open the file. (With "#L12" kitty reads nothing.)
    """
    url = _located(path) if path not in ("", "-") else ""
    return f"{url}#{line}" if url and line else url


class Paint:
    """The few colours of the reports, and links to places in files; plain text where they are off."""

    def __init__(self, color: bool, links: bool = False) -> None:
        self.color = color
        self.links = links

    def link(self, text: str, path: str, line: int = 0) -> str:
        """Make a text lead to a file that is there, and to a line of it."""
        if not self.links or not text or not (url := address(path, line)):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"

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
