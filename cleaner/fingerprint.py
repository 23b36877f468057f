"""
What a finding is called for as long as it is the same finding, wherever it moves in its file.

A fingerprint is made of rule, content and path, never of a place: a baseline, a decision and a build server know a finding
by it. Findings of one rule that say the same of one file are numbered in reading order, so a fresh copy of an old
duplicate has a fingerprint of its own.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cleaner.digest import sha256
from cleaner.model import Finding, Plan

LENGTH = 20


def keyed(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """
    Give each finding its final key: a digest of its content, with a number from the second of equal ones on.

    Args:
        text: The article's.
        findings: All that rules of one family found in it: equal ones are numbered among each other. Their order stays.
    """
    counts: Counter[tuple[str, str]] = Counter()
    keys: dict[int, str] = {}
    for at in _as_read(findings):
        finding = findings[at]
        content, times = _once(finding.key or " ".join(text[finding.span.start : finding.span.end].split()))
        whole = Key(_digest(content), times)
        counts[finding.rule, str(whole)] += 1
        keys[at] = str(whole._replace(number=counts[finding.rule, str(whole)]))
    return [finding._replace(key=keys[at]) for at, finding in enumerate(findings)]


def renumbered(plan: Plan) -> Plan:
    """
    Number equal findings anew, in reading order.

    What a second reading finds was numbered among what was left then; in the first reading's text it may be another.
    """
    every = [*plan.taken, *(skip.finding for skip in plan.skipped)]
    counts: Counter[tuple[str, Key]] = Counter()
    keys: dict[int, str] = {}
    for at in _as_read(every):
        plain = Key.of(every[at].key)._replace(number=1)
        counts[every[at].rule, plain] += 1
        keys[at] = str(plain._replace(number=counts[every[at].rule, plain]))
    named = [finding._replace(key=keys[at]) for at, finding in enumerate(every)]
    pairs = zip(plan.skipped, named[len(plan.taken) :])
    return Plan(tuple(named[: len(plan.taken)]), tuple(skip._replace(finding=finding) for skip, finding in pairs))


def _as_read(findings: Sequence[Finding]) -> list[int]:
    """Return the places of findings in a list, in reading order."""
    return sorted(range(len(findings)), key=lambda at: (findings[at].span, findings[at].rule, findings[at].message))


class Key(NamedTuple):
    """A finding's final key, taken apart: `4be1...ab`, `4be1...abx3-2`."""

    content: str  # a digest of what stands twice
    times: int = 1  # how often the finding's own text says it: three copies in a row are one finding
    number: int = 1  # which of equal findings

    def __str__(self) -> str:
        return self.content + (f"x{self.times}" if self.times > 1 else "") + (f"-{self.number}" if self.number > 1 else "")

    @classmethod
    def of(cls, key: str) -> Key:
        head, _, number = key.partition("-")
        content, _, times = head.partition("x")
        return cls(content, int(times) if times.isdecimal() else 1, int(number) if number.isdecimal() else 1)


def _once(content: str) -> tuple[str, int]:
    """Return what a key of several lines says once, and how often it says it."""
    if "\n" not in content:
        return content, 1
    lines = content.split("\n")
    for period in range(1, len(lines) // 2 + 1):
        if len(lines) % period == 0 and lines == lines[:period] * (len(lines) // period):
            return "\n".join(lines[:period]), len(lines) // period
    return content, 1


def mark(rule: str, key: str, path: str) -> str:
    """Return a fingerprint; `path` as `place` returns it."""
    return _digest("\0".join((rule, key, path)))


def marks(findings: Iterable[Finding], path: str) -> frozenset[str]:
    """Return the fingerprints of a file's findings."""
    return frozenset(mark(finding.rule, finding.key, path) for finding in findings)


def place(path: str, root: str = "") -> str:
    """
    Return a file's path as it is fingerprinted and shown: with slashes, without a leading `./`.

    Args:
        path: As it was named, from the working directory.
        root: The project's folder; a file in it has one name, wherever the command was run.
    """
    if root:
        inside = _inside(path, root)
        if inside is not None:
            return inside
    shown = path.replace(os.sep, "/")
    while shown.startswith("./"):
        shown = shown[2:].lstrip("/")
    return shown


def _inside(path: str, root: str) -> str | None:
    whole = os.path.normpath(path if os.path.isabs(path) else os.path.join(_here(), path)).replace(os.sep, "/")
    folder = root.replace(os.sep, "/").rstrip("/") + "/"
    return whole.removeprefix(folder) if whole.startswith(folder) else None


def _here() -> str:
    return os.getcwd()


def _digest(content: str) -> str:
    return str(sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH])
