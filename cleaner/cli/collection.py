"""
`cleaner audit --by text`: a collection compared by what its texts say, on the engine that is asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.progress import Progress
from cleaner.cli.shared import colorful, complain, complain_of, put, show, watched, wide
from cleaner.errors import InputError, OptionsError

if TYPE_CHECKING:
    from cleaner.corpus.model import Measure, Order
    from cleaner.feeds.collect import Plans
    from cleaner.report.collection import Collection, Table

#: What only an audit by stories has.
_STORIES = ("history", "priority", "since", "accept", "report")
#: And what only one by texts has: what it is when nobody says it.
_TEXTS = {"output": None, "tables": None, "threshold": None, "fewest_words": None, "keep": None, "jobs": None, "memory": None, "work": None}


def by_texts(given: dict[str, Any]) -> bool:
    """
    Return whether an audit is to compare by texts alone: where --by or --engine says so.

    Raises:
        click.UsageError: If flags of the one kind of audit stand beside the other.
    """
    unit = given["by"] or ("text" if given["engine"] else "story")
    if unit == "story":
        if given["engine"]:
            raise click.UsageError(f"--engine {given['engine']} compares texts, not stories; say --by text or --by paragraph")
        for name, nothing in _TEXTS.items():
            if given[name] != nothing:
                raise click.UsageError(f"{_flag(name)} is for collections; say --by text or --by paragraph with it")
        return False
    for name in _STORIES:
        if given[name]:
            raise click.UsageError(f"{_flag(name)} is for stories; it goes without --by {unit}" + (" and without --engine" if given["engine"] else ""))
    return True


def collection(sources: Sequence[str], plans: Plans, given: dict[str, Any]) -> int:
    """Compare what is named by its texts, write the tables and tell what was found; return the exit status."""
    from cleaner.corpus.rows import Reader
    from cleaner.engines import engine
    from cleaner.report.collection import FORMATS, Collection

    format = given["output_format"] or "full"
    if format not in FORMATS:
        raise OptionsError(f"--output-format {format} is for stories; by texts it is one of {', '.join(FORMATS)}")
    run = engine(given["engine"] or "memory")
    measure = _measure(given)
    bar = Progress(shown=not given["quiet"] and watched(sys.stderr))
    reader = Reader(plans, measure.unit, bar.tick)
    with TemporaryDirectory(prefix="cleaner-") as aside:
        order = _order(sources, measure, given, aside, bar)
        try:
            summary = run(order, reader)
        finally:
            bar.end()
        notes = [*reader.notes, *summary.notes]
        if "://" in order.into:
            notes.append(f"{order.into}: the tables are there, and not read back: this report is of their sum alone")
        complain_of(reader.problems)
        for note in notes:
            complain(note)
        _tell(Collection(summary, measure, _Rows(order, "clusters"), _Rows(order, "pairs"), reader.problems, notes, given["output"] or ""), format, given)
    if reader.problems:
        return 2
    return int(given["fail_on_duplicates"] is not None and summary.equal + summary.near > 0)


class _Rows:
    """A table that can be gone through again and again."""

    def __init__(self, order: Order, table: str) -> None:
        self._order, self._table = order, table

    def __iter__(self) -> Iterator[Table]:
        from cleaner.corpus import tables

        if "://" in self._order.into:  # where only the cluster reads
            return iter(())
        return tables.read(tables.name(self._order.into, self._table, self._order.tables))


def _measure(given: dict[str, Any]) -> Measure:
    from cleaner.corpus.model import Measure, Unit
    from cleaner.match.sketch import banding

    own = {"threshold": given["threshold"], "fewest": given["fewest_words"], "keep": given["keep"]}
    unit: Unit = "paragraph" if given["by"] == "paragraph" else "text"
    measure = Measure(unit=unit, **{name: value for name, value in own.items() if value is not None})
    banding(measure.threshold)  # refuses what cannot be
    return measure


def _order(sources: Sequence[str], measure: Measure, given: dict[str, Any], aside: str, bar: Progress) -> Order:
    from cleaner.corpus.model import Order

    into = given["output"] or aside
    if "://" not in into:
        if os.path.exists(into) and not os.path.isdir(into):
            raise InputError(f"{into}: is no folder; -o takes one, for the tables")
        try:
            os.makedirs(into, exist_ok=True)
        except OSError as error:
            raise InputError(f"{into}: cannot be made: {error.strerror or error}") from error
        if not os.access(into, os.W_OK):
            raise InputError(f"{into}: cannot be written; name another folder with -o")
    return Order(
        tuple(sources),
        measure,
        into,
        given["tables"] or "jsonl",
        given["jobs"] or 0,
        _bytes(given["memory"]),
        given["work"] or "",
        bar.tick,
    )


def _bytes(text: str | None) -> int:
    """Return how many bytes "4GB" is; 0 where nothing is said."""
    if text is None:
        return 0
    plain = text.strip().upper().removesuffix("IB").removesuffix("B")
    factor = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}.get(plain[-1:], 0)
    number = plain[:-1] if factor else plain
    try:
        size = int(float(number) * (factor or 1))
    except (ValueError, OverflowError):
        size = 0
    if size < 10_000_000:
        raise OptionsError(f"--memory {text} is not allowed; it takes a size of at least 10MB, such as 4GB")
    return size


def _tell(found: Collection, format: str, given: dict[str, Any]) -> None:
    from cleaner.report.collection import render

    if given["quiet"] and not found.summary.equal + found.summary.near and format in ("full", "concise"):
        return
    if given["output_file"]:
        from cleaner.source import write

        write(given["output_file"], "".join(render(found, format, limit=given["limit"])).encode("utf-8", "replace"), None)
    elif format in ("full", "concise"):
        for piece in render(found, format, color=colorful(given["color"], sys.stdout), width=wide(sys.stdout), limit=given["limit"]):
            show(piece)
    else:
        for piece in render(found, format):
            put(piece.encode("utf-8"))


def _flag(name: str) -> str:
    return "-o" if name == "output" else f"--{name.replace('_', '-')}"
