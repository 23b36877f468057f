"""
What a shell is told when it asks how a command line goes on: files and folders, and the codes of rules.

Names of commands and options and values to choose from are click's own to tell. All else is told by the name that a value
has in the help: who adds an option for a FILE has it completed.
"""

from __future__ import annotations

import re

import click

_FILES = {"FILE", "PATH", "SOURCE", "REPORT"}
_CODES = {"CODE", "CODES"}


def helped(command: click.Command) -> None:
    """Give the parameters of a command types that can be completed. Only while a shell asks: a run reads plain words."""
    for param in command.params:
        words = set(re.split(r"[^A-Z]+", (param.metavar or param.name or "").upper()))
        if isinstance(param.type, click.Choice):
            continue
        if words & _FILES:
            param.type = click.Path()
        elif "DIR" in words:
            param.type = click.Path(file_okay=False)
        elif words & _CODES:
            from cleaner.rules import AUDIT, CODES

            param.type = click.Choice(sorted(CODES | AUDIT))
