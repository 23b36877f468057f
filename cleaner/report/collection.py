"""
Views of a collection that was compared by its texts: pieces of text, made row by row from the tables that the engine left.

    full       the sum, and the clusters with most copies, with what they say
    concise    a line for each copy, and for each pair whose facts differ
    json       `cleaner.collection/1`: one document
    jsonl      one object a line: copies, then pairs whose facts differ
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from cleaner.corpus.model import Measure, Summary
from cleaner.model import Problem
from cleaner.report.entries import title
from cleaner.report.terminal import count, percent
from cleaner.report.visible import Paint, flow, snippet, visible

SCHEMA = "cleaner.collection/1"
FORMATS = ("full", "concise", "json", "jsonl")
#: The rules that copies, and pairs with differing facts, are told by.
COPY, CONFLICT = "F309", "F315"
_SHOWN = 10

Table = Mapping[str, Any]


class Collection(NamedTuple):
    """
    What an engine left, and how to show it.

    Attributes:
        summary: Its numbers.
        measure: What counted as a copy.
        clusters, pairs: The rows of the tables of these names; each can be gone through more than once.
        problems: Sources that could not be read.
        notes: One line each.
        tables: The folder in which the tables stay; "" where they do not.
    """

    summary: Summary
    measure: Measure
    clusters: Iterable[Table]
    pairs: Iterable[Table]
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    tables: str = ""


def render(found: Collection, format: str, *, color: bool = False, width: int = 100, limit: int | None = None) -> Iterator[str]:
    """Yield a collection in one of `FORMATS`, piece by piece."""
    match format:
        case "full":
            return _full(found, Paint(color), width, limit or _SHOWN)
        case "concise":
            return _concise(found, Paint(color))
        case "json":
            return _json(found)
        case _:
            return (_dumped(each) + "\n" for each in (*_copies(found), *_conflicts(found)))


def schema() -> str:
    """Return the JSON Schema of `cleaner.collection/1`."""
    from importlib.resources import files

    return files("cleaner.report").joinpath("schema/collection-1.json").read_text(encoding="utf-8")


def named(row: Table, before: str = "") -> str:
    """Return what a row is called: its source and id, and which paragraph of it."""
    part = row[f"{before}part"]
    return f"{row[f'{before}source']}#{row[f'{before}id']}" + (f" ¶{part}" if part else "")


def sentence(summary: Summary, measure: Measure) -> str:
    """Say in one sentence what was found."""
    noun = "paragraph" if measure.unit == "paragraph" else "text"
    copies = summary.equal + summary.near
    parts = [f"{count(copies, 'copy').replace('copys', 'copies')} of {count(summary.clusters, noun)} among {summary.rows:,}"] if copies else []
    parts += [f"{summary.near:,} of them edited"] if summary.near else []
    parts += [f"{count(summary.conflicts, 'pair')} with differing facts, left alone"] if summary.conflicts else []
    parts += [f"{summary.short:,} too short to tell"] if summary.short else []
    if not copies:
        parts.insert(0, f"no copies among {count(summary.rows, noun)}")
    return "; ".join(parts)


def _full(found: Collection, paint: Paint, width: int, limit: int) -> Iterator[str]:
    groups = _groups(found)
    largest = heapq.nlargest(limit, enumerate(groups), key=lambda pair: (len(pair[1]), -pair[0]))
    if largest:
        yield paint.bold("Most copies") + "\n"
    for _, (keeper, *copies) in largest:
        yield f"  {visible(named(keeper))}  {paint.bold(snippet(keeper['text'], max(20, width - 40)))}\n"
        for row in copies[:3]:
            yield f"    {COPY} {_how(row)}  {visible(named(row))}\n"
        if len(copies) > 3:
            yield f"    and {len(copies) - 3:,} more\n"
    if len(largest) < found.summary.clusters:
        yield f"  {found.summary.clusters - len(largest):,} more with copies; --limit N shows more, -o DIR writes all\n"
    yield "\n" if largest else ""
    told = 0
    for row in found.pairs:
        if row["relation"] == "conflict" and told < limit:
            if not told:
                yield paint.bold("Nearly the same, but for facts") + "\n"
            told += 1
            yield f"  {visible(named(row))}  {CONFLICT} {percent(row['jaccard'])} like {visible(named(row, 'keeper_'))}\n"
            yield from (f"      {line}\n" for line in flow(_facts(row), max(20, width - 6)))
    if found.summary.conflicts > told:
        yield f"  {found.summary.conflicts - told:,} more with differing facts\n"
    yield "\n" if told else ""
    yield from (paint.bold(line) + "\n" for line in flow(sentence(found.summary, found.measure), width))
    if found.tables:
        yield f"clusters, pairs and cleaned are in {visible(found.tables)}\n"


def _groups(found: Collection) -> Iterator[list[Table]]:
    """Yield each cluster, its keeper first."""
    for _, rows in groupby(found.clusters, key=itemgetter("cluster")):
        yield sorted(rows, key=lambda row: not row["kept"])


def _how(row: Table) -> str:
    if row["relation"] != "near":
        return str(row["relation"])
    return "same words" if row["jaccard"] == 1 else f"{percent(row['jaccard'])} alike"


def _facts(row: Table) -> str:
    told = [
        f"{each['kind']} “{snippet(each['keeper'], 40)}” against “{snippet(each['duplicate'], 40)}”" for each in json.loads(row["differences"])
    ]
    return ", ".join(told[:6]) + (f" and {len(told) - 6} more" if len(told) > 6 else "")


def _concise(found: Collection, paint: Paint) -> Iterator[str]:
    for keeper, *copies in _groups(found):
        for row in copies:
            yield f"{visible(named(row))}: {paint.bold(COPY)} {title(COPY)}: {_how(row)}, repeats {visible(named(keeper))}\n"
    for row in found.pairs:
        if row["relation"] == "conflict":
            yield f"{visible(named(row))}: {paint.bold(CONFLICT)} {title(CONFLICT)}: {percent(row['jaccard'])} like {visible(named(row, 'keeper_'))}\n"


def _name(row: Table, before: str = "") -> dict[str, Any]:
    return {"source": row[f"{before}source"], "id": row[f"{before}id"], "part": row[f"{before}part"]}


def _copies(found: Collection) -> Iterator[dict[str, Any]]:
    for keeper, *copies in _groups(found):
        for row in copies:
            about = {"kind": "copy", "rule": COPY, "name": title(COPY), **_name(row), "relation": row["relation"], "jaccard": row["jaccard"]}
            yield {**about, "cluster": row["cluster"], "keeper": _name(keeper)}


def _conflicts(found: Collection) -> Iterator[dict[str, Any]]:
    for row in found.pairs:
        if row["relation"] == "conflict":
            about = {"kind": "conflict", "rule": CONFLICT, "name": title(CONFLICT), **_name(row), "jaccard": row["jaccard"]}
            yield {**about, "keeper": _name(row, "keeper_"), "differences": json.loads(row["differences"])}


def _json(found: Collection) -> Iterator[str]:
    from cleaner import __version__

    # Row by row: a collection of ten million has more copies than should stand in memory.
    yield f'{{\n "schema": "{SCHEMA}",\n "version": {_dumped(__version__)},\n'
    yield f' "measure": {_dumped(found.measure._asdict())},\n "clusters": ['
    between = ""
    for keeper, *copies in _groups(found):
        members = [{**_name(row), "relation": row["relation"], "jaccard": row["jaccard"]} for row in copies]
        yield between + "\n  " + _dumped({"id": keeper["cluster"], "rule": COPY, "keeper": _name(keeper), "copies": members})
        between = ","
    yield '],\n "conflicts": ['
    between = ""
    for row in _conflicts(found):
        yield between + "\n  " + _dumped({key: value for key, value in row.items() if key != "kind"})
        between = ","
    numbers = {key: value for key, value in found.summary._asdict().items() if key not in ("notes", "stages")}
    yield f'],\n "summary": {_dumped(numbers)},\n "notes": {_dumped([*found.notes])},\n'
    errors = [{"path": problem.path, "message": problem.message} for problem in found.problems]
    yield f' "errors": {_dumped(errors)}\n}}\n'


def _dumped(value: Any) -> str:
    # Sorted by nothing: the order of keys is ours. Lone surrogates, which few readers accept, are U+FFFD as in all reports.
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
