"""lines.py: where lines begin and end."""

from __future__ import annotations

import re
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from cleaner import lines
from cleaner.lines import Lines

TEXT = st.text(st.sampled_from("ab \n\r\f\x85\u2028é\U0001f468"), max_size=40)


# Some lines stand below themselves many times.
MUCH = st.lists(st.tuples(TEXT, st.integers(1, 20)), max_size=4).map(lambda parts: "".join(text * times for text, times in parts))


@given(TEXT | MUCH, st.sampled_from([1, 2, 7, 1_000_000]), st.sampled_from([1, 2, 5, 1_000]))
def test_lines_begin_after_line_ends(text: str, together: int, many: int) -> None:
    """However many characters are split at once, and wherever a line is seen to repeat, one begins behind each \\n, \\r\\n and \\r, and nowhere else."""
    with patch.object(lines, "_TOGETHER", together), patch.object(lines, "MANY", many):
        starts = [0, *(mark.end() for mark in re.finditer(r"\r\n|\n|\r", text))]
        table = Lines(text)
        assert [table.start(line) for line in range(1, len(table) + 1)] == starts
        spans = lines.split(text)
        assert lines.texts(text) == [text[start:end] for start, end in spans]
    assert [text[start:end] for start, end in spans] == re.split(r"\r\n|\n|\r", text)[: len(spans)]
    assert len(spans) == len(starts) - (starts[-1] == len(text))
    assert all(type(span) is lines.Span for span in spans)


@given(TEXT, st.data())
def test_a_place_is_a_line_and_a_column(text: str, data: st.DataObject) -> None:
    """Lines and columns count from 1, columns in code points."""
    offset = data.draw(st.integers(0, len(text)))
    line, column = Lines(text).at(offset)
    assert Lines(text).start(line) + column - 1 == offset
    assert 1 <= line <= len(Lines(text))
    if line < len(Lines(text)):
        assert offset < Lines(text).start(line + 1)
