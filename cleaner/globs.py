"""
Patterns for paths, as .gitignore and ruff know them.

    *.md            any Markdown file, in any folder: a pattern without a slash is about a name
    docs/*.md       in that folder itself: a pattern with a slash counts from the folder of the settings file
    docs/**         all that is below it, however deep;  docs and docs/ say the same
    **/draft/*      a folder called draft, anywhere
    *.{md,mdx}      either; also ? for one character, and [a-z]
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache


class Globs:
    """Some patterns, each with the folder that it counts from; asked which of them speaks of a path."""

    def __init__(self, patterns: Iterable[tuple[str, str]]) -> None:
        #: By base folder: the patterns in order, each compiled.
        self._bases: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for base, pattern in patterns:
            self._bases.setdefault(base, []).append((pattern, compiled(pattern)))
        self._folders: dict[tuple[str, str], tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._bases)

    def all(self, path: str, below: str | None = None) -> list[str]:
        """
        Return the patterns that speak of a path or of a folder it is in, in their order.

        Args:
            path: A file, or a folder with a slash at its end; from the working directory.
            below: A folder: patterns that speak of it or of one above it are not meant, because it was named itself.
        """
        return [pattern for base in self._bases for pattern in self._in(base, path, below)]

    def first(self, path: str, below: str | None = None) -> str | None:
        """Return the first of these patterns; None where there is none."""
        return next(iter(self.all(path, below)), None)

    def _in(self, base: str, path: str, below: str | None) -> tuple[str, ...]:
        whole = relative(path, base)
        named = "" if below is None else relative(below.rstrip("/") + "/", base)
        skipped = _depth(named) if named and whole.startswith(named) else 0
        head, _, _ = whole.rstrip("/").rpartition("/")
        key = (base, f"{skipped}\0{head}")
        if key not in self._folders:  # files of one folder ask the same of the folders above them
            self._folders[key] = tuple(self._matching(base, _ancestors(head, skipped)))
        own = self._matching(base, (whole,)) if _depth(whole) > skipped else []
        return tuple(dict.fromkeys((*self._folders[key], *own)))

    def _matching(self, base: str, names: Sequence[str]) -> list[str]:
        return [pattern for pattern, regex in self._bases[base] if any(regex.fullmatch(name) for name in names)]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """
    Return a pattern as a regular expression over a path with slashes; folders end with one.

    >>> [bool(compiled("docs/**/*.md").fullmatch(path)) for path in ("docs/a.md", "docs/b/c/a.md", "x/docs/a.md")]
    [True, True, False]
    """
    parts = pattern.strip("/").split("/")
    anchored = pattern.startswith("/") or len(parts) > 1
    said = "" if anchored else "(?:.*/)?"
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            said += ".+" if last else "(?:.*/)?"
        else:
            said += "(?=[^/])" + _part(part) + ("" if last else "/")
    return re.compile(said + ("/" if pattern.endswith("/") else "/?"), re.DOTALL)


def relative(path: str, base: str) -> str:
    """Return a path as it counts from a folder, with slashes; a folder keeps the slash at its end."""
    end = "/" if path.endswith(("/", os.sep)) else ""
    whole = os.path.normpath(path if os.path.isabs(path) else os.path.join(os.getcwd(), path))
    folder = base.rstrip(os.sep) + os.sep
    inside = whole[len(folder) :] if whole.startswith(folder) else "." if whole == base else os.path.relpath(whole, base)
    return inside.replace(os.sep, "/") + end


def split(text: str) -> list[str]:
    """
    Return the patterns of a list with commas; those inside braces belong to the pattern.

    >>> split("a/*.{md,mdx}, b")
    ['a/*.{md,mdx}', 'b']
    """
    return [part.strip() for part in re.split(r",(?![^{}]*\})", text) if part.strip()]


def _part(part: str) -> str:
    """Return one name of a pattern as a regular expression."""
    said, at, open_braces = "", 0, 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "*":
            said += "[^/]*"
        elif char == "?":
            said += "[^/]"
        elif char == "[" and (end := part.find("]", at + 1)) > 0:
            inside = part[at:end].replace("\\", "\\\\").replace("[", "\\[")
            said += f"[^{inside[1:]}]" if inside[0] in "!^" else f"[{inside}]"
            at = end + 1
        elif char == "{" and "}" in part[at:]:
            said += "(?:"
            open_braces += 1
        elif char == "}" and open_braces:
            said += ")"
            open_braces -= 1
        elif char == "," and open_braces:
            said += "|"
        elif char == "\\" and at < len(part):
            said += re.escape(part[at])
            at += 1
        else:
            said += re.escape(char)
    return said


def _depth(path: str) -> int:
    inside = path.strip("/")
    return 0 if inside in ("", ".") else inside.count("/") + 1


def _ancestors(folder: str, skipped: int) -> list[str]:
    """Return a folder and those above it, each with a slash at its end, without so many from the top; `..` is nobody's name."""
    names = folder.split("/") if folder else []
    return ["/".join(names[: end + 1]) + "/" for end in range(skipped, len(names)) if names[end] != ".."]
