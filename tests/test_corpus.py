"""The plan for collections: its steps, the laws they keep, and the engine in memory, which all others are held to."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import jobs
from cleaner.corpus import steps, tables
from cleaner.corpus.model import Measure, Order, Pair, Row, place, rank
from cleaner.corpus.rows import Reader
from cleaner.engines import engine, memory
from cleaner.errors import InputError, MissingExtra
from cleaner.words import words
from collections_samples import BASE, ODD, SMALL, collection, read, rows, write


def run(folder: Path, batches: list[list[Row]], measure: Measure = Measure(), **more: object):
    """Carry out the plan over rows that are already there."""
    order = Order(("made",), measure, str(folder), **more)  # type: ignore[arg-type]
    return memory.run(order, lambda names: iter(batches))


# --- steps ------------------------------------------------------------------------------------------------------------


def exact(texts: list[str], threshold: float, fewest: int) -> set[tuple[int, int]]:
    """All pairs at the threshold, by comparing all with all, over word triples as strings."""
    from cleaner import keys

    held = [(keys.key(text), words(keys.key(text))) for text in texts]
    sets = [set(zip(said, said[1:], said[2:])) if len(said) >= fewest else set() for _, said in held]
    found = set()
    for one in range(len(texts)):
        for other in range(one):
            if sets[one] and sets[other] and held[one][0] != held[other][0]:
                if len(sets[one] & sets[other]) >= threshold * len(sets[one] | sets[other]):
                    found.add((other, one))
    return found


def test_pairs_are_those_of_comparing_all_with_all():
    """On a thousand texts every verified pair is one, and every text that has a near one above it is told of one."""
    texts = collection(1000, 11)
    found = memory.compare(texts, Measure(keep="first"), judged=False, processes=1)
    truth = {pair for pair in exact(texts, 0.8, 8) if all(found.original[number] == number for number in pair)}
    told = {(pair.keeper, pair.copy) for pair in found.pairs}
    assert told <= truth and len(truth) > 100
    assert {copy for _, copy in told} == {copy for _, copy in truth}
    assert all(len([keeper for keeper, other in told if other == copy]) <= steps.FIRST + steps.ALIKE for _, copy in told)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=40))
@settings(max_examples=150, deadline=None)
def test_candidates_are_what_their_definition_says(banded):
    """Leaders of each bucket with all others, and neighbours in the order of the next band: nothing else, each once."""
    expected = set()
    for band in range(3):
        for value in {row[band] for row in banded}:
            members = [number for number, row in enumerate(banded) if row[band] == value]
            expected |= {(leader, member) for leader in members[: steps.LEADERS] for member in members if leader < member}
            beside = sorted(members, key=lambda number: (banded[number][(band + 1) % 3], number))
            for at, member in enumerate(beside):
                expected |= {tuple(sorted((other, member))) for other in beside[max(0, at - steps.NEIGHBOURS) : at]}
    found = steps.candidates(np.array(banded, np.int64).reshape(-1, 3))
    assert [*map(tuple, found.tolist())] == sorted(expected)


def test_a_hot_bucket_costs_what_its_members_cost():
    """Twenty thousand texts in one bucket make eight pairs each, not twenty thousand."""
    banded = np.zeros((20_000, 2), np.int64)
    banded[:, 1] = np.arange(20_000)
    assert len(steps.candidates(banded)) <= (steps.LEADERS + steps.NEIGHBOURS) * 20_000


def test_near_texts_meet_in_a_hot_bucket():
    """Where a thousand texts share a band, two that share the next one too are still held against each other."""
    drawn = random.Random(2)
    banded = np.array([[0, drawn.randrange(10**9)] for _ in range(1000)], np.int64)
    banded[700, 1] = banded[900, 1]
    assert [700, 900] in steps.candidates(banded).tolist()


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(80, 100), st.booleans()), max_size=40))
@settings(max_examples=150, deadline=None)
def test_stars_hold_what_they_promise(drawn):
    """A copy's keeper stays, matches it directly, and is the one it is most like; who is near to no keeper stays."""
    pairs = {(min(a, b), max(a, b)): Pair(min(a, b), max(a, b), "near" if near else "conflict", score / 100) for a, b, score, near in drawn if a != b}
    joined = steps.stars(pairs.values())
    assert joined == steps.stars([*pairs.values()][::-1])
    for copy, (keeper, jaccard) in joined.items():
        assert keeper not in joined and pairs[keeper, copy].relation == "near" and pairs[keeper, copy].jaccard == jaccard
    for (keeper, copy), pair in pairs.items():
        if pair.relation == "near" and keeper not in joined:
            assert copy in joined and joined[copy][1] >= pair.jaccard


def test_a_chain_makes_no_cluster_of_itself():
    """Of a thousand texts, each near to the next, every second one joins the one before it, and nobody a stranger."""
    joined = steps.stars([Pair(number, number + 1, "near", 0.9) for number in range(1000)])
    assert joined == {number: (number - 1, 0.9) for number in range(1, 1001, 2)}


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=12, unique_by=lambda pair: pair[0]))
def test_few_pairs_of_a_copy_are_judged(keepers):
    """The first two keepers and the three most alike, whatever their order."""
    found = steps.chosen(keepers)
    assert found == steps.chosen(keepers[::-1]) and len(found) <= steps.FIRST + steps.ALIKE
    assert set(sorted(keepers)[:2]) <= set(found)
    if keepers:
        assert max(score for _, score in keepers) in {score for _, score in found}


@pytest.mark.parametrize(
    ("keeper", "copy", "relation"),
    [
        (BASE, BASE.replace("noon", "12"), "conflict"),
        (BASE + " 12 injured", BASE + " 21 injured", "conflict"),
        (BASE + " 1,200 fish", BASE + " 1200 fish", "near"),
        (BASE + " is guilty", BASE + " is not guilty", "conflict"),
        (BASE, BASE.replace("quay at", "quay, at"), "near"),
        (BASE + " colour", BASE + " color", "near"),
        (BASE + ". It is late.", BASE + ".", "near"),
        (BASE + ".", BASE + ". Four people were killed on the quay.", "conflict"),
        (BASE + " on 3 May", BASE + " on 4 May", "conflict"),
        (BASE + " 1 1 2", BASE + " 1 2 2", "conflict"),
    ],
)
def test_the_fact_guard_reads_every_pair(keeper, copy, relation):
    """A copy that differs in a fact, or says something its keeper does not, is told and never left out."""
    found, differences = steps.judge(keeper, copy)
    assert found == relation
    assert all(set(each) == {"kind", "keeper", "duplicate"} for each in json.loads(differences))
    assert relation == "near" or json.loads(differences)


@given(st.text(alphabet=st.sampled_from(list("ab \t\n\r")), max_size=40) | st.text(max_size=40))
@settings(max_examples=500, deadline=None)
def test_paragraphs_are_the_text(text):
    """Put one after another, the paragraphs are the text to the letter; each but a blank text's begins and ends with a line of its own."""
    pieces = steps.split(text)
    assert "".join(pieces) == text
    assert all(piece.strip() for piece in pieces) or len(pieces) <= 1
    for piece in pieces[1:]:
        assert piece.replace("\r\n", "\n").replace("\r", "\n").split("\n")[0].strip()


def test_a_million_lines_are_cut_in_linear_steps():
    """A paragraph of many lines is put together without copying it for each of them."""
    assert [len(piece) for piece in steps.split("ab\n" * 200_000 + "\n" + "c")] == [600_001, 1]


def test_rows_are_in_the_order_of_their_names():
    """Source, then id with figures as numbers, then part; and no two different rows are of one rank."""
    names = [("a", "9", 0), ("a", "10", 0), ("a", "10", 2), ("a", "10b", 0), ("a", "x", 0), ("a\0", "1", 0), ("b", "1", 0)]
    made = [Row(source, mark, part, "") for source, mark, part in names]
    assert sorted(made, key=place) == made
    longer = [rank(made[0], size, b"", Measure()) for size in (9, 8)]
    assert longer[0] < longer[1] and rank(made[0], 9, b"", Measure(keep="first")) == rank(made[0], 8, b"", Measure(keep="first"))


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3), st.integers(0, 3)), max_size=6, unique=True))
def test_different_names_have_different_places(names):
    """NUL, half surrogate pairs and figures in names make no two of them one."""
    assert len({place(Row(*name, "")) for name in names}) == len(names)


# --- the engine in memory -------------------------------------------------------------------------------------------


@given(SMALL, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_decides_nothing(tmp_path_factory, texts, drawn):
    """Rows in any order, in batches of any size, in any number of processes: the same tables."""
    folder = tmp_path_factory.mktemp("order")
    made = rows(texts)
    run(folder / "one", [made])
    mixed = drawn.sample(made, len(made))
    at = drawn.randint(0, len(made))
    run(folder / "two", [mixed[:at], mixed[at:]], jobs=1)
    assert read(folder / "one") == read(folder / "two")


@given(SMALL)
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost(tmp_path_factory, texts):
    """What stays and what was left out are all rows, to the letter; each copy's keeper stays; what was cleaned holds no copy any more."""
    folder = tmp_path_factory.mktemp("whole")
    made = rows(texts)
    summary = run(folder / "one", [made])
    found = read(folder / "one")
    gone = [row for row in found["clusters"] if not row[4]]
    assert sorted([row[1:] for row in found["cleaned"]] + [(row[2], row[7]) for row in gone]) == sorted((row.id, row.text) for row in made)
    keepers = {row[0]: row for row in found["clusters"] if row[4]}
    kept = {row[1] for row in found["cleaned"]}
    assert all(keepers[row[0]][2] in kept for row in gone)
    assert summary.equal + summary.near == len(gone) and summary.kept == len(found["cleaned"]) and summary.rows == len(made)
    again = run(folder / "two", [[row for row in made if row.id in kept]])
    assert again.equal + again.near == 0


def test_processes_change_nothing(tmp_path):
    """One, two or four processes, forked or not: the same tables of three thousand texts."""
    made = rows([*collection(3000, 3), *ODD])
    run(tmp_path / "1", [made], jobs=1)
    run(tmp_path / "2", [made], jobs=2)
    run(tmp_path / "4", [made], jobs=4)
    assert read(tmp_path / "1") == read(tmp_path / "2") == read(tmp_path / "4")


def test_helpers_that_are_no_forks_do_the_same(tmp_path, monkeypatch):
    """Where helpers start with nothing, texts are sent to them."""
    made = rows(collection(300, 4))
    run(tmp_path / "1", [made], jobs=1)
    monkeypatch.setattr(jobs, "forks", lambda: False)
    run(tmp_path / "2", [made], jobs=2)
    assert read(tmp_path / "1") == read(tmp_path / "2")


def test_odd_texts_are_kept_to_the_letter(tmp_path):
    """NUL, half surrogate pairs, either form of an accent, byte order marks: compared by their keys, written as they stand."""
    run(tmp_path, [rows(ODD)])
    found = read(tmp_path)
    assert {row[2] for row in found["cleaned"]} | {row[7] for row in found["clusters"]} >= set(ODD)
    conflict = {row[4] for row in found["pairs"] if row[6] == "conflict"} | {row[1] for row in found["pairs"] if row[6] == "conflict"}
    assert conflict >= {str(ODD.index(BASE + " at 12")), str(ODD.index(BASE + " at 21"))}


def test_paragraphs_are_compared_each_for_itself(tmp_path):
    """A notice under every text is left once; what is left of a text is its own, byte for byte."""
    notice = "Sign up for our letter from the harbour and read on Monday what the tide brought.\n"
    texts = [f"{BASE} number {'one two three'.split()[number]} alone.\n\n{notice}\n" for number in range(3)] + ["Short.\n\nShort.\n"]
    measure = Measure(unit="paragraph", threshold=1.0)
    made = [part for row in rows(texts) for part in steps.paragraphs(row)]
    summary = run(tmp_path, [made], measure)
    cleaned = {row[1]: row[2] for row in read(tmp_path)["cleaned"]}
    assert cleaned["0"] == texts[0] and cleaned["3"] == texts[3]
    assert cleaned["1"] == texts[1].split("\n\n")[0] + "\n\n"
    assert summary.equal == 2


def test_parquet_and_jsonl_hold_the_same(tmp_path):
    """Both kinds of tables, but for half surrogate pairs, which Parquet cannot hold: that is said."""
    pytest.importorskip("pyarrow")
    made = rows(collection(200, 8))
    run(tmp_path, [made])
    assert run(tmp_path, [made], tables="parquet").notes == ()
    assert read(tmp_path) == read(tmp_path, "parquet")
    assert "half a surrogate" in run(tmp_path, [rows(ODD)], tables="parquet").notes[0]


def test_a_table_appears_whole_or_not_at_all(tmp_path):
    """What fails in the middle leaves the table of before, and nothing beside it."""
    run(tmp_path, [rows(["one"])])
    before = (tmp_path / "cleaned.jsonl").read_bytes()
    with pytest.raises(ZeroDivisionError), tables.Writer(str(tmp_path), "cleaned", "jsonl") as writer:
        writer.add(("a", "b", "c"))
        raise ZeroDivisionError
    assert (tmp_path / "cleaned.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cleaned.jsonl", "clusters.jsonl", "pairs.jsonl"]


def test_a_damaged_table_is_named(tmp_path):
    """Reading a table back says which file is no table."""
    (tmp_path / "pairs.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"pairs\.jsonl: cannot be read as a table"):
        list(tables.read(str(tmp_path / "pairs.jsonl")))


def test_an_engine_that_is_not_installed_is_named(monkeypatch):
    """The line says what to install."""
    import builtins

    real = builtins.__import__

    def absent(name: str, *rest: object, **more: object):
        if name.split(".")[0] in ("duckdb", "pyspark") or name in ("cleaner.engines.duckdb", "cleaner.engines.spark"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name.split(".")[-1] if "engines" in name else name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", absent)
    for name in ("duckdb", "spark"):
        with pytest.raises(MissingExtra, match=rf"needs .*: pip install 'cleaner\[{name}\]'"):
            engine(name)


# --- reading ---------------------------------------------------------------------------------------------------------


def all_rows(*names: Path, unit: str = "text") -> tuple[list[Row], Reader]:
    reader = Reader(unit=unit)
    return [row for batch in reader([str(name) for name in names]) for row in batch], reader


def test_jsonl_is_read_row_by_row(tmp_path):
    """Ids or else line numbers; any of the names a text may have; NULL is no text; what is no object is named and left out."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"id": 7, "text": "one"}\n\n{"body": "two"}\r\n{"text": null}\n[1]\n{"text": "\\ud800"}\n\xff\n{"text": "\xff"}\n'
        + b"[" * 100_000 + b'\n{"title": "only a title"}\n{"views": 3}\n'
    )
    found, reader = all_rows(path)
    assert [(row.id, row.text) for row in found] == [("7", "one"), ("3", "two"), ("4", ""), ("6", "\ud800"), ("10", "only a title"), ("11", "")]
    assert reader.notes == [f"{path}: line {number}: {why}, left out" for number, why in ((5, "no object"), (7, "no JSON"), (8, "not UTF-8"), (9, "no JSON"))] or reader.problems == []
    assert not reader.problems


def test_csv_and_parquet_are_read_row_by_row(tmp_path):
    """The same rows from each kind of table."""
    (tmp_path / "a.csv").write_text('\ufeffid;text\n1;"one; and\nmore"\n2;two\n\n3\n', encoding="utf-8")
    (tmp_path / "b.tsv").write_text("text\tid\none\t1\n", encoding="utf-8")
    found, reader = all_rows(tmp_path / "a.csv", tmp_path / "b.tsv")
    assert [(row.id, row.text) for row in found] == [("1", "one; and\nmore"), ("2", "two"), ("3", ""), ("1", "one")] and not reader.problems
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pa.table({"id": ["x", "y"], "content": ["one", None], "n": [1, 2]}), tmp_path / "c.parquet")
    found, reader = all_rows(tmp_path / "c.parquet")
    assert [(row.id, row.text) for row in found] == [("x", "one"), ("y", "")] and not reader.problems


def test_folders_and_feeds_are_read_too(tmp_path):
    """A folder of tables is its tables; a folder of articles, and a feed, are what an audit reads in them."""
    (tmp_path / "tables").mkdir()
    write(tmp_path / "tables" / "b.jsonl", ["two"])
    write(tmp_path / "tables" / "a.jsonl", ["one"])
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(f"# Title\n\n{BASE}\n", encoding="utf-8")
    (tmp_path / "feed.xml").write_text(f"<rss version='2.0'><channel><title>F</title><item><guid>g1</guid><description>{BASE}</description></item></channel></rss>", encoding="utf-8")
    found, reader = all_rows(tmp_path / "tables", tmp_path / "docs", tmp_path / "feed.xml")
    assert [row.text for row in found] == ["one", "two", BASE, BASE] and not reader.problems
    assert [(row.id) for row in found][2:] == ["a.md", "g1"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.jsonl", b'{"views": 1}\n', "no column that holds a text"),
        ("a.jsonl", b"<html>\n", "no line is a JSON object"),
        ("a.csv", b"views,n\n1,2\n", "no column that holds a text"),
        ("a.csv", b"text\n\xff\xfe\n", "line 2 is not UTF-8"),
        ("a.parquet", b"PAR1 nothing", "damaged Parquet"),
        ("gone.jsonl", None, "cannot be read"),
        ("gone.csv", None, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path, name, data, said):
    """One line for each, and the other sources are read."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    found, reader = all_rows(tmp_path / name, write(tmp_path / "good.jsonl", ["one"]))
    assert [row.text for row in found] == ["one"]
    assert len(reader.problems) == 1 and said in reader.problems[0].message and reader.problems[0].path == str(tmp_path / name)
