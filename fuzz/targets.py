"""
What must hold for any bytes: eight plain functions, each `(bytes) -> None`, that raise where a law is broken.

`fuzz/run.py` gives them to atheris, `tests/test_fuzz.py` gives them the corpus in fixtures/fuzz/. The first byte chooses options, formats
and names, so that all of them are reached; the rest is the article.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from laws import article, holds

from cleaner import source, undo
from cleaner.errors import CleanerError
from cleaner.model import PROSE, Format, Problem, Report
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.plan import apply, inverse
from cleaner.report import FORMATS, View, encoded, render
from cleaner.segment import segment

_MARKS = re.compile(r"(?:[ \t\ufeff\x0b\x0c]|>|[-+*]|\d{1,9}[.)])*")
FORMS: tuple[Format, ...] = ("markdown", "html", "text", "rst", "asciidoc")
SUFFIXES = (".md", ".html", ".txt", ".rst", ".adoc", "", ".xhtml", ".mdx")
#: What no terminal may be given: the controls but for the line end and our own colours, and what hides or reorders.
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def decode(data: bytes) -> None:
    """Bytes are refused with one plain line, or come back as they were; what a refusal says steers no terminal."""
    head, body = data[:1], data[1:]
    name = "a\n\x1b\u202e" + SUFFIXES[sum(head) % len(SUFFIXES)]
    try:
        read = source.decode(body, name)
    except CleanerError as error:
        assert not STEERS.search(str(error)) and "\n" not in str(error), ascii(str(error))
        return
    assert source.encode(read, read.text) == body
    assert read.origin.sha256 == sha256(body).hexdigest()
    assert body.startswith(read.origin.bom)
    assert source.codec_of(read.origin.encoding) is not None, read.origin.encoding
    assert source.decode(body, name) == read
    whole = source.encode(read, read.text)
    assert source.decode(whole, name).text == read.text
    if read.origin.encoding == "utf-8":
        assert body[len(read.origin.bom) :].decode("utf-8") == read.text


def blocks(text: str, format: Format) -> None:
    """Blocks are numbered, in order, disjoint and within the text; what they hold lies inside; a heading governs what is below it."""
    found = segment(article(text, format))
    at = 0
    covered: list[str] = []
    for number, block in enumerate(found):
        assert block.number == number
        assert at <= block.span.start < block.span.end <= len(text)
        assert block.span.holds(block.inner)
        assert -1 <= block.section < number
        assert block.section < 0 or found[block.section].kind == "heading"
        assert block.level >= 0 and block.group >= 0
        covered.append(text[block.span.start : block.span.end])
        at = block.span.end
    assert segment(article(text, format)) == found
    if format in ("text", "rst", "asciidoc"):
        assert "".join("".join(covered).split()) == "".join(text.split()), "written text that is in no block"
    if format == "html":
        assert all(text[block.inner.start : block.inner.end].strip() for block in found if block.kind in PROSE)


def _segment(format: Format) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        blocks(_text(data), format)

    return target


def markdown(data: bytes) -> None:
    """As the others; and all that is written is in a block, but for marks of quotes and lists in which nothing stands."""
    text = _text(data)
    blocks(text, "markdown")
    at = 0
    for block in [*segment(article(text, "markdown")), None]:
        gap = text[at : block.span.start if block else len(text)]
        assert all(_MARKS.fullmatch(line) for line in re.split(r"[\r\n]", gap)), f"written text that is in no block: {gap[:60]!a}"
        at = block.span.end if block else at


def plan(data: bytes) -> None:
    """Laws 1, 2, 3, 5, 6 and 7; for Markdown that keeps its layout law 8 as well, by a reading of the whole text."""
    options, format, text = _asked(data)
    cleaned = holds(text, format, options)
    edits = cleaned.plan.edits
    if format == "markdown" and options.layout == "keep" and edits and "\0" not in text:  # which no file holds, and the reader replaces
        from cleaner.proof.markdown import reads_alike

        skip = cleaned.blocks[0].span.end if cleaned.blocks and cleaned.blocks[0].kind == "front" else 0
        if all(edit.span.start >= skip for edit in edits):
            moved = [edit._replace(span=edit.span._replace(start=edit.span.start - skip, end=edit.span.end - skip)) for edit in edits]
            assert reads_alike(text[skip:], cleaned.text[skip:], moved), "it reads otherwise than the plan says"


def report(data: bytes) -> None:
    """Every view can be written, is what its readers take, lets nothing of the input act, and undoes to the byte."""
    options, format, text = _asked(data[1:])
    fixed, choice = bool(data[:1] and data[0] & 1), (data[0] >> 1 if data else 0) % 4  # a page is large: it is read in one case of four
    name = text[:40].replace("\x00", "")
    given = article(text, format)
    try:
        bytes_of = source.encode(given, text)
    except CleanerError:  # lone surrogates: such a text comes from a caller, and has no file
        bytes_of = None
    cleaned = clean_article(given._replace(origin=given.origin._replace(path=name)), options)
    told = Report((cleaned,), (Problem(name, text[:80]),))
    view = View(fixed=fixed, pedantic=True, verbose=True, picture="ascii" if fixed else "braille")
    for form in ("html",) if choice == 3 else [form for form in FORMATS if form != "html"]:
        if form == "diff":
            encoded(told, form)
        else:
            _valid(form, render(told, form, view))
    if bytes_of is not None:
        [entry] = undo.read(render(told, "json", View(fixed=True)))
        assert undo.restore(entry, source.encode(given, cleaned.text)) == bytes_of
    assert apply(cleaned.text, inverse(cleaned.plan.edits)) == text


def _valid(form: str, said: str) -> None:
    """Hold a view to what its readers need."""
    if form in ("full", "concise"):
        assert not STEERS.search(said), ascii(STEERS.search(said))
        return
    if form in ("json", "gitlab", "sarif", "jsonl"):
        said.encode("utf-8")
        for row in said.splitlines() if form == "jsonl" else [said]:
            json.loads(row)
    elif form == "junit":
        said.encode("utf-8")
        ElementTree.fromstring(said.encode("utf-8"))
    elif form == "github":
        assert all(row.startswith(("::warning ", "::error ", "::notice ")) for row in said.split("\n") if row)
    elif form == "html":
        said.encode("utf-8")
        assert _made(said) <= _harmless(), _made(said) - _harmless()
    elif form == "markdown":
        said.encode("utf-8", "backslashreplace")


class _Walk(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.made: set[tuple[str, str]] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.made |= {(tag, name) for name, _ in attrs} | {(tag, "")}

    def handle_comment(self, data: str) -> None:
        self.made.add(("comment", data))


def _made(page: str) -> set[tuple[str, str]]:
    return _Walk(page).made


@cache
def _harmless() -> set[tuple[str, str]]:
    """All elements and attributes that the templates write: whatever else is in a page came out of an article."""
    made = {("details", "open")}  # written by an expression
    for template in sorted((ROOT / "cleaner" / "report" / "templates").glob("*.html")):
        made |= _made(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL))
    return made


def _text(data: bytes) -> str:
    """Read bytes as the text of an article; foreign bytes become lone surrogates, which only a caller can hand in."""
    return data.decode("utf-8", "surrogateescape")


def _asked(data: bytes) -> tuple[Options, Format, str]:
    """Return options, format and text; the first byte chooses."""
    choice = data[0] if data else 0
    format = FORMS[choice % 5]
    choice //= 5
    options = Options(
        layout="canonical" if choice & 1 else "keep",
        profile=(None, "article", "docs", "article")[choice >> 1 & 3],  # type: ignore[arg-type]
        unsafe_fixes=bool(choice & 8),
        pedantic=bool(choice & 16),
        prose_is_article=bool(choice & 1),
    )
    return options, format, _text(data[1:])


TARGETS: dict[str, Callable[[bytes], Any]] = {
    "decode": decode,
    "markdown": markdown,
    "html": _segment("html"),
    "text": _segment("text"),
    "rst": _segment("rst"),
    "asciidoc": _segment("asciidoc"),
    "plan": plan,
    "report": report,
}
