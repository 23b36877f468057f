"""
Bars for the figures of a page: a comment in the page names the table, and the table is what is drawn.

    <!-- plot: 10 KB Markdown | ms -->
    <!-- plot: HEADING OF THE SECTION | HEADING OF THE COLUMN -->

The first column names the bars, the column that is named gives their length: its first number, in each row. So a plot cannot say
anything else than the page, and the forge that shows the page without it hides nothing.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.bar{fill:#b9c4c4}.own{fill:#00796b}.n{font-variant-numeric:tabular-nums}"
    "@media (prefers-color-scheme:dark){text{fill:#ddd}.bar{fill:#59666a}.own{fill:#4db6ac}}"
)


class Bar(NamedTuple):
    """One row of a table."""

    name: str
    value: float
    said: str  # as the table says it


def bars(page: str, heading: str, column: str) -> list[Bar]:
    """
    Read a column of the first table below a heading that has it.

    Raises:
        ValueError: If the page has no such heading, column or number; names it.
    """
    found = re.search(rf"(?ms)^#+ {re.escape(heading)}$(.*?)(?=^#+ |\Z)", page)
    if found is None:
        raise ValueError(f"plot: the page has no heading {heading!r}")
    for table in re.findall(r"(?:^\|.*\n)+", found[1], re.MULTILINE):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))] for row in table.splitlines()]
        at = next((at for at, title in enumerate(rows[0]) if at and title.startswith(column)), None)
        if at is not None:
            return [bar for row in rows[2:] if (bar := _bar(row, at)) is not None]
    raise ValueError(f"plot: no table below {heading!r} has a column that begins with {column!r}")


def _bar(row: list[str], at: int) -> Bar | None:
    number = re.match(r"\(?([\d,]+(?:\.\d+)?)", row[at]) if at < len(row) else None
    ratio = re.search(r"\((0\.\d+|1\.0+)\)$", row[at]) if number else None
    if number is None:
        return None
    part = re.match(r"(\d+) of (\d+)", row[at])
    value = float(ratio[1]) if ratio else int(part[1]) / int(part[2]) if part else float(number[1].replace(",", ""))
    return Bar(re.sub(r"[`*]", "", row[0]), value, row[at])


def _asked(page: str, asked: str) -> tuple[str, str, list[Bar]]:
    heading, _, column = (part.strip() for part in asked.partition("|"))
    return heading, column, bars(page, heading, column)


def said(page: str, asked: str) -> str:
    """Return a plot in words, for who does not see it."""
    heading, column, rows = _asked(page, asked)
    return f"{heading}, {column}: " + "; ".join(f"{bar.name} {bar.said}" for bar in rows).replace("[", "(").replace("]", ")")


def plotted(page: str, asked: str) -> tuple[str, str]:
    """Return a name for a plot, and the plot as SVG."""
    heading, column, rows = _asked(page, asked)
    most = max((bar.value for bar in rows), default=0) or 1
    left = min(max((len(bar.name) for bar in rows), default=0) * 7.6 + 14, 360)
    width, tall = 720, 26
    room = width - left - 150
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {len(rows) * tall + 8}" role="img" aria-label="{escape(heading)}, {escape(column)}">',
        f"<style>{_STYLE}</style>",
    ]
    for at, bar in enumerate(rows):
        y = at * tall + 4
        own = "own" if "cleaner" in bar.name.lower() or not any("cleaner" in each.name.lower() for each in rows) else "bar"
        long = max(round(bar.value / most * room, 1), 1)
        name = bar.name if len(bar.name) <= 46 else bar.name[:45] + "…"
        parts += [
            f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="{own}" x="{left}" y="{y + 2}" width="{long}" height="18" rx="2"/>',
            f'<text class="n" x="{left + long + 8:.1f}" y="{y + 15}">{escape(bar.said)}</text>',
        ]
    return re.sub(r"[^a-z0-9]+", "-", f"{heading} {column}".lower()).strip("-"), "\n".join([*parts, "</svg>", ""])
