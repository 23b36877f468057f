"""`cleaner audit --by text`: a collection compared by its texts, from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from cleaner.report.collection import schema
from collections_samples import BASE, collection, read, write

TEXTS = [BASE, BASE.upper(), BASE.replace("outer", "outermost"), BASE + " at 12", BASE + " at 21", "short", *collection(40, 6)[:30]]


def audit(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("CLEANER_")}
    return subprocess.run([sys.executable, "-m", "cleaner", "audit", *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", env=env, **more)  # type: ignore[call-overload]


def test_copies_are_told_and_tables_written(tmp_path):
    """The sum, the clusters with what they say, the pairs with differing facts; and in -o the three tables."""
    path = write(tmp_path / "a.jsonl", TEXTS[:6])
    done = audit("--by", "text", path, "-o", tmp_path / "out", "--isolated")
    assert done.returncode == 0 and not done.stderr
    assert f"{path}#0" in done.stdout and "F309" in done.stdout and "F315" in done.stdout
    assert "number “12” against “21”" in done.stdout or "number “21” against “12”" in done.stdout
    assert "1 too short to tell" in done.stdout
    found = read(tmp_path / "out")
    assert len(found["cleaned"]) + sum(not row[4] for row in found["clusters"]) == 6


def test_json_is_what_its_schema_says(tmp_path):
    """One document with the measure, the clusters, the pairs whose facts differ and the numbers; the same on stdout and in a file."""
    jsonschema = pytest.importorskip("jsonschema")
    path = write(tmp_path / "a.jsonl", [*TEXTS, "\ud800 " + BASE])
    done = audit("--engine", "memory", path, "--output-format", "json", "--isolated")
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads(schema()))
    assert document["summary"]["rows"] == len(TEXTS) + 1 and document["clusters"] and document["conflicts"]
    audit("--engine", "memory", path, "--output-format", "json", "--output-file", tmp_path / "r.json", "--isolated")
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == done.stdout
    assert audit("--by", "text", path, "--output-format", "json", "-j", 1, "--isolated").stdout == done.stdout


def test_a_line_for_each_finding(tmp_path):
    """concise and jsonl tell every copy and every pair with differing facts, one a line, paragraphs by their number."""
    path = write(tmp_path / "a.jsonl", TEXTS)
    whole = json.loads(audit("--by", "text", path, "--output-format", "json", "--isolated").stdout)
    number = sum(len(cluster["copies"]) for cluster in whole["clusters"]) + len(whole["conflicts"])
    assert len(audit("--by", "text", path, "--output-format", "concise", "--isolated").stdout.splitlines()) == number
    rows = [json.loads(line) for line in audit("--by", "text", path, "--output-format", "jsonl", "--isolated").stdout.splitlines()]
    assert len(rows) == number and {row["kind"] for row in rows} == {"copy", "conflict"}
    two = write(tmp_path / "b.jsonl", [f"{BASE}\n\nOnly here.", f"And here.\n\n{BASE}"])
    assert f"{two}#1 ¶2: F309 copied-text: exact, repeats {two}#0 ¶1" in audit("--by", "paragraph", two, "--output-format", "concise", "--isolated").stdout


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--by", "story", "--engine", "memory"], "--engine memory compares texts, not stories"),
        (["-o", "out"], "-o is for collections"),
        (["--threshold", "0.9"], "--threshold is for collections"),
        (["--by", "text", "--history", "h.db"], "--history is for stories"),
        (["--by", "text", "--report", "r.html"], "--report is for stories"),
        (["--engine", "memory", "--since", "2026-01-01"], "--since is for stories"),
        (["--by", "text", "--output-format", "html"], "by texts it is one of full, concise, json, jsonl"),
        (["--by", "text", "--threshold", "7"], "threshold 7.0 is not allowed"),
        (["--by", "text", "--memory", "lots"], "--memory lots is not allowed"),
        (["--by", "text", "--memory", "5"], "--memory 5 is not allowed"),
        (["--by", "text", "-o", "a.jsonl"], "a.jsonl: is no folder"),
    ],
)
def test_flags_that_do_not_go_together_are_refused_in_one_line(tmp_path, flags, said):
    """Before anything is read; the line names the flag and what to do."""
    write(tmp_path / "a.jsonl", TEXTS[:2])
    done = audit("a.jsonl", *flags, "--isolated", cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl"]


def test_statuses(tmp_path):
    """1 with --fail-on-duplicates where there are copies, 2 where a source cannot be read; the others are compared all the same."""
    path, single = write(tmp_path / "a.jsonl", TEXTS[:3]), write(tmp_path / "b.jsonl", TEXTS[:1])
    assert audit("--by", "text", path, "--fail-on-duplicates", "--isolated").returncode == 1
    assert audit("--by", "text", single, "--fail-on-duplicates", "--isolated").returncode == 0
    assert audit("--by", "text", single, "--quiet", "--isolated").stdout == ""
    done = audit("--by", "text", path, tmp_path / "gone.jsonl", "--isolated")
    assert done.returncode == 2 and "gone.jsonl: cannot be read" in done.stderr and "F309" in done.stdout


def test_hostile_names_and_texts_steer_no_terminal(tmp_path):
    """Control characters of ids and texts are shown as escapes."""
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"id": f"\x1b[31m\u202e{number}", "text": f"\x1b]0;x\x07 {BASE} {number}"}) + "\n" for number in (1, 1, 2)), encoding="utf-8")
    for format in ("full", "concise"):
        shown = audit("--by", "text", path, "--output-format", format, "--isolated").stdout
        assert "\x1b" not in shown and "\u202e" not in shown and "\x07" not in shown


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_an_interrupt_leaves_with_130_and_nothing_torn(tmp_path):
    """Ctrl-C in the middle: no table is there, or a whole one, and nothing else."""
    path = write(tmp_path / "a.jsonl", collection(30_000, 1))
    for pause in (0.1, 1.2):
        running = subprocess.Popen([sys.executable, "-m", "cleaner", "audit", "--by", "text", str(path), "-o", str(tmp_path / "out"), "--isolated"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not (tmp_path / "out").exists() and running.poll() is None:
            time.sleep(0.05)
        time.sleep(pause)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        assert running.returncode in (0, 130) and b"Traceback" not in said
        left = set(os.listdir(tmp_path / "out")) if (tmp_path / "out").exists() else set()
        assert left <= {"clusters.jsonl", "pairs.jsonl", "cleaned.jsonl"}
