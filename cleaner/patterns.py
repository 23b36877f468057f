"""
Regular expressions that are compiled when they are first used.

Compiling the patterns of a run that needs three of them costs a commit hook more than looking at the article.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("match", "search", "fullmatch", "finditer", "findall", "sub", "split", "pattern", "flags")


class _Lazy:
    """Stands for a pattern until a method of it is asked for; from then on holds the pattern's own methods."""

    def __init__(self, text: str, flags: int) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return self.__dict__[name]


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what serves as the compiled pattern; see `re.compile` for text and flags."""
    return cast("re.Pattern[str]", _Lazy(text, flags))
