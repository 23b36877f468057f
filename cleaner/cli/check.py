"""
`cleaner check`: what stands twice in files and folders, for people, programs and hooks.
"""

from __future__ import annotations

import sys
from time import perf_counter
from typing import Any

import click

from cleaner.cli.shared import (
    attempt,
    colorful,
    complain,
    complain_of,
    put,
    say,
    settings,
    shared,
    show,
    standard_input,
    wide,
)
from cleaner.model import Cleaned, Problem, Report
from cleaner.options import Options
from cleaner.report import FORMATS, HUMAN, View, encoded, render


@click.command(no_args_is_help=False)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Carry out the safe edits; the exit status is 1 when a file changed.")
@click.option("--diff", is_flag=True, help="Show what --fix would do, as a diff; writes nothing.")
@click.option("--output-format", type=click.Choice(list(FORMATS)), help="[env: CLEANER_OUTPUT_FORMAT; default: full]")
@click.option("--output-file", metavar="FILE", help="Write the findings there instead of to stdout.")
@click.option("--exit-zero", is_flag=True, help="Leave with 0 even if there are findings.")
@shared
def check(paths: tuple[str, ...], **given: Any) -> int:
    """
    Look for repeats in files and folders (default: this folder). Exit status 1: there are some.

    \b
    cleaner check docs/
    cleaner check --fix docs/
    cleaner check --output-format json docs/ > report.json
    cat draft.md | cleaner check - --stdin-filename draft.md
    """
    began = perf_counter()
    chosen = settings(given)
    options = chosen.options._replace(layout="keep", extract=False, output_encoding="keep")
    format = "diff" if given["diff"] else chosen.output_format or "full"
    fix = given["fix"] and not given["diff"]

    files: list[Cleaned] = []
    errors: list[Problem] = []
    for path in _walk(paths or (".",)):
        result = _one(path, options, fix, given)
        (files if isinstance(result, Cleaned) else errors).append(result)  # type: ignore[arg-type]
    report = Report(tuple(files), tuple(errors), perf_counter() - began)

    view = View(fixed=fix, pedantic=options.pedantic, verbose=given["verbose"])
    piped_through = fix and "-" in paths
    if piped_through:
        for cleaned in files:
            if cleaned.article.origin.path == (given["stdin_filename"] or "-"):
                put(_bytes(cleaned))
    complain_of(errors)
    _publish(report, format, view, given, to_stderr=piped_through)
    return _status(report, view, given["exit_zero"], diff=given["diff"])


def _walk(paths: tuple[str, ...]) -> list[str]:
    from os.path import isdir

    if not any(path != "-" and isdir(path) for path in paths):
        return list(dict.fromkeys(paths))
    from cleaner.walk import walk

    return list(walk(paths))


def _one(path: str, options: Options, fix: bool, given: dict[str, Any]) -> Cleaned | Problem:
    name = (given["stdin_filename"] or "-") if path == "-" else path

    def job() -> Cleaned:
        from cleaner.pipeline import clean_article
        from cleaner.source import decode, read, write

        article = decode(standard_input(options), name, options) if path == "-" else read(path, options)
        cleaned = clean_article(article, options)
        if fix and path != "-" and cleaned.plan.edits:
            write(path, _bytes(cleaned), article.origin.sha256)
        return cleaned

    return attempt(name, job, given["debug"])


def _bytes(cleaned: Cleaned) -> bytes:
    from cleaner.source import encode

    return encode(cleaned.article, cleaned.text)


def _publish(report: Report, format: str, view: View, given: dict[str, Any], *, to_stderr: bool) -> None:
    """Write the findings where they belong, and for people a summary on stderr."""
    human = format in HUMAN
    stream = sys.stderr if to_stderr else sys.stdout
    if given["output_file"]:
        from cleaner.source import write

        write(given["output_file"], encoded(report, format, view), None)
    elif human or (format == "diff" and colorful(given["color"], stream)):
        seen = view._replace(color=colorful(given["color"], stream), width=wide(stream))
        (say if to_stderr else show)(render(report, format, seen)) if _any(report) else None
    elif to_stderr:
        say(encoded(report, format, view).decode("utf-8", "replace"))
    else:
        put(encoded(report, format, view))
    if not report.files and not report.errors:
        complain(
            "nothing was checked: there is no article here that git does not ignore; name files, or another folder"
        )
    elif human and not given["quiet"]:
        from cleaner.report.terminal import summary

        if text := summary(report, view._replace(color=colorful(given["color"], sys.stderr))):
            say(text)


def _any(report: Report) -> bool:
    return any(cleaned.plan.taken or cleaned.plan.skipped or cleaned.notes for cleaned in report.files)


def _status(report: Report, view: View, exit_zero: bool, *, diff: bool) -> int:
    from cleaner.report.entries import left

    if report.errors:
        return 2
    if exit_zero:
        return 0
    if diff:
        return int(any(cleaned.plan.edits for cleaned in report.files))
    changed = view.fixed and any(cleaned.plan.edits for cleaned in report.files)
    return int(changed or any(left(cleaned, view) for cleaned in report.files))
