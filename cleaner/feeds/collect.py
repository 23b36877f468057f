"""
Names to sources: files and folders are read, addresses fetched, and lists of further sources followed, a few steps deep.

One source that cannot be had is a line about it, and the others are still read. What a list names is read only where the list's own
place allows it: a list from the web leads to web addresses alone, and a file to what stands in its own folder, or on the web.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cleaner.errors import CleanerError
from cleaner.feeds.fetch import anonymous
from cleaner.feeds.item import Listing, Source
from cleaner.model import Problem
from cleaner.options import Options

if TYPE_CHECKING:
    from cleaner.feeds.fetch import Fetched, Limits, Validators
    from cleaner.walk import Scope

#: A list may name lists: an index of sitemaps, an OPML file of OPML files. Deeper ones are named and left.
DEEPEST = 3
#: So many sources at most in one run; further ones are counted and left.
MOST = 10_000


class Memory(Protocol):
    """What a history knows of addresses that were fetched before."""

    def validators(self, url: str) -> Validators | None: ...

    def recall(self, fetched: Fetched) -> Fetched | None: ...

    def remember(self, fetched: Fetched, when: str) -> None: ...


class Plans(NamedTuple):
    """
    How to read and fetch.

    Attributes:
        options: `max_bytes`, `extract` and `format` count.
        limits: Of what is fetched.
        scope: What the settings say of files in folders; None: the defaults.
        memory: A history, so that what did not change is not sent again.
        now: The time of the run, for the history; ISO 8601.
        stdin: What "-" stands for, read when it is named.
        progress: Called with how many addresses are done, of how many, and which one was.
    """

    options: Options = Options()
    limits: Limits | None = None
    scope: Scope | None = None
    memory: Memory | None = None
    now: str = ""
    stdin: Callable[[], bytes] | None = None
    progress: Callable[[int, int, str], None] | None = None


class Collected(NamedTuple):
    """What was read, in the order in which it was named, lists replaced by what they name; what could not be; what lists left out."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


class _Node:
    """A name, and what came of it."""

    def __init__(self, name: str, depth: int = 0) -> None:
        # The name of a source stands in reports and histories, which others read.
        self.name = anonymous(name) if is_address(name) else name
        self.depth = depth
        self.found: list[Source | Problem] = []
        self.below: list[_Node] = []
        self.notes: list[str] = []


def collect(names: Iterable[str], plans: Plans) -> Collected:
    """Read everything that is named. The same name twice is read once."""
    roots = [_Node(name) for name in dict.fromkeys(names)]
    seen = {node.name for node in roots}
    level = roots
    left = 0
    while level:
        _fetch([node for node in level if is_address(node.name)], plans)
        for node in level:
            if not is_address(node.name):
                _local(node, plans)
        below = [child for node in level for child in node.below]
        fresh: list[_Node] = []
        for child in below:
            if child.name in seen or child.found:
                continue
            if len(seen) >= MOST:
                left += 1
                continue
            seen.add(child.name)
            fresh.append(child)
        level = fresh
    found = [each for node in roots for each in _all(node)]
    problems = [each for each in found if isinstance(each, Problem)]
    if left:
        problems.append(Problem("sources", f"{left} more were named than {MOST:,}, and were not read; audit them in several runs"))
    notes = [note for node in roots for note in _notes(node)]
    return Collected(tuple(each for each in found if isinstance(each, Source)), tuple(problems), tuple(notes))


def is_address(name: str) -> bool:
    """Whether a name is a web address, and not a file."""
    return name[:8].lower().startswith(("http://", "https://"))


def _all(node: _Node) -> Iterator[Source | Problem]:
    yield from node.found
    for child in node.below:
        yield from _all(child)


def _notes(node: _Node) -> Iterator[str]:
    yield from node.notes
    for child in node.below:
        yield from _notes(child)


def _local(node: _Node, plans: Plans) -> None:
    from cleaner.feeds.read import local, read

    try:
        if node.name == "-" and plans.stdin is not None:
            _take(node, read(plans.stdin(), "-", options=plans.options), folder=os.getcwd())
        elif os.path.isdir(node.name):
            from cleaner.feeds.folder import folder

            source, problems = folder(node.name, plans.options, plans.scope)
            node.found += [source, *problems]
        else:
            held, problems = local(node.name, plans.options)
            _take(node, held, folder=os.path.dirname(os.path.abspath(node.name)))
            node.found += problems
    except CleanerError as error:
        node.found.append(Problem(node.name, str(error).removeprefix(f"{node.name}: ")))
    except OSError as error:
        node.found.append(Problem(node.name, f"cannot be read: {error.strerror or error}"))


def _fetch(nodes: Sequence[_Node], plans: Plans) -> None:
    if not nodes:
        return
    from cleaner.feeds.fetch import DEFAULTS, fetch_all

    known = plans.memory.validators if plans.memory is not None else None
    for node, (_, got) in zip(nodes, fetch_all([node.name for node in nodes], plans.limits or DEFAULTS, known, plans.progress), strict=True):
        if isinstance(got, Problem):
            node.found.append(got)
            continue
        try:
            _read(node, got, plans)
        except CleanerError as error:
            node.found.append(Problem(node.name, str(error).removeprefix(f"{node.name}: ")))


def _read(node: _Node, got: Fetched, plans: Plans) -> None:
    from cleaner.feeds.read import read

    held = plans.memory.recall(got) if plans.memory is not None else got
    if held is None:  # the history was set aside while the server was asked whether anything had changed
        from cleaner.feeds.fetch import DEFAULTS, fetch

        got = held = fetch(node.name, plans.limits or DEFAULTS)
    result = read(held.data, node.name, options=plans.options, base=held.final, content_type=held.content_type)
    if isinstance(result, Source):
        notes = (*result.notes, *([f"moved for good to {got.permanent}"] if got.permanent else []))
        result = result._replace(unchanged=got.unchanged, notes=notes)
    if plans.memory is not None:
        plans.memory.remember(got, plans.now)
    _take(node, result, folder=None)


def _take(node: _Node, held: Source | Listing, folder: str | None) -> None:
    """Take in what a name holds; of a list, what it names. `folder` is the list's own, where it is a file."""
    if isinstance(held, Source):
        node.found.append(held)
        return
    if node.depth >= DEEPEST:
        node.found.append(Problem(node.name, f"a list in a list in a list, more than {DEEPEST} deep: name its sources themselves"))
        return
    node.notes += [f"{node.name}: {note}" for note in held.notes]
    if not held.addresses:
        node.found.append(Problem(node.name, f"this {held.kind} names no sources"))
    for address in held.addresses:
        child = _Node(address, node.depth + 1)
        if not is_address(address):
            path = _beside(address, folder) if folder is not None else None
            if path is None:
                child.found.append(Problem(address, f"named by {node.name}, which may not lead there; name it yourself if it is meant"))
            else:
                child.name = path
        node.below.append(child)


def _beside(address: str, folder: str) -> str | None:
    """Return the path of a file that a list names, where it stands in the list's folder or below it; else None."""
    if "\0" in address:
        return None
    home = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(home, address))
    if os.path.commonpath([home, path]) != home if os.path.splitdrive(home)[0] == os.path.splitdrive(path)[0] else True:
        return None
    here = os.path.relpath(path)
    return path if here.startswith("..") else here
