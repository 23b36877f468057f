"""The real data beside the repository: read there, never copied here; tests that need it say so where it is absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
STANDARD = SHARED / "data" / "standard"

needs_shared = pytest.mark.skipif(not STANDARD.is_dir(), reason="../shared/data is not here: real data is not part of the repository")


def examples(name: str) -> list[dict[str, Any]]:
    """Return the rows of a standard data file."""
    with open(STANDARD / f"{name}.jsonl", encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]
