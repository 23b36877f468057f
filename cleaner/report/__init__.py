"""
All views of a report, behind one name; each view is a module of its own, loaded when it is asked for.

    full, concise    terminal.py    for people
    markdown         markdown.py    for people, in a pull request
    html             html.py        for people, in a browser: one page with every edit in place
    diff             diff.py        for `git apply`
    json, jsonl      json.py        for programs; the schema is published and stable
    sarif, github, gitlab, junit    for continuous integration

A view only reads: what is in it can be computed from the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from cleaner.model import Report

#: Name of a format: the module and function that write it.
FORMATS = {
    "full": "terminal.full",
    "concise": "terminal.concise",
    "json": "json.dumps",
    "jsonl": "json.one_a_line",
    "sarif": "sarif.dumps",
    "github": "github.commands",
    "gitlab": "gitlab.dumps",
    "junit": "junit.suites",
    "markdown": "markdown.page",
    "html": "html.page",
    "diff": "diff.unified",
}

#: For people: may be coloured, and shows what could steer a terminal as escapes. All others are exact.
HUMAN = frozenset({"full", "concise"})

#: What `--report FILE` writes, by the file's suffix.
SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".html": "html",
    ".md": "markdown",
    ".diff": "diff",
    ".patch": "diff",
    ".txt": "full",
    ".sarif": "sarif",
    ".xml": "junit",
}


class Output(NamedTuple):
    """Where a cleaned text went, where it did not replace its source."""

    path: str  # "-" is standard output
    encoding: str
    bom: bytes = b""


class View(NamedTuple):
    """
    How a report is to be shown.

    Attributes:
        fixed: The edits were carried out; otherwise they are only proposed.
        pedantic: Also show findings that we would not bet on. What was edited is always shown.
        verbose: Also show what was skipped, and files in which nothing was found.
        color: Use colour; only for people's formats.
        width: Columns to write in.
        outputs: By the path of the source, where its cleaned text went instead.
        links: Make names and places lead to their files; only for people's formats, on a terminal.
        picture: Draw what repeats what, with these characters: "braille", "blocks" or "ascii"; "": do not.
        root: The project's folder, from which fingerprints count paths; "": from the working directory.
    """

    fixed: bool = False
    pedantic: bool = False
    verbose: bool = False
    color: bool = False
    width: int = 100
    outputs: Mapping[str, Output] = {}
    root: str = ""
    links: bool = False
    picture: Literal["", "braille", "blocks", "ascii"] = ""


def render(report: Report, format: str, view: View | None = None) -> str:
    """
    Write a report in one of `FORMATS`.

    Raises:
        OptionsError: If the format is unknown; names those that are known.
    """
    if format not in FORMATS:
        from cleaner.errors import OptionsError

        raise OptionsError(f"output-format = {format!r} is not allowed; it takes one of {', '.join(FORMATS)}")
    from importlib import import_module

    module, function = FORMATS[format].split(".")
    text: str = getattr(import_module(f"cleaner.report.{module}"), function)(report, view or View())
    return text


def encoded(report: Report, format: str, view: View | None = None) -> bytes:
    """Write a report as the bytes of a file: UTF-8, but a diff in the encoding of each file, so that it applies."""
    if format == "diff":
        from cleaner.report.diff import data

        return data(report)
    return render(report, format, view).encode("utf-8", "backslashreplace")
