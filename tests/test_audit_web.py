"""Audits of addresses, against a real server on this machine: conditional requests, dead feeds among living ones, lists from the web."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner, Result
from test_cli_audit import BREAD, FERRY, entry

from cleaner.cli import main


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, bytes] = {}
        self.asked: list[tuple[str, int]] = []

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.server.pages.get(self.path)
        tag = f'"{hash(body)}"'
        status = 404 if body is None else 304 if self.headers.get("If-None-Match") == tag else 200
        self.server.asked.append((self.path, status))
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)) if status == 200 else "0")
        self.end_headers()
        if status == 200:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server with two feeds, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("CLEANER_")]:
        monkeypatch.delenv(name)
    made = _Server()
    made.pages["/a.xml"] = rss(entry(1, "Old ferry sinks", FERRY, link="https://a.example/1"), entry(2, "Keeping a starter", BREAD))
    made.pages["/b.xml"] = rss(entry(9, "Farewell to a queen", FERRY, day=9, link="https://b.example/1"))
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def rss(*entries: str) -> bytes:
    return f"<rss version='2.0'><channel><title>x</title><link>https://a.example/</link><description>d</description>{''.join(entries)}</channel></rss>".encode()


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words], catch_exceptions=False)


def test_feeds_are_fetched_and_compared(server):
    """Two addresses are read as two feeds are."""
    done = run(server.address("/a.xml"), server.address("/b.xml"), "--allow-private", "--output-format", "json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["items"], [cluster["relation"] for cluster in found["clusters"]]) == (0, 3, ["syndicated"])


def test_this_machine_is_refused_unless_allowed(server):
    """Without --allow-private nothing is asked of a server on this machine, and the line says how to allow it."""
    done = run(server.address("/a.xml"))
    assert done.exit_code == 2
    assert "--allow-private" in done.stderr
    assert not server.asked


def test_what_did_not_change_is_not_sent_again(server):
    """With a history the second run asks whether anything changed, and audits the items of then; nothing is new."""
    words = (server.address("/a.xml"), server.address("/b.xml"), "--allow-private", "--history", "seen.db", "--fail-on-duplicates", "--output-format", "json")
    first, second = run(*words), run(*words)
    assert [status for _, status in server.asked] == [200, 200, 304, 304]
    assert (first.exit_code, second.exit_code) == (1, 0)
    found = json.loads(second.stdout)
    assert found["items"] == 3 and [source["unchanged"] for source in found["sources"]] == [True, True]
    server.pages["/b.xml"] = rss(entry(9, "Farewell to a queen", (*FERRY, "Her bell will hang in the new terminal."), day=9, link="https://b.example/1"))
    assert [change["rule"] for change in json.loads(run(*words).stdout)["changes"]] == ["F320"]
    assert [status for _, status in server.asked[4:]] in ([304, 200], [200, 304])


def test_a_history_that_was_set_aside_meanwhile(server, monkeypatch):
    """Where the body of then is gone, the address is asked again without conditions."""
    from cleaner.feeds.history import History

    words = (server.address("/a.xml"), "--allow-private", "--history", "seen.db", "--output-format", "json")
    run(*words)
    monkeypatch.setattr(History, "recall", lambda self, fetched: None if fetched.unchanged else fetched)
    assert json.loads(run(*words).stdout)["items"] == 2
    assert [status for _, status in server.asked] == [200, 304, 200]


def test_a_dead_feed_does_not_stop_the_rest(server):
    """It is one line on stderr and status 2; the others are audited."""
    done = run(server.address("/a.xml"), server.address("/gone.xml"), "http://127.0.0.1:9/", server.address("/b.xml"), "--allow-private", "--timeout", "5")
    assert done.exit_code == 2
    assert "F307" in done.stdout
    assert len(done.stderr.splitlines()) == 2 and "/gone.xml" in done.stderr


def test_a_list_from_the_web_leads_to_the_web_alone(server, tmp_path):
    """An OPML file that was fetched may name addresses, relative ones too, but no file of this machine."""
    (tmp_path / "own.xml").write_bytes(server.pages["/b.xml"])
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{each}"/>' for each in ("a.xml", "own.xml", "file:///etc/hosts", str(tmp_path / "own.xml")))
    server.pages["/all.opml"] = f'<opml version="2.0"><head><title>x</title></head><body>{outlines}</body></opml>'.encode()
    done = run(server.address("/all.opml"), "--allow-private", "--output-format", "json")
    found = json.loads(done.stdout)
    assert [source["name"] for source in found["sources"]] == [server.address("/a.xml")]
    assert done.exit_code == 2 and len(found["errors"]) == 2
    assert "1 of 4 addresses cannot be read" in done.stderr


def test_a_sitemap_of_sitemaps(server):
    """An index leads to its sitemaps; an address that two of them list in two dresses is told."""
    for name, address in (("one", "https://a.example/x"), ("two", "http://www.a.example/x/")):
        server.pages[f"/{name}.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{address}</loc></url></urlset>'.encode()
    rows = "".join(f"<sitemap><loc>{server.address(f'/{name}.xml')}</loc></sitemap>" for name in ("one", "two"))
    server.pages["/index.xml"] = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'.encode()
    found = json.loads(run(server.address("/index.xml"), "--allow-private", "--output-format", "json").stdout)
    assert [cluster["relation"] for cluster in found["clusters"]] == ["same-link"]
