"""
OPML, the format in which readers and aggregators hand on the feeds they read, to a `Listing` of their addresses.

Read by defusedxml and not by listparser: that reads with lxml where it is installed and with `html.parser` where it is not, and
the two differ on what is not well-formed; the second takes quadratic time on a broken attribute.
"""

from __future__ import annotations

from cleaner.errors import InputError
from cleaner.feeds.entries import address
from cleaner.feeds.item import Listing
from cleaner.feeds.markup import Root, elements

# People sort feeds into folders, and folders into folders. Nobody sorts them so deep.
_DEEPEST = 200


def read(text: str, name: str, root: Root, *, base: str = "", notes: tuple[str, ...] = ()) -> Listing:
    """
    Read the addresses of the feeds that an OPML file lists, in its order, each once.

    Args:
        text: All of it, decoded.
        name: Its path or address.
        root: Where its root element is.
        base: Its address, where it has one: what relative addresses go by.
        notes: What is known of it already.

    Raises:
        InputError: If its outlines nest deeper than anybody sorts feeds.
    """
    found, wrong = elements(text[root.start :], lambda: _Outlines(name))
    if wrong:
        notes = (*notes, f"not well-formed ({wrong}), read all the same")
    addresses = [address(_plain(said), base) for said in found.feeds]
    kept = tuple(dict.fromkeys(filter(None, addresses)))
    if refused := addresses.count(""):
        notes = (*notes, f"{refused:,} of {len(addresses):,} addresses cannot be read")
    if again := len(addresses) - refused - len(kept):
        notes = (*notes, f"{again:,} of {len(addresses):,} addresses named again")
    if not kept:
        notes = (*notes, "no feeds")
    return Listing(name, f"OPML {found.version}".rstrip(), kept, notes)


def _plain(said: str) -> str:
    """Some readers write "feed:https://..." and "feed://..." for addresses that they want to open themselves."""
    if said[:5].lower() != "feed:":
        return said
    return "http:" + said[5:] if said[5:7] == "//" else said[5:]


class _Outlines:
    """Gathers what outlines say of feeds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.depth = 0
        self.version = ""
        self.feeds: list[str] = []

    def opened(self, name: str, given: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise InputError(f"{self.name}: its outlines nest deeper than {_DEEPEST}; no list of feeds does")
        if name == "opml":
            self.version = given.get("version", "").strip()[:8]
        elif name == "outline" and given.get("xmlurl", "").strip():
            self.feeds.append(given["xmlurl"].strip())
        elif name == "outline" and given.get("type", "").lower() == "include" and given.get("url"):
            self.feeds.append(given["url"].strip())  # another list, which is read in its place

    def closed(self, name: str) -> None:
        self.depth = max(0, self.depth - 1)

    def said(self, text: str) -> None:
        """Whatever stands between outlines says nothing of feeds."""
