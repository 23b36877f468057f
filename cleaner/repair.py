"""
What ftfy would mend, located as edits.

ftfy's own plan of steps cannot be replayed from every text, and it says nothing about places. So each line goes through
`ftfy.fix_and_explain`, and the line before and after are aligned. That is exact and linear, because mending leaves the
ASCII characters of a line alone but for spaces: they are the fixed points, and what stands between two is an edit.

ftfy costs 80 ms to import and reads 4 MB a second. The gate in front of it says of nearly all text, without importing
anything, that ftfy would not change it: mojibake is made of a few hundred characters, and it takes two of them side by
side (tests prove the gate against ftfy's own pattern).

Only `fix_encoding` is on. ftfy's default changes 14 % of 74,190 clean lines in forty encodings, because it also restyles;
this configuration, with C1 controls left to a rule of their own, changed none of 502,000 lines of documentation and none
of 18,000 lines of encyclopaedia articles in many languages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from cleaner.lines import split
from cleaner.model import Edit, Span
from cleaner.patterns import pattern

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# --- the gate -------------------------------------------------------------------------------------------------------
#
# The classes follow ftfy/badness.py (6.3.1), where each character has its reason. They may hold more than ftfy's (then a
# text gets through that ftfy leaves alone, at the price of asking it), never less. Ranges are pattern syntax.

_BAD = "¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊ªº\ufffd"  # nearly always mojibake
_LAW = "¶§"
_CURRENCY = "¢£¥₧€"
_START = "¡«¿©΄΅‘‚“„•‹\uf8ff"
_END = "®»˝”›™"
_NUMERIC = "²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№"
_KAOMOJI = "Ò-ÖÙ-Üò-öø-üŐŌŪŲ°"  # letters that also make faces
_UPPER = "À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ"
_LOWER = "ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ"
_COMMON = "Α-Ωα-ωΆΈΉΊΌΎΏΪΫάέήίΰЁ-Яа-џ"  # Greek and Cyrillic; "common" because they also end words
_BOX = "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓"
_MIXED = "\xa0\xad·´–—―…’"  # in sound text everywhere; bad only after a few letters
# What may come second in any pair below: most letters may not, so that text in other scripts is passed over quickly.
_SECOND = _BAD + _LAW + _CURRENCY + _START + _END + _NUMERIC + _KAOMOJI + _UPPER + _LOWER + _BOX + _MIXED + "øâäóЂў"


# Every branch of the gate asks for two such characters in a row, or for one of these. Most articles with typographic
# quotes have neither, and the gate itself, which takes longer to compile than an article to read, is not needed.
_PAIR = pattern("[^\x00-\x7f]{2}|[ŒœÃÂ\x80-\x9f]")


# The first item is one class so that the engine can skip all ASCII quickly; the class of that first character is asked
# by looking back at it. Most text leaves at the first branch: what follows a letter or a quotation mark is ASCII.
@cache
def _gate() -> re.Pattern[str]:
    return re.compile(
        rf"""
    [^\x00-\x7f]
    (?:
        (?<= [{_BAD}] ) [^\x00-\x7f]
      | (?= [{_SECOND}] )
        (?:
            [{_BAD}]
          | (?<= [{_LOWER}{_COMMON}{_BOX}{_END}{_CURRENCY}{_NUMERIC}] ) [{_UPPER}]
          | (?<= [{_BOX}{_END}{_CURRENCY}{_NUMERIC}] ) [{_LOWER}]
          | (?<= [{_LOWER}{_UPPER}{_BOX}{_END}] ) [{_CURRENCY}]
          | (?<= [{_UPPER}{_BOX}] ) [{_NUMERIC}{_LAW}°]
          | (?<= [{_LOWER}{_UPPER}] ) [{_START}{_END}] \w
          | (?<= [{_LOWER}{_BOX}{_CURRENCY}{_END}] ) [{_START}] [{_NUMERIC}]
          | (?<= [{_UPPER}{_CURRENCY}{_NUMERIC}{_BOX}] ) [{_START}]
          | (?<= [{_LOWER}{_UPPER}{_CURRENCY}{_NUMERIC}{_BOX}{_LAW}] ) [{_END}] [{_START}]
          | (?<= [{_BOX}] ) [{_KAOMOJI}{_END}]
          | (?<= [{_LOWER}{_UPPER}{_CURRENCY}{_NUMERIC}{_START}{_END}{_LAW}] ) [{_BOX}]
          | (?<= [ÂÃÎÐ] ) [ŠšŸžœ°{_MIXED}{_END}]
          | (?<= × ) [²³]
          | (?<= [ØÙ] ) [^\x00-\x7f]{{3}}
          | (?<= à ) [²µ¹¼½¾]
          | (?<= √ ) [±∂†≠®™´≤≥¥µø]
          | (?<= ≈ ) [°¢]
          | (?<= ‚ ) [Äâó]
          | (?<= в ) Ђ
          | (?<= Г ) ўВЂВ
          | (?<= [ВГРСΒΓΞΟ] ) [{_BAD}{_START}{_END}{_CURRENCY}°µ] [ВГРСΒΓΞΟ]
          | (?<= β ) €
        )
      | (?<= [\x80-\x9f] )
      | (?<= [Œœ] ) [^A-Za-z]
      | (?<= [ÃÂ] ) [ ]
    )
    """,
        re.VERBOSE | re.DOTALL,
    )


def damaged(text: str) -> bool:
    """Whether ftfy could want to change the text. False is certain; True asks for a closer look."""
    return not text.isascii() and _PAIR.search(text) is not None and _gate().search(text) is not None


# --- mojibake -------------------------------------------------------------------------------------------------------


def mends(text: str) -> Iterator[Edit]:
    """
    Yield the edits that turn mojibake back into what was meant, in reading order.

    Lines are looked at one by one. Left alone are lines that say what they show (`about_encoding`), and lines in which
    mending would lose something: where a byte is already gone (U+FFFD), a person has to look.
    """
    if not damaged(text):
        return
    for span in split(text):
        line = text[span.start : span.end]
        for start, before, after in _line_mends(line):
            yield Edit(Span(span.start + start, span.start + start + len(before)), before, after)


def sound(text: str) -> str:
    """Return the text with its mends carried out: what comparison keys are made of."""
    if not damaged(text):
        return text
    parts: list[str] = []
    at = 0
    for span, _, after in mends(text):
        parts += text[at : span.start], after
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def _line_mends(line: str) -> list[tuple[int, str, str]]:
    if not damaged(line):
        return []
    fixed = mended(line)
    if fixed == line or _loses(line, fixed):
        return []
    found = [mend for mend in _align(line, fixed) if not _only_c1(mend[1], mend[2])]
    return [] if about_encoding(line, fixed, found) else found


def mended(line: str) -> str:
    """Return one line as ftfy mends it, whatever it speaks of."""
    # Only this one of ftfy's functions: with explain=False, or through `fix_encoding`, the configuration gets lost.
    from ftfy import fix_and_explain

    return fix_and_explain(line, _config()).text


@cache
def _config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        explain=True,
        fix_encoding=True,
        # "voilÃ le travail": a no-break space that became a space. Both are asked only of a line that is mojibake
        # anyway; without them 76 of ftfy's 100 positive cases come out right instead of 91.
        restore_byte_a0=True,
        decode_inconsistent_utf8=True,
        # "cafÃ©\ufffd\ufffd" became "caf\ufffd": it trades damage that can still be read for damage that cannot.
        replace_lossy_sequences=False,
        fix_c1_controls=False,  # a rule of its own (E010): all 37 changes to clean lines came from it
        # All others restyle sound text.
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
    )


# Control characters, lone surrogates and the replacement character: nothing that a mend may write.
@cache
def _worthless() -> re.Pattern[str]:
    return re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


def _loses(line: str, fixed: str) -> bool:
    """Whether a mend would write what nobody can read, or silently turn U+FFFD into a control character."""
    return len(_worthless().findall(fixed)) > len(_worthless().findall(line)) or fixed.count("\ufffd") != line.count(
        "\ufffd"
    )


def _only_c1(before: str, after: str) -> bool:
    """
    Whether a mend only reads C1 controls as Windows-1252, which is E010's to offer.

    ftfy does that even with fix_c1_controls off, but only in lines that hold nothing beyond Latin-1: a removal elsewhere
    in the line would call for a mend that was not there before, and cleaning twice would not be cleaning once.
    """
    return len(before) == len(after) and all(
        old in (new, "\x85") or _C1.get(old) == new for old, new in zip(before, after, strict=True)
    )


_ASCII_WORD = pattern("([\x00-\x1f!-\x7f]+)")
_MATRIX = 4_000_000  # cells that the alignment of one stretch may cost


def _align(before: str, after: str) -> Iterator[tuple[int, str, str]]:
    """
    Yield (offset, before, after) for each place where two versions of a line differ, in reading order.

    Every codec that mojibake comes from keeps ASCII, so both lines hold the same ASCII words in the same
    order, and each stretch between two of them is the image of its counterpart.
    """
    left, right = _ASCII_WORD.split(before), _ASCII_WORD.split(after)
    if left[1::2] != right[1::2]:
        yield from _differ(0, before, after)
        return
    at = 0
    for one, other in zip(left, right, strict=True):
        if one != other:
            yield from _differ(at, one, other)
        at += len(one)


def _differ(at: int, before: str, after: str) -> Iterator[tuple[int, str, str]]:
    """Yield the differing words of a stretch; where a mend swallowed a space, its differing characters."""
    left, right = before.split(" "), after.split(" ")
    if len(left) != len(right):
        yield from _opcodes(at, before, after)
        return
    for one, other in zip(left, right, strict=True):
        if one != other:
            yield from _in_word(at, one, other)
        at += len(one) + 1


# No codec that ftfy knows has these, so a mend steps around them (but may write new ones: joiners in emoji).
@cache
def _unseen() -> re.Pattern[str]:
    return re.compile("([\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]+)")


def _in_word(at: int, before: str, after: str) -> Iterator[tuple[int, str, str]]:
    left, right = _unseen().split(before), _unseen().split(after)
    if left[1::2] != right[1::2]:
        left, right = [before], [after]
    for one, other in zip(left, right, strict=True):
        if one != other:
            yield trimmed(at, one, other)
        at += len(one)


def trimmed(at: int, before: str, after: str) -> tuple[int, str, str]:
    """Return two versions of a word without what they share at both ends."""
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    return at + head, before[head : len(before) - tail], after[head : len(after) - tail]


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _opcodes(at: int, before: str, after: str) -> Iterator[tuple[int, str, str]]:
    if len(before) * len(after) > _MATRIX:
        yield at, before, after
        return
    from rapidfuzz.distance import Levenshtein

    run: tuple[int, int, int, int] | None = None
    for code in Levenshtein.opcodes(before, after):
        if code.tag == "equal":
            if run is not None:
                yield at + run[0], before[run[0] : run[1]], after[run[2] : run[3]]
            run = None
        elif run is None:
            run = code.src_start, code.src_end, code.dest_start, code.dest_end
        else:
            run = run[0], code.src_end, run[2], code.dest_end
    if run is not None:
        yield at + run[0], before[run[0] : run[1]], after[run[2] : run[3]]


# --- text about mojibake --------------------------------------------------------------------------------------------


@cache
def _speaks() -> re.Pattern[str]:
    return re.compile(
        r"\bmojibake\b|\bUTF-?(?:8|16)\b|\blatin-?[159]\b|\biso[- _]?8859|\b(?:windows|cp|code ?page)[- ]?(?:125\d|437|850)\b"
        r"|\bftfy\b|\bcharsets?\b|\bcharacter (?:set|encoding)s?\b|\bmac-?roman\b|\bunicode\b|文字化け|乱码|кракозябр",
        re.IGNORECASE,
    )


@cache
def _hints() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:en|de|trans)cod(?:e[ds]?|ings?)\b|\bgarbled\b|\bgarbage characters?\b|\bcodificaci|\bencodage|\bKodierung",
        re.IGNORECASE,
    )


_MARKS = "\"'`“”‘’«»„()[]<>"


def speaks(text: str) -> bool:
    """Whether a text talks about encodings, so that mojibake in it may be an example."""
    return _speaks().search(text) is not None


def about_encoding(line: str, fixed: str, found: list[tuple[int, str, str]]) -> bool:
    """
    Whether a line shows mojibake rather than suffers from it. Then all of its mends are dropped.

    It does when it names an encoding, when the sound form of a damaged word stands in it too ("café becomes cafÃ©"), or
    when it hints at encodings and the damaged word stands in quotation marks, brackets or backticks.
    """
    if speaks(line) or _shows_both(line, fixed):
        return True
    return _hints().search(line) is not None and any(_marked(line, start, start + len(old)) for start, old, _ in found)


_BETWEEN_WORDS = pattern(r"[\s/=→>|]+")


def _shows_both(line: str, fixed: str) -> bool:
    """Whether mending makes a second copy of a word that stands in the line already."""
    words, after = (
        Counter(word.strip(_MARKS + ".,;:!?…—–-") for word in _BETWEEN_WORDS.split(text)) for text in (line, fixed)
    )
    return any(len(word) > 2 and not word.isascii() and 0 < words[word] < count for word, count in after.items())


def _marked(line: str, start: int, end: int) -> bool:
    """Whether a stretch stands between marks, with at most a few words between them and it."""
    return any(mark in _MARKS for mark in line[max(0, start - 20) : start]) and any(
        mark in _MARKS for mark in line[end : end + 20]
    )


# --- what else can be mended, when asked to -------------------------------------------------------------------------
#
# Each function takes one stretch of prose and yields edits for it, in reading order. Each changes characters one by one,
# so that applying its edits leaves it nothing to say.

Fixer = Callable[[str], Iterator[Edit]]

_QUOTES = {
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{DOUBLE HIGH-REVERSED-9 QUOTATION MARK}": '"',
}
_LIGATURES = {
    "\N{LATIN SMALL LIGATURE FF}": "ff",
    "\N{LATIN SMALL LIGATURE FI}": "fi",
    "\N{LATIN SMALL LIGATURE FL}": "fl",
    "\N{LATIN SMALL LIGATURE FFI}": "ffi",
    "\N{LATIN SMALL LIGATURE FFL}": "ffl",
    "\N{LATIN SMALL LIGATURE LONG S T}": "st",
    "\N{LATIN SMALL LIGATURE ST}": "st",
    "\N{LATIN CAPITAL LIGATURE IJ}": "IJ",
    "\N{LATIN SMALL LIGATURE IJ}": "ij",
}
# Letters and digits only. Wide punctuation is right in Chinese and Japanese, and a wide "＃" or "＊" made narrow would
# begin a heading or a list; the wide space indents paragraphs.
_WIDE = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)},
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF21, 0xFF3B)},
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF41, 0xFF5B)},
}
_NARROW_KANA = pattern("[\uff66-\uff9f]+")
# What Windows programs put where Latin-1 has controls; the HTML standard reads them so too. 81, 8D, 8F, 90 and 9D mean
# nothing there, and 85 is a line break to some and an ellipsis to others: they stay.
_C1 = {
    char: bytes([ord(char)]).decode("cp1252")
    for char in map(chr, range(0x80, 0xA0))
    if ord(char) not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
_BREAKS = pattern("(?:(?<! ) ++)?[\u0085\u2028\u2029][ \u0085\u2028\u2029]*")


def _by_table(table: dict[str, str]) -> Fixer:
    def fixer(text: str) -> Iterator[Edit]:
        if not text.isascii():
            for run in re.finditer("[" + "".join(table) + "]+", text):
                yield Edit(Span(*run.span()), run[0], "".join(map(table.__getitem__, run[0])))

    return fixer


uncurled = _by_table(_QUOTES)
unligated = _by_table(_LIGATURES)
c1_read = _by_table(_C1)
_narrowed = _by_table(_WIDE)


def resized(text: str) -> Iterator[Edit]:
    """Yield edits that make wide letters and digits narrow, and half-width kana wide."""
    if text.isascii():
        return
    from unicodedata import normalize

    kana = (Edit(Span(*run.span()), run[0], normalize("NFKC", run[0])) for run in _NARROW_KANA.finditer(text))
    yield from sorted([*_narrowed(text), *kana])


def unbroken(text: str) -> Iterator[Edit]:
    """
    Yield edits that turn U+2028, U+2029 and U+0085 inside a line into a space.

    Not into a line feed, as ftfy does: after it, "# x" or "- x" would become a heading or a list.
    """
    if not text.isascii():
        for mark in _BREAKS.finditer(text):
            yield Edit(Span(*mark.span()), mark[0], " ")


# "&amp;amp;lt;" is one entity, escaped twice too often: taken as a whole, one pass is enough.
@cache
def _entity() -> re.Pattern[str]:
    return re.compile(
        r"&(?:(?:amp|AMP|\#0{0,6}38|\#[xX]0{0,6}26);)*([A-Za-z][A-Za-z0-9]{1,31}|\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6});"
    )


_SHOWS_MARKUP = frozenset({"lt", "gt", "quot", "apos", "LT", "GT", "QUOT", "#60", "#62", "#34", "#39", "#x3c", "#x3e"})


def unescaped(text: str, *, live: bool) -> Iterator[Edit]:
    """
    Yield edits for HTML entities that a reader would see as such.

    Args:
        text: One stretch of prose.
        live: Whether the format itself reads entities (Markdown, HTML, AsciiDoc). Then only what was escaped twice is
            wrong, one level stays, and what may show markup on purpose ("&amp;lt;") is left alone. Else all entities
            become characters, but for those of ASCII other than & < > and quotation marks.
    """
    if "&" not in text:
        return
    for found in _entity().finditer(text):
        entity = f"&{found[1]};"
        char = _entity_char(entity)
        if char is None or (live and (found[0] == entity or found[1] in _SHOWS_MARKUP)):
            continue
        yield Edit(Span(*found.span()), found[0], entity if live else char)


def _entity_char(entity: str) -> str | None:
    """Return what one entity stands for; None for unknown ones and for what must not be written."""
    from html import unescape

    char = unescape(entity)
    if char == entity or any(not (one.isprintable() or one == "\xa0") or one == "\ufffd" for one in char):
        return None
    return char if not char.isascii() or char in ("&", "<", ">", '"', "'") else None


_CAP = 30  # combining marks in a row, as in the stream-safe text format (UAX #15): longer runs are left alone


def composed(text: str) -> Iterator[Edit]:
    """
    Yield edits that bring text to normal form NFC, cluster by cluster.

    A cluster is a character with all that may combine with it. Python's `normalize` takes quadratic time on long runs of
    combining marks (80,000 marks: 7 s), so clusters beyond the stream-safe limit of 30 are left alone.
    """
    from unicodedata import is_normalized, normalize

    if text.isascii() or (_longest_mark_run(text) <= _CAP and is_normalized("NFC", text)):
        return
    for span in _clusters(text):
        before = text[span.start : span.end]
        if len(before) <= _CAP and (after := normalize("NFC", before)) != before and _calm(before, after):
            yield Edit(span, before, after)


def _calm(before: str, after: str) -> bool:
    # U+1FEF becomes a backtick, U+037E a semicolon, "<" with U+0338 is one sign: what has markup's shape stays as it is.
    return not after.isascii() and not any(char in "<>=`" for char in before)


def _clusters(text: str) -> Iterator[Span]:
    """Yield stretches that normalise alone: each begins with a character that never combines with what precedes it."""
    from unicodedata import combining

    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not (combining(text[at]) or text[at] in _JOINS or "\u1160" <= text[at] <= "\u11ff"):
            if not (at == start + 1 and text[start].isascii()):
                yield Span(start, at)
            start = at


# Characters of combining class 0 that NFC still composes with the character before them (Indic vowel signs).
_JOINS = frozenset("\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35"
                   "\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930")  # fmt: skip


def _longest_mark_run(text: str) -> int:
    from unicodedata import combining

    longest = run = 0
    for char in text:
        run = run + 1 if char > "\u02ff" and combining(char) else 0
        longest = max(longest, run)
    return longest
