"""
What all views of an audit count, and what they call things.

An *update* repeats its story and says something new. It is counted apart and never among the copies: whoever reads "copy"
thinks of removing it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from cleaner.feeds.item import Item, Source
from cleaner.report.audit import AuditView
from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Cluster, Member, Status

#: How an item relates to the original, in words for a publisher.
LABELS: dict[str, str] = {
    "same-id": "same id",
    "same-link": "same link",
    "republished": "published again",
    "syndicated": "syndicated",
    "updated": "an update: keep it",
    "near": "near copy",
    "contained": "excerpt and full text",
}

#: Instead of its relation's, the label of a rule that says more.
_EXACTLY: dict[str, str] = {
    "F303": "the same under a new id",
    "F305": "a corrected title: keep it",
}

#: What each relation means, a sentence.
MEANINGS: dict[str, str] = {
    "same-id": "A source lists one item twice: both carry the same id.",
    "same-link": "Both lead to the same page; where the addresses differ, it is in what does not matter.",
    "republished": "The same story as a new item: under another id, link or date.",
    "syndicated": "Another source carries the story, often under a title of its own, with a line added or the end cut off.",
    "updated": "A later state of the story, with something new in it. It is no copy to remove: keep it.",
    "near": "Almost the same words, and no fact differs.",
    "contained": "One of the two is part of the other: a summary here, the full text there.",
}

#: The rule of all boilerplate, which carries none itself.
BOILERPLATE = "F310"

#: What became of an item that the history knows.
CHANGES: dict[str, str] = {
    "F304": "dated anew",
    "F305": "another title",
    "F306": "updated",
    "F320": "changed without saying so",
}


class Story(NamedTuple):
    """A cluster, and those of its members that are to be shown."""

    cluster: Cluster
    members: tuple[Member, ...]

    @property
    def copies(self) -> int:
        return sum(member.relation != "updated" for member in self.members)

    @property
    def updates(self) -> int:
        return len(self.members) - self.copies

    @property
    def new(self) -> bool:
        return any(member.status == "new" for member in self.members)


class Counts(NamedTuple):
    """
    How much was looked at and found.

    What was accepted as meant is in `accepted` and nowhere else. `new` counts what no earlier run told among copies, updates,
    changes and boilerplate.
    """

    sources: int
    items: int
    stories: int  # that are told more than once
    copies: int  # items that repeat another one and say nothing new
    updates: int
    changes: int
    boilerplate: int
    asides: int
    errors: int
    new: int
    known: int
    accepted: int


class Share(NamedTuple):
    """
    How much of one source repeats something.

    Attributes:
        source: The source.
        copies: How many of its items repeat another one, itself or elsewhere. Updates are not among them.
        updates: How many of its items are updates.
        repeats: The name of each source that is repeated, with how many items do; most first.
    """

    source: Source
    copies: int
    updates: int
    repeats: tuple[tuple[str, int], ...]

    @property
    def ratio(self) -> float:
        """Copies among the items, from 0 to 1."""
        return self.copies / len(self.source.items) if self.source.items else 0.0

    def lacking(self, field: str) -> int:
        """How many items have no id, url, date, title or text."""
        return sum(not getattr(item, field) for item in self.source.items)


class Bar(NamedTuple):
    """Items of one stretch of time. Those that neither repeat nor update another are `items - copies - updates`."""

    first: str  # its first day, ISO 8601; "": before all others
    label: str
    items: int
    copies: int
    updates: int


class Timeline(NamedTuple):
    """Items by the day, week, month or year in which they were published: the shortest that makes a chart one can read."""

    unit: str
    bars: tuple[Bar, ...]
    undated: int


def counts(audit: Audit) -> Counts:
    """Count a whole audit."""
    fates: Counter[Status] = Counter(finding.status for finding in told(audit))
    members = [member for cluster in audit.clusters for member in cluster.members if member.status != "accepted"]
    updates = sum(member.relation == "updated" for member in members)
    return Counts(
        sources=len(audit.sources),
        items=sum(len(source.items) for source in audit.sources),
        stories=sum(any(each.status != "accepted" for each in cluster.members) for cluster in audit.clusters),
        copies=len(members) - updates,
        updates=updates,
        changes=_left(audit.changes),
        boilerplate=_left(audit.boilerplate),
        asides=_left(audit.asides),
        errors=len(audit.errors),
        new=fates["new"],
        known=fates["known"],
        accepted=fates["accepted"] + sum(aside.status == "accepted" for aside in audit.asides),
    )


def label(member: Member) -> str:
    """Say in words how a member relates to its original. Of an update it says that it is to be kept."""
    return _EXACTLY.get(member.rule) or LABELS[member.relation]


def told(audit: Audit) -> Iterator[Member | Change | Boilerplate]:
    """Yield all that an audit tells: members of clusters, changes, boilerplate. What is no duplicate is not among it."""
    for cluster in audit.clusters:
        yield from cluster.members
    yield from audit.changes
    yield from audit.boilerplate


def news(audit: Audit) -> bool:
    """Whether an audit tells anything that no earlier run told. Errors are no news of it; a caller says them apart."""
    return any(finding.status == "new" for finding in told(audit))


def shown(status: Status, view: AuditView) -> bool:
    """Whether people are shown a finding of that status, or only how many there are."""
    return view.verbose or status == "new"


def stories(audit: Audit, view: AuditView) -> tuple[list[Story], int]:
    """
    Return the stories to show, those with news first and then those with most copies, and how many the limit leaves out.
    """
    every = [
        Story(cluster, members)
        for cluster in audit.clusters
        if (members := tuple(member for member in cluster.members if shown(member.status, view)))
    ]
    every.sort(key=lambda story: (not story.new, -len(story.members)))
    kept = every if view.limit is None else every[: max(view.limit, 0)]
    return kept, len(every) - len(kept)


def copies(audit: Audit) -> Iterator[tuple[Item, Item]]:
    """Yield each item of this run that repeats another, with that other; each once. Updates and what is accepted are left out."""
    seen: set[str] = set()
    for cluster in audit.clusters:
        for member in cluster.members:
            if _counts(member) and member.relation != "updated" and member.item.key not in seen:
                seen.add(member.item.key)
                yield member.item, cluster.original


def updates(audit: Audit) -> dict[str, Item]:
    """Return the items of this run that update another, by key."""
    found = (member for cluster in audit.clusters for member in cluster.members if _counts(member))
    return {member.item.key: member.item for member in found if member.relation == "updated"}


def matrix(audit: Audit) -> Counter[tuple[str, str]]:
    """Count how many items of one source repeat items of another: keys are the names of both."""
    return Counter((copy.source, original.source) for copy, original in copies(audit))


def shares(audit: Audit) -> tuple[Share, ...]:
    """Return how much of each source repeats something, in the order of the sources."""
    pairs, newer = matrix(audit), Counter(item.source for item in updates(audit).values())
    repeats: dict[str, list[tuple[str, int]]] = {}
    for (one, other), number in pairs.most_common():
        repeats.setdefault(one, []).append((other, number))
    return tuple(
        Share(source, sum(number for _, number in row), newer[source.name], tuple(row))
        for source in audit.sources
        for row in [repeats.get(source.name, [])]
    )


def advice(findings: Iterable[Member | Change | Boilerplate]) -> list[tuple[str, int]]:
    """Return each advice once, with how many findings it is for, in the order in which they come first."""
    return list(Counter(finding.advice for finding in findings if finding.advice).items())


def day(text: str) -> date | None:
    """
    Return the day of an ISO 8601 date; None where there is none.

    >>> day("2026-11-23T08:30:00Z")
    datetime.date(2026, 11, 23)
    """
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])", text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def span(audit: Audit) -> tuple[date, date] | None:
    """Return the first and the last day on which an item was published; None where none says when."""
    days = [found for source in audit.sources for item in source.items if (found := day(item.date))]
    return (min(days), max(days)) if days else None


#: More bars than this cannot be told from each other on a telephone.
_BARS = 62


def timeline(audit: Audit) -> Timeline:
    """
    Count items by time: by day where that makes at most 62 bars, else by week, month or year.

    A feed of this month with one item of 1970 would be one bar among sixty empty ones. So the unit is chosen for the middle 96 %
    of the items; what lies outside of the bars is counted in one bar at the end.
    """
    repeating, newer = {copy.key for copy, _ in copies(audit)}, updates(audit)
    dated: list[tuple[date, Item]] = []
    undated = 0
    for item in audit.items:
        if found := day(item.date):
            dated.append((found, item))
        else:
            undated += 1
    if not dated:
        return Timeline("day", (), undated)
    days = sorted(found for found, _ in dated)
    cut = len(days) // 50
    first, last = days[cut], days[len(days) - 1 - cut]
    unit = next((unit for unit in _UNITS if len(_starts(first, last, unit)) <= _BARS), "year")
    if len(_starts(days[0], days[-1], unit)) <= _BARS:
        first, last = days[0], days[-1]
    starts = _starts(first, last, unit)[-_BARS:]
    place = {start: at for at, start in enumerate(starts, 1)}
    sums = [[0, 0, 0] for _ in range(len(starts) + 2)]
    for found, item in dated:
        start = _start(found, unit)
        at = 0 if start < starts[0] else len(starts) + 1 if start > starts[-1] else place[start]
        sums[at][0] += 1
        sums[at][1] += item.key in repeating
        sums[at][2] += item.key in newer and item.key not in repeating
    bars = [Bar(start.isoformat(), _label(start, unit), *sums[at]) for start, at in place.items()]
    if sums[0][0]:
        bars.insert(0, Bar("", "earlier", *sums[0]))
    if sums[-1][0]:
        bars.append(Bar(_next(starts[-1], unit).isoformat(), "later", *sums[-1]))
    return Timeline(unit, tuple(bars), undated)


_UNITS = ("day", "week", "month", "year")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def written(found: date) -> str:
    """
    Return a day as people write it, in any locale.

    >>> written(date(2026, 11, 3))
    '3 Nov 2026'
    """
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def _start(found: date, unit: str) -> date:
    if unit == "week":
        return date.fromordinal(max(found.toordinal() - found.weekday(), 1))
    if unit == "month":
        return found.replace(day=1)
    return found.replace(month=1, day=1) if unit == "year" else found


def _next(start: date, unit: str) -> date:
    try:
        if unit == "year":
            return start.replace(year=start.year + 1)
        if unit == "month":
            return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        return start + timedelta(days=7 if unit == "week" else 1)
    except (OverflowError, ValueError):  # after the last year that a date can hold
        return date.max


def _starts(first: date, last: date, unit: str) -> list[date]:
    """Return the first days of all units from one day to another; at most a few more than make a chart, but for years."""
    start = _start(first, unit)
    starts: list[date] = []
    while start <= last and (unit == "year" or len(starts) <= _BARS):
        starts.append(start)
        after = _next(start, unit)
        if after <= start:
            break
        start = after
    return starts


def _label(start: date, unit: str) -> str:
    if unit == "year":
        return str(start.year)
    if unit == "month":
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return f"week of {written(start)}" if unit == "week" else written(start)


def _counts(member: Member) -> bool:
    return member.status != "accepted" and not member.item.seen


def _left(findings: Iterable[Change | Boilerplate | Aside]) -> int:
    return sum(finding.status != "accepted" for finding in findings)
