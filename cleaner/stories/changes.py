"""
What became of items that the history knows: dated anew, given another title, updated, or changed in silence.

An item is the same one where its source calls it so: by its id, or without one by its link. Whether a change was said is told by the
dates that the source gives.
"""

from __future__ import annotations

from collections.abc import Mapping

from cleaner import headline
from cleaner.feeds.item import Item
from cleaner.stories.advice import advice
from cleaner.stories.audit import Prepared, identity
from cleaner.stories.boilerplate import Stripped
from cleaner.stories.compare import compare
from cleaner.stories.entry import Entry
from cleaner.stories.judge import changed, days, retitled
from cleaner.stories.model import Change

#: A date that moves by less is a clock that was set, not a story that was promoted again.
LEAST_DAYS = 1 / 24


def changes(prepared: Prepared, before: Mapping[str, Item]) -> list[Change]:
    """
    Hold each item against its last state.

    Args:
        prepared: The sources as they are now.
        before: The last states, by the keys of the items of now.
    """
    at = iter(prepared.entries)
    found: list[Change] = []
    for source, stripped in zip(prepared.sources, prepared.stripped, strict=True):
        for item in source.items:
            entry = next(at)
            if item.key in before and (change := _change(entry, before[item.key], stripped)):
                found.append(change)
    return found


def _change(entry: Entry, before: Item, stripped: Stripped) -> Change | None:
    now, then = entry.item, stripped.again(before)  # both without the boilerplate of now
    reading = compare(then, entry.body) if then.key and entry.body.key else None
    texts = entry.body.key != then.key and (bool(then.key) == bool(entry.body.key))
    titles = headline.fold(before.title) != headline.fold(now.title) and bool(before.title and now.title)
    later = days(before.published, now.published)
    if texts or titles:
        said = _moved(before.updated or before.published, now.updated) or _moved(before.published, now.published)
        rule = ("F306" if said else "F320") if texts else "F305"
        evidence = [*(retitled(before, now) if titles else ()), *(changed(reading) if reading and texts else ())]
        evidence.append("its date says so" if said else "no date says so")
    elif later is not None and later >= LEAST_DAYS and now.published > before.published:
        rule, evidence = "F304", [f"published {before.published} before, {now.published} now, and nothing else is new"]
    else:
        return None
    return Change(
        rule,
        now._replace(text=entry.body.text),
        before._replace(text=then.text),
        reading.scores if reading else None,
        reading.differences if reading else (),
        tuple(evidence),
        advice(rule, entry.kind),
        identity(rule, now.source, now.key, before.title, before.text, now.title, now.text, now.published),
    )


def _moved(before: str, now: str) -> bool:
    return bool(now) and now > before
