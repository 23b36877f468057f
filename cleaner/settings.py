"""
Where each setting comes from: flags > environment > project > user > defaults.

    flags         --profile docs
    environment   CLEANER_PROFILE=docs
    project       the nearest cleaner.toml, or pyproject.toml with [tool.cleaner], from the working directory upwards
    user          ~/.config/cleaner/cleaner.toml (or under XDG_CONFIG_HOME)

A layer replaces a setting of the layer below it as a whole; lists are not joined (that is what extend-select is for).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cleaner.errors import OptionsError
from cleaner.options import Options

OUTPUT_FORMAT = "output_format"


class Settings(NamedTuple):
    """
    The effective settings.

    Attributes:
        options: What the run may do.
        output_format: What `check` writes; "" where nobody said.
        origins: For each setting that somebody set, by its field name: where.
    """

    options: Options
    output_format: str = ""
    origins: Mapping[str, str] = {}


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    defaults: Mapping[str, Any] | None = None,
    config: str | None = None,
    isolated: bool = False,
    environment: Mapping[str, str] | None = None,
    start: str = ".",
) -> Settings:
    """
    Read all layers and put them on top of each other.

    Args:
        flags: What the command line says; only what was given.
        defaults: The command's own defaults, where they differ from those of `Options`.
        config: A settings file to read instead of looking for the project's.
        isolated: Read no settings file at all.
        environment: Instead of `os.environ`.
        start: Where to begin looking for the project's settings.

    Raises:
        OptionsError: If a layer holds an unknown setting or a value that is not allowed; names file, key and value.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    layers = [("this command", dict(defaults or {}))]
    if not isolated:
        layers += _files(config, start)
    layers += _environment(os.environ if environment is None else environment)
    layers += [("command line", dict(flags or {}))]
    for where, layer in layers:
        checked = {name.replace("-", "_"): value for name, value in layer.items()}
        _check(where, layer)
        values.update(checked)
        origins.update(dict.fromkeys(checked, where))
    output_format = values.pop(OUTPUT_FORMAT, "")
    return Settings(Options.of("settings", **values), output_format, origins)


def project_file(start: str = ".") -> str | None:
    """Return the path of the nearest settings file, from a folder upwards; None where there is none."""
    folder = os.path.abspath(start)
    while True:
        own, shared = os.path.join(folder, "cleaner.toml"), os.path.join(folder, "pyproject.toml")
        if os.path.isfile(own):
            return own
        if os.path.isfile(shared) and _table(shared, "pyproject.toml") is not None:
            return shared
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def user_file() -> str:
    """Return the path at which the user's own settings are looked for."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(home, "cleaner", "cleaner.toml")


def _files(config: str | None, start: str) -> Iterator[tuple[str, dict[str, Any]]]:
    user = user_file()
    if os.path.isfile(user):
        yield user, _table(user) or {}
    if config is not None:
        if not os.path.isfile(config):
            raise OptionsError(f"{config}: there is no such settings file")
        yield config, _table(config) or {}
    elif (found := project_file(start)) is not None:
        yield found, _table(found) or {}


def _table(path: str, kind: str | None = None) -> dict[str, Any] | None:
    """Return the settings in a TOML file; None where a pyproject.toml has none for us."""
    shared = (kind or os.path.basename(path)) == "pyproject.toml"
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise OptionsError(f"{path}: cannot be read: {error.strerror}") from None
    if shared and b"cleaner" not in data:
        return None  # most are not about us, and tomllib takes longer to import than all the rest of this module
    import tomllib

    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise OptionsError(f"{path}: not UTF-8, as TOML has to be") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise OptionsError(f"{path}: not TOML: {error}") from None
    if not shared:
        return table
    tool = table.get("tool")
    ours = tool.get("cleaner") if isinstance(tool, dict) else None
    if ours is not None and not isinstance(ours, dict):
        raise OptionsError(f"{path}: tool.cleaner = {ours!r} is not allowed; it takes a table")
    return ours


def _environment(environment: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a layer for each variable that is a setting's twin; others that begin like ours are nobody's mistake."""
    for key in (*Options._fields, OUTPUT_FORMAT):
        name = f"CLEANER_{key.upper()}"
        if text := environment.get(name):
            yield f"environment variable {name}", {key: _value(key, text)}


def _value(key: str, text: str) -> Any:
    """Read a variable's text as the type its setting has; what cannot be read is left for the check to name."""
    default = Options._field_defaults.get(key)
    if isinstance(default, bool):
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    if isinstance(default, int):
        return int(text) if text.isdecimal() else text
    if isinstance(default, tuple):
        return [code.strip() for code in text.split(",") if code.strip()]
    return text


def _check(where: str, layer: Mapping[str, Any]) -> None:
    plain = {name: value for name, value in layer.items() if name.replace("-", "_") != OUTPUT_FORMAT}
    Options.of(where, **plain)
    for name in layer.keys() - plain.keys():
        from cleaner.report import FORMATS

        if layer[name] not in FORMATS:
            raise OptionsError(
                f"{where}: {name} = {layer[name]!r} is not allowed; it takes one of {', '.join(FORMATS)}"
            )
