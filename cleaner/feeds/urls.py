"""
Links as identities: whether two addresses are one page, and in what they are written differently.

A normal form is for comparing, never for opening. It folds what leads to the same page nearly everywhere: the scheme, "www.",
the hosts and paths of phones and AMP, the fragment, and parameters that only tell who sent the reader. That last list is
narrow on purpose: a parameter that *is* the page (`?p=123`, `?id=`, `?page=2`) must stay, and so `ref`, `source` and `from` only
go where their value says that a feed sent the reader. Two addresses are never called one page in silence: `apart` names
what was folded.

Source: RFC 3986, section 6; the names of the parameters are those that their senders document (Google, Meta, Microsoft,
Matomo, Mailchimp, HubSpot, Marketo...).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

#: Parameters that tell who sent the reader, and never what is to be read.
TRACKING: frozenset[str] = frozenset(
    # Google and its advertisements
    "gclid gclsrc dclid gbraid wbraid srsltid _ga _gl "
    # Meta, Microsoft, X, TikTok, LinkedIn, Instagram, Yandex
    "fbclid msclkid twclid ttclid li_fat_id igshid igsh yclid ysclid "
    # letters by mail: Mailchimp, Marketo, HubSpot, Omeda, Vero
    "mc_cid mc_eid mkt_tok _hsenc _hsmi hsctatracking oly_anon_id oly_enc_id vero_id vero_conv "
    # publishers' own counting: BBC, The New York Times, AT Internet, Webtrends, Adobe
    "ns_mchannel ns_source ns_campaign ns_linkname ns_fee at_medium at_campaign smid smtyp xtor wt.mc_id wt.rss_f s_cid cmpid ".split()
)
TRACKING_BEGINNINGS = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_")
#: Parameters that tell it only with these values; with others they may be the page.
TRACKING_VALUES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("ref", "source", "src", "from", "partner", "emc", "cid", "output", "referrer"), frozenset({"rss", "feed", "rssfeed", "atom", "rss2", "feedburner"})),
    "rss": frozenset({"", "1", "yes", "true"}),
}
#: Parameters that ask for the page in another dress.
DRESS: dict[str, frozenset[str]] = {
    "amp": frozenset({"", "1", "true"}),
    "outputtype": frozenset({"amp"}),
    "mobile": frozenset({"1", "true"}),
}
_DEVICES = ("www.", "m.", "mobile.", "amp.", "wap.")
_UNRESERVED = re.compile(r"%([0-9A-Fa-f]{2})")
_AMP_TAIL = re.compile(r"(?:/amp|\.amp(?:\.html?)?|/amp\.html?)/*$", re.IGNORECASE)
# Hosts below which everybody has a page of their own, and names that stand before a country.
_SHARED_HOSTS = frozenset(
    "blogspot.com wordpress.com substack.com medium.com tumblr.com ghost.io github.io gitlab.io netlify.app pages.dev vercel.app "
    "wixsite.com weebly.com livejournal.com typepad.com neocities.org herokuapp.com".split()
)
_CLASSES = frozenset("co com org net gov ac edu or ne go gob gouv nom id me ltd plc sch mil".split())
#: Hosts that only send the reader on: what they lead to cannot be told without asking them.
_REDIRECTORS = frozenset("feedproxy.google.com feeds.feedburner.com feedburner.com t.co bit.ly ow.ly tinyurl.com goo.gl dlvr.it buff.ly".split())


class Link(NamedTuple):
    """
    An address, taken apart.

    Attributes:
        form: What is compared: host, path and what is left of the query; "" where the text is no web address.
        host: Without the parts that tell the device.
        scheme, prefix, dress, fragment, tracking: What was folded away, "" or () where there was none.
    """

    form: str
    host: str = ""
    scheme: str = ""
    prefix: str = ""  # "www.", "m."
    dress: str = ""  # "AMP", "mobile"
    fragment: str = ""
    tracking: tuple[str, ...] = ()
    slash: bool = False  # a slash at the end of its path

    @property
    def is_home(self) -> bool:
        """Whether it leads to a site's front page, which is no item's own page."""
        return bool(self.form) and self.form == self.host

    @property
    def dressed(self) -> int:
        """How much was folded away that is not in a page's plain address."""
        return len(self.tracking) + bool(self.dress) + bool(self.fragment) + (self.scheme == "http")


NONE = Link("")


@lru_cache(maxsize=100_000)  # links stand in several items, and each is asked for several times
def link(address: str) -> Link:
    """
    Take an address apart.

    >>> link("http://www.example.org/2026/storm/?utm_source=rss&p=12#top").form
    'example.org/2026/storm?p=12'
    >>> link("https://example.org/?p=12").form == link("https://example.org/?p=13").form
    False
    """
    try:
        split = urlsplit(address.strip())
        port = split.port
        host = (split.hostname or "").rstrip(".")
    except ValueError:
        return NONE
    if split.scheme.lower() not in ("http", "https") or not host:
        return NONE
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = _ascii(host)
    split, host, dress = _out_of_cache(split, host)
    prefix = ""
    while device := next((each for each in _DEVICES if host.startswith(each) and "." in host[len(each) :]), ""):
        prefix, host = prefix + device, host[len(device) :]
        if device in ("m.", "mobile.", "wap."):
            dress = dress or "mobile"
        elif device == "amp.":
            dress = "AMP"
    path = _path(split.path)
    while path.lower().startswith("/amp/"):
        dress, path = "AMP", path[4:]
    while cut := _AMP_TAIL.search(path):
        dress = "AMP"
        path = path[: cut.start()] + (".html" if ".amp.htm" in cut.group().lower() else "")
    kept, tracking, asked = _query(split.query)
    dress = dress or asked
    fragment = split.fragment
    # "#!/page" and "#/page" are how pages made by scripts name themselves.
    routed = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    at = f":{port}" if port and port not in (80, 443) else ""
    slash = len(path) > 1 and path.endswith("/")
    form = f"{host}{at}{path.rstrip('/')}{'?' if kept else ''}{'&'.join(kept)}{routed}"
    return Link(form, f"{host}{at}", split.scheme.lower(), prefix, dress, "" if routed else fragment, tracking, slash)


def form(address: str) -> str:
    """Return the normal form of an address, for comparing; "" where it is no web address."""
    return link(address).form


def apart(one: str, other: str) -> tuple[str, ...]:
    """
    Name what was folded away between two addresses of one normal form.

    >>> apart("http://example.org/a", "https://www.example.org/a?utm_source=rss")
    ('http and https', 'www.', 'the parameter utm_source')
    """
    first, second = link(one), link(other)
    found: list[str] = []
    if first.scheme != second.scheme:
        found.append("http and https")
    if first.dress != second.dress:
        found.append(f"the {first.dress or second.dress} page" if not (first.dress and second.dress) else "the AMP and the mobile page")
    elif first.prefix != second.prefix:
        found.append(" and ".join(filter(None, (first.prefix, second.prefix))))
    if first.fragment != second.fragment:
        found.append("a fragment")
    if different := sorted({*first.tracking} ^ {*second.tracking}):
        found.append(f"the parameter{'s' if len(different) > 1 else ''} {', '.join(different)}")
    elif first.tracking and one != other and not found and sorted(first.tracking) == sorted(second.tracking):
        found.append(f"the value of {', '.join(sorted(first.tracking))}")
    if first.slash != second.slash:
        found.append("a slash at the end")
    if not found and one.strip() != other.strip():
        found.append("how it is written")
    return tuple(found)


def publisher(address: str) -> str:
    """
    Return what tells the publisher of an address: the name that its host is registered under, as far as it can be told.

    No list of all public suffixes is asked: where in doubt the longer name is taken, and two hosts are two publishers.

    >>> publisher("https://feeds.example.co.uk/news"), publisher("https://anna.blogspot.com/a")
    ('example.co.uk', 'anna.blogspot.com')
    """
    host = link(address).host
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    host = host.partition(":")[0]
    labels = host.split(".")
    if len(labels) < 3 or host.replace(".", "").isdigit():
        return host
    below = 3 if (labels[-2] in _CLASSES and len(labels[-1]) == 2) or ".".join(labels[-2:]) in _SHARED_HOSTS else 2
    return ".".join(labels[-below:])


def redirects(address: str) -> bool:
    """Whether an address only sends the reader on to another, so that it says nothing about the page."""
    found = link(address)
    return found.host in _REDIRECTORS and not found.is_home


def is_global(id: str) -> bool:
    """Whether an id is meant to be unique in the world, and not in its feed alone: an address, a tag: or urn: name."""
    return "://" in id or id[:4].lower() in ("tag:", "urn:")


def _ascii(host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return host.lower()


def _out_of_cache(split: SplitResult, host: str) -> tuple[SplitResult, str, str]:
    """Take an address out of Google's AMP cache and its viewer, which hold it in their path."""
    parts = split.path.split("/")
    if host.endswith(".cdn.ampproject.org") and len(parts) > 3 and parts[1] in ("c", "v", "a"):
        rest = parts[3:] if parts[2] == "s" else parts[2:]
    elif host in ("www.google.com", "google.com") and len(parts) > 3 and parts[1] == "amp":
        rest = parts[3:] if parts[2] == "s" else parts[2:]
    else:
        return split, host, ""
    return split._replace(path="/" + "/".join(rest[1:])), rest[0].lower(), "AMP"


def _path(path: str) -> str:
    """Return a path with its escapes alike and without "." and ".." steps."""
    path = _UNRESERVED.sub(_decoded, path)
    if "/." not in path:
        return path
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            if len(steps) > 1:
                steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps) if path.rsplit("/", 1)[-1] not in (".", "..") else "/".join(steps) + "/"


def _decoded(escape: re.Match[str]) -> str:
    character = chr(int(escape.group(1), 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape.group().upper()


def _query(query: str) -> tuple[list[str], tuple[str, ...], str]:
    """Return what of a query is the page, sorted; the names of what only tells the sender; and the dress asked for."""
    kept: list[str] = []
    tracking: list[str] = []
    dress = ""
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        low = unquote(name).lower()
        if low in TRACKING or low.startswith(TRACKING_BEGINNINGS) or value.lower() in TRACKING_VALUES.get(low, ()):
            tracking.append(low)
        elif value.lower() in DRESS.get(low, ()):
            dress = "mobile" if low == "mobile" else "AMP"
        elif pair:
            kept.append(_UNRESERVED.sub(_decoded, pair))
    return sorted(kept), tuple(tracking), dress
