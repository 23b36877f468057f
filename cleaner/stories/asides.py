"""
What looks like a copy and is not: series, columns with one title, entries of a live blog, notices from one template.

They are said, so that nobody wonders why a tool that looks for copies passed them by, and a group of them is one line: a column of
two hundred weeks is not two hundred findings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable
from typing import NamedTuple

from cleaner.feeds.item import Item
from cleaner.match.facts import named
from cleaner.model import Difference
from cleaner.stories.clusters import Stories
from cleaner.stories.entry import Entry
from cleaner.stories.judge import Verdict
from cleaner.stories.model import Aside

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,:]\d+)*")
_FIGURE = "#"
# What may stand together with other items of its series; a reused id or link is about two items that share it.
_SERIAL = frozenset({"F311", "F312", "F315", "F316"})


class _Group(NamedTuple):
    places: dict[int, None]
    verdict: Verdict | None


def asides(stories: Stories) -> list[Aside]:
    """Return the groups of items that only look like copies, those with most items first. Of a story only its original is named."""
    entries = stories.entries
    groups: dict[Hashable, _Group] = {}
    series: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        if stories.owner[place] == place and (mark := _series(entry)):
            series[mark].append(place)
    for head, place, verdict in stories.asides:
        mark = _series(entries[head])
        one = verdict.rule in _SERIAL and mark is not None and mark == _series(entries[place])
        key: Hashable = mark if one else (verdict.rule, head)
        groups.setdefault(key, _Group({}, verdict)).places.update({head: None, place: None})
    told: defaultdict[int, set[int]] = defaultdict(set)  # in which groups a place stands
    for number, group in enumerate(groups.values()):
        for place in group.places:
            told[place].add(number)
    for mark, places in series.items():
        if mark in groups:
            groups[mark].places.update(dict.fromkeys(places))
        elif len(places) > 1 and not set[int].intersection(*(told[place] for place in places)):
            groups[mark] = _Group(dict.fromkeys(places), None)
    found = [_aside(entries, group) for group in groups.values() if not all(entries[place].item.seen for place in group.places)]
    return sorted(found, key=lambda aside: (-len(aside.items), aside.rule, aside.items[0].key))


def _aside(entries: list[Entry], group: _Group) -> Aside:
    items: list[Item] = [entries[place].item for place in sorted(group.places)]
    differences: tuple[Difference, ...] = ()
    if group.verdict is not None:
        rule, reason = group.verdict.rule, group.verdict.reason
        differences = group.verdict.reading.conflicts if group.verdict.reading else ()
    elif len({item.title for item in items}) == 1:
        rule, reason = "F312", "the title is the same, the texts are not alike"
    else:
        rule, reason = "F311", "a series: the titles differ in numbers or dates, and the texts are not alike"
    return Aside(rule, reason, tuple(items), differences)


def _series(entry: Entry) -> Hashable | None:
    """Return what the items of a series share: who publishes them, and the title without numbers and dates; None where little is left."""
    said = _WORD.findall(entry.title)
    bare = [_FIGURE if word[0].isdigit() or named(word) in ("number", "date") else word for word in said]
    words = sum(word != _FIGURE for word in bare)
    if words < 2 and not (words and any(word[0].isdigit() for word in said)):
        return None
    return entry.publisher or entry.item.source, tuple(bare)
