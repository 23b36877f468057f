"""
What people have said of a file's findings before this run: known since long, meant, or a duplicate indeed.

`Known` is that for one file, as plain values; `Told` tells a run of it, finding by finding, and remembers what it was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cleaner.fingerprint import Key, mark
from cleaner.model import Finding

if TYPE_CHECKING:
    from cleaner.decisions import Decision

#: How the reason begins where a finding was accepted; the author's own comments stand in the text, these do not.
MEANT = "recorded as meant"


class Known(NamedTuple):
    """
    What is known of one file's findings, by their fingerprints.

    Attributes:
        path: The file, as it is fingerprinted.
        old: In the baseline: shown as such, never edited.
        meant: Accepted, each with a reason or "".
        duplicates: Confirmed; the fingerprint of the first of equal findings, as all of them are confirmed with it.
    """

    path: str
    old: frozenset[str] = frozenset()
    meant: Mapping[str, str] = {}
    duplicates: frozenset[str] = frozenset()

    @classmethod
    def of(cls, path: str, old: Iterable[str], decisions: Iterable[Decision]) -> Known:
        """Return what a baseline and a project's decisions say of one file."""
        mine = [decision for decision in decisions if decision.path == path]
        meant = {decision.id: decision.reason for decision in mine if decision.kind == "meant"}
        return cls(path, frozenset(old), meant, frozenset(decision.id for decision in mine if decision.kind == "duplicate"))

    def __bool__(self) -> bool:
        return bool(self.old or self.meant or self.duplicates)


class Told:
    """
    Tells the fate of a file's findings to `pipeline.clean_article`.

    What is confirmed is first judged anew (`judged`): sure enough to be shown, and safe to carry out where it has edits. What
    is accepted or in the baseline is not carried out, in no reading of the text.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        #: Fingerprints that something in the file still answers to.
        self.used: set[str] = set()

    def judged(self, finding: Finding) -> Finding:
        """Note that a finding is there, and return it as sure and safe if somebody confirmed it."""
        known = self.known
        self.used.update(own for own in self._names(finding) if own in known.meant or own in known.old)
        first = self._first(finding)
        if first not in known.duplicates:
            return finding
        self.used.add(first)
        return finding._replace(confidence="shown", safety="safe" if finding.edits else finding.safety)

    def __call__(self, finding: Finding) -> tuple[str, str] | None:
        """Say why a finding is not carried out; None where nobody spoke of it."""
        known = self.known
        own, *fewer = self._names(finding)
        confirmed = self._first(finding) in known.duplicates
        if own in known.meant:
            reason = known.meant[own]
            return "suppressed", f"{MEANT}: {reason}" if reason else MEANT
        if own in known.old and not confirmed:
            return "baseline", "known before"
        # Three copies in a row are one finding. It is new, but to carry it out would remove the copy that was spoken of.
        if any(each in known.meant for each in fewer):
            return "open", f"one of these copies is {MEANT}"
        if any(each in known.old for each in fewer) and not confirmed:
            return "open", "one of these copies was known before"
        return None

    def _first(self, finding: Finding) -> str:
        return mark(finding.rule, Key.of(finding.key).content, self.known.path)

    def _names(self, finding: Finding) -> list[str]:
        """Return a finding's own fingerprint, then those of what it was with fewer copies in a row."""
        key = Key.of(finding.key)
        keys = [key, *(Key(key.content, times) for times in range(key.times - 1, 0, -1))]
        return [mark(finding.rule, str(each), self.known.path) for each in keys]
