"""
Every file in fixtures/, replayed: what a user could have sent, what must stay untouched, and what is still wrong.

A case is `NAME.in.EXT`, what it must become `NAME.out.EXT`, and what must be found `NAME.json`: the options, the
profile, and for each finding rule, safety, first and last line, the keeper's first and last line, and what became of it;
where it says how many are `shown` by default, so many are.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cleaner import source
from cleaner.lines import Lines
from cleaner.model import Cleaned, Finding, Report, Status
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.plan import apply, inverse
from laws import holds

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def named(folder: str) -> list[str]:
    """Return the names of the cases in a folder."""
    return sorted(path.name.split(".in.")[0] for path in (FIXTURES / folder).glob("*.in.*"))


def read(path: Path) -> tuple[str, Options]:
    """Return what a case's options are read from, and the options."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return told, Options.of(str(path.name), **told.get("options", {}))


def run(folder: str, name: str) -> tuple[Cleaned, dict[str, Any], bytes, bytes]:
    """Clean a case; return what came out, what was to be found, and the bytes that were to come out and did."""
    (given,) = (FIXTURES / folder).glob(f"{name}.in.*")
    (wanted,) = (FIXTURES / folder).glob(f"{name}.out.*")
    told, options = read(FIXTURES / folder / f"{name}.json")
    article = source.decode(given.read_bytes(), f"{name}{given.suffix}", options)
    cleaned = clean_article(article, options)
    return cleaned, told, wanted.read_bytes(), source.encode(article, cleaned.text)


def row(finding: Finding, status: Status, lines: Lines) -> list[Any]:
    """Return a finding as the JSON of a case has it."""
    first, _, last, _ = lines.of(finding.span)
    keeper = None
    if finding.keeper is not None:
        above = lines.of(finding.keeper)
        keeper = [above[0], above[2]]
    return [finding.rule, finding.safety, first, last, keeper, status]


def rows(cleaned: Cleaned) -> list[list[Any]]:
    """Return all that was found, in reading order."""
    lines = Lines(cleaned.article.text)
    found = [(finding.span, row(finding, "fixed", lines)) for finding in cleaned.plan.taken]
    found += [(skipped.finding.span, row(skipped.finding, skipped.status, lines)) for skipped in cleaned.plan.skipped]
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1][0], str(pair[1])))]


@pytest.mark.parametrize("name", named("cases"))
def test_a_case_becomes_what_it_should(name: str) -> None:
    """A case's text, profile and findings are those that its files tell."""
    cleaned, told, wanted, got = run("cases", name)
    assert got == wanted, got.decode("utf-8", "replace")
    assert cleaned.profile == told["profile"]
    assert rows(cleaned) == told["findings"]
    shown = [finding for finding in Report((cleaned,)).findings if finding.confidence == "shown"]
    assert len(shown) == told.get("shown", len(shown))


@pytest.mark.parametrize("name", named("cases"))
def test_a_case_keeps_the_laws(name: str) -> None:
    """A case keeps the laws, and comes back byte for byte."""
    cleaned, told, _, _ = run("cases", name)
    _, options = read(FIXTURES / "cases" / f"{name}.json")
    holds(cleaned.article.text, cleaned.article.format, options._replace(layout="keep"))
    assert apply(cleaned.text, inverse(cleaned.plan.edits)) == cleaned.article.text
    again = clean_article(cleaned.article._replace(text=cleaned.text), options)
    assert again.text == cleaned.text


@pytest.mark.parametrize("name", named("cases"))
def test_a_finding_speaks_to_a_person(name: str) -> None:
    """A message is one line without a stray brace or blank, and a finding that is left says why."""
    cleaned, _, _, _ = run("cases", name)
    for finding in [*cleaned.plan.taken, *(skipped.finding for skipped in cleaned.plan.skipped)]:
        assert finding.message == finding.message.strip() != ""
        assert "\n" not in finding.message
        assert "{here}" not in finding.message and "{there}" not in finding.message and "{repeats}" not in finding.message
        assert finding.because or finding.rule[0] in "ELMS"
    assert all(skipped.reason for skipped in cleaned.plan.skipped)


@cache
def untouched() -> list[Path]:
    """Return the texts that must come back as they are."""
    return sorted(path for path in (FIXTURES / "untouched").rglob("*") if path.is_file() and path.suffix != ".json")


def profiles(path: Path) -> list[str | None]:
    """Return the profiles that a text may be taken for; reference text is no article."""
    return [None, "docs"] if path.parent.name == "docs" else [None, "article", "docs"]


@pytest.mark.parametrize(
    ("path", "profile"),
    [(path, profile) for path in untouched() for profile in profiles(path)],
    ids=lambda value: value.name if isinstance(value, Path) else str(value),
)
def test_what_is_meant_stays(path: Path, profile: Any) -> None:
    """A text that repeats itself on purpose comes back byte for byte, whatever kind of text it is taken for."""
    data = path.read_bytes()
    options = Options(profile=profile)
    article = source.decode(data, path.name, options)
    cleaned = clean_article(article, options)
    assert source.encode(article, cleaned.text) == data
    assert not cleaned.plan.edits, [finding.message for finding in cleaned.plan.taken]


@pytest.mark.parametrize("path", untouched(), ids=lambda path: path.name)
def test_what_is_meant_is_not_cried_over(path: Path) -> None:
    """A text that repeats itself on purpose is not shown as safe to change, not even where all is shown."""
    options = Options(pedantic=True)
    article = source.decode(path.read_bytes(), path.name, options)
    cleaned = clean_article(article, options)
    assert not cleaned.plan.edits, [finding.message for finding in cleaned.plan.taken]


@pytest.mark.parametrize("name", named("known_failures"))
def test_what_is_still_wrong(name: str) -> None:
    """What we get wrong is still wrong; a case that comes out right belongs in cases/."""
    cleaned, told, wanted, got = run("known_failures", name)
    wrong = got != wanted
    for rule, first, last in told.get("missed", []):
        wrong = wrong or not any(one[0] == rule and one[2] == first and one[3] == last for one in rows(cleaned))
    assert wrong, f"{name} comes out right now: move it to cases/"
    assert told["why"]
