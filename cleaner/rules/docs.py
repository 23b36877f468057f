"""
What the rules say of themselves: those about repeats, titles, sentences, layout and marks.

The rules about single words (words.py) and about characters (encoding.py) carry their own. `cleaner rule` shows these
pages and docs/rules.md is made of them, so each claim here is one that the code beside it keeps.
"""

from __future__ import annotations

DOCS: dict[str, str] = {
    "D101": """\
# D101 repeated-paragraph

## What it does

Finds a paragraph that says the same as one above it, and removes the later copy. Case, typographic quotes and dashes,
emphasis marks and line wrapping do not count as a difference; digits, punctuation, code, addresses and tags do.

## Why

The same paragraph twice is the trace of a bad paste, a bad merge or a scraper that read one page from two places. A
reader takes it for a slip of attention, and is right.

## Example

```text
The ferry leaves at noon on weekdays only, whatever the poster says.

The ferry leaves at noon on weekdays only, whatever the poster says.
```

becomes

```text
The ferry leaves at noon on weekdays only, whatever the poster says.
```

## How far to trust it

Safe where the copy is the same to the letter and stands directly below its original: from 8 words on, or from 4 if it
ends as a sentence does. In an article (profile `article`) also where it stands apart, from 12 words on: an article says
each thing once. Unsafe are copies that differ in case, quotes or line breaks, verse and short quotations, and in an
article all that may be meant to come again: a question, a line that is no sentence, what stands three times, a text on two
tabs, and a copy that the line or heading above it needs.

In documentation and lists a copy that stands apart is only reported, and where the two stand decides. Within one
section, or at the top of the page and again in a section below, it is shown from 6 and 8 words on. What two sections beside each
other say (parallel entries, steps that begin alike, notes, releases) is mostly meant: it is shown from 100 words on, or where
both bring the same anchor along, and with `--pedantic` from 40. What stands on two sides of a tab, a version mark or a
template's condition, in two figures, in a summary, or is mostly code, is no finding. Pull quotes, captions and decks may repeat
the body; they are reported with `--pedantic`. A line that is nothing but a link is safe to remove directly below itself from 3
words on.
""",
    "D102": """\
# D102 near-repeated-paragraph

## What it does

Finds a paragraph, list item or table row that is an edited copy of another: half of all pairs of neighbouring words are
the same, and the words in their order are 80 % alike. The report shows the differing words. Where those words are facts,
D105 speaks instead.

## Why

When a text is revised in one place and pasted from another, the old state stays behind, a corrected typo away from the
new one. Searching for equal text does not find it.

## Example

```text
Dry the flakes for two days, and keep them in a jar with a tight lid away from the light.

Dry the flaeks for two days, and keep them in a jar with a tight lid away from the light.
```

The second is shown as an edited copy of the first, with `flaeks` against `flakes`.

## How far to trust it

Unsafe: an edit is offered and waits for `--unsafe-fixes`, because which state is the better one is for the author to
say. Shown by default only where nothing but slips differ (a typo, an ending, case, punctuation, a function word) and the
copy is near: directly below, in an article, or in the same section. The first copy stays, or with `keep = "longest"` the
longer one. Every pair is judged on its full text, and held against a text that stays, never against one that goes.
""",
    "D103": """\
# D103 repeated-run

## What it does

Finds two or more blocks in a row that repeat as many blocks in a row above them, and removes the later run as one edit.
Headings, list items, code and markup between the paragraphs belong to the run; code alone is never one.

## Why

People paste in stretches, not in paragraphs. "Lines 11-14 repeat lines 7-10" is one thing to understand and to undo,
where four findings would be four.

## Example

```text
Six boats landed their catch on Monday.

The seventh came home a day late.

Six boats landed their catch on Monday.

The seventh came home a day late.
```

becomes

```text
Six boats landed their catch on Monday.

The seventh came home a day late.
```

## How far to trust it

Safe where the run is the same to the letter and stands directly below its original, with 4 words of prose at least; in
an article also where it stands apart, from 12 words on and with a paragraph of 8 among them. Unsafe where only case,
quotes or line breaks differ, in numbered steps, in verse and dialogue, on tabs, where the line or heading above the copy
needs it, and outside articles where code or markup is part of the run: examples repeat on purpose, so a short one is shown
with `--pedantic` only. Elsewhere it is reported only, by the rules for paragraphs (D101). A passage that was edited after it
was pasted falls into several runs, which are told as one.
""",
    "D104": """\
# D104 contained-paragraph

## What it does

Finds a paragraph of at least 8 words nearly all of which (nine in ten) stand in one stretch of a longer one, and one that
is another cut short, with an ellipsis or "read more" at its end.

## Why

Teasers and "read more" excerpts are cut from the text they announce, and scrapers bring both home. A sentence left
standing alone after it was worked into a paragraph looks the same.

## Example

```text
The lighthouse keeper counted nine seals on the western rocks this morning

The lighthouse keeper counted nine seals on the western rocks this morning, more than in any March since the count began.
```

The first is shown as contained in the second.

## How far to trust it

Unsafe: a summary may be meant to stand above the text it sums up. The more complete copy stays, wherever it stands.
Shown by default where the two are neighbours, and in articles from 12 words on; otherwise with `--pedantic`. If the
shorter says a number, date, name or negation otherwise than the longer, it is D105, and nothing is edited.
""",
    "D105": """\
# D105 conflicting-copy

## What it does

Finds two texts that are near copies and differ in a fact: a number, date, name, unit, currency, negation, opposite,
modal verb, quotation, the order of words, the target of a link, code. It shows the differing facts side by side and
edits nothing, not even with `--unsafe-fixes`.

## Why

Likeness does not tell a slip from a meaning. "Twelve were injured" and "twenty-one were injured" are nearly the same
text; one of them is an update, a second event or a mistake, and only a person can say which.

## Example

```text
Cover 20 grams of flakes with 40 grams of water and wait until they are soft.

Cover 25 grams of flakes with 50 grams of water and wait until they are soft.
```

is reported as a near copy with differing facts: 20 against 25, 40 against 50.

## How far to trust it

Report only. What counts as a fact is known best for English, German, French and Spanish; in other languages any word
that differs is taken for one. Shown by default in articles from 12 words on. In documentation parallel entries differ in just such
words by design, so it is shown where nothing takes the place of something else: one text leaves out what the other says, a
word is misspelt or set as code, the same words lead elsewhere directly below; and where two or more long paragraphs in a row
of one section are copies. With `--pedantic` also where a fact is exchanged in 20 words or more of one section.
""",
    "D110": """\
# D110 repeated-title

## What it does

Finds the article's title again: as a bold line, as a heading, in the front matter, with or without the name of the site
behind it. The first of equal titles stays; of two that differ by the site's name, the one without it.

## Why

A scraped page brings its title along several times: from the page's head, from the banner above the text, from the text.

## Example

```text
**Rain Stops the Harvest**

**Rain Stops the Harvest**

Nobody was on the fields this morning.
```

becomes

```text
**Rain Stops the Harvest**

Nobody was on the fields this morning.
```

(`cleaner clean` writes the title that stays as a heading; see L402.)

## How far to trust it

Safe where both are set as titles and follow one another, and in an article wherever they are equal. A title with a
site's name is unsafe to remove, and found only where the rest makes it plain that it is a name: "Spider-Man - No Way
Home" is not cut. Front matter against the first heading is never edited. It is shown where the front matter names a
`layout`, so that a template shows the title once already; otherwise with `--pedantic`, because many sites write the title in both
places and show one of them.
""",
    "D111": """\
# D111 repeated-heading

## What it does

Finds a heading that stands directly below an equal heading, with nothing between them, and removes the second. Also reports
a heading that reads like the one directly above it ("About Arrays", "about_Arrays"), and two sections of one name under one
heading with nearly the same text, or one of them empty.

## Why

It comes from a merge that took both sides, a section whose text was moved away, or one that was pasted again to be edited.

## Example

```text
## Opening hours

## Opening hours

From nine to five.
```

becomes

```text
## Opening hours

From nine to five.
```

## How far to trust it

Safe where text and level are the same and nothing stands between; all else is reported only. Equal headings under different
headings are never found: "Syntax" and "Examples" stand under many parents on purpose. Nor are tabs and version zones.
""",
    "D120": """\
# D120 repeated-sentence

## What it does

Finds a sentence, or a run of them, that directly follows itself inside a paragraph; a sentence that ends one paragraph
and begins the next; and a line that was copied below itself in a wrapped paragraph. Copies that follow one another are one
finding, however many there are.

## Why

An editor's slip, seldom seen because the eye is one line further on already. A rule for paragraphs cannot find it.

## Example

```text
The bridge is closed until May. The bridge is closed until May. Boats may pass.
```

becomes

```text
The bridge is closed until May. Boats may pass.
```

## How far to trust it

Safe inside a paragraph where the copy is the same to the letter, has 5 words or more, ends as a sentence does and is not
mostly code. Unsafe across the border of two paragraphs, and for lines. A sentence of 8 words that stands twice with
others between is reported and never edited: anaphora, refrains and examples do that. Headings are left alone. With `--pedantic`
also one that stands there more often, a phrase of 5 words that directly follows itself, and the last sentence of a list item that
stands again as the next.
""",
    "D130": """\
# D130 repeated-list-item

## What it does

Finds an item that stands twice in one list. An item is compared with its links' targets, so two links of one name to
two places are two items; and two entries that lead to one place under nearly one name are the same, as are two items that read
alike, one of them linked or marked up.

## Why

Long lists are filled by many hands. The second entry is written because nobody saw the first.

## Example

```text
- ropes
- lamp oil
- lamp oil
```

becomes

```text
- ropes
- lamp oil
```

## How far to trust it

Safe where the copy stands directly below its original and is the same to the letter. Unsafe where other items of the
list stand between. Reported only for numbered steps, which may say "repeat step 2" in full, for a link that stands in two lists
of one section, for a change that one release names twice, and for items that are not the same to the letter. With `--pedantic`
also for items that stand again and again, on other levels or in other lists from 12 words on, and for neighbours of one name that
lead to two places.
""",
    "D131": """\
# D131 repeated-table-row

## What it does

Finds a row that stands twice, cell by cell, in one table.

## Why

Tables grow as lists do, and a merge of two branches that added the same row keeps both.

## Example

```text
| port    | depth |
|---------|-------|
| Saltby  | 4 m   |
| Saltby  | 4 m   |
```

becomes

```text
| port    | depth |
|---------|-------|
| Saltby  | 4 m   |
```

## How far to trust it

Safe where the copy stands directly below its original. Unsafe where other rows stand between: two measurements may
agree. Shown by default if the row stands just twice and has 3 words. Rows of different tables are not compared.
""",
    "D140": """\
# D140 repeated-key

## What it does

Finds a key that stands twice in one mapping of a page's YAML front matter.

## Why

YAML allows a key once. Programs that read the page keep one of the two values and drop the other, or refuse the page; which
of it they do differs from program to program.

## Example

```yaml
title: The harbour
status: draft
author: R. Vance
status: draft
```

is reported: the key stands again with the same value.

## How far to trust it

A repeated key is an error whatever the values are. It is reported and never edited, because front matter is data for programs
and only its author knows which value was meant. What is not YAML, or cannot be read as such, is left alone.
""",
    "D141": """\
# D141 repeated-entry

## What it does

Finds an entry that stands twice in one list of a page's YAML front matter: a tag, an author, a link with its title. Of two entries
with several keys, one may say all that the other does and more.

## Why

Lists of tags and links are filled by many hands, and what stands twice in them is shown twice, or counted twice.

## Example

```yaml
tags: [harbour, ferry, harbour]
```

is reported: the second `harbour`.

## How far to trust it

Reported and never edited. Numbers may repeat in a series, and an entry that stands three times or more is taken for one that is
meant to.
""",
    "D201": """\
# D201 repeated-article

## What it does

With `--across`, finds a file that is a copy of another file of the repository: the same bytes, the same text in other
clothes (front matter, case, quotes, line wrapping), or an edited copy in which nine tenths of the words, in their order or
in equal blocks, are the same, and so is most of the code and markup around them. Files of fewer than 40 words are not
compared, unless they hold much code.

## Why

The same post lies under two names, one with a typo or another date in it; a page was moved and its old place forgotten.
Both are published, readers and search engines find either, and only one is kept up to date.

## Example

`posts/2024-05-02-tides.md` and `posts/2024-05-03-tides.md` hold the same post. The second is reported, with the first as the
one that stays.

## How far to trust it

Report only. Shown by default where the two texts are the same to the letter, or have the same title: pages made from one
mould (the announcements of two years, the pages of two functions) are often more than 95 % alike, and have different titles.
Reported with `--pedantic` only are copies that are usually meant: versions and translations of a page (`v1/` and `v2/`,
`de/`, `guide.fr.md`), test data, templates, licences, and a text that stands in four files or more.

Which file stays depends on the repository alone, not on the files that a run names: a file that the last commit does not
hold goes before one that it does, a name as of a copy (`notes copy.md`, `notes (1).md`) before another, drafts and archives
before the rest, and then what comes later in path order. A comment that keeps D201 speaks for its whole file, and in either
of the two files.
""",
    "D202": """\
# D202 shared-passage

## What it does

With `--across`, finds a run of adjacent blocks that stands in another file too, and in fewer than four altogether. Blocks of
fewer than eight words do not count by themselves. A file that is a copy as a whole (D201) is not searched for passages.

## Why

Text that was copied from page to page is corrected on one of them.

## Example

Six paragraphs on mooring, 540 words, stand in `guide/arrival.md` and again in `guide/mooring.md`. The second is reported,
with the lines of the first.

## How far to trust it

Report only. Pages share passages on purpose: a specification takes over what the one before it said, a release note
quotes the manual, two functions take the same options. Of some fifty passages of 80 to 500 words that we read in seven
well-kept repositories none was an accident. So passages from 500 words on are shown by default; shorter ones, from 40 words
on, and those between versions or translations are reported with `--pedantic`. Only exact copies are found, but for case,
quotes, emphasis and line wrapping.
""",
    "D203": """\
# D203 boilerplate

## What it does

With `--across` and `--pedantic`, finds a passage of at least 20 words that stands in four files or more (versions and
translations of one page count once). It is one finding, in the first of these files in path order, however many there are.

## Why

What each page says alike can stand in one place that all pages include, where it is corrected once.

## Example

A note on safety of 45 words stands at the head of 130 pages. It is reported once, in the first of them, with the number and
some of the others.

## How far to trust it

Report only. That a passage is a template is sure; whether it should be an include is a question of taste and tools.
""",
    "L401": """\
# L401 title-first

## What it does

Moves the title above its decks (the bold lines that stand over it in scraped news). `cleaner clean` only; not with
`--layout keep`.

## Why

An article begins with its title; programs that read the first line find it there.

## Example

```text
**Six boats are still out.**
**Storm Closes the Harbour**

The harbour master closed both gates at noon, and they will stay closed at least until Thursday evening.
```

The title goes to the top, the deck below it.

## How far to trust it

Safe. Only in Markdown and plain text of the profile `article`, and only over decks and bylines: a title that stands below
anything else stays. Not a word changes; the plan checks that before it is carried out.
""",
    "L402": """\
# L402 title-as-heading

## What it does

Writes the title as a heading, `# Title`, where it is a bold line or, in plain text, a bare one. `cleaner clean` only; not
with `--layout keep`.

## Why

Readers and programs tell a title by its heading mark. Bold is emphasis, and guessing is needed to see a title in it.

## Example

`**Storm Closes the Harbour**` becomes `# Storm Closes the Harbour`.

## How far to trust it

Safe. Only in Markdown and plain text of the profile `article`, and only for the one title; other bold lines, decks among
them, stay as they are.
""",
    "L403": """\
# L403 blank-lines

## What it does

Puts one blank line between the paragraphs, headings and quotes of an article, and none above the first.
`cleaner clean` only; not with `--layout keep`.

## Why

Scraped articles come one line a paragraph. In Markdown such lines flow together into a single paragraph; set apart they
are read as paragraphs everywhere.

## Example

Seven places in `seeds/harbour.txt`, where nothing but a line end stood between two paragraphs.

## How far to trust it

Safe. Only in Markdown and plain text of the profile `article`. Lists, code, front matter and the inside of block quotes
keep their own spacing, lines inside a paragraph stay where they are, and the file's kind of line end is used.
""",
    "M801": """\
# M801 merge-conflict

## What it does

Reports each merge conflict that was left in the text, from its first marker to its last, and a closing marker that stands alone.
Nothing is de-duplicated in such a file.

## Why

Both sides of a conflict say nearly the same. To a duplicate finder they look like a copy and its original, and removing
either would be taking a side.

## Example

```text
<<<<<<< ours
The gate opens at six.
=======
The gate opens at seven.
>>>>>>> theirs
```

## How far to trust it

Report only. Markers inside code are an example of markers, and not found.
""",
    "S901": """\
# S901 unused-suppression

## What it does

Reports a `cleaner: keep` or `cleaner: off` comment that keeps nothing.

## Why

The text it spoke for has changed, and a comment without effect misleads the next reader. It may also hide the next
finding, the one that is real.

## Example

```text
<!-- cleaner: keep D101 -- the refrain -->

This paragraph stands here once.
```

## How far to trust it

Report only. A comment counts as used if any finding of the rules it names was held back by it, in this run and with
these options.
""",
    "S902": """\
# S902 unused-decision

## What it does

Reports an entry of `cleaner-decisions.toml` that no finding of its file answers to any more, at its place in that file.

## Why

The text that somebody decided on was changed or is gone. The entry would hide the same repeat if it came back, and nobody
would have decided that.

## Example

```toml
[[meant]]
id = "4be1d3c2a0f95c7716ab"
rule = "D101"
path = "songs/ferry.md"
reason = "the refrain, which is sung once now"
```

## How far to trust it

Report only. It is asked only of files that were checked in this run, for rules that were run there; of a file that is gone
only by a run over a folder.
""",
}
