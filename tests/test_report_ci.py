"""The reports for continuous integration."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from report_samples import conflict, report, twice

from cleaner.errors import OptionsError
from cleaner.model import Plan, Problem, Report, Skipped
from cleaner.report import FORMATS, View, render

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
