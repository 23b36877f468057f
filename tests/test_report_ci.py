"""The reports for continuous integration."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from report_samples import conflict, report, twice

from cleaner.errors import OptionsError
from cleaner.model import Plan, Problem, Report, Skipped
from cleaner.lines import split
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.report import FORMATS, View, render
from cleaner.source import read

ROOT = Path(__file__).resolve().parents[1]

BOTH = Report((twice(), conflict("a:b,c%.md")), (Problem("x.md", "no such file"),))


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_writes_an_empty_report(format: str) -> None:
    """A format that is offered is there, also for a run that looked at nothing."""
    assert isinstance(render(report(), format), str)


def test_an_unknown_format_is_named() -> None:
    """The error names the value and what is allowed."""
    with pytest.raises(OptionsError, match=r"'yaml' is not allowed; it takes one of full, concise, json"):
        render(report(), "yaml")


def test_github_gets_a_command_a_finding() -> None:
    """Names and messages are encoded as workflow commands want it."""
    rows = render(BOTH, "github").splitlines()
    assert rows[0] == (
        "::warning title=D101 repeated-paragraph,file=story.txt,line=3,endLine=3,col=1,endColumn=76"
        "::this paragraph stands twice"
    )
    assert "file=a%3Ab%2Cc%25.md" in rows[1]
    assert rows[2] == "::error file=x.md::no such file"


def test_gitlab_gets_fingerprints() -> None:
    """Each open finding is an issue with the fingerprint of the JSON report."""
    issues = json.loads(render(BOTH, "gitlab"))
    ids = [finding["id"] for file in json.loads(render(BOTH, "json"))["files"] for finding in file["findings"]]
    assert [issue["fingerprint"] for issue in issues] == ids
    assert issues[0]["location"] == {"path": "story.txt", "lines": {"begin": 3, "end": 3}}


def test_junit_counts_its_failures() -> None:
    """The file parses, and its counts are those of its cases."""
    root = ElementTree.fromstring(render(BOTH, "junit"))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "2", "1")
    assert len(root.findall(".//testcase")) == 3 and len(root.findall(".//failure")) == 2


def test_what_is_fixed_is_no_longer_reported_to_ci() -> None:
    """After --fix only what is left is shown at a line; the line of the rest has gone."""
    assert render(report(twice()), "github", View(fixed=True)) == ""
    assert json.loads(render(report(twice()), "gitlab", View(fixed=True))) == []


def test_sarif_shows_both_copies_and_the_fix() -> None:
    """The finding is on the copy that may go, the keeper beside it, the fix deletes exactly its line."""
    [run] = json.loads(render(BOTH, "sarif"))["runs"]
    first, second = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert first["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 1
    [replacement] = first["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement == {"deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1}}
    assert (
        "fixes" not in second
        and second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%3Ab%2Cc%25.md"
    )
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["D101", "D105"]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "no such file"


def test_sarif_says_what_the_author_keeps() -> None:
    """A suppressed finding is there, with the reason."""
    given = twice()
    [finding] = given.plan.taken
    kept = given._replace(plan=Plan((), (Skipped(finding, "suppressed", "refrain"),)))
    [result] = json.loads(render(report(kept), "sarif"))["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "refrain"}]


def samples() -> Iterator[Report]:
    """Reports in which all occurs that SARIF can be asked to hold, by hand and from the seeds."""
    given = twice()
    [finding] = given.plan.taken
    yield report()
    yield BOTH
    for status in ("suppressed", "baseline", "skipped"):
        yield Report((given._replace(plan=Plan((), (Skipped(finding, status, "why"),))), conflict("c.md"), twice("a b\nü%;.md")), BOTH.errors)
    for layout in ("keep", "canonical"):
        options = Options(layout=layout, pedantic=True, unsafe_fixes=True)
        seeds = [path for path in sorted((ROOT / "seeds").iterdir()) if path.is_file()]
        yield Report(tuple(clean_article(read(path, options), options) for path in seeds))


@pytest.mark.parametrize("view", [View(), View(fixed=True), View(pedantic=True, verbose=True)], ids=["open", "fixed", "pedantic"])
def test_sarif_keeps_to_what_the_specification_asks(view: View) -> None:
    """Its demands on what we write, one by one; most of these a schema cannot say. Numbers are those of SARIF 2.1.0's sections."""
    for given in samples():
        lines = {cleaned.article.origin.path: list(split(cleaned.article.text)) for cleaned in given.files}
        log = json.loads(render(given, "sarif", view))
        assert log["version"] == "2.1.0" and len(log["runs"]) == 1  # 3.13.2, 3.13.4
        [run] = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert run["tool"]["driver"]["name"] == "cleaner" and len({rule["id"] for rule in rules}) == len(rules)  # 3.19.8, 3.19.23
        [invocation] = run["invocations"]
        assert invocation["executionSuccessful"] == (not given.errors)  # 3.20.14
        assert all(note["message"]["text"] and note["level"] == "error" for note in invocation["toolExecutionNotifications"])  # 3.58
        assert len({"baselineState" in result for result in run["results"]}) < 2  # 3.27.24: all or none
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # 3.27.6
            assert result["level"] in ("warning", "note") and result["message"]["text"]  # 3.27.10, 3.27.11
            assert set(result["partialFingerprints"]) == {"cleaner/v1"}  # 3.27.17
            assert result.get("baselineState", "new") in ("new", "unchanged")
            assert all(each["kind"] in ("inSource", "external") for each in result.get("suppressions", []))  # 3.35.2
            related = [place["id"] for place in result.get("relatedLocations", [])]
            assert len(result["locations"]) == 1 and len(set(related)) == len(related)  # 3.28.2
            for place in [*result["locations"], *result.get("relatedLocations", [])]:
                physical = place["physicalLocation"]
                fits(physical["region"], lines[path(physical)])
            for fix in result.get("fixes", []):
                [change] = fix["artifactChanges"]  # 3.55.3
                assert change["replacements"]  # 3.56.3
                for replacement in change["replacements"]:
                    fits(replacement["deletedRegion"], lines[path(change)])  # 3.57.3
                    assert replacement.get("insertedContent", {"text": "-"})["text"]


def path(place: dict[str, Any]) -> str:
    """Return the file that a URI names, which has to be one (3.4.3)."""
    uri = place["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[A-Za-z0-9/~._-]|%[0-9A-F]{2}|file:///)+", uri), uri
    return unquote(uri.removeprefix("file://"))


def fits(region: dict[str, int], lines: list[Any]) -> None:
    """A region lies in the text, begins at 1, and ends where it begins or later (3.30)."""
    start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
    assert (1, 1) <= start <= end and region["startColumn"] >= 1 and region["endColumn"] >= 1
    for line, column in (start, end):
        assert line <= len(lines) + 1
        if line <= len(lines):
            assert column <= lines[line - 1].end - lines[line - 1].start + 2


# No package brings that schema, and its text may not be copied here, so there is this test only where it is named:
# SARIF_SCHEMA=sarif-schema-2.1.0.json python -m pytest tests/test_report_ci.py
if "SARIF_SCHEMA" in os.environ:

    def test_sarif_is_valid_by_the_official_schema() -> None:
        """Every report is valid by OASIS' own schema."""
        schema = json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text(encoding="utf-8"))
        assert "SARIF" in schema["title"]
        validator = jsonschema.validators.validator_for(schema)(schema)
        assert not validator.is_valid({"version": "2.1.0", "runs": [{"results": []}]})
        for given in samples():
            for view in (View(), View(fixed=True), View(pedantic=True, verbose=True)):
                assert [error.message for error in validator.iter_errors(json.loads(render(given, "sarif", view)))] == []


def test_sarif_says_of_all_findings_whether_they_are_known() -> None:
    """Where one is in the baseline the others are said to be new: readers take a missing word for neither."""
    given = twice()
    [finding] = given.plan.taken
    known = given._replace(plan=Plan((), (Skipped(finding, "baseline", "known"),)))
    [run] = json.loads(render(Report((known, conflict())), "sarif"))["runs"]
    assert [result["baselineState"] for result in run["results"]] == ["unchanged", "new"]
    [run] = json.loads(render(BOTH, "sarif"))["runs"]
    assert not any("baselineState" in result for result in run["results"])


@pytest.mark.parametrize("view", [View(), View(fixed=True)], ids=["open", "fixed"])
def test_junit_is_what_build_servers_read(view: View) -> None:
    """The elements and attributes that Jenkins and GitLab know, in their order, and sums that are true at each level."""
    for given in samples():
        root = ElementTree.fromstring(render(given, "junit", view))
        assert root.tag == "testsuites" and set(root.attrib) == {"name", "tests", "failures", "errors"}
        for level in (root, *root):
            assert int(level.get("tests", "")) == len(list(level.iter("testcase"))) > 0 or level is root
            assert int(level.get("failures", "")) == len(list(level.iter("failure")))
            assert int(level.get("errors", "")) == len(list(level.iter("error")))
        for suite in root:
            assert suite.tag == "testsuite" and suite.get("name")
            for case in suite:
                assert case.tag == "testcase" and case.get("name") and case.get("classname") == suite.get("name")
                assert [child.tag for child in case] in ([], ["failure"], ["error"])
                assert all(child.get("message") for child in case)


def test_the_page_says_of_each_format_whether_it_is_stable() -> None:
    """docs/check.md has a row for each format, and none for another."""
    page = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    section = page.split("## Reports, and which are stable\n", 1)[1].split("\n## ", 1)[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    assert [name for row in rows for name in re.findall(r"`([a-z]+)`", row)] == list(FORMATS)
