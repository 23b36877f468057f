"""
D121 doubled-word: "the the".

Function words doubled in a well-kept text are nearly always a slip, content words mostly meant ("really really", "template
template", "dot dot"). So what is found depends on the word and on the language around it; what is safe is a short list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from operator import eq
from typing import NamedTuple, TypeVar

from cleaner.model import PROSE, Confidence, Edit, Finding, Safety, Span
from cleaner.page import Page
from cleaner.words import MARKS, portions

T = TypeVar("T", bytes, str)

DOCS: dict[str, str] = {
    "D121": """\
# D121 doubled-word

## What it does

Finds a word that stands twice in a row with nothing but white space between, within a line or across one line end, and
removes the second. Of three in a row, two go. A doubled phrase of two or three words is found too ("in the in the").

## Why

It is a slip of the hand or a trace of an edit, and the eye skips it: the longer one has worked on a text, the better.

## Example

```text
Paris in the
the spring.
```

becomes

```text
Paris in the spring.
```

## How far to trust it

In English, a doubled function word is right about nine times in ten in well-kept text; *the, a, an, of, to, and, with,
from* in plain surroundings are safe to remove. Other function words are shown with an edit that waits for
`--unsafe-fixes`: "the book you log in in" can be meant. German, French and Spanish have lists of words that their grammar
never doubles; *die die*, *nous nous* are not among them. Doubled content words are shown with `--pedantic` only. Left
alone: code, addresses, names ("Duran Duran"), figures, quoted words, *had had*, *very very* and their like, headings that
say one word again, and text in other languages, many of which double words by rule.
""",
}

_SAFE = frozenset("the a an of to and with from".split())
_SHOWN: dict[str, frozenset[str]] = {
    "en": frozenset(
        "the a an of to in is and with be for from on by at as it or are we you this can will if was were has have not but "
        "than then when where which who what how into about after before between through without up these those their "
        "our your its also may must should would could been being does did use using each any only just still because "
        "while although however don't doesn't didn't can't cannot won't isn't aren't they he she i me my some".split()
    ),
    # Words that grammar never doubles. Not "die die", "das das", "sie sie", "zu zu", "von von" (der Leyen), "werden werden".
    "de": frozenset(
        "und oder für mit im vom zum zur am beim dass nicht auch eine einer eines einem einen sich gegen ohne aber kann ist "
        "wird ihre seine unter über wenn weil".split()
    ),
    # Not "nous nous", "vous vous", "en en", "que que".
    "fr": frozenset("de des du le la les un une et à dans pour avec sur par sont au aux qui ou mais ces cette leur plus".split()),
    # Not "que que", "se se", "no no".
    "es": frozenset("de el la los las un una y en con por para del al es su sus como pero más este esta".split()),
}
# Doubled on purpose, or to stress: nobody wants to hear of them.
_MEANT = frozenset(
    "had so very really many much far long blah etc well there now knock tick plus dot done same big never yes ok okay hear "
    "come go please way too more over again tut yadda la na no ha bye night that's her do like out all right chop cha "
    "sehr ganz viel viele nein ja oh ah très bien non oui muy mucho sí".split()
)
_PRONOUNS = frozenset("i you we they he she it that what who which this there one those".split())
# After these a doubled verb may end one clause and begin the next ("what it is is"), and so may a doubled pronoun after
# others ("if you like it it will"): shown only where a conjunction stands before it.
_VERBS = frozenset("is are was were has have does did be do can will been being may must should would could".split())
_SUBJECTS = frozenset("it you we they he she i me my this".split())
_JOINING = frozenset("as that if when because since where and but or while which so whether although for of in to".split())
# "the person I spoke to to get help"
_TO = frozenset(
    "talk talks talked talking speak speaks spoke speaking write wrote writing go goes going went gone refer refers referred "
    "referring listen listening turn turned turning belong belongs connect connected subscribe subscribed look looked "
    "reply replied respond add added point points pointing who whom".split()
)
_OPERATORS = frozenset("or not xor nor and operators operator keyword keywords".split())
# Phrases are shown where they hold one of the first and none of the second.
_ANCHORS = frozenset("the a an of for in is are was were with to from".split())
_TALK = frozenset("i you we he she they it me us no yes oh and or by after".split())


class _Word(NamedTuple):
    text: str
    low: str
    start: int
    end: int
    joined: bool  # only white space, and at most one line end, stands between it and the word before


class _Double(NamedTuple):
    """A word or phrase and its repeats, by their places in the list of words."""

    kept: tuple[int, ...]
    gone: int  # the first and the last word to remove
    last: int
    start: int  # where the text to remove begins
    end: int

    @property
    def first(self) -> int:
        return self.kept[0]


def find(page: Page) -> Iterator[Finding]:
    """Yield a finding for each doubled word or phrase in the page's prose. Linear in its text."""
    if not page.options.wants("D121"):
        return
    text = page.article.text
    said = dict.fromkeys(text[block.inner.start : block.inner.end] for block in page.firsts if block.kind in PROSE)
    plain = page.memory.plain if page.memory is not None else set()
    asked = [each for each in said if each not in plain]
    doubling = _doubling(asked)
    plain.update(each for each in asked if each not in doubling)
    if not doubling:
        return
    for block in page.prose():
        inner = text[block.inner.start : block.inner.end]
        if inner not in doubling:
            continue
        words = list(_words(text, block.inner, page.masks(block)))
        doubles = _doubles(words)
        if not doubles or len({word.low for word in words}) == 1:
            continue
        language = _language(page, inner, words)
        for double in doubles:
            if finding := _judge(page.article.text, block.inner, words, double, language):
                yield finding


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:[^\W_]+[{MARKS}]*)+(?:['’](?:[^\W_]+[{MARKS}]*)+)*")


@cache
def _plain_pattern() -> re.Pattern[str]:
    return re.compile(r"[^\W_]+|\0")


# What parts words for the gate below: any ASCII sign, and the signs that most texts beyond ASCII are beyond it for.
_TYPOGRAPHIC = "’“”‘–—…•\N{NO-BREAK SPACE}"
# What parts texts is a word that no text holds: a NUL, which is a sign in all of them.
_PARTING = " \0 "
_PARTED = bytes(code if (chr(code).isalnum() and code < 128) or not code else 32 for code in range(256))


def _doubling(texts: Collection[str]) -> set[str]:
    """
    Return those texts in which a word, or two or three in a row, may come back at once.

    Takes no account of what stands between the words. Most texts hold no such thing, and asking all of them at once by
    splitting bytes costs a small part of looking for words in each.
    """
    found = {text for text in texts if "\0" in text}
    for together in portions([text for text in texts if text not in found] if found else texts):
        found.update(_doubling_of(together))
    return found


def _doubling_of(texts: Sequence[str]) -> Iterator[str]:
    said = _PARTING.join(texts).lower()
    if not said.isascii():
        for sign in _TYPOGRAPHIC:
            said = said.replace(sign, " ")
    if said.isascii():
        numbers = _numbers(said.encode().translate(_PARTED).split(), b"\0")
    else:
        numbers = _numbers(_plain_pattern().findall(said), "\0")
    for number in numbers:
        yield texts[number]


def _numbers(words: list[T], parting: T) -> Iterator[int]:
    """Yield the numbers of the texts, each ended by a parting word, in which one, two or three words stand again at once."""
    words.append(parting)
    ends: set[int] = set()
    for length in (1, 2, 3):
        same, run = bytes(map(eq, words, islice(words, length, None))), b"\x01" * length
        at = same.find(run)
        while at >= 0:
            ends.add(end := words.index(parting, at))
            at = same.find(run, end + 1)
    number = at = -1
    for end in sorted(ends):
        while at < end:
            at = words.index(parting, at + 1)
            number += 1
        yield number


@cache
def _space() -> re.Pattern[str]:
    return re.compile(r"[^\S\r\n]*(?:(?:\r\n|\n|\r)[^\S\r\n]*)?")


def _words(text: str, span: Span, masks: Sequence[Span]) -> Iterator[_Word]:
    """Yield the words of a block that touch no mask."""
    before = -1
    covered = iter(masks)
    mask = next(covered, None)
    for found in _pattern().finditer(text, *span):
        start, end = found.span()
        while mask is not None and mask.end < start:
            before, mask = -1, next(covered, None)
        if mask is not None and mask.start <= end:
            before = -1
            continue
        joined = before >= 0 and _joins(text, before, start)
        yield _Word(found.group(), found.group().lower().replace("’", "'"), start, end, joined)
        before = end


def _joins(text: str, start: int, end: int) -> bool:
    gap = text[start:end]
    if gap == " ":
        return True
    # Two spaces or more at a line's end are a line break that the author set.
    return 0 < len(gap) < 200 and _space().fullmatch(gap) is not None and not gap.startswith("  ") and "\f" not in gap


def _doubles(words: Sequence[_Word]) -> list[_Double]:
    """
    Return what may go, in order.

    The words are pushed on a stack; when its top says the same thing twice, the second is taken off again. So what
    is left holds no double, and a second run finds nothing that the first did not.
    """
    kept: list[int] = []
    lows: list[str] = []  # what the kept words say; kept in step, for nearly all words are new, and that is soon seen here
    found: list[_Double] = []
    for place, word in enumerate(words):
        low = word.low
        fresh = low not in lows[-3:]
        kept.append(place)
        lows.append(low)
        if fresh:
            continue
        for length in (1, 2, 3):
            if len(kept) < 2 * length or lows[-1 - length] != low or not _repeats(words, kept, length, place):
                continue
            phrase, gone = tuple(kept[-2 * length : -length]), kept[-length]
            del kept[-length:], lows[-length:]
            start = words[gone - 1].end
            while found and found[-1].start >= start:  # a double inside what goes anyway
                found.pop()
            if found and found[-1].kept == phrase and found[-1].last == gone - 1:
                found[-1] = found[-1]._replace(last=place, end=word.end)
            else:
                found.append(_Double(phrase, gone, place, start, word.end))
            break
    return found


def _repeats(words: Sequence[_Word], kept: Sequence[int], length: int, place: int) -> bool:
    one, two = kept[-2 * length : -length], kept[-length:]
    if any(not _same(words[a], words[b]) for a, b in zip(one, two, strict=True)):
        return False
    if any(not words[at].joined for at in (*one[1:], *two)):
        return False
    if length == 1:
        return True
    # "over and over and over", "day after day after day": the pattern goes on, so it is meant.
    after = place + 1
    while after < len(words) and words[after].joined and _same(words[place], words[after]):
        after += 1  # a double itself: it will be gone
    follows = words[after].low if after < len(words) and words[after].joined else ""
    leads = words[kept[-2 * length - 1]].low if len(kept) > 2 * length and words[one[0]].joined else ""
    return follows != words[two[0]].low and leads != words[two[-1]].low


def _same(one: _Word, two: _Word) -> bool:
    # "The the" is one word twice; "the The" begins a name.
    return one.low == two.low and (one.text == two.text or two.text == two.low)


def _language(page: Page, inner: str, words: Sequence[_Word]) -> str:
    """Return the language of a block: its own where it can be told, else the page's unless its words speak against it."""
    from cleaner.language import function_words, guess

    own = guess(inner)
    if own or not page.language:
        return own or _short_english(words)
    if page.language in _SHOWN:
        ours = sum(word.low in function_words(page.language) for word in words)
        other = max(sum(word.low in function_words(name) for word in words) for name in ("en", "de", "fr", "es", "nl", "pcm"))
        if other >= ours + 2:
            return ""
    return page.language


def _short_english(words: Sequence[_Word]) -> str:
    """Return "en" for a text too short to tell that holds English function words, doubles counted once, and no others."""
    from cleaner.language import function_words

    seen = {word.low for word in words}
    english = function_words("en")
    strange = seen & (function_words("de") | function_words("fr") | function_words("es") | function_words("nl")) - english
    return "en" if len(seen & english) >= 2 and not strange and all(word.text.isascii() for word in words) else ""


def _judge(text: str, block: Span, words: Sequence[_Word], double: _Double, language: str) -> Finding | None:
    if language not in _SHOWN:
        return None
    first, last = words[double.first], words[double.last]
    phrase = [words[place] for place in double.kept]
    if not _apart(text, first.start, last.end, block) or any(word.text.isdigit() for word in phrase):
        return None
    trust = _phrase(phrase, language) if len(phrase) > 1 else _word(words, double, language)
    if trust is None:
        return None
    safety, confidence = trust
    if (quote := _in_quotes(text, first.start, last.end, block)) is not None:
        if quote <= 5:  # "the the": the words are spoken about
            return None
        safety, confidence = "unsafe", "pedantic"
    span = Span(double.start, double.end)
    said = " ".join(word.text for word in phrase)
    gone = double.last - double.gone + 1
    times = "twice" if gone == len(phrase) else "several times"
    return Finding(
        "D121",
        span,
        f'"{said}" stands {times} in a row',
        safety,
        (Edit(span, text[span.start : span.end], ""),),
        confidence,
        keeper=Span(first.start, phrase[-1].end),
        words=gone,
        key=" ".join(word.low for word in words[max(0, double.first - 3) : double.last + 4]),
        because="the first stays",
    )


def _apart(text: str, start: int, end: int, block: Span) -> bool:
    """Whether both words stand by themselves: no hyphen, slash, dot or sign ties them to a neighbour."""
    before = text[max(block.start, start - 1) : start]
    after, next_but_one = text[end : min(block.end, end + 1)], text[end + 1 : min(block.end, end + 2)]
    if before and before in "-–‑/\\_.@#$&=+<>'’":
        return False
    if after in (".", ":", "'", "’") and next_but_one.isalnum():
        return False
    return not after or after not in "-–‑/\\_@=+<>(&"


def _word(words: Sequence[_Word], double: _Double, language: str) -> tuple[Safety, Confidence] | None:
    """Return how far one doubled word is to be trusted; None where it is meant."""
    first, last = words[double.first], words[double.last]
    low = first.low
    if low in _MEANT or (len(first.text) == 1 and first.text.isupper()):
        return None
    if low in ("and", "or", "not", "if") and first.text.isupper() and not last.text.isupper():
        return None  # bitwise AND and assignment
    listed = low in _SHOWN[language]
    if first.text != low and last.text != low and not first.text.isupper():
        return None  # Duran Duran
    if not listed and language != "en" and _grammatical(low, language):
        return None  # Sie sie, nous nous
    if not listed or (first.text != low and low in ("may", "will")):
        return ("unsafe", "pedantic")  # the Parameter parameter
    before = words[double.first - 1].low if first.joined else ""
    follower = words[double.last + 1] if double.last + 1 < len(words) else None
    after = follower.low if follower is not None and follower.joined else ""
    if language == "en":
        if low in ("and", "or", "not", "if") and (after in _OPERATORS or before in _OPERATORS or before in ("the", "both")):
            return None
        lead = {word.low for word in words[max(0, double.first - 6) : double.first]}
        if low in _VERBS and (before in _PRONOUNS or "what" in lead):
            return ("unsafe", "pedantic")
        if low in _SUBJECTS and before not in _JOINING:
            return ("unsafe", "pedantic")
    if language == "en" and low in _SAFE and _plain(words, double) and not (low == "to" and before in _TO):
        return ("safe", "shown")
    return ("unsafe", "shown")


def _grammatical(word: str, language: str) -> bool:
    """Whether a word is one of a language's function words: those that are not listed may be doubled there."""
    from cleaner.language import function_words

    return word in function_words(language)


def _plain(words: Sequence[_Word], double: _Double) -> bool:
    """Whether a pair in lower case stands between two plain words of the same sentence."""
    pair = words[double.first : double.last + 1]
    if len(pair) != 2 or pair[0].text != pair[0].low or pair[0].text != pair[1].text:
        return False
    if double.first == 0 or double.last + 1 >= len(words):
        return False
    before, after = words[double.first - 1], words[double.last + 1]
    return pair[0].joined and after.joined and before.text.isalpha() and after.text[0].isalpha() and len(after.text) > 1


def _phrase(phrase: Sequence[_Word], language: str) -> tuple[Safety, Confidence] | None:
    lows = {word.low for word in phrase}
    if any(word.text[0].isupper() for word in phrase[1:]) or any(word.low.isdigit() for word in phrase) or lows & _MEANT:
        return None
    if language == "en" and lows & _ANCHORS and not lows & _TALK:
        return ("unsafe", "shown")
    return ("unsafe", "pedantic")


def _in_quotes(text: str, start: int, end: int, block: Span) -> int | None:
    """Return how many words the quotation around a place has; None where it is not quoted (or in a long emphasis)."""
    reach = 400
    left = text[max(block.start, start - reach) : start]
    right = text[end : min(block.end, end + reach)]
    at, sign = max((left.rfind(sign), sign) for sign in "\"“„«»‹「*_'‘")
    if at < 0:
        return None
    if sign in "\"*_'":
        if left.count(sign) % 2 == 0 or (sign == "'" and left[at - 1 : at].isalnum()):
            return None
        closers = sign
    else:
        closers = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "‘": "’"}[sign]
        if any(closer in left[at + 1 :] for closer in closers):
            return None
    places = [place for closer in closers if (place := right.find(closer)) >= 0]
    if not places:
        return None
    inside = len((left[at + 1 :] + text[start:end] + right[: min(places)]).split())
    return None if sign in "*_" and inside > 5 else inside
