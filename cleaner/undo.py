"""
Put back what a report says was edited, byte for byte.

A report holds the edits with the text they took away and the digests before and after. So a file is restored only if it
is what the run left, and written only if the result is what the run found; anything else is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from cleaner.errors import ChangedError, InputError
from cleaner.model import Article, Edit, Origin, Span
from cleaner.plan import apply, inverse

SCHEMA = "cleaner.report/1"


def read(text: str, where: str = "report") -> list[dict[str, Any]]:
    """
    Return the files that a JSON report names.

    Raises:
        InputError: If it is not a report of ours, or one of a schema that this version does not know.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{where} is not JSON; undo reads what --report FILE.json wrote") from None
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str) or not schema.startswith("cleaner."):
        raise InputError(f"{where} is not a report of cleaner; undo reads what --report FILE.json wrote")
    if schema != SCHEMA:
        raise InputError(f"{where} has the schema {schema}; this version undoes {SCHEMA}")
    files = document.get("files")
    if not isinstance(files, list) or not all(isinstance(entry, dict) and "path" in entry for entry in files):
        raise _torn(where)
    return files


def path_of(entry: Mapping[str, Any]) -> str:
    """Return the path of the file that holds a cleaned text: where it was written, else where it was read."""
    place = entry.get("output") or entry
    raw = place.get("path_bytes")
    return bytes.fromhex(raw).decode("utf-8", "surrogateescape") if raw else str(place["path"])


def edited(entry: Mapping[str, Any]) -> bool:
    """Whether the run changed the file's bytes."""
    return entry.get("sha256") != entry.get("sha256_after")


def restore(entry: Mapping[str, Any], data: bytes) -> bytes:
    """
    Return a file's bytes as they were before the run.

    Args:
        entry: What the report says of the file.
        data: The file's bytes now.

    Raises:
        ChangedError: If they are not what the run left.
        InputError: If the report does not say enough, or leads to other bytes than the run found.
    """
    where = str(entry.get("path", "report"))
    try:
        before, after = entry["sha256"], entry["sha256_after"]
        now = sha256(data).hexdigest()
        if now != after:
            raise ChangedError("it was edited since the report was written; left as it is")
        restored = _bytes(entry, apply(_text(entry, data), inverse(edits(entry))))
    except (KeyError, TypeError, ValueError, AttributeError, LookupError):
        raise _torn(where) from None
    if sha256(restored).hexdigest() != before:
        raise InputError("the report does not lead back to the original's digest; left as it is")
    return restored


def edits(entry: Mapping[str, Any]) -> tuple[Edit, ...]:
    """Return the edits that were carried out, sorted; those at one place in the order of the report."""
    return tuple(sorted(_edits(entry), key=lambda edit: edit.span))


def _edits(entry: Mapping[str, Any]) -> Iterator[Edit]:
    for finding in entry["findings"]:
        if finding["status"] == "fixed":
            for edit in finding["edits"]:
                yield Edit(Span(edit["start"], edit["end"]), edit["before"], edit["after"])


def _text(entry: Mapping[str, Any], data: bytes) -> str:
    """Decode what the run wrote; the byte order mark is no part of the text."""
    place = entry.get("output") or entry
    bom = bytes.fromhex(place["bom"])
    if not data.startswith(bom):
        raise ValueError
    text: str = data[len(bom) :].decode(place["encoding"])
    return text


def _bytes(entry: Mapping[str, Any], text: str) -> bytes:
    from cleaner.source import encode

    origin = Origin(str(entry["path"]), entry["encoding"], bytes.fromhex(entry["bom"]), entry["sha256"])
    return encode(Article(text, entry["format"], origin), text)


def _torn(where: str) -> InputError:
    return InputError(f"{where} is a report of cleaner, but parts of it are missing or torn")
