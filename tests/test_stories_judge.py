"""Two items: a copy of which kind, an update, or two stories that only look alike."""

from __future__ import annotations

import pytest

from cleaner.feeds.item import Item, Source
from cleaner.stories.audit import audit, prepare

FERRY = (
    "The old ferry Marianne sank at her moorings in Westhaven on Monday night, hours after the last passengers had left. "
    "Nobody was on board when the pumps failed, the harbour office said.",
    "A night watchman saw her list to port shortly after eleven and rang the bell on the quay. By the time the fire brigade had "
    "brought its own pumps, only the funnel stood out of the water.",
    "The Marianne was built in 1931 and had carried some two million people across the sound. Her owner, a society of retired "
    "pilots, had asked the town for money to renew her hull three times since 2019.",
    "Divers will look for the leak on Wednesday. Whether she can be raised depends on the keel, said Hanna Brodersen, who leads "
    "the society: if it is broken, the story of the ferry ends here.",
    "Until then the crossing is served by a motor launch that takes twelve people and no bicycles. It leaves every hour from six "
    "in the morning until the last bus has gone.",
)
BREAD = (
    "A sourdough starter wants little: flour, water, and somebody who remembers it twice a day. Most of those that die are "
    "killed with kindness, by cooks who feed them before they are hungry.",
    "Wait until the dome has fallen and the smell turns from yoghurt to apples. Then take a spoonful, throw the rest into "
    "pancakes, and start again with as much flour as water.",
    "In a cold kitchen that takes a day, in a warm one half of it. A rubber band around the jar tells you how far it has come, "
    "and saves you from guessing.",
)
NOTICE = (
    "The polling committee of ward {n} met in the parish hall at seven. It counted {a} ballots, of which {b} were void, and "
    "declared the seat of the ward filled. Objections may be raised with the returning officer within ten days of this notice.",
)
SITE = "https://www.gazette.example/2026/11/{}/"


def item(source: str = "gazette.xml", **fields) -> Item:
    text = fields.pop("text", FERRY)
    given = {
        "id": "https://www.gazette.example/?p=1",
        "url": SITE.format("ferry"),
        "title": "Old ferry sinks at her moorings in Westhaven",
        "published": "2026-11-03T08:00:00Z",
        "text": "\n\n".join(text) if isinstance(text, tuple) else text,
    }
    return Item(f"{source}#", source, 1, **{**given, **fields})


def found(first: Item, second: Item, kinds: dict[str, str] | None = None, priority: tuple[str, ...] = ()):
    """Return the audit of two items: of one feed, where their source is one."""
    items = [first._replace(key="a", number=1), second._replace(key="b", number=2)]
    names = list(dict.fromkeys(each.source for each in items))
    sources = [
        Source(name, (kinds or {}).get(name, "RSS 2.0"), tuple(each for each in items if each.source == name), site=f"https://{name.partition('.')[0]}.example/")
        for name in names
    ]
    return audit(prepare(sources), priority=priority)


def kind(first: Item, second: Item, **options) -> str:
    """Return the rule that says what two items are to each other: of a copy, of what only looks like one, or ""."""
    result = found(first, second, **options)
    rules = [member.rule for cluster in result.clusters for member in cluster.members] + [aside.rule for aside in result.asides]
    assert len(rules) <= 1
    return rules[0] if rules else ""


# --- copies ---------------------------------------------------------------------------------------------------------------


def test_one_id_twice():
    """An item that a feed lists twice under one id is F301."""
    assert kind(item(), item()) == "F301"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.gazette.example/a", "http://gazette.example/a"),
        ("https://www.gazette.example/a", "https://www.gazette.example/a/"),
        ("https://www.gazette.example/a", "https://www.gazette.example/a?utm_source=rss&utm_medium=feed"),
        ("https://www.gazette.example/a", "https://www.gazette.example/a?fbclid=IwAR0"),
        ("https://www.gazette.example/a", "https://m.gazette.example/a"),
        ("https://www.gazette.example/a", "https://www.gazette.example/a/amp/"),
        ("https://www.gazette.example/a", "https://www.gazette.example/amp/a"),
        ("https://www.gazette.example/a", "https://www.gazette.example/a#comments"),
        ("https://www.gazette.example/a?p=3", "https://www.gazette.example/a?partner=rss&emc=rss&p=3"),
        ("https://www.gazette.example/a?b=1&c=2", "https://www.gazette.example/a?c=2&b=1"),
    ],
)
def test_one_link_in_two_dresses(one, other):
    """One page under two addresses in two feeds, ids of their own, is F302; what differs in the address is said."""
    first, second = item(url=one, id="1"), item("express.xml", url=other, id="77")
    assert kind(first, second) == "F302"
    (cluster,) = found(first, second).clusters
    assert any(said.startswith("the same link but for ") for said in cluster.members[0].evidence)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.gazette.example/?p=3", "https://www.gazette.example/?p=4"),
        ("https://www.gazette.example/story?id=3", "https://www.gazette.example/story?id=4"),
        ("https://www.gazette.example/story?page=1", "https://www.gazette.example/story?page=2"),
        ("https://www.gazette.example/story?ref=north", "https://www.gazette.example/story?ref=south"),
        ("https://www.gazette.example/#/north", "https://www.gazette.example/#/south"),
        ("https://www.gazette.example/A", "https://www.gazette.example/a"),
        ("https://north.gazette.example/a", "https://south.gazette.example/a"),
    ],
)
def test_what_is_the_page_stays(one, other):
    """Parameters, routes, letters and hosts that are the page itself make two links: other texts there are nothing to report."""
    assert kind(item(url=one, id="1"), item(url=other, id="2", title="Keeping a starter", text=BREAD)) == ""


def test_a_new_id():
    """The same story on the same page under a new id is F303."""
    assert kind(item(id="1"), item(id="2")) == "F303"
    assert kind(item(id="http://www.gazette.example/?p=1"), item(id="https://www.gazette.example/?p=1")) == "F303"


def test_a_new_id_and_link():
    """The same story at once under another id and another link of the same site is F303, and counts as republished."""
    (cluster,) = found(item(), item(id="2", url=SITE.format("ferry-2"))).clusters
    assert [(member.rule, member.relation) for member in cluster.members] == [("F303", "republished")]


def test_promoted_again():
    """An old story under a new date is F304, at its old address and at a new one."""
    later = {"id": "2", "published": "2027-02-01T08:00:00Z"}
    assert kind(item(), item(**later)) == "F304"
    assert kind(item(), item(**later, url=SITE.format("ferry-again"))) == "F304"


def test_a_corrected_title():
    """One id, one text and another title is F305, an update of which the newer state is to be kept."""
    second = item(title="Ferry Marianne sinks at her moorings", updated="2026-11-03T09:00:00Z")
    (cluster,) = found(item(), second).clusters
    assert (cluster.members[0].rule, cluster.relation, cluster.keep.title) == ("F305", "updated", "Ferry Marianne sinks at her moorings")


def test_a_site_name_is_no_correction():
    """A title with the site's name after it is the same title."""
    assert kind(item(), item(title="Old ferry sinks at her moorings in Westhaven | The Gazette")) == "F301"


UPDATES = {
    "a fact changed": (*FERRY[:4], FERRY[4].replace("twelve people", "twenty people")),
    "a paragraph added": (*FERRY, "On Tuesday the owner said that an insurer had offered to pay for the crane, if the town pays for the dock."),
    "a sentence added": (FERRY[0] + " Two of the crew were slightly injured on the quay.", *FERRY[1:]),
    "a denial": (FERRY[0].replace("Nobody was on board", "A cook was on board"), *FERRY[1:]),
    "cut": FERRY[:3],
}


@pytest.mark.parametrize("text", UPDATES.values(), ids=UPDATES)
def test_an_update_under_one_id(text):
    """One id and a text that says something else is an update (F306): never a copy to drop in favour of the older."""
    second = item(text=text, updated="2026-11-03T12:00:00Z", published="2026-11-03T12:00:00Z")
    (cluster,) = found(item(), second).clusters
    assert (cluster.members[0].rule, cluster.relation, cluster.keep.key) == ("F306", "updated", "b")


def test_what_only_lost_a_line_is_no_update():
    """A state that says nothing new and lacks a line (a byline, a caption) is a copy, and what it lacks is said."""
    second = item(id="2", url=SITE.format("ferry").rstrip("/"), text=(FERRY[0].rpartition(". ")[0] + ".", *FERRY[1:]))
    (cluster,) = found(item(), second).clusters
    assert cluster.members[0].rule == "F303"
    assert "12 words gone" in cluster.members[0].evidence


def test_an_update_says_what_changed():
    """The facts of an update stand side by side."""
    (cluster,) = found(item(), item(text=UPDATES["a fact changed"])).clusters
    assert [(each.kind, each.keeper, each.duplicate) for each in cluster.members[0].differences] == [("number", "twelve", "twenty")]


def test_an_update_as_a_new_item():
    """A story that grows within hours under another id and link, with its title, is an update and no series."""
    second = item(id="2", url=SITE.format("ferry-update"), published="2026-11-03T14:00:00Z", text=UPDATES["a fact changed"])
    assert kind(item(), second) == "F306"


WIRE = {
    "whole": FERRY,
    "its tail trimmed": FERRY[:3],
    "with a local lead": ("Readers in Osterby will remember the Marianne from the summers when she came here for the regatta.", *FERRY),
    "lead and tail": ("Readers in Osterby will remember the Marianne from the summers when she came here for the regatta.", *FERRY[:4]),
    "a paragraph in the middle cut": (*FERRY[:2], *FERRY[3:]),
    "in one piece": (" ".join(FERRY),),
}


@pytest.mark.parametrize("text", WIRE.values(), ids=WIRE)
def test_wire_copy(text):
    """One text at two publishers under other titles is F307, trimmed, with a lead of its own, or in one paragraph."""
    second = item("osterby.xml", id="9", url="https://osterby.example/n/9", title="Farewell to a queen of the sound", published="2026-11-03T10:00:00Z", text=text)
    assert kind(item(), second) == "F307"


def test_a_wire_story_with_other_facts_is_no_copy():
    """Two publishers with one text and two numbers: no copy, whatever the likeness; the facts are shown."""
    second = item("osterby.xml", id="9", url="https://osterby.example/n/9", title="Farewell to a queen", text=UPDATES["a fact changed"])
    result = found(item(), second)
    assert not result.clusters
    assert [(aside.rule, aside.differences[0].keeper, aside.differences[0].duplicate) for aside in result.asides] == [("F315", "twelve", "twenty")]


def test_summary_and_full_text():
    """One page as a summary in one feed and in full in another is F308, and the full text is the original."""
    first, second = item("short.xml", id="1", text=FERRY[:1]), item(id="2")
    (cluster,) = found(first, second).clusters
    assert (cluster.members[0].rule, cluster.original.source, cluster.why) == ("F308", "gazette.xml", "the fuller text")


def test_a_summary_with_words_of_its_own():
    """How much of a summary stands in the full text is said as it was measured, not as all of it."""
    first, second = item(id="2"), item("short.xml", id="1", text=(FERRY[0] + " Read what divers hope for.",))
    (cluster,) = found(first, second).clusters
    (member,) = cluster.members
    assert member.rule == "F308"
    assert any(said.startswith("86 % of its 37 words") for said in member.evidence), member.evidence


def test_texts_without_any_address():
    """In a folder or a table nothing tells who published what: equal texts are F309, a text inside another F308."""
    plain = {"id": "", "url": "", "title": "", "published": ""}
    kinds = {"texts": "folder"}
    assert kind(item("texts", **plain), item("texts", **plain), kinds=kinds) == "F309"
    assert kind(item("texts", **plain), item("texts", **plain, text=FERRY[1:3]), kinds=kinds) == "F308"
    assert kind(item("texts", **plain), item("texts", **plain, text=UPDATES["a fact changed"]), kinds=kinds) == "F315"


def test_addresses_alone():
    """A sitemap has no texts: one address in two dresses is F302, and that no text was compared is said."""
    first = item("map.xml", id="", title="", text="", url="https://gazette.example/a")
    second = item("map.xml", id="", title="", text="", url="http://www.gazette.example/a/")
    (cluster,) = found(first, second, kinds={"map.xml": "sitemap"}).clusters
    assert (cluster.members[0].rule, cluster.members[0].scores) == ("F302", None)
    assert "no text to compare" in cluster.members[0].evidence


# --- what only looks like a copy -----------------------------------------------------------------------------------------


def test_a_reused_id():
    """One id with two stories is no copy: F313, since readers that go by ids lose one of them."""
    assert kind(item(), item(url=SITE.format("bread"), title="Keeping a starter", text=BREAD)) == "F313"


def test_an_id_of_a_feed_is_its_own():
    """The id "1" in two feeds says nothing; an address or a tag: name in two feeds does."""
    second = item("bakery.xml", id="1", url="https://bakery.example/1", title="Keeping a starter", text=BREAD)
    assert kind(item(id="1"), second) == ""
    assert kind(item(id="tag:gazette.example,2026:1"), second._replace(id="tag:gazette.example,2026:1")) == "F313"


def test_a_live_blog():
    """Entries of one page that say different things are F314."""
    first = item(id="1", url=SITE.format("live") + "#post-1", title="Live: the ferry", text=FERRY[:1])
    second = item(id="2", url=SITE.format("live") + "#post-2", title="Live: the ferry", text=FERRY[3:4])
    assert kind(first, second) == "F314"


def test_a_link_to_the_front_page():
    """Items that all lead to the front page share no page."""
    home = "https://gazette.example/"
    assert kind(item(id="1", url=home), item(id="2", url=home, title="Keeping a starter", text=BREAD)) == ""


def test_a_column_with_one_title():
    """One title with other text is F312: "Editorial" is not a story."""
    second = item(id="2", url=SITE.format("column-2"), title="Letters to the editor", text=BREAD)
    assert kind(item(title="Letters to the editor"), second) == "F312"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour notes, part 1", "Harbour notes, part 2"),
        ("The week in Westhaven: 3 November", "The week in Westhaven: 10 November"),
        ("Release 4.2.1 of the tide tables", "Release 4.2.2 of the tide tables"),
        ("Council diary for Monday", "Council diary for Friday"),
    ],
)
def test_a_series(one, other):
    """Titles that differ in numbers or dates are a series (F311), with other texts and with the same."""
    first, second = item(title=one), item(id="2", url=SITE.format("next"), title=other, published="2026-11-10T08:00:00Z")
    assert kind(first, second._replace(text="\n\n".join(BREAD))) == "F311"
    assert kind(first, second) == "F311"


def test_a_series_whose_titles_go_on():
    """Titles that begin alike up to a number that differs are a series, even where one text stands under both."""
    second = item(id="2", url=SITE.format("next"), title="Harbour letter #10 - Who pays the pilots, and why", published="2026-11-10T08:00:00Z")
    assert kind(item(title="Harbour letter #9 - On tides and gulls"), second) == "F311"


def test_a_podcast():
    """Two recordings under one text are F316."""
    first = item(title="Voices of the harbour", media=("https://cdn.example/1.mp3",))
    second = item(id="2", url=SITE.format("e2"), title="More voices", media=("https://cdn.example/2.mp3",), published="2026-11-10T08:00:00Z")
    assert kind(first, second) == "F316"


def test_a_recording_under_two_addresses_of_one_page():
    """The same recording counted by two senders is one recording."""
    first = item(media=("https://cdn.example/1.mp3?utm_source=feed",))
    assert kind(first, item(id="2", media=("http://cdn.example/1.mp3",))) == "F303"


def test_template_notices():
    """Notices of one template with other numbers are F315 where their titles are alike, at one publisher and at two."""
    def notice(n, a, b, source="gazette.xml", host="www.gazette.example"):
        return item(source, id=f"https://{host}/?p={n}", url=f"https://{host}/n/{n}", title="Notice of the polling committee", text=NOTICE[0].format(n=n, a=a, b=b), published=f"2026-11-{n:02}T08:00:00Z")

    assert kind(notice(3, 812, 11), notice(8, 640, 9)) == "F315"
    assert kind(notice(3, 812, 11), notice(8, 640, 9, "osterby.xml", "osterby.example")) == "F315"


def test_short_texts_tell_nothing():
    """A few words are no evidence: "Comments" under two links is nothing, and neither is one short sentence."""
    for said in ("Comments", "Read the full story on our site today.", "The committee met on the usual day and in the usual place."):
        first = item(title="Old ferry sinks", text=(said,))
        assert kind(first, item(id="2", url=SITE.format("bread"), title="Keeping a starter", text=(said,))) == ""


def test_the_opening_of_a_newsletter():
    """What a newsletter says at the head of each issue, in two states, is no story: the issues are behind it."""
    opening = (
        "This is a bonus issue of the harbour letter for all readers. Each month we look at what skippers and pilots pay, what is built and "
        "what is let go. Today we cover one of {} subjects from last week's letter. To have all of it every Thursday, subscribe here, "
        "and thank you for reading."
    )
    first = item(title="The tide: what dredging costs", text=opening.format("four"))
    second = item(id="2", url=SITE.format("pilots"), title="Who pays the pilots", text=opening.format("three").replace("last week's", "this week's"), published="2026-11-09T08:00:00Z")
    assert not found(first, second).clusters
    assert not found(first, second._replace(text=opening.format("four").replace("harbour letter", "letter"))).clusters


def test_one_name_in_two_spellings():
    """"U.S." and "US" are one name, and no fact that differs."""
    first = item("one.xml", text=(*FERRY[:4], "An inquiry by the U.S. coast guard begins on Thursday in the old customs house."))
    second = item("osterby.xml", id="9", url="https://osterby.example/n/9", text=(*FERRY[:4], "An inquiry by the US coast guard begins on Thursday in the old customs house."))
    assert kind(first, second) == "F307"


def test_two_stories():
    """Two stories have nothing to do with each other."""
    assert kind(item(), item(id="2", url=SITE.format("bread"), title="Keeping a starter", text=BREAD)) == ""


# --- which is the original -------------------------------------------------------------------------------------------------


def test_the_earlier_is_the_original():
    """The one that was published first, in whatever order the feeds are given."""
    wire = item("osterby.xml", id="9", url="https://osterby.example/n/9", title="Farewell", published="2026-11-03T10:00:00Z")
    for first, second in ((item(), wire), (wire, item())):
        (cluster,) = found(first, second).clusters
        assert (cluster.original.source, cluster.why) == ("gazette.xml", "published first")


def test_the_canonical_comes_before_the_earlier():
    """Who names another page as its original is a copy, even if it was published first."""
    wire = item("osterby.xml", id="9", url="https://osterby.example/n/9", canonical="http://gazette.example/2026/11/ferry?utm_source=x", published="2026-11-01T10:00:00Z")
    (cluster,) = found(wire, item()).clusters
    assert (cluster.original.source, cluster.why) == ("gazette.xml", "the others name another page as their original")


def test_priority_comes_before_all():
    """What the user's list of sources says comes before canonical links and dates."""
    wire = item("osterby.xml", id="9", url="https://osterby.example/n/9", published="2026-11-05T10:00:00Z")
    (cluster,) = found(item(), wire, priority=("osterby.xml",)).clusters
    assert (cluster.original.source, cluster.why) == ("osterby.xml", "its source comes first in the list of priorities")
