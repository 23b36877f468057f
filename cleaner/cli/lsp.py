"""
`cleaner lsp`: the language server for editors.
"""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--config", metavar="FILE", help="Read these settings instead of the project's.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option("--stdio", is_flag=True, help="As it is anyway; some editors add it.")
@click.option("--debug", is_flag=True, help="Write what goes to and fro to stderr.")
def lsp(config: str | None, isolated: bool, stdio: bool, debug: bool) -> int:
    """
    Speak the language server protocol on stdin and stdout: an editor starts this, not a person.

    It shows in the editor, while one types, what check would show. docs/editors.md has what to put in which editor's settings.
    """
    if sys.stdin.isatty():
        raise click.UsageError("this is for editors, which start it and talk to it over a pipe; see docs/editors.md")
    try:
        import pygls  # noqa: F401 - only whether it is there
    except ImportError:
        from cleaner.errors import MissingExtra

        raise MissingExtra("the language server needs pygls: pip install 'cleaner[lsp]'") from None
    import signal

    from cleaner.lsp.project import Projects
    from cleaner.lsp.server import serve

    # Nothing is half written when it is interrupted, and a thread that waits for an editor's next word cannot be told to stop.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return serve(Projects(config, isolated=isolated), debug=debug)
