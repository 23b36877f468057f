"""
All views of an audit, behind one name; each is a module of its own, loaded when it is asked for.

    full, concise    terminal.py    for people
    markdown         markdown.py    for people, in an issue or a pull request
    html             html.py        for a publisher: one page that needs nothing else
    csv              table.py       for a spreadsheet
    json, jsonl      json.py        for programs; the schema is published and stable

A view only reads, and reads nothing but the audit: equal audits make equal pages.
"""

from __future__ import annotations

from typing import NamedTuple

from cleaner.stories.model import Audit

#: Name of a format: the module and function that write it.
FORMATS = {
    "full": "terminal.full",
    "concise": "terminal.concise",
    "json": "json.dumps",
    "jsonl": "json.one_a_line",
    "csv": "table.rows",
    "markdown": "markdown.page",
    "html": "html.page",
}

#: For people at a terminal: may be coloured, and shows what could steer one as escapes.
HUMAN = frozenset({"full", "concise"})

#: What `--report FILE` writes, by the file's suffix.
SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".htm": "html",
    ".html": "html",
    ".md": "markdown",
    ".txt": "full",
}


class AuditView(NamedTuple):
    """
    How an audit is to be shown.

    Attributes:
        color: Use colour; only at a terminal.
        width: Columns to write in; only at a terminal.
        verbose: Also show what an earlier run told, and what was accepted; otherwise that is only counted. The formats for
            programs and the page hold everything in any case, and say of each finding what it is.
        limit: Show so many stories, those with most copies first, and say how many are left out; None: all (of the page: as many as
            a browser shows without effort). The formats for programs are never cut.
        errors: Also list the sources that could not be read; False where stderr has told them.
        version: What to call this program's version; "": what it is.
    """

    color: bool = False
    width: int = 100
    verbose: bool = False
    limit: int | None = None
    errors: bool = True
    version: str = ""


def render(audit: Audit, format: str, view: AuditView | None = None) -> str:
    """
    Write an audit in one of `FORMATS`, as text that is UTF-8.

    For "csv", lines end in CR LF: write it as bytes, or with `newline=""`.

    Raises:
        OptionsError: If the format is unknown; names those that are known.
    """
    if format not in FORMATS:
        from cleaner.errors import OptionsError

        raise OptionsError(f"output-format = {format!r} is not allowed; it takes one of {', '.join(FORMATS)}")
    from importlib import import_module

    module, function = FORMATS[format].split(".")
    text: str = getattr(import_module(f"cleaner.report.audit.{module}"), function)(audit, view or AuditView())
    return text
