"""
Words and sentences, as every other module counts and compares them.

Three questions, three functions: which words (`words`), how many (`count`), and where sentences stand (`sentences`).
All are linear in the text. Python's `\\w` knows no combining marks, so the vowel signs of Devanagari or the points of
Hebrew would cut their words in pieces; and where a script sets no spaces, each character is a word of its own here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from cleaner.model import Span
from cleaner.patterns import pattern

# Combining marks and joiners that belong to the word they stand in. Whole Indic blocks but for the dandas (0964, 0965).
MARKS = (
    "\u00ad"  # soft hyphen: invisible, and inside a word
    "\u0300-\u036f\u0483-\u0489"  # Latin, Greek, Cyrillic
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic
    "\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3"  # Syriac, Thaana, N'Ko
    "\u0900-\u0963\u0966-\u0df3"  # Devanagari to Sinhala
    "\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc"  # Tibetan
    "\u135d-\u135f\u180b-\u180d"  # Ethiopic, Mongolian
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # more diacritics
    "\u200c\u200d\ufe00-\ufe0f"  # joiners, variation selectors
)
# Scripts without spaces between words.
SPACELESS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"  # Han, Kana
)
_CLINGING = (  # marks of those scripts: they stay with the character before them
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u302a-\u302f\u3099\u309a\uff9e\uff9f"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_STOPS = "\u0e2f\u0e4f\u0e5a\u0e5b\u104a-\u104f\u17d4-\u17da"  # punctuation inside those blocks


@cache
def _ascii() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z0-9]+(?:(?:'|[.,:](?<=[0-9].)(?=[0-9])|\.(?<![A-Za-z0-9][A-Za-z].)(?<=[A-Za-z].)(?=[A-Za-z](?![A-Za-z0-9])))[A-Za-z0-9]+)*")


# Letters and typographic characters of the Latin script: no marks, no joiners, no script without spaces. The general
# pattern reads such a text in the same way (a property test says so), and takes ten times as long to compile.
_BEYOND_LATIN = pattern("[\xad\u0300-\u200f\u2028-\u202f\u2060-\u209f\u20d0-\U0010ffff]")


def _is_latin(text: str) -> bool:
    return _BEYOND_LATIN.search(text) is None


@cache
def _latin() -> re.Pattern[str]:
    run = r"[^\W_]+"
    joint = r"(?:['’ʼ·]|[.,:](?<=\d.)(?=\d)|\.(?<![^\W_][^\W_].)(?<=[^\W_].)(?=[^\W_](?![^\W_])))"
    return re.compile(rf"{run}(?:{joint}{run})*")


@cache
def _general() -> re.Pattern[str]:
    letter = rf"[^\W_{SPACELESS}]"
    run = rf"{letter}+(?:[{MARKS}]+{letter}*)*"
    joint = rf"(?:['’ʼ·״׳]|[.,:٫٬](?<=\d.)(?=\d)|\.(?<![^\W_]{letter}.)(?<={letter}.)(?={letter}(?![^\W_])))"
    return re.compile(rf"{run}(?:{joint}{run})*|(?![{_STOPS}])[{SPACELESS}][{_CLINGING}]*")


def words(text: str) -> list[str]:
    """
    Return the words of a text, for comparing.

    Runs of letters, marks and digits, with apostrophes inside them; hyphens part words. Numbers stay whole ("1,200",
    "3.5", "12:30"), and so do dotted abbreviations, without their last dot ("U.S"). In scripts without spaces (Han,
    Kana, Thai, Lao, Khmer, Myanmar) each character is a word, together with its marks. Case is left as it is.

    >>> words("U.S. exports rose 3.5 %, they don't know why.")
    ['U.S', 'exports', 'rose', '3.5', 'they', "don't", 'know', 'why']
    """
    if text.isascii():
        return _ascii().findall(text)
    return (_latin() if _is_latin(text) else _general()).findall(text)


@lru_cache(maxsize=10_000)
def count(text: str) -> int:
    """
    Return how many words a person would say a text has. "well-known" is one.

    Two characters of Han or Kana count as one word, and so do four of Thai, Lao, Khmer or Myanmar.
    """
    if text.isascii():
        return len(text.translate(_UNCOUNTED).split())
    if _is_latin(text):
        return len(_counted_latin().findall(text))
    spaced, han, other = _counted()
    short, long = len(han.findall(text)), len(other.findall(text))
    return len(spaced.findall(text)) + (2 * short + long + 3) // 4


# What does not make a word by itself; without it, whatever still stands between white space is one.
_UNCOUNTED = {code: None for code in range(128) if not chr(code).isalnum() and not chr(code).isspace()}


@cache
def _counted_latin() -> re.Pattern[str]:
    return re.compile(r"[^\W_]\S*")


@cache
def _counted() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    south = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f"
    han = SPACELESS[SPACELESS.index("\u2e80") :]
    return (
        re.compile(rf"[^\W_{SPACELESS}][^\s{SPACELESS}]*"),
        re.compile(rf"[{han}]"),
        re.compile(rf"(?![{_CLINGING}{_STOPS}])[{south}]"),
    )


# Texts of so many characters are asked together. Of more at once the words would only take more memory.
_TOGETHER = 50_000


def portions(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield texts, each of which is given once, in groups: a question that is asked by splitting strings costs less for many texts than for each."""
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size > _TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


# What ends a sentence. The first row needs a space after it; the second stands in scripts that may do without.
_SPACED_ENDS = ".!?…\u203c\u203d\u2047-\u2049"
_OTHER_ENDS = (
    "。！？｡．"  # Chinese, Japanese
    "\u061f\u06d4"  # Arabic question mark, Urdu full stop
    "\u0964\u0965"  # danda, double danda
    "\u0589\u1362\u1367\u1803\u1809"  # Armenian, Ethiopic, Mongolian
    "\u104b\u17d4\u17d5"  # Myanmar, Khmer
)
_CLOSERS = "\"'”’»›)\\]}*_」』）〉》】〕"
_OPENERS = "\"'“‘„«‹»¿¡(\\[{*_~「『（〈《【〔>–—\\-"
_END = rf"[{_SPACED_ENDS}{_OTHER_ENDS}]+[{_CLOSERS}]*(?:\[\^?\w{{1,12}}\])*|\n[^\S\n]*\n"

# Words before a dot that rarely end a sentence; the second list ends none only where a figure follows.
_ABBREVIATIONS = frozenset(
    # titles and names
    "mr mrs ms mx dr prof st sr jr hon rev gen col maj capt lt cmdr sgt gov sen rep pres messrs mme mlle mm me fr hr frl "
    "ing dipl mag med phil jur sra srta dña dn lic ud uds vd vds "
    # reading and writing
    "vs cf viz al ed eds trans approx ca resp bzw vgl usw inkl exkl evtl ggf sog bspw z.b u.a d.h i.d.r o.ä u.u s.o s.u v.a "
    "e.g i.e eg ie p.m a.m p.ej p.ex c.-à-d etc ex env éd av apr "
    # places, firms
    "ave blvd rd mt ft bros dept univ assn ste str bd pl tel "
    "inc ltd corp co".split()
)
_BEFORE_FIGURES = frozenset(
    "no nos nr nrn n num núm núms pp p pg pag pág págs s ch chap kap cap vol vols fig figs abb tab art sec sect abs eq "
    "jan feb mar apr jun jul aug sep sept oct nov dec janv févr juil déc okt dez ene abr ago dic".split()
)
# Those of the first list that may well end a sentence: before one of these words they do.
_MAY_END = frozenset("etc usw inc ltd corp co p.m a.m al jr sr ed eds bros".split())
_STARTERS = frozenset(
    "the a an this that these those it he she they we you i in on at as but and so if when while after before there here "
    "however for to from with by one some many most its his her their our my what who how why where not no yes "
    "der die das ein eine es er sie wir ich in im am auf mit nach vor aber und wenn als "
    "le la les un une il elle ils elles nous vous je ce cette ces dans en mais et quand après avant "
    "el los las una él ella ellos en pero y cuando después antes este esta".split()
)
_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember "
    "jahrhundert jahrhunderts platz stock klasse etage spieltag tag lebensjahr".split()
)


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(_END)


@cache
def _next() -> re.Pattern[str]:
    return re.compile(rf"(\s*)[{_OPENERS}\s]*(\w*)")


@cache
def _last() -> re.Pattern[str]:
    return re.compile(r"[^\W_]+(?:[.-]{1,2}[^\W_]+)*$")


def sentences(text: str, span: Span | None = None, masks: Sequence[Span] = ()) -> list[Span]:
    """
    Find the sentences of a text, or of a part of it.

    A sentence ends at a full stop, question or exclamation mark, in any script, with the quotes and brackets closing
    after it; and at a blank line. It does not end after an abbreviation or an initial, in a number, in an address or a
    file name, nor where the next word begins in lower case. A single line end is white space.

    Args:
        text: The whole text.
        span: The part to look at; None: all of it.
        masks: Sorted, disjoint spans (code, addresses, tags) in which no sentence ends.

    Returns:
        Trimmed spans in offsets of the whole text; disjoint, in order, none empty.
    """
    start, stop = span if span is not None else (0, len(text))
    if not masks:  # only what stands in the part tells, and the same paragraph is asked about again and again
        return [Span(start + one, start + two) for one, two in _unmasked_sentences(text[start:stop])]
    return _sentences(text, start, stop, masks)


@lru_cache(maxsize=10_000)
def _unmasked_sentences(text: str) -> tuple[Span, ...]:
    return tuple(_sentences(text, 0, len(text), ()))


def _sentences(text: str, start: int, stop: int, masks: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    starts = [mask.start for mask in masks]
    at = start
    for end in _ends().finditer(text, start, stop):
        place, after = end.span()
        if starts:
            near = bisect_right(starts, place) - 1
            if near >= 0 and masks[near].end > place:
                continue
            after = _past_tags(text, after, masks, starts)
        if text[place] == "\n":
            at = _take(found, text, at, place)
        elif after >= stop or _is_end(text, at, place, after, stop, end.group()):
            at = _take(found, text, at, after)
    _take(found, text, at, stop)
    return found


def _take(found: list[Span], text: str, start: int, end: int) -> int:
    piece = text[start:end]
    if lean := piece.strip():
        begin = start + len(piece) - len(piece.lstrip())
        found.append(Span(begin, begin + len(lean)))
    return end


def _past_tags(text: str, after: int, masks: Sequence[Span], starts: Sequence[int]) -> int:
    """Step over closing tags that stand directly after a sentence's end: they belong to it."""
    near = bisect_right(starts, after) - 1
    while 0 <= near < len(masks) and masks[near].start == after and text.startswith("</", after):
        after = masks[near].end
        near += 1
    return after


def _is_end(text: str, start: int, place: int, after: int, stop: int, marks: str) -> bool:
    space, word = _following(text, after, stop)
    if marks[0] in _OTHER_ENDS_SET:
        # 「はい。」と言った: speech inside a sentence that goes on.
        return bool(space) or not word or marks[-1] in _OTHER_ENDS_SET
    if not space or (word and word[0].islower()):
        return False
    if marks[0] != "." or marks.startswith(".."):
        return True
    return not _abbreviated(text, start, place, word)


_OTHER_ENDS_SET = frozenset(_OTHER_ENDS)


def _following(text: str, after: int, stop: int) -> tuple[str, str]:
    # Bounded: a sentence that starts with more than a hundred spaces and brackets is no sentence.
    found = _next().match(text, after, min(stop, after + 120))
    return (found[1], found[2]) if found else ("", "")


def _abbreviated(text: str, start: int, place: int, following: str) -> bool:
    found = _last().search(text, max(start, place - 24), place)
    if found is None:
        return False
    word = found.group()
    low = word.lower()
    if low.isdigit():
        # "1. First": a list number. "am 3. Mai": a German ordinal. "It cost 5. Then...": an end.
        leads = found.start() - start < 8 and not text[start : found.start()].strip()
        return leads or (len(low) < 3 and following.lower() in _MONTHS)
    if low in _BEFORE_FIGURES:
        return following[:1].isdigit()
    if low in _ABBREVIATIONS:
        return low not in _MAY_END or not (following.lower() in _STARTERS or not following)
    initial = len(word) == 1 and word.isalpha()  # J. K., and also z. B.
    dotted = "." in word and all(len(part) == 1 for part in word.split("."))
    return (initial or dotted) and following.lower() not in _STARTERS
