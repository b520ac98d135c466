"""Packets in an object store (`s3://bucket/prefix`, through fsspec): one zip a packet, created once.

A store knows no renaming, so a packet travels as one object, and the store itself lets only the first create it. What
is there is looked at as a folder would be: it is fetched and unpacked in a folder of this machine's own.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docgen.batch.dossier_files import Item
from docgen.batch.packet_maker import PacketDone, PacketMaker
from docgen.errors import EnvironmentFault, UsageError
from docgen.packet.handover import look_into
from docgen.signing.bundle import zip_packet

#: So many times a packet may be lost to others, before that is told.
_RACES = 5


def is_store(address: str) -> bool:
    """True for the address of a store: it names a protocol, which no path does."""
    return "://" in address


class Store:
    """One place in an object store. The connection is made where it is used first, in each process for itself."""

    def __init__(self, address: str) -> None:
        """Raises `UsageError` for a protocol nobody knows, `EnvironmentFault` where the extra is missing."""
        self.address = address.rstrip("/")
        protocol = address.partition("://")[0]
        try:
            from fsspec import get_filesystem_class

            get_filesystem_class(protocol)
        except ImportError:
            raise EnvironmentFault("errors.environment.extra_missing", library="fsspec", extra="s3") from None
        except ValueError:
            raise UsageError("batch.usage.no_store", address=address) from None

    def shown(self, name: str) -> str:
        """Where the packet called `name` is."""
        return f"{self.address}/{name}.zip"

    @contextmanager
    def _reached(self, name: str, *expected: type[OSError]) -> Iterator[tuple[Any, str]]:
        """The store and a packet's path there. Whatever it says but what is `expected` is the environment's fault."""
        try:
            from fsspec.core import url_to_fs

            yield url_to_fs(self.shown(name), use_listings_cache=False)
        except expected:
            raise
        except Exception as fault:  # each store has exceptions of its own
            raise EnvironmentFault("batch.store.fault", address=self.address, problem=type(fault).__name__) from None

    def has(self, name: str) -> bool:
        """True where there is a packet called `name`. Raises `EnvironmentFault`."""
        with self._reached(name) as (files, path):
            return bool(files.exists(path))

    def fetch(self, name: str, folder: Path) -> bool:
        """Unpack the packet called `name` as `folder`; False where there is none. Raises as `look_into` does."""
        try:
            with self._reached(name, FileNotFoundError) as (files, path):
                content: bytes = files.cat_file(path)
        except FileNotFoundError:
            return False
        packed = folder.with_name(f"{folder.name}.zip")
        packed.write_bytes(content)
        look_into(packed, folder)
        packed.unlink()
        return True

    def put(self, folder: Path, name: str, *, replace: bool) -> None:
        """Let the packet in `folder` be there, at once and whole. Raises `FileExistsError` for one that is there."""
        out = io.BytesIO()
        zip_packet(folder, out)
        with self._reached(name, FileExistsError) as (files, path):
            files.pipe_file(path, out.getvalue(), mode="overwrite" if replace else "create")


class StoringMaker:
    """Makes packets as `PacketMaker` does, and puts them into a store."""

    def __init__(self, store: Store, make: Callable[[Path], PacketMaker]) -> None:
        """`make` gives a maker whose packets go to a folder."""
        self._store, self._make = store, make

    def run(self, task: Item, alive: Callable[[], bool]) -> PacketDone:
        """As `PacketMaker.run`."""
        with tempfile.TemporaryDirectory() as room:
            folder = Path(room) / task.name
            maker = self._make(Path(room))
            for _ in range(_RACES):
                there = self._store.fetch(task.name, folder)
                done = maker.run(task, alive)
                if done.state != "made":
                    return done
                try:
                    self._store.put(folder, task.name, replace=there)
                    return done
                except FileExistsError:  # somebody was faster; what he made is looked at
                    shutil.rmtree(folder)
        raise EnvironmentFault("errors.environment.busy", folder=self._store.shown(task.name))

    def given_up(self, task: Item, kind: str) -> PacketDone:
        """As `PacketMaker.given_up`."""
        return self._make(Path()).given_up(task, kind)

    def close(self) -> None:
        """Nothing is held."""
