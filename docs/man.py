"""
Write the man page out of what the commands say of themselves.

    python docs/make.py          also writes docs/cleaner.1

click-man would write a page a command with the date of the day in it; this is one page, and the same words give the same bytes.
Options that two commands or more have in common are told once.
"""

from __future__ import annotations

import re
from inspect import cleandoc

import click

_STATUS = {
    "0": "Nothing was found, or all that was asked for was done.",
    "1": "Findings remain, or a file was or would be changed.",
    "2": "Wrong usage or settings, or an input that could not be handled; the others are still done.",
    "130": "Interrupted; files are whole.",
}
_ENVIRONMENT = {
    "CLEANER_*": "A setting each, such as CLEANER_PROFILE=docs; the command line wins over it.",
    "NO_COLOR, FORCE_COLOR": "No colour, or colour also where no terminal is.",
    "XDG_CONFIG_HOME": "Where your own settings are looked for instead of ~/.config.",
}
_FILES = {
    "cleaner.toml, pyproject.toml": "The settings of a project: the nearest from the working directory upwards.",
    "~/.config/cleaner/cleaner.toml": "Your own settings.",
    "cleaner-decisions.toml": "What was recorded with --accept and --confirm.",
    ".cleaner_cache/": "Results of earlier runs, and what undo in a review needs; may be deleted at any time.",
}


def page() -> str:
    """Return docs/cleaner.1, in the man macros that groff and mandoc know."""
    from cleaner import __version__
    from cleaner.cli import main

    top = click.Context(main, info_name="cleaner")
    names = main.list_commands(top)
    commands = {name: command for name in names if (command := main.get_command(top, name)) is not None}
    rows = [
        '.\\" Made of the commands\' own words by: python docs/make.py',
        f'.TH CLEANER 1 "" "cleaner {__version__}" "User Commands"',
        ".SH NAME",
        "cleaner \\- find what an article says twice, and write it with each thing said once",
        ".SH SYNOPSIS",
    ]
    for name, command in commands.items():
        usage = " ".join(command.collect_usage_pieces(click.Context(command, info_name=name)))
        rows += [".B cleaner " + _escaped(name), _line(usage), ".br"]
    rows += [".SH DESCRIPTION", *_prose(main.help or "")]
    shared = _shared(commands)
    rows.append(".SH COMMANDS")
    for name, command in commands.items():
        rows += [f".SS cleaner {_escaped(name)}", *_prose(command.help or "")]
        rows += [row for record, users in shared.items() if users == [name] for row in _tagged(*record)]
    rows.append(".SH COMMON OPTIONS")
    for (option, text), users in shared.items():
        if len(users) > 1:
            everywhere = "each command" if len(users) == len(commands) else ", ".join(users)
            rows += _tagged(option, f"{text} ({everywhere})")
    for title, table in (("EXIT STATUS", _STATUS), ("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        rows.append(f".SH {title}")
        rows += [row for name, text in table.items() for row in _tagged(name, text)]
    rows += [".SH SEE ALSO", _line("cleaner rule CODE explains a rule; cleaner COMMAND --help is this page in short."), ".BR git (1)"]
    return "\n".join(rows) + "\n"


def _shared(commands: dict[str, click.Command]) -> dict[tuple[str, str], list[str]]:
    """Return every option but --help as its help writes it, with the commands that have it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, command in commands.items():
        context = click.Context(command, info_name=name)
        for option in command.get_params(context):
            record = option.get_help_record(context)
            if record is not None and isinstance(option, click.Option) and option.name != "help":
                found.setdefault(record, []).append(name)
    return found


def _prose(text: str) -> list[str]:
    """Return a docstring as paragraphs; what click is told not to wrap stays as it is."""
    rows: list[str] = []
    for part in re.split(r"\n\s*\n", cleandoc(text)):
        if part.lstrip().startswith("\b"):
            shown = part.lstrip("\b\n ").splitlines()
            rows += [".PP", ".nf", *(_line(line) for line in shown), ".fi"]
        else:
            rows += [".PP", _line(" ".join(part.split()))]
    return rows


def _tagged(tag: str, text: str) -> list[str]:
    return [".TP", f".B {_escaped(tag)}", _line(text)]


def _line(text: str) -> str:
    """Return a line of text that cannot be taken for a request."""
    whole = _escaped(text)
    return "\\&" + whole if whole.startswith((".", "'")) else whole


def _escaped(text: str) -> str:
    r"""
    Return text as roff writes it: a hyphen stays one when it is copied.

    >>> print(_escaped(r"--in-place C:\a"))
    \-\-in\-place C:\ea
    """
    return text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
