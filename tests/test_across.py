"""What stands in more than one file of a repository: found whichever files are named, warm as cold, and never where it is meant."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.across import find, index, paths, sheets
from cleaner.across.look import Plans, Shared, joined, look
from cleaner.fingerprint import mark
from cleaner.known import Known, Told
from cleaner.model import Cleaned
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.source import read

_SYLLABLES = "ka lo mi ten sar vu pel dor ish ban que rim fol gat hu jo nes tri wam yel".split()


def said(seed: int, words: int = 30) -> str:
    """Return a paragraph that is like no other number's."""
    random = Random(seed)
    text = " ".join("".join(random.choices(_SYLLABLES, k=3)) for _ in range(words - 6))
    return f"The {text} of the {seed}th page."


def page(*seeds: int, title: str = "On boats") -> str:
    return "\n\n".join([f"# {title}", *map(said, seeds)]) + "\n"


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", *words], cwd=root, check=True, capture_output=True)


def looked(root: Path, *names: str, cache: Path | None = None, options: Options | None = None) -> dict[str, Shared]:
    """Look across a folder for the files named, or for all in it."""
    here = Path.cwd()
    os.chdir(root)
    try:
        every = names or tuple(sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md")))
        found, _ = look([(name, options or Options()) for name in every], Plans(Options(), str(cache) if cache else None))
    finally:
        os.chdir(here)
    return found


def told(found: dict[str, Shared]) -> list[tuple[str, str, str, str]]:
    """Return who is said to repeat whom: file, rule, confidence, the file that stays."""
    return [(name, finding.rule, finding.confidence, finding.elsewhere[0].path) for name, shared in sorted(found.items()) for finding in shared.findings]


PEDANTIC = Options(pedantic=True)


# --- whole files


def test_the_same_post_under_two_names(tmp_path):
    """A copy is found once, in the file that comes later, and points at the whole of the other."""
    lay(tmp_path, {"posts/tide.md": page(1, 2), "posts/tides.md": page(1, 2), "posts/other.md": page(3, 4)})
    found = looked(tmp_path)
    assert told(found) == [("posts/tides.md", "D201", "shown", "posts/tide.md")]
    [finding] = found["posts/tides.md"].findings
    assert finding.message == "the same text as posts/tide.md: 60 words"
    assert (finding.safety, finding.edits, finding.keeper, finding.relation) == ("report", (), None, "exact")
    place = finding.elsewhere[0]
    assert (place.start_line, place.end_line) == (1, 5)
    assert page(1, 2)[place.span.start : place.span.end] == page(1, 2).rstrip("\n")


@pytest.mark.parametrize("named", [("b.md",), ("a.md", "b.md"), ("b.md", "c.md", "a.md")])
def test_which_files_are_named_changes_nothing(tmp_path, named):
    """What is said of a file follows from the repository and that file alone."""
    lay(tmp_path, {"a.md": page(1, 2), "b.md": page(1, 2), "c.md": page(5, 6)})
    every = looked(tmp_path)
    assert looked(tmp_path, *named) == {name: every[name] for name in named}


def test_other_clothes(tmp_path):
    """Front matter, case, quotes and wrapping make no other text."""
    lay(tmp_path, {"a.md": "---\ntitle: On boats\ndate: 2024-05-02\n---\n\n" + page(1, 2), "b.md": page(1, 2).replace("The ", "THE\n")})
    [finding] = looked(tmp_path)["b.md"].findings
    assert (finding.rule, finding.confidence, finding.relation) == ("D201", "shown", "normalised")


def test_an_edited_copy_with_the_same_title(tmp_path):
    """A few changed words in every paragraph leave a copy; the report says how much is alike."""
    edited = page(*range(1, 9)).replace("th page.", "th leaf.")
    lay(tmp_path, {"a.md": page(*range(1, 9)), "b.md": edited})
    [finding] = looked(tmp_path)["b.md"].findings
    assert (finding.rule, finding.confidence, finding.relation) == ("D201", "shown", "near")
    assert finding.scores is not None
    assert 0.9 < finding.scores.ratio < 1
    assert finding.message.startswith("an edited copy of a.md, 96 % alike")


def test_pages_of_one_mould(tmp_path):
    """The same page under another title is not a copy that we would bet on."""
    lay(tmp_path, {"a.md": page(*range(1, 9), title="render"), "b.md": page(*range(1, 9), title="resume")})
    assert told(looked(tmp_path)) == []
    assert told(looked(tmp_path, options=PEDANTIC)) == [("b.md", "D201", "pedantic", "a.md")]


def test_the_same_words_around_other_code(tmp_path):
    """A lesson that is written once for each language is no copy."""
    lay(tmp_path, {name: page(1, 2) + f"\n```\n{code * 40}\n```\n" for name, code in (("a.md", "let x = 1\n"), ("b.md", "x := 1\n"))})
    assert not [row for row in told(looked(tmp_path, options=PEDANTIC)) if row[1] == "D201"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("v1/a.md", "v2/a.md"),
        ("docs/a.md", "versioned_docs/version-2.3/a.md"),
        ("docs/1.0/a.md", "docs/2.0/b.md"),
        ("2018-edition/style.md", "style.md"),
        ("en/a.md", "zh-CN/a.md"),
        ("a.md", "i18n/de/a.md"),
        ("a.md", "a.fr.md"),
        ("README.md", "README_pt-BR.md"),
        ("notes/CONTRIBUTING.md", "other/CONTRIBUTING.md"),
        ("tests/fixtures/a.md", "tests/fixtures/b.md"),
    ],
)
def test_copies_that_are_meant(tmp_path, one, other):
    """Versions, translations, licences and test data are reported only when everything is asked for."""
    lay(tmp_path, {one: page(1, 2), other: page(1, 2)})
    assert told(looked(tmp_path)) == []
    assert [row[1:3] for row in told(looked(tmp_path, options=PEDANTIC))] == [("D201", "pedantic")]


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        ("notes.md", "notes (1).md"),
        ("notes.md", "a/notes copy.md"),
        ("posts/x.md", "_drafts/x.md"),
        ("posts/2016/08/tides.md", "posts/2017/01/tides.md"),
        ("posts/2024-05-02-tides.md", "posts/2024-05-03-tides.md"),
        ("de-rust/x.md", "de-rust/y.md"),
    ],
)
def test_which_of_two_stays(tmp_path, stays, goes):
    """A name as of a copy goes, then a draft, then what comes later in path order; dates make no version."""
    lay(tmp_path, {goes: page(1, 2), stays: page(1, 2)})
    assert told(looked(tmp_path)) == [(goes, "D201", "shown", stays)]


def test_a_new_file_is_the_copy(tmp_path):
    """Whoever is about to commit the second copy is told, whatever it is called; once it is committed, path order decides."""
    git(tmp_path, "init", "-q")
    lay(tmp_path, {"b.md": page(1, 2)})
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "b")
    lay(tmp_path, {"a.md": page(1, 2)})
    before = looked(tmp_path, "a.md")
    assert told(before) == [("a.md", "D201", "shown", "b.md")]
    assert before["a.md"].findings[0].because == "this file is not committed yet"
    git(tmp_path, "add", ".")
    assert told(looked(tmp_path)) == [("a.md", "D201", "shown", "b.md")]
    git(tmp_path, "commit", "-qm", "a")
    after = looked(tmp_path)
    assert told(after) == [("b.md", "D201", "shown", "a.md")]
    assert after["b.md"].findings[0].key == before["a.md"].findings[0].key


def test_files_that_git_ignores_are_no_part_of_the_repository(tmp_path):
    """What git does not track or would not track is not compared, and from a folder below the whole work tree is."""
    git(tmp_path, "init", "-q")
    lay(tmp_path, {".gitignore": "out/\n", "out/a.md": page(1, 2), "b.md": page(1, 2), "sub/c.md": page(1, 2)})
    assert told(looked(tmp_path, "b.md", "sub/c.md")) == [("sub/c.md", "D201", "shown", "b.md")]
    assert told(looked(tmp_path / "sub", "c.md")) == [("c.md", "D201", "shown", "../b.md")]


def test_a_keeper_matches_directly(tmp_path):
    """Of a chain of edits the third is held against the first, never against the second, which goes."""
    seeds = list(range(1, 13))
    second = page(*seeds[:-1], 21)
    third = page(*seeds[1:-1], 21, 22)
    lay(tmp_path, {"a.md": page(*seeds), "b.md": second, "c.md": third})
    found = looked(tmp_path, options=PEDANTIC)
    assert ("b.md", "D201", "shown", "a.md") in told(found)
    assert "b.md" not in {row[3] for row in told(found)}
    assert find.compared(sheets.read(read(tmp_path / "b.md")), sheets.read(read(tmp_path / "c.md"))) is not None
    assert find.compared(sheets.read(read(tmp_path / "a.md")), sheets.read(read(tmp_path / "c.md"))) is None


def test_a_text_in_many_files_is_a_template(tmp_path):
    """Four equal files are reported only when everything is asked for."""
    lay(tmp_path, {f"{name}.md": page(1, 2) for name in "abcd"})
    assert told(looked(tmp_path)) == []
    assert len(told(looked(tmp_path, options=PEDANTIC))) == 4  # three copies, and the passage in the first


# --- passages


def test_a_long_passage(tmp_path):
    """Half a thousand words in two files are shown, with the lines of both; a whole copy has no passages besides."""
    shared = range(20, 40)
    lay(tmp_path, {"a.md": page(1, *shared, 2, 5, 6, title="A"), "b.md": page(3, 4, *shared, 7, 8, title="B"), "c.md": page(3, 4, *shared, 7, 8, title="B")})
    found = looked(tmp_path)
    assert told(found) == [("b.md", "D202", "shown", "a.md"), ("c.md", "D201", "shown", "b.md")]
    [finding] = found["b.md"].findings
    assert finding.message == "20 paragraphs (580 words) stand in a.md too, lines 5-43"
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    place = finding.elsewhere[0]
    assert text[place.span.start : place.span.end] == "\n\n".join(map(said, shared))
    assert finding.relation == "exact"


def test_a_short_passage(tmp_path):
    """What is shorter repeats on purpose more often than not."""
    lay(tmp_path, {"a.md": page(1, 20, 21, 2, title="A"), "b.md": page(3, 4, 20, 21, title="B")})
    assert told(looked(tmp_path)) == []
    assert told(looked(tmp_path, options=PEDANTIC)) == [("b.md", "D202", "pedantic", "a.md")]


def test_what_is_shown_is_the_same_with_pedantic(tmp_path):
    """Asking for everything adds findings and changes none."""
    long = range(20, 45)
    lay(tmp_path, {"v1/a.md": page(20, 21, 22, 1), "b.md": page(*long, title="B"), "c.md": page(*range(1, 9), *long, 9, title="C"), "d.md": page(*long, title="B")})
    shown = told(looked(tmp_path))
    assert shown == [("c.md", "D202", "shown", "b.md"), ("d.md", "D201", "shown", "b.md")]
    assert shown == [row for row in told(looked(tmp_path, options=PEDANTIC)) if row[2] == "shown"]


# --- boilerplate


def test_boilerplate_is_one_finding(tmp_path):
    """A passage in a dozen files is said once, in the first of them, with the number and some of the others."""
    lay(tmp_path, {f"p{number:02}.md": page(number, 90, 91, number + 20, title=f"T{number}") for number in range(12)})
    assert told(looked(tmp_path)) == []
    found = looked(tmp_path, options=PEDANTIC)
    assert told(found) == [("p00.md", "D203", "pedantic", "p01.md")]
    [finding] = found["p00.md"].findings
    assert finding.message == "2 paragraphs (58 words) stand in 12 files: this one, p01.md, p02.md..."
    assert len(finding.elsewhere) == 9


def test_much_boilerplate_makes_no_pairs(tmp_path, monkeypatch):
    """Files that all share a passage, and files that are all equal, are never held against each other one by one."""
    lay(tmp_path, {f"p{number:03}.md": page(90, 91, *range(1000 + 4 * number, 1004 + 4 * number), title=f"T{number}") for number in range(150)})
    lay(tmp_path, {f"q{number:03}.md": page(95, 96) for number in range(150)})
    read_twice: list[str] = []
    compared = find.compared
    monkeypatch.setattr(find, "compared", lambda one, two: read_twice.append(one.article.origin.path) or compared(one, two))
    looked(tmp_path)
    assert not read_twice
    lay(tmp_path, {f"p{number:03}.md": page(90, 91, 1000 + number, title=f"T{number}") for number in range(150)})
    looked(tmp_path)
    assert len(read_twice) <= 8 * 150  # two thirds of each are alike, so some are looked at; never all pairs


# --- the author's word, and options


@pytest.mark.parametrize("where", ["a.md", "b.md"])
@pytest.mark.parametrize("comment", ["<!-- cleaner: keep D201 -- printed twice -->", "<!-- cleaner: off -- printed twice -->"])
def test_the_author_of_either_file_may_keep_it(tmp_path, where, comment):
    """A comment in the copy or in the file that stays keeps both, with its reason."""
    lay(tmp_path, {"a.md": page(1, 2), "b.md": page(1, 2)})
    lay(tmp_path, {where: comment + "\n\n" + page(1, 2)})
    shared = looked(tmp_path)["b.md"]
    assert [word.reason for _, word in shared.kept] == ["printed twice"]
    [skip] = [skip for skip in whole(tmp_path / "b.md", shared).plan.skipped if skip.finding.rule == "D201"]
    assert (skip.status, skip.reason) == ("suppressed", "printed twice")
    assert not [skip for skip in whole(tmp_path / "b.md", shared).plan.skipped if skip.finding.rule == "S901"]


def whole(path: Path, shared: Shared) -> Cleaned:
    return joined(clean_article(read(path), Options()), shared)


def test_rules_can_be_chosen(tmp_path):
    """`select` and `ignore` hold for these rules as for all others."""
    lay(tmp_path, {"a.md": page(1, 2), "b.md": page(1, 2)})
    assert told(looked(tmp_path, options=Options(ignore=("D2",)))) == []
    assert told(looked(tmp_path, options=Options(select=("D201",)))) != []
    assert told(looked(tmp_path, options=Options(select=("D1",)))) == []


def test_findings_join_those_of_the_file(tmp_path):
    """They are shown only, and a file that has changed since keeps what was found in itself."""
    lay(tmp_path, {"a.md": page(1, 2), "b.md": page(1, 2, 2)})
    lay(tmp_path, {"a.md": page(1, 2, 2)})
    shared = looked(tmp_path)["b.md"]
    cleaned = whole(tmp_path / "b.md", shared)
    assert [finding.rule for finding in cleaned.plan.taken] == ["D101"] or cleaned.plan.skipped
    assert [(skip.finding.rule, skip.status) for skip in cleaned.plan.skipped if skip.finding.rule == "D201"] == [("D201", "open")]
    lay(tmp_path, {"b.md": page(1, 3)})
    assert not [skip for skip in whole(tmp_path / "b.md", shared).plan.skipped if skip.finding.rule == "D201"]


def test_what_people_said_of_a_finding_holds(tmp_path):
    """A finding that is known under either of its two files is known."""
    lay(tmp_path, {"a.md": page(1, 2), "b.md": page(1, 2)})
    shared = looked(tmp_path)["b.md"]

    finding = shared.findings[0]
    for path in ("a.md", "b.md"):

        def told(asked, path=path):
            old = frozenset({mark("D201", finding.key, path)} if asked == path else ())
            return Told(Known(asked, old))

        cleaned = clean_article(read(tmp_path / "b.md"), Options())
        cleaned = cleaned._replace(article=cleaned.article._replace(origin=cleaned.article.origin._replace(path="b.md")))
        [skip] = joined(cleaned, shared, told).plan.skipped
        assert (skip.status, skip.reason) == ("baseline", "known before")


# --- the index


def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file count as old as soon as it is read."""
    monkeypatch.setattr(index, "_TICK", -10_000_000)


def updated(root: Path, cache: Path) -> int:
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))
    with index.Index.open(str(cache), Options(), str(root)) as opened:
        return opened.update(str(root), names)


def test_what_did_not_change_is_not_read_again(tmp_path, monkeypatch):
    """A second run reads nothing, and after an edit one file."""
    aged(monkeypatch)
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {f"p{number}.md": page(number, number + 20) for number in range(9)})
    monkeypatch.setattr(index.sheets, "read", counted(calls := [], sheets.read))
    assert updated(root, cache) == 9
    assert updated(root, cache) == 0
    lay(root, {"p3.md": page(70, 71, 72)})
    assert updated(root, cache) == 1
    assert len(calls) == 10


def counted(calls: list[object], function):
    def call(*given):
        calls.append(given)
        return function(*given)

    return call


def test_a_file_changed_within_a_tick_of_the_clock_is_read_again(tmp_path):
    """Same size, same times, other text: the digest decides while the times prove nothing."""
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {"a.md": page(1, 2), "b.md": page(1, 3)})
    looked(root, cache=cache)
    before = os.stat(root / "b.md")
    with open(root / "b.md", "r+b") as file:
        file.write(page(1, 2).encode().ljust(before.st_size, b"\n"))
    os.utime(root / "b.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [row[1] for row in told(looked(root, cache=cache))] == ["D201"]


def spoil_with_text(path: Path) -> None:
    path.write_text("this is no database, it is a long note about boats\n" * 200, encoding="utf-8")


def spoil_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_with_zeros(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes(len(data) - 100))


def spoil_with_another(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE boats (name TEXT)")
    base.close()


def spoil_the_version(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA user_version = 999")
    base.close()


def spoil_the_sheets(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("UPDATE file SET sheet = zeroblob(length(sheet))")
    base.close()


def spoil_the_postings(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("DROP TABLE posting")
    base.close()


@pytest.mark.parametrize(
    "spoil", [spoil_with_text, spoil_by_cutting, spoil_with_zeros, spoil_with_another, spoil_the_version, spoil_the_sheets, spoil_the_postings]
)
def test_a_damaged_or_foreign_index_is_made_anew(tmp_path, spoil):
    """Whatever became of it, the answer is that of a run without one, and the next run has a sound index."""
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {"a.md": page(1, 2), "b.md": page(1, 2), "c.md": page(1, *range(20, 40)), "d.md": page(2, *range(20, 40))})
    cold = looked(root)
    assert looked(root, cache=cache) == cold
    [made] = cache.glob("across-*.sqlite")
    for other in cache.glob("across-*.sqlite-*"):
        other.unlink()
    spoil(made)
    lay(root, {"e.md": page(3, 4)})
    cold = looked(root)
    assert looked(root, cache=cache) == cold
    assert looked(root, cache=cache) == cold


def test_a_disk_that_damages_whatever_is_written(tmp_path, monkeypatch):
    """Where a new index is damaged as well, one in memory answers."""
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {"a.md": page(1, 2), "b.md": page(1, 2)})
    cold = looked(root)
    opened = index.Index.open

    def spoilt(folder, *given, **more):
        found = opened(folder, *given, **more)
        if folder is not None:
            found._asked = lambda *_: (_ for _ in ()).throw(index.Damaged("disk I/O error"))
        return found

    monkeypatch.setattr(index.Index, "open", spoilt)
    assert looked(root, cache=cache) == cold


def test_made_up_postings_make_no_finding(tmp_path):
    """The index proposes and never decides: what it says of two files is read in both before it is reported."""
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {"a.md": page(1, 2), "b.md": page(3, 4)})
    looked(root, cache=cache)
    [made] = cache.glob("across-*.sqlite")
    with sqlite3.connect(made) as base:
        rows = base.execute("SELECT number, sheet FROM file ORDER BY path").fetchall()
        base.execute("UPDATE file SET sheet = ? WHERE number = ?", (rows[0][1], rows[1][0]))
        base.execute("DELETE FROM posting")
        for posting in sheets.unpack(rows[0][1]).postings:
            base.executemany("INSERT INTO posting VALUES (?, ?)", [(posting, number) for number, _ in rows])
    base.close()
    from unittest.mock import patch

    with patch.object(index, "_TICK", -(10**18)):  # the times of all files are believed
        assert told(looked(root, cache=cache, options=PEDANTIC)) == []


def test_a_place_where_no_index_can_be(tmp_path):
    """Where the cache folder cannot be made, the index is kept in memory for the run."""
    root = tmp_path / "r"
    lay(root, {"a.md": page(1, 2), "b.md": page(1, 2)})
    (tmp_path / "c").write_text("a file", encoding="utf-8")
    assert looked(root, cache=tmp_path / "c" / "inside") == looked(root)


def test_names_that_are_not_text_and_files_that_are_not(tmp_path):
    """A name of any bytes, a picture, an empty file and a file that is gone do not stop the others."""
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {"a.md": page(1, 2), "z\n (1).md": page(1, 2), "empty.md": "", "b.md": "x"})
    (root / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00" * 50)
    if os.name != "nt" and sys.platform != "darwin":
        (root / os.fsdecode(b"m\xff.md")).write_text(page(1, 2), encoding="utf-8")
    for _ in range(2):
        rows = told(looked(root, cache=cache))
        assert ("z\n (1).md", "D201", "shown", "a.md") in rows
    (root / "a.md").unlink()
    assert all(row[3] != "a.md" for row in told(looked(root, cache=cache)))


def test_two_runs_at_once(tmp_path):
    """Processes that fill one index together all see the whole repository."""
    root, cache = tmp_path / "r", tmp_path / "c"
    lay(root, {f"p{number:02}.md": page(number % 30, number % 30 + 40, title="T") for number in range(60)})
    code = (
        "import sys; from cleaner.across.look import *; from cleaner.options import Options\n"
        "import glob; names = sorted(glob.glob('*.md'))\n"
        "found, notes = look([(name, Options()) for name in names], Plans(Options(), sys.argv[1]))\n"
        "print(sorted((name, f.rule, f.elsewhere[0].path) for name, s in found.items() for f in s.findings))"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(cache)], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said_by = {run.communicate() for run in runs}
    expected = str([(f"p{number + 30:02}.md", "D201", f"p{number:02}.md") for number in range(30)])
    assert said_by == {(expected + "\n", "")}


@st.composite
def histories(draw):
    """A repository and a few changes of it: files written, edited, renamed, deleted."""
    names = ["a.md", "b.md", "c copy.md", "v1/a.md", "v2/a.md", "d/e.md"]
    text = st.lists(st.integers(1, 14), min_size=0, max_size=6).map(lambda seeds: page(*seeds, title=f"T{sum(seeds) % 2}"))
    step = st.one_of(
        st.tuples(st.just("write"), st.sampled_from(names), text),
        st.tuples(st.just("rename"), st.sampled_from(names), st.sampled_from(names)),
        st.tuples(st.just("delete"), st.sampled_from(names), st.none()),
    )
    return draw(st.lists(st.lists(step, min_size=1, max_size=6), min_size=1, max_size=4))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_warm_is_cold(tmp_path_factory, history):
    """After any edits, renames and deletions the kept index answers as a new one does, for each file alone as for all."""
    root, cache = tmp_path_factory.mktemp("r"), tmp_path_factory.mktemp("c")
    for changes in history:
        for what, name, value in changes:
            path = root / name
            if what == "write":
                lay(root, {name: value})
            elif path.exists() and what == "delete":
                path.unlink()
            elif path.exists():
                (root / value).parent.mkdir(parents=True, exist_ok=True)
                path.replace(root / value)
        names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))
        cold = looked(root, options=PEDANTIC) if names else {}
        assert (looked(root, cache=cache, options=PEDANTIC) if names else {}) == cold
        for name in names:
            assert looked(root, name, cache=cache, options=PEDANTIC) == {name: cold[name]}


# --- small parts


def test_a_sheet_comes_back_from_its_bytes():
    """What `pack` writes `unpack` reads, and nothing else passes for it."""
    made = sheets.Sheet((1, -2, 2**62), (8, -400, 0), (-(2**63), 5), 77, 8)
    again = sheets.unpack(sheets.pack(made))
    assert (list(again.keys), list(again.words), list(again.sketch), again.whole, again.size) == ([1, -2, 2**62], [8, -400, 0], [-(2**63), 5], 77, 8)
    for data in (b"", sheets.pack(made)[:-1], sheets.pack(made) + b"\0", b"\0" * 60):
        with pytest.raises(ValueError, match="not a sheet"):
            sheets.unpack(data)


@given(st.lists(st.sampled_from(_SYLLABLES), min_size=60, max_size=200), st.data())
def test_copies_resemble_each_other(text, data):
    """Two texts that differ in a twentieth of their words are proposed by their sketches."""
    other = list(text)
    for at in data.draw(st.lists(st.integers(0, len(text) - 1), max_size=len(text) // 20)):
        other[at] = "elsewhere"
    assert sheets.resemblance(sheets.sketch(text), sheets.sketch(text)) == 1.0
    assert sheets.resemblance(sheets.sketch(text), sheets.sketch(other)) > 0
    assert sheets.resemblance(sheets.sketch(text), []) == 0.0 or not text


def test_what_a_path_tells():
    """Versions and languages are told from words and dates."""
    assert paths.variant("docs/2024/05/tides.md") == ()
    assert paths.variant("docs/in/no-it.md") == ("in",)  # Indonesian, once: in doubt it is meant
    assert paths.variant("guide/sign-in.md") == ()
    assert paths.variant("cockroach-v2.1/a.md") == ("cockroach-v2.1",)
    assert paths.plain("cockroach-v2.1/a.md") == "cockroach/a.md"
    assert paths.plain("docs/a.pt-BR.md") == paths.plain("docs/a.md") == "docs/a.md"
