"""
Hostile files of every kind, given to both commands that write: nothing lost, nothing let out, an answer each time.

`breeds.py` breeds them. The suite takes every third of one seed, another third for each command; CLEANER_HOSTILE=5 takes all of five seeds.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from breeds import BREEDERS, NAMES, Breed, bred
from click.testing import CliRunner, Result
from traced import strangers, traced

from cleaner import source
from cleaner.cli import main
from cleaner.errors import CleanerError

SEEDS = int(os.environ.get("CLEANER_HOSTILE", "0"))
COMMANDS = {
    "check --fix": ["check", "--fix", "--isolated", "--no-cache"],
    "clean --in-place": ["clean", "--in-place", "--layout", "keep", "--isolated"],
}
#: What no terminal may be given of an input. Colour is off, so there is no escape of our own either.
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files have other names and no modes elsewhere")


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    """A folder of its own, without anybody's settings."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [name for name in os.environ if name.startswith("CLEANER_") and name != "CLEANER_HOSTILE"]:
        monkeypatch.delenv(name)


def chosen(kind: str, turn: int) -> Iterator[Breed]:
    """Yield the files of a kind that this run takes."""
    for seed in range(SEEDS or 1):
        for number, breed in enumerate(each for each in bred(seed) if each.kind == kind):
            if SEEDS or kind == "names" or (number + turn) % 3 == 0:
                yield breed


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def one_span_goes(before: bytes, after: bytes) -> bool:
    """Whether the one is the other without one stretch."""
    head = os.path.commonprefix([before, after])
    tail = os.path.commonprefix([before[::-1], after[::-1]])
    return len(after) < len(before) and len(head) + len(tail) >= len(after)


def wrong(words: list[str], breed: Breed) -> Iterator[str]:
    """Yield what is wrong after a run over one hostile file, and after a second one, and after undo."""
    path = Path(breed.name)
    path.write_bytes(breed.data)
    path.chmod(0o640)
    was = path.stat()
    done = run(*words, "--report", "report.json", "--", breed.name)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        yield f"a traceback: {done.exception!r}"
        return
    if done.exit_code not in (0, 1, 2):
        yield f"exit status {done.exit_code}"
    said = done.stdout + done.stderr
    if found := STEERS.search(said):
        yield f"a terminal is given {found.group()!a} in {said[max(0, found.start() - 30) : found.end() + 30]!a}"
    if "Traceback" in said or "internal error" in said:
        yield f"it broke: {said[-300:]!a}"
    after, now = path.read_bytes(), path.stat()
    if done.exit_code == 2 and after != breed.data:
        yield "status 2, and the file changed"
    if after == breed.data and (was.st_ino, was.st_mtime_ns, was.st_ctime_ns) != (now.st_ino, now.st_mtime_ns, now.st_ctime_ns):
        yield "nothing changed, and the file was written"
    if breed.fate in ("stays", "both stay") and after != breed.data:
        yield f"{breed.fate}, but bytes changed: {said[-200:]!a}"
    if breed.fate == "one goes" and after == breed.data and done.exit_code == 0:
        yield "a repeat was missed without a word"
    if breed.fate == "one goes" and after != breed.data and not one_span_goes(breed.data, after):
        yield "more changed than one stretch that went"
    if b"\xef\xbf\xbd" in after and b"\xef\xbf\xbd" not in breed.data:
        yield "U+FFFD was written"
    if stat.S_IMODE(now.st_mode) != 0o640:
        yield "the mode changed"
    yield from unlike(breed, after)
    if after != breed.data:
        run(*words, "--", breed.name)
        if path.read_bytes() != after:
            yield "a second run changed it again"
            path.write_bytes(after)
        undone = run("undo", "report.json")
        if path.read_bytes() != breed.data:
            yield f"undo did not give it back: {undone.stderr!a}"
    Path("report.json").unlink(missing_ok=True)
    path.unlink()
    if left := os.listdir("."):
        yield f"left beside it: {left}"


def unlike(breed: Breed, after: bytes) -> Iterator[str]:
    """Yield what reads otherwise in a Markdown file than what went, by a reader that is not ours: what is left is in the order it was, at the same depth."""
    if breed.kind != "markdown" or after == breed.data:
        return
    from markdown_it import MarkdownIt

    def leaves(data: bytes) -> list[tuple[str, int, str]]:
        article = source.decode(data, "a.md")
        tokens = MarkdownIt("commonmark", {"maxNesting": 1000}).enable("table").parse(article.text)
        leaves = [token for token in tokens if token.content or token.type == "hr"]
        return [(token.type, token.level, line.strip()) for token in leaves for line in token.content.split("\n")]

    try:
        old, new = leaves(breed.data), leaves(after)
    except (CleanerError, RecursionError):
        return
    rest = iter(old)
    if not all(any(line == was for was in rest) for line in new):
        yield f"what is left reads otherwise: {[line for line in new if line not in old][:3]!a}"
    if lost := {line for *_, line in old} - {line for *_, line in new}:
        yield f"it is not said any more: {sorted(lost)[:3]!a}"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", BREEDERS)
def test_a_hostile_file_is_survived(kind, command):
    """Whatever comes in: no traceback, no bytes but those that were to go, no control on the terminal, nothing left behind, and undo."""
    turn = list(COMMANDS).index(command)
    bad = [f"{breed.name!a}: {each}" for breed in chosen(kind, turn) for each in wrong(COMMANDS[command], breed)]
    assert not bad, f"{len(bad)}\n" + "\n".join(bad[:40])


@pytest.mark.parametrize("kind", ["feeds", "rst", "html"])
def test_a_hostile_file_reaches_nothing(kind, tmp_path):
    """Neither a check, nor an audit, nor taking the main text out opens another file, a connection or a program."""
    commands = [["check", "--isolated", "--no-cache"], ["audit"], ["clean", "--isolated", "--extract"]]
    for breed in chosen(kind, 0):
        Path(breed.name).write_bytes(breed.data)
        for words in commands:
            if (words[0] == "audit") != (kind == "feeds") and words[0] != "check":
                continue
            run(*words, breed.name)  # what is imported for it is imported before anybody listens
            with traced() as told:
                done = run(*words, breed.name)
            assert done.exception is None or isinstance(done.exception, SystemExit), (breed.name, words, done.exception)
            assert not strangers(told, str(tmp_path)), (breed.name, words)
            assert not STEERS.search(done.stderr), (breed.name, words)
            assert "/etc/passwd:" not in done.stdout and "root:" not in done.stdout


def test_the_ear_hears():
    """What the test above listens with does hear a file, a connection and a program."""
    import socket
    import subprocess

    with traced() as told:
        with open("/etc/hostname", "rb"):
            pass
        with socket.socket() as opened:
            opened.settimeout(0.2)
            with pytest.raises(OSError):
                opened.connect(("127.0.0.1", 9))
        subprocess.run(["true"], check=True)
    said = "\n".join(strangers(told))
    assert "open /etc/hostname" in said and "socket.connect" in said and "subprocess.Popen" in said


REPORTS = ("json", "jsonl", "sarif", "gitlab", "junit", "github", "html", "markdown", "full", "concise")


@pytest.mark.parametrize("form", REPORTS)
def test_a_report_of_hostile_names_is_what_its_readers_take(form):
    """A run over files of every name writes a report that parses, in which each name is told apart and none acts."""
    from xml.etree import ElementTree

    for name in NAMES:
        Path(name).write_bytes(f"The the gate of {NAMES.index(name)} basins stood open.\n".encode())
    done = run("check", "--isolated", "--no-cache", "--output-format", form, "--", *NAMES)
    assert done.exit_code == 1, done.stderr
    text = done.stdout_bytes.decode("utf-8")
    if form == "json":
        assert len({json.dumps(file) for file in json.loads(text)["files"]}) == len(NAMES)
        back = {bytes.fromhex(file["path_bytes"]) if file.get("path_bytes") else file["path"].encode() for file in json.loads(text)["files"]}
        assert back == {os.fsencode(name) for name in NAMES}
    elif form == "jsonl":
        assert all(json.loads(row) for row in text.splitlines())
    elif form == "sarif":
        results = json.loads(text)["runs"][0]["results"]
        uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
        assert len(uris) == len(NAMES) and all(re.fullmatch(r"[A-Za-z0-9._~/%!$&'()*+,;=@-]+", uri) for uri in uris), uris
    elif form == "gitlab":
        assert len({row["location"]["path"] for row in json.loads(text)}) == len(NAMES)
    elif form == "junit":
        assert len({suite.get("name") for suite in ElementTree.fromstring(text).iter("testsuite")}) == len(NAMES)
    elif form == "github":
        rows = text.split("\n")
        assert rows.pop() == "" and len(rows) == len(NAMES)
        assert all(re.match(r"::(warning|error|notice) [^:]*::", row) for row in rows)
    elif form in ("full", "concise"):
        assert not STEERS.search(text)
    elif form == "html":
        from hostile import Walk, policed

        policed(Walk(text))
        assert "<img" not in text and text.count("<script") == 1
