"""
What a publisher should do about each kind, in one sentence, with the rule of the standard behind it.

The standards: the RSS 2.0 specification of the RSS Advisory Board; RFC 4287 (Atom); JSON Feed 1.1; the Sitemaps protocol 0.9;
RFC 6596 (the link relation "canonical"). What they say is told in our words.
"""

from __future__ import annotations

_FAMILIES = ("RSS", "Atom", "JSON Feed", "sitemap")

#: By rule, then by the family of the source's format; "" for all others.
_ADVICE: dict[str, dict[str, str]] = {
    "F301": {
        "RSS": "List the item once: a guid names one item (RSS 2.0, <guid>), and readers show only one of two that share it.",
        "Atom": "List the entry once, or give the copies different atom:updated: entries with one atom:id are one entry in two states (RFC 4287, 4.1.1).",
        "JSON Feed": "List the item once: an id is unique to one item of the feed (JSON Feed 1.1, id).",
        "sitemap": "List each address once (Sitemaps 0.9, <loc>).",
        "": "Keep one row for each id.",
    },
    "F302": {
        "sitemap": "List the page under its canonical address only (RFC 6596; Sitemaps 0.9, <loc>).",
        "": 'Use one address for the page everywhere and name it in rel="canonical" (RFC 6596), without parameters that only count readers.',
    },
    "F303": {
        "RSS": "Keep the guid of a story for good, also when the site moves: a new guid makes it a new item in every reader (RSS 2.0, <guid>).",
        "Atom": "Keep the atom:id for good, also when the entry moves or is edited (RFC 4287, 4.2.6).",
        "JSON Feed": "Keep the id for good, even if the url changes (JSON Feed 1.1, id).",
        "": "Give a story one id for good, wherever it stands.",
    },
    "F304": {
        "RSS": "Keep pubDate at the day of the first publication (RSS 2.0, <pubDate>), and mark what is promoted again as such.",
        "Atom": "Keep atom:published at the first publication and say changes in atom:updated (RFC 4287, 4.2.9 and 4.2.15).",
        "JSON Feed": "Keep date_published at the first publication and say changes in date_modified (JSON Feed 1.1).",
        "": "Keep the date of the first publication, and mark what is promoted again as such.",
    },
    "F305": {
        "RSS": "Correct the title in the item itself, under the same guid (RSS 2.0, <guid>), and drop the old state from the feed.",
        "Atom": "Correct the title in the entry itself and move atom:updated on (RFC 4287, 4.2.15); drop the old state from the feed.",
        "JSON Feed": "Correct the title in the item itself and set date_modified (JSON Feed 1.1); drop the old state from the feed.",
        "": "Keep the corrected title, and drop the old state.",
    },
    "F306": {
        "RSS": "An update, not a copy: keep the newer text, under the guid of the first (RSS 2.0, <guid>), and drop the older from the feed.",
        "Atom": "An update, not a copy: keep the newer text under the same atom:id with a later atom:updated (RFC 4287, 4.1.1 and 4.2.15).",
        "JSON Feed": "An update, not a copy: keep the newer text under the same id with a later date_modified (JSON Feed 1.1).",
        "": "An update, not a copy: keep the newer text.",
    },
    "F307": {
        "RSS": 'Name where the story comes from in <source> (RSS 2.0), and its page as rel="canonical" on yours (RFC 6596).',
        "Atom": 'Name where the story comes from in atom:source or a link with rel="via" (RFC 4287, 4.2.11 and 4.2.7.2), and its page as rel="canonical" (RFC 6596).',
        "": 'Name where the story comes from, and its page as rel="canonical" on yours (RFC 6596).',
    },
    "F308": {
        "RSS": "Carry the full text and the summary in one item, under one guid (RSS 2.0, <guid>, <description>).",
        "Atom": "Carry the full text in atom:content and the short one in atom:summary of one entry (RFC 4287, 4.1.2).",
        "JSON Feed": "Carry the full text in content_html or content_text and the short one in summary of one item (JSON Feed 1.1).",
        "": "Keep the fuller text.",
    },
    "F309": {"": "Keep the original; read the differences before the other goes."},
    "F310": {
        "RSS": "Say it once for the whole feed, in its <description> or <copyright> (RSS 2.0), and not in every item.",
        "Atom": "Say it once for the whole feed, in atom:rights or atom:subtitle (RFC 4287, 4.2.10 and 4.2.12), and not in every entry.",
        "JSON Feed": "Say it once for the whole feed, in its description (JSON Feed 1.1), and not in every item.",
        "": "Say it once for the whole collection, and not in every text.",
    },
    "F313": {
        "RSS": "Give each story a guid of its own (RSS 2.0, <guid>).",
        "Atom": "Give each entry an atom:id of its own (RFC 4287, 4.2.6).",
        "JSON Feed": "Give each item an id of its own (JSON Feed 1.1, id).",
        "": "Give each story an id of its own.",
    },
    "F320": {
        "RSS": "Say that the story was changed: in its text, and by atom:updated or dc:modified, since RSS 2.0 has no element for it.",
        "Atom": "Move atom:updated on when a story is changed in a way that readers should know of (RFC 4287, 4.2.15).",
        "JSON Feed": "Set date_modified when a story is changed (JSON Feed 1.1).",
        "": "Say when a text was changed.",
    },
}
#: Between sources of one publisher one id is right: that is how readers of both see the story once.
_SHARED_ID = "Nothing to mend between feeds of one publisher: one id lets readers of both show the story once. Drop it where each reader takes both."


def advice(rule: str, kind: str, *, same_source: bool = True) -> str:
    """
    Return the advice on a kind of finding.

    Args:
        rule: "F301"...
        kind: What the copy's source is: "RSS 2.0", "Atom 1.0", "news sitemap", "folder"...
        same_source: The original stands in the same source.

    Returns:
        One or two sentences; "" for what needs none.
    """
    if rule == "F301" and not same_source:
        return _SHARED_ID
    lines = _ADVICE.get(rule, {})
    family = next((name for name in _FAMILIES if name in kind), "RSS" if kind.startswith("RDF") else "")
    return lines.get(family) or lines.get("", "")
