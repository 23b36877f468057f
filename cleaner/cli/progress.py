"""
How far long work is, on one line of a terminal: what is done, of how many, how fast, and how long the rest will take.
"""

from __future__ import annotations

import sys
from time import perf_counter

#: Seconds of silence first, and between two looks.
_SILENT = 1.0
_BETWEEN = 0.1


class Progress:
    """Shows how far a run is, stage by stage, from its second second on; wiped away at the end. Where nobody sees it, nothing is written."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._next = perf_counter() + _SILENT
        self._stage = ""
        self._began = 0.0
        self._first = 0
        self._said = False

    def tick(self, stage: str, done: int, total: int) -> None:
        """
        Tell how far a stage is; called as often as it suits.

        Args:
            stage: What is counted, or done: "files", "sketching".
            done: How much.
            total: Of how much; 0 where nobody knows.
        """
        if not self._shown:
            return
        now = perf_counter()
        if stage != self._stage:
            self._stage, self._began, self._first = stage, now, done
        if now < self._next:
            return
        self._next = now + _BETWEEN
        self._said = True
        sys.stderr.write(f"\r\x1b[K{told(stage, done, total, self._first, now - self._began)}")
        sys.stderr.flush()

    def end(self) -> None:
        """Wipe the line away."""
        if self._said:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._said = False


def told(stage: str, done: int, total: int, first: int = 0, seconds: float = 0.0) -> str:
    """
    Say how far a stage is.

    Args:
        stage, done, total: As for `Progress.tick`.
        first: How much was done when the clock began: a run that goes on begins in the middle.
        seconds: What the clock shows.

    >>> told("files", 1200, 4000, 0, 2.0)
    'files: 1,200 of 4,000, 600/s, 5 s left'
    """
    parts = [f"{done:,} of {total:,}" if total else f"{done:,}"]
    rate = (done - first) / seconds if seconds > 0 else 0.0
    if rate > 0:
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if total > done:
            parts.append(f"{_time((total - done) / rate)} left")
    return f"{stage}: {', '.join(parts)}"


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
