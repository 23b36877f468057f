"""
What front matter says twice: D140 a key, D141 an entry of a list.

Front matter is data, so it is read by a YAML parser, and only where a line of it stands again does that parser run at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cleaner.model import SAME, Finding, Span
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.words import count

_KEY = pattern(r"^[ \t]*(?:-[ \t]+)?([\w.\"'-]+)[ \t]*:(?=[ \t\r\n]|$)", 8)
# Deeper than any front matter that people write.
_DEEPEST = 40
# Of a longer list the entries with several keys are not compared each with each: it is data, and not written by hand.
_MOST = 200


def find(page: Page) -> Iterator[Finding]:
    """Yield a finding for each key and each list entry that front matter holds twice."""
    front = page.blocks[0] if page.blocks and page.blocks[0].kind == "front" else None
    if front is None or not (page.options.wants("D140") or page.options.wants("D141")):
        return
    text = page.source(front)
    if not text.startswith("---") or not _may_repeat(text):
        return
    root = _parsed(text)
    if root is not None:
        yield from _walk(page, root, front.span.start, _DEEPEST, set())


def _may_repeat(text: str) -> bool:
    """Whether a line stands twice, or a key twice at one depth: no more than a hint."""
    rows = [row.strip() for row in text.splitlines() if len(row) > 3]
    if len(set(rows)) < len(rows):
        return True
    keys = [(len(row) - len(row.lstrip()), found[1]) for row in text.splitlines() if (found := _KEY.match(row))]
    if len(set(keys)) < len(keys):
        return True
    return "[" in text  # a list in one line


def _parsed(text: str) -> Any:
    """Return the tree of a YAML document with its places; None where it is none."""
    import yaml

    body = text.rstrip()
    body = body.removesuffix("---").removesuffix("...") if body != "---" else ""
    try:
        return yaml.compose(body, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None  # templates in it, or not YAML: nothing can be said


def _walk(page: Page, node: Any, base: int, depth: int, met: set[int]) -> Iterator[Finding]:
    # An alias is the node it stands for: a few lines of aliases of aliases would be walked a billion times.
    if depth == 0 or id(node) in met:
        return
    met.add(id(node))
    if node.id == "mapping":
        seen: dict[str, Any] = {}
        for key, value in node.value:
            if key.id == "scalar" and key.value in seen:
                yield from _key(page, key, value, seen[key.value], base)
            elif key.id == "scalar":
                seen[key.value] = key, value
            yield from _walk(page, value, base, depth - 1, met)
    elif node.id == "sequence":
        yield from _entries(page, node.value, base)
        for entry in node.value:
            yield from _walk(page, entry, base, depth - 1, met)


def _key(page: Page, key: Any, value: Any, first: tuple[Any, Any], base: int) -> Iterator[Finding]:
    if not page.options.wants("D140"):
        return
    said = "with the same value" if _value(value) == _value(first[1]) else "with another value, and only one of the two counts"
    yield Finding(
        rule="D140",
        span=_span(page, base, key, value),
        message=f"{{here}} {{repeats}} the key {key.value!r} of {{there}}, {said}",
        safety="report",
        keeper=_span(page, base, *first),
        relation="exact" if said.endswith("same value") else "near",
        words=1,
        key=f"front\0{key.value}",
        because="a key can have one value only",
    )


def _entries(page: Page, entries: list[Any], base: int) -> Iterator[Finding]:
    if not page.options.wants("D141"):
        return
    values = [_value(entry) for entry in entries]
    often = Counter(map(repr, values))
    first: dict[str, int] = {}
    for at, value in enumerate(values):
        equal = first.setdefault(repr(value), at)
        twin = equal if equal < at else None
        if isinstance(value, dict) and len(values) <= _MOST:
            twin = next((before for before in range(at) if _same(values[before], value)), twin)
        if twin is None or often[repr(value)] > 2 or not _says(value):
            continue
        yield Finding(
            rule="D141",
            span=_span(page, base, entries[at], entries[at]),
            message="{here} {repeats} the list entry of {there}",
            safety="report",
            keeper=_span(page, base, entries[twin], entries[twin]),
            relation="exact" if value == values[twin] else "contained",
            scores=SAME if value == values[twin] else None,
            words=count(str(value)),
            key=f"front\0{value!r}",
            because="the same list holds it already",
        )


def _value(node: Any) -> Any:
    """Return a node as plain values that can be compared; deep ones are cut off."""
    if node.id == "scalar":
        return node.value
    if node.id == "sequence":
        return [_value(entry) if entry.id == "scalar" else entry.id for entry in node.value]
    return {key.value: _value(value) if value.id == "scalar" else value.id for key, value in node.value if key.id == "scalar"}


def _same(one: Any, other: Any) -> bool:
    """Whether two entries say the same, or one of two mappings says all that the other does."""
    if isinstance(one, dict) and isinstance(other, dict):
        fewer, more = sorted((one, other), key=len)
        return len(fewer) >= 2 and all(more.get(key) == value for key, value in fewer.items())
    return bool(one == other)


def _says(value: Any) -> bool:
    """Whether an entry is a word at least: numbers of a series repeat."""
    return not isinstance(value, str) or any(map(str.isalpha, value))


def _span(page: Page, base: int, first: Any, last: Any) -> Span:
    start, end = base + first.start_mark.index, base + last.end_mark.index
    said = page.article.text[start:end].rstrip()
    return Span(start, start + len(said))
