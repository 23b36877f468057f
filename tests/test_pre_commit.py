"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in real repositories, configured as docs/check.md says."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import util
from pathlib import Path

import pytest
import yaml

from cleaner.cli.shared import watched
from cleaner.walk import SUFFIXES

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
BRIDGE = "The council approved the new bridge on Monday after a debate of three hours in the old hall."
BANK = "Work on the eastern bank begins in spring and is to last for two years, or so they say."
SOUND = f"# Bridge\n\n{BRIDGE}\n\n{BANK}\n"
TWICE = f"# Bridge\n\n{BRIDGE}\n\n{BRIDGE}\n\n{BANK}\n"
# All that a shell, git or an argument parser might trip over. The last one would write a report, if it were an option.
NAMES = ("a b.md", "q'u\"o.md", "l\nf.md", "$(touch x).md", "ü;.md", "*.md", "-x.md", "--fix.md", "--output-file=stolen.md")

# What an index that cannot be reached makes pip say; any other failure to install is ours.
UNREACHABLE = re.compile(r"No matching distribution|Could not find a version|Connection|name resolution|timed out|Network is", re.IGNORECASE)

needs_pre_commit = [
    pytest.mark.skipif(os.name == "nt", reason="the names and the permissions are those of POSIX"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
    pytest.mark.skipif(util.find_spec("pre_commit") is None, reason="pre-commit is not installed; the extra 'test' brings it"),
]
pytestmark = needs_pre_commit

Run = Callable[..., subprocess.CompletedProcess[str]]


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of nobody: no settings of git, pre-commit or ours, and no package but the one that pre-commit installs."""
    foreign = ("CLEANER_", "GIT_", "PRE_COMMIT", "PYTHON", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    for name in ("SKIP", "NO_COLOR", "FORCE_COLOR", "VIRTUAL_ENV"):
        kept.pop(name, None)
    who = {"GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "n@example.org", "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "n@example.org"}
    own = {"HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONUTF8": "1", "TERM": "xterm"}
    return {**kept, **who, **own, **more}


def run(folder: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *words[1:]] if words[0] == "pre-commit" else list(words)
    return subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", errors="surrogateescape", check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """
    The snippet of the page about a clone of this repository as it is here, and the environment in which its hooks are installed.

    pre-commit builds the hooks' own virtual environment, with pip and from the package index, as it does for a user. That takes
    a quarter of a minute, so all tests share it, also those of other processes: pre-commit locks it while it builds.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    clone = shared / "pre-commit clone"
    if not clone.exists():
        ours = tmp_path_factory.mktemp("clone")
        for name in ("pyproject.toml", "setup.cfg", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
            shutil.copy(ROOT / name, ours)
        for name in ("cleaner", "docs"):
            shutil.copytree(ROOT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
        dated = surroundings(ours, GIT_AUTHOR_DATE="2001-01-01T00:00:00Z", GIT_COMMITTER_DATE="2001-01-01T00:00:00Z")
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as it is here")):
            done = run(ours, dated, "git", *words)
            assert done.returncode == 0, done.stderr
        try:
            ours.rename(clone)
        except OSError:  # the other process was first
            assert clone.exists()
    revision = run(clone, surroundings(clone), "git", "rev-parse", "HEAD").stdout.strip()
    found = re.search(r"## As a pre-commit hook\n.*?```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    config = re.sub(r"(?m)^(  - repo: ).*$", lambda row: f"{row[1]}{clone}", found[1])
    config = re.sub(r"(?m)^(    rev: ).*$", lambda row: f"{row[1]}{revision}", config)
    assert str(clone) in config and revision in config

    # The user's home stays for this step alone: pip finds its index and its cache there.
    environment = surroundings(Path.home(), PRE_COMMIT_HOME=str(shared / "pre-commit home"))
    folder = tmp_path_factory.mktemp("install")
    run(folder, environment, "git", "init", "-q")
    (folder / ".pre-commit-config.yaml").write_text(with_hook(config, "cleaner-fix"), encoding="utf-8")
    done = run(folder, environment, "pre-commit", "install-hooks")
    said = done.stdout + done.stderr
    if done.returncode != 0 and UNREACHABLE.search(said):
        pytest.skip(f"the package index cannot be reached, so pre-commit cannot install the hooks: {said[-300:]}")
    assert done.returncode == 0, said
    return config, environment


def with_hook(config: str, name: str, more: str = "") -> str:
    """The snippet with one hook, and more lines of its settings."""
    head, _, _ = config.partition("      - id: ")
    return f"{head}      - id: {name}\n" + "".join(f"        {row}\n" for row in more.splitlines())


class Repository:
    """A repository with the hooks of the page, installed in git."""

    def __init__(self, folder: Path, config: str, environment: dict[str, str]) -> None:
        self.folder = folder
        self.config = config
        self.environment = environment
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        self.hook("cleaner-check")
        done = self.pre_commit("install")
        assert done.returncode == 0, done.stdout + done.stderr

    def git(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder, {**self.environment, **more}, "git", *words)

    def pre_commit(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder, {**self.environment, **more}, "pre-commit", *words)

    def commit(self, **more: str) -> subprocess.CompletedProcess[str]:
        done = self.git("commit", "-m", "a commit", **more)
        done.stdout += done.stderr
        return done

    def hook(self, name: str, more: str = "") -> None:
        """Configure one hook and commit that alone."""
        self.write(".pre-commit-config.yaml", with_hook(self.config, name, more))
        self.git("add", ".pre-commit-config.yaml")
        done = self.git("commit", "-q", "--no-verify", "-m", "settings", "--", ".pre-commit-config.yaml")
        assert done.returncode == 0, done.stderr

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(text.encode("utf-8"))

    def read(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode("utf-8")

    def stage(self, *names: str) -> None:
        done = self.git("add", "--", *names) if names else self.git("add", "-A")
        assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path: Path, installed: tuple[str, dict[str, str]]) -> Repository:
    config, environment = installed
    (tmp_path / "home").mkdir()
    return Repository(tmp_path / "a repository", config, {**environment, "HOME": str(tmp_path / "home")})


def test_the_hooks_are_for_what_a_folder_is_searched_for() -> None:
    """Both hooks name the suffixes that `cleaner check` takes for articles, and keep file names from being read as options."""
    assert [hook["id"] for hook in HOOKS] == ["cleaner-check", "cleaner-fix"]
    for hook in HOOKS:
        pattern = re.compile(hook["files"])
        assert all(pattern.search(f"docs/x{suffix}") and pattern.search(f"X{suffix.upper()}") for suffix in SUFFIXES)
        assert not any(pattern.search(name) for name in ("x.py", "x.md.j2", "md", "x.mdxx", "key.asc", "LICENSE"))
        assert sorted(re.findall(r"[a-z]+(?=[|)])", hook["files"].removeprefix("(?i)"))) == sorted(suffix[1:] for suffix in SUFFIXES)
        assert hook["args"][-1] == "--"


def test_the_oldest_pre_commit_is_the_one_that_tests_ask_for() -> None:
    """The version that the hooks ask for is the lower bound of the extra that tests need."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert f"pre-commit>={HOOKS[0]['minimum_pre_commit_version']}" in extras["test"]
    assert len({hook["minimum_pre_commit_version"] for hook in HOOKS}) == 1


def test_pre_commit_takes_the_hooks_for_valid() -> None:
    """By its own check of such files, in which an unknown key is a warning."""
    done = run(ROOT, surroundings(Path.home()), "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_commit_is_stopped_until_the_repeat_is_gone(repository: Repository) -> None:
    """The finding is said in plain text, nothing is written, and the mended article goes through."""
    repository.write("a.md", TWICE)
    repository.stage()
    done = repository.commit()
    assert done.returncode == 1
    assert "cleaner check" in done.stdout and "exit code: 1" in done.stdout
    assert "D101 repeated-paragraph" in done.stdout and "1 finding in 1 file" in done.stdout
    assert "\x1b" not in done.stdout and "\r" not in done.stdout
    assert repository.read("a.md") == TWICE
    repository.write("a.md", SOUND)
    repository.stage()
    assert repository.commit().returncode == 0
    assert repository.git("show", "HEAD:a.md").stdout == SOUND


def test_the_fixing_hook_mends_and_stops_the_commit(repository: Repository) -> None:
    """What it wrote is for the author to see and to stage; then the commit goes through. What is no article is left alone."""
    repository.hook("cleaner-fix")
    for name in ("a.md", "b.rst", "c.txt", "program.py"):
        repository.write(name, TWICE)
    repository.stage()
    done = repository.commit()
    assert done.returncode == 1 and "files were modified by this hook" in done.stdout
    assert [repository.read(name) for name in ("a.md", "program.py")] == [SOUND, TWICE]
    assert BRIDGE not in repository.read("b.rst").replace(BRIDGE, "", 1) and BRIDGE not in repository.read("c.txt").replace(BRIDGE, "", 1)
    assert repository.git("show", ":a.md").stdout == TWICE
    repository.stage()
    assert repository.commit().returncode == 0


def test_the_fixing_hook_leaves_what_may_be_meant(repository: Repository) -> None:
    """It carries out safe edits only; the rest is shown and stops the commit, also the second time."""
    article = (ROOT / "seeds" / "sourdough.md").read_text(encoding="utf-8")
    repository.hook("cleaner-fix")
    repository.write("sourdough.md", article)
    repository.stage()
    assert repository.commit().returncode == 1
    mended = repository.read("sourdough.md")
    assert len(article) - 10 < len(mended) < len(article)
    repository.stage()
    done = repository.commit()
    assert done.returncode == 1 and "D102" in done.stdout and "D105" in done.stdout
    assert "files were modified" not in done.stdout and repository.read("sourdough.md") == mended


def test_only_what_is_staged_is_looked_at(repository: Repository) -> None:
    """Neither a tracked article with unstaged edits nor an untracked one stops a commit that is about another."""
    repository.write("tracked.md", SOUND)
    repository.stage()
    assert repository.commit().returncode == 0
    repository.write("tracked.md", TWICE)
    repository.write("untracked.md", TWICE)
    repository.write("new.md", SOUND)
    repository.stage("new.md")
    done = repository.commit()
    assert done.returncode == 0, done.stdout
    assert repository.read("tracked.md") == TWICE and repository.read("untracked.md") == TWICE


def test_of_a_partly_staged_file_the_staged_part_is_judged(repository: Repository) -> None:
    """A repeat that is not staged stops nothing; one that is staged and already gone from the folder does."""
    repository.write("a.md", SOUND)
    repository.stage()
    repository.write("a.md", TWICE)
    assert repository.commit().returncode == 0
    assert repository.read("a.md") == TWICE
    repository.stage()
    repository.write("a.md", SOUND)
    done = repository.commit()
    assert done.returncode == 1 and "D101" in done.stdout
    assert repository.read("a.md") == SOUND


def test_unstaged_work_elsewhere_in_a_file_outlives_the_fix(repository: Repository) -> None:
    """pre-commit sets the unstaged part aside and puts it back over the mended text: nothing of either is lost."""
    repository.hook("cleaner-fix")
    long = "\n".join(f"Paragraph number {number} stands between the bridge and the note about it.\n" for number in "abcdefghij")
    repository.write("a.md", TWICE + "\n" + long)
    repository.stage()
    repository.write("a.md", TWICE + "\n" + long + "\nAn unstaged note at the end.\n")
    done = repository.commit()
    assert done.returncode == 1 and "files were modified by this hook" in done.stdout
    assert repository.read("a.md") == SOUND + "\n" + long + "\nAn unstaged note at the end.\n"
    assert repository.git("show", ":a.md").stdout == TWICE + "\n" + long


def test_unstaged_work_at_the_same_place_outlives_the_fix(repository: Repository) -> None:
    """Where the fix and the unstaged work meet, pre-commit takes the fix back; the work is there byte for byte."""
    repository.hook("cleaner-fix")
    mine = TWICE.replace(BRIDGE, BRIDGE + " So it was decided.") + "And more.\n"
    repository.write("a.md", TWICE)
    repository.stage()
    repository.write("a.md", mine)
    done = repository.commit()
    assert done.returncode == 1 and "conflicted with hook auto-fixes" in done.stdout
    assert repository.read("a.md") == mine
    assert repository.git("show", ":a.md").stdout == TWICE


def test_a_name_is_never_more_than_a_name(repository: Repository) -> None:
    """Blanks, quotes, line ends, what a shell would expand and what looks like an option: all are checked, and mended."""
    for name in NAMES:
        repository.write(name, TWICE)
    repository.hook("cleaner-check", 'args: ["--output-format=json", "--"]')
    repository.stage()
    done = repository.pre_commit("run")
    assert done.returncode == 1
    for name in NAMES:
        assert f'"path": {json_name(name)}' in done.stdout, name
    assert done.stdout.count('"rule": "D101"') == len(NAMES)
    repository.hook("cleaner-fix")
    repository.stage()
    done = repository.pre_commit("run")
    assert "files were modified by this hook" in done.stdout
    assert {name: repository.read(name) for name in NAMES} == dict.fromkeys(NAMES, SOUND)
    there = {name for name in os.listdir(repository.folder) if not name.startswith(".")}
    assert there == set(NAMES)


def json_name(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


@pytest.mark.parametrize("serial", ["", "require_serial: false\n"], ids=["as-configured", "in-parallel"])
def test_a_list_that_is_split_finds_the_same(repository: Repository, serial: str) -> None:
    """More names than a command line holds go to several processes, and each finding is what one process finds."""
    folder = "/".join(["a-name-as-long-as-names-of-folders-in-documentation-are"] * 3)
    for number in range(900):
        repeated = number % 3 == 0
        repository.write(f"{folder}/chapter-{number:04}.md", (TWICE if repeated else SOUND).replace("bridge", f"bridge {number}"))
    repository.hook("cleaner-check", serial + 'args: ["--output-format=concise", "--"]')
    repository.stage()
    done = repository.pre_commit("run", "--all-files")
    rows = done.stdout.splitlines()
    summaries = [row for row in rows if re.search(r"findings? in \d+ files?|nothing found in", row)]
    assert len(summaries) > 1
    assert sum(int(re.search(r"in (\d+) file", row)[1]) for row in summaries) == 900  # type: ignore[index]
    apart = sorted(row for row in rows if " D101 " in row)
    alone = run(repository.folder, {**repository.environment, "PYTHONPATH": str(ROOT)}, sys.executable, "-m", "cleaner", "check", "--output-format=concise")
    assert len(apart) == 300
    assert apart == sorted(row for row in alone.stdout.splitlines() if " D101 " in row)


def test_wrong_settings_are_one_line(repository: Repository) -> None:
    """It names the file, the key, the value and what is allowed; the commit does not go through."""
    repository.write("cleaner.toml", 'profile = "novel"\n')
    repository.write("a.md", SOUND)
    repository.stage()
    done = repository.commit()
    assert done.returncode == 1 and "exit code: 2" in done.stdout and "Traceback" not in done.stdout
    [row] = [row for row in done.stdout.splitlines() if row.startswith(("cleaner:", "Error"))]
    assert "cleaner.toml" in row and "profile" in row and "novel" in row and "article, docs, list" in row


def test_a_file_that_cannot_be_read_stops_the_commit(repository: Repository) -> None:
    """It is named, and the others are checked all the same."""
    (repository.folder / "picture.md").write_bytes(bytes(range(256)) * 8)
    repository.write("a.md", TWICE)
    repository.stage()
    done = repository.commit()
    assert done.returncode == 1 and "exit code: 2" in done.stdout
    assert "picture.md" in done.stdout and "D101" in done.stdout


def test_all_files_and_what_is_passed_over(repository: Repository) -> None:
    """`--all-files` takes what is tracked; what the settings exclude is not looked at although the hook names it."""
    repository.write("cleaner.toml", 'extend-exclude = ["drafts/"]\n')
    repository.write("drafts/a.md", TWICE)
    repository.write("docs/b.md", SOUND)
    repository.stage()
    repository.write("untracked.md", TWICE)
    done = repository.pre_commit("run", "--all-files")
    assert done.returncode == 0 and "Passed" in done.stdout
    repository.write("docs/c.md", TWICE)
    repository.stage("docs/c.md")
    done = repository.pre_commit("run", "--all-files")
    assert done.returncode == 1 and "docs/c.md" in done.stdout and "drafts" not in done.stdout and "untracked" not in done.stdout


def test_a_branch_is_checked_between_two_commits(repository: Repository) -> None:
    """In continuous integration: the files that differ between two commits, and no others."""
    repository.write("old.md", TWICE)
    repository.stage()
    assert repository.commit(SKIP="cleaner-check").returncode == 0
    repository.write("new.md", SOUND)
    repository.stage()
    assert repository.commit().returncode == 0
    assert repository.pre_commit("run", "--from-ref", "HEAD~1", "--to-ref", "HEAD").returncode == 0
    assert repository.pre_commit("run", "--from-ref", "HEAD~2", "--to-ref", "HEAD").returncode == 1


def test_a_commit_without_articles_runs_nothing(repository: Repository) -> None:
    """And a hook that is to be skipped is."""
    repository.write("program.py", "x = 1\n")
    repository.stage()
    done = repository.commit()
    assert done.returncode == 0 and "no files to check" in done.stdout
    repository.write("a.md", TWICE)
    repository.stage()
    done = repository.commit(SKIP="cleaner-check")
    assert done.returncode == 0 and "Skipped" in done.stdout


def test_colour_is_what_pre_commit_says(repository: Repository) -> None:
    """With colour it gives hooks a terminal, and they use it; without, they write plain lines. Neither redraws a line."""
    repository.write("a.md", TWICE)
    repository.write("b.md", SOUND)
    repository.stage()
    colored = repository.pre_commit("run", "--color", "always")
    assert re.search(r"\x1b\[\d+m.*D101", colored.stdout) and "\x1b[K" not in colored.stdout
    plain = repository.pre_commit("run", "--color", "never")
    assert "D101" in plain.stdout and "\x1b" not in plain.stdout and "\r" not in plain.stdout


def test_nobody_watches_a_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal is one for progress unless pre-commit reads along: it would show all that was redrawn, at the end."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("PRE_COMMIT", raising=False)
    assert watched(Terminal()) and not watched(io.StringIO())
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert not watched(Terminal())
