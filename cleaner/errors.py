"""
Everything that can go wrong, as one small tree.

    CleanerError
     ├── InputError        a file that cannot be read, decoded or handled: named, left alone, the run goes on
     │    ├── BinaryError     it is not text
     │    ├── EncodingError   it is text, but which encoding cannot be told, or it would not come back byte for byte
     │    └── FetchError      an address that cannot be fetched, or must not be
     ├── HistoryError      the file of --history cannot be opened or written: names it and what to do
     ├── ChangedError      a file is not what it was when it was read or reported: nothing is written
     ├── OptionsError      a flag or setting that means nothing: names it, its value and what is allowed
     └── MissingExtra      an optional package is not installed: names the command that installs it

Messages are letters to the person who meets them: what happened, to which file, what to try. One line each.
"""

from __future__ import annotations


class CleanerError(Exception):
    """Any error that `cleaner` raises on purpose. `str(error)` is one line, fit to show."""


class InputError(CleanerError):
    """An input that cannot be read, decoded or handled."""


class BinaryError(InputError):
    """The input is not text."""


class EncodingError(InputError):
    """The input's encoding cannot be told, or its bytes would not come back unchanged."""


class FetchError(InputError):
    """An address that cannot be fetched, or that must not be."""


class HistoryError(CleanerError):
    """The file of a history cannot be opened or written."""


class ChangedError(CleanerError):
    """A file is no longer what it was when it was read or reported."""


class OptionsError(CleanerError):
    """An option or setting with a value that is not allowed."""


class MissingExtra(CleanerError):
    """An optional package is needed and not installed."""
