"""
RSS 0.90 to 2.0, RDF and Atom to a `Source`, through feedparser.

feedparser knows what twenty years of feeds look like; what is asked of it here is that knowledge and nothing else. It gets text
that was decoded and freed of its document type, through the parsers that `feedparser.parse` uses itself: that function would
take some strings for files and addresses, and its parsers, left as they are, take minutes for a long author's name (one pattern
looks for mail addresses, in time that grows with the square). Markup is neither sanitised nor are its links resolved, since
texts become plain; the links of entries are made absolute here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from cleaner.errors import InputError
from cleaner.feeds.entries import address, dated, fuller, gathered, home, shown
from cleaner.feeds.item import Item, Source
from cleaner.feeds.markup import Root, repaired, walk
from cleaner.feeds.text import bare, line, paragraphs

_KINDS = {
    "rss090": "RSS 0.90", "rss091n": "RSS 0.91", "rss091u": "RSS 0.91", "rss092": "RSS 0.92", "rss093": "RSS 0.93", "rss094": "RSS 0.94",
    "rss10": "RSS 1.0", "rss20": "RSS 2.0", "rss": "RSS",
    "atom01": "Atom 0.1", "atom02": "Atom 0.2", "atom03": "Atom 0.3", "atom10": "Atom 1.0", "atom": "Atom",
}  # fmt: skip
_RECORDED = ("audio/", "video/")
# Where an entry says that its original is, the surer first. RSS's <source> is not among them: its address is that of a feed.
_ORIGINALS = ("canonical", "via")


def read(text: str, name: str, root: Root, *, base: str = "", notes: tuple[str, ...] = ()) -> Source:
    """
    Read a feed.

    Args:
        text: All of it, decoded.
        name: Its path or address.
        root: Where its root element is.
        base: Its address, where it has one: what relative links go by, unless it says so itself.
        notes: What is known of it already.

    Raises:
        InputError: If it is XML and no feed.
    """
    found, wrong = _parsed(text[root.start :])
    if wrong:
        first = text.count("\n", 0, root.start)
        notes = (*notes, f"not well-formed{_where(wrong, first)}, read all the same")
    kind = _kind(found.version, root)
    if not kind or (not found.entries and not found.feeddata and wrong):
        raise InputError(f"{name}: is XML that begins with <{root.name}>, and no feed can be read in it")
    own: dict[str, Any] = found.feeddata
    site = home(_link(own), base)
    return gathered(
        name,
        kind,
        _items(found.entries, name, kind, site or base),
        title=line(_said(own, "title")),
        site=site,
        notes=notes,
    )


def _where(wrong: str, above: int) -> str:
    """Count the lines above the root in again."""
    if not wrong.startswith("line "):
        return f" ({wrong})"
    number, _, what = wrong[5:].partition(": ")
    return f" (line {int(number) + above}: {what})"


def _kind(version: str, root: Root) -> str:
    if root.name == "rss" and "netscape" in root.doctype.lower():
        return "RSS 0.91"
    return _KINDS.get(version, "") or {"rdf": "RSS 1.0", "channel": "RSS", "rss": "RSS", "feed": "Atom"}.get(root.name, "")


def _parsed(text: str) -> tuple[Any, str]:
    """Return feedparser's parser with all that it found, and what is not well-formed."""
    strict, lenient = _parsers()
    parser, wrong = _walked(strict, text)
    if not wrong:
        return parser, ""
    # The usual faults are mended first: the lenient parser takes "&lang=" in an address for the letter of that name.
    mended = repaired(text)
    if mended != text:
        parser, worse = _walked(strict, mended)
        if not worse:
            return parser, wrong
    parser = lenient("", None, "utf-8", {})
    try:
        parser.feed(mended)
        parser.close()
    except Exception as error:  # noqa: BLE001 - what was read until then stays
        wrong = f"{wrong}; the rest cannot be read at all ({type(error).__name__})"
    return parser, wrong


def _walked(strict: Any, text: str) -> tuple[Any, str]:
    parser = strict("", None, "utf-8")
    try:
        return parser, walk(text, parser, namespaces=True)
    except Exception as error:  # noqa: BLE001 - a feed that breaks feedparser is a feed that is not well-formed
        return parser, f"{type(error).__name__} while reading"


@cache
def _parsers() -> tuple[Any, Any]:
    from feedparser.api import LooseFeedParser, StrictFeedParser

    def started(parser: Any, name: Any, qname: Any, attributes: Any) -> None:
        StrictFeedParser.startElementNS(parser, name, qname, _Attributes(attributes))

    changed = {
        "resolve_relative_uris": False,
        "sanitize_html": False,
        "can_be_relative_uri": StrictFeedParser.can_be_relative_uri - {"id"},  # an id is what it is
        "_sync_author_detail": _no_author,
        "looks_like_html": staticmethod(_unasked),
        "_start_media_description": lambda parser, _: parser.push("media_description", 1),
        "_end_media_description": lambda parser: parser.pop("media_description"),
    }
    return type("Strict", (StrictFeedParser,), changed | {"startElementNS": started}), type("Lenient", (LooseFeedParser,), changed)


class _Attributes:
    """An element's attributes, as feedparser asks for them. The library's own look each name up among all: 26,000 take nine seconds."""

    def __init__(self, attributes: Any) -> None:
        self._items = attributes.items()
        self._named = {attributes.getQNameByName(name): value for name, value in self._items}

    def items(self) -> Any:
        return self._items

    def getQNames(self) -> list[str]:  # noqa: N802 - the name is SAX's
        return list(self._named)

    def getValueByQName(self, name: str) -> str:  # noqa: N802
        value: str = self._named[name]
        return value


def _no_author(parser: Any, key: str = "author") -> None:
    """Authors are not asked for, and telling name from address takes quadratic time."""


def _unasked(said: str) -> bool:
    """Whether a text is HTML, `cleaner.feeds.text` tells; feedparser need not look."""
    return False


def _items(entries: list[Any], name: str, kind: str, base: str) -> Iterator[Item]:
    rss = kind.startswith("RSS")
    for at, entry in enumerate(entries):
        yield _item(entry, name, rss, base)
        entries[at] = None  # two copies of a large feed are one too many


def _item(entry: dict[str, Any], name: str, rss: bool, base: str) -> Item:
    # The plain `dict.get`: feedparser's own answers "updated" with "published", and takes ten times as long.
    said = _said(entry, "id")
    link = _link(entry) or (said if said.startswith(("http://", "https://")) and _is_link(entry) else "")
    url = address(link, base)
    notes: tuple[str, ...] = () if url or not link else (f"link {shown(link)} is no web address",)
    published, wrong = dated(_said(entry, "published") or _said(entry, "created") or _said(entry, "prism_publicationdate"))
    updated, wrong_too = dated(_said(entry, "updated"))
    if rss and not published and updated:
        published, updated = updated, ""  # dc:date, where it is the only one, is when it was published
    text, summary = fuller(map(paragraphs, _texts(entry)))
    return Item(
        key="",
        source=name,
        number=0,
        id=bare(said),
        url=url,
        canonical=_canonical(entry, base),
        title=line(_said(entry, "title")),
        published=published,
        updated=updated,
        text=text,
        summary=summary,
        media=tuple(_media(entry, base)),
        notes=(*notes, *wrong, *wrong_too),
    )


def _said(entry: dict[str, Any], name: str) -> str:
    value = dict.get(entry, name)
    return value if isinstance(value, str) else ""


def _is_link(entry: dict[str, Any]) -> bool:
    """Whether an id is the entry's address: a guid that does not say isPermaLink="false", an atom:id."""
    return bool(dict.get(entry, "guidislink")) or _said(entry, "link") == _said(entry, "id")


def _links(entry: dict[str, Any]) -> list[dict[str, Any]]:
    links = dict.get(entry, "links")
    return links if isinstance(links, list) else []


def _link(entry: dict[str, Any]) -> str:
    """Return the address where an entry (or a feed's site) is read: the first alternate one, a web page before anything else."""
    first = ""
    for link in _links(entry):
        if dict.get(link, "rel", "alternate") == "alternate" and (href := _said(link, "href").strip()):
            if _said(link, "type") in ("", "text/html", "application/xhtml+xml", "html"):
                return href
            first = first or href
    return first


def _canonical(entry: dict[str, Any], base: str) -> str:
    for rel in _ORIGINALS:
        for link in _links(entry):
            if dict.get(link, "rel") == rel and (found := address(_said(link, "href"), base)):
                return found
    return address(_said(entry, "feedburner_origlink"), base)


def _texts(entry: dict[str, Any]) -> Iterator[str]:
    """Yield what an entry says, each text once; feedparser copies a content to the summary where there is none."""
    texts: dict[str, None] = {}
    contents = dict.get(entry, "content")
    for content in contents if isinstance(contents, list) else ():
        if not _said(content, "type").startswith(("image/", "audio/", "video/", "application/octet")):
            texts[_said(content, "value")] = None
    texts[_said(entry, "summary")] = None
    texts.pop("", None)
    # Of a film that is all there is; beside a text it is a picture's caption.
    yield from texts or (_said(entry, "media_description"),)


def _media(entry: dict[str, Any], base: str) -> Iterator[str]:
    """Yield the addresses of an entry's enclosures, and of recordings that it describes in the media namespace, each once."""
    found: dict[str, None] = {}
    for link in _links(entry):
        if dict.get(link, "rel") == "enclosure":
            found[address(_said(link, "href"), base)] = None
    described = dict.get(entry, "media_content")
    for media in described if isinstance(described, list) else ():
        if _said(media, "medium") in ("audio", "video") or _said(media, "type").startswith(_RECORDED):
            found[address(_said(media, "url"), base)] = None
    yield from filter(None, found)
