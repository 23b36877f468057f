"""
A look across the repository for the files of one run: list, index, find, and put each finding's fate beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from cleaner.across import files
from cleaner.across.find import Kept, Repository
from cleaner.across.index import Damaged, Index, Spread
from cleaner.fingerprint import keyed
from cleaner.known import Told
from cleaner.model import Article, Cleaned, Finding, Skipped, Status
from cleaner.options import Options

#: From so many files on it is cheaper to ask at once which passages stand in several places.
_MANY = 100


class Shared(NamedTuple):
    """
    What one file shares with others.

    Attributes:
        article: The file as it was read; None where nothing was found.
        findings: In reading order, without a fate.
        kept: For some of them, by their place in `findings`: why the author of this file or of the other keeps them.
    """

    article: Article | None = None
    findings: tuple[Finding, ...] = ()
    kept: tuple[tuple[int, Kept], ...] = ()


class Plans(NamedTuple):
    """
    How to look.

    Attributes:
        options: How files are read.
        cache: The folder of the index; None: nothing is kept.
        listed: Lists the articles below a folder; None: as without settings.
        spread: Shares work among processes; None: all is done here.
        tell: Told, before many files are read, how many.
    """

    options: Options
    cache: str | None = None
    listed: Callable[[str], Iterable[str]] | None = None
    spread: Spread | None = None
    tell: Callable[[int], None] | None = None


def look(named: Sequence[tuple[str, Options]], plans: Plans) -> tuple[dict[str, Shared], list[str]]:
    """
    Find what some files share with all others of their repository.

    Args:
        named: The files of the run, as they were named, each with its options.
        plans: How to look.

    Returns:
        For each file what was found, and what was wrong with an index, for those who ask for details. What is found about
        one file does not depend on which others are named.
    """
    roots: dict[str, list[tuple[str, Options]]] = {}
    for path, options in named:
        if os.path.isfile(path):
            roots.setdefault(files.root_of(path), []).append((path, options))
    found: dict[str, Shared] = {}
    notes: list[str] = []
    for root, some in roots.items():
        # What is damaged is made anew; a disk on which that does not help is left alone.
        for attempt, way in enumerate((plans, plans, plans._replace(cache=None))):
            try:
                notes += _look(root, some, way, found, anew=attempt > 0)
                break
            except Damaged as error:
                notes.append(f"the index of {root}: {error}")
    return found, notes


def _look(root: str, named: Sequence[tuple[str, Options]], plans: Plans, found: dict[str, Shared], *, anew: bool = False) -> Iterator[str]:
    tree = files.tree(root, plans.listed)
    own = {path: files.relative(os.path.abspath(path), root) for path, _ in named}
    with Index.open(plans.cache, plans.options, root, anew=anew) as index:
        index.update(root, tree.paths, plans.spread, plans.tell)
        if index.note:
            yield index.note
        if len(named) >= _MANY:
            index.expect_many()
        repository = Repository(tree, index, plans.options, _shown(root))
        for path, options in named:
            found[path] = _shared(repository, own[path], options)


def _shared(repository: Repository, path: str, options: Options) -> Shared:
    findings = sorted(repository.find(path, options), key=lambda finding: (finding.span, finding.rule))
    article = repository.article(path) if findings else None
    if article is None:
        return Shared()
    findings = keyed(article.text, findings)
    kept = [(at, word) for at, finding in enumerate(findings) if (word := repository.kept(path, finding)) is not None]
    return Shared(article, tuple(findings), tuple(kept))


def _shown(root: str) -> Callable[[str], str]:
    """Return how a path of the repository is written: as from the working directory, where that is inside the repository."""
    here = os.path.realpath(".")
    inside = here == root or here.startswith(root.rstrip(os.sep) + os.sep)

    def shown(path: str) -> str:
        whole = os.path.join(root, path.replace("/", os.sep))
        return (os.path.relpath(whole, here) if inside else whole).replace(os.sep, "/")

    return shown


def joined(cleaned: Cleaned, shared: Shared, told: Callable[[str], Told] | None = None) -> Cleaned:
    """
    Add what a file shares with others to what was found in itself.

    Args:
        cleaned: The file's own result.
        shared: What `look` found.
        told: By its path, what people have said of a file's findings. A finding may have been spoken of in either of its
            two files: a new file is the copy until it is committed, and then perhaps the one that stays.

    Returns:
        The result with the findings added; as it was where the file has changed since.
    """
    article = shared.article
    if article is None or article.origin.sha256 != cleaned.article.origin.sha256:
        return cleaned
    kept = dict(shared.kept)
    added = [_fated(finding, kept.get(at), cleaned.article.origin.path, told) for at, finding in enumerate(shared.findings)]
    # A comment that keeps something only here is not one without effect.
    used = {word.place for word in kept.values()}
    before = tuple(skip for skip in cleaned.plan.skipped if skip.finding.rule != "S901" or skip.finding.span not in used)
    # A result without findings does not hold its text; a report that shows one needs it.
    whole = cleaned.article if cleaned.article.text else cleaned.article._replace(text=article.text)
    return cleaned._replace(article=whole, plan=cleaned.plan._replace(skipped=(*before, *added)))


def _fated(finding: Finding, kept: Kept | None, path: str, told: Callable[[str], Told] | None) -> Skipped:
    status: Status = "open"
    reason = ""
    for each in (path, *(place.path for place in finding.elsewhere[:1])) if told is not None else ():
        assert told is not None
        finding = told(each).judged(finding)
        if status == "open" and (fate := told(each)(finding)) is not None:
            status, reason = fate  # type: ignore[assignment]
    if kept is not None:
        status, reason = "suppressed", kept.reason
    return Skipped(finding, status, reason)
