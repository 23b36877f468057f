"""The page of an audit: what it says, that nothing of an item becomes part of it, and how it behaves in a browser."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from audit_samples import hostile, item, many, sample
from browser import barriers, browser, faint, overflow, rests, show
from hostile import PAYLOADS, Walk, loads_nothing, policed

from cleaner.feeds.item import Source
from cleaner.report.audit import AuditView, render
from cleaner.report.audit.figures import timeline
from cleaner.report.audit.html import STORIES, moment
from cleaner.report.sides import ROOM, sides
from cleaner.report.web import link, shown
from cleaner.stories.model import Audit

PAGE = render(sample(), "html")
#: All elements and attributes that the templates write.
MADE = Walk(PAGE).made | Walk(render(many(STORIES + 1, 1), "html", AuditView(limit=3))).made


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_an_item_becomes_markup(payload: str) -> None:
    """Through titles, texts, addresses, names, notes and messages no element, attribute or comment comes into the page."""
    page = render(hostile(payload), "html")
    page.encode("utf-8")
    walk = Walk(page)
    assert not walk.made - MADE
    assert all(href.startswith(("https://", "http://", "#")) for href in walk.attributes("href"))
    assert not any(mark in page for mark in "\x00\x1b\x07\x7f\x85\x9b\u202e\u2066\u2028\ufeff\x01")
    assert walk.raw == Walk(PAGE).raw


def test_what_is_shown_is_what_was_written() -> None:
    """A title with markup in it reads as it was written."""
    title = "<b>Bold</b> & \"quoted\" 'text' &amp; more"
    walk = Walk(render(hostile(title), "html"))
    assert "".join(walk.texts).count(title) > 40


def test_the_policy_allows_our_own_script_and_style_and_nothing_else() -> None:
    """Their digests are those of what the page holds; everything else is refused."""
    policed(Walk(PAGE))


def test_the_page_loads_nothing() -> None:
    """No source, style attribute, import or handler is in it; links lead on with neither a referrer nor a way back."""
    walk = Walk(PAGE)
    loads_nothing(walk)
    links = [row for tag, row in walk.rows if tag == "a" and not str(row["href"]).startswith("#")]
    assert len(links) > 10 and all(row["rel"] == "noreferrer noopener" for row in links)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "//example.org/",
        "/a",
        "https:example.org",
        "https://",
        "https:///a",
        "https://[::1",
        "https://a b.test/",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://example.org\\@evil.test/",
        "https://user@evil.test/",
        "https://bank.test:secret@evil.test/",
        "https://example.org/\u202egnp",
        "https://example.org/\u200b",
        "https://example.org/\"x",
        "https://example.org/<x>",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/\ud800",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_what_is_no_plain_web_address_is_no_link(address: str) -> None:
    """It is printed as text."""
    assert link(address) == ""


@pytest.mark.parametrize("address", ["https://example.org", "HTTP://example.org:8080/a?b=c&d=%20#e", "https://例え.test/渡し船", "http://[::1]/"])
def test_plain_web_addresses_are_links(address: str) -> None:
    """With their port, query and fragment, in any script."""
    assert link(address) == address


def test_texts_are_shown_within_bounds() -> None:
    """What could hide or reorder becomes an escape; what a browser knows how to use stays."""
    assert shown("a\x1bb\u202ec") == "a\\x1bb\\u202ec"
    assert shown("soft\N{SOFT HYPHEN}hyphen \N{RIGHT-TO-LEFT MARK}\nline") == "soft\N{SOFT HYPHEN}hyphen \N{RIGHT-TO-LEFT MARK}\nline"
    assert len(shown("x" * 10_000_000)) == 2000
    assert moment("2026-11-23T08:30:00.5Z") == "23 Nov 2026, 08:30 UTC" and moment("<soon>") == "<soon>"


def test_sides_show_what_only_one_says() -> None:
    """Both sides spell their text but for what they share, and space is no difference."""
    found = sides("The boat left at seven with 12 people.", "The boat left at seven with 14 people.")
    assert [part.text for part in found.left if part.only] == ["12"] and [part.text for part in found.right if part.only] == ["14"]
    assert sides("a b\n\nc", " a  b c ").state == "same" and sides("", "a").state == "none"


def test_what_is_added_ends_with_its_sentence() -> None:
    """A sentence more is marked from its first word to its full stop, wherever it is added or left out."""
    short, long = "The boat left at seven. It rained.", "The boat left at seven. Nobody waved. It rained."
    assert [part.text for part in sides(short, long).right if part.only] == ["Nobody waved."]
    assert [part.text for part in sides(long, short).left if part.only] == ["Nobody waved."]
    end = sides("The boat left.", "The boat left.\n\nNobody waved.")
    assert [part.text for part in end.right if part.only] == ["Nobody waved."] and "".join(part.text for part in end.left) == "The boat left."


def test_sides_are_bounded() -> None:
    """Long texts are freed of what they begin and end with alike; what is still long is not compared; many changes are counted."""
    long = "\n\n".join(f"Paragraph {at} of a long text that nobody changed." for at in range(3000))
    changed = sides(long, long.replace("Paragraph 1500 of", "Paragraph 1500 and one of"))
    assert [part.text for part in changed.right if part.only] == ["and one"] and changed.size < 500
    assert sides(long, long.upper()).state == "long"
    many_changes = sides(" ".join(f"one {at}" for at in range(1000)), " ".join(f"two {at}" for at in range(1000)))
    assert many_changes.more > 100 and many_changes.size < 3 * ROOM


def test_the_page_says_it_all() -> None:
    """Counts, dates, shares, matrix, kinds, evidence, words, advice, changes, boilerplate, what is none, and errors."""
    text = " ".join("".join(Walk(PAGE).texts).split())
    for part in (
        "6 of 60 items repeat another one",
        "4 sources, from 1 Nov 2026 to 24 Nov 2026. 1 item is an update with something new to say: keep it. 8 findings are new since the last run.",
        "1 source could not be read",
        "Storm halts the ferry to the island 2 copies and 1 update to keep",
        "an update: keep it F306 updated 88 % alike",
        "To keep only one, keep the newest update Storm halts the ferry to the island: two hurt",
        "same link but for www, http and utm_source",
        "Write one form of the address everywhere",
        "changed without saying so F320 silently-changed",
        "34 of 39 items",
        "A series: the titles differ in their number",
        "accepted as meant",
        "the history was set aside",
    ):
        assert part in text, part
    made = Walk(PAGE)
    repeating = sum(bar.copies > 0 for bar in timeline(sample()).bars)
    assert sum(tag == "rect" and row["class"] == "bar-copy" for tag, row in made.rows) == repeating + 1 > 4  # and the legend's
    assert {"heat0", "heat2", "heat3", "heat4"} <= {word for names in made.attributes("class") for word in names.split()}


def test_only_updates_and_changes_have_words_struck_out() -> None:
    """Of two copies neither needs to go, so what only one of them says is marked and not struck."""
    whole = sample()
    near = whole._replace(clusters=tuple(each for each in whole.clusters if each.relation == "near"), changes=())
    tags = {tag for tag, _ in Walk(render(near, "html")).rows}
    assert "mark" in tags and not tags & {"del", "ins"}
    assert {"del", "ins"} <= {tag for tag, _ in Walk(PAGE).rows}


def test_the_page_depends_on_the_audit_alone() -> None:
    """Equal audits make equal pages, at any time."""
    assert render(sample(), "html") == PAGE
    assert "cleaner 9.9" in render(sample(), "html", AuditView(version="9.9"))


def test_pages_of_little() -> None:
    """Nothing read, nothing found, nothing dated: the page says so and has no empty parts."""
    empty = Walk(render(Audit(()), "html"))
    assert "Nothing is told twice" in " ".join("".join(empty.texts).split())
    plain = render(Audit((Source("a", "RSS", (item("a", 1, "t"),)),)), "html")
    assert 'id="timeline"' not in plain and 'id="matrix"' not in plain and 'id="filters"' not in plain


def test_a_large_audit_makes_a_page_that_can_be_opened() -> None:
    """So many stories are shown, so many copies of each, and what is left out is said with where it is."""
    page = render(many(STORIES + 100), "html")
    assert len(page) < 12_000_000
    text = " ".join("".join(Walk(page).texts).split())
    assert "… and 100 more stories with fewer copies, not on this page. The JSON report" in text
    assert "and 75 more, all in the JSON report" in " ".join("".join(Walk(render(many(1, 100), "html")).texts).split())


def test_a_matrix_of_many_sources_shows_those_that_repeat_most() -> None:
    """And says how many rows and columns are left out."""
    whole = many(60, 1)
    spread = tuple(
        each._replace(members=(each.members[0]._replace(item=each.members[0].item._replace(source=f"source {at}.xml")),))
        for at, each in enumerate(whole.clusters)
    )
    sources = (*whole.sources, *(Source(f"source {at}.xml", "RSS", (spread[at].members[0].item,)) for at in range(60)))
    walk = Walk(render(whole._replace(clusters=spread, sources=sources), "html"))
    assert "(35 rows and columns)" in "".join(walk.texts)


def test_headings_landmarks_and_labels_are_in_order() -> None:
    """One h1, no level left out, a language, landmarks, names for what is referred to, and a scope for each head of a table."""
    rows = Walk(PAGE).rows
    levels = [int(tag[1]) for tag, _ in rows if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    tags = Counter(tag for tag, _ in rows)
    assert tags["main"] == tags["nav"] == tags["footer"] == tags["header"] == 1
    assert rows[0][0] == "html" and rows[0][1]["lang"] == "en"
    ids = Walk(PAGE).attributes("id")
    assert len(ids) == len(set(ids))
    for named in Walk(PAGE).attributes("aria-labelledby"):
        assert set(named.split()) <= set(ids)
    assert {href[1:] for href in Walk(PAGE).attributes("href") if href.startswith("#")} <= set(ids)
    assert all("scope" in row for tag, row in rows if tag == "th")


# In a browser from here on.


def test_nothing_of_an_item_runs(browser, tmp_path) -> None:
    """In Chromium no payload changes the title, sets a mark, adds an element or attribute, or is even tried."""
    allowed = sorted({f"{tag} {name}" for tag, name in MADE} | {"tbody ", "tr ", "td ", "head ", "form hidden"})
    for payload in map(" ".join, zip(PAYLOADS[::2], PAYLOADS[1::2], strict=True)):  # two on a page: each page takes a second
        show(browser, render(hostile(payload), "html"), tmp_path)
        found = browser.execute_script(
            "const allowed = new Set(arguments[0]), strange = new Set();"
            "for (const each of document.querySelectorAll('*')) {"
            "  for (const name of ['', ...each.getAttributeNames()])"
            "    if (!allowed.has(`${each.localName.toLowerCase()} ${name.toLowerCase()}`)) strange.add(`${each.localName} ${name}`);"
            "  each.dispatchEvent(new Event('mouseover')); each.dispatchEvent(new Event('focus'));"
            "}"
            "return [document.title, window.pwned || 0, [...strange], document.documentElement.outerHTML.length];",
            allowed,
        )
        assert found[0] == "Duplicate audit: 4 sources, 60 items" and found[1] == 0 and found[2] == [], (payload, found)
        assert browser.get_log("browser") == [], payload


def test_the_policy_holds_in_the_browser(browser, tmp_path) -> None:
    """Even a script that got into the page would not run, and no picture would load."""
    show(browser, PAGE, tmp_path)
    browser.execute_script(
        "const script = document.createElement('script'); script.textContent = 'window.pwned = 1'; document.body.append(script);"
        "const image = document.createElement('img'); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; image.onload = () => { window.pwned = 2; };"
        "document.body.append(image); document.body.setAttribute('onclick', 'window.pwned = 3'); document.body.click();"
    )
    assert browser.execute_async_script("setTimeout(() => arguments[0](window.pwned || 0), 200)") == 0
    assert any("Content Security Policy" in row["message"] for row in browser.get_log("browser"))


def shown_findings(browser) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll('.finding')].filter((each) => each.checkVisibility()).map((each) => (each.querySelector('h3') || each).textContent.trim())"
    )


def says(browser) -> str:
    return browser.execute_async_script("setTimeout(() => arguments[0](document.querySelector('output').textContent), 250)")


def choose(browser, name: str, value: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(browser.find_element("name", name)).select_by_value(value)


def test_findings_can_be_filtered_and_searched(browser, tmp_path) -> None:
    """By kind, source, status and words, also all at once; the number found is said; Clear shows everything again."""
    show(browser, PAGE, tmp_path)
    assert says(browser) == "10 findings" and len(shown_findings(browser)) == 10
    choose(browser, "kind", "updated")
    assert says(browser) == "1 of 10 findings" and shown_findings(browser) == ["Storm halts the ferry to the island"]
    choose(browser, "kind", "change")
    assert says(browser) == "2 of 10 findings"
    choose(browser, "status", "known")
    assert shown_findings(browser) == ["Quay closed to cars until June"]
    browser.find_element("css selector", "button[type=reset]").click()
    assert says(browser) == "10 findings"
    choose(browser, "source", "4")
    assert says(browser) == "0 of 10 findings"
    assert len(browser.execute_script("return [...document.querySelectorAll('.none')].filter((each) => each.checkVisibility())")) == 4
    browser.find_element("css selector", "button[type=reset]").click()
    browser.find_element("name", "text").send_keys("PILOT boat")
    assert says(browser) == "1 of 10 findings" and shown_findings(browser) == ["Storm halts the ferry to the island"]
    assert browser.get_log("browser") == []


def test_search_ignores_case_and_accents(browser, tmp_path) -> None:
    """Who types "cafe" finds "CAFÉ"."""
    whole = many(3)
    first = whole.clusters[0]._replace(original=whole.clusters[0].original._replace(title="CAFÉ on the quay"))
    show(browser, render(whole._replace(clusters=(first, *whole.clusters[1:])), "html"), tmp_path)
    browser.find_element("name", "text").send_keys("cafe")
    assert says(browser) == "1 of 3 findings"


def test_the_keyboard_is_enough(browser, tmp_path) -> None:
    """"/" goes to the search, Escape empties it, Enter opens a story, and the first stop skips to the findings."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def press(*keys: str) -> None:
        ActionChains(browser).send_keys(*keys).perform()

    show(browser, PAGE, tmp_path)
    press(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the findings"
    press(Keys.ENTER)
    assert rests(browser, "findings")
    press("/")
    assert rests(browser, "text")
    press("quay")
    assert says(browser).startswith("2 of")
    press("/")
    assert browser.find_element("name", "text").get_property("value") == "quay/"
    press(Keys.ESCAPE)
    assert says(browser) == "10 findings" and browser.find_element("name", "text").get_property("value") == ""
    story = browser.find_element("id", "story-3")
    assert story.get_attribute("open") is None
    browser.execute_script("arguments[0].focus()", story.find_element("tag name", "summary"))
    press(Keys.ENTER)
    assert story.get_attribute("open") is not None


def test_stories_open_and_close_together_and_by_their_address(browser, tmp_path) -> None:
    """Open all and Close all mean those that the filter shows; an address with #story-4 opens that story."""
    show(browser, PAGE, tmp_path)

    def opened() -> list[str]:
        return browser.execute_script("return [...document.querySelectorAll('.story[open]')].map((each) => each.id)")

    browser.find_element("name", "shut").click()
    assert opened() == []
    choose(browser, "kind", "near")
    browser.find_element("name", "open").click()
    assert opened() == ["story-4"]
    browser.find_element("name", "shut").click()
    browser.execute_script("location.hash = '#story-2'")
    assert browser.execute_async_script("setTimeout(() => arguments[0](document.getElementById('story-2').open), 100)")
    assert browser.get_log("browser") == []


def test_the_page_is_whole_without_script(browser, tmp_path) -> None:
    """The filter, which would do nothing, is not there; stories open all the same."""
    from selenium.webdriver.common.keys import Keys

    show(browser, PAGE, tmp_path, script=False)
    try:
        assert not browser.find_element("id", "filters").is_displayed()
        story = browser.find_element("id", "story-3")
        assert not story.find_element("class name", "original").is_displayed()
        story.find_element("tag name", "summary").send_keys(Keys.ENTER)  # by key: what is scrolled to may still take its height
        assert story.find_element("class name", "original").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
@pytest.mark.parametrize("text", ["", "A" * 3000, "https://example.org/" + "a/" * 400, "渡し船の運休" * 100, "<" * 300])
def test_no_page_is_wider_than_its_window(browser, tmp_path, width: int, text: str) -> None:
    """Not on a telephone, and not with words that have no end; wide tables scroll inside."""
    show(browser, render(hostile(text), "html") if text else PAGE, tmp_path, width=width)
    assert overflow(browser) <= 0


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(browser, tmp_path, dark: bool, media: str) -> None:
    """In light, in dark and on paper each text has the contrast that WCAG 2.2 AA asks for."""
    show(browser, PAGE, tmp_path, dark=dark, media=media)
    assert faint(browser) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_barrier(browser, tmp_path, dark: bool) -> None:
    """axe-core, with the rules of WCAG 2 A and AA and its best practices, finds nothing to mend, in light and in dark."""
    show(browser, PAGE, tmp_path, dark=dark)
    assert barriers(browser) == []


def test_heat_can_be_read_in_every_shade(browser, tmp_path) -> None:
    """From a source that repeats one item in a hundred to one that is nothing but copies."""
    for dark in (False, True):
        page = PAGE
        for heat in range(1, 6):
            page = page.replace('<td class="number zero">', f'<td class="number heat{heat}">', 1)
        show(browser, page, tmp_path, dark=dark)
        assert faint(browser) == []


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


def test_two_thousand_stories_do_not_freeze_the_page(browser, tmp_path) -> None:
    """It opens, and a search through all of it is answered, before the browser's driver gives it up."""
    page = render(many(STORIES), "html")
    show(browser, page, tmp_path)
    browser.find_element("name", "text").send_keys("number 1999")
    assert says(browser) == "1 of 2000 findings"
