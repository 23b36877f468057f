"""
`cleaner check --across`: the look across the repository, between the settings of a run and its results.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from cleaner.across.look import Plans, Shared, joined, look
from cleaner.cli.shared import complain, watched
from cleaner.cli.work import Result
from cleaner.git import Revision
from cleaner.known import Known, Told
from cleaner.model import Cleaned, Finding, Skipped
from cleaner.options import Options
from cleaner.settings import Settings


def seen(
    named: Sequence[tuple[str, Options]],
    chosen: Settings,
    listed: Callable[[str], Iterable[str]],
    *,
    quiet: bool = False,
    verbose: bool = False,
) -> dict[str, Shared]:
    """
    Look across the repository for the files of a run, before anything is written to them.

    Args:
        named: The files with their options.
        chosen: The settings.
        listed: Lists the articles below a folder.
        quiet: Do not say that many files have to be read first.
        verbose: Say what was wrong with the index.
    """
    from cleaner import jobs

    running = chosen.running
    plans = Plans(
        chosen.options,
        _folder(chosen) if running.cache else None,
        listed,
        partial(jobs.each, number=running.jobs or jobs.processors()),
        None if quiet or not watched(sys.stderr) else lambda number: complain(f"reading {number:,} files to compare with; the next time only what has changed"),
    )
    found, notes = look(named, plans)
    for note in notes if verbose else ():
        complain(note)
    return found


def added(paths: Sequence[str], results: Sequence[Result], found: dict[str, Shared], known: Callable[[str], Known]) -> list[Result]:
    """
    Add what was seen across the repository to the files' own results.

    Args:
        paths: As they were named, in the order of the results.
        results: What was found in each file itself.
        found: What it shares with others.
        known: What people have said of a file's findings, by its path.
    """
    heard: dict[str, Told] = {}

    def told(path: str) -> Told:
        said = known(path)
        return heard.setdefault(said.path, Told(said))

    done: list[Result] = []
    for path, result in zip(paths, results):
        shared = found.get(path)
        if result.cleaned is not None and shared is not None:
            result = result._replace(cleaned=joined(result.cleaned, shared, told))
        done.append(result)
    return [
        result._replace(used=result.used | heard[known(path).path].used) if known(path).path in heard else result
        for path, result in zip(paths, done)
    ]


def aged(results: Sequence[Result], revision: Revision, options: Options) -> list[Result]:
    """Call known what two files had in common at an earlier revision already."""
    asked = [
        (at, number, skip.finding)
        for at, result in enumerate(results)
        if result.cleaned is not None
        for number, skip in enumerate(result.cleaned.plan.skipped)
        if skip.finding.elsewhere and skip.status == "open"
    ]
    named: list[str] = []
    for at, _, finding in asked:
        cleaned = results[at].cleaned
        assert cleaned is not None
        named += cleaned.article.origin.path, finding.elsewhere[0].path
    before = list(revision.contents(named))
    done = list(results)
    for (at, number, finding), old, other in zip(asked, before[::2], before[1::2]):
        cleaned = done[at].cleaned
        assert cleaned is not None
        if old is not None and other is not None and _stood(finding, cleaned, old, other, options):
            skipped = list(cleaned.plan.skipped)
            skipped[number] = Skipped(finding, "baseline", "known before")
            done[at] = done[at]._replace(cleaned=cleaned._replace(plan=cleaned.plan._replace(skipped=tuple(skipped))))
    return done


def _stood(finding: Finding, cleaned: Cleaned, old: bytes, other: bytes, options: Options) -> bool:
    from cleaner.across.find import stood
    from cleaner.errors import CleanerError
    from cleaner.source import decode

    try:
        one = decode(old, cleaned.article.origin.path, options)
        return stood(finding, cleaned.article, one, decode(other, finding.elsewhere[0].path, options))
    except CleanerError:
        return False


def _folder(chosen: Settings) -> str | None:
    from cleaner import cache

    folder = cache.folder(chosen.root, chosen.path("cache_dir"))
    try:
        return cache.made(os.path.abspath(folder))
    except OSError:
        return None
