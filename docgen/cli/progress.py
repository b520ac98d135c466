"""One line on a terminal that says how far a long run is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

from docgen.cli import language, quiet
from docgen.i18n import message

_SECONDS_BETWEEN = 0.2


class ProgressLine:
    """One line on a terminal, over and over; nothing anywhere else."""

    def __init__(self, key: str, wanted: bool = True) -> None:
        """`key` is the message, which may use `done`, `total`, `rate` (a second) and `left` (minutes and seconds)."""
        self._key = key
        self._shown = wanted and sys.stderr.isatty() and not quiet()
        self._last = 0.0

    def show(self, done: int, total: int, seconds: float) -> None:
        """Say that `done` of `total` are done after so many `seconds`; shown a few times a second."""
        if not self._shown or seconds - self._last < _SECONDS_BETWEEN:
            return
        self._last = seconds
        rate = done / seconds
        left = (total - done) / rate if rate else 0.0
        params = {"done": done, "total": total, "rate": _rate(rate), "left": _clock(left)}
        click.echo(f"\r\x1b[K{message(self._key, language(), **params)}", err=True, nl=False)

    def clear(self) -> None:
        """Leave an empty line behind."""
        if self._shown and self._last:
            click.echo("\r\x1b[K", err=True, nl=False)


def counter(key: str) -> Callable[[int, int], None]:
    """Shows `ProgressLine` of the message `key`; to be called with how many are done, of how many."""
    line, start = ProgressLine(key), time.monotonic()

    def show(done: int, total: int) -> None:
        if done < total:
            line.show(done, total, time.monotonic() - start)
        else:
            line.clear()

    return show


def _rate(rate: float) -> float:
    return round(rate) if rate >= 10 else round(rate, 1)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
