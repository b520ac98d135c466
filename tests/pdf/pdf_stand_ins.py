"""Stand-ins for an engine that do to chosen files what real converters do on bad days, and files to choose.

They stand in a module of their own, so that processes that cannot be forked can import them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docgen.errors import EnvironmentFault
from docgen.pdf import convert_stream
from docgen.pdf.drawn import Drawn, Engine, NotDrawn, Room
from docgen.pdf.engines.rdocx import draw
from docgen.word.after.written import paragraphs
from docgen.word.write.pages import Page


def word(text: str) -> bytes:
    """A Word file of one paragraph."""
    page = Page()
    page.paragraph(text)
    return page.docx("thử", {})


def _memory() -> None:
    raise MemoryError


def _bug() -> None:
    raise ZeroDivisionError


def _no_library() -> None:
    raise EnvironmentFault("errors.environment.extra_missing", library="x", extra="pdf")


#: What a file whose text begins so makes of the process that draws it.
DEEDS: Mapping[str, Callable[[], object]] = {
    "HANG": lambda: time.sleep(600),
    "KILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "ABORT": os.abort,
    "SEGFAULT": lambda: ctypes.string_at(0),
    "EXIT": lambda: os._exit(0),
    "MEMORY": _memory,
    "SLOW": lambda: time.sleep(0.7),
    "BUG": _bug,
    "LIBRARY": _no_library,
}


@dataclass(frozen=True, slots=True)
class StandIn(Engine):
    """Draws like rdocx, but for the files that are named in `DEEDS`; notes each file it begins in `log`."""

    log: Path
    name: str = "rdocx"
    files_a_call: int = 1
    attempts: int = 1
    turn: int = 1
    redraws: bool = False
    is_lossy: bool = False

    def need(self) -> None:
        """Always there."""

    def version(self) -> str:
        """Some version."""
        return f"{self.name} 0"

    def draw(self, files: Sequence[tuple[int, bytes]], room: Room) -> Iterator[tuple[int, Drawn | NotDrawn]]:
        """Draw, or do the deed."""
        for number, docx in files:
            text = paragraphs(docx)[0]
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{self.name} {text} {os.getpid()}\n")
            deed = text.split(" ")[0]
            if deed == "REFUSE":
                yield number, NotDrawn.because("refused")
                continue
            if deed in DEEDS:
                DEEDS[deed]()
            shown = word("khác hẳn") if deed == "LOSE" and self.is_lossy else docx
            yield number, draw(shown)


def logged(log: Path, engine: str = "rdocx") -> list[str]:
    """The texts of the files that were begun, in that order."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [line.split(" ", 1)[1].rsplit(" ", 1)[0] for line in lines if line.startswith(f"{engine} ")]


def processes(log: Path) -> set[int]:
    """The processes that began files."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return {int(line.rsplit(" ", 1)[1]) for line in lines}


def alive(process: int, seconds: float = 5.0) -> bool:
    """Whether a process is still there after waiting for its end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def convert_in_a_daemon(log: Path, out: Path) -> None:
    """What a worker of `multiprocessing.Pool` does, which must have no children."""
    files = [(str(number), word(f"tệp {number}")) for number in range(3)]
    results = list(convert_stream(files, "rdocx", engines={"rdocx": StandIn(log)}))
    out.write_text(" ".join(one.name for one in results if one.pdf), encoding="utf-8")


def main() -> None:
    """`python pdf_stand_ins.py LOG TIMEOUT TEXT…`: convert, until somebody ends it."""
    log, timeout, *texts = sys.argv[1:]
    files = ((text, word(text)) for text in texts)
    for one in convert_stream(files, "rdocx", workers=2, timeout=float(timeout), engines={"rdocx": StandIn(Path(log))}):
        print(one.name, flush=True)


if __name__ == "__main__":
    # Whoever starts the tests in the background makes them deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
