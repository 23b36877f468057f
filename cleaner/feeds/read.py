"""
START HERE. Bytes to a `Source`, or to a `Listing` of further ones:

    bytes -> unpacked -> decoded -> what is it? -> RSS, RDF, Atom | JSON Feed | OPML | sitemap | JSONL, CSV, Parquet -> items

What something is, its bytes tell; servers and suffixes are wrong too often. Only of tables, which have no mark of their own, the
suffix is asked. Nothing that a source holds makes this open a file or an address.
"""

from __future__ import annotations

import os
import re

from cleaner.errors import InputError
from cleaner.feeds.decode import decoded, unpacked
from cleaner.feeds.item import Listing, Source
from cleaner.model import Problem
from cleaner.options import Options

_PARQUET = b"PAR1"
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_FEEDS = re.compile(r"rss|atom|feed", re.IGNORECASE)


def read(data: bytes, name: str, *, options: Options, base: str = "", content_type: str = "") -> Source | Listing:
    """
    Read whatever holds items or names further sources.

    Args:
        data: All of it, packed with gzip or not.
        name: Its path or address: names it in errors and items.
        options: `max_bytes` is how large it may be, unpacked.
        base: The address that relative links go by; "": its name, where that is one.
        content_type: The header of that name, where a server sent one; its charset is heard where the bytes leave it open.

    Raises:
        InputError: If it is too large, damaged, or none of what is read here: one line that says what it is instead.
        MissingExtra: If it is Parquet and pyarrow is not installed.
    """
    limit = options.max_bytes
    if len(data) > limit:
        raise InputError(f"{name}: is larger than {limit:,} bytes; raise max-bytes to read it")
    data = unpacked(data, name, limit)
    base = base or (name if _ADDRESS.match(name) else "")
    if data.startswith(_PARQUET):
        from cleaner.feeds import tables

        return tables.parquet(data, name, limit, base=base)
    text, notes = decoded(data, name, content_type)
    start = text[:1000].lstrip()[:1] or text.lstrip()[:1]
    if start == "<":
        return _markup(text, name, base, notes)
    if start in ("{", "["):
        return _json(text, name, base, notes)
    return _text(text, name, base, notes)


def local(path: str | os.PathLike[str], options: Options) -> tuple[Source | Listing, tuple[Problem, ...]]:
    """
    Read a file or a folder of articles.

    Returns:
        What it holds, and the files of a folder that could not be read.

    Raises:
        InputError, MissingExtra: As for `read`; also if there is no such file.
    """
    where = os.fspath(path)
    if os.path.isdir(where):
        from cleaner.feeds.folder import folder

        return folder(where, options)
    from cleaner.source import content

    return read(content(where, options), where, options=options), ()


def _markup(text: str, name: str, base: str, notes: tuple[str, ...]) -> Source | Listing:
    from cleaner.feeds.markup import root

    found = root(text, name)
    notes = (*notes, *found.notes)
    match found.name:
        case "rss" | "feed" | "rdf" | "channel":
            from cleaner.feeds import syndication

            return syndication.read(text, name, found, base=base, notes=notes)
        case "opml":
            from cleaner.feeds import opml

            return opml.read(text, name, found, base=base, notes=notes)
        case "urlset" | "sitemapindex":
            from cleaner.feeds import sitemap

            return sitemap.read(text, name, found, base=base, notes=notes)
    from cleaner.source import sniff

    if found.name == "html" or "html" in found.doctype[:20].lower() or sniff(text[found.start :]) == "html" or not found.name:
        raise InputError(f"{name}: is a web page, not a feed; {_advice(text, base)}")
    raise InputError(f"{name}: is markup that begins with <{found.name}>, and neither a feed nor a sitemap nor OPML")


def _advice(text: str, base: str) -> str:
    """Name the feeds that a web page names."""
    from cleaner.feeds.entries import address
    from cleaner.tags import attributes, tokens

    head = text[:200_000]
    for token in tokens(head):
        if token.sort == "open" and token.name == "link":
            given = attributes(head, token)
            if "alternate" in given.get("rel", "").lower() and _FEEDS.search(given.get("type", "")):
                from html import unescape

                if found := address(unescape(given.get("href", "")), base):
                    return f"it names {found} as its feed"
    return "give the address of its feed instead"


def _json(text: str, name: str, base: str, notes: tuple[str, ...]) -> Source:
    from cleaner.feeds import jsonfeed, tables

    if _is_lines(text, name):
        return tables.lines(text, name, base=base, notes=notes)
    value = jsonfeed.parsed(text, name)
    if jsonfeed.is_feed(value):
        return jsonfeed.read(value, name, base=base, notes=notes)
    return tables.objects(tables.rows_of(value) or [], name, base=base, notes=notes)


def _is_lines(text: str, name: str) -> bool:
    """Whether JSON comes one object a line: the suffix says so, or two lines are objects."""
    if _suffix(name) in (".jsonl", ".ndjson", ".jsonlines"):
        return True
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return end > 0 and text[start] == "{" and text[end - 9 : end].rstrip().endswith("}") and text[end : end + 99].lstrip()[:1] == "{"


def _suffix(name: str) -> str:
    if _ADDRESS.match(name):
        name = re.split(r"[?#]", name, maxsplit=1)[0]
    return os.path.splitext(name.lower().removesuffix(".gz"))[1]


def _text(text: str, name: str, base: str, notes: tuple[str, ...]) -> Source | Listing:
    from cleaner.feeds import tables

    if not text.strip():
        raise InputError(f"{name}: is empty")
    rows = [row.strip() for row in text[:100_000].split("\n", 50)[:50] if row.strip()]
    if all(_ADDRESS.fullmatch(row) for row in (rows[:-1] or rows)):
        from cleaner.feeds import sitemap

        return sitemap.plain(text, name, notes=notes)
    known = tables.delimiter(text)[1]
    if _suffix(name) in (".csv", ".tsv", ".tab") or (known.enough and len(known.of) > 1 and "<rss" not in rows[0]):
        return tables.separated(text, name, base=base, notes=notes)
    from cleaner.feeds.markup import root

    if (found := root(text, name)).name not in ("", "html"):
        return _markup(text[found.start :], name, base, (*notes, "text before the feed was passed over"))
    raise InputError(f"{name}: is none of RSS, Atom, JSON Feed, OPML, a sitemap, JSONL, CSV and Parquet; look at what the file holds")
