"""
The nouns of an audit's result, in the order in which the work meets them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from cleaner.feeds.item import Item, Source
from cleaner.model import Difference, Problem, Scores

#: How an item relates to the original of its cluster; the words of `cleaner.audit/1`.
Relation = Literal["same-id", "same-link", "republished", "syndicated", "updated", "near", "contained"]
#: Whether a finding was told in an earlier run (with --history), or accepted as meant.
Status = Literal["new", "known", "accepted"]


#: Told how far a long stage is: which, how much is done, and of how much.
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody how far the work is."""


class Member(NamedTuple):
    """
    An item that tells its cluster's story again. It was held against the original itself, on the full text of both.

    Attributes:
        item: The copy.
        relation: The word of the report's schema.
        rule: The kind in full, "F301" to "F309".
        scores: How alike the texts are; None where one of the two has none (a sitemap, a title alone).
        differences: What differs between original and copy; facts among them only where the copy is an update.
        evidence: What tells that it is this kind, each a few words: "same link but for www and utm_source".
        advice: One sentence to the publisher, with the rule of the standard behind it.
        id: A fingerprint of kind and both items' identities, for --accept and for telling new from known.
        status: See `Status`.
    """

    item: Item
    relation: Relation
    rule: str
    scores: Scores | None = None
    differences: tuple[Difference, ...] = ()
    evidence: tuple[str, ...] = ()
    advice: str = ""
    id: str = ""
    status: Status = "new"


class Cluster(NamedTuple):
    """
    One story told more than once. Its items stand here as they were compared, without the boilerplate of their sources.

    Attributes:
        id: A fingerprint of the original's identity.
        original: The item that the others repeat.
        why: Why it is the original: "its own link is the canonical one", "published first"...
        members: Each matches the original directly; in order of their dates.
    """

    id: str
    original: Item
    why: str
    members: tuple[Member, ...]

    @property
    def relation(self) -> Relation:
        """What its members have in common: the relation of most of them, the more certain one of two that tie."""
        counts = [(-sum(member.relation == relation for member in self.members), at) for at, relation in enumerate(CERTAIN)]
        return CERTAIN[min(counts)[1]]

    @property
    def keep(self) -> Item:
        """The item to keep where only one is kept: the newest update, so that no correction is dropped; else the original."""
        updates = [member.item for member in self.members if member.relation == "updated"]
        return max(updates, key=lambda item: (item.updated or item.published, item.number)) if updates else self.original


#: The relations, the more certain first.
CERTAIN: tuple[Relation, ...] = ("same-id", "same-link", "updated", "republished", "syndicated", "contained", "near")


class Aside(NamedTuple):
    """
    Items that look like copies and are not: said, so that nobody wonders, and never counted as duplicates.

    Attributes:
        rule: "F311" to "F316".
        reason: Why they are not duplicates, one sentence.
        items: Two or more.
        differences: The facts in which two of them differ, where that is the reason.
    """

    rule: str
    reason: str
    items: tuple[Item, ...]
    differences: tuple[Difference, ...] = ()
    id: str = ""
    status: Status = "new"


class Boilerplate(NamedTuple):
    """A passage that a source puts into many of its items. It was left out before texts were compared."""

    source: str
    text: str  # as it stands in the first of the items; names of the item itself, where it holds them, as there
    items: int  # how many hold it
    of: int  # items of the source
    keys: tuple[str, ...]  # of the first few items that hold it
    advice: str = ""
    id: str = ""
    status: Status = "new"


class Change(NamedTuple):
    """
    An item that the history knows in another state.

    Attributes:
        rule: "F304" (dated anew), "F305" (another title), "F306" (updated, and said so), "F320" (changed, and not said).
        item: As it is now.
        before: As it was last seen; `seen` says when that was first.
        differences: What changed in the text.
    """

    rule: str
    item: Item
    before: Item
    scores: Scores | None = None
    differences: tuple[Difference, ...] = ()
    evidence: tuple[str, ...] = ()
    advice: str = ""
    id: str = ""
    status: Status = "new"


class Audit(NamedTuple):
    """
    What an audit found.

    Attributes:
        sources: What was read, in the order given; `items` of each are in its own order.
        clusters: Stories told more than once, those with most copies first.
        asides: What only looks like a copy.
        boilerplate: What stands in many items of one source.
        changes: What the history knows in another state.
        errors: Sources that could not be read.
        seconds: How long it took.
        history: The file of the history; "" without one.
        fresh: Keys of the items that the history had not seen; all, without one.
        notes: What else should be known of this run: a history that was set aside...
    """

    sources: tuple[Source, ...]
    clusters: tuple[Cluster, ...] = ()
    asides: tuple[Aside, ...] = ()
    boilerplate: tuple[Boilerplate, ...] = ()
    changes: tuple[Change, ...] = ()
    errors: tuple[Problem, ...] = ()
    seconds: float = 0.0
    history: str = ""
    fresh: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item of every source, in order."""
        return tuple(item for source in self.sources for item in source.items)
