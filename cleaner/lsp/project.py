"""
What the settings, the baseline and the decisions of a project say of a document: the same as to `cleaner check` in that folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from cleaner.errors import OptionsError
from cleaner.fingerprint import place
from cleaner.git import work_tree
from cleaner.known import Known
from cleaner.options import Options
from cleaner.settings import load, user_file

if TYPE_CHECKING:
    from cleaner.baseline import Line
    from cleaner.decisions import Decision

_Stamp = tuple[tuple[int, int] | None, ...]


class Project:
    """
    One folder's settings, as they were when they were read.

    Attributes:
        error: Why they cannot be used; "" where they can. Then nothing is looked at, as `check` would look at nothing.
        root: The project's folder.
    """

    def __init__(self, folder: str, config: str | None, isolated: bool) -> None:
        self.error = ""
        self.root = folder
        self._watched = list(_settings_files(folder, config))
        self._baseline: Mapping[str, Mapping[str, Line]] = {}
        self._decisions: Sequence[Decision] = ()
        try:
            self._read(folder, config, isolated)
        except OptionsError as error:
            self.error = str(error)
        self._stamp = _stamp(self._watched)

    def _read(self, folder: str, config: str | None, isolated: bool) -> None:
        found = load(config=config, isolated=isolated, start=folder)
        self.root = found.home or work_tree(folder) or folder
        options = found.options._replace(layout="keep", extract=False, output_encoding="keep")
        self._settings = found._replace(options=options, home=self.root)
        self._files = self._settings.for_files()
        self._exclude = self._settings.scope().exclude
        from cleaner import baseline, decisions

        known = self._settings.path("baseline")
        decided = decisions.place(self.root)
        self._watched += [decided, *([os.path.join(folder, known)] if known else [])]
        self._decisions = decisions.read(decided)
        if known:
            self._baseline = baseline.read(known)

    @property
    def stale(self) -> bool:
        """Whether one of the files that this was read from is another one now."""
        return _stamp(self._watched) != self._stamp

    @property
    def decisions(self) -> Sequence[Decision]:
        return self._decisions

    def options(self, path: str) -> Options:
        """Return what may be done in a document; "" is one that is no file."""
        return self._files.options(path) if path else self._settings.options

    def excluded(self, path: str) -> bool:
        """Whether the settings pass over a file in this project."""
        inside = path.startswith(self.root.rstrip(os.sep) + os.sep)
        return inside and self._exclude.first(path) is not None

    def known(self, path: str) -> Known:
        """Return what people have said of a file's findings."""
        own = place(path, self.root)
        return Known.of(own, self._baseline.get(own, ()), self._decisions)


class Projects:
    """The projects that documents belong to, each read when it is first asked for and again when its files have changed."""

    def __init__(self, config: str | None = None, *, isolated: bool = False) -> None:
        self._config = config
        self._isolated = isolated
        self._lock = Lock()
        self._known: dict[str, Project] = {}
        self.folders: tuple[str, ...] = ()  # that the editor has opened

    def of(self, path: str) -> Project:
        """Return the project of a file; of "" that of a document which is none."""
        folder = self._folder(path)
        with self._lock:
            project = self._known.get(folder)
            if project is None or project.stale:
                project = self._known[folder] = Project(folder, self._config, self._isolated)
            return project

    def _folder(self, path: str) -> str:
        """Return the folder in which `check` would be run: the innermost that the editor has opened, else the file's own."""
        if not path:
            return self.folders[0] if self.folders else os.getcwd()
        holding = [folder for folder in self.folders if path.startswith(folder.rstrip(os.sep) + os.sep)]
        return max(holding, key=len, default=os.path.dirname(path))


def _settings_files(folder: str, config: str | None) -> Iterator[str]:
    """Yield the files that may hold settings for a folder, whether they are there or not."""
    yield user_file()
    if config is not None:
        yield config
        return
    while True:
        yield os.path.join(folder, "cleaner.toml")
        yield os.path.join(folder, "pyproject.toml")
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _stamp(paths: Sequence[str]) -> _Stamp:
    return tuple(map(_seen, paths))


def _seen(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
