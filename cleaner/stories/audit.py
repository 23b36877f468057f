"""
START HERE: the whole audit on one page.

    Sources -> bodies without boilerplate -> entries -> candidate pairs -> verdicts -> stars -> Audit
               boilerplate, texts           entry      candidates         compare,   clusters
                                                                          judge

What a history remembers comes in twice: as the earlier states of these items (`changes`), and as further items that these may
repeat. What it says of an item never counts more than what the item's source says now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from cleaner.feeds.item import Item, Source
from cleaner.stories import boilerplate
from cleaner.stories.advice import advice
from cleaner.stories.asides import asides
from cleaner.stories.boilerplate import Stripped
from cleaner.stories.clusters import Stories, gather, why
from cleaner.stories.entry import Entry, entries
from cleaner.stories.judge import Verdict
from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Cluster, Member, Progress, silent


class Prepared(NamedTuple):
    """
    Sources made ready to be compared; computed once, also asked by whoever keeps a history.

    Attributes:
        sources: As given, with keys that are unique in all of them.
        stripped: Of each source, its texts without boilerplate.
        entries: Of all items, in order.
    """

    sources: tuple[Source, ...]
    stripped: tuple[Stripped, ...]
    entries: tuple[Entry, ...]

    def of(self, name: str) -> Stripped:
        """Return what is known of the boilerplate of an item's source; nothing, where it is not among these."""
        both = zip(self.sources, self.stripped, strict=True)
        # A table's rows that say who published them are from "TABLE: PUBLISHER".
        return next((each for source, each in both if name == source.name or name.startswith(source.name + ": ")), boilerplate.NOTHING)


def prepare(sources: Iterable[Source]) -> Prepared:
    """Take the boilerplate out of each source, and work out what identifies each item."""
    named = _named(sources)
    stripped = tuple(boilerplate.strip(source.items) for source in named)
    every = [entry for source, each in zip(named, stripped, strict=True) for entry in entries(source, each.bodies)]
    return Prepared(named, stripped, tuple(every))


def audit(prepared: Prepared, *, remembered: Sequence[Item] = (), priority: Sequence[str] = (), changes: Sequence[Change] = (), progress: Progress = silent) -> Audit:
    """
    Find the stories that items tell more than once, and what only looks like it.

    The order of sources decides nothing: what is the same in all else is told apart by its source's name.

    Args:
        prepared: The sources.
        remembered: Items of earlier runs that these may repeat, with `seen`.
        priority: Names of sources whose items are originals before those of others.
        changes: What is already known to have changed since earlier runs.
        progress: Told how far the judging is.
    """
    stories = gather([*prepared.entries, *_past(prepared, remembered)], priority, progress)
    return Audit(
        prepared.sources,
        tuple(_clusters(stories)),
        tuple(_identified(aside) for aside in asides(stories)),
        tuple(_boilerplate(prepared)),
        tuple(changes),
        fresh=frozenset(item.key for source in prepared.sources for item in source.items),
    )


def identity(*parts: str) -> str:
    """Return what a finding is called for as long as it is the same finding: 16 hexadecimal digits."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _named(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Make keys unique between sources, too: one file may be named twice."""
    seen: set[str] = set()
    found: list[Source] = []
    for source in sources:
        items: list[Item] = []
        for item in source.items:
            key, number = item.key, 2
            while key in seen:
                key = f"{item.key} ({number})"
                number += 1
            seen.add(key)
            items.append(item if key == item.key else item._replace(key=key))
        found.append(source._replace(items=tuple(items)))
    return tuple(found)


def _past(prepared: Prepared, remembered: Sequence[Item]) -> list[Entry]:
    return [
        entry
        for item in remembered
        for entry in entries(Source(item.source, "", (item,)), [prepared.of(item.source).again(item)])
    ]


def _clusters(stories: Stories) -> list[Cluster]:
    found: list[Cluster] = []
    for star in stories.stars:
        original = stories.entries[star.original]
        members = [_member(original, stories.entries[place], verdict) for place, verdict in star.members if not stories.entries[place].item.seen]
        if members:
            because = why(stories.ranks[star.original], [stories.ranks[place] for place, _ in star.members])
            found.append(Cluster(identity("story", original.item.key), _compared(original), because, tuple(members)))
    return sorted(found, key=lambda cluster: (-len(cluster.members), cluster.original.key))


def _member(original: Entry, copy: Entry, verdict: Verdict) -> Member:
    return Member(
        _compared(copy),
        verdict.relation,
        verdict.rule,
        verdict.scores,
        verdict.differences,
        verdict.evidence,
        advice(verdict.rule, copy.kind, same_source=original.item.source == copy.item.source),
        identity(verdict.rule, original.item.key, copy.item.key),
    )


def _compared(entry: Entry) -> Item:
    """Return an item as it was compared: without its source's boilerplate, so that what is shown as different was judged."""
    return entry.item if entry.body.text == entry.item.text or not entry.body.tells else entry.item._replace(text=entry.body.text)


def _identified(aside: Aside) -> Aside:
    return aside._replace(id=identity(aside.rule, aside.items[0].key))


def _boilerplate(prepared: Prepared) -> list[Boilerplate]:
    return [
        Boilerplate(
            source.name,
            passage.text,
            len(passage.items),
            len(source.items),
            tuple(source.items[place].key for place in passage.items[:3]),
            advice("F310", source.kind),
            identity("F310", source.name, passage.text),
        )
        for source, stripped in zip(prepared.sources, prepared.stripped, strict=True)
        for passage in stripped.passages
    ]
