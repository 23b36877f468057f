"""
An item with all that its identity is told by, worked out once: what `judge` asks of each of the two that it holds against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cleaner import headline
from cleaner.feeds import urls
from cleaner.feeds.item import Item, Source
from cleaner.stories.texts import Body

#: What is no feed: its rows and files have no publisher of their own.
COLLECTIONS = frozenset({"folder", "JSONL", "JSON", "CSV", "TSV", "Parquet"})
#: A link that so many items of one source share, each with a title of its own, is no item's page.
HUB = 3


class Entry(NamedTuple):
    """
    One item, ready to be judged.

    Attributes:
        item: As it was read.
        body: Its text without boilerplate.
        link: The normal form of its link; "" where it has none, or one that is nobody's own page.
        publisher: The registered name of its site; "" where it cannot be told.
        title: Its title, folded.
        feed: It stands in a feed, not in a collection of texts.
        kind: What its source is: "RSS 2.0", "folder"...
    """

    item: Item
    body: Body
    link: str
    publisher: str
    title: str
    feed: bool
    kind: str


def entries(source: Source, bodies: Sequence[Body]) -> list[Entry]:
    """Make the entries of one source."""
    feed = source.kind.partition(":")[0] not in COLLECTIONS
    site = (urls.publisher(source.site) or urls.publisher(source.name)) if feed else ""
    shared = _hubs(source.items, urls.form(source.site))
    found: list[Entry] = []
    for item, body in zip(source.items, bodies, strict=True):
        link = urls.link(item.url)
        owner = site if not link.form or urls.redirects(item.url) else urls.publisher(item.url)
        form = "" if link.form in shared or link.is_home else link.form
        found.append(Entry(item, body, form, owner, headline.fold(item.title), feed, source.kind))
    return found


def _hubs(items: Iterable[Item], site: str) -> frozenset[str]:
    """Return the normal forms of links that many items share, each with another title and at another place of no page."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    places: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        link = urls.link(item.url)
        if link.form:
            titles[link.form].add(headline.fold(item.title))
            places[link.form].add(link.fragment)
    # Items that name places of one page (#post-1, #post-2) are entries of a live blog, and are told as such.
    return frozenset(form for form, told in titles.items() if form == site or (len(told) >= HUB and len(places[form]) < HUB))


def same_id(one: Entry, other: Entry) -> bool:
    """Whether two items have one id. Across sources only ids that are meant to be unique in the world say something."""
    mine, yours = one.item, other.item
    return bool(mine.id) and mine.id == yours.id and (mine.source == yours.source or urls.is_global(mine.id))


def same_publisher(one: Entry, other: Entry) -> bool:
    if one.publisher or other.publisher:
        return one.publisher == other.publisher
    return one.feed and one.item.source == other.item.source
