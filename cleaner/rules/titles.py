"""
The title said in two places that are not equal to the letter: front matter against the first heading, and a title that
carries the site's name. (A title that simply stands again is found with all other blocks, in repeats.py.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaner.model import SAME, Article, Block, Finding, Span
from cleaner.page import Page
from cleaner.patterns import pattern
from cleaner.rules.cut import Gone, cut
from cleaner.segment.shape import stands_alone
from cleaner.words import count

_FRONT_TITLE = pattern(r"^[ \t]{0,4}[\"']?(?:title|headline)[\"']?[ \t]*[:=][ \t]*(?P<value>[^\r\n]+)", re.MULTILINE | re.IGNORECASE)
# A title of fewer words is the name of an entry, and stands in both places in every reference.
FEWEST_TITLE = 3
# A page that names its template gets its title from there.
_LAYOUT = pattern(r"^layout[ \t]*:[ \t]*[\"']?(?!none|null|false|raw|empty|home\b)\w", re.MULTILINE | re.IGNORECASE)
_FRONT_SITE = pattern(r"^[ \t]{0,4}[\"']?(?:site|sitename|site_name|publisher)[\"']?[ \t]*[:=][ \t]*(?P<value>[^\r\n]+)", re.MULTILINE | re.IGNORECASE)


def find(page: Page) -> Iterator[Finding]:
    """Yield D110 where a title stands again in front matter, or with a site name."""
    if not page.options.wants("D110") or not page.blocks:
        return
    front = page.blocks[0] if page.blocks and page.blocks[0].kind == "front" else None
    titles = [block for block in page.blocks[:60] if _may_be_title(page, block)]
    if len(page.blocks) < 2 if front is not None else len(titles) < 2:
        return
    site = _value(_FRONT_SITE.search(page.article.text, *front.span)) if front is not None else ""
    if front is not None:
        yield from _front(page, front, titles, site)
    yield from _with_site(page, titles, site)


def front_title(article: Article, blocks: Sequence[Block]) -> str:
    """Return the title that the front matter gives; "" where it gives none."""
    front = blocks[0] if blocks and blocks[0].kind == "front" else None
    return _value(_FRONT_TITLE.search(article.text, *front.span)) if front is not None else ""


def _may_be_title(page: Page, block: Block) -> bool:
    if block.kind == "heading":
        return block.level == 1 or block.role == "title"
    return block.kind == "paragraph" and (block.role in ("title", "deck") or stands_alone(page.source(block)))


def _value(found: re.Match[str] | None) -> str:
    """Return the value of a pair in front matter, without its quotation marks; "" where there is none."""
    return found["value"].strip().rstrip(",").strip("\"'") if found else ""


def _front(page: Page, front: Block, titles: list[Block], site: str) -> Iterator[Finding]:
    from cleaner.headline import same_title

    found = _FRONT_TITLE.search(page.article.text, *front.span)
    if found is None:
        return
    shown = bool(_LAYOUT.search(page.article.text, *front.span))
    title = _value(found)
    first = page.blocks[1] if len(page.blocks) > 1 else None
    if first is not None and first.kind == "heading" and first not in titles:
        titles = [first, *titles]
    for block in titles[:1]:
        said = page.mended[block.number].strip("*_ ")
        if title and (shown or count(said) >= FEWEST_TITLE) and same_title(title, said, site or None):
            yield Finding(
                rule="D110",
                span=block.span,
                message=f"the title of the front matter stands again as {'a heading' if block.kind == 'heading' else 'a bold line'}",
                safety="report",
                confidence="shown" if shown else "pedantic",
                keeper=Span(*found.span()),
                relation="normalised",
                scores=SAME,
                words=count(said),
                key=page.keys[block.number],
                because="the page's template shows the title, too" if shown else "many sites show the title in two places by design",
            )


def _with_site(page: Page, titles: list[Block], site: str) -> Iterator[Finding]:
    """The same title twice, once with the site's name: the one without stays."""
    from cleaner.headline import same_title

    kept: Block | None = None
    for block in titles:
        if kept is None:
            kept = block if block.role == "title" or block.kind == "heading" else None
            continue
        one, other = (page.mended[each.number].strip("*_ ") for each in (kept, block))
        if page.keys[kept.number] == page.keys[block.number] or count(one) < 3 or not same_title(one, other, site or None):
            continue
        keeper, duplicate = (kept, block) if len(one) <= len(other) else (block, kept)
        near = abs(keeper.number - duplicate.number) <= 3
        yield Finding(
            rule="D110",
            span=duplicate.span,
            message="the title stands again, with the site's name",
            safety="unsafe",
            edits=(cut(page, duplicate.number, duplicate.number, Gone(())),),
            confidence="shown" if near else "pedantic",
            keeper=keeper.span,
            relation="near",
            words=count(page.mended[duplicate.number]),
            key=page.keys[duplicate.number],
            because="the title without the site's name stays",
        )
        return
