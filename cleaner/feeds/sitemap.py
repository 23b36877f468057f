"""
Sitemaps, news sitemaps and text sitemaps to a `Source`, an index of sitemaps to a `Listing`.

A sitemap says which addresses there are and when they changed; a news sitemap also their titles. Neither holds texts.
Source: sitemaps.org, and the namespace of news sitemaps, sitemap-news/0.9.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.errors import InputError
from cleaner.feeds.entries import address, dated, gathered, home, shown
from cleaner.feeds.item import Item, Listing, Source
from cleaner.feeds.markup import Root, elements
from cleaner.feeds.text import line

# An address, news, its publication, the publication's name: nothing in a sitemap is deeper than six elements.
_DEEPEST = 64
# What is told of an address, by where it stands below its element: <image:loc> is the address of a picture.
_SAID = {
    ("loc",): "url", ("lastmod",): "updated",
    ("news", "title"): "title", ("news", "publication_date"): "published", ("news", "publication", "name"): "publication",
}  # fmt: skip


def read(text: str, name: str, root: Root, *, base: str = "", notes: tuple[str, ...] = ()) -> Source | Listing:
    """
    Read a sitemap or an index of sitemaps.

    Args:
        text: All of it, decoded.
        name: Its path or address.
        root: Where its root element is.
        base: Its address, where it has one.
        notes: What is known of it already.

    Raises:
        InputError: If its elements nest deeper than those of a sitemap do.
    """
    found, wrong = elements(text[root.start :], lambda: _Addresses(name))
    if wrong:
        notes = (*notes, f"not well-formed ({wrong}), read all the same")
    if root.name == "sitemapindex":
        addresses = [address(each.get("url", ""), base) for each in found.each]
        kept = tuple(dict.fromkeys(filter(None, addresses)))
        return Listing(name, "sitemap index", kept, notes if kept else (*notes, "no sitemaps"))
    news = any("title" in each or "published" in each for each in found.each)
    titles = {each["publication"] for each in found.each if each.get("publication")}
    return gathered(
        name,
        "news sitemap" if news else "sitemap",
        _items(found, name, base),
        wants=("date", "title", "link") if news else ("date", "link"),
        noun="addresses",
        title=line(titles.pop()) if len(titles) == 1 else "",
        notes=notes,
    )


def _items(found: _Addresses, name: str, base: str) -> Iterator[Item]:
    for each in found.each:
        said = each.get("url", "")
        url = address(said, base)
        published, wrong = dated(each.get("published", ""))
        updated, wrong_too = dated(each.get("updated", ""))
        wrong = (*wrong, *wrong_too)
        if said and not url:
            wrong = (f"link {shown(said)} is no web address", *wrong)
        yield Item("", name, 0, url=url, title=line(each.get("title", "")), published=published, updated=updated, notes=wrong)


def plain(text: str, name: str, *, notes: tuple[str, ...] = ()) -> Source:
    """Read a text sitemap: one address a line."""
    return gathered(name, "text sitemap", _rows(text, name), wants=("link",), noun="addresses", notes=notes)


def _rows(text: str, name: str) -> Iterator[Item]:
    for row in text.splitlines():
        if row := row.strip():
            url = home(row)
            yield Item("", name, 0, url=url, notes=() if url else (f"link {shown(row)} is no web address",))


class _Addresses:
    """Gathers what a sitemap says of each address."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path: list[str] = []
        self.each: list[dict[str, str]] = []
        self.above = 0  # how many elements are open at an address's own, itself among them
        self.field = ""
        self.pieces: list[str] = []

    def opened(self, name: str, given: dict[str, str]) -> None:
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise InputError(f"{self.name}: its elements nest deeper than {_DEEPEST}; no sitemap does")
        if name in ("url", "sitemap") and (not self.above or len(self.path) <= self.above):
            self.each.append({})
            self.above = len(self.path)
        elif self.each:
            self.field = _SAID.get(tuple(self.path[self.above :]), "")
            self.pieces.clear()

    def said(self, text: str) -> None:
        if self.field:
            self.pieces.append(text)

    def closed(self, name: str) -> None:
        if self.field:
            said = "".join(self.pieces).strip()
            if said:
                self.each[-1].setdefault(self.field, said)
            self.field = ""
        while self.path and self.path.pop() != name:
            pass  # in what is not well-formed, an end tag closes what was left open inside
