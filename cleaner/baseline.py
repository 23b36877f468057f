"""
Findings known before: a text file, sorted, a finding a line, so that a team can switch the check on today and mend later.

    # cleaner baseline 1: ...
    4be1d3c2a0f95c7716ab  D101  docs/pier.md  The council approved the new bridge on Monday after a…

Columns are divided by tabs. The fingerprint alone decides; rule, path and excerpt are for the reviewer of a diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cleaner.errors import OptionsError

HEADER = "# cleaner baseline 1: findings known before, one a line; cleaner check --add-baseline writes it anew"
_HEADER = re.compile(r"# cleaner baseline (\d+)\b")
_LINE = re.compile(r"(?P<mark>[0-9a-f]{20})\t(?P<rule>[A-Z]\d{3})\t(?P<path>[^\t]+)(?:\t(?P<text>.*))?")


class Line(NamedTuple):
    """One known finding."""

    path: str  # as it is fingerprinted
    rule: str
    mark: str
    text: str = ""  # how the copy begins


def read(path: str) -> dict[str, dict[str, Line]]:
    """
    Return the known findings: by the file's path, then by fingerprint.

    Raises:
        OptionsError: If the file cannot be read, or a line of it is not one of ours; names file and line.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            rows = file.read().splitlines() if not os.path.isdir(path) else []
    except FileNotFoundError:
        raise OptionsError(f"{path}: there is no such baseline; --add-baseline writes it") from None
    except OSError as error:
        raise OptionsError(f"{path}: the baseline cannot be read: {error.strerror}") from None
    version = _HEADER.match(rows[0]) if rows else None
    if version is None or version[1] != "1":
        raise OptionsError(f"{path}: line 1: this is no baseline that this version reads; it begins with {HEADER[:20]!r}")
    found: dict[str, dict[str, Line]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not row.strip() or row.startswith("#"):
            continue
        parts = _LINE.fullmatch(row)
        if parts is None:
            raise OptionsError(f"{path}: line {number}: {row[:40]!r} is no known finding; --add-baseline writes it anew")
        line = Line(unescaped(parts["path"]), parts["rule"], parts["mark"], parts["text"] or "")
        found.setdefault(line.path, {})[line.mark] = line
    return found


def written(lines: Iterable[Line]) -> bytes:
    """Return a baseline as the bytes of its file: the same findings give the same bytes."""
    rows = sorted({"\t".join((escaped(line.path), line.rule, line.mark, line.text)): line for line in lines})
    parts = (row.split("\t") for row in rows)
    body = ("\t".join((mark, rule, path, text)).rstrip("\t") for path, rule, mark, text in parts)
    return "".join(f"{row}\n" for row in (HEADER, *body)).encode("utf-8", "surrogateescape")


def stale(known: Mapping[str, Mapping[str, Line]], used: Mapping[str, Iterable[str]], root: str) -> list[Line]:
    """
    Return what no longer applies.

    Args:
        known: The baseline.
        used: By the path of each file that was checked: the fingerprints that something in it still answers to.
        root: The project's folder; a file that is gone from it has no findings any more.
    """
    return [
        line
        for path, lines in known.items()
        for line in lines.values()
        if (line.mark not in used[path] if path in used else not os.path.lexists(os.path.join(root, path)))
    ]


def escaped(path: str) -> str:
    r"""
    Return a path on one line, without tabs: what does not print is written as its bytes.

    >>> escaped("a\tb.md")
    'a\\x09b.md'
    """
    raw = (char if char.isprintable() and char != "\\" else _bytes(char) for char in path)
    return "".join(raw)


def unescaped(path: str) -> str:
    """Return the path that `escaped` wrote."""
    if "\\" not in path:
        return path
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), path.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "surrogateescape")


def _bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))
