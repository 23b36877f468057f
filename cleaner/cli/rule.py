"""
`cleaner rule`: what a rule does, why, and how far to trust it.
"""

from __future__ import annotations

import click

from cleaner.cli.shared import show


@click.command()
@click.argument("code", required=False)
def rule(code: str | None) -> int:
    """
    Explain a rule by its code or name, or list all of them.

    \b
    cleaner rule
    cleaner rule D103
    cleaner rule repeated-run
    """
    from cleaner.rules import AUDIT, CODES, explain

    every = CODES | AUDIT
    if code is None:
        show("".join(f"{each}  {name}\n" for each, name in sorted(every.items())))
        return 0
    wanted = {name: each for each, name in AUDIT.items() | CODES.items()}.get(code.lower(), code.upper())
    if wanted not in every:
        raise click.UsageError(f"there is no rule {code}; 'cleaner rule' lists them: {', '.join(sorted(every))}")
    show(explain(wanted).rstrip() + "\n")
    return 0
