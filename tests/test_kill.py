"""
Killed at any moment: files are whole, and nothing is lost.

A process that cleans many files in place is killed without warning (SIGKILL), or asked to stop (SIGINT, SIGTERM), at a random moment.
Every file then is as it was or as it was to be, to the byte; what is left beside it is swept by the next run, which completes the
work. CLEANER_KILLS sets how many processes are killed; the suite kills a few.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = int(os.environ.get("CLEANER_KILLS", "4"))
FILES = 40
COMMANDS = {
    "check --fix": ["check", "--fix", "--isolated", "--no-cache", "-q", "-j1", "."],
    "clean --in-place": ["clean", "--in-place", "--layout", "keep", "--isolated", "-q"],
}
#: A run over many, and how often it is asked to stop.
MANY = 500
STOPS = max(1, KILLS // 4)
SAID = "The harbour office of Westhaven counted {n} boats on Monday morning, and none of them had its lamps lit."

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed otherwise here")


def lay(folder: Path, number: int = FILES) -> dict[str, bytes]:
    """Write files that each hold something to remove; return their bytes by name. Of many, each is short."""
    made: dict[str, bytes] = {}
    for at in range(number):
        end = "\r\n" if at % 5 == 0 else "\n"
        rows = [f"# Boats {at}", *(SAID.format(n=at * 100 + each) for each in range(3 + at % 9 if number == FILES else 2)), SAID.format(n=at * 100), SAID.format(n=at * 100)]
        rows = [*rows[:2], rows[1], *rows[2:-2]]  # the first paragraph again, directly below itself
        made[f"a{at}.md"] = (end * 2).join(rows).encode("utf-8-sig" if at % 7 == 0 else "utf-8") + end.encode()
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return made


def command(words: list[str], names: list[str]) -> list[str]:
    return [sys.executable, "-m", "cleaner", *words, *([] if words[-1] == "." else names)]


def _named(beside: Path) -> str:
    """Return the file that a temporary one was made for: ".a14.md.cleaner-3d98.tmp" is that of a14.md."""
    return beside.name[1:].partition(".cleaner-")[0]


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module", params=COMMANDS)
def job(request, tmp_path_factory):
    """A command, the files before and after it, and how long it takes."""
    words = COMMANDS[request.param]
    folder = tmp_path_factory.mktemp("whole")
    before = lay(folder)
    start = time.monotonic()
    done = subprocess.run(command(words, [*before]), cwd=folder, capture_output=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    after = held(folder)
    assert set(after) == set(before) and all(after[name] != before[name] for name in before)
    return words, before, after, time.monotonic() - start


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_every_file_is_whole(job, sign, tmp_path):
    """Old or new, never torn and never gone; and the next run completes the work and leaves nothing beside."""
    words, before, after, seconds = job
    pick = random.Random(f"{words}{sign}")
    mixed = 0
    for _ in range(KILLS if sign == signal.SIGKILL else max(2, KILLS // 10)):
        for path in tmp_path.iterdir():
            path.unlink()
        lay(tmp_path)
        process = subprocess.Popen(command(words, [*before]), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(pick.uniform(0.2, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(sign)
        process.wait(60)
        left = held(tmp_path)
        for name in before:
            assert left.get(name) in (before[name], after[name]), name
        mixed += any(left[name] == after[name] for name in before) and any(left[name] == before[name] for name in before)
        beside = [tmp_path / name for name in left if name not in before]
        assert len(beside) <= 1 and all(path.name.startswith(".") and path.name.endswith(".tmp") for path in beside)
        for path in beside:  # what is an hour old belongs to nobody who still writes
            os.utime(path, (time.time() - 7200, time.time() - 7200))
        if beside:  # a file that needs no more work is not asked for what stands beside it
            (tmp_path / _named(beside[0])).write_bytes(before[_named(beside[0])])
        subprocess.run(command(words, [*before]), cwd=tmp_path, capture_output=True, timeout=120, check=False)
        assert held(tmp_path) == after
    if sign == signal.SIGKILL and KILLS >= 100:
        assert mixed, "no kill came while files were being written: nothing was shown"


_TWO = ["check", "--fix", "--isolated", "--no-cache", "-q", "-j2", "."]
_STOPPED = [(_TWO, signal.SIGINT), (COMMANDS["clean --in-place"], signal.SIGTERM)]
_MORE = [(words, sign) for words in (_TWO, *COMMANDS.values()) for sign in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize(("words", "sign"), _MORE if KILLS >= 20 else _STOPPED, ids=str)
def test_a_run_that_is_asked_to_stop(words, sign, tmp_path):
    """Five hundred files, and a signal at a random moment: each file is old or new, nothing lies beside it, the status is 130 and it is said."""
    pick = random.Random(f"{words}{sign}{STOPS}")
    before = lay(tmp_path, MANY)
    start = time.monotonic()
    subprocess.run(command(words, [*before]), cwd=tmp_path, capture_output=True, timeout=300, check=False)
    seconds = time.monotonic() - start
    after = held(tmp_path)
    assert set(after) == set(before) and all(after[name] != before[name] for name in before)
    stopped = tried = 0
    while tried < STOPS or (not stopped and tried < STOPS + 5):
        tried += 1
        lay(tmp_path, MANY)
        process = subprocess.Popen(command(words, [*before]), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            process.wait(pick.uniform(0.3, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(sign)
        _, said = process.communicate(timeout=60)
        left = held(tmp_path)
        assert set(left) == set(before), set(left) ^ set(before)
        assert all(left[name] in (before[name], after[name]) for name in before)
        if process.returncode == 130:
            stopped += 1
            assert said.strip() == "cleaner: interrupted; each file is the old one or the new one, and whole"
        else:  # it was done by then, or Python had not even begun
            assert process.returncode in (0, 1) or (process.returncode in (-sign, 1) and left == before), (process.returncode, said)
    assert stopped, "every run was done before it was asked to stop: nothing was shown"
