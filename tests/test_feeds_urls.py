"""Links as identities: what leads to one page, what does not, and how the difference is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.feeds import urls

PAGE = "https://www.gazette.example/2026/ferry"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("http://www.gazette.example/2026/ferry", ("http and https",)),
        ("https://gazette.example/2026/ferry", ("www.",)),
        ("https://m.gazette.example/2026/ferry", ("the mobile page",)),
        ("https://amp.gazette.example/2026/ferry", ("the AMP page",)),
        ("https://www.gazette.example/2026/ferry/amp", ("the AMP page",)),
        ("https://www.gazette.example/2026/ferry.amp", ("the AMP page",)),
        ("https://www.gazette.example/2026/ferry.amp/", ("the AMP page",)),
        ("https://www.gazette.example/2026/ferry?amp=1", ("the AMP page",)),
        ("https://www.google.com/amp/s/www.gazette.example/2026/ferry", ("the AMP page",)),
        ("https://www-gazette-example.cdn.ampproject.org/c/s/www.gazette.example/2026/ferry", ("the AMP page",)),
        ("https://www.gazette.example/2026/ferry#respond", ("a fragment",)),
        ("https://www.gazette.example/2026/ferry/", ("a slash at the end",)),
        ("https://www.gazette.example/2026/ferry?utm_source=rss&utm_campaign=x", ("the parameters utm_campaign, utm_source",)),
        ("https://www.gazette.example/2026/ferry?ref=rss", ("the parameter ref",)),
        ("HTTPS://WWW.Gazette.Example:443/2026/%66erry", ("how it is written",)),
        ("https://www.gazette.example/2026/./x/../ferry", ("how it is written",)),
    ],
)
def test_one_page_in_two_dresses(other, said):
    """Both addresses have one form, and what was folded away is named."""
    assert urls.form(other) == urls.form(PAGE)
    assert urls.apart(PAGE, other) == urls.apart(other, PAGE) == said


@pytest.mark.parametrize(
    "other",
    [
        "https://www.gazette.example/2026/Ferry",
        "https://www.gazette.example/2026/ferry?p=12",
        "https://www.gazette.example/2026/ferry?id=12",
        "https://www.gazette.example/2026/ferry?page=2",
        "https://www.gazette.example/2026/ferry?ref=north",
        "https://www.gazette.example/2026/ferry?source=council",
        "https://www.gazette.example/2026/ferry#!/stop",
        "https://www.gazette.example:8443/2026/ferry",
        "https://news.gazette.example/2026/ferry",
        "https://www.gazette.example/2026/ferry.html",
        "https://www.gazette.example/2026%2Fferry",
        "https://www.gazette.example/2026/amp",
    ],
)
def test_another_page(other):
    """What may be the page itself is never folded away."""
    assert urls.form(other) != urls.form(PAGE)


@pytest.mark.parametrize("text", ["", "ferry", "mailto:anna@gazette.example", "javascript:alert(1)", "/2026/ferry", "http://", "http://[::1", "http://a:b/"])
def test_what_is_no_web_address(text):
    """It has no form, and no exception comes of it."""
    assert urls.form(text) == ""
    assert urls.publisher(text) == ""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.gazette.example/a", "gazette.example"),
        ("https://feeds.news.gazette.example/a", "gazette.example"),
        ("https://news.gazette.co.uk/a", "gazette.co.uk"),
        ("https://anna.blogspot.com/a", "anna.blogspot.com"),
        ("https://bob.blogspot.com/a", "bob.blogspot.com"),
        ("https://anna.github.io/a", "anna.github.io"),
        ("http://192.0.2.7/a", "192.0.2.7"),
    ],
)
def test_publishers(address, name):
    """The registered name, with what hosts of many and classes of names need besides."""
    assert urls.publisher(address) == name


def test_redirecting_addresses_say_nothing_about_the_page():
    """A counting host's address is not its publisher's; the host's own front page is."""
    assert urls.redirects("http://feedproxy.google.com/~r/gazette/~3/abc/")
    assert not urls.redirects(PAGE)


HOSTS = st.sampled_from(["gazette.example", "www.gazette.example", "m.gazette.example", "bücher.example", "a.b.c.example", "m.www.amp.example.org", "www.amp", "[2001:db8::1]"])
PATHS = st.lists(st.one_of(st.sampled_from(["amp", "AMP", "x.amp", "x.amp.html"]), st.text(alphabet="abcA.%41~é/;=&", max_size=8)), max_size=4).map("/".join)
QUERIES = st.lists(st.sampled_from(["utm_source=x", "p=1", "id=2", "ref=rss", "ref=x", "amp", "", "a=%2f", "fbclid=1"]), max_size=4).map("&".join)


@given(st.sampled_from(["http", "https"]), HOSTS, PATHS, QUERIES, st.sampled_from(["", "#a", "#!/b"]))
def test_a_form_is_its_own_form(scheme, host, path, query, fragment):
    """Folding what is folded changes nothing, and an address differs from itself in nothing."""
    address = f"{scheme}://{host}/{path}{'?' + query if query else ''}{fragment}"
    form = urls.form(address)
    assert form
    assert urls.form(f"https://{form}") == form
    assert urls.apart(address, address) == ()


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text):
    """Whatever stands in a feed's link: no exception."""
    urls.form(text)
    urls.form("http://" + text)
    urls.publisher("https://" + text)
    urls.apart(text, "http://" + text)
