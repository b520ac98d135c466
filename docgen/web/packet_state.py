"""How far a packet is signed, as its manifest has it; read again only where the manifest was written anew."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import cast

from fastapi import Request

from docgen.desk.units_below import InHand
from docgen.errors import DocgenError
from docgen.packet.manifest import MANIFEST
from docgen.paths import JsonDict
from docgen.signing.signed_manifest import load_manifest
from docgen.web import packet_store
from docgen.web.asking import settings_of

#: So many packets are remembered.
_MOST = 4096


class PacketStates:
    """Remembers how many signatures a packet asks for and has; may be asked by many at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[object, ...], tuple[int, int]] = OrderedDict()

    def signatures(self, folder: Path) -> tuple[int, int] | None:
        """How many signatures are due on the papers of the packet in `folder`, and how many of them are there; None
        where its files lie there no more."""
        try:
            stat = (folder / MANIFEST).stat()
        except OSError:
            return None
        key = (str(folder), stat.st_mtime_ns, stat.st_size, stat.st_ino)
        with self._lock:
            if (found := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return found
        try:
            documents = load_manifest(folder).documents
        except DocgenError:
            return None
        roles = [(one, signer.role) for one in documents for signer in one.signers]
        counted = (len(roles), sum(role in one.done_roles() for one, role in roles))
        with self._lock:
            self._known[key] = counted
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return counted


def packet_states(request: Request) -> PacketStates:
    """The server's memory of them."""
    if not hasattr(request.app.state, "packet_states"):
        request.app.state.packet_states = PacketStates()
    return cast(PacketStates, request.app.state.packet_states)


def in_hand(request: Request, row: JsonDict | None, version: int) -> InHand | None:
    """The state of the packet of this row of the store beside the dossier's `version`; None where there is none."""
    if row is None:
        return None
    folder = packet_store.folder_of(settings_of(request), str(row["id"]))
    counted = packet_states(request).signatures(folder)
    return None if counted is None else InHand(row["dossier_version"] == version, *counted)
