"""Makes the modules that tests share (such as `report_samples`) importable from any test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """With several processes, tests of one group go to one of them: a cluster is started once."""
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadgroup"
