"""
The connections of a fetch: each goes to an address that was checked, and stops when its time or its bytes are spent.

urllib3 speaks HTTP and TLS. Two things are ours. The connection is made to one of the addresses handed in and never asks
for the host again, so what was checked and what is connected to are the same; the host's name is still what the server
is asked for, and what its certificate must be for. And every read is counted against the fetch's budget, below HTTP: a server
that sends a byte a second, headers without end or a chunk size of a gigabyte meets the same two limits.

Imported by fetch.py when the first address is fetched: urllib3 is not for start-up.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

# A host with many addresses is tried at so many of them.
_TRIED = 4


class Spent(Exception):
    """The budget is used up. `str(error)` says of what: "took longer than 60 s"."""


class Budget:
    """
    What one address may still cost, its redirects and retries counted in.

    Args:
        connect, read, whole: Seconds for a connection, for each silence, and for all.
        size: Bytes that one answer may have, headers and framing counted in.
        stop: Set by another thread when nobody waits for the answer any longer.
    """

    def __init__(self, connect: float, read: float, whole: float, size: int, stop: threading.Event | None = None) -> None:
        self.connect = connect
        self.read = read
        self.whole = whole
        self._size = size
        self._left = size
        self._end = time.monotonic() + whole
        self._stop = stop or threading.Event()

    def answer(self) -> None:
        """Begin another answer: the bytes count anew, the time goes on."""
        self._left = self._size

    def seconds(self, at_most: float) -> float:
        """Return how long the next step may take; above 0."""
        left = self._end - time.monotonic()
        if self._stop.is_set():
            raise Spent("was broken off")
        if left <= 0:
            raise Spent(f"took longer than {self.whole:g} s")
        return max(min(at_most, left), 0.001)  # 0 would mean "do not block"

    def took(self, size: int) -> None:
        """Count what was received."""
        self._left -= size
        if self._left < 0:
            raise Spent("sends more than is allowed")

    def rest(self, seconds: float) -> bool:
        """Wait before a retry; False, without waiting, where the time left is too short for that."""
        if seconds >= self._end - time.monotonic():
            return False
        self._stop.wait(seconds)
        return True


class Plain(HTTPConnection):
    """A connection for http."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], budget: Budget) -> None:
        super().__init__(host, port, timeout=budget.seconds(budget.connect))
        self._checked = partial(_connected, addresses, port, budget)
        self.response_class = partial(_Counted, budget)  # type: ignore[assignment]  # what http.client calls to read an answer

    def _new_conn(self) -> socket.socket:
        return self._checked()


class Secure(HTTPSConnection):
    """A connection for https. The certificate must be for the host's name, whatever address is connected to."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], budget: Budget) -> None:
        super().__init__(host, port, timeout=budget.seconds(budget.connect), ssl_context=_context())
        self._checked = partial(_connected, addresses, port, budget)
        self.response_class = partial(_Counted, budget)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return self._checked()


@cache
def _context() -> ssl.SSLContext:
    # The system's certificates; reading them takes longer than a request.
    return ssl.create_default_context()


def _connected(addresses: Sequence[str], port: int, budget: Budget) -> socket.socket:
    """Return a socket connected to the first of the addresses that answers. Nothing is looked up here."""
    failed: OSError | None = None
    for address in addresses[:_TRIED]:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            # Stays set for the TLS handshake, which it limits as a whole.
            sock.settimeout(budget.seconds(budget.connect))
            sock.connect((address, port))
            return sock
        except OSError as error:
            sock.close()
            failed = error
        except BaseException:
            sock.close()
            raise
    raise failed or ConnectionError("no address")


class _Counted(http.client.HTTPResponse):
    def __init__(self, budget: Budget, sock: socket.socket, *rest: Any, **more: Any) -> None:
        super().__init__(sock, *rest, **more)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock, budget))


class _Reader(io.RawIOBase):
    """What a socket receives, read by read, each within what the budget still allows."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, budget: Budget) -> None:
        self._raw = raw
        self._sock = sock
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._budget.seconds(self._budget.read))
        size: int | None = self._raw.readinto(buffer)
        self._budget.took(size or 0)
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
