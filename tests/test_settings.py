"""Settings: which layer wins, and how a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.errors import OptionsError
from cleaner.settings import load, project_file


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own settings take part in a test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


def write(path: str, text: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return path


def test_flags_beat_environment_beats_project_beats_user() -> None:
    """Each layer replaces what the one below says, and is named as the origin."""
    write("config/cleaner/cleaner.toml", 'profile = "list"\nkeep = "longest"\nformat = "html"\npedantic = true')
    write("cleaner.toml", 'profile = "docs"\nkeep = "first"\nformat = "rst"')
    found = load({"profile": "article"}, environment={"CLEANER_KEEP": "longest", "CLEANER_PROFILE": "list"})
    assert found.options[:2] == ("rst", "article")
    assert (found.options.keep, found.options.pedantic) == ("longest", True)
    assert found.origins["profile"] == "command line"
    assert found.origins["keep"] == "environment variable CLEANER_KEEP"
    assert found.origins["format"].endswith("cleaner.toml") and "config" not in found.origins["format"]
    assert "config" in found.origins["pedantic"]


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    """Files are looked for from the working directory upwards; a pyproject.toml that is not about us does not count."""
    write("cleaner.toml", "")
    write("a/pyproject.toml", "[tool.cleaner]")
    write("a/b/pyproject.toml", '[project]\nname = "cleaner-of-windows"')
    (tmp_path / "a/b/c").mkdir()
    assert project_file("a/b/c") == str(tmp_path / "a/pyproject.toml")
    write("a/cleaner.toml", "")
    assert project_file("a/b/c") == str(tmp_path / "a/cleaner.toml")


def test_isolated_reads_no_file() -> None:
    """Flags and the environment still count; files do not."""
    write("cleaner.toml", 'profile = "docs"')
    assert load(isolated=True, environment={}).options.profile is None
    assert load(isolated=True, environment={"CLEANER_PROFILE": "list"}).options.profile == "list"


def test_a_file_can_be_named() -> None:
    """It takes the place of the project's."""
    write("cleaner.toml", 'profile = "docs"')
    assert load(config=write("other.toml", 'profile = "list"'), environment={}).options.profile == "list"
    with pytest.raises(OptionsError, match=r"gone\.toml: there is no such settings file"):
        load(config="gone.toml")


def test_variables_are_read_as_what_they_set() -> None:
    """Flags, numbers and lists have their own spelling; empty is not set; unknown variables are not ours."""
    found = load(
        environment={
            "CLEANER_SELECT": "D101, E",
            "CLEANER_PEDANTIC": "true",
            "CLEANER_MAX_BYTES": "5",
            "CLEANER_PROFILE": "",
            "CLEANER_OUTPUT_FORMAT": "json",
            "CLEANER_HOME": "x",
        }
    )
    assert (found.options.select, found.options.pedantic, found.options.max_bytes) == (("D101", "E"), True, 5)
    assert (found.options.profile, found.output_format) == (None, "json")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('profil = "docs"', r"cleaner\.toml: unknown setting 'profil'; known are .*profile"),
        ('profile = "doc"', r"cleaner\.toml: profile = 'doc' is not allowed; it takes one of article, docs, list"),
        ('select = "D"', r"cleaner\.toml: select = 'D' is not allowed; it takes a list"),
        ("pedantic = 1", r"cleaner\.toml: pedantic = 1 is not allowed; it takes true or false"),
        ('output-format = "yaml"', r"cleaner\.toml: output-format = 'yaml' is not allowed; it takes one of full, conc"),
        ("profile = ", r"cleaner\.toml: not TOML: "),
    ],
)
def test_a_wrong_setting_is_named(text: str, says: str) -> None:
    """One line names file, key, value and what is allowed."""
    write("cleaner.toml", text)
    with pytest.raises(OptionsError, match=says) as caught:
        load(environment={})
    assert "\n" not in str(caught.value)


def test_a_wrong_file_is_named() -> None:
    """Not UTF-8, not a table, not readable: one line."""
    Path("cleaner.toml").write_bytes(b"profile = '\xff'")
    with pytest.raises(OptionsError, match="not UTF-8"):
        load(environment={})
    Path("cleaner.toml").unlink()
    write("pyproject.toml", "tool.cleaner = 3")
    with pytest.raises(OptionsError, match=r"tool\.cleaner = 3 is not allowed; it takes a table"):
        load(environment={})


def test_a_wrong_variable_is_named() -> None:
    """The line names the variable."""
    with pytest.raises(OptionsError, match="environment variable CLEANER_PEDANTIC: pedantic = 'maybe' is not allowed"):
        load(environment={"CLEANER_PEDANTIC": "maybe"}, isolated=True)
