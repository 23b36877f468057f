"""
What the rules of `cleaner audit` say of themselves. They find across items of feeds and collections; the code is in cleaner.stories.
"""

from __future__ import annotations

_TEMPLATE = """\
# {code} {name}

## What it does

{what}

## Why

{why}

## Example

{example}

## How far to trust it

{trust}
"""

_PAGES: dict[str, tuple[str, str, str, str, str]] = {
    "F301": (
        "same-id",
        "Finds an item whose id (guid, atom:id, id) another item carries, where both say the same. Ids count inside a source; across\nsources only ids that are meant to be unique in the world (addresses, `tag:` and `urn:` names).",
        "A reader keeps one of two items with one id, and which one is chance. W3C's feed validator reports the ids; it does not say\nwhether the items are copies.",
        "```text\ngazette.xml  item 4   guid https://gazette.example/?p=12   Old ferry sinks\ngazette.xml  item 31  guid https://gazette.example/?p=12   Old ferry sinks\n```",
        "The texts were compared in full. Where they say different things it is F306 (an update) or F313 (a reused id) instead.\nBetween two feeds of one publisher one id is right, and the advice says so.",
    ),
    "F302": (
        "same-link",
        "Finds two items that lead to one page: the same link, or the same but for the scheme, `www.`, the phone's or AMP's page, a\nfragment, the order of parameters, and parameters that only tell who sent the reader.",
        "The same page under two addresses counts twice everywhere: in readers, in statistics, in search engines.",
        "```text\nhttp://gazette.example/ferry\nhttps://www.gazette.example/ferry/?utm_source=rss\n```",
        "What was folded is named. The list of counting parameters is narrow: `?p=12`, `?id=` and `?page=` are the page and stay, `ref` and\n`source` go only with a value such as `rss`. Where both have a text, the texts agree. A link that many items share (the front\npage) is nobody's own.",
    ),
    "F303": (
        "changed-id",
        "Finds a story that a source carries again at once under another id, at the same link or at a new one.",
        "A new id makes a new item in every reader: a move to another system, or an edit, floods everybody with what they have read.",
        "```text\nid http://gazette.example/?p=12     Old ferry sinks\nid https://gazette.example/?p=12    Old ferry sinks\n```",
        "The texts agree in full, no fact differs, and the dates are less than a day apart. Without a common link at least 40 words have to\nagree, 20 where the titles do.",
    ),
    "F304": (
        "republished",
        "Finds a story that one publisher brings again under a later date: promoted again, or dated anew. With a history also an item whose\ndate moves while nothing else does.",
        "Readers see old news as new. Corpora count it twice, in two months.",
        "```text\n2026-11-03  Old ferry sinks\n2027-02-01  Old ferry sinks\n```",
        "The texts agree in full and no fact differs. Titles that differ in a number or a date are a series (F311), even if the texts agree.",
    ),
    "F305": (
        "corrected-title",
        "Finds an item that stands again, under its id or link, with another title over the same text.",
        "Somebody mended the title. The state with the mistake is still out there, and often first in the list.",
        "```text\nTwo killed on the sound\nFour killed on the sound\n```",
        "An update: the newer state is to be kept, and the report says so. Without a common id or link, two titles over one text are not\nthis rule's: see F307 and F311.",
    ),
    "F306": (
        "updated",
        "Finds a later state of a story: under one id or link with something added, cut or changed; or, within three days, as a new item of\nthe same publisher under the same title. The words that changed are shown.",
        "Tools that drop near copies keep the first, and with it the facts that were corrected. An update is no copy.",
        "```text\n08:00  Twelve people were on board.\n12:00  Twenty people were on board. The owner has been found.\n```",
        "Never to be dropped in favour of the older text: the report names the newest as the one to keep. Whether an update was meant\nas one is not judged.",
    ),
    "F307": (
        "syndicated",
        "Finds a story that another publisher carries: whole, with its end trimmed, with a beginning of its own, under another title.",
        "The commonest wish of those who read many feeds, and the commonest reason why a corpus counts one text fifty times.",
        "```text\ngazette.example   Old ferry sinks at her moorings      5 paragraphs\nosterby.example   Farewell to a queen of the sound     a lead of its own, and 4 of them\n```",
        "At least 40 words agree (20 under one title), and most of the shorter text; no fact inside a shared sentence differs. Which of two\npublishers had it first is told from links that name an original, then from dates; it can be wrong where a date is. Your list\nof priorities comes before both.",
    ),
    "F308": (
        "contained",
        "Finds an item whose text is part of another's: a summary in one feed and the full text in the other.",
        "Similarity does not see it: thirty words of a thousand are three per cent.",
        "```text\nshort.xml   The old ferry sank at her moorings on Monday night.\nfull.xml    The old ferry sank at her moorings on Monday night. ... and 40 more sentences\n```",
        "At least 85 % of the shorter text stand in the longer, and no fact differs. A summary in words of its own is found by its link\nonly (F302).",
    ),
    "F309": (
        "copied-text",
        "Finds a text that stands twice in a folder, a table or another collection that does not say who published it.",
        "Without addresses and dates nothing tells a republished story from a syndicated one. That it is a copy can be told all the same.",
        "```text\ntexts/a/0017.txt\ntexts/b/2031.txt\n```",
        "At least 90 % of either text stand in the other, 40 words at least, and no fact differs. Inside one repository\n`cleaner check --across` knows more.",
    ),
    "F310": (
        "feed-boilerplate",
        'Finds what a source puts into many of its items: sign-up boxes, advertisements, "The post ... appeared first on ...".',
        "It is no story, makes short items look alike, and every reader and every model reads it again with each item.",
        "```text\nSign up for our morning letter.\n```",
        "In three items and a fifth of the source's at least, beside something else in each of them. A story that a source carries three\ntimes is not taken for it. It is left out before texts are compared.",
    ),
    "F311": (
        "series",
        "Says of items that look like copies that they are a series: their titles differ in numbers or dates only.",
        '"Harbour notes, part 1" and "part 2" are what title matching deletes.',
        "```text\nThe week in Westhaven: 3 November\nThe week in Westhaven: 10 November\n```",
        "Not a duplicate, and never counted as one, even if the texts agree.",
    ),
    "F312": (
        "same-title",
        "Says of items with one title that their texts are not alike, or that there is too little text to tell.",
        'Title equality is not identity: "Editorial", "Letters", "Security update".',
        "```text\nLetters to the editor   (on the ferry)\nLetters to the editor   (on the bakery)\n```",
        "Not a duplicate. Only told of items of one publisher.",
    ),
    "F313": (
        "reused-id",
        "Says of two items with one id that they are two stories.",
        "A reader that goes by ids shows only one of them. Here a story is lost, not doubled.",
        "```text\nguid 12   Old ferry sinks\nguid 12   Keeping a starter\n```",
        "Not a duplicate. The texts have less than half of their words in common.",
    ),
    "F314": (
        "reused-link",
        "Says of two items with one link that they say different things: entries of a live blog, places of one page.",
        "Folding fragments makes one page of a live blog's hundred entries.",
        "```text\nhttps://gazette.example/live#post-1\nhttps://gazette.example/live#post-2\n```",
        "Not a duplicate.",
    ),
    "F315": (
        "differing-facts",
        "Says of two texts that are nearly the same that facts in them differ, and shows these side by side: notices from one template,\nresults of two wards.",
        '"12 injured" is not "21 injured". Digits are what most tools fold away before they compare.',
        "```text\nWard 3: 812 ballots, 11 of them void\nWard 8: 640 ballots, 9 of them void\n```",
        "Not a duplicate. Two states of one item, under one id or link, are F306 instead.",
    ),
    "F316": (
        "other-recording",
        "Says of two items with one text that what they play is not the same.",
        "Podcasts carry the same notes under every episode.",
        "```text\nVoices of the harbour   1.mp3\nMore voices             2.mp3\n```",
        "Not a duplicate. Two addresses that lead to one file count as one recording.",
    ),
    "F320": (
        "silently-changed",
        "With a history: finds an item whose text was changed while no date says so, and shows what changed.",
        "Corrections that nobody announces are what readers of a publisher, and its lawyers, want to know of.",
        "```text\nlast seen on Monday   Twelve people were on board.\nnow                   Twenty people were on board.\n```",
        "Compared with the last state that the history holds, boilerplate left out. Changes between two runs that were changed back are not\nseen.",
    ),
}

DOCS: dict[str, str] = {
    code: _TEMPLATE.format(code=code, name=name, what=what, why=why, example=example, trust=trust)
    for code, (name, what, why, example, trust) in _PAGES.items()
}
