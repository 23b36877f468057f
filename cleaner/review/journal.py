"""
What was done in a review, a JSON line each, on disk before the file itself is written.

A line says what will be done and holds all that undo needs: the edits with the digests before and after, as a report of
`cleaner` does. Whether it then happened is asked of the file: its digest is that of before or that of after. So a killed
process leaves nothing in doubt, whenever it was killed, and lines are only ever added.

    {"id": "…", "do": "accept", "place": "docs/a.md", …, "file": {…}}    an action
    {"undo": "…"}    it was taken back
    {"void": "…"}    it was refused at the last moment: the file was not written
    {"kept": "…"}    taking it back was refused: it still stands
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

NAME = "review.jsonl"


class Action(NamedTuple):
    """
    Something that somebody did.

    Attributes:
        id: Its name in the journal.
        do: "accept", "reject", "meant", "duplicate", "other" or "edit".
        place: The file that the finding stands in, as it is fingerprinted.
        finding: The finding's id.
        rule, line, text: What it was, for the reader.
        at: When, in UTC.
        file: What undo needs to know of the file that was written, as in `cleaner.report/1`; None: no file was.
        decisions: The file that was written is that of decisions, and not `place`.
        made: There was no such file before.
    """

    id: str
    do: str
    place: str
    finding: str
    rule: str
    line: int
    text: str
    at: str
    file: dict[str, Any] | None = None
    decisions: bool = False
    made: bool = False

    @property
    def before(self) -> str:
        """The digest of the file's bytes before; "" where no file was written."""
        return str(self.file["sha256"]) if self.file else ""

    @property
    def after(self) -> str:
        """The digest of the file's bytes after."""
        return str(self.file["sha256_after"]) if self.file else ""


class Journal:
    """The journal of one project. Several reviews may share it: what others add is read before anything is told."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._forget()

    def _forget(self) -> None:
        self._read = 0  # bytes
        self._actions: list[Action] = []
        self._writes: dict[tuple[str, bool], list[Action]] = {}  # by file: what wrote it
        self._aside: dict[tuple[str, str], Action] | None = None
        self._undone: dict[str, bool] = {}
        self._last: dict[tuple[str, bool], str] = {}  # by file: the action that its last line is about

    def refresh(self) -> None:
        """Read what was added; a last line without its end is not there yet. What is not ours is passed over."""
        try:
            with open(self.path, "rb") as file:
                if file.seek(0, os.SEEK_END) < self._read:  # somebody began anew
                    self._forget()
                file.seek(self._read)
                data = file.read()
        except OSError:
            self._forget()
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for row in whole.splitlines():
            self._add(row)

    def add(self, row: Action | dict[str, str]) -> None:
        """
        Add a line, down to the disk.

        Raises:
            OSError: If that cannot be done. Nothing may be written to any file then.
        """
        value = row._asdict() if isinstance(row, Action) else row
        data = json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            end = os.lseek(handle, 0, os.SEEK_END)
            if end and _last_byte(handle, end) != b"\n":
                data = b"\n" + data  # a line that a killed process left half written stays alone
            os.write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        self.refresh()

    def standing(self, place: str, digest: str, *, decisions: bool = False) -> list[Action]:
        """
        Return what stands of the actions that wrote a file, in order.

        Args:
            place: The file; ignored for the file of decisions.
            digest: Of its bytes now.
            decisions: Whether it is the file of decisions.
        """
        own = ("" if decisions else place, decisions)
        mine, last = self._writes.get(own, []), self._last.get(own)
        stack: list[Action] = []
        for each in mine:
            undone = self._undone.get(each.id, False)
            if each.id == last and digest in (each.before, each.after) and each.before != each.after:
                undone = digest == each.before
            if not undone:
                stack.append(each)
        # Put back by other means (git, `cleaner undo`): what came later than the state of now does not stand.
        if stack and digest != stack[-1].after:
            for at, each in enumerate(stack):
                if each.before == digest:
                    return stack[:at]
        return stack

    def settle(self, place: str, digest: str, *, decisions: bool = False) -> None:
        """
        Write down what so far only a file's digest says: what never came about, and what was never taken back.

        To be called before a line about that file is added: behind it the digest says nothing of earlier ones any more.
        """
        stands = self.standing(place, digest, decisions=decisions)
        for each in self._writes.get(("" if decisions else place, decisions), []):
            undone = self._undone.get(each.id, False)
            if undone and each in stands:
                self.add({"kept": each.id})
            elif not undone and each not in stands:
                self.add({"void": each.id})

    def aside(self) -> dict[tuple[str, str], Action]:
        """Return the findings that are left for now, by file and id."""
        if self._aside is None:
            live = [each for each in self._actions if each.do == "reject" and not self._undone.get(each.id)]
            self._aside = {(each.place, each.finding): each for each in live}
        return self._aside

    def rank(self, actions: Sequence[Action]) -> list[Action]:
        """Return actions in the order in which they were done."""
        wanted = {each.id for each in actions}
        return [each for each in self._actions if each.id in wanted]

    @property
    def places(self) -> frozenset[str]:
        """The files that any action wrote."""
        return frozenset(place for place, decisions in self._writes if not decisions)

    def _add(self, row: bytes) -> None:
        try:
            value = json.loads(row)
            if "id" in value:
                action = Action(**value)
                if action.file is not None:
                    assert action.before and action.after
                    self._writes.setdefault(_own(action), []).append(action)
                self._actions.append(action)
            else:
                word = next(word for word in ("undo", "void", "kept") if word in value)
                action = next(each for each in reversed(self._actions) if each.id == value[word])
                self._undone[action.id] = word != "kept"
            if action.file is not None:
                self._last[_own(action)] = action.id
            self._aside = None
        except (AssertionError, ValueError, TypeError, KeyError, StopIteration, RecursionError):
            pass


def _own(action: Action) -> tuple[str, bool]:
    """Return which file an action wrote: `place`, or the one file of decisions."""
    return "" if action.decisions else action.place, action.decisions


def _last_byte(handle: int, end: int) -> bytes:
    os.lseek(handle, end - 1, os.SEEK_SET)
    return os.read(handle, 1)
