"""
Say it once: find what an article says twice, and write it with each thing said once.

    >>> import cleaner
    >>> report = cleaner.clean("A storm closed the harbour on Monday night.\\n\\nA storm closed the harbour on Monday night.\\n")
    >>> print(report.text)
    A storm closed the harbour on Monday night.
    <BLANKLINE>
    >>> report.findings[0].rule, report.findings[0].message
    ('D101', 'line 3 repeats the paragraph in line 1: once more, 8 words')

Nothing here is imported before it is used: `import cleaner` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Aside",
    "Audit",
    "BinaryError",
    "Block",
    "Boilerplate",
    "Change",
    "ChangedError",
    "Cleaned",
    "CleanerError",
    "Cluster",
    "Copy",
    "Difference",
    "Edit",
    "EncodingError",
    "Finding",
    "InputError",
    "Item",
    "Member",
    "MissingExtra",
    "Options",
    "OptionsError",
    "Origin",
    "Plan",
    "Problem",
    "Report",
    "Scores",
    "Skipped",
    "Source",
    "Span",
    "audit",
    "check",
    "clean",
    "copies",
]

if TYPE_CHECKING:
    from cleaner.api import audit, check, clean, copies
    from cleaner.corpus.model import Copy
    from cleaner.errors import (
        BinaryError,
        ChangedError,
        CleanerError,
        EncodingError,
        InputError,
        MissingExtra,
        OptionsError,
    )
    from cleaner.feeds.item import Item, Source
    from cleaner.model import (
        Article,
        Block,
        Cleaned,
        Difference,
        Edit,
        Finding,
        Origin,
        Plan,
        Problem,
        Report,
        Scores,
        Skipped,
        Span,
    )
    from cleaner.options import Options
    from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Cluster, Member


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    from importlib import import_module

    for module in ("api", "model", "options", "errors", "stories.model", "feeds.item", "corpus.model"):
        loaded = import_module(f"cleaner.{module}")
        if hasattr(loaded, name):
            return getattr(loaded, name)
    raise AttributeError(name)  # unreachable while __all__ is true; a test holds it to that


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
