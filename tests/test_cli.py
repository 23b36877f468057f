"""
The command line: what goes to stdout and to stderr, exit statuses, and that files are whole whatever happens.

The rules are stood in for by ten lines that find repeated lines, so that these tests say something about the commands only.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result
from report_samples import FIRST, SECOND, conflict, repeated_lines

from cleaner.cli import main
from cleaner.model import Article, Cleaned
from cleaner.options import Options

TWICE = f"{FIRST}\n{SECOND}\n{FIRST}\n"
ONCE = f"{FIRST}\n{SECOND}\n"


def stand_in(article: Article, options: Options, told: object = None) -> Cleaned:
    if "explode" in article.text:
        raise RuntimeError("boom \x1b[31m")
    if "interrupt" in article.text:
        raise KeyboardInterrupt
    if "injured" in article.text:
        return conflict(article.origin.path)._replace(article=article)
    return repeated_lines(article)


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in a folder of its own, without anybody's settings, and with rules that do not matter."""
    pipeline: Any = ModuleType("cleaner.pipeline")
    pipeline.clean_article = stand_in
    monkeypatch.setitem(sys.modules, "cleaner.pipeline", pipeline)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("CLEANER_") or name in ("FORCE_COLOR", "NO_COLOR")]:
        monkeypatch.delenv(name)


def run(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [*words], input=given)


def write(name: str, text: str = TWICE) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(text.encode("utf-8"))
    return name


def text(name: str) -> str:
    return Path(name).read_bytes().decode("utf-8")


# --- clean ----------------------------------------------------------------------------------------------------------


def test_clean_writes_the_article_to_stdout_and_the_report_to_stderr() -> None:
    """stdout is the document and nothing else; the file is not touched."""
    done = run("clean", write("a.txt"))
    assert (done.exit_code, done.stdout, text("a.txt")) == (0, ONCE, TWICE)
    assert "D101" in done.stderr and "removed 1 of 3 blocks: 1 finding fixed, 0 left" in done.stderr


def test_clean_quietly_says_nothing() -> None:
    """-q leaves stderr empty."""
    done = run("clean", "-q", write("a.txt"))
    assert (done.stdout, done.stderr) == (ONCE, "")


def test_clean_reads_what_is_piped_in() -> None:
    """Standard input needs no name, takes `-`, and can be given one."""
    for words in ((), ("-",), ("--stdin-filename", "x.txt")):
        assert run("clean", "-q", *words, given=TWICE).stdout == ONCE


def test_clean_gives_bytes_back_as_they_are() -> None:
    """Encoding, byte order mark and line ends go through unchanged, and nothing is added at the end."""
    for data in (b"\xef\xbb\xbfcaf\xc3\xa9\r\nx", "caf\xe9".encode("utf-16"), b"caf\xe9 \x96 plain old text", b""):
        assert run("clean", "-q", given=data).stdout_bytes == data


def test_clean_in_place_and_undo_give_back_the_file() -> None:
    """A report is all that undo needs; a second undo finds everything as it was."""
    for name in ("a.txt", "b.txt"):
        write(name)
    done = run("clean", "--in-place", "--report", "r.json", "a.txt", "b.txt")
    assert (done.exit_code, done.stdout, text("a.txt")) == (0, "", ONCE)
    back = run("undo", "r.json")
    assert (back.exit_code, back.stderr, text("a.txt"), text("b.txt")) == (0, "put back 2 files\n", TWICE, TWICE)
    assert run("undo", "r.json").stderr == "nothing to put back\n"


def test_undo_refuses_what_was_edited_since_and_does_the_others() -> None:
    """One line for the file, exit status 2, and the other file is put back."""
    run("clean", "--in-place", "--report", "r.json", write("a.txt"), write("b.txt"))
    write("a.txt", ONCE + "new\n")
    done = run("undo", "r.json")
    assert (done.exit_code, text("a.txt"), text("b.txt")) == (2, ONCE + "new\n", TWICE)
    assert "cleaner: a.txt: it was edited since the report was written; left as it is\n" in done.stderr


def test_undo_takes_paths_by_name_and_by_content() -> None:
    """Only the named files are put back; a text that went to stdout is known by its digest."""
    run("clean", "--in-place", "--report", "r.json", write("a.txt"), write("b.txt"))
    assert run("undo", "r.json", "./b.txt").exit_code == 0
    assert (text("a.txt"), text("b.txt")) == (ONCE, TWICE)
    write("out.txt", run("clean", "--report", "s.json", "b.txt").stdout)
    assert run("undo", "s.json", "out.txt").exit_code == 0
    assert text("out.txt") == TWICE
    done = run("undo", "s.json", write("c.txt", "other"))
    assert (done.exit_code, text("c.txt")) == (2, "other")
    assert run("undo", "s.json").stderr.startswith("cleaner: -: its text went to standard output")


def test_undo_names_what_is_no_report() -> None:
    """A missing file, and a file that is something else."""
    assert run("undo", "gone.json").stderr.startswith("cleaner: gone.json: cannot be read: No such file")
    done = run("undo", write("a.json", "{}"))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "a.json is not a report of cleaner" in done.stderr


def test_clean_does_not_write_what_does_not_change() -> None:
    """A file without edits keeps its time stamp."""
    write("a.txt", ONCE)
    os.utime("a.txt", (1, 1))
    assert run("clean", "--in-place", "a.txt").exit_code == 0
    assert os.stat("a.txt").st_mtime == 1


def test_clean_output_is_a_file_or_a_folder() -> None:
    """One source goes to a file; several keep their places below what they have in common."""
    assert run("clean", write("p/a.txt"), "-o", "out.txt").stdout == ""
    assert text("out.txt") == ONCE
    run("clean", "p/a.txt", write("p/q/a.txt"), "-o", "out")
    assert (text("out/a.txt"), text("out/q/a.txt"), text("p/a.txt")) == (ONCE, ONCE, TWICE)


def test_clean_output_can_be_utf8_and_undone() -> None:
    """A new file may be written as UTF-8; its report still leads back to the old bytes."""
    old = f"{FIRST}\ncaf\xe9 au lait\n{FIRST}\n".encode("utf-16")
    Path("a.txt").write_bytes(old)
    run("clean", "a.txt", "-o", "b.txt", "--output-encoding", "utf-8", "--report", "r.json")
    assert text("b.txt") == f"{FIRST}\ncaf\xe9 au lait\n"
    assert run("undo", "r.json").exit_code == 0
    assert Path("b.txt").read_bytes() == old == Path("a.txt").read_bytes()


def test_clean_check_and_diff_write_nothing() -> None:
    """--check leaves with 1 if something would change; --diff shows it."""
    write("a.txt")
    write("b.txt", ONCE)
    assert (run("clean", "--check", "a.txt").exit_code, run("clean", "--check", "b.txt").exit_code) == (1, 0)
    done = run("clean", "--diff", "--in-place", "a.txt")
    assert (done.exit_code, text("a.txt")) == (0, TWICE)
    assert done.stdout.startswith("--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,2 @@\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a.txt", "b.txt"), "2 sources do not fit on stdout; give -o DIR or --in-place"),
        (("a.txt", "--in-place", "-o", "x"), "--in-place and -o are two answers to one question"),
        (("-", "--in-place"), "standard input has no place to be written to"),
        (("a.txt", "--in-place", "--extract"), "--extract makes a new text"),
        (("a.txt", "b.txt", "-o", "a.txt"), "is a file; 2 sources need a folder"),
        (("a.txt", "--report", "r.doc"), "its suffix tells the format; it takes .json"),
        (("a.txt", "--report", "no/r.json"), "cannot be written"),
        (("a.txt", "--in-place", "--report", "a.txt"), "is one of the files to clean"),
        (("a.txt", "--profile", "poem"), "'poem' is not one of"),
        (("a.txt", "--config", "no.toml"), "no.toml: there is no such settings file"),
    ],
)
def test_clean_says_what_is_wrong_before_it_writes(words: tuple[str, ...], says: str) -> None:
    """Wrong usage: status 2, what to do instead, and every file as it was."""
    write("a.txt")
    write("b.txt")
    done = run("clean", *words)
    assert done.exit_code == 2 and says in done.stderr and done.stdout == ""
    assert text("a.txt") == text("b.txt") == TWICE


def test_bad_inputs_are_named_and_the_others_done() -> None:
    """Missing, a directory, binary, failing in our own code: a line each, status 2, and the good one is cleaned."""
    Path("dir").mkdir()
    Path("bin.txt").write_bytes(bytes(range(256)) * 4)
    names = ["gone.txt", "dir", "bin.txt", write("bad.txt", "explode"), write("a.txt")]
    done = run("clean", "-q", "--in-place", *names)
    assert (done.exit_code, text("a.txt"), text("bad.txt")) == (2, ONCE, "explode")
    rows = done.stderr.splitlines()
    assert [row.split(": ")[1] for row in rows] == names[:-1]
    assert rows[0] == "cleaner: gone.txt: no such file; check the spelling"
    assert "RuntimeError: boom \\x1b[31m" in rows[3]


def test_debug_shows_where() -> None:
    """--debug adds the traceback of our own errors, and nothing in it steers the terminal."""
    done = run("clean", "--debug", write("a.txt", "explode"))
    assert "Traceback" in done.stderr and "\x1b" not in done.stderr and done.exit_code == 2


def test_reports_go_where_their_suffix_says() -> None:
    """--report can be given several times."""
    run("clean", write("a.txt"), *(word for end in ("json", "md", "diff", "txt") for word in ("--report", f"r.{end}")))
    assert json.loads(text("r.json"))["files"][0]["sha256"] == sha256(TWICE.encode()).hexdigest()
    assert text("r.md").startswith("# Change report") and text("r.diff").startswith("--- a/a.txt")
    assert "D101" in text("r.txt")


def test_ctrl_c_leaves_files_whole_and_a_report_of_what_was_done() -> None:
    """Status 130; what was written before can be undone."""
    done = run("clean", "--in-place", "--report", "r.json", write("a.txt"), write("b.txt", "interrupt"), write("c.txt"))
    assert (done.exit_code, text("a.txt"), text("c.txt")) == (130, ONCE, TWICE)
    assert run("undo", "r.json").exit_code == 0 and text("a.txt") == TWICE


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_writes_findings_to_stdout_and_leaves_with_1() -> None:
    """A finding is status 1, none is 0, and --exit-zero is 0 whatever there is."""
    done = run("check", "--output-format", "concise", write("a.txt"))
    assert (done.exit_code, done.stdout) == (1, "a.txt:3:1: D101 [*] this paragraph stands twice\n")
    assert run("check", write("b.txt", ONCE)).exit_code == 0
    assert run("check", "--exit-zero", "a.txt").exit_code == 0


def test_check_fix_edits_the_file_and_stops_the_commit() -> None:
    """--fix leaves with 1 when it changed a file, and with 0 when it is run again."""
    write("a.txt")
    assert (run("check", "--fix", "a.txt").exit_code, text("a.txt")) == (1, ONCE)
    assert (run("check", "--fix", "a.txt").exit_code, text("a.txt")) == (0, ONCE)


def test_check_fix_writes_a_report_that_undo_reads() -> None:
    """The JSON of --fix is a report like that of clean."""
    write("a.txt")
    run("check", "--fix", "--output-format", "json", "--output-file", "r.json", "a.txt")
    assert run("undo", "r.json").exit_code == 0 and text("a.txt") == TWICE


def test_check_diff_writes_nothing() -> None:
    """Not even with --fix."""
    done = run("check", "--fix", "--diff", write("a.txt"))
    assert (done.exit_code, text("a.txt")) == (1, TWICE) and done.stdout.startswith("--- a/a.txt")


def test_what_is_only_reported_counts_and_stays() -> None:
    """A conflict of facts is status 1 with --fix too, and its file is not touched."""
    name = write(
        "a.txt", "The fire injured 12 people in the old town.\n\nThe fire injured 21 people in the old town.\n"
    )
    before = text(name)
    done = run("check", "--fix", name)
    assert (done.exit_code, text(name)) == (1, before) and "D105" in done.stdout


def test_json_is_alone_on_stdout() -> None:
    """Also when inputs fail and when nothing is found."""
    for names in (("gone.txt", write("a.txt")), (write("b.txt", ONCE),)):
        assert json.loads(run("check", "--output-format", "json", *names).stdout)["schema"] == "cleaner.report/1"


def test_the_format_has_a_twin_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLEANER_OUTPUT_FORMAT sets it; the flag wins."""
    monkeypatch.setenv("CLEANER_OUTPUT_FORMAT", "jsonl")
    assert json.loads(run("check", write("a.txt")).stdout)["rule"] == "D101"
    assert run("check", "a.txt", "--output-format", "github").stdout.startswith("::warning")


def test_check_reads_standard_input_under_a_name() -> None:
    """Findings carry the name; with --fix the document goes to stdout and the findings to stderr."""
    done = run("check", "-", "--stdin-filename", "x.txt", "--output-format", "concise", given=TWICE)
    assert done.stdout.startswith("x.txt:3:1:")
    fixed = run("check", "--fix", "-", "--output-format", "concise", given=TWICE)
    assert fixed.stdout == ONCE and fixed.stderr.startswith("-:3:1: D101 [fixed]")


def test_folders_are_walked() -> None:
    """Articles are found by suffix; hidden folders and installed packages are not looked into; named files always are."""
    for name in ("d/a.txt", "d/.hidden/b.txt", "d/node_modules/c.md", "d/e.py", "d/f/g.MD"):
        write(name)
    found = json.loads(run("check", "d", "d/e.py", "--output-format", "json").stdout)["files"]
    assert [file["path"] for file in found] == ["d/a.txt", "d/f/g.MD", "d/e.py"]


def test_what_git_ignores_is_not_checked() -> None:
    """In a work tree git says which files there are, also untracked ones."""
    subprocess.run(["git", "init", "-q"], check=True)
    write(".gitignore", "build/\n")
    for name in ("a.md", "build/b.md", "sub dir/c.md"):
        write(name)
    for where in ((), (".",)):
        found = json.loads(run("check", *where, "--output-format", "json").stdout)["files"]
        assert [file["path"] for file in found] == ["a.md", "sub dir/c.md"]


def test_nothing_checked_is_said_aloud() -> None:
    """Silence would look like a clean bill."""
    Path("empty").mkdir()
    done = run("check", "empty", "--output-format", "json")
    assert done.exit_code == 0 and "nothing was checked" in done.stderr and json.loads(done.stdout)["files"] == []


def test_colour_is_for_terminals_and_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flag beats NO_COLOR, which beats FORCE_COLOR; a pipe gets none."""
    write("a.txt")
    assert "\x1b" not in run("check", "a.txt").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("check", "a.txt").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check", "a.txt").stdout
    assert "\x1b[" in run("check", "--color", "always", "a.txt").stdout


# --- the others -----------------------------------------------------------------------------------------------------


def test_config_shows_values_and_origins() -> None:
    """It is TOML, with a comment on where each value comes from."""
    write("cleaner.toml", 'profile = "docs"')
    lines = run("config", "--select", "D101,E").stdout.splitlines()
    assert any(line.startswith('profile = "docs"') and line.endswith("cleaner.toml") for line in lines)
    assert any(line.startswith('select = ["D101", "E"]') and line.endswith("# command line") for line in lines)
    assert any(line.startswith("pedantic = false") and line.endswith("# default") for line in lines)


def test_config_prints_the_schema() -> None:
    """The published schemas are in the package."""
    for name in ("report", "audit"):
        assert json.loads(run("config", "--schema", name).stdout)["title"] == f"cleaner.{name}/1"


def test_rules_are_listed_and_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """By code, in any case, or by name; an unknown one is named."""
    monkeypatch.setattr("cleaner.rules.explain", lambda code: f"# {code} in words\n")
    assert "D101  repeated-paragraph" in run("rule").stdout
    assert run("rule", "d101").stdout == run("rule", "repeated-paragraph").stdout == "# D101 in words\n"
    done = run("rule", "D999")
    assert done.exit_code == 2 and "there is no rule D999" in done.stderr


def test_a_wrong_setting_is_one_line() -> None:
    """It names file, key, value and what is allowed; nothing is checked."""
    write("cleaner.toml", 'profile = "poem"')
    done = run("check", write("a.txt"))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "profile = 'poem' is not allowed; it takes one of article, docs, list" in done.stderr


def test_help_has_examples() -> None:
    """-h and --help, for the program and every command."""
    for words in ((), ("clean",), ("check",), ("undo",), ("rule",), ("config",)):
        for flag in ("-h", "--help"):
            done = run(*words, flag)
            assert done.exit_code == 0 and "cleaner " in done.stdout and done.stdout.startswith("Usage:")
    assert run("--version").stdout.startswith("cleaner ")


# --- the program itself ---------------------------------------------------------------------------------------------


def program(*words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "cleaner", *words], capture_output=True, check=False, **more)


def test_the_program_says_no_traceback_for_a_missing_file() -> None:
    """One line, status 2."""
    done = program("check", "gone.md")
    assert done.returncode == 2 and done.stderr.startswith(b"cleaner: gone.md: no such file")


def test_a_reader_that_goes_away_is_no_error() -> None:
    """A closed pipe ends the program without a word."""
    write("a.txt", "A line that is there only once.\n")
    whole = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "clean", "-q", "a.txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert whole.stdout is not None and whole.stderr is not None
    whole.stdout.close()
    assert whole.stderr.read() == b""
    assert whole.wait(60) == 141


def test_ctrl_c_is_130() -> None:
    """Also while it waits for standard input."""
    for pause in (1, 5, 20):  # on a busy machine it may take a while until it waits; before, Python itself is interrupted
        whole = subprocess.Popen([sys.executable, "-m", "cleaner", "clean"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(pause)
        whole.send_signal(signal.SIGINT)
        _, said = whole.communicate(timeout=60)
        if whole.returncode == 130:
            break
    assert (whole.returncode, said.decode().strip()) == (130, "cleaner: interrupted; each file is the old one or the new one, and whole")


def test_check_imports_only_what_it_needs() -> None:
    """Checking one file loads one command, and none of the modules that other jobs need."""
    script = """
import atexit, sys
sys.argv = ["cleaner", "check", sys.argv[1]]
atexit.register(lambda: print(*sys.modules, sep="\\n"))
from cleaner.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", script, write("a.txt", ONCE)], capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert {"cleaner.cli.check", "cleaner.pipeline"} <= loaded
    apart = {"json", "difflib", "tempfile", "shutil", "logging", "tomllib", "subprocess", "numpy", "ftfy", "rapidfuzz"}
    assert not loaded & {*apart, "cleaner.cli.clean", "cleaner.undo", "cleaner.report.json", "cleaner.walk"}
