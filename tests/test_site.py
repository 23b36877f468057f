"""The documentation site: built in strict mode without network, asks for nothing elsewhere, and every link in it leads somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import util
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from browser import browser  # noqa: F401 - a fixture

from cleaner.rules import AUDIT, CODES

ROOT = Path(__file__).resolve().parents[1]

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the examples are run by a POSIX shell"),
    pytest.mark.skipif(
        any(util.find_spec(name) is None for name in ("mkdocs", "material", "mkdocstrings")), reason="the extra docs is not installed (pip install '.[docs]')"
    ),
]

sys.path.insert(0, str(ROOT / "docs"))
try:
    import plots
finally:
    sys.path.remove(str(ROOT / "docs"))

#: No connection can be made while the site is built.
_NO_NETWORK = """
import socket, sys
def refused(*_, **__):
    raise SystemExit("the build asks the network")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refused
from mkdocs.__main__ import cli
sys.argv = ["mkdocs", *sys.argv[1:]]
cli()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built site; a warning of any kind ends the build."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-c", _NO_NETWORK, "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Page(HTMLParser):
    """The addresses of a page: what it loads, what it links to, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.missing: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        for name in ("id", "name"):
            self.names.add(given.get(name) or "")
        for name in ("src", "srcset", "poster", "data", "action", "formaction"):
            if given.get(name):
                self.loads.append(given[name] or "")
        if given.get("href"):
            (self.links if tag == "a" else self.loads).append(given["href"] or "")
        if tag == "img" and not given.get("alt"):
            self.missing.append(given.get("src") or "")


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    """No page, style or script of ours names an address of a font, a script or a picture that is not part of the site."""
    for path, page in pages.items():
        assert not [address for address in page.loads if urlsplit(address).scheme not in ("", "data") or address.startswith("//")], path
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"(?:url\(\s*['\"]?|@import\s+['\"]?)(?:https?:)?//[^)'\"]+", text), path
    assert not list(site.rglob("*analytics*"))


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    """Inside the site each link names a file, and its fragment something in it; every picture has words."""
    for path, page in pages.items():
        assert not page.missing, path
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme or path.name == "404.html":
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = there / "index.html" if there.is_dir() else there
            assert there.is_file(), (path, link)
            if parts.fragment and there.suffix == ".html":
                assert unquote(parts.fragment) in pages[there].names, (path, link)


def test_every_rule_has_a_page_with_a_live_example(site: Path) -> None:
    """Its own words, then the files and what the program printed about them when the page was made."""
    for code, name in (CODES | AUDIT).items():
        text = (site / "rules" / f"{code}.html").read_text(encoding="utf-8")
        assert f"{code} {name}" in text and "As the program sees it" in text
        shown = re.sub(r"<[^>]+>", "", text.partition("As the program sees it")[2])
        assert re.search(r"\$ .*cleaner (check|clean|audit) ", shown)
        assert code in shown or code.startswith("L"), code


def test_every_page_can_be_reached(site: Path, pages: dict[Path, Page]) -> None:
    """The navigation of the first page names each page but the one for lost readers."""
    front = site / "index.html"
    linked = {(front.parent / unquote(urlsplit(link).path)).resolve() for link in pages[front].links if not urlsplit(link).scheme}
    assert set(pages) - linked <= {site / "404.html", front}


def test_the_reference_explains_arguments(site: Path) -> None:
    """Google-style sections of docstrings became lists; examples became code."""
    text = (site / "reference.html").read_text(encoding="utf-8")
    for name in ("cleaner.api.clean", "cleaner.model.Finding", "cleaner.stories.model.Audit", "cleaner.errors.InputError"):
        assert f'id="{name}"' in text
    assert "Parameters" in text and "Raises" in text
    assert not re.search(r"<blockquote>\s*<blockquote>", text), "an example of a docstring became a quotation"
    assert "Args:" not in text


def test_the_schemas_can_be_fetched_and_read(site: Path) -> None:
    """Each schema is a file of the site, and its parts are tables."""
    text = (site / "schemas.html").read_text(encoding="utf-8")
    for path in (ROOT / "cleaner" / "report" / "schema").glob("*.json"):
        assert (site / "schemas" / path.name).read_bytes() == path.read_bytes()
        assert f'href="schemas/{path.name}"' in text
    assert "sha256_after" in text


def test_plots_are_pictures_of_the_tables(site: Path) -> None:
    """Each parses, says in words what it shows, and holds the figures of its page."""
    found = sorted((site / "plots").glob("*.svg"))
    assert len(found) >= 5
    for path in found:
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert root.get("aria-label") and len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) >= 2
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [bar.value for bar in plots.bars(page, "Audits", "items a second")] == [169.0, 1007.0, 901.0]


def test_a_plot_reads_numbers_as_people_write_them() -> None:
    """Commas, shares, brackets; a heading, a column or a table that is not there is named."""
    page = "# A\n\n| what | n | share |\n|---|---|---|\n| `one` | 1,200 (1-2) | 205 of 256 (0.801) |\n| two | (3.5) | 1 of 2 |\n| three | none | |\n\n# B\n"
    assert plots.bars(page, "A", "n") == [("one", 1200.0, "1,200 (1-2)"), ("two", 3.5, "(3.5)")]
    assert [bar.value for bar in plots.bars(page, "A", "share")] == [0.801, 0.5]
    for heading, column, says in (("C", "n", "no heading 'C'"), ("A", "x", "begins with 'x'"), ("B", "n", "no table below 'B'")):
        with pytest.raises(ValueError, match=says):
            plots.bars(page, heading, column)


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_browser_asks_nobody_else(served: str, browser) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    """Pages come from the site alone with all that they load, the search answers, and the console stays empty."""
    for name in ("index.html", "rules/D103.html", "benchmarks.html", "reference.html"):
        browser.get(f"{served}/{name}")
        asked = browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
        assert asked and all(address.startswith((served, "data:", "blob:")) for address in asked), asked
    browser.get(f"{served}/index.html")
    field = browser.find_element("css selector", "input.md-search__input")
    browser.execute_script("document.querySelector('#__search').click()")
    field.send_keys("doubled word")
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 20).until(lambda page: page.find_elements("css selector", "a.md-search-result__link"))
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE" and "favicon" not in entry["message"]]


def test_the_site_is_where_git_does_not_look() -> None:
    """A site that is built at home is not committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    assert subprocess.run(["git", "check-ignore", "-q", "site/index.html"], cwd=ROOT, check=False).returncode == 0
