"""
The quality floors: what accuracy on real data must not fall below. Needs the data in ../shared; says so where it is absent.

    python benchmarks/floors.py

Runs the project's own scorer over real duplicates that people removed and real repeats that they meant, and compares its
figures with the floors below. Lowering one takes a reason, in the same commit.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"

# The reached figures less a small margin (2026-11-22: default 0.816 and 3; pedantic 0.922 and 57). The one wrong edit
# is a paragraph that stands twice in a row, byte for byte, and was labelled as meant.
FLOORS = {
    "default": {"recall": 0.80, "alarms": 5, "edits": 1},
    "pedantic": {"recall": 0.915, "alarms": 60, "edits": 1},
}
_LINE = re.compile(r"^(default|pedantic): recall ([\d.]+), false alarms (\d+)/\d+, wrong edits (\d+)/\d+$", re.MULTILINE)


def main() -> int:
    scorer, data = SHARED / "tools" / "score_duplicates.py", SHARED / "data" / "realdup.tar.xz"
    if not data.exists() or not scorer.exists():
        print(f"skipped: {data.name} is not beside the repository, so the floors were not checked")
        return 0
    with tempfile.TemporaryDirectory() as room:
        with tarfile.open(data) as archive:
            archive.extractall(room, filter="data")
        command = [sys.executable, str(scorer), room, sys.executable, "-m", "cleaner", "check", "--isolated"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    print(said.stdout, end="")
    reached = {mode: (float(recall), int(alarms), int(edits)) for mode, recall, alarms, edits in _LINE.findall(said.stdout)}
    if set(reached) != set(FLOORS):
        print(said.stderr[-2000:])
        print("the scorer did not print its figures")
        return 1
    failed = 0
    for mode, floor in FLOORS.items():
        recall, alarms, edits = reached[mode]
        good = recall >= floor["recall"] and alarms <= floor["alarms"] and edits <= floor["edits"]
        failed += not good
        print(f"{mode}: {'holds' if good else 'BELOW THE FLOOR'} {floor}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
