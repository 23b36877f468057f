"""
Family E: characters that are not what was meant.

Each edit is a finding of its own, a word or less. So a removal that covers a part of a line takes with it just the
mends that lie inside it, and the others still happen: cleaning twice stays cleaning once.

Only prose is looked at, and in it nothing that `page.masks` names: code, addresses, tags and templates keep their bytes.
Where the encoding itself is a guess, only E002 speaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from cleaner import lines, repair, source
from cleaner.model import Block, Confidence, Edit, Finding, Safety, Span
from cleaner.page import Page
from cleaner.plan import apply


def find(page: Page) -> Iterator[Finding]:
    """Yield what family E finds on a page, block by block."""
    if page.options.wants("E002"):
        yield from _wrong_encoding(page)
    fixers = _wanted(page)
    restyles = any(fixer in _OPT_IN for fixer in fixers)
    if not page.article.origin.sure or not _suspect(page.article.text, restyles):
        return
    # In an article about encodings, damaged words are its subject more often than its illness.
    about = repair.damaged(page.article.text) and any(repair.speaks(page.inner(block)) for block in page.prose())
    for block in page.prose():
        if _suspect(page.inner(block), restyles):
            yield from _in_block(page, block, fixers, about)


# Tab, line feed, form feed and carriage return are the controls that text is laid out with.
_CONTROL = "\x00-\x08\x0b\x0e-\x1f\x7f"
# Without one of these, and without mojibake, only the rules that restyle have anything to say.
# One class in front lets the engine pass over all else quickly; an ampersand counts where it begins an entity.
_SIGN = re.compile(
    f"[&{_CONTROL}\x80-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\U000e0001\U000e0020-\U000e007f](?:(?<!&)|[#A-Za-z])"
)


# Those of them that are ASCII. Whether bytes change when these are taken out is told in an eighth of the time of a search.
_SIGNS = bytes(code for code in (*range(32), *b"&\x7f") if code not in b"\t\n\f\r")
_TOGETHER = 1_000_000


def _suspect(text: str, restyles: bool) -> bool:
    """Whether a text can hold anything that family E speaks of; nearly none does, and is then not looked at closely."""
    return (restyles and not text.isascii()) or _signed(text) or repair.damaged(text)


def _signed(text: str) -> bool:
    if not text.isascii():
        return _SIGN.search(text) is not None
    for at in range(0, len(text), _TOGETHER):
        some = text[at : at + _TOGETHER].encode()
        if len(some.translate(None, _SIGNS)) < len(some):
            return _SIGN.search(text, at) is not None
    return False


# --- which rules look at a stretch, in which order -------------------------------------------------------------------


class _Fixer(NamedTuple):
    rule: str
    edits: Callable[[str], Iterator[Edit]]
    says: str  # takes before and after
    safety: Safety = "safe"


# E001 first; and what an earlier one writes is read by the later ones (a mended "â€œ" is a quotation mark to straighten).
_OPT_IN = (
    _Fixer("E010", repair.c1_read, "C1 control {before} is {after} read with the wrong encoding"),
    _Fixer("E008", repair.unbroken, "line break inside a line: {before}"),
    _Fixer("E006", repair.unligated, "ligature {before} instead of {after}"),
    _Fixer("E007", repair.resized, "character width: {before} instead of {after}"),
    _Fixer("E005", repair.uncurled, "typographic quote {before} instead of {after}"),
    _Fixer("E009", repair.composed, "not in normal form C: {before}"),
)
_MOJIBAKE = _Fixer("E001", repair.mends, "mojibake: {before} is {after} read with the wrong encoding")


def _wanted(page: Page) -> tuple[_Fixer, ...]:
    """Return the fixers that are to run, in the order in which they are asked."""
    wants = page.options.wants
    chosen = [_MOJIBAKE] if wants("E001") else []
    if wants("E004"):
        live = page.article.format in ("markdown", "html", "asciidoc")
        says = "HTML entity escaped twice: {before}" if live else "HTML entity left in text: {before} is {after}"
        chosen.append(_Fixer("E004", lambda text: repair.unescaped(text, live=live), says, "unsafe"))
    chosen += [fixer for fixer in _OPT_IN if wants(fixer.rule, default=False)]
    return tuple(chosen)


def _in_block(page: Page, block: Block, fixers: tuple[_Fixer, ...], about: bool) -> Iterator[Finding]:
    text = page.article.text
    for piece in _pieces(page, block):
        stretch = text[piece.start : piece.end]
        edits = _edits(stretch, fixers)
        taught = any(fixer.rule == "E004" for fixer, _ in edits) and _teaches().search(stretch) is not None
        for fixer, edit in edits:
            yield _finding(text, fixer, edit, piece, about, taught)
        if page.options.wants("E001"):
            yield from _lost(page, piece, about)
        if page.options.wants("E003"):
            yield from _invisible(page, block, piece, [edit for _, edit in edits])


def _pieces(page: Page, block: Block) -> Iterator[Span]:
    """Yield a block's prose line by line, without what is masked."""
    masks = page.masks(block)
    at = block.inner.start
    for mask in [*masks, Span(block.inner.end, block.inner.end)]:
        for line in lines.split(page.article.text[at : max(at, mask.start)]):
            yield Span(at + line.start, at + line.end)
        at = max(at, mask.end)


def _edits(stretch: str, fixers: tuple[_Fixer, ...]) -> list[tuple[_Fixer, Edit]]:
    """
    Return the fixers' edits on one stretch, so that carrying them out leaves the safe ones nothing to say.

    One pass is enough for mojibake, and nearly always for the rest. Where restyling makes new work (a C1 control read
    as a quotation mark completes a mojibake), the passes become one edit.
    """
    found = list(_one_pass(stretch, fixers))
    safe = tuple(fixer for fixer in fixers if fixer.safety == "safe")
    chosen = [(fixer, edit) for fixer, edit in found if fixer in safe]
    if not chosen or not any(fixer in _OPT_IN for fixer in safe):
        return found
    once = settled = apply(stretch, sorted(edit for _, edit in chosen))
    for _ in range(9):
        settled = apply(settled, sorted(edit for _, edit in _one_pass(settled, safe)))
    if settled == once:
        return found
    at, before, after = repair.trimmed(0, stretch, settled)
    return [(chosen[0][0], Edit(Span(at, at + len(before)), before, after))]


def _one_pass(stretch: str, fixers: tuple[_Fixer, ...]) -> Iterator[tuple[_Fixer, Edit]]:
    """Yield the fixers' edits on one stretch: disjoint, and written as the later fixers would leave them."""
    taken: list[Edit] = []
    covered: set[int] = set()
    for number, fixer in enumerate(fixers):
        later = [other for other in fixers[number + 1 :] if other.rule != "E004"]
        edits = [
            edit._replace(after=_in_turn(edit.after, later))
            for edit in fixer.edits(stretch)
            if covered.isdisjoint(range(*edit.span))
        ]
        if not edits or (fixer is not _MOJIBAKE and _makes_mojibake(stretch, [*taken, *edits])):
            continue
        taken += edits
        covered.update(at for edit in edits for at in range(*edit.span))
        yield from ((fixer, edit) for edit in edits if edit.after != edit.before)


def _in_turn(text: str, fixers: list[_Fixer]) -> str:
    for fixer in fixers:
        text = apply(text, tuple(fixer.edits(text)))
    return text


def _makes_mojibake(stretch: str, edits: list[Edit]) -> bool:
    """Whether edits would leave something that E001 wants to mend the next time."""
    after = apply(stretch, sorted(edits))
    return repair.damaged(after) and any(True for _ in repair.mends(after))


def _finding(text: str, fixer: _Fixer, edit: Edit, piece: Span, about: bool, taught: bool) -> Finding:
    span = Span(piece.start + edit.span.start, piece.start + edit.span.end)
    before, after = _in_words(text, piece, span, edit.after)
    confidence: Confidence = "shown"
    safety = fixer.safety
    if fixer.rule == "E001" and about:
        safety = "unsafe"
    if fixer.rule == "E004" and (taught or edit.before.count(";") < 2):
        confidence = "pedantic"
    message = fixer.says.format(before=_quoted(before), after=_quoted(after))
    return Finding(
        fixer.rule, span, message, safety, (Edit(span, edit.before, edit.after),), confidence, words=1, because=_BECAUSE.get(fixer.rule, "")
    )  # fmt: skip


_BECAUSE = {
    "E001": "its bytes, read as UTF-8, make sense",
    "E004": "a reader would see the entity instead of the character",
}


@cache
def _teaches() -> re.Pattern[str]:
    return re.compile(r"\bentit(?:y|ies)\b|\bescap(?:e[ds]?|ing)\b|\bHTML\b|\bXML\b|\bmarkup\b", re.IGNORECASE)


def _in_words(text: str, piece: Span, span: Span, after: str) -> tuple[str, str]:
    """Return the whole word around an edit, before and after, for the message: at most 20 characters on each side."""
    head, tail = span
    while head > max(piece.start, span.start - 20) and not text[head - 1].isspace():
        head -= 1
    while tail < min(piece.end, span.end + 20) and not text[tail].isspace():
        tail += 1
    return text[head:tail], text[head : span.start] + after + text[span.end : tail]


def _quoted(text: str) -> str:
    """Return a text in quotation marks, with what cannot be seen written as an escape, cut at 60 characters."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return f'"{shown}"' if len(shown) <= 60 else f'"{shown[:59]}…"'


# --- E001, where nothing can be mended ------------------------------------------------------------------------------

_LOST = re.compile("\N{REPLACEMENT CHARACTER}+")


def _lost(page: Page, piece: Span, about: bool) -> Iterator[Finding]:
    text = page.article.text
    for run in _LOST.finditer(text, *piece):
        beside = text[max(piece.start, run.start() - 1) : run.start()] + text[run.end() : min(piece.end, run.end() + 1)]
        # In a word, something is gone. Between spaces it may be shown on purpose.
        confidence: Confidence = "shown" if not about and any(char.isalnum() for char in beside) else "pedantic"
        yield Finding(
            "E001", Span(*run.span()), "text was lost here: U+FFFD stands for bytes that could not be read; compare with the source",
            "report", confidence=confidence,
        )  # fmt: skip


# --- E002 -----------------------------------------------------------------------------------------------------------


def _wrong_encoding(page: Page) -> Iterator[Finding]:
    origin = page.article.origin
    label = origin.declared
    if label is not None and not page.article.text.isascii() and not source.agrees(label, origin.encoding):
        guess = "" if origin.sure else ", which is a guess: only byte-identical text is touched"
        message = f"the file declares {label}, but was read as {origin.encoding}{guess}"
        yield Finding(
            "E002", _declaration(page, label), message, "report", because="its bytes are not what it declares"
        )
    elif not origin.sure:
        message = (
            f"the encoding cannot be told; read as {origin.encoding}, a guess: only byte-identical text is touched"
        )
        yield Finding("E002", Span(0, 0), message, "report", because="no mark, not UTF-8")


def _declaration(page: Page, label: str) -> Span:
    at = page.article.text[:4096].lower().find(label)
    return Span(at, at + len(label)) if at >= 0 else Span(0, 0)


# --- E003 -----------------------------------------------------------------------------------------------------------


@cache
def _unseen() -> re.Pattern[str]:
    return re.compile(
        "(?P<ansi>\x1b(?:\\[[0-9;?]{0,30}[A-Za-z]|\\][^\x07\x1b\r\n]{0,500}(?:\x07|\x1b\\\\)))"
        "|(?P<separator>[\x0b\x1c-\x1f]+)"
        "|(?P<control>[\x00-\x08\x0e-\x1b\x7f]+)"
        "|(?P<c1>[\x80-\x84\x86-\x9f]+)"  # 85, next line, is E008's
        "|(?P<override>[\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}])"
        "|(?P<bidi>[\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}\u2066-\u2069]+)"
        "|(?P<mark>[\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}]+)"
        "|(?P<space>\N{ZERO WIDTH SPACE}+)"
        "|(?P<bom>\N{ZERO WIDTH NO-BREAK SPACE}+)"
        "|(?P<joiner>[\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}]+)"
        "|(?P<hyphen>\N{SOFT HYPHEN}+)"
        "|(?P<tags>[\U000e0001\U000e0020-\U000e007f]+)"
    )


_NAMES = {
    "ansi": "terminal escape sequence",
    "control": "control character",
    "separator": "control character where a space or a line end should be",
    "c1": "C1 control character (E010 can read it as Windows-1252)",
    "override": "bidirectional override: it shows text in another order than it is stored",
    "bidi": "bidirectional embedding or isolate in text of one direction",
    "mark": "direction mark in text of one direction",
    "space": "zero-width space",
    "bom": "byte order mark inside the text",
    "joiner": "zero-width joiner with nothing to join",
    "hyphen": "soft hyphen outside a word",
    "tags": "tag characters: text that nobody can see",
}
# Seen at once by default: what no editor types. The rest may be a habit of the site's software.
_SHOWN = frozenset({"ansi", "control", "separator", "override", "tags"})
# Never deleted by us: without a separator two words would be one, a C1 control was another character, and the others
# somebody should look at first.
_REPORTED = frozenset({"ansi", "separator", "c1", "override", "bidi", "tags"})


# Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
@cache
def _right_to_left() -> re.Pattern[str]:
    return re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def _invisible(page: Page, block: Block, piece: Span, edits: list[Edit]) -> Iterator[Finding]:
    text = page.article.text
    if _unseen().search(text, *piece) is None:
        return
    mended = {piece.start + at for edit in edits for at in range(*edit.span)}
    both_ways = _right_to_left().search(text, *block.inner) is not None
    seen: list[tuple[str, Span]] = []
    for found, before, after in _between(text, piece, edits):
        kind = str(found.lastgroup)
        stray = not (both_ways if kind in ("bidi", "mark") else _meant(kind, before, after))
        if stray and mended.isdisjoint(range(*found.span())):
            seen.append((kind, Span(*found.span())))
    goes = {span for kind, span in seen if kind not in _REPORTED and not _beside_mask(text, piece, span)}
    inside = [Edit(Span(start - piece.start, end - piece.start), text[start:end], "") for start, end in sorted(goes)]
    if goes and _makes_mojibake(text[piece.start : piece.end], [*edits, *inside]):
        goes = set()  # What it parts would look like mojibake side by side.
    for kind, span in seen:
        edit = (Edit(span, text[span.start : span.end], ""),) if span in goes else ()
        yield _invisible_finding(kind, span, text[span.start : span.end], edit)


def _invisible_finding(kind: str, span: Span, before: str, edit: tuple[Edit, ...]) -> Finding:
    codes = " ".join(f"U+{ord(char):04X}" for char in before[:4]) + (" ..." if len(before) > 4 else "")
    shown: Confidence = "shown" if kind in _SHOWN else "pedantic"
    return Finding("E003", span, f"{_NAMES[kind]} ({codes})", "unsafe" if edit else "report", edit, shown)


def _beside_mask(text: str, piece: Span, span: Span) -> bool:
    """Whether a stretch touches something masked: without it, two code spans could become one."""
    head = span.start == piece.start and span.start > 0 and text[span.start - 1] not in "\r\n"
    tail = span.end == piece.end and span.end < len(text) and text[span.end] not in "\r\n"
    return head or tail


def _between(text: str, piece: Span, edits: list[Edit]) -> Iterator[tuple[re.Match[str], str, str]]:
    """
    Yield each invisible stretch with the visible characters before and after it; a space where the piece ends.

    Neighbours are the characters that will stand there in the end: other invisible ones do not count, and of a mended
    word its mended letter does. Otherwise cleaning twice would find what cleaning once did not.
    """
    first = {piece.start + edit.span.start: edit.after[:1] for edit in edits}
    last = {piece.start + edit.span.end: edit.after[-1:] for edit in edits}
    every = list(_unseen().finditer(text, *piece))
    befores: list[str] = []
    for number, found in enumerate(every):
        if number and every[number - 1].end() == found.start():
            befores.append(befores[-1])
        else:
            at = found.start()
            befores.append(last.get(at) or (text[at - 1] if at > piece.start else " "))
    after = " "
    afters: list[str] = []
    for number, found in reversed(list(enumerate(every))):
        at = found.end()
        if not (number + 1 < len(every) and every[number + 1].start() == at):
            after = first.get(at) or (text[at] if at < piece.end else " ")
        afters.append(after)
    yield from zip(every, befores, reversed(afters), strict=True)


def _meant(kind: str, before: str, after: str) -> bool:
    """Whether an invisible stretch has a meaning between two characters."""
    match kind:
        case "joiner":  # scripts join letters with it, also at a word's end; emoji are made with it
            return not before.isascii() and not before.isspace()
        case "hyphen":
            return before.isalpha()
        case "space":  # Thai, Khmer, Burmese, Chinese... break lines at it; after a slash or a dot it parts a long name
            return not (_western(before) and _western(after))
        case "tags":  # the flags of England, Scotland and Wales
            return before == "\N{WAVING BLACK FLAG}"
    return False


def _western(char: str) -> bool:
    return char.isspace() or (char.isalnum() and char < "\u0590")


# --- the rules in their own words -----------------------------------------------------------------------------------

DOCS: dict[str, str] = {
    "E001": """\
# E001 mojibake

## What it does

Turns text that was read with the wrong encoding somewhere on its way back into what was written. Where a character is
already lost (U+FFFD), it says so and changes nothing.

## Why

Readers stumble over it, search does not find it, and a damaged copy of a paragraph no longer looks like its sound twin.

## Example

`The cafÃ© doesnâ€™t open` becomes `The café doesn’t open`.

## How far to trust it

Safe. The damaged characters must form valid UTF-8 when taken back to bytes, and be neighbours that no language has.
In 502,000 lines of documentation and 18,000 lines of encyclopaedia articles in many languages it found nothing to mend.
Code, addresses, tags and front matter are left alone, and so is a line that shows mojibake on purpose; in an article that
names encodings the mends are unsafe. The mending is done by [ftfy](https://ftfy.readthedocs.io).
""",
    "E002": """\
# E002 wrong-encoding

## What it does

Reports a file whose bytes are not in the encoding that it declares (in a `meta` or `?xml` tag or a coding comment) and,
a file whose encoding cannot be told.

## Why

Programs that believe the declaration will show mojibake, or make it.

## Example

A page with `<meta charset="iso-8859-1">` whose bytes are UTF-8.

## How far to trust it

Report only. The bytes decide: a byte order mark first, then valid UTF-8, then the declaration. A file read by a guess is
edited only where text stands twice byte for byte, because removing that is right under any guess.
""",
    "E003": """\
# E003 invisible-character

## What it does

Shows control characters, terminal escapes, bidirectional overrides and hidden tag characters; with `--pedantic` also
zero-width spaces, byte order marks, joiners, direction marks and soft hyphens where they have no meaning.

## Why

They break search and links, can reorder what a reviewer sees, and can hide text from people that machines still read.

## Example

`ware<U+200B>house` becomes `warehouse`.

## How far to trust it

Deleting is unsafe, and for escapes, overrides, separators and tags not even offered. Left alone are joiners after a letter
or an emoji, direction marks in right-to-left text, variation selectors, soft hyphens in words, and zero-width spaces
next to scripts that are written without spaces.
""",
    "E004": """\
# E004 html-entity

## What it does

Finds HTML entities that a reader would see as such: in plain text and reStructuredText every one, elsewhere those that
were escaped twice.

## Why

They are left behind by feeds and scrapers that escape what was escaped already.

## Example

In Markdown, `Fish &amp;amp; chips` becomes `Fish &amp; chips`; in plain text, `caf&eacute;` becomes `café`.

## How far to trust it

Unsafe, and shown by default only when escaped twice in text that does not speak of HTML. In Markdown, HTML and AsciiDoc
nothing becomes live markup: one level of escaping always stays, and `&amp;lt;` is left alone.
""",
    "E005": """\
# E005 typographic-quote

## What it does

Makes curly quotation marks and apostrophes straight. Runs only when selected.

## Why

Some house styles and most data formats want straight ones.

## Example

`“It’s late”` becomes `"It's late"`.

## How far to trust it

Safe once selected: one character becomes one character. Code, tags and front matter are left alone.
""",
    "E006": """\
# E006 ligature

## What it does

Writes ligature characters such as `ﬁ` as letters. Runs only when selected.

## Why

They come out of PDF files and make words that search does not find.

## Example

`ﬁnal` becomes `final`.

## How far to trust it

Safe once selected. Letters of an alphabet, such as `æ` and `œ`, are not ligatures.
""",
    "E007": """\
# E007 character-width

## What it does

Makes full-width Latin letters and digits narrow and half-width kana wide. Runs only when selected.

## Why

The same word in two widths is two words to search, and to most comparisons.

## Example

`２０２６` becomes `2026`.

## How far to trust it

Safe once selected. Punctuation and the wide space stay: they are right in Chinese and Japanese, and a narrow `#` could
begin a heading.
""",
    "E008": """\
# E008 line-break

## What it does

Turns the line separators U+2028, U+2029 and U+0085 inside a line into a space. Runs only when selected.

## Why

Editors and parsers disagree on whether a line ends there.

## Example

`one<U+2028>two` becomes `one two`.

## How far to trust it

Safe once selected. Not a line feed, because what follows could then turn into a heading or a list item.
""",
    "E009": """\
# E009 normal-form

## What it does

Brings prose to Unicode normal form C, where an accented letter is one character. Runs only when selected.

## Why

Two spellings of one letter look the same and compare as different.

## Example

`e` followed by U+0301 becomes `é`.

## How far to trust it

Safe once selected. Signs whose normal form is ASCII, or that have the shape of markup, stay, and so do runs of more than 30
combining marks.
""",
    "E010": """\
# E010 c1-control

## What it does

Reads C1 control characters as the Windows-1252 characters they nearly always were. Runs only when selected.

## Why

They are quotation marks and dashes of a Windows text that was read as Latin-1; on screen they are invisible.

## Example

`<U+0093>late<U+0094>` becomes `“late”`.

## How far to trust it

Safe once selected, and what browsers do. U+0085 is left to E008; the five that Windows-1252 does not have stay.
""",
}
