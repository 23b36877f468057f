"""
Coverage-guided fuzzing of one of the targets in `targets.py`, by atheris.

    python fuzz/run.py plan                          # until something is found, or Ctrl-C
    python fuzz/run.py plan -max_total_time=1800     # as long as that; all that follows the name goes to libFuzzer
    python fuzz/run.py plan --collect -max_total_time=1800   # note what is found, each place once, and go on
    python fuzz/run.py plan --few -runs=100          # ready at once, and led by a part of the package only
    python fuzz/run.py plan build/fuzz/plan/found-1  # one input

Begins with the corpus in fixtures/fuzz/TARGET and every text in fixtures/cases; what is new grows in build/fuzz/TARGET. An
input that breaks a law becomes a fixture: copy it to fixtures/fuzz/TARGET (`tests/test_fuzz.py` replays it), and mend the law.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import random
import sys
import traceback
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "fuzz"), str(ROOT)]

#: What `--few` counts, by the target: to make ready all of the package takes ten seconds of processor.
FEW = {"decode": "cleaner.source", "plan": "cleaner.match", "report": "cleaner.report"}
counted = next((FEW.get(word, f"cleaner.segment.{word.replace('text', 'plain')}") for word in sys.argv[1:] if not word.startswith("-")), "") if "--few" in sys.argv else "cleaner"

# All that counts is imported now: what a function imports later would not be counted. Modules of extras may be absent.
with atheris.instrument_imports(include=[counted]):
    import cleaner

    for module in pkgutil.walk_packages(cleaner.__path__, "cleaner."):
        if module.name.startswith(counted) and not module.name.endswith("__main__") and not module.name.startswith(("cleaner.lsp", "cleaner.review")):
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)

from targets import FORMS, SUFFIXES, TARGETS


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Let libFuzzer change the bytes; or say again, somewhere else, what stands there already, which is what this tool is about."""
    pick = random.Random(seed)
    lines = data[1:].split(b"\n")
    if len(lines) < 2 or pick.random() < 0.6:
        return bytes(atheris.Mutate(data, most))
    first = pick.randrange(len(lines))
    said = lines[first : first + pick.choice((1, 1, 2, 3, 5))]
    if pick.random() < 0.3:
        said = [bytes(atheris.Mutate(b"\n".join(said), max(1, len(b"\n".join(said)) + 8)))]
    at = pick.randrange(len(lines) + 1)
    gap = [b""] if pick.random() < 0.5 else []
    return (data[:1] + b"\n".join([*lines[:at], *gap, *said, *gap, *lines[at:]]))[:most]


def seeded(target: str, folder: Path) -> Path:
    """Lay the texts of fixtures/cases out as a target reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    suffixes = {"markdown": ".md", "html": ".html", "text": ".txt", "rst": ".rst", "asciidoc": ".adoc"}
    for number, path in enumerate(sorted((ROOT / "fixtures" / "cases").glob("*.in.*"))):
        data = path.read_bytes()[:3000]
        if target in suffixes and path.suffix != suffixes[target]:
            continue
        if target in ("plan", "report"):
            form = next((at for at, form in enumerate(FORMS) if suffixes[form] == path.suffix), 0)
            data = bytes([form + 5 * (number % 32)]) + data
            data = bytes([number % 8]) + data if target == "report" else data
        elif target == "decode":
            data = bytes([max(0, SUFFIXES.index(path.suffix) if path.suffix in SUFFIXES else 0)]) + data
        (folder / path.name).write_bytes(data)
    return folder


def collecting(name: str, folder: Path) -> object:
    """Return the target so that what it raises is noted, once for each place, and never stops the run."""
    seen: set[object] = set()
    target = TARGETS[name]

    def noted(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            key = (type(error), *((frame.filename, frame.lineno) for frame in frames[-3:]))
            if key not in seen:
                seen.add(key)
                (folder / f"found-{len(seen)}").write_bytes(data)
                print(f"FOUND {name} {len(seen)}: {''.join(traceback.format_exception(error))[-1500:]}", flush=True)

    return noted


def main() -> None:
    name = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if name not in TARGETS:
        sys.exit(f"{__doc__}\nTargets: {', '.join(TARGETS)}")
    rest = [word for word in sys.argv[1:] if word not in (name, "--collect", "--few")]
    own = ROOT / "build" / "fuzz" / name
    own.mkdir(parents=True, exist_ok=True)
    corpora = []
    if all(word.startswith("-") for word in rest):
        corpora = [str(own / "corpus"), str(ROOT / "fixtures" / "fuzz" / name), str(seeded(name, own / "seeds"))]
        for folder in corpora:
            Path(folder).mkdir(parents=True, exist_ok=True)
    given = {word.partition("=")[0] for word in rest}
    usual = {"-max_len": "4096", "-timeout": "60", "-rss_limit_mb": "4096", "-dict": str(ROOT / "fuzz" / "tokens.dict"), "-artifact_prefix": f"{own}/"}
    flags = [f"{flag}={value}" for flag, value in usual.items() if flag not in given]
    target = collecting(name, own) if "--collect" in sys.argv else TARGETS[name]
    atheris.Setup([sys.argv[0], *flags, *rest, *corpora], target, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
