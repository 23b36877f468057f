"""Undo: the original comes back byte for byte, or nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from report_samples import FIRST, SECOND, article, repeated_lines, report

from cleaner import __version__
from cleaner.cli import main
from cleaner.errors import ChangedError, InputError
from cleaner.model import Edit, Plan, Span
from cleaner.report import Output, View
from cleaner.report.json import dumps
from cleaner.source import encode
from cleaner.undo import edited, path_of, read, restore

TEXT = f"{FIRST}\n{SECOND} \N{LATIN SMALL LETTER E WITH ACUTE}\n{FIRST}\n"


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("latin-1", b""),
        ("cp1252", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_bytes_come_back(encoding: str, bom: bytes, end: str, last: bool) -> None:
    """The cleaned file and its report give the original, whatever its encoding, mark, line ends and last line."""
    text = TEXT.replace("\n", end) if last else TEXT.replace("\n", end).removesuffix(end)
    cleaned = repeated_lines(article(text, encoding=encoding, bom=bom))
    assert cleaned.plan.edits
    [entry] = read(dumps(report(cleaned), View(fixed=True)))
    assert edited(entry)
    assert restore(entry, encode(cleaned.article, cleaned.text)) == bom + text.encode(encoding)


def test_adjoining_edits_and_insertions_come_back_in_order() -> None:
    """Two deletions that touch are two insertions at one place; the report's order is theirs."""
    given = article("abcdef")
    [finding] = repeated_lines(article(f"{FIRST}\n{FIRST}\n")).plan.taken
    edits = (Edit(Span(0, 2), "ab", ""), Edit(Span(2, 4), "cd", ""), Edit(Span(4, 4), "", "x"))
    plan = Plan(tuple(finding._replace(span=edit.span, edits=(edit,)) for edit in edits), ())
    cleaned = repeated_lines(given)._replace(plan=plan)
    assert cleaned.text == "xef"
    [entry] = read(dumps(report(cleaned), View(fixed=True)))
    assert restore(entry, b"xef") == b"abcdef"


def test_an_output_in_another_encoding_comes_back_in_the_first() -> None:
    """What was written elsewhere as UTF-8 gives back the bytes of its source."""
    cleaned = repeated_lines(article(TEXT, encoding="cp1252"))
    view = View(fixed=True, outputs={"story.txt": Output("out.txt", "utf-8")})
    [entry] = read(dumps(report(cleaned), view))
    assert path_of(entry) == "out.txt"
    assert restore(entry, cleaned.text.encode()) == TEXT.encode("cp1252")


def test_a_file_edited_since_is_refused() -> None:
    """One byte more, and nothing is restored."""
    cleaned = repeated_lines(article(TEXT))
    [entry] = read(dumps(report(cleaned), View(fixed=True)))
    with pytest.raises(ChangedError, match="edited since"):
        restore(entry, cleaned.text.encode() + b"!")


def test_a_run_that_only_looked_edited_nothing() -> None:
    """Findings that are open are no edits to undo."""
    [entry] = read(dumps(report(repeated_lines(article(TEXT)))))
    assert not edited(entry)
    assert restore(entry, TEXT.encode()) == TEXT.encode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a report of cleaner"),
        ('{"schema": "other/1"}', "is not a report of cleaner"),
        ('{"schema": "cleaner.report/2"}', "has the schema cleaner.report/2; this version undoes cleaner.report/1"),
        ('{"schema": "cleaner.audit/1"}', "has the schema cleaner.audit/1"),
        ('{"schema": "cleaner.report/1", "files": [1]}', "missing or torn"),
        ('{"schema": "cleaner.report/1"}', "missing or torn"),
    ],
)
def test_what_is_no_report_of_ours_is_named(text: str, says: str) -> None:
    """One line says what is wrong with it."""
    with pytest.raises(InputError, match=says):
        read(text, "r.json")


def _drop(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda entry: entry.pop(key)


def _shift(entry: dict[str, Any]) -> None:
    entry["findings"][0]["edits"][0]["start"] -= 1


def _tamper(entry: dict[str, Any]) -> None:
    entry["findings"][0]["edits"][0]["before"] = "other\n"


@pytest.mark.parametrize(
    "damage",
    [
        *map(_drop, ("findings", "encoding", "bom", "sha256", "format")),
        _shift,
        _tamper,
        lambda entry: entry.update(encoding="rot13"),
        lambda entry: entry.update(bom="zz"),
        lambda entry: entry.update(findings=[{}]),
        lambda entry: entry.update(findings=None),
    ],
)
def test_a_damaged_report_never_writes_other_bytes(damage: Callable[[dict[str, Any]], object]) -> None:
    """Whatever is wrong in it, there is an error and no result."""
    cleaned = repeated_lines(article(TEXT))
    [entry] = read(dumps(report(cleaned), View(fixed=True)))
    entry = json.loads(json.dumps(entry))
    damage(entry)
    with pytest.raises((InputError, ChangedError)):
        restore(entry, cleaned.text.encode())


RELEASES = sorted(path for path in (Path(__file__).resolve().parents[1] / "fixtures" / "reports").iterdir() if path.is_dir())


def test_every_version_has_left_a_report() -> None:
    """What this version writes is kept for later ones to undo: `python tests/old_reports.py` lays it out before a release."""
    assert __version__ in [folder.name for folder in RELEASES]


@pytest.mark.parametrize("command", ["check", "clean"])
@pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: folder.name)
def test_what_any_version_did_can_be_undone(folder: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report of each released version gives back every byte of every file that it changed, and refuses those that were edited since."""
    shutil.copytree(folder / command, tmp_path / command)
    monkeypatch.chdir(tmp_path / command)
    before = {path.name: path.read_bytes() for path in (folder / "before").iterdir()}
    left = {path.name: path.read_bytes() for path in Path().iterdir()}
    changed = {name for name in before if before[name] != left[name]}
    assert len(changed) >= 7
    entries = read((folder / f"{command}.json").read_text(encoding="utf-8"))
    assert {path_of(entry) for entry in entries if edited(entry)} == changed
    assert all(restore(entry, left[path_of(entry)]) == before[path_of(entry)] for entry in entries)
    done = CliRunner().invoke(main, ["undo", str(folder / f"{command}.json")])
    assert (done.exit_code, done.stderr) == (0, f"put back {len(changed)} files\n")
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
    Path("plain.md").write_bytes(left["plain.md"] + b"!")
    assert "edited since" in CliRunner().invoke(main, ["undo", str(folder / f"{command}.json")]).stderr
