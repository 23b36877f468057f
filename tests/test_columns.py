"""How wide a text is in a terminal, held against the library that knows."""

from __future__ import annotations

import pytest
import wcwidth  # ftfy brings it along
from hypothesis import given
from hypothesis import strategies as st

from cleaner.report.visible import characters, clip, columns

TEXTS = [
    "plain",
    "naïve — “x” …",
    "e\u0301a\u0308",
    "渡し船の運休",
    "ｶﾞ ﾊﾟ",
    "全角ＡＢＣ",
    "한국어",
    "\u1112\u1161\u11ab\u1100\u116e\u11a8",
    "ไทยที่นี่",
    "שָׁלוֹם",
    "\U0001f469\u200d\U0001f4bb",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\u2764",
    "\u2764\ufe0f",
    "\u2600\ufe0e",
    "\u26a0\ufe0f careful",
    "\U0001f1eb\U0001f1f7",
    "\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea",
    "1\ufe0f\u20e3 2\ufe0f\u20e3",
    "\U0001f44d\U0001f3fd",
    "\U0001f937\U0001f3fb\u200d\u2642\ufe0f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a\u200bb",
    "⠑⢄⠀│└─",
]


@pytest.mark.parametrize("text", TEXTS)
def test_columns_are_those_of_wcwidth(text: str) -> None:
    """Scripts, marks, flags, keycaps, skin tones, families and selectors take the columns that terminals give them."""
    assert columns(text) == wcwidth.wcswidth(text)


@given(st.lists(st.sampled_from([*TEXTS, " ", "x"]), max_size=8).map(" ".join), st.integers(2, 60))
def test_a_cut_text_fits_and_no_character_is_cut_in_two(text: str, width: int) -> None:
    """What is cut to a width has that width, begins as the text does, and ends between two characters."""
    cut = clip(text, width)
    assert columns(cut) <= width
    whole = list(characters(text))
    assert "".join(whole) == text
    if cut != text:
        kept = cut.removesuffix("…")
        assert any("".join(whole[:end]).rstrip() == kept for end in range(len(whole)))
