"""
What stands again inside a paragraph or across its border: D120 for sentences, and for lines copied below themselves.

The copy has to follow its original directly: anaphora, refrains and examples repeat sentences further apart on purpose.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from cleaner import lines
from cleaner.keys import exact
from cleaner.model import PROSE, SAME, Block, Confidence, Edit, Finding, Safety, Span
from cleaner.page import Page, passed
from cleaner.patterns import pattern
from cleaner.segment.shape import CLOSERS, ends_sentence
from cleaner.words import count, portions, sentences

FEWEST_WORDS = 4
FEWEST_SAFE = 5
FEWEST_APART = 8
# A phrase of so many words is not said twice in a row for rhythm, in a paragraph of so many characters.
FEWEST_REPEATED = 5
SHORTEST_TOLD = 80

# What opens a quotation, and what closes it.
_QUOTES = (("“", "”"), ("„", "“”"), ("«", "»"), ("「", "」"), ("『", "』"))


def find(page: Page, edits: Sequence[Edit] = ()) -> Iterator[Finding]:
    """
    Yield a finding for each sentence or line that directly follows itself.

    Args:
        page: The page.
        edits: What else will be mended inside blocks, sorted and disjoint: sentences are compared as they will read.
    """
    if not page.options.wants("D120"):
        return
    touched = _touched(page, edits)  # these will read otherwise than they do
    doubtful = _doubtful(page)
    say = _Said(page, edits)
    above: tuple[Block, list[Span]] | None = None
    before: Block | None = None  # the block above that was read last
    last: Block | None = None
    twice = False  # the block before said what the one before that said, and nothing was found in it
    rest = iter(page.blocks)
    for block in rest:
        if block.kind not in PROSE:
            continue
        if block.kind == "heading":
            above, before, last, twice = None, None, None, False
            continue
        edited = touched[block.number] or (before is not None and touched[before.number])
        if not doubtful[block.number] and not edited:
            above, before, last, twice = None, block, block, False
            continue
        same = last is not None and not edited and page.is_twin(block.number)
        last = block
        if same and twice:  # a line that stands a million times
            above = None  # if it is asked for, it is read again
            past = _past_twins(page, block.number, touched)
            passed(rest, past - block.number - 1)
            last = page.blocks[past - 1]
            continue
        twice = same
        said, said_above = page.inner(block), page.inner(before) if before is not None else ""
        before = block
        if not edited and not _may_repeat(said, said_above):
            above = None
            continue
        if above is None and said_above and page.blocks[block.number - 1].kind == block.kind in ("paragraph", "item"):
            over = page.blocks[block.number - 1]
            above = (over, sentences(page.article.text, over.inner, page.masks(over)))
        masks = page.masks(block)
        parts = sentences(page.article.text, block.inner, masks)
        found = list(_inside(page, say, block, parts, masks)) if len(parts) > 1 else []
        if not found and len(parts) > 1:
            found += _apart(page, say, block, parts)
        if block.kind in ("paragraph", "item"):
            if above is not None and above[0].kind == block.kind and above[0].number == block.number - 1 and len(parts) + len(above[1]) > 2:
                found += _across(page, say, block, above[1], parts)
            above = (block, parts)
        else:
            above = None
        if len(parts) == 1 or not any(ends_sentence(page.article.said(part)) for part in parts):
            found += _lines(page, say, block, masks)
        yield from found
        twice = same and not found
    if page.options.pedantic:
        yield from _phrases(page)


def _touched(page: Page, edits: Sequence[Edit]) -> bytearray:
    """Tell of each block, by its number, whether sorted edits reach into it."""
    found = bytearray(len(page.blocks))
    if edits:
        prose = page.prose()
        starts = [block.inner.start for block in prose]
        for edit in edits:
            for block in prose[max(0, bisect_right(starts, edit.span.start) - 1) : bisect_right(starts, edit.span.end)]:
                found[block.number] = True
    return found


def _past_twins(page: Page, number: int, touched: bytearray) -> int:
    """Return the number of the first block below one that does not say the same, or will not."""
    end = page.past_twins(number)
    first = touched.find(True, number + 1, end)
    return first if first >= 0 else end


def _phrases(page: Page) -> Iterator[Finding]:
    """A phrase that directly follows itself, across a full stop or comma: only ever shown."""
    text = page.article.text
    for block in page.blocks:
        if block.kind not in ("paragraph", "item") or len(page.inner(block)) < SHORTEST_TOLD:
            continue
        places = list(_WORD.finditer(text, *block.inner))
        said = [place.group().casefold() for place in places]
        last: dict[tuple[str, ...], int] = {}
        for at in range(len(said) - FEWEST_REPEATED + 1):
            start = last.get(tuple(said[at : at + FEWEST_REPEATED]))
            last[tuple(said[at : at + FEWEST_REPEATED])] = at
            if start is None or said[start:at] != said[at : 2 * at - start]:
                continue
            span = Span(places[at].start(), places[2 * at - start - 1].end())
            yield Finding(
                rule="D120",
                span=span,
                message=f"the words stand again right behind themselves: {at - start:,} words",
                safety="report",
                confidence="pedantic",
                keeper=Span(places[start].start(), places[at - 1].end()),
                relation="exact",
                scores=SAME,
                words=at - start,
                key=" ".join(said[start:at]),
                because="which of the two goes on as it should is for the author to say",
            )
            break


# Wherever a sentence may end. Splitting there is far cheaper than telling sentences, and a text whose pieces all differ
# repeats no sentence: two copies of one fall into the same pieces, however their lines are wrapped.
_PIECE = pattern(r"[.!?\u2026\u203c\u203d\u2047-\u2049\u3002\uff01\uff1f\uff61\uff0e\u061f\u06d4\u0964\u0589\u0965\u1362\u1367\u1803\u1809\u104a\u104b\u17d4\u17d5]+[^\w\s]*")
_BLANK = pattern(r"\n[ \t\r]*\n")

_WORD = pattern(r"[^\W_]+(?:['’][^\W_]+)*")


@lru_cache(maxsize=10_000)
def _pieces(text: str) -> tuple[str, ...]:
    """Return what stands between the stops of a text, and between its blank lines, with white space folded."""
    stretches = _BLANK.split(text) if "\n" in text else [text]
    return tuple(bare for stretch in stretches for piece in _PIECE.split(exact(stretch)) if (bare := piece.strip()))


def _rows(text: str) -> list[str]:
    """Return the lines of a text, with white space folded."""
    return [" ".join(text[start:end].split()) for start, end in lines.split(text)]


_SAYING = PROSE - {"heading"}
# Signs beyond ASCII that most texts hold, and what stands for them below; and what is then not read by splitting strings.
_TYPOGRAPHIC = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "•": "-", "«": '"', "»": '"', "…": "."}
_ODD = pattern(rf"[^\w\x01-\x7f{''.join(_TYPOGRAPHIC)}]")
_SPACE = ("\n", "  ", "\t", "\r", "\f", "\v", "\x1c", "\x1d", "\x1e", "\x1f")
_CLOSING = ('."', ".'", ".)", ".]", ".*", '."')
_SIGNS = "".join(chr(code) for code in range(1, 128) if not chr(code).isalnum())


def _doubtful(page: Page) -> bytearray:
    """
    Tell of each block, by its number, whether it may say a sentence or line twice, or begin with what the block above says.

    Equal pieces fall into equal stretches between two stops, once lines are joined and signs at the ends are left out, and to
    split strings at stops is far cheaper than to tell pieces. A stretch that stands on the page already makes a block doubtful,
    and so does a line that stands in the block already. (All stretches without a letter or figure count as equal.)
    """
    text = page.article.text
    any_odd = _is_odd(text)
    odd: set[str] = set()
    found = bytearray(page.twins or len(page.blocks))
    first: dict[str, int] = {}  # a line that is said a million times is held once
    before = ""
    for block in page.firsts:
        if block.kind not in _SAYING:
            continue
        said = text[block.inner.start : block.inner.end]
        number = first.setdefault(said, block.number)
        if number == block.number:
            if "\n" in said or "\r" in said:
                rows = _rows(said)
                # What a blank line or a mark of a quote parts is not told by joining lines.
                if len(set(rows)) < len(rows) or "" in rows or any(row[0] == ">" for row in rows if row):
                    odd.add(said)
            if any_odd and _is_odd(said):
                odd.add(said)
        if number != block.number or said in odd or before in odd:
            found[block.number] = True
        before = said
    seen: set[str] = set()
    for together in portions([said for said in first if said not in odd] if odd else first):
        at = 0
        for stretch in _stretches(together):
            if stretch == "\0":
                at += 1
            elif (bare := stretch.strip(_SIGNS)) in seen:
                found[first[together[at]]] = True
            else:
                seen.add(bare)
    return found


def _is_odd(said: str) -> bool:
    """Whether a text holds signs that splitting strings does not know."""
    return "\0" in said if said.isascii() else _ODD.search(said) is not None


def _plain(said: str) -> str:
    for sign, plain in _TYPOGRAPHIC.items():
        said = said.replace(sign, plain)
    return said


def _stretches(texts: Sequence[str]) -> Iterator[str]:
    """Yield what stands between the stops of texts, and a NUL between two of them."""
    said = ".\0.".join(texts)
    if not said.isascii():
        said = _plain(said)
    if any(space in said for space in _SPACE):
        said = " ".join(said.split())
    said = said.replace("!", ".").replace("?", ".")
    for closed in _CLOSING:
        said = said.replace(closed, ".")
    for stretch in said.split("."):
        if stretch and stretch != " ":
            yield stretch


def _may_repeat(said: str, above: str) -> bool:
    """Whether a block may say a sentence or line twice, or begin with the last one of the block above."""
    pieces = _pieces(said)
    if len(set(pieces)) < len(pieces) or (pieces and pieces[0] in _pieces(above)):
        return True
    rows = _rows(said) if "\n" in said or "\r" in said else ()
    return len(set(rows)) < len(rows)


class _Said:
    """What a stretch of text says once it is mended, with its white space folded."""

    def __init__(self, page: Page, edits: Sequence[Edit]) -> None:
        self.text = page.article.text
        self.edits = edits
        self.starts = [edit.span.start for edit in edits]

    def __call__(self, span: Span) -> str:
        said = self.text[span.start : span.end]
        low = bisect_left(self.starts, span.start)
        high = bisect_left(self.starts, span.end)
        for edit in reversed(self.edits[low:high]):
            if edit.span.end <= span.end:
                said = said[: edit.span.start - span.start] + edit.after + said[edit.span.end - span.start :]
        return exact(said)


def _inside(page: Page, say: _Said, block: Block, parts: Sequence[Span], masks: Sequence[Span]) -> Iterator[Finding]:
    """Sentences that follow themselves, one by one or in runs, each walked as blocks are: against what stays."""
    from cleaner.match import copies

    text = page.article.text
    keys = [say(part) for part in parts]
    if len(set(keys)) == len(keys):
        return  # nearly always
    for run in copies.merged(copies.runs(keys, [count(key) >= FEWEST_WORDS for key in keys], lambda run: run.adjacent)):
        if not run.goes:
            continue
        keeper = Span(parts[run.keepers[0]].start, parts[run.keepers[-1]].end)
        once = Span(parts[run.duplicates[0]].start, parts[run.duplicates[len(run.keepers) - 1]].end)
        said = text[once.start : once.end]
        safe = count(said) >= FEWEST_SAFE and _is_prose(once, masks) and ends_sentence(said) and not _stressed(text, block, keeper, said)
        span = Span(once.start, parts[run.duplicates[-1]].end)
        times = len(run.duplicates) // len(run.keepers)
        yield _finding(page, block, span, keeper, said, times, "safe" if safe else "unsafe", "shown" if safe else "pedantic")


def _is_prose(span: Span, masks: Sequence[Span]) -> bool:
    """Whether less than half of a stretch is code, addresses and tags."""
    return sum(mask.end - mask.start for mask in masks if span.holds(mask)) * 2 < span.end - span.start


def _again(times: int) -> str:
    return "again" if times == 1 else f"{times:,} more times"


def _stressed(text: str, block: Block, keeper: Span, said: str) -> bool:
    """Whether a sentence may be said twice to stress it: a cry, a question, or words inside a quotation."""
    if said.rstrip(CLOSERS)[-1:] in ("!", "?", "！", "？", "؟") and count(said) < FEWEST_APART:
        return True
    before = text[block.inner.start : keeper.start + 1]
    return before.count('"') % 2 == 1 or any(before.count(one) > sum(map(before.count, closing)) for one, closing in _QUOTES)


def _apart(page: Page, say: _Said, block: Block, parts: Sequence[Span]) -> Iterator[Finding]:
    """A sentence that stands twice in one paragraph with others between: only ever shown. One that stands there more often is meant."""
    seen: dict[str, Span] = {}
    every = [say(part) for part in parts]
    times = Counter(every)
    for part, said in zip(parts, every):
        if said in seen and count(said) >= FEWEST_APART and not _tabular(page, block):
            yield Finding(
                rule="D120",
                span=part,
                message=f"the sentence stands in this paragraph already: {count(said):,} words",
                safety="report",
                confidence="pedantic" if block.kind in ("row", "quote") or times[said] > 2 else "shown",
                keeper=seen[said],
                relation="exact",
                scores=SAME,
                words=count(said),
                key=said,
                because="other sentences stand between the two",
            )
        seen.setdefault(said, part)


def _tabular(page: Page, block: Block) -> bool:
    """Whether a paragraph is a table that its format does not know: its lines are rows, and rows may say the same."""
    return "|" in page.inner(block)


def _across(page: Page, say: _Said, block: Block, before: Sequence[Span], parts: Sequence[Span]) -> Iterator[Finding]:
    """The last sentence of one paragraph begins the next."""
    if not before or not parts:
        return
    text = page.article.text
    first, last = parts[0], before[-1]
    said = say(first)
    if said != say(last) or count(said) < FEWEST_WORDS:
        return
    whole = len(parts) == 1
    edits: tuple[Edit, ...] = ()
    if not whole:
        end = parts[1].start
        edits = (Edit(Span(first.start, end), text[first.start : end], ""),)
    yield Finding(
        rule="D120",
        span=first,
        message=f"the sentence that ends the paragraph above stands again: {count(said):,} words",
        safety="unsafe" if edits else "report",
        edits=edits,
        confidence="shown" if count(said) >= FEWEST_SAFE and block.kind == "paragraph" else "pedantic",
        keeper=last,
        relation="exact",
        scores=SAME,
        words=count(said),
        key=said,
        because="the copy follows its original across the border of two paragraphs",
    )


def _lines(page: Page, say: _Said, block: Block, masks: Sequence[Span]) -> Iterator[Finding]:
    """A line that was copied below itself inside one wrapped paragraph, and is no sentence."""
    text = page.article.text
    said = text[block.inner.start : block.inner.end]
    if "\n" not in said and "\r" not in said:
        return
    rows = [Span(block.inner.start + row.start, block.inner.start + row.end) for row in lines.split(said)]
    for one, alike in groupby(rows, say):
        above, *copied = alike
        if not copied or count(one) < FEWEST_WORDS:
            continue
        below = copied[0]
        span = Span(above.end, copied[-1].end)
        yield Finding(
            rule="D120",
            span=Span(below.start, span.end),
            message=f"the line stands {_again(len(copied))} directly below itself: {count(one) * len(copied):,} words",
            safety="unsafe",
            edits=(Edit(span, text[span.start : span.end], ""),),
            confidence="shown" if _is_prose(below, masks) and count(one) >= FEWEST_SAFE else "pedantic",
            keeper=above,
            relation="exact",
            scores=SAME,
            words=count(one) * len(copied),
            key=one,
            because="the copy stands directly below the original",
        )


def _finding(page: Page, block: Block, span: Span, keeper: Span, said: str, times: int, safety: Safety, confidence: Confidence) -> Finding:
    text = page.article.text
    start = span.start
    while start > block.inner.start and text[start - 1] in " \t\r\n>":
        start -= 1  # the white space above goes with the copy, so that what follows keeps its own
    size = count(said) * times
    return Finding(
        rule="D120",
        span=span,
        message=f"the sentence stands {_again(times)} right behind itself: {size:,} words",
        safety=safety,
        edits=(Edit(Span(start, span.end), text[start : span.end], ""),),
        confidence=confidence,
        keeper=keeper,
        relation="exact",
        scores=SAME,
        words=size,
        key=exact(said),
        because="the copy follows its original directly",
    )
