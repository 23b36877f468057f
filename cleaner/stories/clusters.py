"""
Stories: an original, and the items that match it directly.

No chains: a is like b, b like c, and so on for a hundred thousand items makes no story of them. Items come in the order of
originals. Each is held against originals only; it joins one, or becomes one. So every member was verified against the original that
the report names, on the full text of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cleaner.feeds import urls
from cleaner.stories.candidates import propose
from cleaner.stories.entry import Entry
from cleaner.stories.judge import Verdict, judge
from cleaner.stories.model import CERTAIN, Progress, silent


class Rank(NamedTuple):
    """What decides which of several is the original: compared field by field, the smaller first."""

    priority: int  # of its source, in the user's list
    elsewhere: bool  # it names another page as its original
    pointed: bool  # False: another item names it as its original
    since: str  # the first date that anybody gives its page
    teaser: bool  # its page stands here in a text of twice its length, or more
    date: str
    short: int  # negative number of words
    dressed: int  # how much of its address was folded away: a device, a fragment, parameters
    name: tuple[str, int, str]  # of its source, its number there, its key: nothing else tells them apart


#: Why the first of two stays, by the field of `Rank` that decided.
WHY = {
    "priority": "its source comes first in the list of priorities",
    "elsewhere": "the others name another page as their original",
    "pointed": "another item names it as its original",
    "since": "published first",
    "teaser": "the fuller text",
    "date": "published first",
    "short": "the fuller text",
    "dressed": "its address is the plain one",
    "name": "the first by the names of the sources; nothing else tells them apart",
}


class Star(NamedTuple):
    """An original and its members, as places in the list of entries, each member with the verdict on it."""

    original: int
    members: list[tuple[int, Verdict]]


class Stories(NamedTuple):
    """
    Entries in the order of originals, the stars among them, and what only looks like a copy.

    Attributes:
        entries: Sorted by rank.
        ranks: Of each entry.
        stars: With one member at least, in the order of their originals.
        asides: Pairs of places, the earlier first, that are no copies of each other, with the reason.
        owner: For each entry the place of its original; itself where it is one.
    """

    entries: list[Entry]
    ranks: list[Rank]
    stars: list[Star]
    asides: list[tuple[int, int, Verdict]]
    owner: list[int]


def gather(entries: Iterable[Entry], priority: Sequence[str] = (), progress: Progress = silent) -> Stories:
    """
    Find the stories among entries.

    Args:
        entries: Of all sources, in any order. Items of which both are from the history are not compared.
        priority: Names of sources; what comes from an earlier one is the original before all else.
        progress: Told how many entries were judged, of how many.
    """
    given = list(entries)
    ranked = sorted(zip(_ranks(given, priority), given, strict=True), key=lambda pair: pair[0])
    ordered, ranks = [entry for _, entry in ranked], [rank for rank, _ in ranked]
    owner = [*range(len(ordered))]
    members: defaultdict[int, list[tuple[int, Verdict]]] = defaultdict(list)
    asides: list[tuple[int, int, Verdict]] = []
    for place, proposed in enumerate(propose(ordered)):
        progress("judging", place, len(ordered))
        copy = ordered[place]
        best: tuple[int, float, int, Verdict] | None = None
        aside: tuple[int, int, Verdict] | None = None
        for head in dict.fromkeys(owner[other] for other in proposed):
            if copy.item.seen and ordered[head].item.seen:
                continue
            verdict = judge(ordered[head], copy)
            if verdict is None:
                continue
            if verdict.is_copy:
                found = (CERTAIN.index(verdict.relation), -(verdict.scores.ratio if verdict.scores else 1.0), head, verdict)
                best = min(best, found, key=lambda each: each[:3]) if best else found
            elif aside is None:
                aside = head, place, verdict
        if best:
            owner[place] = best[2]
            members[best[2]].append((place, best[3]))
        elif aside:
            asides.append(aside)
    return Stories(ordered, ranks, [Star(head, members[head]) for head in sorted(members)], asides, owner)


def why(original: Rank, others: Iterable[Rank]) -> str:
    """Say why an original stays, by what decided against the first of its copies."""
    first = min(others)
    decided = next((name for name, one, other in zip(Rank._fields, original, first) if one != other), "name")
    if decided == "name" and original.name[0] == first.name[0]:
        return "listed first; nothing else tells them apart"
    return WHY[decided]


def _ranks(entries: Sequence[Entry], priority: Sequence[str]) -> list[Rank]:
    places = {name: place for place, name in enumerate(priority)}
    pointed = {form for entry in entries if (form := _original_of(entry))}
    since: dict[str, str] = {}
    fullest: dict[str, int] = {}
    for entry in entries:
        if entry.link:
            if entry.item.date:
                since[entry.link] = min(since.get(entry.link, "9"), entry.item.date)
            fullest[entry.link] = max(fullest.get(entry.link, 0), entry.body.size)
    return [
        Rank(
            places.get(entry.item.source, len(places)),
            bool(_original_of(entry)),
            not (bool(entry.link) and entry.link in pointed),
            since.get(entry.link) or entry.item.date or "9",
            entry.body.size * 2 <= fullest.get(entry.link, 0),
            entry.item.date or "9",
            -entry.body.size,
            urls.link(entry.item.url).dressed,
            (entry.item.source, entry.item.number, entry.item.key),
        )
        for entry in entries
    ]


def _original_of(entry: Entry) -> str:
    """Return the normal form of the page that an item names as its original, where that is not its own."""
    form = urls.form(entry.item.canonical)
    return form if form and form != entry.link else ""
