"""SECURITY.md promises nothing that no test shows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMED = sorted(set(re.findall(r"`((?:tests|benchmarks)/\w+\.py(?:::\w+)?)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_there(name):
    """Each test and script that the page names exists."""
    path, _, function = name.partition("::")
    assert (ROOT / path).is_file()
    if function:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_is_shown():
    """Each promise is followed by what shows it."""
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = re.split(r"\n(?=\*\*)", page.partition("## What is promised")[2].partition("\n## ")[0])[1:]
    assert len(promises) >= 10
    for promise in promises:
        assert re.search(r"`(tests|benchmarks)/", promise), promise[:60]
