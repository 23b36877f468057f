"""
Where each setting comes from: flags > environment > project > user > defaults.

    flags         --profile docs
    environment   CLEANER_PROFILE=docs
    project       the nearest cleaner.toml, or pyproject.toml with [tool.cleaner], from the working directory upwards
    user          ~/.config/cleaner/cleaner.toml (or under XDG_CONFIG_HOME)

A layer replaces a setting of the layer below it as a whole; lists are not joined (that is what extend-select is for).
Globs and paths in a settings file count from its folder, all others from the working directory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from cleaner.errors import OptionsError
from cleaner.git import work_tree
from cleaner.model import Profile
from cleaner.options import Options

if TYPE_CHECKING:
    from cleaner.walk import Scope

OUTPUT_FORMAT = "output_format"


class Running(NamedTuple):
    """
    How a run over files goes. What is looked for in each file is said by `Options`.

    Attributes:
        include: Globs of what is taken for an article in a folder; empty: by the usual suffixes.
        extend_include: Globs besides.
        exclude: Globs of what is passed over in a folder.
        extend_exclude: Globs besides.
        force_exclude: Also pass over a file that was named itself: hooks name every changed file.
        per_file_ignores: By glob: rule codes or prefixes that are not run there.
        per_file_profiles: By glob: the profile of the files there; the last glob that fits decides.
        baseline: A file of findings known before; "": none.
        jobs: How many processes share the work; 0: as many as it pays for.
        cache: Keep the results of unchanged files from one run to the next.
        cache_dir: Where; "": .cleaner_cache in the project's folder.
        across: Also look for what stands in more than one file of the repository.
    """

    include: tuple[str, ...] = ()
    extend_include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = (".*/", "node_modules/", "__pycache__/", "venv/", "site-packages/")
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    per_file_profiles: Mapping[str, Profile] = {}
    baseline: str = ""
    jobs: int = 0
    cache: bool = True
    cache_dir: str = ""
    across: bool = False


class Settings(NamedTuple):
    """
    The effective settings.

    Attributes:
        options: What the run may do.
        output_format: What `check` writes; "" where nobody said.
        origins: For each setting that somebody set, by its field name: where.
        running: Which files, and how.
        bases: For each of these settings that somebody set: the folder that its globs and paths count from.
        home: The folder of the project's settings file; "" where there is none.
    """

    options: Options
    output_format: str = ""
    origins: Mapping[str, str] = {}
    running: Running = Running()
    bases: Mapping[str, str] = {}
    home: str = ""

    @property
    def root(self) -> str:
        """The project's folder: that of its settings file, else the top of the git work tree, else the working directory."""
        return self.home or work_tree(".") or os.getcwd()

    def globs(self, *keys: str) -> list[tuple[str, str]]:
        """Return the globs of some settings, each with the folder that it counts from."""
        return [(self.base(key), glob) for key in keys for glob in getattr(self.running, key)]

    def base(self, key: str) -> str:
        return self.bases.get(key) or self.root

    def path(self, key: str) -> str:
        """Return a setting that is a path, as it is to be opened; "" where it is not set."""
        said: str = getattr(self.running, key)
        if not said or os.path.isabs(said):
            return said
        base = self.bases.get(key) or os.getcwd()
        return said if base == os.getcwd() else os.path.join(base, said)

    def scope(self) -> Scope:
        """Return what these settings say of files in folders."""
        from cleaner.globs import Globs
        from cleaner.walk import Scope

        return Scope(
            Globs(self.globs("exclude", "extend_exclude")),
            Globs(self.globs("include")) if self.running.include else None,
            Globs(self.globs("extend_include")),
            self.running.force_exclude,
        )

    def for_files(self) -> PerFile:
        """Return what may differ from file to file."""
        return PerFile(self)


class PerFile:
    """The options of one file after the other: what the globs of the settings say of its path."""

    def __init__(self, settings: Settings) -> None:
        self._options = settings.options
        self._ignores = dict(settings.running.per_file_ignores)
        self._profiles = dict(settings.running.per_file_profiles)
        origin = settings.origins.get("profile", "")
        if origin == _FLAGS or (origin.startswith(_VARIABLE) and settings.origins.get("per_file_profiles") != _FLAGS):
            self._profiles = {}  # who names a profile for this run means this run
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], Options] = {}
        if self._ignores or self._profiles:
            from cleaner.globs import Globs

            self._ignoring = Globs(settings.globs("per_file_ignores"))
            self._profiling = Globs(settings.globs("per_file_profiles"))

    def options(self, path: str) -> Options:
        """Return the options for a file, or for standard input under a name."""
        if not self._ignores and not self._profiles:
            return self._options
        key = tuple(self._ignoring.all(path)), tuple(self._profiling.all(path))
        if key not in self._known:  # equal options are one value: a run over thousands of files holds a few of them
            codes = [code for glob in key[0] for prefix in self._ignores.get(glob, ()) for code in _whole(prefix)]
            found = self._options._replace(ignore=(*self._options.ignore, *codes))
            fits = [glob for glob in self._profiles if glob in key[1]]
            self._known[key] = found._replace(profile=self._profiles[fits[-1]]) if fits else found
        return self._known[key]


def _whole(prefix: str) -> list[str]:
    """Return every code that a prefix stands for: whole codes win over whatever selects them."""
    from cleaner.rules import CODES

    return [code for code in CODES if prefix == "ALL" or code.startswith(prefix)]


_FLAGS = "command line"
_VARIABLE = "environment variable "


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
    bases: dict[str, str] = {}
    home = ""
    layers = [("this command", "", dict(defaults or {}))]
    if not isolated:
        for path, table in _files(config, start):
            folder = os.path.dirname(os.path.abspath(path))
            home = folder if config is None and path != user_file() else ""
            layers.append((path, folder, table))
    here = os.getcwd()
    layers += [(where, here, layer) for where, layer in _environment(os.environ if environment is None else environment)]
    layers += [(_FLAGS, here, dict(flags or {}))]
    for where, folder, layer in layers:
        checked = dict(_checked(where, layer))
        values.update(checked)
        origins.update(dict.fromkeys(checked, where))
        bases.update(dict.fromkeys(checked.keys() & set(Running._fields), folder))
    output_format = values.pop(OUTPUT_FORMAT, "")
    running = Running(**{key: values.pop(key) for key in Running._fields if key in values})
    return Settings(Options.of("settings", **values), output_format, origins, running, bases, home)


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
    for key in (*Options._fields, *Running._fields, OUTPUT_FORMAT):
        name = f"CLEANER_{key.upper()}"
        if text := environment.get(name):
            yield f"{_VARIABLE}{name}", {key: _value(key, text)}


def _value(key: str, text: str) -> Any:
    """Read a variable's text as the type its setting has; what cannot be read is left for the check to name."""
    default = {**Running._field_defaults, **Options._field_defaults}.get(key)
    if isinstance(default, bool):
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    if isinstance(default, int):
        return int(text) if text.isdecimal() else text
    if isinstance(default, tuple):
        from cleaner.globs import split

        return split(text)
    if isinstance(default, dict):
        return table(text.split(";"), codes=key == "per_file_ignores")
    return text


def table(pairs: Iterable[str], *, codes: bool) -> dict[str, Any]:
    """
    Read `glob:CODES` or `glob:profile`, as a flag or a variable holds them.

    >>> table(["docs/**:D110,D111"], codes=True)
    {'docs/**': ['D110', 'D111']}
    """
    found: dict[str, Any] = {}
    for pair in filter(None, (pair.strip() for pair in pairs)):
        glob, colon, said = pair.rpartition(":")
        if not colon:
            glob, said = pair, ""
        values = [code.strip() for code in said.split(",") if code.strip()]
        found[glob] = [*found.get(glob, []), *values] if codes else said.strip()
    return found


def _checked(where: str, layer: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a layer by their field names."""
    for name, value in layer.items():
        key = name.replace("-", "_")
        if key in Running._fields:
            yield key, _of_running(where, name, key, value)
        elif key in Options._fields:
            Options.of(where, **{name: value})
            if key in _CODES:
                _known_codes(where, name, value)
            yield key, value
        elif key == OUTPUT_FORMAT:
            from cleaner.report import FORMATS

            if value not in FORMATS:
                raise _wrong(where, name, value, f"one of {', '.join(FORMATS)}")
            yield key, value
        else:
            known = (*Options._fields, *Running._fields, OUTPUT_FORMAT)
            raise OptionsError(f"{where}: unknown setting {name!r}; known are {', '.join(known).replace('_', '-')}")


_CODES = frozenset({"select", "extend_select", "ignore"})


def _of_running(where: str, name: str, key: str, value: Any) -> Any:
    default = Running._field_defaults[key]
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise _wrong(where, name, value, "true or false")
    elif isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
            raise _wrong(where, name, value, "a whole number from 0 to 1000; 0: as many as it pays for")
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise _wrong(where, name, value, "a path")
    elif isinstance(default, tuple):
        if isinstance(value, str) or not isinstance(value, list | tuple) or not all(map(_glob, value)):
            raise _wrong(where, name, value, 'a list of globs, such as ["drafts/**", "*.tmp.md"]; none begins with "!"')
        return tuple(value)
    elif key == "per_file_ignores":
        return _ignores(where, name, value)
    else:
        return _profiles(where, name, value)
    return value


def _glob(glob: object) -> bool:
    return isinstance(glob, str) and bool(glob.strip("/")) and not glob.startswith("!")


def _ignores(where: str, name: str, value: Any) -> dict[str, tuple[str, ...]]:
    allowed = 'a table of globs with rule codes, such as {"docs/**" = ["D110"]}'
    if not isinstance(value, dict):
        raise _wrong(where, name, value, allowed)
    for glob, codes in value.items():
        if not _glob(glob) or not isinstance(codes, list | tuple) or not codes:
            raise _wrong(where, name, {glob: codes}, allowed)
        if not all(isinstance(code, str) for code in codes):
            raise _wrong(where, name, {glob: codes}, allowed)
        _known_codes(where, f"{name}.{glob!r}", codes)
    return {glob: tuple(codes) for glob, codes in value.items()}


def _profiles(where: str, name: str, value: Any) -> dict[str, Profile]:
    profiles = get_args(Profile)
    if not isinstance(value, dict):
        raise _wrong(where, name, value, 'a table of globs with profiles, such as {"changelog/**" = "list"}')
    for glob, profile in value.items():
        if not _glob(glob) or profile not in profiles:
            raise _wrong(where, f"{name}.{glob!r}", profile, f"one of {', '.join(profiles)}")
    return dict(value)


def _known_codes(where: str, name: str, codes: Iterable[str]) -> None:
    """Refuse codes of which no rule begins: a typing error would run less, or more, and nobody would notice."""
    from cleaner.rules import CODES

    for code in codes:
        if code != "ALL" and not any(known.startswith(code) for known in CODES):
            raise _wrong(where, name, code, f"codes or prefixes of {', '.join(sorted(CODES))}, or ALL")


def _wrong(where: str, name: str, value: Any, allowed: str) -> OptionsError:
    return OptionsError(f"{where}: {name} = {value!r} is not allowed; it takes {allowed}")
