"""
`cleaner clean`: the article, each thing said once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any, NamedTuple

import click

from cleaner.cli.progress import Progress
from cleaner.cli.shared import (
    ENCODING,
    EXTRACT,
    LAYOUT,
    PICTURE,
    REPORT,
    attempt,
    colorful,
    complain_of,
    put,
    reports_fit,
    say,
    seen,
    settings,
    shared,
    standard_input,
    watched,
    write_reports,
)
from cleaner.errors import InputError
from cleaner.model import Article, Cleaned, Problem, Report
from cleaner.options import Options
from cleaner.report import Output, View, encoded, render


class Job(NamedTuple):
    """What is to be done with one source."""

    source: str
    name: str  # what it is called in reports
    target: str  # where its text goes; "-" is stdout, "" nowhere


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("-o", "--output", metavar="FILE|DIR", help="Write there; several sources need a folder.")
@click.option("--in-place", is_flag=True, help="Write each file where it was read.")
@REPORT
@click.option("--check", is_flag=True, help="Write nothing; leave with 1 if something would change.")
@click.option("--diff", is_flag=True, help="Write nothing but a diff of what would change.")
@LAYOUT
@EXTRACT
@ENCODING
@PICTURE
@shared
@click.pass_context
def clean(context: click.Context, /, sources: tuple[str, ...], **given: Any) -> int:
    """
    Write an article with each thing said once: the title, its decks, the body.

    The article goes to stdout, and what was done to it to stderr.

    \b
    cleaner clean story.txt > clean.txt
    cleaner clean --in-place --report report.json posts/*.md
    cleaner clean story.txt -o clean.txt --report page.html
    cleaner clean page.html --extract -o story.md
    curl -s https://example.org/story | cleaner clean --extract
    """
    if not sources and sys.stdin.isatty():
        click.echo(context.get_help())
        return 0
    began = perf_counter()
    options = settings(given, layout="canonical", prose_is_article=True).options
    jobs = _jobs(sources or ("-",), given, options)
    reports_fit(given["reports"], (place for job in jobs for place in (job.source, job.target) if place not in ("", "-")))

    files: list[Cleaned] = []
    errors: list[Problem] = []
    outputs: dict[str, Output] = {}
    progress = Progress(shown=not given["quiet"] and len(jobs) > 1 and watched(sys.stderr))
    try:
        for done, job in enumerate(jobs, 1):
            result = _one(job, options, outputs, given["debug"])
            (files if isinstance(result, Cleaned) else errors).append(result)  # type: ignore[arg-type]
            progress.tick("files", done, len(jobs))
    finally:  # also on Ctrl-C: what was written already can be undone only with its report
        progress.end()
        report = Report(tuple(files), tuple(errors), perf_counter() - began)
        fixed = not (given["check"] or given["diff"])
        view = View(fixed, options.pedantic, given["verbose"], outputs=outputs)
        write_reports(given["reports"], report, view)
    complain_of(errors)
    if given["diff"]:
        _diff(report, view, given["color"])
    if not given["quiet"]:
        _tell(report, seen(view, given, sys.stderr))
    if errors:
        return 2
    return int(given["check"] and any(cleaned.plan.edits for cleaned in files))


def _jobs(sources: tuple[str, ...], given: dict[str, Any], options: Options) -> list[Job]:
    """Return what goes where, or say why that cannot be."""
    output, in_place = given["output"], given["in_place"]
    unwritten = given["check"] or given["diff"]
    sources = tuple(dict.fromkeys(sources))
    if in_place and output:
        raise click.UsageError("--in-place and -o are two answers to one question; give one of them")
    if in_place and options.extract:
        raise click.UsageError("--extract makes a new text out of a page; write it somewhere with -o")
    if in_place and "-" in sources:
        raise click.UsageError("standard input has no place to be written to; leave out --in-place")
    if len(sources) > 1 and not (output or in_place or unwritten):
        raise click.UsageError(f"{len(sources)} sources do not fit on stdout; give -o DIR or --in-place")
    names = [(given["stdin_filename"] or "-") if source == "-" else source for source in sources]
    if unwritten:
        targets = [""] * len(sources)
    elif in_place:
        targets = list(sources)
    elif output in (None, "-"):
        targets = ["-"] * len(sources)
    else:
        targets = list(_targets(names, output, options))
    return [Job(*job) for job in zip(sources, names, targets, strict=True)]


def _targets(names: list[str], output: str, options: Options) -> Iterator[str]:
    """Yield where each source's text goes. In a folder they keep their places below what they have in common."""
    folder = os.path.isdir(output) or output.endswith(("/", os.sep)) or len(names) > 1
    if not folder:
        yield output
        return
    if os.path.exists(output) and not os.path.isdir(output):
        raise click.UsageError(f"-o {output} is a file; {len(names)} sources need a folder")
    if "-" in names:
        raise click.UsageError("standard input needs a name in a folder; give --stdin-filename")
    places = [os.path.abspath(name) for name in names]
    common = os.path.commonpath([os.path.dirname(place) for place in places])
    for place in places:
        below = os.path.relpath(place, common)
        yield os.path.join(output, os.path.splitext(below)[0] + ".md" if options.extract else below)


def _one(job: Job, options: Options, outputs: dict[str, Output], debug: bool) -> Cleaned | Problem:
    def work() -> Cleaned:
        from cleaner.pipeline import clean_article

        article = _article(job, options)
        cleaned = clean_article(article, options)
        if job.target:
            _deliver(job, cleaned, options, outputs)
        return cleaned

    return attempt(job.name, work, debug)


def _article(job: Job, options: Options) -> Article:
    from cleaner.source import decode, read

    reading = options._replace(format="html") if options.extract else options
    article = decode(standard_input(options), job.name, reading) if job.source == "-" else read(job.source, reading)
    if not options.extract:
        return article
    from cleaner.extract import main_text

    # The plan starts at the extracted text: offsets and digests are about that, not about the page.
    return decode(main_text(article.text).encode("utf-8"), job.name, options._replace(format="markdown"))


def _deliver(job: Job, cleaned: Cleaned, options: Options, outputs: dict[str, Output]) -> None:
    """Write a cleaned text where it goes. A file cleaned in its own place is not touched unless something changed."""
    from cleaner.report.json import written
    from cleaner.source import write

    article = cleaned.article
    if job.target != "-" and not options.extract and _same_file(job):
        if cleaned.plan.edits:
            write(job.target, written(article, cleaned.text), article.origin.sha256)
        elif not article.origin.sure:
            # Most of what cleaning is was not done: to say so in a note and leave with 0 would be to call the file clean.
            guess = f"its encoding cannot be told, {article.origin.encoding} is a guess"
            raise InputError(f"{job.name}: left alone: {guess}; convert it to UTF-8 to have it cleaned")
        return
    own = Output(job.target, article.origin.encoding, article.origin.bom)
    output = own if options.output_encoding == "keep" else Output(job.target, "utf-8")
    data = written(article, cleaned.text, output)
    if job.target == "-":
        put(data)
    else:
        os.makedirs(os.path.dirname(os.path.abspath(job.target)), exist_ok=True)
        write(job.target, data, None)
    outputs[article.origin.path] = output


def _same_file(job: Job) -> bool:
    return job.source != "-" and os.path.realpath(job.source) == os.path.realpath(job.target)


def _diff(report: Report, view: View, color: str) -> None:
    if colorful(color, sys.stdout):
        put(render(report, "diff", view._replace(color=True)).encode("utf-8", "replace"))
    else:
        put(encoded(report, "diff"))


def _tell(report: Report, view: View) -> None:
    from cleaner.report.terminal import full, summary

    if text := full(report, view):
        say(text)
    if text := summary(report, view):
        say(text)
