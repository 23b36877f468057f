"""
A folder of articles to a `Source`: one file is one item, found as `check` finds them and cut into blocks as it cuts them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cleaner import source as files
from cleaner.errors import InputError
from cleaner.feeds.entries import address, dated, gathered, shown
from cleaner.feeds.item import Item, Source
from cleaner.feeds.prose import prose
from cleaner.feeds.text import line
from cleaner.model import PROSE, Article, Block, Problem
from cleaner.options import Options
from cleaner.walk import Scope, survey

# What front matter and the heads of pages call it, the surer name first.
_URL = ("permalink", "url", "link")
_CANONICAL = ("canonical_url", "canonicalurl", "canonical", "canonicallink")
_TITLE = ("title", "headline")
_PUBLISHED = ("date", "published", "pubdate", "date_published", "datepublished", "publishdate", "published_at", "publish_date", "created", "revdate")
_UPDATED = ("lastmod", "updated", "modified", "last_modified", "last_modified_at", "date_modified", "datemodified", "updated_at", "lastupdated")
_META_PUBLISHED = (
    "article:published_time", "datepublished", "date", "dc.date.issued", "dc.date", "dcterms.created", "pubdate", "publish-date", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_META_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
_FIELD = re.compile(r"^:([A-Za-z][\w -]{0,40}):[ \t]+(\S[^\n\r]{0,500})", re.MULTILINE)
_IN_JSON = re.compile(r"\"(datePublished|dateModified)\"\s{0,9}:\s{0,9}\"([^\"\\]{4,40})\"")
_PLAIN_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T00:00:00)?")
# Front matter is read by a YAML parser; what is longer is data.
_LONGEST_FRONT = 100_000


class _Said(NamedTuple):
    """What an article says of itself, as it is written there."""

    title: str = ""  # of front matter
    page: str = ""  # a page's title, which may hold the site's name
    site: str = ""  # that name, or the site's host
    url: str = ""
    canonical: str = ""
    published: str = ""
    updated: str = ""


def folder(path: str, options: Options, scope: Scope | None = None) -> tuple[Source, tuple[Problem, ...]]:
    """
    Read the articles of a folder, each as one item.

    An item's id is its path in the folder, with slashes; its text is the article's prose, without title, code and markup.

    Args:
        path: Of the folder.
        options: `extract` takes the main text out of web pages first; `format` and `max_bytes` as for any article.
        scope: What the settings say of files; None: the defaults of `check`.

    Returns:
        The source, and the files that could not be read.

    Raises:
        InputError: If there is no article in it.
        MissingExtra: If text is to be extracted and trafilatura is not installed.
    """
    problems: list[Problem] = []
    source = gathered(path, "folder", articles(path, options, scope, problems), wants=("date", "title", "text"), noun="files")
    return source, tuple(problems)


def articles(path: str, options: Options, scope: Scope | None, problems: list[Problem]) -> Iterator[Item]:
    """
    Read the articles of a folder one after another, as `folder` does: nothing of one is kept but its item, and that by who asked for it.

    Args:
        path: Of the folder.
        options: See `folder`.
        scope: See `folder`.
        problems: Told of files that could not be read.

    Raises:
        InputError: If there is no article in it.
        MissingExtra: If text is to be extracted and trafilatura is not installed.
    """
    met = False
    for file in survey([path], scope).files:
        met = True
        try:
            article = files.read(file, options)
            yield _item(article, os.path.relpath(file, path).replace(os.sep, "/"), path, options)
        except InputError as error:
            problems.append(Problem(file, str(error)))
    if not met:
        raise InputError(f"{path}: there is no article in this folder; feeds and tables are named themselves, as in {os.path.join(path, '*.xml')}")


def _item(article: Article, name: str, folder: str, options: Options) -> Item:
    said = _head(article.text) if article.format == "html" else _Said()
    if options.extract and article.format == "html":
        from cleaner.extract import main_text

        article = article._replace(text=main_text(article.text, said.canonical or said.url or None), format="markdown")
    title, text, front = _read(article)
    said = _front(front, article, said)
    published, wrong = dated(_day(said.published))
    updated, wrong_too = dated(_day(said.updated))
    canonical = address(said.canonical)
    url = address(said.url, canonical) or canonical
    notes = (*wrong, *wrong_too)
    if said.url and not url:
        notes = (f"link {shown(said.url)} is no web address", *notes)
    return Item(
        key="",
        source=folder,
        number=0,
        id=name,
        url=url,
        canonical=canonical,
        title=_title(said, title),
        published=published,
        updated=updated,
        text=text,
        notes=notes,
    )


def _day(said: str) -> str:
    """Midnight is what front matter's parsers make of a day."""
    found = _PLAIN_DATE.fullmatch(said.strip())
    return found[1] if found else said


def _title(said: _Said, heading: str) -> str:
    """Front matter's title, else the one heading it has, else what a page's head says, without the site's name."""
    from cleaner.headline import is_site, without_site

    if title := line(said.title):
        return title
    if heading and not is_site(heading, said.site):
        return heading
    return without_site(line(said.page), said.site, [heading] if heading else ())


def _read(article: Article) -> tuple[str, str, str]:
    """Return an article's title as its text has it, its prose as plain paragraphs, and its front matter as it stands."""
    from cleaner import roles
    from cleaner.page import Page
    from cleaner.segment import segment

    page = Page(article, segment(article), Options())
    page = page._replace(mended=tuple([page.inner(block) for block in page.blocks]))
    title = front = ""
    parts: list[str] = []
    for block in roles.assign(page):
        if block.kind == "front" and not front:
            front = page.source(block)
        if block.kind not in PROSE:
            continue
        found = prose(_unmarked(page.inner(block), block, article), block, article.format)
        if block.role == "title":
            title = title or line(found)
        elif found:
            parts.append(found)
    return title, "\n\n".join(parts), front


def _unmarked(said: str, block: Block, article: Article) -> str:
    """Take the bold marks off a plain text's title."""
    return said.strip().strip("*_").strip() if block.role == "title" and article.format == "text" else said


def _front(front: str, article: Article, head: _Said) -> _Said:
    """Add what front matter says, which counts before what a page's head says."""
    given = _pairs(front)
    if article.format in ("rst", "asciidoc"):
        given = {**{key.lower(): value for key, value in _FIELD.findall(article.text[:4000])}, **given}
    if not given:
        return head

    def first(names: tuple[str, ...]) -> str:
        return next((value for name in names if (value := given.get(name))), "")

    return head._replace(
        title=first(_TITLE),
        url=first(_URL) or head.url,
        canonical=first(_CANONICAL) or head.canonical,
        published=first(_PUBLISHED) or head.published,
        updated=first(_UPDATED) or head.updated,
    )


def _pairs(front: str) -> dict[str, str]:
    """Return the plain values of front matter by their keys in lower case; YAML, TOML and JSON, each known by its first line."""
    if not front or len(front) > _LONGEST_FRONT:
        return {}
    value: Any = None
    try:
        if front.startswith("---"):
            value = _yaml(front[3:].rstrip().removesuffix("---").removesuffix("..."))
        elif front.startswith("+++"):
            import tomllib

            value = tomllib.loads(front[3:].rstrip().removesuffix("+++"))
        elif front.startswith(("{", ";;;")):
            import json

            value = json.loads(front.strip().strip(";"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {
        str(key).lower(): each.isoformat() if hasattr(each, "isoformat") else str(each)
        for key, each in value.items()
        if isinstance(each, str | int | float) or hasattr(each, "isoformat")
    }


def _yaml(front: str) -> Any:
    import yaml

    # Values as they are written: a YAML parser would make a day of a date, and forget its zone.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return yaml.load(front, Loader=loader)
    except yaml.YAMLError:
        return None


def _head(html: str) -> _Said:
    """Read what a web page says of itself in its head, and the first date that its text marks as one."""
    from html import unescape

    from cleaner.tags import attributes, tokens

    meta: dict[str, str] = {}
    found: dict[str, str] = {}
    data = False
    for token in tokens(html):
        if token.sort == "raw":
            said = html[token.start : token.end]
            if token.name == "title":
                found.setdefault("title", said)
            elif data:
                for key, value in _IN_JSON.findall(said):
                    meta.setdefault(key.lower(), value)
        if token.sort != "open" or token.name not in ("meta", "link", "time", "script"):
            continue
        given = {key: unescape(value) for key, value in attributes(html, token).items()}
        data = token.name == "script" and "ld+json" in given.get("type", "")
        if token.name == "meta":
            name = (given.get("property") or given.get("name") or given.get("itemprop") or given.get("http-equiv") or "").strip().lower()
            if name and given.get("content", "").strip():
                meta.setdefault(name, given["content"])
        elif token.name == "link" and "canonical" in given.get("rel", "").lower().split():
            found.setdefault("canonical", given.get("href", ""))
        elif token.name == "time" and given.get("datetime"):
            sure = "pubdate" in given or given.get("itemprop", "").lower() == "datepublished"
            found.setdefault("sure" if sure else "time", given["datetime"])
    published = next((meta[name] for name in _META_PUBLISHED if name in meta), "")
    return _Said(
        page=meta.get("og:title") or found.get("title", ""),
        site=meta.get("og:site_name") or meta.get("application-name") or _host(meta.get("og:url") or found.get("canonical", "")),
        url=meta.get("og:url", ""),
        canonical=found.get("canonical", ""),
        published=published or found.get("sure") or found.get("time", ""),
        updated=next((meta[name] for name in _META_UPDATED if name in meta), ""),
    )


def _host(url: str) -> str:
    found = re.match(r"https?://([^/?#]+)", url, re.IGNORECASE)
    return found[1] if found else ""
