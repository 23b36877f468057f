"""Makes the modules that tests share (such as `report_samples`) importable from any test."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
