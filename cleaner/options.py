"""
One frozen value that travels through the whole flow, so that no option is threaded from function to function.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, get_args

from cleaner.errors import OptionsError
from cleaner.model import Format, Profile

LAYOUTS = ("canonical", "keep")
KEEPS = ("first", "longest")
ENCODINGS = ("keep", "utf-8")


class Options(NamedTuple):
    """
    What a run may do. Vary it with `options._replace(...)`; `Options.of(...)` checks the values first.

    Attributes:
        format: One of "markdown", "html", "text", "rst", "asciidoc"; None: told by the file's name, else by its text.
        profile: "article", "docs" or "list"; None: chosen from the text. Decides what is safe.
        prose_is_article: A text of nothing but paragraphs is an article, however short: what is given to `clean` is one, what
            `check` meets in a folder may be a note.
        layout: "canonical" writes title, decks and body with one blank line between; "keep" only removes and repairs.
        select: Rule codes or prefixes ("D", "D10") to run; empty: all that are on by default.
        extend_select: Rule codes or prefixes to run besides.
        ignore: Rule codes or prefixes not to run.
        pedantic: Also show what we would not bet on.
        unsafe_fixes: Also carry out edits that may not be what the author wants.
        keep: Which of two near copies stays where both are sound: "first" in reading order, or the "longest".
        extract: Take the main text out of a web page first, and write it as Markdown.
        output_encoding: "keep" writes the bytes the file came in; "utf-8" only where a new file is written.
        max_bytes: Larger inputs are named and left alone.
        few_blocks: Up to so many distinct texts no pair is passed over; above, MinHash-LSH proposes the pairs. Both
            paths find the same, so this only moves work.
    """

    format: Format | None = None
    profile: Profile | None = None
    prose_is_article: bool = False
    layout: str = "keep"
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    unsafe_fixes: bool = False
    keep: str = "first"
    extract: bool = False
    output_encoding: str = "keep"
    max_bytes: int = 50_000_000
    few_blocks: int = 200_000

    @classmethod
    def of(cls, where: str = "options", **values: Any) -> Options:
        """
        Build options from plain values, as a caller or a settings file gives them.

        Args:
            where: Named in errors: "options", or a settings file.
            values: Field names, also with hyphens; lists become tuples.

        Raises:
            OptionsError: If a key is unknown or a value is not allowed; names file, key, value and what is allowed.
        """
        checked: dict[str, Any] = {}
        for name, value in values.items():
            key = name.replace("-", "_")
            if key not in cls._fields:
                raise OptionsError(f"{where}: unknown setting {name!r}; known are {', '.join(_names())}")
            checked[key] = _checked(where, name, key, value)
        return cls(**checked)

    def wants(self, rule: str, *, default: bool = True) -> bool:
        """Whether a rule is to run. The longer prefix decides between select and ignore; ignore wins a tie."""
        return _wanted(rule, self.select, self.extend_select, self.ignore, default)


_CHOICES: dict[str, tuple[str, ...]] = {
    "format": get_args(Format),
    "profile": get_args(Profile),
    "layout": LAYOUTS,
    "keep": KEEPS,
    "output_encoding": ENCODINGS,
}
_FLAGS = frozenset({"pedantic", "unsafe_fixes", "extract", "prose_is_article"})
_LISTS = frozenset({"select", "extend_select", "ignore"})


def _names() -> list[str]:
    return [field.replace("_", "-") for field in Options._fields]


@cache  # asked of every rule for every file, and a run has few different answers
def _wanted(rule: str, select: tuple[str, ...], extend_select: tuple[str, ...], ignore: tuple[str, ...], default: bool) -> bool:
    chosen = _longest(rule, (*select, *extend_select))
    if default and not select:
        chosen = max(chosen, 0)
    return chosen > _longest(rule, ignore)


def _longest(rule: str, prefixes: tuple[str, ...]) -> int:
    """Return the length of the longest prefix that names a rule; "ALL" counts as 0, and -1 means that none does."""
    lengths = [0 if prefix == "ALL" else len(prefix) for prefix in prefixes if prefix == "ALL" or rule.startswith(prefix)]
    return max(lengths, default=-1)


def _checked(where: str, name: str, key: str, value: Any) -> Any:
    def wrong(allowed: str) -> OptionsError:
        return OptionsError(f"{where}: {name} = {value!r} is not allowed; it takes {allowed}")

    if key in _CHOICES:
        if value is None and Options._field_defaults[key] is None:
            return value
        if value not in _CHOICES[key]:
            raise wrong("one of " + ", ".join(_CHOICES[key]))
    elif key in _FLAGS:
        if not isinstance(value, bool):
            raise wrong("true or false")
    elif key in _LISTS:
        if isinstance(value, str) or not all(isinstance(code, str) and code for code in value):
            raise wrong('a list of rule codes or prefixes, such as ["D101", "E"]')
        return tuple(value)
    elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong("a whole number, 0 or more")
    return value
