"""
JSON Feed 1 and 1.1 to a `Source`. Source: jsonfeed.org/version/1.1.

`url` is where an item is read; `external_url` is the page that it writes about, so it is no claim to be a copy of that, and is
taken for the item's address only where it has no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cleaner.errors import InputError
from cleaner.feeds.entries import address, dated, fuller, gathered, home, shown
from cleaner.feeds.item import Item, Source
from cleaner.feeds.text import bare, line, paragraphs

# Python refuses longer numbers, since turning them into text takes quadratic time.
_LONGEST_NUMBER = 300


def parsed(text: str, name: str, what: str = "JSON") -> Any:
    """
    Return the value of a JSON text. Numbers that are none (NaN, Infinity) are None, and very long ones stay text.

    Raises:
        InputError: If it is not JSON, or nests too deeply.
    """
    try:
        return json.loads(text, parse_int=_whole, parse_constant=_nothing)
    except RecursionError as error:
        raise InputError(f"{name}: nests too deeply to be read; no {what} does") from error
    except ValueError as error:
        raise InputError(f"{name}: begins like {what} but is not well-formed ({error})") from error


def _whole(said: str) -> int | str:
    return int(said) if len(said) < _LONGEST_NUMBER else said


def _nothing(said: str) -> None:
    return None


def is_feed(value: Any) -> bool:
    """Whether a JSON value is a JSON Feed: an object that says so, or one with a list of items and a title."""
    if not isinstance(value, dict):
        return False
    if "jsonfeed.org/version" in text_of(value.get("version")):
        return True
    return isinstance(value.get("items"), list) and ("title" in value or "home_page_url" in value or "feed_url" in value)


def read(value: dict[str, Any], name: str, *, base: str = "", notes: tuple[str, ...] = ()) -> Source:
    """
    Read a JSON Feed.

    Args:
        value: The JSON value; see `is_feed`.
        name: Its path or address.
        base: Its address, where it has one.
        notes: What is known of it already.

    Raises:
        InputError: If its items are no list.
    """
    items = value.get("items", [])
    if not isinstance(items, list):
        raise InputError(f'{name}: is a JSON Feed whose "items" is no list')
    version = text_of(value.get("version")).rstrip("/").rpartition("/")[2]
    site = home(text_of(value.get("home_page_url")), base)
    base = base or home(text_of(value.get("feed_url"))) or site
    wrong = sum(not isinstance(item, dict) for item in items)
    if wrong:
        notes = (*notes, f"{wrong:,} of {len(items):,} entries left out, being no objects")
    return gathered(
        name,
        f"JSON Feed {version}" if version in ("1", "1.1") else "JSON Feed",
        _items(items, name, base),
        title=line(text_of(value.get("title"))),
        site=site,
        notes=notes,
    )


def _items(items: list[Any], name: str, base: str) -> Iterator[Item]:
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            yield _item(item, name, number, base)


def _item(item: dict[str, Any], name: str, number: int, base: str) -> Item:
    link = text_of(item.get("url")) or text_of(item.get("external_url"))
    url = address(link, base)
    published, wrong = dated(text_of(item.get("date_published")))
    updated, wrong_too = dated(text_of(item.get("date_modified")))
    notes = (*wrong, *wrong_too)
    if link.strip() and not url:
        notes = (f"link {shown(link)} is no web address", *notes)
    # The two contents are one text in two forms.
    content = paragraphs(text_of(item.get("content_html")), True) or paragraphs(text_of(item.get("content_text")), False)
    text, summary = fuller((content, paragraphs(text_of(item.get("summary")))))
    return Item(
        key="",
        source=name,
        number=number,
        id=bare(text_of(item.get("id"))),
        url=url,
        title=line(text_of(item.get("title"))),
        published=published,
        updated=updated,
        text=text,
        summary=summary,
        media=tuple(_media(item, base)),
        notes=notes,
    )


def _media(item: dict[str, Any], base: str) -> Iterator[str]:
    attachments = item.get("attachments")
    found = (address(text_of(each.get("url")), base) for each in (attachments if isinstance(attachments, list) else ()) if isinstance(each, dict))
    yield from dict.fromkeys(filter(None, found))


def text_of(value: Any) -> str:
    """Return a value that should be text: numbers as they are written, nothing of anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)
