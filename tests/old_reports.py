"""
Lay out what this version writes, so that every later one is held to undo it: files as they came, as they were left, and the reports.

    python tests/old_reports.py      writes fixtures/reports/VERSION/, once for each release
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from click.testing import CliRunner

from cleaner import __version__
from cleaner.cli import main

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "reports" / __version__
COMMANDS = {
    "check": ["check", "--fix", "--isolated", "--no-cache", "--profile", "article", "--unsafe-fixes"],
    "clean": ["clean", "--in-place", "--isolated", "--profile", "article"],
}
_GATE = "The gate of the upper basin was painted green on Thursday, and nobody in the town had been asked about the colour."
_TOLL = "A toll of three groats is due from every barge that carries more than its own crew and their dinner."


def files() -> dict[str, bytes]:
    """Return files by name: formats, encodings, line ends, marks, last lines, names and edits of every sort."""
    heading, list_of = "**The green gate**\n**The green gate**\n\n", "- one toll\n- one toll\n- another toll\n\n"
    text = f"{heading}{_GATE}\n\nIt was the the talk of the town, said “Ada”. It was the talk.\n\n{list_of}{_TOLL} It is seldom paid.\n\n{_GATE}\n\n{_TOLL}\n"
    latin = f"Das Tor wurde grün. Süß, sagte niemand; {_GATE}\n\n{_TOLL}\n\nDas Tor wurde grün. Süß, sagte niemand; {_GATE}\n"
    return {
        "plain.md": text.encode(),
        "crlf and mark.md": text.replace("\n", "\r\n").encode("utf-8-sig"),
        "grün.md": text.rstrip("\n").replace("\n", "\r").encode(),
        "utf16.txt": text.encode("utf-16"),
        "latin.txt": latin.encode("cp1252"),
        "damaged.md": f"Der Zoll fÃ¼r Kähne. {_GATE}\u200b\n\n{_TOLL}\n\n{_TOLL}\n".encode(),
        "page.html": f"<html><body><p>{_GATE}</p>\n<p>{_TOLL}</p>\n<p>{_GATE}</p></body></html>\n".encode(),
        "text.rst": f"Gate\n====\n\n{_GATE}\n\n{_TOLL}\n\n{_GATE}\n".encode(),
        "text.adoc": f"= Gate\n\n{_GATE}\n\n{_TOLL}\n\n{_GATE}\n".encode(),
    }


def lay(folder: Path) -> None:
    """Write `before/`, and for each command the report and what it left."""
    for name, data in files().items():
        (folder / "before").mkdir(parents=True, exist_ok=True)
        (folder / "before" / name).write_bytes(data)
    for command, words in COMMANDS.items():
        shutil.copytree(folder / "before", folder / command)
        os.chdir(folder / command)
        done = CliRunner().invoke(main, [*words, "--report", f"../{command}.json", *files()])
        if done.exit_code not in (0, 1):
            sys.exit(done.stderr)


if __name__ == "__main__":
    if FOLDER.exists():
        sys.exit(f"{FOLDER} is there already: what a version wrote does not change")
    lay(FOLDER)
    print(f"laid out {FOLDER}")
