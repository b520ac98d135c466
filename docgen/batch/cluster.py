"""Dossiers made by other machines, through Dask.distributed: a `Share` (`docgen.sharing`) for `run_packets`.

Dask carries tasks and answers and tells which workers there are. Who does what is decided here, each task for one named
worker, because only so is it known which dossier a worker had in hands when it died. A task may be done twice, where
its answer was lost; that it counts once is the packet's own business (its key, the renaming, `docgen.storage`).
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, Protocol, TypeVar, runtime_checkable

from docgen.batch.same_build import first_difference, own_build
from docgen.crew import raised_at
from docgen.errors import DocgenError, EnvironmentFault, InternalError
from docgen.sharing import Hand, Share

Task = TypeVar("Task")
Answer = TypeVar("Answer")
#: A task at which so many workers have died is given to no other.
DEATHS = 3
#: Tasks that wait at a worker, beside those it is doing: the next begins while the answer travels.
_WAITING = 1
#: Seconds to wait for a connection, and for a worker where there is none.
_CONNECT, _NOBODY = 10.0, 60.0
#: As `_NOBODY`, where there are workers, but none that may be used.
_NONE_FIT = 10.0
#: Seconds between two looks at who is there; to wait for an answer that is said to be ready.
_LOOK, _FETCH = 1.0, 5.0
#: Runs whose hands a worker keeps: that of a coordinator which died is forgotten after some others.
_KEPT = 3

#: What happens on the way and is worth a line: a message key below `batch.cluster.told.` and its parameters.
Tell = Callable[[str, Mapping[str, object]], None]


_Task = TypeVar("_Task", contravariant=True)
_Answer = TypeVar("_Answer", covariant=True)


@runtime_checkable
class GivesUp(Protocol[_Task, _Answer]):
    """A hand that knows the answer for a task nobody lives through."""

    def given_up(self, task: _Task, kind: str) -> _Answer:
        """That answer; `kind` says in one word what happened."""
        ...


def by_cluster(address: str, tell: Tell = lambda key, params: None) -> Share:
    """The workers of the Dask scheduler at `address` (`tcp://HOST:PORT`, `tls://…`) as what hands tasks out.

    A worker whose docgen, regulations, engines or folders are not this machine's is not used, and told. One that says
    its disk is full is not used any more. A task at which three workers died is given up (`GivesUp`), the others go
    on. When the iterator is closed what has not begun is taken back; what is being done is done to its end there.

    Raises `EnvironmentFault` where Dask is not installed, nobody answers at `address`, no worker is fit for use, or the
    scheduler is lost; and what a task raises.
    """

    def share_out(tasks: Iterable[Task], jobs: int, hire: Callable[[int], Hand[Task, Answer]]) -> Iterator[Answer]:
        with _client(address) as client:
            office: _Office[Task, Answer] = _Office(client, address, hire, tell)
            try:
                yield from office.answers(iter(tasks))
            finally:
                office.close()

    return share_out


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A connection to the scheduler. What Dask has to say of lost connections is not for our users."""
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise EnvironmentFault("errors.environment.extra_missing", library="distributed", extra="cluster") from None
    loggers = [logging.getLogger(name) for name in ("distributed", "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        # A dossier of thousands of members is large, and is meant to travel.
        large = {"distributed.admin.large-graph-warning-threshold": "1 TiB"}
        with dask.config.set({**large, "distributed.comm.timeouts.connect": f"{_CONNECT} s"}):
            try:
                client = Client(address, timeout=_CONNECT, set_as_default=False)
            except (OSError, ValueError, TimeoutError) as fault:
                raise EnvironmentFault("batch.cluster.unreachable", address=address, problem=_words(fault)) from None
            try:
                yield client
            finally:
                with suppress(Exception):  # the scheduler may be gone, and with it all there was to close
                    client.close(timeout=_FETCH)
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _words(fault: BaseException) -> str:
    return (str(fault).splitlines() or [""])[0][:120] or type(fault).__name__


@dataclass(eq=False, slots=True)
class _Job(Generic[Task]):
    """A task on its way: at how many workers' death it was in hands, and where it is now."""

    task: Task
    deaths: int = 0
    worker: str = ""
    future: Any = None


@dataclass(eq=False, slots=True)
class _Seat(Generic[Task]):
    """A worker that is used: what it can do at one time, and what it was given, in the order of its doing."""

    threads: int
    jobs: list[_Job[Task]] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        return len(self.jobs) < self.threads + _WAITING and not any(job.deaths for job in self.jobs)


class _Office(Generic[Task, Answer]):
    """Gives out tasks, hears answers, and looks who is there."""

    def __init__(self, client: Any, address: str, hire: Callable[[int], Hand[Task, Answer]], tell: Tell) -> None:
        self._client, self._address, self._hire, self._tell = client, address, hire, tell
        self._run = secrets.token_hex(8)
        self._sent = 0
        self._build = own_build()
        self._hired = pickle.dumps(hire)
        self._proof: dict[str, str] = getattr(hire, "proof", dict)()
        self._seats: dict[str, _Seat[Task]] = {}
        #: Workers that are not used, and why.
        self._refused: dict[str, EnvironmentFault] = {}
        self._again: deque[_Job[Task]] = deque()
        self._suspects: deque[_Job[Task]] = deque()
        self._given_up: deque[Answer] = deque()
        self._news: queue.SimpleQueue[tuple[_Job[Task], str]] = queue.SimpleQueue()
        self._looked = float("-inf")
        #: When there last was somebody to work.
        self._seen = self._connected = time.monotonic()

    def answers(self, tasks: Iterator[Task]) -> Iterator[Answer]:
        """The answers, as they come."""
        self._look()
        self._tell_dashboard()
        more = True
        while True:
            more = self._give(tasks, more)
            while self._given_up:
                yield self._given_up.popleft()
            if not (more or self._again or self._suspects or any(seat.jobs for seat in self._seats.values())):
                return
            with suppress(queue.Empty):
                job, key = self._news.get(timeout=_LOOK)
                if job in self._jobs_at(job.worker) and job.future.key == key:
                    yield from self._heard(job)
            if time.monotonic() - self._looked > _LOOK:
                self._look()

    def close(self) -> None:
        """Take back what has not begun, and let the workers forget this run."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.cancel([job.future for seat in self._seats.values() for job in seat.jobs], force=True)
            self._client.run(_dismiss, self._run, workers=list(self._seats), on_error="ignore")

    # -- giving ------------------------------------------------------------------------------------------------------

    def _give(self, tasks: Iterator[Task], more: bool) -> bool:
        """Fill the seats that have room; False when there are no more tasks to take."""
        if self._suspects and self._seats:
            # It is done alone, so that a further death is surely its own.
            worker, seat = min(self._seats.items(), key=lambda one: len(one[1].jobs))
            if not seat.jobs:
                self._send(self._suspects.popleft(), worker)
        else:
            worker = ""
        for name, seat in self._seats.items():
            while name != worker and seat.has_room:
                job = self._again.popleft() if self._again else None
                if job is None:
                    if not more:
                        break
                    try:
                        job = _Job(next(tasks))
                    except StopIteration:
                        return False
                self._send(job, name)
        return more

    def _send(self, job: _Job[Task], worker: str) -> None:
        self._sent += 1
        job.worker = worker
        self._seats[worker].jobs.append(job)
        with self._reached():
            job.future = self._client.submit(
                _do, self._run, job.task, key=f"docgen-{self._run}-{self._sent}", pure=False, workers=[worker],
                allow_other_workers=False, priority=-self._sent,
            )  # fmt: skip
        job.future.add_done_callback(lambda future: self._news.put((job, future.key)))

    # -- hearing -----------------------------------------------------------------------------------------------------

    def _heard(self, job: _Job[Task]) -> Iterator[Answer]:
        """What a worker says of a task: its answer, that it was not hired, or what is wrong there."""
        kind, told = self._fetched(job)
        if kind == "lost":
            self._look()  # the worker is gone, and that is noticed here; or it is there, and the answer is not
            if job in self._jobs_at(job.worker):
                self._back(job)
            return
        if kind == "unhired":  # a new process at the old address
            self._gone(job.worker)
            return
        self._take(job)
        if kind == "done":
            yield told
        elif isinstance(told, EnvironmentFault):
            self._bench(job.worker, told)
            self._again.append(job)
        else:
            raise told

    def _fetched(self, job: _Job[Task]) -> tuple[str, Any]:
        from distributed.scheduler import KilledWorker

        try:
            answer: tuple[str, Any] = job.future.result(timeout=_FETCH)
        except (KilledWorker, CancelledError, TimeoutError, OSError):
            return "lost", None
        return answer

    def _take(self, job: _Job[Task]) -> None:
        """Take a task from its worker's seat."""
        self._seats[job.worker].jobs.remove(job)
        job.future.release()

    def _back(self, job: _Job[Task]) -> None:
        """A task whose answer is lost is given out again; nobody is to blame."""
        self._take(job)
        (self._suspects if job.deaths else self._again).append(job)

    def _jobs_at(self, worker: str) -> list[_Job[Task]]:
        return self._seats[worker].jobs if worker in self._seats else []

    def _bench(self, worker: str, fault: EnvironmentFault) -> None:
        """Use this worker no more; what waits there is given to others."""
        self._refused[worker] = fault
        for job in list(self._jobs_at(worker)):
            self._client.cancel([job.future], force=True)
            self._back(job)
        self._seats.pop(worker, None)
        self._tell("refused", {"worker": worker, "problem": fault})

    # -- who is there ------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Notice who has gone and who has come. Raises `EnvironmentFault` where nobody is left to work."""
        with self._reached():
            seen = self._client.scheduler_info().get("workers") or {}
        self._looked = time.monotonic()
        if self._client.status != "running":
            return  # what Dask remembers of the scheduler is not what is there
        there = {name: int(one["nthreads"]) for name, one in seen.items()}
        for worker in [name for name in self._seats if name not in there]:
            self._gone(worker)
        self._refused = {name: fault for name, fault in self._refused.items() if name in there}
        new = {name: n for name, n in there.items() if name not in self._seats and name not in self._refused}
        if new:
            self._welcome(new)
        if self._seats:
            self._seen = self._looked
            return
        waited = self._looked - self._seen
        if self._refused and waited > _NONE_FIT:
            raise list(self._refused.values())[-1]
        if waited > _NOBODY:
            raise EnvironmentFault("batch.cluster.no_workers", address=self._address, seconds=round(_NOBODY))

    def _gone(self, worker: str) -> None:
        """A worker died, or cannot be reached. What was there is suspected, all of it: how far it was is not known.

        What is suspected is done alone from now on, so an innocent task is suspected once.
        """
        seat = self._seats.pop(worker)
        self._tell("gone", {"worker": worker})
        for job in seat.jobs:
            self._client.cancel([job.future], force=True)
            job.deaths += 1
            if job.deaths < DEATHS:
                self._suspects.append(job)
            else:
                self._give_up(job)

    def _give_up(self, job: _Job[Task]) -> None:
        hand = self._hire(0)
        if not isinstance(hand, GivesUp):
            raise EnvironmentFault("errors.environment.process_ended")
        self._given_up.append(hand.given_up(job.task, f"{job.deaths} × KilledWorker"))

    def _welcome(self, new: Mapping[str, int]) -> None:
        """Prepare workers that were not there before; those that are not as this machine is are refused."""
        names = list(new)
        with self._reached():
            builds = self._client.run(_build_there, workers=names, on_error="return")
            same = [name for name in names if builds.get(name) == self._build]
            proofs = self._client.run(_prepare, self._run, self._hired, workers=same, on_error="return") if same else {}
        for name in names:
            build, proof = builds.get(name), proofs.get(name)
            if isinstance(build, dict) and build != self._build:
                self._refuse(name, self._build, build)
            elif isinstance(proof, dict):
                if proof == self._proof:
                    self._seats[name] = _Seat(new[name])
                else:
                    self._refuse(name, self._proof, proof)
            elif any(isinstance(one, Exception) and not isinstance(one, OSError) for one in (build, proof)):
                self._refuse(name, self._build, {})  # it has no docgen, or one that does not understand ours
            # Any other has died meanwhile, or is looked at again.

    def _refuse(self, worker: str, ours: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        what, own, other = first_difference(ours, theirs) or ("?", "", "")
        self._bench(worker, EnvironmentFault(f"batch.cluster.refused.{what}", worker=worker, own=own, other=other))

    def _tell_dashboard(self) -> None:
        with suppress(Exception):  # its address is a help, nothing more
            if "dashboard" in self._client.scheduler_info()["services"]:
                self._tell("dashboard", {"url": self._client.dashboard_link})

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (OSError, TimeoutError, CancelledError) as fault:
            self._lost(fault)
        if self._client.status == "running":
            self._connected = time.monotonic()
        elif time.monotonic() - self._connected > _CONNECT:  # Dask tries again by itself for a while
            self._lost(None)

    def _lost(self, fault: BaseException | None) -> NoReturn:
        problem = _words(fault) if fault is not None else str(self._client.status)
        raise EnvironmentFault("batch.cluster.lost", address=self._address, problem=problem) from None


# -- at the worker ---------------------------------------------------------------------------------------------------

#: What does the tasks here, by run.
_HANDS: dict[str, Hand[Any, Any]] = {}


def _build_there() -> dict[str, str]:
    return own_build()


def _prepare(run: str, hired: bytes) -> dict[str, str]:
    """Make ready for a run; what this machine sees of the folders that belong to it."""
    hire = pickle.loads(hired)
    while len(_HANDS) >= _KEPT:
        _HANDS.pop(next(iter(_HANDS)))
    _HANDS[run] = hire(os.getpid())
    proof: dict[str, str] = getattr(hire, "proof", dict)()
    return proof


def _dismiss(run: str) -> None:
    _HANDS.pop(run, None)


def _do(run: str, task: Any) -> tuple[str, Any]:
    """One task; what is wrong with it comes back as a value, since Dask has exceptions of its own."""
    hand = _HANDS.get(run)
    if hand is None:
        return "unhired", None
    try:
        return "done", hand.run(task, lambda: True)
    except MemoryError:
        os._exit(112)  # whatever the process still holds is of no use; its nanny starts another
    except DocgenError as fault:
        return "fault", fault
    except Exception as fault:  # ours; its text may hold data, so only its kind is told
        return "fault", InternalError("errors.internal.worker", kind=type(fault).__name__, place=raised_at(fault))


__all__ = ["GivesUp", "Tell", "by_cluster"]
