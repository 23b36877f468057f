"""
What hostile texts cost: a hundred generators of pathological input, each at n, 2n and 4n.

    python benchmarks/growth.py                    # those whose time grows by more than 3 per doubling, and the slowest
    python benchmarks/growth.py --only 'brackets'  # some of them

Each text is read, segmented, judged and, where something is safe to remove, planned and proved, by `cleaner.check`; feeds are read and
audited. Processor time of this process, the smallest of three. A linear program doubles; what grows by more than 3 in both
steps, beyond 50 milliseconds, is called superlinear. Exit status 1 if any is.
"""

from __future__ import annotations

import argparse
import gc
import re
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import cleaner
from cleaner.errors import CleanerError

#: Characters at n; 4n is a megabyte.
SIZE = 250_000
LIMIT = 3.0
FLOOR = 0.05  # seconds: below it the clock says little


class Case(NamedTuple):
    name: str
    format: str
    make: Callable[[int], str]  # from a number of characters, about


def filled(unit: str, head: str = "", tail: str = "") -> Callable[[int], str]:
    """Return a maker that repeats a unit until there are so many characters."""
    return lambda size: head + unit * max(1, size // len(unit)) + tail


def numbered(template: str) -> Callable[[int], str]:
    """Return a maker of lines that differ in a number."""
    step = len(template) + 4
    return lambda size: "".join(template.format(n=at) for at in range(max(1, size // step)))


def nested(opening: str, closing: str, core: str = "a") -> Callable[[int], str]:
    """Return a maker that opens so often, and closes as often."""
    return lambda size: opening * (size // (len(opening) + len(closing) + 1)) + core + closing * (size // (len(opening) + len(closing) + 1))


def rising(line: Callable[[int], str]) -> Callable[[int], str]:
    """Return a maker of lines that get longer: their number is the root of the size."""
    return lambda size: "".join(line(at) for at in range(int((2 * size) ** 0.5)))


_SENTENCE = "The ferry {n} left the pier at dawn with forty people on board, and nobody knew why it was late.\n\n"

MARKDOWN: dict[str, Callable[[int], str]] = {
    "open brackets": filled("["),
    "closed brackets": filled("]"),
    "bracket pairs": filled("[]"),
    "link openings": filled("[a]("),
    "link tails": filled("]("),
    "image openings": filled("!["),
    "nested links": nested("[", "](u)"),
    "reference links": filled("[a][b] "),
    "reference definitions": numbered("[r{n}]: /u{n}\n"),
    "footnotes": numbered("word[^{n}]\n\n[^{n}]: note {n}\n\n"),
    "emphasis openings": filled("*a "),
    "strong openings": filled("**a "),
    "underscores": filled("_a "),
    "mixed emphasis": filled("*a _a "),
    "emphasis pairs": filled("*a*"),
    "alternating stars": filled("a**b*c "),
    "closing stars": filled("a* "),
    "backticks apart": filled("a`b "),
    "backticks rising": rising(lambda at: "e" + "`" * at),
    "open fences": filled("```\n"),
    "tilde fences": filled("~~~ a\n"),
    "fences rising": rising(lambda at: "`" * (3 + at) + "\na\n"),
    "indented code": filled("    a\n"),
    "quotes nested": nested("> ", ""),
    "quotes lines": filled("> a\n"),
    "quotes rising": rising(lambda at: "> " * at + "a\n"),
    "lists nested": rising(lambda at: "  " * at + "- a\n"),
    "lists flat": filled("- a\n"),
    "lists tight and loose": filled("- a\n\n- b\n"),
    "ordered lists": numbered("{n}. a\n"),
    "one line of list marks": nested("- ", ""),
    "headings": numbered("# Part {n}\n\n"),
    "equal headings": filled("## Notes\n\n"),
    "setext rulers": filled("a\n=\n"),
    "rulers": filled("---\n"),
    "stars in a row": filled("* "),
    "tables wide": lambda size: "|" + "a|" * (size // 4) + "\n|" + "-|" * (size // 4) + "\n",
    "tables long": filled("| a | b |\n", "| x | y |\n|---|---|\n"),
    "tables ragged": filled("| a |\n| b | c |\n", "| x |\n|---|\n"),
    "pipes": filled("|"),
    "autolinks": filled("<http://a.example> "),
    "open autolinks": filled("<http:"),
    "tags open": filled("<a "),
    "tags in text": filled("a <b>c</b> "),
    "comments open": filled("<!--"),
    "comments": filled("<!-- a -->\n\n"),
    "processing": filled("<?a "),
    "declarations": filled("<!A "),
    "cdata": filled("<![CDATA["),
    "html blocks": filled("<div>\n\n</div>\n\n"),
    "html nested": nested("<div>\n", "</div>\n"),
    "entities": filled("&amp;"),
    "broken entities": filled("&a"),
    "many ampersands": filled("&"),
    "escapes": filled("\\*"),
    "template tags": filled("{{ a }}"),
    "open template tags": filled("{{"),
    "open template blocks": filled("{% a "),
    "shortcodes": filled("{{< a >}}\n\n"),
    "admonitions": filled("::: a\n"),
    "mdx": filled("<A>{b}</A>\n\n"),
    "open braces": filled("{"),
    "front matter": lambda size: "---\n" + "".join(f"k{at}: v\n" for at in range(size // 9)) + "---\n\nText.\n",
    "front matter nested": lambda size: "---\n" + "".join("  " * at + f"k{at}:\n" for at in range(int(size**0.5))) + "---\n\nText.\n",
    "front matter list": lambda size: "---\ntags:\n" + "".join(f"- t{at}\n" for at in range(size // 8)) + "---\n\nText.\n",
    "suppressions": filled("<!-- cleaner: keep D101 -->\n\na b c d e f g h.\n\n"),
    "off and on": filled("<!-- cleaner: off -->\n\na\n\n<!-- cleaner: on -->\n\n"),
    "conflict marks": filled("<<<<<<< a\nb\n=======\nc\n>>>>>>> d\n"),
    "open conflicts": filled("<<<<<<< a\n"),
    "equal paragraphs": filled("The ferry left the pier at dawn with forty people on board.\n\n"),
    "equal lines": filled("The ferry left the pier.\n"),
    "series": numbered(_SENTENCE),
    "runs": filled("One paragraph of the run says this.\n\nAnother one says that, in more words.\n\n"),
    "halves": lambda size: (half := "".join(_SENTENCE.format(n=at * 7919) for at in range(size // 210))) + half,
    "truncated": lambda size: "".join(" ".join(f"w{at % 97}x{word}" for word in range(12 + at % 40)) + ".\n\n" for at in range(size // 200)),
    "doubled words": filled("the the "),
    "doubled sentences": filled("It rained. It rained. "),
    "one long word": filled("a"),
    "one long line": filled("word "),
    "long sentences": filled("a b c, "),
    "blank lines": filled("\n"),
    "spaces": filled(" "),
    "tabs": filled("\t"),
    "carriage returns": filled("a\r"),
    "quotes unclosed": filled("“a "),
    "apostrophes": filled("'a "),
    "parentheses": filled("("),
    "numbers": filled("1,000.5 "),
    "digits": filled("9"),
    "dots": filled("."),
    "addresses": filled("http://a.example/b?c=d "),
    "mail": filled("a@b.example "),
}
UNICODE: dict[str, Callable[[int], str]] = {
    "combining marks": filled("\u0301", "a"),
    "combining in words": filled("a\u0301\u0302 "),
    "zero width": filled("a\u200b"),
    "joiners": filled("\U0001f468\u200d"),
    "bidi overrides": filled("a\u202e"),
    "isolates": filled("\u2066a"),
    "mojibake": filled("cafÃ© "),
    "mojibake deep": filled("Ã\u0083Â© "),
    "replacement": filled("\ufffd"),
    "han": filled("船今朝出港"),
    "han sentences": filled("船は今朝出港した。"),
    "thai": filled("เรือออกจากท่า"),
    "hangul jamo": filled("\u1112\u1161\u11ab"),
    "fullwidth": filled("ａｂｃ　"),
    "ligatures": filled("ﬁﬂ "),
    "variation selectors": filled("a\ufe0f"),
    "tags": filled("\U000e0061"),
    "private use": filled("\ue000"),
    "line separators": filled("a\u2028"),
    "controls": filled("a\x01"),
    "nuls": filled("a\x00b "),
    "expanding": filled("\ufdfa"),
    "arabic": filled("السفينة غادرت "),
    "devanagari": filled("जहाज सुबह "),
}
HTML: dict[str, Callable[[int], str]] = {
    "paragraphs": filled("<p>The ferry left the pier at dawn.</p>\n"),
    "open paragraphs": filled("<p>a"),
    "divs nested": nested("<div>", "</div>"),
    "spans nested": nested("<span>", "</span>"),
    "formatting": filled("<b><i>"),
    "misnested": filled("<b><p></b></p>"),
    "tables nested": nested("<table><tr><td>", "</td></tr></table>"),
    "lists nested": nested("<ul><li>", "</li></ul>"),
    "attributes": lambda size: "<p " + "".join(f"a{at}=b " for at in range(size // 7)) + ">x</p>",
    "open attribute": filled('<a href="'),
    "scripts": filled("<script>a</script>"),
    "open scripts": filled("<script>"),
    "comments": filled("<!-- a -->"),
    "entities": filled("&lt;p&gt;"),
    "breaks": filled("a<br>"),
    "headings": filled("<h2>a</h2>"),
    "selects": filled("<select><option>a"),
    "foreign": filled("<svg><math>"),
}
RST: dict[str, Callable[[int], str]] = {
    "titles": filled("a\n=\n\n"),
    "directives": filled(".. a::\n\n"),
    "roles": filled(":a:`b` "),
    "substitutions": filled("|a| "),
    "footnotes": filled(".. [1] a\n"),
    "bullets nested": rising(lambda at: "  " * at + "- a\n"),
    "grid tables": filled("+---+\n| a |\n", "+---+\n"),
    "line blocks": filled("| a\n"),
    "literal blocks": filled("a::\n\n  b\n\n"),
}
ASCIIDOC: dict[str, Callable[[int], str]] = {
    "titles": filled("== a\n\n"),
    "blocks": filled("----\n"),
    "attributes": filled("[a]\nb\n\n"),
    "macros": filled("a:b[c] "),
    "lists": filled("* a\n** b\n"),
    "tables": filled("|===\n|a\n|===\n"),
    "includes": filled("include::a[]\n"),
}
TEXT: dict[str, Callable[[int], str]] = {
    "verse": filled("the sea\nthe sea\nthe shore\n\n"),
    "dialogue": filled("- Yes.\n- No.\n"),
    "hard wrapped": filled("a line of some words that goes on\nin the next one until it ends.\n\n"),
    "rules": filled("=====\n"),
    "logs": numbered("2026-11-23 08:00:{n} INFO started\n"),
}
FEEDS: dict[str, Callable[[int], str]] = {
    "items": lambda size: _rss("".join(f"<item><title>T {at}</title><guid>{at}</guid><description>Words of item {at}.</description></item>" for at in range(size // 90))),
    "equal items": lambda size: _rss("<item><title>T</title><guid>1</guid><description>The ferry left the pier at dawn with forty people on board.</description></item>" * (size // 130)),
    "one link": lambda size: _rss("".join(f"<item><title>T {at}</title><link>https://a.example/</link></item>" for at in range(size // 60))),
    "nested": lambda size: _rss("<item>" * (size // 13) + "</item>" * (size // 13)),
    "attributes": lambda size: _rss("<item " + "".join(f'a{at}="b" ' for at in range(size // 9)) + "/>"),
    "cdata": lambda size: _rss("<item><description><![CDATA[" + "<p>a" * (size // 4) + "]]></description></item>"),
    "escaped": lambda size: _rss("<item><description>" + "&lt;p&gt;a" * (size // 10) + "</description></item>"),
    "titles": lambda size: _rss("<item><title>" + "a " * (size // 2) + "</title></item>"),
    "json": lambda size: '{"version":"https://jsonfeed.org/version/1.1","items":[' + ",".join(f'{{"id":"{at}","content_text":"Words of {at}."}}' for at in range(size // 45)) + "]}",
    "json nested": lambda size: '{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * (size // 2) + "]" * (size // 2) + "}",
    "csv": lambda size: "title,text\n" + "".join(f"T {at},Words of {at}\n" for at in range(size // 18)),
    "csv quotes": lambda size: 'title,text\n"' + '""' * (size // 2) + '",a\n',
    "jsonl": lambda size: "".join(f'{{"title":"T {at}","text":"Words of {at}."}}\n' for at in range(size // 36)),
    "opml": lambda size: '<opml version="2.0"><body>' + "".join(f'<outline xmlUrl="https://a.example/{at}"/>' for at in range(size // 42)) + "</body></opml>",
    "opml nested": lambda size: '<opml version="2.0"><body>' + '<outline text="a">' * (size // 28) + "</outline>" * (size // 28) + "</body></opml>",
    "sitemap": lambda size: '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + "".join(f"<url><loc>https://a.example/{at}</loc></url>" for at in range(size // 45)) + "</urlset>",
}


def _rss(inside: str) -> str:
    return f'<rss version="2.0"><channel><title>x</title><link>https://a.example/</link><description>d</description>{inside}</channel></rss>'


def cases() -> list[Case]:
    groups = {"markdown": MARKDOWN | UNICODE, "html": HTML, "rst": RST, "asciidoc": ASCIIDOC, "text": TEXT | UNICODE, "feed": FEEDS}
    return [Case(f"{format}: {name}", format, make) for format, makers in groups.items() for name, make in makers.items()]


def work(case: Case, text: str) -> None:
    """Do what a user would: whatever is refused is refused in time, too."""
    try:
        if case.format != "feed":
            cleaner.check(text, format=case.format, pedantic=True)
            return
        from cleaner.feeds.item import Source
        from cleaner.feeds.read import read
        from cleaner.options import Options
        from cleaner.stories.audit import audit, prepare

        held = read(text.encode(), "feed", options=Options())
        if isinstance(held, Source):
            audit(prepare([held]))
    except CleanerError:
        pass


def seconds(case: Case, size: int, runs: int) -> float:
    text = case.make(size)
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        work(case, text)
        best = min(best, time.process_time() - start)
        if best > 5:
            break
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    work(Case("", "markdown", str), "Warm up.\n\nWarm up.\n")
    chosen = [case for case in cases() if re.search(given.only, case.name)]
    bad = []
    slowest = []
    for case in chosen:
        times = [seconds(case, given.size * factor, given.runs) for factor in (1, 2, 4)]
        steps = [later / max(FLOOR, earlier) for earlier, later in zip(times, times[1:])]
        slowest.append((times[-1], case.name))
        if all(step > LIMIT for step in steps) or steps[-1] > 2 * LIMIT:
            bad.append(case.name)
            print(f"superlinear  {case.name}: {', '.join(f'{each:.2f} s' for each in times)}", flush=True)
    slowest.sort(reverse=True)
    print("slowest at 4n:", ", ".join(f"{name} {each:.1f} s" for each, name in slowest[:8]))
    print(f"{len(bad)} of {len(chosen)} generators grow by more than {LIMIT:g} per doubling")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
