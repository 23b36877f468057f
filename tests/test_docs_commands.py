"""Commands of the pages that stand in no console block: each is run, or stands in a list here with the reason why it is not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

#: A line that another test runs, with the file and the name of that test.
ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/cleaner clean seeds/harbour.txt": "test_docs.py::test_the_first_command_of_the_readme_cleans_a_seed",
    "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/python -m pytest -n 4 --dist loadfile": "test_docs.py::test_the_second_command_of_the_readme_is_what_the_ci_runs",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]'": "test_docs.py::test_extras_that_the_pages_name_exist",
    "python3 -m venv .venv": "test_install.py::test_an_installed_wheel_works",
    ".venv/bin/pip install .": "test_install.py::test_what_the_container_copies_is_enough_to_install",
    ".venv/bin/cleaner --version": "test_install.py::test_an_installed_wheel_works",
}

#: A line that no test runs, by how it begins.
NOT_RUN = {
    "pip install": "fetches from an index; the extras it names are tested to exist",
    "pipx": "fetches from an index; tried by hand with the wheel of each release",
    "uvx": "fetches from an index; tried by hand with the wheel of each release",
    "python fuzz/run.py": "takes half an hour a target; a short run of each is in test_fuzz.py",
    "podman": "needs an engine for containers; the files and commands of the Containerfile are tested",
    "cleaner audit https://": "needs the network; fetching is tested with a server of its own",
    ".venv/bin/python -m pytest": "is what runs this",
}

_WORDS = ("cleaner", "python", "python3", "pip", "pipx", "uvx", "podman", "docker", "npm", "git", "mkdocs", ".venv/bin/", "curl", "man")


def commands(page: str) -> list[str]:
    """Return the lines of a page that are commands, in sh blocks (scripts left out) and in indented ones."""
    found = [line for block in re.findall(r"(?ms)^```(?:sh|bash|shell)\n(.*?)^```$", page) if not block.startswith("#!") for line in block.splitlines()]
    plain = re.sub(r"(?ms)^```.*?^```$", "", page)
    found += re.findall(r"(?m)^ {4}(\S.*)$", plain)
    return [line.strip() for line in found if line.split("/")[0].split()[0] in _WORDS or line.startswith(".venv/bin/")]


EVERY = sorted({line for path in PAGES for line in commands(path.read_text(encoding="utf-8"))})


def reason(line: str) -> str | None:
    return next((why for start, why in NOT_RUN.items() if line.startswith(start)), None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with the files that the pages speak of."""
    for name, seed in {"story.txt": "harbour.txt", "docs/post.md": "sourdough.md", "changed.md": "lighthouse.md"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "seeds" / seed, tmp_path / name)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copytree(ROOT / "seeds" / "feeds", tmp_path, dirs_exist_ok=True)
    for name, seed in {"feed.xml": "gazette.xml", "other.xml": "osterby.atom", "feeds.opml": "all.opml"}.items():
        shutil.copy(tmp_path / seed, tmp_path / name)
    (tmp_path / "corpus").mkdir()
    for name in ("corpus.jsonl", "corpus/one.jsonl"):
        shutil.copy(ROOT / "seeds" / "collection.jsonl", tmp_path / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "cleaner").write_text(f"#!{sys.executable}\nfrom cleaner.cli import run\nrun()\n", encoding="utf-8")
    (tmp_path / "bin" / "cleaner").chmod(0o755)
    commit = "git init -q && git add docs && git -c user.name=n -c user.email=n@example.org commit -qm one && git update-ref refs/remotes/origin/main HEAD"
    subprocess.run(["bash", "-c", commit], cwd=tmp_path, check=True, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})
    return tmp_path


@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("line", EVERY)
def test_a_command_of_the_pages_works(line: str, folder: Path) -> None:
    """
    Commands of cleaner are run among the files they name, and end with 0 or 1. Those of benchmarks/ take minutes and
    need peers: their script is there and knows each flag. All others are run by another test, or have a reason.
    """
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("CLEANER_")} | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder / "config"),
    }  # fmt: skip
    if line in ELSEWHERE:
        name, _, test = ELSEWHERE[line].partition("::")
        assert f"def {test}(" in (ROOT / "tests" / name).read_text(encoding="utf-8")
    elif script := re.match(r"python (benchmarks/\w+\.py)(?: ([^#]*))?", line):
        text = (ROOT / script[1]).read_text(encoding="utf-8")
        assert all(f'"{flag}"' in text for flag in re.findall(r"--[a-z-]+", script[2] or "")), line
    elif reason(line) is None:
        assert line.startswith("cleaner "), f"{line!r} of a page is run by no test: add it to one, or to a list here with the reason"
        done = subprocess.run(["bash", "-c", line], cwd=folder, env=surroundings, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr


def test_no_exception_outlives_its_command() -> None:
    """What is excused or tested elsewhere still stands in a page."""
    assert set(ELSEWHERE) <= set(EVERY)
    assert all(any(line.startswith(start) for line in EVERY) for start in NOT_RUN)
