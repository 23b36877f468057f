"""
The targets of `fuzz/`, without a fuzzer: what it found once, and the corpus it left; and, where atheris is there, a short run of it.

What breaks a target becomes a file in fixtures/fuzz/TARGET before it is mended. A campaign is `python fuzz/run.py TARGET`.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "fixtures" / "fuzz"
_SPEC = importlib.util.spec_from_file_location("targets", ROOT / "fuzz" / "targets.py")
assert _SPEC is not None and _SPEC.loader is not None
targets = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(targets)

KEPT = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
#: Inputs of a short run for each target, the kept ones among them.
RUNS = {"decode": 300, "markdown": 200, "html": 120, "text": 200, "rst": 200, "asciidoc": 200, "plan": 100, "report": 100}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_holds(path: Path) -> None:
    """Each kept input keeps the laws of its target."""
    targets.TARGETS[path.parent.name](path.read_bytes())


def test_every_target_has_a_corpus() -> None:
    """There is a folder for each target and a target for each folder, and together they are small."""
    assert {path.parent.name for path in KEPT} == set(targets.TARGETS) == set(RUNS)
    assert sum(path.stat().st_size for path in KEPT) < 200_000


def test_a_broken_law_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The targets do raise: where encoding loses a letter, a block reaches too far, or a view lets an escape through."""
    with monkeypatch.context() as patch:
        patch.setattr(targets.source, "encode", lambda article, text: text.encode()[:-1])
        with pytest.raises(AssertionError):
            targets.decode(b"\0plain words")
    real = targets.segment
    with monkeypatch.context() as patch:
        patch.setattr(targets, "segment", lambda article: tuple(block._replace(number=block.number + 1) for block in real(article)))
        with pytest.raises(AssertionError):
            targets.TARGETS["text"](b"plain words")
    with monkeypatch.context() as patch:
        patch.setattr(targets, "segment", lambda article: real(article)[1:])
        with pytest.raises(AssertionError):
            targets.markdown(b"plain words\n\nmore words")
    with pytest.raises(AssertionError):
        targets._valid("full", "an escape \x1b[31m")
    with pytest.raises(AssertionError):
        targets._valid("html", "<p>and <img src=x onerror=y>")


@pytest.mark.parametrize("name", targets.TARGETS)
def test_a_short_run(name: str, tmp_path: Path) -> None:
    """A few hundred inputs that coverage leads to break no law."""
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not here: it has wheels for Linux and Python 3.11 to 3.13 only")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    done = subprocess.run(
        [sys.executable, str(ROOT / "fuzz" / "run.py"), name, "--few", str(corpus), str(CORPUS / name), f"-runs={RUNS[name]}", "-seed=6", f"-artifact_prefix={tmp_path}/"],
        capture_output=True, text=True, errors="replace", timeout=600, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "Done " in done.stderr
