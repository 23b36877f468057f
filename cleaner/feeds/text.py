"""
Fragments of HTML to plain text: what an item of a feed says, once nothing of its markup is left.

Nothing here is ever shown as HTML, so nothing is sanitised: tags go, and what they set apart stays apart. Nearly all that feeds
hold is simple markup, and one pattern cuts that up at the speed of C. Whatever the pattern does not know for sure (a quote that
is not closed, a script, something hidden) is read again by `cleaner.tags`, which reads as a browser does. Both are linear.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from itertools import chain

from cleaner.tags import BLOCKS, RAW, TEXTUAL, VOID, Token, attributes, tokens, words

# A tag or comment that reads in one way only. Each part excludes what the next begins with, and gives nothing back.
_BLANK = r"[\t\n\f\r ]"
_VALUE = r"(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\t\n\f\r \"'=<>`]++)"
_ATTRIBUTE = rf"{_BLANK}++[^\t\n\f\r \"'<>/=]++(?:{_BLANK}*+={_BLANK}*+{_VALUE})?+"
_TAG = re.compile(rf"<(?:(/?[a-zA-Z][a-zA-Z0-9:._-]*+)(?:{_ATTRIBUTE})*+{_BLANK}*+/?>|!--[^<>]*+(?<=--)>)")
_OPENS = re.compile(r"<[a-zA-Z/!?]")
# With the semicolon only: "?a=1&section=2" in a text is no section sign.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
# Neither text nor white space: controls, what no text in Unicode may hold, a byte order mark in the middle.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_BLANK_LINE = re.compile(r"(?:\r\n?|\n)[\t\f ]*+(?:\r\n?|\n)\s*+")

_INLINE = words(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark marquee meter nobr output picture "
    "progress q rb rp rt rtc ruby s samp slot small span strike strong sub sup time tt u var "
    "applet audio button canvas datalist map math noscript object option select svg template video"
)
# What else stands in angle brackets may be a word that somebody wrote.
_ELEMENTS = BLOCKS | VOID | RAW | TEXTUAL | _INLINE
# What is not shown where it stands, or only by a browser that cannot do better.
_HIDDEN = words("applet audio button canvas datalist head map noscript object rp select svg template video")
_SHOWN_RAW = frozenset({"xmp", "plaintext"})

# What a tag does to the text around it: parts paragraphs, ends a line, parts two words, has to be looked at; others do nothing.
_PART, _LINE, _GAP, _LOOK = 1, 2, 3, 4
_DOES: dict[str, int] = {
    **{slash + name: _PART for name in BLOCKS for slash in ("", "/")},
    **dict.fromkeys(("br", "/br"), _LINE),
    **dict.fromkeys(("td", "th", "/td", "/th", "img", "input", "embed"), _GAP),
    **dict.fromkeys((*_HIDDEN, *RAW, *TEXTUAL, "plaintext"), _LOOK),
}
_KNOWN_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_ELEMENTS))})(?=[\t\n\f\r />])|<!--", re.IGNORECASE)
# A text without any tag that begins with an escaped one was escaped twice on its way.
_TWICE = re.compile(
    r"\s*&lt;(?:p|div|span|ul|ol|h[1-6]|blockquote|figure|table|section|article|a|b|strong|em|i|img)(?:&gt;|[\t\n\f\r ])", re.IGNORECASE
)
_MAY_HIDE = re.compile(r"<[^<>]{0,2000}[\t\n\f\r ]hidden(?=[\t\n\f\r />=])|display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_UNSEEN = re.compile(r"(?:^|[;\s])display\s{0,9}:\s{0,9}none", re.IGNORECASE)

_Parts = list[str | None]


def paragraphs(said: str, markup: bool | None = None) -> str:
    """
    Return what a fragment of HTML says, as plain paragraphs with one blank line between.

    Blocks, list items, table rows and what stands on two sides of `<br><br>` are paragraphs; white space is folded, entities are
    decoded, controls are dropped. Of scripts, styles, comments and of what is hidden nothing is left.

    Args:
        said: The fragment.
        markup: Whether it is HTML (True) or plain text to the letter (False). None: told by its tags; without one it is plain
            text, in which entities still count, as in the descriptions of RSS.

    >>> paragraphs("<p>Fish &amp; chips</p><ul><li>cod<li>plaice</ul>")
    'Fish & chips\\n\\ncod\\n\\nplaice'
    """
    if markup is False:
        return _plain(said)
    if "<" not in said or (markup is None and _KNOWN_TAG.search(said) is None):
        decoded = _decoded(said)
        return paragraphs(decoded, True) if _TWICE.match(said) else _plain(decoded)
    parts = _simple(said)
    return "\n\n".join(_joined(_told(said) if parts is None else parts))


def line(said: str) -> str:
    """
    Return what a title says, on one line.

    Titles are plain text in some formats and HTML in others, and escaped once too often in all of them. Taken off are pairs of
    tags that set text ("<em>Ferry</em>") and line breaks; any other "<b>" may be what the title is about. What is still an entity
    once entities are decoded was escaped twice, unless it is one that people write about: "&lt;", "&gt;" and "&nbsp;".

    >>> line("Tom &amp;amp; Jerry <em>again</em>")
    'Tom & Jerry again'
    """
    if "<" in said:
        said = _untagged(said)
    if "&" in said:
        said = _decoded(said)
        if "&" in said:
            said = _AGAIN.sub(_entity, said)
        if "<" in said:
            said = _untagged(said)
    return folded(said)


_AGAIN = re.compile(r"&(?!(?:lt|gt|nbsp|LT|GT|#60|#62|#160);)(?:#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TITLE_TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]*+)(?:{_ATTRIBUTE})*+{_BLANK}*+/?>")
_SETS = words("a abbr b bdi bdo big cite code em font i kbd mark q s small span strike strong sub sup tt u var p div h1 h2 h3 h4 h5 h6")


def _untagged(said: str) -> str:
    """Take off the tags of a title that come in pairs, and line breaks."""
    opened: set[str] = set()
    closed: set[str] = set()
    for slash, name in _TITLE_TAG.findall(said):
        (closed if slash else opened).add(name.lower())
    pairs = opened & closed & _SETS
    if not pairs and not opened & {"br", "wbr"}:
        return said

    def without(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        return " " if name == "br" or (name in pairs and name in BLOCKS) else "" if name in pairs or name == "wbr" else tag[0]

    return _TITLE_TAG.sub(without, said)


def folded(said: str, *, entities: bool = False) -> str:
    """Return a text on one line: all white space folded, no-break spaces too, controls dropped, entities decoded where asked for."""
    said = " ".join((_decoded(said) if entities else said).split())
    return said if said.isprintable() else " ".join(_CONTROLS.sub("", said).split())


def bare(said: str) -> str:
    """Return an id or address as it can be compared, stored and shown: no controls, no white space around it."""
    said = said.strip()
    return said if said.isprintable() else _CONTROLS.sub("", said)


def _simple(said: str) -> _Parts | None:
    """Cut a fragment into text, tag, text, tag... text; None where it takes a closer look."""
    parts: _Parts = _TAG.split(said)
    for text in parts[::2]:
        if text and "<" in text and _OPENS.search(text):
            return None
    for name in {*parts[1::2]}:
        if name is not None and _DOES.get(name.lower()) == _LOOK:
            return None
    return None if ("hidden" in said or "none" in said) and _MAY_HIDE.search(said) else parts


def _told(said: str) -> _Parts:
    """Cut any fragment as a browser reads it, without the text that it does not show."""
    parts: _Parts = []
    inside, depth = "", 0  # the element that hides what it holds, and how many of its name are open
    for token in tokens(said):
        if token.sort == "text" or (token.sort == "raw" and token.name in _SHOWN_RAW):
            parts += "" if inside else said[token.start : token.end], None
        elif token.sort == "broken" and token.name and token.name not in _ELEMENTS and not inside:
            parts += said[token.start : token.end], None  # "see <a href=" is cut off; "x <y" is what somebody wrote
        elif token.sort in ("open", "close"):
            opens = token.sort == "open"
            if inside == "p" and opens and token.name in BLOCKS:
                inside = ""  # no block stands in a paragraph
            if inside:
                if token.name == inside and not token.closed:
                    depth += 1 if opens else -1
                    inside = inside if depth else ""
            elif opens and token.name not in VOID and not token.closed and (token.name in _HIDDEN or _unseen(said, token)):
                inside, depth = token.name, 1
            else:
                parts += "", token.name if opens else "/" + token.name
    parts.append("")
    return parts


def _unseen(said: str, token: Token) -> bool:
    """Whether a tag says that nothing of its element is shown."""
    if token.end - token.start <= len(token.name) + 2:
        return False
    given = attributes(said, token)
    return ("hidden" in given and given["hidden"].lower() != "until-found") or bool(_UNSEEN.search(given.get("style", "")))


def _joined(parts: _Parts) -> list[str]:
    """Return the paragraphs of a fragment that is cut into text and tags."""
    found: list[str] = []
    run: list[str] = []
    broken = parted = False  # nothing stands since the last line break; something sets paragraphs apart
    for text, name in zip(parts[::2], chain(parts[1::2], (None,))):
        if text:
            run.append(text)
            if broken and not text.isspace() and text != "&nbsp;":
                broken = False
        if name is None:
            continue
        does = _DOES.get(name) or (0 if name.islower() else _DOES.get(name.lower()))
        if does == _GAP:
            run.append(" ")
        elif does == _LINE and not broken:
            run.append(" ")
            broken = True
        elif does in (_PART, _LINE):
            parted = True
            if run:
                _close(run, found)
    if not parted and len(run) > 1:
        # Nothing but inline markup: then blank lines are what sets paragraphs apart, as in a plain text.
        return [each for each in map(folded, _BLANK_LINE.split(_decoded("".join(run)))) if each]
    if run:
        _close(run, found)
    return found


def _close(run: list[str], found: list[str]) -> None:
    said = folded("".join(run), entities=True)
    run.clear()
    if said:
        found.append(said)


def _plain(said: str) -> str:
    """Return a plain text as paragraphs, whether blank lines part them or each stands on one line."""
    said = said.strip()
    if "\n" not in said and "\r" not in said:
        return folded(said)
    from cleaner.segment.plain import blocks

    pieces = (folded(said[block.inner.start : block.inner.end]) for block in blocks(said) if block.kind != "break")
    return "\n\n".join(piece for piece in pieces if piece)


def _decoded(said: str) -> str:
    return _ENTITY.sub(_entity, said) if "&" in said else said


def _entity(found: re.Match[str]) -> str:
    return _character(found[0])


@lru_cache(maxsize=1000)  # texts use few entities, and use them often
def _character(entity: str) -> str:
    return unescape(entity)
