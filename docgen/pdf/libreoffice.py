"""LibreOffice as the engine: many files a call, a profile of its own for each worker, no call that hangs for ever."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from docgen.errors import EnvironmentFault

NAME = "libreoffice"
#: The variable that names the program where it stands in no usual place.
VARIABLE = "DOCGEN_SOFFICE"
FILES_A_CALL = 50
#: What a call may take: a base for the start, and seconds for each file (0.07 s were measured).
START_SECONDS = 60.0
FILE_SECONDS = 10.0
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


class _Worker:
    """One LibreOffice profile and the files given to it."""

    def __init__(self, soffice: str, timeout: float | None) -> None:
        self.soffice = soffice
        self.timeout = timeout

    def convert(self, files: Sequence[tuple[int, bytes]]) -> dict[int, bytes]:
        """The PDF of each file that could be converted. What failed is tried once more, in a fresh profile, alone."""
        out: dict[int, bytes] = {}
        for start in range(0, len(files), FILES_A_CALL):
            out.update(self._call(files[start : start + FILES_A_CALL]))
        for item in files:
            if item[0] not in out:
                out.update(self._call([item]))
        return out

    def _call(self, files: Sequence[tuple[int, bytes]]) -> dict[int, bytes]:
        with tempfile.TemporaryDirectory(prefix="docgen-lo-", ignore_cleanup_errors=True) as folder:
            room = Path(folder)
            (room / "in").mkdir()
            (room / "out").mkdir()
            names = []
            for number, content in files:
                path = room / "in" / f"{number:06d}.docx"
                path.write_bytes(content)
                names.append(str(path))
            profile = (room / "profile").as_uri()
            _run(
                [
                    self.soffice, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck",
                    "--nodefault", "--convert-to", _FILTER, "--outdir", str(room / "out"), *names,
                ],
                self.timeout or START_SECONDS + FILE_SECONDS * len(files),
            )  # fmt: skip
            out = {}
            for number, _ in files:
                path = room / "out" / f"{number:06d}.pdf"
                content = path.read_bytes() if path.is_file() else b""
                # A call that was ended may leave a file without its end.
                if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
                    out[number] = content
            return out


def convert(
    files: Sequence[bytes], *, workers: int | None = None, timeout: float | None = None
) -> tuple[list[bytes | None], str]:
    """The PDF of each Word file (None where LibreOffice gave none, twice), and the program's version.

    `workers` calls run side by side (default: one for 25 files, no more than processors); `timeout` is for one call.
    Raises `EnvironmentFault` where there is no LibreOffice.
    """
    soffice = need_program()
    count = workers or max(1, min(os.cpu_count() or 1, (len(files) + 24) // 25))
    numbered = list(enumerate(files))
    shares = [numbered[start::count] for start in range(count)]
    with ThreadPoolExecutor(max_workers=count) as pool:
        done = list(pool.map(lambda share: _Worker(soffice, timeout).convert(share), shares))
    found: dict[int, bytes] = {}
    for part in done:
        found.update(part)
    return [found.get(number) for number in range(len(files))], engine_version(soffice)
