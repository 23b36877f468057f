"""The views of an audit: for people, for programs, for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import re

import jsonschema
import pytest
from audit_samples import hostile, item, many, member, sample
from markdown_it import MarkdownIt

from cleaner.errors import OptionsError
from cleaner.feeds.item import Source
from cleaner.model import Scores
from cleaner.report.audit import FORMATS, AuditView, render
from cleaner.report.audit.figures import counts, matrix, news, shares, stories, timeline
from cleaner.report.audit.json import document, schema
from cleaner.report.audit.table import cell
from cleaner.report.audit.terminal import flow, summary
from cleaner.report.visible import columns
from cleaner.stories.model import Audit, Cluster
from slope import steep

NASTY = "\x1b[31m \x9b1m \u202egpj.exe \ud800 \x00 | `x` [a](javascript:b) <img src=x onerror=y> @me https://e.org \r\n ="


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_text_of_utf8_that_equal_audits_make_equal(format: str) -> None:
    """Whatever a publisher wrote, each view is UTF-8 and depends on nothing but the audit."""
    for make in (sample, lambda: hostile(NASTY), lambda: Audit(())):
        text = render(make(), format)
        assert text == render(make(), format)
        text.encode("utf-8")


def test_an_unknown_format_is_one_clear_line() -> None:
    """The formats that are there are named."""
    with pytest.raises(OptionsError, match="'xml' is not allowed; it takes one of full, concise, json"):
        render(sample(), "xml")


@pytest.mark.parametrize("format", ["full", "concise", "markdown", "json", "jsonl"])
def test_nothing_steers_a_terminal(format: str) -> None:
    """No escape sequence and no override of an item reaches a terminal."""
    written = render(hostile(NASTY), format, AuditView(verbose=True))
    assert not any(mark in written for mark in "\x1b\x9b\u202e\x00")


def test_counts_keep_updates_apart_from_copies() -> None:
    """Copies, updates and what was accepted are three numbers; only what no run told is new."""
    found = counts(sample())
    assert (found.items, found.stories, found.copies, found.updates, found.accepted) == (60, 4, 6, 1, 1)
    assert (found.changes, found.boilerplate, found.asides, found.errors) == (2, 1, 2, 1)
    assert (found.new, found.known) == (8, 2)


def test_nothing_new_is_no_news() -> None:
    """A daily run prints only where something is new; an error or what is no duplicate is no news."""
    whole = sample()
    known = whole._replace(
        clusters=tuple(each._replace(members=tuple(found._replace(status="known") for found in each.members)) for each in whole.clusters),
        changes=tuple(each._replace(status="known") for each in whole.changes),
        boilerplate=tuple(each._replace(status="accepted") for each in whole.boilerplate),
    )
    assert news(whole) and not news(known)
    assert news(known._replace(changes=whole.changes)) and news(known._replace(boilerplate=whole.boilerplate))


def test_shares_say_how_much_of_each_source_is_duplicated_and_with_whom() -> None:
    """An update is no copy, what was accepted is none, and an item is counted once."""
    whole = sample()
    first, wire, city, pages = shares(whole)
    assert (first.copies, first.updates, first.ratio) == (2, 1, 2 / 9)
    assert dict(city.repeats) == {"feeds/harbour.xml": 1, "https://wire.example.org/rss": 1, "city/atom.xml": 1}
    assert (wire.copies, pages.copies, pages.lacking("id"), city.lacking("date")) == (1, 0, 7, 1)
    assert matrix(whole).total() == sum(share.copies for share in shares(whole)) == 6


def test_what_only_the_history_holds_is_in_no_share() -> None:
    """A share is a share of the items that were read now."""
    whole = sample()
    [aged] = [each for each in whole.clusters if each.original.seen]
    turned = aged._replace(original=aged.members[0].item, members=(aged.members[0]._replace(item=aged.original, status="new"),))
    assert matrix(whole._replace(clusters=(turned,))).total() == 0


@pytest.mark.parametrize(
    ("dates", "unit", "bars"),
    [
        ([], "day", 0),
        (["2026-11-23", "2026-11-23T10:00:00Z", "2026-11-25"], "day", 3),
        (["2026-01-01", "2026-12-31"], "week", 53),
        (["2023-01-15", "2026-12-31"], "month", 48),
        (["1970-01-01", "2026-12-31"], "year", 57),
        (["0001-01-01", "9999-12-31"], "year", 63),
        (["1970-01-01", *["2026-11-23"] * 60, *["2026-11-25"] * 60], "day", 4),
    ],
)
def test_a_timeline_takes_the_shortest_unit_that_can_be_read(dates: list[str], unit: str, bars: int) -> None:
    """Days, else weeks, months, years; one stray date becomes a bar at the end instead of stretching the chart."""
    items = tuple(item("a", at, "t", found) for at, found in enumerate([*dates, "", "yesterday", "2026-13-40"]))
    line = timeline(Audit((Source("a", "RSS", items),)))
    assert (line.unit, len(line.bars), line.undated) == (unit, bars, 3)
    assert sum(bar.items for bar in line.bars) == len(dates)


def test_a_timeline_tells_copies_from_the_rest() -> None:
    """Of each day it is known how many items only repeat another, and how many update one."""
    bars = {bar.first: bar for bar in timeline(sample()).bars}
    assert (bars["2026-11-20"].copies, bars["2026-11-22"].updates, bars["2026-11-22"].copies) == (1, 1, 0)


def test_the_terminal_says_it_all() -> None:
    """Source, share, original, kind, evidence, likeness, words, advice, errors and the sum."""
    text = " ".join(render(sample(), "full", AuditView(width=80)).split())
    for part in (
        "22 % duplicated: 1 repeats https://wire.example.org/rss, 1 repeats items of its own; 1 update to keep",
        "original feeds/harbour.xml, 2026-11-20 · its own link is the canonical one",
        "F302 same link https://wire.example.org/rss, 2026-11-20",
        "same link but for www, http and utm_source · the same words",
        "[-12-]{+14+} people",
        "[-Quay-]{+The quay is+} closed to cars",
        "Open from nine to [-five-]{+six+}.",
        "34 of 39 items",
        "A series: the titles differ in their number",
        "https://gone.example.org/feed: the server answers 410",
        "6 copies of 4 stories and 1 update to keep",
    ):
        assert part in text, part
    assert text.count("Keep the id of the story") == 1


def test_an_update_is_never_called_a_copy() -> None:
    """Every view for people says of an update that it is to be kept, and counts it apart."""
    whole = sample()
    only = whole._replace(clusters=(whole.clusters[0]._replace(members=(whole.clusters[0].members[1],)),), changes=(), boilerplate=(), asides=())
    assert summary(only).startswith("1 update of 1 story to keep among 60 items")
    for format in ("full", "concise", "markdown", "html"):
        text = render(only, format)
        assert "update: keep it" in text.lower(), format
        if format != "html":
            assert "duplicated:" not in text and "copy" not in text and "repeats " not in text, format
    assert "keep the newest update: feeds/harbour.xml#tag:2" in render(only, "full")
    assert document(only)["clusters"][0]["keep"] == "feeds/harbour.xml#tag:2"
    assert document(only)["summary"]["copies"] == 0


def test_a_corrected_title_is_to_be_kept() -> None:
    """It is an update of its item, and every view for people says so."""
    whole = sample()
    first = whole.clusters[0]
    given = whole._replace(clusters=(first._replace(members=(first.members[1]._replace(rule="F305"),)),))
    for format in ("full", "concise", "markdown", "html"):
        assert "a corrected title: keep it" in render(given, format), format
    assert document(given)["clusters"][0]["items"][1]["name"] == "corrected-title"


def test_what_an_earlier_run_told_is_only_counted() -> None:
    """Known and accepted findings are shown when asked for."""
    text = render(sample(), "full")
    assert "Ferry halted by storm" not in text and "lighthouse" not in text
    assert "not shown: 2 known from earlier runs and 1 accepted as meant; -v shows them" in text
    every = render(sample(), "full", AuditView(verbose=True))
    assert "Ferry halted by storm" in every and "lighthouse" in every and "(accepted)" in every and "not shown" not in every
    assert "id f3020000000000000001" in every and "id f302" not in text
    assert len(render(sample(), "concise", AuditView(verbose=True)).splitlines()) == 10
    assert len(render(sample(), "concise").splitlines()) == 7


def test_a_limit_shows_the_stories_with_most_copies() -> None:
    """What it leaves out is counted, in each format for people; programs get everything."""
    view = AuditView(limit=1)
    for format in ("full", "concise", "markdown", "html"):
        text = render(sample(), format, view)
        assert "3 more stories with fewer copies" in text or "4 more stories with fewer copies" in text, format
        assert "Storm halts" in text and "Quay closed to cars\n  " not in text
    assert len(json.loads(render(sample(), "json", view))["clusters"]) == 5
    assert stories(sample(), AuditView(limit=0))[1] == 4


def test_news_comes_first() -> None:
    """A story with something new stands before a larger one that an earlier run told."""
    whole = sample()
    old = whole.clusters[0]._replace(members=tuple(found._replace(status="known") for found in whole.clusters[0].members))
    listed, _ = stories(whole._replace(clusters=(old, *whole.clusters[1:])), AuditView(verbose=True))
    assert [story.new for story in listed] == [True, True, True, False, False]
    assert listed[3].cluster is old


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("text", ["渡し船の運休" * 30, "🐟🚢" * 60, "a" * 300, "word " * 80])
def test_rows_fit_the_terminal(width: int, text: str) -> None:
    """No row is wider than asked for, whatever the script; addresses alone are left whole, so that they can be copied."""
    whole = sample()
    named = Source(text, text, tuple(each._replace(source=text, title=text) for each in whole.sources[1].items), text, "", (text,))
    first = whole.clusters[0]
    members = tuple(found._replace(item=found.item._replace(source=text, title=text + "!"), evidence=(text,), advice=text) for found in first.members)
    given = whole._replace(
        sources=(named,),
        clusters=(Cluster("1", first.original._replace(title=text, source=text), text, members),),
        asides=tuple(each._replace(reason=text, items=tuple(one._replace(title=text) for one in each.items)) for each in whole.asides),
        errors=(whole.errors[0]._replace(message=text),),
        notes=(text,),
    )
    for row in render(given, "full", AuditView(width=width, verbose=True)).splitlines():
        assert columns(row) <= width or row.strip().startswith(("http", "id ")), row


def test_flow_breaks_between_words_where_there_are_any() -> None:
    """No character gets lost, and a word too long for a row is broken."""
    assert flow("", 10) == []
    assert flow("one two three", 7) == ["one two", "three"]
    assert "".join(flow("渡し船" * 10, 7)) == "渡し船" * 10
    assert flow("渡し船", 1) == ["渡", "し", "船"]


def test_colour_is_only_colour() -> None:
    """Without its escape sequences a coloured report says the same."""
    plain, painted = (render(sample(), "concise", AuditView(color=color)) for color in (False, True))
    assert "\x1b[" in painted and re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


def test_an_empty_audit_says_so() -> None:
    """Nothing read is nothing said; nothing found is one line."""
    assert summary(Audit(())) == ""
    assert summary(Audit((Source("a", "RSS", (item("a", 1, "t"),)),))) == "nothing found among 1 item of 1 source\n"


def test_likeness_is_never_rounded_up() -> None:
    """Texts that differ are not 100 % alike, and a source with copies is not duplicated to 0 %."""
    given = many(1)
    [cluster] = given.clusters
    close = cluster._replace(members=(cluster.members[0]._replace(scores=Scores(0.999, 0.9999, 0.9999)),))
    text = render(given._replace(clusters=(close,)), "full")
    assert "99 % alike" in text
    filled = given._replace(sources=(given.sources[0]._replace(items=given.sources[0].items * 150),))
    assert "under 1 % duplicated" in render(filled, "full")


def test_likeness_is_not_said_twice() -> None:
    """Where the evidence holds a percentage or says that the texts are the same, the score is left to it."""
    whole = sample()
    first = whole.clusters[0]
    for evidence in ("the same text", "97 % of its words stand in the original"):
        given = whole._replace(clusters=(first._replace(members=(first.members[1]._replace(evidence=(evidence,)),)),), changes=())
        for format in ("full", "markdown", "html"):
            assert evidence in render(given, format) and "alike" not in re.sub("(?s)<style>.*</style>", "", render(given, format)).replace('class="alike"', "").replace("look alike", ""), format


def test_schema_is_a_schema() -> None:
    """The published schema is itself valid draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


@pytest.mark.parametrize("make", [sample, lambda: hostile(NASTY), lambda: Audit(()), lambda: many(3, 2)])
def test_json_is_as_the_schema_says(make) -> None:
    """Every finding of every kind fits the published schema, and reads back without lone surrogates."""
    whole = json.loads(render(make(), "json"))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(whole)
    assert whole["schema"] == "cleaner.audit/1" and whole["items"] == len(make().items)
    json.dumps(whole, ensure_ascii=False).encode("utf-8")


def test_the_schema_refuses_what_it_does_not_know() -> None:
    """A key more, a relation unknown or a score above one does not pass."""
    check = jsonschema.Draft202012Validator(json.loads(schema()))
    for spoil in (
        lambda whole: whole["clusters"][0]["items"][1].update(more=1),
        lambda whole: whole["clusters"][0]["items"][1].update(relation="alike"),
        lambda whole: whole["clusters"][0]["items"][0].update(relation="near"),
        lambda whole: whole["clusters"][0]["items"][1]["scores"].update(ratio=1.5),
        lambda whole: whole["changes"][0]["before"].update(more=1),
        lambda whole: whole.pop("repeats"),
    ):
        whole = document(sample())
        check.validate(whole)
        spoil(whole)
        assert not check.is_valid(whole)


def test_a_cluster_holds_its_original_and_each_member_held_against_it() -> None:
    """The original comes first, and is named; the members say relation, scores, evidence and advice."""
    first = document(sample())["clusters"][0]
    original, link, update, _ = first["items"]
    assert first["original"] == original["key"] == "feeds/harbour.xml#tag:1" and original["scores"] is None
    assert (link["relation"], link["rule"], link["scores"]["ratio"], link["status"]) == ("same-link", "F302", 1.0, "new")
    assert update["differences"][0] == {"kind": "number", "keeper": "12", "duplicate": "14"}
    assert first["keep"] == update["key"] and first["why"]


def test_the_name_of_a_source_that_is_no_utf8_is_given_exactly() -> None:
    """As for files: shown with U+FFFD, and its bytes beside it."""
    [source] = document(Audit((Source("caf\udce9.xml", "RSS"),)))["sources"]
    assert (source["name"], source["name_bytes"]) == ("caf\N{REPLACEMENT CHARACTER}.xml", "636166e92e786d6c")


def test_jsonl_is_one_finding_a_line() -> None:
    """Each line says of which kind it is; a member brings its original along."""
    rows = [json.loads(row) for row in render(sample(), "jsonl").splitlines()]
    kinds = [row["kind"] for row in rows]
    assert [kinds.count(kind) for kind in ("duplicate", "change", "boilerplate", "not-duplicate", "error")] == [8, 2, 1, 2, 1]
    assert rows[0]["original"]["key"] == "feeds/harbour.xml#tag:1" and rows[0]["relation"] == "same-link"


def test_csv_is_a_row_a_finding() -> None:
    """Lines end as RFC 4180 says, every row has every column, and it reads back."""
    text = render(sample(), "csv")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert all(None not in row and None not in row.values() for row in rows)
    assert [row["kind"] for row in rows] == [*["duplicate"] * 8, *["change"] * 2, "boilerplate", *["not-duplicate"] * 4, "error"]
    assert (rows[1]["relation"], rows[1]["ratio"], rows[1]["original_key"]) == ("updated", "0.8800", "feeds/harbour.xml#tag:1")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "＝", "\x00=", "'="])
def test_no_cell_is_a_formula(start: str) -> None:
    """Whatever a title begins with, a spreadsheet takes it for text."""
    payload = f"{start}HYPERLINK(\"http://evil.test\",\"x\")|'/C calc'!A0"
    for row in csv.reader(io.StringIO(render(hostile(payload), "csv"), newline="")):
        for found in row:
            assert found.lstrip()[:1] not in set("=+-@＝＋－＠") and found[:1] not in set("\t\r\n"), found
    assert cell("plain - text = a+b") == "plain - text = a+b"


def test_markdown_shows_what_a_title_holds() -> None:
    """No link, image, tag, table cell or mention comes of an item."""
    renderer = MarkdownIt("gfm-like", {"linkify": False})
    for text in (NASTY, "a|b", "*b* <b> ~~c~~", "# h", "- x", "www.evil.test me@evil.test"):
        source = render(hostile(text), "markdown", AuditView(verbose=True))
        html = renderer.render(source)
        assert "<a " not in html and "<img" not in html and "<em>" not in html and "<del>" not in html
        plain = re.sub(r"(?<!`)(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", source)  # code spans
        assert not re.search(r"://|www\.|@(?!<!--)", plain)  # what GitHub links by itself
        assert html.count("<tr>") == 5 and html.count("<th") - html.count("<thead") == 8
    assert "<h3>Storm halts the ferry to the island</h3>" in renderer.render(render(sample(), "markdown"))


def test_a_cut_feed_of_thousands_is_written_in_time() -> None:
    """The views for people take no more than three times as long for twice as many stories."""
    wholes = {size: many(size) for size in (500, 1000, 2000)}
    for view in ("concise", "csv"):
        assert not steep(lambda size, view=view: render(wholes[size], view), 2000)


def test_a_story_with_a_member_from_the_history_says_when_it_was_read() -> None:
    """An original that no source holds any more is dated by the history."""
    text = render(sample(), "full", AuditView(verbose=True))
    assert "https://wire.example.org/rss, 2025-03-02, last read 2025-03-02" in text


def test_a_member_without_scores_is_shown_without() -> None:
    """Two addresses of sitemaps have no texts to be alike."""
    whole = many(1)
    [cluster] = whole.clusters
    bare = Cluster("1", cluster.original._replace(text=""), "first", (member(cluster.members[0].item._replace(text=""), "same-link", "F302"),))
    text = render(whole._replace(clusters=(bare,)), "full")
    assert "alike" not in text and "F302 same link" in text
