"""How time grows with the input, told without a clock on the wall: a slow machine, or a busy one, is no failure."""

from __future__ import annotations

import time
from collections.abc import Callable

QUICK = 0.5  # seconds of processor below which nothing is said of growth
MOST = 3.0  # times, for twice the input
TRIES = 3  # a doubling that is within MOST once is


def steep(do: Callable[[int], object], size: int) -> str:
    """Return by how much `do` takes longer for `size` than for half and a quarter of it, if both doublings take more than MOST times; nothing otherwise."""
    said = ""
    for _ in range(TRIES):
        whole = _seconds(do, size)
        if whole < QUICK:
            return ""
        half = _seconds(do, size // 2)
        if whole <= MOST * half:
            return ""
        quarter = _seconds(do, size // 4)
        if half <= MOST * quarter:
            return ""
        said = f"{quarter:.2f} s, {half:.2f} s and {whole:.2f} s of processor for {size // 4}, {size // 2} and {size}"
    return said


def _seconds(do: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    do(size)
    return time.process_time() - start
