"""How every report shows a passage of another file, and the command that finds it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from report_samples import article, report
from test_across import git, lay, page, said

from cleaner.model import SAME, Cleaned, Finding, Place, Plan, Skipped, Span
from cleaner.report import View, render
from cleaner.report.json import schema


def shared(*more: Place) -> Cleaned:
    given = article("One line that other files have.\n", "b/two.md")
    finding = Finding(
        "D202",
        Span(0, 31),
        "1 paragraph (6 words) stands in a/o ne.md too, lines 7-9",
        "report",
        relation="exact",
        scores=SAME,
        words=6,
        key="k",
        because="the first in path order",
        elsewhere=(Place("a/o ne.md", Span(40, 71), 7, 9), *more),
    )
    return Cleaned(given, (), "docs", Plan((), (Skipped(finding, "open", ""),)))


FURTHER = Place("c.md", Span(0, 31), 1, 1)


def test_json_names_the_other_file():
    """The keeper has the other file's path and lines, further places stand in `also`, and the schema knows both."""
    whole = json.loads(render(report(shared(FURTHER)), "json"))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(whole)
    [finding] = whole["files"][0]["findings"]
    assert finding["keeper"] == {"path": "a/o ne.md", "start": 40, "end": 71, "start_line": 7, "end_line": 9}
    assert [place["path"] for place in finding["also"]] == ["c.md"]
    [alone] = json.loads(render(report(shared()), "json"))["files"][0]["findings"]
    assert "also" not in alone


def test_json_gives_the_bytes_of_a_name_that_is_not_text():
    """As for all paths of a report."""
    odd = Place("m\udcff.md", Span(0, 31), 1, 1)
    whole = json.loads(render(report(shared(odd)), "json"))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(whole)
    assert whole["files"][0]["findings"][0]["also"][0]["path_bytes"] == b"m\xff.md".hex()


def test_sarif_leads_to_the_other_file():
    """Each place is a related location with its own file and lines."""
    [result] = json.loads(render(report(shared(FURTHER)), "sarif"))["runs"][0]["results"]
    first, second = result["relatedLocations"]
    assert first == {
        "id": 1,
        "physicalLocation": {"artifactLocation": {"uri": "a/o%20ne.md"}, "region": {"startLine": 7, "endLine": 9}},
        "message": {"text": "the first in path order"},
    }
    assert (second["id"], second["physicalLocation"]["artifactLocation"]["uri"]) == (2, "c.md")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b/two.md"


def test_people_are_told_which_file_stays():
    """In the terminal and in Markdown."""
    assert render(report(shared()), "full").splitlines()[-1].endswith("left: for you to judge · exact · a/o ne.md stays, lines 7-9: the first in path order")
    assert "a/o ne.md stays, lines 7-9; the first in path order" in render(report(shared()), "markdown")
    assert "a/o ne.md too, lines 7-9" in render(report(shared()), "concise")


def test_a_name_cannot_steer_a_terminal():
    """The path of the other file is shown as all text from outside."""
    cleaned = shared()
    [skip] = cleaned.plan.skipped
    place = skip.finding.elsewhere[0]._replace(path="\x1b[2J\u202e.md")
    odd = cleaned._replace(plan=Plan((), (skip._replace(finding=skip.finding._replace(elsewhere=(place,))),)))
    for format in ("full", "concise", "markdown", "junit", "github", "gitlab"):
        shown = render(report(odd), format)
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_build_servers_are_told_in_the_message():
    """GitHub and GitLab have one place for each finding, so the message names the other file; JUnit says both."""
    assert "a/o ne.md too" in render(report(shared()), "github")
    assert "a/o ne.md too" in json.loads(render(report(shared()), "gitlab"))[0]["description"]
    failure = ElementTree.fromstring(render(report(shared(FURTHER)), "junit")).find(".//failure")
    assert failure is not None
    assert failure.text == "line 1; a/o ne.md, lines 7-9; c.md, line 1"


def test_findings_with_places_elsewhere_are_not_put_together():
    """Two findings of one message in two files' passages are two lines."""
    cleaned = shared()
    [skip] = cleaned.plan.skipped
    other = skip._replace(finding=skip.finding._replace(key="l"))
    twice = cleaned._replace(plan=Plan((), (skip, other)))
    assert render(report(twice), "full", View()).count("D202") == 2


# --- the command


def run(root: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANER_", "GIT_"))}
    command = [sys.executable, "-m", "cleaner", "check", "-q", "--color", "never", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", env={**clean, "XDG_CONFIG_HOME": str(root), **more}, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a git repository with a post under two names."""
    git(tmp_path, "init", "-q")
    lay(tmp_path, {"posts/tide.md": page(1, 2), "posts/tides.md": page(1, 2), "posts/moon.md": page(3, 4)})
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


def test_the_command_looks_only_when_asked(repository):
    """Without --across files are looked at one by one; with it, or with the setting, across the repository."""
    assert run(repository).returncode == 0
    done = run(repository, "--across", "--output-format", "concise")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "posts/tides.md:1:1: D201 the same text as posts/tide.md: 60 words\n"
    (repository / "cleaner.toml").write_text("across = true\n", encoding="utf-8")
    assert run(repository, "--output-format", "concise").stdout == done.stdout
    assert run(repository, "--no-across").returncode == 0
    assert run(repository, CLEANER_ACROSS="false").returncode == 0


def test_one_named_file_is_held_against_the_whole_repository(repository):
    """As in a commit hook; whatever was named, the finding is the same, and so is its id."""
    ids = set()
    for words in (["posts/tides.md"], ["posts"], ["posts/moon.md", "posts/tides.md"]):
        report = json.loads(run(repository, "--across", "--output-format", "json", *words).stdout)
        ids |= {finding["id"] for file in report["files"] for finding in file["findings"]}
    assert len(ids) == 1
    assert run(repository, "--across", "posts/tide.md").returncode == 0


def test_the_index_lies_in_the_cache_folder(repository):
    """Git does not see it; --no-cache makes none, and --cache-dir another."""
    run(repository, "--across")
    assert (repository / ".cleaner_cache" / "across-1.sqlite").is_file()
    status = subprocess.run(["git", "status", "--porcelain"], cwd=repository, capture_output=True, text=True, check=True)
    assert status.stdout == ""
    other = repository.parent / "elsewhere"
    assert run(repository, "--across", "--no-cache", "--cache-dir", str(other)).returncode == 1
    assert not other.exists()
    run(repository, "--across", "--cache-dir", str(other))
    assert len(list(other.glob("across-*-1.sqlite"))) == 1


def test_what_was_excluded_is_no_part_of_the_repository(repository):
    """The settings say which files are articles, for those that are compared with, too."""
    assert run(repository, "--across", "--extend-exclude", "posts/tide.md").returncode == 0
    assert run(repository, "--across", "--per-file-ignores", "posts/tides.md:D201").returncode == 0
    assert run(repository, "--across", "--ignore", "D2").returncode == 0


def test_fix_does_not_move_what_was_seen(repository):
    """Places are those of the text before its edits, as for all other findings."""
    again = page(1, 2) + "\n" + said(2) + "\n"
    lay(repository, {"posts/tide.md": again, "posts/tides.md": again})
    report = json.loads(run(repository, "--across", "--fix", "--output-format", "json", "posts/tides.md").stdout)
    rules = {finding["rule"]: finding for finding in report["files"][0]["findings"]}
    assert rules["D101"]["status"] == "fixed"
    assert rules["D201"]["span"]["end"] == len(again.rstrip("\n"))


def test_known_findings_are_known(repository):
    """A baseline holds them, a decision keeps them, and a run that did not look does not call them gone."""
    known = ["--baseline", "known.txt"]
    assert run(repository, "--across", *known, "--add-baseline").returncode == 0
    assert "D201" in (repository / "known.txt").read_text(encoding="utf-8")
    assert run(repository, "--across", *known).returncode == 0
    run(repository, *known, "--add-baseline")
    assert "D201" in (repository / "known.txt").read_text(encoding="utf-8")

    report = json.loads(run(repository, "--across", "--output-format", "json").stdout)
    [own] = [finding["id"] for file in report["files"] for finding in file["findings"]]
    assert run(repository, "--across", "--accept", own, "--reason", "two feeds").returncode == 0
    assert run(repository, "--across").returncode == 0
    assert run(repository).returncode == 0


def test_what_two_files_had_in_common_at_a_revision_is_known(repository):
    """Editing one of two old copies makes them no new finding; a third copy is one."""
    since = ["--across", "--baseline-from-ref", "HEAD", "--output-format", "concise"]
    lay(repository, {"posts/tides.md": page(1, 2) + "\nOne more line.\n"})
    assert run(repository, *since).stdout == ""
    lay(repository, {"posts/a.md": page(3, 4)})
    assert run(repository, *since).stdout == "posts/a.md:1:1: D201 the same text as posts/moon.md: 60 words\n"
    long = range(20, 42)
    lay(repository, {"x.md": page(*range(5, 12), *long, title="X"), "y.md": page(*long, *range(12, 19), title="Y")})
    assert "y.md:3:1: D202 22 paragraphs" in run(repository, *since).stdout
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "more")
    lay(repository, {"y.md": page(99, *long, *range(12, 19), title="Y")})
    assert run(repository, *since).stdout == ""


def test_an_accepted_new_file_stays_accepted_once_it_is_committed(repository):
    """Then the other of the two is the copy, and what was said of the pair still holds."""
    lay(repository, {"posts/moo.md": page(3, 4)})
    done = json.loads(run(repository, "--across", "--output-format", "json", "posts/moo.md").stdout)
    [finding] = done["files"][0]["findings"]
    assert finding["keeper"]["path"] == "posts/moon.md"
    run(repository, "--across", "--accept", finding["id"], "posts/moo.md")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "moo")
    after = run(repository, "--across", "--output-format", "concise", "posts/moon.md", "posts/moo.md")
    assert (after.returncode, after.stdout) == (0, "")


def test_a_comment_about_other_files_is_not_called_idle_by_a_run_that_does_not_look(repository):
    """A comment that names D201 alone can only be judged across files."""
    lay(repository, {"posts/tides.md": "<!-- cleaner: keep D201 -- for the feed -->\n\n" + page(1, 2)})
    assert run(repository, "--across").returncode == 0
    assert run(repository).returncode == 0


def test_standard_input_stands_in_no_repository(repository):
    """It is checked alone."""
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "check", "--across", "-q", "--isolated", "-", "--stdin-filename", "posts/new.md"],
        cwd=repository, input=page(1, 2).encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_looking_across_loads_nothing_heavy(repository):
    """Where nothing is found, a run across files starts as lightly as any other."""
    code = (
        "import sys\nfrom cleaner.cli import main\ntry:\n    main(['check', '--across', '--isolated', '-q', 'posts/moon.md'])\n"
        "except SystemExit as done:\n    assert done.code == 0, done.code\nprint(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert not {"numpy", "datasketch", "rapidfuzz", "markdown_it", "ftfy", "multiprocessing"} & set(done.stdout.split())
