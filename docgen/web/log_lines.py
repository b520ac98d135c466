"""The log as one JSON object a line: what happened, when, to which id. Never a name, a value or an address of data."""

from __future__ import annotations

import datetime
import json
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from docgen.storage import environment_fault

#: Bytes of a log that is put aside when a server starts.
FULL = 4_000_000

#: What a record may say besides its words: ids, numbers and codes.
_FACTS = ("job", "packet", "dossier", "code", "kind", "failed", "status", "method", "route", "seconds", "key",
          "webhook", "event_id", "told")  # fmt: skip


class JsonLines(logging.Formatter):
    """A record as a line of JSON; of an exception only its kind and the place in the code."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        out: dict[str, object] = {
            "at": moment.isoformat(timespec="milliseconds"), "level": record.levelname.lower(),
            "logger": record.name, "event": record.getMessage(),
        }  # fmt: skip
        out |= {name: value for name in _FACTS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
            out |= {"error": type(record.exc_info[1]).__name__, "place": place}
        return json.dumps(out, ensure_ascii=False)


def log_to_stderr(level: int) -> None:
    """Write docgen's and the server's own log to standard error, as JSON lines."""
    _log_to(logging.StreamHandler(sys.stderr), level)


def log_to_file(level: int, file: Path) -> Path:
    """Write that log to the end of a file instead; the file beside it where the process of the jobs writes its own.

    What has grown too long is put aside first (`….1`). Raises `EnvironmentFault` where the disk refuses.
    """
    jobs = file.with_name(f"{file.stem}.jobs{file.suffix}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for path in (file, jobs):
            with suppress(FileNotFoundError, PermissionError):  # Windows: a process that is ending still has it open
                if path.stat().st_size > FULL:
                    os.replace(path, path.with_name(f"{path.name}.1"))
        _log_to(logging.FileHandler(file, encoding="utf-8"), level)
    except OSError as fault:
        raise environment_fault(fault, file) from fault
    return jobs


def _log_to(handler: logging.Handler, level: int) -> None:
    handler.setFormatter(JsonLines())
    for name in ("docgen", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level if name == "docgen" else logging.WARNING)
        logger.propagate = False
