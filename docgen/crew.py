"""Worker processes that share a run: how they start, speak, are watched, and end.

A crew hires a process when there is work for it and none is free. Whoever runs the crew gives out tasks and hears
messages; that a process ended or took too long is a message too, so a dead worker costs its own task and no other.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, TextIO, cast

from docgen.errors import DocgenError, EnvironmentFault, InternalError
from docgen.garbage import less_garbage

#: Seconds after which an idle process looks whether anybody still waits for it.
_LOOK_UP = 0.2
#: A process whose parent is gone, and which hangs, ends itself after so many times its limit.
_PATIENCE = 2.0
#: Seconds a process may take to start, at least: where it cannot be forked it loads everything again.
_START = 120.0
#: What a process ends with that ran out of memory: whatever it still holds is of no use.
_NO_MEMORY = 112


class News(Enum):
    """What a crew says of a worker beside the worker's own messages."""

    READY = "the process has started and begins with its task"
    FREE = "the task is done, the worker waits for another"
    GONE = "the process ended"
    LATE = "no word within the time limit; the process was ended"


#: Does a task: each thing it gives is sent to the parent and restarts the clock.
Work = Callable[[Any], Iterable[Any]]
#: True while the parent lives.
Alive = Callable[[], bool]


class Prepare(Protocol):
    """Runs in each new process, once: takes its number and gives what does the tasks there.

    Where processes cannot be forked it is pickled.
    """

    def __call__(self, number: int, alive: Alive) -> Work:
        """What does the tasks of process `number`."""
        ...


class Worker:
    """A process of a crew, seen from the parent."""

    def __init__(self, number: int, process: Any, connection: Connection) -> None:
        self.number = number
        self.process = process
        self.connection = connection
        #: What it was given last, until it is free again.
        self.task: Any = None
        #: How long it may go on with it without a word.
        self.seconds: float | None = None
        self._deadline = float("inf")
        self._ready = False

    def give(self, task: Any, seconds: float | None = None) -> None:
        """Let it do `task`; without a word for `seconds` it is taken to hang."""
        self.task, self.seconds = task, seconds
        self._wind()
        # That one has died since it was last heard of is told by its closed pipe.
        with suppress(OSError):
            self.connection.send((task, seconds))

    def _wind(self) -> None:
        """Start its clock again."""
        seconds = self.seconds if self._ready or self.seconds is None else max(self.seconds, _START)
        self._deadline = float("inf") if seconds is None else time.monotonic() + seconds

    @property
    def deadline(self) -> float:
        """The moment (of `time.monotonic`) until which a word from it is waited for."""
        return self._deadline

    def late(self) -> News:
        """What it means that the deadline has passed. Raises `EnvironmentFault` where it has not even started."""
        if not self._ready:
            raise EnvironmentFault("errors.environment.worker_start")
        return News.LATE

    def ended(self) -> str:
        """How the process ended: the signal's name, `MemoryError`, or its exit code."""
        code = self.process.exitcode
        if code == _NO_MEMORY:
            return MemoryError.__name__
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit {code}"

    def receive(self) -> Any:
        """The next message; `News.GONE` where the process ended. Raises what the process raised, and
        `EnvironmentFault` where it could not even start."""
        try:
            kind, message = self.connection.recv()
        except (EOFError, OSError):
            if not self._ready:
                raise EnvironmentFault("errors.environment.worker_start") from None
            return News.GONE
        if kind == "fault":
            raise message
        self._ready = True
        self._wind()
        return message


class Crew:
    """Up to `size` worker processes; use it as a context manager, which ends them all and all they started."""

    def __init__(self, prepare: Prepare, size: int) -> None:
        self._prepare = prepare
        self._size = size
        self._idle: list[Worker] = []
        self._busy: dict[Connection, Worker] = {}
        self._hired = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        workers = [*self._idle, *self._busy.values()]
        self._idle, self._busy = [], {}
        for worker in workers:
            _kill(worker)
        for worker in workers:
            _bury(worker)

    @property
    def has_room(self) -> bool:
        """True where a task could be given now."""
        return bool(self._idle) or len(self._busy) < self._size

    @property
    def is_busy(self) -> bool:
        """True while any task is being done."""
        return bool(self._busy)

    def give(self, task: Any, seconds: float | None = None) -> Worker:
        """Give `task` to a worker that is free, or to a new one. Ask `has_room` first."""
        worker = self._rested() or self._hire()
        self._busy[worker.connection] = worker
        worker.give(task, seconds)
        return worker

    def hear(self) -> Iterator[tuple[Worker, Any]]:
        """Wait for news from any worker; gives what has come, at least one thing.

        A worker of which `News.GONE` or `News.LATE` is told has been ended and buried; `worker.task` is what it had.
        Raises what a worker raised.
        """
        patience = min(worker.deadline for worker in self._busy.values()) - time.monotonic()
        ready = wait(list(self._busy), None if patience == float("inf") else max(patience, 0.0))
        for ready_one in ready:
            # On Windows a pipe's end is of another class, which the type of `wait` does not know.
            connection = cast(Connection, ready_one)
            worker = self._busy[connection]
            message = worker.receive()
            if message is News.FREE:
                del self._busy[connection]
                self._idle.append(worker)
            elif message is News.GONE:
                self._end(worker)
            yield worker, message
        now = time.monotonic()
        # One that has spoken meanwhile is not late: whoever runs the crew may have been away for long.
        for worker in [w for w in self._busy.values() if w.deadline <= now and not w.connection.poll()]:
            news = worker.late()
            self._end(worker)
            yield worker, news

    def _rested(self) -> Worker | None:
        """A worker that is free; one that has died since its last task is no loss."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.is_alive():
                return worker
            _bury(worker)
        return None

    def _end(self, worker: Worker) -> None:
        self._busy.pop(worker.connection)
        _kill(worker)
        _bury(worker)

    def _hire(self) -> Worker:
        # Asked each time: the program may have started threads since.
        method = start_method()
        context = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        strangers = [w.connection for w in (*self._idle, *self._busy.values())] + [ours]
        arguments = (theirs, strangers if method == "fork" else [], os.getpid(), self._hired, self._prepare)
        process = context.Process(target=_serve, args=arguments, daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        if os.name == "posix":
            with suppress(OSError):
                os.setpgid(process.pid, process.pid)
        self._hired += 1
        return Worker(self._hired - 1, process, ours)


def processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def may_hire() -> bool:
    """False inside a process that must not have children of its own (a worker of `multiprocessing.Pool`)."""
    return not multiprocessing.current_process().daemon


def start_method() -> str:
    """`fork` where it is safe: the processes then need not load and compile anything again.

    A library may have started threads that Python does not know of, so the system is asked.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        with suppress(OSError):
            if len(os.listdir("/proc/self/task")) == 1:
                return "fork"
    return "spawn"


def _kill(worker: Worker) -> None:
    """End the process and whatever it started: it leads a group of its own."""
    if sys.platform == "win32":
        if worker.process.is_alive():
            command = ["taskkill", "/F", "/T", "/PID", str(worker.process.pid)]
            subprocess.run(command, capture_output=True, check=False)
    else:
        # Its id is its own while it lives, and in all likelihood shortly after.
        with suppress(OSError):
            os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.kill()


def _bury(worker: Worker) -> None:
    worker.connection.close()
    worker.process.join()


def _serve(connection: Connection, strangers: Iterable[Connection], parent: int, number: int, prepare: Prepare) -> None:
    """A process: do tasks until there are no more, or until nobody is there to hear of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.name == "posix":
        with suppress(OSError):
            os.setpgid(0, 0)
    # A fork holds the parent's ends of the others' pipes: while it does, they do not see the parent's end.
    for other in strangers:
        other.close()

    less_garbage()

    def alive() -> bool:
        # Windows keeps a dead parent's id; there the closed connection tells.
        return os.getppid() == parent if os.name != "nt" else not connection.poll()

    try:
        work = prepare(number, alive)
        connection.send(("message", News.READY))
        _work(connection, work, alive)
    except (EOFError, ConnectionError, KeyboardInterrupt):
        pass
    except MemoryError:
        os._exit(_NO_MEMORY)
    except (DocgenError, OSError) as fault:
        with suppress(OSError, ValueError):
            connection.send(("fault", fault))
    except Exception as fault:  # ours; it need not survive the way to the parent, so its kind and place are told
        with suppress(OSError, ValueError):
            told = InternalError("errors.internal.worker", kind=type(fault).__name__, place=raised_at(fault))
            connection.send(("fault", told))
    finally:
        if os.name == "posix" and not alive() and os.getpgid(0) == os.getpid():
            # Nobody is left to end what this process started.
            os.killpg(0, signal.SIGKILL)


def raised_at(fault: BaseException) -> str:
    """Module and line where `fault` was raised: what may be told of it, since its text may hold data."""
    at = fault.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_globals.get('__name__', '?')}:{at.tb_lineno}" if at is not None else "?"


def _work(connection: Connection, work: Work, alive: Alive) -> None:
    with open(os.devnull, "w") as nowhere:
        while True:
            while not connection.poll(_LOOK_UP):
                if os.name != "nt" and not alive():
                    return
            task, seconds = connection.recv()
            for message in _watched(work(task), seconds, nowhere):
                connection.send(("message", message))
            connection.send(("message", News.FREE))


def _watched(messages: Iterable[Any], seconds: float | None, nowhere: TextIO) -> Iterator[Any]:
    """`messages`; where making one takes far too long, the process ends, whatever hangs.

    The parent keeps the time; this is for the case that the parent is gone. Sending is not counted: the parent may be
    busy elsewhere.
    """
    waiting = iter(messages)
    while True:
        if seconds is not None:
            faulthandler.dump_traceback_later(seconds * _PATIENCE, exit=True, file=nowhere)
        try:
            message = next(waiting)
        except StopIteration:
            return
        finally:
            faulthandler.cancel_dump_traceback_later()
        yield message


__all__ = ["Alive", "Crew", "News", "Prepare", "Work", "Worker", "may_hire", "processors", "raised_at", "start_method"]
