"""
Where links lead: whether two addresses, written in two ways, open one page or one the page above the other.
"""

from __future__ import annotations

import re

from cleaner.patterns import pattern

_SCHEME = pattern(r"^(?:https?:)?//(?:www\.)?", re.IGNORECASE)


def place(address: str) -> str:
    """Return an address bare of what differs between two ways to write it: scheme, "www.", case, a slash at the end."""
    return _SCHEME.sub("", address).rstrip("/").casefold()


def below(one: str, other: str) -> bool:
    """Whether one of two places lies directly below the other."""
    shorter, longer = sorted((one, other), key=len)
    return "#" not in longer and longer.startswith(shorter + "/") and longer.count("/") == shorter.count("/") + 1
