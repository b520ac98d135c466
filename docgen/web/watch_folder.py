"""The watch folder: a dossier that is put into it comes out with its packet, or with what is wrong, beside it.

A file is taken when two looks saw the same size and time: before that somebody is still writing it. It is moved before
it is read, into a folder of its own below `.dang-lam`, which counts how often it was begun; it is moved to the way out
as the last thing. So a server that is killed at any moment loses no file and leaves none half done: what was in hand is
done again, with the same names. Nobody is told by the system of a new file on a network share: it is looked for.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO

from docgen.errors import DocgenError, EnvironmentFault, InputError, UsageError
from docgen.i18n import message
from docgen.model import Finding, Place
from docgen.signing.bundle import zip_packet
from docgen.storage import clear_parts, environment_fault, hold, json_bytes, open_whole, write_whole
from docgen.validation.report import render_text
from docgen.web.bounds import glanced
from docgen.web.settings import Settings

LOG = logging.getLogger("docgen.web.watch")
#: Seconds between two looks into the folder.
PAUSE = 2.0
WORK = ".dang-lam"
#: What a dossier comes in.
KINDS = frozenset({".json", ".xlsx", ".xlsm"})
#: Files of programs that are writing, or that are no dossiers by their names.
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_CLAIMED = re.compile(r"([0-9a-f]{16})\.(\d)\Z")
#: A name is shortened to so many bytes: what is put beside the file has a longer one, and 255 is the end.
_NAME = 180


class WatchFolder:
    """Takes files from `inbox` and puts them, with what came of them, into `outbox`; one at a time."""

    def __init__(self, settings: Settings, inbox: Path, outbox: Path) -> None:
        self.settings, self.inbox, self.outbox = settings, inbox, outbox
        self._seen: dict[str, tuple[int, int]] = {}
        self._looked = -PAUSE
        self._rest = 0.0
        self._in_hand: Path | None = None
        self._held: IO[bytes] | None = None
        self._lock = threading.Lock()

    def step(self) -> bool:
        """Do the next file; False where none is ready. Raises `EnvironmentFault` where a folder cannot be used."""
        if time.monotonic() < self._rest:
            return False
        try:
            self._prepare()
            claimed = next(self._claimed(), None) or self._claim()
            if claimed is None:
                return False
            self._handle(claimed)
        except OSError as fault:
            raise environment_fault(fault, self.inbox) from fault
        return True

    def give_back(self) -> None:
        """The server ends: what is in hand was not tried."""
        with self._lock, contextlib.suppress(OSError):
            if self._in_hand is not None:
                number, tries = self._in_hand.name.split(".")
                self._in_hand.rename(self._in_hand.with_name(f"{number}.{max(int(tries) - 1, 0)}"))
                self._in_hand = None

    def close(self) -> None:
        """Let another process have the folder."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def _prepare(self) -> None:
        if self._held is None:  # another process that still works here is waited for
            self._held = hold(self.settings.data / "watch.lock", self.inbox, 0.2)
        (self.inbox / WORK).mkdir(parents=True, exist_ok=True)
        self.outbox.mkdir(parents=True, exist_ok=True)

    def _claimed(self) -> Iterator[Path]:
        """The folders of files that were begun, by their names."""
        for folder in sorted((self.inbox / WORK).iterdir()):
            if _CLAIMED.match(folder.name):
                yield folder

    def _claim(self) -> Path | None:
        """The folder of the next file that nobody writes any more; None where there is none."""
        if time.monotonic() - self._looked < PAUSE:
            return None
        found = dict(self.waiting())
        ready = sorted(name for name, state in found.items() if self._seen.get(name) == state)
        if not ready:
            self._seen, self._looked = found, time.monotonic()
            return None
        del self._seen[ready[0]]
        folder = self.inbox / WORK / f"{secrets.token_hex(8)}.0"
        folder.mkdir()
        try:
            (self.inbox / ready[0]).rename(folder / ready[0])
        except OSError:  # taken away meanwhile, or held open by who writes it (Windows)
            folder.rmdir()
            return None
        return folder

    def waiting(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """The files in the folder: name, and size and time."""
        with os.scandir(self.inbox) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED):
                    continue
                with contextlib.suppress(OSError):
                    if entry.is_file(follow_symlinks=False):
                        state = entry.stat(follow_symlinks=False)
                        yield name, (state.st_size, state.st_mtime_ns)

    def _handle(self, folder: Path) -> None:
        files = list(folder.iterdir())
        if not files:  # killed between two moves
            folder.rmdir()
            return
        number, tries = folder.name.split(".")
        given_up = int(tries) >= self.settings.job_tries
        with self._lock:
            if not given_up:
                folder = folder.rename(folder.with_name(f"{number}.{int(tries) + 1}"))
            self._in_hand = folder
        watchdog = threading.Timer(self.settings.job_seconds, os._exit, (3,))
        watchdog.daemon = True
        watchdog.start()
        try:
            wrong = self._bring_out(folder / files[0].name, given_up)
        except (EnvironmentFault, OSError):  # the disk is full, the share is away: the file is not to blame
            self.give_back()
            self._rest = time.monotonic() + 10 * PAUSE
            raise
        finally:
            watchdog.cancel()
        with self._lock:
            self._in_hand = None
            folder.rmdir()
        LOG.info("file done", extra={"failed": wrong})

    def _bring_out(self, file: Path, given_up: bool) -> bool:
        """Put what came of `file`, and then the file, into the way out; True where there is no packet."""
        name, content = _name_out(file.name), b""
        code = "web.watch.killed" if given_up else ""
        if file.stat().st_size > self.settings.max_body:
            code = "web.watch.too_large"
        else:
            try:
                content = file.read_bytes()
            except PermissionError:
                code = "web.watch.unreadable"
            name = self._free_name(name, content)
        for kind in ("", ".bo-ho-so.zip", ".phat-hien.txt", ".phat-hien.json"):
            clear_parts(self.outbox / f"{name}{kind}")  # of a server that was killed while it wrote
        if code:
            packet, findings = False, [_said(file, code, limit=self.settings.max_body // 1_048_576)]
        else:
            packet, findings = self._made(file, content, self.outbox / f"{name}.bo-ho-so.zip")
        if findings:
            head = message("web.watch.made" if packet else "web.watch.not_made", "vi")
            text = f"{head}\n\n{render_text(findings, 'vi')}\n"
            told = {"packet": packet, "findings": [finding.as_json() for finding in findings]}
            write_whole(self.outbox / f"{name}.phat-hien.txt", text.encode("utf-8-sig"), overwrite=True)
            write_whole(self.outbox / f"{name}.phat-hien.json", json_bytes(told), overwrite=True)
        _move(file, self.outbox / name)
        return not packet

    def _free_name(self, name: str, content: bytes) -> str:
        """`name`, or where another file has it another that the content gives: the same file gets the same again."""
        there = self.outbox / name
        if not there.exists() or (there.stat().st_size == len(content) and there.read_bytes() == content):
            return name
        stem, kind = os.path.splitext(name)
        return f"{stem}-{blake2b(content, digest_size=4).hexdigest()}{kind}"

    def _made(self, file: Path, content: bytes, target: Path) -> tuple[bool, list[Finding]]:
        """Whether the packet was made, and everything found in the dossier."""
        import docgen

        if file.suffix.lower() not in KINDS:
            return False, [_said(file, "web.watch.kind", kinds=", ".join(sorted(KINDS)))]
        room = self.settings.data / "watch"
        shutil.rmtree(room, ignore_errors=True)
        regulations = docgen.Regulations(self.settings.folders, templates=self.settings.templates)
        try:
            glanced(content)
            dossier, findings = docgen.load_dossier(content, regulations=regulations, name=_printable(file.name))
            if dossier is None:
                return False, findings
            made, checked = docgen.build_packet(dossier, room / "packet", regulations=regulations)
            if made is None:
                return False, list(checked.findings)
            with open_whole(target, overwrite=True) as out:
                zip_packet(room / "packet", out)
            return True, list(checked.findings)
        except (InputError, UsageError) as fault:
            return False, list(fault.findings) or [
                Finding(fault.code, "error", Place(_printable(file.name)), dict(fault.facts))
            ]
        except DocgenError:
            raise
        except Exception as fault:  # whatever it is, the file is not begun for ever
            LOG.exception("a file of the watch folder failed")
            return False, [_said(file, "web.watch.internal", kind=type(fault).__name__)]
        finally:
            shutil.rmtree(room, ignore_errors=True)


def _printable(name: str) -> str:
    """`name` as it can be written down: bytes that are no UTF-8, which a file system may hold, become a mark."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\ufffd", "_")


def _said(file: Path, code: str, **facts: object) -> Finding:
    return Finding(code, "error", Place(_printable(file.name)), dict(facts))


def _name_out(name: str) -> str:
    """`name`, shortened where what stands beside the file could not be called after it."""
    raw = name.encode("utf-8", "surrogateescape")
    plain = _printable(name)
    if len(raw) <= _NAME and plain == name:
        return name
    if plain != name:  # bytes that are no UTF-8: two such names must not become one
        stem, kind = os.path.splitext(plain)
        name = f"{stem}-{blake2b(raw, digest_size=4).hexdigest()}{kind}"
        if len(name.encode()) <= _NAME:
            return name
    stem, kind = os.path.splitext(name)
    kind = kind if len(kind.encode("utf-8", "surrogateescape")) <= 12 else ""
    short = stem.encode("utf-8", "surrogateescape")[: _NAME - 24].decode("utf-8", "ignore").rstrip(". ")
    return f"{short}-{blake2b(raw, digest_size=4).hexdigest()}{kind}"


def _move(file: Path, target: Path) -> None:
    """Rename, or where that is another disk write whole and then take away."""
    try:
        file.replace(target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        with file.open("rb") as content, open_whole(target, overwrite=True) as out:
            shutil.copyfileobj(content, out)
        file.unlink()
