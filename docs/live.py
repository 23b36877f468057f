"""
An example for each rule, run by the program itself: what the pages of the rules show.

The text is that of the rule's own words where it holds one; where a rule is about bytes, several files or feeds, it stands
here. `shown(code)` returns what a page prints, and fails where the rule does not speak of its example.

    python docs/live.py          print all of them as JSON, by code

A process of its own runs them all, one after the other: starting fifty would take ten times as long.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

_FERRY = (
    "The old ferry sank at her moorings on Monday night. Nobody was on board, and the harbour master says that a hatch had been "
    "left open when the cleaners went home at six. She had crossed the sound for fifty years, and the council had meant to sell "
    "her in spring. A crane is to lift her on Friday, if the wind allows it, and the mail will come over land until then."
)
_BAKERY = (
    "The bakery in the upper town opens again on Saturday. The new owners learned their trade in Saltby, where they ran a stall "
    "for eleven years, and they will keep the oven that everybody knows. Bread is to be had from six in the morning, and rolls "
    "from five, for those who go out with the boats before it is light."
)
_MOORING = (
    "Come in slowly and keep the red buoy to your left, for the bar shifts after every storm from the east. The inner basin is "
    "dredged to four metres at low water, and boats that draw more than three wait outside until the flood has run for two hours. "
    "Make fast to the northern quay only, and leave the ladders free."
)
_NOTE = "Before you go on, close both valves, wait until the needle rests at zero, and tell the keeper that you are at work below."


class Example(NamedTuple):
    """Files by name, and the commands that are run among them."""

    files: dict[str, str]
    commands: tuple[str, ...]


def _article(text: str, *flags: str) -> Example:
    words = " ".join(("cleaner check", *flags, "article.md"))
    return Example({"article.md": text}, (words,))


def _item(id: str, title: str, text: str, link: str = "", date: str = "2026-11-03T08:00:00Z", **more: object) -> dict[str, object]:
    return {"id": id, "url": link or f"https://gazette.example/{id}", "title": title, "content_text": text, "date_published": date, **more}


def _feed(name: str, *items: dict[str, object], home: str = "https://gazette.example/") -> dict[str, str]:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": f"The {name.title()}", "home_page_url": home, "items": items}
    return {f"{name}.json": json.dumps(document, indent=1, ensure_ascii=False) + "\n"}


def _audit(*feeds: dict[str, str], commands: tuple[str, ...] = ()) -> Example:
    files = {name: text for feed in feeds for name, text in feed.items()}
    return Example(files, commands or (f"cleaner audit {' '.join(files)}",))


_LEAD = "Readers of this paper will remember her well, since many of us learned to fish from her stern."
_UPDATE = _FERRY.replace("Nobody was", "Two people were").replace("at six", "at eight")
_MONDAY = _feed("gazette", _item("ferry", "Old ferry sinks", _FERRY))
_TUESDAY = _feed("gazette", _item("ferry", "Old ferry sinks", _FERRY.replace("Nobody was", "Two people were")))
_WEEKS = tuple(
    _item(f"week-{day}", f"The week in Westhaven: {day} November", f"Tides at {hour}:12 and {hour + 6}:40. {tale}", date=f"2026-11-{day:02}T08:00:00Z")
    for day, hour, tale in ((3, 5, "The choir sings on Friday."), (10, 4, "The market is closed."), (17, 6, "The library reads aloud."))
)
_LETTER = "Sign up for our morning letter, which comes every day at six and costs nothing until New Year."

#: Where the rule's own words hold no text that could be run as it stands.
EXAMPLES: dict[str, Example] = {
    "D140": _article("---\ntitle: The harbour\nstatus: draft\nauthor: R. Vance\nstatus: draft\n---\n\nThe gates are open again.\n"),
    "D141": _article("---\ntitle: The harbour\ntags: [harbour, ferry, harbour]\n---\n\nThe gates are open again.\n"),
    "D201": Example(
        dict.fromkeys(("posts/2024-05-02-tides.md", "posts/2024-05-03-tides.md"), f"# Tides\n\n{_MOORING}\n"), ("cleaner check --across posts",)
    ),
    "D202": Example(
        {"guide/arrival.md": f"# Arrival\n\n{_MOORING}\n\n{_BAKERY}\n", "guide/mooring.md": f"# Mooring\n\n{_FERRY}\n\n{_MOORING}\n"},
        ("cleaner check --across --pedantic guide",),
    ),
    "D203": Example(
        {f"pages/{at}.md": f"# {name}\n\n{_NOTE}\n\nThis page is about the {name.lower()} and about nothing else.\n" for at, name in enumerate(("Pump", "Boiler", "Crane", "Lock"))},
        ("cleaner check --across --pedantic pages",),
    ),
    "E001": _article("The cafÃ© doesnâ€™t open before ten.\n"),
    "E002": Example(
        {"page.html": '<html><head><meta charset="iso-8859-1"></head>\n<body><p>The café opens at ten, as the naïve and the brave know.</p></body></html>\n'},
        ("cleaner check page.html",),
    ),
    "E003": _article("The ware\u200bhouse stands on the northern quay.\n", "--pedantic"),
    "E004": _article("Fish &amp;amp; chips are sold on the quay.\n"),
    "E005": _article("“It’s late”, said the keeper of the lock.\n", "--extend-select E005"),
    "E006": _article("The ﬁnal ferry leaves at noon.\n", "--extend-select E006"),
    "E007": _article("The lock was built in １９２６ and mended since.\n", "--extend-select E007"),
    "E008": _article("The gate opens at six,\u2028and closes at ten.\n", "--extend-select E008"),
    "E009": _article("The cafe\u0301 opens at ten.\n", "--extend-select E009"),
    "E010": _article("The keeper said \x93late\x94 and left.\n", "--extend-select E010"),
    "L401": Example({}, ("cleaner clean --diff article.md",)),
    "L402": Example({"article.md": f"**Storm Closes the Harbour**\n\n{_FERRY}\n"}, ("cleaner clean --diff article.md",)),
    "L403": Example({"article.txt": f"# Storm Closes the Harbour\n{_FERRY}\n{_BAKERY}\n"}, ("cleaner clean --diff --format markdown article.txt",)),
    "S902": Example(
        {
            "songs/ferry.md": f"# Song of the ferry\n\n{_FERRY}\n",
            "cleaner-decisions.toml": '[[meant]]\nid = "4be1d3c2a0f95c7716ab"\nrule = "D101"\npath = "songs/ferry.md"\nreason = "the refrain, which is sung once now"\n',
        },
        ("cleaner check songs",),
    ),
    "F301": _audit(_feed("gazette", _item("12", "Old ferry sinks", _FERRY), _item("13", "Bakery opens", _BAKERY), _item("12", "Old ferry sinks", _FERRY))),
    "F302": _audit(
        _feed("gazette", _item("12", "Old ferry sinks", _FERRY, "http://gazette.example/ferry")),
        _feed("short", _item("a", "Old ferry sinks", _FERRY, "https://www.gazette.example/ferry/?utm_source=rss")),
    ),
    "F303": _audit(
        _feed("gazette", _item("http://gazette.example/?p=12", "Old ferry sinks", _FERRY, "https://gazette.example/ferry"), _item("https://gazette.example/?p=12", "Old ferry sinks", _FERRY, "https://gazette.example/ferry"))
    ),
    "F304": _audit(_feed("gazette", _item("12", "Old ferry sinks", _FERRY), _item("90", "Old ferry sinks", _FERRY, date="2027-02-01T08:00:00Z"))),
    "F305": _audit(_feed("gazette", _item("12", "Two killed on the sound", _FERRY, "https://gazette.example/ferry"), _item("13", "Four killed on the sound", _FERRY, "https://gazette.example/ferry"))),
    "F306": _audit(
        _feed("gazette", _item("12", "Old ferry sinks", _FERRY, "https://gazette.example/ferry"), _item("14", "Old ferry sinks", f"{_UPDATE} The owner has been found in Saltby.", "https://gazette.example/ferry", "2026-11-03T12:00:00Z"))
    ),
    "F307": _audit(
        _feed("gazette", _item("12", "Old ferry sinks at her moorings", f"{_FERRY}\n\n{_BAKERY}")),
        _feed("osterby", _item("7", "Farewell to a queen of the sound", f"{_LEAD}\n\n{_FERRY}\n\n{_BAKERY}", "https://osterby.example/7", "2026-11-03T11:00:00Z"), home="https://osterby.example/"),
    ),
    "F308": _audit(
        _feed("full", _item("12", "Old ferry sinks", f"{_FERRY}\n\n{_BAKERY}\n\n{_MOORING}")),
        _feed("short", _item("a", "Old ferry sinks", _FERRY.partition(" She had")[0])),
    ),
    "F309": Example({"texts/a.txt": f"{_FERRY}\n", "texts/b.txt": f"{_FERRY}\n", "texts/c.txt": f"{_BAKERY}\n"}, ("cleaner audit texts",)),
    "F310": _audit(_feed("gazette", *(_item(str(at), title, f"{text}\n\n{_LETTER}") for at, (title, text) in enumerate((("Ferry", _FERRY), ("Bakery", _BAKERY), ("Mooring", _MOORING), ("Work below", _NOTE)))))),
    "F311": _audit(_feed("gazette", *_WEEKS)),
    "F312": _audit(_feed("gazette", _item("12", "Letters to the editor", _FERRY), _item("13", "Letters to the editor", _BAKERY))),
    "F313": _audit(_feed("gazette", _item("12", "Old ferry sinks", _FERRY, "https://gazette.example/ferry"), _item("12", "Bakery opens again", _BAKERY, "https://gazette.example/bakery"))),
    "F314": _audit(_feed("gazette", _item("12", "Old ferry sinks", _FERRY, "https://gazette.example/live"), _item("13", "Bakery opens again", _BAKERY, "https://gazette.example/live"))),
    "F315": _audit(
        _feed("gazette", *(_item(f"ward-{ward}", title, f"In ward {ward} {ballots} ballots were cast on Sunday, {void} of them void, and the count was over at {hour} in the evening, as the clerk of the council says. The poll was quiet, and the weather was fair from morning to night.") for title, ward, ballots, void, hour in (("The harbour has voted", 3, 812, 11, "nine"), ("A quiet Sunday on the hill", 8, 640, 9, "ten"))))
    ),
    "F316": _audit(
        _feed("gazette", *(_item(str(at), title, "Voices of the harbour, recorded on the quay by the pupils of the upper school, with a word by their teacher.", attachments=[{"url": f"https://gazette.example/{at}.mp3", "mime_type": "audio/mpeg"}]) for at, title in ((1, "Voices of the harbour"), (2, "More voices of the harbour"))))
    ),
    "F320": Example(
        {"monday/gazette.json": _MONDAY["gazette.json"], "tuesday/gazette.json": _TUESDAY["gazette.json"]},
        ("cp monday/gazette.json . && cleaner audit --quiet --history seen.db gazette.json", "cp tuesday/gazette.json . && cleaner audit --history seen.db gazette.json"),
    ),
}


def example(code: str) -> Example:
    """Return a rule's example: from here, or the first text in its own words."""
    given = EXAMPLES.get(code)
    if given is not None and given.files:
        return given
    said = re.search(r"## Example\n.*?^```text\n(.*?)^```$", words(code), re.DOTALL | re.MULTILINE)
    assert said is not None, code
    commands = ("cleaner check --profile article article.md", "cleaner check --profile article --diff article.md")
    return Example({"article.md": said[1]}, given.commands if given else commands)


def words(code: str) -> str:
    """Return what a rule says of itself."""
    pages: dict[str, str] = {}
    for module in ("docs", "encoding", "words", "feeds"):
        pages |= import_module(f"cleaner.rules.{module}").DOCS
    return pages[code]


def shown(code: str) -> str:
    """
    Run a rule's example and return it as Markdown: the files, then the commands with what they print.

    Raises:
        AssertionError: If the program does not name the rule.
    """
    chosen = example(code)
    parts, printed = [], ""
    with TemporaryDirectory() as folder:
        for name, text in chosen.files.items():
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, name).write_text(text, encoding="utf-8", newline="")
            parts.append(f"`{name}`\n\n````text\n{_visible(text).rstrip(chr(10))}\n````\n")
        rows = ""
        for command in chosen.commands:
            said = _run(command, folder)
            printed += said
            rows += f"$ {command}\n{said}" if said else ""
        parts.append(f"````console\n{rows}````\n")
    assert code in printed or _speaks(code, chosen.commands), f"{code} does not speak of its example:\n{printed}"
    return "\n".join(parts)


def _run(command: str, folder: str) -> str:
    """Run a command among the files, as a shell would, and return what it prints to both streams."""
    from click.testing import CliRunner

    from cleaner.cli import main

    here = os.getcwd()
    os.chdir(folder)
    try:
        if command.startswith("cp "):
            copy, _, command = command.partition(" && ")
            shutil.copy(*copy.split()[1:])
        done = CliRunner().invoke(main, command.split()[1:])
    finally:
        os.chdir(here)
    assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.exception)
    return done.output


def everything() -> dict[str, str]:
    """Return the example of each rule by its code, run in a process without anybody's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANER_", "XDG_", "GIT_"))}
    with TemporaryDirectory() as home:
        surroundings = kept | {"HOME": home, "USERPROFILE": home, "PYTHONUTF8": "1", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, __file__], cwd=home, env=surroundings, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    pages: dict[str, str] = json.loads(done.stdout)
    return pages


def _speaks(code: str, commands: tuple[str, ...]) -> bool:
    """Whether the example is a diff of the layout, which names no rule."""
    return code.startswith("L") and all("clean --diff" in command for command in commands)


def _visible(text: str) -> str:
    """Return text in which what cannot be seen is named."""
    return re.sub(r"[^\n\t -~\u00a1-\u024f\u2010-\u2027\u2030-\u205e€™ﬁ\uff10-\uff5a]", lambda found: f"<U+{ord(found[0]):04X}>", text)


if __name__ == "__main__":
    from cleaner.rules import AUDIT, CODES

    print(json.dumps({code: shown(code) for code in CODES | AUDIT}))
