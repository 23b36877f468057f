"""What is built is complete, installs, starts light, and completes itself in a shell."""

from __future__ import annotations

import os
import re
import shutil
import site
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: As docs/install.md states it; a test holds that page to the same figures.
WHEEL_BYTES = 1_000_000
SOURCE_BYTES = 2_000_000
OTHERS_BYTES = 60_000_000
NUMBERS_BYTES = 250_000_000
MODULES = {"--version": (2, 80), "check": (55, 140)}


def _setuptools() -> tuple[int, ...]:
    from importlib.metadata import version

    try:
        return tuple(int(part) for part in version("setuptools").split(".")[:1])
    except ImportError:
        return (0,)


builds = pytest.mark.skipif(_setuptools() < (77,), reason="setuptools 77 or newer is not installed")


def run(*words: object, folder: Path | None = None, **more: str) -> str:
    """Run a program without network and without the settings of pip or Python; return what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "CLEANER_"))}
    surroundings = kept | {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"} | more
    done = subprocess.run([str(word) for word in words], cwd=folder, env=surroundings, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- what is built --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a source distribution made of a copy of the tree, and the wheel that is made of that."""
    room = tmp_path_factory.mktemp("built")
    shutil.copytree(
        ROOT, room / "tree", ignore=shutil.ignore_patterns(".git", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", ".venv")
    )
    make = "import sys; from setuptools import build_meta as make; getattr(make, sys.argv[1])(sys.argv[2])"
    run(sys.executable, "-c", make, "build_sdist", room, folder=room / "tree")
    [source] = room.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(room / "unpacked", filter="data")
    [folder] = (room / "unpacked").iterdir()
    run(sys.executable, "-c", make, "build_wheel", room, folder=folder)
    return room


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    [found] = built.glob("*.whl")
    return found


@builds
def test_a_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Every module, schema and template, the mark of types, the man page and the licence; no tests, no caches."""
    there = members(wheel)
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "cleaner").rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}
    }
    assert "cleaner/py.typed" in package and any("/schema/" in name for name in package) and any("/templates/" in name for name in package)
    assert {name for name in there if name.startswith("cleaner/")} == package
    others = {name.partition("/")[2] for name in there if not name.startswith("cleaner/")}
    assert {"data/share/man/man1/cleaner.1", "licenses/LICENSE", "METADATA", "entry_points.txt", "RECORD"} <= others
    assert {name.partition("/")[0].rpartition(".")[2] for name in there if not name.startswith("cleaner/")} == {"dist-info", "data"}


@builds
def test_a_wheel_says_what_it_needs(wheel: Path) -> None:
    """The licence, the versions of Python, the extras, and no direct addresses."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("METADATA")]
        said = archive.read(name).decode("utf-8")
    assert "License-Expression: Apache-2.0" in said and "Requires-Python: >=3.11" in said
    assert set(re.findall(r"(?m)^Provides-Extra: (.*)$", said)) >= {"extract", "lsp", "parquet", "review", "docs", "test"}
    assert " @ " not in said


@builds
def test_a_source_distribution_is_the_repository(built: Path) -> None:
    """Tests, fixtures, seeds, pages and the script of the checks are in it, so that whoever packages it can run them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    [folder] = (built / "unpacked").iterdir()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    tracked = {name for name in listed.stdout.decode("utf-8").split("\0") if name and (ROOT / name).is_file()}
    assert tracked - there == set()


# --- installed ------------------------------------------------------------------------------------------------------


def beside(environment: Path) -> None:
    """Let an environment see the libraries that are installed here, so that nothing has to be fetched."""
    [packages] = {path for path in environment.rglob("site-packages") if path.is_dir()}
    for old in packages.glob("setuptools*"):  # Python 3.11 puts one into every environment
        shutil.rmtree(old)
    outer = [path for path in (*site.getsitepackages(), sysconfig.get_path("purelib"))]
    (packages / "outer.pth").write_text("\n".join(dict.fromkeys(outer)) + "\n", encoding="utf-8")


def program(environment: Path, name: str) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin") / (f"{name}.exe" if os.name == "nt" else name)


@builds
def test_an_installed_wheel_works(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment: the program, the module, the man page, and each main command on a seed."""
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python, cleaner = program(tmp_path / "venv", "python"), program(tmp_path / "venv", "cleaner")
    run(python, "-m", "pip", "install", wheel)
    beside(tmp_path / "venv")
    assert (tmp_path / "venv" / "share" / "man" / "man1" / "cleaner.1").is_file()
    work = tmp_path / "work"
    shutil.copytree(ROOT / "seeds", work)
    where = run(python, "-c", "import cleaner; print(cleaner.__file__)", folder=work)
    assert Path(where.strip()).is_relative_to(tmp_path)
    assert run(cleaner, "--version", folder=work) == run(python, "-m", "cleaner", "--version", folder=work) != ""
    assert run(cleaner, "clean", "--isolated", "harbour.txt", folder=work).startswith("# Harbour of Westhaven")
    assert "D103" in run(cleaner, "check", "--isolated", "--exit-zero", "harbour.txt", folder=work)
    run(cleaner, "audit", "--isolated", "--report", "page.html", *sorted((work / "feeds").iterdir()), folder=work)
    assert (work / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for schema in ("report", "audit"):
        assert '"$schema"' in run(cleaner, "config", "--schema", schema, folder=work)
    assert run(cleaner, "rule", "D103", folder=work).startswith("# D103")


@builds
@pytest.mark.skipif(os.name == "nt", reason="the container is one of Linux")
def test_what_the_container_copies_is_enough_to_install(tmp_path: Path) -> None:
    """The files that the Containerfile names, and the commands of its first stage, in another folder than its own."""
    from shutil import copy, copytree

    text = (ROOT / "Containerfile").read_text(encoding="utf-8").partition("AS build\n")[2].partition("\n\n")[0]
    source, target = tmp_path / "source", tmp_path / "opt"
    for names in re.findall(r"(?m)^COPY (.*)$", text):
        *sources, to = names.split()
        for name in sources:
            there = source / to / Path(name).name if to.endswith("/") else source / to
            there.parent.mkdir(parents=True, exist_ok=True)
            copytree(ROOT / name, there) if (ROOT / name).is_dir() else copy(ROOT / name, there)
    commands = [line.replace("/opt/cleaner", str(target)) for line in re.findall(r"(?m)^RUN (.*)$", text)]
    assert len(commands) == 2
    run("bash", "-c", commands[0].replace("python", sys.executable, 1), folder=source)
    beside(target)
    run("bash", "-c", commands[1], folder=source, PIP_NO_BUILD_ISOLATION="0")
    assert run(target / "bin" / "cleaner", "--version").startswith("cleaner ")


@builds
@pytest.mark.skipif(os.name == "nt", reason="the script is run by a POSIX bash here")
def test_the_action_installs_what_it_is_told(wheel: Path, tmp_path: Path) -> None:
    """Its first step makes an environment of its own, whatever lies in the repository that it runs in."""
    import yaml

    [step] = [step for step in yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"] if step.get("id") == "install"]
    work = tmp_path / "hostile"
    for name in ("venv", "pip", "encodings"):
        (work / name).mkdir(parents=True)
        (work / name / "__init__.py").write_text("", encoding="utf-8")
        (work / name / "__main__.py").write_text("open('owned', 'w')", encoding="utf-8")
    script = step["run"].replace('"$program" --version', "true")  # its libraries are not there without network
    given = {"INPUT_PYTHON": sys.executable, "INPUT_PACKAGE": str(wheel), "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    run("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script, folder=work, **given)
    beside(tmp_path / "cleaner")
    told = (tmp_path / "output").read_text(encoding="utf-8").strip().removeprefix("program=")
    assert run(told, "--version", folder=work).startswith("cleaner ")
    assert not (work / "owned").exists()


# --- light ----------------------------------------------------------------------------------------------------------


def _started(folder: Path, *words: str) -> set[str]:
    """Return the modules that a run of the program imports."""
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
before = set(sys.modules)
from cleaner.cli import main
try:
    main(sys.argv[1:])
except SystemExit as done:
    assert not done.code, done.code
print("modules:", *sorted(set(sys.modules) - before))
"""
    return set(run(sys.executable, "-I", "-c", code, *words, folder=folder).rpartition("modules:")[2].split())


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    (tmp_path / "clean.md").write_text("# The Ferry\n\nThe first ferry leaves at noon, and the last one when the captain has eaten.\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("words", [("--version",), ("check", "--isolated", "clean.md")], ids=lambda words: words[0])
def test_few_modules_are_imported_to_start(sound: Path, words: tuple[str, ...]) -> None:
    """Counted, not timed: a run over a sound file imports click, what is ours, and little of the standard library."""
    names = _started(sound, *words)
    assert {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) <= {"cleaner", "click", "colorama", "typing_extensions"}
    assert {name for name in names if name.startswith("cleaner.cli.")} <= {f"cleaner.cli.{name}" for name in ("shared", "work", *words)}
    own = {name for name in names if name.split(".")[0] == "cleaner"}
    assert (len(own), len(names)) <= MODULES[words[0]] and len(names) <= MODULES[words[0]][1]


def test_what_the_base_install_brings_is_written_down() -> None:
    """The libraries, by name and with all that they need, stand in docs/install.md, and their size keeps to its budget."""
    from importlib.metadata import distribution

    from packaging.requirements import Requirement

    def needs(name: str) -> set[str]:
        asked = map(Requirement, distribution(name).requires or [])
        return {each.name.lower().replace("_", "-").replace("sgmllib3k", "feedparser-sgmllib") for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})}

    every, fresh = set(), {"cleaner"}
    while fresh:
        every |= fresh
        fresh = {name for each in fresh for name in needs(each)} - every
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    named = set(re.search(r"brings these libraries, and no others:\n(.*?)\.\n", page, re.DOTALL)[1].replace("\n", " ").split(", "))
    assert {name.strip() for name in named} == every - {"cleaner", "colorama", "typing-extensions"}
    size = {
        name: sum(path.stat().st_size for file in distribution(name).files or () if (path := Path(str(file.locate()))).is_file())
        for name in every - {"cleaner"}
    }
    large = size.pop("numpy") + size.pop("scipy")
    assert sum(size.values()) < OTHERS_BYTES and large < NUMBERS_BYTES


@builds
def test_a_wheel_is_small(wheel: Path, built: Path) -> None:
    """The budget of docs/install.md, which states these figures."""
    [source] = built.glob("*.tar.gz")
    assert wheel.stat().st_size < WHEEL_BYTES and source.stat().st_size < SOURCE_BYTES


def test_the_page_states_the_budget() -> None:
    """What is checked here is what the page promises."""
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| ([^|]+?) \| ([^|]+?) \|", page))
    assert rows["the wheel"] == f"{WHEEL_BYTES // 1_000_000} MB"
    assert rows["the source distribution"] == f"{SOURCE_BYTES // 1_000_000} MB"
    assert rows["numpy and scipy, installed"] == f"{NUMBERS_BYTES // 1_000_000} MB"
    assert rows["all other libraries, installed"] == f"{OTHERS_BYTES // 1_000_000} MB"
    for words, said in (("--version", "`cleaner --version`"), ("check", "`cleaner check` of a sound file")):
        own, every = MODULES[words]
        assert rows[f"modules that {said} imports"] == f"{every}, {own} of them ours"


# --- the man page, and the shell ------------------------------------------------------------------------------------


def test_the_man_page_is_up_to_date() -> None:
    """docs/cleaner.1 is made of the commands' own words; `python docs/make.py` makes it."""
    made = run(sys.executable, "-c", "import sys; sys.path.insert(0, 'docs'); import make; sys.stdout.write(make.man())", folder=ROOT, PYTHONPATH=str(ROOT))
    assert (ROOT / "docs" / "cleaner.1").read_text(encoding="utf-8") == made


@pytest.mark.parametrize(
    "words", [("groff", "-man", "-Kutf8", "-Tutf8", "-ww"), ("mandoc", "-T", "lint", "-W", "error"), ("man", "--warnings", "-l")], ids=lambda words: words[0]
)
def test_readers_of_man_pages_take_it(words: tuple[str, ...]) -> None:
    """Without a complaint, and each option can be found in it."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not here")
    surroundings = os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MAN_KEEP_FORMATTING": "", "GROFF_NO_SGR": "1"}
    done = subprocess.run([*words, str(ROOT / "docs" / "cleaner.1")], capture_output=True, env=surroundings, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    if words[0] == "mandoc":
        return
    from cleaner.cli import main

    text = re.sub(r".\x08", "", done.stdout.decode("utf-8"))
    commands = [main.get_command(None, name) for name in main.list_commands(None)]
    for flag in {flag for command in commands for option in command.params for flag in option.opts if flag.startswith("--")}:
        assert flag in text, flag


def completed(*words: str) -> list[str]:
    """Return what a shell is offered for the last of these words, each as `kind,value`."""
    code = "import sys; sys.argv[0] = 'cleaner'; from cleaner.cli import run; run()"
    told = {"_CLEANER_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(("cleaner", *words)), "COMP_CWORD": str(len(words))}
    return run(sys.executable, "-c", code, PYTHONPATH=str(ROOT), **told).split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["c"], ["plain,clean", "plain,check", "plain,config"]),
        (["--v"], ["plain,--version"]),
        (["check", "--output-"], ["plain,--output-format", "plain,--output-file"]),
        (["check", "--output-format", "j"], ["plain,json", "plain,jsonl", "plain,junit"]),
        (["clean", "--layout", ""], ["plain,canonical", "plain,keep"]),
        (["check", "do"], ["file,do"]),
        (["clean", "-o", "x"], ["file,x"]),
        (["undo", "rep"], ["file,rep"]),
        (["check", "--cache-dir", "x"], ["dir,x"]),
        (["rule", "D10"], ["plain,D101", "plain,D102", "plain,D103", "plain,D104", "plain,D105"]),
        (["check", "--select", "L40"], ["plain,L401", "plain,L402", "plain,L403"]),
    ],
    ids=" ".join,
)
def test_a_command_line_is_completed(words: list[str] | list[list[str]], offered: list[str]) -> None:
    """Commands, options, choices, files, folders, and the codes of rules."""
    assert completed(*words) == offered


def test_completing_a_command_loads_none_of_them() -> None:
    """A name is offered as fast as the program starts."""
    code = (
        "import os, sys; sys.argv[0] = 'cleaner'; from cleaner.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('cleaner.')])"
    )
    told = {"_CLEANER_COMPLETE": "bash_complete", "COMP_WORDS": "cleaner ch", "COMP_CWORD": "1", "PYTHONPATH": str(ROOT)}
    assert run(sys.executable, "-c", code, **told).splitlines() == ["plain,check", "['cleaner.cli']"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_one(shell: str, tmp_path: Path) -> None:
    """The shell reads it without a complaint; bash offers what it should."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    code = "import sys; sys.argv[0] = 'cleaner'; from cleaner.cli import run; run()"
    script = run(sys.executable, "-c", code, _CLEANER_COMPLETE=f"{shell}_source", PYTHONPATH=str(ROOT))
    (tmp_path / "script").write_text(script, encoding="utf-8")
    run(shell, "-n", tmp_path / "script")
    if shell == "bash":
        (tmp_path / "cleaner").write_text(f"#!{sys.executable}\nfrom cleaner.cli import run\nrun()\n", encoding="utf-8")
        (tmp_path / "cleaner").chmod(0o755)
        ask = '. ./script; COMP_WORDS=(cleaner check --prof); COMP_CWORD=2; _cleaner_completion cleaner; echo "${COMPREPLY[@]}"'
        said = run("bash", "-c", ask, folder=tmp_path, PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}", PYTHONPATH=str(ROOT))
        assert said.split() == ["--profile"]


# --- from the package index ---------------------------------------------------------------------------------------------


UNREACHABLE = re.compile(r"Connection|name resolution|timed out|Network is|Failed to fetch|dns error", re.IGNORECASE)


def from_index(*words: object, room: Path, **more: str) -> str:
    """Run a program with the network as it is here; return what it prints. Skips where the package index cannot be reached."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CLEANER_", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in words], cwd=room, env=kept | more, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False, timeout=300
    )
    if done.returncode != 0 and UNREACHABLE.search(done.stderr):
        pytest.skip(f"the package index cannot be reached: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@builds
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_base_install_needs_no_compiler(version: str, wheel: Path, tmp_path: Path) -> None:
    """For each Python that is promised everything the wheel asks for is there, agrees, and is built already: asked of uv, in a tenth of pip's time."""
    from_index(
        sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--only-binary=:all:", "--python-version", version, "--target", tmp_path / "into", wheel,
        room=tmp_path, UV_CACHE_DIR=str(tmp_path / "uv"),
    )  # fmt: skip


@builds
def test_pipx_and_uvx_run_it(wheel: Path, tmp_path: Path) -> None:
    """The two programs that run a command without installing it run ours out of the wheel."""
    homes = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin"), "UV_CACHE_DIR": str(tmp_path / "uv")}
    said = from_index(sys.executable, "-m", "pipx", "run", "--spec", wheel, "cleaner", "--version", room=tmp_path, **homes)
    assert said.startswith("cleaner ")
    said = from_index(sys.executable, "-m", "uv", "tool", "run", "--from", wheel, "cleaner", "--version", room=tmp_path, **homes)
    assert said.startswith("cleaner ")
