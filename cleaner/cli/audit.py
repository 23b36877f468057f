"""
`cleaner audit`: what feeds and collections say twice, inside each, between them, and over time.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.collection import by_texts, collection
from cleaner.cli.progress import Progress
from cleaner.cli.shared import colorful, complain, complain_of, put, settings, show, standard_input, watched, wide
from cleaner.engines import NAMES
from cleaner.errors import OptionsError
from cleaner.report.audit import FORMATS
from cleaner.settings import Settings

if TYPE_CHECKING:
    from cleaner.feeds.collect import Plans
    from cleaner.report.audit import AuditView
    from cleaner.stories.model import Audit

_ALL = "all"


class _Command(click.Command):
    """`--fail-on-duplicates` stands alone, or has kinds after "=": what follows it as a word of its own is a source."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        given = [f"{arg}={_ALL}" if arg == "--fail-on-duplicates" else arg for arg in args[:end]]
        return super().parse_args(ctx, [*given, *args[end:]])


@click.command(cls=_Command, no_args_is_help=True)
@click.argument("sources", nargs=-1, metavar="SOURCE...", required=True)
@click.option("--history", metavar="FILE", help="Remember what was seen; say what is new, republished or silently changed.")
@click.option("--by", type=click.Choice(["story", "text", "paragraph"]), help="What is compared: stories, or of a collection texts or paragraphs.")
@click.option("--engine", type=click.Choice(NAMES), help="Compare texts (--by text) in this process, an embedded database or a cluster.")
@click.option("-o", "--output", metavar="DIR", help="By texts: write clusters, pairs and the cleaned texts there.")
@click.option("--tables", type=click.Choice(["jsonl", "parquet"]), help="What -o writes.  [default: jsonl]")
@click.option("--threshold", type=float, metavar="RATIO", help="By texts: how much alike copies are, 0 to 1.  [default: 0.8]")
@click.option("--fewest-words", type=click.IntRange(3), metavar="N", help="By texts: shorter ones match nothing.  [default: 8]")
@click.option("--keep", type=click.Choice(["longest", "first"]), help="By texts: which of near ones stays.  [default: longest]")
@click.option("-j", "--jobs", type=click.IntRange(1, 1000), metavar="N", help="By texts: processes.  [default: as many as processors]")
@click.option("--memory", metavar="SIZE", help="By texts: what an embedded database may take, such as 4GB.")
@click.option("--work", metavar="DIR", help="By texts: for what is needed meanwhile; a run that was killed goes on from there.")
@click.option("--output-format", type=click.Choice(list(FORMATS)), help="[default: full]")
@click.option("--output-file", metavar="FILE", help="Write the findings there instead of to stdout.")
@click.option("--report", multiple=True, metavar="FILE", help="Also write a report; .html, .json, .jsonl, .csv, .md or .txt.")
@click.option("--fail-on-duplicates", metavar="[=KIND,...]", help="Leave with 1 if there are new ones, or new ones of these kinds.")
@click.option("--since", metavar="DATE", help="Only tell of items dated on this day (2026-11-23) or later.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Show the N stories with most copies.")
@click.option("--priority", multiple=True, metavar="SOURCE", help="Its items are the originals before all others'; may be repeated.")
@click.option("--accept", multiple=True, metavar="ID", help="With --history: this finding is meant; -v and JSON show ids.")
@click.option("--allow-private", is_flag=True, help="Also fetch from this machine and private networks.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, metavar="SECONDS", help="For each address, in all.")
@click.option("--max-bytes", type=click.IntRange(1), metavar="N", help="Larger sources are named and left.")
@click.option("--extract/--no-extract", default=None, help="Take the main text out of web pages of folders first.")
@click.option("--config", metavar="FILE", help="Read these settings instead of the project's.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Use colour.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing where nothing is new: for cron.")
@click.option("-v", "--verbose", is_flag=True, help="Also show what was told before, and ids.")
@click.option("--debug", is_flag=True, help="Show where in the program an input failed.")
def audit(sources: tuple[str, ...], **given: Any) -> int:
    """
    Find what feeds and collections say twice: inside each, between them, and over time.

    SOURCE: a feed (RSS, Atom, JSON Feed), a list of feeds (OPML), a sitemap, a folder of articles, a table (JSONL, CSV, Parquet), or
    the http(s) address of one. '-' is standard input.

    \b
    cleaner audit feed.xml other.xml               show what they say twice
    cleaner audit feeds.opml --report page.html    write a page to hand on
    cleaner audit https://example.org/feed --history seen.db    what is new since the last run
    cleaner audit corpus.jsonl --engine duckdb -o out           a collection of millions, by its texts alone
    """
    by_text = by_texts(given)
    found = settings({"extract": given["extract"], "max_bytes": given["max_bytes"], "config": given["config"], "isolated": given["isolated"]})
    since, kinds = _day(given["since"]), _kinds(given["fail_on_duplicates"])
    if by_text:
        return collection(sources, _plans(found, given), given)
    if given["accept"] and not given["history"]:
        raise click.UsageError("--accept needs --history FILE: that is where it is remembered")
    reports = [(path, _format_of(path)) for path in given["report"]]
    from cleaner.stories.run import Wishes, run

    wishes = Wishes(
        history=given["history"] or "",
        priority=given["priority"],
        since=since,
        accept=given["accept"],
        now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    bar = Progress(shown=not given["quiet"] and watched(sys.stderr))
    try:
        result = run(sources, _plans(found, given), wishes._replace(progress=bar.tick))
    finally:
        bar.end()
    complain_of(result.errors)
    for note in result.notes:
        complain(note)
    _publish(result, reports, given, kinds)
    if result.errors:
        return 2
    return int(kinds is not None and _fails(result, kinds))


def _plans(found: Settings, given: dict[str, Any]) -> Plans:
    from cleaner import __version__
    from cleaner.feeds.collect import Plans
    from cleaner.feeds.fetch import DEFAULTS

    options, agent = found.options, f"cleaner/{__version__} (feed audit)"
    limits = DEFAULTS._replace(whole=given["timeout"], size=options.max_bytes, allow_private=given["allow_private"], agent=agent)
    return Plans(options, limits, found.scope(), stdin=lambda: standard_input(options), progress=_progress(given))


def _progress(given: dict[str, Any]) -> Callable[[int, int, str], None] | None:
    """Return what shows how far fetching is, on one line of a terminal; None where nobody sees it."""
    if given["quiet"] or not watched(sys.stderr):
        return None
    from cleaner.report.visible import snippet

    def show_line(done: int, total: int, url: str) -> None:
        line = snippet(f"{done} of {total} fetched: {url}", wide(sys.stderr) - 1) if done < total else ""
        sys.stderr.write(f"\r\x1b[2K{line}")
        sys.stderr.flush()

    return show_line


def _publish(result: Audit, reports: Sequence[tuple[str, str]], given: dict[str, Any], kinds: frozenset[str] | None) -> None:
    """Write the findings where they belong, and the reports that were asked for."""
    from cleaner.report.audit import HUMAN, AuditView, render
    from cleaner.report.audit.figures import news

    format = given["output_format"] or "full"
    view = AuditView(verbose=given["verbose"], limit=given["limit"])
    for path, kind in reports:
        _write(path, render(result, kind, view))
    quiet = given["quiet"] and not news(result)
    if given["output_file"]:
        _write(given["output_file"], render(result, format, view))
    elif format in HUMAN:
        if not quiet:
            show(render(result, format, _seen(view, given)))
    else:
        put(render(result, format, view).encode("utf-8"))


def _seen(view: AuditView, given: dict[str, Any]) -> AuditView:
    return view._replace(color=colorful(given["color"], sys.stdout), width=wide(sys.stdout), errors=False)


def _write(path: str, text: str) -> None:
    from cleaner.source import write

    write(path, text.encode("utf-8"), None)


def _fails(result: Audit, kinds: frozenset[str]) -> bool:
    every: list[tuple[str, str, str]] = [(member.rule, member.relation, member.status) for cluster in result.clusters for member in cluster.members]
    every += [(change.rule, "", change.status) for change in result.changes]
    if kinds != {_ALL}:  # boilerplate is no duplicate; who asks for it by name is told
        every += [("F310", "", each.status) for each in result.boilerplate]
    return any(status == "new" and (kinds == {_ALL} or rule in kinds or relation in kinds) for rule, relation, status in every)


def _kinds(text: str | None) -> frozenset[str] | None:
    """Return the kinds that --fail-on-duplicates names, as rules and relations; None without it."""
    if text is None:
        return None
    from cleaner.rules import AUDIT
    from cleaner.stories.model import CERTAIN

    names = {name: code for code, name in AUDIT.items()}
    found: set[str] = set()
    for said in filter(None, (part.strip() for part in text.split(","))):
        kind = said if said in (_ALL, *CERTAIN) else names.get(said, said.upper())
        if kind not in (_ALL, *CERTAIN, *AUDIT):
            known = ", ".join([_ALL, *CERTAIN, *sorted(AUDIT)])
            raise OptionsError(f"--fail-on-duplicates={said} is not allowed; it takes {known}, or names of rules")
        found.add(kind)
    return frozenset({_ALL} if not found or _ALL in found else found)


def _day(text: str | None) -> str:
    if text is None:
        return ""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?", text):
        raise OptionsError(f"--since {text} is not allowed; it takes a day, such as 2026-11-23")
    return text


def _format_of(path: str) -> str:
    from cleaner.report.audit import SUFFIXES

    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        raise OptionsError(f"--report {path}: its suffix tells the format; it takes one of {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]
