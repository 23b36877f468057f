"""The git hook and the lines for continuous integration in docs/check.md do what the page says, in a real repository."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "check.md").read_text(encoding="utf-8")
BRIDGE = "The council approved the new bridge on Monday after a debate of three hours in the old hall."
BANK = "Work on the eastern bank begins in spring and is to last for two years, or so they say."
SOUND = f"# Bridge\n\n{BRIDGE}\n\n{BANK}\n"
TWICE = f"# Bridge\n\n{BRIDGE}\n\n{BRIDGE}\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the hook is run by a POSIX shell")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A repository with the hook of the page, and `cleaner` on the path as it is here."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "cleaner").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cleaner "$@"\n', encoding="utf-8")
    (programs / "cleaner").chmod(0o755)
    root = str(Path(__file__).resolve().parents[1])
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANER_", "GIT_"))}
    surroundings |= {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": root, "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip
    work = tmp_path / "a repository"
    work.mkdir()
    monkeypatch.chdir(work)

    def run(*words: str, shell: str = "") -> subprocess.CompletedProcess[str]:
        command = ["sh", "-c", shell] if shell else ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", *words]
        return subprocess.run(command, env=surroundings, capture_output=True, text=True, encoding="utf-8", check=False)

    run("init", "-q", "-b", "main")
    hook = Path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    found = re.search(r"## A git hook without pre-commit\n.*?```sh\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    hook.write_text(found[1], encoding="utf-8")
    hook.chmod(0o755)
    return run


def test_the_hook_stops_a_commit_that_says_something_twice(git) -> None:  # type: ignore[no-untyped-def]
    """And lets a sound one through, whatever the names of the files."""
    Path("a b.md").write_text(SOUND, encoding="utf-8")
    Path("l\nf.md").write_text(SOUND, encoding="utf-8")
    Path("c.py").write_text("x = 1\n", encoding="utf-8")
    git("add", "-A")
    assert git("commit", "-m", "sound").returncode == 0
    Path("l\nf.md").write_text(TWICE, encoding="utf-8")
    git("add", "-A")
    done = git("commit", "-m", "twice")
    assert done.returncode != 0 and "D101" in done.stdout + done.stderr
    Path("c.py").write_text("x = 2\n", encoding="utf-8")
    git("reset", "-q")
    git("add", "c.py")
    done = git("commit", "-m", "nothing of ours")
    assert done.returncode == 0 and "nothing was checked" not in done.stderr


def test_the_hook_checks_what_is_staged(git) -> None:  # type: ignore[no-untyped-def]
    """Not what stands in the folder: a file that was edited on after `git add` is judged as it will be committed."""
    Path("a.md").write_text(SOUND, encoding="utf-8")
    git("add", "-A")
    Path("a.md").write_text(TWICE, encoding="utf-8")
    assert git("commit", "-m", "staged is sound").returncode == 0
    git("add", "-A")
    Path("a.md").write_text(SOUND, encoding="utf-8")
    assert git("commit", "-m", "staged is not").returncode != 0
    assert Path("a.md").read_text(encoding="utf-8") == SOUND


def test_the_hook_knows_settings_baseline_and_decisions(git) -> None:  # type: ignore[no-untyped-def]
    """They are taken from what is committed, and paths are the same as in the repository."""
    Path("docs").mkdir()
    Path("drafts").mkdir()
    for name in ("docs/known.md", "docs/meant.md", "drafts/x.md"):
        Path(name).write_text(TWICE, encoding="utf-8")
    Path("cleaner.toml").write_text('extend-exclude = ["drafts/"]\nbaseline = "known.txt"\n', encoding="utf-8")
    assert git(shell="cleaner check --add-baseline docs/known.md").returncode == 0
    listed = git(shell="cleaner check -v docs/meant.md").stdout
    own = next(row.split()[1] for row in listed.splitlines() if row.strip().startswith("id "))
    assert git(shell=f"cleaner check --accept {own} docs/meant.md").returncode == 0
    git("add", "-A")
    done = git("commit", "-m", "all known")
    assert done.returncode == 0, done.stdout + done.stderr


def test_continuous_integration_reports_what_the_branch_adds(git) -> None:  # type: ignore[no-untyped-def]
    """The last line of the page's workflow, run on a branch."""
    command = re.findall(r"(?m)^ +- run: (cleaner .*)$", PAGE)[-1]
    Path("old.md").write_text(TWICE, encoding="utf-8")
    git("add", "-A")
    git("commit", "--no-verify", "-m", "old")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert git(shell=f"GITHUB_BASE_REF=main; {command}").returncode == 0
    Path("new.md").write_text(TWICE, encoding="utf-8")
    Path("old.md").write_text(TWICE + "\nIt was the the end.\n", encoding="utf-8")
    done = git(shell=f"GITHUB_BASE_REF=main; {command}")
    rows = done.stdout.splitlines()
    assert done.returncode == 1 and len(rows) == 2
    assert rows[0].startswith("::warning title=D101 repeated-paragraph,file=new.md,line=5")
    assert "D121" in rows[1] and "file=old.md" in rows[1]
