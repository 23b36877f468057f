"""
`cleaner undo`: put back what a report says was edited.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import click

from cleaner.cli.shared import complain, say
from cleaner.errors import CleanerError, InputError


@click.command()
@click.argument("report")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors on stderr.")
def undo(report: str, paths: tuple[str, ...], quiet: bool) -> int:
    """
    Put back what REPORT (written with --report FILE.json) says was edited: all its files, or only PATHs.

    A file that was edited since is left as it is.

    \b
    cleaner clean --in-place --report report.json posts/*.md
    cleaner undo report.json
    """
    from cleaner.undo import read

    entries = read(_text(report), report)
    done = failed = 0
    for path, entry in _wanted(entries, paths):
        try:
            done += _one(path, entry)
        except CleanerError as error:
            failed += 1
            complain(f"{path}: {str(error).removeprefix(path + ': ')}")
    if not quiet and not failed and not done:
        say("nothing to put back")
    elif not quiet and done:
        say(f"put back {done} file{'' if done == 1 else 's'}")
    return 2 if failed else 0


def _wanted(entries: list[dict[str, Any]], paths: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield files with what the report says of them; None where it says nothing."""
    from cleaner.undo import edited, path_of

    if not paths:
        yield from ((path_of(entry), entry) for entry in entries if edited(entry))
        return
    named = {os.path.normpath(path_of(entry)): entry for entry in entries}
    for path in paths:
        yield path, named.get(os.path.normpath(path)) or _by_digest(path, entries)


def _by_digest(path: str, entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what the report says of a text, wherever it was saved: its digest names it."""
    try:
        digest = sha256(_data(path)).hexdigest()
    except InputError:
        return None
    return next((entry for entry in entries if digest in (entry.get("sha256_after"), entry.get("sha256"))), None)


def _one(path: str, entry: dict[str, Any] | None) -> int:
    """Put one file back; return how many were written."""
    from cleaner.source import write
    from cleaner.undo import restore

    if entry is None:
        raise InputError("the report says nothing of it, or it was edited since; left as it is")
    if path == "-":
        raise InputError("its text went to standard output; name the file it was saved in")
    data = _data(path)
    digest = sha256(data).hexdigest()
    if digest == entry.get("sha256"):
        return 0  # it is as it was
    write(path, restore(entry, data), digest)
    return 1


def _text(report: str) -> str:
    data = sys.stdin.buffer.read() if report == "-" else _data(report, report)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{report} is not JSON; undo reads what --report FILE.json wrote") from None


def _data(path: str, name: str = "") -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{name + ': ' if name else ''}cannot be read: {reason}") from None
