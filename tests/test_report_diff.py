"""The diff, as git takes it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import FIRST, SECOND, article, repeated_lines, report, twice

from cleaner.model import Cleaned, Edit, Plan, Span
from cleaner.report import View, encoded, render

LINES = [FIRST, SECOND, "short", "", *(f"Paragraph number {number} stands here once." for number in range(20))]
TEXT = "\n".join([*LINES, FIRST, "after", SECOND])


def applied(folder: Path, cleaned: Cleaned, data: bytes, tool: tuple[str, ...] = ("git", "apply", "-")) -> bytes:
    path = folder / cleaned.article.origin.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    patch = encoded(report(cleaned), "diff")
    done = subprocess.run(tool, cwd=folder, input=patch, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, patch)
    return path.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_git_applies_it(tmp_path: Path, end: str, last: bool, encoding: str) -> None:
    """`git apply` makes of the original what the plan makes of it, with any line end and encoding."""
    text = TEXT.replace("bridge", "br\xfccke").replace("\n", end) + (end if last else "")
    cleaned = repeated_lines(article(text, encoding=encoding))
    assert len(cleaned.plan.taken) == 2
    assert applied(tmp_path, cleaned, text.encode(encoding)) == cleaned.text.encode(encoding)


def test_patch_applies_it(tmp_path: Path) -> None:
    """So does patch(1)."""
    cleaned = repeated_lines(article(TEXT))
    try:
        got = applied(tmp_path, cleaned, TEXT.encode(), ("patch", "-p1", "--binary"))
    except FileNotFoundError:
        pytest.skip("no patch(1) here")
    assert got == cleaned.text.encode()


def test_git_applies_it_with_a_byte_order_mark(tmp_path: Path) -> None:
    """The mark is part of the file's first line."""
    text = f"{FIRST}\n{FIRST}\n"
    cleaned = repeated_lines(article(text, bom=b"\xef\xbb\xbf"))
    assert applied(tmp_path, cleaned, b"\xef\xbb\xbf" + text.encode()) == b"\xef\xbb\xbf" + cleaned.text.encode()


@pytest.mark.parametrize(
    "path", ["two words.md", 'quo"ted.md', "tab\there.md", "line\nend.md", "caf\xe9.md", "sub/x.md", "b\udce9.md"]
)
def test_names_are_quoted_as_git_does(tmp_path: Path, path: str) -> None:
    """Spaces, quotes, control characters and undecodable bytes in a name do not break the diff."""
    cleaned = repeated_lines(article(TEXT, path))
    try:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    assert applied(tmp_path, cleaned, TEXT.encode()) == cleaned.text.encode()


def test_no_edits_no_diff() -> None:
    """A file that nothing is done to is not in the diff."""
    assert render(report(repeated_lines(article("Once.\n"))), "diff") == ""


def test_a_hunk_reads_as_usual() -> None:
    """Three lines around a change, and a count of lines on each side."""
    assert render(report(twice()), "diff") == (
        f"--- a/story.txt\n+++ b/story.txt\n@@ -1,3 +1,2 @@\n {FIRST}\n {SECOND}\n-{FIRST}\n"
    )


def test_a_diff_for_the_terminal_is_visible_and_coloured() -> None:
    """Only our own colours reach a terminal."""
    cleaned = repeated_lines(article("esc \x1b[2J twice in a line\n" * 2))
    text = render(report(cleaned), "diff", View(color=True))
    assert "\\x1b[2J" in text and "\x1b[2J" not in text and "\x1b[31m" in text


@st.composite
def plans(draw: st.DrawFn) -> Cleaned:
    """Any text with any disjoint edits."""
    text = draw(st.text(alphabet="ab\n\r ", max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    edits = tuple(
        Edit(Span(start, end), text[start:end], after)
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        for after in (draw(st.text(alphabet="xy\n", max_size=4)),)
        if after != text[start:end]
    )
    finding = twice().plan.taken[0]._replace(edits=edits)
    return Cleaned(article(text), (), "docs", Plan((finding,), ()))


@settings(max_examples=60, deadline=None)
@given(plans())
def test_any_plan_makes_a_diff_that_applies(tmp_path_factory: pytest.TempPathFactory, cleaned: Cleaned) -> None:
    """Whatever edits there are, `git apply` gets the same text as the plan."""
    text = cleaned.article.text
    if not text or not cleaned.text or text == cleaned.text:
        return  # git takes an empty side for a file that comes or goes
    folder = tmp_path_factory.mktemp("diff")
    assert applied(folder, cleaned, text.encode()) == cleaned.text.encode()


def test_a_million_lines_take_linear_time() -> None:
    """The hunks come from the edits: no comparison of whole texts."""
    text = f"{FIRST}\n" * 200_000
    cleaned = repeated_lines(article(text))
    assert render(report(cleaned), "diff").count("\n-") == 199_999
