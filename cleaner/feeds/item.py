"""
The nouns of `audit`: what a source holds, whatever it came as. Frozen values, plain text, nothing of the markup left.
"""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """
    One entry of a feed, address of a sitemap, file of a folder, row of a table.

    Attributes:
        key: Names it in one audit and no other item: its source, "#", and its id, else its link, else its number; where
            several would share that, the later ones end in " (2)", " (3)"...
        source: The name of the source it came from, as given: a path or an address. A table's row that says who published it
            has "TABLE: PUBLISHER": what one publisher puts into all its articles is told by this name.
        number: Its place in the source, from 1: of JSONL the line.
        id: What the source calls it (guid, atom:id, id); "" where it has none.
        url: Where it is read, absolute where the source says enough; "" where it has none.
        canonical: Where the source says its original is (rel="canonical", rel="via", feedburner:origLink, a column
            canonical_url), where it says so. RSS's <source> is no such place: its address is that of another feed.
        title: Plain text on one line.
        published, updated: ISO 8601 in UTC, "2026-11-23T08:30:00Z"; a day alone is "2026-11-23"; "" where it is not said.
        text: Its fullest text as plain paragraphs with a blank line between; "" where there is none.
        summary: The shorter text it carries besides; "" where there is none.
        media: Addresses of its enclosures (a podcast's recording), in order.
        notes: What it lacks or what could not be read, each a few words: "no id", "date 'yesterday' cannot be read".
        seen: For an item that the history remembers and no source of this run holds: when it was first seen; else "".
    """

    key: str
    source: str
    number: int
    id: str = ""
    url: str = ""
    canonical: str = ""
    title: str = ""
    published: str = ""
    updated: str = ""
    text: str = ""
    summary: str = ""
    media: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seen: str = ""

    @property
    def date(self) -> str:
        """When it was published, as far as anybody says: ISO 8601, or ""."""
        return self.published or self.updated


class Source(NamedTuple):
    """
    What one file, address or folder holds.

    Attributes:
        name: As given: a path or an address.
        kind: "RSS 2.0", "Atom 1.0", "JSON Feed 1.1", "sitemap", "news sitemap", "folder", "JSONL", "CSV", "Parquet"...
        items: In the source's own order.
        title: What it calls itself; "" where it does not.
        site: The address of the site it belongs to; "" where it is not said.
        notes: What was handled and should be known: "3 entries without id", "not well-formed: ..., read all the same".
        unchanged: The server said that nothing changed since the last run; the items are those of then.
    """

    name: str
    kind: str
    items: tuple[Item, ...] = ()
    title: str = ""
    site: str = ""
    notes: tuple[str, ...] = ()
    unchanged: bool = False


class Listing(NamedTuple):
    """A list of further sources: an OPML file, an index of sitemaps. `addresses` are absolute, or paths beside the list."""

    name: str
    kind: str
    addresses: tuple[str, ...]
    notes: tuple[str, ...] = ()
