"""
The work of `check` on one file and on all of them: kept results first, the rest here or shared among processes.

Nothing is written to a file here; whatever is killed or interrupted meanwhile, files are whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from cleaner.cli.shared import attempt
from cleaner.known import Known, Told
from cleaner.model import Article, Cleaned, Problem
from cleaner.options import Options
from cleaner.report import View
from cleaner.report.entries import slim

if TYPE_CHECKING:
    from cleaner.cache import Cache

#: Seconds. Measured: starting a second process costs 25 ms, and what each of them has to find out again as much.
_ALONE = 0.05
_PAYS = 0.1
#: So few files start no process, unless what is left of them takes so many seconds.
_FEW = 16
_LONG = 2.0


#: What is known stays in the text, and then another finding may show that it had covered, or that its mend had made equal.
MOST_ROUNDS = 5


class Task(NamedTuple):
    """
    One file to be checked, and all that its result depends on.

    Attributes:
        path: As it was named; of standard input the name it was given.
        options: What the run may do there.
        known: What people have said of its findings.
        view: What will be shown of it.
        language: Whether the report names the language.
        data: The bytes of standard input; None: they are in the file.
        old: The bytes it had at the revision that the run is compared with; what is found in them is old.
        debug: Show where in the program an input failed.
    """

    path: str
    options: Options
    known: Known
    view: View = View()
    language: bool = False
    data: bytes | None = None
    old: bytes | None = None
    debug: bool = False


class Result(NamedTuple):
    """What became of a task: a cleaned article, or the problem that it had."""

    cleaned: Cleaned | None
    problem: Problem | None = None
    used: frozenset[str] = frozenset()  # fingerprints of known findings that are still there


def do(task: Task) -> Result:
    """Check one file. Whatever goes wrong is the problem in its result."""
    used: frozenset[str] = frozenset()

    def job() -> Cleaned:
        nonlocal used
        from cleaner.pipeline import clean_article
        from cleaner.source import decode, read

        article = read(task.path, task.options) if task.data is None else decode(task.data, task.path, task.options)
        known = task.known if task.old is None else _with_old(task)
        if known:
            told = Told(known)
            cleaned = clean_article(article, task.options, told)
            used = frozenset(told.used)
        else:
            cleaned = clean_article(article, task.options)
        return slim(cleaned, task.view, language=task.language)

    result = attempt(task.path, job, task.debug)
    return Result(result, None, used) if isinstance(result, Cleaned) else Result(None, result)


def _with_old(task: Task) -> Known:
    """Return what is known of a file, with all that is found in what it said before."""
    from cleaner.errors import CleanerError
    from cleaner.fingerprint import marks
    from cleaner.pipeline import clean_article
    from cleaner.source import decode

    try:
        article: Article = decode(task.old or b"", task.path, task.options)
    except CleanerError:
        return task.known
    known = task.known
    for _ in range(MOST_ROUNDS):
        plan = clean_article(article, task.options, Told(known)).plan
        grown = known.old | marks([*plan.taken, *(skip.finding for skip in plan.skipped)], known.path)
        if grown == known.old:
            break
        known = known._replace(old=grown)
    return known


def do_all(
    tasks: Sequence[Task], jobs: int, cache: Cache | None = None, tick: Callable[[int], None] | None = None, *, fix: bool = False
) -> list[Result]:
    """
    Check all files; the results stand in the order of the tasks, whoever did the work.

    Args:
        tasks: What to check.
        jobs: How many processes share the work; 0: as many as it pays for.
        cache: Results of earlier runs.
        tick: Told how many files are done.
        fix: The edits will be written, so a kept result counts only where it has none.
    """
    results: list[Result | None] = [None] * len(tasks)
    if cache is not None and cache.warm:
        for at, task in enumerate(tasks):
            results[at] = _kept(task, cache, fix=fix)
    left = [at for at, result in enumerate(results) if result is None]
    done = len(tasks) - len(left)
    for at, result in _each([tasks[at] for at in left], jobs):
        task = tasks[left[at]]
        if result is None:
            result = Result(None, Problem(task.path, "left alone: the process that read it ended (killed, or out of memory)"))
        elif cache is not None and result.cleaned is not None and task.data is None and task.old is None:
            digest = result.cleaned.article.origin.sha256
            cache.put(cache.key(digest, task.path, task.options, task.known), result.cleaned, result.used)
        results[left[at]] = result
        done += 1
        if tick is not None:
            tick(done)
    return [result for result in results if result is not None]


def _each(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[int, Result | None]]:
    """
    Do the tasks, with so many processes; with 0 alone at first, and with the others once what is left pays for them.

    Nobody knows beforehand how long a file takes. After a moment's work it is known how long these files take, and what all
    of them need is in memory: processes that are forked then have it, too.
    """
    alone = 0
    if jobs == 0:
        began = 0.0
        for at, task in enumerate(tasks):
            yield at, do(task)
            alone = at + 1
            if at == 0:  # it also pays for all imports, and says little about the others
                began = perf_counter()
                continue
            spent, left = perf_counter() - began, len(tasks) - alone
            # A commit's few files are done here even where the machine is busy; a few that take seconds are not.
            if spent > _ALONE and spent / at * left > (_PAYS if left >= _FEW else _LONG):
                break
    if alone < len(tasks):
        from cleaner.jobs import each, processors

        for at, result in each(do, tasks[alone:], jobs or processors()):
            yield alone + at, result


def _kept(task: Task, cache: Cache, *, fix: bool) -> Result | None:
    if task.data is not None or task.old is not None:
        return None
    from cleaner.digest import sha256
    from cleaner.errors import CleanerError
    from cleaner.source import content

    try:
        data = content(task.path, task.options)
    except CleanerError:
        return None
    digest = sha256(data).hexdigest()
    key = cache.key(digest, task.path, task.options, task.known)
    hit = cache.get(key, data, digest, task.path)
    if hit is None or (fix and hit.cleaned.plan.edits):
        return None
    cleaned = hit.cleaned
    counts = cleaned.counts
    if task.language and counts is not None and counts.language is None:
        from cleaner.language import guess

        origin = cleaned.article.origin
        text = cleaned.article.text or data[len(origin.bom) :].decode(origin.encoding)
        cleaned = cleaned._replace(counts=counts._replace(language=guess(text)))
        cache.put(key, cleaned, hit.used)
    return Result(cleaned, None, hit.used)
