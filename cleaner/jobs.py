"""
Many processes that do one kind of work. What they return does not depend on their number, nor on one of them being killed.

A pool of the standard library waits for ever, or gives up the whole run, when one of its workers is killed. Here each worker
has a pipe of its own and one portion of work at a time, so it is known whose work is lost: a portion is then done again
task by task, and a task that takes its worker down alone is named.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")

_MOST = 60  # Windows waits for no more than 63 things at once


def processors() -> int:
    """Return how many processors this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, _MOST))


def forks() -> bool:
    """Whether helpers are forks of this process, and find what it holds; elsewhere they start with nothing."""
    # Forking is fastest, and safe as long as nobody here has threads. Elsewhere each begins anew: the system's own way may be a fork, too.
    threads = sys.modules.get("threading")
    return sys.platform == "linux" and (threads is None or threads.active_count() == 1)


def each(do: Callable[[T], R], tasks: Sequence[T], number: int) -> Iterator[tuple[int, R | None]]:
    """
    Do all tasks, and yield each one's place with its result, in the order in which they are done.

    Args:
        do: A function of a module, as workers have to find it by its name. It raises nothing.
        tasks: Values that can be sent to another process.
        number: Of processes; with 1 the work is done here.

    Returns:
        None for a task that ended its worker: killed, out of memory, or crashed.
    """
    number = min(number, len(tasks), _MOST)
    if number <= 1:
        for at, task in enumerate(tasks):
            yield at, do(task)
        return
    crew = _Crew(do, tasks, number)
    try:
        yield from crew.results()
    finally:
        crew.dismiss()


class _Crew:
    """The workers of one run."""

    def __init__(self, do: Callable[[Any], Any], tasks: Sequence[Any], number: int) -> None:
        self._context = _context()
        self._do, self._tasks, self._number = do, tasks, number
        size = max(1, min(64, len(tasks) // (number * 8)))
        self._waiting = [list(range(at, min(at + size, len(tasks)))) for at in range(0, len(tasks), size)][::-1]
        self._workers: dict[Connection[Any, Any], tuple[Any, list[int]]] = {}

    def results(self) -> Iterator[tuple[int, Any]]:
        from multiprocessing.connection import wait

        while len(self._workers) < self._number and self._waiting:
            self._hire()
        while self._workers:
            pipe: Any
            for pipe in wait(list(self._workers)):
                worker, portion = self._workers[pipe]
                try:
                    done = pipe.recv()
                except (EOFError, OSError):
                    yield from self._lost(pipe, worker, portion)
                    continue
                yield from zip(portion, done)
                if self._waiting:
                    self._give(pipe, worker)
                else:
                    self._leave(pipe, worker)

    def dismiss(self) -> None:
        """End all workers, whatever they do: nothing they do outlives them."""
        for pipe, (worker, _) in list(self._workers.items()):
            worker.terminate()
            pipe.close()
        for worker, _ in self._workers.values():
            worker.join(5)
        self._workers.clear()

    def _hire(self) -> None:
        self._give(*_hired(self._context, self._do, self._workers))

    def _give(self, pipe: Any, worker: Any) -> None:
        portion = self._waiting.pop()
        self._workers[pipe] = worker, portion
        try:
            pipe.send([self._tasks[at] for at in portion])
        except OSError:
            pass  # it is dead: that is seen when its answer is waited for

    def _leave(self, pipe: Any, worker: Any) -> None:
        del self._workers[pipe]
        pipe.close()
        worker.join(5)

    def _lost(self, pipe: Any, worker: Any, portion: list[int]) -> Iterator[tuple[int, None]]:
        self._leave(pipe, worker)
        if len(portion) == 1:
            yield portion[0], None
        else:
            self._waiting += [[at] for at in reversed(portion)]
        if self._waiting:
            self._hire()


class Team:
    """
    Helpers for streams of work: hired once, before this process has threads, and of use until they are dismissed.

    What they do comes back in the order in which it was given, and only so much of it is on its way at once: a stream of any length
    has room. The work of one that was killed is done here.
    """

    def __init__(self, do: Callable[[Any], Any], number: int) -> None:
        """
        Hire.

        Args:
            do: A function of a module, as helpers have to find it by its name. It raises nothing.
            number: Of helpers; with 1 the work is done here.
        """
        self._do = do
        self._idle: list[Any] = []
        self._workers: dict[Any, Any] = {}
        context = _context() if number > 1 else None
        for _ in range(min(number, _MOST) if number > 1 else 0):
            pipe, worker = _hired(context, do, self._workers)
            self._workers[pipe] = worker
            self._idle.append(pipe)

    def each(self, tasks: Iterable[T]) -> Iterator[tuple[T, Any]]:
        """Do all tasks, and yield each with its result, in order."""
        from multiprocessing.connection import wait

        waiting, room = iter(tasks), 4 * len(self._workers)
        given: dict[int, T] = {}
        busy: dict[Any, int] = {}
        done: dict[int, Any] = {}
        first = last = 0
        more = True
        while more or given:
            while more and self._idle and len(given) < room:
                task = next(waiting, None)
                if task is None:
                    more = False
                    break
                given[last] = task
                busy[self._give(task)] = last
                last += 1
            if not given:  # nothing is left, or nobody
                for task in waiting:
                    yield task, self._do(task)
                return
            pipe: Any
            for pipe in wait([*busy], 0 if first in done else None) if busy else ():
                number = busy.pop(pipe)
                done[number] = self._taken(pipe, given[number])
            if first in done and not (more and self._idle and len(given) < room):  # who is idle is given something first
                yield given.pop(first), done.pop(first)
                first += 1

    def dismiss(self) -> None:
        """End all helpers, whatever they do: nothing they do outlives this."""
        for pipe, worker in self._workers.items():
            worker.terminate()
            pipe.close()
        for worker in self._workers.values():
            worker.join(5)
        self._workers.clear()
        self._idle.clear()

    def _give(self, task: Any) -> Any:
        pipe = self._idle.pop()
        try:
            pipe.send([task])
        except OSError:
            pass  # it is dead: that is seen when its answer is waited for
        return pipe

    def _taken(self, pipe: Any, task: Any) -> Any:
        try:
            result = pipe.recv()[0]
        except (EOFError, OSError):
            self._workers.pop(pipe).join(5)
            pipe.close()
            return self._do(task)
        self._idle.append(pipe)
        return result


def _context() -> Any:
    """Return the way in which helpers begin."""
    import multiprocessing

    return multiprocessing.get_context("fork" if forks() else "spawn")


def _hired(context: Any, do: Callable[[Any], Any], others: Iterable[Any]) -> tuple[Any, Any]:
    """Start a helper; return our end of its pipe, and the helper."""
    ours, theirs = context.Pipe()
    # A forked one holds copies of our ends of all pipes, the others' and its own, and would keep them open.
    held = [ours, *others] if context.get_start_method() == "fork" else []
    worker = context.Process(target=_work, args=(theirs, do, held), daemon=True)
    worker.start()
    theirs.close()
    return ours, worker


def _work(pipe: Any, do: Callable[[Any], Any], others: Sequence[Any]) -> None:
    """Do what comes through the pipe until it is closed. An interrupt is for the one who hired us."""
    import gc
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.set_threshold(1_000_000, 50, 50)
    for other in others:
        other.close()
    try:
        while True:
            pipe.send([do(task) for task in pipe.recv()])
    except (EOFError, OSError):
        pass  # done, or nobody is waiting any more
