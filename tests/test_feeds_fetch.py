"""Fetching: polite to servers, and not to be led to machines that are nobody's business. All of it against a real server on the loopback interface."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from shared import examples, needs_shared

from cleaner.errors import FetchError
from cleaner.feeds import hosts, wire
from cleaner.feeds.collect import Plans, collect
from cleaner.feeds.fetch import Fetched, Limits, Validators, bare, fetch, fetch_all
from cleaner.feeds.history import History
from cleaner.model import Problem

#: Looks like the public internet; nothing here ever connects to it.
PUBLIC = "93.184.215.14"
#: For the server of these tests: quick to give up, and never waiting.
QUICK = Limits(connect=5, read=5, whole=20, size=1 << 20, backoff=0, pause=0, allow_private=True)
FEED = b"<rss version='2.0'><channel><title>Harbour news</title></channel></rss>"


class Server:
    """A server whose answers are functions by path; remembers what it was asked."""

    def __init__(self) -> None:
        self.routes = {}
        self.asked = []
        self.headers = []
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.headers.append(dict(self.headers))
                self.close_connection = True
                try:
                    outer.routes.get(self.path, answer(404))(self)
                except OSError:
                    pass  # the other side had enough

            def log_message(self, *_) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_) -> None:
                pass  # a handshake that the other side broke off

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self.http.shutdown()
        self.http.server_close()

    def hang(self, _=None) -> None:
        self.over.wait(60)


def answer(status: int = 200, body: bytes = b"", **headers: str):
    """Return a route that answers so; underscores in the headers' names are hyphens, and None leaves one out."""

    def route(handler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            if value is not None:
                handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return route


def raw(*parts: bytes):
    """Return a route that sends these bytes."""

    def route(handler) -> None:
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()

    return route


def in_turn(*routes):
    """Return a route that behaves otherwise each time; the last one stays."""
    left = list(routes)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture
def connections(monkeypatch):
    """Record where sockets connect to; what is not this machine is refused in place of being asked, unless it is in `leads`."""
    connect = socket.socket.connect

    class Recorded(list):
        leads = {}

    found = Recorded()

    def recorded(self, address):
        found.append(address[:2])
        if address[0] in found.leads:
            return connect(self, found.leads[address[0]])
        if not address[0].startswith("127."):
            raise ConnectionRefusedError("a test went out")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", recorded)
    return found


def nobody(host, port):
    raise AssertionError(f"{host} was looked up")


def error_of(url: str, limits: Limits = QUICK, **more) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits, **more)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{bare(url)}: "), text
    return text.removeprefix(f"{bare(url)}: ")


# What is asked, and what is not


REFUSED = """
127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0X7F.0.0.1 0x7f.1 0177.0.0.1 017700000001 0 0.0.0.0 00 0x0 localhost LOCALHOST localhost.
a.localhost printer.local router.home.arpa metadata.internal 169.254.169.254 0xa9fea9fe 2852039166 0251.0376.0251.0376 10.0.0.1 10.255.255.255
172.16.0.1 172.31.255.255 192.168.0.1 100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.8 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.7
203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 4294967295 [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::FFFF:7f00:1] [::ffff:a9fe:a9fe]
[::127.0.0.1] [::10.0.0.1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b::10.0.0.1] [64:ff9b:1::1] [2002:7f00:1::] [2002:5db8:d822::1] [2001:0:7f00:1::]
[2001:db8::1] [3fff::1] [100::1] [2001:2::1] [2001:20::1] [5f00::1] [fe80::1] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [4000::1] [::2:0:0:1]
①②⑦.⓪.⓪.① 127。0。0。1 １２７.0.0.1 127．0．0．1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ 127.0.0.1. 0x7f.0.0.0x1
""".split()


@pytest.mark.parametrize("host", REFUSED)
def test_what_is_not_the_public_internet_is_refused_before_any_packet(host, connections):
    """However an address of this machine or a private network is written, nobody is asked for it: no resolver, no server."""
    for scheme in ("http", "https"):
        said = error_of(f"{scheme}://{host}/feed.xml", Limits(), resolve=nobody)
        assert said.startswith("refused: ") and said.endswith("(--allow-private allows it)"), said
    assert connections == []


@needs_shared
@pytest.mark.shared
def test_the_shared_hosts_are_refused_before_any_packet(connections):
    """Each host of the shared list is refused."""
    rows = examples("ssrf_hosts")
    assert len(rows) > 30
    for row in rows:
        assert row["expect"] == "refused before any packet"
        assert "refused: " in error_of(row["url"], Limits(), resolve=nobody)
    assert connections == []


@pytest.mark.parametrize("found", REFUSED)
def test_a_name_that_leads_to_a_private_address_is_refused(found, connections):
    """What a name leads to is judged as if the address itself had been written, and one bad address among good ones is enough."""
    address = hosts.canonical(found) if not found.isascii() or not found[0].isalpha() else "127.0.0.1"
    for addresses in ([address], [PUBLIC, address], [address, PUBLIC], [PUBLIC, "2606:2800:21f:cb07::1", address]):
        assert f"feeds.example.org leads to {address}, which is " in error_of("http://feeds.example.org/", Limits(), resolve=lambda *_, all=addresses: all)
    assert connections == []


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"])
def test_the_public_internet_is_not_refused(address):
    """Addresses of the public internet pass, also as an IPv6-only network with DNS64 shows those of IPv4."""
    assert hosts.private_address(address) == ""


def test_allow_private_allows_it(server):
    """With allow_private this machine is asked, by address and by name, at any port."""
    server.routes["/feed"] = answer(body=FEED)
    assert fetch(f"{server.url}/feed", QUICK).data == FEED
    assert fetch(f"http://localhost:{server.port}/feed", QUICK, resolve=lambda *_: ["127.0.0.1"]).data == FEED
    assert fetch(f"http://2130706433:{server.port}/feed", QUICK, resolve=nobody).final == f"{server.url}/feed"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/xml,<rss/>", "/etc/passwd", "example.org/feed", "", "http:/example.org", "javascript://example.org/%0aalert(1)"],
)
def test_only_http_and_https_are_fetched(url, connections):
    """Another scheme, or none, is an error, and no file is opened."""
    assert error_of(url, resolve=nobody) == "is not an http or https address"
    assert connections == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a\r\nX-More: 1", "http://example.org/a\nb", "http://example.org\r\nX-More: 1/", "http://exam\tple.org/", "http://example.org/\x00",
        "http://example.org/?a\x7f", "http://example.org/\x85x", "http://example.org/\ud800", "http://example.org\\@other.test/", "http://example.org/\x1b[2J/x",
    ],
)  # fmt: skip
def test_no_address_can_hold_a_second_request(url, connections):
    """Line ends, other control characters and what browsers take for a slash are refused, and are not shown either."""
    said = error_of(url, resolve=nobody)
    assert said == "holds a character that no address may hold"
    assert bare(url).isprintable()
    assert connections == []


@pytest.mark.parametrize(
    "host", ["", ":80", "[::1", "::1]", "[fe80::1%25eth0]", "[v1.x]", "exa mple.org", "a..org", ".org", "-a.org", "a" * 64 + ".org", "a." * 130 + "org", "1.2.3.4.5", "256.1.1.1", "1.2.3.09", "0x100000000", "9" * 5000, "a.1", "exam%70le.org", "☃" * 2000, "a\u200db.org", "℀.org", "[::1]x"]
)  # fmt: skip
def test_what_is_no_host_is_said(host, connections):
    """A host that is neither a name nor an address is an error, and nobody is asked."""
    error_of(f"http://{host}/", resolve=nobody)
    assert connections == []


def test_only_the_usual_ports_are_asked(connections):
    """A feed cannot make us speak to a mail server; other ports can be allowed by number."""
    for port in (22, 25, 6379, 8080, 8443):
        assert f"only the ports 80 and 443 are asked, not {port}" in error_of(f"http://{PUBLIC}:{port}/", Limits())
    assert connections == []
    assert "refuses the connection" in error_of(f"http://{PUBLIC}:8080/", Limits(ports=(80, 8080), backoff=0, retries=0))
    assert connections == [(PUBLIC, 8080)]
    for port in ("0", "65536", "x", "-1", "+80", "８０"):
        assert "is no port" in error_of(f"http://example.org:{port}/", resolve=nobody)


def test_a_name_and_password_are_never_sent_nor_shown(server):
    """Userinfo is taken out: no header carries it, no result and no error names it, and it does not travel with a redirect."""
    server.routes["/feed"] = answer(301, Location="/other", Set_Cookie="id=1")
    server.routes["/other"] = answer(body=FEED)
    address = f"http://ann:secret@127.0.0.1:{server.port}"
    found = fetch(f"{address}/feed", QUICK)
    assert found.url == f"{server.url}/feed" and found.final == f"{server.url}/other"
    assert "secret" not in repr(found)
    assert "secret" not in error_of(f"{address}/none")
    assert bare("https://ann:sec@ret@example.org/a@b?c@d#e@f") == "https://example.org/a@b?c@d#e@f"
    for headers in server.headers:
        assert not {"Authorization", "Cookie", "Referer"} & set(headers)


def test_a_password_does_not_become_part_of_a_sources_name(server, tmp_path):
    """Reports, progress and the history's file name the address without it, also where a list of sources has it."""
    server.routes["/feed"] = answer(body=b"<rss version='2.0'><channel><title>T</title><item><title>A</title><guid>g</guid></item></channel></rss>", ETag='"1"')
    server.routes["/list"] = answer(body=b"<opml version='2.0'><body><outline type='rss' xmlUrl='http://ann:secret@127.0.0.1:%d/feed'/></body></opml>" % server.port)
    told = []
    with History.open(tmp_path / "history") as history:
        for path in ("feed", "list", "none"):
            plans = Plans(limits=QUICK, memory=history, now="2026-11-23", progress=lambda *each: told.append(each))
            told.append(collect([f"http://ann:secret@127.0.0.1:{server.port}/{path}"], plans))
        told.append(history.validators(f"{server.url}/feed"))
    assert f"{server.url}/feed" in repr(told) and "secret" not in repr(told)
    assert b"secret" not in (tmp_path / "history").read_bytes()


def test_what_is_sent(server):
    """One request says who we are, what we read, and what we can unpack."""
    server.routes["/a%20%C3%BC?q=%22x%22&y=[1]"] = answer(body=FEED, Content_Type="text/xml; charset=utf-8")
    found = fetch(f"  {server.url}/a ü?q=\"x\"&y=[1]#part\n", QUICK._replace(agent="cleaner/9.9 (feed audit)"))
    assert found.content_type == "text/xml; charset=utf-8" and found.status == 200 and found.redirects == ()
    [headers] = server.headers
    assert headers["User-Agent"] == "cleaner/9.9 (feed audit)"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert "application/rss+xml" in headers["Accept"]


def test_a_name_of_other_letters_is_asked_for_in_ascii(server):
    """An international name is looked up and asked for in its one form."""
    server.routes["/"] = answer(body=FEED)
    asked = []
    found = fetch(f"http://BÜCHER.Example.:{server.port}", QUICK, resolve=lambda host, port: asked.append((host, port)) or ["127.0.0.1"])
    assert asked == [("xn--bcher-kva.example", server.port)]
    assert server.headers[0]["Host"] == f"xn--bcher-kva.example:{server.port}"
    assert found.final == f"http://xn--bcher-kva.example:{server.port}/"


def test_proxies_of_the_environment_are_not_used(server, monkeypatch, connections):
    """A proxy would connect to what nobody checked."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    server.routes["/feed"] = answer(body=FEED)
    assert fetch(f"{server.url}/feed", QUICK).data == FEED
    assert connections == [("127.0.0.1", server.port)]


# The address that is connected to


def test_what_was_checked_is_what_is_connected_to(server, connections):
    """A resolver that answers otherwise the second time (DNS rebinding) gets no second time: check and connection use one answer."""
    server.routes["/feed"] = answer(body=FEED)
    connections.leads = {PUBLIC: ("127.0.0.1", server.port)}
    answers = [[PUBLIC], ["127.0.0.1"]]
    assert fetch("http://feeds.example.org/feed", Limits(), resolve=lambda *_: answers.pop(0)).data == FEED
    assert connections == [(PUBLIC, 80)]
    assert answers == [["127.0.0.1"]]
    assert server.headers[0]["Host"] == "feeds.example.org"


def test_each_redirect_is_looked_up_and_checked_again(server, connections):
    """A redirect to the same name, which now leads elsewhere, is refused."""
    server.routes["/feed"] = answer(302, Location="/other")
    connections.leads = {PUBLIC: ("127.0.0.1", server.port)}
    answers = [[PUBLIC], ["10.0.0.5"]]
    assert "feeds.example.org leads to 10.0.0.5, which is a private network" in error_of("http://feeds.example.org/feed", Limits(), resolve=lambda *_: answers.pop(0))
    assert connections == [(PUBLIC, 80)]


@pytest.mark.parametrize("host", REFUSED)
def test_a_redirect_to_a_private_address_is_refused(server, connections, host):
    """Public to private, through any spelling: the second connection is never made."""
    server.routes["/feed"] = answer(302, Location=f"http://{host}/latest/meta-data/".encode().decode("latin-1"))
    connections.leads = {PUBLIC: ("127.0.0.1", server.port)}
    assert "refused: " in error_of(f"http://{PUBLIC}/feed", Limits())
    assert connections == [(PUBLIC, 80)]


def test_a_chain_from_public_to_public_to_private_is_refused(server, connections):
    """What comes later in a chain is checked as the first."""
    server.routes["/1"] = answer(301, Location="http://b.example.org/2")
    server.routes["/2"] = answer(307, Location="//c.example.org/3")
    connections.leads = {PUBLIC: ("127.0.0.1", server.port)}
    leads = {"a.example.org": [PUBLIC], "b.example.org": [PUBLIC], "c.example.org": ["169.254.169.254"]}
    assert "c.example.org leads to 169.254.169.254, which is link-local" in error_of("http://a.example.org/1", Limits(), resolve=lambda host, _: leads[host])
    assert server.asked == ["/1", "/2"]


def test_the_next_address_is_tried_where_one_does_not_answer(server, connections):
    """A host with several addresses, all of them checked, is reached by the one that answers."""
    server.routes["/"] = answer(body=FEED)
    connections.leads = {"1.1.1.1": ("127.0.0.1", server.port)}
    assert fetch("http://feeds.example.org/", Limits(), resolve=lambda *_: [PUBLIC, "1.1.1.1"]).data == FEED
    assert connections == [(PUBLIC, 80), ("1.1.1.1", 80)]


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no such name"), "the host feeds.example.org was not found"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), "the host feeds.example.org cannot be looked up at the moment"),
        (OSError("odd"), "the host feeds.example.org was not found"),
        (UnicodeError("label too long"), "the host feeds.example.org was not found"),
    ],
)
def test_a_host_that_is_not_found(raised, said):
    """What the resolver does not find is said in a line; what it cannot answer now is asked again."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        raise raised

    assert error_of("http://feeds.example.org/", resolve=resolve) == said
    assert len(asked) == (3 if "moment" in said else 1)


def test_a_resolver_that_says_nothing_is_not_waited_for(server):
    """The system's resolver cannot be interrupted; the fetch ends without it."""
    assert "could not be looked up within 0.1 s" in error_of("http://feeds.example.org/", QUICK._replace(connect=0.1, retries=0), resolve=lambda *_: server.hang())


def test_the_system_finds_this_machine(server):
    """Without a resolver of ours the system's is asked."""
    server.routes["/"] = answer(body=FEED)
    assert fetch(f"http://localhost:{server.port}/", QUICK).data == FEED


# Redirects


def test_redirects_are_followed_and_told(server):
    """Relative, absolute and in letters beyond ASCII; what was permanent from beginning to end is the new address."""
    server.routes["/a"] = answer(301, Location="b?x=1")
    server.routes["/b?x=1"] = answer(308, Location="/caf\u00c3\u00a9")
    server.routes["/caf%C3%A9"] = answer(body=FEED)
    found = fetch(f"{server.url}/a", QUICK)
    assert found.redirects == (f"{server.url}/b?x=1", f"{server.url}/caf%C3%A9")
    assert found.final == found.permanent == f"{server.url}/caf%C3%A9"
    assert found.url == f"{server.url}/a"


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_no_new_address(server, status):
    """One temporary step in a chain keeps the old address the right one."""
    server.routes["/a"] = answer(301, Location="/b")
    server.routes["/b"] = answer(status, Location="/c")
    server.routes["/c"] = answer(body=FEED)
    found = fetch(f"{server.url}/a", QUICK)
    assert found.final == f"{server.url}/c" and found.permanent == ""


def test_the_longest_chain(server):
    """Five redirects are followed, a sixth is not."""
    for at in range(6):
        server.routes[f"/{at}"] = answer(302, Location=f"/{at + 1}")
    server.routes["/6"] = answer(body=FEED)
    assert fetch(f"{server.url}/1", QUICK).final.endswith("/6")
    assert error_of(f"{server.url}/0") == "redirects more than 5 times"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/a", "redirects in a circle"),
        ("/b", "redirects in a circle"),
        ("file:///etc/passwd", "redirects to file:///etc/passwd, which is not an http or https address"),
        ("ftp://example.org/x", "which is not an http or https address"),
        ("javascript:alert(1)", "which is not an http or https address"),
        ("", "redirects without saying where to"),
        (None, "redirects without saying where to"),
        ("http://[::1", "redirects to http://[::1, which "),
        ("http://ann:secret@[::1", "redirects to http://[::1, which "),
        ("http://a\x1b.example.org/", "which holds a character that no address may hold"),
    ],
)
def test_a_redirect_that_leads_nowhere(server, location, said):
    """A circle, another scheme, no address: one line, and the server is asked no more than needed."""
    server.routes["/a"] = answer(301, Location=location)
    server.routes["/b"] = answer(301, Location="/a")
    text = error_of(f"{server.url}/a")
    assert said in text and text.isprintable()
    assert len(server.asked) <= 2


# Conditional requests


def test_what_has_not_changed_is_not_sent_again(server):
    """The validators of one answer are sent with the next request; the answer 304 is `unchanged`, and keeps them."""

    def route(handler) -> None:
        same = handler.headers.get("If-None-Match") == '"v1"' and handler.headers.get("If-Modified-Since") == "Mon, 23 Nov 2026 08:30:00 GMT"
        (answer(304, Content_Length=None) if same else answer(body=FEED, ETag='"v1"', Last_Modified="Mon, 23 Nov 2026 08:30:00 GMT"))(handler)

    server.routes["/feed"] = route
    first = fetch(f"{server.url}/feed", QUICK)
    assert first.validators == Validators('"v1"', "Mon, 23 Nov 2026 08:30:00 GMT", f"{server.url}/feed") and not first.unchanged
    second = fetch(f"{server.url}/feed", QUICK, first.validators)
    assert second.unchanged and second.status == 304 and second.data == b"" and second.validators == first.validators


def test_validators_go_only_to_the_address_that_gave_them(server):
    """Behind a redirect the last address is asked conditionally, not the first; and what moved elsewhere is asked anew."""
    server.routes["/a"] = in_turn(answer(302, Location="/b"), answer(302, Location="/b"), answer(302, Location="/c"))
    server.routes["/b"] = in_turn(answer(body=FEED, ETag='W/"b"'), answer(304, Content_Length=None))
    server.routes["/c"] = answer(body=b"<rss/>", ETag='"c"')
    first = fetch(f"{server.url}/a", QUICK)
    second = fetch(f"{server.url}/a", QUICK, first.validators)
    third = fetch(f"{server.url}/a", QUICK, second.validators)
    assert second.unchanged and third.data == b"<rss/>"
    sent = [(path, headers.get("If-None-Match")) for path, headers in zip(server.asked, server.headers)]
    assert sent == [("/a", None), ("/b", None), ("/a", None), ("/b", 'W/"b"'), ("/a", None), ("/c", None)]


def test_validators_that_are_no_header_are_not_sent(server):
    """What a damaged or hostile history says cannot become a header of its own; an answer 304 that was not asked for is an error."""
    server.routes["/feed"] = answer(304, Content_Length=None)
    for bad in ("a\r\nX-More: 1", "a\nb", "\x00", "\u2603", "x" * 5000):
        assert "the server answers 304" in error_of(f"{server.url}/feed", validators=Validators(bad, bad))
    assert all(not {"If-None-Match", "If-Modified-Since", "X-More"} & set(headers) for headers in server.headers)


# What a server may answer


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (204, "the server answers 204 (no content)"), (206, "the server answers 206 (partial content)"), (300, "the server answers 300 (multiple choices)"), (400, "the server answers 400 (bad request)"),
        (401, "the server answers 401 (unauthorized); what needs a password is not fetched: save it to a file and name that"), (403, "the server answers 403 (forbidden)"),
        (404, "the server answers 404 (not found); look whether it has moved"), (410, "the server answers 410 (gone); it is gone for good: take it off your list"),
        (500, "the server answers 500 (internal server error)"), (599, "the server answers 599"), (999, "the server answers 999"),
    ],
)  # fmt: skip
def test_a_status_that_is_no_answer(server, status, said):
    """Each status that holds no feed is named with what to do about it, and is not tried again."""
    server.routes["/feed"] = answer(status, Content_Length="0")
    assert error_of(f"{server.url}/feed") == said
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(server, status):
    """A server that is busy is asked twice more, no oftener."""
    server.routes["/feed"] = in_turn(answer(status), answer(status, Retry_After="0"), answer(body=FEED))
    assert fetch(f"{server.url}/feed", QUICK).data == FEED
    assert len(server.asked) == 3
    server.routes["/busy"] = answer(status, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    assert f"answers {status}" in error_of(f"{server.url}/busy")
    assert len(server.asked) == 6


def test_retries_are_counted_over_all_redirects(server):
    """A chain of busy servers is not tried three times at each step."""
    server.routes["/a"] = in_turn(answer(503), answer(302, Location="/b"))
    server.routes["/b"] = in_turn(answer(503), answer(302, Location="/c"))
    server.routes["/c"] = answer(503)
    assert "answers 503" in error_of(f"{server.url}/a")
    assert server.asked == ["/a", "/a", "/b", "/b", "/c"]


@pytest.mark.parametrize("value", ["3600", "99999999999999999999", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_whoever_asks_for_a_long_pause_gets_it(server, value):
    """A Retry-After beyond our patience is not waited for, nor is the server asked again before it."""
    server.routes["/feed"] = answer(429, Retry_After=value)
    assert "too many requests), and asks to wait " in error_of(f"{server.url}/feed")
    assert len(server.asked) == 1


@pytest.mark.parametrize("value", ["soon", "-1", "", "1e9", "٣", "Mon, 99 Foo 2026"])
def test_a_retry_after_that_says_nothing_is_passed_over(server, value):
    """What is no number and no date counts as none."""
    server.routes["/feed"] = in_turn(answer(503, Retry_After=value.encode().decode("latin-1")), answer(body=FEED))
    assert fetch(f"{server.url}/feed", QUICK).data == FEED


def test_a_wait_that_does_not_fit_is_not_begun(server):
    """A pause that would outlast the time allowed ends the fetch at once."""
    server.routes["/feed"] = answer(503, Retry_After="100")
    begun = time.monotonic()
    assert "answers 503" in error_of(f"{server.url}/feed", QUICK._replace(whole=90, patience=200))
    assert time.monotonic() - begun < 90


def reset(handler) -> None:
    """Close the connection as a crash does."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.close()


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (raw(), "the server closed the connection"),
        (reset, "the server closed the connection"),
        (answer(body=FEED, Content_Length="1000"), "the answer ends too early"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), "the answer ends too early"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"), "the answer ends too early"),
        (answer(body=gzip.compress(FEED)[:-6], Content_Encoding="gzip"), "the answer ends too early"),
    ],
)
def test_a_connection_that_breaks_off_is_tried_again(server, route, said):
    """A feed cut short is never taken for the whole; where it comes whole the next time, that is what counts."""
    server.routes["/feed"] = in_turn(route, route, answer(body=FEED))
    assert fetch(f"{server.url}/feed", QUICK).data == FEED
    server.routes["/dead"] = route
    assert error_of(f"{server.url}/dead") == said
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "route",
    [
        raw(b"SSH-2.0-OpenSSH_9.2\r\n"), raw(b"\x00" * 2000), raw(b"HTTP/1.1 abc OK\r\n\r\n"), raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcdefg"),
        answer(body=b"\x1f\x8b\x08rubbish", Content_Encoding="gzip"), answer(body=FEED, Content_Encoding="gzip"), answer(body=b"\xff\xff\xff", Content_Encoding="deflate"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none(server, route):
    """What is not HTTP, or not packed as it says, is one line."""
    server.routes["/feed"] = route
    error_of(f"{server.url}/feed", QUICK._replace(retries=0))


def test_a_server_that_is_not_there(server):
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert error_of(f"http://127.0.0.1:{free.getsockname()[1]}/") == "the server refuses the connection"


def test_bodies_in_chunks_and_packed(server):
    """Chunks, gzip of one and of several parts, deflate with and without its header: all give the same bytes."""
    text = FEED * 5000
    bare_deflate = zlib.compressobj(wbits=-15)
    parts = gzip.compress(text[:1000]) + gzip.compress(b"") + gzip.compress(text[1000:])
    chunks = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(text[at : at + 70_001]), text[at : at + 70_001]) for at in range(0, len(text), 70_001))
    server.routes = {
        "/chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\nX: y\r\n\r\n"),
        "/gzip": answer(body=gzip.compress(text), Content_Encoding="GZIP"),
        "/parts": answer(body=parts, Content_Encoding="x-gzip"),
        "/rest": answer(body=gzip.compress(text) + bytes(100), Content_Encoding="gzip"),
        "/zlib": answer(body=zlib.compress(text), Content_Encoding="deflate"),
        "/deflate": answer(body=bare_deflate.compress(text) + bare_deflate.flush(), Content_Encoding="deflate"),
        "/identity": answer(body=text, Content_Encoding="identity"),
        "/open": answer(body=text, Content_Length=None),
    }
    for path in server.routes:
        assert fetch(server.url + path, QUICK).data == text, path
    for coding in ("gzip", "deflate", "identity"):
        server.routes["/empty"] = answer(Content_Encoding=coding)
        assert fetch(f"{server.url}/empty", QUICK).data == b""
    server.routes["/br"] = answer(body=text, Content_Encoding="br")
    assert error_of(f"{server.url}/br") == "the server packed its answer in a way that was not asked for (br)"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_ends_before_memory_grows(server, coding):
    """Fifty megabytes in fifty kilobytes: the limit holds for what is unpacked, while it is unpacked."""
    body = gzip.compress(bytes(50 << 20)) if coding == "gzip" else zlib.compress(bytes(50 << 20))
    assert len(body) < 100_000
    server.routes["/feed"] = answer(body=body, Content_Encoding=coding)
    fetch_once = fetch  # what is imported on the way is not to be counted
    with pytest.raises(FetchError):
        fetch_once(f"{server.url}/none", QUICK)
    tracemalloc.start()
    try:
        assert error_of(f"{server.url}/feed") == "is larger than 1,048,576 bytes, packed or unpacked"
        assert tracemalloc.get_traced_memory()[1] < 6 << 20
    finally:
        tracemalloc.stop()
    assert len(server.asked) == 2


def endless(start: bytes, piece: bytes):
    def route(handler) -> None:
        handler.wfile.write(start)
        for _ in range(100_000):
            handler.wfile.write(piece)

    return route


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "route",
    [
        endless(OK + b"\r\n", b"<item/>" * 2000),
        endless(OK + b"Content-Length: 9999999999\r\n\r\n", b"<item/>" * 2000),
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"7\r\n<item/>\r\n" * 2000),
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 10_000),
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 2000),
        endless(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 500),
        endless(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
    ],
)  # fmt: skip
def test_an_endless_answer_ends_at_the_limit(server, route):
    """Whatever part of an answer has no end: body, chunks, a chunk's size, what follows the last chunk, empty parts, promises."""
    server.routes["/feed"] = route
    said = error_of(f"{server.url}/feed")
    # The last is what newer releases of urllib3 make of a chunk's size that does not end.
    assert said in {"is larger than 1,048,576 bytes, packed or unpacked", "sends more than is allowed", "the answer ends too early"}


def test_a_length_that_is_too_large_is_not_begun(server):
    """A server that says how much it will send is believed."""
    server.routes["/feed"] = raw(OK + b"Content-Length: 1048577\r\n\r\n")
    assert "larger" in error_of(f"{server.url}/feed")


def drip(start: bytes, piece: bytes):
    def route(handler) -> None:
        handler.wfile.write(start)
        for _ in range(1200):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(0.05)

    return route


@pytest.mark.parametrize("route", [drip(b"", b"H"), drip(OK, b"X: y\r\n"), drip(OK + b"\r\n", b"<"), drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")])
def test_a_server_that_drips_is_left(server, route):
    """The time allowed is for the whole, however lively the single reads look (slow-loris)."""
    server.routes["/feed"] = route
    begun = time.monotonic()
    assert error_of(f"{server.url}/feed", QUICK._replace(whole=0.4)) == "took longer than 0.4 s"
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("start", [b"", OK, OK + b"Content-Length: 100\r\n\r\nabc"])
def test_a_server_that_falls_silent_is_left(server, start):
    """Silence before, in and after the headers."""
    server.routes["/feed"] = lambda handler: (handler.wfile.write(start), server.hang())
    assert error_of(f"{server.url}/feed", QUICK._replace(read=0.2, retries=0)) == "the server says nothing for 0.2 s"


def test_a_host_that_takes_no_connection_is_left(monkeypatch):
    """A connection that is never made."""

    def connect(self, address):
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert error_of(f"http://{PUBLIC}/", Limits(connect=0.2, backoff=0)) == "no connection within 0.2 s"


# TLS


@pytest.fixture
def secure(server, tmp_path, monkeypatch):
    """A server for https with a certificate of its own making, for feeds.example.org."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl here: TLS is not tested")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=feeds.example.org", "-addext", "subjectAltName=DNS:feeds.example.org"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.names = []
    context.sni_callback = lambda sock, name, _: server.names.append(name)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True, do_handshake_on_connect=False)
    server.certificate = str(certificate)
    server.routes["/"] = answer(body=FEED)
    wire._context.cache_clear()
    yield server
    wire._context.cache_clear()


def test_a_certificate_nobody_vouches_for_is_refused(secure):
    """A self-signed certificate: one clear line, and no second try."""
    said = error_of(f"https://feeds.example.org:{secure.port}/", resolve=lambda *_: ["127.0.0.1"])
    assert said.startswith("the server's certificate is not valid for feeds.example.org: self")
    assert secure.asked == [] and secure.names == ["feeds.example.org"]


def test_a_certificate_is_held_against_the_name_not_the_address(secure, monkeypatch, connections):
    """The connection goes to the checked address; server name and certificate are those of the host."""
    monkeypatch.setenv("SSL_CERT_FILE", secure.certificate)
    connections.leads = {PUBLIC: ("127.0.0.1", secure.port)}
    assert fetch("https://feeds.example.org/", Limits(), resolve=lambda *_: [PUBLIC]).data == FEED
    assert connections == [(PUBLIC, 443)] and secure.names == ["feeds.example.org"]
    said = error_of("https://other.example.org/", Limits(), resolve=lambda *_: [PUBLIC])
    assert "not valid for other.example.org: Hostname mismatch" in said
    assert "not valid for 127.0.0.1: IP address mismatch" in error_of(f"https://127.0.0.1:{secure.port}/")


def test_the_limits_hold_below_tls(secure, monkeypatch):
    """Slow and endless answers end over https, too."""
    monkeypatch.setenv("SSL_CERT_FILE", secure.certificate)
    secure.routes |= {"/slow": drip(OK, b"X: y\r\n"), "/endless": endless(OK + b"\r\n", b"<item/>" * 2000), "/reset": reset, "/short": answer(body=FEED, Content_Length="1000")}
    url = f"https://feeds.example.org:{secure.port}"
    here = {"resolve": lambda *_: ["127.0.0.1"]}
    assert error_of(f"{url}/slow", QUICK._replace(whole=0.6), **here) == "took longer than 0.6 s"
    assert "larger" in error_of(f"{url}/endless", **here)
    assert error_of(f"{url}/reset", **here) == "the server closed the connection"
    assert error_of(f"{url}/short", **here) in {"the answer ends too early", "the server closed the connection"}


def test_a_redirect_from_https_to_http_is_no_new_address(secure, monkeypatch, connections):
    """It is followed, and nobody is advised to use it from now on."""
    monkeypatch.setenv("SSL_CERT_FILE", secure.certificate)
    plain = Server()
    try:
        plain.routes["/"] = answer(body=FEED)
        secure.routes["/"] = answer(301, Location=f"http://127.0.0.1:{plain.port}/")
        found = fetch(f"https://feeds.example.org:{secure.port}/", QUICK, resolve=lambda *_: ["127.0.0.1"])
    finally:
        plain.close()
    assert found.final == f"http://127.0.0.1:{plain.port}/" and found.permanent == ""


def test_a_server_that_speaks_no_tls(server):
    """https to a server of plain http."""
    assert "does not speak TLS as it should" in error_of(f"https://127.0.0.1:{server.port}/")


def test_a_handshake_that_hangs_is_left():
    """A server that accepts and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "says nothing" in error_of(f"https://127.0.0.1:{silent.getsockname()[1]}/", QUICK._replace(connect=0.2, retries=0))


# Many


def test_dead_feeds_do_not_stop_the_living(server):
    """Results come in the order given, whatever was quick; each dead one is a problem with its own line; progress counts to the end."""
    server.routes = {"/slow": drip(OK, b"X: y\r\n"), "/gone": answer(410), "/reset": reset, **{f"/{at}": answer(body=b"%d" % at) for at in range(12)}}
    urls = [f"{server.url}/slow", *(f"{server.url}/{at}" for at in range(6)), f"{server.url}/gone", "file:///etc/passwd", f"{server.url}/reset", "http://10.0.0.1.nowhere.test/", *(f"http://ann:secret@127.0.0.1:{server.port}/{at}" for at in range(6, 12))]
    told = []

    def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    found = list(fetch_all(urls, QUICK._replace(whole=1.0), progress=lambda *each: told.append(each), resolve=resolve))
    assert [url for url, _ in found] == urls
    alive = [result.data for _, result in found if isinstance(result, Fetched)]
    assert alive == [b"%d" % at for at in range(12)]
    assert [result for _, result in found if isinstance(result, Problem)] == [
        Problem(f"{server.url}/slow", "took longer than 1 s"),
        Problem(f"{server.url}/gone", "the server answers 410 (gone); it is gone for good: take it off your list"),
        Problem("file:///etc/passwd", "is not an http or https address"),
        Problem(f"{server.url}/reset", "the server closed the connection"),
        Problem("http://10.0.0.1.nowhere.test/", "the host 10.0.0.1.nowhere.test was not found"),
    ]
    assert [done for done, _, _ in told] == list(range(1, len(urls) + 1))
    assert {total for _, total, _ in told} == {len(urls)}
    assert sorted(url for _, _, url in told) == sorted(urls)


def test_no_addresses():
    """Nothing to fetch is nothing."""
    assert list(fetch_all([])) == []


def test_many_are_asked_with_what_is_known_of_them(server):
    """Each address gets its own validators, asked for in the caller's own thread."""
    server.routes = {"/a": answer(304, Content_Length=None), "/b": answer(body=FEED)}
    threads = set()

    def known(url):
        threads.add(threading.current_thread())
        return Validators('"a"') if url.endswith("/a") else None

    (_, a), (_, b) = fetch_all([f"{server.url}/a", f"{server.url}/b"], QUICK, known)
    assert a.unchanged and b.data == FEED
    assert threads == {threading.current_thread()}


def test_a_host_is_asked_by_two_at_a_time_and_others_meanwhile(server):
    """Never three requests at once to one host, and six to all."""
    lock, now, most, whole = threading.Lock(), {}, {}, []

    def route(handler) -> None:
        host = handler.headers["Host"]
        with lock:
            now[host] = now.get(host, 0) + 1
            most[host] = max(most.get(host, 0), now[host])
            whole.append(sum(now.values()))
        time.sleep(0.03)
        with lock:
            now[host] -= 1
        answer(body=FEED)(handler)

    server.routes = {f"/{at}": route for at in range(40)}
    urls = [f"http://{name}.test:{server.port}/{at}" for name in "abcd" for at in range(6)]
    found = list(fetch_all(urls, QUICK, resolve=lambda *_: ["127.0.0.1"]))
    assert all(isinstance(result, Fetched) for _, result in found)
    assert set(most.values()) <= {1, 2} and max(whole) <= 6


def test_there_is_a_pause_between_two_requests_to_one_host(server):
    """Requests to one host begin no sooner after one another than the pause says."""
    begun = []
    server.routes = {f"/{at}": lambda handler: (begun.append(time.monotonic()), answer(body=FEED)(handler)) for at in range(3)}
    list(fetch_all([f"{server.url}/{at}" for at in range(3)], QUICK._replace(pause=0.2)))
    assert max(begun) - min(begun) > 0.3  # two pauses, less what starting a thread may vary


def test_no_more_is_fetched_than_is_wanted_soon(server):
    """Whoever takes results slowly does not find them all in memory."""
    server.routes = {f"/{at}": answer(body=FEED) for at in range(100)}
    results = fetch_all([f"{server.url}/{at}" for at in range(100)], QUICK)
    next(results)
    time.sleep(0.3)
    assert len(server.asked) <= 35
    assert len(list(results)) == 99


def test_an_error_of_our_own_is_a_problem_too(server):
    """Whatever goes wrong with one address, the others are still fetched."""
    server.routes["/"] = answer(body=FEED)

    def resolve(host, port):
        raise RuntimeError("a mistake")

    (_, bad), (_, good) = fetch_all(["http://feeds.example.org/", f"{server.url}/"], QUICK, resolve=resolve)
    assert "an error of our own (RuntimeError: a mistake)" in bad.message
    assert good.data == FEED


def test_closing_the_iterator_waits_for_nobody(server):
    """Breaking off ends at once, whatever servers are silent."""
    server.routes = {"/": answer(body=FEED), "/hang": server.hang}
    results = fetch_all([f"{server.url}/", f"{server.url}/hang", f"{server.url}/hang"], QUICK._replace(read=60, whole=60))
    next(results)
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 50


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise here")
def test_ctrl_c_ends_a_run_promptly(server):
    """A process that waits for a silent server ends when it is told to, without waiting for its threads."""
    server.routes["/hang"] = server.hang
    code = (
        "import sys\nfrom cleaner.feeds.fetch import Limits, fetch_all\n"
        "print('ready', flush=True)\nlist(fetch_all(sys.argv[1:], Limits(read=60, allow_private=True)))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, *[f"{server.url}/hang"] * 4], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        process.stdout.readline()
        guard = time.monotonic() + 30
        while not server.asked and time.monotonic() < guard:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert b"KeyboardInterrupt" in errors
