"""
`cleaner review`: go through findings one after another, on a page in one's own browser.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.progress import Progress
from cleaner.cli.shared import RUNNING, complain, complain_of, say, settings, shared, watched
from cleaner.cli.work import Result, Task, do_all
from cleaner.model import Problem
from cleaner.report import View

if TYPE_CHECKING:
    from cleaner.review.session import Project, Session
    from cleaner.settings import Settings

_INTERRUPTED = 130


@click.command(no_args_is_help=False)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Of the page; 0: any that is free.")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser, besides printing its address.")
@RUNNING
@shared
def review(paths: tuple[str, ...], port: int, browser: bool, **given: Any) -> int:
    """
    Go through the findings in files and folders (default: this folder), on a page in your browser. Ctrl-C ends it.

    \b
    cleaner review docs/
    cleaner review --no-browser --port 8400 story.md
    """
    from cleaner.review.app import Keys, listening, needed, serve

    needed()
    if "-" in paths:
        raise click.UsageError("a review writes to files; name some instead of -")
    chosen = settings(given)
    chosen = chosen._replace(options=chosen.options._replace(layout="keep", extract=False, output_encoding="keep"))
    session = _begun(paths or (".",), chosen, given)
    if session is None:
        return 2
    left = sum(len(session.left(file)) for file in range(len(session.project.files)))
    problems = [Problem(path, why) for file, path in enumerate(session.project.files) if (why := session.seen(file).problem)]
    complain_of(problems)
    if not left and not session.standing():
        say(f"nothing to review: nothing found in {_files(len(session.project.files) - len(problems))}")
        return 2 if problems else 0
    door = listening(port)
    keys, port = Keys.new(), door.getsockname()[1]
    if not given["quiet"]:
        say(f"{left} finding{'' if left == 1 else 's'} left to decide in {_files(len(session.project.files))}; Ctrl-C ends the review")
        say(f"what is done is on disk at once, and noted in {os.path.relpath(session.journal.path)}")
    say(f"http://127.0.0.1:{port}/enter/{keys.address}")
    if browser:
        _open(f"http://127.0.0.1:{port}/enter/{keys.once}")
    serve(session, door, keys, complain)
    return _INTERRUPTED


def _files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"


def _begun(paths: tuple[str, ...], chosen: Settings, given: dict[str, Any]) -> Session | None:
    """Look through the files once, as `check` does; None where there is no file to look at."""
    from cleaner.cache import Cache, folder, made
    from cleaner.review.journal import NAME, Journal
    from cleaner.review.session import Session
    from cleaner.walk import survey

    found = survey(paths, chosen.scope())
    if given["verbose"]:
        for path, reason in found.passed:
            complain(f"{path}: passed over: {reason}")
    if not found.files:
        complain("nothing to review: there is no article here that git does not ignore; name files, or another folder")
        return None
    project = _project(tuple(dict.fromkeys(found.files)), chosen)
    # Beside the kept results, in a folder that keeps itself out of git: needed whether these are wanted or not.
    where = folder(project.root, chosen.path("cache_dir"))
    try:
        made(where)
    except OSError as error:
        complain(f"{where}: cannot be made: {error.strerror}; a review notes there what is done; choose another with --cache-dir")
        return None
    session = Session(project, Journal(os.path.join(where, NAME)))
    cache = Cache(where) if chosen.running.cache and len(project.files) >= 16 else None
    results = _looked(session, chosen.running.jobs, cache, given)
    session.begin([result.cleaned or (result.problem.message if result.problem else "") for result in results])
    return session


def _project(files: tuple[str, ...], chosen: Settings) -> Project:
    from cleaner.review.session import Project

    path = chosen.path("baseline")
    baseline: Any = {}
    if path:
        from cleaner.baseline import read

        baseline = read(path)
    per_file = chosen.for_files()
    return Project(files, per_file.options, chosen.root, baseline, View(pedantic=chosen.options.pedantic, root=chosen.root))


def _looked(session: Session, jobs: int, cache: Any, given: dict[str, Any]) -> list[Result]:
    project = session.project
    tasks = [
        Task(path, project.options(path), session.known(file), View(pedantic=project.view.pedantic), debug=given["debug"])
        for file, path in enumerate(project.files)
    ]
    progress = Progress(shown=not given["quiet"] and len(tasks) > 1 and watched(sys.stderr))
    try:
        return do_all(tasks, jobs, cache, lambda done: progress.tick("files", done, len(tasks)))
    finally:
        progress.end()
        if cache is not None:
            cache.save()


def _open(address: str) -> None:
    """Open a page in the person's browser, where there is a screen for one; not one that draws into this terminal."""
    import webbrowser
    from threading import Thread

    screen = sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if screen:
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()
