"""`check --changed-since REF`: only what stands on lines that were changed is shown, asked of real repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import main

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="the program git is not here")

BRIDGE = "The council approved the new bridge on Monday after a debate of three hours in the old hall."
BANK = "Work on the eastern bank begins in spring and is to last for two years, or so they say."
FERRY = "The ferry will keep its old timetable until the day on which the first bus can cross the river."


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git work tree with one commit: a file with an old repeat, and one without."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in [name for name in os.environ if name.startswith("CLEANER_")]:
        monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    git("init", "-q", "-b", "main")
    write("a.md", "# Bridge", BRIDGE, BANK, BANK)
    write("same.md", "# Bank", FERRY, FERRY)
    commit()
    return tmp_path / "work"


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=n@example.org", *words], check=True, capture_output=True)


def commit() -> None:
    git("add", "-A")
    git("commit", "-qm", "one")


def write(name: str, *paragraphs: str, end: str = "\n") -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes((f"{end}{end}".join(paragraphs) + end).encode("utf-8"))
    return name


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["check", *words])


def places(*words: str, ref: str = "HEAD") -> list[tuple[str, int, str]]:
    """Return path, line and rule of each open finding of a run."""
    report = json.loads(run("--output-format", "json", "--changed-since", ref, *words).stdout)
    return [(file["path"], each["span"]["start_line"], each["rule"]) for file in report["files"] for each in file["findings"] if each["status"] == "open"]


def test_an_old_repeat_is_passed_over_and_a_new_one_is_shown(room: Path) -> None:
    """What stands on unchanged lines is neither annotated nor counted; `-v` says what became of it."""
    assert run().exit_code == 1
    assert run("--changed-since", "HEAD").exit_code == 0
    write("a.md", "# Bridge", BRIDGE, BANK, BANK, FERRY, BRIDGE)
    done = run("--changed-since", "HEAD", "--output-format", "github")
    assert done.exit_code == 1
    assert done.stdout.count("::warning") == 1 and "file=a.md,line=11,endLine=11" in done.stdout
    assert "stands on no line that was changed since HEAD" in run("--changed-since", "HEAD", "-v").stdout


def test_a_copy_pasted_directly_below_its_original_is_the_new_one(room: Path) -> None:
    """Git could as well say that the first of two equal paragraphs is new; the copy has to be it."""
    for name, parts in {"one.md": [BRIDGE, BANK, FERRY], "last.md": [FERRY, BANK, BRIDGE], "first.md": [BRIDGE]}.items():
        write(name, *parts)
    commit()
    write("one.md", BRIDGE, BRIDGE, BANK, FERRY)
    write("last.md", FERRY, BANK, BRIDGE, BRIDGE)
    write("first.md", BRIDGE, BRIDGE)
    assert places("one.md", "last.md", "first.md") == [("one.md", 3, "D101"), ("last.md", 7, "D101"), ("first.md", 3, "D101")]


def test_the_second_of_two_equal_lines_is_the_new_one(room: Path) -> None:
    """Git's indent heuristic would say that the first of these two is."""
    rows = ["# Bridge", "", BANK, "", BRIDGE, f"    {FERRY}", BANK]
    Path("rows.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    commit()
    before = places("rows.txt")
    Path("rows.txt").write_text("\n".join([*rows[:5], *rows[4:]]) + "\n", encoding="utf-8")
    assert (before, [line for _, line, _ in places("rows.txt")]) == ([], [6])


def test_a_pasted_run_counts_when_one_of_its_lines_was_changed(room: Path) -> None:
    """A finding over many lines is shown if it touches one that was changed."""
    write("run.md", "# Bridge", BRIDGE, BANK, FERRY, BRIDGE, BANK)
    commit()
    assert places("run.md") == []
    write("run.md", "# Bridge", BRIDGE, BANK, FERRY, BRIDGE, BANK, FERRY)
    assert [(line, rule) for _, line, rule in places("run.md")] == [(9, "D103")]


def test_a_new_file_is_changed_in_every_line(room: Path) -> None:
    """Whether it was added, only written, or is ignored by git."""
    write(".gitignore", "drafts/")
    write("added.md", "# Bank", BANK, BANK)
    git("add", "added.md")
    write("only-written.md", "# Bank", BANK, BANK)
    write("drafts/ignored.md", "# Bank", BANK, BANK)
    assert {name for name, *_ in places(".", "drafts/ignored.md")} == {"added.md", "only-written.md", "drafts/ignored.md"}


def test_a_renamed_file_keeps_its_old_lines(room: Path) -> None:
    """Only what was changed on the way is new; names may hold spaces, quotes, letters of any kind and glob characters."""
    odd = "d e/[ü] 'x'.md" if os.name == "nt" else 'd e/[ü] "x" *\t\n.md'
    Path("d e").mkdir()
    git("mv", "a.md", odd)
    assert places(".") == []
    write(odd, "# Bridge", BRIDGE, BANK, BANK, FERRY, "It was the the best of days.")
    assert [(line, rule) for _, line, rule in places(".")] == [(11, "D121")]


def test_what_only_lost_lines_has_no_changed_ones(room: Path) -> None:
    """Two copies that meet because what stood between them went stand on old lines."""
    write("met.md", "# Bridge", BRIDGE, BANK, BRIDGE)
    commit()
    write("met.md", "# Bridge", BRIDGE, BRIDGE)
    assert places("met.md") == []


def test_changes_count_from_where_the_branch_left(room: Path) -> None:
    """What was done on the other branch meanwhile is no change of this one."""
    git("checkout", "-qb", "topic")
    write("mine.md", "# Bank", BANK, BANK)
    commit()
    git("checkout", "-q", "main")
    write("same.md", "# Bank", BRIDGE)
    commit()
    git("checkout", "-q", "topic")
    assert places(".", ref="main") == [("mine.md", 5, "D101")]


def test_lines_are_those_of_git(room: Path) -> None:
    """A lone carriage return ends no line for git; line ends of Windows are one; UTF-16 is binary to it, and counts as a whole."""
    write("cr.md", "# Bank", "One.\rTwo.\rThree.", BANK, BANK)
    write("crlf.md", "# Bank", FERRY, BANK, BANK, end="\r\n")
    Path("wide.md").write_bytes(f"# Bank\n\n{BANK}\n\n{BANK}\n".encode("utf-16"))
    commit()
    assert places("cr.md", "crlf.md", "wide.md") == []
    write("cr.md", "# Bank", "One.\rTwo.\rThree.", BANK, BANK, "It was the the best of days.")
    write("crlf.md", "# Bank", FERRY, BANK, BANK, "It was the the best of days.", end="\r\n")
    Path("wide.md").write_bytes(f"# Bank\n\n{BANK}\n\n{BANK}\n\n{FERRY}\n".encode("utf-16"))
    found = places("cr.md", "crlf.md", "wide.md")
    assert [(name, rule) for name, _, rule in found] == [("cr.md", "D121"), ("crlf.md", "D121"), ("wide.md", "D101")]


def test_it_holds_below_the_top_and_whatever_git_is_set_to(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder of the work tree, with somebody's settings for diffs, and with no textconv or external program run."""
    write("d/a.md", "# Bridge", BRIDGE, BANK, BANK)
    write(".gitattributes", "*.md diff=odd")
    commit()
    fails = f"{Path(sys.executable).as_posix()} -c 1/0"
    for key, value in {
        "color.ui": "always", "diff.noprefix": "true", "diff.interHunkContext": "50", "diff.relative": "true",
        "diff.algorithm": "patience", "diff.indentHeuristic": "true", "diff.external": fails, "diff.odd.textconv": fails, "diff.odd.command": fails,
    }.items():  # fmt: skip
        git("config", key, value)
    write("d/a.md", "# Bridge", "A new line.", BRIDGE, BANK, BANK, "It was the the best of days.")
    monkeypatch.chdir("d")
    assert places("a.md") == [("a.md", 11, "D121")]


def test_beside_a_baseline_both_hold(room: Path) -> None:
    """What a revision had is known, and of the rest only what stands on changed lines is shown."""
    write("a.md", "# Bridge", BRIDGE, BANK, f"{BANK} ", FERRY, FERRY)
    assert len(places("a.md")) == 2
    assert [line for _, line, _ in places("--baseline-from-ref", "HEAD", "a.md")] == [11]


@pytest.mark.parametrize("flag", ["--fix", "--diff", "--add-baseline", "--accept=4be1d3c2", "--confirm=4be1d3c2"])
def test_it_is_for_looking_only(room: Path, flag: str) -> None:
    """What is not shown is not edited or recorded; one line says so."""
    done = run("--changed-since", "HEAD", flag, "a.md")
    assert done.exit_code == 2 and "--changed-since chooses what is shown; " + flag.partition("=")[0] in done.stderr


@pytest.mark.parametrize("ref", ["gone", "--help", ""])
def test_a_wrong_revision_is_one_line(room: Path, ref: str) -> None:
    """Exit status 2; nothing is reported; standard input is refused likewise."""
    done = run(f"--changed-since={ref}", "a.md")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"--changed-since = {ref!r}" in done.stderr and "it takes a commit, branch or tag" in done.stderr
    assert "git knows no lines of standard input" in run("--changed-since", "HEAD", "-").stderr


def test_a_shallow_clone_is_told_apart(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that was not fetched is the usual mistake in continuous integration; the line says what to do."""
    commit_before = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    write("new.md", FERRY)
    commit()
    git("clone", "-q", "--depth", "1", Path.cwd().as_uri(), "../shallow")
    monkeypatch.chdir("../shallow")
    done = run("--changed-since", commit_before, ".")
    assert done.exit_code == 2 and "this clone is shallow: fetch more of the history" in done.stderr


def test_without_git_it_says_so(room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program, no work tree: one clear line each."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    done = run("--isolated", "--changed-since", "HEAD", "a.md")
    assert done.exit_code == 2 and "the program git cannot be run" in done.stderr
    (tmp_path / "bare").mkdir()
    monkeypatch.chdir(tmp_path / "bare")
    assert "this is no git work tree" in run("--isolated", "--changed-since", "HEAD", write("a.md", BANK, BANK)).stderr
