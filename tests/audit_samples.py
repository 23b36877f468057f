"""An audit made by hand: several sources, every relation, every kind of finding, and what people write into feeds."""

from __future__ import annotations

from cleaner.feeds.item import Item, Source
from cleaner.model import SAME, Difference, Problem, Scores
from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Cluster, Member

NEWS, WIRE, CITY, MAP = "feeds/harbour.xml", "https://wire.example.org/rss", "city/atom.xml", "https://city.example.com/sitemap.xml"

STORM = (
    "A storm halted the ferry between the old harbour and the island on Friday evening. The harbour office said that 12 people "
    "were taken ashore by the pilot boat, and that nobody was hurt.\n\nThe first boat is to leave again on Sunday at seven, "
    "if the wind allows it. Tickets for Saturday stay valid for a month, the company said.\n\nIt was the third storm in a "
    "week. Fishermen had tied up their boats on Thursday already."
)
LATER = STORM.replace("12 people", "14 people").replace("nobody was hurt", "two of them were hurt") + "\n\nAn inquiry was opened on Saturday."
BRIDGE = "The council voted for the new bridge on Monday, after a debate of three hours. Work begins in spring and is to last for two years."
LOCAL = "Readers in the valley will pass it every day. " + BRIDGE.replace(" Work begins in spring and is to last for two years.", "")
MARKET = "The fish market opens an hour earlier from May on. Stalls may be booked at the harbour office until the end of April."
QUAY = "The quay is closed to cars. It stays open to people on foot, and to the bus. The works end in June, weather permitting."
ADVICE = {
    "F301": "Give each item an id of its own and list it once: in RSS, a guid identifies one item.",
    "F302": "Write one form of the address everywhere, and name it with rel=\"canonical\".",
    "F304": "Keep the guid when a story is published again; Atom: an entry's id never changes.",
    "F306": "Keep the id of the story and change `updated`, so that readers see one entry with its newest text.",
    "F307": "Name the source with a link to the original, and let only one of your feeds carry wire copy.",
    "F308": "Give readers the full text in both, or link the summary to the full text.",
    "F309": "Join the two, or say in the text what is new in the second.",
    "F320": "Change `updated` and say at the end of the text what was corrected.",
}


def item(source: str, number: int, title: str, date: str = "", text: str = "", **more: object) -> Item:
    fields: dict[str, object] = {"id": f"tag:{number}", "url": f"https://news.example.org/{number}", **more}
    key = f"{source}#{fields['id'] or fields['url'] or number}"
    return Item(key, source, number, title=title, published=date, text=text, **fields)  # type: ignore[arg-type]


def member(copy: Item, relation: str, rule: str, **more: object) -> Member:
    fields: dict[str, object] = {"advice": ADVICE.get(rule, ""), "id": f"{rule.lower()}{copy.number:016d}", **more}
    return Member(copy, relation, rule, **fields)  # type: ignore[arg-type]


def sample() -> Audit:
    storm = item(NEWS, 1, "Storm halts the ferry to the island", "2026-11-20T18:05:00Z", STORM)
    wired = item(WIRE, 1, "Storm halts the ferry to the island", "2026-11-20T19:40:00Z", STORM, url="http://www.news.example.org/1?utm_source=wire", id="w1")
    later = item(NEWS, 2, "Storm halts the ferry to the island: two hurt", "2026-11-22T07:15:00Z", LATER)
    again = item(CITY, 1, "Ferry halted by storm", "2026-11-24", STORM.replace("Friday", "Friday 20 November"), id="")
    bridge = item(WIRE, 2, "Council votes for the new bridge", "2026-11-16T12:00:00Z", BRIDGE, canonical="https://news.example.org/2")
    valley = item(CITY, 2, "Valley gets its bridge at last", "2026-11-17T06:00:00Z", LOCAL)
    brief = item(NEWS, 3, "Council votes for the new bridge", "2026-11-16T14:30:00Z", BRIDGE[:74])
    market = item(NEWS, 4, "渡し船の運休 🐟 fish market opens earlier", "2026-11-18", MARKET)
    market2 = item(NEWS, 5, "渡し船の運休 🐟 fish market opens earlier", "2026-11-18", MARKET, id="tag:4")
    quay = item(CITY, 3, "Quay closed to cars", "2026-11-10T09:00:00Z", QUAY)
    quay2 = item(CITY, 4, "The quay is closed to cars", "2026-11-11T09:00:00Z", QUAY.replace("The works end", "The works are to end"))
    old = item(WIRE, 9, "A walk along the lighthouse road", "2025-03-02T10:00:00Z", MARKET[::-1], seen="2025-03-02T11:00:00Z")
    old2 = item(WIRE, 3, "A walk along the lighthouse road", "2026-11-21T10:00:00Z", MARKET[::-1])
    week = [item(NEWS, 10 + at, f"The harbour in numbers, week {at}", f"2026-11-{at:02d}T05:00:00Z", f"{at * 7} ships came in week {at}.") for at in range(2, 24, 7)]
    fill = [item(WIRE, 20 + at, f"Notes from pier {at}", f"2026-11-{1 + at % 24:02d}T11:00:00Z", f"Pier {at} was quiet.") for at in range(36)]
    pages = [item(MAP, at, "", f"2026-11-{at:02d}", "", id="", url=f"https://city.example.com/page/{at}") for at in range(1, 8)]
    undated = item(CITY, 5, "Opening hours", "", "Open from nine to five.", id="", notes=("no id", "no date"))
    clusters = (
        Cluster(
            "9a01c4e2d6b8f0123456",
            storm,
            "its own link is the canonical one",
            (
                member(wired, "same-link", "F302", scores=SAME, evidence=("same link but for www, http and utm_source",)),
                member(
                    later,
                    "updated",
                    "F306",
                    scores=Scores(0.81, 0.88, 0.9),
                    evidence=("two days later in the same feed", "the facts differ"),
                    differences=(Difference("number", "12", "14"), Difference("negation", "nobody was", "two of them were")),
                ),
                member(again, "republished", "F304", scores=Scores(0.95, 0.985, 0.99), evidence=("the same text four days later",), status="known"),
            ),
        ),
        Cluster(
            "9a02c4e2d6b8f0123456",
            bridge,
            "published first",
            (
                member(brief, "contained", "F308", scores=Scores(0.5, 0.61, 0.97), evidence=("a summary of the full text", "the same title")),
                member(valley, "syndicated", "F307", scores=Scores(0.55, 0.72, 0.9), evidence=("a local lead of 9 words", "the last sentence is missing")),
            ),
        ),
        Cluster("9a03c4e2d6b8f0123456", market, "first in its source", (member(market2, "same-id", "F301", scores=SAME, evidence=("id tag:4 again",)),)),
        Cluster(
            "9a04c4e2d6b8f0123456",
            quay,
            "published first",
            (member(quay2, "near", "F309", scores=Scores(0.83, 0.93, 0.9), evidence=("title and text differ in a few words",)),),
        ),
        Cluster("9a05c4e2d6b8f0123456", old, "published first", (member(old2, "republished", "F304", scores=SAME, evidence=("628 days later, with nothing new",), status="accepted"),)),
    )
    asides = (
        Aside("F311", "A series: the titles differ in their number, and so do the texts.", tuple(week), (Difference("number", "14", "63"),), "a1"),
        Aside("F312", "The same title, and another text.", (fill[3], fill[4]), (), "a2", "known"),
    )
    passages = (
        Boilerplate(WIRE, "Sign up for our letter from the harbour.\n\nIt comes every Friday.", 34, 39, (fill[0].key, fill[1].key), "Put it into the page's template and not into the item.", "b1"),
    )
    changes = (
        Change(
            "F320",
            undated._replace(text="Open from nine to six."),
            undated._replace(seen="2026-11-01T04:00:00Z"),
            Scores(0.6, 0.8, 0.8),
            (Difference("word", "five", "six"),),
            ("the text changed, and no date did",),
            ADVICE["F320"],
            "c1",
        ),
        Change("F305", quay._replace(title="Quay closed to cars until June"), quay._replace(seen="2026-11-10T10:00:00Z"), None, (), ("another title",), "", "c2", "known"),
    )
    sources = (
        Source(NEWS, "RSS 2.0", (storm, later, brief, market, market2, *week), "The Harbour News", "https://news.example.org", ("not well-formed: a tag is not closed in line 81; read all the same",)),
        Source(WIRE, "RSS 2.0", (wired, bridge, old2, *fill), "Wire 渡し船", "https://wire.example.org"),
        Source(CITY, "Atom 1.0", (again, valley, quay, quay2, undated), "City pages", "https://city.example.com", ("2 entries without id",), unchanged=True),
        Source(MAP, "sitemap", pages),
    )
    errors = (Problem("https://gone.example.org/feed", "the server answers 410: it is gone for good; take it out of the list"),)
    fresh = frozenset(each.key for source in sources for each in source.items)
    return Audit(sources, clusters, asides, passages, changes, errors, 0.25, "cleaner.db", fresh, ("the history was set aside: it is of a newer version",))


def hostile(text: str) -> Audit:
    """Return the sample with one text wherever a publisher, a server or a file name may put one."""

    def spoilt(given: Item) -> Item:
        return given._replace(
            source=f"{given.source}{text}", key=f"{given.key}{text}", title=text, url=text, id=text, canonical=text, text=f"{given.text} {text} {given.number}", summary=text,
            notes=(text,), media=(text,),
        )

    def bad(found):  # any of the findings
        given = {"evidence": (text,), "advice": text, "differences": (Difference(text, text, text + "!"),)}
        return found._replace(**{name: value for name, value in given.items() if name in found._fields})

    whole = sample()
    return whole._replace(
        sources=tuple(
            Source(f"{each.name}{text}", text, tuple(map(spoilt, each.items)), text, text, (text,)) for each in whole.sources
        ),
        clusters=tuple(
            Cluster(each.id + text, spoilt(each.original), text, tuple(bad(found)._replace(item=spoilt(found.item), id=text) for found in each.members))
            for each in whole.clusters
        ),
        asides=tuple(bad(each)._replace(items=tuple(map(spoilt, each.items)), reason=text) for each in whole.asides),
        boilerplate=tuple(bad(each)._replace(text=text, source=each.source + text, keys=(text,)) for each in whole.boilerplate),
        changes=tuple(bad(each)._replace(item=spoilt(each.item), before=spoilt(each.before)) for each in whole.changes),
        errors=(Problem(text, text),),
        notes=(text,),
        history=text,
    )


def many(stories: int, copies: int = 1) -> Audit:
    """Return an audit of one source with so many stories, each with so many copies."""
    items, clusters = [], []
    for at in range(stories):
        words = " ".join(f"word{(at * 7 + step) % 997}" for step in range(150))
        original = item("big.xml", at * 10, f"Story number {at}", f"2026-{1 + at % 12:02d}-{1 + at % 28:02d}", words)
        others = [original._replace(key=f"{original.key}-{nth}", number=original.number + nth, text=f"{words} {nth}") for nth in range(1, copies + 1)]
        items += [original, *others]
        clusters.append(Cluster(f"{at:020d}", original, "published first", tuple(member(each, "near", "F309", scores=Scores(0.9, 0.98, 0.99)) for each in others)))
    return Audit((Source("big.xml", "RSS 2.0", tuple(items)),), tuple(clusters))
