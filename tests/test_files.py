"""Which files are checked, with what settings, and what is said of the others."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cli import main
from cleaner.errors import OptionsError
from cleaner.globs import Globs, compiled, split
from cleaner.settings import load

TWICE = "# Bridge\n\nThe council approved the new bridge on Monday after a debate.\n\nThe council approved the new bridge on Monday after a debate.\n"
DOUBLED = "# Ferry\n\nIt was the the best of days, and everybody said so.\n"


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in a folder of its own, without anybody's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("CLEANER_")]:
        monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def write(name: str, text: str = TWICE) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *words], input=given)


def paths(*words: str) -> list[str]:
    return [file["path"] for file in json.loads(run("--output-format", "json", *words).stdout)["files"]]


def rules(*words: str, given: str | None = None) -> dict[str, list[str]]:
    """Return which rules found something, by file."""
    report = json.loads(run("--output-format", "json", *words, given=given).stdout)
    return {file["path"]: [finding["rule"] for finding in file["findings"]] for file in report["files"]}


# --- globs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*.md", ["a.md", "d/a.md"], ["a.mdx", "a.md.txt"]),
        ("docs", ["docs/", "a/docs/"], ["docs2/"]),
        ("docs/", ["docs/", "a/docs/"], ["docs"]),
        ("docs/**", ["docs/a", "docs/b/c/"], ["docs/", "a/docs/b"]),
        ("docs/*.md", ["docs/a.md"], ["docs/b/a.md", "x/docs/a.md"]),
        ("/a.md", ["a.md"], ["b/a.md"]),
        ("**/draft/*", ["draft/a", "x/y/draft/a"], ["draft/", "draft/a/b"]),
        ("a/**/b.md", ["a/b.md", "a/x/y/b.md"], ["a/xb.md", "b.md"]),
        ("*.{md,mdx}", ["a.md", "a.mdx"], ["a.txt"]),
        ("[!a-c]?.md", ["dx.md"], ["ax.md", "d.md"]),
        ("[]x].md", ["].md", "x.md"], ["y.md"]),
        (r"a\*.md", ["a*.md"], ["ab.md"]),
        ("a+b (c).md", ["a+b (c).md"], ["aab c.md"]),
        (".*/", [".git/", "a/.b/"], ["a/", "a.b/"]),
        ("{a", ["{a"], ["a"]),
        ("[a", ["[a"], ["a"]),
    ],
)
def test_globs_mean_what_users_of_gitignore_and_ruff_expect(pattern: str, yes: list[str], no: list[str]) -> None:
    """A pattern without a slash is about a name anywhere; one with a slash counts from the settings' folder."""
    assert [path for path in yes if not compiled(pattern).fullmatch(path)] == []
    assert [path for path in no if compiled(pattern).fullmatch(path)] == []


@given(st.text(st.characters(exclude_characters="/\0\\", codec="utf-8"), min_size=1).filter(lambda name: name.strip(".") == name))
def test_any_text_is_a_glob(pattern: str) -> None:
    """No pattern is an error, and one without signs names itself."""
    regex = compiled(pattern)
    if not set(pattern) & set("*?[]{},"):
        assert regex.fullmatch(pattern)


def test_what_stands_in_a_folder_that_fits_fits() -> None:
    """Files below it, however deep; not the folders above the one that was named."""
    here = os.getcwd()
    globs = Globs([(here, "old"), (here, "*.tmp.md")])
    assert globs.first("a/old/b/c.md") == "old"
    assert globs.all("a/old/b/c.tmp.md") == ["old", "*.tmp.md"]
    assert globs.first("old/a.md", below="old") is None
    assert globs.first("old/old/a.md", below="old") == "old"
    assert globs.first("../old/a.md") == "old" and globs.first("a.md") is None


def test_commas_divide_globs_but_not_inside_braces() -> None:
    """As a flag or a variable holds them."""
    assert split(" a/*.{md,mdx}, b ,,") == ["a/*.{md,mdx}", "b"]


# --- files ----------------------------------------------------------------------------------------------------------


def test_excluded_files_are_passed_over() -> None:
    """`extend-exclude` adds to the usual, `exclude` takes its place; named files are looked at all the same."""
    for name in ("a.md", "drafts/b.md", "node_modules/c.md", ".hidden/d.md", "docs/e.tmp.md"):
        write(name)
    write("cleaner.toml", 'extend-exclude = ["drafts/**", "*.tmp.md"]')
    assert paths() == ["a.md"]
    assert paths("docs/e.tmp.md") == ["docs/e.tmp.md"] and paths("node_modules") == ["node_modules/c.md"]
    assert paths("drafts") == [], "the pattern is about what is in the folder"
    write("cleaner.toml", "exclude = []")
    assert paths() == [".hidden/d.md", "a.md", "docs/e.tmp.md", "drafts/b.md", "node_modules/c.md"]
    assert paths("--exclude", "[ad]*", "--exclude", ".*/") == ["node_modules/c.md"]


def test_globs_count_from_the_settings_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is run; a flag's count from the working directory."""
    for name in ("docs/a.md", "docs/old/b.md", "old/c.md"):
        write(name)
    write("cleaner.toml", 'extend-exclude = ["docs/old"]')
    monkeypatch.chdir("docs")
    assert paths() == ["a.md"] and paths("--extend-exclude", "/a.md", "..") == ["../docs/old/b.md", "../old/c.md"]


def test_force_exclude_is_for_hooks() -> None:
    """A hook names every changed file; what is excluded stays excluded, and nothing checked is said aloud."""
    write("drafts/a.md")
    write("b.md", DOUBLED)
    write("cleaner.toml", 'extend-exclude = ["drafts/"]\nforce-exclude = true')
    assert paths("drafts/a.md", "b.md", "node_modules/c.md") == ["b.md"]
    done = run("drafts/a.md")
    assert done.exit_code == 0 and "nothing was checked: 1 passed over" in done.stderr
    assert "cleaner: drafts/a.md: passed over: excluded by 'drafts/'" in run("-v", "drafts/a.md").stderr
    assert paths("--no-force-exclude", "drafts/a.md") == ["drafts/a.md"]


def test_include_says_what_an_article_is() -> None:
    """Instead of the usual suffixes, or besides them."""
    for name in ("a.md", "b.page", "c.txt"):
        write(name)
    assert paths("--extend-include", "*.page") == ["a.md", "b.page", "c.txt"]
    assert paths("--include", "*.{page,txt}") == ["b.page", "c.txt"]


def test_what_was_passed_over_is_told_with_the_reason() -> None:
    """-v: excluded, ignored by git, a link, no article; without it stderr is not filled."""
    subprocess.run(["git", "init", "-q"], check=True)
    write(".gitignore", "build/\n")
    for name in ("a.md", "build/b.md", "drafts/c.md", "d.png", "e.png"):
        write(name)
    if os.name != "nt":
        os.symlink("a.md", "link.md")
    said = run("-v", "--extend-exclude", "drafts").stderr
    assert "build/: passed over: ignored by git" in said.replace(os.sep, "/")
    assert "c.md: passed over: excluded by 'drafts'" in said
    assert ".: passed over: no articles: 2 .png, 1 without suffix" in said
    if os.name != "nt":
        assert "link.md: passed over: a symbolic link" in said
    assert "passed over" not in run().stderr


def test_an_unreadable_file_does_not_stop_the_others() -> None:
    """It is named, the others are checked, and the status is 2."""
    Path("bin.md").write_bytes(b"\0" * 100)
    write("a.md")
    done = run("--output-format", "concise")
    assert done.exit_code == 2 and done.stdout.startswith("a.md:5:1: D101") and "cleaner: bin.md: holds NUL bytes" in done.stderr


# --- settings by path -----------------------------------------------------------------------------------------------


def test_rules_can_be_ignored_by_path() -> None:
    """Prefixes, the most of globs together, and against a longer --select: the settings of a file have the last word."""
    for name in ("a.md", "docs/b.md", "docs/old/c.md"):
        write(name, TWICE + DOUBLED)
    write("cleaner.toml", '[per-file-ignores]\n"docs/**" = ["D12"]\n"old/" = ["D1"]')
    assert rules() == {"a.md": ["D101", "D121"], "docs/b.md": ["D101"], "docs/old/c.md": []}
    assert rules("--select", "D121")["docs/b.md"] == []
    assert rules("--per-file-ignores", "a.md:D101,D121", "--per-file-ignores", "docs:D101") == {
        "a.md": [], "docs/b.md": ["D121"], "docs/old/c.md": ["D121"],
    }  # fmt: skip


def test_a_profile_can_be_set_by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last glob that fits decides; a profile that is named for this run is meant for all of it."""
    for name in ("a.md", "changelog/b.md", "changelog/docs/c.md"):
        write(name)
    write("cleaner.toml", '[per-file-profiles]\n"changelog/**" = "list"\n"docs/" = "docs"')

    def profiles(*words: str) -> list[str]:
        return [file["profile"] for file in json.loads(run("--output-format", "json", *words).stdout)["files"]]

    own = profiles("--isolated")[0]
    assert profiles() == [own, "list", "docs"]
    assert profiles("--profile", "article") == ["article"] * 3
    assert profiles("--profile", "article", "--per-file-profiles", "a.md:list") == ["article"] * 3
    monkeypatch.setenv("CLEANER_PROFILE", "article")
    assert profiles("--per-file-profiles", "a.md:list") == ["list", "article", "article"]


def test_standard_input_is_judged_by_the_name_it_is_given() -> None:
    """Settings by path, decisions and exclusion hold for it; what is excluded goes through unchanged."""
    write("cleaner.toml", 'extend-exclude = ["drafts/"]\n[per-file-ignores]\n"docs/**" = ["D101"]')
    assert rules("-", "--stdin-filename", "docs/a.md", given=TWICE) == {"docs/a.md": []}
    assert rules("-", "--stdin-filename", "a.md", given=TWICE) == {"a.md": ["D101"]}
    done = run("--fix", "-", "--force-exclude", "--stdin-filename", "drafts/a.md", given=TWICE)
    assert (done.exit_code, done.stdout) == (0, TWICE) and "nothing was checked" in done.stderr


def test_the_environment_sets_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are written as the flags are, divided by semicolons."""
    for name in ("a.md", "docs/b.md"):
        write(name, TWICE + DOUBLED)
    monkeypatch.setenv("CLEANER_PER_FILE_IGNORES", "docs/**:D101,D121; a.md:D121")
    monkeypatch.setenv("CLEANER_JOBS", "2")
    assert rules() == {"a.md": ["D101"], "docs/b.md": []}
    monkeypatch.setenv("CLEANER_EXTEND_EXCLUDE", "docs/**,*.x")
    assert paths() == ["a.md"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('ignore = ["D999"]', "ignore = 'D999' is not allowed; it takes codes or prefixes of D101, .*, or ALL"),
        ('exclude = "drafts"', r"exclude = 'drafts' is not allowed; it takes a list of globs"),
        ('exclude = ["!drafts"]', r"exclude = \['!drafts'\] is not allowed; it takes a list of globs.* none begins with"),
        ("force-exclude = 1", "force-exclude = 1 is not allowed; it takes true or false"),
        ("jobs = -1", "jobs = -1 is not allowed; it takes a whole number from 0 to 1000"),
        ("cache-dir = 3", "cache-dir = 3 is not allowed; it takes a path"),
        ('per-file-ignores = ["a"]', r"per-file-ignores = \['a'\] is not allowed; it takes a table of globs with rule codes"),
        ('per-file-ignores = {"a" = ["X1"]}', "per-file-ignores.'a' = 'X1' is not allowed; it takes codes or prefixes"),
        ('per-file-ignores = {"a" = "D1"}', "per-file-ignores = {'a': 'D1'} is not allowed; it takes a table"),
        ('per-file-profiles = {"a" = "poem"}', "per-file-profiles.'a' = 'poem' is not allowed; it takes one of article, docs"),
        ("per-file-profiles = 3", "per-file-profiles = 3 is not allowed; it takes a table of globs with profiles"),
        ('exclud = ["a"]', "unknown setting 'exclud'; known are .*extend-exclude.*output-format"),
    ],
)
def test_a_wrong_setting_is_named(text: str, says: str) -> None:
    """One line names file, key, value and what is allowed."""
    write("cleaner.toml", text)
    with pytest.raises(OptionsError, match=rf"cleaner\.toml: {says}") as caught:
        load(environment={})
    assert "\n" not in str(caught.value)


def test_a_wrong_flag_is_named() -> None:
    """Where a settings file would be named stands the command line."""
    for words, says in (
        (("--per-file-ignores", "docs"), "command line: per_file_ignores = {'docs': []} is not allowed"),
        (("--per-file-ignores", "docs:X9"), "per_file_ignores.'docs' = 'X9' is not allowed"),
        (("--select", "Q"), "command line: select = 'Q' is not allowed"),
    ):
        done = run(*words, write("a.md"))
        assert done.exit_code == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_config_shows_all_of_it_with_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    """As TOML that could be written into a settings file, and read from there."""
    import tomllib

    write("cleaner.toml", 'exclude = ["a\\\\b"]\nbaseline = "known.txt"\n[per-file-ignores]\n"docs/**" = ["D110", "E"]')
    monkeypatch.setenv("CLEANER_CACHE_DIR", "elsewhere")
    said = CliRunner().invoke(main, ["config", "--jobs", "3", "--per-file-profiles", "a.md:list"]).stdout
    values = tomllib.loads(said)
    assert values["per-file-ignores"] == {"docs/**": ["D110", "E"]} and values["per-file-profiles"] == {"a.md": "list"}
    assert (values["exclude"], values["baseline"], values["jobs"], values["cache-dir"]) == (["a\\b"], "known.txt", 3, "elsewhere")
    rows = {row.split(" =")[0]: row.rpartition("# ")[2] for row in said.splitlines()}
    assert rows["per-file-ignores"].endswith("cleaner.toml") and rows["jobs"] == rows["per-file-profiles"] == "command line"
    assert rows["cache-dir"] == "environment variable CLEANER_CACHE_DIR" and rows["force-exclude"] == "default"
