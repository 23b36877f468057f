"""
What git knows: where the work tree begins, which files it ignores, what a file said at a revision, and where it was changed.

Only the program `git` is asked, and only where a work tree is; without either, nothing here is known and nothing fails.
"""

from __future__ import annotations

import os
import re
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
        self._top, self._commit = _commit("--baseline-from-ref", name, start)
        self._renamed = dict(_renames(self._top, self._commit))

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
        name = _inside(self._top, path)
        return None if name is None else self._renamed.get(name, name)

    def _alone(self, name: bytes) -> bytes | None:
        return _run(self._top, "cat-file", "blob", f"{self._commit}:{os.fsdecode(name)}")


class Changes:
    """
    Where the files of a work tree were changed since it left a revision.

    Counted from the last commit that the revision and HEAD have in common, as a pull request shows it: what was done on
    the other branch meanwhile is not a change of this one. What git does not track, and what it takes for binary, counts as
    changed in every line.

    Raises:
        OptionsError: If there is no work tree, no git, or no such revision.
    """

    def __init__(self, name: str, start: str = ".") -> None:
        self._top, commit = _commit("--changed-since", name, start)
        common = _run(self._top, "merge-base", commit, "HEAD")  # none: a shallow clone, or no commit yet
        self._commit = common.split()[0].decode("ascii") if common else commit
        said = _run(self._top, "diff", "--name-status", "-z", *_PLAIN, self._commit) or b""
        self._before = dict(_statuses(said.split(b"\0")))
        self._tracked: frozenset[bytes] | None = None

    def lines(self, path: str) -> list[range] | None:
        """Return the changed lines of a file, from 1, counted by line feeds as git does; None: all of them."""
        name = _inside(self._top, path)
        if name is None:
            return None
        if name not in self._before:
            return [] if name in self._known() else None
        before = self._before[name]
        if before is None:
            return None
        names = [":(top,literal)" + os.fsdecode(each) for each in sorted({before, name})]
        said = _run(self._top, "diff", "-U0", *_PLAIN, self._commit, "--", *names)
        if said is None or re.search(rb"(?m)^Binary files .* differ$", said):
            return None
        hunks = re.findall(rb"(?m)^@@ -\S+ \+(\d+)(?:,(\d+))? @@", said)
        return [range(int(start), int(start) + int(count or 1)) for start, count in hunks if count != b"0"]

    def _known(self) -> frozenset[bytes]:
        if self._tracked is None:
            self._tracked = frozenset((_run(self._top, "ls-files", "-z", "--cached") or b"").split(b"\0"))
        return self._tracked


#: Whatever somebody's settings say. Of equal lines git may call the first or the last one new; without the indent heuristic
#: it is the last, which is the copy that this program speaks of.
_PLAIN = (
    "-M", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short",
    "--diff-algorithm=default", "--inter-hunk-context=0", "--no-indent-heuristic",
)  # fmt: skip


def _statuses(fields: Sequence[bytes]) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield each changed file's name with the one it had before; None: it is new."""
    at = 0
    while at + 1 < len(fields):
        status = fields[at][:1]
        if status in (b"R", b"C"):
            yield fields[at + 2], fields[at + 1]
            at += 3
        else:
            if status != b"D":  # out of the index; what lies there all the same is not tracked
                yield fields[at + 1], None if status == b"A" else fields[at + 1]
            at += 2


def _commit(flag: str, name: str, start: str) -> tuple[str, str]:
    """Return the top of the work tree, and the commit that somebody named with a flag."""
    top = work_tree(start)
    if top is None:
        raise OptionsError(f"{flag} = {name!r} is not allowed; this is no git work tree")
    found, complaint = _asked(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if complaint:
        raise OptionsError(f"{flag} = {name!r}: {complaint}")
    if not found:
        hint = ""
        if os.path.exists(os.path.join(top, ".git", "shallow")):
            hint = "; this clone is shallow: fetch more of the history (actions/checkout: fetch-depth: 0)"
        raise OptionsError(f"{flag} = {name!r} is not allowed; it takes a commit, branch or tag that git knows here{hint}")
    return top, found.strip().decode("ascii")


def _inside(top: str, path: str) -> bytes | None:
    """Return a file's name as git has it; None where it lies outside of the work tree."""
    name = os.path.relpath(os.path.abspath(path), top).replace(os.sep, "/")
    return None if name.startswith("../") else os.fsencode(name)


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
    return _asked(folder, *words)[0]


def _asked(folder: str, *words: str) -> tuple[bytes | None, str]:
    """Return what git prints, None where it fails; and the first line of its complaint then."""
    import subprocess

    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        return None, f"the program git cannot be run: {error.strerror}"
    if done.returncode == 0:
        return done.stdout, ""
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return None, said[0].removeprefix("fatal: ") if said else ""
