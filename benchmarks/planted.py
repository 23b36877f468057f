"""
Feeds with planted duplicates of each kind, and what was planted: for benchmarks/audit.py and the tests.

All text is made up by a small grammar; one seed always gives the same feeds. One item in five is a copy or looks like one.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from html import escape
from typing import NamedTuple

_SYLLABLES = "ba be bi bo bra bre da de di do dra fa fe fi fla flo ga ge glo gra ha he hi ho ka ke kla ko kra la le li lo lu ma me mi mo na ne ni no pa pe pla po ra re ri ro sa se si sko sla sta ta te ti to tra va ve vi vo wa we wi".split()
_NOUNS = (
    "harbour bridge council school market tram library museum river station farm orchard hospital theatre ferry lighthouse square "
    "archive bakery brewery cellar chapel clinic college court dam depot factory fountain gallery garden garage hall hangar hostel "
    "inn island junction kiosk laboratory lane lock mill mine monument nursery observatory office palace park path pier plaza pool "
    "port quarry quay railway refuge reservoir road roof shed shelter shop spring stable stadium street studio tower track tunnel "
    "university valley vault vineyard wall warehouse wharf windmill workshop yard budget contract delay design dispute election "
    "exhibition festival forecast grant hearing inquiry lawsuit licence meeting merger permit petition plan proposal protest repair "
    "report reform rescue review rule strike storm survey tender trial vote warning"
).split()
_VERBS = (
    "approved delayed reopened postponed closed extended replaced rejected welcomed criticised funded inspected defended questioned "
    "repaired renamed restored sold shared moved opened planned praised protected published rebuilt reduced rented reviewed"
).split()
_ADJECTIVES = (
    "old new narrow northern southern eastern western wooden regional crowded empty flooded damaged historic modern temporary "
    "expensive modest popular private public quiet remote rural small steep sunken tall unfinished wide winding"
).split()
_ENDS = (
    "although few residents had expected it", "after a debate that lasted until midnight", "because the money had run out",
    "while work on the roof goes on", "as several witnesses confirmed", "before the season begins", "since no other bid came in",
    "despite a warning by engineers", "so that traffic can pass again", "and nobody objected", "until the courts decide",
)
_BOILERPLATE = (
    "Sign up for our morning letter and never miss a story from your region.",
    "Follow us wherever you read, and tell a friend about this site.",
)


class Story(NamedTuple):
    title: str
    paragraphs: tuple[str, ...]


class Entry(NamedTuple):
    """An item as it goes into a feed."""

    feed: int
    guid: str
    link: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    enclosure: str = ""


class Planted(NamedTuple):
    """
    What was made.

    Attributes:
        feeds: The bytes of each feed (RSS 2.0), by its file's name.
        copies: For each planted copy: (feed's name, place in it from 1) -> (rule, (feed's name, place) of the original).
        negatives: The places of what only looks like a copy -> the sort of it.
        items: How many items there are.
        boilerplate: (feed's name, passage) that stands in each item of that feed.
    """

    feeds: dict[str, bytes]
    copies: dict[tuple[str, int], tuple[str, tuple[str, int]]]
    negatives: dict[tuple[str, int], str]
    items: int
    boilerplate: tuple[tuple[str, str], ...]


KINDS = ("F301", "F302", "F303", "F304", "F305", "F306", "F307", "F308")
NEGATIVES = ("series", "column", "live blog", "podcast", "template", "other story")


def planted(items: int, seed: int = 1) -> Planted:
    """Make feeds with so many items in all, spread over eight publishers, each with a feed and a second, short one."""
    return _Maker(items, seed).make()


class _Maker:
    def __init__(self, items: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = ["".join(self.random.choice(_SYLLABLES) for _ in range(3)).title() for _ in range(400)]
        self.wanted = items
        self.entries: list[Entry] = []
        self.copies: list[tuple[int, str, int]] = []  # place, rule, original's place
        self.negatives: list[tuple[int, str]] = []
        self.count = 0
        self.clock = datetime(2024, 1, 1, tzinfo=UTC)

    def make(self) -> Planted:
        while len(self.entries) < self.wanted:
            self.clock += timedelta(minutes=self.random.randint(5, 50))
            roll = self.random.random()
            if roll < 0.10:
                self._negative(self.random.choice(NEGATIVES))
                continue
            place = self._add(self._original(self.random.randrange(8)))
            if roll < 0.22:
                rule = self.random.choice(KINDS)
                for _ in range(2 if rule == "F307" and self.random.random() < 0.5 else 1):
                    self.copies.append((self._add(self._copy(self.entries[place], rule)), rule, place))
        return self._written()

    # --- stories ---

    def _sentence(self) -> str:
        pick = self.random.choice
        return (
            f"The {pick(_ADJECTIVES)} {pick(_NOUNS)} {pick(_VERBS)} the {pick(_NOUNS)} of {pick(self.names)}, {pick(_ENDS)}, "
            f"{pick(self.names)} of the {pick(_NOUNS)} said."
            if self.random.random() < 0.6
            else f"{pick(self.names)} has {pick(_VERBS)} {self.random.randint(2, 900)} places at the {pick(_ADJECTIVES)} {pick(_NOUNS)}, {pick(_ENDS)}."
        )

    def _paragraph(self) -> str:
        return " ".join(self._sentence() for _ in range(self.random.randint(2, 4)))

    def _title(self) -> str:
        pick = self.random.choice
        return f"{pick(self.names)} {pick(_NOUNS)} {pick(_VERBS)} as {pick(_ADJECTIVES)} {pick(_NOUNS)} of {pick(self.names)} waits"

    def _story(self) -> Story:
        return Story(self._title(), tuple(self._paragraph() for _ in range(self.random.randint(3, 8))))

    def _original(self, feed: int) -> Entry:
        story = self._story()
        self.count += 1
        return Entry(feed, self._guid(feed), self._link(feed, story.title), story.title, story.paragraphs, self.clock)

    def _guid(self, feed: int) -> str:
        self.count += 1
        return f"https://www.paper{feed % 8}.example/?p={self.count}"

    def _link(self, feed: int, title: str) -> str:
        self.count += 1
        slug = "-".join(title.lower().split()[:5])
        return f"https://www.paper{feed % 8}.example/{self.clock:%Y/%m}/{slug}-{self.count}/"

    # --- copies ---

    def _copy(self, first: Entry, rule: str) -> Entry:
        soon = first.published + timedelta(hours=self.random.randint(1, 20))
        second = first.feed + 8  # the publisher's other feed
        match rule:
            case "F301":
                return first
            case "F302":
                return first._replace(feed=second, guid=self._guid(first.feed), link=self._dressed(first.link))
            case "F303":
                return first._replace(guid=self._guid(first.feed))
            case "F304":
                later = first.published + timedelta(days=self.random.randint(20, 400))
                return first._replace(guid=self._guid(first.feed), link=self._link(first.feed, first.title), published=later)
            case "F305":
                return first._replace(title=self._corrected(first.title), published=soon)
            case "F306":
                return first._replace(paragraphs=self._updated(first.paragraphs), published=soon)
            case "F307":
                return self._wire(first, soon)
            case _:
                return first._replace(feed=second, guid=self._guid(first.feed), paragraphs=(first.paragraphs[0],))

    def _dressed(self, link: str) -> str:
        return self.random.choice(
            (
                link + "?utm_source=rss&utm_medium=feed",
                link.replace("https://www.", "http://"),
                link.replace("https://www.", "https://m."),
                link + "amp/",
                link.rstrip("/") + "#comments",
                link + "?fbclid=" + str(self.random.randint(10**9, 10**10)),
            )
        )

    def _corrected(self, title: str) -> str:
        words = title.split()
        words[-3] = "reopened"
        return " ".join([*words[:2], "finally", *words[2:]])

    def _updated(self, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
        return (paragraphs[0] + f" At least {self.random.randint(2, 90)} people took part.", *paragraphs[1:], self._paragraph())

    def _wire(self, first: Entry, soon: datetime) -> Entry:
        feed = (first.feed + self.random.randint(1, 7)) % 8
        paragraphs = first.paragraphs
        if self.random.random() < 0.6 and len(paragraphs) > 3:
            paragraphs = paragraphs[: -(len(paragraphs) // 4 or 1)]
        if self.random.random() < 0.5:
            paragraphs = (self._sentence(), *paragraphs)
        title = self._title() if self.random.random() < 0.7 else first.title
        return Entry(feed, self._guid(feed), self._link(feed, title), title, paragraphs, soon)

    # --- what only looks like copies ---

    def _negative(self, sort: str) -> None:
        feed = self.random.randrange(8)
        title = self._title()
        shared = self._paragraph()
        link = self._link(feed, title)
        for number in range(1, self.random.randint(3, 5)):
            self.clock += timedelta(days=1)
            entry = Entry(feed, self._guid(feed), self._link(feed, title), title, self._story().paragraphs, self.clock)
            match sort:
                case "series":
                    entry = entry._replace(title=f"{title}: part {number}")
                case "live blog":
                    entry = entry._replace(title=f"Live: {self._title()}", link=f"{link}#post-{self.count}", paragraphs=(self._paragraph(),))
                case "podcast":
                    entry = entry._replace(title=f"{title}, episode {number}", paragraphs=(shared,), enclosure=f"{link}episode-{number}.mp3")
                case "template":
                    named, other = self.random.randint(100, 999), self.random.randint(1000, 9999)
                    said = f"The {title.split()[1]} committee of ward {number} met at seven. It counted {named} ballots, of which {other // 100} were void, and spent {other} on the new hall. " + shared
                    entry = entry._replace(title=f"Notice of ward {number}: {title}", paragraphs=(said,))
                case "other story":
                    entry = entry._replace(feed=(feed + number) % 8, title=" ".join(title.split()[:3]))
            self.negatives.append((self._add(entry), sort))

    # --- feeds ---

    def _add(self, entry: Entry) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def _written(self) -> Planted:
        where: dict[int, tuple[str, int]] = {}
        lines: dict[str, list[str]] = {}
        for place, entry in enumerate(self.entries):
            name = _name(entry.feed)
            lines.setdefault(name, []).append(_item(entry))
            where[place] = name, len(lines[name])
        feeds = {name: _feed(name, rows) for name, rows in sorted(lines.items())}
        copies = {where[copy]: (rule, where[first]) for copy, rule, first in self.copies}
        negatives = {where[place]: sort for place, sort in self.negatives}
        boilerplate = tuple((_name(feed), _BOILERPLATE[feed % 2]) for feed in (0, 1, 2) if _name(feed) in feeds)
        return Planted(feeds, copies, negatives, len(self.entries), boilerplate)


def _name(feed: int) -> str:
    return f"paper{feed % 8}{'-short' if feed >= 8 else ''}.xml"


def _item(entry: Entry) -> str:
    paragraphs = [*entry.paragraphs, *([_BOILERPLATE[entry.feed % 2]] if entry.feed in (0, 1, 2) else [])]
    if entry.feed == 1:
        paragraphs.append(f'The post <a href="{escape(entry.link)}">{entry.title}</a> appeared first on Paper 1.')
    body = _FIGURE.format(link=escape(entry.link), title=escape(entry.title)) + "".join(_marked(entry, at, each) for at, each in enumerate(paragraphs))
    enclosure = f'<enclosure url="{escape(entry.enclosure)}" type="audio/mpeg" length="1"/>' if entry.enclosure else ""
    return (
        f'<item><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link><guid isPermaLink="false">{escape(entry.guid)}</guid>'
        f"<pubDate>{entry.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate>{enclosure}<description>{escape(body)}</description></item>"
    )


# As content management systems write it: a figure with its sizes first, links and emphasis in the text.
_FIGURE = (
    '<figure class="wp-block-image size-large" id="lead"><a href="{link}"><img src="{link}lead-1024x683.jpg" alt="{title}" width="1024" height="683" '
    'srcset="{link}lead-300x200.jpg 300w, {link}lead-768x512.jpg 768w, {link}lead-1024x683.jpg 1024w" sizes="(max-width: 1024px) 100vw" '
    'loading="lazy" decoding="async" /></a></figure>\n'
)


def _marked(entry: Entry, at: int, paragraph: str) -> str:
    words = paragraph.split(" ")
    if "<" in paragraph or len(words) < 12:
        return f"<p>{paragraph}</p>\n"
    words[3] = f'<a href="{escape(entry.link)}#n{at}" target="_blank" rel="noopener">{words[3]}</a>'
    words[8] = f"<strong>{words[8]}</strong>"
    return f'<p class="wp-block-paragraph" style="margin-top:0">{" ".join(words)}</p>\n\n'


def _feed(name: str, rows: list[str]) -> bytes:
    site = f"https://www.{name.partition('.')[0].removesuffix('-short')}.example/"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{name.partition(".")[0].title()}</title>'
        f"<link>{site}</link><description>Made up for measuring</description>{''.join(rows)}</channel></rss>"
    ).encode()
