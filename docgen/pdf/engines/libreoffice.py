"""LibreOffice as the engine: many files a call, a profile of its own for each worker, no call that hangs for ever."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from docgen.errors import EnvironmentFault
from docgen.pdf.drawn import Drawn, Engine, NotDrawn, Room

#: The variable that names the program where it stands in no usual place.
VARIABLE = "DOCGEN_SOFFICE"
#: Seconds between two looks for new files, and what is left to a program that is asked to end.
_GLANCE = 0.03
_FAREWELL = 0.5
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
#: PDF/A-2b, tagged; no form fields, they come from us; bookmarks as destinations, for the signature zones.
_FILTER = "pdf:writer_pdf_Export:" + json.dumps(
    {
        "SelectPdfVersion": {"type": "long", "value": "2"},
        "UseTaggedPDF": {"type": "boolean", "value": "true"},
        "ExportFormFields": {"type": "boolean", "value": "false"},
        "ExportBookmarksToPDFDestination": {"type": "boolean", "value": "true"},
    },
    separators=(",", ":"),
)


def program() -> str | None:
    """The path of LibreOffice's program, or None where there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if Path(named).is_file() else None
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return found
    return next((place for place in _PLACES if Path(place).is_file()), None)


def need_program() -> str:
    """The path of LibreOffice's program. Raises `EnvironmentFault` where there is none."""
    found = program()
    if found is None:
        raise EnvironmentFault("pdf.error.no_libreoffice", variable=VARIABLE)
    return found


def engine_version(soffice: str, timeout: float = 30.0) -> str:
    """What the program says of itself, such as `LibreOffice 7.4.7.2`; empty where it does not answer."""
    with tempfile.TemporaryDirectory(prefix="docgen-lo-") as profile:
        done = _run([soffice, f"-env:UserInstallation={Path(profile).as_uri()}", "--version"], timeout)
    return " ".join(done.split()[:2]) if done else ""


def _run(command: Sequence[str], timeout: float) -> str | None:
    """The output of `command`, or None where it did not end in time; then it and what it started are ended."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        _end(process)
        process.communicate()
        return None
    except BaseException:
        _end(process)
        process.wait()
        raise
    return out.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and its children by its own id: `soffice` is a starter whose child does the work."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        # The process was made the leader of a group of its own, so nothing else is in it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class LibreOffice(Engine):
    """LibreOffice as an engine."""

    name = "libreoffice"
    turn = 2
    files_a_call = 50
    attempts = 2
    is_process = True

    def need(self) -> None:
        """Raise `EnvironmentFault` where there is no program."""
        need_program()

    def version(self) -> str:
        """What the program says of itself. Raises `EnvironmentFault` where there is none."""
        return engine_version(need_program())

    def draw(self, files: Sequence[tuple[int, bytes]], room: Room) -> Iterator[tuple[int, Drawn | NotDrawn]]:
        """Draw `files` in one call, with a profile of its own; each is given when it is there.

        Raises `EOFError` where nobody waits any more.
        """
        soffice = need_program()
        with room.folder() as own:
            folder = Path(own)
            (folder / "in").mkdir()
            _closed_off(folder / "profile")
            names = []
            for number, content in files:
                path = folder / "in" / f"{number:09d}.docx"
                path.write_bytes(content)
                names.append(str(path))
            process = subprocess.Popen(
                [
                    soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
                    "--nolockcheck", "--nodefault", "--convert-to", _FILTER, "--outdir", str(folder / "out"), *names,
                ],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                # A worker and what it starts are ended together; without a worker the call is a group of its own.
                start_new_session=os.name == "posix" and room.seconds is not None,
            )  # fmt: skip
            try:
                yield from _collect(process, [number for number, _ in files], folder / "out", room)
            finally:
                _stop(process, room)


#: What the profile of every call says: follow no link, and whatever asks the network all the same finds a proxy that is
#: not there (port 9 is the one that discards).
_SETTINGS = (
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    *(("Inet/Settings", f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *(("Inet/Settings", f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


def _closed_off(profile: Path) -> None:
    """Write the settings of a profile in which nothing is fetched."""
    (profile / "user").mkdir(parents=True)
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        f"</prop></item>\n"
        for path, name, value in _SETTINGS
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{items}</oor:items>\n"
    )
    (profile / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")


def _collect(
    process: subprocess.Popen[bytes], numbers: Sequence[int], out: Path, room: Room
) -> Iterator[tuple[int, Drawn | NotDrawn]]:
    """The PDF files as they appear in `out`, and what is to be said of those that do not."""
    waiting = list(numbers)
    given: list[int] = []
    since = time.monotonic()
    hangs = False
    while not hangs:
        ended = process.poll() is not None
        for number in list(waiting):
            path = out / f"{number:09d}.pdf"
            if path.is_file() and _is_whole(content := path.read_bytes()):
                path.unlink()
                waiting.remove(number)
                given.append(number)
                yield number, Drawn(content)
                since = time.monotonic()
        if ended:
            break
        if not room.alive():
            raise EOFError
        hangs = room.seconds is not None and time.monotonic() - since > room.seconds
        time.sleep(_GLANCE)
    # LibreOffice goes from file to file: what stands before one that came out has failed by itself. The first one
    # after the last that came out may have ended the call; those behind it were never come to.
    last = max((numbers.index(number) for number in given), default=-1)
    behind = [number for number in waiting if numbers.index(number) > last]
    never = set(behind[1:]) if given or hangs else set()
    for number in waiting:
        if number not in never:
            hung = hangs and number in behind
            yield number, NotDrawn.late(room.seconds or 0) if hung else NotDrawn.because(LibreOffice.name)


def _is_whole(pdf: bytes) -> bool:
    """Whether a PDF is there to its end: a call that was ended may leave one without."""
    return pdf.startswith(b"%PDF-") and b"%%EOF" in pdf[-1024:]


def _stop(process: subprocess.Popen[bytes], room: Room) -> None:
    """End the call where it still runs, and wait for it."""
    if process.poll() is not None:
        return
    if room.seconds is not None or sys.platform == "win32":
        _end(process)
    elif os.getpgid(0) == os.getpid():
        # In a worker, which will end its whole group; the program gets a moment to let go of its files.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
        time.sleep(_FAREWELL)
        process.kill()
    process.wait()
