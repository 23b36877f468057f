"""
The command line: option parsing and exit statuses, nothing else. One file a command, loaded when it is named.

Exit status: 0 nothing found, or done what was asked; 1 findings remain; 2 wrong usage or settings, or an input that could
not be handled; 130 interrupted. stdout carries the document or the findings, never both; all else goes to stderr.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "clean": "Write an article with each thing said once.",
    "check": "Look for repeats in files and folders; --fix removes what is safe to remove.",
    "audit": "Find what feeds and collections say twice, inside, between and over time.",
    "review": "Go through findings one after another, on a page in your browser.",
    "undo": "Put back what a report says was edited.",
    "lsp": "Show in an editor, while one types, what check finds.",
    "rule": "Explain a rule, or list all of them.",
    "config": "Show the settings in force and where each comes from.",
}

#: Set while a shell asks what comes next; docs/install.md says how to switch that on.
_COMPLETE = "_CLEANER_COMPLETE"

_BROKEN_PIPE = 141  # as a shell counts a program that SIGPIPE ended
_INTERRUPTED = 130


class Commands(click.Group):
    """A group whose commands are imported when they are named: a hook that checks one file pays for one command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = getattr(import_module(f"cleaner.cli.{name}"), name)
        if _COMPLETE in os.environ:
            from cleaner.cli.complete import helped

            helped(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without loading one of them (click would ask each for its help)."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem

        return [CompletionItem(name, help=text) for name, text in _COMMANDS.items() if name.startswith(incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a reader of stdout that has gone ends it without a word (click would leave with 1)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _drop_stdout()
            return _BROKEN_PIPE

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command and leave with its status. Whatever goes wrong ends in one line, not in a traceback."""
        kwargs["standalone_mode"] = False
        try:
            status = super().main(*args, **kwargs)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
            status = error.exit_code
        except click.ClickException as error:
            _say(error)
            status = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            from cleaner.cli.shared import complain

            complain("interrupted; each file is the old one or the new one, and whole")
            status = _INTERRUPTED
        except BrokenPipeError:
            _drop_stdout()
            status = _BROKEN_PIPE
        except Exception as error:
            from cleaner.errors import CleanerError

            if not isinstance(error, CleanerError):
                raise
            from cleaner.cli.shared import complain

            complain(str(error))
            status = 2
        sys.exit(status)


def _say(error: click.ClickException) -> None:
    """Print an error of usage in one line, with the command to ask for help."""
    from cleaner.cli.shared import complain

    complain(error.format_message())
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(f"Try '{context.command_path} --help'.", err=True)


def _drop_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader has gone, and that is not an error of ours."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass  # a stdout that is no file has nothing to flush


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from cleaner import __version__

        click.echo(f"cleaner {__version__}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
def main() -> None:
    """
    Say it once: find what stands twice in an article, show it, remove what is safe to remove, and undo it.

    \b
    cleaner clean story.html > story.md     write the article with each thing said once
    cleaner check docs/                     show what stands twice
    cleaner check --fix docs/               remove what is safe to remove
    cleaner audit feed.xml other.xml        show what feeds say twice
    cleaner undo report.json                put it back
    """


def _stopped(ours: int, _: int, __: object) -> None:
    """Being asked to end is as good as Ctrl-C: what is half written is taken back, and it is said. A worker just ends."""
    if os.getpid() != ours:
        os._exit(_INTERRUPTED)
    raise KeyboardInterrupt


def run() -> NoReturn:
    """
    Run the command line as a process of its own: what `cleaner` and `python -m cleaner` call.

    Leaves without taking the interpreter apart, which takes a hook a tenth of its time: every file of ours is closed by
    then, and both streams are flushed here.
    """
    gc.set_threshold(1_000_000, 50, 50)  # values live as long as the run; looking for rings among them finds none
    signal.signal(signal.SIGTERM, partial(_stopped, os.getpid()))
    status: Any = 0
    try:
        main()
    except SystemExit as leaving:
        status = leaving.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # the reader has gone
    os._exit(status if isinstance(status, int) else 0 if status is None else 1)
