"""
Engines: what moves the rows of a collection through the plan of `cleaner.corpus`. Each is one function, `run`, and they give the same tables.

    memory   this process and its helpers; what has room in memory
    duckdb   an embedded database on one machine; more than has room in memory
    spark    a cluster

An engine is imported when it is asked for, and names what to install where that is absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaner.errors import MissingExtra

if TYPE_CHECKING:
    from cleaner.corpus.model import Engine

NAMES = ("memory", "duckdb", "spark")


def engine(name: str) -> Engine:
    """
    Return an engine by its name.

    Raises:
        MissingExtra: If what it needs is not installed.
    """
    try:
        if name == "duckdb":
            from cleaner.engines.duckdb import run as by_duckdb

            return by_duckdb
        if name == "spark":
            from cleaner.engines.spark import run as by_spark

            return by_spark
    except ImportError as missing:
        raise MissingExtra(f"the engine {name} needs {missing.name}: pip install 'cleaner[{name}]'") from missing
    from cleaner.engines.memory import run

    return run
