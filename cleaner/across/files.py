"""
Which files there are: the repository that holds a path, its articles, and which of them the last commit does not hold.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from cleaner.git import work_tree
from cleaner.walk import walk


class Tree(NamedTuple):
    """
    A repository, or a folder that is none.

    Attributes:
        root: Absolute path of the folder.
        paths: Its articles, relative to the root, with slashes, sorted: what git tracks or would track.
        fresh: Those that the last commit does not hold.
    """

    root: str
    paths: tuple[str, ...]
    fresh: frozenset[str] = frozenset()


def root_of(path: str) -> str:
    """Return the folder to look through for a path: its git work tree; else the working directory, if that holds it; else its folder."""
    whole = os.path.realpath(path)
    folder = whole if os.path.isdir(whole) else os.path.dirname(whole)
    if (top := work_tree(folder)) is not None:
        return top
    here = os.path.realpath(".")
    return here if _below(folder, here) else folder


def tree(root: str, listed: Callable[[str], Iterable[str]] | None = None) -> Tree:
    """
    List a repository's articles.

    Args:
        root: As `root_of` returns it.
        listed: Lists the articles below a folder; None: as `cleaner check` does without settings.
    """
    committed = _committed(root)
    paths = walk([root]) if listed is None else listed(root)
    found = sorted({relative(path, root) for path in paths})
    old = committed()
    return Tree(root, tuple(found), frozenset() if old is None else frozenset(found) - old)


def relative(path: str, root: str) -> str:
    """Return a path relative to a root, with slashes."""
    if path.startswith(root + os.sep):
        path = path[len(root) + 1 :]
    else:
        folder, name = os.path.split(path)  # the name itself may be a link: it is called what it is called
        path = os.path.relpath(os.path.join(os.path.realpath(folder), name), root)
    return path.replace(os.sep, "/")


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _committed(root: str) -> Callable[[], frozenset[str] | None]:
    """Ask git for the names that the last commit holds, and wait for the answer later; None where there is no commit, or no git."""
    import subprocess

    try:
        if not os.path.exists(os.path.join(root, ".git")):
            raise FileNotFoundError
        asked = subprocess.Popen(
            ["git", "ls-tree", "-r", "-z", "--name-only", "HEAD"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return lambda: None

    def answer() -> frozenset[str] | None:
        said, _ = asked.communicate()
        return frozenset(map(os.fsdecode, said.split(b"\0"))) if asked.returncode == 0 else None

    return answer
