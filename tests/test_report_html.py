"""The page of `clean` and `check`: what it says, that nothing of an article becomes part of it, and how it behaves in a browser."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from browser import barriers, browser, faint, overflow, rests, show
from click.testing import CliRunner
from hostile import PAYLOADS, Walk, loads_nothing, policed
from report_samples import conflict, repeated_lines, report, twice
from report_samples import article as written
from shared import examples, needs_shared

from cleaner.cli import main
from cleaner.errors import CleanerError
from cleaner.lines import Lines
from cleaner.model import Article, Block, Cleaned, Difference, Edit, Finding, Origin, Place, Plan, Problem, Report, Scores, Skipped, Span
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.report import View, render
from cleaner.report.entries import entries, slim
from cleaner.report.html import FINDINGS, meaning
from cleaner.report.inplace import HELD, rows, stretches
from cleaner.report.picture import MARKS, SIZE, draw
from cleaner.report.visible import visible
from cleaner.source import decode, read

ROOT = Path(__file__).resolve().parents[1]
FIXED = View(fixed=True)

GUIDE = """\
# A guide to the harbour

The inner basin opens to boats on Thursday morning, eleven nights after the old lock gate jammed halfway.

Divers had found the reason on the second day, a hinge pin as thick as an arm had rusted through.

## Repairs

<!-- cleaner: keep D101 -- the refrain -->
Divers had found the reason on the second day, a hinge pin as thick as an arm had rusted through.

It was the the end of a long week for the crews, and nobody at the basin had slept for more than an hour.

Dry the flakes for two days, and keep them in a jar with a tight lid away from the light of the window.

Dry the flaeks for two days, and keep them in a jar with a tight lid away from the light of the window.

The fire injured 12 people in the old town, and the council met on Monday to speak of what had happened.

The fire injured 21 people in the old town, and the council met on Monday to speak of what had happened.

The crane waited three tides for the wind to drop before the gates could be lifted out and laid on the quay.

The crane waited three tides for the wind to drop before the gates could be lifted out and laid on the quay.
"""


def cleaned(text: str, name: str = "guide.md", **options) -> Cleaned:
    given = Options(**options)
    return clean_article(decode(text.encode("utf-8"), name, given), given)


def harbour() -> Report:
    options = Options(layout="canonical")
    return Report((clean_article(read(str(ROOT / "seeds" / "harbour.txt"), options)._replace(), options),))


def long(number: int = 400, every: int = 150) -> Cleaned:
    """An article of so many lines, some of which stand again at its end."""
    lines = [f"Paragraph {at} of a long article about boats, in which nothing else is said." for at in range(number)]
    return repeated_lines(written("\n".join([*lines, *lines[::every]]) + "\n", "long.txt"))


def many(files: int, each: int) -> Report:
    """So many files with so many findings."""
    made = []
    for at in range(files):
        lines = [f"Line {number} of file {at}: the ferry to the island leaves when the tide lets it." for number in range(each)]
        made.append(repeated_lines(written("\n".join([*lines, *lines]) + "\n", f"docs/page-{at:04}.txt")))
    return Report(tuple(made))


def hostile(payload: str) -> Report:
    """A text wherever one of somebody else's comes onto the page."""
    given = Article(f"# {payload}\n\n{payload}\n\nA <a href=\"{payload}\">link</a>.\n", "markdown", Origin(f"{payload}.md", "utf-8", b"", "0" * 64))
    lines = [Span(0, 3), Span(0, len(given.text))]
    keeper = Span(0, max(1, len(given.text) // 2))
    every = [
        Finding(code, span, payload, safety, edits, keeper=there, relation="near", scores=Scores(0.5, 0.9, 0.7), differences=(Difference(payload, payload, payload),), words=3, key=payload, because=payload, elsewhere=elsewhere)
        for code, span, safety, edits, there, elsewhere in (
            ("D105", lines[1], "report", (), keeper, ()),
            ("D202", lines[0], "report", (), None, (Place(payload, Span(0, 1), 1, 2), Place(payload, Span(0, 1), 3, 3))),
            ("E001", lines[0], "safe", (Edit(Span(0, 1), given.text[:1], payload),), None, ()),
            ("D101", Span(2, 3), "safe", (Edit(Span(2, 3), given.text[2:3], ""), Edit(Span(4, 4), "", f"\n{payload}\n")), keeper, ()),
        )
    ]
    plan = Plan(tuple(every[2:]), (Skipped(every[0], "open", payload), Skipped(every[1], "suppressed", payload, every[2])))
    blocks = (Block(0, "heading", Span(0, 3), Span(2, 3)), Block(1, "paragraph", Span(3, len(given.text)), Span(3, len(given.text))), Block(2, "code", Span(len(given.text), len(given.text)), Span(0, 0)))
    hit = Cleaned(given, blocks, "docs", plan, (payload,))
    return Report((hit, twice(payload)), (Problem(payload, payload),))


def sample() -> Report:
    """One of everything, from three files."""
    return Report((cleaned(GUIDE), conflict("b.txt"), twice("c.txt")), (Problem("bin.md", "is no text"),))


PAGE = render(sample(), "html")
HARBOUR = render(harbour(), "html", FIXED)
#: All elements and attributes that the templates write.
MADE = Walk(PAGE).made | Walk(HARBOUR).made | Walk(render(hostile("plain"), "html")).made | Walk(render(Report((long(), long())), "html")).made


def text(page: str) -> str:
    return " ".join(" ".join(Walk(page).texts).split())


# What is in it.


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_an_article_becomes_markup(payload: str) -> None:
    """Through titles, bodies, names of files, addresses, reasons and messages no element, attribute or comment comes into the page."""
    for view in (View(), FIXED):
        page = render(hostile(payload), "html", view)
        page.encode("utf-8")
        walk = Walk(page)
        assert not walk.made - MADE
        assert all(href.startswith("#") for href in walk.attributes("href"))
        assert not any(mark in page for mark in "\x00\x1b\x07\x7f\x85\x9b\u202e\u2066\u2028\ufeff\x01")
        assert walk.raw == Walk(PAGE).raw


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_article_read_by_the_rules_becomes_markup(payload: str) -> None:
    """The same through the whole pipeline: a text full of it, standing twice, in every format."""
    body = f"{payload}\n\nIt was the the end of {payload} and of the week for all the crews at the basin.\n\n"
    for name in ("a.md", "a.txt", "a.html", "a.rst", "a.adoc"):
        data = f"# {payload}\n\n{body}{body}".encode("utf-8", "replace")
        try:
            article = decode(data, name, Options(layout="canonical"))
        except Exception as error:  # noqa: BLE001 - binary: then there is no page
            assert "binary" in str(error) or "text" in str(error)
            continue
        walk = Walk(render(Report((clean_article(article, Options(layout="canonical")),)), "html", View(pedantic=True, verbose=True)))
        assert not walk.made - MADE


def naughty(each: int = 25) -> list[Report]:
    """The public list of strings that break programs, so many in a report: as titles, bodies, names, addresses, reasons and messages."""
    said = [row["s"] for row in examples("blns")]
    assert len(said) > 400
    parts = [said[at : at + each] for at in range(0, len(said), each)]
    return [Report(tuple(file for one in part for file in hostile(one or "-").files), tuple(Problem(one, one) for one in part)) for part in parts]


@needs_shared
def test_no_naughty_string_becomes_markup() -> None:
    """The same for the strings that are known to break programs."""
    for at, each in enumerate(naughty()):
        for view in (View(), FIXED) if at % 4 == 0 else (View(),):
            walk = Walk(render(each, "html", view))
            assert not walk.made - MADE
            assert walk.raw == Walk(PAGE).raw


@needs_shared
@pytest.mark.parametrize("form", ["json", "jsonl", "sarif", "gitlab", "junit", "github", "full", "concise", "markdown"])
def test_no_naughty_string_breaks_a_report(form: str) -> None:
    """With any of them as a name, a text or a message, a report parses, is UTF-8, and steers no terminal."""
    from xml.etree import ElementTree

    for each in naughty():
        said = render(each, form, View(pedantic=True, verbose=True))
        if form not in ("full", "concise"):
            said.encode("utf-8")
        if form in ("json", "sarif", "gitlab"):
            json.loads(said)
        elif form == "jsonl":
            assert all(json.loads(row) for row in said.split("\n") if row)
        elif form == "junit":
            ElementTree.fromstring(said.encode("utf-8"))
        elif form == "github":
            assert all(re.match(r"::(warning|error|notice) [^\r\n]*?::", row) for row in said.split("\n") if row)
        else:
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)


def test_what_is_shown_is_what_was_written() -> None:
    """A text with markup in it reads as it was written."""
    said = "<b>Bold</b> & \"quoted\" 'text' &amp; more"
    assert "".join(Walk(render(hostile(said), "html")).texts).count(said) > 15


def test_the_policy_allows_our_own_script_and_style_and_nothing_else() -> None:
    """Their digests are those of what the page holds; everything else is refused."""
    policed(Walk(PAGE))


def test_the_page_loads_nothing() -> None:
    """No source, style attribute, import or handler is in it, and no link leads out of it."""
    walk = Walk(PAGE)
    loads_nothing(walk)


CASES = sorted(path for folder in ("cases", "untouched") for path in (ROOT / "fixtures" / folder).glob("*.in.*" if folder == "cases" else "*"))


@pytest.mark.parametrize("layout", ["keep", "canonical"])
def test_the_text_is_whole(layout: str) -> None:
    """Of every fixture: what is not new spells the article, what is not gone the cleaned one, and each finding begins at one row."""
    options = Options(layout=layout, pedantic=True, unsafe_fixes=True)
    told = 0
    for path in [*CASES, *(ROOT / "seeds").glob("*.*")]:
        try:
            whole = clean_article(read(str(path), options), options)
        except CleanerError:
            continue
        found = list(enumerate(entries(whole, View(fixed=True, pedantic=True)), 1))
        made = rows(whole.article, whole.blocks, found, Lines(whole.article.text))
        if any(piece.kind == "left" for row in made for piece in row.pieces):
            continue

        def spelt(without: str) -> str:
            said = "".join(piece.text for row in made if row.kind != "blank" for piece in row.pieces if piece.kind != without)
            return visible("".join(re.sub("[␣↵⇥]", "", said).split()))

        assert spelt("new") == visible("".join(whole.article.text.split())), path
        assert spelt("gone") == visible("".join(whole.text.split())), path
        assert sorted(number for row in made for number in row.opens) == [number for number, _ in found], path
        told += bool(found)
    assert told > 100


def test_every_finding_stands_in_the_text_and_leads_to_the_copy_that_stays() -> None:
    """Each has one place; where there is another copy, a link leads there and one leads back."""
    for page in (PAGE, HARBOUR):
        walk = Walk(page)
        ids = walk.attributes("id")
        assert len(ids) == len(set(ids))
        assert {href[1:] for href in walk.attributes("href")} <= set(ids)
        findings = [row for tag, row in walk.rows if row.get("class", "").startswith("finding")]
        targets = [row["data-stays"] for row in findings if "data-stays" in row]
        assert targets and set(targets) <= set(ids)
        for row in findings:
            if "data-stays" in row:
                assert f"#{row['id']}" in walk.attributes("href") and f"#{row['data-stays']}" in walk.attributes("href")


def test_the_page_of_the_sample_says_it_all() -> None:
    """What was done, by which rules, with the reasons, the pair, the scores, and who may carry it out."""
    said = text(HARBOUR)
    for part in (
        "4 findings fixed",
        "5 of 13 blocks were removed, because another copy stays.",
        "D103 repeated-run Finds two or more blocks in a row",
        "D103 repeated-run lines 11-14 repeat lines 7-10: 4 paragraphs, 362 words fixed",
        "stays lines 7-10 how alike the same to the letter in numbers 100 % of the words in their order, 100 % of runs of three words why",
        "why the copy stands directly below the original",
        "safety safe carried out by done by this run",
        "Word for word the same.",
        "stays: its copy in lines 11-14 (D103)",
        "stays, though moved: its copy in line 4 (D110)",
        "lines 11-14: repeated-run of lines 7-10",
        "a blank line",
    ):
        assert part in said, part


def test_the_page_of_several_files_says_it_all() -> None:
    """Counts by rule, status and file, facts that differ, what is left and why, and what could not be read."""
    said = text(PAGE)
    for part in (
        "in 3 files",
        "1 file could not be handled bin.md : is no text",
        "Those with most findings first.",
        "number 12 21",
        "carried out by nothing: for you to judge",
        "suppressed the refrain",
        "line 12 the —", "carried out by check --fix",
        "carried out by --unsafe-fixes with check --fix or clean",
        "carried out by check --fix, or clean --in-place",
        "compared with line 20 (D105)",
    ):
        assert part in said, part
    order = [row["id"] for tag, row in Walk(PAGE).rows if row.get("class") == "file"]
    assert order == ["file-1", "file-2", "file-3"] and said.index("guide.md") < said.index("b.txt")


def test_a_word_that_stands_twice_is_shown_as_an_edit() -> None:
    """Not as two columns that say "the", nor with a link from the line to itself."""
    page = render(Report((cleaned("It was the the end of a long week for the crews of both boats.\n", "a.txt"),)), "html")
    assert re.search(r"<td><del>\s*the\s*</del>", page) and 'class="pair"' not in page and 'class="stays"' not in page and "stays" in text(page)


def test_what_differs_is_marked_in_the_pair() -> None:
    """In a near copy the words that only one has are struck or underlined, and nothing else is."""
    near = cleaned(GUIDE)
    walk = re.findall(r"<(del|ins)>([^<]*)</\1>", render(Report((near,)), "html").split('class="pair"', 2)[2])
    assert ("del", "flaeks") in walk and ("ins", "flakes") in walk


def test_where_nothing_goes_nothing_is_struck_out() -> None:
    """Of two copies with differing facts neither needs to go, so what only one says is marked and not struck."""
    tags = {tag for tag, _ in Walk(render(Report((conflict(),)), "html").partition('class="article"')[2]).rows}
    assert "mark" in tags and not tags & {"del", "ins"}


def test_slim_results_make_the_same_page() -> None:
    """A run over many files keeps no blocks; the page is the same without them."""
    for whole in (cleaned(GUIDE), harbour().files[0]):
        assert render(Report((slim(whole, View()),)), "html") == render(Report((whole,)), "html")


def test_each_rule_says_what_it_does() -> None:
    """In one whole sentence of its own documentation."""
    from cleaner.rules import CODES

    for code in CODES:
        assert meaning(code).endswith((".", ")")) and "`" not in meaning(code), code
    assert meaning("X999") == ""


def test_long_stretches_are_folded_and_the_longest_are_only_counted() -> None:
    """The text of the findings and their neighbours stays in sight; the numbers of what is folded add up."""
    whole = long(400, 150)
    found = list(enumerate(entries(whole, View()), 1))
    every = rows(whole.article, whole.blocks, found, Lines(whole.article.text))
    parts = stretches(every)
    assert [part.folded for part in parts] == [False, True, False, True, False, True, False]
    assert sum(part.blocks or len(part.rows) for part in parts) == len(every)
    assert all(len(part.rows) <= HELD for part in parts if part.folded)
    assert "147 blocks unchanged, lines 3-149, not on this page" in text(render(Report((whole, whole)), "html"))
    assert "a long article about boats" in text(render(Report((long(40, 20), whole)), "html"))


def test_long_texts_are_cut_in_their_middle() -> None:
    """Of a paragraph of a megabyte its ends are shown, and how much is left out."""
    whole = repeated_lines(written(f"{'word ' * 200_000}end.\n{'word ' * 200_000}end.\n"))
    page = render(Report((whole,)), "html")
    assert len(page) < 120_000 and "characters …" in text(page)


def test_invisible_characters_that_go_are_spelt_out() -> None:
    """Who reads the page sees what goes, also where it has no shape."""
    given = written("A zero\u200bwidth  space.\n")
    plan = Plan((Finding("E003", Span(6, 7), "an invisible character", "safe", (Edit(Span(6, 7), "\u200b", ""), Edit(Span(12, 13), " ", ""))),), ())
    page = render(Report((Cleaned(given, (Block(0, "paragraph", Span(0, 19), Span(0, 19)),), "docs", plan),)), "html")
    assert "<del>\\u200b</del>" in page and "<del>␣</del>" in page


def test_the_page_depends_on_the_report_alone() -> None:
    """Equal reports make equal pages, however long the run took."""
    assert render(sample()._replace(seconds=9.0), "html") == PAGE


def test_pages_of_little() -> None:
    """Nothing looked at, nothing found, nothing readable: the page says so and has no empty parts."""
    assert "Nothing was looked at" in text(render(report(), "html"))
    clean = render(Report((cleaned("# A title\n\nOne paragraph.\n"),)), "html")
    assert "Each thing is said once" in text(clean) and 'id="rules"' not in clean and 'id="filters"' not in clean
    assert "1 file could not be handled" in text(render(Report((), (Problem("a", "b"),)), "html"))


def test_headings_landmarks_and_labels_are_in_order() -> None:
    """One h1, no level left out, a language, landmarks, names for what is referred to, and a scope for each head of a table."""
    for page in (PAGE, HARBOUR):
        walk = Walk(page)
        levels = [int(tag[1]) for tag, _ in walk.rows if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
        tags = Counter(tag for tag, _ in walk.rows)
        assert tags["main"] == tags["nav"] == tags["footer"] == tags["header"] == 1
        assert walk.rows[0][0] == "html" and walk.rows[0][1]["lang"] == "en"
        for named in walk.attributes("aria-labelledby"):
            assert set(named.split()) <= set(walk.attributes("id"))
        assert all("scope" in row for tag, row in walk.rows if tag == "th")


def test_ten_thousand_findings_are_listed_and_the_rest_counted() -> None:
    """In many files or in one; what is left out is said, with where it is."""
    for whole, left in ((many(700, 15), 500), (many(1, FINDINGS + 100), 100)):
        page = render(whole, "html")
        assert page.count('<details class="finding') == FINDINGS and len(page) < 40_000_000
        assert f"{left} findings are not on this page: it holds 10,000." in page
    assert "The text ends here on this page: 100 more findings below, all in the JSON report." in page


# The picture.


def test_a_pasted_passage_is_a_line_beside_the_diagonal() -> None:
    """Each of its blocks has a mark, the run joins them, and what goes is told on the diagonal."""
    [whole] = harbour().files
    drawn = draw(whole.blocks, list(enumerate(entries(whole, FIXED), 1)))
    assert (drawn.size, drawn.blocks, drawn.gone) == (13, 1, (2, 9, 10, 11, 12))
    assert [(mark.row, mark.column) for mark in drawn.marks] == [(2, 1), (9, 5), (10, 6), (11, 7), (12, 8)]
    [line] = drawn.lines
    assert line[:4] == (9, 5, 12, 8)


def test_kinds_of_copies_have_shapes_of_their_own() -> None:
    """Exact, edited, in part, and with facts that differ: told apart without colour."""
    whole = cleaned(GUIDE)
    drawn = draw(whole.blocks, list(enumerate(entries(whole, View()), 1)))
    assert drawn.shapes == ("exact", "near", "part", "facts")
    page = render(Report((whole,)), "html")
    assert all(f"</svg> {name}" in page for name in ("the same", "an edited copy", "inside a block: a sentence, a word", "alike, but the facts differ"))


def test_a_picture_of_a_long_article_is_binned_and_bounded() -> None:
    """So many rows and columns at most, so many marks; what is left out is counted."""
    whole = long(4000, 2)
    drawn = draw(whole.blocks, list(enumerate(entries(whole, View()), 1)))
    assert drawn.size <= SIZE and drawn.blocks == 63 and len(drawn.marks) <= MARKS
    assert sum(mark.times for mark in drawn.marks) == 2000
    wide = draw(whole.blocks, list(enumerate(entries(whole, View()), 1)), 4000)
    assert len(wide.marks) == 2000 and wide.left == 0
    assert draw((), []).size == 0


# The commands.


def run(*words: str):
    return CliRunner().invoke(main, [*words, "--isolated"])


def test_clean_writes_the_page_beside_the_report_that_undoes(tmp_path, monkeypatch) -> None:
    """--report may be given several times; the suffix decides; the JSON one still undoes what was done."""
    monkeypatch.chdir(tmp_path)
    before = (ROOT / "seeds" / "harbour.txt").read_bytes()
    Path("story.txt").write_bytes(before)
    done = run("clean", "--in-place", "story.txt", "--report", "page.html", "--report", "undo.json")
    assert done.exit_code == 0 and Path("story.txt").read_bytes() != before
    assert "4 findings fixed" in text(Path("page.html").read_text(encoding="utf-8"))
    assert json.loads(Path("undo.json").read_text(encoding="utf-8"))["summary"]["fixed"] == 4
    assert CliRunner().invoke(main, ["undo", "undo.json"]).exit_code == 0 and Path("story.txt").read_bytes() == before


def test_check_writes_the_page_too_and_never_checks_it(tmp_path, monkeypatch) -> None:
    """As a report beside the findings, or instead of them; its own pages are no articles, not even for a later run without it."""
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(GUIDE, encoding="utf-8")
    done = run("check", ".", "--report", "page.html", "--report", "all.json", "--no-cache")
    assert done.exit_code == 1 and "D105" in done.stdout
    first = Path("page.html").read_text(encoding="utf-8")
    assert "a.md" in text(first) and json.loads(Path("all.json").read_text(encoding="utf-8"))["files"][0]["language"] == "en"
    assert run("check", ".", "--report", "page.html", "--no-cache").exit_code == 1
    assert Path("page.html").read_text(encoding="utf-8") == first
    assert "page.html" not in run("check", ".", "--no-cache", "--pedantic").stdout
    assert text(run("check", "a.md", "--output-format", "html").stdout) == text(first)
    assert run("check", "a.md", "--output-format", "html", "--output-file", "b.html").stdout == ""
    assert Path("b.html").read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    ("report", "why"),
    [("x.pdf", "its suffix tells the format; it takes .json"), ("a.md", "is one of the files to clean"), ("no/x.html", "cannot be written; make its folder")],
)
@pytest.mark.parametrize("command", ["check", "clean"])
def test_a_report_that_cannot_be_is_refused_before_anything_is_done(tmp_path, monkeypatch, command: str, report: str, why: str) -> None:
    """With one line that says why, and status 2."""
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(GUIDE, encoding="utf-8")
    words = ["--fix"] if command == "check" else ["--in-place"]
    done = run(command, *words, "a.md", "--report", report)
    assert done.exit_code == 2 and why in done.stderr and Path("a.md").read_text(encoding="utf-8") == GUIDE


# In a browser from here on.


def seen(browser) -> list[str]:
    return browser.execute_script("return [...document.querySelectorAll('.finding')].filter((each) => each.checkVisibility()).map((each) => each.dataset.rule)")


def says(browser) -> str:
    return browser.execute_async_script("setTimeout(() => arguments[0](document.querySelector('output').textContent), 350)")


def choose(browser, name: str, value: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(browser.find_element("name", name)).select_by_value(value)


def press(browser, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def test_nothing_of_an_article_runs(browser, tmp_path) -> None:
    """In Chromium no payload changes the title, sets a mark, adds an element or attribute, or is even tried."""
    allowed = sorted({f"{tag} {name}" for tag, name in MADE} | {"tbody ", "tr ", "td ", "head ", "form hidden", "button ", "button type", "div hidden", "div aria-hidden"})
    for payload in PAYLOADS:
        show(browser, render(hostile(payload), "html"), tmp_path)
        found = browser.execute_script(
            "const allowed = new Set(arguments[0]), strange = new Set();"
            "for (const each of document.querySelectorAll('*')) {"
            "  for (const name of ['', ...each.getAttributeNames()])"
            "    if (!allowed.has(`${each.localName.toLowerCase()} ${name.toLowerCase()}`)) strange.add(`${each.localName} ${name}`);"
            "  each.dispatchEvent(new Event('mouseover')); each.dispatchEvent(new Event('focus'));"
            "}"
            "return [document.title, window.pwned || 0, [...strange]];",
            allowed,
        )
        assert found == ["Change report: 5 findings, 2 files", 0, []], (payload, found)
        assert browser.get_log("browser") == [], payload


@needs_shared
def test_no_naughty_string_runs(browser, tmp_path) -> None:
    """In Chromium none of them opens a dialog, asks for anything, or says a word on the console."""
    for each in naughty(60):
        show(browser, render(each, "html"), tmp_path)
        browser.execute_script("for (const each of document.querySelectorAll('*')) for (const name of ['mouseover', 'focus', 'error', 'load']) each.dispatchEvent(new Event(name));")
        assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
        assert browser.get_log("browser") == []


def test_a_removal_leads_to_the_copy_that_stays_and_back(browser, tmp_path) -> None:
    """A click on the finding opens the pair, one on its link goes to the copy above, and from there one leads back."""
    show(browser, HARBOUR, tmp_path)
    found = browser.find_element("css selector", ".finding[data-rule=D103]")
    assert not found.find_element("class name", "pair").is_displayed()
    found.find_element("tag name", "summary").click()
    assert found.find_element("class name", "pair").is_displayed()
    assert [each.text.splitlines()[0] for each in found.find_elements("css selector", ".pair > div")] == ["Goes, lines 11-14", "Stays, lines 7-10"]
    found.find_element("css selector", "dd a").click()
    assert rests(browser, found.get_attribute("data-stays"))
    stays = browser.switch_to.active_element
    assert stays.text == "= stays: its copy in lines 11-14 (D103)"
    assert browser.execute_script("const box = arguments[0].getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight", stays)
    browser.execute_script("arguments[0].open = false", found)
    stays.find_element("tag name", "a").click()
    assert rests(browser, found.get_attribute("id")) and found.get_attribute("open") is not None
    assert browser.get_log("browser") == []


def test_a_mark_of_the_picture_leads_to_its_pair(browser, tmp_path) -> None:
    """A click on any cell of a run opens the finding in the text; so does the line of the list beside it."""
    for click in ("svg.map a:last-of-type .hit", ".pairs li:last-child a"):
        show(browser, HARBOUR, tmp_path)
        browser.find_element("css selector", click).click()
        found = browser.find_element("css selector", ".finding[data-rule=D103]")
        assert found.get_attribute("open") is not None and rests(browser, found.get_attribute("id"))
        assert browser.execute_script("const box = arguments[0].firstElementChild.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight", found)
    assert browser.get_log("browser") == []


def test_a_link_opens_what_is_closed_or_filtered_away(browser, tmp_path) -> None:
    """A file that is closed, and one that the filter hides: an address leads there all the same, and again."""
    show(browser, render(many(8, 2), "html"), tmp_path)
    browser.find_element("css selector", "a[href='#file-7']").click()
    assert browser.find_element("id", "file-7").get_attribute("open") is not None
    browser.find_element("name", "text").send_keys("page-0001")
    assert says(browser) == "2 of 16 findings"
    browser.execute_script("location.hash = '#find-9'")
    assert browser.execute_async_script("setTimeout(() => arguments[0](document.getElementById('find-9').checkVisibility()), 100)")


def test_pointing_at_a_finding_shows_which_copy_stays(browser, tmp_path) -> None:
    """By pointer and by focus."""
    from selenium.webdriver.common.action_chains import ActionChains

    show(browser, HARBOUR, tmp_path)
    found = browser.find_element("css selector", ".finding[data-rule=D110]")
    lit = "return [...document.querySelectorAll('.lit')].map((each) => each.id)"
    assert browser.execute_script(lit) == []
    ActionChains(browser).move_to_element(found.find_element("tag name", "summary")).perform()
    assert browser.execute_script(lit) == [found.get_attribute("data-stays")]
    ActionChains(browser).move_to_element(browser.find_element("tag name", "h1")).perform()
    assert browser.execute_script(lit) == []


def test_resting_on_an_edit_or_on_a_mark_shows_both_copies(browser, tmp_path) -> None:
    """After a moment, and never under the pointer; it stays while the pointer is on it; Escape and going on close it."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    show(browser, HARBOUR, tmp_path)
    peek = browser.find_element("class name", "peek")

    def rest(on) -> bool:
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", on)
        ActionChains(browser).move_to_element(on).perform()
        browser.execute_async_script("setTimeout(arguments[0], 500)")
        return peek.is_displayed()

    removed = browser.find_elements("css selector", ".row.gone")[-1]
    assert rest(removed) and "Stays, lines 7-10" in peek.text
    middle = "const [top, bottom] = [...arguments].map((each) => each.getBoundingClientRect()).map((box) => [box.top, box.bottom]); const at = (bottom[0] + bottom[1]) / 2; return at < top[0] || at > top[1]"
    assert browser.execute_script(middle, peek, removed)
    ActionChains(browser).move_to_element(peek).perform()
    browser.execute_async_script("setTimeout(arguments[0], 500)")
    assert peek.is_displayed()
    press(browser, Keys.ESCAPE)
    assert not peek.is_displayed()
    assert rest(browser.find_element("css selector", "svg.map a .hit")) and "line 4 repeats the title" in peek.text
    assert not rest(browser.find_element("css selector", ".picture .legend"))
    browser.execute_script("document.querySelector('.pairs li:last-child a').focus()")
    browser.execute_async_script("setTimeout(arguments[0], 500)")
    assert peek.is_displayed() and "lines 11-14 repeat" in peek.text
    press(browser, Keys.ENTER)
    assert not peek.is_displayed()
    assert browser.get_log("browser") == []


def test_findings_can_be_filtered_and_searched(browser, tmp_path) -> None:
    """By rule, status, safety and words, also all at once; files without a match go; Clear shows everything again."""
    show(browser, PAGE, tmp_path)
    everything = says(browser)
    assert everything == f"{len(seen(browser))} findings"
    choose(browser, "rule", "D105")
    assert says(browser) == f"2 of {everything}" and set(seen(browser)) == {"D105"}
    assert not browser.find_element("id", "file-3").is_displayed()
    choose(browser, "status", "suppressed")
    assert says(browser).startswith("0 of") and browser.find_element("class name", "none").is_displayed()
    browser.find_element("css selector", "button[type=reset]").click()
    assert says(browser) == everything
    choose(browser, "safety", "unsafe")
    assert seen(browser) and "D105" not in seen(browser)
    browser.find_element("css selector", "button[type=reset]").click()
    browser.find_element("name", "text").send_keys("C.TXT")
    assert says(browser) == f"1 of {everything}" and seen(browser) == ["D101"]
    assert browser.get_log("browser") == []


def test_the_keyboard_is_enough(browser, tmp_path) -> None:
    """The first stop skips to the findings; j, k and / go about, Enter opens, and the keys can be switched off."""
    from selenium.webdriver.common.keys import Keys

    show(browser, HARBOUR, tmp_path)
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the findings"
    press(browser, Keys.ENTER)
    assert rests(browser, "articles")
    press(browser, "j")
    assert rests(browser, "find-1")
    press(browser, "j", "j")
    assert rests(browser, "find-3")
    press(browser, "k")
    assert rests(browser, "find-2")
    press(browser, "/")
    assert rests(browser, "text")
    press(browser, "jk/")
    assert browser.find_element("name", "text").get_property("value") == "jk/"
    press(browser, Keys.ESCAPE)
    assert says(browser) == "4 findings"
    browser.find_element("name", "keys").click()
    press(browser, "j", "/")
    assert rests(browser, "keys")
    found = browser.find_element("id", "find-4")
    browser.execute_script("arguments[0].firstElementChild.focus()", found)
    assert found.get_attribute("open") is None
    press(browser, Keys.ENTER)
    assert found.get_attribute("open") is not None


def test_files_can_be_sorted(browser, tmp_path) -> None:
    """By any column, both ways, and the head says which."""
    show(browser, PAGE, tmp_path)

    def order() -> list[str]:
        return [each.text for each in browser.find_elements("css selector", "#table tbody th")]

    assert order() == ["guide.md", "b.txt", "c.txt"]
    [head] = [each for each in browser.find_elements("css selector", "#table th button") if each.text.strip() == "file"]
    head.click()
    assert order() == ["b.txt", "c.txt", "guide.md"]
    head.click()
    assert order() == ["guide.md", "c.txt", "b.txt"]
    assert [each.text.strip() for each in browser.find_elements("css selector", "#table th[aria-sort=descending]")] == ["file"]


def test_the_page_is_whole_without_script(browser, tmp_path) -> None:
    """The filter, which would do nothing, is not there; findings open all the same, and links lead to them."""
    from selenium.webdriver.common.keys import Keys

    show(browser, HARBOUR, tmp_path, script=False)
    try:
        assert not browser.find_element("id", "filters").is_displayed()
        found = browser.find_element("css selector", ".finding[data-rule=D103]")
        found.find_element("tag name", "summary").send_keys(Keys.ENTER)
        assert found.find_element("class name", "pair").is_displayed()
        browser.find_element("css selector", ".pairs li a").send_keys(Keys.ENTER)
        assert browser.current_url.endswith("#find-3")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
@pytest.mark.parametrize("payload", ["", "A" * 3000, "https://example.org/" + "a/" * 400, "渡し船の運休" * 100, "<" * 300])
def test_no_page_is_wider_than_its_window(browser, tmp_path, width: int, payload: str) -> None:
    """Not on a telephone, and not with words that have no end; wide tables scroll inside."""
    for page in [render(hostile(payload), "html")] if payload else [PAGE, HARBOUR]:
        show(browser, page, tmp_path, width=width)
        assert overflow(browser) <= 0


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(browser, tmp_path, dark: bool, media: str) -> None:
    """In light, in dark and on paper each text has the contrast that WCAG 2.2 AA asks for."""
    for page in (PAGE, HARBOUR, render(hostile("plain"), "html")):
        show(browser, page, tmp_path, dark=dark, media=media)
        assert faint(browser) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_barrier(browser, tmp_path, dark: bool) -> None:
    """axe-core, with the rules of WCAG 2 A and AA and its best practices, finds nothing to mend, in light and in dark."""
    for page in (PAGE, HARBOUR, render(Report((long(), long(40, 20))), "html")):
        show(browser, page, tmp_path, dark=dark)
        assert barriers(browser) == []


def test_everything_is_open_on_paper_and_as_it_was_afterwards(browser, tmp_path) -> None:
    """Printing opens what is closed, and closes it again."""
    show(browser, PAGE, tmp_path)
    browser.execute_script(
        "addEventListener('beforeprint', () => { window.shut = document.querySelectorAll('details:not([open])').length; });"
        "window.before = document.querySelectorAll('details:not([open])').length;"
    )
    browser.execute_cdp_cmd("Page.printToPDF", {})
    before, during, after = browser.execute_script("return [before, shut, document.querySelectorAll('details:not([open])').length]")
    assert before == after > 5 and during == 0


@pytest.mark.parametrize(("files", "each"), [(500, 20), (1, 10_000)])
def test_ten_thousand_findings_do_not_freeze_the_page(browser, tmp_path, files: int, each: int) -> None:
    """It opens, a search through all of it is answered, and a link leads to the last one, before the browser's driver gives it up."""
    page = render(many(files, each), "html")
    show(browser, page, tmp_path)
    assert says(browser) == "10000 findings"
    browser.find_element("name", "text").send_keys(f"line {each - 1} of file {files - 1}" if files > 1 else "lines 19,999")
    browser.execute_script("location.hash = '#find-10000'")
    assert browser.execute_async_script("setTimeout(() => arguments[0](document.getElementById('find-10000').open), 400)")
