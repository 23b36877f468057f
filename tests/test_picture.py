"""The self-similarity picture in a terminal, and links to files and lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import conflict, report, twice

from cleaner.cli.shared import linked
from cleaner.lines import Lines
from cleaner.model import Span
from cleaner.report import View, render
from cleaner.report.plot import Repeat, cells, plot
from cleaner.report.visible import Paint, address, columns

ROOT = Path(__file__).resolve().parents[1]
TEN = "".join(f"{number} " + "x" * 97 + "\n" for number in range(10))
RUN = Repeat(Span(600, 900), Span(100, 400), 1, True, True, "7-9 repeat 2-4: repeated-run, fixed")
KINDS = ("braille", "blocks", "ascii")


def drawn(repeats: list[Repeat], kind: str = "braille", width: int = 80, text: str = TEN, color: bool = False) -> list[str]:
    return plot(len(text), Lines(text), repeats, kind, width, Paint(color))  # type: ignore[arg-type]


def field(rows: list[str], side: str = "│") -> list[str]:
    """Return what is drawn between the axes."""
    return [row.split(side, 1)[1] for row in rows if side in row]


def test_a_run_is_a_line_beside_the_diagonal() -> None:
    """Text goes right and down: lines 7-9 repeating 2-4 are a line in rows of 7-9 and columns of 2-4, named in the legend."""
    rows = drawn([RUN])
    shown = [row.ljust(40) for row in field(rows)]
    assert len(shown) == 20
    beside = [(row, column) for row, text in enumerate(shown) for column in range(40) if text[column] > "\u2800" and column < 2 * row - 3]
    assert {row for row, _ in beside} == set(range(12, 18))
    assert {column // 4 for _, column in beside} == {1, 2, 3}
    for row in range(20):
        assert shown[row][2 * row] > "\u2800", "the text itself is the diagonal"
    assert sum(text.count("a") for text in shown) == 1
    assert rows[-1] == "  a  7-9 repeat 2-4: repeated-run, fixed"


def test_axes_have_the_numbers_of_lines() -> None:
    """A row or column that has a number begins in that line."""
    rows = drawn([RUN])
    numbers = [int(row.split("│")[0].strip() or 0) for row in rows if "│" in row]
    for row, number in enumerate(numbers):
        assert number in (0, row // 2 + 1)
    assert numbers[0] == 1 and len([number for number in numbers if number]) >= 5
    feet = rows[21]
    for found in re.finditer(r"\d+", feet):
        assert (found.start() - feet.index("1")) * 10 // 40 + 1 == int(found[0])
    assert len(re.findall(r"\d+", feet)) == 10


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [24, 40, 60, 80, 200])
def test_no_row_is_wider_than_the_terminal(kind: str, width: int) -> None:
    """Whatever it is drawn with, in the narrowest terminal and with long legends in wide characters."""
    long = RUN._replace(label="渡し船の運休 " * 20)
    rows = drawn([RUN, long, RUN._replace(exact=False)], kind, width)
    assert max(map(columns, rows)) <= width
    assert len(rows) <= 2 + 20 + 20 * 7


def test_near_copies_and_the_text_itself_are_thinner() -> None:
    """Without colour, too, a copy, a near copy and the text itself are told apart."""
    same, near = ("".join(field(drawn([RUN._replace(exact=exact)]))) for exact in (True, False))
    dots = [sum(bin(ord(char) - 0x2800).count("1") for char in text if char > "\u2800") for text in (same, near)]
    assert dots[0] > dots[1] * 1.2
    assert "\\" in "".join(drawn([RUN], "ascii")) and ":" in "".join(drawn([RUN._replace(exact=False, label="")], "ascii"))
    assert "█" not in "".join(drawn([RUN], "ascii")) and "".join(drawn([RUN], "ascii")).isascii()


def test_three_copies_in_a_row_are_three_lines() -> None:
    """A finding that takes several copies at once shows each of them."""
    rows = field(drawn([RUN._replace(span=Span(400, 1000), keeper=Span(100, 400), times=2)]))
    columns_of_first_dot = [next((at for at, char in enumerate(row) if char > "\u2800"), 99) for row in rows[9:20]]
    assert sum(one > other for one, other in zip(columns_of_first_dot, columns_of_first_dot[1:])) == 1


def test_only_so_many_have_a_letter() -> None:
    """After z the rest is counted."""
    many = [RUN._replace(span=Span(at, at + 10), keeper=Span(0, 10)) for at in range(100, 900, 20)]
    rows = drawn(many)
    assert rows[-1] == "     and 14 more" and rows[-2].startswith("  z  ")


@given(st.integers(0, 400), st.lists(st.tuples(*[st.integers(0, 400)] * 4, st.integers(1, 5)), max_size=30), st.integers(1, 120), st.sampled_from(KINDS))
def test_any_text_can_be_drawn(length: int, spans: list[tuple[int, ...]], width: int, kind: str) -> None:
    """Empty texts, empty spans, the end of the text, a copy above its keeper: no dot falls out of the picture."""
    text = ("渡\n" * 200)[:length]
    fit = [sorted(min(each, length) for each in (one, other)) + sorted(min(each, length) for each in (three, four)) + [times] for one, other, three, four, times in spans]
    repeats = [Repeat(Span(a, b), Span(c, d), times, bool(a % 2), bool(b % 2), "x") for a, b, c, d, times in fit]
    rows = drawn(repeats, kind, width, text)
    assert max(map(columns, rows)) <= max(width, 24)


def test_what_a_stream_can_hold_decides() -> None:
    """Braille where the encoding has it and the console a font, then blocks, then ASCII."""
    assert [cells(name) for name in ("utf-8", "utf-16", "gb18030", "cp437", "cp850", "latin-1", "ascii", "none")] == [
        "braille", "braille", "braille", "blocks", "blocks", "ascii", "ascii", "ascii",
    ]  # fmt: skip
    assert cells("utf-8", "linux") == "blocks"


def test_colour_is_only_colour() -> None:
    """With colour the same characters are written, and nothing but colours besides."""
    plain, painted = drawn([RUN]), drawn([RUN], color=True)
    assert painted != plain and [re.sub(r"\x1b\[\d+(?:;\d+)*m", "", row).rstrip() for row in painted] == plain


def run(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("FORCE_HYPERLINK", "FORCE_COLOR")}
    env |= {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-m", "cleaner", *arguments], cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8")


def test_clean_draws_on_stderr(tmp_path: Path) -> None:
    """stdout carries the document and nothing else; the picture is plain where it is piped."""
    path = str(ROOT / "seeds" / "harbour.txt")
    done, without = run("clean", path, "--picture"), run("clean", path)
    assert done.stdout == without.stdout and "│" not in done.stdout
    assert "⠳⣄" in done.stderr and "b  11-14 repeat 7-10: repeated-run, fixed" in done.stderr and "\x1b" not in done.stderr
    assert "⠳⣄" not in without.stderr
    assert "⠳⣄" not in run("clean", path, "--picture", "-q").stderr
    ascii = run("clean", path, "--picture", PYTHONIOENCODING="ascii").stderr
    assert re.search(r"11 \|\s+\\", ascii)


def test_check_draws_for_people_only() -> None:
    """check draws below each file's findings, and refuses formats that have no place for a picture."""
    done = run("check", "--isolated", "--picture", "seeds/market.html", "seeds/sourdough.md")
    assert done.stdout.count("└") == 1 + ("near-repeated" in done.stdout)
    refused = run("check", "--isolated", "--picture", "--output-format", "json", "seeds/market.html")
    assert refused.returncode == 2 and "json has no place for it" in refused.stderr


# --- links


EVIL = "a b\x1b]8;;http:\x07\x1b\\\n#%?;\u202e渡\\'\".md"
LINK = re.compile(r"\x1b\]8;;([^\x1b]*)\x1b\\(.*?)\x1b\]8;;\x1b\\")


def test_places_lead_to_their_files(tmp_path: Path) -> None:
    """The name leads to the file, a place to its line, the copy that stays to its own; what is shown is what is shown without."""
    (tmp_path / "a.md").write_text("\n".join(["# Bridge", "", *[f"{'The council met again on Monday to talk about it. ' * 3}"] * 2]).replace(". \nThe", ".\n\nThe"), encoding="utf-8")
    done = run("check", "--isolated", "--profile", "article", "--hyperlinks", "always", "a.md", folder=tmp_path)
    links = [(urlsplit(url), text) for url, text in LINK.findall(done.stdout)]
    assert {(unquote(url.path), url.fragment) for url, _ in links} >= {(str(tmp_path / "a.md"), ""), (str(tmp_path / "a.md"), "3")}
    assert all(url.scheme == "file" and url.netloc == os.uname().nodename for url, _ in links)
    assert LINK.sub(r"\2", done.stdout) == run("check", "--isolated", "--profile", "article", "a.md", folder=tmp_path).stdout
    short = run("check", "--isolated", "--profile", "article", "--hyperlinks", "always", "--output-format", "concise", "a.md", folder=tmp_path)
    assert LINK.match(short.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be given there")
def test_no_file_name_breaks_out_of_a_link(tmp_path: Path) -> None:
    """A URL is printable ASCII whatever a file is called, and leads back to that very file."""
    path = os.fsencode(tmp_path) + b"/" + os.fsencode(EVIL) + b"\xff"
    with open(path, "w", encoding="utf-8") as file:
        file.write("x")
    url = address(os.fsdecode(path), 12)
    assert re.fullmatch(r"file://[!-~]*#12", url) and ";" not in url and url.count("#") == 1
    from urllib.parse import unquote_to_bytes

    assert unquote_to_bytes(urlsplit(url).path) == path
    shown = render(report(twice(os.fsdecode(path))), "full", View(links=True))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", LINK.sub(r"\2", shown))


def test_what_is_no_file_has_no_link() -> None:
    """Standard input, a name that was only given, a file that is gone."""
    assert address("-") == address("") == address("no-such-file.md", 3) == ""
    assert "\x1b" not in render(report(conflict("no-such-file.md")), "full", View(links=True))


class Stream:
    def __init__(self, terminal: bool) -> None:
        self.isatty = lambda: terminal


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "expected"),
    [
        ("auto", True, {"TERM": "xterm-256color"}, True),
        ("auto", False, {"TERM": "xterm-256color"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"TERM": "linux"}, False),
        ("auto", True, {"TERM": "xterm", "CI": "true"}, False),
        ("auto", False, {"TERM": "xterm", "FORCE_HYPERLINK": "1"}, True),
        ("auto", True, {"TERM": "xterm", "FORCE_HYPERLINK": "0"}, False),
        ("never", True, {"TERM": "xterm", "FORCE_HYPERLINK": "1"}, False),
        ("always", False, {"TERM": "dumb", "FORCE_HYPERLINK": "0"}, True),
    ],
)
def test_when_links_are_written(choice: str, terminal: bool, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flag decides, then FORCE_HYPERLINK, then whether it is a terminal that is not dumb and no log of a build."""
    for name in ("TERM", "CI", "FORCE_HYPERLINK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**environment, "WT_SESSION": "1"}.items():
        monkeypatch.setenv(name, value)
    assert linked(choice, Stream(terminal)) is expected


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_every_row_of_the_report_fits(width: int, tmp_path: Path) -> None:
    """Messages, reasons, differences, ids and summaries are broken between words, at any width."""
    for given in (twice(), conflict()):
        for verbose in (False, True):
            shown = render(report(given), "full", View(width=width, verbose=verbose, picture="braille"))
            assert max(map(columns, shown.splitlines())) <= width
