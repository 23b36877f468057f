"""HTML fragments to plain text, titles to one line, dates to ISO 8601: what every item of a feed goes through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.feeds import text
from cleaner.feeds.dates import iso
from cleaner.feeds.text import bare, line, paragraphs
from slope import steep

# (what stands in the feed, what it says)
FRAGMENTS = [
    ("<p>Fish &amp; chips</p><p>Tea</p>", "Fish & chips\n\nTea"),
    ("<P CLASS='a'>Fish</P>\n<DIV>Tea</DIV>", "Fish\n\nTea"),
    ("<ul><li>cod<li>plaice</ul>", "cod\n\nplaice"),
    ("one<br><br>two<br>three<br/> <br />four<br>&nbsp;<br>five", "one\n\ntwo three\n\nfour\n\nfive"),
    ("<table><tr><td>Cod</td><td>£4</td></tr><tr><td>Tea</td></tr></table>", "Cod £4\n\nTea"),
    ("<pre>a\n   b</pre>", "a b"),
    ("foo<b>bar</b>baz", "foobarbaz"),
    ("noon<img src='a.png' alt='The pier'>at", "noon at"),
    ("sea&nbsp;&nbsp;air \u2003 x", "sea air x"),
    ("<p>x<!-- a > b -->y<!--more--></p>z", "xy\n\nz"),
    ("<!-- wp:paragraph --><p>x</p><!-- /wp:paragraph -->", "x"),
    ("a<script>if (1 < 2) { b() }</script><style>p { }</style>c", "ac"),
    ("<noscript>no</noscript><svg><text>no</text></svg><template>no</template><iframe>no</iframe>yes", "yes"),
    ("<video><p>Your browser is old</p></video>yes", "yes"),
    ("<p hidden>no</p><div style='color: red; display: none'><p>no</p></div><p>yes</p>", "yes"),
    ("<p hidden>no<p>yes", "yes"),
    ("<p>See <a href=\"https://exam", "See"),
    ("<a title=\"x > y\" href='b'>link</a>", "link"),
    ("<b title='it's'>x</b>", "x"),
    ("one <i>two</i>\n\nthree", "one two\n\nthree"),
    ("&lt;p&gt;Tom &amp;amp; Jerry&lt;/p&gt;&lt;p&gt;again&lt;/p&gt;", "Tom & Jerry\n\nagain"),
    # plain text
    ("one\n\ntwo", "one\n\ntwo"),
    ("A line that goes on for a while and is then\nwrapped by hand, as mail is.", "A line that goes on for a while and is then wrapped by hand, as mail is."),
    ("Fish &amp; chips &#8230; &hellip;", "Fish & chips … …"),
    ("a < b, b > c and x <y", "a < b, b > c and x <y"),
    ("AT&T; ?a=1&section=2 &unknown;", "AT&T; ?a=1&section=2 &unknown;"),
    ("use <placeholder> here", "use <placeholder> here"),
    ("a\x00b\x08c\ud800d\ufeffe\x7f", "abcde"),
    ("", ""),
    ("<p> </p>&nbsp;<br>", ""),
]


@pytest.mark.parametrize(("said", "plain"), FRAGMENTS, ids=lambda value: ascii(value)[:40])
def test_a_fragment_becomes_paragraphs(said, plain):
    """Blocks are paragraphs, white space is folded, entities are decoded, and of what is not shown nothing is left."""
    assert paragraphs(said) == plain


def test_plain_text_to_the_letter():
    """What is said to be plain text keeps what looks like markup and entities."""
    assert paragraphs("<p>a &amp; b</p>", False) == "<p>a &amp; b</p>"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("It&amp;#8217;s Caf&amp;eacute; time", "It’s Café time"),
        ("<em>Ferry</em> sinks<br />twice", "Ferry sinks twice"),
        ("&lt;em&gt;Ferry&lt;/em&gt; sinks", "Ferry sinks"),
        ("The <title> element and the <b> tag", "The <title> element and the <b> tag"),
        ("What &amp;nbsp; and &amp;lt; mean", "What &nbsp; and &lt; mean"),
        ("AT&T, R&D and 5 < 6", "AT&T, R&D and 5 < 6"),
        ("two\r\n\tlines\u2028three", "two lines three"),
        ("bell\x07", "bell"),
    ],
)
def test_a_title_is_one_line(said, title):
    """Titles lose markup that sets them and one escape too many, and keep what they may be about."""
    assert line(said) == title


def test_an_id_keeps_its_letters():
    """Of an id only what cannot be stored or shown goes."""
    assert bare(" tag:example.org,2026:<1>&amp;\x00 \n") == "tag:example.org,2026:<1>&amp;"


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<br>", "<br />", "<b>", "</b>", "text ", " ", "\n\n", "&amp;", "&nbsp;", "<", ">", '"', "'", "=", "<a href='x'>", '<a title="', "</a>",
         "<!-- c -->", "<!--", "-->", "<script>", "</script>", "<li>", "<td>", " hidden", "<div hidden>", "</div>", "<x", "/", "<svg>", "]]>", "<![CDATA["]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(MARKUP)
def test_the_fast_way_and_the_sure_way_agree(said):
    """Whatever the one pattern thinks it can cut up, it cuts as the tokenizer does."""
    quick = text._simple(said)
    if quick is not None:
        assert text._joined(quick) == text._joined(text._told(said))


@settings(max_examples=300, deadline=None)
@given(st.one_of(MARKUP, st.text()))
def test_texts_hold_no_controls_and_no_loose_white_space(said):
    """Whatever comes in, what comes out are trimmed lines between single blank lines, fit to be written as UTF-8."""
    found = paragraphs(said)
    found.encode("utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]|\n\n\n|(?<!\n)\n(?!\n)|  |^\s|\s$", found)
    title = line(said)
    title.encode("utf-8")
    assert "\n" not in title and title == title.strip()


HOSTILE = ["<", '<a href="', "<!--", "&", " ", "<p>", "<p a='", "<br>", "<p hidden>", "\n", "\n x", "&amp;", "&lt;p&gt;", "<svg>", "<p a ", "display :", "<b>x</b>", "<![CDATA[", "<x", "\r\n "]


@pytest.mark.parametrize("read", [paragraphs, line])
@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_take_linear_time(unit, read):
    """Twice as many of anything take no more than three times as long, up to a hundred thousand."""
    assert not steep(lambda size: read("<p>" + unit * size), 100_000)


DATES = [
    ("Mon, 23 Nov 2026 09:30:00 +0100", "2026-11-23T08:30:00Z"),
    ("Mon, 23 Nov 2026 09:30:00 GMT", "2026-11-23T09:30:00Z"),
    ("23 Nov 26 09:30 EST", "2026-11-23T14:30:00Z"),
    ("Fri, 03 Dec 99 23:59:59 PST", "1999-12-04T07:59:59Z"),
    ("Mon,23 Nov 2026 09:30:00 Z", "2026-11-23T09:30:00Z"),
    ("Mon, 23 Nov 2026 09:30:00 +0100 (CET)", "2026-11-23T08:30:00Z"),
    ("Mon, 23 November 2026 09:30:00 CEST", "2026-11-23T07:30:00Z"),
    ("Mon, 23 Nov 2026", "2026-11-23"),
    ("Mon Nov 23 08:30:00 +0000 2026", "2026-11-23T08:30:00Z"),
    ("Monday, November 23, 2026 - 08:30", "2026-11-23T08:30:00Z"),
    ("November 23, 2026 8:30 PM EST", "2026-11-24T01:30:00Z"),
    ("Mon, 23 Nov 2026 9:30 pm", "2026-11-23T21:30:00Z"),
    ("23-Nov-2026", "2026-11-23"),
    ("23.11.2026 08:30", "2026-11-23T08:30:00Z"),
    ("23/11/2026", "2026-11-23"),
    ("Lun, 23 Nov 2026 08:30:00 +0100", "2026-11-23T07:30:00Z"),
    ("23 de noviembre de 2026", "2026-11-23"),
    ("10 août 2026", "2026-08-10"),
    ("3. März 2026", "2026-03-03"),
    ("2026-11-23", "2026-11-23"),
    ("20261123", "2026-11-23"),
    ("20261123T083000Z", "2026-11-23T08:30:00Z"),
    ("2026-11-23T08:30", "2026-11-23T08:30:00Z"),
    ("2026-11-23T08:30:00.123456-05:00", "2026-11-23T13:30:00Z"),
    ("2026-11-23 08:30:00 +0100", "2026-11-23T07:30:00Z"),
    ("2026-11-23 8:30 PM", "2026-11-23T20:30:00Z"),
    ("2026-11-23T24:00:00Z", "2026-11-24T00:00:00Z"),
    ("2026-12-31T23:59:60Z", "2026-12-31T23:59:59Z"),
    ("1795422600", "2026-11-23T08:30:00Z"),
    (1795422600, "2026-11-23T08:30:00Z"),
    (1795422600000, "2026-11-23T08:30:00Z"),
    ("1795422600.5", "2026-11-23T08:30:00Z"),
    # dates of programs that have none
    ("Thu, 01 Jan 1970 00:00:00 +0000", ""),
    ("Mon, 01 Jan 0001 00:00:00 +0000", ""),
    ("Wed, 30 Nov -0001 00:00:00 +0000", ""),
    ("0000-00-00 00:00:00", ""),
    # what can mean two days, or none
    ("03/04/2026", ""),
    ("2026", ""),
    ("2026-11", ""),
    ("31 Nov 2026", ""),
    ("2026-11-23T25:00:00Z", ""),
    ("9999-12-31T23:59:59-05:00", ""),
    ("yesterday", ""),
    ("3 days ago", ""),
    ("Posted in May 2026 by the 3 editors", ""),
    ("٢٠٢٦-١١-٢٣", ""),
    ("12", ""),
    (12, ""),
    (True, ""),
    (float("nan"), ""),
    (10**400, ""),
    ("1e400", ""),
]


@pytest.mark.parametrize(("said", "meant"), DATES, ids=lambda value: str(value)[:40])
def test_a_date_is_read_as_it_is_meant(said, meant):
    """Dates of RFC 822, ISO 8601 and the shapes between become UTC; a guess is never made."""
    assert iso(said) == meant


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("0123456789-:/ TZ+.,aApPmMNov", max_size=40), st.floats(), st.integers()))
def test_no_date_breaks(said):
    """Whatever stands where a date should, the answer is a date or nothing."""
    assert re.fullmatch(r"|\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", iso(said))
