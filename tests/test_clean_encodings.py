"""`cleaner clean --in-place` on files in encodings that no mark tells: what is safe is done, what is not is said, nothing is transcoded."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from cleaner.cli import main

LONG = {
    "cp1252": "Der Hafenmeister schloß die nördliche Mole am Dienstag, nachdem der Sturm zwei Kräne beschädigt hatte – für „ein paar Tage“.",
    "cp1251": "Капитан порта закрыл северный мол во вторник, после того как шторм повредил два крана и снёс крышу старого склада у воды.",
    "shift_jis": "港長は火曜日に北の桟橋を閉鎖した。嵐で二台のクレーンが壊れたためである。漁船は南の桟橋に移り、来週まで戻らない。",
    "euc_kr": "항만장은 화요일에 북쪽 부두를 폐쇄했다. 폭풍으로 크레인 두 대가 부서졌기 때문이다. 어선들은 다음 주까지 남쪽 부두를 쓴다.",
    "gb18030": "港口主任于星期二关闭了北码头，因为风暴损坏了两台起重机。渔船将移到南码头，直到下周才能回来。",
    "iso8859_2": "Kapitan portu zamknął we wtorek północne molo, gdy sztorm uszkodził dwa żurawie i zerwał dach ze starego magazynu.",
}


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("CLEANER_")]:
        monkeypatch.delenv(name)


def clean(name: str, data: bytes) -> tuple[int, str, bytes]:
    with open(name, "wb") as file:
        file.write(data)
    done = CliRunner().invoke(main, ["clean", "--in-place", "--layout", "keep", "--isolated", name], catch_exceptions=False)
    with open(name, "rb") as file:
        return done.exit_code, done.stderr, file.read()


@pytest.mark.parametrize("encoding", LONG)
def test_a_copy_goes_without_transcoding(encoding):
    """A paragraph that comes twice, byte for byte, goes though the encoding is a guess; every other byte stays what it was."""
    said = LONG[encoding].encode(encoding)
    status, _, after = clean("a.txt", b"\n\n".join((said, b"And so on.", said)) + b"\n")
    assert (status, after) == (0, b"\n\n".join((said, b"And so on.")) + b"\n")


@pytest.mark.parametrize("encoding", LONG)
def test_what_cannot_be_judged_is_said(encoding):
    """Where nothing is safe to touch the file is left alone, in one line that says why, with status 2."""
    words = LONG[encoding].encode(encoding)
    status, stderr, after = clean("a.txt", words + b"\n")
    assert (status, after) == (2, words + b"\n")
    assert "a.txt: left alone: its encoding cannot be told" in stderr and "convert it to UTF-8" in stderr


def test_what_is_sure_is_clean():
    """UTF-8 without a repeat is clean: status 0, and nothing is said."""
    assert clean("a.txt", LONG["cp1251"].encode())[0] == 0
