"""Every regular expression of the package is given its worst inputs, at a size and at twice that: none grows with its square."""

from __future__ import annotations

import re
import signal
import time

import pytest
from pumps import Site, attacks, sites

from cleaner.model import Format

SIZE = 8_000
#: What takes less than this at SIZE is linear: with the square of it, eight thousand characters would take ten times as long at the least.
FLOOR = 0.015
MOST = 3.0
ENDLESS = 2.0  # seconds for eight to thirty thousand characters

FOUND, UNKNOWN = sites()



def made() -> list[Site]:
    """Return the patterns that are only made while the program runs."""
    from cleaner import language, marks, repair, source, tags, words
    from cleaner.feeds import prose
    from cleaner.match import facts
    from cleaner.proof import cuts
    from cleaner.segment import inline

    forms: tuple[Format, ...] = ("markdown", "html", "text", "rst", "asciidoc")
    found = [Site("feeds/prose.py:36", step.pattern, step.flags, True) for form in forms for step, _ in prose._steps(form)]
    found += [Site("segment/inline.py:60", each.pattern, each.flags, True) for form in forms for mail in (False, True) for each in [inline._pattern(form, mail)]]
    found += [Site("marks.py:67", marks._COMMENTS[form], 0, True) for form in forms]
    found += [Site("source.py:412", sign, re.MULTILINE, True) for sign in source._SIGNS]
    found += [Site("match/facts.py:113", facts._reader().pattern, facts._reader().flags, True)]
    found += [Site("words.py:65", each.pattern, each.flags, True) for each in (words._latin(), words._general(), *words._counted())]
    found += [Site("proof/cuts.py:70", cuts._item(content).pattern, cuts._item(content).flags, False) for content in (2, 9)]
    assert language and repair and tags  # theirs are one set of characters, or one name
    return found


#: Where they are made. Those of `facts._pattern` are given to it as they stand in the source, and are looked for there.
MADE = frozenset({"feeds/prose.py", "segment/inline.py", "marks.py", "source.py", "match/facts.py", "words.py", "language.py", "repair.py", "tags.py", "patterns.py", "globs.py", "engines/cluster.py", "proof/cuts.py"})
#: Patterns that are never given a long text, by what bounds it.
BOUNDED = {
    # These count what they repeat, so that they are linear from some thousand characters on; at that length they are slow.
    "segment/inline.py": (r"<(?P<name>code", r"`(?<!``)(?P<ticks>"),
    "feeds/prose.py": (r"<!--(?:[^-]", r":[\w:.+-]{1,60}:`"),
    "feeds/entries.py": (r"\s*(?:\[?(?:",),  # white space is folded before, so that no run of it is longer than one
    "match/facts.py": (r"\s*(?:\[?(?:",),  # the last sixty characters
    "globs.py": (r",(?!",),  # what somebody wrote into their own settings
    "engines/cluster.py": (r"^\s*spark", r"[a-zA-Z][a-zA-Z0-9+.-]+:/", r"[\w.]*(?:Error", r'version "'),  # settings of one's own cluster, and what its programs say
    "words.py": (r"[^\W_]+(?:[.-]{1,2}",),  # the last 24 characters before a full stop
    "stories/judge.py": (r"([^\W\d_][^\d]{0,60}?)",),  # a folded title, in which white space is single
    "source.py": (r"^", r"(?", r"!\[", r"\s{0,200}"),  # the first 20,000 characters, by patterns that count what they repeat
}
FOUND += made()


class _Endless(Exception):
    pass


def _stop(*_: object) -> None:
    raise _Endless


def run(site: Site, text: str) -> float:
    """Return the seconds of processor that a pattern takes, at the best of three tries where it is not quick; without end, where it takes ENDLESS."""
    if not hasattr(signal, "setitimer"):
        return _run(site, text)
    before = signal.signal(signal.SIGVTALRM, _stop)  # the engine looks for signals now and then
    signal.setitimer(signal.ITIMER_VIRTUAL, ENDLESS)
    try:
        return _run(site, text)
    except _Endless:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _run(site: Site, text: str) -> float:
    compiled = re.compile(site.text, site.flags)
    given = text.encode("utf-8", "surrogatepass") if isinstance(site.text, bytes) else text
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        if site.searched:
            for _ in compiled.finditer(given):  # type: ignore[call-overload]
                pass
        else:
            compiled.match(given)  # type: ignore[call-overload]
        best = min(best, time.process_time() - start)
        if best < FLOOR:
            break
    return best


def growth(site: Site, size: int) -> tuple[float, str]:
    """Return by how much a pattern's time grows where its input doubles, at worst; 1 where it is quick on all of it."""
    worst, by = 1.0, ""
    for attack in attacks(site.text, site.flags):
        if (first := run(site, attack.text(size))) < FLOOR:
            continue
        shown = f"{attack.lead[-20:]!a} then {attack.pump[:20]!a}... then {attack.end!a}"
        if first == float("inf"):
            return first, shown
        second = run(site, attack.text(2 * size))
        if second / first > MOST:
            third = run(site, attack.text(4 * size)) if second < float("inf") else second
            step = min(second / first, third / second) if second < float("inf") else second
            if step > worst:
                worst, by = step, shown
            if worst > MOST:
                break
    return worst, by


def test_all_patterns_are_found() -> None:
    """The table is whole: each place in the source where a pattern is made is in it, or is known to be made while the program runs."""
    assert len(FOUND) > 200
    strange = [each for each in UNKNOWN if each.partition(":")[0] not in MADE]
    assert not strange, strange


PLACES = sorted({(site.where.partition(":")[0]) for site in FOUND})


@pytest.mark.parametrize("module", PLACES)
def test_no_pattern_grows_with_the_square(module: str) -> None:
    """Each pattern of a module, by its worst inputs: twice the text takes no more than three times as long."""
    slow = []
    for site in dict.fromkeys(site for site in FOUND if site.where.startswith(f"{module}:")):
        worst, by = growth(site, SIZE)
        if worst > MOST and not any(str(site.text).startswith(each) for each in BOUNDED.get(module, ())):
            slow.append(f"{site.where}: {site.text!r} grows by {worst:.1f} on {by!r}...")
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize("bad", [r"\s+$", r"<!--.*?-->", r"[^.!?]+[.!?]+", r"\w+@\w+\.\w+", r"(?:a|b)*c", r"(\d+)+x", r"[ \t]+\n"])
def test_the_table_would_tell(bad: str) -> None:
    """Patterns that are known to grow with the square, or worse, are told by the same inputs."""
    site = Site("a:1", bad, re.DOTALL, True)
    if bad == r"(\d+)+x":  # doubles with each digit
        assert min(run(site, "1" * 20 + "!"), 1) > 3 * run(site, "1" * 15 + "!")
        return
    assert growth(site, SIZE)[0] > MOST
