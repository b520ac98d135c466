"""Many files: their order, what a bad one costs, how far the input is read, and that nothing is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from pdf_stand_ins import StandIn, alive, convert_in_a_daemon, logged, processes, word

from docgen import crew
from docgen.crew import Crew, News
from docgen.errors import EnvironmentFault, UsageError
from docgen.pdf import FileResult, convert, convert_stream, pdf_text

HERE = Path(__file__).parent
METHODS = [pytest.param("fork", marks=pytest.mark.serial), "spawn"]
posix = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def run(texts: list[str], engine: StandIn, workers: int = 2, timeout: float | None = 60.0) -> list[FileResult]:
    files = ((text, word(text)) for text in texts)
    return list(convert_stream(files, engine.name, workers=workers, timeout=timeout, engines={engine.name: engine}))


def codes(one: FileResult) -> list[str]:
    return [finding.code for finding in one.findings]


@pytest.mark.parametrize("method", METHODS)
def test_results_come_in_order_and_are_what_one_process_gives(
    log: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(crew, "start_method", lambda: method)
    texts = ["SLOW một", *(f"tệp {number}" for number in range(12))]
    results = run(texts, StandIn(log))
    assert [one.name for one in results] == texts
    assert sorted(logged(log)) == sorted(texts)
    assert len(processes(log)) == 2
    assert os.getpid() not in processes(log)
    for one in results[1:4]:
        assert one.pdf is not None
        assert one.name in pdf_text(one.pdf)
        assert one.pdf == convert([(one.name, word(one.name))], "rdocx").pdfs[one.name]
        assert (one.findings, one.pages, one.engine, one.version) == ([], 1, "rdocx", "rdocx 0")


@posix
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("deed", "code", "how"),
    [
        ("HANG", "pdf.convert.timeout", {"seconds": 6}),
        ("KILL", "pdf.convert.died", {"how": "SIGKILL"}),
        ("ABORT", "pdf.convert.died", {"how": "SIGABRT"}),
        ("SEGFAULT", "pdf.convert.died", {"how": "SIGSEGV"}),
        ("EXIT", "pdf.convert.died", {"how": "exit 0"}),
        ("MEMORY", "pdf.convert.died", {"how": "MemoryError"}),
        ("BUG", "pdf.convert.failed", {"problem": "ZeroDivisionError"}),
        ("REFUSE", "pdf.convert.failed", {"problem": "refused"}),
    ],
)
def test_a_bad_file_costs_itself_and_no_other(
    log: Path, monkeypatch: pytest.MonkeyPatch, method: str, deed: str, code: str, how: dict[str, object]
) -> None:
    monkeypatch.setattr(crew, "start_method", lambda: method)
    texts = [f"{deed} nó" if number in (2, 5) else f"tệp {number}" for number in range(9)]
    texts[5] += " lần nữa"
    results = run(texts, StandIn(log), timeout=6)
    assert [one.name for one in results] == texts
    for number, one in enumerate(results):
        if number in (2, 5):
            assert one.pdf is None
            assert [(f.code, f.severity, f.place.file, f.params) for f in one.findings] == [
                (code, "error", one.name, how)
            ]
        else:
            assert one.pdf is not None
            assert one.findings == []
    # Nothing was done twice, and every process is gone.
    assert sorted(logged(log)) == sorted(texts)
    assert not [process for process in processes(log) if alive(process)]


@posix
@pytest.mark.parametrize(("deed", "place"), [("KILL", 0), ("KILL", 3), ("HANG", 3), ("REFUSE", 7), ("BUG", 3)])
def test_of_a_call_for_many_files_only_the_bad_one_is_tried_again_and_alone(log: Path, deed: str, place: int) -> None:
    texts = [f"{deed} nó" if number == place else f"tệp {number}" for number in range(8)]
    engine = StandIn(log, "libreoffice", files_a_call=8, attempts=2)
    results = run(texts, engine, workers=1, timeout=3)
    assert [one.name for one in results if one.pdf is None] == [f"{deed} nó"]
    assert [codes(one) for one in results if one.pdf] == [[]] * 7
    begun = logged(log, "libreoffice")
    assert {text: begun.count(text) for text in texts} == {text: 2 if deed in text else 1 for text in texts}


def test_the_library_that_is_missing_in_a_worker_ends_the_run(log: Path) -> None:
    with pytest.raises(EnvironmentFault, match="extra_missing"):
        run(["tệp 1", "LIBRARY", "tệp 2"], StandIn(log))


def test_what_is_no_word_file_is_a_finding(log: Path) -> None:
    files = [("a", word("a")), ("rác", b"rubbish"), ("b", word("b"))]
    results = list(convert_stream(files, "rdocx", engines={"rdocx": StandIn(log)}))
    assert [codes(one) for one in results] == [[], ["pdf.file.unreadable"], []]


def test_texts_that_must_be_there_besides_are_looked_for(log: Path) -> None:
    files = [("a", word("chữ có"), ["chữ có"]), ("b", word("chữ có"), ["chữ không có"])]
    results = list(convert_stream(files, "rdocx", engines={"rdocx": StandIn(log)}))
    assert [codes(one) for one in results] == [[], ["pdf.text.lost"]]


def test_with_auto_only_the_file_that_lost_something_is_drawn_by_the_other_engine(log: Path) -> None:
    engines = {"rdocx": StandIn(log, is_lossy=True), "libreoffice": StandIn(log, "libreoffice", 8, 2)}
    texts = ["tệp 0", "LOSE chữ", "REFUSE cả hai", "tệp 3"]
    results = list(convert_stream([(text, word(text)) for text in texts], "auto", engines=engines))
    assert [one.engine for one in results] == ["rdocx", "libreoffice", "rdocx", "rdocx"]
    assert [(f.code, f.severity) for f in results[1].findings] == [("pdf.engine.other", "info")]
    assert results[1].version == "libreoffice 0"
    assert codes(results[2]) == ["pdf.convert.failed"]
    assert set(logged(log, "libreoffice")) == {"LOSE chữ", "REFUSE cả hai"}


def test_the_input_is_read_no_further_than_there_is_room(log: Path) -> None:
    read = 0

    def endless() -> Iterator[tuple[str, bytes]]:
        nonlocal read
        for number in count():
            read += 1
            yield str(number), word(f"tệp {number}")

    stream = convert_stream(endless(), "rdocx", workers=2, engines={"rdocx": StandIn(log)})
    most = 0
    for given, _ in enumerate(islice(stream, 40), start=1):
        most = max(most, read - given)
    # Two workers, four files each in flight.
    assert 1 <= most <= 8
    before = read
    time.sleep(1)
    assert read == before
    stream.close()  # type: ignore[attr-defined]
    assert not [process for process in processes(log) if alive(process)]


def test_one_that_is_slow_does_not_let_the_others_run_away(log: Path) -> None:
    read = 0

    def endless() -> Iterator[tuple[str, bytes]]:
        nonlocal read
        for number in count():
            read += 1
            yield str(number), word("HANG" if number == 0 else f"tệp {number}")

    stream = convert_stream(endless(), "rdocx", workers=2, timeout=6, engines={"rdocx": StandIn(log)})
    assert codes(next(stream)) == ["pdf.convert.timeout"]
    # The other worker had time for many more.
    assert 4 < read <= 8
    stream.close()  # type: ignore[attr-defined]


def test_no_more_processes_than_files_and_none_for_a_single_one(log: Path) -> None:
    run(["một"], StandIn(log), workers=8, timeout=None)
    assert processes(log) == {os.getpid()}
    run(["một", "hai"], StandIn(log), workers=8)
    assert len(processes(log) - {os.getpid()}) == 2
    log.unlink()
    # Who asks for a time limit is protected, whatever the number.
    assert codes(run(["HANG"], StandIn(log), timeout=2)[0]) == ["pdf.convert.timeout"]


def test_a_process_that_must_have_no_children_does_it_alone(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = multiprocessing.get_context("spawn").Process(target=convert_in_a_daemon, args=(log, out), daemon=True)
    process.start()
    process.join(60)
    assert out.read_text(encoding="utf-8") == "0 1 2"
    assert len(processes(log)) == 1


def test_an_unknown_engine_is_told_at_once(log: Path) -> None:
    with pytest.raises(UsageError, match="unknown_engine"):
        convert_stream([], "word")


@posix
class TestTheEndOfARun:
    def _start(self, log: Path, tmp_path: Path, timeout: float, *texts: str) -> subprocess.Popen[bytes]:
        folder = tmp_path / "tmp"
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, str(HERE / "pdf_stand_ins.py"), str(log), str(timeout), *texts],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(folder)},
        )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end and len(logged(log)) < len(texts):
            time.sleep(0.05)
        assert len(logged(log)) == len(texts)
        return process

    def test_ctrl_c_ends_all_at_once_and_leaves_nothing(self, log: Path, tmp_path: Path) -> None:
        process = self._start(log, tmp_path, 300, "HANG một", "HANG hai")
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert time.monotonic() - start < 10
        assert len(processes(log)) == 2
        assert not [worker for worker in processes(log) if alive(worker)]
        assert list((tmp_path / "tmp").iterdir()) == []

    def test_when_the_parent_is_killed_the_workers_end_by_themselves(self, log: Path, tmp_path: Path) -> None:
        process = self._start(log, tmp_path, 2, "tệp một", "tệp hai", "HANG ba")
        process.kill()
        process.communicate(timeout=30)
        workers = processes(log)
        assert len(workers) == 2
        # Also the one that hangs: after a while its own clock ends it.
        assert not [worker for worker in workers if alive(worker, 15)]

    def test_also_where_a_stranger_holds_their_pipes(self, log: Path, tmp_path: Path) -> None:
        """Something else that the program has forked: the workers then do not see their pipes close."""
        code = (
            "import os, sys, time\nfrom pathlib import Path\nfrom pdf_stand_ins import StandIn, word\n"
            "from docgen.pdf import convert_stream\n"
            "if __name__ == '__main__':\n"
            "    files = [(str(n), word(f'tệp {n}')) for n in range(2)]\n"
            "    stream = convert_stream(files, 'rdocx', workers=2, engines={'rdocx': StandIn(Path(sys.argv[1]))})\n"
            "    next(stream), next(stream)\n"
            "    if os.fork() == 0: time.sleep(60); os._exit(0)\n"
            "    print('ready', flush=True); time.sleep(60)\n"
        )
        path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(log)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        workers = processes(log)
        assert len(workers) == 2
        process.kill()
        process.wait()
        try:
            assert not [worker for worker in workers if alive(worker, 10)]
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # the stranger
            process.stdout.close()


@posix
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_libreoffice_ends_with_the_run(tmp_path: Path, end: signal.Signals) -> None:
    """A program in the place of LibreOffice, with a child that goes on for ever."""
    program, pids, folder = tmp_path / "soffice", tmp_path / "pids", tmp_path / "tmp"
    # It does not listen when it is asked to end.
    start = 'trap "" TERM\ncase "$*" in *--version*) exit 0;; esac\n'
    body = f"{start}echo $$ >> {pids}\nsleep 300 & echo $! >> {pids}\nwait\n"
    program.write_text("#!/bin/sh\n" + body, encoding="utf-8")
    program.chmod(0o755)
    folder.mkdir()
    code = (
        "import signal\nfrom pdf_stand_ins import word\nfrom docgen.pdf import convert_stream\n"
        "if __name__ == '__main__':\n"
        # whoever starts the tests in the background makes them deaf to Ctrl-C
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    list(convert_stream([('a', word('a')), ('b', word('b'))], 'libreoffice', workers=1))\n"
    )
    (tmp_path / "run.py").write_text(code, encoding="utf-8")
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "TMPDIR": str(folder), "DOCGEN_SOFFICE": str(program), "PYTHONPATH": path}
    process = subprocess.Popen([sys.executable, str(tmp_path / "run.py")], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (pids.exists() and len(pids.read_text().split()) == 2):
        time.sleep(0.05)
    process.send_signal(end)
    process.wait(30)
    found = [int(pid) for pid in pids.read_text().split()]
    assert len(found) == 2
    assert not [pid for pid in found if alive(pid, 10)]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and list(folder.iterdir()):
        time.sleep(0.1)
    assert list(folder.iterdir()) == []


@posix
def test_libreoffice_that_hangs_over_one_file_of_many_costs_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    """A program that copies ready pages, hangs at the third file and leaves a child behind."""
    ready = tmp_path / "ready.pdf"
    ready.write_bytes(convert([("a", word("chữ"))], "rdocx").pdfs["a"])
    program, pids = tmp_path / "soffice", tmp_path / "pids"
    program.write_text(
        "#!/bin/sh\n"
        'case "$*" in *--version*) echo LibreOffice 9.9; exit 0;; esac\n'
        'while [ "$1" != --outdir ]; do shift; done\nout=$2; shift 2; mkdir -p "$out"\n'
        'for file in "$@"; do name=$(basename "$file" .docx); echo $name >> ' + str(log) + "\n"
        f'case $name in *2) sleep 300 & echo $! >> {pids}; wait;; esac\ncp {ready} "$out/$name.pdf"; done\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("DOCGEN_SOFFICE", str(program))
    files = [(str(number), word("chữ")) for number in range(6)]
    results = list(convert_stream(files, "libreoffice", workers=1, timeout=3))
    assert [codes(one) for one in results] == [["pdf.convert.timeout"] if n == 2 else [] for n in range(6)]
    assert {one.version for one in results} == {"LibreOffice 9.9"}
    begun = [int(name) for name in log.read_text().split()]
    assert [begun.count(number) for number in range(6)] == [1, 1, 2, 1, 1, 1]
    assert not [pid for pid in map(int, pids.read_text().split()) if alive(pid)]


class TestTheCrew:
    def test_a_process_that_cannot_even_start_is_told(self) -> None:
        with Crew(cannot_start, 1) as hands:
            hands.give("việc")
            with pytest.raises(EnvironmentFault, match="worker_start"):
                list(hands.hear())

    def test_no_fork_beside_threads(self) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        try:
            assert crew.start_method() == "spawn"
        finally:
            stop.set()
            thread.join()

    @posix
    def test_a_worker_that_dies_while_it_rests_costs_nothing(self) -> None:
        with Crew(speaks, 1) as hands:
            worker = hands.give(1)
            while hands.is_busy:
                list(hands.hear())
            os.kill(worker.process.pid, signal.SIGKILL)
            worker.process.join(10)
            hands.give(1)
            heard: list[object] = []
            while hands.is_busy:
                heard += [message for _, message in hands.hear()]
        assert heard == [News.READY, 0, News.FREE]

    def test_a_word_in_time_winds_the_clock(self) -> None:
        with Crew(speaks, 1) as hands:
            hands.give(6, seconds=2.0)
            heard: list[object] = []
            while hands.is_busy:
                heard += [message for _, message in hands.hear()]
        assert heard == [News.READY, *range(6), News.FREE]


def cannot_start(number: int, alive: crew.Alive) -> crew.Work:
    os._exit(3)


def speaks(number: int, alive: crew.Alive) -> crew.Work:
    def work(times: int) -> Iterator[int]:
        for one in range(times):
            time.sleep(0.5)
            yield one

    return work


def test_the_next_engine_may_begin_before_the_first_worker_is_done(log: Path) -> None:
    """The order of messages that two workers can give: the second is at the file before the first one is free."""
    from docgen.model import Finding, Place
    from docgen.pdf.stream import _Desk
    from docgen.pdf.work import At, Made

    engines = {"rdocx": StandIn(log), "libreoffice": StandIn(log, "libreoffice")}
    desk = _Desk(iter([("tệp", word("tệp"))]), list(engines), engines, 2, None)
    first = desk.next_task()
    assert first is not None
    desk.take(first, At(0))
    lost = Finding("pdf.text.lost", "error", Place("tệp"), {"text": "x"})
    desk.take(first, Made(0, FileResult("tệp", b"%PDF-", "rdocx", findings=[lost])))
    second = desk.next_task()
    assert second is not None
    assert second.engine == "libreoffice"
    desk.end(first)
    desk.take(second, At(0))
    desk.take(second, Made(0, FileResult("tệp", b"%PDF-2", "libreoffice")))
    desk.end(second)
    assert [one.pdf for one in desk.ready()] == [b"%PDF-2"]
