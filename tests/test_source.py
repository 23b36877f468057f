"""Bytes to article and back, and writing that leaves the old file or the new one."""

from __future__ import annotations

import ast
import codecs
import errno
import hashlib
import json
import lzma
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import source
from cleaner.errors import BinaryError, ChangedError, EncodingError, InputError
from cleaner.options import Options
from cleaner.source import decode, encode, read, sniff, write

STANDARD = Path(__file__).parents[1] / ".." / "shared" / "data" / "standard"
FRENCH = "Les élèves ont passé l’été à Besançon, où le marché s’est tenu près de l’hôtel.\n" * 6


def standard(name: str) -> Path:
    path = STANDARD / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the shared data set is not part of the repository")
    return path


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- decoding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bom", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_bom(bom: bytes, codec: str) -> None:
    """A byte order mark decides the encoding, is kept apart, and comes back; a second one is text."""
    data = bom + bom + "naïve €\r\n".encode(codec)
    article = decode(data)
    assert (article.origin.bom, article.origin.encoding, article.origin.sure) == (bom, codec, True)
    assert article.text == "\ufeffnaïve €\r\n"
    assert encode(article, article.text) == data


def test_empty() -> None:
    """An empty file is an empty text."""
    assert decode(b"").text == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@settings(deadline=None)
def test_utf8(text: str) -> None:
    """Valid UTF-8 is UTF-8, whatever it says, and its line ends stay."""
    data = ("x\r\ny\rz\n" + text).encode()
    article = decode(data, "a.txt")
    assert (article.origin.bom.decode() + article.text).encode() == data
    assert article.origin.encoding == "utf-8"


@given(st.binary())
@settings(deadline=None)
def test_any_bytes(data: bytes) -> None:
    """Any bytes come back unchanged or are refused with one line."""
    try:
        article = decode(data, "some\nname")
    except InputError as error:
        assert "\n" not in str(error)
        assert "some\\nname" in str(error)
    else:
        assert encode(article, article.text) == data
        assert article.origin.sha256 == sha(data)


def test_utf8_validity_cases() -> None:
    """Only what strict UTF-8 allows is read as UTF-8."""
    for line in standard("utf8tests.jsonl").read_text().splitlines():
        case = json.loads(line)
        data = b"text " + bytes.fromhex(case["hex"])
        try:
            article = decode(data)
        except BinaryError:
            assert b"\x00" in data or any(byte < 32 for byte in data)
            continue
        assert (article.origin.encoding == "utf-8") == case["valid"], case["id"]
        assert encode(article, article.text) == data


def test_encodings() -> None:
    """Texts in forty encodings come back byte for byte or are refused; what is called sure is right."""
    with lzma.open(standard("encodings_dev.jsonl.xz"), "rt") as file:
        rows = [json.loads(line) for number, line in enumerate(file) if number % 7 == 0]
    sure = right = 0
    for row in rows:
        data = bytes.fromhex(row["hex"])
        try:
            article = decode(data)
        except EncodingError:
            continue
        assert encode(article, article.text) == data
        if article.origin.sure:
            sure += 1
            right += article.text == row["text"]
    assert sure > 0
    assert right >= 0.99 * sure


@pytest.mark.parametrize(
    ("head", "path"),
    [
        ('<meta charset="ISO-8859-1">\n', "a.html"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=latin1">\n', "a.htm"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>\n', "-"),
        ("# -*- coding: latin-1 -*-\n", "a.txt"),
        ("<!-- vim: set fileencoding=latin1 : -->\n", "a.md"),
        (".. coding: cp1252\n", "a.rst"),
        ("= Titre\n:encoding: windows-1252\n", "a.adoc"),
    ],
)
def test_declared(head: str, path: str) -> None:
    """What a file declares is believed once it turned out not to be UTF-8; Latin-1 means Windows-1252."""
    data = (head + FRENCH).encode("cp1252")
    article = decode(data, path)
    assert article.origin.encoding == "cp1252"
    assert article.origin.sure
    assert article.text == head + FRENCH


def test_declared_otherwise() -> None:
    """Valid UTF-8 is UTF-8 though the file declares another encoding."""
    article = decode(('<meta charset="iso-8859-1">' + FRENCH).encode(), "a.html")
    assert (article.origin.encoding, article.origin.declared, article.origin.sure) == ("utf-8", "iso-8859-1", True)


def test_example_is_no_declaration() -> None:
    """A meta tag in a Markdown article is an example."""
    assert decode(b'Write `<meta charset="latin1">` first.\n', "a.md").origin.declared is None


@pytest.mark.parametrize(
    "label", ["utf-7", "unicode_escape", "rot13", "idna", "x-user-defined", "undefined", "hex", "zip"]
)
def test_forbidden_labels(label: str) -> None:
    """An encoding that turns harmless bytes into markup is never used, whatever the file declares."""
    assert source.codec_of(label) is None
    article = decode(f'<meta charset="{label}">\\x3cb\\x3e +ADw-b+AD4- \xe9'.encode("latin-1"), "a.html")
    assert "\\x3cb\\x3e +ADw-b+AD4-" in article.text


def test_mixed() -> None:
    """UTF-8 with a few foreign bytes is kept whole by a codec that holds every byte, and nothing about it is sure."""
    data = FRENCH.encode() + b"caf\xe9\n"
    article = decode(data, "a.txt")
    assert not article.origin.sure
    assert encode(article, article.text) == data


def test_guess_is_not_sure() -> None:
    """Bytes in a single-byte encoding that nothing declares are a guess."""
    assert not decode(FRENCH.encode("cp1252")).origin.sure


def test_utf16_without_bom() -> None:
    """UTF-16 without a mark is known by its NUL bytes."""
    assert decode("Plain words, naïve too.\n".encode("utf-16-le")).origin.encoding == "utf-16-le"


def test_iso2022() -> None:
    """ISO-2022-JP is read as what it is, not as the ASCII that its bytes are."""
    text = "これは日本語の記事です。\n二行目。\n"
    article = decode(text.encode("iso2022_jp"))
    assert article.text == text
    assert article.origin.encoding.startswith("iso2022")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(20),
        b"%PDF-1.7\nwords",
        b"PK\x03\x04\xff\xfe",
        b"text\x00text",
        bytes(range(1, 32)) * 9,
    ],
)
def test_binary(data: bytes) -> None:
    """What is not text is named as such."""
    with pytest.raises(BinaryError, match="not text"):
        decode(data, "picture.md")


def test_cut_utf16() -> None:
    """Half a UTF-16 character is an error that says what to do."""
    with pytest.raises(EncodingError, match="save it as UTF-8"):
        decode(codecs.BOM_UTF16_LE + b"a\x00b\x00c")


def test_encode_refuses() -> None:
    """A character that the file's encoding does not have is refused, never replaced."""
    article = decode(('<meta charset="latin1">' + FRENCH).encode("cp1252"), "a.html")
    with pytest.raises(EncodingError, match=r"a\.html: cp1252 cannot hold"):
        encode(article, "日本")


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("a.md", "markdown"),
        ("A.MDX", "markdown"),
        ("a.htm", "html"),
        ("a.rest", "rst"),
        ("a.asc", "asciidoc"),
        ("a.text", "text"),
    ],
)
def test_suffix(path: str, format: str) -> None:
    """A known suffix tells the format; options have the last word."""
    assert decode(b"x", path).format == format
    assert decode(b"x", path, Options(format="rst")).format == "rst"


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("<!DOCTYPE html>\n<p>x", "html"),
        ("\n<html lang=en>", "html"),
        ("---\ntitle: x\n---\nwords", "markdown"),
        ("```sh\nls\n```\n", "markdown"),
        ("# One\n\nSee [it](https://a.example/b).\n", "markdown"),
        ("Title\n\nA plain paragraph, 2 * 3 * 4.\n", "text"),
        ("# a shell comment\n", "text"),
        ("", "text"),
    ],
)
def test_sniff(text: str, format: str) -> None:
    """Without a suffix the text tells its format; in doubt it is text."""
    assert sniff(text) == format
    assert sniff(text.replace("\n", "\r\n")) == format


def test_sniff_is_linear() -> None:
    """No beginning of a text makes sniffing slow."""
    for unit in ("```\n", "---\na: b\n", "[a](", "<!--", "**a", "|---", "> ", "<?xml "):
        sniff(unit * 20_000)


# --- reading --------------------------------------------------------------------------------------------------------


def test_read_errors(tmp_path: Path) -> None:
    """What cannot be read is named in one line that says what to try."""
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 100)
    for path, words in [
        (tmp_path / "none\n.md", "no such file"),
        (tmp_path, "is a directory"),
        (large, "more than 10"),
    ]:
        with pytest.raises(InputError, match=words) as caught:
            read(path, Options(max_bytes=10))
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="cannot be read"):
        read("a\0b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_read_fifo(tmp_path: Path) -> None:
    """A named pipe is refused at once instead of waited for."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        read(tmp_path / "pipe")


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hyphen reads the bytes of standard input."""
    run = subprocess.run(
        [sys.executable, "-c", "from cleaner.source import read; print(ascii(read('-').text))"],
        input="é\r\n".encode(), capture_output=True, check=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert ast.literal_eval(run.stdout.decode()) == "é\r\n"


def test_light_import() -> None:
    """Reading a UTF-8 file imports neither ftfy nor a detector."""
    code = "import sys; from cleaner.source import decode; decode('é'.encode()); print(sorted({'ftfy', 'charset_normalizer', 'click'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parents[1])
    assert run.stdout.split() == [b"[]"]


# --- writing --------------------------------------------------------------------------------------------------------

OLD, NEW = b"one\ntwo\ntwo\n", b"one\ntwo\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    source._stale.cache_clear()
    path = tmp_path / "article.md"
    path.write_bytes(OLD)
    return path


def alone(path: Path) -> bool:
    return [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_write(file: Path) -> None:
    """New bytes take the place of the old ones, with the mode they had, and nothing else is left."""
    file.chmod(0o751)
    write(file, NEW, sha(OLD))
    assert file.read_bytes() == NEW
    assert stat.S_IMODE(file.stat().st_mode) == 0o751
    assert alone(file)


def test_write_same(file: Path) -> None:
    """A file that holds the bytes already is not touched."""
    before = file.stat()
    write(file, OLD, sha(OLD))
    after = file.stat()
    assert (before.st_ino, before.st_mtime_ns, before.st_ctime_ns) == (
        after.st_ino,
        after.st_mtime_ns,
        after.st_ctime_ns,
    )


def test_write_new(tmp_path: Path) -> None:
    """Without an expected digest a new file is made, as the umask has it."""
    path = tmp_path / "new.md"
    write(path, NEW, None)
    assert path.read_bytes() == NEW
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


def test_write_changed(file: Path) -> None:
    """A file that is not what it was is refused; so is one that is gone."""
    with pytest.raises(ChangedError, match="was changed"):
        write(file, NEW, sha(b"something else"))
    assert file.read_bytes() == OLD
    file.unlink()
    with pytest.raises(ChangedError, match="is gone"):
        write(file, NEW, sha(OLD))


def test_write_changed_meanwhile(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change between the first look and the rename is seen: the other program's words stay."""
    sync = os.fsync

    def appended(handle: int) -> None:
        sync(handle)
        file.write_bytes(OLD + b"more\n")

    monkeypatch.setattr(os, "fsync", appended)
    with pytest.raises(ChangedError, match="was changed"):
        write(file, NEW, sha(OLD))
    assert file.read_bytes() == OLD + b"more\n"
    assert alone(file)


def test_write_symlink(file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A symbolic link stays one; its target is written."""
    link = tmp_path_factory.mktemp("links") / "link.md"
    link.symlink_to(file)
    write(link, NEW, sha(OLD))
    assert link.is_symlink()
    assert file.read_bytes() == NEW
    assert alone(file)
    assert alone(link)


def test_write_hard_link(file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hard links stay together: all of them have the new bytes."""
    other = tmp_path_factory.mktemp("links") / "other.md"
    os.link(file, other)
    write(file, NEW, sha(OLD))
    assert other.read_bytes() == NEW
    assert other.stat().st_ino == file.stat().st_ino
    assert alone(file)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="this system has no extended attributes")
def test_write_attributes(file: Path) -> None:
    """Extended attributes stay."""
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError as error:
        pytest.skip(f"the file system has no extended attributes: {error}")
    write(file, NEW, sha(OLD))
    assert os.getxattr(file, "user.note") == b"kept"


def test_write_closed_directory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a directory where nothing can be made the file is written in place."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != str(file.parent) and access(path, mode))
    inode = file.stat().st_ino
    write(file, NEW, sha(OLD))
    assert file.read_bytes() == NEW
    assert file.stat().st_ino == inode


def test_write_read_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only file is respected, though its directory would allow to replace it."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(InputError, match="read-only"):
        write(file, NEW, sha(OLD))
    assert file.read_bytes() == OLD


def test_write_foreign_owner(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose owner cannot be kept is written in place rather than given to us."""
    look = os.stat

    def other(path: str, **more: bool) -> os.stat_result:
        seen = look(path, **more)  # type: ignore[call-overload]
        return os.stat_result((*seen[:4], 4242, *seen[5:])) if os.fspath(path) == str(file) else seen

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "not permitted")

    inode = file.stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", other)
        patch.setattr(os, "chown", refuse, raising=False)
        write(str(file), NEW, sha(OLD))
    assert file.read_bytes() == NEW
    assert file.stat().st_ino == inode
    assert alone(file)


def test_stale_temporaries(file: Path) -> None:
    """What a killed run left more than an hour ago is swept; younger files and other files' are not."""
    names = {
        "old": ".article.md.cleaner-00.tmp",
        "young": ".article.md.cleaner-01.tmp",
        "other": ".b.md.cleaner-02.tmp",
    }
    for name in names.values():
        (file.parent / name).write_bytes(b"half")
    for name in (names["old"], names["other"]):
        os.utime(file.parent / name, (time.time() - 7200,) * 2)
    write(file, NEW, sha(OLD))
    assert {entry.name for entry in file.parent.iterdir()} == {file.name, names["young"], names["other"]}


def test_long_name(tmp_path: Path) -> None:
    """A name as long as the file system allows can be written."""
    path = tmp_path / ("é" * 126 + ".m")
    path.write_bytes(OLD)
    write(path, NEW, sha(OLD))
    assert path.read_bytes() == NEW


CALLS = ["open", "write", "fsync", "close", "chmod", "stat", "replace", "listxattr", "ftruncate"]


@pytest.mark.parametrize("hard", [False, True], ids=["rename", "in place"])
@pytest.mark.parametrize("nth", range(1, 6))
@pytest.mark.parametrize("call", CALLS)
def test_fault(
    call: str,
    nth: int,
    hard: bool,
    file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever system call fails, and whenever: the file is the old one or the new one, and nothing is beside it."""
    if not hasattr(os, call):
        pytest.skip(f"this system has no os.{call}")
    if hard:
        os.link(file, tmp_path_factory.mktemp("links") / "other.md")
    real = getattr(os, call)
    count = 0

    def failing(*args: object, **more: object) -> object:
        nonlocal count
        count += 1
        if count == nth:
            if call == "close":
                real(*args)
            raise OSError(errno.EIO, "Input/output error")
        return real(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing)
        try:
            write(str(file), NEW, sha(OLD))
            failed = False
        except InputError as error:
            failed = True
            assert str(error).endswith("Input/output error; it is as it was")
    assert file.read_bytes() == (OLD if failed else NEW)
    assert alone(file)


def test_interrupted(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle leaves the old file and no temporary one."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(file, NEW, sha(OLD))
    assert file.read_bytes() == OLD
    assert alone(file)


def test_torn_in_place(file: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a write in place fails and cannot be taken back, the error says where the old content is."""
    os.link(file, tmp_path_factory.mktemp("links") / "other.md")

    def full(_: int, __: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "ftruncate", full)
    with pytest.raises(InputError, match=r"its old content is in .*\.bak"):
        write(file, NEW, sha(OLD))
    backup = next(entry for entry in file.parent.iterdir() if entry.suffix == ".bak")
    assert backup.read_bytes() == OLD


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_stays_what_it_is(tmp_path: Path) -> None:
    """A pipe, or a device such as /dev/null, is written to; a file in its place would take it away from everybody else."""
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(pipe, b"once\n" * 50_000, None)
    reader.join(10)
    assert heard == [b"once\n" * 50_000]
    assert stat.S_ISFIFO(os.stat(pipe).st_mode) and os.listdir(tmp_path) == ["pipe"]
