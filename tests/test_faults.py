"""
Writing while the system fails: every call in turn, then every call from some moment on, then every call interrupted.

After the manner of SQLite's tests: call number n fails, for n from 1 until a run meets no fault any more. Counted are all calls that
`cleaner.source` makes to the system, whatever they are called, so that a call that is new here is let fail, too.
"""

from __future__ import annotations

import builtins
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner import source
from cleaner.cli import main
from cleaner.errors import ChangedError, CleanerError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files have no links or modes of this kind elsewhere")

OLD = b"# One\n\n" + b"The keeper of the weir went home before the others had eaten, and nobody saw her go.\n\n" * 2
NEW = b"# One\n\n" + b"The keeper of the weir went home before the others had eaten, and nobody saw her go.\n\n"
OTHER = b"Whatever somebody else has written meanwhile.\n"
CALLS = ("open", "write", "fsync", "close", "chmod", "chown", "stat", "lstat", "replace", "listxattr", "getxattr", "setxattr", "ftruncate", "unlink", "access", "scandir")
#: What takes part in bringing new bytes to the disk: what fails where it is full, or was taken away.
WRITES = ("open", "write", "fsync", "replace", "ftruncate", "setxattr", "chmod")
MOST = 200  # a run makes far fewer calls


class Faults:
    """Counts the calls to the system, and lets those fail that are to."""

    def __init__(self, first: int, fault: Callable[[], BaseException], *, lasting: bool = False, short: bool = False) -> None:
        self.first, self.fault, self.lasting, self.short = first, fault, lasting, short
        self.count = 0
        self.failed: list[str] = []

    def wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            if self.lasting and name not in WRITES:
                return real(*args, **more)
            if name == "open" and self.lasting and not (len(args) > 1 and isinstance(args[1], int) and args[1] & (os.O_WRONLY | os.O_RDWR)):
                return real(*args, **more)
            self.count += 1
            if self.count == self.first or (self.lasting and self.count > self.first):
                self.failed.append(name)
                if name == "close":
                    real(*args, **more)
                if name == "write" and self.short:  # as where a quota or a signal cuts it short: some of it is there
                    real(args[0], bytes(args[1])[:3])  # type: ignore[index, arg-type]
                raise self.fault()
            return real(*args, **more)

        return call


@contextmanager
def failing(faults: Faults) -> Iterator[None]:
    """Let calls to the system fail meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            if hasattr(os, name):
                patch.setattr(os, name, faults.wrapped(name, getattr(os, name)))
        patch.setattr(source, "open", faults.wrapped("open()", builtins.open), raising=False)
        source._stale.cache_clear()
        yield


def plain(path: Path) -> Path:
    path.write_bytes(OLD)
    path.chmod(0o640)
    return path


def hard(path: Path) -> Path:
    plain(path)
    (path.parent.parent / "links").mkdir(exist_ok=True)
    other = path.parent.parent / "links" / "other"
    other.unlink(missing_ok=True)
    os.link(path, other)
    return path


def soft(path: Path) -> Path:
    (path.parent.parent / "links").mkdir(exist_ok=True)
    link = path.parent.parent / "links" / "link.md"
    link.unlink(missing_ok=True)
    link.symlink_to(plain(path))
    return link


def attributed(path: Path) -> Path:
    plain(path)
    try:
        os.setxattr(path, "user.note", b"kept")
    except (AttributeError, OSError) as error:
        pytest.skip(f"no extended attributes here: {error}")
    return path


def stale(path: Path) -> Path:
    plain(path)
    left = path.parent / f".{path.name}.cleaner-00ff.tmp"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    return path


KINDS = [plain, hard, soft, attributed, stale]
FAULTS = {
    "io": lambda: OSError(errno.EIO, "Input/output error"),
    "full": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "denied": lambda: PermissionError(errno.EACCES, "Permission denied"),
    "gone": lambda: FileNotFoundError(errno.ENOENT, "No such file or directory"),
}


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


def emptied(room: Path) -> Path:
    shutil.rmtree(room)
    room.mkdir()
    return room / "a.md"


def beside(room: Path) -> list[str]:
    return [name for name in os.listdir(room) if name != "a.md"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_call_fails_once(kind, fault, room) -> None:
    """Whichever call fails: the file is the old one where that is said, else the new one, and nothing else lies about."""
    for first in range(1, MOST):
        given = kind(emptied(room))
        faults = Faults(first, FAULTS[fault], short=True)
        with failing(faults):
            try:
                source.write(str(given), NEW, sha256(OLD).hexdigest())
                said = ""
            except CleanerError as error:
                said = str(error)
        now = (room / "a.md").read_bytes()
        assert now == (OLD if said else NEW), (first, faults.failed, said)
        assert not said or ("it is as it was" in said and "\n" not in said) or "was changed" in said or "is gone" in said or "read-only" in said, said
        assert kind is not soft or given.is_symlink()
        left = beside(room)
        assert not left or "unlink" in faults.failed or (kind is stale and left[0].endswith(".tmp") and "00ff" in left[0]), (first, faults.failed, left)
        if not faults.failed:
            assert first > 8, "hardly anything was let fail"
            return
    pytest.fail("the run meets a fault however late it comes")


@pytest.mark.parametrize("kind", [plain, hard, soft, attributed], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("fault", ["io", "full"])
def test_all_fails_from_some_moment_on(kind, fault, room) -> None:
    """Where the disk is full and stays so: the old file, or the new one, or, where it had to be written in place, its old bytes in the copy that is named."""
    for first in range(1, MOST):
        given = kind(emptied(room))
        faults = Faults(first, FAULTS[fault], lasting=True, short=True)
        with failing(faults):
            try:
                source.write(str(given), NEW, sha256(OLD).hexdigest())
                said = ""
            except CleanerError as error:
                said = str(error)
        now = (room / "a.md").read_bytes()
        if "its old content is in" in said:
            assert kind is hard
            [copy] = beside(room)
            assert (room / copy).read_bytes() == OLD and copy in said
        else:
            assert now == (OLD if said else NEW), (first, faults.failed, said)
            assert not beside(room)
        if not faults.failed:
            return
    pytest.fail("the run meets a fault however late it comes")


@pytest.mark.parametrize("kind", [plain, hard, soft], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError])
def test_each_call_is_interrupted(kind, fault, room) -> None:
    """Ctrl-C at any call, and memory that is used up: the old file or the new one, whole."""
    for first in range(1, MOST):
        given = kind(emptied(room))
        faults = Faults(first, fault)
        with failing(faults):
            try:
                source.write(str(given), NEW, sha256(OLD).hexdigest())
                ended = True
            except fault:
                ended = False
        now = (room / "a.md").read_bytes()
        assert now in (OLD, NEW), (first, faults.failed)
        assert not ended or now == NEW
        assert not beside(room) or "unlink" in faults.failed or "close" in faults.failed, (first, faults.failed, beside(room))
        if not faults.failed:
            return
    pytest.fail("the run meets a fault however late it comes")


@pytest.mark.parametrize("words", [["check", "--fix", "--no-cache"], ["clean", "--in-place", "--layout", "keep"]], ids=" ".join)
def test_a_run_goes_on_after_each_fault(words, tmp_path, monkeypatch) -> None:
    """A fault in one file of three is told in one line with status 2; each file is whole, and the next run completes the work."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    names = ["a.md", "b.md", "c.md"]
    command = [*words, "--isolated", "--profile", "article", *names]
    for name in names:
        Path(name).write_bytes(OLD)
    assert CliRunner().invoke(main, command).exit_code in (0, 1)
    done = {name: Path(name).read_bytes() for name in names}
    assert all(data != OLD for data in done.values())
    for first in range(1, MOST):
        for name in names:
            Path(name).unlink(missing_ok=True)
            Path(name).write_bytes(OLD)
        faults = Faults(first, FAULTS["io"], short=True)
        with failing(faults):
            result = CliRunner().invoke(main, command)
        assert result.exception is None or isinstance(result.exception, SystemExit), (first, faults.failed, result.exception)
        held = {name: Path(name).read_bytes() for name in names}
        assert all(held[name] in (OLD, done[name]) for name in names), (first, faults.failed)
        if old := [name for name in names if held[name] == OLD]:
            assert result.exit_code == 2 and all(name in result.stderr for name in old), (first, faults.failed, result.stderr)
        assert CliRunner().invoke(main, command).exit_code in (0, 1)
        assert {name: Path(name).read_bytes() for name in names} == done
        if not faults.failed:
            return
    pytest.fail("the run meets a fault however late it comes")


def test_a_small_quota(tmp_path) -> None:
    """Where the system lets no file grow that far, each file stays as it was, and the run says so with status 2."""
    import subprocess
    import sys

    resource = pytest.importorskip("resource")
    text = OLD + b"```\n" + b"code that is long enough to meet the limit\n" * 2000 + b"```\n"
    (tmp_path / "a.md").write_bytes(text)
    (tmp_path / "b.md").write_bytes(OLD)
    limit = 60_000
    assert limit < len(text) - len(OLD)

    def bounded() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # Python does so, too; then a write beyond it fails with EFBIG
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "check", "--fix", "--isolated", "--no-cache", "--profile", "article", "a.md", "b.md"],
        cwd=tmp_path, preexec_fn=bounded, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 2 and "a.md: cannot be written: File too large; it is as it was" in done.stderr, done.stderr
    assert (tmp_path / "a.md").read_bytes() == text
    assert (tmp_path / "b.md").read_bytes() == NEW[:-1] or (tmp_path / "b.md").read_bytes() != OLD
    assert sorted(os.listdir(tmp_path)) == ["a.md", "b.md"]


def test_a_link_that_is_turned_meanwhile(tmp_path) -> None:
    """A symbolic link that leads elsewhere by the time of the write does not lead the write there: another file is not what was read."""
    inside, outside = tmp_path / "inside.md", tmp_path / "outside.md"
    inside.write_bytes(OLD)
    outside.write_bytes(OTHER)
    link = tmp_path / "link.md"
    link.symlink_to(inside)
    read = source.read(link)
    link.unlink()
    link.symlink_to(outside)
    with pytest.raises(ChangedError, match="was changed since it was read"):
        source.write(link, NEW, read.origin.sha256)
    assert (inside.read_bytes(), outside.read_bytes()) == (OLD, OTHER)


def test_somebody_else_appends(tmp_path, monkeypatch) -> None:
    """Whatever another program appends before, between and after the calls of a write is never lost, or the write is refused."""
    for first in range(1, MOST):
        path = tmp_path / "a.md"
        path.write_bytes(OLD)
        appended: list[int] = []

        def elsewhere(path: Path = path, appended: list[int] = appended) -> None:
            with builtins.open(path, "ab") as file:
                file.write(OTHER)
            appended.append(1)

        faults = Faults(first, OSError)
        real = {name: getattr(os, name) for name in CALLS if hasattr(os, name)}

        def told(name: str, faults: Faults = faults, elsewhere: Callable[[], None] = elsewhere, real: dict[str, Callable[..., object]] = real) -> Callable[..., object]:
            def call(*args: object, **more: object) -> object:
                faults.count += 1
                if faults.count == faults.first and name != "replace":
                    elsewhere()  # just before this call; before the rename itself nobody could tell any more
                return real[name](*args, **more)

            return call

        with pytest.MonkeyPatch.context() as patch:
            for name in real:
                patch.setattr(os, name, told(name))
            source._stale.cache_clear()
            try:
                source.write(str(path), NEW, sha256(OLD).hexdigest())
                refused = False
            except ChangedError as error:
                assert "was changed" in str(error)
                refused = True
        now = path.read_bytes()
        assert now in ((OLD + OTHER, NEW + OTHER) if appended else (OLD, NEW)), (first, now, refused)
        if faults.count < first:
            return
    pytest.fail("there is no end of calls")
