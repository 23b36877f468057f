"""
Which files a run is about: those that were named, and the articles in the folders that were named.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

#: What is taken for an article in a folder. A file that is named itself is looked at whatever its suffix.
SUFFIXES = (
    *(".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd"),
    *(".html", ".htm", ".xhtml"),
    *(".rst", ".rest"),
    *(".adoc", ".asciidoc"),
    *(".txt", ".text"),
)
_APART = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def walk(paths: Iterable[str]) -> Iterator[str]:
    """
    Yield files, each once: named ones in the order given, those of a folder sorted by name.

    In a git work tree a folder's files are those that git does not ignore. Hidden folders and installed packages are
    passed over, and so are symbolic links: what they lead to is either in the folder already or not part of it.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _folder(path) if path != "-" and os.path.isdir(path) else (path,):
            if found not in seen:
                seen.add(found)
                yield found


def _folder(folder: str) -> list[str]:
    listed = _listed_by_git(folder)
    names = _on_disk(folder) if listed is None else listed
    wanted = (name for name in names if name.lower().endswith(SUFFIXES) and not _apart(name))
    whole = (name if folder == "." else os.path.join(folder, name) for name in wanted)
    return sorted(path for path in whole if os.path.isfile(path) and not os.path.islink(path))


def _apart(name: str) -> bool:
    folders = name.replace(os.sep, "/").split("/")[:-1]
    return any(part.startswith(".") or part in _APART for part in folders)


def _listed_by_git(folder: str) -> list[str] | None:
    """Return the names that git tracks or would track in a folder, relative to it; None where git does not know."""
    if not _in_repository(folder):
        return None
    import subprocess

    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=folder,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})


def _in_repository(folder: str) -> bool:
    at = os.path.abspath(folder)
    while not os.path.exists(os.path.join(at, ".git")):
        above = os.path.dirname(at)
        if above == at:
            return False
        at = above
    return True


def _on_disk(folder: str) -> Iterator[str]:
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _APART]
        for name in files:
            yield os.path.relpath(os.path.join(at, name), folder)
