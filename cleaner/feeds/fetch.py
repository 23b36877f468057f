"""
Fetch what http and https addresses hold: politely, and without being led to where the addresses' authors have no business.

An address is read once, into parts, and everything after that works on the parts. Its host is brought to one form
(`hosts.canonical`), resolved once, and every address found is checked; the connection goes to exactly these (`wire`). Each
redirect starts at the beginning again. No cookies, no passwords, no proxies from the environment.

Polite: a server is told what we have already (ETag, Last-Modified), a host is asked by two at a time with a pause between, and what
it says of when to come again (Retry-After) holds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.errors import FetchError
from cleaner.feeds import hosts
from cleaner.model import Problem
from cleaner.patterns import pattern

if TYPE_CHECKING:
    from cleaner.feeds.wire import Budget

#: Returns the IPv4 and IPv6 addresses of a host, as text; raises OSError where it has none.
Resolve = Callable[[str, int], Sequence[str]]


class Limits(NamedTuple):
    """
    How far a fetch goes.

    Attributes:
        connect: Seconds for a connection, and for its TLS handshake.
        read: Seconds of silence.
        whole: Seconds for all of one address: its name, redirects, retries and waiting.
        size: Bytes of an answer, as sent and unpacked.
        redirects: How many may follow one another.
        retries: How often a request is made again after an error that may pass.
        backoff: Seconds before the first retry, doubled before each further one; a random part of it is added.
        patience: The longest Retry-After that is waited for, in seconds.
        pause: Seconds between two requests to one host.
        allow_private: Whether this machine and private networks may be asked, at any port.
        ports: The ports that may be asked.
        agent: What we call ourselves.
    """

    connect: float = 10.0
    read: float = 20.0
    whole: float = 60.0
    size: int = 64 << 20
    redirects: int = 5
    retries: int = 2
    backoff: float = 1.0
    patience: float = 20.0
    pause: float = 0.5
    allow_private: bool = False
    ports: tuple[int, ...] = (80, 443)
    agent: str = "cleaner (feed audit)"


DEFAULTS = Limits()


class Validators(NamedTuple):
    """
    What tells a server which state of an address we have.

    Attributes:
        etag, modified: As its ETag and Last-Modified said, to the letter; "" where it said nothing.
        final: The address that said so; only that one is asked about them.
    """

    etag: str = ""
    modified: str = ""
    final: str = ""


class Fetched(NamedTuple):
    """
    What an address held.

    Attributes:
        url: As asked, without a name and password in it.
        final: Where it was, after all redirects.
        status: 200, or 304 where nothing changed.
        data: The bytes, unpacked; b"" where `unchanged`.
        content_type: As the server said, with its charset; "" where it did not.
        etag, modified: For the next time.
        unchanged: The server says that we have this state already.
        redirects: Each address that was redirected to, in order; the last is `final`.
        permanent: The address to use from now on, where every redirect was a permanent one; else "".
    """

    url: str
    final: str
    status: int
    data: bytes = b""
    content_type: str = ""
    etag: str = ""
    modified: str = ""
    unchanged: bool = False
    redirects: tuple[str, ...] = ()
    permanent: str = ""

    @property
    def validators(self) -> Validators:
        """What to send the next time."""
        return Validators(self.etag, self.modified, self.final)


class _Address(NamedTuple):
    """An http(s) address in parts."""

    scheme: str
    host: str  # in its one form, IPv6 without brackets
    port: int
    target: str  # path and query, ASCII

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    data: bytes = b""


class _Passing(Exception):
    """A failure that may have passed when it is tried again; after `wait` seconds where the server said so."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


class _Lasting(Exception):
    """A failure that stays. `str(error)` goes on after "ADDRESS: "."""


_PORTS = {"http": 80, "https": 443}
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
_AGAIN = frozenset({429, 502, 503, 504})
_BAD = pattern(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_FOLDING = pattern(r"[ \t\r\n]+")
_PLAIN = pattern(r"[\x20-\x7e\xa0-\xff]{1,1000}")
_AUTHORITY = pattern(r"(?s)([a-zA-Z][a-zA-Z0-9+.-]*)://([^/?#]*)([^#]*)(?:#.*)?")
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
# Headers and framing of an answer, beside its body.
_SLACK = 256 << 10
_CHUNK = 64 << 10
_WORKERS = 6
_PER_HOST = 2
# So many addresses ahead of the one that is waited for are fetched: bodies are large, and they wait in memory.
_AHEAD = 32


def fetch(
    url: str,
    limits: Limits = DEFAULTS,
    validators: Validators | None = None,
    *,
    resolve: Resolve | None = None,
    stop: threading.Event | None = None,
) -> Fetched:
    """
    Return what an address holds.

    Args:
        url: http or https. A name and password in it are taken out and never sent.
        limits: How far to go.
        validators: Of the state that we have; the answer may then be that nothing changed.
        resolve: Looks hosts up; the system's by default.
        stop: Ends the fetch early when it is set.

    Raises:
        FetchError: If it cannot be had or must not be asked; one line that begins with the address.
    """
    from cleaner.feeds.wire import Budget, Spent

    name = bare(url)
    try:
        address = _parsed(url)
        budget = Budget(limits.connect, limits.read, limits.whole, limits.size + _SLACK, stop)
        return _followed(name, address, limits, validators or Validators(), resolve or _resolved, budget)
    except (_Lasting, _Passing, Spent) as error:
        raise FetchError(f"{name}: {error}") from None


def fetch_all(
    urls: Sequence[str],
    limits: Limits = DEFAULTS,
    validators: Callable[[str], Validators | None] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    *,
    resolve: Resolve | None = None,
) -> Iterator[tuple[str, Fetched | Problem]]:
    """
    Yield what each address holds, or why it could not be had, in the order given.

    Six are fetched at a time, two of one host. Breaking off (Ctrl-C, or closing the iterator) does not wait for them.

    Args:
        urls: As given; each is fetched as often as it is named.
        limits: How far to go for each.
        validators: Returns those of an address, None without; called here, for each address, before the first is fetched.
        progress: Called here after each that is done: how many are, of how many, and which one this was.
        resolve: Looks hosts up; the system's by default.
    """
    known = [validators(url) for url in urls] if validators is not None else [None] * len(urls)
    crew = _Crew(urls, known, limits, resolve)
    try:
        done = 0
        for at, url in enumerate(urls):
            while (result := crew.result(at)) is None:
                for other in crew.finished():
                    done += 1
                    if progress is not None:
                        progress(done, len(urls), urls[other])
            yield url, result
    finally:
        crew.stop()


def anonymous(url: str) -> str:
    """Return an address without the name and password in it."""
    start, mark, rest = url.strip().partition("://")
    if mark:
        # Up to the path, as `_AUTHORITY` has it: what stands before the last @ is said to be a name and password.
        end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
        rest = rest[:end].rpartition("@")[2] + rest[end:]
    return start + mark + rest


def bare(url: str) -> str:
    """Return an address as it is shown and remembered: without name and password, and without what no terminal should see."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in anonymous(url))


def _followed(name: str, address: _Address, limits: Limits, known: Validators, resolve: Resolve, budget: Budget) -> Fetched:
    """Follow redirects, each one checked as the first address was."""
    seen = [str(address)]
    permanent = True
    retries = limits.retries
    while True:
        ours = known if (known.final or seen[0]) == seen[-1] else Validators()
        answer, retries = _asked(address, limits, ours, resolve, budget, retries)
        if answer.status not in _REDIRECTS:
            break
        old, address = address, _redirected(address, answer.headers.get("location", ""))
        # Nobody is advised to give up https for good.
        permanent = permanent and answer.status in _PERMANENT and (old.scheme, address.scheme) != ("https", "http")
        if str(address) in seen:
            raise _Lasting(f"redirects in a circle ({_short(str(address))})")
        if len(seen) > limits.redirects:
            raise _Lasting(f"redirects more than {limits.redirects} times")
        seen.append(str(address))
    headers = answer.headers
    unchanged = answer.status == 304
    return Fetched(
        url=name,
        final=seen[-1],
        status=answer.status,
        data=answer.data,
        content_type=headers.get("content-type", "") if not unchanged else "",
        # A server need not repeat them when it says that nothing changed.
        etag=headers.get("etag", "") or (ours.etag if unchanged else ""),
        modified=headers.get("last-modified", "") or (ours.modified if unchanged else ""),
        unchanged=unchanged,
        redirects=tuple(seen[1:]),
        permanent=seen[-1] if permanent and len(seen) > 1 else "",
    )


def _asked(
    address: _Address, limits: Limits, known: Validators, resolve: Resolve, budget: Budget, retries: int
) -> tuple[_Answer, int]:
    """Ask one address, again where that may help; returns how many retries are left, too."""
    from random import random

    wait = limits.backoff
    while True:
        try:
            return _once(address, limits, known, resolve, budget), retries
        except _Passing as error:
            if not retries:
                raise
            if error.wait is not None and error.wait > limits.patience:
                raise _Lasting(f"{error}, and asks to wait {error.wait:.0f} s; try again then") from None
            if not budget.rest(wait + random() * wait if error.wait is None else error.wait):
                raise
            retries -= 1
            wait *= 2


def _once(address: _Address, limits: Limits, known: Validators, resolve: Resolve, budget: Budget) -> _Answer:
    """Ask one address once. Everything that libraries raise becomes `_Passing`, `_Lasting` or `Spent` here."""
    import http.client
    import ssl

    from urllib3.exceptions import HTTPError

    from cleaner.feeds import wire

    addresses = _checked(address, limits, resolve, budget)
    asking = _headers(limits, known)
    budget.answer()
    connection = (wire.Secure if address.scheme == "https" else wire.Plain)(address.host, address.port, addresses, budget)
    try:
        connection.request("GET", address.target, headers=asking, preload_content=False, decode_content=False)
        response = connection.getresponse()
        try:
            headers: dict[str, str] = {}
            for key, value in response.headers.items():
                headers.setdefault(key.lower(), _header(value))
            if response.status in _REDIRECTS:
                return _Answer(response.status, headers)
            if response.status == 304 and not asking.keys().isdisjoint(_CONDITIONS):
                return _Answer(304, headers)
            if response.status not in {200, 203}:
                raise _refused(response.status, headers)
            if response.length_remaining is not None and response.length_remaining > limits.size:
                raise _Lasting(_large(limits))
            sent = response.stream(_CHUNK, decode_content=False)
            return _Answer(200, headers, _body(sent, headers.get("content-encoding", ""), limits, budget))
        finally:
            response.close()
    except ssl.SSLCertVerificationError as error:
        raise _Lasting(f"the server's certificate is not valid for {address.host}: {_short(error.verify_message)}") from None
    except ssl.SSLEOFError:
        raise _Passing("the server closed the connection") from None
    except ssl.SSLError as error:
        raise _Lasting(f"the server does not speak TLS as it should ({_short(error.reason or str(error))})") from None
    except (OSError, HTTPError, http.client.HTTPException) as error:
        begun = connection.sock is not None or isinstance(error, HTTPError)  # the latter are of a body
        raise _passing(error, begun, limits, budget) from None
    except ValueError as error:  # http.client's, of an answer that is malformed in one more way
        raise _Lasting(f"the server's answer cannot be read ({_short(str(error))})") from None
    finally:
        connection.close()


def _parsed(url: str) -> _Address:
    """
    Take an address apart, once.

    By hand, as the next step needs no more than this: two parsers that see two hosts in one address is how checks are
    got around.
    """
    text = url.strip()
    found = _AUTHORITY.fullmatch(text)
    if not found or found[1].lower() not in _PORTS:
        raise _Lasting("is not an http or https address")
    scheme, authority, target = found[1].lower(), found[2].rpartition("@")[2], found[3]
    if _BAD.search(text) or "\\" in found[2]:
        raise _Lasting("holds a character that no address may hold")
    host, mark, port = authority.rpartition(":")
    if not mark or "]" in port:
        host, port = authority, ""
    try:
        canonical = hosts.canonical(host)
    except ValueError as error:
        raise _Lasting(f"{_short(host)!r} is {error}" if host else "names no host") from None
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise _Lasting(f"{_short(port)!r} is no port")
    if not target.startswith("/"):
        target = "/" + target
    return _Address(scheme, canonical, int(port or _PORTS[scheme]), _quoted(target))


def _quoted(target: str) -> str:
    # What stands there as it should stays to the letter; %-signs, too, as nobody can know what they were meant for.
    from urllib.parse import quote

    return "".join(char if "!" <= char <= "~" and char not in '"<>\\^`{|}' else quote(char) for char in target)


def _redirected(address: _Address, location: str) -> _Address:
    from urllib.parse import urljoin

    if not location:
        raise _Lasting("redirects without saying where to")
    try:
        return _parsed(urljoin(str(address), location.strip().replace("\\", "%5C")))
    except ValueError:  # urljoin's, of brackets that do not close
        raise _Lasting(f"redirects to {_short(bare(location))}, which is not an http or https address") from None
    except _Lasting as error:
        raise _Lasting(f"redirects to {_short(bare(location))}, which {error}") from None


def _checked(address: _Address, limits: Limits, resolve: Resolve, budget: Budget) -> tuple[str, ...]:
    """Return the addresses of a host, each of them one that may be connected to."""
    if not limits.allow_private:
        if address.port not in limits.ports:
            asked = " and ".join(map(str, limits.ports))
            raise _Lasting(f"refused: only the ports {asked} are asked, not {address.port} (--allow-private allows others)")
        if what := hosts.private_name(address.host):
            raise _Lasting(f"refused: {address.host} is {what} (--allow-private allows it)")
    found = (address.host,) if hosts.is_address(address.host) else _looked_up(address, resolve, budget)
    for each in found:
        what = hosts.private_address(each)
        if what and not limits.allow_private:
            which = each if each == address.host else f"{address.host} leads to {each}, which"
            raise _Lasting(f"refused: {which} is {what} (--allow-private allows it)")
    return found


def _looked_up(address: _Address, resolve: Resolve, budget: Budget) -> tuple[str, ...]:
    """Ask the resolver, no longer than a connection may take: the system's knows no timeout and cannot be interrupted."""
    import socket
    from queue import Empty, SimpleQueue

    answers: SimpleQueue[tuple[str, ...] | BaseException] = SimpleQueue()

    def look() -> None:
        try:
            answers.put(tuple(dict.fromkeys(resolve(address.host, address.port))))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it
            answers.put(error)

    threading.Thread(target=look, daemon=True, name=f"look up {address.host}").start()
    try:
        found = answers.get(timeout=budget.seconds(budget.connect))
    except Empty:
        raise _Passing(f"the host {address.host} could not be looked up within {budget.connect:g} s") from None
    if isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN:
        raise _Passing(f"the host {address.host} cannot be looked up at the moment")
    if isinstance(found, OSError | UnicodeError) or not found:
        raise _Lasting(f"the host {address.host} was not found")
    if isinstance(found, BaseException):
        raise found
    return found


def _resolved(host: str, port: int) -> list[str]:
    import socket

    # As bytes: Python would put text through an older version of IDNA.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _headers(limits: Limits, known: Validators) -> dict[str, str]:
    headers = {
        "User-Agent": limits.agent,
        "Accept": _ACCEPT,
        # What zlib unpacks piece by piece, so that it can be stopped.
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    # A server said these, or a file of ours did: sent back only where they can be nothing but a header's value.
    return headers | {name: value for name, value in zip(_CONDITIONS, known) if _PLAIN.fullmatch(value)}


def _header(value: str) -> str:
    # http.client reads headers as Latin-1; what is UTF-8 was meant as that. Obsolete folding is white space.
    value = _FOLDING.sub(" ", value).strip(" ")
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _body(sent: Iterator[bytes], coding: str, limits: Limits, budget: Budget) -> bytes:
    """Return a body, unpacked, stopping at the limit before memory grows."""
    unpack = _unpacker(coding, limits)
    data = bytearray()
    size = 0
    for chunk in sent:
        size += len(chunk)
        if size > limits.size:
            raise _Lasting(_large(limits))
        for piece in unpack(chunk):
            data += piece
            if len(data) > limits.size:
                raise _Lasting(_large(limits))
            budget.seconds(0.0)
    for piece in unpack(b""):
        data += piece
    return bytes(data)


def _unpacker(coding: str, limits: Limits) -> Callable[[bytes], Iterator[bytes]]:
    """Return a function that unpacks what was sent, piece by piece; called with b"" at the end."""
    coding = coding.lower().strip()
    if coding in {"", "identity", "none"}:
        return lambda chunk: iter((chunk,))
    if coding not in {"gzip", "x-gzip", "deflate"}:
        raise _Lasting(f"the server packed its answer in a way that was not asked for ({_short(coding)})")
    return _Inflate(gzip=coding != "deflate")


class _Inflate:
    """Unpacks gzip (of several members, too) and deflate (with zlib's header or, as some servers send it, without)."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = None if not gzip else self._new(31)
        self._begun = False
        self._over = False

    @staticmethod
    def _new(bits: int) -> Any:
        import zlib

        return zlib.decompressobj(bits)

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        import zlib

        if not chunk:
            if self._begun and not self._over:
                raise _Passing("the answer ends too early")
            return
        self._begun = True
        if self._stream is None:
            # zlib's header: method 8, and a multiple of 31.
            self._stream = self._new(15 if chunk[0] & 15 == 8 and (len(chunk) < 2 or int.from_bytes(chunk[:2]) % 31 == 0) else -15)
        while chunk and not self._over:
            try:
                piece = self._stream.decompress(chunk, _CHUNK)
            except zlib.error:
                raise _Lasting("the answer cannot be unpacked; the server packs it wrongly") from None
            yield piece
            chunk = self._stream.unconsumed_tail
            if self._stream.eof:
                chunk = self._stream.unused_data
                self._over = not (self._gzip and chunk[:1] == b"\x1f")
                if not self._over:
                    self._stream = self._new(31)


def _large(limits: Limits) -> str:
    return f"is larger than {limits.size:,} bytes, packed or unpacked"


def _refused(status: int, headers: Mapping[str, str]) -> _Lasting | _Passing:
    from http import HTTPStatus

    try:
        phrase = f" ({HTTPStatus(status).phrase.lower()})"
    except ValueError:
        phrase = ""
    advice = {
        401: "; what needs a password is not fetched: save it to a file and name that",
        404: "; look whether it has moved",
        410: "; it is gone for good: take it off your list",
    }.get(status, "")
    what = f"the server answers {status}{phrase}{advice}"
    return _Passing(what, _retry_after(headers.get("retry-after", ""))) if status in _AGAIN else _Lasting(what)


def _retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After names, as a number or a date; None where it names none."""
    from email.utils import parsedate_to_datetime

    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def _passing(error: Exception, connected: bool, limits: Limits, budget: Budget) -> _Passing | _Lasting:
    """Say what went wrong with a connection."""
    import http.client

    from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError, SSLError

    # urllib3 wraps what was raised while a body was read.
    inner = error.args[-1] if isinstance(error, ProtocolError) and isinstance(error.args[-1], Exception) else error
    if isinstance(inner, TimeoutError | ReadTimeoutError):
        budget.seconds(0.0)  # says so, where all time is spent
        return _Passing(f"the server says nothing for {limits.read:g} s" if connected else f"no connection within {limits.connect:g} s")
    if isinstance(inner, ConnectionRefusedError):
        return _Passing("the server refuses the connection")
    if isinstance(inner, ConnectionError | SSLError):  # before HTTPException: a connection closed before it answered is both
        return _Passing("the server closed the connection")
    if isinstance(inner, IncompleteRead | http.client.IncompleteRead | ProtocolError):
        return _Passing("the answer ends too early")
    if isinstance(inner, http.client.HTTPException | HTTPError):
        return _Lasting("the server's answer is not HTTP as it should be")
    return _Passing(f"no connection ({_short(getattr(inner, 'strerror', None) or str(inner))})")


def _short(text: str) -> str:
    """Return what somebody else wrote, fit to stand in a line."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text if len(text) <= 200 else text[:200] + "…"


class _Crew:
    """Some threads that fetch, and what they found."""

    def __init__(self, urls: Sequence[str], known: Sequence[Validators | None], limits: Limits, resolve: Resolve | None) -> None:
        self._urls = urls
        self._known = known
        self._limits = limits
        self._resolve = resolve
        self._waiting = list(range(len(urls)))  # in order; the first that may be asked is taken
        self._hosts = [_host(url) for url in urls]
        self._results: dict[int, Fetched | Problem] = {}
        self._finished: list[int] = []
        self._wanted = 0
        self._busy: dict[str, int] = {}
        self._free: dict[str, float] = {}  # when a host may be asked next
        self._stop = threading.Event()
        self._turn = threading.Condition()
        for _ in range(min(_WORKERS, len(urls))):
            # Daemons: a process that is broken off does not wait for a server that says nothing.
            threading.Thread(target=self._work, daemon=True, name="fetch").start()

    def result(self, at: int) -> Fetched | Problem | None:
        """Take the result of one address where it is there."""
        with self._turn:
            self._wanted = at
            self._turn.notify_all()
            return self._results.pop(at, None) if at not in self._finished else None

    def finished(self) -> list[int]:
        """Wait until something was finished since the last call, and return what; empty now and then, so that Ctrl-C is seen."""
        with self._turn:
            if not self._finished:
                self._turn.wait(0.2)
            found, self._finished = self._finished, []
            return found

    def stop(self) -> None:
        """Tell the threads that nobody waits any longer."""
        self._stop.set()
        with self._turn:
            self._turn.notify_all()

    def _work(self) -> None:
        while (at := self._next()) is not None:
            url = self._urls[at]
            result: Fetched | Problem
            try:
                result = fetch(url, self._limits, self._known[at], resolve=self._resolve, stop=self._stop)
            except FetchError as error:
                result = Problem(bare(url), str(error).removeprefix(f"{bare(url)}: "))
            except Exception as error:  # noqa: BLE001 - one dead feed does not stop the rest, also not through a mistake of ours
                result = Problem(bare(url), f"left alone: an error of our own ({type(error).__name__}: {error}); please report it")
            with self._turn:
                self._busy[self._hosts[at]] -= 1
                self._results[at] = result
                self._finished.append(at)
                self._turn.notify_all()

    def _next(self) -> int | None:
        """Return the next address whose host may be asked now; None when all are taken."""
        with self._turn:
            while self._waiting and not self._stop.is_set():
                now = time.monotonic()
                soonest = now + 1.0
                for place, at in enumerate(self._waiting):
                    host = self._hosts[at]
                    if at > self._wanted + _AHEAD:
                        break
                    if self._busy.get(host, 0) >= _PER_HOST:
                        continue
                    if (free := self._free.get(host, 0.0)) > now:
                        soonest = min(soonest, free)
                        continue
                    del self._waiting[place]
                    self._busy[host] = self._busy.get(host, 0) + 1
                    self._free[host] = now + self._limits.pause
                    return at
                self._turn.wait(max(soonest - now, 0.001))
            return None


def _host(url: str) -> str:
    try:
        return _parsed(url).host
    except _Lasting:
        return url
