"""
Titles: taking the site's name off, and telling whether two are the same.

"Bread at sea | The Daily Crumb" ends in a site's name, "Spider-Man - No Way Home" does not, and nothing in the text
tells them apart. So nothing is cut on looks alone: either the site's name is known, or the page says elsewhere what
its title is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cleaner.normal import normal

# What stands between a title and a site's name. A hyphen needs white space on both sides; a bar, bullet or guillemet
# does not. A colon only ever follows a name that comes first ("Crumb: Bread at sea").
_BARS = (
    r"(?<!\s)\s++[-\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}]{1,2}\s+|(?<!\s)\s++::\s+"
    r"|(?:(?<!\s)\s++)?[|\N{BROKEN BAR}\N{MIDDLE DOT}\N{BULLET}»]{1,2}\s*"
)
_SUFFIX_SEPARATOR = re.compile(_BARS)
_SEPARATOR = re.compile(_BARS + r"|(?<!\s)\s++[/~]\s+|(?:(?<!\s)\s++)?[«‹›]\s*|:\s+")
#: No site's name is longer.
MOST_WORDS = 5
# Without knowing the site: what two titles share has to be a title, and "Spider-Man" alone could be half of one.
_FEWEST_SHARED = 3
# What is longer is no title, and trying every separator in it would take time that grows with its square.
_LONGEST = 600

_SINGLE = (
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}"
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}\N{PRIME}\N{ACUTE ACCENT}`"
)
_DOUBLE = (
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}\N{DOUBLE PRIME}«»"
)
_DASHES = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{MINUS SIGN}"
_ALIKE = {
    **dict.fromkeys(map(ord, _SINGLE), "'"),
    **dict.fromkeys(map(ord, _DOUBLE), '"'),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    ord("\N{SOFT HYPHEN}"): None,
    ord("\N{ZERO WIDTH SPACE}"): None,
    ord("\N{ZERO WIDTH NO-BREAK SPACE}"): None,
}
# What sets one part of a work off from another is no site's name: "The long road - Part two".
_PARTS = re.compile(
    r"(?:part|chapter|episode|volume|vol|season|series|review|opinion|analysis|live|video|update[ds]?|teil|kapitel|folge|band"
    r"|partie|chapitre|épisode|saison|tome|parte|capítulo|capitolo|deel|del|часть|глава)\b",
    re.IGNORECASE,
)


def without_site(title: str, site: str | None = None, others: Iterable[str] = ()) -> str:
    """
    Take the site's name off a title, where there is evidence that it is one.

    Args:
        title: As the page has it.
        site: The site's name ("The Daily Crumb") or host ("www.dailycrumb.example"); None where unknown.
        others: What the page gives as its title elsewhere: its H1, its og:title.

    Returns:
        The title without leading or trailing white space, and without the site where the part that goes is the site's
        name, or the part that stays equals another title of the page and what goes has at most `MOST_WORDS` words.

    >>> without_site("Bread at sea | The Daily Crumb", "The Daily Crumb")
    'Bread at sea'
    >>> without_site("Mother-in-law – the sequel")
    'Mother-in-law – the sequel'
    """
    title = title.strip()
    if len(title) > _LONGEST:
        return title
    known = {fold(other) for other in others} - {""}
    cuts = [(kept, gone) for kept, gone, _ in _cuts(title, _SEPARATOR) if fold(kept) and not is_site(kept, site)]
    told = [kept for kept, gone in cuts if fold(kept) in known and len(gone.split()) <= MOST_WORDS]
    if told:
        return max(told, key=len)
    named = [kept for kept, gone in cuts if is_site(gone, site)]
    return max(named, key=len) if named else title


def same_title(one: str, other: str, site: str | None = None) -> bool:
    """
    Whether two titles are the same, but for case, white space, quotes, dashes, a final full stop, and the site's name.

    A question mark, an exclamation mark and an ellipsis count: "Guilty?" is not "Guilty", and "Two killed in..." is cut
    off. A site's name is taken off either title where it is known; where it is not, one title may be the other and a
    separator and a name of at most `MOST_WORDS` words, in capitals as names are, without digits.

    >>> same_title("Bread at sea", "BREAD AT SEA — The Daily Crumb")
    True
    >>> same_title("Bread at sea", "Bread at sea - Part two")
    False
    """
    first, second = fold(one), fold(other)
    if not first or not second:
        return False
    if first == second:
        return True
    if max(len(one), len(other)) > _LONGEST:
        return False
    if site:
        return fold(without_site(one, site)) == fold(without_site(other, site))
    return _adds_name(one, second) or _adds_name(other, first)


def fold(title: str) -> str:
    """Return a title for comparing, never for writing: entities resolved, case, width, quotes and white space alike."""
    if "&" in title:
        from html import unescape

        title = unescape(title)
    folded = " ".join(normal("NFKC", title.translate(_ALIKE)).translate(_ALIKE).casefold().split())
    if folded.endswith((".", "\N{IDEOGRAPHIC FULL STOP}")) and not folded.endswith(".."):
        return folded[:-1].rstrip()
    return folded


def is_site(text: str, site: str | None) -> bool:
    """Whether a text is the site's name, or names the site's host: "Daily Crumb" and "www.dailycrumb.example"."""
    if not site:
        return False
    if fold(text) == fold(site):
        return True
    return bool(_squeezed(text)) and bool(_hosts(site) & ({_squeezed(text)} | _hosts(text)))


def _squeezed(text: str) -> str:
    bare = "".join(letter for letter in fold(text) if letter.isalnum())
    return bare[3:] if bare.startswith("the") and len(bare) > 6 else bare


def _hosts(site: str) -> frozenset[str]:
    """Return the names in a host: "crumb" and "newscrumb" of "news.crumb.co.example"; of a name, itself."""
    host = site.strip().lower().removeprefix("https://").removeprefix("http://").split("/")[0].split(":")[0]
    if " " in host or "." not in host.strip("."):
        return frozenset({_squeezed(site)} - {""})
    labels = host.removeprefix("www.").split(".")
    # The last label is a country or a class of sites; the one before it may be ("co.uk", "com.au").
    names = labels[:-2] if len(labels) > 2 and len(labels[-2]) <= 3 else labels[:-1]
    return (
        frozenset({_squeezed(names[-1]), _squeezed("".join(names)), _squeezed("".join(labels))} - {""})
        if names
        else frozenset()
    )


def _cuts(title: str, separator: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each way to cut a title in two, as the part that stays, the part that goes, and the separator."""
    for cut in separator.finditer(title):
        left, right = title[: cut.start()].strip(), title[cut.end() :].strip()
        if left and right:
            if not cut.group().startswith(":") or "::" in cut.group():
                yield left, right, cut.group()
            yield right, left, cut.group()


def _adds_name(longer: str, shorter: str) -> bool:
    """Whether a title is the other (folded) one with a separator and what looks like a site's name after it."""
    for cut in _SUFFIX_SEPARATOR.finditer(longer):
        name = longer[cut.end() :].strip()
        words = name.split()
        if (
            0 < len(words) <= MOST_WORDS
            and fold(longer[: cut.start()]) == shorter
            and (len(shorter.split()) >= _FEWEST_SHARED or (len(shorter) >= 6 and not shorter.isascii()))
            and (name[0].isupper() or not name[0].islower())
            and not any(letter.isdigit() for letter in name)
            and not name.endswith(("?", "!", "...", "…"))
            and not _PARTS.match(name)
        ):
            return True
    return False
