"""
Two items held against each other: a copy of which kind, an update, or two stories that only look alike.

The ladder is read from top to bottom, and each rung says why. Identity (one id, one page) says that two items *should* be one
story; the texts say whether they are. Without identity the texts have to say it alone, and facts that differ end it: a notice of
another ward's results is 95 % alike and another story. With identity the same facts make it an update, which is never a copy to
drop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from cleaner import headline
from cleaner.feeds import urls
from cleaner.feeds.item import Item
from cleaner.model import Difference, Scores
from cleaner.stories.compare import RELATED, Reading, compare
from cleaner.stories.entry import Entry, same_id, same_publisher
from cleaner.stories.model import Relation

#: Both texts say so much of each other: one text in two states.
NEAR = 0.9
#: So many words that only the later of two states has make it an update; where it only lacks some, it has to say less than this.
MANY, CUT = 8, 0.7
#: The shorter says little that the longer does not.
CONTAINED = 0.85
#: What two publishers share without identity has to be so many words, and so much of the copy.
SHARED_WORDS, SHARED_PART = 50, 0.6
#: Without identity: texts of fewer words are no evidence, with one title and with two.
FEWEST_SAME_TITLE, FEWEST_OTHER_TITLE = 20, 40
#: One publisher, two titles, and texts that are not quite the same.
FEWEST_REWORDED = 100
#: A summary is at most so much of the full text.
SUMMARY = 0.6
#: Two titles that differ in more words, none of them a figure, are worded anew: no two of their words are opposites of one another.
_REWORDED = 6
#: An update that comes as a new item comes within so many days; later it is the next of a series.
UPDATE_DAYS = 3

#: What a kind is in the report's schema. F303 and F305 go by what else is the same.
RELATIONS: dict[str, Relation] = {
    "F301": "same-id",
    "F302": "same-link",
    "F303": "republished",
    "F304": "republished",
    "F305": "updated",
    "F306": "updated",
    "F307": "syndicated",
    "F308": "contained",
    "F309": "near",
}


_NUMBERED = re.compile(r"([^\W\d_][^\d]{0,60}?)\s*(?:#|no\.?|nr\.?|n°|№)?\s*(\d+)\b")


class Verdict(NamedTuple):
    """
    What two items are to each other.

    Attributes:
        rule: "F301" to "F309": the second repeats the first; "F311" to "F316": it looks like it and does not.
        evidence: What tells it, each a few words.
        reading: How their texts compare; None where one has none.
        reason: For what is no copy, why: one sentence.
    """

    rule: str
    evidence: tuple[str, ...] = ()
    reading: Reading | None = None
    reason: str = ""

    @property
    def is_copy(self) -> bool:
        return self.rule in RELATIONS

    @property
    def relation(self) -> Relation:
        if self.rule == "F303" and any(said.startswith("the same link") for said in self.evidence):
            return "same-link"
        return RELATIONS[self.rule]

    @property
    def scores(self) -> Scores | None:
        return self.reading.scores if self.reading else None

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.reading.differences if self.reading else ()


def judge(original: Entry, copy: Entry) -> Verdict | None:
    """
    Say what an item is to another one that comes before it.

    Args:
        original: The one that would stay: the canonical, the earlier or the fuller of the two.
        copy: The other one.

    Returns:
        A verdict; None where the two have nothing in common that a reader would ask about.
    """
    one_id, one_link = same_id(original, copy), bool(copy.link) and original.link == copy.link
    if not (original.body.tells and copy.body.tells):
        return _without_text(original, copy, one_id, one_link, _titles(original.item.title, copy.item.title))
    reading = compare(original.body, copy.body)
    if max(reading.of_original, reading.of_copy) < RELATED or reading.common < 4:
        return _other_text(original, copy, one_id, one_link, reading)
    titles = _titles(original.item.title, copy.item.title)
    if one_id or one_link:
        return _one_identity(original, copy, one_id, titles, reading)
    return _text_alone(original, copy, titles, reading)


def _without_text(original: Entry, copy: Entry, one_id: bool, one_link: bool, titles: str) -> Verdict | None:
    """Judge items of which one has no text, or next to none: by id, link and title alone."""
    evidence = (*_identity(original, copy, one_id, one_link), "no text to compare")
    if titles == "differing" and not (one_link and not copy.feed):
        if one_id or one_link:
            return Verdict("F306", (*evidence, *retitled(original.item, copy.item)))
        return None
    if one_id and titles != "other":
        return Verdict("F301", evidence)
    if one_link:
        return Verdict("F305" if titles == "other" and copy.feed else "F302", (*evidence, *(retitled(original.item, copy.item) if titles == "other" else ())))
    if one_id:
        return Verdict("F313", evidence, None, "one id, two titles, and no text to tell whether they are one story")
    if titles == "same":
        return Verdict("F312", evidence, None, "the title is the same; there is no text to compare")
    return None


def _other_text(original: Entry, copy: Entry, one_id: bool, one_link: bool, reading: Reading) -> Verdict | None:
    """Judge items whose texts have too little in common to be one story."""
    evidence = _identity(original, copy, one_id, one_link)
    if one_id:
        return Verdict("F313", evidence, reading, "two stories share one id: a reader that goes by ids shows only one of them")
    if one_link:
        fragments = {urls.link(original.item.url).fragment, urls.link(copy.item.url).fragment}
        places = "entries of one page, such as a live blog" if len(fragments) == 2 else "one link, two texts"
        return Verdict("F314", evidence, reading, f"{places}: they say different things")
    if _same_title(original.item.title, copy.item.title):
        return Verdict("F312", evidence, reading, "the title is the same, the text is another")
    return None


def _one_identity(original: Entry, copy: Entry, one_id: bool, titles: str, reading: Reading) -> Verdict:
    """Judge items that share an id or a link, and most of their text."""
    first, second = original.item, copy.item
    evidence = list(_identity(original, copy, one_id, bool(copy.link) and original.link == copy.link))
    same_source = first.source == second.source
    shorter, longer = sorted((original.body.size, copy.body.size))
    titled = retitled(first, second) if titles in ("other", "near", "differing") else ()
    places = {urls.link(item.url).fragment for item in (first, second)}
    if not one_id and len(places) == 2 and all(places) and min(reading.of_original, reading.of_copy) < NEAR:
        return Verdict("F314", tuple(evidence), reading, "two places of one page, such as entries of a live blog, that share some of their words")
    if reading.conflicts or reading.of_copy < NEAR or reading.of_original < CUT or _words(reading.only_copy) >= MANY:
        if not reading.conflicts and not same_source and shorter <= SUMMARY * longer and max(reading.of_original, reading.of_copy) >= CONTAINED:
            return Verdict("F308", (*evidence, _share(original, copy, reading)), reading)
        return Verdict("F306", (*evidence, *titled, *changed(reading)), reading)
    if titled:
        return Verdict("F305", (*evidence, *titled), reading)
    evidence += changed(reading)
    if one_id:
        return Verdict("F301", tuple(evidence), reading)
    apart = days(first.date, second.date)
    if same_source or same_publisher(original, copy):
        if apart is not None and apart >= 1:
            return Verdict("F304", (*evidence, _later(apart)), reading)
        if same_source and first.id and second.id:
            return Verdict("F303", tuple(evidence), reading)
    return Verdict("F302", tuple(evidence), reading)


def _text_alone(original: Entry, copy: Entry, titles: str, reading: Reading) -> Verdict | None:
    """Judge items that share neither id nor link: their texts have to say it, and a fact that differs ends it."""
    first, second = original.item, copy.item
    if titles == "differing":
        return Verdict("F311", (), reading, f"a series: the titles differ in {_facts(_title_facts(first.title, second.title))}")
    if first.media and second.media and not {*map(urls.form, first.media)} & {*map(urls.form, second.media)}:
        return Verdict("F316", (), reading, "two recordings: the texts are alike, what is played is not")
    own = same_publisher(original, copy)
    apart = days(first.date, second.date)
    if reading.conflicts:
        if own and titles == "same" and apart is not None and apart <= UPDATE_DAYS and original.feed and min(reading.of_original, reading.of_copy) >= SHARED_PART:
            return Verdict("F306", ("the same title", "under another id and link", *changed(reading)), reading)
        if min(reading.of_original, reading.of_copy) < RELATED:
            return None
        return Verdict("F315", (), reading, f"a near copy with other facts: {_facts(reading.conflicts)}")
    if reading.common < (FEWEST_SAME_TITLE if titles == "same" else FEWEST_OTHER_TITLE):
        return Verdict("F312", (), reading, "the title is the same; the texts are too short to tell") if titles == "same" else None
    if own and titles == "other" and reading.scores.ratio < 1 and reading.common < FEWEST_REWORDED:
        return None  # a newsletter's opening, in two states: what follows it is not in the feed
    evidence = [_share(original, copy, reading)] if reading.scores.ratio < 1 else ["the same text"]
    evidence += ["the same title"] if titles == "same" else []
    least, most = sorted((reading.of_original, reading.of_copy))
    if not (original.publisher or copy.publisher) and not (original.feed and own):
        if least >= NEAR:
            return Verdict("F309", tuple(evidence), reading)
        return Verdict("F308", tuple(evidence), reading) if most >= CONTAINED else None
    if own:
        if least >= NEAR:
            if apart is not None and apart >= 1:
                return Verdict("F304", (*evidence, _later(apart), "under another link"), reading)
            return Verdict("F303", (*evidence, "under another id and link" if first.id and second.id else "under another link"), reading)
        if most >= CONTAINED:
            grown = titles == "same" and apart is not None and apart <= UPDATE_DAYS and least >= SHARED_PART
            if grown and first.source == second.source:
                return Verdict("F306", (*evidence, "under another id and link", *changed(reading)), reading)
            return Verdict("F308", tuple(evidence), reading)
        if titles == "same" and least >= SHARED_PART and apart is not None and apart <= UPDATE_DAYS:
            return Verdict("F306", (*evidence, "under another id and link", *changed(reading)), reading)
        return None
    if most >= CONTAINED or least >= SHARED_PART or (reading.of_copy >= SHARED_PART and reading.common >= SHARED_WORDS):
        shorter, longer = sorted((original.body.size, copy.body.size))
        if most >= CONTAINED and shorter <= SUMMARY * longer and shorter <= 80:
            return Verdict("F308", tuple(evidence), reading)
        return Verdict("F307", (*evidence, *_wire(original, copy, titles, reading)), reading)
    return None


# --- what tells it -----------------------------------------------------------------------------------------------------


def _identity(original: Entry, copy: Entry, one_id: bool, one_link: bool) -> tuple[str, ...]:
    return (*_ids(original.item, copy.item, one_id), *_links(original.item, copy.item, one_link))


def _ids(first: Item, second: Item, same: bool) -> Iterator[str]:
    if same:
        yield f"the same id {first.id}" if len(first.id) <= 80 else "the same id"
    elif first.source == second.source and first.id and second.id:
        yield "another id"


def _links(first: Item, second: Item, same: bool) -> Iterator[str]:
    if same:
        folded = urls.apart(first.url, second.url)
        yield f"the same link but for {', '.join(folded)}" if folded else "the same link"


def retitled(first: Item, second: Item) -> tuple[str, ...]:
    """Say what the title of the first was."""
    return (f"the title was “{first.title}”",) if first.title and second.title else ()


def _later(apart: float) -> str:
    whole = round(apart)
    return f"dated {whole} day{'s' if whole != 1 else ''} later"


def _share(original: Entry, copy: Entry, reading: Reading) -> str:
    """Say how much of which text the other says, from the side of the one that says less of its own."""
    if reading.of_copy >= reading.of_original:
        return f"{_percent(reading.of_copy)} of its {copy.body.size} words stand in the original, which has {original.body.size}"
    return f"{_percent(reading.of_original)} of the original's {original.body.size} words stand in it; it has {copy.body.size}"


def _percent(share: float) -> str:
    return f"{int(share * 100 + 1e-9)} %"


def changed(reading: Reading) -> Iterator[str]:
    """Say what an update changed, in a few words."""
    if reading.conflicts:
        yield f"facts differ: {_facts(reading.conflicts)}"
    if reading.only_copy:
        yield f"{_words(reading.only_copy)} words added"
    if reading.only_original:
        yield f"{_words(reading.only_original)} words gone"


def _wire(original: Entry, copy: Entry, titles: str, reading: Reading) -> Iterator[str]:
    yield f"at {copy.publisher or copy.item.source}, the original at {original.publisher or original.item.source}"
    if titles in ("other", "near"):
        yield "under another title"
    if reading.leads:
        yield "with a beginning of its own"
    if reading.trimmed:
        yield "its end is cut"


def _words(passages: tuple[str, ...]) -> int:
    from cleaner.words import count

    return sum(count(passage) for passage in passages)


def _facts(differences: tuple[Difference, ...]) -> str:
    shown = [f"{each.keeper or 'nothing'} and {each.duplicate or 'nothing'}" for each in differences[:3]]
    return ", ".join(shown) + (f" and {len(differences) - 3} more" if len(differences) > 3 else "")


# --- titles and dates ---------------------------------------------------------------------------------------------------


def _titles(first: str, second: str) -> str:
    """Return "same", "near", "other", "none" where one has no title, or "differing" where two near titles differ in a fact."""
    if not first or not second:
        return "none"
    if _same_title(first, second):
        return "same"
    if _title_facts(first, second):
        return "differing"
    return "near" if _alike(first, second) >= 0.6 else "other"


def _same_title(first: str, second: str) -> bool:
    return bool(first) and (first == second or headline.same_title(first, second))


def _alike(first: str, second: str) -> float:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(headline.fold(first).split(), headline.fold(second).split())


def _title_facts(first: str, second: str) -> tuple[Difference, ...]:
    """Return the facts in which two titles contradict: "Episode 12" and "Episode 13", "Two killed" and "Four killed"."""
    if numbers := _numbered(first, second):
        return (Difference("number", *numbers),)
    if _alike(first, second) < 0.5:
        return ()
    from cleaner.match.facts import differences, named

    apart = {*headline.fold(first).split()} ^ {*headline.fold(second).split()}
    if len(apart) > _REWORDED and not any(named(word) or any(map(str.isdigit, word)) for word in apart):
        return ()
    turning = ("negation", "opposite")
    found = differences(first, second)
    return tuple(each for each in found if each.kind in turning or (each.kind in ("number", "date") and each.keeper and each.duplicate))


def _numbered(first: str, second: str) -> tuple[str, str] | None:
    """Return the numbers of two titles of a series that begin alike and go on as they like: "Letter #9: on tides", "Letter #10: on gulls"."""
    one, other = _NUMBERED.match(headline.fold(first)), _NUMBERED.match(headline.fold(second))
    if one and other and one[1] == other[1] and one[2] != other[2]:
        return one[2], other[2]
    return None


def days(first: str, second: str) -> float | None:
    """Return how many days lie between two dates (ISO 8601); None where either is none."""
    one, other = _moment(first), _moment(second)
    return abs((other - one).total_seconds()) / 86_400 if one and other else None


def _moment(date: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
