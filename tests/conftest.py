"""Makes the modules that tests share (such as `report_samples`) importable from any test, and has the longest files run first."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

# A shell that runs this behind other things has Ctrl-C ignored, and all that is started here would inherit that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

#: What takes minutes begins first, so that no process is left alone with it in the end.
LONGEST = ("test_engine_spark", "test_report_html", "test_engine_duckdb", "test_engines_agree", "test_laws", "test_fix_real", "test_install", "test_review_browser", "test_patterns", "test_pre_commit")


def pytest_configure(config: pytest.Config) -> None:
    """Keep to the order of files where several processes share them; else those with many tests would come first, however quick these are."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; inside a file the order stays."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))
