"""The report in a real terminal: the command runs in tmux at several widths, and the pane says what a reader sees."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cleaner.report.visible import columns

ROOT = Path(__file__).resolve().parents[1]
TMUX = shutil.which("tmux")
pytestmark = pytest.mark.skipif(TMUX is None, reason="no tmux: a real terminal is needed (Debian: apt-get install tmux)")

LONG = "市議会は月曜日、費用と騒音をめぐる長い議論の末に、北岸と南岸を結ぶ新しい橋の建設を全会一致で承認しました。工事は来年の春に始まる予定です。"
NEAR = LONG.replace("月曜日", "火曜日")
OTHER = "住民は、古い渡し船が隣の町に売られて以来、橋を求めてきました。反対の署名をした四十人の多くは自分の舟を持っています。"
EMOJI = "The ferry \U0001f468\u200d\U0001f469\u200d\U0001f467 and its crew \U0001f1eb\U0001f1f7 were thanked by everybody who had come down to the old pier."
ARTICLES = {
    "english": (ROOT / "seeds" / "sourdough.md").read_text(encoding="utf-8"),
    "cjk": f"# 橋\n\n{LONG}\n\n{OTHER}\n\n{NEAR}\n\n{OTHER}\n",
    "emoji": f"# \U0001f1eb\U0001f1f7\n\n{EMOJI}\n\nNobody knew why the band had been asked to play at that hour of the day.\n\n{EMOJI}\n",
    "run": (ROOT / "seeds" / "harbour.txt").read_text(encoding="utf-8"),
}


@pytest.fixture
def pane(tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """Yield a function that runs cleaner in a terminal of so many columns, and returns the rows that it then shows."""
    name = f"cleaner-{os.getpid()}-{time.monotonic_ns()}"
    env = {key: value for key, value in os.environ.items() if key not in ("TMUX", "CI", "NO_COLOR", "FORCE_COLOR", "FORCE_HYPERLINK")}
    env |= {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "SHELL": "/bin/sh", "HOME": str(tmp_path)}

    def tmux(*arguments: str) -> str:
        done = subprocess.run([TMUX or "tmux", "-L", name, "-u", "-f", "/dev/null", *arguments], env=env, capture_output=True, text=True, encoding="utf-8")
        return done.stdout

    def show(width: int, *arguments: str, escapes: bool = False) -> list[str]:
        end = tmp_path / f"done-{time.monotonic_ns()}"
        # What runs is a file, so that nothing has to be quoted for a shell; the window stays until it was looked at.
        script = tmp_path / "run.py"
        script.write_text(
            "import pathlib, subprocess, sys, time\n"
            f"code = subprocess.run({[sys.executable, '-m', 'cleaner', *arguments]!r}, cwd={str(tmp_path)!r}).returncode\n"
            "sys.stdout.flush()\n"
            f"pathlib.Path({str(end)!r}).write_text(str(code))\n"
            "time.sleep(60)\n",
            encoding="utf-8",
        )
        tmux("new-session", "-d", "-x", f"{width}", "-y", "200", f"exec '{sys.executable}' '{script}'")
        until = time.monotonic() + 30
        while not (end.exists() and end.read_text()):
            assert time.monotonic() < until, "the command did not end"
            time.sleep(0.05)
        time.sleep(0.2)  # for the terminal to draw
        assert end.read_text() in ("0", "1")
        shown = tmux("capture-pane", "-p", *(["-e"] if escapes else [])).rstrip("\n").split("\n")
        joined = tmux("capture-pane", "-p", "-J").rstrip("\n").split("\n")
        assert len(joined) == len(shown), f"a row is wider than {width} columns"
        tmux("kill-session")
        return shown

    try:
        yield show
    finally:
        tmux("kill-server")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("article", ARTICLES)
def test_no_row_is_broken_by_the_terminal(pane: Callable[..., list[str]], tmp_path: Path, article: str, width: int) -> None:
    """Report, picture and summary fit in 40, 60, 80 and 120 columns, also in Japanese and with flags and families."""
    (tmp_path / "a.md").write_text(ARTICLES[article], encoding="utf-8")
    rows = pane(width, "check", "--isolated", "--profile", "article", "--picture", "a.md")
    assert max(map(columns, rows)) <= width
    assert rows[0].startswith("a.md") and "finding" in rows[-1] + rows[-2]
    assert sum("│" in row for row in rows) == (20 if width >= 60 else 16 if width == 40 else 0)
    # The axis stands below itself whatever stands left of it.
    assert len({columns(row.split("│")[0]) for row in rows if "│" in row}) == 1


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_columns_of_wide_characters_stand_below_each_other(pane: Callable[..., list[str]], tmp_path: Path, width: int) -> None:
    """In the table of differing facts Japanese cells are padded to the columns they take in the terminal."""
    facts = "月曜日の夕方、北の桟橋で12人がけがをし、渡し船の運航は{}まで止まると港湾局が発表しました。"
    (tmp_path / "a.md").write_text(f"# 橋\n\n{facts.format('10月3日')}\n\n{OTHER}\n\n{facts.replace('12人', '21人').format('11月5日')}\n", encoding="utf-8")
    rows = pane(width, "check", "--isolated", "--profile", "article", "a.md")
    head = next(at for at, row in enumerate(rows) if row.split() == ["line", "3", "line", "7"])
    table = [row for row in rows[head:] if re.match(r"\s+(\S+\s{2,})?\S.*\s{2,}\S", row)][: 1 + sum("12" in row or "10" in row for row in rows[head:])]
    starts = {columns(row[: re.search(r"\S+\s*$", row.replace("line ", "line_")).start()]) for row in table}  # type: ignore[union-attr]
    assert len(table) >= 2 and len(starts) == 1, rows


def test_a_terminal_gets_links_and_colour(pane: Callable[..., list[str]], tmp_path: Path) -> None:
    """In a terminal places are links, which take no room, and --hyperlinks never leaves them out."""
    (tmp_path / "a.md").write_text(ARTICLES["english"], encoding="utf-8")
    command = ("check", "--isolated", "a.md")
    shown, never = pane(80, *command), pane(80, *command, "--hyperlinks", "never")
    assert shown == never
    assert any("\x1b[" in row for row in pane(80, *command, escapes=True))


def test_clean_in_a_terminal(pane: Callable[..., list[str]], tmp_path: Path) -> None:
    """The picture of what clean did stands below its report, with what goes in the legend."""
    (tmp_path / "a.txt").write_text(ARTICLES["run"], encoding="utf-8")
    rows = pane(80, "clean", "a.txt", "-o", "b.txt", "--picture")
    assert any(row.strip() == "b  11-14 repeat 7-10: repeated-run, fixed" for row in rows)
    assert any("⠳⣄" in row for row in rows)
