"""The report for programs."""

from __future__ import annotations

import json

import jsonschema
import pytest
from report_samples import FIRST, article, conflict, repeat, repeated_lines, report, twice

from cleaner.model import Cleaned, Edit, Plan, Problem, Report, Skipped, Span
from cleaner.report import Output, View, render
from cleaner.report.json import document, dumps, one_a_line, schema


def validated(found: Report, view: View | None = None) -> dict[str, object]:
    text = dumps(found, view)
    text.encode("utf-8")
    whole = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(schema())).validate(whole)
    return whole  # type: ignore[no-any-return]


def test_schema_is_a_schema() -> None:
    """The published schema is itself valid draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


@pytest.mark.parametrize("fixed", [True, False])
def test_reports_are_as_the_schema_says(fixed: bool) -> None:
    """Every kind of finding, note, error and output fits the published schema."""
    suppressed = repeat(Span(0, 3), Span(4, 6))
    moot = Skipped(suppressed, "skipped", "D101 covers this text", suppressed)
    given = twice()
    mixed = Cleaned(
        *given[:3], Plan(given.plan.taken, (moot, Skipped(suppressed, "suppressed", "refrain"))), ("a note",)
    )
    found = Report((twice(), conflict(), mixed), (Problem("x.md", "no such file"),), 0.1)
    whole = validated(found, View(fixed, outputs={"story.txt": Output("-", "utf-8")} if fixed else {}))
    assert whole["schema"] == "cleaner.report/1"


def test_a_finding_says_where_in_lines_and_offsets() -> None:
    """Lines and columns are 1-based and inclusive, offsets half open."""
    [file] = document(report(twice()))["files"]
    [finding] = file["findings"]
    assert finding["span"]["start_line"] == finding["span"]["end_line"] == 3
    assert (finding["span"]["start_column"], finding["span"]["end_column"]) == (1, len(FIRST))
    assert (finding["keeper"]["path"], finding["keeper"]["start_line"]) == ("story.txt", 1)


def test_status_tells_proposed_from_done() -> None:
    """A run that only looks leaves findings open and the digest as it was; one that writes has fixed them."""
    [looked] = document(report(twice()))["files"]
    [wrote] = document(report(twice()), View(fixed=True))["files"]
    assert (looked["findings"][0]["status"], wrote["findings"][0]["status"]) == ("open", "fixed")
    assert looked["sha256_after"] == looked["sha256"] != wrote["sha256_after"]


def test_what_cannot_be_edited_is_never_fixed() -> None:
    """A finding without edits stays open, whatever the run did."""
    given = conflict()
    [skipped] = given.plan.skipped
    taken = given._replace(plan=Plan((skipped.finding,), ()))
    assert document(report(taken), View(fixed=True))["files"][0]["findings"][0]["status"] == "open"


def test_fingerprints_hold_for_moved_lines() -> None:
    """An id does not change when the lines above it do."""
    moved = repeated_lines(article(f"A new first line.\n\n{twice().article.text}"))
    ids = [document(report(each))["files"][0]["findings"][0]["id"] for each in (twice(), moved)]
    assert ids[0] == ids[1]


def test_equal_findings_have_different_fingerprints() -> None:
    """A third copy of a paragraph is another finding than the second."""
    three = repeated_lines(article(f"{FIRST}\n{FIRST}\n{FIRST}\n"))
    ids = [finding["id"] for finding in document(report(three))["files"][0]["findings"]]
    assert len(set(ids)) == 2


def test_the_path_is_part_of_a_fingerprint_but_not_how_it_was_spelt() -> None:
    """`./a.md` and `a.md` are one file."""

    def mark(path: str) -> str:
        return str(document(report(twice(path)))["files"][0]["findings"][0]["id"])

    assert mark("./a.md") == mark("a.md") != mark("b.md")


def test_a_name_that_is_no_utf8_is_still_json() -> None:
    """A file name of any bytes makes valid JSON, and its bytes are given."""
    whole = validated(report(twice("caf\udce9.md")))
    [file] = whole["files"]  # type: ignore[misc]
    assert (file["path"], file["path_bytes"]) == ("caf\N{REPLACEMENT CHARACTER}.md", "636166e92e6d64")


def test_nothing_in_json_steers_a_terminal() -> None:
    """Control and bidirectional characters are written as JSON escapes, and read back as they were."""
    text = "evil \x1b[31m \x9b \u202e line of some length\n" * 2
    written = dumps(report(repeated_lines(article(text))))
    assert not any(mark in written for mark in "\x1b\x9b\u202e")
    [edit] = json.loads(written)["files"][0]["findings"][0]["edits"]
    assert edit["before"] == text[: len(text) // 2]


def test_pedantic_findings_are_hidden_unless_asked_for() -> None:
    """What we would not bet on is left out; what is edited never is."""
    [finding] = twice().plan.taken
    doubt = finding._replace(confidence="pedantic", edits=())
    edited = finding._replace(confidence="pedantic")
    given = twice()._replace(plan=Plan((edited,), (Skipped(doubt, "open", "pedantic"),)))
    assert document(report(given))["summary"]["findings"] == 1
    assert document(report(given), View(pedantic=True))["summary"]["findings"] == 2


def test_insertions_at_one_place_keep_their_order() -> None:
    """Findings stand in the order that the plan gives them, so that undo meets the edits as they were made."""
    [finding] = twice().plan.taken
    one = finding._replace(edits=(Edit(Span(0, 0), "", "a"),), message="b")
    two = finding._replace(edits=(Edit(Span(0, 0), "", "b"),), message="c")
    given = twice()._replace(plan=Plan((one, two), ()))
    rows = document(report(given), View(fixed=True))["files"][0]["findings"]
    assert [row["edits"][0]["after"] for row in rows] == ["a", "b"]


def test_insertions_at_one_place_keep_the_order_of_the_plan() -> None:
    """Also where the reader's order would be another: undo comes first."""
    [finding] = twice().plan.taken
    one = finding._replace(edits=(Edit(Span(0, 0), "", "a"),), span=Span(5, 6))
    two = finding._replace(edits=(Edit(Span(0, 0), "", "b"),), span=Span(0, 1))
    given = twice()._replace(plan=Plan((one, two), ()))
    rows = document(report(given), View(fixed=True))["files"][0]["findings"]
    assert [row["edits"][0]["after"] for row in rows] == ["a", "b"]


def test_jsonl_is_one_finding_a_line() -> None:
    """Each line is a JSON object that names its file."""
    rows = [json.loads(row) for row in one_a_line(report(twice("a.md"), twice("b.md"))).splitlines()]
    assert [(row["path"], row["rule"]) for row in rows] == [("a.md", "D101"), ("b.md", "D101")]
    assert render(report(), "jsonl") == ""
