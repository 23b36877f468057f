"""
XML from strangers: what its root is, and a reader that opens nothing, expands nothing and stops at the first thing it must not do.

Every XML source goes through here. What stands above the root (declaration, document type, comments) is told and taken off
before any parser sees it, so no parser meets a document type at all; a document type that declares entities is refused, since
its text is not what it seems. The reader below is defusedxml's, which refuses the same a second time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from cleaner.errors import InputError

if TYPE_CHECKING:
    from xml.sax.handler import ContentHandler

# A program's warning, a blank line, a few comments may stand above the root; what is further down is no feed.
_HEAD = 65_536
_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^\[\]<>\"']++|\"[^\"]*+\"|'[^']*+')*+(>|\[)", re.IGNORECASE)
_SUBSET = re.compile(r"(?:[^\]<\"']++|\"[^\"]*+\"|'[^']*+'|<!--(?:[^-]++|-(?!->))*+-->|<(?!!--))*+\]\s*+>")
_NAME = re.compile(r"<([A-Za-z_][\w.:-]{0,60})(?=[\s/>])")
_KNOWN = re.compile(r"<\?xml\s|<(?:rss|feed|rdf:RDF|opml|urlset|sitemapindex)(?=[\s>])", re.IGNORECASE)
Made = TypeVar("Made", bound="Elements")


class Root(NamedTuple):
    """
    Where the root element begins, and what stood above it.

    Attributes:
        name: The root's name without prefix, in lower case; "" where the text is no markup.
        start: Where its tag begins.
        doctype: The document type's public name and address, as written; "" where there is none.
        notes: What was passed over.
    """

    name: str
    start: int
    doctype: str = ""
    notes: tuple[str, ...] = ()


def root(text: str, name: str) -> Root:
    """
    Find the root element of a text.

    Raises:
        InputError: If its document type declares entities, or never ends.
    """
    at = len(text) - len(text.lstrip())
    notes: list[str] = []
    if at and text.startswith("<?xml", at):
        notes.append("white space before the XML declaration")
    found = _root(text, at, name)
    if found.name in ("rss", "feed", "rdf", "channel", "opml", "urlset", "sitemapindex", "html"):
        return found._replace(notes=tuple(notes))
    # Programs write their warnings above the feed that they then print all the same.
    later = _KNOWN.search(text, at + 1, _HEAD) if found.name != "html" else None
    if later is not None and (below := _root(text, later.start(), name)).name not in ("", "html"):
        return below._replace(notes=(*notes, "text before the feed was passed over"))
    return found._replace(notes=tuple(notes))


def _root(text: str, at: int, name: str) -> Root:
    doctype = ""
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4) + 1
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            found = _DOCTYPE.match(text, at)
            if found is None:
                raise _endless(name)
            end, doctype = found.end() - 2, text[at + 9 : min(found.end() - 1, at + 500)].strip()
            if found[1] == "[":
                end = _subset(text, found.end(), name)
        else:
            tag = _NAME.match(text, at)
            return Root(tag[1].rpartition(":")[2].lower() if tag else "", at, doctype)
        if end <= 0:
            return Root("", at, doctype)
        at = end + 2


def _subset(text: str, at: int, name: str) -> int:
    closed = _SUBSET.match(text, at)
    if "<!ENTITY" in text[at : closed.end() if closed else None].upper():
        raise InputError(
            f"{name}: declares entities of its own in its document type, which can stand for any text or file; "
            "it is not read: ask its publisher for one without <!ENTITY"
        )
    if closed is None:
        raise _endless(name)
    return closed.end() - 2


def _endless(name: str) -> InputError:
    return InputError(f"{name}: its document type (<!DOCTYPE) never ends; ask its publisher to mend it")


def walk(text: str, handler: ContentHandler, *, namespaces: bool = False) -> str:
    """
    Read XML from its root on, and hand its elements to a handler.

    Args:
        text: From the root element's tag on.
        handler: Is told of elements and characters; what it raises is passed on.
        namespaces: Whether it is told of names with their namespaces (`startElementNS`).

    Returns:
        What is not well-formed, and in which line of the text; "" where all is. What came before was handed over.
    """
    from xml.sax import SAXException, SAXParseException

    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import create_parser

    parser = create_parser(1 if namespaces else 0)
    parser.setContentHandler(handler)
    try:
        # All at once: a parser that is fed in pieces looks at a long text again with every piece.
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except SAXParseException as error:
        return f"line {error.getLineNumber()}: {error.getMessage()}"
    except (SAXException, DefusedXmlException, UnicodeError) as error:
        return " ".join(str(error).split())
    return ""


# What no XML may hold, and the faults that people make by hand: HTML's names of letters, and ampersands that begin nothing.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?")


def repaired(text: str) -> str:
    """Return XML without the usual faults: control characters, HTML's entities, and bare ampersands, which CDATA may hold."""
    text = _FORBIDDEN.sub(" ", text)
    parts: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts += _AMPERSAND.sub(_letter, text[at:start]), text[start : end + 3]
        at = end + 3
    parts.append(_AMPERSAND.sub(_letter, text[at:]))
    return "".join(parts)


def _letter(found: re.Match[str]) -> str:
    from html.entities import html5

    letter = html5.get(f"{found[1]};") if found[1] else None
    return "&amp;" + found[0][1:] if letter is None else "".join(f"&#{ord(each)};" for each in letter)


class Elements(Protocol):
    """What `elements` tells of: each element's name without prefix and in lower case."""

    def opened(self, name: str, given: dict[str, str]) -> None: ...
    def closed(self, name: str) -> None: ...
    def said(self, text: str) -> None: ...


def elements(text: str, gather: Callable[[], Made]) -> tuple[Made, str]:
    """
    Read XML element by element; what is not well-formed is repaired and read anew, and if that does not help, tag by tag.

    Args:
        text: From the root element's tag on.
        gather: Makes what the elements are told to.

    Returns:
        What was made, and what is not well-formed; "" where all is.
    """
    made = gather()
    wrong = walk(text, _told(made))
    if wrong:
        made, text = gather(), repaired(text)
        if walk(text, _told(made)):
            made = gather()
            _guessed(text, made)
    return made, wrong


def _told(made: Elements) -> ContentHandler:
    """Give an `Elements` the names that SAX calls it by."""
    from xml.sax.handler import ContentHandler
    from xml.sax.xmlreader import AttributesImpl

    class Handler(ContentHandler):
        def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX calls them so
            made.opened(_local(name), {_local(key): value for key, value in attrs.items()})

        def endElement(self, name: str) -> None:  # noqa: N802
            made.closed(_local(name))

        def characters(self, content: str) -> None:
            made.said(content)

    return Handler()


_TAG = re.compile(r"<(/?)([A-Za-z_][\w:.-]*+)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([A-Za-z_][\w:.-]*+)\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)')")


def _guessed(text: str, made: Elements) -> None:
    from html import unescape

    at = 0
    for tag in _TAG.finditer(text):
        if tag.start() > at:
            made.said(unescape(text[at : tag.start()].replace("<![CDATA[", "").replace("]]>", "")))
        at = tag.end()
        name = _local(tag[2])
        if not tag[1]:
            made.opened(name, {_local(key): unescape(one or other) for key, one, other in _ATTRIBUTE.findall(tag[3])})
        if tag[1] or tag[3].endswith("/"):
            made.closed(name)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
