"""
`cleaner check`: what stands twice in files and folders, for people, programs and hooks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cleaner.cli.shared import (
    PICTURE,
    REPORT,
    RUNNING,
    attempt,
    colorful,
    complain,
    complain_of,
    put,
    reports_fit,
    say,
    seen,
    settings,
    shared,
    show,
    standard_input,
    watched,
    write_reports,
)
from cleaner.cli.work import Result, Task, do_all
from cleaner.known import Known
from cleaner.model import Cleaned, Problem, Report
from cleaner.options import Options
from cleaner.report import FORMATS, HUMAN, SUFFIXES, View, encoded, render
from cleaner.settings import PerFile, Settings

if TYPE_CHECKING:
    from cleaner.across.look import Shared
    from cleaner.baseline import Line
    from cleaner.cache import Cache
    from cleaner.decisions import Decision


@click.command(no_args_is_help=False)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Carry out the safe edits; the exit status is 1 when a file changed.")
@click.option("--diff", is_flag=True, help="Show what --fix would do, as a diff; writes nothing.")
@click.option("--output-format", type=click.Choice(list(FORMATS)), help="[env: CLEANER_OUTPUT_FORMAT; default: full]")
@click.option("--output-file", metavar="FILE", help="Write the findings there instead of to stdout.")
@REPORT
@click.option("--exit-zero", is_flag=True, help="Leave with 0 even if there are findings.")
@click.option("--add-baseline", is_flag=True, help="Write what is found to the baseline: from now on it is known.")
@click.option("--baseline-from-ref", metavar="REF", help="What the same files had at this git revision is known.")
@click.option("--changed-since", metavar="REF", help="Show only what stands on lines changed since this git revision.")
@click.option("--accept", multiple=True, metavar="ID", help="Record a finding as meant; -v and JSON show ids.")
@click.option("--confirm", multiple=True, metavar="ID", help="Record a finding as a duplicate.")
@click.option("--reason", metavar="TEXT", help="Why, for the reader of the recorded decisions.")
@PICTURE
@RUNNING
@shared
def check(paths: tuple[str, ...], **given: Any) -> int:
    """
    Look for repeats in files and folders (default: this folder). Exit status 1: there are some.

    \b
    cleaner check docs/
    cleaner check --fix docs/
    cleaner check --output-format json docs/ > report.json
    cleaner check --report page.html docs/
    cleaner check --add-baseline --baseline known.txt docs/
    cleaner check --accept 4be1d3c2 --reason "the refrain" songs/
    cat draft.md | cleaner check - --stdin-filename draft.md
    """
    began = perf_counter()
    _usable(paths, given)
    run = _begin(given)
    with_stdin = "-" in paths
    paths = paths or (".",)
    found, passed = _survey(paths, run)
    reports_fit(given["reports"], (path for path in found if path != "-"))
    tasks = [_task(path, run) for path in found]
    across = _across(tasks, run)
    results = _with_across(tasks, _results(tasks, run), across, run)
    if given["add_baseline"]:
        results = _add_baseline(tasks, results, across, run)
    report = _assembled(found, results, run, whole=any(path != "-" and os.path.isdir(path) for path in paths))
    if given["changed_since"] is not None:
        from cleaner.cli.since import limited

        report = limited(report, given["changed_since"], run.root)
    report = report._replace(seconds=perf_counter() - began)

    if given["accept"] or given["confirm"]:
        complain_of(report.errors)
        _record(report, run)
        return 2 if report.errors else 0
    piped_through = run.fix and with_stdin
    if piped_through:
        _pass_through(report, passed, given)
    complain_of(report.errors)
    if given["verbose"]:
        for path, reason in passed:
            complain(f"{path}: passed over: {reason}")
    _publish(report, run, passed, to_stderr=piped_through)
    _tell_stale(found, results, run)
    return _status(report, run)


class Run(NamedTuple):
    """
    One run of the command, with what is settled before the first file is read.

    Attributes:
        given: The flags.
        settings: All layers of the settings.
        options: What the run may do; `per_file` says where it differs.
        per_file: The options of each file.
        view: How the report is shown.
        root: The project's folder.
        format: Of the report.
        fix: Whether edits are written.
        baseline: Findings known before, by path and fingerprint; None: there is no baseline.
        decisions: What people decided.
    """

    given: dict[str, Any]
    settings: Settings
    options: Options
    per_file: PerFile
    view: View
    root: str
    format: str
    fix: bool
    baseline: Mapping[str, Mapping[str, Line]] | None
    decisions: Sequence[Decision]

    def place(self, path: str) -> str:
        """Return a file's path as it is fingerprinted."""
        from cleaner.fingerprint import place

        return place(path, self.root)

    def known(self, path: str) -> Known:
        """Return what people have said of a file's findings."""
        own = self.place(path)
        return Known.of(own, (self.baseline or {}).get(own, ()), self.decisions)


def _usable(paths: Sequence[str], given: dict[str, Any]) -> None:
    """Refuse what contradicts itself before anything is read."""
    jobs = [flag for flag in ("accept", "confirm") if given[flag]]
    if jobs:
        jobs += [flag for flag in ("fix", "diff", "add_baseline") if given[flag]]
        others = [flag for flag in jobs if flag in ("fix", "diff", "add_baseline")]
        if others:
            raise click.UsageError(f"--{jobs[0]} records a decision; run --{others[0].replace('_', '-')} afterwards")
    elif given["reason"]:
        raise click.UsageError("--reason is for --accept and --confirm")
    if given["changed_since"] is not None:
        others = [flag for flag in ("fix", "diff", "add_baseline", "accept", "confirm") if given[flag]]
        if others:
            flag = others[0].replace("_", "-")
            raise click.UsageError(f"--changed-since chooses what is shown; --{flag} is for the run without it")
        if "-" in paths:
            raise click.UsageError("--changed-since is about files; git knows no lines of standard input")
    if given["add_baseline"] and given["diff"]:
        raise click.UsageError("--diff writes nothing, and --add-baseline writes the baseline; choose one")


def _begin(given: dict[str, Any]) -> Run:
    chosen = settings(given)
    options = chosen.options._replace(layout="keep", extract=False, output_encoding="keep")
    chosen = chosen._replace(options=options)
    fix = given["fix"] and not given["diff"]
    root = chosen.root
    format = "diff" if given["diff"] else chosen.output_format or "full"
    if given["picture"] and format != "full":
        raise click.UsageError(f"--picture is drawn for people, in the format full; {format} has no place for it")
    view = View(fixed=fix, pedantic=options.pedantic, verbose=given["verbose"], root=root)
    return Run(
        given,
        chosen,
        options,
        chosen.for_files(),
        view,
        root,
        format,
        fix,
        _baseline(chosen, given),
        _decisions(root),
    )


def _baseline(chosen: Settings, given: dict[str, Any]) -> dict[str, dict[str, Line]] | None:
    path = chosen.path("baseline")
    if not path:
        if given["add_baseline"]:
            raise click.UsageError("--add-baseline needs to know the file: give --baseline FILE, or set baseline")
        return None
    if given["add_baseline"] and not os.path.exists(path):
        return {}
    from cleaner.baseline import read

    return read(path)


def _decisions(root: str) -> list[Decision]:
    path = os.path.join(root, "cleaner-decisions.toml")
    if not os.path.exists(path):  # the usual case, which costs a hook no import
        return []
    from cleaner.decisions import read

    return read(path)


def _across(tasks: Sequence[Task], run: Run) -> dict[str, Shared]:
    """Look for what the files share with others of their repository, if that was asked for, before anything is written."""
    if not run.settings.running.across:
        return {}
    from cleaner.cli.across import seen

    named = [(task.path, task.options) for task in tasks if task.data is None]  # standard input stands in no repository
    return seen(named, run.settings, lambda folder: _survey((folder,), run)[0], quiet=run.given["quiet"], verbose=run.view.verbose)


def _with_across(tasks: Sequence[Task], results: list[Result], across: dict[str, Shared], run: Run) -> list[Result]:
    """Add what the files share with others to what was found in themselves."""
    if not across:
        return results
    from cleaner.cli.across import added, aged

    said = {task.known.path: task.known for task in tasks}
    results = added([task.path for task in tasks], results, across, lambda path: said.get(run.place(path)) or run.known(path))
    if run.given["baseline_from_ref"] is None:
        return results
    from cleaner.git import Revision

    return aged(results, Revision(run.given["baseline_from_ref"], run.root), run.options)


def _unasked(options: Options, run: Run) -> tuple[str, ...]:
    """Return the rules that this run cannot miss, because it did not look for all that they find."""
    across = run.settings.running.across and options.pedantic and run.given["baseline_from_ref"] is None
    return () if across else ("D201", "D202", "D203")


def _survey(paths: tuple[str, ...], run: Run) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the files to check, and what was passed over, with the reason."""
    force = run.settings.running.force_exclude
    if not force and not any(path != "-" and os.path.isdir(path) for path in paths):
        return list(dict.fromkeys(paths)), []
    from cleaner.walk import survey

    scope = run.settings.scope()
    found = survey(paths, scope, ignored=run.view.verbose)
    mine = [run.settings.path("baseline"), run.given["output_file"], *run.given["reports"]]
    own = {os.path.realpath(path) for path in mine if path}
    files = [path for path in found.files if not own or path in paths or os.path.realpath(path) not in own]
    passed = list(found.passed)
    name = run.given["stdin_filename"]
    if force and name and "-" in files and (glob := scope.exclude.first(name)):
        files.remove("-")
        passed.append(("-", f"excluded by {glob!r}"))
    return files, passed


def _results(tasks: list[Task], run: Run) -> list[Result]:
    """Check the files; with --baseline-from-ref look again at those that had something before."""
    cache = _cache(tasks, run)
    jobs = run.settings.running.jobs
    tick, end = _progress(len(tasks), run)
    try:
        results = do_all(tasks, jobs, cache, tick, fix=run.fix)
        if run.given["baseline_from_ref"] is not None:
            results = _compared(tasks, results, run)
    finally:
        end()
        if cache is not None:
            cache.save()
    return results


def _progress(number: int, run: Run) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return what is told how many files are done, and what ends that; where nobody looks, nothing is imported for it."""
    if run.given["quiet"] or number < 2 or not watched(sys.stderr):
        return lambda done: None, lambda: None
    from cleaner.cli.progress import Progress

    bar = Progress(shown=True)
    return lambda done: bar.tick("files", done, number), bar.end


def _task(path: str, run: Run) -> Task:
    name = (run.given["stdin_filename"] or "-") if path == "-" else path
    options = run.per_file.options(name)
    data = standard_input(options) if path == "-" else None
    language = any(format in ("json", "jsonl") for format in (run.format, *_formats(run)))
    return Task(name, options, run.known(name), View(pedantic=options.pedantic), language, data, None, run.given["debug"])


def _formats(run: Run) -> list[str]:
    return [SUFFIXES[os.path.splitext(path)[1].lower()] for path in run.given["reports"]]


def _cache(tasks: Sequence[Task], run: Run) -> Cache | None:
    """Return the results of earlier runs, where asking for them can pay."""
    running = run.settings.running
    if not running.cache or len(tasks) < 16:
        return None
    from cleaner.cache import FEW, Cache, folder

    assert FEW == 16
    return Cache(folder(run.root, run.settings.path("cache_dir")))


def _compared(tasks: list[Task], results: list[Result], run: Run) -> list[Result]:
    """Look again at files with findings, knowing what was found in them at another revision."""
    from cleaner.git import Revision

    revision = Revision(run.given["baseline_from_ref"], run.root)
    again = [
        at
        for at, result in enumerate(results)
        if result.cleaned is not None and (result.cleaned.plan.taken or result.cleaned.plan.skipped)
    ]
    before = revision.contents([tasks[at].path for at in again])
    pairs = [(at, tasks[at]._replace(old=old)) for at, old in zip(again, before) if old is not None]
    seen = do_all([task for _, task in pairs], run.settings.running.jobs, fix=run.fix)
    for (at, _), result in zip(pairs, seen):
        results[at] = result
    return results


def _assembled(found: list[str], results: Sequence[Result], run: Run, *, whole: bool) -> Report:
    """Write the edits where that was asked for, and put everything that was found into one report."""
    files: list[Cleaned] = []
    errors: list[Problem] = []
    for path, result in zip(found, results):
        cleaned = result.cleaned
        if cleaned is None:
            errors += [result.problem] if result.problem is not None else []
            continue
        problem = _written(path, cleaned, run) if run.fix and path != "-" and cleaned.plan.edits else None
        if problem is None:
            files.append(cleaned)
        else:
            errors.append(problem)
    if run.decisions and (idle := _idle(found, results, run, whole=whole)) is not None:
        files.append(idle)
    return Report(tuple(files), tuple(errors))


def _written(path: str, cleaned: Cleaned, run: Run) -> Problem | None:
    def job() -> Cleaned:
        from cleaner.source import write

        write(path, _bytes(cleaned), cleaned.article.origin.sha256)
        return cleaned

    done = attempt(path, job, run.given["debug"])
    return None if isinstance(done, Cleaned) else done


def _bytes(cleaned: Cleaned) -> bytes:
    from cleaner.source import encode

    return encode(cleaned.article, cleaned.text)


def _used(found: Sequence[str], results: Sequence[Result], run: Run) -> dict[str, frozenset[str]]:
    """Return for each file that was checked which known findings are still there."""
    return {run.place(path): result.used for path, result in zip(found, results) if result.cleaned is not None}


def _idle(found: Sequence[str], results: Sequence[Result], run: Run, *, whole: bool) -> Cleaned | None:
    """Return the decisions that no longer apply, as findings in the file of decisions; None where all do."""
    from cleaner.decisions import place, unused

    used = _used(found, results, run)
    each = {run.place(path): run.per_file.options(path) for path in found}
    options = {path: chosen._replace(ignore=(*chosen.ignore, *_unasked(chosen, run))) for path, chosen in each.items()}
    return unused(place(run.root), run.decisions, used, options, run.root, whole=whole)


def _tell_stale(found: Sequence[str], results: Sequence[Result], run: Run) -> None:
    """Say how many known findings are gone from the files that were checked."""
    if run.baseline is None or run.given["add_baseline"] or run.given["quiet"]:
        return
    gone = _gone(run.baseline, _used(found, results, run), run)
    if gone:
        if run.view.verbose:
            for line in gone:
                complain(f"{line.path}: {line.rule} {line.mark[:12]} of the baseline is gone")
        verb = "finding of the baseline is" if len(gone) == 1 else "findings of the baseline are"
        complain(f"{len(gone)} {verb} gone; --add-baseline drops what is gone")


def _gone(known: Mapping[str, Mapping[str, Line]], used: Mapping[str, frozenset[str]], run: Run) -> list[Line]:
    """Return the lines of the baseline that no longer apply."""
    from cleaner.baseline import stale

    unasked = _unasked(run.options, run)
    return [line for line in stale(known, used, run.root) if line.rule not in unasked]


def _add_baseline(tasks: Sequence[Task], results: list[Result], across: dict[str, Shared], run: Run) -> list[Result]:
    """Write what is left open to the baseline, and return the results of a run that knows it."""
    from cleaner.baseline import written
    from cleaner.cli.record import known
    from cleaner.cli.work import MOST_ROUNDS
    from cleaner.source import write

    before = {line.mark: line for of_file in (run.baseline or {}).values() for line in of_file.values()}
    lines = dict(before)
    tasks, results = list(tasks), list(results)
    open_ones = range(len(tasks))
    for _ in range(MOST_ROUNDS):
        fresh = {at: known(cleaned, run.view) for at in open_ones if (cleaned := results[at].cleaned) is not None}
        open_ones = [at for at, found in fresh.items() if found]  # type: ignore[assignment]
        for at in open_ones:
            lines.update({line.mark: line for line in fresh[at]})
            told = tasks[at].known
            tasks[at] = tasks[at]._replace(known=told._replace(old=told.old | {line.mark for line in fresh[at]}))
        again = [tasks[at] for at in open_ones]
        done = _with_across(again, do_all(again, run.settings.running.jobs), across, run)
        for at, result in zip(open_ones, done):
            results[at] = result
    used = {task.known.path: result.used for task, result in zip(tasks, results) if result.cleaned is not None}
    by_path: dict[str, dict[str, Line]] = {}
    for line in lines.values():
        by_path.setdefault(line.path, {})[line.mark] = line
    for line in _gone(by_path, used, run):
        del lines[line.mark]
    path = run.settings.path("baseline")
    write(path, written(lines.values()), None)
    if not run.given["quiet"]:
        added, gone = len(lines.keys() - before.keys()), len(before.keys() - lines.keys())
        complain(f"{path}: {len(lines)} known findings: {added} new, {gone} gone")
    return results


def _record(report: Report, run: Run) -> None:
    """Write what was decided."""
    from cleaner.cli.record import decided
    from cleaner.decisions import place, written
    from cleaner.source import write

    wanted = [("meant", mark) for mark in run.given["accept"]] + [("duplicate", mark) for mark in run.given["confirm"]]
    decisions, said = decided(report, run.view, run.decisions, wanted, run.given["reason"] or "")
    write(place(run.root), written(decisions), None)
    if not run.given["quiet"]:
        for row in said:
            complain(row)


def _pass_through(report: Report, passed: Sequence[tuple[str, str]], given: dict[str, Any]) -> None:
    """Write standard input to stdout, mended."""
    if any(path == "-" for path, _ in passed):
        put(sys.stdin.buffer.read())
    for cleaned in report.files:
        if cleaned.article.origin.path == (given["stdin_filename"] or "-"):
            put(_bytes(cleaned))


def _publish(report: Report, run: Run, passed: Sequence[tuple[str, str]], *, to_stderr: bool) -> None:
    """Write the findings where they belong, and for people a summary on stderr."""
    given, format, view = run.given, run.format, run.view
    write_reports(given["reports"], report, view)
    human = format in HUMAN
    stream = sys.stderr if to_stderr else sys.stdout
    if given["output_file"]:
        from cleaner.source import write

        write(given["output_file"], encoded(report, format, view), None)
    elif human or (format == "diff" and colorful(given["color"], stream)):
        (say if to_stderr else show)(render(report, format, seen(view, given, stream))) if _any(report) else None
    elif to_stderr:
        say(encoded(report, format, view).decode("utf-8", "replace"))
    else:
        put(encoded(report, format, view))
    if not report.files and not report.errors:
        complain(_nothing(passed, verbose=view.verbose))
    elif human and not given["quiet"]:
        from cleaner.report.terminal import summary

        if text := summary(report, seen(view, given, sys.stderr)):
            say(text)


def _nothing(passed: Sequence[tuple[str, str]], *, verbose: bool) -> str:
    if passed:
        why = "" if verbose else "; -v says what and why"
        return f"nothing was checked: {len(passed)} passed over{why}"
    return "nothing was checked: there is no article here that git does not ignore; name files, or another folder"


def _any(report: Report) -> bool:
    return any(cleaned.plan.taken or cleaned.plan.skipped or cleaned.notes for cleaned in report.files)


def _status(report: Report, run: Run) -> int:
    from cleaner.report.entries import left

    if report.errors:
        return 2
    if run.given["exit_zero"]:
        return 0
    if run.given["diff"]:
        return int(any(cleaned.plan.edits for cleaned in report.files))
    changed = run.fix and any(cleaned.plan.edits for cleaned in report.files)
    return int(changed or any(left(cleaned, run.view) for cleaned in report.files))
