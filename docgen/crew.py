"""Processes that share work: tasks are handed out one at a time, answers come back as they are ready.

A process that has nothing to do looks whether anybody still waits for it, so that none outlives a command that was
killed. The task, and what hires a worker, must be picklable where processes cannot be forked.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, TypeVar

from docgen.errors import EnvironmentFault

Task = TypeVar("Task")
Answer = TypeVar("Answer")
_Task = TypeVar("_Task", contravariant=True)
_Answer = TypeVar("_Answer", covariant=True)
#: Seconds after which an idle process looks whether anybody still waits for it.
_LOOK_UP = 0.2


class Worker(Protocol[_Task, _Answer]):
    """What works in one process."""

    def run(self, task: _Task, alive: Callable[[], bool]) -> _Answer:
        """The answer to `task`. A long task may ask `alive` from time to time whether anybody still waits."""

    def close(self) -> None:
        """Called when there is nothing more to do."""


def processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def forks() -> bool:
    """True where processes can be forked safely: they then need not load and compile anything again."""
    return sys.platform == "linux" and threading.active_count() == 1


def share(tasks: Iterable[Task], jobs: int, hire: Callable[[int], Worker[Task, Answer]]) -> Iterator[Answer]:
    """The answers to `tasks`, in any order, by `jobs` processes; with one job, by this process, in order.

    `hire` is called with the worker's number in the process that is to work. A task is taken from `tasks` only when a
    process is free for it. Raises what a worker raises, and `EnvironmentFault` where a process ended by itself. When
    the iterator is closed or fails, all processes are ended first.
    """
    if jobs <= 1:
        worker = hire(0)
        try:
            for task in tasks:
                yield worker.run(task, _always)
        finally:
            worker.close()
        return
    waiting = iter(tasks)
    context = multiprocessing.get_context("fork" if forks() else "spawn")
    started: dict[Connection, Any] = {}
    try:
        idle: list[Connection] = []
        busy: set[Connection] = set()
        while True:
            while (idle or len(started) < jobs) and (task := next(waiting, _NOTHING)) is not _NOTHING:
                if not idle:
                    ours, theirs = context.Pipe()
                    arguments = (theirs, os.getpid(), len(started), hire)
                    process = context.Process(target=_serve, args=arguments, daemon=True)  # type: ignore[attr-defined]
                    process.start()
                    theirs.close()
                    started[ours] = process
                    idle.append(ours)
                connection = idle.pop()
                connection.send(task)
                busy.add(connection)
            if not busy:
                return
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                busy.discard(ready)
                idle.append(ready)
                yield _answer(ready)
    finally:
        for connection, process in started.items():
            connection.close()
            process.terminate()
        for process in started.values():
            process.join()


_NOTHING: Any = object()


def _always() -> bool:
    return True


def _answer(connection: Connection) -> Any:
    try:
        answer = connection.recv()
    except (EOFError, ConnectionError):
        raise EnvironmentFault("errors.environment.process_ended") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _serve(connection: Connection, parent: int, number: int, hire: Callable[[int], Worker[Any, Any]]) -> None:
    """A process: answer tasks until there are no more, or until nobody is there to hear of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def alive() -> bool:
        # Windows keeps a dead parent's id; there the closed connection tells.
        return os.getppid() == parent if os.name != "nt" else not connection.poll()

    worker: Worker[Any, Any] | None = None
    try:
        worker = hire(number)
        while True:
            # Another process may hold a copy of the connection's other end, so its closing need not be seen here.
            while not connection.poll(_LOOK_UP):
                if os.name != "nt" and not alive():
                    return
            connection.send(worker.run(connection.recv(), alive))
    except (EOFError, ConnectionError, KeyboardInterrupt):
        pass
    except Exception as fault:
        with suppress(OSError, ValueError):
            connection.send(fault)
    finally:
        if worker is not None:
            worker.close()
