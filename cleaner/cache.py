"""
Results of earlier runs, on disk: a file that says what it said is not read again word by word.

An entry is found by what its result depends on, and by nothing else: the file's bytes, its format by name, the options, what
people have said of its findings, and this program with its libraries. Times of files decide nothing, so nothing goes stale.

Entries are JSON and only ever read as values: a cache that somebody committed cannot run code, and its edits are never
written to a file (`check --fix` looks anew before it writes). What is torn or foreign counts as absent. The entries lie in
64 files, each replaced as a whole; of two runs at once the later one adds to what the earlier one left.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from cleaner.digest import sha256
from cleaner.known import Known
from cleaner.model import (
    Article,
    Cleaned,
    Confidence,
    Counts,
    Difference,
    Edit,
    Finding,
    Format,
    Origin,
    Plan,
    Profile,
    Relation,
    Safety,
    Scores,
    Skipped,
    Span,
    Status,
)
from cleaner.options import Options

NAME = ".cleaner_cache"
#: From so many files on: reading the cache costs less than it saves.
FEW = 16

_SHARDS = 64
_MOST_BYTES = 1_000_000  # of one of the 64 files
_MOST_DAYS = 30  # without being asked for
_FRESH_DAYS = 3  # so long an entry is not written anew only because it was asked for
_IGNORED = "# Made by cleaner; can be deleted at any time.\n*\n"
_LIBRARIES = ("charset_normalizer", "datasketch", "ftfy", "markdown_it_py", "numpy", "rapidfuzz", "wcwidth", "mdurl")


class Hit(NamedTuple):
    """A result that was kept, and which fingerprints it answered to."""

    cleaned: Cleaned
    used: frozenset[str]


def folder(root: str, chosen: str = "") -> str:
    """
    Return the folder of the cache.

    Args:
        root: The project's folder.
        chosen: What `cache-dir` says; "": nothing.
    """
    return chosen or os.path.join(root, NAME)


def made(where: str) -> str:
    """Make the folder of the cache, in which git looks at nothing, and return it."""
    os.makedirs(where, exist_ok=True)
    ignored = os.path.join(where, ".gitignore")
    if not os.path.exists(ignored):
        with open(ignored, "w", encoding="utf-8") as file:
            file.write(_IGNORED)
    return where


def version() -> str:
    """
    Return a digest of all that may give another result for the same file: this program, its libraries, Python.

    Asks for sizes and times of the package's own files, so that a developer's edit counts, and for the libraries' versions as
    the names of their folders say them, which is a hundred times faster than reading their metadata.
    """
    from cleaner import __version__

    parts = [__version__, sys.version]
    parts += sorted(_sources(os.path.dirname(os.path.abspath(__file__))))
    for path in sys.path:
        try:
            names = os.listdir(path or ".")
        except OSError:
            continue
        parts += sorted(name for name in names if name.endswith(".dist-info") and name.lower().replace("-", "_").startswith(_LIBRARIES))
    return str(sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16])


def _sources(at: str) -> Iterator[str]:
    with os.scandir(at) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                about = entry.stat()
                yield f"{entry.name} {about.st_size} {about.st_mtime_ns}"
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _sources(entry.path)


class Cache:
    """The kept results. Asked with a file's bytes; what is new is written by `save`."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._place = os.path.join(where, version())
        self._shards: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self._today = int(time.time() // 86_400)
        self._said: dict[Options, str] = {}
        #: Whether anything was kept at all; if not, files need not be read to ask for them.
        self.warm = os.path.isdir(self._place)

    def key(self, digest: str, path: str, options: Options, known: Known) -> str:
        """
        Return what a file's result is kept under.

        Args:
            digest: SHA-256 of its bytes.
            path: Its name; its suffix tells the format.
            options: What the run may do.
            known: What people have said of its findings; such a result belongs to this path.
        """
        if options not in self._said:
            self._said[options] = repr(tuple(options))
        suffix = path.rpartition(".")[2].lower()
        about = repr((known.path, sorted(known.old), sorted(known.meant.items()), sorted(known.duplicates))) if known else ""
        whole = "\0".join((digest, suffix, self._said[options], about))
        return str(sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32])

    def get(self, key: str, data: bytes, digest: str, path: str) -> Hit | None:
        """Return a kept result for a file; None where there is none that can be trusted."""
        name = _shard(key)
        entry = self._entries(name).get(key)
        if entry is None:
            return None
        try:
            day, row = entry
            hit = _hit(row, data, digest, path)
            if not self._today - _FRESH_DAYS <= day <= self._today:
                self._changed.setdefault(name, {})[key] = [self._today, row]
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, LookupError, AssertionError):
            return None
        return hit

    def put(self, key: str, cleaned: Cleaned, used: frozenset[str]) -> None:
        """Keep a result."""
        self._changed.setdefault(_shard(key), {})[key] = [self._today, _row(cleaned, used)]

    def save(self) -> None:
        """Write what is new. A cache that cannot be written is no error: the next run does its work again."""
        if not self._changed:
            return
        try:
            self._make()
            for name, entries in self._changed.items():
                self._write(name, {**_read(self._file(name)), **entries})
            self._sweep()
        except OSError:
            pass
        self._changed.clear()

    def _entries(self, name: str) -> dict[str, Any]:
        if name not in self._shards:
            self._shards[name] = _read(self._file(name))
        return self._shards[name]

    def _file(self, name: str) -> str:
        return os.path.join(self._place, f"{name}.json")

    def _make(self) -> None:
        made(self._where)
        os.makedirs(self._place, exist_ok=True)

    def _write(self, name: str, entries: dict[str, Any]) -> None:
        kept: dict[str, Any] = {}
        size = 0
        for key, entry in sorted(entries.items(), key=lambda item: -_day(item[1])):
            size += len(json.dumps(entry))
            if self._today - _day(entry) > _MOST_DAYS or size > _MOST_BYTES:
                break
            kept[key] = entry
        temporary = self._file(f"{name}-{os.getpid()}-{time.monotonic_ns():x}")
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(kept, file, separators=(",", ":"))
            os.replace(temporary, self._file(name))
        except OSError:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise

    def _sweep(self) -> None:
        """Remove what other versions kept and nobody asked for in a month."""
        old = time.time() - _MOST_DAYS * 86_400
        os.utime(self._place)
        with os.scandir(self._where) as entries:
            for entry in entries:
                ours = entry.is_dir(follow_symlinks=False) and len(entry.name) == 16 and entry.path != self._place
                if ours and entry.stat().st_mtime < old:
                    for name in os.listdir(entry.path):
                        if name.endswith(".json"):
                            os.unlink(os.path.join(entry.path, name))
                    os.rmdir(entry.path)


def _shard(key: str) -> str:
    return f"{int(key[:2], 16) % _SHARDS:02x}"


def _day(entry: Any) -> int:
    return entry[0] if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], int) else -1


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            entries = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


# --- values as JSON and back: a mistake in an entry raises, and the entry counts as absent ---------------------------


def _row(cleaned: Cleaned, used: frozenset[str]) -> list[Any]:
    origin, counts = cleaned.article.origin, cleaned.counts
    assert counts is not None
    return [
        [cleaned.article.format, cleaned.profile, origin.encoding, origin.bom.hex(), origin.sure, origin.declared],
        [counts.blocks, counts.opaque, counts.removed, counts.language],
        cleaned.notes,
        sorted(used),
        [_finding_row(finding) for finding in cleaned.plan.taken],
        [
            [_finding_row(skip.finding), skip.status, skip.reason, skip.winner and _finding_row(skip.winner)]
            for skip in cleaned.plan.skipped
        ],
    ]


def _finding_row(finding: Finding) -> list[Any]:
    edits = [[edit.span.start, edit.span.end, edit.after] for edit in finding.edits]
    # What stands in other files is not kept here: it depends on them.
    return [*finding._replace(edits=edits)[:-1]]  # type: ignore[arg-type]


def _hit(row: Any, data: bytes, digest: str, path: str) -> Hit:
    (format, profile, encoding, bom, sure, declared), (blocks, opaque, removed, language), notes, used, taken, skipped = row
    _texts(encoding, *notes, *used)
    _one_of(format, Format)
    _one_of(profile, Profile)
    _numbers(blocks, removed)
    if any(value is not None and not isinstance(value, str) for value in (declared, language)):
        raise TypeError
    bom = bytes.fromhex(bom)
    text = ""
    if taken or skipped:
        if not data.startswith(bom):
            raise ValueError
        text = data[len(bom) :].decode(encoding)
    origin = Origin(path, encoding, bom, digest, bool(sure), declared)
    _texts(*(kind for kind, _ in opaque))
    _numbers(*(number - 1 for _, number in opaque))
    counts = Counts(blocks, tuple((kind, number) for kind, number in opaque), removed, language)
    plan = Plan(
        tuple(_finding(each, text) for each in taken),
        tuple(_skipped(each, text) for each in skipped),
    )
    if taken:
        edits = plan.edits
        if any(one.span.end > other.span.start for one, other in zip(edits, edits[1:])):
            raise ValueError
    return Hit(Cleaned(Article(text, format, origin), (), profile, plan, tuple(notes), counts), frozenset(used))


def _skipped(row: Any, text: str) -> Skipped:
    finding, status, reason, winner = row
    _texts(reason)
    _one_of(status, Status)
    return Skipped(_finding(finding, text), status, reason, None if winner is None else _finding(winner, text))


def _finding(row: Any, text: str) -> Finding:
    rule, span, message, safety, edits, confidence, keeper, relation, scores, differences, words, key, because = row
    _texts(rule, message, key, because)
    _one_of(safety, Safety)
    _one_of(confidence, Confidence)
    if relation is not None:
        _one_of(relation, Relation)
    _numbers(words)
    return Finding(
        rule,
        _span(span, text),
        message,
        safety,
        tuple(_edit(each, text) for each in edits),
        confidence,
        None if keeper is None else _span(keeper, text),
        relation,
        None if scores is None else _scores(scores),
        tuple(_difference(each) for each in differences),
        words,
        key,
        because,
    )


def _scores(row: Any) -> Scores:
    jaccard, ratio, containment = row
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in row):
        raise ValueError
    return Scores(jaccard, ratio, containment)


def _difference(row: Any) -> Difference:
    kind, keeper, duplicate = row
    _texts(kind, keeper, duplicate)
    return Difference(kind, keeper, duplicate)


def _edit(row: Any, text: str) -> Edit:
    start, end, after = row
    _texts(after)
    return Edit(_span((start, end), text), text[start:end], after)


def _span(row: Any, text: str) -> Span:
    start, end = row
    _numbers(start, end)
    if not 0 <= start <= end <= len(text):
        raise ValueError
    return Span(start, end)


def _one_of(value: Any, choices: Any) -> None:
    if value not in get_args(choices):
        raise ValueError


def _texts(*values: Any) -> None:
    for value in values:
        if not isinstance(value, str):
            raise TypeError


def _numbers(*values: Any) -> None:
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise TypeError
