"""Sources of every kind, replayed from fixtures/feeds/: the bytes that a publisher sent, and the whole items they hold."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import sys
import tarfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import CleanerError, InputError, MissingExtra
from cleaner.feeds.item import Item, Listing, Source
from cleaner.feeds.read import local, read
from cleaner.options import Options
from shared import SHARED, needs_shared
from slope import steep

FEEDS = Path(__file__).resolve().parents[1] / "fixtures" / "feeds"


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Return every case by the name of its file and its own; a file's first keys hold for all its cases."""
    found = {}
    for path in sorted(FEEDS.glob("*.yaml")):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in told.pop("cases"):
            assert f"{path.stem}: {case['case']}" not in found
            found[f"{path.stem}: {case['case']}"] = {**told, **case}
    return found


def sent(case: dict[str, Any]) -> bytes:
    """Return the bytes of a case."""
    data = case["input"].encode(case.get("encoding", "utf-8"))
    return gzip.compress(data) if case.get("gzip") else data


def told(case: dict[str, Any], default: dict[str, Any]) -> Any:
    """Return what a case is read as, as its fixture tells it: an error's text, or whatever is not empty."""
    case = {**default, **case}
    try:
        found = read(sent(case), case["file"], options=Options(), base=case.get("base", ""), content_type=case.get("content_type", ""))
    except CleanerError as error:
        return {"error": str(error)}
    rows = {"kind": found.kind, **{name: getattr(found, name) for name in ("title", "site") if getattr(found, name, "")}}
    if found.notes:
        rows["notes"] = list(found.notes)
    if isinstance(found, Listing):
        return {**rows, "addresses": list(found.addresses)}
    return {**rows, "items": [row(item, found) for item in found.items]}


def row(item: Item, source: Source) -> dict[str, Any]:
    """Return an item as a fixture tells it: without what is empty, and its source where that is the file's own name."""
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in item._asdict().items() if value}
    if plain["source"] == source.name:
        del plain["source"]
    return plain


@pytest.mark.parametrize("name", cases())
def test_a_source_is_read_as_its_fixture_tells(name):
    """Every item of a source is, field by field, what its fixture says; and so are kind, title, site and notes."""
    case = cases()[name]
    assert told(case, {}) == case["expect"]


@pytest.mark.parametrize("name", cases())
def test_items_are_what_readers_rely_on(name):
    """Keys are unique, numbers rise, titles stand on one line, dates are ISO 8601 or nothing, and all of it can be written."""
    case = cases()[name]
    if "items" in case["expect"]:
        sound(read(sent(case), case["file"], options=Options(), base=case.get("base", "")))


def sound(source: Source | Listing) -> None:
    """Hold what is true of every source."""
    repr(source).encode("utf-8")
    if isinstance(source, Listing):
        assert len(set(source.addresses)) == len(source.addresses)
        return
    assert len({item.key for item in source.items}) == len(source.items)
    assert all(before.number < after.number for before, after in zip(source.items, source.items[1:]))
    for item in source.items:
        assert item.key.startswith(f"{item.source}#") and (item.source == source.name or item.source.startswith(source.name + ": "))
        assert not re.search(r"[\x00-\x1f\x7f]", item.title + item.id + item.url + item.canonical)
        assert item.title == " ".join(item.title.split())
        for date in (item.published, item.updated):
            assert re.fullmatch(r"|\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", date)
        assert not re.search(r"\n\n\n|(?<!\n)\n(?!\n)|^\s|\s$", item.text)
        assert item.summary != item.text or not item.text
        for url in (item.url, item.canonical, *item.media):
            assert not re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", url, re.IGNORECASE)
        assert ("no date" in item.notes) <= (not item.date) and ("no id" in item.notes) <= (not item.id)


# --- folders --------------------------------------------------------------------------------------------------------


def articles(folder: Path) -> Path:
    """Copy the fixture's articles to where no git knows them."""
    return Path(shutil.copytree(FEEDS / "folder", folder / "articles"))


def test_a_folder_is_read_as_its_fixture_tells(tmp_path):
    """Each article is one item: its path, title, address, dates and prose, whatever its format."""
    where = articles(tmp_path)
    source, problems = local(where, Options())
    sound(source)
    assert not problems
    expected = json.loads((FEEDS / "folder.json").read_text(encoding="utf-8"))
    plain = [{name: value for name, value in row(item, source).items() if name != "key"} for item in source.items]
    assert {"kind": source.kind, "notes": list(source.notes), "items": plain} == expected
    assert [item.key for item in source.items] == [f"{where}#{item.id}" for item in source.items]


def test_what_cannot_be_read_in_a_folder_is_named(tmp_path):
    """A file that is no text is a problem of its own; the others are read."""
    where = articles(tmp_path)
    (where / "image.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe")
    (where / "large.txt").write_bytes(b"x" * 20_000)
    (where / "old.txt").write_bytes("Grüße vom Kai, wo die Fähre wieder fährt.\n".encode("cp1252"))
    source, problems = local(where, Options(max_bytes=10_000))
    assert [os.path.basename(problem.path) for problem in problems] == ["image.md", "large.txt"]
    assert all("\n" not in problem.message for problem in problems)
    assert "Grüße vom Kai, wo die Fähre wieder fährt." in [item.text or item.title for item in source.items]
    assert len(source.items) == 15


def test_an_empty_folder_says_so(tmp_path):
    """A folder without articles is an error that says what to name instead."""
    (tmp_path / "feed.xml").write_text("<rss/>", encoding="utf-8")
    with pytest.raises(InputError, match="there is no article in this folder; feeds and tables are named themselves"):
        local(tmp_path, Options())


def test_the_main_text_of_web_pages_can_be_taken(tmp_path):
    """With `extract` a page's menus and teasers are no part of its text."""
    pytest.importorskip("trafilatura")
    body = "".join(f"<p>Paragraph {number} of the article says something long enough to be taken for text, and goes on.</p>" for number in range(6))
    page = f"<html><head><title>Ferry back</title></head><body><div class='menu'><p>Subscribe now</p></div><article><h1>Ferry back</h1>{body}</article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (item,) = local(tmp_path, Options(extract=True))[0].items
    assert item.title == "Ferry back"
    assert "Paragraph 5" in item.text and "Subscribe" not in item.text and "<" not in item.text


def test_a_file_is_read_from_its_path(tmp_path):
    """A path of a file is read as what its bytes are; a path of nothing is an error that names it."""
    path = tmp_path / "any.name"
    path.write_bytes(sent(cases()["rss: podcast"]))
    source, problems = local(path, Options())
    assert source.kind == "RSS 2.0" and source.name == str(path) and not problems
    with pytest.raises(InputError, match="no such file"):
        local(tmp_path / "none.xml", Options())


# --- Parquet --------------------------------------------------------------------------------------------------------


def parquet(rows: int = 2, **columns: Any) -> bytes:
    """Return a Parquet file with some columns, so many rows in a group."""
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as writer

    target = io.BytesIO()
    writer.write_table(arrow.table(columns), target, row_group_size=rows)
    return target.getvalue()


MOMENT = datetime(2026, 11, 23, 8, 30)
TABLES = [
    ("texts", {"id": ["1", "2", "3"], "text": ["One.", None, "Three."], "url": [None, "https://a.example.org/2", None]}, ["One.", "", "Three."]),
    ("numbers for ids", {"id": [7, 8], "title": ["A", "B"]}, ["7", "8"]),
    ("lists of paragraphs", {"title": ["A"], "text": [["One.", "Two."]]}, ["One.\n\nTwo."]),
    ("objects", {"title": ["A"], "publisher": [{"name": "Gazette", "id": 1}]}, ["table.parquet: Gazette"]),
    ("bytes", {"title": [b"A \xc3\xa9"]}, ["A é"]),
    ("moments", {"title": ["A"], "date": [MOMENT]}, ["2026-11-23T08:30:00Z"]),
    ("days", {"title": ["A"], "date": [MOMENT.date()]}, ["2026-11-23"]),
    ("dates as text", {"title": ["A", "B"], "date": ["Mon, 23 Nov 2026 08:30:00 GMT", None]}, ["2026-11-23T08:30:00Z", ""]),
    ("seconds", {"title": ["A"], "timestamp": [1795422600]}, ["2026-11-23T08:30:00Z"]),
    ("html", {"title": ["A"], "html": ["<p>One &amp; two.</p><p>Three.</p>"]}, ["One & two.\n\nThree."]),
    ("rows of nothing", {"title": ["A", None, "B"]}, ["A", "B"]),
    ("nothing at all", {"title": []}, []),
    ("true and false", {"title": ["A"], "id": [True]}, [""]),
]


@pytest.mark.parametrize(("what", "columns", "expected"), TABLES, ids=[name for name, _, _ in TABLES])
def test_a_parquet_file_is_read(what, columns, expected):
    """Whatever types the columns of a Parquet file have, its rows become items."""
    source = read(parquet(**columns), "table.parquet", options=Options())
    assert source.kind == "Parquet"
    if expected:
        sound(source)
    field = {
        "texts": "text", "numbers for ids": "id", "lists of paragraphs": "text", "objects": "source", "bytes": "title", "rows of nothing": "title",
        "html": "text", "nothing at all": "title", "true and false": "id",
    }.get(what, "published")  # fmt: skip
    assert [getattr(item, field) for item in source.items] == expected


def test_moments_of_other_zones_are_utc():
    """A moment is the same moment whatever zone, unit or precision its column has."""
    arrow = pytest.importorskip("pyarrow")
    for unit in ("s", "ms", "us", "ns"):
        for zone in (None, "UTC", "Europe/Berlin"):
            column = arrow.array([1795422600 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]], arrow.timestamp(unit, tz=zone))
            (item,) = read(parquet(title=["A"], date=column), "table.parquet", options=Options()).items
            assert item.published == "2026-11-23T08:30:00Z", (unit, zone)


def test_parquet_that_cannot_be_read_is_named():
    """Damage, unknown columns and what unpacks to too much are errors of one line."""
    long = ["A" * 50_000] * 40
    whole, once = parquet(title=long), parquet(rows=40, title=long)  # once: held in the file a single time
    assert len(once) < 10_000 < len(whole) < 100_000
    for data, options, message in (
        (whole, Options(max_bytes=100_000), "unpacks to more than 100,000 bytes"),
        (once, Options(max_bytes=100_000), "unpacks to more than 100,000 bytes"),
        (whole[:-100], Options(), "damaged Parquet file"),
        (b"PAR1" + b"\xff" * 100, Options(), "damaged Parquet file"),
        (parquet(price=[1], weight=[2]), Options(), "found: price, weight"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            read(data, "table.parquet", options=options)
        assert "\n" not in str(caught.value)


def test_without_pyarrow_the_command_that_installs_it_is_named(monkeypatch):
    """Parquet without its extra is one line that says what to install."""
    data = parquet(title=["A"])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install 'cleaner\[parquet\]'"):
        read(data, "table.parquet", options=Options())


# --- limits ---------------------------------------------------------------------------------------------------------

RSS = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'


def test_sizes_are_limited_packed_or_not():
    """What is too large is refused before it is read, and an archive as soon as it has unpacked to too much."""
    small = Options(max_bytes=1000)
    with pytest.raises(InputError, match="larger than 1,000 bytes; raise max-bytes"):
        read(b"x" * 1001, "a", options=small)
    bomb = gzip.compress(gzip.compress(b" " * 10_000_000))
    with pytest.raises(InputError, match="unpacks to more than 50,000 bytes; raise max-bytes"):
        read(bomb, "a", options=Options(max_bytes=50_000))


def test_damaged_archives_are_named():
    """An archive that ends early or is none says so; several in a row are one, and one in one is unpacked."""
    packed = gzip.compress(sent(cases()["rss: rdf"]))
    for data, message in ((packed[:-20], "ends too early"), (b"\x1f\x8b" + b"x" * 50, "is damaged")):
        with pytest.raises(InputError, match=message):
            read(data, "a", options=Options())
    half = len(cases()["rss: rdf"]["input"]) // 2
    text = sent(cases()["rss: rdf"])
    twice = gzip.compress(text[:half]) + gzip.compress(text[half:])
    for data in (packed, twice, gzip.compress(packed)):
        assert len(read(data, "a", options=Options()).items) == 1
    with pytest.raises(InputError, match="inside an archive inside an archive"):
        read(gzip.compress(gzip.compress(packed)), "a", options=Options())


DEEP = 100_000
HOSTILE = {
    "rss nested": lambda n: RSS.format("<a>" * n + "</a>" * n),
    "items nested": lambda n: RSS.format("<item>" * (n // 5) + "</item>" * (n // 5)),
    "never closed": lambda n: RSS.format("<item>" + "<b>" * n),
    "author": lambda n: RSS.format("<item><author>" + "a." * n + "</author></item>"),
    "author under another name": lambda n: RSS.format('<item><x:creator xmlns:x="http://purl.org/dc/elements/1.1/">' + "a." * n + "</x:creator></item>"),
    "bare ampersands": lambda n: RSS.format("<item><title>" + "&" * n + "</title></item>"),
    "open cdata": lambda n: RSS.format("<item><description>&x" + "<![CDATA[" * n),
    "open attributes": lambda n: RSS.format("<item><description>" + '<a href="' * (n // 5)),
    "open comments": lambda n: RSS.format("<item>" + "<!--" * n),
    "many doctypes": lambda n: "<!DOCTYPE rss>" * (n // 5) + RSS.format(""),
    "quotes in a doctype": lambda n: "<!DOCTYPE rss " + "'\"" * n + RSS.format(""),
    "a large subset": lambda n: "<!DOCTYPE rss [" + "<!ELEMENT a ANY>" * (n // 2) + "]>" + RSS.format("<item/>"),
    "an open subset": lambda n: "<!DOCTYPE rss [" + "<!-- -" * n,
    "escaped html": lambda n: RSS.format("<item><description>" + "&lt;p&gt;" * n + "</description></item>"),
    "a long date": lambda n: RSS.format("<item><pubDate>" + "1 " * n + "</pubDate></item>"),
    "huge numbers for letters": lambda n: RSS.format("<item><title>&#" + "9" * (n // 10) + ";&#x110000;&#xD800;</title></item>"),
    "bad hosts": lambda _: RSS.format('<item xml:base="http://[x"><link>//[y</link></item><item><link>http://[::1/</link></item>'),
    "outlines": lambda n: '<opml version="2.0"><body>' + "<outline>" * n,
    "sitemap": lambda n: "<urlset>" + "<url>" * n,
    "stray ends": lambda n: "<urlset>" + "<url><loc>x</a></b></c>" * (n // 5),
    "json lists": lambda n: "[" * n,
    "json objects": lambda n: '{"a":' * n,
    "json lines": lambda n: '{"id": 1}\n' + "[" * n + "\n" + '{"a":' * n,
    "a long number": lambda n: '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + "1" * n + "}]}",
    "one quote": lambda n: 'title,text\n"' + "a,b\n" * n,
    "quotes": lambda n: "title,text\n" + '"' * n,
    "delimiters": lambda n: "title" + "," * n + "\n" + "," * n,
    "a line": lambda n: "a" * (10 * n),
    "blank": lambda n: " " * (10 * n) + "<rss/>",
    "blank lines": lambda n: "\n" * (10 * n) + "x",
    "declarations": lambda n: "<?xml " * n,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sources_end_soon(name):
    """What nests, never ends or repeats without end is read or refused with one line, in no more than three times as long for twice as much."""

    def attempt(size):
        try:
            sound(read(HOSTILE[name](size).encode(), "hostile", options=Options()))
        except InputError as error:
            assert str(error).startswith("hostile: ") and "\n" not in str(error) and len(str(error)) < 500

    assert not steep(attempt, DEEP)


def test_a_hundred_thousand_equal_ids_take_no_square():
    """Each of many entries that share an id gets a key of its own, in no more time than any others."""

    def last(size: int) -> str:
        source = read(b"\n".join(b'{"id": "x", "title": "A"}' for _ in range(size)), "a.jsonl", options=Options())
        assert len({item.key for item in source.items}) == size
        return source.items[-1].key

    assert last(100) == "a.jsonl#x (100)"
    assert not steep(last, 100_000)


# --- nothing is opened ----------------------------------------------------------------------------------------------

TEMPTING = {
    "an external entity": '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{path}">]><rss version="2.0"><channel><title>&x;</title></channel></rss>',
    "an external document type": '<!DOCTYPE rss SYSTEM "{path}"><rss version="2.0"><channel><title>T</title></channel></rss>',
    "a document type of the web": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss version="2.0"><channel><title>T</title></channel></rss>',
    "a parameter entity": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "{path}"> %p;]><rss version="2.0"><channel><title>T</title></channel></rss>',
    "xinclude": '<rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude"><channel><title><xi:include href="{path}" parse="text"/></title></channel></rss>',
    "a stylesheet": '<?xml-stylesheet href="{path}"?><rss version="2.0"><channel><title>T</title></channel></rss>',
    "links to files": '<rss version="2.0"><channel><title>T</title><item><link>{path}</link><enclosure url="file://{path}"/></item></channel></rss>',
    "content that is elsewhere": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content src="{path}"/></entry></feed>',
    "an image of the web": '<rss version="2.0"><channel><item><description>&lt;img src="http://127.0.0.1:9/x.png"&gt;</description></item></channel></rss>',
    "a path": "{path}",
    "an address of a file": "file://{path}",
    "an address": "http://127.0.0.1:9/feed.xml",
    "a list of paths": '<opml version="2.0"><body><outline xmlUrl="{path}"/></body></opml>',
    "an index of paths": "<sitemapindex><sitemap><loc>{path}</loc></sitemap></sitemapindex>",
    "a JSON feed": '{{"version":"https://jsonfeed.org/version/1.1","feed_url":"{path}","next_url":"http://127.0.0.1:9/","items":[]}}',
}


@pytest.mark.parametrize("name", TEMPTING)
def test_nothing_that_is_read_opens_anything(name, tmp_path, monkeypatch):
    """No file and no address is opened because of what a source holds, and no word of a file gets into an item."""
    secret = tmp_path / "secret.txt"
    secret.write_text("TELL NOBODY", encoding="utf-8")
    data = TEMPTING[name].format(path=secret).encode()
    for fixture in ("rss: podcast", "opml: opml-1", "json-feed: blog", "sitemap: plain", "csv: plain"):
        read(sent(cases()[fixture]), "warm", options=Options())  # what is imported is imported before the doors close

    def shut(*_, **__):
        raise AssertionError("something was opened")

    monkeypatch.setattr("builtins.open", shut)
    monkeypatch.setattr("io.open", shut)
    monkeypatch.setattr("os.open", shut)
    monkeypatch.setattr("socket.socket", shut)
    monkeypatch.setattr("urllib.request.urlopen", shut)
    try:
        found = repr(read(data, "tempting", options=Options()))
    except InputError as error:
        found = str(error)
    monkeypatch.undo()
    assert "TELL NOBODY" not in found


# --- no traceback ---------------------------------------------------------------------------------------------------


def read_or_refuse(data: bytes, name: str, content_type: str = "") -> None:
    """Read bytes; nothing but an error of ours may come of it."""
    try:
        sound(read(data, name, options=Options(), content_type=content_type))
    except CleanerError as error:
        assert "\n" not in str(error)


STARTS = [b"", b"<rss>", b"<?xml", b"{", b"[", b"PAR1", b"\x1f\x8b\x08", b"\xff\xfe", b"title,url\n", b"https://a.example.org/\n", b"<opml>", b"<urlset><url>", b"<feed>"]
NAMES = ["a", "a.csv", "a.jsonl", "a.json.gz", "https://a.example.org/x", "a.parquet"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=200), st.sampled_from(NAMES), st.sampled_from(["", "text/xml; charset=koi8-r", "text/xml; charset=utf-7"]))
def test_no_bytes_make_a_traceback(start, rest, name, content_type):
    """Whatever the bytes are, they are read or refused in one line."""
    read_or_refuse(start + rest, name, content_type)


PIECES = [b"<", b">", b"&", b"&#0;", b"&lt;", b"<item>", b"</item>", b"<title>", b"]]>", b"<![CDATA[", b"\x00", b"\xff", b'"', b"\n", b"{", b"}", b",", b"xml:base='http://['", b"1e999", b"<!DOCTYPE x [", b"\\ud800", b"xmlns='", b"</url>"]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_damage_makes_a_traceback(data):
    """A fixture with pieces cut out, doubled and put in is read or refused in one line."""
    case = cases()[data.draw(st.sampled_from(sorted(cases())))]
    damaged = case["input"].encode(case.get("encoding", "utf-8"))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        end = data.draw(st.integers(at, min(len(damaged), at + 60)))
        piece = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4), st.just(damaged[at:end] * 2)))
        damaged = damaged[:at] + piece + damaged[end:]
    read_or_refuse(damaged, case["file"])


def test_what_breaks_feedparser_is_no_traceback(monkeypatch):
    """An error inside feedparser is a feed that is not well-formed: what was read until then stays, and the rest is said."""
    from cleaner.feeds import syndication

    strict, lenient = syndication._parsers()

    def broken(*_):
        raise ValueError("a mistake of somebody else")

    for parser in (strict, lenient):
        monkeypatch.setattr(parser, "_start_category", broken, raising=False)
    source = read(RSS.format("<item><title>A</title></item><item><category>x</category></item>").encode(), "a", options=Options())
    assert [item.title for item in source.items][:1] == ["A"]
    assert "not well-formed (ValueError while reading; the rest cannot be read at all (ValueError)), read all the same" in source.notes


@pytest.mark.parametrize("name", ["rss: wordpress", "atom: xhtml", "rss: entities-and-ampersands"])
def test_feedparser_says_the_same(name):
    """What is read through feedparser's parsers is what `feedparser.parse` reads: entries, ids, links and titles."""
    import feedparser

    case = cases()[name]
    whole = feedparser.parse(io.BytesIO(sent(case)), sanitize_html=False, resolve_relative_uris=False)
    source = read(sent(case), case["file"], options=Options())
    assert [entry.id for entry in whole.entries] == [item.id for item in source.items]
    assert len(whole.entries) == len(source.items) > 0


@needs_shared
def test_the_hostile_pack_is_read_or_refused():
    """Every feed of the pack of hostile files is read or refused in one line."""
    with tarfile.open(SHARED / "data" / "hostile.tar.xz") as pack:
        feeds = [member for member in pack.getmembers() if os.path.basename(member.name).startswith("feed-") and member.size < 2_000_000]
        assert len(feeds) > 8
        for member in feeds:
            read_or_refuse(pack.extractfile(member).read(), os.path.basename(member.name))
