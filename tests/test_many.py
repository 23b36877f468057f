"""Many files: any number of processes, a warm or a cold cache, a killed worker, an interrupt: one and the same answer."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner import cache as caching
from cleaner.cli import main
from cleaner.cli.progress import Progress
from cleaner.cli.work import Task, do
from cleaner.jobs import each, processors
from cleaner.known import Known
from cleaner.options import Options
from cleaner.report import FORMATS, View
from cleaner.report.entries import counts

COUNCIL = "The council approved the new bridge number {} on Monday after a debate of three hours."
BANK = "Work on the eastern bank near house {} begins in spring and is to last for two years."


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in a folder of its own, without anybody's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("CLEANER_")]:
        monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def write(number: int = 40) -> None:
    """Write articles: sound ones, some with a repeat, some that are no text, in several encodings and formats."""
    Path("d e").mkdir(exist_ok=True)
    for at in range(number):
        first, second = COUNCIL.format(at), BANK.format(at)
        parts = [f"# Bridge {at}", first, second, "```\ncode\n```"]
        if at % 5 == 0:
            parts += [first, "The the end of caf\xe9 number " + str(at) + "."]
        if at % 7 == 0:
            parts.insert(2, first.replace("three", "four"))
        data = ("\n\n".join(parts) + "\n").encode("utf-16" if at % 11 == 3 else "utf-8")
        Path("d e", f"{at:03}{'.html' if at % 13 == 4 else '.txt' if at % 3 else '.md'}").write_bytes(data)
    Path("bin.md").write_bytes(b"\0" * 50)
    Path("l\xe4\u2028n.md").write_text("# \u202e\n\nIt was the the end \x1b[31m of it all, and so it stayed.\n", encoding="utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["check", *words])


def said(*words: str) -> tuple[int, bytes, str]:
    """Return status, stdout and stderr of a run, without the seconds it took."""
    done = run(*words)
    return done.exit_code, re.sub(rb'"seconds": [\d.]+', b"", done.stdout_bytes), done.stderr


WAYS = [*((("--output-format", format)) for format in FORMATS), ("-v",), ("--pedantic", "-v"), ("--diff",)]


# --- processes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_the_number_of_processes_changes_nothing(words: tuple[str, ...]) -> None:
    """Byte for byte, in every format."""
    write()
    alone = said("--no-cache", "--jobs", "1", *words)
    assert alone[0] == 2 and alone[1]
    for number in ("2", "5"):
        assert said("--no-cache", "--jobs", number, *words) == alone


def test_files_are_mended_alike() -> None:
    """--fix with one process and with three leaves the same bytes, and the same report."""
    trees = []
    for jobs in ("1", "3"):
        write()
        report = said("--no-cache", "--fix", "--jobs", jobs, "--output-format", "json")
        trees.append((report, {path.name: path.read_bytes() for path in sorted(Path("d e").iterdir())}))
    assert trees[0] == trees[1] and b'"fixed"' in trees[0][0][1]


def test_the_order_in_which_files_are_named_changes_no_finding() -> None:
    """Law 4, over processes."""
    write(12)
    names = sorted(str(path) for path in Path("d e").iterdir())
    one = run("--jobs", "2", "--output-format", "concise", *names).stdout.splitlines()
    other = run("--jobs", "2", "--output-format", "concise", *names[::-1]).stdout.splitlines()
    assert one and sorted(one) == sorted(other)


def test_work_is_shared_where_processes_are_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS and Windows."""
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    monkeypatch.setattr(multiprocessing, "get_context", lambda *_: context)
    monkeypatch.setattr(sys, "platform", "other")
    words = [f"word {number}" for number in range(50)]
    assert sorted(each(str.upper, words, 2)) == [(at, word.upper()) for at, word in enumerate(words)]


def _last(word: str) -> str:
    if word.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    return word[-1]


@pytest.mark.skipif(os.name == "nt", reason="nobody can be killed in this way there")
def test_a_killed_worker_costs_only_the_task_that_killed_it() -> None:
    """Its portion is done again by others, task by task."""
    words = ["kill 1" if number in (7, 8, 90) else f"{number}" for number in range(100)]
    found = dict(each(_last, words, 3))
    assert len(found) == 100
    assert {at for at, result in found.items() if result is None} == {7, 8, 90}


# A program of its own: a helper finds the change in it whether it is a fork or begins anew, which depends on the threads of who hires it.
_KILLING = """\
import os, signal
from cleaner import pipeline
from cleaner.cli import main

honest, helper = pipeline.clean_article, __name__ != "__main__"


def killing(article, options, told=None):
    if article.origin.path.endswith("010.txt") and (helper or os.getpid() != first):
        os.kill(os.getpid(), signal.SIGKILL)
    return honest(article, options, told)


pipeline.clean_article = killing
if __name__ == "__main__":
    first = os.getpid()
    if "new" in os.environ["HELPERS"]:
        from cleaner import jobs

        jobs.forks = lambda: False
    main()
"""


@pytest.mark.skipif(os.name == "nt", reason="nobody can be killed in this way there")
@pytest.mark.parametrize("helpers", ["usual", "new"])
def test_a_killed_worker_is_an_error_line_for_its_file(helpers: str) -> None:
    """Named on stderr, status 2, and every other file is checked."""
    write()
    Path("../killing.py").write_text(_KILLING, encoding="utf-8")
    words = ["check", "--no-cache", "--output-format", "json", "--jobs"]
    whole = json.loads(run(*words[1:], "1").stdout)
    done = subprocess.run(
        [sys.executable, "../killing.py", *words, "2"],
        capture_output=True, text=True, encoding="utf-8", timeout=120, env={**os.environ, "HELPERS": helpers},
    )  # fmt: skip
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert "d e/010.txt: left alone: the process that read it ended" in done.stderr.replace(os.sep, "/")
    assert json.loads(done.stdout)["files"] == [file for file in whole["files"] if file["path"] != "d e/010.txt"]


@pytest.mark.skipif(os.name == "nt", reason="an interrupt is sent in another way there")
def test_ctrl_c_is_130_and_leaves_files_whole_and_nobody_behind() -> None:
    """Whatever the moment: a file holds what it held or what it becomes, and no worker outlives the run."""
    write(400)
    before = {path: path.read_bytes() for path in Path("d e").iterdir()}
    for wait in (0.15, 0.4, 0.6):
        whole = subprocess.Popen(
            [sys.executable, "-m", "cleaner", "check", "-q", "--fix", "--no-cache", "--jobs", "2", "d e"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        time.sleep(wait)
        os.killpg(whole.pid, signal.SIGINT)
        _, complaint = whole.communicate(timeout=30)  # ends when the last process that holds the pipe has ended
        if whole.returncode != 1:
            assert whole.returncode in (130, -signal.SIGINT), complaint
            assert whole.returncode == -signal.SIGINT or b"Traceback" not in complaint
    after = {path: path.read_bytes() for path in Path("d e").iterdir()}
    run("-q", "--fix", "--no-cache", "d e")
    assert all(after[path] in (before[path], path.read_bytes()) for path in before) and before.keys() == after.keys()


def test_few_files_start_no_process() -> None:
    """A hook pays for none, nor for the cache; what it loads is tested for the whole command."""
    write(3)
    script = "import sys\nfrom cleaner.cli import main\ntry:\n    main(['check', '--isolated', 'd e'])\nexcept SystemExit:\n    print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "cleaner.pipeline" in loaded
    assert not {"multiprocessing", "json", "sqlite3", "cleaner.cache", "concurrent"} & set(loaded)
    assert processors() >= 1


# --- the cache ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_a_warm_run_says_what_the_cold_one_said(words: tuple[str, ...]) -> None:
    """Byte for byte, in every format; also after a run in another format had filled the cache."""
    write()
    without = said("--no-cache", *words)
    assert not Path(".cleaner_cache").exists()
    assert said(*words) == without
    assert Path(".cleaner_cache/.gitignore").read_text(encoding="utf-8").splitlines()[-1] == "*"
    assert said(*words) == without
    run("--output-format", "concise")
    assert said(*words) == without


def test_a_warm_run_reads_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is used: only what is not text is looked at again."""
    from cleaner import pipeline

    write()
    run()
    seen: list[str] = []
    honest = pipeline.clean_article
    monkeypatch.setattr(pipeline, "clean_article", lambda article, *rest: seen.append(article.origin.path) or honest(article, *rest))
    run("--jobs", "1")
    assert seen == []
    run("--jobs", "1", "--ignore", "D121")
    assert len(seen) == 41


def test_content_decides_and_no_time_stamp() -> None:
    """The same size and time with other bytes is looked at anew; a new time with the same bytes is not."""
    write()
    for path in Path("d e").iterdir():
        os.utime(path, (1, 1))
    run()
    changed = Path("d e", "001.txt")
    data = changed.read_bytes()
    double = data.replace(b"house 1 begins in", b"house in begins in").replace(b"is to last", b"is is last")
    assert len(double) >= len(data)
    changed.write_bytes(double[: len(data) - 1] + b"\n")
    os.utime(changed, (1, 1))
    assert "is" in said("--output-format", "concise")[1].decode() and said() == said("--no-cache")


@pytest.mark.parametrize("words", [("--pedantic",), ("--profile", "article"), ("--select", "D121"), ("--format", "text"), ("--keep", "longest"), ("--per-file-ignores", "d e:D")])
def test_other_options_are_another_question(words: tuple[str, ...]) -> None:
    """Whatever the run before was asked."""
    write()
    run()
    assert said(*words) == said("--no-cache", *words)
    assert said() == said("--no-cache")


def test_the_same_text_under_another_name_is_its_own_file() -> None:
    """Names stand in messages, paths and ids, and the suffix tells the format."""
    write()
    run()
    Path("d e", "000.md").rename(Path("d e", "000.txt"))
    Path("d e", "005.txt").rename(Path("d e", "other.txt"))
    assert said("--output-format", "json") == said("--no-cache", "--output-format", "json")


def test_what_people_say_counts_at_once() -> None:
    """A baseline and a decision are part of the question."""
    write()
    run()
    finding = json.loads(run("--output-format", "json").stdout)["files"][0]["findings"][0]
    for words in (("--add-baseline", "--baseline", "known.txt"), ("--accept", finding["id"])):
        run(*words)
        warm = said("--baseline", "known.txt", "--output-format", "json")
        assert warm == said("--no-cache", "--baseline", "known.txt", "--output-format", "json")
        assert warm == said("--baseline", "known.txt", "--output-format", "json")
    assert finding["id"].encode() in warm[1] and b'"suppressed"' in warm[1]
    os.unlink("cleaner-decisions.toml")
    assert said() == said("--no-cache")


def test_nothing_is_written_because_of_the_cache() -> None:
    """A cache that lies about edits cannot change a file: --fix looks anew before it writes."""
    write()
    run()
    for path in Path(".cleaner_cache").rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'\[\[(\d+),(\d+),""\]\]', r'[[0,\2,"gone"]]', text), encoding="utf-8")
    assert b"gone" in run("--diff").stdout_bytes
    run("--fix")
    assert not any(b"gone" in path.read_bytes() for path in Path("d e").iterdir())


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"a": 1}', "\0" * 10, '{"%s": [99999, []]}', '{"%s": [20000, [["markdown"]]]}', "[" * 100_000],
)
def test_a_torn_or_foreign_cache_counts_as_absent(text: str) -> None:
    """It is read as values, found wanting, and written anew."""
    write()
    whole = said("--output-format", "json")
    for path in Path(".cleaner_cache").rglob("*.json"):
        keys = list(json.loads(path.read_text(encoding="utf-8")))
        path.write_text(text.replace("%s", keys[0]) if keys else text, encoding="utf-8")
    assert said("--output-format", "json") == whole
    assert said("--output-format", "json") == whole


def test_entries_of_other_shapes_are_refused_value_by_value() -> None:
    """Whatever one value of an entry is changed to, the report is still one that the schema describes."""
    import jsonschema

    from cleaner.report.json import schema

    write(17)
    valid = jsonschema.Draft202012Validator(json.loads(schema())).validate
    run("--output-format", "json")
    shards = {path: json.loads(path.read_text(encoding="utf-8")) for path in Path(".cleaner_cache").rglob("*.json")}
    every = [(shard, key) for shard, entries in sorted(shards.items()) for key in entries]
    sound = next(place for place in every if not shards[place[0]][place[1]][1][5])
    twice = next(place for place in every if shards[place[0]][place[1]][1][5])
    for shard, key in (sound, twice):
        day, row = shards[shard][key]
        for changed in _changed(row):
            shard.write_text(json.dumps({**shards[shard], key: [day, changed]}), encoding="utf-8")
            again = run("--jobs", "1", "--output-format", "json")
            valid(json.loads(again.stdout))
            assert "error of our own" not in again.stderr


def _changed(row: object):  # type: ignore[no-untyped-def]
    """Yield an entry with each of its values changed in turn, two levels deep."""
    assert isinstance(row, list)
    for at, value in enumerate(row):
        for wrong in (None, 3, "x", {"a": 1}, [[1, 2]], [[None] * 13], [-1, 5]):
            yield [*row[:at], wrong, *row[at + 1 :]]
        if isinstance(value, list):
            for place in range(len(value)):
                for wrong in (None, -7, "x", [], {}):
                    yield [*row[:at], [*value[:place], wrong, *value[place + 1 :]], *row[at + 1 :]]


def test_two_runs_at_once_leave_a_sound_cache() -> None:
    """Each file of it is replaced as a whole."""
    write(120)
    command = [sys.executable, "-m", "cleaner", "check", "--isolated", "--output-format", "concise"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(4)]
    outputs = {each.communicate(timeout=120)[0] for each in runs}
    assert len(outputs) == 1
    for path in Path(".cleaner_cache").rglob("*"):
        assert path.is_dir() or path.suffix == ".json" or path.name == ".gitignore"
    assert subprocess.run(command, capture_output=True, check=False).stdout == outputs.pop()


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old entries go, and so does what other versions left; so many bytes are the most that one file holds."""
    write()
    run()
    [version] = [path for path in Path(".cleaner_cache").iterdir() if path.is_dir()]
    shard = max(version.iterdir(), key=lambda path: path.stat().st_size)
    entries = json.loads(shard.read_text(encoding="utf-8"))
    shard.write_text(json.dumps({**entries, shard.stem + "0" * 30: [1, []], "x": 3}), encoding="utf-8")
    other = Path(".cleaner_cache", "0" * 16)
    other.mkdir()
    (other / "00.json").write_text("{}", encoding="utf-8")
    os.utime(other, (1, 1))
    monkeypatch.setattr(caching, "_FRESH_DAYS", -1)
    run()
    assert json.loads(shard.read_text(encoding="utf-8")).keys() == entries.keys() and not other.exists()
    monkeypatch.setattr(caching, "_MOST_BYTES", 10)
    before = {path: path.stat().st_mtime_ns for path in version.glob("*.json")}
    run("--pedantic")
    again = [path for path in version.glob("*.json") if path.stat().st_mtime_ns != before.get(path)]
    assert again and all(path.stat().st_size <= 10 for path in again)


def test_the_cache_lies_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the settings file, in the folder a flag or a variable names, or nowhere."""
    write()
    Path("cleaner.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir("d e")
    run()
    assert Path("../.cleaner_cache").is_dir() and not Path(".cleaner_cache").exists()
    run("--cache-dir", "../one")
    monkeypatch.setenv("CLEANER_CACHE_DIR", "../two")
    run()
    assert Path("../one/.gitignore").is_file() and Path("../two/.gitignore").is_file()
    Path("../three").write_text("a file", encoding="utf-8")
    assert run("--cache-dir", "../three").exit_code == run("--no-cache").exit_code


def test_another_version_asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this program, of a library, of Python."""
    before = caching.version()
    assert before == caching.version()
    for name, value in (("sys.version", "another"), ("cleaner.__version__", "another")):
        with monkeypatch.context() as changed:
            changed.setattr(name, value)
            assert caching.version() != before
    Path("site").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, "site"])
    assert caching.version() == before
    Path("site/ftfy-99.dist-info").mkdir()
    assert caching.version() != before


# --- memory, progress -----------------------------------------------------------------------------------------------


def test_what_is_kept_of_a_sound_file_is_small() -> None:
    """Neither its text nor its blocks, and still all that a report says of it."""
    Path("a.md").write_text("# A\n\n" + "\n\n".join(BANK.format(number) + " " + str(number) * 5 for number in range(3)) + "\n\n```\nx\n```\n", encoding="utf-8")
    cleaned = do(Task("a.md", Options(), Known("a.md"), View(), language=True)).cleaned
    assert cleaned is not None and not cleaned.plan.taken
    if not cleaned.plan.skipped:
        assert (cleaned.article.text, cleaned.blocks) == ("", ())
    assert counts(cleaned)[:3] == (5, (("code", 1),), 0) and cleaned.language == "en"


def test_memory_grows_slowly_with_the_number_of_files() -> None:
    """A thousand files more take less than ten megabytes more: ten thousand stay far below 300."""
    if sys.platform != "linux":
        pytest.skip("memory is measured with Linux's own numbers")
    long = "\n\n".join(f"Paragraph {number} says what happened at {number} o'clock in house {number * 7} by the river." for number in range(12))
    for number in range(1200):
        Path(f"{number}.md").write_text(f"# Story {number}\n\n{long}\n", encoding="utf-8")
    script = (
        "import sys, resource\nfrom cleaner.cli import main\n"
        "try:\n    main(['check', '-q', '--isolated', '--no-cache', '--jobs', '1', *sys.argv[1:]])\nexcept SystemExit:\n    pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    few = [f"{number}.md" for number in range(200)]
    used = [int(subprocess.run([sys.executable, "-c", script, *names], capture_output=True, text=True, check=True).stdout.split()[-1]) for names in (few, ["."])]
    assert used[1] - used[0] < 10_000, used


def test_progress_is_for_terminals_and_long_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing in the first second, nothing elsewhere; how fast and how long still; the line is wiped away at the end."""
    clock = [0.0]
    monkeypatch.setattr("cleaner.cli.progress.perf_counter", lambda: clock[0])
    for shown in (True, False):
        bar = Progress(shown=shown)
        bar.tick("files", 0, 2000)
        clock[0] += 1.5
        bar.tick("files", 1500, 2000)
        bar.tick("files", 1501, 2000)
        bar.end()
    assert capsys.readouterr().err == "\r\x1b[Kfiles: 1,500 of 2,000, 1,000/s, 0 s left\r\x1b[K"


def test_progress_counts_from_where_a_run_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What an earlier run did is no speed of this one, each stage has a clock of its own, and an unknown end is not guessed at."""
    clock = [0.0]
    monkeypatch.setattr("cleaner.cli.progress.perf_counter", lambda: clock[0])
    bar = Progress(shown=True)
    bar.tick("sketching", 9000, 10000)
    clock[0] += 10
    bar.tick("sketching", 9100, 10000)
    bar.tick("reading", 0, 0)
    clock[0] += 4000
    bar.tick("reading", 8, 0)
    said = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert said == ["sketching: 9,100 of 10,000, 10/s, 90 s left", "reading: 8, 0.0/s"]
