"""
What all kinds of sources have in common: addresses made absolute, keys that name one item each, and what entries lack, counted.

A reader makes an item of each entry and leaves its key, its number and the notes on what it lacks to `gathered`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from cleaner.feeds.dates import iso
from cleaner.feeds.item import Item, Source
from cleaner.feeds.text import bare

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INSIDE = re.compile(r"\s+")
_ELLIPSIS = re.compile(r"\s*(?:\[?(?:\.\.\.|…|\[…\]|\[\.\.\.\])\]?|(?:Read|Continue) (?:more|reading)\W*)$", re.IGNORECASE)
# So much of what could not be read is shown.
_SHOWN = 40


def gathered(
    name: str,
    kind: str,
    drafts: Iterable[Item],
    *,
    wants: tuple[str, ...] = ("id", "date", "title", "link"),
    noun: str = "entries",
    title: str = "",
    site: str = "",
    notes: Iterable[str] = (),
) -> Source:
    """
    Make a source of its entries: each gets a key, its number, and notes on what it lacks.

    Args:
        name: Of the source: a path or an address.
        kind: What it is: "RSS 2.0".
        drafts: The entries in order. Their keys and numbers are not looked at; where a number is not 0, it stays.
        wants: Which of "id", "date", "title", "link", "text" such a source is expected to have.
        noun: What its entries are called.
        title: What it calls itself.
        site: The address that it belongs to.
        notes: What else is known of it; they come first.
    """
    taken: set[str] = set()
    again: Counter[str] = Counter()
    without: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    items: list[Item] = []
    for number, draft in enumerate(drafts, 1):
        number = draft.number or number
        lacks: list[str] = []
        for what in wants:
            there = draft.id if what == "id" else draft.title if what == "title" else draft.url if what == "link" else draft.text
            if not (draft.published or draft.updated if what == "date" else there):
                lacks.append(f"no {what}")
                without[what] += 1
        for note in draft.notes:
            unread[note.split(" ", 1)[0]] += 1
        key = _key(f"{draft.source}#{draft.id or draft.url or number}", taken, again)
        items.append(draft._replace(key=key, number=number, notes=(*lacks, *draft.notes)))
    counts = [f"{without[what]:,} of {len(items):,} {noun} without {what}" for what in wants if without[what]]
    counts += [f"{count:,} of {len(items):,} {noun} with {_a(what)} that cannot be read" for what, count in sorted(unread.items())]
    if not items:
        counts.append(f"no {noun}")
    return Source(name, kind, tuple(items), title, site, (*notes, *counts))


def _key(wanted: str, taken: set[str], again: Counter[str]) -> str:
    key = wanted
    while key in taken:
        again[wanted] += 1
        key = f"{wanted} ({again[wanted] + 1})"
    taken.add(key)
    return key


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"


def address(said: str, base: str = "") -> str:
    """
    Return an address of the web, absolute where a base is known; "" for what is none (a script, a mailbox, a wild guess).

    An address that stays relative for want of a base is returned as it stands.
    """
    said = bare(said)
    if not said:
        return ""
    if not said.isprintable() or " " in said:
        said = _INSIDE.sub("" if "\n" in said else "%20", said)
    if _WEB.match(said):
        return said
    if said.startswith("//"):
        return address((base.partition(":")[0] or "https") + ":" + said) if _WEB.match("http:" + said) else ""
    if _SCHEME.match(said):
        return ""
    if not base:
        return said
    from urllib.parse import urljoin

    try:
        return urljoin(base, said)
    except ValueError:  # the base has a bracket where a host should be
        return ""


def home(said: str, base: str = "") -> str:
    """Return the address of a source's site; "" where what it says is none."""
    found = address(said, base)
    return found if _WEB.match(found) else ""


def dated(said: str) -> tuple[str, tuple[str, ...]]:
    """Return a date, and the note that it could not be read."""
    if not said:
        return "", ()
    found = iso(said)
    return (found, ()) if found else ("", (f"date {shown(said)} cannot be read",))


def shown(said: str) -> str:
    """Return what could not be read, short and in quotes, fit for one line."""
    said = " ".join(said.split())
    return repr(said if len(said) <= _SHOWN else said[:_SHOWN] + "…")


def fuller(texts: Iterable[str]) -> tuple[str, str]:
    """
    Return the fullest of an entry's texts, and of the others the longest that says something else; "" where there is none.

    A summary that is the beginning or any other part of the text says nothing else, whether it is cut off with "..." or not.
    """
    given = sorted(dict.fromkeys(text for text in texts if text), key=len, reverse=True)
    if len(given) < 2:
        return (given[0], "") if given else ("", "")
    whole = " ".join(given[0].split())
    for other in given[1:]:
        said = _ELLIPSIS.sub("", " ".join(other.split()[-60:]) if len(other) > 5000 else " ".join(other.split()))
        if said not in whole:
            return given[0], other
    return given[0], ""
