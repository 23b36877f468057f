"""`check --fix` on files of real repositories, against what people made of them: right, proved, and what `--diff` shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from shared import SHARED

from cleaner.model import Cleaned
from cleaner.options import Options
from cleaner.page import Page
from cleaner.pipeline import clean_article
from cleaner.proof import failing
from cleaner.source import read

DATA = SHARED / "data" / "realdup.tar.xz"
ROOT = Path(__file__).resolve().parents[1]
KEEP = Options(layout="keep")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data/realdup.tar.xz is not here: real data is not part of the repository"),
]

# What `--fix` makes of the files whose commit was about repeats alone, of which it edits some: as the person left the file;
# part of what the person did; or more. A ratchet: `equal` may only grow and `more` only shrink without a reason here.
EQUAL, PART = 39, 13
MORE = {
    "495a65": "an item stands twice in the list of one release, and a doubled word: both overlooked",
    "f60fcd": "the same file, another commit",
    "573505": "a paragraph of one line stands twice in a row, byte for byte: overlooked",
    "8d20e7": "the same file, another commit",
    "a358f1": "a paragraph of one line stands twice in a row, byte for byte: overlooked",
    "c9a278": "a bad merge left eleven passages twice in a row; the person saw one of them",
    "d8fd91": "a paragraph of one line stands twice in a row, byte for byte: overlooked",
}


class Case(NamedTuple):
    """A file with what we make of it, and the texts that people made of it: without one repeat, and after the commit."""

    label: dict[str, object]
    path: Path
    safe: Cleaned
    wanted: tuple[str, ...]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("realdup")
    with tarfile.open(DATA) as archive:
        archive.extractall(room, filter="data")
    return room


@cache
def cases(data: Path) -> tuple[Case, ...]:
    found = []
    for folder in sorted((data / "cases").iterdir()):
        label = json.loads((folder / "label.json").read_text(encoding="utf-8"))
        [path] = folder.glob("before.*")
        wanted = tuple(read(each, KEEP).text for stem in ("expected", "after") for each in folder.glob(f"{stem}.*"))
        found.append(Case(label, path, clean_article(read(path, KEEP), KEEP), wanted))
    return tuple(found)


def rows(text: str) -> Counter[str]:
    """Return the lines of a text, however often each: which of two equal copies is gone makes no difference."""
    return Counter(row.strip() for row in re.split(r"\r\n|\r|\n", text) if row.strip())


def test_a_file_is_fixed_as_a_person_fixed_it(data: Path) -> None:
    """Or only in part, or in more places, each of which was looked at."""
    equal = part = 0
    more: set[str] = set()
    for case in cases(data):
        if not case.label.get("file_complete") or not case.safe.plan.edits:
            continue
        before, after = rows(case.safe.article.text), rows(case.safe.text)
        if after in map(rows, case.wanted):
            equal += 1
        elif not after - before and any(not (before - after) - (before - rows(wanted)) for wanted in case.wanted):
            part += 1
        else:
            more.add(str(case.label["id"]))
    assert more <= MORE.keys(), more - MORE.keys()
    assert (equal, part, len(more)) == (EQUAL, PART, len(MORE)), "better than before: write it down; worse: it takes a reason"


def test_blank_lines_go_as_a_person_would_take_them(data: Path) -> None:
    """Where the lines are those that the person left, so is nearly every byte."""
    alike = [case for case in cases(data) if case.label.get("file_complete") and rows(case.safe.text) in map(rows, case.wanted)]
    alike = [case for case in alike if case.safe.plan.edits]
    assert [case.label["id"] for case in alike if case.safe.text not in case.wanted] == []


def test_no_line_is_lost(data: Path) -> None:
    """A line that a safe edit takes stands in the text still, unless the person took it, too, or the edit is inside it."""
    for case in cases(data):
        before, after = rows(case.safe.article.text), rows(case.safe.text)
        lost = {row for row in before - after if row not in after and all(row in rows(wanted) for wanted in case.wanted)}
        inside = {finding for finding in case.safe.plan.taken if finding.rule in ("D120", "D121") or finding.rule.startswith("E")}
        mended = {row for edit in (edit for finding in inside for edit in finding.edits) for row in rows(around(case.safe, edit.span.start, edit.span.end))}
        assert lost <= mended, (case.label["id"], lost - mended)


def around(cleaned: Cleaned, start: int, end: int) -> str:
    """Return the whole lines of a stretch."""
    text = cleaned.article.text
    return text[max(text.rfind("\n", 0, start), 0) : text.find("\n", end) if "\n" in text[end:] else len(text)]


def test_only_what_is_safe_is_done_unasked(data: Path) -> None:
    """`--unsafe-fixes` does all of that and more; what is for people to judge is done by neither."""
    assert all(finding.safety == "safe" for case in cases(data) for finding in case.safe.plan.taken)
    widened = 0
    for case in cases(data)[::2]:
        if not any(skip.finding.safety == "unsafe" and skip.status == "open" for skip in case.safe.plan.skipped):
            continue
        more = clean_article(case.safe.article, KEEP._replace(unsafe_fixes=True))
        assert all(finding.safety != "report" for finding in more.plan.taken), case.label["id"]
        original = rows(case.safe.article.text)
        assert original - rows(case.safe.text) <= original - rows(more.text), case.label["id"]
        assert proved(more) and reads(more), case.label["id"]
        widened += len(more.text) < len(case.safe.text)
    assert widened > 10


def proved(cleaned: Cleaned) -> bool:
    """Whether our own proof, asked again for the final plan, has nothing against it."""
    return not failing(Page(cleaned.article, cleaned.blocks, KEEP, cleaned.profile), cleaned.plan)


class _Words(HTMLParser):
    """The words of a page, each with the elements that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[tuple[tuple[str, ...], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        links = [f" {value}" for name, value in attrs if name in ("href", "src")]
        if tag in ("br", "hr", "img", "input", "link", "meta", "source", "col", "wbr", "area", "embed", "param", "track", "base"):
            self.words.append((tuple(self.open), f"<{tag}{''.join(links)}>"))
        else:
            self.open.append(tag + "".join(links))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at].split(" ", 1)[0] == tag:
                del self.open[at:]
                return

    def handle_data(self, data: str) -> None:
        self.words += [(tuple(self.open), word) for word in data.split()]


def rendered(text: str) -> list[tuple[tuple[str, ...], str]]:
    from markdown_it import MarkdownIt

    reader = _Words()
    reader.feed(MarkdownIt("commonmark").enable("table").render(text))
    reader.close()
    return reader.words


def reads(cleaned: Cleaned) -> bool:
    """
    Whether the fixed text, rendered, is the original, rendered, with words left out, and nothing else.

    Told by a second path that knows nothing of our blocks and proofs: each word that is left stands in the elements it stood
    in, in its order. Words that change within a line (mojibake) are not for it.
    """
    if cleaned.article.format != "markdown" or not cleaned.plan.edits or any(edit.after.strip() for edit in cleaned.plan.edits):
        return True
    skip = cleaned.blocks[0].span.end if cleaned.blocks[0].kind == "front" else 0
    if any(edit.span.start < skip for edit in cleaned.plan.edits):
        return True
    before, after = rendered(cleaned.article.text[skip:]), rendered(cleaned.text[skip:])
    left = iter(before)
    return all(word in left for word in after)


def test_what_is_fixed_reads_as_before_but_for_the_plan(data: Path) -> None:
    """By our proof and by markdown-it-py's HTML, on the files that people mended and on those they meant."""
    edited = 0
    for cleaned in [case.safe for case in cases(data)] + [clean_article(read(path, KEEP), KEEP) for path in sorted((data / "negatives").glob("*/file.*"))[::4]]:
        edited += bool(cleaned.plan.edits)
        assert proved(cleaned) and reads(cleaned), cleaned.article.origin.path
    assert edited > 100


def test_the_second_path_sees_what_a_wrong_edit_does() -> None:
    """A list that gets joined to a paragraph, a line that becomes a heading, an item that moves up: each is seen."""
    assert not subsequence("- a\n\nb\n", "- a\nb\n") and not subsequence("a\n\n---\n", "a\n---\n") and not subsequence("- a\n  - b\n", "  - b\n")
    assert subsequence("a\n\nb\n\nb\n", "a\n\nb\n") and not subsequence("a\n", "a\n\nb\n")


def subsequence(before: str, after: str) -> bool:
    left = iter(rendered(before))
    return all(word in left for word in rendered(after))


def test_the_diff_is_what_is_done(data: Path, tmp_path: Path) -> None:
    """Applied by git, `--diff` gives the bytes that `--fix` writes, for all files at once that it edits; and those are the library's."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    edited = [case for case in cases(data) if case.safe.plan.edits]
    names = {case.path: f"{case.path.parent.name}{case.path.suffix}" for case in edited}
    for room in ("fixed", "patched"):
        (tmp_path / room).mkdir()
        for path, name in names.items():
            shutil.copy(path, tmp_path / room / name)

    def check(room: str, flag: str) -> bytes:
        command = [sys.executable, "-m", "cleaner", "check", "--isolated", "--no-cache", "-q", flag, "."]
        done = subprocess.run(command, cwd=tmp_path / room, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        return done.stdout

    patch = check("patched", "--diff")
    for case in edited:
        assert (tmp_path / "patched" / names[case.path]).read_bytes() == case.path.read_bytes()
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path / "patched", input=patch, check=True)
    check("fixed", "--fix")
    for case in edited:
        fixed = (tmp_path / "fixed" / names[case.path]).read_bytes()
        assert fixed == (tmp_path / "patched" / names[case.path]).read_bytes(), names[case.path]
        assert fixed.decode(case.safe.article.origin.encoding).endswith(case.safe.text), names[case.path]
