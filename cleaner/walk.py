"""
Which files a run is about: those that were named, and the articles in the folders that were named.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cleaner import git
from cleaner.globs import Globs

#: What is taken for an article in a folder. A file that is named itself is looked at whatever its suffix.
SUFFIXES = (
    *(".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd"),
    *(".html", ".htm", ".xhtml"),
    *(".rst", ".rest"),
    *(".adoc", ".asciidoc"),
    *(".txt", ".text"),
)
_OURS = (".git", ".cleaner_cache")  # nobody's articles, and nothing that anybody needs to be told of
_APART = (".*/", "node_modules/", "__pycache__/", "venv/", "site-packages/")


class Scope(NamedTuple):
    """
    What the settings say of files.

    Attributes:
        exclude: What is passed over.
        include: What is an article; None: whatever has one of `SUFFIXES`.
        extend_include: What is one besides.
        force: Whether a named file can be passed over.
    """

    exclude: Globs
    include: Globs | None = None
    extend_include: Globs | None = None
    force: bool = False

    def article(self, path: str) -> bool:
        """Whether a file of a folder is taken for an article."""
        if self.include is None and path.lower().endswith(SUFFIXES):
            return True
        return any(globs is not None and globs.first(path) for globs in (self.include, self.extend_include))


class Found(NamedTuple):
    """The files of a run, and what was passed over, with the reason."""

    files: tuple[str, ...]
    passed: tuple[tuple[str, str], ...] = ()


def walk(paths: Iterable[str]) -> Iterator[str]:
    """Yield the files of a run without settings; see `survey`."""
    yield from survey(paths).files


def survey(paths: Iterable[str], scope: Scope | None = None, *, ignored: bool = False) -> Found:
    """
    Find the files of a run, each once: named ones in the order given, those of a folder sorted by name.

    In a git work tree a folder's files are those that git does not ignore. Symbolic links are passed over: what they lead
    to is either in the folder already or not part of it.

    Args:
        paths: Files, folders, or "-".
        scope: What the settings say; None: the defaults.
        ignored: Also say what git ignores, which takes git another look.
    """
    scope = scope or Scope(Globs((os.getcwd(), glob) for glob in _APART))
    files: dict[str, None] = {}
    passed: list[tuple[str, str]] = []
    for path in paths:
        if path != "-" and os.path.isdir(path):
            found = _folder(path, scope, ignored=ignored)
            files.update(dict.fromkeys(found.files))
            passed += found.passed
        elif scope.force and path != "-" and (glob := scope.exclude.first(path)):
            passed.append((path, f"excluded by {glob!r}"))
        else:
            files[path] = None
    return Found(tuple(files), tuple(dict.fromkeys(passed)))


def _folder(folder: str, scope: Scope, *, ignored: bool) -> Found:
    listed = git.listed(folder)
    names = list(_on_disk(folder, scope)) if listed is None else listed
    below = None if scope.force else folder
    files: list[str] = []
    passed: list[tuple[str, str]] = []
    others: Counter[str] = Counter()
    for name in sorted(names):
        path = name if folder == "." else os.path.join(folder, name)
        if glob := scope.exclude.first(path, below):
            passed.append((path, f"excluded by {glob!r}"))
        elif name.endswith(os.sep):
            continue
        elif not scope.article(path):
            others[os.path.splitext(name)[1]] += 1
        elif (reason := _no_file(path)) is not None:
            passed.append((path, reason))
        else:
            files.append(path)
    if others:
        said = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in others.most_common())
        passed.append((folder, f"no articles: {said}"))
    if ignored and listed is not None:
        passed += [(os.path.join(folder, name), "ignored by git") for name in git.ignored(folder) if not name.startswith(_OURS)]
    return Found(tuple(files), tuple(passed))


def _no_file(path: str) -> str | None:
    """Say why a path of a folder is not read; None where it is a file."""
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return error.strerror or "cannot be looked at"
    if stat.S_ISREG(mode):
        return None
    return "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"


def _on_disk(folder: str, scope: Scope) -> Iterator[str]:
    """Yield the files below a folder, and the folders that are passed over, each with a slash at its end."""
    below = None if scope.force else folder
    for at, folders, files in os.walk(folder):
        inside = os.path.relpath(at, folder)
        prefix = "" if inside == "." else inside + os.sep
        kept = []
        for name in folders:
            if name in _OURS:
                continue
            if scope.exclude.first(os.path.join(at, name) + os.sep, below):
                yield prefix + name + os.sep
            else:
                kept.append(name)
        folders[:] = kept
        yield from (prefix + name for name in files)
