"""HTML to blocks, the tags beneath, and the proof of an edit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import tags
from cleaner.model import PROSE, Block, Edit, Span
from cleaner.plan import apply
from cleaner.proof.html import unchanged
from cleaner.segment.html import blocks

TAGS = """
<p> </p> <div> </div> <ul> <li> </li> </ul> <table> <tr> <td> </td> </tr> </table> <b> </b> <a/href='x'> </a> <br>
<br><br> <!--c--> <script>x</script> <pre> </pre> <h1> </h1> <blockquote> </blockquote> <img> <hr> <dl> <dt> <dd>
<title> </title> <!-- <![CDATA[ <svg> </svg> <textarea> </textarea> </ <? < & &nbsp; text more words
"""
OTHERS = ["\n", "\r\n", " ", "\r", "words here. ", "<p class='", "\u2028"]
PIECES = st.lists(st.sampled_from([*TAGS.split(), *OTHERS]), max_size=40).map("".join)

ARTICLE = """<!DOCTYPE html>
<html><head><title>Bakery opens | The Crumb</title><meta charset=utf-8></head>
<body class="post single-author">
<nav><ul><li><a href="/">Home</a><li><a href="/bread">Bread</a></ul></nav>
<article>
<h1>Bakery opens on the pier</h1>
<p class="standfirst">Bread goes to sea.</p>
<div class="byline"><p>By Ann Oven</p></div>
<figure><img src="pier.jpg" alt="x"><figcaption>The pier at dawn.</figcaption></figure>
<p>The oven came by barge.</p>
<p>Two hundred people came.
<p>They ate <em>everything</em>.
<ul><li>Rolls<li>Cake <ul><li>Plum</li></ul></li></ul>
<blockquote><p>I have never been so wet.</p></blockquote>
<aside><p>Never been so wet</p></aside>
<table><caption>Prices</caption><tr><th>What<th>How much</tr><tr><td>Roll<td>1</table>
<pre>flour + water</pre>
</article></body></html>
"""


def said(text: str, **wanted: object) -> list[str]:
    """Return the prose of the blocks that are as wanted."""
    return [
        text[block.inner.start : block.inner.end]
        for block in blocks(text)
        if all(getattr(block, name) == value for name, value in wanted.items())
    ]


def only(text: str) -> Block:
    (block,) = blocks(text)
    return block


def source(text: str, number: int = 0) -> str:
    span = list(blocks(text))[number].span
    return text[span.start : span.end]


def test_a_page() -> None:
    """An article's paragraphs, list items, rows and quotes are told apart, and its menu and code are left alone."""
    assert said(ARTICLE, kind="paragraph", role="body") == [
        "The oven came by barge.",
        "Two hundred people came.",
        "They ate <em>everything</em>.",
    ]
    assert said(ARTICLE, kind="item") == ["Rolls", "Cake", "Plum"]
    assert said(ARTICLE, kind="row") == ["<th>What<th>How much", "<td>Roll<td>1"]
    assert said(ARTICLE, kind="quote") == ["I have never been so wet."]
    assert len(said(ARTICLE, kind="code")) == 1
    assert not any("Home" in prose for prose in said(ARTICLE))


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("title", "Bakery opens on the pier"),
        ("deck", "Bread goes to sea."),
        ("byline", "By Ann Oven"),
        ("pull-quote", "Never been so wet"),
    ],
)
def test_roles(role: str, text: str) -> None:
    """Title, deck, byline and pull-quote are known by their markup; a body with "author" in its class is no byline."""
    assert said(ARTICLE, role=role) == [text]


def test_captions() -> None:
    """A figure's and a table's caption are captions."""
    assert said(ARTICLE, role="caption") == ["The pier at dawn.", "Prices"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>one<p>two", "<p>one"),
        ("<p>one<div>two</div>", "<p>one"),
        ("<p>one </p>\n<p>two", "<p>one </p>"),
        ("<ul><li>one\n<li>two</ul>", "<li>one"),
        ("<ul><li><p>one</p></li></ul>", "<li><p>one</p></li>"),
        ("<blockquote>\n<p>one</p>\n</blockquote>", "<blockquote>\n<p>one</p>\n</blockquote>"),
        ("<h2>one</h3>", "<h2>one</h3>"),
        ("<P CLASS='a>b'>one</P >", "<P CLASS='a>b'>one</P >"),
    ],
)
def test_spans(text: str, expected: str) -> None:
    """A block that is all its element holds takes the element's tags with it, also where the end tag is left out."""
    assert source(text) == expected


def test_text_beside_blocks() -> None:
    """Text beside a nested list is a block without tags: removing it leaves the list where it was."""
    text = "<ul><li>one <ul><li>two</li></ul></li></ul>"
    assert source(text) == "one"
    assert source(text, 1) == "<li>two</li>"


def test_line_breaks() -> None:
    """Two line breaks part paragraphs, and go with the one below; a single one does not."""
    text = "<div>one<br>more<br> <br>two<br/><br/>three</div>"
    assert said(text) == ["one<br>more", "two", "three"]
    assert source(text, 1) == "<br> <br>two"


@pytest.mark.parametrize("text", ["<b>one<p>two</b></p>", "<p><i>one</p>", "<p>one</i></p>", "<p>one <a href='x</p>"])
def test_crossed_tags(text: str) -> None:
    """Text whose inline tags do not pair up within it is left alone."""
    assert not said(text, kind="paragraph")


@pytest.mark.parametrize(
    "text",
    [
        "<script>if (a<b) '<p>no</p>'</script>",
        "<script><!-- <script> </script> <p>no</p> --></script>",
        "<style>p::after { content: '<p>no</p>' }</style>",
        "<textarea><p>no</p></textarea>",
        "<template><p>no</p></template>",
        "<svg><text>no</text><![CDATA[<p>no]]></svg>",
        "<pre>a\n<p>no</pre>",
        "<div class='highlight-python'><p>no</p></div>",
        "<div role=tabpanel><p>no</p></div>",
        "<nav><p>no</p></nav>",
        "<!-- <p>no</p> -->",
        "<!-- never closed <p>no</p>",
        "<head><title>no</title></head>",
        "<p>&nbsp;</p>",
        "---\ntitle: no\n---\n",
        "<div>{% include x %}</div>",
        "<p>{% if a %}no{% endif %}</p>",
        "<div>{{ content }}\n{{ more }}</div>",
        "<p><% no %></p>",
        "<p><img src=x></p>",
        "<p><label>no <input></label></p>",
    ],
)
def test_opaque(text: str) -> None:
    """Code, scripts, menus, tab panels, comments and form fields are never prose."""
    assert [block for block in blocks(text) if block.kind in PROSE] == []


def test_variables() -> None:
    """A template's variable within a sentence leaves the sentence prose."""
    assert said("<p>Bread by {{ name }}.</p>", kind="paragraph") == ["Bread by {{ name }}."]


def test_layout_tables() -> None:
    """A table that lays out the page has no rows: its cells' paragraphs stand for themselves, without the cell."""
    text = "<table><tr><td><h2>Title</h2><p>One.</p></td><td>Two.</td></tr></table>"
    assert [source(text, number) for number in range(3)] == ["<h2>Title</h2>", "<p>One.</p>", "Two."]


def test_groups_and_levels() -> None:
    """Items of one list share a group and a depth; a nested list has its own; headings govern what follows."""
    text = "<h2>A</h2><ul><li>a<li>b<ul><li>c</ul></ul><ol><li>d</ol>"
    heading, a, b, c, d = blocks(text)
    assert (heading.level, a.level, c.level, a.section) == (2, 1, 2, heading.number)
    assert a.group == b.group != c.group != d.group != 0


def test_conflict() -> None:
    """A merge conflict's marks are told, and part the text on their two sides."""
    text = "<p>one\n<<<<<<< mine\ntwo\n=======\nthree\n>>>>>>> theirs\n</p>"
    assert [block.kind for block in blocks(text)].count("conflict") == 3
    assert said(text, kind="paragraph") == ["one", "two", "three"]


@given(PIECES)
def test_tokens_cover_the_text(text: str) -> None:
    """The constructs of a source adjoin and cover all of it, whatever it is."""
    assert "".join(text[token.start : token.end] for token in tags.tokens(text)) == text


@given(PIECES)
def test_blocks_are_disjoint_and_in_order(text: str) -> None:
    """Blocks are numbered from 0, in order, disjoint and within the text; what they hold lies inside them."""
    at = 0
    for number, block in enumerate(blocks(text)):
        assert block.number == number
        assert at <= block.span.start < block.span.end <= len(text)
        assert block.span.holds(block.inner)
        assert -1 <= block.section < number
        if block.kind in PROSE:
            assert text[block.inner.start : block.inner.end].strip()
        at = block.span.end


@given(st.lists(st.sampled_from(["p", "div", "li", "h2", "blockquote", "td", "dd", "b"]), min_size=1, max_size=12))
def test_no_prose_is_lost(names: list[str]) -> None:
    """Every word of a well-formed page stands in a block."""
    text = "".join(f"<{name}>word{number}</{name}>\n" for number, name in enumerate(names))
    covered = "".join(source(text, block.number) for block in blocks(text))
    assert all(f"word{number}" in covered for number in range(len(names)))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    """Offsets count code points of the untouched text, whatever ends its lines."""
    text = ARTICLE.replace("\n", end).replace("Rolls", "R\N{GRINNING FACE}lls\u2028")
    assert said(text, kind="item")[0] == "R\N{GRINNING FACE}lls"


HOSTILE = {
    "less-than signs": "<" * 200_000,
    "comments": "<!--" * 50_000,
    "half comments": "<!-- a --" * 20_000,
    "open quotes": '<a href="' * 20_000,
    "attributes": "<p " + "a=b " * 40_000 + ">x",
    "nested": "<div>" * 5_000 + "x" + "</div>" * 5_000,
    "stray ends": "<p><table>" + "<div>" * 10_000 + "</p>" * 10_000,
    "nested tables": "<table><tr><td>a<td>" * 5_000,
    "nested quotes": "<blockquote>" * 5_000 + "x",
    "spaces": ("<p>" + " " * 50) * 5_000,
    "one text": "word " * 2_200_000,
    "scripts": "<!--<script>" * 20_000,
    "CDATA": "<svg>" + "<![CDATA[" * 20_000,
    "markup declarations": "<!" * 100_000,
    "line breaks": "a<br><br>" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """Input made to be slow is read through to its end."""
    text = HOSTILE[name]
    assert sum(1 for _ in blocks(text)) <= len(text)


class _Counting(str):
    """A text that counts how many characters its methods look at."""

    seen = 0

    def find(self, part: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = str.find(self, part, start, len(self) if end is None else end)
        _Counting.seen += (found if found >= 0 else len(self)) - start + 1
        return found


@pytest.mark.parametrize("unit", ["<!--", '<a href="', "<", "<!", "</", "<?", "<p>", "<a b='"])
def test_each_character_is_looked_for_once(unit: str) -> None:
    """Searches for the next tag or quote never go over the same text twice, so time grows with the length."""
    _Counting.seen = 0
    text = _Counting(unit * 2_000)
    assert sum(1 for _ in tags.tokens(text))
    assert _Counting.seen < 12 * len(text)


def names(text: str) -> list[str]:
    return [token.name for token in tags.tokens(text) if token.sort in ("open", "close")]


def removal(text: str, number: int) -> tuple[str, list[Edit]]:
    span = list(blocks(text))[number].span
    edits = [Edit(span, text[span.start : span.end], "")]
    return apply(text, edits), edits


def test_every_removal_is_proved() -> None:
    """Each block of an ordinary page can be taken out, and the proof agrees."""
    for block in blocks(ARTICLE):
        if block.kind in PROSE:
            assert unchanged(ARTICLE, *removal(ARTICLE, block.number)), block


def test_lost_tail() -> None:
    """A file that lost its tail fails the proof, with edits and without."""
    after, edits = removal(ARTICLE, 5)
    assert not unchanged(ARTICLE, after[:-9], edits)
    assert not unchanged(ARTICLE, ARTICLE[:-9], [])
    assert unchanged(ARTICLE, ARTICLE, [])


@pytest.mark.parametrize(
    ("before", "gone"),
    [
        ("<p>one</p>", "<p>"),
        ("<p>one</p>", "one</p>"),
        ("<b>one</b>", "<b>"),
        ("<p>one</p><p>two</p>", "one</p><p>"),
        ("<p class=a>one</p>", " class=a"),
        ("<script>one</script>", "one"),
        ("<!-- one -->", "one"),
        ("<p>a <x b</p>", "x "),
        ("<p>a < xb</p>", " x"),
        ("one<p>two</p>three", "<p>two</p>"),
        ("<i>one</i><p>two</p> <i>three</i>", "<p>two</p>"),
    ],
)
def test_wrong_edits(before: str, gone: str) -> None:
    """An edit that takes half an element, changes a tag or a script, makes a tag, or joins texts is found out."""
    at = before.index(gone)
    edits = [Edit(Span(at, at + len(gone)), gone, "")]
    assert not unchanged(before, apply(before, edits), edits)


def test_text_edits() -> None:
    """Mending words changes no tag, and is proved; so is putting in a whole element."""
    text = "<p>the the <b>end</b></p>"
    edits = [Edit(Span(3, 7), "the ", "")]
    assert unchanged(text, apply(text, edits), edits)
    edits = [Edit(Span(0, 0), "", "<h1>Title</h1>\n")]
    assert unchanged(text, apply(text, edits), edits)
    edits = [Edit(Span(0, 0), "", "<h1>Title\n")]
    assert not unchanged(text, apply(text, edits), edits)


@given(PIECES, st.data())
def test_a_proved_removal_keeps_the_rest(text: str, data: st.DataObject) -> None:
    """What is proved, has lost the tags of the removed span and no others."""
    prose = [block for block in blocks(text) if block.kind in PROSE]
    if prose:
        after, edits = removal(text, data.draw(st.sampled_from(prose)).number)
        if unchanged(text, after, edits):
            gone = edits[0].before
            assert names(after) == names(text[: edits[0].span.start]) + names(text[edits[0].span.end :])
            assert len(names(after)) == len(names(text)) - len(names(gone))


def test_attributes() -> None:
    """Attributes are read as browsers read them: quotes, no quotes, no value, the first of two alike."""
    text = "<a HREF=x/ title='a > b' hidden Title=c data-x=\"\"/>"
    (token,) = tags.tokens(text)
    assert tags.attributes(text, token) == {"href": "x/", "title": "a > b", "hidden": "", "data-x": ""}
    assert token.closed
    (token,) = tags.tokens("<a href=x/>")
    assert not token.closed
