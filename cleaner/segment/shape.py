"""
How paragraphs are set in a text: by blank lines, hard-wrapped over many lines, or one a line.

Scraped articles come one line a paragraph with single line ends; README files are wrapped at 80 columns; the same
lines read either way, so the text has to be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# What a sentence may end in, closing quotes and brackets aside. A colon counts: "What we know so far:" is a whole line.
ENDINGS = frozenset(".!?:;…。！？：；؟۔।॥။៕።")
CLOSERS = "\"'”’»«)]}*_」』）】›"
# Nobody wraps wider than this; a text with longer lines is not wrapped by hand.
WIDEST_WRAP = 125


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    tail = line[-12:].rstrip().rstrip(CLOSERS)
    return bool(tail) and tail[-1] in ENDINGS


def stands_alone(line: str) -> bool:
    """Whether a line is set as a title or deck: all of it bold, or a heading mark before it."""
    if line[:1].isalnum():
        return False  # nearly always
    bare = line.strip()
    return (len(bare) > 4 and bare[:2] in ("**", "__") and bare.endswith(bare[:2]) and bare[:2] not in bare[2:-2]) or (
        bare.startswith("#") and bare.lstrip("#")[:1] == " "
    )


def one_a_line(chunks: Iterable[Sequence[str]]) -> bool:
    """
    Whether the lines of a text are paragraphs of their own.

    Args:
        chunks: Runs of lines between blank lines. Only lines that have another below them in their run are asked:
            in a wrapped text these break off in mid-sentence, at about one width; in the other kind they end as
            sentences do, or stand alone, or run far beyond any page.

    A line that stood before is passed over wherever it stands again, so that removing copies does not change the answer.
    """
    inner: list[tuple[str, str]] = []
    seen: set[str] = set()
    again = False  # nothing but one line, said over and over
    for chunk in chunks:
        above: str | None = None
        for line in chunk:
            if line in seen:
                again = True
                continue
            seen.add(line)
            if above is not None:
                inner.append((above, line))
            above = line
    if not inner:
        return again
    whole = sum(
        1
        for line, below in inner
        if len(line) > WIDEST_WRAP or ends_sentence(line) or stands_alone(line) or stands_alone(below)
    )
    if whole * 5 < len(inner) * 4:
        return False
    # Sentences that happen to end where lines do: only a text whose lines differ in length is set one a line.
    lengths = sorted(len(line) for line, _ in inner)
    return lengths[-1] > WIDEST_WRAP or whole == len(inner) or lengths[0] * 2 < lengths[-1]
