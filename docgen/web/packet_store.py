"""Packets of the server: a folder each, called by the packet's id, that appears whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, insert, select

from docgen.paths import JsonDict
from docgen.web.database_tables import PACKET
from docgen.web.settings import Settings


def folder_of(settings: Settings, packet: str) -> Path:
    """Where the files of a packet lie."""
    return settings.packets / packet


def enter(db: Connection, packet: str, dossier: str, version: int, draft: bool) -> None:
    """Note a packet that was made; once, however often it is said."""
    if db.execute(select(PACKET.c.id).where(PACKET.c.id == packet)).first() is None:
        db.execute(
            insert(PACKET).values(
                id=packet, dossier=dossier, dossier_version=version, draft=int(draft), created=time.time()
            )
        )


def made_of(db: Connection, dossier: str, limit: int = 20) -> list[JsonDict]:
    """The packets of a dossier, the newest first."""
    query = select(PACKET).where(PACKET.c.dossier == dossier).order_by(PACKET.c.created.desc()).limit(limit)
    return [dict(row) for row in db.execute(query).mappings()]


def find(db: Connection, packet: str) -> JsonDict | None:
    """The row of a packet."""
    row = db.execute(select(PACKET).where(PACKET.c.id == packet)).mappings().first()
    return None if row is None else dict(row)


def newest_whole(db: Connection, dossier: str) -> JsonDict | None:
    """The row of the dossier's newest packet that is no draft: the one that is signed."""
    query = select(PACKET).where(PACKET.c.dossier == dossier, PACKET.c.draft == 0)
    row = db.execute(query.order_by(PACKET.c.created.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def newest_whole_of(db: Connection, dossiers: Sequence[str]) -> dict[str, JsonDict]:
    """The same by dossier for many."""
    query = select(PACKET).where(PACKET.c.dossier.in_(dossiers), PACKET.c.draft == 0).order_by(PACKET.c.created)
    return {str(row["dossier"]): dict(row) for row in db.execute(query).mappings()}
