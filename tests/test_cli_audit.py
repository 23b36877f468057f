"""`cleaner audit`: what goes where, exit statuses, lists of sources, and what a second run says."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import main

FERRY = (
    "The old ferry Marianne sank at her moorings in Westhaven on Monday night, hours after the last passengers had left.",
    "A night watchman saw her list to port shortly after eleven and rang the bell on the quay until the fire brigade came.",
    "Divers will look for the leak on Wednesday. Whether she can be raised depends on the keel, said the society that owns her.",
)
BREAD = (
    "A sourdough starter wants little: flour, water, and somebody who remembers it twice a day, even on a Sunday in summer.",
    "Wait until the dome has fallen and the smell turns from yoghurt to apples, then take a spoonful and start again.",
)


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    """Every test runs in a folder of its own, without anybody's settings."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("CLEANER_") or name in ("FORCE_COLOR", "NO_COLOR")]:
        monkeypatch.delenv(name)


def run(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["audit", *words], input=given, catch_exceptions=False)


def entry(number: int, title: str, text: tuple[str, ...], day: int = 3, **more: str) -> str:
    link = more.get("link", f"https://gazette.example/{number}")
    body = "".join(f"<p>{part}</p>" for part in text)
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{more.get('guid', number)}</guid>"
        f"<pubDate>{day:02} Nov 2026 08:00:00 GMT</pubDate><description><![CDATA[{body}]]></description></item>"
    )


def feed(name: str, *entries: str, title: str = "The Gazette") -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(
        f"<rss version='2.0'><channel><title>{title}</title><link>https://gazette.example/</link><description>d</description>{''.join(entries)}</channel></rss>",
        encoding="utf-8",
    )
    return name


def twice(name: str = "feed.xml") -> str:
    """Write a feed that carries one story under two ids, and another one."""
    return feed(name, entry(1, "Old ferry sinks", FERRY), entry(2, "Keeping a starter", BREAD), entry(3, "Old ferry sinks", FERRY, day=20))


def told(*words: str) -> dict:
    done = run(*words, "--output-format", "json")
    assert done.exit_code in (0, 1), done.stderr
    return json.loads(done.stdout)


def test_findings_go_to_stdout():
    """A duplicate is reported, and is no failure unless somebody says so."""
    done = run(twice())
    assert (done.exit_code, done.stderr) == (0, "")
    assert "F304" in done.stdout and "dated 17 days later" in done.stdout


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        ("--fail-on-duplicates", 1),
        ("--fail-on-duplicates=all", 1),
        ("--fail-on-duplicates=republished", 1),
        ("--fail-on-duplicates=F304", 1),
        ("--fail-on-duplicates=f304,same-id", 1),
        ("--fail-on-duplicates=same-id", 0),
        ("--fail-on-duplicates=syndicated,F306", 0),
    ],
)
def test_fail_on_duplicates(flag, status):
    """Status 1 for duplicates, or for those kinds; the source after the flag is a source and not its value."""
    assert run(flag, twice()).exit_code == status
    assert run(twice(), flag).exit_code == status


def test_what_is_no_duplicate_fails_nothing():
    """A feed without duplicates is status 0, with the flag too."""
    done = run("--fail-on-duplicates", feed("feed.xml", entry(1, "Old ferry sinks", FERRY), entry(2, "Keeping a starter", BREAD)))
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fail-on-duplicates=everything", "feed.xml"), "--fail-on-duplicates=everything is not allowed; it takes all, same-id"),
        (("--since", "yesterday", "feed.xml"), "--since yesterday is not allowed; it takes a day, such as 2026-11-23"),
        (("--report", "page.pdf", "feed.xml"), "--report page.pdf: its suffix tells the format"),
        (("--accept", "1", "feed.xml"), "--accept needs --history FILE"),
        (("--limit", "0", "feed.xml"), "--limit"),
    ],
)
def test_wrong_usage_is_one_line(words, said):
    """Status 2, nothing on stdout, and what is allowed."""
    twice()
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_sources_help_is_shown():
    """Nothing to do: the help, on stderr, with examples."""
    done = run()
    assert done.exit_code == 2 and "cleaner audit feed.xml other.xml" in done.stderr


def test_a_source_that_cannot_be_read():
    """It is named in one line, the others are audited, and the status is 2."""
    Path("page.html").write_text("<!doctype html><title>x</title><p>No feed.", encoding="utf-8")
    done = run("missing.xml", "page.html", twice())
    assert done.exit_code == 2
    assert "F304" in done.stdout
    assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == ["missing.xml", "page.html"]


def test_standard_input():
    """"-" is a feed on standard input."""
    done = run("-", "--output-format", "json", given=Path(twice()).read_bytes())
    assert json.loads(done.stdout)["clusters"][0]["relation"] == "republished"


def test_reports_are_written_beside_the_findings():
    """Each --report by its suffix; --output-file takes what would go to stdout."""
    done = run(twice(), "--report", "a.json", "--report", "b.csv", "--report", "c.md", "--report", "d.html", "--output-format", "jsonl", "--output-file", "e.jsonl")
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(Path("a.json").read_text(encoding="utf-8"))["schema"] == "cleaner.audit/1"
    assert all(Path(name).stat().st_size for name in ("b.csv", "c.md", "d.html", "e.jsonl"))


def test_since_and_limit():
    """--since leaves out older copies; --limit shows the largest stories."""
    assert told(twice(), "--since", "2026-11-20")["clusters"]
    assert not told(twice(), "--since", "2026-11-21")["clusters"]
    feed("many.xml", *(entry(10 * at + copy, f"Story of {'abc'[at]}", (FERRY[:2], BREAD, FERRY[2:] * 2)[at], guid=str(at)) for at in range(3) for copy in range(2 + at)))
    shown = run("many.xml", "--limit", "1").stdout
    assert "Story of c" in shown and "Story of a" not in shown


def test_priority():
    """What stands first in the list of priorities is the original."""
    feed("a.xml", entry(1, "Old ferry sinks", FERRY, link="https://a.example/1"))
    feed("b.xml", entry(1, "Farewell to a queen", FERRY, day=9, link="https://b.example/1"))
    assert told("a.xml", "b.xml")["clusters"][0]["original"].startswith("a.xml#")
    assert told("a.xml", "b.xml", "--priority", "b.xml")["clusters"][0]["original"].startswith("b.xml#")
    assert "no source of that name is here" in run("a.xml", "--priority", "c.xml").stderr


# --- lists of sources -----------------------------------------------------------------------------------------------------


def opml(name: str, *addresses: str) -> str:
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{address}"/>' for address in addresses)
    Path(name).write_text(f'<opml version="2.0"><head><title>x</title></head><body>{outlines}</body></opml>', encoding="utf-8")
    return name


def test_a_list_of_feeds():
    """The feeds that an OPML file names beside itself are read, each once."""
    twice("feeds/one.xml")
    feed("feeds/two.xml", entry(7, "Farewell to a queen", FERRY, link="https://b.example/1"), title="Other")
    opml("feeds/all.opml", "one.xml", "two.xml", "one.xml")
    assert [source["name"] for source in told("feeds/all.opml")["sources"]] == ["feeds/one.xml", "feeds/two.xml"]


@pytest.mark.parametrize("address", ["../feed.xml", "/etc/passwd", "file:///etc/passwd", "sub/../../feed.xml", "gopher://a.example/"])
def test_a_list_leads_nowhere_else(address):
    """What stands outside the list's own folder is not read, whoever names it."""
    twice("feed.xml")
    Path("feeds").mkdir()
    done = run(opml("feeds/all.opml", address))
    assert done.exit_code == 2
    assert "F304" not in done.stdout


def test_a_symbolic_link_does_not_lead_out(tmp_path):
    """A link inside the list's folder that leads out of it leads nowhere."""
    twice("feed.xml")
    Path("feeds").mkdir()
    try:
        Path("feeds/in.xml").symlink_to(Path("feed.xml").resolve())
    except OSError:
        pytest.skip("symbolic links cannot be made here")
    assert "F304" not in run(opml("feeds/all.opml", "in.xml")).stdout


def test_lists_that_name_each_other_end():
    """A list that names itself, and two that name each other, are read once."""
    opml("a.opml", "a.opml", "b.opml", twice())
    opml("b.opml", "a.opml")
    assert len(told("a.opml")["sources"]) == 1


def test_a_folder_of_articles():
    """Texts of a folder are items, found as `check` finds them."""
    for name, text in (("a.md", FERRY), ("sub/b.md", FERRY), ("sub/c.txt", BREAD), ("sub/d.py", FERRY)):
        Path("texts", name).parent.mkdir(parents=True, exist_ok=True)
        Path("texts", name).write_text("\n\n".join(text) + "\n", encoding="utf-8")
    found = told("texts")
    assert found["items"] == 3
    assert [cluster["relation"] for cluster in found["clusters"]] == ["near"]


# --- with a history -------------------------------------------------------------------------------------------------------


def test_a_second_run_reports_nothing_new():
    """What was told is known: it fails nothing, is counted, and with -q nothing is said."""
    twice()
    words = ("feed.xml", "--history", "seen.db", "--fail-on-duplicates", "-q")
    assert run(*words).exit_code == 1
    done = run(*words)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert told("feed.xml", "--history", "seen.db")["clusters"][0]["items"][1]["status"] == "known"


def test_quiet_still_tells_what_is_new():
    """-q is for cron: it says what is new, and nothing else."""
    twice()
    assert "F304" in run("feed.xml", "-q").stdout
    assert run(feed("other.xml", entry(1, "Keeping a starter", BREAD)), "-q").stdout == ""


def test_what_was_seen_in_another_run_is_remembered():
    """A copy of an item that no source of this run holds any more is told, with the item that the history holds."""
    feed("a.xml", entry(1, "Old ferry sinks", FERRY, link="https://a.example/1"))
    feed("b.xml", entry(9, "Farewell to a queen", FERRY, day=20, link="https://b.example/1"))
    run("a.xml", "--history", "seen.db")
    (cluster,) = told("b.xml", "--history", "seen.db")["clusters"]
    assert (cluster["relation"], cluster["original"].startswith("a.xml#")) == ("syndicated", True)


def test_republished_and_changed_items_are_told():
    """Against the last run: dated anew, another title, updated with a word, changed without one."""
    feed("a.xml", entry(1, "Old ferry sinks", FERRY), entry(2, "Keeping a starter", BREAD), entry(3, "Two hurt in a fall", (FERRY[0], BREAD[0])), entry(4, "The bus is late", (BREAD[1], FERRY[1])))
    run("a.xml", "--history", "seen.db")
    changed = (FERRY[0].replace("Monday", "Tuesday"), BREAD[0])
    feed("a.xml", entry(1, "Old ferry sinks", FERRY, day=19), entry(2, "How to keep a starter", BREAD), entry(3, "Two hurt in a fall", changed), entry(4, "The bus is late", (BREAD[1], FERRY[2]), day=4))
    found = {change["rule"]: change for change in told("a.xml", "--history", "seen.db")["changes"]}
    assert set(found) == {"F304", "F305", "F320", "F306"}
    assert [each["keeper"] for each in found["F320"]["differences"]] == ["Monday"]
    assert not told("a.xml", "--history", "seen.db")["changes"]


def test_an_accepted_finding_is_no_finding():
    """--accept ID records that a finding is meant; an unknown id is named."""
    twice()
    mark = told("feed.xml", "--history", "seen.db")["clusters"][0]["items"][1]["finding"]
    done = run("feed.xml", "--history", "seen.db", "--accept", mark, "--accept", "0000", "--fail-on-duplicates")
    assert done.exit_code == 0
    assert "--accept 0000: this run has no such finding" in done.stderr
    assert told("feed.xml", "--history", "seen.db")["clusters"][0]["items"][1]["status"] == "accepted"


@pytest.mark.parametrize("content", [b"this is no database at all, but a text that somebody needs\n" * 50, b"SQLite format 3\0" + b"\xff" * 4000], ids=["a text", "damaged"])
def test_a_history_that_cannot_be_read_is_set_aside(content):
    """One line says where it went; the audit goes on, and nothing of it is lost."""
    twice()
    Path("seen.db").write_bytes(content)
    done = run("feed.xml", "--history", "seen.db")
    assert done.exit_code == 0
    assert done.stderr.count("\n") == 1 and "set aside" in done.stderr
    assert "F304" in done.stdout
    assert content in [path.read_bytes() for path in Path().glob("seen.db*")]


def test_a_history_of_others_is_not_touched():
    """The database of another program is not written to."""
    twice()
    with sqlite3.connect("seen.db") as base:
        base.execute("CREATE TABLE accounts (name TEXT)")
    base.close()
    run("feed.xml", "--history", "seen.db")
    kept = [path for path in Path().glob("seen.db*") if b"accounts" in path.read_bytes()]
    assert len(kept) == 1 and kept[0].name != "seen.db"
