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
    from cleaner.rules import CODES, explain

    if code is None:
        show("".join(f"{each}  {name}\n" for each, name in sorted(CODES.items())))
        return 0
    wanted = {name: each for each, name in CODES.items()}.get(code.lower(), code.upper())
    if wanted not in CODES:
        raise click.UsageError(f"there is no rule {code}; 'cleaner rule' lists them: {', '.join(sorted(CODES))}")
    show(explain(wanted).rstrip() + "\n")
    return 0
