"""
Normal forms of Unicode, for comparing, in linear time.

`unicodedata.normalize` takes the square of a run of combining marks: eighty thousand in a row are seven seconds. No writing uses more than
the thirty of Unicode's Stream-Safe Text Format, so a text that holds a longer run is compared as it stands.

Source: Unicode Standard Annex 15, section 13.
"""

from __future__ import annotations

from typing import Literal

from cleaner.patterns import pattern

_BOMB = pattern(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{31,}")


def normal(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """
    Return a text in a normal form; the text itself where it holds more than thirty combining marks in a row.

    >>> normal("NFC", "cafe\\u0301") == "caf\\u00e9"
    True
    """
    if text.isascii() or _BOMB.search(text):
        return text
    import unicodedata

    return unicodedata.normalize(form, text)
