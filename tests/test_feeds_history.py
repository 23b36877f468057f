"""The history: it remembers what it acknowledged, shares its file, finds again what may be the same, and believes nothing that its file does not prove."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import tracemalloc
import zlib
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.errors import HistoryError
from cleaner.feeds import history as module
from cleaner.feeds.fetch import Fetched, Validators
from cleaner.feeds.history import History, Print
from cleaner.feeds.item import Item
from cleaner.feeds.ledger import APPLICATION, sealed

MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"


def item(number: int = 1, source: str = "https://example.org/feed", **fields) -> Item:
    given = {"id": f"story-{number}", "title": f"Story {number}", "text": f"The ferry sails at {number} o'clock.\n\nIt is a good ferry."} | fields
    key = f"{source}#{given['id'] or given['title'] or number}"
    return Item(**{"key": key, "source": source, "number": number} | given)


def prints(numbers, **more) -> list[Print]:
    return [Print(item(at), f"example.org/{at}", f"{at:064x}", (at * 10, 2**64 - 1 - at), **more) for at in numbers]


@contextmanager
def by_hand(path):
    """Change a file as somebody with the sqlite3 shell would."""
    with closing(sqlite3.connect(path)) as base:
        yield base
        base.commit()


def filled(path) -> Path:
    with History.open(path) as history:
        history.store(prints(range(1, 40)), MONDAY, ["found-1", "found-2"])
    assert [each.name for each in path.parent.iterdir()] == [path.name], "closed, it is one file"
    return path


# What is remembered


def test_an_item_comes_back_as_it_was_last_seen(tmp_path):
    """All of an item but its notes; first seen stays, last seen moves on, the state is the newest."""
    full = Item(
        key="https://example.org/feed#a", source="https://example.org/feed", number=7, id="a", url="https://example.org/a", canonical="https://example.net/a",
        title="The ferry", published="2026-11-22T08:30:00Z", updated="2026-11-23", text="One.\n\nTwo.", summary="One.", media=("https://example.org/a.mp3", "b"), notes=("no date",),
    )  # fmt: skip
    changed = full._replace(title="The late ferry", text="One.\n\nThree.", number=8)
    with History.open(tmp_path / "history") as history:
        assert history.versions([Print(full)]) == {}
        history.store([Print(full, "example.org/a", "ab12", (1, 2))], MONDAY)
        assert history.versions([Print(changed)])[full.key] == (full._replace(notes=(), seen=MONDAY), "example.org/a", "ab12", MONDAY)
        history.store([Print(changed, "example.org/a", "cd34", (3,))], TUESDAY)
        history.store([Print(changed, "example.org/a", "cd34", (3,))], WEDNESDAY)
    with History.open(tmp_path / "history") as history:
        assert history.versions([Print(full)])[full.key] == (changed._replace(notes=(), seen=MONDAY), "example.org/a", "cd34", WEDNESDAY)
        assert history.notes == []


def test_a_run_that_comes_late_turns_nothing_back(tmp_path):
    """Of two runs that overlap, the one that began first does not make an item older than it is."""
    with History.open(tmp_path / "history") as history:
        history.store(prints([1]), TUESDAY)
        history.store(prints([1]), MONDAY)
        assert history.versions(prints([1])).popitem()[1].last_seen == TUESDAY


def test_what_an_item_is_found_again_by(tmp_path):
    """Its source and id; without an id its link; without both its title; never another source's."""
    by_id, by_link, by_title = item(1), item(2, id="", url="https://example.org/2"), item(3, id="", title="Weather")
    with History.open(tmp_path / "history") as history:
        history.store([Print(by_id, "example.org/1"), Print(by_link, "example.org/2"), Print(by_title)], MONDAY)
        now = [Print(item(1, title="New", text="x"), "example.org/new"), Print(item(2, id="", title="New"), "example.org/2"), Print(item(9, id="", title="Weather", text="x"))]
        found = history.versions(now)
        assert [found[each.item.key].item.title for each in now] == ["Story 1", "Story 2", "Weather"]
        assert history.versions([Print(each.item._replace(source="https://example.net/feed"), each.link) for each in now]) == {}


def test_an_id_that_is_used_twice_names_none(tmp_path):
    """Items of one source that share an id are each found again by what they say, in whatever order they come; a new one among them is new."""
    one, other, third = (Print(item(at, id="same", key=f"feed#{at}"), f"example.org/{at}", f"{at}", (at,)) for at in (1, 2, 3))
    with History.open(tmp_path / "history") as history:
        history.store([one, other], MONDAY)
        found = history.versions([other, one, third])
        assert {key: record.item.text for key, record in found.items()} == {"feed#1": one.item.text, "feed#2": other.item.text}
        assert set(history.versions([one, third])) == {"feed#1"}, "what is new is not the other in a new state"
        history.store([third, other, one], TUESDAY)
        edited = Print(other.item._replace(text="Another text."), "example.org/2", "9")
        assert history.versions([edited, one])["feed#2"].item.text == other.item.text, "by its title"
        alone = Print(item(8, id="same", key="feed#8", title="Else", text="Else."))
        assert history.versions([alone])["feed#8"].last_seen == TUESDAY, "alone, an id is an id again"


def test_a_second_run_finds_nothing_new(tmp_path):
    """What was stored is found in just that state, however many share an id, a link or a title."""
    same = [Print(item(at, id=("a", "")[at % 2], title=("T", "U")[at % 3 % 2], text=f"{at % 5}", key=f"k{at}"), ("", "l", "m")[at % 3], f"{at % 5}") for at in range(60)]
    with History.open(tmp_path / "history") as history:
        history.store(same, MONDAY)
        for shown in (same, same[::-1]):
            found = history.versions(shown)
            assert [found[each.item.key].item[3:-2] for each in shown] == [each.item[3:-2] for each in shown]
        history.store(same, TUESDAY)
    with by_hand(tmp_path / "history") as base:
        assert base.execute("SELECT COUNT(*) FROM item").fetchone() == (60,)


SCRIPTS = ["Straße, Ærø, 東京, \N{SNOWMAN}", "a\0b", "\ud800 alone \udfff", "\r\n\t\x1b", "'; DROP TABLE item; --", " ", "\N{RIGHT-TO-LEFT OVERRIDE}x"]


@pytest.mark.parametrize("text", SCRIPTS)
def test_any_text_can_stand_in_any_field(tmp_path, text):
    """Lone surrogates, NUL, control characters, SQL: what went in comes out, and is found again."""
    odd = Item(f"{text}#1", text, 1, text, text, text, text, text, text, text, text, (text, "b"))
    with History.open(tmp_path / "history") as history:
        history.store([Print(odd, text, text)], text, [text])
        history.accept([text + "2"], MONDAY)
        history.remember(Fetched(text, text, 200, text.encode("utf-8", "replace"), text, text, text), text)
    with History.open(tmp_path / "history") as history:
        assert history.versions([Print(odd, text)]) == {odd.key: (odd._replace(seen=text), text, text, text)}
        assert [each.item.text for each in history.related([Print(item(1), text)])] == [text]
        assert history.told([text, "other"]) == {text} and history.accepted([text + "2", text]) == {text + "2"}
        assert history.validators(text) == Validators(text, text, text)
        assert history.notes == []


def test_fields_beyond_measure_are_cut_and_found_again(tmp_path):
    """A title of a megabyte and a thousand enclosures are kept in part; the item is the same the next time."""
    large = item(1, id="i" * 100_000, title="t" * 1_000_000, media=tuple(f"https://example.org/,,,,,,,,,,,,,,,,,,/{at}" for at in range(20_000)))
    with History.open(tmp_path / "history") as history:
        history.store([Print(large)], MONDAY)
        [found] = history.versions([Print(large)]).values()
        assert len(found.item.title) == 65536 and 500 < len(found.item.media) < 20_000 and found.item.text == large.text
        history.store([Print(large)], TUESDAY)
    with by_hand(tmp_path / "history") as base:
        assert base.execute("SELECT COUNT(*) FROM item").fetchone() == (1,)


def test_a_text_beyond_measure_is_left_out(tmp_path, monkeypatch):
    """A text longer than a row may unpack to is not kept; while it stays the same, it is known as the same."""
    monkeypatch.setattr(module, "_TEXT", 1000)
    long, new = item(1, text="word " * 300), item(1, text="else " * 300)
    with History.open(tmp_path / "history") as history:
        history.store([Print(long)], MONDAY)
        assert history.versions([Print(long)])[long.key].item.text == long.text
        assert history.versions([Print(new)])[long.key].item.text == ""
        assert history.notes == []


def test_what_was_told_and_accepted(tmp_path):
    """Findings told once are told; accepted ones are accepted, told or not; first told is when it stays."""
    many = [f"finding-{at}" for at in range(1200)]
    with History.open(tmp_path / "history") as history:
        assert history.told(["a"]) == set() and history.accepted([]) == set()
        history.store([], MONDAY, ["a", "b", "a"])
        history.accept(["b", "c"], TUESDAY)
        history.store([], WEDNESDAY, ["a", "c", *many])
        assert history.told(["a", "b", "c", "d"]) == {"a", "b", "c"}
        assert history.accepted(iter(["a", "b", "c", "d"])) == {"b", "c"}
        assert history.told(many) == set(many)
    with by_hand(tmp_path / "history") as base:
        assert base.execute("SELECT id, told, accepted FROM finding WHERE length(id) = 1 ORDER BY id").fetchall() == [("a", MONDAY, ""), ("b", MONDAY, TUESDAY), ("c", WEDNESDAY, TUESDAY)]


# What is related


def test_what_may_tell_the_same_story(tmp_path):
    """The same global id elsewhere, the same link, the same text, a shared fingerprint; nothing else, and none twice."""
    there = "https://example.net/feed"
    stored = [
        Print(item(1, there, id="tag:example.org,2026:1")), Print(item(2, there, id="plain")), Print(item(3, there), "example.org/x"), Print(item(4, there), "", "d16e57"),
        Print(item(5, there), "", "", (1, 2, 3)), Print(item(6, there), "example.org/x", "d16e57", (3, 2**64 - 1)), Print(item(7, there), "example.org/y", "ffff", (9,)),
    ]  # fmt: skip
    with History.open(tmp_path / "history") as history:
        history.store(stored, MONDAY)

        def found(*asked):
            return [each.item.number for each in history.related(asked)]

        assert found(Print(item(1, id="tag:example.org,2026:1"))) == [1]
        assert found(Print(item(2, id="plain"))) == []
        assert found(Print(item(3), "example.org/x")) == [3, 6]
        assert found(Print(item(4), "", "d16e57")) == [4, 6]
        assert found(Print(item(5), "", "", (2**64 - 1, 2))) == [5, 6]
        assert found(Print(item(5), "example.org/x", "d16e57", (3, 2)), Print(item(1), "example.org/x")) == [3, 4, 5, 6]
        assert found(Print(item(8), "example.org/none", "0", (77,))) == []
        [record] = history.related([Print(item(3), "example.org/y")])
        assert record == (stored[6].item._replace(seen=MONDAY), "example.org/y", "ffff", MONDAY)


def test_what_an_item_was_before_is_not_related_to_it(tmp_path):
    """The items of this run stand for what they were; a changed one is found by its old marks no more."""
    with History.open(tmp_path / "history") as history:
        history.store([Print(item(1), "l", "d", (5,)), Print(item(2), "l", "d", (5,))], MONDAY)
        assert history.related([Print(item(1), "l", "d", (5,)), Print(item(2), "m", "e", (6,))]) == []
        history.store([Print(item(2), "m", "e", (6,))], TUESDAY)
        other = item(9, "https://example.net/feed")
        assert [each.item.number for each in history.related([Print(other, "l", "d", (5,))])] == [1]
        assert [each.item.number for each in history.related([Print(other, "", "", (6,))])] == [2]


def test_no_more_is_related_than_can_be_read(tmp_path):
    """Of a thousand that share something, some dozens: the oldest and the newest; those that share more before all."""
    crowd = [Print(item(at), "same.link", "same", (1, 2)) for at in range(1, 1001)]
    best = Print(item(2000), "only.link", "same", (1, 2, 3, 4))
    with History.open(tmp_path / "history") as history:
        history.store([*crowd[:500], best, *crowd[500:]], MONDAY)
        asked = [Print(item(at, "https://example.net/feed"), "same.link", "same", (1,)) for at in range(3)]
        found = [each.item.number for each in history.related(asked)]
        assert len(found) == 32 and {1, 16, 985, 1000} <= set(found) and 500 not in found
        assert found == [each.item.number for each in history.related(asked[::-1])]
        asked = Print(item(1, "https://example.net/feed"), "only.link", "", (3, 4))
        assert [each.item.number for each in history.related([asked])] == [2000]


def test_no_two_items_of_an_audit_have_one_key(tmp_path):
    """A remembered item whose key another has already gets a key of its own."""
    stored = [Print(item(at, id=f"old-{at}", key="feed#1"), "l") for at in range(3)]
    with History.open(tmp_path / "history") as history:
        history.store(stored, MONDAY)
        found = history.related([Print(item(9, "https://example.net/feed", key="feed#1"), "l")])
        assert [each.item.key for each in found] == ["feed#1 (history)", "feed#1 (history 2)", "feed#1 (history 3)"]


def test_memory_is_bounded_by_what_related_unpacks(tmp_path, monkeypatch):
    """Where texts are very long, fewer are given back; each item has its best first."""
    monkeypatch.setattr(module, "_UNPACKED", 1000)
    with History.open(tmp_path / "history") as history:
        history.store([Print(item(at, text="word " * 100), f"l{at}") for at in range(1, 10)], MONDAY)
        assert len(history.related([Print(item(at, "https://example.net/feed"), f"l{at}") for at in range(1, 10)])) == 2


# What was fetched


def test_a_body_is_kept_with_what_confirms_it(tmp_path):
    """After 304 the body and type of then are there, and the validators go on."""
    asked = "https://ann:secret@example.org/feed"
    first = Fetched("https://example.org/feed", "https://example.org/real", 200, b"<rss/>" * 1000, "text/xml; charset=x", '"1"', MONDAY)
    with History.open(tmp_path / "history") as history:
        assert history.validators(asked) is None
        history.remember(first, MONDAY)
        assert history.recall(first) is first
        assert history.validators(asked) == first.validators == Validators('"1"', MONDAY, "https://example.org/real")
        second = Fetched(first.url, first.final, 304, etag='"2"', modified=MONDAY, unchanged=True)
        history.remember(second, TUESDAY)
        assert history.recall(second) == second._replace(data=first.data, content_type=first.content_type)
        assert history.validators(asked).etag == '"2"'
        history.remember(first._replace(etag="", modified=""), WEDNESDAY)
        assert history.validators(asked) is None and history.recall(second) is None, "nothing could confirm it"
        history.remember(second, WEDNESDAY)
        assert history.validators(asked) is None
    assert b"secret" not in (tmp_path / "history").read_bytes()


# Random runs against a plain model

_texts = st.text(st.characters(exclude_categories=()), max_size=8)
_few = st.sampled_from(["", "a", "b", "tag:x", "urn:\ud800", "https://example.org/\0"])


@st.composite
def _runs(draw):
    """Some runs; in each, no two items of one source share what they are found again by."""
    runs = []
    for _ in range(draw(st.integers(1, 4))):
        found = {}
        for at in range(draw(st.integers(0, 6))):
            source, id, link, title = draw(st.sampled_from(["s", "t"])), draw(_few), draw(_few), draw(st.one_of(_few, _texts))
            made = Item(f"{source}#{at}", source, at, id, title=title, text=draw(_texts), summary=draw(_texts), media=tuple(draw(st.lists(_texts, max_size=2))))
            one = Print(made, link, draw(st.sampled_from(["", "11", "22"])), tuple(draw(st.lists(st.integers(0, 3), max_size=3))))
            found.setdefault(_name(one), one)
        runs.append(list(found.values()))
    return runs


def _name(one: Print) -> tuple:
    """What an item is found again by."""
    return (one.item.source, *(("id", one.item.id) if one.item.id else ("link", one.link) if one.link else ("title", one.item.title)))


def _marks(one: Print) -> set:
    marks = {("sketch", each) for each in one.sketch} | {(kind, each) for kind, each in (("link", one.link), ("digest", one.digest)) if each}
    return marks | ({("id", one.item.id)} if "://" in one.item.id or one.item.id.startswith(("tag:", "urn:")) else set())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(_runs(), st.randoms(use_true_random=False))
def test_it_remembers_as_a_dictionary_would(tmp_path_factory, runs, order):
    """Whatever is stored in whatever order: versions and related are those of a model of ten lines."""
    path = tmp_path_factory.mktemp("model") / "history"
    model = {}
    for day, run in enumerate(runs):
        when = f"2026-11-{day + 1:02}"
        with History.open(path) as history:
            assert history.versions(run) == {
                one.item.key: (model[_name(one)][0].item._replace(seen=model[_name(one)][1]), model[_name(one)][0].link, model[_name(one)][0].digest, model[_name(one)][2])
                for one in run if _name(one) in model
            }  # fmt: skip
            related = sorted(
                (old.item.source, old.item.id, old.link, old.item.title, old.item.text)
                for name, (old, *_) in model.items()
                if name not in set(map(_name, run)) and any(_marks(old) & _marks(one) for one in run)
            )
            assert sorted((each.item.source, each.item.id, each.link, each.item.title, each.item.text) for each in history.related(run)) == related
            order.shuffle(run)
            history.store(run, when)
            assert history.notes == []
        for one in run:
            model[_name(one)] = (one, model.get(_name(one), (0, when))[1], when)


# Killed, and shared

_STORING = """
import sys
from cleaner.feeds.history import History, Print
from cleaner.feeds.item import Item
path, name, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
with History.open(path) as history:
    for at in range(most):
        ids = [f"{name}-{at}-{number}" for number in range(5)]
        history.store([Print(Item(f"s#{each}", "s", 1, each, title=each, text=each * 200), each, each, (at,)) for each in ids], "2026-11-23", ids)
        print(*ids, flush=True)
    print(*history.notes, file=sys.stderr)
"""


def storing(path, name: str, most: int) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", _STORING, str(path), name, str(most)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def held(path, acknowledged: list[str]) -> None:
    """Hold a history against what it acknowledged."""
    with History.open(path) as history:
        assert history.told(acknowledged) == set(acknowledged)
        found = history.versions([Print(Item(each, "s", 1, each)) for each in acknowledged])
        assert {each: found[each].item.text for each in acknowledged} == {each: each * 200 for each in acknowledged}
        assert history.notes == []
    with by_hand(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.name != "posix", reason="processes are killed otherwise here")
def test_what_was_acknowledged_survives_a_kill(tmp_path):
    """Twenty processes are killed at random moments while they store; all that they said was stored is there, and nothing by halves."""
    path = tmp_path / "history"
    with History.open(path):
        pass
    moments = random.Random(20261123)
    acknowledged = []
    for turn in range(20):
        process = storing(path, f"turn{turn}", 100_000)
        acknowledged += process.stdout.readline().split()
        time.sleep(moments.random() * 0.06)
        process.send_signal(signal.SIGKILL)
        rest, errors = process.communicate()
        assert errors == ""
        acknowledged += [each for line in rest.splitlines(keepends=True) if line.endswith("\n") for each in line.split()]
    assert len(acknowledged) > 300
    held(path, acknowledged)


@pytest.mark.parametrize("begun", ["absent", "empty", "damaged"])
def test_eight_processes_share_one_file(tmp_path, begun):
    """They begin it together, or set a damaged one aside together, and store together: nobody fails, and nothing is lost."""
    path = tmp_path / "history"
    if begun == "damaged":
        filled(path).write_bytes(path.read_bytes()[:9000])
    if begun == "empty":
        path.touch()
    processes = [storing(path, f"process{at}", 20) for at in range(8)]
    done = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, done
    assert sum("set aside as history.damaged-1" in errors for _, errors in done) == (begun == "damaged")
    assert sorted(each.name for each in tmp_path.iterdir() if "damaged" in each.name) == (["history.damaged-1"] if begun == "damaged" else [])
    acknowledged = [each for out, _ in done for each in out.split()]
    assert len(acknowledged) == 8 * 20 * 5
    held(path, acknowledged)


# Files that are not what they should be


def aside(path, what: str, why: str = "") -> None:
    """Open a file that is not to be trusted: it is set aside, untouched, and said in one line; a new one is there and works."""
    before = path.read_bytes()
    with History.open(path) as history:
        history.versions(prints(range(1, 40)))
        history.related(prints(range(100, 140)))
        history.told(["found-1"])
        [note] = history.notes
        assert note.startswith(f"{os.path.realpath(path)}: is ") and why in note and "\n" not in note
        assert note.endswith(f"; it was set aside as {path.name}.{what}-1, and a new history begun")
        assert history.versions(prints(range(1, 40))) == {} and history.told(["found-1"]) == set()
        history.store(prints([1]), MONDAY, ["found-3"])
    assert path.with_name(f"{path.name}.{what}-1").read_bytes() == before
    with History.open(path) as history:
        assert history.notes == [] and history.told(["found-3"]) == {"found-3"} and len(history.versions(prints([1]))) == 1


def test_a_file_that_is_whole_is_kept(tmp_path):
    """Opened again, and looked at by hand, it is the same history."""
    path = filled(tmp_path / "history")
    with by_hand(path) as base:
        base.execute("ANALYZE")
    with History.open(path) as history:
        assert len(history.versions(prints(range(1, 40)))) == 39 and history.notes == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: bytes(16) + data[16:],
        lambda data: data[:16] + b"\xff\xff" + data[18:],
        lambda data: data[: len(data) // 2],
        lambda data: data[:5000],
        lambda data: data[:100],
        lambda data: data[:4096] + bytes(len(data) - 4096),
        lambda data: data[:200] + b"\xff" * 3000 + data[3200:],
        lambda data: data.replace(b"Story 7", b"Story 8"),
        lambda data: data.replace(b"example.org/9", b"example.org/8"),
        lambda data: data[:60] + (0).to_bytes(4) + data[64:],
        lambda data: data.replace(b"CREATE TABLE item", b"CREATE TABLE itex"),
    ],
    ids=["magic", "page size", "half", "one page", "header alone", "zeros", "schema page", "title", "link", "version 0", "table"],
)
def test_a_damaged_file_is_set_aside(tmp_path, damage):
    """Damage of the header, missing parts, a page of rubbish, one changed letter in a row."""
    path = filled(tmp_path / "history")
    data = damage(path.read_bytes())
    assert data != path.read_bytes()
    path.write_bytes(data)
    aside(path, "damaged")


def test_one_flipped_bit_is_noticed_in_every_row_that_is_read(tmp_path):
    """Wherever in the file a bit flips, an audit reads what was stored, or sets the file aside; it never reads something else."""
    whole = filled(tmp_path / "history").read_bytes()
    flips = random.Random(7)
    noticed = 0
    for turn in range(60):
        path = tmp_path / f"{turn}"
        data = bytearray(whole)
        data[flips.randrange(len(data))] ^= 1 << flips.randrange(8)
        path.write_bytes(data)
        with History.open(path) as history:
            found = history.versions(prints(range(1, 40)))
            for one in prints(range(1, 40)):
                assert one.item.key not in found or found[one.item.key].item == one.item._replace(seen=MONDAY)
            assert history.told(["found-1", "found-2", "found-3"]) in (set(), {"found-1", "found-2"})
            assert {each.item.text for each in history.related([Print(item(1, "x"), "example.org/5")])} <= {item(5).text}
            noticed += bool(history.notes)
    assert noticed > 10


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE item SET title = 'Story eight' WHERE number = 8",
        "UPDATE item SET text = x'00' WHERE number = 8",
        "UPDATE item SET checksum = checksum + 1 WHERE number = 8",
        "UPDATE item SET checksum = NULL WHERE number = 8",
        "UPDATE item SET title = 7 WHERE number = 8",
        "UPDATE item SET title = NULL WHERE number = 8",
        "UPDATE item SET sketch = 'text' WHERE number = 8",
        "UPDATE item SET place = 'eight' WHERE number = 8",
        "UPDATE item SET place = 1e300 WHERE number = 8",
        "UPDATE finding SET told = '' WHERE id = 'found-1'",
        "UPDATE finding SET told = 5.5 WHERE id = 'found-1'",
        "DROP INDEX item_by_identity",
        "DROP TABLE mark",
        "ALTER TABLE item ADD COLUMN more",
    ],
)
def test_a_row_that_was_changed_by_hand_is_not_believed(tmp_path, change):
    """Each row is checked when it is read: its checksum, and that each value is of its kind."""
    path = filled(tmp_path / "history")
    with by_hand(path) as base:
        base.execute(change)
    aside(path, "damaged")


@pytest.mark.parametrize("change", ["UPDATE mark SET item = item + 1", "DELETE FROM item WHERE number = 8", "UPDATE mark SET item = 'eight'"])
def test_a_mark_that_leads_astray_is_noticed(tmp_path, change):
    """What a mark leads to has to have that mark."""
    path = filled(tmp_path / "history")
    with by_hand(path) as base:
        base.execute("DROP TABLE mark") if change is None else base.execute(change)
    with History.open(path) as history:
        assert history.related([Print(item(1, "https://example.net/feed"), "example.org/8")]) == []
        assert "damaged-1" in history.notes[0]


def test_a_newer_file_is_set_aside(tmp_path):
    """A later version's history is not written into."""
    path = filled(tmp_path / "history")
    with by_hand(path) as base:
        base.execute("PRAGMA user_version = 99")
    aside(path, "newer", "its schema is 99, and this version knows 1")


@pytest.mark.parametrize("content", [b"<opml version='2.0'/>\n", b"x", bytes(5000), b"SQLite format 3"])
def test_a_file_that_is_no_database_is_set_aside(tmp_path, content):
    """Somebody's list of feeds, named by mistake, is still there under its new name."""
    path = tmp_path / "feeds.opml"
    path.write_bytes(content)
    aside(path, "foreign")


def test_another_programs_database_is_set_aside(tmp_path):
    """With all that belongs to it, so that it can be opened under its new name."""
    path = tmp_path / "places.sqlite"
    with by_hand(path) as base:
        base.execute("CREATE TABLE item (a)")
        base.execute("INSERT INTO item VALUES (7)")
    aside(path, "foreign", "is not a history of cleaner (another program's database)")
    with by_hand(tmp_path / "places.sqlite.foreign-1") as base:
        assert base.execute("SELECT a FROM item").fetchall() == [(7,)]


def test_what_a_foreign_database_has_not_yet_written_into_itself_goes_with_it(tmp_path):
    """A journal beside the file is set aside beside it, and never taken for the new file's."""
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as busy:
        busy.execute("PRAGMA journal_mode = WAL")
        busy.execute("CREATE TABLE place (a)")
        busy.execute("INSERT INTO place VALUES (7)")
        busy.commit()
        assert path.with_name("places.sqlite-wal").stat().st_size
        with History.open(path) as history:
            history.store(prints([1]), MONDAY, ["found-1"])
            assert len(history.notes) == 1
        with by_hand(tmp_path / "places.sqlite.foreign-1") as base:
            assert base.execute("SELECT a FROM place").fetchall() == [(7,)]
    with History.open(path) as history:
        assert history.told(["found-1"]) == {"found-1"} and history.notes == []


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER evil AFTER INSERT ON finding BEGIN DELETE FROM item; END",
        "CREATE TRIGGER evil AFTER UPDATE ON item BEGIN INSERT INTO finding VALUES ('evil', 'x', 'x', 1); END",
        "CREATE VIEW evil AS SELECT load_extension('evil')",
        "CREATE INDEX evil ON item (abs(number))",
        "CREATE TABLE evil (a)",
    ],
)
def test_what_somebody_planted_is_not_run(tmp_path, planted):
    """A file that holds a trigger, a view or anything else that we did not make is not used at all."""
    path = filled(tmp_path / "history")
    with by_hand(path) as base:
        base.execute(planted)
    aside(path, "foreign", "it holds 'evil', which is not ours")


@pytest.mark.parametrize("column", ["text", "summary"])
def test_a_bomb_in_a_row_is_not_unpacked(tmp_path, column):
    """A row with a sound checksum and a gigabyte of zeros in it ends at the limit."""
    path = filled(tmp_path / "history")
    bomb = zlib.compressobj()
    packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(200)) + bomb.flush()
    with by_hand(path) as base:
        row = list(base.execute(f"SELECT {module._ITEM} FROM item WHERE number = 8").fetchone())
        row[19 if column == "text" else 18] = packed
        row[17] = 0
        base.execute(module._REPLACED, sealed(*row[:-1]))
    with History.open(path) as history:
        tracemalloc.start()
        try:
            assert history.versions(prints([8])) == {}
            assert tracemalloc.get_traced_memory()[1] < 160 << 20
        finally:
            tracemalloc.stop()
        assert "a text is longer than any we packed" in history.notes[0]


@pytest.mark.parametrize(("column", "value"), [(12, "{}"), (12, "[1]"), (12, "[" * 100_000), (18, b"rubbish"), (19, zlib.compress(b"\xff\xfe")), (19, zlib.compress(b"a") + b"b")])
def test_a_row_with_a_sound_checksum_is_not_believed_either(tmp_path, column, value):
    """Values that nobody here would have written."""
    path = filled(tmp_path / "history")
    with by_hand(path) as base:
        row = list(base.execute(f"SELECT {module._ITEM} FROM item WHERE number = 8").fetchone())
        row[column], row[17] = value, 0
        base.execute(module._REPLACED, sealed(*row[:-1]))
    aside(path, "damaged")


def test_an_empty_file_is_begun(tmp_path):
    """What `mktemp` made is a place for a history, and nothing to set aside."""
    path = tmp_path / "history"
    path.touch()
    with History.open(path) as history:
        history.store(prints([1]), MONDAY)
        assert history.notes == []
    assert len(list(tmp_path.iterdir())) == 1


def test_files_are_set_aside_under_numbers(tmp_path):
    """A second damaged file does not replace the first."""
    path = tmp_path / "history"
    for _ in range(3):
        filled_again = tmp_path / "new" / "history"
        filled_again.parent.mkdir(exist_ok=True)
        path.write_bytes(filled(filled_again).read_bytes()[:5000])
        with History.open(path) as history:
            history.versions(prints([1]))
    assert sorted(each.name for each in tmp_path.glob("history*")) == ["history", "history.damaged-1", "history.damaged-2", "history.damaged-3"]


def test_a_journal_left_behind_is_not_taken_for_the_new_files(tmp_path):
    """Whoever deletes the file and not what stood beside it begins anew all the same."""
    old = tmp_path / "old"
    with History.open(old) as history:
        history.store(prints(range(30)), MONDAY, ["old"])
        (tmp_path / "history-wal").write_bytes((tmp_path / "old-wal").read_bytes())
        (tmp_path / "history-shm").write_bytes((tmp_path / "old-shm").read_bytes())
    with History.open(tmp_path / "history") as history:
        assert history.told(["old"]) == set() and history.notes == []
        history.store(prints([1]), MONDAY, ["new"])
    with History.open(tmp_path / "history") as history:
        assert history.told(["old", "new"]) == {"new"}


def test_damage_in_the_middle_of_a_run(tmp_path):
    """A file that is damaged while it is open is set aside by whoever notices; others that have it open go on with the new one."""
    path = filled(tmp_path / "history")
    with History.open(path) as one, History.open(path) as other:
        assert one.told(["found-1"]) == other.told(["found-1"]) == {"found-1"}
        with by_hand(path) as base:
            base.execute("UPDATE item SET title = 'x' WHERE number = 3")
        assert one.versions(prints([1])) != {}
        assert one.versions(prints([3])) == {}
        assert len(one.notes) == 1 and other.notes == []
        other.store(prints([5]), TUESDAY, ["found-5"])
        assert one.told(["found-1", "found-5"]) == {"found-5"}
        one.store(prints([6]), WEDNESDAY)
        assert set(other.versions(prints([3, 5, 6]))) == {each.item.key for each in prints([5, 6])}
        assert other.notes == []


def test_a_file_that_is_taken_away_in_the_middle_of_a_run(tmp_path):
    """Deleted while it is open: the next question is asked of a new one."""
    path = filled(tmp_path / "history")
    with History.open(path) as history:
        assert history.told(["found-1"]) == {"found-1"}
        for each in list(tmp_path.iterdir()):
            each.unlink()
        assert history.told(["found-1"]) == set()
        history.store(prints([1]), MONDAY, ["found-9"])
    with History.open(path) as history:
        assert history.told(["found-9"]) == {"found-9"} and history.notes == []


def test_a_process_killed_while_it_began_a_file_is_not_waited_for(tmp_path):
    """The right to begin a file ends with whoever had it."""
    left = tmp_path / "history.begin"
    left.mkdir()
    (left / "new").write_bytes(b"half")
    os.utime(left, (1, 1))
    filled(tmp_path / "history")


def test_a_link_to_a_file_stays_one(tmp_path):
    """A symbolic link is followed, also where what it leads to has to be begun."""
    (tmp_path / "data").mkdir()
    link = tmp_path / "history"
    try:
        link.symlink_to(tmp_path / "data" / "real")
    except OSError:
        pytest.skip("no symbolic links here")
    with History.open(link) as history:
        history.store([], MONDAY, ["a"])
    assert link.is_symlink() and (tmp_path / "data" / "real").is_file()


def test_a_file_is_known_for_what_it_is(tmp_path):
    """Its application id, its schema's number, plain names, and a table that tells whoever opens it what it is."""
    with by_hand(filled(tmp_path / "history")) as base:
        assert base.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
        assert base.execute("PRAGMA user_version").fetchone() == (1,)
        assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        about = dict(base.execute("SELECT name, value FROM about"))
        assert "cleaner audit --history" in about["1 what"] and {name.split()[1] for name in about} >= {"item", "mark", "finding", "page"}
        first = base.execute("SELECT source, id, title, first_seen, last_seen FROM item ORDER BY number LIMIT 1").fetchone()
        assert first == ("https://example.org/feed", "story-1", "Story 1", MONDAY, MONDAY)
    command = about["7 text"].partition("-c ")[2]
    code, _ = command.removeprefix('"').rsplit('"', 1)
    shown = subprocess.run([sys.executable, "-c", code, str(tmp_path / "history")], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("The ferry sails at 1 o'clock.")


# Where there can be no history


def refused(path) -> str:
    with pytest.raises(HistoryError) as caught:
        with History.open(path) as history:
            history.store(prints([77]), MONDAY)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_directory_is_no_history(tmp_path):
    """Named by mistake, it is said and left alone."""
    assert refused(tmp_path).endswith(": is a directory; name a file in it")
    assert "there is no folder" in refused(tmp_path / "none" / "history")
    assert list(tmp_path.iterdir()) == []


@contextmanager
def as_nobody():
    """Act as a user who may not do everything, where the tests run as one who may."""
    if os.name != "posix":
        pytest.skip("permissions work otherwise here")
    may = os.geteuid() == 0
    if may:
        os.seteuid(65534)
    try:
        yield
    finally:
        if may:
            os.seteuid(0)


def test_a_folder_or_file_that_cannot_be_written(tmp_path):
    """Both are said at once, and nothing is set aside."""
    path = filled(tmp_path / "history")
    with History.open(path) as history:  # so that all modules are loaded
        history.store([], MONDAY)
    readable = tmp_path
    while readable != readable.parent and os.name == "posix" and os.geteuid() == 0 and readable.stat().st_uid == 0 and readable.name:
        if not readable.stat().st_mode & stat.S_IXOTH:
            readable.chmod(0o755)
        readable = readable.parent
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with as_nobody():
            assert refused(path).endswith(": its folder cannot be written; a history needs that, also for its journal")
            assert "its folder cannot be written" in refused(tmp_path / "other")
        tmp_path.chmod(0o777)
        with as_nobody():
            assert "cannot be read and written" in refused(path)
    finally:
        tmp_path.chmod(0o755)
    assert [each.name for each in tmp_path.iterdir() if not each.name.startswith("history-")] == ["history"]


def test_a_full_disk(tmp_path):
    """What does not fit is not stored by halves; what was there stays, and the error says what is needed."""
    path = filled(tmp_path / "history")
    with History.open(path) as history:
        history.told([])
        history._ledger._base.execute(f"PRAGMA max_page_count = {path.stat().st_size // 4096 + 4}")
        noise = random.Random(1)
        large = [Print(item(at, text=noise.randbytes(40_000).hex())) for at in range(100, 110)]
        with pytest.raises(HistoryError, match="database or disk is full; a history needs a local disk that can be written"):
            history.store(large, TUESDAY, ["found-9"])
        assert history.versions(large) == {} and history.told(["found-1", "found-9"]) == {"found-1"}
        assert history.notes == []
