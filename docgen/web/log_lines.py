"""The log as one JSON object a line: what happened, when, to which id. Never a name, a value or an address of data."""

from __future__ import annotations

import datetime
import json
import logging
import sys

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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("docgen", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level if name == "docgen" else logging.WARNING)
        logger.propagate = False
