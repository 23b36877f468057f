"""
Which hosts a fetch may speak to: names brought to one form, and the addresses that are not the public internet.

A feed's address, and each address it redirects to, is written by somebody else. It may lead to the machine that runs the
audit, to a router beside it or to the service that hands out a cloud machine's passwords; and it may be written so that
a look at the text does not show it: "0x7f.1", "2130706433", "①②⑦.⓪.⓪.①" and "[64:ff9b::7f00:1]" are all 127.0.0.1.
So names are never judged by their looks: numbers become addresses, names are resolved, and the addresses are judged.

Sources: the WHATWG URL Standard (host parsing), UTS #46, the IANA special-purpose address registries (RFC 6890), and the
rows themselves. The list of shapes to try is that of the Advocate library.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cleaner.patterns import pattern

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network


# Names that never lead to the public internet, with all below them. Asking for some of them would itself send packets.
_NAMES = {
    "localhost": "this machine",  # RFC 6761
    "local": "the local network",  # RFC 6762, asked for by multicast
    "home.arpa": "a home network",  # RFC 8375
    "internal": "a private network",  # reserved by ICANN in 2024; clouds keep metadata.google.internal and the like below it
    "onion": "the Tor network",  # RFC 7686: must not be looked up
}
_V4 = (
    ("0.0.0.0/8", "this machine"),  # RFC 1122: Linux connects 0.0.0.0 to itself
    ("10.0.0.0/8", "a private network"),  # RFC 1918
    ("100.64.0.0/10", "a provider's own network"),  # RFC 6598; 100.100.100.200 hands out the secrets of Alibaba's machines
    ("127.0.0.0/8", "this machine"),
    ("168.63.129.16/32", "a cloud's metadata service"),  # looks public; Azure answers it inside each of its machines
    ("169.254.0.0/16", "link-local, as clouds' metadata services are"),  # RFC 3927; 169.254.169.254
    ("172.16.0.0/12", "a private network"),  # RFC 1918
    ("192.0.0.0/24", "reserved for protocols"),  # RFC 6890; 192.0.0.192 hands out the secrets of Oracle's machines
    ("192.0.2.0/24", "for documentation only"),  # RFC 5737
    ("192.31.196.0/24", "reserved for AS112"),  # RFC 7535
    ("192.52.193.0/24", "reserved for multicast tunnels"),  # RFC 7450
    ("192.88.99.0/24", "a 6to4 relay"),  # RFC 7526: deprecated; what answers is whoever says it does
    ("192.168.0.0/16", "a private network"),  # RFC 1918
    ("192.175.48.0/24", "reserved for AS112"),  # RFC 7534
    ("198.18.0.0/15", "for benchmarks only"),  # RFC 2544
    ("198.51.100.0/24", "for documentation only"),  # RFC 5737
    ("203.0.113.0/24", "for documentation only"),  # RFC 5737
    ("224.0.0.0/4", "multicast"),  # RFC 5771
    ("240.0.0.0/4", "reserved"),  # RFC 1112; with the broadcast address
)
_V6 = (
    ("::/128", "this machine"),
    ("::1/128", "this machine"),
    ("::/96", "an IPv4 address in a form long out of use"),  # RFC 4291: ::127.0.0.1
    ("64:ff9b:1::/48", "a private network"),  # RFC 8215: local NAT64
    ("100::/64", "a discard address"),  # RFC 6666
    ("2001::/32", "a Teredo tunnel"),  # RFC 4380: carries an IPv4 address nobody checked
    ("2001::/23", "reserved for protocols"),  # RFC 2928: benchmarks, ORCHID, drone identities
    ("2001:db8::/32", "for documentation only"),  # RFC 3849
    ("2002::/16", "a 6to4 tunnel"),  # RFC 7526: carries an IPv4 address, deprecated
    ("2620:4f:8000::/48", "reserved for AS112"),  # RFC 7534
    ("3fff::/20", "for documentation only"),  # RFC 9637
    ("5f00::/16", "reserved for segment routing"),  # RFC 9602
    ("fc00::/7", "a private network"),  # RFC 4193; fd00:ec2::254 hands out the secrets of Amazon's machines
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),  # RFC 3879: deprecated, and still routed inside some sites
    ("ff00::/8", "multicast"),
)
# These carry an IPv4 address in their last 32 bits, which decides: behind DNS64 all of the internet that has no IPv6 looks so.
_CARRIERS = ("::ffff:0:0/96", "64:ff9b::/96")

_NUMBER = pattern(r"[0-9]+|0[xX][0-9a-fA-F]*")
_LABEL = pattern(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def canonical(host: str) -> str:
    """
    Return a host as written in an address in its one form: lower case, A-labels, no dot at the end; addresses as numbers.

        >>> canonical("Example.ORG."), canonical("0x7f.1"), canonical("[::FFFF:7f00:1]")
        ('example.org', '127.0.0.1', '127.0.0.1')

    Raises:
        ValueError: If it is no host; says what is wrong with it in a few words.
    """
    if host.startswith("["):
        return _v6(host)
    if not host.isascii():
        host = _mapped(host)
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _v4(labels)
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("not a host name")
    return host


def is_address(host: str) -> bool:
    """Whether a host in its one form is an address and no name."""
    return ":" in host or bool(_NUMBER.fullmatch(host.rpartition(".")[2]))


def private_name(host: str) -> str:
    """Return what a name (in its one form) leads to where that is never the public internet; else ""."""
    return next((what for name, what in _NAMES.items() if host == name or host.endswith("." + name)), "")


def private_address(address: str) -> str:
    """
    Return what an IPv4 or IPv6 address is where it is not one of the public internet; else "".

        >>> private_address("10.1.2.3"), private_address("64:ff9b::7f00:1"), private_address("2a00:1450::1")
        ('a private network', 'this machine', '')
    """
    from ipaddress import IPv4Address, ip_address

    try:
        found = ip_address(address)
    except ValueError:
        return "not an address"
    if found.version == 6:
        if getattr(found, "scope_id", None):
            return "link-local"
        if any(found in network for network in _carriers()):
            found = IPv4Address(int(found) & 0xFFFF_FFFF)
    for row, what in _tables()[found.version]:
        if found in row:
            return what
    # What the standard library knows beyond the tables; it differs from version to version, so it may only add.
    if found.version == 6 and int(found) >> 125 != 1:
        return "reserved"
    return "" if found.is_global and not found.is_multicast and not found.is_reserved else "not a public address"


@cache
def _tables() -> dict[int, list[tuple[IPv4Network | IPv6Network, str]]]:
    from ipaddress import IPv4Network, IPv6Network

    return {4: [(IPv4Network(row), what) for row, what in _V4], 6: [(IPv6Network(row), what) for row, what in _V6]}


@cache
def _carriers() -> tuple[IPv6Network, ...]:
    from ipaddress import IPv6Network

    return tuple(map(IPv6Network, _CARRIERS))


def _v6(host: str) -> str:
    from ipaddress import IPv6Address

    if not host.endswith("]") or "%" in host:
        raise ValueError("not an IPv6 address")
    try:
        found = IPv6Address(host[1:-1])
        return str(found.ipv4_mapped or found)
    except ValueError:
        raise ValueError("not an IPv6 address") from None


def _v4(parts: list[str]) -> str:
    # As inet_aton and browsers read it: up to four parts, decimal, octal or hexadecimal; the last fills what is left.
    from ipaddress import IPv4Address

    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):
        raise ValueError("not an IPv4 address")
    try:
        *first, last = (_number(part) for part in parts)
    except ValueError:
        raise ValueError("not an IPv4 address") from None
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise ValueError("not an IPv4 address")
    return str(IPv4Address(sum(number << 8 * (3 - at) for at, number in enumerate(first)) + last))


def _number(text: str) -> int:
    if len(text) > 40:  # int() of thousands of digits is slow, and refused
        raise ValueError(text)
    if text[:2] in {"0x", "0X"}:
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _mapped(host: str) -> str:
    import idna

    if len(host) > 1000:
        raise ValueError("not a host name")
    try:
        plain = idna.uts46_remap(host, std3_rules=False, transitional=False)
        # Digits in circles and full-width forms have become ASCII; what has not is a name with letters of its own.
        return plain if plain.isascii() else idna.encode(plain).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError("not a host name") from None
