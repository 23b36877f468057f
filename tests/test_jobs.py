"""jobs.py: work that is shared among processes."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Iterator
from operator import neg

import pytest

from cleaner import jobs


@pytest.fixture
def thread() -> Iterator[None]:
    """A thread beside this one, for as long as a test takes."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    yield
    done.set()
    other.join()


def test_helpers_beside_a_thread_do_all_and_leave(thread: None) -> None:
    """A fork of a process with threads may hang, and one that holds the other end of its own pipe never hears that it may go."""
    assert sorted(jobs.each(neg, range(40), 2)) == [(at, -at) for at in range(40)]
    assert multiprocessing.active_children() == []
    team = jobs.Team(neg, 2)
    assert [*team.each(range(5))] == [(at, -at) for at in range(5)]
    team.dismiss()
    assert multiprocessing.active_children() == []


def test_helpers_that_are_forks_do_all_and_leave() -> None:
    """The same where there is no thread."""
    program = """
import multiprocessing
from operator import neg
from cleaner import jobs
if __name__ == "__main__":
    assert sorted(jobs.each(neg, range(40), 2)) == [(at, -at) for at in range(40)]
    print(multiprocessing.active_children())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
