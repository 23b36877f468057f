"""
What the commands share: their common options, and how they speak.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from cleaner.errors import CleanerError
from cleaner.model import Cleaned, Problem, Report
from cleaner.options import KEEPS, LAYOUTS, Options
from cleaner.report import View
from cleaner.report.visible import visible
from cleaner.settings import Running, Settings, load

Function = TypeVar("Function", bound=Callable[..., Any])

_FORMATS = click.Choice(["markdown", "html", "text", "rst", "asciidoc"])
_PROFILES = click.Choice(["article", "docs", "list"])

#: Flags that are settings: by the name they have in `Options`.
_SETTINGS = (
    click.option("--format", type=_FORMATS, help="Instead of what the file's name or text tells."),
    click.option("--profile", type=_PROFILES, help="What kind of text it is; decides what is safe."),
    click.option("--select", multiple=True, metavar="CODES", help="Run only these rules: codes or prefixes, by comma."),
    click.option("--extend-select", multiple=True, metavar="CODES", help="Run these rules besides."),
    click.option("--ignore", multiple=True, metavar="CODES", help="Do not run these rules."),
    click.option("--keep", type=click.Choice(KEEPS), help="Which of two near copies stays."),
    click.option("--pedantic/--no-pedantic", default=None, help="Also show what we would not bet on."),
    click.option("--unsafe-fixes/--no-unsafe-fixes", default=None, help="Also edit what may be meant."),
)
LAYOUT = click.option("--layout", type=click.Choice(LAYOUTS), help="canonical: title, decks, body; keep: as it is.")
ENCODING = click.option("--output-encoding", type=click.Choice(["keep", "utf-8"]), help="Of a new file or of stdout.")
PICTURE = click.option("--picture", is_flag=True, help="Also draw what repeats what.")
EXTRACT = click.option("--extract/--no-extract", default=None, help="Take the main text out of a web page first.")

#: How to run, rather than what to look for.
_ALWAYS = (
    click.option("--stdin-filename", metavar="NAME", help="What to call standard input; its suffix tells the format."),
    click.option("--config", metavar="FILE", help="Read these settings instead of the project's."),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Use colour."),
    click.option("--hyperlinks", type=click.Choice(["auto", "always", "never"]), default="auto", help="Link names and lines to their files."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors on stderr."),
    click.option("-v", "--verbose", is_flag=True, help="Also show what was skipped, and why."),
    click.option("--debug", is_flag=True, help="Show where in the program an input failed."),
)

#: Which files, and how: flags that are settings, by the name they have in `Running`.
_FILES = (
    click.option("--include", multiple=True, metavar="GLOB", help="What is an article in a folder, not the usual suffixes."),
    click.option("--extend-include", multiple=True, metavar="GLOB", help="What is an article besides."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Pass over in folders, instead of the usual."),
    click.option("--extend-exclude", multiple=True, metavar="GLOB", help="Pass over besides."),
    click.option("--force-exclude/--no-force-exclude", default=None, help="Pass over named files, too: for hooks."),
    click.option("--per-file-ignores", multiple=True, metavar="GLOB:CODES", help="Do not run these rules there."),
    click.option("--per-file-profiles", multiple=True, metavar="GLOB:PROFILE", help="What kind of text stands there."),
    click.option("--baseline", metavar="FILE", help="Findings that are known; --add-baseline writes it."),
    click.option("--across/--no-across", default=None, help="Also compare with all other files of the repository."),
    click.option("-j", "--jobs", type=click.IntRange(0, 1000), help="Processes; 0: as many as it pays for."),
    click.option("--cache/--no-cache", default=None, help="Keep results of unchanged files for the next run."),
    click.option("--cache-dir", metavar="DIR", help="Where; default: .cleaner_cache in the project's folder."),
)


def RUNNING(function: Function) -> Function:  # noqa: N802 - a decorator beside LAYOUT, ENCODING and EXTRACT
    """Give a command the settings of a run over files."""
    for option in reversed(_FILES):
        function = option(function)
    return function


def shared(function: Function) -> Function:
    """Give a command the settings and the ways to run that all of them have."""
    for option in reversed((*_SETTINGS, *_ALWAYS)):
        function = option(function)
    return function


REPORT = click.option("--report", "reports", multiple=True, metavar="FILE", help="Also write a report; .html .json .md .diff .sarif ...; repeatable.")


def reports_fit(reports: Iterable[str], taken: Iterable[str]) -> None:
    """
    Refuse reports that cannot be written, before anything is: a run that cannot write its report cannot be undone.

    Args:
        reports: Their paths; the suffix tells the format.
        taken: Files that the run reads or writes, which no report may replace.
    """
    import os

    from cleaner.report import SUFFIXES

    reports = list(reports)
    places = {os.path.realpath(path) for path in taken} if reports else set()
    for path in reports:
        if os.path.splitext(path)[1].lower() not in SUFFIXES:
            raise click.UsageError(f"--report {path}: its suffix tells the format; it takes {' '.join(SUFFIXES)}")
        if os.path.realpath(path) in places:
            raise click.UsageError(f"--report {path} is one of the files to clean; give it another name")
        where = path if os.path.exists(path) else os.path.dirname(os.path.abspath(path))
        if os.path.isdir(path) or not os.access(where, os.W_OK):
            raise click.UsageError(f"--report {path} cannot be written; make its folder, or name another")


def write_reports(paths: Iterable[str], report: Report, view: View) -> None:
    """Write a report into each file, in the format that its suffix tells."""
    import os

    for path in paths:
        from cleaner.report import SUFFIXES, encoded
        from cleaner.source import write

        write(path, encoded(report, SUFFIXES[os.path.splitext(path)[1].lower()], view), None)


def settings(given: dict[str, Any], **defaults: Any) -> Settings:
    """Put the flags that were given on top of the other layers; `defaults` are the command's own."""
    flags = {key: given[key] for key in Options._fields if given.get(key) not in (None, ())}
    for key in ("select", "extend_select", "ignore"):
        if key in flags:
            flags[key] = [code.strip() for codes in flags[key] for code in codes.split(",") if code.strip()]
    for key in Running._fields:
        if given.get(key) not in (None, ()):
            flags[key] = given[key]
    for key in ("per_file_ignores", "per_file_profiles"):
        if key in flags:
            from cleaner.settings import table

            flags[key] = table(flags[key], codes=key == "per_file_ignores")
    if given.get("output_format"):
        flags["output_format"] = given["output_format"]
    return load(flags, defaults=defaults, config=given["config"], isolated=given["isolated"])


def attempt(name: str, job: Callable[[], Cleaned], debug: bool = False) -> Cleaned | Problem:
    """Do one input's work. Whatever goes wrong with it is a line about it, and the other inputs are still done."""
    try:
        return job()
    except CleanerError as error:
        return Problem(name, _about(name, str(error)))
    except BrokenPipeError:
        raise  # stdout has gone: that is not about this input, and there is nobody to write the next one for
    except OSError as error:
        return Problem(name, error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - law 9: no input makes a traceback, also not through a mistake of ours
        if debug:
            _trace()
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Problem(name, f"left alone: an error of our own ({what}); please report it, with what --debug shows")


def _about(name: str, message: str) -> str:
    """Return a message without the name in front of it: the line that shows it begins with that."""
    for shown in (name, "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)):
        message = message.removeprefix(f"{shown}: ")
    return message


def _trace() -> None:
    from traceback import format_exc

    for line in format_exc().splitlines():
        say(visible(line))


def complain(message: str) -> None:
    """Say on stderr, in one line, that something is wrong."""
    say(f"cleaner: {visible(message)}")


def complain_of(problems: Iterable[Problem]) -> None:
    for problem in problems:
        complain(f"{problem.path}: {problem.message}")


def say(text: str) -> None:
    """Write a line or lines to stderr."""
    _write(sys.stderr, text if text.endswith("\n") else text + "\n")


def put(data: bytes) -> None:
    """Write bytes to stdout, exactly."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def show(text: str) -> None:
    """Write text for people to stdout; what its encoding cannot hold becomes an escape."""
    _write(sys.stdout, text)


def _write(stream: Any, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def colorful(choice: str, stream: Any) -> bool:
    """Whether to write colour to a stream: the flag decides, then NO_COLOR, FORCE_COLOR, TERM, then the terminal."""
    from os import environ

    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environ.get("TERM") != "dumb" and bool(stream.isatty())


def linked(choice: str, stream: Any) -> bool:
    """Whether to write hyperlinks to a stream: the flag decides, then FORCE_HYPERLINK, then the terminal."""
    from os import environ

    if choice != "auto":
        return choice == "always"
    if (forced := environ.get("FORCE_HYPERLINK")) is not None:
        return forced not in ("", "0")
    if environ.get("TERM", "") in ("dumb", "linux") or environ.get("CI") or not stream.isatty():
        return False
    # Terminals that know nothing of links leave them out. Only the old console of Windows shows what stands between.
    return sys.platform != "win32" or "WT_SESSION" in environ or "TERM_PROGRAM" in environ


def seen(view: View, given: dict[str, Any], stream: Any) -> View:
    """Return a view as a stream can show it: its colours, columns, links and characters."""
    view = view._replace(color=colorful(given["color"], stream), width=wide(stream), links=linked(given["hyperlinks"], stream))
    if not given.get("picture"):
        return view
    from os import environ

    from cleaner.report.plot import cells

    return view._replace(picture=cells(stream.encoding or "utf-8", environ.get("TERM", "")))


def watched(stream: Any) -> bool:
    """Whether somebody sees a stream as it is written. pre-commit gives hooks a terminal, but shows what they wrote at their end."""
    from os import environ

    return bool(stream.isatty()) and not environ.get("PRE_COMMIT")


def wide(stream: Any) -> int:
    """Return the columns of the terminal that a stream leads to; 100 where it is none."""
    from os import get_terminal_size

    try:
        return max(get_terminal_size(stream.fileno()).columns, 40)
    except (OSError, ValueError):
        return 100


def standard_input(options: Options) -> bytes:
    """
    Return the bytes of standard input.

    Raises:
        InputError: If there are more than `max_bytes`.
    """
    from cleaner.errors import InputError

    data = sys.stdin.buffer.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise InputError(f"is larger than {options.max_bytes:,} bytes; raise max-bytes to read it")
    return data
