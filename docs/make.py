"""
Make the parts of the documentation that the program says itself.

    python docs/make.py          write docs/rules.md, docs/cleaner.1, and the output below each command in PAGES

docs/rules.md is made of the rules' own words, docs/cleaner.1 of the commands' (docs/man.py). A ```console block holds commands, each after "$ ", and below each what it
prints, stdout and stderr together; the commands of one page run in order in one fresh folder that holds seeds/. A test
runs this and fails where a page says anything else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("tutorial", "clean", "check", "audit", "collections", "reports")))

_CONSOLE = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_PREFACE = """\
# Rules

Made from the rules’ own words by `python docs/make.py`; `cleaner rule CODE` prints the same. What *safe*, *unsafe* and
*report* mean is said in [design](design.md#what-we-dare-to-do).
"""
FAMILIES = {
    "D": "Repeats",
    "E": "Characters and encodings",
    "L": "Layout",
    "M": "Merges",
    "S": "The author’s own word",
    "F": "Across items of feeds and collections (`cleaner audit`)",
}


def rules() -> str:
    """Return docs/rules.md: a table of the rules, then each rule's own page."""
    from cleaner.rules import AUDIT, CODES, OPT_IN

    written: dict[str, str] = {}
    for module in ("docs", "encoding", "words", "feeds"):
        written |= import_module(f"cleaner.rules.{module}").DOCS
    parts = [_PREFACE]
    every = CODES | AUDIT
    for letter, family in FAMILIES.items():
        codes = [code for code in sorted(every) if code.startswith(letter)]
        rows = [f"| [{code}](#{_anchor(code, every[code])}) | {every[code]} | {'' if code in OPT_IN else 'yes'} |" for code in codes]
        parts.append("\n".join([f"## {family}\n", "| code | name | on by default |", "|---|---|---|", *rows]) + "\n")
    for code in sorted(every):
        parts.append(re.sub(r"(?ms)^```.*?^```$|^#(?=#? )", lambda found: "##" if found[0] == "#" else found[0], written[code]))
    return "\n".join(parts)


def _anchor(code: str, name: str) -> str:
    return f"{code}-{name}".lower()


def consoles(page: str) -> list[str]:
    """Return the console blocks of a page, each with its commands and what they print."""
    return [found[0] for found in _CONSOLE.finditer(page)]


def commands(block: str) -> list[str]:
    """Return the commands of a console block."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def replayed(page: str) -> str:
    """Return a page with what its commands print now."""
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "seeds", Path(folder, "seeds"))
        return _CONSOLE.sub(lambda found: "".join(f"$ {said}\n{_run(said, folder)}" for said in commands(found[0])), page)


def _run(command: str, folder: str) -> str:
    # The `cleaner` beside this interpreter is meant, with the settings of nobody, in a locale that every machine has.
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANER_", "XDG_", "GIT_"))}
    surroundings = {**kept, "PATH": here, "HOME": folder, "PYTHONUTF8": "1", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=surroundings, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60,
    )  # fmt: skip
    said = done.stdout.decode("utf-8")
    return said if not said or said.endswith("\n") else said + "\n"


def man() -> str:
    """Return docs/cleaner.1."""
    sys.path[:0] = [str(ROOT / "docs")]
    try:
        page: str = import_module("man").page()
    finally:
        sys.path.remove(str(ROOT / "docs"))
    return page


def main() -> None:
    (ROOT / "docs" / "rules.md").write_text(rules(), encoding="utf-8", newline="\n")
    (ROOT / "docs" / "cleaner.1").write_text(man(), encoding="utf-8", newline="\n")
    for path in PAGES:
        path.write_text(replayed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
