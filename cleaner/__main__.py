"""`python -m cleaner` is `cleaner`."""

from __future__ import annotations

from cleaner.cli import run

if __name__ == "__main__":
    run()
