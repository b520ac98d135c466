"""Many files to PDF: a worker process a core, each file's loss its own, memory that does not grow with their number.

    for one in convert_stream(((path.name, path.read_bytes()) for path in folder), "auto"):
        one.name, one.pdf, one.zones, one.findings

The workers draw, finish, measure and check; this process reads on only while there is room, and gives the results in
the order of the files.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from docgen.crew import Crew, News, Worker, may_hire, processors
from docgen.model import Finding, Place, has_errors
from docgen.pdf.choice import ENGINE, choose_engine, second_engine
from docgen.pdf.drawn import Engine, NotDrawn, clear
from docgen.pdf.work import (
    UNREADABLE,
    After,
    At,
    FileResult,
    Item,
    Made,
    Message,
    Studio,
    Task,
    not_made,
)

#: Seconds a file may take: a base, and more for a large Word file (a table of 2,000 rows, 400 pages, is 0.4 MB: 35 s).
FILE_SECONDS = 120.0
_BYTES_A_SECOND = 4_000
#: Files in flight for each worker: enough that one slow file does not stop the others at once.
_AHEAD = 4
#: A call of an engine that takes many files is not worth it for fewer than this, where there are more.
_SMALLEST_CALL = 25

#: A name, a Word file, and texts that its PDF must hold beside those of the file.
Source = tuple[str, bytes] | tuple[str, bytes, Sequence[str]]


def convert_stream(
    files: Iterable[Source],
    engine: str = "auto",
    *,
    workers: int | None = None,
    timeout: float | None = None,
    after: After | None = None,
    mark: str | None = None,
    engines: Mapping[str, Engine] = ENGINE,
    own: bool = False,
) -> Generator[FileResult, None, None]:
    """Each Word file as PDF/A-2b, one result a file, in the order of `files`.

    `files` may be lazy and endless: it is read on only while fewer than a few files for each worker are in flight.
    Each is (name, docx) or (name, docx, texts), with texts its PDF must hold beside those of the Word file.
    `engine` as for `choose_engine`; with `auto` LibreOffice, where it is there, draws what the embedded engine loses,
    file by file, and a finding of severity info says so. `workers` is the number of processes (default: the
    processors), never more than files. `timeout` is the seconds one file may take (default: 120, more for large
    files). `after` is done in the worker with each finished PDF and its zones, `mark` puts a mark into it
    (`docgen.pdf.mark`); both must be importable where processes cannot be forked. `engines` replaces the engines.
    With `own` (what docgen made of a dossier) a file may be as long as it is; any other is refused where it is too long
    (`docgen.word.after.drawing_cost`).

    Nothing about one file is raised: what is no Word file, what an engine cannot draw, what hangs or ends the process
    is a finding of severity error in its result, and `pdf` is None. A single file without `timeout` is drawn in this
    process. Raises `UsageError` for an unknown engine, `EnvironmentFault` where it is missing or the disk refuses, and
    whatever reading `files` raises. Closing the iterator ends all processes at once.
    """
    first = choose_engine(engine, engines)
    plan = [name for name in (first, second_engine(engine, first, engines)) if name]
    studio = Studio({name: engines[name] for name in plan}, secrets.token_hex(4), after, mark, own=own)
    return _run(iter(files), plan, studio, workers or processors(), timeout)


def _run(
    files: Iterator[Source], plan: Sequence[str], studio: Studio, size: int, timeout: float | None
) -> Generator[FileResult, None, None]:
    head = list(islice(files, 2))
    files = chain(head, files)
    # A single file is not worth a process, nor is an engine that is one already, and watched.
    alone = len(head) < 2 and (timeout is None or studio.engines[plan[0]].is_process)
    desk = _Desk(files, plan, studio.engines, size, timeout)
    if alone or not may_hire():
        yield from _here(desk, studio)
    else:
        try:
            yield from _shared(desk, studio, size)
        finally:
            # The workers are gone, perhaps in the midst of their work.
            clear(studio.token)


def _here(desk: _Desk, studio: Studio) -> Iterator[FileResult]:
    """All files in this process."""
    while (task := desk.next_task()) is not None:
        try:
            for message in replace(studio, seconds=desk.seconds(task)).work(task, lambda: True):
                desk.take(task, message)
        except MemoryError:
            desk.lose(task, "pdf.convert.died", {"how": MemoryError.__name__})
        else:
            desk.end(task)
        yield from desk.ready()


def _shared(desk: _Desk, studio: Studio, size: int) -> Iterator[FileResult]:
    """All files by up to `size` worker processes."""
    with Crew(studio, size) as crew:
        while True:
            while crew.has_room and (task := desk.next_task()) is not None:
                crew.give(task, desk.seconds(task))
            if not crew.is_busy:
                return
            for worker, message in crew.hear():
                if message is News.GONE or message is News.LATE:
                    clear(studio.token, worker.process.pid)
                    desk.lose(worker.task, *_why(worker, message))
                elif message is News.FREE:
                    desk.end(worker.task)
                elif not isinstance(message, News):
                    desk.take(worker.task, message)
            yield from desk.ready()


def _why(worker: Worker, news: News) -> tuple[str, Mapping[str, object]]:
    if news is News.LATE:
        late = NotDrawn.late(worker.seconds or 0)
        return late.code, late.params
    return "pdf.convert.died", {"how": worker.ended()}


@dataclass(slots=True)
class _Entry:
    """A file in flight: which engine of the plan has it, how often that one has tried, what an earlier one gave."""

    item: Item
    engine: int = 0
    tries: int = 0
    other: FileResult | None = None


class _Desk:
    """The files in flight: what to do next, what came of it, what may be handed out."""

    def __init__(
        self, files: Iterator[Source], plan: Sequence[str], engines: Mapping[str, Engine], size: int,
        timeout: float | None,
    ) -> None:  # fmt: skip
        self._files, self._plan, self._engines = enumerate(files), plan, engines
        self._size, self._timeout = size, timeout
        self._call = engines[plan[0]].files_a_call
        self._window = size * (_AHEAD if self._call == 1 else 2 * self._call)
        self._all_read = False
        self._entries: dict[int, _Entry] = {}
        self._stock: deque[Item] = deque()
        self._again: deque[Task] = deque()
        self._done: dict[int, FileResult] = {}
        self._next = 0
        #: Of each task that is being done: the files not told of yet, in order, and the present one.
        self._open: dict[int, tuple[dict[int, Item], list[int]]] = {}
        self._versions: dict[str, str] = {}

    def next_task(self) -> Task | None:
        """What a free worker should do; None where there is nothing, or no room for more."""
        task = self._again.popleft() if self._again else self._new_task()
        if task is not None:
            self._open[_key(task)] = ({item.number: item for item in task.items}, [])
        return task

    def _new_task(self) -> Task | None:
        self._read()
        count = len(self._stock)
        if not count:
            return None
        if self._all_read:
            # The rest in equal parts, none of them too small to be worth a call.
            count = -(-count // min(self._size, -(-count // _SMALLEST_CALL)))
        count = min(self._call, count)
        return self._task(0, [self._stock.popleft() for _ in range(count)])

    def _task(self, engine: int, items: Sequence[Item]) -> Task:
        return Task(self._plan[engine], items)

    def _read(self) -> None:
        """Read on, where there is room for as many files as a call takes."""
        room = self._window - len(self._entries) - len(self._done)
        if self._all_read or self._stock or room < self._call:
            return
        wanted = 1 if self._call == 1 else min(room, self._call * self._size)
        for number, (name, docx, *texts) in islice(self._files, wanted):
            item = Item(number, name, docx, texts[0] if texts else ())
            self._entries[number] = _Entry(item)
            self._stock.append(item)
        self._all_read = len(self._stock) < wanted

    def seconds(self, task: Task) -> float:
        """How long a worker may go on with `task` without a word."""
        if self._timeout is not None:
            return self._timeout
        return FILE_SECONDS + max(len(item.docx) for item in task.items) / _BYTES_A_SECOND

    def take(self, task: Task, message: Message) -> None:
        """Note what a worker says of a file of `task`."""
        waiting, present = self._open[_key(task)]
        if isinstance(message, At):
            present[:] = [] if message.number is None else [message.number]
            return
        waiting.pop(message.number)
        if isinstance(message, Made):
            self._made(message.number, message.result)
        else:
            self._failed(message.number, message.code, message.params)

    def end(self, task: Task) -> None:
        """Note that a worker is done with `task`: what it did not come to is asked for again."""
        waiting, _ = self._open.pop(_key(task))
        if len(waiting) == len(task.items):
            for number in waiting:
                silent = NotDrawn.because(task.engine)
                self._failed(number, silent.code, silent.params)
        elif waiting:
            self._again.append(task._replace(items=list(waiting.values())))

    def lose(self, task: Task, code: str, params: Mapping[str, object]) -> None:
        """Note that a worker was lost over `task`: over the file it was at, else over the first it had not come to."""
        waiting, present = self._open.pop(_key(task))
        if not waiting:
            return
        lost = next((number for number in present if number in waiting), next(iter(waiting)))
        del waiting[lost]
        if waiting:
            self._again.append(task._replace(items=list(waiting.values())))
        self._failed(lost, code, params)

    def ready(self) -> Iterator[FileResult]:
        """The results whose turn it is."""
        while self._next in self._done:
            yield self._done.pop(self._next)
            self._next += 1

    def _made(self, number: int, result: FileResult) -> None:
        entry = self._entries[number]
        if entry.other is not None and has_errors(result.findings):
            result = entry.other
        elif entry.other is not None:
            told: dict[str, object] = {"engine": entry.other.engine, "other": result.engine}
            result.findings.append(Finding("pdf.engine.other", "info", Place(result.name), told))
        elif has_errors(result.findings) and result.findings[0].code != UNREADABLE and self._next_engine(entry, result):
            return
        self._finish(number, result)

    def _failed(self, number: int, code: str, params: Mapping[str, object]) -> None:
        """Try a file again, alone, or with the next engine, or give it up."""
        entry = self._entries[number]
        entry.tries += 1
        engine = self._plan[entry.engine]
        if entry.tries < self._engines[engine].attempts:
            self._again.append(self._task(entry.engine, [entry.item]))
            return
        result = not_made(entry.item.name, engine, Finding(code, "error", Place(entry.item.name), dict(params)))
        if entry.other is not None:
            self._finish(number, entry.other)
        elif not self._next_engine(entry, result):
            self._finish(number, result)

    def _next_engine(self, entry: _Entry, result: FileResult) -> bool:
        """Give the file to the next engine of the plan; False where there is none."""
        if entry.engine + 1 >= len(self._plan):
            return False
        entry.engine, entry.tries, entry.other = entry.engine + 1, 0, result
        self._again.append(self._task(entry.engine, [entry.item]))
        return True

    def _finish(self, number: int, result: FileResult) -> None:
        if result.engine not in self._versions:
            self._versions[result.engine] = self._engines[result.engine].version()
        result.version = self._versions[result.engine]
        del self._entries[number]
        self._done[number] = result


def _key(task: Task) -> int:
    """What tells a task from another of the same file: the next engine may be at it before the first worker is done."""
    return id(task)
