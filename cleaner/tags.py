"""
HTML source to tags, comments and text, each with its exact place in the source. Time grows with the length, no faster.

Why our own: edits need code-point offsets into the untouched source. `html.parser` gives lines and columns, and takes
seconds for 40 kB of `<a href="`; lxml, html5lib and selectolax build trees that no longer know where things stood;
tree-sitter-html counts bytes and recovers from errors in its own way. What is needed here is small: the tokenizer
states of the HTML standard (section 13.2.5) for tags, attributes, comments, raw text and CDATA, without character
references. A construct that the file's end cuts off takes all the rest with it, as in a browser; that is also what
keeps hostile input linear: nothing is ever scanned twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Sort = Literal["open", "close", "text", "raw", "comment", "broken"]


def words(said: str) -> frozenset[str]:
    """Return the words of a list that is easier to read without quotes and commas."""
    return frozenset(said.split())


VOID = words("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
#: Elements whose end tag may be left out; the next sibling or the parent's end closes them.
OPTIONAL = words("li dt dd p rb rt rtc rp optgroup option colgroup caption thead tbody tfoot tr td th html head body")
#: Elements that are set as blocks; all others, custom elements too, run inline, as in a browser.
BLOCKS = words(
    "h1 h2 h3 h4 h5 h6 ul ol menu dir html body p div blockquote li dl dt dd table caption colgroup col tbody thead "
    "tfoot tr td th figure figcaption section article aside main header footer hgroup address center details summary "
    "dialog fieldset legend form search pre listing hr nav frameset frame xmp plaintext optgroup"
)
#: Elements whose content is text up to their end tag, whatever it looks like. In the second group entities still count.
RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
TEXTUAL = frozenset({"title", "textarea"})

_SPACE = "\t\n\f\r "
_NAME = re.compile(r"[^\t\n\f\r />]*")
_BETWEEN = re.compile(r"[\t\n\f\r /]*")
_ATTRIBUTE = re.compile(r"[^\t\n\f\r />][^\t\n\f\r />=]*")
_EQUALS = re.compile(r"[\t\n\f\r ]*=[\t\n\f\r ]*")
_BARE = re.compile(r"[^\t\n\f\r >]*")
_COMMENT_END = re.compile(r"--!?>")
_SCRIPT_PARTS = re.compile(r"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)


class Token(NamedTuple):
    """
    One construct of the source, from `start` to `end`, in code points.

    Attributes:
        sort: "raw" is the content of a script, style, title...; "broken" is a construct that the file's end cuts off.
        name: Of a tag, in lower case; of raw text, its element's.
        closed: The tag ends in "/>" (which means something in SVG and MathML only).
    """

    sort: Sort
    name: str
    start: int
    end: int
    closed: bool = False


def tokens(text: str, at: int = 0) -> Iterator[Token]:
    """Yield every construct of an HTML source in order; their spans adjoin and cover the whole text from `at` on."""
    foreign = 0
    while at < len(text):
        start = text.find("<", at)
        token = _construct(text, start, foreign > 0) if start >= 0 else None
        while token is None and start >= 0:  # a "<" that begins nothing is text
            start = text.find("<", start + 1)
            token = _construct(text, start, foreign > 0) if start >= 0 else None
        if token is None:
            yield Token("text", "", at, len(text))
            return
        if token.start > at:
            yield Token("text", "", at, token.start)
        yield token
        at = token.end
        if token.sort == "open" and token.name in BLOCKS:
            foreign = 0  # an HTML block breaks out of SVG and MathML that was never closed
        elif token.name in ("svg", "math") and not token.closed:
            foreign = max(0, foreign + (1 if token.sort == "open" else -1))
        if (
            token.sort == "open"
            and not foreign
            and (token.name in RAW or token.name in TEXTUAL or token.name == "plaintext")
        ):
            end = _raw_end(text, token.name, at)
            if end > at:
                yield Token("raw", token.name, at, end)
            at = end


def attributes(text: str, token: Token) -> dict[str, str]:
    """Return an opening tag's attributes: names in lower case, values as written; of a repeated name, the first."""
    found: dict[str, str] = {}
    for name, value in _attributes(text, _name_end(text, token.start + 1), token.end):
        found.setdefault(name.lower(), value)
    return found


def _construct(text: str, start: int, foreign: bool) -> Token | None:
    """Read what begins at a "<"; None where it is only a character."""
    following = text[start + 1 : start + 2]
    if following.isascii() and following.isalpha():
        return _tag(text, start, start + 1, "open")
    if following == "/":
        letter = text[start + 2 : start + 3]
        if letter.isascii() and letter.isalpha():
            return _tag(text, start, start + 2, "close")
        return _until(text, start, ">", start + 2) if letter else None
    if following == "!":
        if text.startswith("<!--", start):
            return _comment(text, start)
        if foreign and text.startswith("<![CDATA[", start):
            return _until(text, start, "]]>", start + 9)
        return _until(text, start, ">", start + 2)
    return _until(text, start, ">", start + 2) if following == "?" else None


def _until(text: str, start: int, mark: str, after: int) -> Token:
    end = text.find(mark, after)
    return Token("comment", "", start, end + len(mark)) if end >= 0 else Token("broken", "", start, len(text))


def _comment(text: str, start: int) -> Token:
    for abrupt in ("<!-->", "<!--->"):
        if text.startswith(abrupt, start):
            return Token("comment", "", start, start + len(abrupt))
    # One pattern for both endings: looking for each in turn would scan the rest of the file for every comment.
    end = _COMMENT_END.search(text, start + 4)
    return Token("comment", "", start, end.end()) if end else Token("broken", "", start, len(text))


def _name_end(text: str, start: int) -> int:
    found = _NAME.match(text, start)
    return found.end() if found else start


def _tag(text: str, start: int, name_start: int, sort: Sort) -> Token:
    name_end = _name_end(text, name_start)
    name = text[name_start:name_end].lower()
    at = name_end
    if text[at : at + 1] == ">":
        return Token(sort, name, start, at + 1)
    last = name_end
    for end in _ends(text, name_end):
        last, at = at, end
    if at < 0:
        return Token("broken", name, start, len(text))
    return Token(
        sort, name, start, at + 1, text[at - 1] == "/" and last < at
    )  # in `<a href=news/>` the "/" is the value's


def _ends(text: str, at: int) -> Iterator[int]:
    """Walk a tag's attributes; yield where each ends, at last the place of the tag's ">", or -1 at the file's end."""
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if at >= len(text):
            yield -1
            return
        if text[at] == ">":
            yield at
            return
        _, _, at = _attribute(text, at)
        if at < 0:
            yield -1
            return
        yield at


def _attributes(text: str, at: int, end: int) -> Iterator[tuple[str, str]]:
    while at < end:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if at >= end or text[at] == ">":
            return
        name, value, at = _attribute(text, at)
        if at < 0:
            return
        yield name, value


def _attribute(text: str, at: int) -> tuple[str, str, int]:
    """Read one attribute; return its name, value and end; an end of -1 where a quote is never closed."""
    named = _ATTRIBUTE.match(text, at)
    name_end = named.end() if named else at + 1
    name = text[at:name_end]
    equals = _EQUALS.match(text, name_end)
    if not equals:
        return name, "", name_end
    begin = equals.end()
    quote = text[begin : begin + 1]
    if quote in ('"', "'"):
        end = text.find(quote, begin + 1)
        return name, text[begin + 1 : end], end + 1 if end >= 0 else -1
    bare = _BARE.match(text, begin)
    end = bare.end() if bare else begin
    return name, text[begin:end], end


def _raw_end(text: str, name: str, at: int) -> int:
    """Return where raw text ends: at its element's end tag, else with the file."""
    if name == "plaintext":
        return len(text)
    if name == "script":
        return _script_end(text, at)
    end = _RAW_ENDS[name].search(text, at)
    return end.start() if end else len(text)


_RAW_ENDS = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in sorted((RAW | TEXTUAL) - {"script"})
}


def _script_end(text: str, at: int) -> int:
    """Inside "<!-- <script>" a "</script>" does not end the script; a leftover from browsers of the last century."""
    hidden = nested = False
    for part in _SCRIPT_PARTS.finditer(text, at):
        if part.group() == "<!--":
            hidden = True
        elif part.group() == "-->":
            hidden = nested = False
        elif not part.group(1):
            nested = hidden
        elif nested:
            nested = False
        else:
            return part.start()
    return len(text)
