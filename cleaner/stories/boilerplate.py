"""
What a source puts into many of its items: sign-up boxes, notes on the author, "The post ... appeared first on ...".

It is said once as a finding of the source, and left out before texts are compared: a reader of two items does not read it, and
a comparison that does finds every short item like every other.

A story that a source carries three times is not boilerplate. So a passage only counts where most of the item is something
else, and something else in each item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

from cleaner import keys
from cleaner.feeds.item import Item
from cleaner.stories.texts import Body, body, keyed
from cleaner.words import count

#: A passage has to stand in so many items, and in this share of the source's.
FEWEST_ITEMS = 3
LEAST_SHARE = 0.2
#: An item of which more is said elsewhere in its source does not tell boilerplate from story, unless that is short.
LARGEST_SHARE = 0.5
SHORT = 60  # words
FEWEST_WORDS = 3
_TITLE = "\N{WHITE SQUARE}"  # stands for the item's own title, which such lines name


class Passage(NamedTuple):
    """A passage of boilerplate: as it stands first, and the places in the source of the items that hold it."""

    text: str
    items: tuple[int, ...]


class _Item(NamedTuple):
    pieces: list[str]
    keys: list[str]
    named: list[str]  # the keys, with a sign for the item's own title


class Stripped(NamedTuple):
    """
    One source's items without its boilerplate.

    Attributes:
        bodies: Of each item, in order.
        passages: What was left out, the most frequent first.
        common: The keys of what was left out, to take the same out of what the source held earlier (`again`).
    """

    bodies: list[Body]
    passages: list[Passage]
    common: dict[str, tuple[int, ...]]

    def again(self, item: Item) -> Body:
        """Return the body of an item that the source held at another time."""
        return _body(_read(item), self.common)


NOTHING = Stripped([], [], {})


def strip(items: Sequence[Item]) -> Stripped:
    """
    Take the boilerplate out of one source's items.

    What is boilerplate depends on these items alone, not on other sources.
    """
    read = [_read(item) for item in items]
    common = _common(read, [item.title for item in items])
    bodies = [_body(each, common) for each in read]
    passages = [Passage(_first(read, key, holders), holders) for key, holders in common.items() if _worth_saying(key)]
    return Stripped(bodies, sorted(passages, key=lambda passage: (-len(passage.items), passage.text)), common)


def _read(item: Item) -> _Item:
    pieces, said = keyed(item.text or item.summary)
    title = keys.key(item.title)
    named = [key.replace(title, _TITLE) for key in said] if len(title) >= 8 else said
    return _Item(pieces, said, named)


def _body(read: _Item, common: dict[str, tuple[int, ...]]) -> Body:
    if not common or common.keys().isdisjoint(read.named):
        return body(read.pieces, read.keys)
    left = [(piece, key) for piece, key, named in zip(read.pieces, read.keys, read.named) if named not in common]
    return body([piece for piece, _ in left], [key for _, key in left])


def _common(read: Sequence[_Item], titles: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the keys of what is boilerplate, each with the places of the items that hold it."""
    held = Counter(key for each in read for key in set(each.named))
    least = max(FEWEST_ITEMS, ceil(LEAST_SHARE * sum(1 for each in read if each.keys)))
    often = {key for key, times in held.items() if times >= least}
    if not often:
        return {}
    others: dict[str, set[int]] = {}
    holders: dict[str, list[int]] = {}
    for place, each in enumerate(read):
        shared = often.intersection(each.named)
        if not shared:
            continue
        rest = [key for key in each.named if key not in often]
        said, total = _words(key for key in each.named if key in often), _words(each.named)
        # Where nothing else is left, the title has to tell the items apart, and nearly all have to be so.
        apart = hash(tuple(rest)) if rest else hash(keys.key(titles[place]))
        votes = said <= max(SHORT, LARGEST_SHARE * total) and (bool(rest) or all(held[key] * 2 > len(read) for key in shared))
        for key in shared:
            holders.setdefault(key, []).append(place)
            if votes:
                others.setdefault(key, set()).add(apart)
    return {key: tuple(holders[key]) for key in sorted(often) if len(others.get(key, ())) >= least}


def _worth_saying(key: str) -> bool:
    """Whether a passage is a finding. The item's own title above its text, and headings of a word or two, are left out and not told."""
    return key != _TITLE and count(key) >= FEWEST_WORDS


def _words(said: Iterable[str]) -> int:
    return sum(count(key) for key in said)


def _first(read: Sequence[_Item], key: str, holders: tuple[int, ...]) -> str:
    first = read[holders[0]]
    return first.pieces[first.named.index(key)]
