"""
A whole audit, from names to findings: read, remember, judge, and tell what is new.

Nothing is told that the history does not hold: it is written before anybody reads a finding, so that what was told once is known
for good, however the program ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cleaner.feeds.collect import Plans, collect
from cleaner.feeds.item import Item
from cleaner.stories.audit import Prepared, audit, prepare
from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Cluster, Member, Progress, Status, silent

if TYPE_CHECKING:
    from cleaner.feeds.history import History, Print

#: Fingerprints of a text that a history keeps.
SKETCH = 8
Told = TypeVar("Told", Member, Aside, Boilerplate, Change)


class Wishes(NamedTuple):
    """
    What is asked of an audit.

    Attributes:
        history: The file of the history; "": none.
        priority: Names of sources whose items are originals before those of others.
        since: Only what is dated then or later is told, as a day or a time in ISO 8601; "": all.
        accept: Ids of findings that are meant from now on.
        now: The time of the run, ISO 8601 in UTC.
        progress: Told how far the reading and the judging are.
    """

    history: str = ""
    priority: tuple[str, ...] = ()
    since: str = ""
    accept: tuple[str, ...] = ()
    now: str = ""
    progress: Progress = silent


def run(names: Iterable[str], plans: Plans, wishes: Wishes) -> Audit:
    """Audit what is named. A source that cannot be read is in `errors`, and the others are audited."""
    start = perf_counter()
    with ExitStack() as opened:
        history: History | None = None
        if wishes.history:
            from cleaner.feeds.history import History

            history = opened.enter_context(History.open(wishes.history))
            plans = plans._replace(memory=history, now=wishes.now)
        collected = collect(names, plans)
        prepared = prepare(collected.sources)
        if history is None:
            result = audit(prepared, priority=wishes.priority, progress=wishes.progress)
        else:
            result = _remembering(prepared, history, wishes)
    notes = tuple(f"--priority {name}: no source of that name is here" for name in wishes.priority if all(source.name != name for source in prepared.sources))
    result = result._replace(errors=collected.problems, notes=(*result.notes, *collected.notes, *notes))
    return since(result, wishes.since)._replace(seconds=perf_counter() - start)


def since(result: Audit, date: str) -> Audit:
    """Leave out findings whose item is dated before a day or time; what has no date stays where it is new."""
    if not date:
        return result

    def recent(item: Item) -> bool:
        told = max(item.published, item.updated)
        return told >= date if told else item.key in result.fresh

    clusters = (cluster._replace(members=tuple(member for member in cluster.members if recent(member.item))) for cluster in result.clusters)
    return result._replace(
        clusters=tuple(cluster for cluster in clusters if cluster.members),
        asides=tuple(aside for aside in result.asides if any(map(recent, aside.items))),
        changes=tuple(change for change in result.changes if recent(change.item) or change.rule == "F320"),
    )


def _remembering(prepared: Prepared, history: History, wishes: Wishes) -> Audit:
    from cleaner.stories.changes import changes

    prints = list(_prints(prepared))
    before = {key: record.item for key, record in history.versions(prints).items()}
    here = {mark for each in prints for mark in _marks(each.item, each.link)}
    related = [record.item for record in history.related(prints) if here.isdisjoint(_marks(record.item, record.link))]
    result = audit(prepared, remembered=related, priority=wishes.priority, changes=changes(prepared, before), progress=wishes.progress)
    ids = [each.id for each in _findings(result)]
    told, accepted = history.told(ids), history.accepted(ids)
    unknown = [mark for mark in wishes.accept if mark not in ids]
    for mark in wishes.accept:
        if mark in ids:
            history.accept([mark], wishes.now)
            accepted.add(mark)
    history.store(prints, wishes.now, told=ids)
    return _with_status(result, told, accepted)._replace(
        history=wishes.history,
        fresh=frozenset(each.item.key for each in prints) - before.keys(),
        notes=(*history.notes, *(f"--accept {mark}: this run has no such finding" for mark in unknown)),
    )


def _prints(prepared: Prepared) -> Iterator[Print]:
    """Yield of each item what the history keeps beside it."""
    from cleaner.feeds.history import Print
    from cleaner.stories.texts import fingerprints

    found = fingerprints(entry.body.key for entry in prepared.entries)
    sketches: list[list[int]] = [[] for _ in prepared.entries]
    for owner, value in zip(found.owners.tolist(), found.values.tolist()):  # the smallest first
        if len(sketches[owner]) < SKETCH:
            sketches[owner].append(value)
    for entry, sketch in zip(prepared.entries, sketches, strict=True):
        digest = f"{entry.body.digest:016x}" if entry.body.tells else ""
        yield Print(entry.item, entry.link, digest, tuple(sketch) if entry.body.tells else ())


def _marks(item: Item, link: str) -> list[tuple[str, str, str]]:
    """Return what an item is known by in its source: its id, else its link, else its title."""
    if item.id:
        return [(item.source, "id", item.id)]
    return [(item.source, "link", link)] if link else [(item.source, "title", item.title)]


def _findings(result: Audit) -> Iterator[Member | Aside | Boilerplate | Change]:
    for cluster in result.clusters:
        yield from cluster.members
    yield from result.asides
    yield from result.boilerplate
    yield from result.changes


def _with_status(result: Audit, told: set[str], accepted: set[str]) -> Audit:
    def known(found: Sequence[Told]) -> tuple[Told, ...]:
        return tuple(each._replace(status=_status(each.id, told, accepted)) for each in found)

    def cluster(each: Cluster) -> Cluster:
        return each._replace(members=known(each.members))

    return result._replace(
        clusters=tuple(map(cluster, result.clusters)),
        asides=known(result.asides),
        boilerplate=known(result.boilerplate),
        changes=known(result.changes),
    )


def _status(mark: str, told: set[str], accepted: set[str]) -> Status:
    return "accepted" if mark in accepted else "known" if mark in told else "new"
