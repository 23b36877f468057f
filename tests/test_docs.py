"""What the documentation says is true: its commands run, its output is real, its examples hold, its links lead somewhere."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module, util
from pathlib import Path

import pytest

from cleaner.rules import AUDIT, CODES

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SECTIONS = ["## What it does", "## Why", "## Example", "## How far to trust it"]

_spec = util.spec_from_file_location("cleaner_docs_make", ROOT / "docs" / "make.py")
assert _spec is not None and _spec.loader is not None
make = util.module_from_spec(_spec)
_spec.loader.exec_module(make)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def written() -> dict[str, str]:
    """Return what all rules say of themselves."""
    return {code: text for module in ("docs", "encoding", "words", "feeds") for code, text in import_module(f"cleaner.rules.{module}").DOCS.items()}


def unfenced(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def needs_extract(page: str) -> bool:
    return "--extract seeds" in page and util.find_spec("trafilatura") is None


@pytest.mark.skipif(os.name == "nt", reason="the examples are written for a POSIX shell")
@pytest.mark.parametrize("path", make.PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_prints_what_the_page_shows(path):
    """Each command in a console block is run, in order, in one fresh folder; `python docs/make.py` brings a page up to date."""
    page = read(path)
    if needs_extract(page):
        pytest.skip("trafilatura is not installed")
    assert make.consoles(page)
    shown = make.replayed(page)
    for before, after in zip(make.consoles(page), make.consoles(shown), strict=True):
        assert after == before
    assert shown == page


def test_the_first_command_of_the_readme_cleans_a_seed(tmp_path):
    """What the first command does after installing works from the root of the repository."""
    first = blocks(read(ROOT / "README.md"), "sh")[0].strip()
    install, _, clean = first.rpartition(" && ")
    assert install == "python3 -m venv .venv && .venv/bin/pip install ."
    program, *words = clean.split()
    assert program == ".venv/bin/cleaner"
    done = subprocess.run([sys.executable, "-m", "cleaner", *words, "--isolated"], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.startswith(b"# Harbour of Westhaven Reopens")


def test_the_second_command_of_the_readme_is_what_the_ci_runs():
    """`.ci/run` installs the same extra and runs the same tests as the README's second command."""
    second = blocks(read(ROOT / "README.md"), "sh")[1].strip()
    assert second == "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/python -m pytest -n 4 --dist loadfile"
    script = read(ROOT / ".ci" / "run")
    assert "pip install --quiet '.[test]'" in script
    assert "-m pytest -n 4 --dist loadfile" in script.splitlines()[-3]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_extras_that_the_pages_name_exist():
    """Every `pip install '.[extra]'` names an extra of the package."""
    extras = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["optional-dependencies"]
    named = {extra for page in PAGES for extra in re.findall(r"pip install (?:-e )?'\.\[(\w+)\]'", read(page))}
    assert named
    assert named <= extras.keys()


def test_flags_and_commands_that_the_pages_name_exist():
    """Every option and command that the pages speak of is known to the command line."""
    from cleaner.cli import main

    flags: set[str] = set()
    names = main.list_commands(None)
    for name in names:
        command = main.get_command(None, name)
        flags |= {flag for option in command.params for flag in (*option.opts, *option.secondary_opts) if flag.startswith("--")}
    for path in PAGES:
        page = read(path)
        said = set(re.findall(r"`(?:cleaner \w+ )?(--[a-z][a-z-]+)", page)) | {
            flag for block in make.consoles(page) for line in make.commands(block) for flag in re.findall(r"cleaner[^|;&>]*?\s(--[a-z-]+)", line)
        }
        assert said - {"--strict"} <= flags, path.name
        assert set(re.findall(r"`cleaner ([a-z]+)\b", page)) <= set(names), path.name


@pytest.mark.parametrize("name", ["README.md", "docs/api.md"])
def test_examples_in_python_hold(name, monkeypatch):
    """The Python on a page runs as written, from the root of the repository."""
    monkeypatch.chdir(ROOT)
    said = "\n".join(blocks(read(ROOT / name), "python"))
    assert ">>>" in said
    test = doctest.DocTestParser().get_doctest(said, {}, name, name, 0)
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert results.failed == 0
    assert results.attempted > 0


def test_every_rule_explains_itself():
    """Each code has a page of its own with its name and the four sections, in their order."""
    pages = written()
    assert set(pages) == set(CODES | AUDIT)
    for code, name in (CODES | AUDIT).items():
        assert pages[code].startswith(f"# {code} {name}\n")
        headings = re.findall(r"(?m)^## .*$", unfenced(pages[code]))
        assert headings == SECTIONS, code


@pytest.mark.parametrize("code", ["D101", "D103", "D110", "D111", "D120", "D130", "D131"])
def test_the_example_of_a_rule_is_what_the_rule_does(code):
    """The first text of a rule's example becomes the second, by that rule."""
    import cleaner

    example = re.search(r"## Example\n(.*?)\n## How", written()[code], re.DOTALL)
    assert example is not None
    before, after = blocks(example[1], "text")
    report = cleaner.check(before, format="markdown")
    assert report.text == after
    assert [finding.rule for finding in report.files[0].plan.taken] == [code]


@pytest.mark.parametrize("code", ["D102", "D104", "D105", "L401", "M801", "S901"])
def test_the_example_of_a_rule_that_has_no_sequel_is_found_by_it(code):
    """The text of such an example is found by that rule."""
    import cleaner

    example = re.search(r"## Example\n(.*?)\n## How", written()[code], re.DOTALL)
    assert example is not None
    layout = "canonical" if code[0] == "L" else "keep"
    report = cleaner.check(blocks(example[1], "text")[0], format="markdown", profile="article", layout=layout)
    assert code in {finding.rule for finding in report.findings}


def test_the_page_of_rules_is_up_to_date():
    """docs/rules.md is made of the rules' own words; `python docs/make.py` makes it."""
    assert read(ROOT / "docs" / "rules.md") == make.rules()


def _anchors(page: str) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"(?m)^#+ (.+)$", unfenced(page))}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(path):
    """Every relative link names a file of the repository, and its fragment a heading in it."""
    for target in re.findall(r"\]\(([^)\s]+)\)", unfenced(read(path))):
        if target.startswith(("https://", "http://")):
            continue
        name, _, fragment = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.is_file(), target
        if fragment:
            assert fragment in _anchors(read(there)), target


def test_rules_that_the_pages_name_exist():
    """No page speaks of a rule that is not there."""
    for path in PAGES:
        assert set(re.findall(r"\b[DEFLMS]\d{3}\b", read(path))) <= set(CODES | AUDIT), path.name


def test_the_seeds_are_what_the_pages_say(tmp_path):
    """The scraped seed has the shape it stands for: decks, title twice, five paragraphs, the last four again, no last line end."""
    text = (ROOT / "seeds" / "harbour.txt").read_bytes().decode("utf-8")
    rows = text.split("\n")
    assert len(rows) == 14
    assert not text.endswith("\n")
    assert rows[1] == rows[3] and rows[2] == "" and rows[0] != rows[4]
    assert all(row.startswith("**") and row.endswith("**") for row in (rows[0], rows[1], rows[4]))
    assert rows[6:10] == rows[10:14]
    assert all(60 <= len(row.split()) <= 100 for row in rows[5:10])
    assert "“" in text and "’" in text
    cleaned = subprocess.run(
        [sys.executable, "-m", "cleaner", "clean", "--isolated", "-q", str(ROOT / "seeds" / "harbour.txt")],
        capture_output=True, check=True, cwd=tmp_path,
    ).stdout.decode("utf-8")  # fmt: skip
    assert cleaned.rstrip("\n") == "\n\n".join(["# " + rows[1][2:-2], rows[0], rows[4], *rows[5:10]])


@pytest.mark.parametrize("name", ["harbour.txt", "lighthouse.md", "sourdough.md"])
def test_a_cleaned_seed_can_be_undone(name, tmp_path):
    """In place and back again, byte for byte."""
    shutil.copy(ROOT / "seeds" / name, tmp_path / name)
    run = [sys.executable, "-m", "cleaner"]
    subprocess.run([*run, "clean", "-q", "--isolated", "--unsafe-fixes", "--in-place", "--report", "r.json", name], cwd=tmp_path, check=True)
    original = (ROOT / "seeds" / name).read_bytes()
    assert (tmp_path / name).read_bytes() != original
    subprocess.run([*run, "undo", "-q", "r.json"], cwd=tmp_path, check=True)
    assert (tmp_path / name).read_bytes() == original
