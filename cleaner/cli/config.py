"""
`cleaner config`: the settings in force, and where each comes from.
"""

from __future__ import annotations

from typing import Any

import click

from cleaner.cli.shared import RUNNING, put, settings, shared, show
from cleaner.report.visible import visible

_SCHEMAS = {"report": "cleaner.report.json", "audit": "cleaner.report.audit.json", "collection": "cleaner.report.collection"}


@click.command()
@click.option("--schema", type=click.Choice([*_SCHEMAS]), help="Print the JSON Schema of a report instead.")
@RUNNING
@shared
def config(schema: str | None, **given: Any) -> int:
    """
    Show the settings in force here, as TOML, and where each comes from.

    \b
    cleaner config
    cleaner config --schema report > report.schema.json
    cleaner config --schema audit > audit.schema.json
    cleaner config --schema collection > collection.schema.json
    """
    if schema is not None:
        from importlib import import_module

        text: str = import_module(_SCHEMAS[schema]).schema()
        put(text.encode("utf-8"))
        return 0
    found = settings(given)
    values: dict[str, Any] = {**found.options._asdict(), **found.running._asdict()}
    if found.output_format:
        values["output_format"] = found.output_format
    rows = [(_toml(key.replace("_", "-"), value), found.origins.get(key, "default")) for key, value in values.items()]
    margin = min(max(len(row) for row, _ in rows), 100)
    show("".join(f"{row.ljust(margin)}  # {visible(origin)}\n" for row, origin in rows))
    return 0


def _toml(key: str, value: Any) -> str:
    if value is None:
        return f"# {key} is told from each file"
    if isinstance(value, bool):
        return f"{key} = {str(value).lower()}"
    return f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_quoted(item) for item in value)}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_quoted(name)} = {_value(each)}" for name, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return '"' + visible(text.replace("\\", "\\\\").replace('"', '\\"')).replace("\\x", "\\u00") + '"'
