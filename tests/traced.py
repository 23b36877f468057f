"""Whatever a run opens, connects to or starts, as the interpreter itself tells it (`sys.addaudithook`)."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from typing import Any

_TOLD: list[list[tuple[str, tuple[Any, ...]]]] = []
_EVENTS = frozenset({"open", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "urllib.Request", "exec.untrusted", "pickle.find_class", "marshal.loads"})
_hooked: list[bool] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _TOLD and event in _EVENTS:
        for told in _TOLD:
            told.append((event, args))


@contextlib.contextmanager
def traced() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Note what is opened, connected to and started meanwhile."""
    if not _hooked:  # a hook cannot be taken away again, so there is one, and it listens only when asked
        sys.addaudithook(_hook)
        _hooked.append(True)
    told: list[tuple[str, tuple[Any, ...]]] = []
    _TOLD.append(told)
    try:
        yield told
    finally:
        _TOLD.remove(told)


def strangers(told: list[tuple[str, tuple[Any, ...]]], *ours: str) -> list[str]:
    """Return what was reached that is neither in the given folders nor part of Python, of an installed package or of this one."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    known = [os.path.realpath(path) for path in (*ours, root, sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())]
    found = []
    for event, args in told:
        if event in ("marshal.loads", "pickle.find_class"):  # compiled modules; nothing of ours unpickles, see test_house
            continue
        if event != "open":
            found.append(f"{event} {args!r}")
            continue
        path = args[0]
        if not isinstance(path, str | bytes | os.PathLike) or not path:
            continue  # a file descriptor that is open already
        whole = os.path.realpath(os.fsdecode(path))
        if whole != os.devnull and not any(whole == each or whole.startswith(each.rstrip(os.sep) + os.sep) for each in known):
            found.append(f"open {whole}")
    return found


def scratch() -> str:
    """Return the folder of temporary files."""
    return tempfile.gettempdir()
