"""The house: imports go one way, starting is light, and nothing in the repository is about the machine it was written on."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the top of the house down; see docs/design.md. A module imports from rows below its own, or from its own row where
# no circle comes of it (a second test looks for circles). "rules" stands for a package and all that is in it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("lsp", "review"),
    ("settings",),  # knows the names of the reports' formats
    ("report", "undo"),
    ("cache", "decisions"),  # know the version, and the rules by name
    ("__init__", "api"),
    ("engines",),
    ("corpus",),
    ("corpus.model",),
    ("stories",),
    ("stories.model",),
    ("feeds",),
    ("feeds.item",),
    ("across",),
    ("pipeline",),
    ("rules",),
    ("match", "segment", "proof", "roles", "extract"),
    ("page",),
    ("segment.inline", "segment.shape"),
    ("baseline",),
    ("known", "walk"),
    ("source", "fingerprint", "repair", "keys", "marks", "plan", "options", "headline", "language", "words", "tags", "lines", "outline", "addresses"),
    ("git", "globs", "jobs", "digest"),
    ("normal",),
    ("model", "errors", "patterns"),
)

# Asked for inside a function, to keep a value's method beside the value. Each is one import, and says why.
ALLOWED = {
    ("model", "plan"),  # Cleaned.text carries out the plan
    ("model", "language"),  # Cleaned.language is told when somebody asks
    ("engines.duckdb", "__init__"),  # what a version left unfinished, another begins anew
    ("engines.spark", "__init__"),  # likewise
    ("keys", "segment.inline"),  # which parts of a block a key keeps to the letter
}

HEAVY = (
    "numpy scipy datasketch pyspark ftfy charset_normalizer markdown_it trafilatura rapidfuzz lxml duckdb rich jinja2 feedparser defusedxml urllib3 pyarrow pandas py4j hypothesis pytest pygls lsprotocol flask werkzeug"
).split()


def modules() -> dict[str, Path]:
    """Return every module of the package by its name below `cleaner`."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / "cleaner").rglob("*.py")):
        parts = path.relative_to(ROOT / "cleaner").with_suffix("").parts
        name = ".".join(parts)
        found[name.removesuffix(".__init__")] = path
    return found


@cache
def imports(at_start: bool = False) -> dict[str, frozenset[str]]:
    """Return which modules each module imports, inside functions too unless `at_start`; what is for type checkers is left out."""
    known = modules()
    found: dict[str, frozenset[str]] = {}
    for name, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used: set[str] = set()
        for node in _walk(tree, at_start):
            if isinstance(node, ast.Import):
                used |= {alias.name.removeprefix("cleaner.") for alias in node.names if alias.name.startswith("cleaner.")}
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "cleaner":
                base = node.module.removeprefix("cleaner").removeprefix(".")
                for alias in node.names:
                    below = f"{base}.{alias.name}".removeprefix(".")
                    used.add(below if below in known else base or "__init__")
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{name}: a relative import"
        found[name] = frozenset(used - {name})
    return found


def _walk(tree: ast.AST, at_start: bool):
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if at_start and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        yield from _walk(node, at_start)


def floor(name: str) -> int:
    """Return the row a module stands in; the longest name that fits it decides."""
    fits = [(len(each), row) for row, names in enumerate(FLOORS) for each in names if name == each or name.startswith(each + ".")]
    assert fits, f"{name} has no floor: say in FLOORS and docs/design.md where it belongs"
    return max(fits)[1]


def test_every_module_has_a_floor():
    """Every module of the package stands in the order, and the order names no module that is gone."""
    names = modules()
    for name in names:
        floor(name)
    for each in (each for row in FLOORS for each in row):
        assert each in names or each == "__init__", f"{each} is gone"


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_go_one_way(name):
    """A module imports from its own floor or from below, inside functions too."""
    for other in imports()[name]:
        assert floor(other) >= floor(name) or (name, other) in ALLOWED, f"{name} imports {other}, which stands above it"


def test_what_is_allowed_is_still_needed():
    """No exception outlives its reason."""
    for name, other in ALLOWED:
        assert other in imports()[name]


def test_imports_make_no_circle():
    """No module leads back to itself, but for named exceptions, and packages that open their own modules when asked."""
    edges = {
        name: {other for other in used if (name, other) not in ALLOWED and not (other.startswith(name + ".") and other not in imports(at_start=True)[name])}
        for name, used in imports().items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for other in sorted(edges.get(name, ())):
                visit(other, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def test_loading_a_module_makes_no_circle():
    """Whatever is imported when a module loads leads nowhere back."""
    edges = imports(at_start=True)
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for other in sorted(edges.get(name, ())):
                visit(other, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def loaded(code: str, *arguments: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter holds after running some code."""
    tail = "\nimport sys; print('\\n' + ' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail, *arguments], capture_output=True, text=True, encoding="utf-8", check=True)
    return set(done.stdout.rsplit("\n", 2)[-2].split())


def test_the_bare_import_is_light():
    """`import cleaner` brings none of the heavy libraries along, and not even click."""
    assert not loaded("import cleaner") & {*HEAVY, "click"}


def test_checking_a_clean_text_is_light(tmp_path):
    """Nothing found, nothing loaded: a commit hook over sound files pays for no library but click."""
    path = tmp_path / "a.md"
    path.write_text(
        "# The Ferry\n\nThe first ferry leaves at noon, and the last one when the captain has eaten.\n\n"
        "There are seats for forty people, most of them on deck.\n\n- ropes\n- lamps\n",
        encoding="utf-8",
    )
    run = "import sys\nfrom cleaner.cli import main\ntry:\n    main(['check', '--isolated', sys.argv[1]])\nexcept SystemExit as done:\n    assert done.code == 0, done.code"
    assert not loaded(run, str(path)) & set(HEAVY)


def test_every_public_name_is_there():
    """What `cleaner.__all__` promises can be had."""
    import cleaner

    for name in cleaner.__all__:
        assert getattr(cleaner, name) is not None
    assert not hasattr(cleaner, "no_such_name")


@pytest.mark.parametrize("name", sorted(modules()))
def test_no_module_runs_what_it_reads(name):
    """No pickle, eval, exec or shell: a text or a settings file can never become a program."""
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
            assert not {each.split(".")[0] for each in names} & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
        if isinstance(node, ast.Call):
            assert not (isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec", "compile", "__import__"})
            assert not (isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in {"os.system", "os.popen"})
            assert not any(word.arg == "shell" for word in node.keywords)


# Put together here, so that this file does not hold what it looks for.
_PRIVATE = re.compile(
    "|".join([
        r"(?<![\w.~\]/-])/" + r"(?:work|root|home|Users|private|var/folders)/[\w.-]+",
        r"\b[A-Z]:\\\\?" + r"Users\b",
        r"\blocal" + r"host:\d",
    ])
)


def test_nothing_names_the_machine_it_was_written_on():
    """No file of the repository holds a path of somebody's machine."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    for name in filter(None, listed.stdout.decode("utf-8").split("\0")):
        path = ROOT / name
        if path.suffix in {".xz", ".gz", ".png", ".zst"} or not path.is_file():
            continue
        found = _PRIVATE.search(path.read_bytes().decode("utf-8", "replace"))
        assert found is None, f"{name}: {found[0] if found else ''}"


@pytest.mark.parametrize("name", sorted(modules()))
def test_nothing_takes_the_cube_or_the_square_of_a_text(name):
    """Of rapidfuzz only distances that take words times words are used, and texts are normalised by `normal`, which looks first."""
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rapidfuzz"):
            assert node.module == "rapidfuzz.distance" and {alias.name for alias in node.names} <= {"Indel", "Levenshtein", "OSA"}
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("rapidfuzz") for alias in node.names)
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        assert not called.endswith("normalize") or called == "unicodedata.normalize" and name == "normal" or name == "repair", (name, called)


def test_a_hundred_thousand_marks_are_compared_as_they_stand():
    """A text with more combining marks in a row than any writing has comes back as it is; others in their normal form."""
    from cleaner.match import facts
    from cleaner.normal import normal

    bomb = "a" + "\u0301\u0323" * 100_000
    assert normal("NFC", bomb) is bomb and normal("NFKC", "\ufb01") == "fi" and normal("NFD", "\u00e9") == "e\u0301"
    assert facts.differences(f"{bomb} one", f"{bomb} two")
