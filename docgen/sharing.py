"""Handing tasks out to those who do them: processes of our own, or somebody else's executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import Any, Protocol, TypeVar

from docgen.crew import Alive, Crew, News, Work, may_hire, processors
from docgen.errors import EnvironmentFault

Task = TypeVar("Task")
Answer = TypeVar("Answer")
_Task = TypeVar("_Task", contravariant=True)
_Answer = TypeVar("_Answer", covariant=True)
#: Tasks given to an executor at one time, for each processor here: it may have many machines, and none should wait.
_AHEAD = 4


class Hand(Protocol[_Task, _Answer]):
    """What does tasks in one place: a process, a thread, another machine."""

    def run(self, task: _Task, alive: Alive) -> _Answer:
        """The answer to `task`. A long task may ask `alive` from time to time whether anybody still waits."""
        ...

    def close(self) -> None:
        """Called when there is nothing more to do, in this process only; others are simply ended."""
        ...


class Share(Protocol):
    """Hands tasks out and gives the answers back, in any order: `share`, `by_executor`, or another's way of doing it.

    Tasks are taken one by one as there is room. `hire`, with a number, makes what works in one place; it and the tasks
    are pickled where the place is another process. `jobs` is how many places would be worth it on this machine. A task
    may be done more than once where an answer is lost; then its answer may come more than once.
    """

    def __call__(
        self, tasks: Iterable[Task], jobs: int, hire: Callable[[int], Hand[Task, Answer]]
    ) -> Iterator[Answer]: ...


def share(tasks: Iterable[Task], jobs: int, hire: Callable[[int], Hand[Task, Answer]]) -> Iterator[Answer]:
    """The answers to `tasks`, in any order, by `jobs` processes; with one job, by this process, in order.

    So it is too in a process that must not have children (a worker of `multiprocessing.Pool` or of Dask).

    `hire` is called with the worker's number in the process that is to work, and is pickled where processes cannot be
    forked. A task is taken from `tasks` only when a process is free for it. Raises what a worker raises, and
    `EnvironmentFault` where a process ended by itself. When the iterator is closed or fails, all processes are ended.
    """
    if jobs <= 1 or not may_hire():
        hand = hire(0)
        try:
            for task in tasks:
                yield hand.run(task, _always)
        finally:
            hand.close()
        return
    waiting = iter(tasks)
    with Crew(_Hired(hire), jobs) as crew:
        while True:
            while crew.has_room and (task := next(waiting, _NOTHING)) is not _NOTHING:
                crew.give(task)
            if not crew.is_busy:
                return
            for _, message in crew.hear():
                if message is News.GONE:
                    raise EnvironmentFault("errors.environment.process_ended")
                if not isinstance(message, News):
                    yield message


def by_executor(executor: Executor, ahead: int = 0) -> Share:
    """`executor` as what hands tasks out: threads or processes of `concurrent.futures`, or what has their interface.

    `ahead` is how many tasks it is given at one time, 0 for four a processor of this machine. It is not shut down.
    What a task raises is raised here, after those that have begun have ended; `EnvironmentFault` where the executor
    lost one of its processes.
    """

    def share_out(tasks: Iterable[Task], jobs: int, hire: Callable[[int], Hand[Task, Answer]]) -> Iterator[Answer]:
        waiting = enumerate(tasks)
        given: set[Future[Answer]] = set()
        once: Callable[..., Answer] = _once
        try:
            while True:
                while len(given) < (ahead or _AHEAD * processors()) and (one := next(waiting, None)) is not None:
                    given.add(executor.submit(once, hire, *one))
                if not given:
                    return
                ready, given = wait(given, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        except BrokenExecutor:
            raise EnvironmentFault("errors.environment.process_ended") from None
        finally:
            # What is being written is written to its end before the folder is anybody else's.
            for future in given:
                future.cancel()
            wait(given)

    return share_out


def _once(hire: Callable[[int], Hand[Task, Answer]], number: int, task: Task) -> Answer:
    """One task by a hand of its own: an executor does not say in which of its places it is done."""
    hand = hire(number)
    try:
        return hand.run(task, _always)
    finally:
        hand.close()


class _Hired:
    """Prepares a process of `share`."""

    def __init__(self, hire: Callable[[int], Hand[Any, Any]]) -> None:
        self._hire = hire

    def __call__(self, number: int, alive: Alive) -> Work:
        hand = self._hire(number)
        return lambda task: [hand.run(task, alive)]


_NOTHING: Any = object()


def _always() -> bool:
    return True


__all__ = ["Hand", "Share", "by_executor", "share"]
