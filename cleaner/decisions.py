"""
Your own corrections: "these two are meant", "this is a duplicate". A TOML file beside the settings, for review like any other.

    [[meant]]
    id = "4be1d3c2a0f95c7716ab"
    rule = "D101"
    path = "songs/ferry.md"
    text = "Oh carry me over the water…"
    keeper = "Oh carry me over the water…"
    reason = "the refrain"

`[[duplicate]]` is the other kind. The id decides; all else is for the reader. Sorted, so that a new decision is a small diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cleaner.digest import sha256
from cleaner.errors import OptionsError
from cleaner.model import Article, Cleaned, Counts, Finding, Origin, Plan, Skipped, Span
from cleaner.options import Options

NAME = "cleaner-decisions.toml"
_HEADER = """\
# Decisions on findings, written by `cleaner check --accept ID` and `cleaner check --confirm ID`: what is meant stays and is
# not reported, what is a duplicate is. Reasons may be edited; an entry that is taken out is undecided again.
"""
_KINDS = ("meant", "duplicate")
_KEYS = ("id", "rule", "path", "text", "keeper", "reason")


class Decision(NamedTuple):
    """What somebody said of a finding."""

    kind: str  # "meant" or "duplicate"
    path: str
    rule: str
    id: str
    text: str = ""  # how the copy begins
    keeper: str = ""  # how the text that it copies begins; "" where there is none
    reason: str = ""


def read(path: str) -> list[Decision]:
    """
    Return the decisions of a file; none where there is no file.

    Raises:
        OptionsError: If it cannot be read, or holds what is no decision; names file, entry, key and what is allowed.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OptionsError(f"{path}: cannot be read: {error.strerror}") from None
    import tomllib

    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise OptionsError(f"{path}: not UTF-8, as TOML has to be") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise OptionsError(f"{path}: not TOML: {error}") from None
    return list(_decisions(path, table))


def _decisions(path: str, table: Mapping[str, Any]) -> Iterator[Decision]:
    for kind, rows in table.items():
        if kind not in _KINDS or not isinstance(rows, list):
            raise OptionsError(f"{path}: {kind!r} is not allowed; it takes [[meant]] and [[duplicate]]")
        for number, row in enumerate(rows, 1):
            where = f"{path}: {kind} {number}"
            if not isinstance(row, dict):
                raise OptionsError(f"{where}: {row!r} is not allowed; it takes a table")
            for key, value in row.items():
                if key not in _KEYS:
                    raise OptionsError(f"{where}: unknown key {key!r}; known are {', '.join(_KEYS)}")
                if not isinstance(value, str):
                    raise OptionsError(f"{where}: {key} = {value!r} is not allowed; it takes a text")
            for key in ("id", "rule", "path"):
                if key not in row:
                    raise OptionsError(f"{where}: {key} is missing")
            if not re.fullmatch("[0-9a-f]{20}", row["id"]):
                raise OptionsError(f"{where}: id = {row['id']!r} is not allowed; it takes the id of a finding, 20 digits 0-9a-f")
            yield Decision(kind, **{key: row[key] for key in _KEYS if key in row})


def written(decisions: Iterable[Decision]) -> bytes:
    """Return decisions as the bytes of their file: the same decisions give the same bytes."""
    parts = [_HEADER]
    every = sorted(set(decisions))
    for kind in _KINDS:
        for one in (decision for decision in every if decision.kind == kind):
            rows = [f"{key} = {_quoted(value)}" for key in _KEYS if (value := getattr(one, key))]
            parts.append("\n".join([f"[[{kind}]]", *rows]) + "\n")
    return "\n".join(parts).encode("utf-8")


def unused(
    path: str,
    decisions: Sequence[Decision],
    used: Mapping[str, Iterable[str]],
    options: Mapping[str, Options],
    root: str,
    *,
    whole: bool,
) -> Cleaned | None:
    """
    Return the file of decisions with a finding (S902) for each that no longer applies; None where all do.

    Args:
        path: The file of decisions.
        decisions: What stands in it.
        used: By the path of each file that was checked: the fingerprints that something in it still answers to.
        options: By the same paths: what was looked for there.
        root: The project's folder.
        whole: Whether the run was about folders; only then a file that is gone is somebody's business.
    """
    from cleaner.rules import OPT_IN

    idle = []
    for decision in decisions:
        if decision.path in used:
            chosen = options[decision.path]
            asked = chosen.wants(decision.rule, default=decision.rule not in OPT_IN) and chosen.wants("S902")
            if asked and decision.id not in used[decision.path]:
                idle.append(decision)
        elif whole and not os.path.lexists(os.path.join(root, decision.path)):
            idle.append(decision)
    if not idle:
        return None
    with open(path, "rb") as file:
        data = file.read()
    text = data.decode("utf-8")
    places = _places(text)
    found = tuple(Skipped(_finding(one, places.get(one.id, Span(0, 0))), "open", "shown only") for one in idle)
    article = Article(text, "text", Origin(os.path.relpath(path), "utf-8", b"", sha256(data).hexdigest()))
    return Cleaned(article, (), "list", Plan((), found), (), Counts(0, (), 0))


def _finding(decision: Decision, place: Span) -> Finding:
    what = "meant" if decision.kind == "meant" else "a duplicate"
    return Finding(
        rule="S902",
        span=place,
        message=f"nothing in {decision.path} answers to this decision any more ({decision.rule}, {what}); it can go",
        safety="report",
        key=decision.id,
        because="a decision without effect misleads the next reader, and would hide the text if it came back",
    )


def _places(text: str) -> dict[str, Span]:
    """Return where each id stands in a file of decisions."""
    found = re.finditer(r"(?m)^[ \t]*id[ \t]*=[ \t]*[\"']([0-9a-f]{20})[\"']", text)
    return {said[1]: Span(*said.span()) for said in found}


def place(root: str) -> str:
    """Return where a project's decisions lie."""
    return os.path.join(root, NAME)


def _quoted(text: str) -> str:
    """Return a TOML basic string; what does not print becomes an escape."""
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return '"' + "".join(_char(char) for char in text) + '"'


def _char(char: str) -> str:
    if char in '\\"':
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
