"""For mkdocstrings: examples in docstrings are code, also where no heading says so."""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"(?m)^([ ]*)>>> .*(?:\n(?![ ]*$).*)*")


class Doctests(griffe.Extension):
    """Puts fences around what begins with three angle brackets and ends with the paragraph."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Look at the docstring of whatever has one."""
        if obj.docstring is not None and ">>>" in obj.docstring.value:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    r"""
    Return a docstring with its examples in fences.

    >>> print(fenced("It adds.\n\n>>> 1 + 1\n2\n\nMore.").replace("`", "'"))
    It adds.
    <BLANKLINE>
    '''pycon
    >>> 1 + 1
    2
    '''
    <BLANKLINE>
    More.
    """
    return _EXAMPLE.sub(lambda found: f"{found[1]}```pycon\n{found[0]}\n{found[1]}```", text)
