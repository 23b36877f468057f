"""
What git knows: where the work tree begins, which files it ignores, what a file said at a revision.

Only the program `git` is asked, and only where a work tree is; without either, nothing here is known and nothing fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from cleaner.errors import OptionsError


def work_tree(start: str) -> str | None:
    """Return the top of the work tree that a folder is in; None where it is in none."""
    folder = os.path.abspath(start)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def listed(folder: str) -> list[str] | None:
    """Return the names that git tracks or would track in a folder, relative to it; None where git does not know."""
    if work_tree(folder) is None:
        return None
    names = _names(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if names is None else sorted(set(names))


def ignored(folder: str) -> list[str]:
    """Return what git ignores in a folder; of an ignored folder only its name."""
    return _names(folder, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory") or []


class Revision:
    """
    The files of a work tree as they were at a revision.

    Raises:
        OptionsError: If there is no work tree, no git, or no such revision.
    """

    def __init__(self, name: str, start: str = ".") -> None:
        top = work_tree(start)
        if top is None:
            raise OptionsError(f"--baseline-from-ref = {name!r} is not allowed; this is no git work tree")
        self._top = top
        found = _run(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if not found:
            raise OptionsError(
                f"--baseline-from-ref = {name!r} is not allowed; it takes a commit, branch or tag that git knows here"
            )
        self._commit = found.strip().decode("ascii")
        self._renamed = dict(_renames(top, self._commit))

    def contents(self, paths: Sequence[str]) -> Iterator[bytes | None]:
        """Yield the bytes that each of these files had, under its old name where it was renamed; None: it was not there."""
        import subprocess

        if not paths:
            return
        names = [self._name(path) for path in paths]
        try:
            with subprocess.Popen(
                ["git", "cat-file", "--batch"], cwd=self._top, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            ) as git:
                assert git.stdin is not None and git.stdout is not None
                for name in names:
                    if name is None or b"\n" in name:  # a line is a question; -z came with git 2.38
                        yield self._alone(name) if name is not None else None
                        continue
                    git.stdin.write(self._commit.encode("ascii") + b":" + name + b"\n")
                    git.stdin.flush()
                    head = git.stdout.readline().rstrip(b"\n")
                    fields = head.rsplit(b" ", 2)
                    if len(fields) != 3 or not fields[2].isdigit():
                        yield None
                        continue
                    data = git.stdout.read(int(fields[2]) + 1)[:-1]
                    yield data if fields[1] == b"blob" else None
        except OSError as error:
            raise OptionsError(f"--baseline-from-ref: git cannot be run: {error.strerror}") from None

    def _name(self, path: str) -> bytes | None:
        name = os.path.relpath(os.path.abspath(path), self._top).replace(os.sep, "/")
        return None if name.startswith("../") else self._renamed.get(os.fsencode(name), os.fsencode(name))

    def _alone(self, name: bytes) -> bytes | None:
        return _run(self._top, "cat-file", "blob", f"{self._commit}:{os.fsdecode(name)}")


def _renames(top: str, commit: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield (new name, old name) of each tracked file that was renamed since a commit."""
    said = _run(top, "diff", "--name-status", "-z", "-M", "--diff-filter=R", "--no-ext-diff", commit) or b""
    fields = said.split(b"\0")
    for old, new in zip(fields[1::3], fields[2::3]):
        yield new, old


def _names(folder: str, *words: str) -> list[str] | None:
    said = _run(folder, *words)
    return None if said is None else [os.fsdecode(name).replace("/", os.sep) for name in said.split(b"\0") if name]


def _run(folder: str, *words: str) -> bytes | None:
    import subprocess

    try:
        return subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
